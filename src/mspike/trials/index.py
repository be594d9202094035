"""The index: one SQLite file with every record that was loaded, a full-text table (FTS5), and an R*Tree of places.

Readers see the last finished step of a load while it runs (write-ahead log); loaders wait for each other. Every version
of a record is kept: `version` grows, `trial` holds what a search asks of the newest one.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import msgspec

from mspike.knowledge import load_search_words
from mspike.trials.columns import Columns
from mspike.trials.facets import WORD_TABLES
from mspike.trials.gazetteer import tables
from mspike.trials.merged import merged
from mspike.trials.trial import Trial, TrialError

APPLICATION = 0x6D73_7069
SCHEMA = 2
"""Raised when the tables change; an index of an earlier one is made anew from the versions it holds."""
WAIT_SECONDS = 60.0
"""How long one loader waits for another."""

KEPT = """
CREATE TABLE version (
    id INTEGER PRIMARY KEY, nct TEXT NOT NULL, registry TEXT NOT NULL, seen TEXT NOT NULL, taken TEXT NOT NULL,
    updated TEXT NOT NULL, stated INTEGER NOT NULL, digest BLOB NOT NULL, record BLOB NOT NULL);
CREATE INDEX version_of ON version (nct, registry);
CREATE INDEX version_seen ON version (seen);
CREATE TABLE parsed (
    nct TEXT NOT NULL, digest BLOB NOT NULL, made_with TEXT NOT NULL, criteria BLOB NOT NULL,
    PRIMARY KEY (nct, digest));
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
SYNC = """DROP TABLE IF EXISTS sync;
CREATE TABLE sync (
    query TEXT PRIMARY KEY, stamp TEXT NOT NULL, token TEXT NOT NULL, pages INTEGER NOT NULL, finished TEXT NOT NULL,
    awaited INTEGER);
CREATE TABLE synced (query TEXT NOT NULL, nct TEXT NOT NULL, here INTEGER NOT NULL, PRIMARY KEY (query, nct));
CREATE TABLE gone (nct TEXT PRIMARY KEY, since TEXT NOT NULL);
"""
"""How far each sync came, which trials its last whole round brought, and which the registry no longer has."""
MADE = """
CREATE TABLE trial (
    row INTEGER PRIMARY KEY, nct TEXT NOT NULL UNIQUE, status INTEGER, phases INTEGER, sexes INTEGER, purpose INTEGER,
    kinds INTEGER, exact INTEGER, wider INTEGER, min_age REAL, max_age REAL, va INTEGER, unplaced INTEGER,
    stated INTEGER, updated TEXT, versions TEXT NOT NULL, record BLOB);
CREATE TABLE place (
    id INTEGER PRIMARY KEY, latitude REAL NOT NULL, longitude REAL NOT NULL, basis TEXT NOT NULL,
    UNIQUE (latitude, longitude, basis));
CREATE VIRTUAL TABLE place_box USING rtree(id, south, north, west, east);
CREATE TABLE site (
    place INTEGER NOT NULL, opening INTEGER NOT NULL, va INTEGER NOT NULL, trial INTEGER NOT NULL,
    number INTEGER NOT NULL, PRIMARY KEY (place, opening, va, trial, number)) WITHOUT ROWID;
CREATE INDEX site_of ON site (trial);
""" + ";\n".join(
    f"CREATE VIRTUAL TABLE {table} USING fts5({', '.join(columns)}, content='', "
    "tokenize='unicode61 remove_diacritics 2')"
    for table, columns in WORD_TABLES.items()
)
MADE_TABLES = ("trial", *WORD_TABLES, "place", "place_box", "site")


def default_path() -> Path:
    """$MSPIKE_TRIALS, else the user's own data folder."""
    if named := os.environ.get("MSPIKE_TRIALS"):
        return Path(named)
    data = os.environ.get("XDG_DATA_HOME") or os.path.join(os.path.expanduser("~"), ".local", "share")
    return Path(data) / "mspike" / "trials.sqlite"


class Index:
    """An open index. Use as a context manager; one for each thread."""

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        self.db, self.path = db, path
        self._columns: tuple[int, Columns] | None = None

    def __enter__(self) -> Index:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.db.close()

    @property
    def current(self) -> bool:
        """Whether what is searched was made with today's words, tables of places and schema."""
        row = self.db.execute("SELECT value FROM meta WHERE key = 'made_with'").fetchone()
        return row is not None and row[0] == fingerprint()

    def trials(self) -> int:
        """How many it holds."""
        return int(self.db.execute("SELECT count(*) FROM trial").fetchone()[0])

    def records(self) -> Iterator[Trial]:
        """Every trial as it is shown, by NCT number."""
        for row in self.db.execute("SELECT versions, record FROM trial ORDER BY nct"):
            yield shown(self.db, *row)

    def record(self, nct: str) -> Trial | None:
        """One trial as it is shown: the newest record of each registry, put together."""
        row = self.db.execute("SELECT versions, record FROM trial WHERE nct = ?", (nct,)).fetchone()
        return shown(self.db, *row) if row else None

    def digest(self, nct: str) -> bytes | None:
        """Changes when what is shown of a trial changes."""
        row = self.db.execute("SELECT versions FROM trial WHERE nct = ?", (nct,)).fetchone()
        query = "SELECT digest FROM version WHERE id = ?"
        return b"".join(self.db.execute(query, (one,)).fetchone()[0] for one in row[0].split()) if row else None

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Several looks at one state of the index."""
        with told(self.path):
            self.db.execute("BEGIN")
            try:
                yield self.db
            finally:
                self.db.execute("COMMIT")

    def columns(self) -> Columns:
        """What is searched, kept until a loader changes the index."""
        state = self.db.execute("PRAGMA data_version").fetchone()[0]
        if self._columns is None or self._columns[0] != state:
            self._columns = (state, Columns(self.db))
        return self._columns[1]

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One step, whole or not at all. TrialError when another loader holds on, or the disk is full."""
        with told(self.path):
            self.db.execute("BEGIN IMMEDIATE")
            self._columns = None
            try:
                yield self.db
                self.db.execute("COMMIT")
            except BaseException:
                if self.db.in_transaction:
                    self.db.execute("ROLLBACK")
                raise


def open_index(path: str | os.PathLike[str] | None = None, *, write: bool = False) -> Index:
    """The index of that file; with `write` it is made when it is not there. Raises TrialError."""
    where = Path(path) if path is not None else default_path()
    if not write and not where.exists():
        raise TrialError(str(where), "there is no index yet", "make one with `mspike trials load` or `trials sync`")
    if where.is_dir():
        raise TrialError(str(where), "is a folder", "give a file")
    with told(where):
        if write:
            where.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(
            f"file:{quote(str(where.resolve()))}?mode={'rwc' if write else 'ro'}",
            uri=True, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False,
        )  # fmt: skip
        try:
            _ready(db, where, write)
        except BaseException:
            db.close()
            raise
    return Index(db, where)


def _ready(db: sqlite3.Connection, where: Path, write: bool) -> None:
    """Checks whose file it is; makes the tables of a new one."""
    db.execute("PRAGMA cache_size = -65536")
    db.execute("PRAGMA temp_store = MEMORY")
    empty = db.execute("PRAGMA schema_version").fetchone()[0] == 0
    if empty and write:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("BEGIN IMMEDIATE")
        if db.execute("PRAGMA schema_version").fetchone()[0] == 0:  # no other loader was faster
            for statement in f"{KEPT}{SYNC}{MADE}".split(";\n"):
                db.execute(statement)
            db.execute("INSERT INTO meta VALUES ('made_with', ?)", (fingerprint(),))
            db.execute(f"PRAGMA application_id = {APPLICATION}")
            db.execute(f"PRAGMA user_version = {SCHEMA}")
        db.execute("COMMIT")
    elif empty or db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION:
        raise TrialError(str(where), "is no index of trials", "give another file")
    if (schema := db.execute("PRAGMA user_version").fetchone()[0]) > SCHEMA:
        raise TrialError(str(where), f"was made by a later mspike (form {schema})", "bring mspike up to date")
    if schema < SCHEMA and not write:
        hint = "`mspike trials load` with any download brings it up to date, and keeps what it holds"
        raise TrialError(str(where), f"was made by an earlier mspike (form {schema})", hint)
    if write:
        db.execute("PRAGMA synchronous = NORMAL")


def fingerprint() -> str:
    """What the searched tables depend on beside the records."""
    words = hashlib.blake2b(msgspec.json.encode(load_search_words()), digest_size=8).hexdigest()
    return f"form {SCHEMA}; words {words}; places {tables()}"


def pack(trial: Trial) -> bytes:
    import zlib

    return zlib.compress(msgspec.msgpack.encode(trial), 1)


def unpack(record: bytes) -> Trial:
    import zlib

    return DECODER.decode(zlib.decompress(record))


DECODER = msgspec.msgpack.Decoder(Trial)


def shown(db: sqlite3.Connection, versions: str, record: bytes | None) -> Trial:
    """The trial of a row of `trial`: its one version, or what was put together of several."""
    return unpack(record) if record is not None else together(db, versions)


def together(db: sqlite3.Connection, versions: str) -> Trial:
    """The trial of these versions (ids with blanks between them), the one that leads first."""
    query = "SELECT record, taken FROM version WHERE id = ?"
    return merged([_record(*db.execute(query, (one,)).fetchone()) for one in versions.split()])


def _record(record: bytes, taken: str) -> Trial:
    """A kept record, with the day of the latest download that still had it."""
    trial = unpack(record)
    if not taken or taken == str(trial.snapshot.taken_on):
        return trial
    dated = msgspec.structs.replace(trial.snapshot, taken_on=dt.date.fromisoformat(taken))
    return msgspec.structs.replace(trial, snapshot=dated)


@contextmanager
def told(path: Path) -> Iterator[None]:
    """What goes wrong with the file as one clear TrialError."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise _trouble(path, str(error)) from None
    except sqlite3.DatabaseError as error:
        raise TrialError(
            str(path), f"is damaged or no index of trials ({error})", "move it away and load the downloads anew"
        ) from None
    except OSError as error:
        raise TrialError(str(path), f"cannot be used ({error.strerror or error})", "look at the path") from None


def _trouble(path: Path, error: str) -> TrialError:
    where = str(path)
    if "full" in error or "disk I/O" in error:
        rule = "the disk is full or fails; what was loaded before is kept"
        return TrialError(where, rule, "make room and load again")
    if "locked" in error or "busy" in error:
        return TrialError(where, f"another loader has held it for {WAIT_SECONDS:g} seconds", "wait, and load again")
    if "readonly" in error or "unable to open" in error:
        return TrialError(where, "cannot be opened there", "look at the path and at who may write to it")
    return TrialError(where, f"cannot be used ({error})", "move it away and load the downloads anew")
