"""A source larger than memory: its resources put in order by patient on disk, then read patient by patient.

The order is kept in a SQLite file in the temporary folder, which is gone at the end; it takes about as much room as
the source unpacked. In memory are one patient's resources, and the Medications that were last referred to.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

import msgspec

from mspike.record.errors import RecordError
from mspike.record.fhir.chart import key_of, names_of
from mspike.record.fhir.found import Found, Text
from mspike.record.fhir.kinds import OTHERS
from mspike.record.fhir.parse import NO_JSON, Broken, Piece, no_json, parse_resources, split
from mspike.record.fhir.records import RECORD_ID, SAID, About, Said, no_patient, record_of
from mspike.record.fhir.types import Identifier, Reference
from mspike.record.model import Record

SETTINGS = ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE", "cache_size = -65536")
TABLES = """
    CREATE TABLE line (owner TEXT, at TEXT, url TEXT, data BLOB);
    CREATE TABLE alias (name TEXT PRIMARY KEY, owner TEXT) WITHOUT ROWID;
    CREATE TABLE shared (name TEXT PRIMARY KEY, at TEXT, url TEXT, data BLOB);
"""
NOBODY = ""
"""The owner of a resource of a kind that is no patient's, such as an Organization."""
NOT_OF_PATIENTS = frozenset(OTHERS.split())
STRAY = "it names no patient of this source"
MEDICATIONS = 2000
"""Medications that are kept in memory at a time."""
AT_A_TIME = 5000


class Head(msgspec.Struct, frozen=True, gc=False):
    """What tells whose a resource is."""

    resourceType: str = ""
    id: str = ""
    subject: msgspec.Raw = msgspec.Raw()
    patient: msgspec.Raw = msgspec.Raw()
    identifier: msgspec.Raw = msgspec.Raw()


HEAD = msgspec.json.Decoder(Head)
REFERENCE = msgspec.json.Decoder(Reference)
IDENTIFIERS = msgspec.json.Decoder(tuple[Identifier, ...])


def records_from_disk(texts: Iterable[Text | Broken], about: About) -> Iterator[Record | RecordError]:
    """A Record for each patient of the texts, by id. Raises RecordError when there is no patient in them."""
    with tempfile.TemporaryDirectory(prefix="mspike-") as folder:
        disk = sqlite3.connect(Path(folder) / "order.sqlite", isolation_level=None)
        try:
            for setting in SETTINGS:
                disk.execute(f"PRAGMA {setting}")
            disk.executescript(TABLES)
            broken = _put(disk, texts)
            yield from _take(disk, broken, about)
        finally:
            disk.close()


def _put(disk: sqlite3.Connection, texts: Iterable[Text | Broken]) -> list[Broken]:
    """Every resource into its table; gives the parts that cannot be read."""
    broken: list[Broken] = []
    rows: list[tuple[str | None, str, str, bytes]] = []
    disk.execute("BEGIN")
    for text in texts:
        try:
            pieces: Iterable[Piece | Broken] = [text] if isinstance(text, Broken) else split(text.data, text.at)
            for piece in pieces:
                if isinstance(piece, Broken):
                    broken.append(piece)
                elif (row := _row(disk, piece)) is not None:
                    rows.append(row)
        except RecordError as error:
            broken.append(Broken(error.rule, error.at, error.hint))
        if len(rows) >= AT_A_TIME:
            disk.executemany("INSERT INTO line VALUES (?, ?, ?, ?)", rows)
            rows.clear()
    disk.executemany("INSERT INTO line VALUES (?, ?, ?, ?)", rows)
    disk.execute("""UPDATE line SET owner = (SELECT alias.owner FROM alias WHERE alias.name = line.owner)
                    WHERE owner IN (SELECT name FROM alias WHERE alias.name <> alias.owner)""")
    disk.execute("CREATE INDEX owned ON line (owner)")
    disk.execute("COMMIT")
    return broken


def _row(disk: sqlite3.Connection, piece: Piece) -> tuple[str | None, str, str, bytes] | None:
    """The row of a resource; a Medication, which belongs to nobody alone, goes elsewhere."""
    try:
        head = HEAD.decode(piece.data)
    except msgspec.ValidationError:
        return None, piece.at, piece.url, piece.data
    except NO_JSON as error:
        raise no_json(error, piece.at) from None
    if head.resourceType in NOT_OF_PATIENTS:  # counted, and its content not kept
        return NOBODY, piece.at, piece.url, b'{"resourceType":"%s"}' % head.resourceType.encode()
    if head.resourceType == "Medication":
        for name in _names(head, piece.url):
            disk.execute("INSERT OR REPLACE INTO shared VALUES (?, ?, ?, ?)", (name, piece.at, piece.url, piece.data))
        return None
    if head.resourceType == "Patient":
        owner = f"Patient/{head.id}" if head.id else piece.url or piece.at
        disk.executemany("INSERT OR REPLACE INTO alias VALUES (?, ?)",
                         [(name, owner) for name in (owner, *_names(head, piece.url))])  # fmt: skip
        return owner, piece.at, piece.url, piece.data
    return _subject(head), piece.at, piece.url, piece.data


def _subject(head: Head) -> str | None:
    """Whose a resource is; None where it ought to say and does not."""
    subject = bytes(head.subject) or bytes(head.patient)
    try:
        return key_of(REFERENCE.decode(subject)) if subject else None
    except msgspec.ValidationError:
        return None


def _names(head: Head, url: str) -> list[str]:
    try:
        identifiers = IDENTIFIERS.decode(head.identifier) if head.identifier else ()
    except msgspec.ValidationError:
        identifiers = ()
    return names_of(head.resourceType, head.id, url, identifiers)


def _take(disk: sqlite3.Connection, broken: list[Broken], about: About) -> Iterator[Record | RecordError]:
    named = disk.execute("SELECT count(*) FROM alias").fetchone()[0] > 0
    owners = "SELECT DISTINCT owner FROM alias" if named else "SELECT DISTINCT owner FROM line WHERE owner > ''"
    several = disk.execute(f"SELECT count(*) FROM ({owners})").fetchone()[0] > 1
    elsewhere = "owner > '' AND owner NOT IN (SELECT owner FROM alias)" if named else "false"
    strays = f"FROM line WHERE {elsewhere}{' OR owner IS NULL' if several else ''}"
    lost = [(at, STRAY) for (at,) in disk.execute(f"SELECT at {strays} LIMIT {SAID + 1}")]
    count = disk.execute(f"SELECT count(*) {strays}").fetchone()[0]
    shared = _Shared(disk)
    found = False
    ids = [f"{RECORD_ID}|{patient}" for patient in about.patients or ()]
    by_record = {row[0] for id in ids for row in disk.execute("SELECT owner FROM alias WHERE name = ?", (id,))}
    for (owner,) in disk.execute(f"{owners} ORDER BY owner"):
        found = True
        if not (about.wants(owner) or owner in by_record):
            continue
        mine = "owner = ?" if several else f"owner = ? OR owner IS NULL OR owner = '{NOBODY}'"
        rows = disk.execute(f"SELECT at, url, data FROM line WHERE {mine} ORDER BY rowid", (owner,))
        resources, unread = [], list(broken)
        for at, url, data in rows:
            for part in parse_resources(data, at, url):
                resources.append(part) if isinstance(part, Found) else unread.append(part)
        yield record_of(owner, resources, shared, Said(unread, lost, count), about, alone=not several)
    if not found:
        raise no_patient(broken)


class _Shared:
    """Medications by the names that references use."""

    def __init__(self, disk: sqlite3.Connection) -> None:
        self.disk = disk
        self.get = lru_cache(MEDICATIONS)(self._get)

    def _get(self, name: str) -> Found | None:
        row = self.disk.execute("SELECT at, url, data FROM shared WHERE name = ?", (name,)).fetchone()
        if row is None:
            return None
        found = next(parse_resources(row[2], row[0], row[1]), None)
        return found if isinstance(found, Found) else None
