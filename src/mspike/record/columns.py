"""What passes the door for a block of patients: tables of Arrow, one row an event. Their schema, and records as rows.

`mspike.cohort` turns words into the codes of its kernels; nothing else lies between. What has no place in these rows (a
partial date, an amount such as `<0.5`, a line that somebody stated) keeps its patient out of them: `whole` is false,
and that patient is one for `read_records`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from mspike.record.errors import RecordError
from mspike.record.model import Day, Record


class Column(msgspec.Struct, frozen=True):
    name: str
    kind: str
    """`id` a whole number · `text` · `word` of a closed list · `day` · `number` · `flag`."""
    meaning: str
    unit: str = ""
    known: bool = True
    """False where it may be null, for unknown."""


class Table(msgspec.Struct, frozen=True):
    name: str
    meaning: str
    columns: tuple[Column, ...]


PATIENT = Column("patient", "id", "the patient, by a number within the block: 0 for the first")
PATIENTS = Table("patients", "one row for each patient, in the order of `patient`", (
    PATIENT,
    Column("record", "text", "the patient's id in the source"),
    Column("as_of", "day", "day on which the record was read; no row of the patient is later"),
    Column("light_chain", "word", "involved light chain", known=False),
    Column("isotype", "word", "the patient's own band", known=False),
    Column("diagnosis", "word", "the disease", known=False),
    Column("diagnosed", "day", "its first day", known=False),
    Column("death", "day", "day of death", known=False),
    Column("whole", "flag", "whether these rows hold all that the record says of treatments and results"),
))  # fmt: skip
LABS = Table("labs", "one row for each result", (
    PATIENT,
    Column("day", "day", "day on which the sample was taken"),
    Column("test", "word", "what was measured"),
    Column("value", "number", "amount; null where the result is a word", "the test's canonical unit", known=False),
    Column("result", "word", "result as a word (`positive`); null where it is an amount", known=False),
))  # fmt: skip
DRUGS = Table("drugs", "one row for each drug record", (
    PATIENT,
    Column("start", "day", "first day"),
    Column("end", "day", "last day; null: not ended by `as_of`", known=False),
    Column("drug", "word", "the drug"),
    Column("stop_reason", "word", "why it was stopped", known=False),
    Column("context", "word", "the part it played", known=False),
    Column("route", "word", "how it was given", known=False),
    Column("dose", "number", "dose", "mg", known=False),
))  # fmt: skip
PROCEDURES = Table("procedures", "one row for each procedure", (
    PATIENT,
    Column("day", "day", "its day"),
    Column("procedure", "word", "what was done"),
))  # fmt: skip
TABLES = (PATIENTS, LABS, DRUGS, PROCEDURES)


def pyarrow() -> Any:
    """The library, or one clear message."""
    try:
        import pyarrow  # type: ignore[import-untyped]
    except ModuleNotFoundError:
        raise RecordError("blocks of patients need pyarrow, which is not installed",
                          hint="pip install 'mspike[tables]'") from None  # fmt: skip
    return pyarrow


def arrow_schema(table: Table) -> Any:
    """The table's columns as a schema of Arrow; a word is of a dictionary."""
    pa = pyarrow()
    kinds = {"id": pa.int64(), "text": pa.string(), "word": pa.dictionary(pa.int32(), pa.string()),
             "day": pa.date32(), "number": pa.float64(), "flag": pa.bool_()}  # fmt: skip
    return pa.schema([pa.field(c.name, kinds[c.kind], nullable=not c.known) for c in table.columns])


def as_tables(records: Iterable[Record]) -> dict[str, Any]:
    """Records of any source as tables of Arrow, by name; patients are numbered as they come."""
    rows: dict[str, list[tuple[Any, ...]]] = {table.name: [] for table in TABLES}
    for number, record in enumerate(records):
        _add(rows, number, record)
    return {table.name: _table(table, rows[table.name]) for table in TABLES}


def _table(table: Table, rows: list[tuple[Any, ...]]) -> Any:
    pa, schema = pyarrow(), arrow_schema(table)
    columns = list(zip(*rows, strict=True)) or [()] * len(table.columns)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)


def _add(rows: dict[str, list[tuple[Any, ...]]], patient: int, record: Record) -> None:
    whole = not record.lines and not record.assessments
    for lab in record.measurements:
        day = _whole_day(lab.date)
        amount = None if lab.value is None or lab.value.low != lab.value.high else lab.value.low
        if day is None or (amount is None and lab.text is None):
            whole = False
        else:
            rows["labs"].append((patient, day, lab.test, amount, lab.text))
    for given in record.treatments or ():
        start, end = _whole_day(given.start), _whole_day(given.end)
        if start is None or (end is None and given.end is not None):
            whole = False
        else:
            rows["drugs"].append(
                (patient, start, end, given.drug, given.stop_reason, given.context, given.route, given.dose_mg)
            )
    for done in record.procedures or ():
        if (day := _whole_day(done.date)) is None:
            whole = False
        else:
            rows["procedures"].append((patient, day, done.procedure))
    disease, diagnosed = record.disease, _whole_day(record.disease.diagnosed)
    rows["patients"].append((
        patient, record.id, record.as_of, disease.light_chain, disease.isotype, disease.diagnosis, diagnosed, None,
        whole and (diagnosed is None) == (disease.diagnosed is None),
    ))  # fmt: skip


def _whole_day(day: Day | None) -> Any:
    return day.first if day is not None and day.first == day.last else None
