"""The record: one patient as known on `as_of`.

Everything that enters mspike, from whatever door, becomes this one shape. Units are canonical (the unit of
each test stands in `knowledge/data/codes/tests.yaml`), dates are intervals, absent means unknown.
"""

from __future__ import annotations

import datetime as dt

import msgspec

from mspike.record.quality import Quality

YES, NO, UNKNOWN = True, False, None
Tri = bool | None
"""Three-valued: True, False, or None for unknown. Unknown is never "no"."""


class Day(msgspec.Struct, frozen=True, gc=False, order=False):
    """A date as given: `2026`, `2026-06` or `2026-06-01`, with the interval of days it can mean."""

    text: str
    first: dt.date
    last: dt.date


class Number(msgspec.Struct, frozen=True, gc=False):
    """A number as an interval: `12` is (12, 12), `"<15"` is (-inf, 15) open at the top.

    `low` and `high` are in the canonical unit. `open_low`/`open_high`: the bound itself is excluded.
    """

    low: float
    high: float
    open_low: bool = False
    open_high: bool = False


class Patient(msgspec.Struct, frozen=True):
    age: Number | None = None
    """Age in years at `as_of`."""
    sex: str | None = None
    """`female` or `male`; None = unknown."""
    birth_date: Day | None = None


class Event(msgspec.Struct, frozen=True):
    """Why the question is asked now."""

    type: str | None = None
    date: Day | None = None
    symptoms: Tri = None
    rapid: Tri = None
    note: str | None = None


class Disease(msgspec.Struct, frozen=True):
    diagnosis: str | None = None
    diagnosed: Day | None = None
    isotype: str | None = None
    light_chain: str | None = None
    iss: str | None = None
    r_iss: str | None = None
    event: Event = Event()
    cytogenetics: dict[str, Tri] = {}
    """Finding → present (True), absent (False); a missing key was not tested."""
    cytogenetics_pct: dict[str, float] = {}
    """Share of cells with the finding, in per cent, where the case gives one."""
    extramedullary: Tri = None
    cns: Tri = None
    plasma_cell_leukaemia: Tri = None


class Fitness(msgspec.Struct, frozen=True):
    ecog: int | None = None
    frailty: str | None = None


class Condition(msgspec.Struct, frozen=True):
    name: str
    at: str
    """Where in the record it stands, e.g. `conditions[0]`."""
    active: Tri = None
    date: Day | None = None
    grade: int | None = None
    nyha: int | None = None
    painful: Tri = None
    site: str | None = None
    to: str | None = None
    """Allergy: the drug, normalised."""
    attributed_to: str | None = None
    present: Tri = True
    """False when the record says that the patient does not have it."""


class Circumstances(msgspec.Struct, frozen=True):
    distance_km: float | None = None
    lives_alone: Tri = None
    caregiver: Tri = None
    could_become_pregnant: Tri = None
    contraception: Tri = None
    regular_transfusion: Tri = None
    goal: str | None = None


class Measurement(msgspec.Struct, frozen=True):
    test: str
    date: Day
    at: str
    value: Number | None = None
    """Numeric results, canonical unit."""
    text: str | None = None
    """Coded results (`positive`, `absent`, …)."""
    unit: str | None = None
    """The canonical unit."""
    given: str = ""
    """Value and unit as entered, for the reader."""
    attributed_to: str | None = None
    method: str | None = None
    sensitivity: float | None = None
    upper_limit: float | None = None
    """The laboratory's upper limit of normal, in `unit`."""
    lesions: int | None = None
    """Plasmacytomas measured; None = more than one."""


class Treatment(msgspec.Struct, frozen=True):
    drug: str
    at: str
    start: Day | None = None
    end: Day | None = None
    stop_reason: str | None = None
    dose_mg: float | None = None
    days_supply: float | None = None
    route: str | None = None
    context: str | None = None


class Procedure(msgspec.Struct, frozen=True):
    procedure: str
    at: str
    date: Day | None = None


class Assessment(msgspec.Struct, frozen=True):
    date: Day
    response: str
    at: str
    confirmed: Tri = None


class StatedDiagnosis(msgspec.Struct, frozen=True):
    name: str
    at: str
    date: Day | None = None


class StatedLine(msgspec.Struct, frozen=True):
    """A line of therapy as the clinician counts it."""

    number: int
    drugs: tuple[str, ...] | None
    """None: the record does not say which."""
    at: str
    transplant: Day | bool | None = None
    """A date, True (date unknown), False (none), None (unknown)."""
    start: Day | None = None
    stop: Day | None = None
    best_response: str | None = None
    stop_reason: str | None = None
    progressed_on_maintenance: Tri = None
    refractory: tuple[str, ...] | None = None
    """Complete when given; None = to be derived; () = none."""
    maintenance: tuple[str, ...] | None = None
    """Drugs of the maintenance, where the record names them."""


class Preferences(msgspec.Struct, frozen=True):
    wants: tuple[str, ...] = ()
    avoids: tuple[str, ...] = ()


class Place(msgspec.Struct, frozen=True):
    zip: str | None = None
    country: str | None = None


class Record(msgspec.Struct, frozen=True):
    """One patient's record. Collections are None where the record says nothing at all about them."""

    id: str
    as_of: dt.date
    country: str = "US"
    origin: str = ""
    """File name or stream and kind, for messages and the answer's footer."""
    patient: Patient = Patient()
    disease: Disease = Disease()
    fitness: Fitness = Fitness()
    conditions: tuple[Condition, ...] = ()
    medications: tuple[str, ...] | None = None
    circumstances: Circumstances = Circumstances()
    measurements: tuple[Measurement, ...] = ()
    treatments: tuple[Treatment, ...] | None = None
    procedures: tuple[Procedure, ...] | None = None
    assessments: tuple[Assessment, ...] | None = None
    diagnoses: tuple[StatedDiagnosis, ...] = ()
    lines: tuple[StatedLine, ...] | None = None
    preferences: Preferences | None = None
    place: Place = Place()
    as_of_basis: str = "stated"
    """`stated` in the record · `today`, because the record gives none · `asked` for by the user."""
    left_out: int = 0
    """Entries that the record holds and that were not yet known on the day asked for."""
    quality: Quality | None = None
    """What became of a source that is no case file; None for a case file, which is read whole or refused."""
    pointers: dict[str, str] = {}
    """Where in such a source a stated value stands: `patient.birth_date` → `Patient/7`."""
