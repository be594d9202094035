"""Records → tidy CSV: a file for each list of a case file and one of the patients, columns named like the keys.

`tables.py` reads them back without a mapping. A list in one cell is parted by semicolons; `[]` is an empty list.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from mspike.record.gathering import Value
from mspike.record.model import Record
from mspike.record.stating import EMPTY, entries, values
from mspike.record.tables.mapping import NONE_OF, PATIENTS

Row = dict[str, str]


def table_rows(records: Iterable[Record]) -> dict[str, list[Row]]:
    """Table → its rows."""
    tables: dict[str, list[Row]] = {PATIENTS: []}
    for record in records:
        lists = entries(record)
        stated = {
            f"{section}.{key}" if section else key: _cell(value)
            for section, keys in values(record).items() for key, value in keys.items() if key != "id"
        }  # fmt: skip
        empty = [name for name, held in lists.items() if not held]
        if empty:
            stated[NONE_OF] = ";".join(empty)
        tables[PATIENTS].append({"patient": record.id, **stated})
        for name, held in lists.items():
            rows = [{"patient": record.id, **{key: _cell(value) for key, value in entry.items()}} for entry in held]
            if rows:
                tables.setdefault(name, []).extend(rows)
    return tables


def write_tables(records: Iterable[Record], folder: Path) -> list[Path]:
    """Writes the tables into the folder; gives the files."""
    return write_csv(table_rows(records), folder)


def write_csv(tables: dict[str, list[Row]], folder: Path) -> list[Path]:
    """One CSV file for each table, UTF-8; its columns in the order of their first use. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, rows in tables.items():
        columns = list(dict.fromkeys(key for row in rows for key in row))
        path = folder / f"{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        written.append(path)
    return written


def _cell(value: Value) -> str:
    return value if isinstance(value, str) else ";".join(value) or EMPTY
