"""One patient's resources while they are read: references, concepts and dates, and what is said of each."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Protocol

import msgspec

from mspike.record.fhir.found import Found
from mspike.record.fhir.parse import whole
from mspike.record.fhir.types import Concept, Extension, Identifier, Quantity, Reference
from mspike.record.gathering import Gathering
from mspike.record.terms import OURS, Terms, plainly

WITHDRAWN = {"entered-in-error": "entered in error", "cancelled": "cancelled", "not-done": "not done"}
"""Status → how the report says it."""

HISTORY = re.compile(r"/_history/[^/]*$")
EXPONENT = re.compile(r"-?\d+(?:\.\d+)?[eE][+-]?\d{1,4}")
MANY_DIGITS = 30
NEAREST_FOR = 20
"""Unmapped codes for which the nearest known word is looked up: it takes a millisecond each."""


class Shared(Protocol):
    """What belongs to no patient alone, by the names that references use."""

    def get(self, name: str, /) -> Found | None: ...


def keys_of(found: Found) -> list[str]:
    """Every name by which others may refer to a resource."""
    return names_of(found.kind, found.resource_id, found.url, getattr(found.resource, "identifier", ()))


def names_of(kind: str, id: str, url: str, identifiers: Iterable[Identifier]) -> list[str]:
    """`Patient/7`, its fullUrl, and its identifiers as `system|value`."""
    names = [f"{kind}/{id}"] if id else []
    if url:
        names += [url, _short(url)]
    return names + [f"{i.system}|{i.value}" for i in identifiers]


def key_of(reference: Reference) -> str | None:
    """The name that a reference uses, without server and version; None where it names nothing."""
    if reference.reference:
        return _short(reference.reference)
    if reference.identifier is not None and reference.identifier.value:
        return f"{reference.identifier.system}|{reference.identifier.value}"
    return None


def _short(address: str) -> str:
    if address.startswith(("urn:", "#")) or "/" not in address:
        return address
    if "/_history/" in address:
        address = HISTORY.sub("", address)
    return "/".join(address.rsplit("/", 2)[-2:])


def day(text: str | None) -> str | None:
    """The calendar day of a FHIR date, dateTime or instant, as written: `2026-06-01T23:30:00-05:00` is 1 June."""
    return text.partition("T")[0] if text else None


class Chart:
    """What the readers of the kinds share."""

    def __init__(self, resources: list[Found], shared: Shared, gathering: Gathering, terms: Terms) -> None:
        self.resources, self.shared = resources, shared
        self.gathering, self.terms = gathering, terms
        self._words: dict[tuple[str, Concept], str | None] = {}
        self.products: dict[Concept, str | None] = {}
        """Medications that only a product's name tells, once looked at."""
        self._stated: dict[tuple[str, str], tuple[tuple[str, str], str | list[str], str]] = {}
        self._unmapped: dict[tuple[str, str, str, str], list[Any]] = {}

    # -- references

    def target(self, reference: Reference | None, holder: Any) -> Any:
        """The resource that is referred to, contained ones too; None where it leads nowhere."""
        if reference is None:
            return None
        if reference.reference.startswith("#"):
            return contained(holder).get(reference.reference[1:])
        key = key_of(reference)
        found = self.shared.get(key) if key else None
        return found.resource if found else None

    # -- concepts

    def word(self, concept: Concept | None, kind: str, at: str) -> str | None:
        """Our word for a concept: by its codes, else by its name (said). None for none, and where two disagree."""
        if concept is None:
            return None
        known = (kind, concept)
        if known not in self._words:
            self._words[known] = self._find(concept, kind, at)
        return self._words[known]

    def _find(self, concept: Concept, kind: str, at: str) -> str | None:
        terms = self.terms
        by_code = [(c, word) for c in concept.coding if (word := terms.find(c.system, c.code, kind)) is not None]
        words = {word for _, word in by_code}
        if len(words) > 1:
            given = ", ".join(f"{c.code} ({c.display})" for c, _ in by_code)
            self.gathering.refuse("two codes of one entry say different things", at, given, "look at both codes")
            return None
        names = [name for name in (*(c.display for c in concept.coding), concept.text) if name]
        if words:
            word = words.pop()
            for coding, _ in by_code:
                if contradicts(terms, coding.system, coding.code, coding.display, word, kind):
                    hint = f"the code is that of {word.replace('-', ' ')}"
                    given = f"{coding.code} ({coding.display})"
                    self.gathering.refuse("a code whose name says something else", at, given, hint)
                    return None
            return word
        for name in names:
            if (word := terms.find("", name, kind) or terms.by_name(name, kind)) is not None:
                self.gathering.assume(f"read by its name as {word}, since no code of it is known", at, name)
                return word
        return None

    def unmapped(self, concept: Concept | None, resource_kind: str, kinds: tuple[str, ...]) -> None:
        """Counts a concept that no table knows."""
        coding = next((c for c in concept.coding if c.code), None) if concept else None
        name = (coding.display if coding else "") or (concept.text if concept else "") or ""
        known = (resource_kind, coding.system if coding else "", coding.code if coding else "", name)
        self._unmapped.setdefault(known, [0, kinds])[0] += 1

    # -- values that a record has once

    def state(self, section: str, key: str, value: str | list[str], at: str, date: str = "") -> None:
        """The value of the latest date stands; of one date that of the last id."""
        rank = (date, at)
        before = self._stated.get((section, key))
        if before is None or before[0] < rank:
            self._stated[section, key] = (rank, value, at)

    def settle(self) -> None:
        """Hands over what had to wait for the whole source."""
        for (section, key), (_, value, at) in self._stated.items():
            self.gathering.state(section, key, value, at)
        rows = sorted(self._unmapped.items(), key=lambda row: (-row[1][0], row[0]))
        for number, ((kind, system, code, name), (count, kinds)) in enumerate(rows):
            near = self.terms.unused_as(system, code)
            near = f"known and not used: {near}" if near else ""
            if not near and number < NEAREST_FOR:
                near = self.terms.nearest(name, kinds)
            self.gathering.unmapped(kind, self.terms.short(system), code, name, near, count)

    def left_out(self, status: str, at: str) -> bool:
        """Whether the source itself withdraws an entry of this status; then it is said."""
        if status in WITHDRAWN:
            self.gathering.leave_out(WITHDRAWN[status], at)
        return status in WITHDRAWN


def contained(holder: Any) -> dict[str, Any]:
    """The resources inside another, by id; one that does not hold is passed over."""
    found = {}
    for inner in getattr(holder, "contained", ()):
        if isinstance(inner, dict) and isinstance(inner.get("id"), str):
            try:
                found[inner["id"]] = whole().decode(msgspec.json.encode(inner))
            except msgspec.ValidationError:
                continue
    return found


def contradicts(terms: Terms, system: str, code: str, display: str, word: str, kind: str) -> bool:
    """Whether the name beside a code is that of something else.

    A diagnosis must share a word with what the code says; for the rest it is enough that it names nothing else.
    """
    if not display or system.startswith(OURS):
        return False
    named = terms.by_name(display, kind)
    if named is None and kind == "drug":
        others = terms.within(display, kind)
        return bool(others) and word not in others
    if named is not None or kind != "diagnosis":
        return named not in (None, word)
    says = f"{terms.says.get((terms.short(system), code), '')} {word}"
    return not (_stems(display) & _stems(says))


def _stems(text: str) -> set[str]:
    return {part[:5] for part in re.findall(r"\w{5,}", plainly(text))} - {"multi", "remis", "relap", "disea"}


def own_keys(extensions: tuple[Extension, ...], keys: tuple[str, ...]) -> dict[str, str]:
    """The keys of a case file that an entry carries as extensions of this project: `urn:mspike:grade`."""
    found = {}
    for extension in extensions:
        key = extension.url.removeprefix(OURS)
        if key != extension.url and key in keys and (value := extension.text()) is not None:
            found[key] = value
    return found


def concept_text(concept: Concept | None) -> str:
    """What a concept says in words."""
    if concept is None:
        return ""
    return concept.text or next((c.display for c in concept.coding if c.display), "")


def number_of(quantity: Quantity | None) -> str | None:
    """The number of a Quantity, digit for digit as written, `1.2e1` as `12`; None where there is none."""
    if quantity is None or not len(quantity.value):
        return None
    text = bytes(quantity.value).decode(errors="replace").strip('"')
    if text == "null":
        return None
    if EXPONENT.fullmatch(text):
        number = Decimal(text)
        return format(number, "f") if abs(number.adjusted()) < MANY_DIGITS else text
    return text


def first_of(*values: str | None) -> str | None:
    return next((value for value in values if value), None)
