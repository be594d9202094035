"""The mapping file: which column of which table is which key of a case file.

Without one, tables are read as `mspike export --to csv` writes them: a file for each list of a case file and one of
the patients, their columns named like the keys. docs/how-to/read-tables.md is the page for users.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from mspike.record.case import KEYS
from mspike.record.entries import ENTRY_KEYS
from mspike.record.errors import RecordError
from mspike.record.stating import LISTS
from mspike.record.tree import Leaf, read_document
from mspike.record.words import hint_for

SCHEMA = "mspike-mapping/1"
PATIENTS = "patients"
NONE_OF = "none_of"
"""A column of the patients: the lists that are known to be empty."""

DATES = frozenset({"as_of", "date", "start", "end", "stop", "transplant", "diagnosed", "birth_date"})
"""Keys that hold dates: in a table of days they hold numbers of days."""


class Column(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a key comes from: the first of these columns that has a value."""

    column: list[str]
    words: dict[str, str] = {}
    """What the table writes → what is read; other values are read as they are."""
    days: str = "after"
    """In a table of days: `after` or `before` day 0."""


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file, and what its rows are."""

    file: str
    holds: str
    """`patients`, or a list of a case file."""
    patient: str
    """The column with the patient's id."""
    columns: dict[str, Column]
    always: dict[str, str] = {}
    """Keys that are the same in each row."""
    only: dict[str, list[str]] = {}
    """Column → values: other rows are passed over."""


class TableMapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    tables: list[Table]
    days_from: str = ""
    """What day 0 is (`diagnosis`), where dates are given as days; empty = they are dates."""
    day_zero: dt.date | None = None
    """The day of the calendar that day 0 is written as. None: each patient's last day is today."""


def read_mapping(path: Path) -> TableMapping:
    """The mapping of a file. Raises RecordError for what it does not hold."""
    try:
        tree = _plain(read_document(path.read_text(encoding="utf-8-sig"), "yaml"))
    except (OSError, UnicodeDecodeError) as error:
        raise RecordError("a mapping file that cannot be read", at=str(path), hint=type(error).__name__) from None
    except RecordError as error:
        error.origin = str(path)
        raise
    if not isinstance(tree, dict) or tree.pop("schema", None) != SCHEMA:
        raise RecordError("no mapping file", at=str(path), hint=f"begin with `schema: {SCHEMA}`")
    for table in tree.get("tables") or ():
        if isinstance(table, dict) and isinstance(table.get("columns"), dict):
            table["columns"] = {key: _column(value) for key, value in table["columns"].items()}
        if isinstance(table, dict) and isinstance(table.get("only"), dict):
            table["only"] = {c: v if isinstance(v, list) else [v] for c, v in table["only"].items()}
    try:
        mapping = msgspec.convert(tree, TableMapping, strict=False)
    except msgspec.ValidationError as error:
        raise RecordError(f"a mapping file that does not hold: {error}", at=str(path),
                          hint="docs/how-to/read-tables.md") from None  # fmt: skip
    for table in mapping.tables:
        _check(table, str(path))
    return mapping


def own_layout(tables: Mapping[str, Iterable[str]]) -> TableMapping | None:
    """The mapping of tables that are named and laid out like a case file; None where there are none such.

    Columns that are no keys are not in it.
    """
    found = []
    for name in (PATIENTS, *LISTS):
        columns = list(tables.get(name, ()))
        if "patient" in columns:
            keys = {c: Column([c]) for c in columns if c != "patient" and is_key(name, c)}
            found.append(Table(name, name, "patient", keys))
    return TableMapping(found) if found else None


def is_key(holds: str, key: str) -> bool:
    if holds != PATIENTS:
        return key in ENTRY_KEYS[holds]
    section, _, last = key.rpartition(".")
    if section == "disease.cytogenetics" or (section.startswith("disease.cytogenetics.") and last in FINDING):
        return True
    return key == NONE_OF or (section in SECTIONS and last in KEYS[section] and last not in LISTS)


FINDING = KEYS["disease.cytogenetics.finding"]
SECTIONS = ("", "patient", "disease", "disease.event", "fitness", "circumstances", "preferences", "place")


def _check(table: Table, path: str) -> None:
    if table.holds not in (PATIENTS, *LISTS):
        raise RecordError("a table holds patients or a list of a case file", at=path, given=table.holds,
                          hint=hint_for(table.holds, {name: name for name in (PATIENTS, *LISTS)}))  # fmt: skip
    for key in (*table.columns, *table.always):
        if not is_key(table.holds, key):
            keys = {k: k for k in (ENTRY_KEYS[table.holds] if table.holds in ENTRY_KEYS else _patient_keys())}
            raise RecordError(f"no such key of {table.holds}", at=path, given=key, hint=hint_for(key, keys))
    for column in table.columns.values():
        if column.days not in ("after", "before"):
            raise RecordError("days before or after day 0 are meant", at=path, given=column.days, hint="days: before")


def _patient_keys() -> list[str]:
    return [f"{section}.{key}" if section else key for section in SECTIONS for key in KEYS[section]]


def _column(value: Any) -> Any:
    """A column's name, several of them, or both with words, as the struct has it."""
    if isinstance(value, dict):
        column = value.get("column")
        return {**value, "column": [column] if isinstance(column, str) else column}
    return {"column": [value] if isinstance(value, str) else value}


def _plain(node: Any) -> Any:
    if isinstance(node, Leaf):
        return node.text
    if isinstance(node, list):
        return [_plain(one) for one in node]
    if node.twice is not None:
        raise RecordError("the same key twice", given=node.twice, hint="keep one of them")
    return {key: _plain(value) for key, value in node.items()}
