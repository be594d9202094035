"""What somebody takes along to ask about trials: a shortlist with its reasons, what is open, whom the record names, and
a sheet for the calls. No identifying data but what is asked for.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

from mspike.derive import State, show_value
from mspike.record import Record
from mspike.trials.match import ORDER, CriterionMatch, Match, TrialMatch
from mspike.trials.search import NearSite
from mspike.trials.trial import Contact, Other

Identity = Literal["id", "age", "sex", "place"]
IDENTITIES: tuple[Identity, ...] = ("id", "age", "sex", "place")
CALL_SHEET = (
    "Is the trial open at this site today, and is there a place or a waiting list?",
    "Which of the open questions below does the site need answered first, and by which test?",
    "Which part or cohort is open, and what is given in it?",
    "How often are visits, for how long, and which of them can be near home?",
    "Is travel, lodging or a caregiver's stay paid for?",
    "Which costs go to the insurance, and which does the trial pay?",
    "What happens if the disease grows, or somebody wants to leave the trial?",
    "Whom do we call back, and by when?",
)
NOTED = ("called on", "spoke with", "answer", "slot or waiting list", "next step", "by whom")
"""Blank fields of the sheet, one set a trial."""
CONSENT = (
    "I agree that the information on these pages is given to the trial sites named here, to ask whether a trial could "
    "be considered. I can take this back at any time."
)
SIGNED = ("name", "date", "signature")
INSURANCE = "Which insurance, and was it asked about the costs of a trial?"


class Shortlisted(msgspec.Struct, frozen=True, kw_only=True):
    """One trial of the list. Contacts are those of the record, never completed from elsewhere."""

    nct_id: str
    title: str
    status: str
    phases: tuple[str, ...]
    sponsor: str
    treatments: tuple[str, ...]
    verdict: str
    ruled_out: bool
    met: tuple[CriterionMatch, ...]
    """What the record meets."""
    against: tuple[CriterionMatch, ...]
    """What is not met, and what speaks against it and has to be checked."""
    open: tuple[CriterionMatch, ...]
    to_read: tuple[CriterionMatch, ...]
    """What no record answers: a person reads it."""
    nearest: NearSite | None
    contacts: tuple[Contact, ...]
    place_unknown: bool
    updated: str
    taken_on: dt.date | None
    source: str
    also: tuple[Other, ...]
    """Other registries' records, which fill what the leading one leaves empty."""
    gone_since: str
    """The day on which a sync no longer found it at the registry; empty = it was there."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Only what was asked for; None = left out, or not recorded."""

    id: str | None = None
    age: str | None = None
    sex: str | None = None
    place: str | None = None


class Wishes(msgspec.Struct, frozen=True, kw_only=True):
    """What the person wants, and what bears on taking part. None = the record does not say."""

    wants: tuple[str, ...]
    avoids: tuple[str, ...]
    goal: str | None
    travel_km: float | None
    """To a treatment centre, as the record gives it."""
    lives_alone: bool | None
    caregiver: bool | None


class Packet(msgspec.Struct, frozen=True, kw_only=True):
    """The whole hand-over."""

    as_of: str
    made_on: dt.date
    person: Person
    wishes: Wishes
    trials: tuple[Shortlisted, ...]
    questions: tuple[str, ...]
    """What the record does not say, each once; what settles most trials first."""
    call_sheet: tuple[str, ...] = CALL_SHEET
    noted: tuple[str, ...] = NOTED
    insurance: str = INSURANCE
    consent: str = CONSENT
    signed: tuple[str, ...] = SIGNED
    order: str = f"Order: {ORDER}"
    limits: str = (
        "A list to ask about. A registry text leaves rules to the protocol and to the site: nothing here says that "
        "somebody can join, and only the trial's site can."
    )


def make_packet(
    match: Match,
    state: State,
    record: Record,
    identify: frozenset[Identity] = frozenset(),
    today: dt.date | None = None,
) -> Packet:
    """The packet of the trials of a match, in the order of the match."""
    return Packet(
        as_of=match.as_of,
        made_on=today or dt.date.today(),
        person=_person(state, record, identify),
        wishes=_wishes(record, place="place" in identify),
        trials=tuple(_shortlisted(one, identified=bool(identify & {"age", "sex"})) for one in match.trials),
        questions=tuple(question.question for question in match.next_questions),
    )


def _person(state: State, record: Record, identify: frozenset[Identity]) -> Person:
    age = state.facts["age"].value
    place = " ".join(part for part in (record.place.zip, record.place.country) if part)
    return Person(
        id=record.id if "id" in identify else None,
        age=show_value(age) if "age" in identify and age is not None else None,
        sex=record.patient.sex if "sex" in identify else None,
        place=place or None if "place" in identify else None,
    )


def _wishes(record: Record, *, place: bool) -> Wishes:
    wanted, life = record.preferences, record.circumstances
    return Wishes(
        wants=wanted.wants if wanted else (),
        avoids=wanted.avoids if wanted else (),
        goal=life.goal,
        travel_km=life.distance_km if place else None,
        lives_alone=life.lives_alone,
        caregiver=life.caregiver,
    )


def _shortlisted(one: TrialMatch, *, identified: bool) -> Shortlisted:
    shown = one.trial
    criteria = one.criteria if identified else tuple(map(_without_person, one.criteria))
    return Shortlisted(
        nct_id=shown.nct_id, title=shown.title, status=shown.status, phases=shown.phases, sponsor=shown.sponsor,
        treatments=shown.treatments, verdict=one.verdict, ruled_out=one.ruled_out,
        met=tuple(c for c in criteria if c.answer == "met"),
        against=tuple(c for c in criteria if c.answer == "not-met" or c.against),
        open=tuple(c for c in criteria if c.answer == "unknown" and not c.against),
        to_read=tuple(c for c in criteria if c.answer == "not-computable"),
        nearest=shown.nearest, contacts=shown.contacts, place_unknown=shown.place_unknown,
        updated=shown.updated, taken_on=shown.taken_on, source=shown.source, also=shown.also,
        gone_since=shown.gone_since,
    )  # fmt: skip


def _without_person(criterion: CriterionMatch) -> CriterionMatch:
    """Without the values of age and sex, which can tell who it is."""
    if {"age", "female"} & set(criterion.facts):
        return msgspec.structs.replace(criterion, because="age and sex are left out here")
    return criterion
