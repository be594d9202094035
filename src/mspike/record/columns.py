"""What passes the door for a block of patients: tables of Arrow, one row an event. Their schema, and records as rows.

This is the one description of what a block holds: every door writes these columns, and `mspike.cohort` turns their
words into the codes of its kernels. What has no place in a row (a partial date, an amount such as `<0.5`, a line that
somebody stated) keeps its patient out of a block: `gap` says so, and that patient is one for `read_records`.
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
    """`id` a whole number · `text` · `word` · `day` · `number` · `flag`."""
    meaning: str
    """What it is; after a semicolon, what null stands for."""
    unit: str = ""
    known: bool = True
    """False where it may be null, for unknown."""
    words: str = ""
    """The closed list of its words: one of `codes/words.yaml`, or `test` or `drug`. Empty: any word."""


class Table(msgspec.Struct, frozen=True):
    name: str
    meaning: str
    columns: tuple[Column, ...]

    def __getitem__(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


LINES_STATED = "lines are stated"
NO_DRUGS = "no list of drugs"
PART_OF_A_DATE = "a date that is no whole day"
NO_AMOUNT = "an amount that is no single number"
NOT_ALL_READ = "the rest of the record was not read"

PATIENT = Column("patient", "id", "the patient, by a number within the block")
PATIENTS = Table("patients", "one row for each patient, in rising order of `patient`", (
    PATIENT,
    Column("record", "text", "the patient's id in the source"),
    Column("as_of", "day", "day on which the record was read, and after which no row of the patient is"),
    Column("light_chain", "word", "involved light chain", known=False, words="light_chain"),
    Column("isotype", "word", "heavy and light chain of the patient's own band", known=False, words="isotype"),
    Column("diagnosis", "word", "the disease", known=False, words="diagnosis"),
    Column("diagnosed", "day", "its first day (of a partial date, the first that it can be)", known=False),
    Column("event", "word", "why the question is asked now", known=False, words="event_type"),
    Column("gap", "word", "what the record says of treatments and results beyond these rows; null: nothing",
           known=False),
))  # fmt: skip
LABS = Table("labs", "one row for each result", (
    PATIENT,
    Column("day", "day", "day on which the sample was taken"),
    Column("test", "word", "what was measured", words="test"),
    Column("value", "number", "amount; null where the result is a word", "the test's canonical unit", known=False),
    Column("result", "word", "result as a word (`positive`); null where it is an amount", known=False),
    Column("unit", "word", "canonical unit of the amount (a few tests have two)", known=False),
    Column("attributed_to", "word", "what the result is put down to", known=False),
    Column("lesions", "number", "plasmacytomas measured; null: not said, more than one", known=False),
))  # fmt: skip
DRUGS = Table("drugs", "one row for each drug record", (
    PATIENT,
    Column("start", "day", "first day"),
    Column("end", "day", "last day; null: not ended by `as_of`, or as long as the supply", known=False),
    Column("drug", "word", "the drug", words="drug"),
    Column("stop_reason", "word", "why it was stopped", known=False, words="stop_reason"),
    Column("context", "word", "the part it played", known=False, words="context"),
    Column("route", "word", "how it was given", known=False, words="route"),
    Column("dose", "number", "dose", "mg", known=False),
    Column("days_supply", "number", "for how long it was dispensed", "days", known=False),
))  # fmt: skip
PROCEDURES = Table("procedures", "one row for each procedure", (
    PATIENT,
    Column("day", "day", "its day"),
    Column("procedure", "word", "what was done", words="procedure"),
))  # fmt: skip
ASSESSMENTS = Table("assessments", "one row for each response that somebody judged", (
    PATIENT,
    Column("day", "day", "its day"),
    Column("response", "word", "the response", words="response"),
    Column("confirmed", "flag", "whether it stands confirmed", known=False),
))  # fmt: skip
DIAGNOSES = Table("diagnoses", "one row for each plasma-cell disease of the history, in the record's order", (
    PATIENT,
    Column("day", "day", "its first day (of a partial date, the first that it can be)", known=False),
    Column("diagnosis", "word", "the disease", words="earlier_diagnosis"),
))  # fmt: skip
TABLES = (PATIENTS, LABS, DRUGS, PROCEDURES, ASSESSMENTS, DIAGNOSES)


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
    gaps = [LINES_STATED] if record.lines is not None else []
    gaps += [NO_DRUGS] if record.treatments is None else []
    for lab in record.measurements:
        day = _whole_day(lab.date)
        amount = None if lab.value is None or lab.value.low != lab.value.high else lab.value.low
        if day is None or (amount is None and lab.text is None):
            gaps.append(PART_OF_A_DATE if day is None else NO_AMOUNT)
        else:
            rows["labs"].append((patient, day, lab.test, amount, lab.text, lab.unit, lab.attributed_to, lab.lesions))
    for given in record.treatments or ():
        start, end = _whole_day(given.start), _whole_day(given.end)
        if start is None or (end is None and given.end is not None):
            gaps.append(PART_OF_A_DATE)
        else:
            rows["drugs"].append((patient, start, end, given.drug, given.stop_reason, given.context, given.route,
                                  given.dose_mg, given.days_supply))  # fmt: skip
    for done in record.procedures or ():
        if (day := _whole_day(done.date)) is None:
            gaps.append(PART_OF_A_DATE)
        else:
            rows["procedures"].append((patient, day, done.procedure))
    for judged in record.assessments or ():
        if (day := _whole_day(judged.date)) is None:
            gaps.append(PART_OF_A_DATE)
        else:
            rows["assessments"].append((patient, day, judged.response, judged.confirmed))
    rows["diagnoses"] += [(patient, _first_day(known.date), known.name) for known in record.diagnoses]
    disease = record.disease
    rows["patients"].append((
        patient, record.id, record.as_of, disease.light_chain, disease.isotype, disease.diagnosis,
        _first_day(disease.diagnosed), disease.event.type, gaps[0] if gaps else None,
    ))  # fmt: skip


def _whole_day(day: Day | None) -> Any:
    return day.first if day is not None and day.first == day.last else None


def _first_day(day: Day | None) -> Any:
    return None if day is None else day.first
