"""Tidy tables → Records, patient by patient: rows become entries by a mapping file, or by their own names.

Where dates are days from an event, they are laid on the calendar, so that every rule of time and the ages hold: day 0
on the mapping's `day_zero`, or, without one, the patient's last day on today. No date of such a record is a real one,
and its data-quality report says so.
"""

from __future__ import annotations

import datetime as dt
import heapq
import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from mspike.record.databases import DECIMAL_COMMA, as_text
from mspike.record.databases.files import DuckDB, plain_name
from mspike.record.errors import RecordError, fault_of
from mspike.record.gathering import Gathering, Value
from mspike.record.model import Record
from mspike.record.quality import Note
from mspike.record.stating import EMPTY, LIST_KEYS
from mspike.record.tables.mapping import DATES, NONE_OF, PATIENTS, Table, TableMapping, own_layout
from mspike.record.terms import Terms, shipped_terms

SOURCE = "tables"
LONGEST = 60_000
"""Days from day 0 that are believed: more is no number of days."""
DAY_ZERO = dt.date(2000, 1, 1)
"""Where day 0 stands until the patient's last day is known."""

DAYS = re.compile(r"([+-]?[0-9]{1,6})(?:\.0*)?")
Entry = dict[str, Value]
Read = tuple[Table, Entry, str]


NAMES = {
    ("measurements", "test"): "test", ("treatments", "drug"): "drug", ("procedures", "procedure"): "procedure",
    ("conditions", "name"): "condition", ("diagnoses", "name"): "diagnosis", ("assessments", "response"): "response",
}  # fmt: skip
"""List and key → the kind of word that names what a row is about. A row about something else is counted."""
DETAILS = {("treatments", "stop_reason"): "stop_reason", ("treatments", "route"): "route"}
"""The same for what a row says beside."""


def read_tables(
    database: DuckDB, name: str, mapping: TableMapping | None, *, patients: Sequence[str] | None, today: dt.date,
    terms: Terms | None = None,
) -> Iterator[Record | RecordError]:  # fmt: skip
    """Each patient's Record, by id as text. Raises RecordError for a mapping that does not fit the tables."""
    terms = terms or shipped_terms()
    mapping = mapping or own_layout(database.columns)
    if mapping is None:
        there = ", ".join(sorted(database.columns)[:12]) or "none"
        raise RecordError("tables that are neither OMOP nor laid out like a case file",
                          hint=f"there are: {there}; say with --mapping FILE which column is what")  # fmt: skip
    streams = [_rows(database, table, mapping, patients) for table in mapping.tables]
    merged = heapq.merge(*streams, key=lambda row: row[0])
    origin = f"{name} (tables)"
    unused = _unused(database, mapping)
    asked = set(patients or ())
    for patient, found in _by_patient(merged):
        asked.discard(patient)
        try:
            yield _record(patient, found, mapping, origin, today, terms, unused, database.broken)
        except RecordError as error:
            error.record, error.origin = patient, origin
            yield error
        except Exception as error:  # a fault of ours, which the other patients have no part in
            fault = fault_of(error)
            fault.record, fault.origin = patient, origin
            yield fault
    for missing in sorted(asked):
        absent = RecordError("no such patient", at="--patient", given=missing, hint="the ids of the tables")
        absent.record, absent.origin = missing, origin
        yield absent


def _by_patient(rows: Iterator[tuple[str, Read]]) -> Iterator[tuple[str, list[Read]]]:
    patient, found = "", list[Read]()
    for who, row in rows:
        if who != patient and found:
            yield patient, found
            found = []
        patient = who
        found.append(row)
    if found:
        yield patient, found


def _rows(
    database: DuckDB, table: Table, mapping: TableMapping, patients: Sequence[str] | None
) -> Iterator[tuple[str, Read]]:
    """Patient and entry of each row of a table, ordered by patient, then as they stand in the file."""
    name = plain_name(table.file.rsplit("/")[-1].split(".")[0])
    there = database.columns.get(name)
    if there is None:
        raise RecordError("a table of the mapping is missing", at=table.file,
                          hint=f"there are: {', '.join(sorted(database.columns)[:12]) or 'none'}")  # fmt: skip
    wanted = [table.patient, *(c for column in table.columns.values() for c in column.column), *table.only]
    for column in wanted:
        if plain_name(column) not in there:
            raise RecordError("a column of the mapping is missing", at=table.file, given=column,
                              hint=f"there are: {', '.join(sorted(there)[:40])}")  # fmt: skip
    where = ""
    if patients is not None:
        listed = ", ".join("'" + patient.replace("'", "''") + "'" for patient in patients)
        where = f"WHERE patient_ IN ({listed})"
    names = list(dict.fromkeys(plain_name(column) for column in wanted))
    commas = name in database.decimal_commas
    columns = ", ".join(f'"{column}"' for column in names)
    sql = (f'SELECT * FROM (SELECT trim(CAST("{plain_name(table.patient)}" AS VARCHAR)) AS patient_, '
           f'row_number() OVER () AS row_, {columns} FROM "{name}") {where} ORDER BY patient_, row_')  # fmt: skip
    for patient, number, *values in database.fetch(sql):
        if not patient:
            continue
        row = {column: text for column, value in zip(names, values, strict=True) if (text := as_text(value))}
        if all(row.get(plain_name(column), "") in allowed for column, allowed in table.only.items()):
            yield patient, (table, _entry(row, table, mapping, commas), f"{table.file}/{number}")


def _entry(row: Mapping[str, str], table: Table, mapping: TableMapping, commas: bool) -> Entry:
    entry: Entry = dict(table.always)
    for key, column in table.columns.items():
        text = next((row[plain_name(name)] for name in column.column if plain_name(name) in row), "")
        text = column.words.get(text, text)
        if not text:
            continue
        last = key.rpartition(".")[2]
        if last in LIST_KEYS or key == NONE_OF:
            entry[key] = [] if text == EMPTY else [part.strip() for part in text.split(";") if part.strip()]
            continue
        if last in DATES and mapping.days_from:
            text = _date(text, column.days, mapping.day_zero or DAY_ZERO)
        elif commas and (found := DECIMAL_COMMA.fullmatch(text)):
            text = f"{found[1]}.{found[2]}"
        entry[key] = text[:10] if last in DATES and text[10:11] in ("T", " ") else text
    return entry


def _date(text: str, side: str, zero: dt.date) -> str:
    """The day of the calendar that stands for a number of days; what is no number of days is left for the reader."""
    found = DAYS.fullmatch(text)
    if found is None or abs(int(found[1])) > LONGEST:
        return text
    return (zero + dt.timedelta(days=int(found[1]) * (-1 if side == "before" else 1))).isoformat()


def _record(
    patient: str, rows: list[Read], mapping: TableMapping, origin: str, today: dt.date, terms: Terms,
    unused: Sequence[tuple[str, str]], broken: Sequence[Note],
) -> Record:  # fmt: skip
    as_of = next((str(e["as_of"]) for t, e, _ in rows if t.holds == PATIENTS and "as_of" in e), "")
    at = next((at for _, e, at in rows if "as_of" in e), rows[-1][2])
    zero = mapping.day_zero
    if mapping.days_from:
        as_of = as_of if _whole(as_of) else max(_days(rows), default=DAY_ZERO.isoformat())
        if zero is None:
            later = today - dt.date.fromisoformat(as_of)
            zero, as_of = DAY_ZERO + later, today.isoformat()
            rows = [(table, _moved(entry, later), place) for table, entry, place in rows]
    given = Gathering(patient, SOURCE, origin=origin, codes=terms.codes, as_of=_whole(as_of) or today)
    if as_of:
        given.state("", "as_of", as_of, at)
    if mapping.days_from and zero is not None:
        given.assume(f"dates are days from {mapping.days_from}: no date is a real one; day 0 is written as",
                     rows[0][2], zero.isoformat())  # fmt: skip
    for note in broken:
        given.refuse(note.says, note.at, hint=note.hint)
    for file, column in unused:
        given.unmapped(file, "column", column)
    lines: dict[str, tuple[Entry, str]] = {}
    for table, entry, at in rows:
        given.saw(table.holds)
        if table.holds == PATIENTS:
            _state(given, entry, at)
        elif table.holds == "lines" and isinstance(number := entry.get("number"), str):
            lines[number] = (_one_line(lines[number][0], entry), lines[number][1]) if number in lines else (entry, at)
        elif known := _in_our_words(given, terms, table, entry, at):
            given.add(table.holds, known, at)
    for entry, at in lines.values():
        given.add("lines", entry, at)
    record = given.finish()
    return record if as_of else replace(record, as_of_basis="today")


def _in_our_words(given: Gathering, terms: Terms, table: Table, entry: Entry, at: str) -> Entry:
    """The entry with names by the user's map, our names and others' names; empty where it is about nothing known."""
    known = dict(entry)
    for key, text in entry.items():
        kind = NAMES.get((table.holds, key)) or DETAILS.get((table.holds, key))
        if kind is None or not isinstance(text, str):
            continue
        word = terms.find("", text, kind) or terms.by_name(text, kind)
        if word is None and kind == "drug" and len(within := terms.within(text, kind)) == 1:
            (word,) = within
            given.assume(f"a product whose name holds {word} is read as {word}", at)
        if word is not None:
            known[key] = word
            continue
        given.unmapped(f"{table.file}, {key}", "source value", text, nearest=terms.nearest(text, (kind,)))
        if (table.holds, key) in NAMES:
            return {}
        del known[key]
    return known


def _state(given: Gathering, entry: Entry, at: str) -> None:
    for key, value in entry.items():
        section, _, last = key.rpartition(".")
        if key == NONE_OF:
            for name in value:
                given.none_of(name)
        elif key != "as_of":
            given.state(section, last, value, at)


def _one_line(line: Entry, more: Entry) -> Entry:
    """Two rows of one line of therapy: their drugs together, the rest from the first that has it."""
    both = {**more, **line}
    for key in LIST_KEYS:
        one, other = line.get(key), more.get(key)
        if isinstance(one, list) and isinstance(other, list):
            both[key] = list(dict.fromkeys([*one, *other]))
    return both


def _days(rows: list[Read]) -> Iterator[str]:
    """The days of a patient's entries: the last of them is the day that the record is known on."""
    for _, entry, _ in rows:
        for key, value in entry.items():
            if key.rpartition(".")[2] in DATES and isinstance(value, str) and _whole(value):
                yield value


def _moved(entry: Entry, later: dt.timedelta) -> Entry:
    """The entry with its days so much later."""
    return {
        key: (day + later).isoformat()
        if key.rpartition(".")[2] in DATES and isinstance(value, str) and (day := _whole(value))
        else value
        for key, value in entry.items()
    }


def _whole(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _unused(database: DuckDB, mapping: TableMapping) -> list[tuple[str, str]]:
    """Columns of the tables in use that no key takes."""
    taken: dict[str, set[str]] = {}
    for table in mapping.tables:
        columns = [table.patient, *(c for column in table.columns.values() for c in column.column), *table.only]
        taken.setdefault(plain_name(table.file.split(".")[0]), set()).update(plain_name(c) for c in columns)
    return [
        (name, column)
        for name, used in taken.items()
        for column in sorted(database.columns.get(name, ()))
        if column not in used
    ]
