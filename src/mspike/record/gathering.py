"""Entries of any source → a Record, read by the very readers of the case file.

A door (FHIR, OMOP, tables) translates each entry of its source into the keys of a case file, as text, and gives it
here with a pointer to where it stands. What the case file would refuse is refused here too, but for itself alone: it
is noted in the data-quality report, and the rest of the record goes on.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping as Look
from typing import Any

from msgspec.structs import replace

from mspike.knowledge import Codes, word_key
from mspike.record.case import SCHEMA, read_record
from mspike.record.entries import ENTRY_KEYS, READERS, in_line_order
from mspike.record.errors import RecordError
from mspike.record.fields import Context, Fields
from mspike.record.model import Record
from mspike.record.quality import Note, Quality, Unmapped
from mspike.record.tree import Leaf, Mapping, Node

Value = str | list[str]

DETAILS = {
    "treatments": ("stop_reason", "dose_mg", "days_supply", "route", "context"),
    "measurements": ("attributed_to", "method", "upper_limit"),
}
"""List → keys that may be missing without changing what the rest of an entry says."""


class Gathering:
    """Collects one patient's entries. `finish` gives the Record with its data-quality report."""

    def __init__(self, record: str, source: str, *, origin: str, codes: Codes, as_of: dt.date) -> None:
        self.record, self.source, self.origin = record, source, origin
        self.context = Context(codes, as_of)
        self._single: dict[str, dict[str, tuple[Value, str]]] = {}
        self._entries: dict[str, list[tuple[dict[str, Value], str]]] = {}
        self._medicines: dict[str, str] | None = None
        """Name → where it stands; None where the source says nothing of other medicines."""
        self._read: Counter[str] = Counter()
        self._mapped: Counter[str] = Counter()
        self._unmapped: Counter[tuple[str, str, str, str, str]] = Counter()
        self._assumed: list[Note] = []
        self._refused: list[Note] = []
        self._left_out: list[Note] = []

    # -- what a door says

    def saw(self, kind: str, count: int = 1) -> None:
        """Entries of the source were looked at."""
        self._read[kind] += count

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

    def medicine(self, name: str, at: str) -> None:
        """One of the other medicines that the patient takes, each with a place of its own."""
        if self._medicines is None:
            self._medicines = {}
        self._medicines.setdefault(name, at)

    def none_of(self, name: str) -> None:
        """The source was asked for entries of this list and has none: an empty list, which is not "unknown"."""
        if name == "medications":
            self._medicines = self._medicines or {}
        else:
            self._entries.setdefault(name, [])

    def unmapped(self, kind: str, system: str, code: str, display: str = "", nearest: str = "", count: int = 1) -> None:
        self._unmapped[kind, system, code, display, nearest] += count

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
        self.context.as_of, self.context.born = record.as_of, record.patient.birth_date
        lists: dict[str, Any] = {name: self._list(name, entries) for name, entries in self._entries.items()}
        if "lines" in lists:
            try:
                lists["lines"] = in_line_order(lists["lines"])
            except RecordError as error:
                del lists["lines"]
                self._refuse(error)
        self._count_stated()
        pointers = {f"{section}.{key}": at for section, keys in self._single.items() for key, (_, at) in keys.items()}
        if self._medicines is not None:
            named = self._named_medicines(self._medicines)
            lists["medications"] = tuple(named)
            pointers |= {f"medications[{number}]": at for number, at in enumerate(named.values())}
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
            read = self._entry(name, self._not_yet_ended(entry, at) if name == "treatments" else entry, at)
            if read is not None:
                found.append(read)
                self._mapped[name] += 1
        return tuple(found)

    def _entry(self, name: str, entry: dict[str, Value], at: str) -> Any:
        """One entry; without a detail of it that cannot be read, where nothing else hangs on that detail."""
        given = Mapping()
        given.update({key: _node(value) for key, value in entry.items()})
        try:
            return READERS[name](Fields(given, at, ENTRY_KEYS[name], self.context))
        except RecordError as error:
            self._refuse(error)
            key = error.at.removeprefix(f"{at}.")
            if key not in DETAILS.get(name, ()) or key not in entry:
                return None
            return self._entry(name, {k: value for k, value in entry.items() if k != key}, at)

    def _not_yet_ended(self, entry: dict[str, Value], at: str) -> dict[str, Value]:
        """A treatment whose end lies after as_of, as others reckon it from a supply, is still being given."""
        end = entry.get("end")
        if not isinstance(end, str) or end[:10] <= self.context.as_of.isoformat():
            return entry
        self.assume("an end after as_of: taken as not yet ended", at, end)
        return {key: value for key, value in entry.items() if key not in ("end", "stop_reason")}

    def _named_medicines(self, given: dict[str, str]) -> dict[str, str]:
        """Each medicine by the name it is known by, once; one that is nearly another's is told and stays unknown."""
        found: dict[str, str] = {}
        for name, at in given.items():
            try:
                medicine = Fields(Mapping(), at, (), self.context).a_medicine("", Leaf(name))
            except RecordError as error:
                error.at = at
                self._refuse(error)
                found.setdefault(word_key(name), at)
            else:
                found.setdefault(medicine, at)
                self._mapped["medications"] += 1
        return found

    def _count_stated(self) -> None:
        """Entries of the source that gave a value which a record has once, by the section of the record."""
        places: dict[str, set[str]] = {}
        for section, keys in self._single.items():
            for key, (_, at) in keys.items():
                places.setdefault(section.partition(".")[0] or key, set()).add(at)
        self._mapped.update({section: len(found) for section, found in places.items()})

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
