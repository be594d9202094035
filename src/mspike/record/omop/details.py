"""What the tables of OMOP have no place for, as rows of `observation` that mspike writes and reads back.

`observation_source_value` is `mspike:` and a key of the case file (`mspike:disease.event.type`), `value_as_string` its
text. A list has one row for each of its words; `[]` is an empty list. A text longer than the column goes on in rows
whose key ends in `+`. A row with `observation_event_id` speaks of one entry: `qualifier_source_value` is the table of
the row that it adds to or corrects (an empty value takes the key away), or the list of a case file, for an entry that
no table can hold.
"""

from __future__ import annotations

from collections.abc import Iterator

from mspike.record.databases import Row
from mspike.record.gathering import Value
from mspike.record.omop.rows import Entry
from mspike.record.stating import EMPTY, LIST_KEYS, LISTS

OWN = "mspike:"
NONE = "none"
"""The key of a list that is known to be empty."""

WIDTH = 60
"""Characters that `value_as_string` holds."""


class Details:
    """The rows of one person that mspike wrote."""

    def __init__(self, rows: list[Row]) -> None:
        self._stated: dict[str, tuple[Value, str]] = {}
        self._of_entries: dict[tuple[str, str], tuple[Entry, str]] = {}
        self._none: list[str] = []
        for row in rows:
            if self.is_own(row):
                self._take(row)

    @staticmethod
    def is_own(row: Row) -> bool:
        return row.get("observation_source_value", "").startswith(OWN)

    def _take(self, row: Row) -> None:
        key = row["observation_source_value"].removeprefix(OWN)
        text, at = row.get("value_as_string", ""), f"observation/{row.get('observation_id', '?')}"
        if key == NONE:
            self._none.append(text)
            return
        goes_on, key = key.endswith("+"), key.removesuffix("+")
        last = key.rpartition(".")[2]
        if "observation_event_id" in row:
            which = (row.get("qualifier_source_value", ""), row["observation_event_id"])
            entry, _ = self._of_entries.setdefault(which, ({}, at))
            entry[key] = _added(entry.get(key), text, last, goes_on)
        else:
            before = self._stated.get(key, (None, at))
            self._stated[key] = (_added(before[0], text, last, goes_on), before[1])

    def text(self, section: str, key: str) -> str:
        found = self._stated.get(f"{section}.{key}" if section else key, ("", ""))[0]
        return found if isinstance(found, str) else ""

    def holds(self, section: str, key: str) -> bool:
        return f"{section}.{key}" in self._stated

    def values(self) -> Iterator[tuple[str, str, Value, str]]:
        """Section, key, text and place of each value that a record says once."""
        for path, (value, at) in self._stated.items():
            section, _, key = path.rpartition(".")
            yield section, key, value, at

    def corrects(self, table: str, number: str) -> bool:
        return (table, number) in self._of_entries

    def corrected(self, table: str, number: str, entry: Entry) -> Entry:
        """The entry of a row with what its details add, change or take away."""
        more, _ = self._of_entries.get((table, number), ({}, ""))
        return {key: value for key, value in {**entry, **more}.items() if value != ""}

    def entries(self) -> Iterator[tuple[str, Entry, str]]:
        """List, entry and place of each entry that no table holds."""
        for (name, _), (entry, at) in self._of_entries.items():
            if name in LISTS:
                yield name, {key: value for key, value in entry.items() if value != ""}, at

    def empty(self) -> list[str]:
        """The lists that are known to be empty."""
        return [name for name in self._none if name in LISTS]


def _added(before: Value | None, text: str, key: str, goes_on: bool) -> Value:
    if goes_on:
        return f"{before or ''}{text}" if not isinstance(before, list) else [*before[:-1], before[-1] + text]
    if key not in LIST_KEYS or text == "":
        return text
    if text == EMPTY:
        return []
    return [*before, text] if isinstance(before, list) else [text]
