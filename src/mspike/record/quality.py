"""What became of a source that was not written for mspike: read, mapped, not mapped, assumed, refused, left out."""

from __future__ import annotations

import msgspec


class Note(msgspec.Struct, frozen=True):
    """One thing that the reader did or did not do with an entry, and where the entry stands in its source."""

    says: str
    at: str
    given: str = ""
    """As written there. A patient's value: it goes into the answer, never into a log."""
    hint: str = ""


class Unmapped(msgspec.Struct, frozen=True):
    """A code that no table knows, once for all the entries that carry it."""

    kind: str
    """What carried it: `Observation`, `drug_exposure`, …"""
    system: str
    code: str
    display: str
    count: int
    nearest: str = ""
    """The nearest word that is known, where one is near."""


class Quality(msgspec.Struct, frozen=True):
    """The data-quality report of one record."""

    source: str
    """What was read: `FHIR R4 Bundle`, `OMOP CDM 5.4`, …"""
    read: dict[str, int] = {}
    """How many entries there were, by kind."""
    mapped: dict[str, int] = {}
    """How many of them are in the record."""
    unmapped: tuple[Unmapped, ...] = ()
    assumed: tuple[Note, ...] = ()
    refused: tuple[Note, ...] = ()
    """What is in the source and could not be taken: the rule it broke, and what to do."""
    left_out: tuple[Note, ...] = ()
    """What the source itself withdraws: entered in error, cancelled, not done."""
