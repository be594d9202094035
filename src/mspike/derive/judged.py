"""Whether the disease is refractory to a drug by one course of it: what is judged, and the verdict in words."""

from __future__ import annotations

import msgspec

from mspike.derive.intervals import TOLERANCE, span_words
from mspike.derive.kernel.refractory import NO, OPEN_ANSWER, YES, long_enough
from mspike.derive.progression import Progression
from mspike.derive.settings import Settings
from mspike.record import Day, Tri, days_between

TRI: dict[int, Tri] = {YES: True, NO: False, OPEN_ANSWER: None}


class Judged(msgspec.Struct, frozen=True):
    """Whether the disease is refractory to one drug, by one line or one drug record."""

    drug: str
    value: Tri
    because: str
    at: tuple[str, ...]
    date: Day | None = None
    stated: bool = False
    early: bool = False
    """It failed after fewer days than policy `short_exposure_days`."""


class Course(msgspec.Struct, frozen=True):
    """One drug in one line, or in one raw drug record."""

    drug: str
    says: str
    """`line 1 (VRd)` or `lenalidomide`."""
    at: str
    start: Day | None
    last: Day | None
    """Last dose; of a one-time product the infusion."""
    place: int | None
    """The line's place in the order; None: a raw record."""
    is_last: bool
    next_start: Day | None
    stop_reason: str | None
    best_response: str | None = None
    one_time: bool = False
    own_last: bool = False
    """`last` comes from the drug's own record, not from the end of the line, and does not say progression."""
    dated: bool = False
    """`start` is the first dose of this very course, not the start of the line."""
    followed: bool = False
    """The record looked at the disease after it, so that a progression would show."""
    maintenance: Tri = True
    """Whether the drug was on board when a line broke through on maintenance; None: the record does not say."""
    ongoing: bool = False
    """Still given on the day of the record."""
    clear: bool = False
    """It did so before the next line and later than the window in which a progression tells: the line ended later."""


def yes(course: Course, settings: Settings, date: Day | None, words: str, by: Progression | None = None) -> Judged:
    """Refractory, if it was given for as long as the policy `min_exposure_days` asks."""
    exposure = days_between(course.start, course.last) if course.start and course.last else None
    if settings.min_exposure_days > 0 and not course.one_time:
        least = settings.min_exposure_days - TOLERANCE
        enough = TRI[long_enough(exposure.low, exposure.high, least)] if exposure else None
        if not enough:
            limit = f"{settings.min_exposure_days:g} days asked for"
            given = f"given {span_words(exposure, 'days')}" if exposure else "how long it was given is not known"
            return (open_answer if enough is None else no)(course, f"{words}; {given}, {limit}")
    early = exposure is not None and not course.one_time and exposure.high < settings.short_exposure_days
    return Judged(course.drug, True, f"{course.says}: {words}", _at(course, by), date, False, early)


def no(course: Course, words: str) -> Judged:
    return Judged(course.drug, False, f"{course.says}: {words}", (course.at,))


def open_answer(course: Course, words: str, by: Progression | None = None) -> Judged:
    return Judged(course.drug, None, f"{course.says}: {words}", _at(course, by))


def _at(course: Course, by: Progression | None) -> tuple[str, ...]:
    return (course.at,) if by is None or by.at == course.at else (course.at, by.at)
