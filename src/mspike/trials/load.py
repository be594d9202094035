"""Records into the index: a new version when a record changed, nothing when it did not; history stays."""

from __future__ import annotations

import datetime as dt
import hashlib
import sqlite3
from collections.abc import Callable, Iterable
from itertools import islice

import msgspec

from mspike.trials.facets import WORD_TABLES, Facets, facets, trial_words
from mspike.trials.index import MADE, MADE_TABLES, SCHEMA, SYNC, Index, fingerprint, pack, shown, together
from mspike.trials.trial import Snapshot, Trial, TrialError

STEP = 500
"""Trials that are written in one step; between two steps another loader may come in."""
FACET_COLUMNS = (
    "status", "phases", "sexes", "purpose", "kinds", "exact", "wider", "min_age", "max_age", "va", "unplaced", "stated",
    "updated",
)  # fmt: skip


class Loaded(msgspec.Struct):
    """What a load came to."""

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    older: int = 0
    """Records older than what the index has: kept in the history, not shown."""
    refused: int = 0
    sites: int = 0
    """Sites of the new and changed trials that somebody could go to, now or soon."""
    unplaced: int = 0
    """Trials of these with a site of unknown place, or with none."""


def load_trials(
    index: Index,
    reads: Iterable[Trial | TrialError],
    now: dt.datetime | None = None,
    refused: Callable[[TrialError], None] = lambda error: None,
) -> Loaded:
    """Writes every trial, STEP at a time; what cannot be read goes to `refused`. Raises TrialError for the file's own
    troubles; the steps before are kept."""
    total = Loaded()
    seen = stamp(now)
    remake(index)
    rest = iter(reads)
    while step := list(islice(rest, STEP)):
        part = msgspec.structs.replace(total)
        with index.writing() as db:
            for read in step:
                part.read += 1
                if isinstance(read, Trial):
                    _write(db, read, seen, part)
                else:
                    part.refused += 1
        for read in step:
            if isinstance(read, TrialError):
                refused(read)
        total = part
    return total


def stamp(now: dt.datetime | None = None) -> str:
    """UTC, to the microsecond, so that two loads of one day are told apart."""
    return (now or dt.datetime.now(dt.UTC)).astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def registry(trial: Trial) -> str:
    """Versions are compared within one of these. An excerpt, which gives no status, is no version of a whole record."""
    return trial.snapshot.form.partition("-")[0] + ("" if trial.status_given else " excerpt")


def digest(trial: Trial) -> bytes:
    """Of the record, whichever download it came in."""
    alone = msgspec.structs.replace(trial, snapshot=Snapshot(form=trial.snapshot.form))
    return hashlib.blake2b(msgspec.msgpack.encode(alone), digest_size=16).digest()


def _write(db: sqlite3.Connection, trial: Trial, seen: str, count: Loaded) -> None:
    kind, mark, taken = registry(trial), digest(trial), str(trial.snapshot.taken_on or "")
    db.execute("DELETE FROM gone WHERE nct = ? AND since < ?", (trial.id, taken))  # it is there again
    known = db.execute(
        "SELECT id, digest, updated, taken FROM version WHERE nct = ? AND registry = ? ORDER BY updated, taken, id",
        (trial.id, kind),
    ).fetchall()
    if any(row[1] == mark for row in known):
        same = next(row for row in known if row[1] == mark)
        if taken > same[3]:
            db.execute("UPDATE version SET taken = ? WHERE id = ?", (taken, same[0]))
            _dated(db, trial.id)
        count.unchanged += same is known[-1]
        count.older += same is not known[-1]
        return
    row = (trial.id, kind, seen, taken, trial.updated, bool(trial.status_given), mark, pack(trial))
    columns = "nct, registry, seen, taken, updated, stated, digest, record"
    db.execute(f"INSERT INTO version ({columns}) VALUES ({marks(len(row))})", row)
    before = db.execute("SELECT row, versions, record FROM trial WHERE nct = ?", (trial.id,)).fetchone()
    now = shown_versions(db, trial.id)
    count.new += before is None
    if before is not None and before[1] == now:
        count.older += 1
        return
    count.changed += before is not None
    made = show(db, now, trial if " " not in now else together(db, now), before)
    count.sites += len(made.places)
    count.unplaced += made.unplaced


def shown_versions(db: sqlite3.Connection, nct: str) -> str:
    """The versions that make up a trial: of each registry the newest, a whole record before an excerpt. The one that
    leads is first: whole, then updated last."""
    order = "stated DESC, updated DESC, registry, taken DESC, id DESC"
    newest: dict[str, int] = {}
    for kind, version in db.execute(f"SELECT registry, id FROM version WHERE nct = ? ORDER BY {order}", (nct,)):
        newest.setdefault(kind.partition(" ")[0], version)
    return " ".join(map(str, newest.values()))


def _dated(db: sqlite3.Connection, nct: str) -> None:
    """What was put together of several records is told with the day of the latest download of each."""
    versions, record = db.execute("SELECT versions, record FROM trial WHERE nct = ?", (nct,)).fetchone()
    if record is not None:
        db.execute("UPDATE trial SET record = ? WHERE nct = ?", (pack(together(db, versions)), nct))


def show(
    db: sqlite3.Connection, versions: str, trial: Trial, before: tuple[int, str, bytes | None] | None
) -> Facets:  # fmt: skip
    """Puts one trial into the searched tables, in the place of what was there. What is of several versions is kept as
    it is shown, since putting it together takes time."""
    made = facets(trial)
    values = [getattr(made, name) for name in FACET_COLUMNS]
    if before is not None:
        row, old, record = before
        _words(db, row, trial_words(shown(db, old, record)), delete=True)
        db.execute("DELETE FROM site WHERE trial = ?", (row,))
        db.execute("DELETE FROM trial WHERE row = ?", (row,))
    else:
        row = db.execute("SELECT coalesce(max(row), 0) + 1 FROM trial").fetchone()[0]
    columns = ", ".join(("row", "nct", *FACET_COLUMNS, "versions", "record"))
    kept = (row, trial.id, *values, versions, pack(trial) if " " in versions else None)
    db.execute(f"INSERT INTO trial ({columns}) VALUES ({marks(len(kept))})", kept)
    _words(db, row, made.words)
    db.executemany(
        "INSERT INTO site (place, opening, va, trial, number) VALUES (?,?,?,?,?)",
        [(_place(db, at.point.latitude, at.point.longitude, at.point.basis), at.opening, at.va, row, at.number)
         for at in made.places],
    )  # fmt: skip
    return made


def _words(db: sqlite3.Connection, row: int, texts: tuple[str, ...], *, delete: bool = False) -> None:
    """Adds a trial's words to the full-text tables; or takes them out, for which they have to be as they were."""
    rest = iter(texts)
    for table, columns in WORD_TABLES.items():
        values = [row, *islice(rest, len(columns))]
        names, command = f"rowid, {', '.join(columns)}", ["delete"] if delete else []
        names = f"{table}, {names}" if delete else names
        db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks(len(values) + delete)})", [*command, *values])


def marks(count: int) -> str:
    return ",".join("?" * count)


def _place(db: sqlite3.Connection, latitude: float, longitude: float, basis: str) -> int:
    given = (latitude, longitude, basis)
    known = db.execute("SELECT id FROM place WHERE latitude = ? AND longitude = ? AND basis = ?", given).fetchone()
    if known:
        return int(known[0])
    number = db.execute("INSERT INTO place (latitude, longitude, basis) VALUES (?,?,?)", given).lastrowid
    box = (number, latitude, latitude, longitude, longitude)
    db.execute("INSERT INTO place_box VALUES (?,?,?,?,?)", box)
    return int(number or 0)


def remake(index: Index) -> bool:
    """Makes the searched tables anew from the kept records where mspike's words, the tables of places or the form of
    the index changed since; readers see the old ones until the new ones are whole. True = it was needed."""
    if index.current:
        return False
    with index.writing() as db:
        for name in MADE_TABLES:
            db.execute(f"DROP TABLE IF EXISTS {name}")
        older = db.execute("PRAGMA user_version").fetchone()[0] < SCHEMA
        for statement in f"{SYNC if older else ''}{MADE}".split(";\n"):
            db.execute(statement)
        db.execute(f"PRAGMA user_version = {SCHEMA}")
        for (nct,) in db.execute("SELECT DISTINCT nct FROM version ORDER BY nct").fetchall():
            versions = shown_versions(db, nct)
            show(db, versions, together(db, versions), None)
        db.execute("INSERT OR REPLACE INTO meta VALUES ('made_with', ?)", (fingerprint(),))
    return True
