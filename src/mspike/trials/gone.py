"""Trials that a registry no longer has: those that earlier syncs of a condition brought and a whole one did not, each
asked for by its number. They are kept and marked.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable

import msgspec

from mspike.trials.client import Client, ServerRefusal
from mspike.trials.index import Index

NOT_THERE = (301, 308, 404, 410)
"""Deleted, or now under another number."""
MOST_ASKED = 500
"""More are not asked for one by one: the fault is probably in the answer."""
NUMBER = re.compile(rb'"nctId"\s*:\s*"(NCT\d{8})"')


def numbers_in(raw: bytes) -> set[str]:
    """The NCT number of a study that cannot be read as a trial."""
    return {found.decode() for found in NUMBER.findall(raw)}


def begin(index: Index, query: str) -> None:
    """A whole round over a condition begins: none of its trials has come yet."""
    with index.writing() as db:
        db.execute("UPDATE synced SET here = 0 WHERE query = ?", (query,))


def came(index: Index, query: str, ids: Iterable[str], *, unnamed: bool) -> None:
    """These came. `unnamed`: one came that could be any, so that none is missed in this round."""
    with index.writing() as db:
        rows = [(query, nct) for nct in ids]
        db.executemany("INSERT OR REPLACE INTO synced VALUES (?,?,1)", rows)
        db.executemany("DELETE FROM gone WHERE nct = ?", [(nct,) for _, nct in rows])
        if unnamed:
            db.execute("UPDATE synced SET here = 1 WHERE query = ?", (query,))


def missing(index: Index, query: str) -> list[str]:
    """What earlier rounds brought and this one did not."""
    asked = "SELECT nct FROM synced WHERE query = ? AND here = 0 AND nct NOT IN (SELECT nct FROM gone) ORDER BY nct"
    return [nct for (nct,) in index.db.execute(asked, (query,))]


def mark(index: Index, nct: str, seen: str) -> None:
    """From now on (UTC) the registry does not have it."""
    with index.writing() as db:
        db.execute("INSERT OR IGNORE INTO gone VALUES (?,?)", (nct, seen))


def gone_since(db: sqlite3.Connection, since: str) -> list[tuple[str, str]]:
    """(NCT number, when) of trials that a sync missed at or after a time."""
    return db.execute("SELECT nct, since FROM gone WHERE since >= ? ORDER BY nct", (since,)).fetchall()


def ask(client: Client, nct: str) -> bytes | None:
    """The study; None where the registry no longer has it. TrialError."""
    try:
        found = client.get(f"studies/{nct}", {}, msgspec.json.Decoder(msgspec.Raw).decode)
    except ServerRefusal as refusal:
        if refusal.code in NOT_THERE:
            return None
        raise
    return bytes(found)
