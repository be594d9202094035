"""OMOP CDM 5.4 → the columns of a block of patients, without a Python object for each row.

What a row means is asked once for each combination of concept, source value and unit, of the same look-ups that read
one patient (`terms`, `units`); DuckDB then joins the meanings to the rows. Rows that those look-ups would refuse are
counted and not taken.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

from mspike.record.columns import DRUGS, LABS, NOT_ALL_READ, PATIENTS, arrow_schema, pyarrow
from mspike.record.databases import Row, quoted
from mspike.record.databases.files import DuckDB
from mspike.record.errors import RecordError
from mspike.record.omop.rows import named, treatment
from mspike.record.omop.source import concepts, ingredients
from mspike.record.omop.terms import OmopTerms, fixed
from mspike.record.terms import Terms, shipped_terms
from mspike.record.units import find_scale, find_unit


class Block(NamedTuple):
    """Columns, and what became of the rows: `read`, `taken`, `not mapped`, `refused` by table."""

    tables: dict[str, Any]
    counts: dict[str, Counter[str]]


def read_columns(database: DuckDB, *, today: dt.date, terms: Terms | None = None) -> Block:
    """`patients`, `labs` and `drugs` of every person, `patient` being the person's id; no row is later than `today`.

    Raises RecordError where there is no `person` table.
    """
    if "person" not in database.columns:
        raise RecordError("no OMOP tables: person is missing", hint="a CDM has one")
    shipped = terms or shipped_terms()
    named_drugs = (drug.omop for drug in shipped.codes.drugs.values())
    omop = OmopTerms(shipped, concepts(database, None), ingredients(database, named_drugs))
    counts: dict[str, Counter[str]] = {"measurement": Counter(), "drug_exposure": Counter()}
    return Block({"patients": _patients(database, today),
                  "labs": _labs(database, omop, today, counts["measurement"]),
                  "drugs": _drugs(database, omop, today, counts["drug_exposure"])}, counts)  # fmt: skip


def _patients(database: DuckDB, today: dt.date) -> Any:
    """Who they are; what the record says of them beyond labs and drugs is read with their patient."""
    found = database.arrow(f"""
        SELECT DISTINCT CAST(person_id AS BIGINT) AS patient, CAST(person_id AS VARCHAR) AS record,
          DATE '{today}' AS as_of, NULL AS light_chain, NULL AS isotype, NULL AS diagnosis, NULL::DATE AS diagnosed,
          NULL AS event, {quoted(NOT_ALL_READ)} AS gap
        FROM person WHERE person_id IS NOT NULL ORDER BY patient""")
    return found.cast(arrow_schema(PATIENTS))


LAB_KEYS = ("measurement_concept_id", "measurement_source_concept_id", "measurement_source_value", "unit_concept_id",
            "unit_source_value")  # fmt: skip


def _labs(database: DuckDB, terms: OmopTerms, today: dt.date, count: Counter[str]) -> Any:
    """Amounts alone: words (`positive`) are few, and are read with their patient."""
    there = database.columns.get("measurement")
    if there is None:
        return arrow_schema(LABS).empty_table()
    number = _column("value_as_number", there)
    if "measurement" in database.decimal_commas:
        number = f"replace({number}, ',', '.')"
    database.hold(
        "labs_",
        f"""
        SELECT person_id AS patient, {_day("measurement_date", there)} AS day, TRY_CAST({number} AS DOUBLE) AS amount,
          {_column("operator_concept_id", there)} AS operator_, {_column("value_source_value", there)} AS written,
          {_keys(LAB_KEYS, there)} FROM measurement""",
    )

    def means(row: Row, rows: int) -> tuple[Any, ...] | None:
        meaning = terms.meaning(named(row, "measurement"), "measurement")
        if meaning is None or meaning.kind != "test":
            count["not mapped"] += rows
            return None
        if (scale := _scale(terms, meaning.word, row)) is None:
            count["refused"] += rows
            return None
        return meaning.word, *scale

    if not _meanings(database, "labs_", LAB_KEYS, ("test", "unit", "factor", "low", "high"), means, count):
        return arrow_schema(LABS).empty_table()
    compared = ", ".join(f"'{concept}'" for concept in fixed()["operator"])
    found = database.arrow(f"""
        SELECT patient, day, test, amount * factor AS value, NULL AS result, unit, NULL AS attributed_to,
          NULL::DOUBLE AS lesions
        FROM labs_ rows JOIN meanings ON {_joined(LAB_KEYS)}
        WHERE patient IS NOT NULL AND day <= DATE '{today}' AND isfinite(amount)
          AND amount * factor BETWEEN low AND high
          AND coalesce(operator_ NOT IN ({compared}), true)
          AND coalesce(TRY_CAST(regexp_extract(written, '^\\s*[<>≤≥]=?\\s*([0-9.]+)$', 1) AS DOUBLE) <> amount, true)
        ORDER BY patient, day""")
    count["taken"] = found.num_rows
    return found.cast(arrow_schema(LABS))


def _scale(terms: OmopTerms, test: str, row: Row) -> tuple[str, float, float, float] | None:
    """Canonical unit, factor into it and limits there; None for a unit that one patient's reading would refuse."""
    spec = terms.terms.codes.tests[test]
    meant, written = terms.unit(row.get("unit_concept_id", "0")), row.get("unit_source_value")
    if meant and written and not terms.same_unit(meant, written):
        return None
    given = written or meant
    unit = find_unit(terms.terms.codes, given) if given else spec.bare
    scale = find_scale(spec, unit) if unit else None
    if scale is None:
        return None
    return scale.canonical, float(scale.factor), *spec.limits.get(scale.canonical, (-math.inf, math.inf))


DRUG_KEYS = ("drug_concept_id", "drug_source_concept_id", "drug_source_value", "stop_reason", "route_concept_id",
             "route_source_value")  # fmt: skip


def _drugs(database: DuckDB, terms: OmopTerms, today: dt.date, count: Counter[str]) -> Any:
    there = database.columns.get("drug_exposure")
    if there is None:
        return arrow_schema(DRUGS).empty_table()
    ends = f"coalesce({_day('verbatim_end_date', there)}, {_day('drug_exposure_end_date', there)})"
    database.hold(
        "drugs_",
        f"""
        SELECT person_id AS patient, {_day("drug_exposure_start_date", there)} AS start_, {ends} AS end_,
          nullif(TRY_CAST({_column("days_supply", there)} AS DOUBLE), 0) AS days_supply,
          {_keys(DRUG_KEYS, there)} FROM drug_exposure""",
    )

    def means(row: Row, rows: int) -> tuple[Any, ...] | None:
        meaning = terms.meaning(named(row, "drug"), "drug_exposure")
        if meaning is None:
            count["not mapped"] += rows
            return None
        read = treatment(row, meaning.word, terms)
        return meaning.word, read.get("stop_reason"), read.get("route")

    if not _meanings(database, "drugs_", DRUG_KEYS, ("drug", "stop_reason", "route"), means, count):
        return arrow_schema(DRUGS).empty_table()
    later = f"coalesce(end_ > DATE '{today}', false)"
    found = database.arrow(f"""
        SELECT patient, start_ AS start, CASE WHEN {later} THEN NULL ELSE end_ END AS end, drug,
          CASE WHEN {later} THEN NULL ELSE stop_reason END AS stop_reason, NULL AS context, route, NULL AS dose,
          days_supply
        FROM drugs_ rows JOIN meanings ON {_joined(DRUG_KEYS)}
        WHERE patient IS NOT NULL AND start_ <= DATE '{today}' AND coalesce(start_ <= end_, true)
        ORDER BY patient, start_""")
    count["taken"] = found.num_rows
    return found.cast(arrow_schema(DRUGS))


def _meanings(
    database: DuckDB, held: str, keys: tuple[str, ...], gives: tuple[str, ...],
    means: Callable[[Row, int], tuple[Any, ...] | None], count: Counter[str],
) -> bool:  # fmt: skip
    """Holds `meanings`: each combination of keys that means something, with what it means. False where none does."""
    found = []
    listed = ", ".join(f"k{n}" for n in range(len(keys)))
    for key in database.arrow(f"SELECT {listed}, count(*) AS rows_ FROM {held} GROUP BY ALL").to_pylist():
        *values, rows = key.values()
        count["read"] += rows
        meant = means({name: value.strip() for name, value in zip(keys, values, strict=True) if value}, rows)
        if meant is not None:
            found.append((*values, *meant))
    if found:
        names = (*(f"k{n}" for n in range(len(keys))), *gives)
        columns = zip(*found, strict=True)
        database.hold("meanings", pyarrow().table(dict(zip(names, map(list, columns), strict=True))))
    return bool(found)


def _joined(keys: tuple[str, ...]) -> str:
    return " AND ".join(f"rows.k{n} IS NOT DISTINCT FROM meanings.k{n}" for n in range(len(keys)))


def _keys(keys: tuple[str, ...], there: frozenset[str]) -> str:
    return ", ".join(f"{_column(key, there)} AS k{n}" for n, key in enumerate(keys))


def _column(name: str, there: frozenset[str]) -> str:
    """A column as text; NULL where the source does not have it, and for an empty text."""
    return f"nullif(CAST({name} AS VARCHAR), '')" if name in there else "CAST(NULL AS VARCHAR)"


def _day(name: str, there: frozenset[str]) -> str:
    return f"TRY_CAST(left({_column(name, there)}, 10) AS DATE)"
