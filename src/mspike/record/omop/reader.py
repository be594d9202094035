"""OMOP CDM 5.4 → Records, patient by patient: the rows of each table become entries of a case file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from mspike.record.databases import Database, Row
from mspike.record.errors import RecordError, fault_of
from mspike.record.model import Record
from mspike.record.omop.person import Person
from mspike.record.omop.source import Rows, concepts, ingredients, rows, statements
from mspike.record.omop.terms import OmopTerms
from mspike.record.terms import Terms, shipped_terms

NEEDED = "person"


def read_omop(
    database: Database, name: str, *, patients: Sequence[str] | None, today: dt.date, terms: Terms | None = None
) -> Iterator[Record | RecordError]:
    """Each person's Record, by person id; `patients`: their person ids or source values, None = all.

    Raises RecordError where there is no `person` table; what is wrong with one person is yielded in its place.
    """
    if NEEDED not in database.columns or "person_id" not in database.columns[NEEDED]:
        raise RecordError("no OMOP tables: person is missing", hint=f"there are: {_listed(database.columns)}")
    terms = terms or shipped_terms()
    origin = f"{name} (OMOP CDM)"
    persons = None if patients is None else _persons(database, patients)
    for asked in patients or ():
        if not any(asked in found for found in (persons or {}).values()):
            yield _placed(RecordError("no such patient", at="--patient", given=asked, hint="person_id, or "
                                      "person_source_value"), asked, origin)  # fmt: skip
    chosen = None if persons is None else sorted(persons)
    named_drugs = (drug.omop for drug in terms.codes.drugs.values())
    omop = OmopTerms(terms, concepts(database, chosen), ingredients(database, named_drugs, chosen))
    tables = {table: Rows(database, table, chosen) for table in statements() if table != NEEDED}
    missing = tuple(table for table in statements() if table not in database.columns)
    before = None
    for person, row in rows(database, NEEDED, chosen):
        try:
            if person == before:
                raise RecordError("a second row of one person", at=f"person/{person}", hint="each has one row")
            before = person
            found = {table: _once(table, rows.of(person)) for table, rows in tables.items()}
            one = Person(person, row, found, omop, origin, today)
            one.source_lacks(missing, database.broken)
            yield one.record()
        except RecordError as error:
            yield _placed(error, str(person), origin)
        except Exception as error:  # a fault of ours, which the other persons have no part in
            yield _placed(fault_of(error), str(person), origin)


def _persons(database: Database, patients: Sequence[str]) -> dict[int, set[str]]:
    """Person id → the names under which it was asked for."""
    found: dict[int, set[str]] = {}
    for person, row in rows(database, NEEDED, None):
        names = {str(person), row.get("person_source_value", "")} & set(patients)
        if names:
            found[person] = names
    return found


def _once(table: str, rows: list[Row]) -> tuple[list[Row], list[Row]]:
    """The rows in the order of their ids, each id once; the second are the rows whose id came before."""
    key = f"{table}_id"
    if not rows or key not in rows[0]:
        return rows, []
    rows.sort(key=lambda row: (len(row.get(key, "")), row.get(key, "")))
    seen: set[str] = set()
    first: list[Row] = []
    again: list[Row] = []
    for row in rows:
        number = row.get(key, "")
        (again if number and number in seen else first).append(row)
        seen.add(number)
    return first, again


def _listed(tables: Mapping[str, object]) -> str:
    return ", ".join(sorted(tables)[:12]) or "none"


def _placed(error: RecordError, record: str, origin: str) -> RecordError:
    error.record, error.origin = error.record or record, error.origin or origin
    return error
