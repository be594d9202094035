"""To which drugs the disease is refractory by raw drug records that are of no line: each course by its own dates.

Where a record has no lines these are all of them; else what was given for smouldering disease, and what no stated line
names. Rules: spec/refractoriness.md.
"""

from __future__ import annotations

import datetime as dt

from msgspec.structs import replace

from mspike.derive.intervals import at_most
from mspike.derive.judged import Course, Judged
from mspike.derive.line_columns import last_day, looks
from mspike.derive.lines import goes_on
from mspike.derive.progression import Progression
from mspike.derive.refractory import Evidence, is_clear, judge, last_look
from mspike.derive.settings import Settings
from mspike.derive.state import Line
from mspike.derive.vocabulary import Vocabulary
from mspike.record import Day, Record, day_of, days_between


def judge_treatments(
    record: Record,
    progressions: tuple[Progression, ...],
    vocabulary: Vocabulary,
    settings: Settings,
    before: tuple[Line, ...] | None = None,
    among: frozenset[str] | None = None,
) -> tuple[Judged, ...]:
    """A verdict on each course of raw drug records, where there are no lines; else of those `among` them that come
    `before` the lines, or that no stated line names.

    Records of a drug within the refractory window of one another are one course, as within a line.
    """
    ends = [
        Progression(t.end, f"progression on {t.drug}", t.at)
        for t in record.treatments or ()
        if t.stop_reason == "progression" and t.end
    ]
    dated = sorted((*progressions, *ends), key=lambda p: p.date.first if p.date else dt.date.min)
    evidence, today = Evidence(tuple(dated), record.disease.event.type, settings), day_of(record.as_of)
    days = [] if among is None else looks(record)
    days += [] if before is None else filter(None, (record.disease.diagnosed,))  # until then it was smouldering
    seen = last_look(days, before[0] if before else None, record)
    courses: list[Course] = []
    newest: dict[str, int] = {}
    for entry in sorted(record.treatments or (), key=lambda t: t.start.first if t.start else dt.date.min):
        if not vocabulary.counts(entry.drug) or entry.context in settings.contexts_not_exposure:
            continue
        if among is not None and entry.at not in among:
            continue
        once = vocabulary.one_time(entry.drug)
        last = last_day(entry, entry.start, vocabulary, today) if entry.start else entry.end or today
        clear = is_clear(seen, last, settings)
        course = Course(
            entry.drug, entry.drug if before is None else f"{entry.drug} for smouldering myeloma", entry.at,
            entry.start, last, None, False, None, entry.stop_reason, one_time=once,
            own_last=entry.stop_reason != "progression", dated=True, followed=clear, clear=clear,
            ongoing=among is not None and before is None and goes_on(entry, once),
        )  # fmt: skip
        known = courses[newest[entry.drug]] if entry.drug in newest and not once else None
        if known and known.last and entry.start and _adjoin(known.last, entry.start, settings):
            longer = (last.last, not course.own_last) >= (known.last.last, not known.own_last)
            courses[newest[entry.drug]] = replace(course, start=known.start) if longer else known
        else:
            newest[entry.drug] = len(courses)
            courses.append(course)
    return tuple(judge(course, evidence) for course in courses)


def _adjoin(last: Day, start: Day, settings: Settings) -> bool:
    return at_most(days_between(last, start), settings.refractory_window_days) is not False
