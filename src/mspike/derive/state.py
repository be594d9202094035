"""The state: what the record means, as facts by name. The one thing that leaves this room."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from mspike.record import Day, Measurement, Number, Tri

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


class Dose(msgspec.Struct, frozen=True):
    """First and last dose of a drug within a line, from its own records."""

    first: Day
    last: Day
    """Of a product given once: its day. Of a drug still given: the day of the record."""
    stop_reason: str | None = None
    ongoing: bool = False


class Line(msgspec.Struct, frozen=True):
    """One line of therapy, as stated, or as derived from dated drug records (`basis`)."""

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
    """Its autologous transplant: the day, of several the last; True without one; None = unknown."""
    maintenance: tuple[str, ...] = ()
    basis: str = "stated"
    flags: tuple[str, ...] = ()
    because: str = ""
    at: str = ""
    refractory: tuple[str, ...] | None = None
    """Drugs of this line the disease is refractory to; None = unknown."""
    progression: Day | None = None
    """The progression that ended it or followed it, where dated."""
    relapse: Day | None = None
    """When the disease came back after it: dated, or a span that ends with the start of the next line."""
    doses: dict[str, tuple[Dose, ...]] = {}
    """Derived lines: each drug's courses, in order."""
    unnamed: bool = False
    """The record does not say which drugs it held."""
    ongoing: bool = False
    """A drug of it is still given on the day of the record."""
    followed: bool = False
    """Derived lines: the record looked at the disease after its end, so that a progression would show."""
    differs_under: dict[str, dict[str, Any]] = {}
    """Derived lines: way of counting → what would differ: `n_lines`, and this line's number, drugs or start."""


class Refractory(msgspec.Struct, frozen=True):
    drug: str
    date: Day | None
    because: str
    at: str = ""


class Curve(msgspec.Struct, frozen=True):
    """One marker's values by date, as the record has them."""

    test: str
    unit: str
    involved: Tri
    """Of a free light chain: whether it is the one that the disease makes; None = unknown, or no light chain."""
    values: tuple[Measurement, ...]


class Course(msgspec.Struct, frozen=True):
    """One drug or procedure with its days."""

    drug: str
    """The drug, or what was done: a kind of transplant, a collection, radiotherapy."""
    start: Day | None
    end: Day | None
    """None = no end recorded; that is not the same as still given."""
    line: int | None
    part: str
    """`treatment`, `car-t`, `transplant`, `procedure`, or what a dated record calls its context."""
    at: str
    of_line: bool = False
    """Only the line is dated, not the drug: the days are the line's."""


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
    references: tuple[dict[str, Any], ...] = ()
    """Of each line and marker: baseline, running reference, and from which value progression counts."""
    events: dict[str, str | None] = {}
    events_because: dict[str, str] = {}
    """The reason for each entry of `events`, those included that did not happen or are not known."""
    refractory: tuple[Refractory, ...] = ()
    flags: tuple[str, ...] = ()
    risk: dict[str, str | bool | None] = {}
    risk_because: dict[str, str] = {}
    """The reason for each entry of `risk`, unknown ones included."""
    contradictions: tuple[Contradiction, ...] = ()
    policies: dict[str, str] = {}
    newest_data: dt.date | None = None
    diagnosis: dict[str, str | None] = {}
    """Diagnosis, day, isotype and involved light chain as the record gives them."""
    curves: tuple[Curve, ...] = ()
    """Serum M, urine M and the free light chains, for the timeline."""
    therapy: tuple[Course, ...] = ()
    """Every drug and procedure with its days, for the timeline."""
    unknown_medicines: tuple[str, ...] = ()
    """Names among the other medicines that no table knows: what they do is open."""
    preferences_known: bool = False
    """Whether the record says what the patient wants, avoids, or aims for."""


def known(fact: Fact) -> bool:
    """Whether the fact has a value."""
    return fact.value is not None


__all__ = ["Contradiction", "Course", "Curve", "Fact", "FactValue", "Line", "Refractory", "State", "Tri", "known"]
