"""What is searched, column by column in memory: for each value of a column the trials that have it, as the bits of one
number. A filter is then a few ANDs over whole numbers, however many trials there are.

Bit n is the n-th trial in the order of the latest change, then of the NCT number.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec


class Columns:
    """The searched columns of an index as they were when this was made; each is read when it is first asked for."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self.rows = [row for (row,) in db.execute("SELECT row FROM trial ORDER BY updated DESC, nct")]
        """Bit → row of the table."""
        self._digit_of = _digits(self.rows)
        self.all = (1 << len(self.rows)) - 1
        self._values: dict[str, dict[Any, int]] = {}

    def where(self, column: str, holds: Callable[[Any], bool]) -> int:
        """The trials whose value of a column holds."""
        found = 0
        for value, bits in self._column(column).items():
            if holds(value):
                found |= bits
        return found

    def matching(self, table: str, match: str) -> int:
        """The trials whose names, or whose texts, match a full-text query."""
        query = f"SELECT group_concat(rowid) FROM {table} WHERE {table} MATCH ?"
        return self.bits(joined(self._db.execute(query, (match,)).fetchone()[0]))

    def anywhere(self, phrase: str) -> int:
        """The trials in which a full-text phrase stands."""
        return self.matching("names", phrase) | self.matching("texts", phrase)

    def _column(self, column: str) -> dict[Any, int]:
        if column not in self._values:
            rows: dict[Any, list[int]] = {}
            for row, value in self._db.execute(f"SELECT row, {column} FROM trial"):
                rows.setdefault(value, []).append(row)
            self._values[column] = {value: self.bits(found) for value, found in rows.items()}
        return self._values[column]

    def bits(self, rows: Iterable[int]) -> int:
        """The number in which the bits of these rows are set."""
        digits, digit_of = bytearray(b"0") * (len(self.rows) + 1), self._digit_of
        for row in rows:
            digits[digit_of[row]] = ONE
        return int(digits, 2)


ONE = ord("1")


def _digits(rows: list[int]) -> list[int]:
    """Row → where its bit stands in a number that is written out, the highest bit first."""
    found = [0] * (max(rows, default=0) + 1)
    for bit, row in enumerate(rows):
        found[row] = len(rows) - bit
    return found


def joined(numbers: str | None) -> list[int]:
    """What a `group_concat` of SQLite joined: a row fetched for each would take several times as long."""
    return msgspec.json.decode(f"[{numbers or ''}]", type=list[int])


def bits_set(number: int) -> Iterator[int]:
    """The places of the bits that are set, lowest first."""
    digits = f"{number:b}"[::-1]
    place = digits.find("1")
    while place >= 0:
        yield place
        place = digits.find("1", place + 1)
