"""The parsed criteria of an index's trials, parsed once: kept in memory, and in the index where it may be written."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import msgspec

from mspike.knowledge import load_codes, load_doubts, load_trial_words
from mspike.trials.criteria import Parsed, apply_corrections, load_corrections, parse_criteria
from mspike.trials.index import Index


class Prepared:
    """The criteria of an index's trials by NCT number, corrections applied. `save` keeps what was parsed anew."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._known: dict[tuple[str, bytes], Parsed] = {}
        self._new: dict[tuple[str, bytes], Parsed] = {}

    def __call__(self, nct: str) -> Parsed | None:
        """Of the newest record of a trial; None where the index does not hold it."""
        digest = self._index.digest(nct)
        if digest is None:
            return None
        key = (nct, digest)
        if key not in self._known:
            self._known[key] = self._kept(*key) or self._parsed(*key)
        return self._known[key]

    def save(self) -> None:
        """Into the index, which has to be open for writing; nothing where there is nothing new. TrialError."""
        if not self._new:
            return
        with self._index.writing() as db:
            db.execute("DELETE FROM parsed WHERE made_with <> ?", (reading(),))
            rows = [(*key, reading(), msgspec.msgpack.encode(parsed)) for key, parsed in self._new.items()]
            db.executemany("INSERT OR REPLACE INTO parsed (nct, digest, made_with, criteria) VALUES (?,?,?,?)", rows)
        self._new.clear()

    def _kept(self, nct: str, digest: bytes) -> Parsed | None:
        query = "SELECT criteria FROM parsed WHERE nct = ? AND digest = ? AND made_with = ?"
        row = self._index.db.execute(query, (nct, digest, reading())).fetchone()
        return msgspec.msgpack.decode(row[0], type=Parsed) if row else None

    def _parsed(self, nct: str, digest: bytes) -> Parsed:
        trial = self._index.record(nct)
        assert trial is not None
        parsed = apply_corrections(parse_criteria(trial), trial, _corrections().get(nct, ()))
        self._new[nct, digest] = parsed
        return parsed


_corrections = cache(load_corrections)


@cache
def reading() -> str:
    """What the criteria depend on beside the record: the parser, its words, the names of drugs, the corrections."""
    parser = hashlib.blake2b(digest_size=12)
    for path in sorted((Path(__file__).parent / "criteria").rglob("*.py")):
        parser.update(path.read_bytes())
    known = msgspec.json.encode((load_trial_words(), load_doubts(), load_codes().drugs, _corrections()))
    return parser.hexdigest() + hashlib.blake2b(known, digest_size=12).hexdigest()
