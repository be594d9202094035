"""What is searched, column by column in memory: for each value of a column the trials that have it, as the bits of one
number. A filter is then a few ANDs over whole numbers, however many trials there are.

Bit n is the n-th trial in the order of the latest change, then of the NCT number.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from typing import Any


class Columns:
    """The searched columns of an index as they were when this was made; each is read when it is first asked for."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self.rows = [row for (row,) in db.execute("SELECT row FROM trial ORDER BY updated DESC, nct")]
        """Bit → row of the table."""
        self._bit_of = {row: bit for bit, row in enumerate(self.rows)}
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
        rows = self._db.execute(f"SELECT rowid FROM {table} WHERE {table} MATCH ?", (match,))
        return self.number(self._bit_of[row] for (row,) in rows)

    def anywhere(self, phrase: str) -> int:
        """The trials in which a full-text phrase stands."""
        return self.matching("names", phrase) | self.matching("texts", phrase)

    def bit(self, row: int) -> int:
        return self._bit_of[row]

    def _column(self, column: str) -> dict[Any, int]:
        if column not in self._values:
            places: dict[Any, list[int]] = {}
            for row, value in self._db.execute(f"SELECT row, {column} FROM trial"):
                places.setdefault(value, []).append(self._bit_of[row])
            self._values[column] = {value: self.number(found) for value, found in places.items()}
        return self._values[column]

    def number(self, places: Iterable[int]) -> int:
        """The number in which these bits are set."""
        packed = bytearray(len(self.rows) // 8 + 1)
        for place in places:
            packed[place >> 3] |= 1 << (place & 7)
        return int.from_bytes(packed, "little")


def bits_set(number: int) -> Iterator[int]:
    """The places of the bits that are set, lowest first."""
    for byte, value in enumerate(number.to_bytes((number.bit_length() + 7) // 8, "little")):
        while value:
            lowest = value & -value
            yield byte * 8 + lowest.bit_length() - 1
            value ^= lowest
