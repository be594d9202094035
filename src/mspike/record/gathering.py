"""Entries of any source → a Record, read by the very readers of the case file.

A door (FHIR, OMOP, tables) translates each entry of its source into the keys of a case file, as text, and gives it
here with a pointer to where it stands. What the case file would refuse is refused here too, but for itself alone: it
is noted in the data-quality report, and the rest of the record goes on.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping as Look

from msgspec.structs import replace

from mspike.knowledge import Codes
from mspike.record.case import SCHEMA, read_record
from mspike.record.entries import ENTRY_KEYS, READERS, in_line_order
from mspike.record.errors import RecordError
from mspike.record.fields import Context, Fields
from mspike.record.model import Record
from mspike.record.quality import Note, Quality, Unmapped
from mspike.record.tree import Leaf, Mapping, Node

Value = str | list[str]


class Gathering:
    """Collects one patient's entries. `finish` gives the Record with its data-quality report."""

    def __init__(self, record: str, source: str, *, origin: str, codes: Codes, as_of: dt.date) -> None:
        self.record, self.source, self.origin = record, source, origin
        self.context = Context(codes, as_of)
        self._single: dict[str, dict[str, tuple[Value, str]]] = {}
        self._entries: dict[str, list[tuple[dict[str, Value], str]]] = {}
        self._read: Counter[str] = Counter()
        self._mapped: Counter[str] = Counter()
        self._unmapped: Counter[tuple[str, str, str, str, str]] = Counter()
        self._assumed: list[Note] = []
        self._refused: list[Note] = []
        self._left_out: list[Note] = []

    # -- what a door says

    def saw(self, kind: str) -> None:
        """An entry of the source was looked at."""
        self._read[kind] += 1

    def state(self, section: str, key: str, value: Value, at: str) -> None:
        """A value that a record has once: `state("patient", "birth_date", "1956-03", "Patient/7")`. The last wins."""
        before = self._single.setdefault(section, {}).get(key)
        if before is not None and before[0] != value:
            self.assume(f"{section}.{key} is given more than once: the last is taken", at)
        self._single[section][key] = (value, at)

    def add(self, name: str, entry: Look[str, Value | None], at: str) -> None:
        """An entry of one of the lists of a case file: `add("measurements", {"test": …}, "Observation/12")`."""
        kept = {key: value for key, value in entry.items() if value is not None}
        self._entries.setdefault(name, []).append((kept, at))

    def none_of(self, name: str) -> None:
        """The source was asked for entries of this list and has none: an empty list, which is not "unknown"."""
        self._entries.setdefault(name, [])

    def unmapped(self, kind: str, system: str, code: str, display: str = "", nearest: str = "") -> None:
        self._unmapped[kind, system, code, display, nearest] += 1

    def assume(self, says: str, at: str, given: str = "") -> None:
        self._assumed.append(Note(says, at, given))

    def refuse(self, says: str, at: str, given: str = "", hint: str = "") -> None:
        self._refused.append(Note(says, at, given, hint))

    def leave_out(self, says: str, at: str) -> None:
        self._left_out.append(Note(says, at))

    # -- what comes of it

    def finish(self) -> Record:
        """The Record. Never raises for a value of the source: what cannot be read is in `quality.refused`."""
        record = self._head()
        self.context.born = record.patient.birth_date
        lists = {name: self._list(name, entries) for name, entries in self._entries.items()}
        if "lines" in lists:
            try:
                lists["lines"] = in_line_order(lists["lines"])
            except RecordError as error:
                del lists["lines"]
                self._refuse(error)
        pointers = {f"{section}.{key}": at for section, keys in self._single.items() for key, (_, at) in keys.items()}
        return replace(record, quality=self._quality(), pointers=pointers, **lists)

    def _head(self) -> Record:
        """Everything but the lists; a value that cannot be read is taken out, noted, and the rest read again."""
        while True:
            try:
                return read_record(
                    self._tree(), name=self.record, origin=self.origin, codes=self.context.codes,
                    latest=self.context.as_of,
                )  # fmt: skip
            except RecordError as error:
                section, key = self._blamed(error.at)
                _, at = self._single[section].pop(key)
                error.at = at
                self._refuse(error)

    def _tree(self) -> Mapping:
        top = Mapping()
        top["schema"] = Leaf(SCHEMA)
        top["id"] = Leaf(self.record)
        for section, keys in self._single.items():
            inner = top
            for part in filter(None, section.split(".")):
                inner = inner.setdefault(part, Mapping())
            for key, (value, _) in keys.items():
                inner[key] = _node(value)
        return top

    def _blamed(self, at: str) -> tuple[str, str]:
        """Which stated value an error of the case file speaks of: `patient.age`, `medications[2]`."""
        path = at.split("[")[0]
        for section, keys in self._single.items():
            for key in keys:
                if path in (f"{section}.{key}" if section else key, section):
                    return section, key
        raise AssertionError(f"an error at {at!r}, where nothing was stated")

    def _list(self, name: str, entries: list[tuple[dict[str, Value], str]]) -> tuple[object, ...]:
        found = []
        for entry, at in entries:
            given = Mapping()
            given.update({key: _node(value) for key, value in entry.items()})
            try:
                found.append(READERS[name](Fields(given, at, ENTRY_KEYS[name], self.context)))
            except RecordError as error:
                self._refuse(error)
            else:
                self._mapped[name] += 1
        return tuple(found)

    def _refuse(self, error: RecordError) -> None:
        self.refuse(error.rule, error.at, error.given or "", error.hint)

    def _quality(self) -> Quality:
        unmapped = tuple(
            Unmapped(kind, system, code, display, count, nearest)
            for (kind, system, code, display, nearest), count in self._unmapped.most_common()
        )
        return Quality(
            self.source, dict(self._read), dict(self._mapped), unmapped, tuple(self._assumed), tuple(self._refused),
            tuple(self._left_out),
        )  # fmt: skip


def _node(value: Value) -> Node:
    return Leaf(value) if isinstance(value, str) else [Leaf(one) for one in value]
