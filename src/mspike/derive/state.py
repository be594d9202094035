"""The state: what the record means, as facts by name. The one thing that leaves this room."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from mspike.record import Day, Number, Tri

FactValue = bool | Number | str | None


class Fact(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One fact about the patient. Its name, type, unit and meaning stand in `knowledge/data/facts.yaml`.

    `value`: True/False for a yes-or-no fact, a `Number` interval for a number, a word for a word; None = unknown.
    `basis`: `stated` (the record says it) · `derived` (from other entries) · `assumed` (a named policy) · `unknown`.
    `sources`: where in the record it came from, e.g. `lines[0].refractory`.
    `because`: the derivation in words with its numbers.
    """

    value: FactValue = None
    date: Day | None = None
    basis: str = "unknown"
    sources: tuple[str, ...] = ()
    because: str = ""


class Line(msgspec.Struct, frozen=True):
    """One line of therapy, as stated or (later) as derived."""

    number: int
    drugs: tuple[str, ...]
    """Every drug but conditioning melphalan, steroids included."""
    regimen: str
    """The known name of the drug set (`VRd`), else the drugs joined by `+`."""
    start: Day | None = None
    stop: Day | None = None
    parts: tuple[str, ...] = ("treatment",)
    best_response: str | None = None
    start_reason: str | None = None
    stop_reason: str | None = None
    transplant: Day | bool | None = None
    maintenance: tuple[str, ...] = ()
    basis: str = "stated"
    flags: tuple[str, ...] = ()
    because: str = ""
    at: str = ""
    refractory: tuple[str, ...] | None = None
    """Drugs of this line the disease is refractory to; None = unknown."""
    progression: Day | None = None
    """The progression that ended it or followed it, where dated."""


class Refractory(msgspec.Struct, frozen=True):
    drug: str
    date: Day | None
    because: str
    at: str = ""


class Contradiction(msgspec.Struct, frozen=True):
    """A stated fact that another entry of the record contradicts. Both are shown; the stated one is used."""

    about: str
    stated: str
    other: str
    at: tuple[str, ...] = ()


class State(msgspec.Struct):
    """What the record means on `as_of`. `facts` holds every fact of facts.yaml, unknown ones included."""

    id: str
    as_of: dt.date
    country: str
    facts: dict[str, Fact]
    lines: tuple[Line, ...] | None = None
    status: str | None = None
    """One of the disease-status words, None = unknown."""
    event_type: str | None = None
    event_date: Day | None = None
    event_pace: str | None = None
    """`rapid`, `significant`, `slow`, or None."""
    event_because: str = ""
    event_note: str = ""
    responses: tuple[dict[str, Any], ...] = ()
    progressions: tuple[dict[str, Any], ...] = ()
    events: dict[str, str | None] = {}
    refractory: tuple[Refractory, ...] = ()
    flags: tuple[str, ...] = ()
    risk: dict[str, str | bool | None] = {}
    contradictions: tuple[Contradiction, ...] = ()
    policies: dict[str, str] = {}
    newest_data: dt.date | None = None
    diagnosis: dict[str, str | None] = {}
    """Diagnosis, day, isotype and involved light chain as the record gives them."""
    preferences_known: bool = False
    """Whether the record says what the patient wants, avoids, or aims for."""


def known(fact: Fact) -> bool:
    """Whether the fact has a value."""
    return fact.value is not None


__all__ = ["Contradiction", "Fact", "FactValue", "Line", "Refractory", "State", "Tri", "known"]
