"""What rows come from: a folder of CSV or Parquet files, a DuckDB file (`files`), a PostgreSQL database (`server`)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Set
from typing import Any, Protocol

from mspike.record.quality import Note
from mspike.record.stating import plain

Row = dict[str, str]
"""Column → text; a column without a value is left out."""


class Database(Protocol):
    """What a source must be able to do. Its rows are asked for a batch at a time; nothing is held whole."""

    columns: dict[str, frozenset[str]]
    """The tables that are there with their columns, in lower case."""
    decimal_commas: frozenset[str]
    """Tables whose numbers are written with a comma."""
    broken: list[Note]
    """Lines that could not be read, each with its file and number."""

    def fetch(self, sql: str) -> Iterator[tuple[Any, ...]]: ...


def as_text(value: Any) -> str:
    """A value of any database as one writes it; a day without its time."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, float):
        return plain(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, dt.date) else str(value)


DECIMAL_COMMA = re.compile(r"([<>=≤≥ ]*[+-]?[0-9]+),([0-9]+)")


def with_points(row: Mapping[str, str], names: Set[str]) -> Row:
    """The row with `12,4` as `12.4` in these columns: its file is parted by semicolons, so the comma is the point."""
    return {
        name: f"{found[1]}.{found[2]}" if name in names and (found := DECIMAL_COMMA.fullmatch(text)) else text
        for name, text in row.items()
    }


def quoted(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"
