"""Files, folders, databases and standard input → records, one after the other.

What cannot be read gives its error in its place, and the rest goes on.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from msgspec.structs import replace

from mspike.knowledge import load_codes, word_key
from mspike.record.content import KINDS, LIMIT_BYTES, placed, read_case, read_fhir_source, read_file, read_stdin
from mspike.record.errors import RecordError
from mspike.record.fhir.detect import fhir_kind, is_fhir
from mspike.record.known import as_known_on
from mspike.record.model import Record
from mspike.record.table_sources import holds_tables, public_name, read_table_source
from mspike.record.terms import Terms, read_code_map
from mspike.record.words import hint_for

Found = Iterator[Record | RecordError]


class Asked(NamedTuple):
    """Who is read, and how."""

    latest: dt.date
    """The as_of of a record that gives none."""
    patients: tuple[str, ...] | None
    """Their ids; None where nobody is named."""
    every: bool
    mapping: str | os.PathLike[str] | None
    terms: Terms | None
    limit_bytes: int


def read_records(
    arguments: Iterable[str | os.PathLike[str]],
    *,
    as_of: dt.date | None = None,
    country: str | None = None,
    today: dt.date | None = None,
    stdin: BinaryIO | None = None,
    limit_bytes: int = LIMIT_BYTES,
    code_map: str | os.PathLike[str] | None = None,
    patients: Iterable[str] | None = None,
    every: bool = False,
    mapping: str | os.PathLike[str] | None = None,
) -> Found:
    """Every record of every source, in order: case files, FHIR, OMOP or other tables, folders; `-` is standard input.

    `as_of` asks what was known on that day, `country` whose labels apply; both win over the record. `today` is the
    as_of of a record that gives none. A source of several patients is read for those named in `patients`, or for
    `every` one. `code_map` is a file with a user's own codes, `mapping` one that says what the columns of tables are.
    Raises RecordError at once when `country` is no country or the code map cannot be read; never later: what cannot
    be read is yielded in its place.
    """
    names = load_codes().words["country"]
    if country is not None:
        if word_key(country) not in names:
            raise RecordError("no such country", at="--country", given=country, hint=hint_for(country, names))
        country = names[word_key(country)]
    terms = read_code_map(code_map) if code_map is not None else None
    day = today or dt.date.today()
    chosen = None if patients is None else tuple(dict.fromkeys(patients))
    asked = Asked(max(day, as_of or day), chosen, every, mapping, terms, limit_bytes)
    return _read_all(arguments, as_of, country, asked, stdin)


def _read_all(
    arguments: Iterable[str | os.PathLike[str]], as_of: dt.date | None, country: str | None, asked: Asked,
    stdin: BinaryIO | None,
) -> Found:  # fmt: skip
    seen: dict[str, str] = {}
    stdin_read = False
    for argument in arguments:
        name = os.fspath(argument)
        try:
            if name == "-" and stdin_read:
                raise RecordError("standard input is named twice", hint="it can be read once")
            stdin_read = stdin_read or name == "-"
            for read in _source(name, asked, stdin):
                record = read
                if isinstance(record, Record):
                    if record.id in seen:
                        yield _twice(record, seen[record.id])
                        continue
                    seen[record.id] = record.origin
                    if as_of is not None:
                        record = as_known_on(record, as_of)
                    if country is not None:
                        record = replace(record, country=country)
                yield record
        except RecordError as error:
            shown = public_name(name)
            yield placed(error, error.record or shown, error.origin or shown)


def _twice(record: Record, first: str) -> RecordError:
    hint = f"the first stands in {first}; give each its own id"
    return placed(RecordError("a second record with the id of an earlier one", at="id", given=record.id, hint=hint),
                  record.id, record.origin)  # fmt: skip


def _source(name: str, asked: Asked, stdin: BinaryIO | None) -> Found:
    """The records of one source: by what it is, its patients. Raises RecordError where nothing can be read."""
    there = name != "-" and (os.path.isfile(name) or os.path.isdir(name))
    if name != "-" and holds_tables(name):
        found = read_table_source(
            name, patients=asked.patients, mapping=asked.mapping, today=asked.latest, terms=asked.terms
        )
        return _chosen(found, asked._replace(patients=None, every=asked.every or asked.patients is not None))
    if asked.mapping is not None:
        raise RecordError("a mapping is for tables, and this is none", hint="leave --mapping out")
    if there and (kind := fhir_kind(name)):
        return _chosen(read_fhir_source(name, kind, asked.terms, asked.latest, patients=asked.patients), asked)
    if there and os.path.isdir(name):
        return _chosen(_case_files(name, asked), asked)
    data = read_stdin(stdin, asked.limit_bytes) if name == "-" else read_file(name, asked.limit_bytes)
    found = read_case(data, "stdin" if name == "-" else name, today=asked.latest, terms=asked.terms)
    several_belong_together = not is_fhir(data)  # the documents of a case file were put there by a person
    return _chosen(found, asked._replace(every=True) if several_belong_together else asked)


def _case_files(folder: str, asked: Asked) -> Found:
    """The records of the case files of a folder and of the folders in it, in the order of their names."""
    files = sorted(path for path in Path(folder).rglob("*") if path.suffix.lower() in KINDS and path.is_file())
    if not files:
        raise RecordError("a folder in which nothing can be read", hint="case files, FHIR, or tables as CSV or Parquet")
    for path in files:
        try:
            yield from read_case(read_file(str(path), asked.limit_bytes), str(path), today=asked.latest)
        except RecordError as error:
            yield placed(error, public_name(str(path)), public_name(str(path)))


def _chosen(found: Found, asked: Asked) -> Found:
    """Those of the patients that were asked for; without a word on whom, the only one there is."""
    if asked.patients is None:
        yield from _some(found) if asked.every else _the_only_one(found)
        return
    missing = list(asked.patients)
    for read in found:
        who = read.id if isinstance(read, Record) else read.record
        if who in asked.patients or not isinstance(read, Record):
            missing = [patient for patient in missing if patient != who]
            yield read
    for patient in missing:
        error = RecordError("no such patient", at="--patient", given=patient, hint="the ids of the source")
        yield placed(error, patient, "")


def _some(found: Found) -> Found:
    first = next(found, None)
    if first is None:
        raise RecordError("no patient in it", hint="look at what the source holds")
    yield first
    yield from found


def _the_only_one(found: Found) -> Found:
    """The patient of a source that has one; where it has several, the user says which."""
    first = next(found, None)
    if first is None:
        raise RecordError("no patient in it", hint="look at what the source holds")
    if next(found, None) is not None:
        raise RecordError("several patients in it", hint="name them with --patient ID, or give --all")
    yield first
