"""Observations of many patients, as NDJSON → the columns of a block, without a Python object for each line.

DuckDB reads the lines. What a code with its unit means is asked once for each combination of them, of the look-ups that
read one patient; the meanings are then joined to the lines. What those look-ups would refuse is counted and not taken;
so are words (`positive`), amounts such as `<0.5` and panels, which are read with their patient.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from mspike.record.columns import LABS, NOT_ALL_READ, PATIENTS, arrow_schema, pyarrow
from mspike.record.databases import quoted
from mspike.record.databases.files import duckdb
from mspike.record.errors import RecordError
from mspike.record.fhir.chart import WITHDRAWN, Chart
from mspike.record.fhir.detect import LINES, fhir_files, fhir_head
from mspike.record.fhir.observations import NO_RESULT, unit_of
from mspike.record.fhir.types import Concept, Quantity
from mspike.record.gathering import Gathering
from mspike.record.terms import Terms, shipped_terms
from mspike.record.units import find_scale, find_unit

LONGEST = 20_000_000
"""Bytes of a line; as for one patient's reading."""
READ = {
    "resourceType": "VARCHAR",
    "status": "VARCHAR",
    "subject": "STRUCT(reference VARCHAR)",
    "code": "JSON",
    "effectiveDateTime": "VARCHAR",
    "effectiveInstant": "VARCHAR",
    "effectivePeriod": 'STRUCT("start" VARCHAR, "end" VARCHAR)',
    "valueQuantity": 'STRUCT("value" DOUBLE, comparator VARCHAR, unit VARCHAR, system VARCHAR, code VARCHAR)',
}
"""The fields that are read, with their types; the code as its text, which is alike for alike codes."""
DAY = 'coalesce(effectiveDateTime, effectivePeriod."start", effectivePeriod."end", effectiveInstant)'
KEYS = ("said", "unit", "unit_system", "unit_code")
"""What a line says of its value's meaning."""


class Block(NamedTuple):
    """Columns, and what became of the Observations: `read`, `taken`, `not mapped`, `refused`."""

    tables: dict[str, Any]
    counts: Counter[str]


def read_columns(source: str, *, today: dt.date, terms: Terms | None = None) -> Block:
    """`patients` and `labs` of an NDJSON file, or of a folder of them; no row is later than `today`.

    Raises RecordError where there is no such file.
    """
    folder = Path(source).is_dir()
    files = [f for f in fhir_files(source) if f.lower().endswith(LINES) and fhir_head(f)] if folder else [source]
    if not files:
        raise RecordError("no NDJSON in this folder", at=source, hint="a bulk export holds files such as a.ndjson")
    library = duckdb()
    connection = library.connect(config={"preserve_insertion_order": False})
    columns = ", ".join(f"{name}: {quoted(kind)}" for name, kind in READ.items())
    listed = ", ".join(map(quoted, files))
    withdrawn = ", ".join(quoted(status) for status in (*WITHDRAWN, *NO_RESULT))
    try:
        connection.execute(f"""
            CREATE TEMP TABLE seen AS
            SELECT subject.reference AS who, TRY_CAST(left({DAY}, 10) AS DATE) AS day,
              valueQuantity."value" AS amount, valueQuantity.comparator AS sign, CAST(code AS VARCHAR) AS said,
              valueQuantity.unit AS unit, valueQuantity.system AS unit_system, valueQuantity.code AS unit_code
            FROM read_ndjson([{listed}], columns={{{columns}}}, ignore_errors=true, maximum_object_size={LONGEST})
            WHERE resourceType = 'Observation' AND coalesce(status NOT IN ({withdrawn}), true)""")
        count, meanings = _meanings(connection, terms or shipped_terms())
        if meanings is None:
            return Block({t.name: arrow_schema(t).empty_table() for t in (PATIENTS, LABS)}, count)
        connection.register("meanings", meanings)
        people = connection.sql(f"""
            SELECT row_number() OVER (ORDER BY who) - 1 AS patient, split_part(who, '/', -1) AS record,
              DATE '{today}' AS as_of, NULL AS light_chain, NULL AS isotype, NULL AS diagnosis,
              NULL::DATE AS diagnosed, NULL AS event, {quoted(NOT_ALL_READ)} AS gap, who
            FROM (SELECT DISTINCT who FROM seen WHERE who IS NOT NULL)""").to_arrow_table()
        connection.register("people", people)
        same = " AND ".join(f"seen.{key} IS NOT DISTINCT FROM meanings.{key}" for key in KEYS)
        labs = connection.sql(f"""
            SELECT patient, day, test, round(amount * factor, 9) AS value, NULL AS result, meanings.unit_ AS unit,
              NULL AS attributed_to, NULL::DOUBLE AS lesions
            FROM seen JOIN meanings ON {same} JOIN people USING (who)
            WHERE day <= DATE '{today}' AND amount * factor BETWEEN low AND high AND sign IS NULL
            ORDER BY patient, day, test, value""").to_arrow_table()
    except library.Error as error:
        raise RecordError("NDJSON that cannot be read", at=source, given=type(error).__name__,
                          hint="look at the files") from None  # fmt: skip
    finally:
        connection.close()
    count["taken"] = labs.num_rows
    return Block({"patients": people.drop(["who"]).cast(arrow_schema(PATIENTS)), "labs": labs.cast(arrow_schema(LABS))},
                 count)  # fmt: skip


def _meanings(connection: Any, terms: Terms) -> tuple[Counter[str], Any]:
    """What each combination of code and unit means, as a table; None where nothing means anything."""
    gathering = Gathering("", "", origin="", codes=terms.codes, as_of=dt.date.max)
    chart = Chart([], {}, gathering, terms)
    count: Counter[str] = Counter()
    found = connection.sql(f"SELECT {', '.join(KEYS)}, count(*) AS rows_ FROM seen GROUP BY ALL").to_arrow_table()
    keep, gives = [], []
    for number, row in enumerate(found.to_pylist()):
        count["read"] += row["rows_"]
        test = chart.word(_concept(row["said"]), "test", "") if row["said"] else None
        if test is None:
            count["not mapped"] += row["rows_"]
        elif (scale := _scale(chart, test, row)) is None:
            count["refused"] += row["rows_"]
        else:
            keep.append(number)
            gives.append((test, *scale))
    if not keep:
        return count, None
    meanings = found.take(keep).drop(["rows_"])
    for name, values in zip(("test", "unit_", "factor", "low", "high"), zip(*gives, strict=True), strict=True):
        meanings = meanings.append_column(name, pyarrow().array(values))
    return count, meanings


def _concept(said: str) -> Concept | None:
    try:
        return msgspec.json.decode(said, type=Concept)
    except msgspec.DecodeError:
        return None


def _scale(chart: Chart, test: str, row: dict[str, Any]) -> tuple[str, float, float, float] | None:
    """Canonical unit, factor into it and limits there; None for a unit that one patient's reading would refuse."""
    spec = chart.terms.codes.tests[test]
    unit, system, code = (row[key] or "" for key in KEYS[1:])
    written = unit_of(chart, Quantity(unit=unit, system=system, code=code), "")
    meant = find_unit(chart.terms.codes, written) if written else spec.bare
    scale = find_scale(spec, meant) if meant else None
    if scale is None:
        return None
    return scale.canonical, float(scale.factor), *spec.limits.get(scale.canonical, (-math.inf, math.inf))
