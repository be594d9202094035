"""To which drugs the disease is refractory: no response, or progression on the drug or within 60 days of its last dose.

Rules: spec/refractoriness.md, after IMWG 2011. A list that the record states is complete and wins; otherwise each
drug of each line is judged by its own last dose. A drug once failed stays failed.
"""

from __future__ import annotations

import datetime as dt
import math

import msgspec
from msgspec.structs import replace

from mspike.derive.exposure import last_dose, own_records
from mspike.derive.intervals import TOLERANCE, at_least, at_most, number_words, span_words, tri_and
from mspike.derive.judged import TRI, Course, Judged, no, open_answer, yes
from mspike.derive.kernel.codes import LEVELS
from mspike.derive.kernel.refractory import NO, failed_within, no_response
from mspike.derive.line_columns import looks
from mspike.derive.lines import RELAPSES, line_words, perhaps_conditioning, stop_words
from mspike.derive.progression import QUIET, UNSAID, Progression
from mspike.derive.settings import Settings
from mspike.derive.state import Line
from mspike.derive.vocabulary import Vocabulary
from mspike.record import Day, Record, StatedLine, Treatment, Tri, days_between


class Evidence(msgspec.Struct, frozen=True):
    """What every drug is judged against."""

    progressions: tuple[Progression, ...]
    event: str | None
    settings: Settings


def judge_lines(
    record: Record,
    lines: tuple[Line, ...],
    progressions: tuple[Progression, ...],
    vocabulary: Vocabulary,
    settings: Settings,
) -> tuple[tuple[Judged, ...], ...]:
    """For each line, a verdict on each of its drugs as derived, whatever list the line states."""
    evidence = Evidence(progressions, record.disease.event.type, settings)
    stated = {entry.at: entry for entry in record.lines or ()}
    own = own_records(record)
    days = looks(record) if any(line.doses for line in lines) else []
    found = []
    for place, line in enumerate(lines):
        seen = last_look(days, lines[place + 1] if place + 1 < len(lines) else None, record)
        perhaps = perhaps_conditioning(line, record, settings)
        verdicts = []
        for drug in line.drugs:
            if not vocabulary.counts(drug):
                continue
            courses = _courses(drug, place, lines, stated.get(line.at), own, vocabulary, seen, settings)
            verdict = judge(courses[-1], evidence)
            if verdict.value is False and _again_unseen(courses[-1], progressions, record):
                verdict = open_answer(
                    courses[-1], "given again after a progression; whether it grew on it is not judged"
                )
            for earlier in courses[-2::-1]:  # given again within the line: only a progression near it tells
                nearest = _nearest(earlier, progressions, settings)
                if earlier.stop_reason == "progression" and not earlier.own_last and not earlier.one_time:
                    nearest = yes(earlier, settings, earlier.last, "progression on therapy")
                if nearest is not None and verdict.value is not True and (nearest.value or verdict.value is False):
                    verdict = nearest
            if verdict.value and drug in perhaps:
                verdict = open_answer(courses[-1], "conditioning, or not; a transplant is not stated")
            verdicts.append(verdict)
        found.append(tuple(verdicts))
    return tuple(found)


def last_look(days: list[Day], following: Line | None, record: Record) -> dt.date | None:
    """The last day up to the start of a following line on which the record looks at the disease."""
    until = following.start.first if following and following.start else record.as_of
    return max((day.first for day in days if day.last <= until), default=None)


def is_clear(seen: dt.date | None, last: Day, settings: Settings) -> bool:
    return seen is not None and (seen - last.last).days >= settings.refractory_window_days


def from_list(stated: StatedLine, line: Line, derived: tuple[Judged, ...]) -> tuple[Judged, ...]:
    """The verdicts of a line whose `refractory` list is given: complete for the drugs of the line."""
    found = {j.drug: j for j in derived}
    listed = stated.refractory or ()
    day = line.progression or line.stop
    at = (f"{line.at}.refractory",)
    judged = []
    stopped = stop_words(stated)
    stated_so = f"{line_words(line)}: stated refractory" + (f"; {stopped}" if stopped else "")
    for drug in dict.fromkeys((*line.drugs, *listed)):
        early = drug in found and found[drug].early
        if drug in listed:
            judged.append(Judged(drug, True, stated_so, at, day, True, early))
        else:
            judged.append(Judged(drug, False, f"{line_words(line)}: stated list leaves it out", at, None, True))
    return tuple(judged)


def judge(course: Course, evidence: Evidence) -> Judged:
    """One drug: no response, progression on therapy, then progression within the window, then why it was stopped."""
    settings = evidence.settings
    nearest = _nearest(course, evidence.progressions, settings)
    dated = course.dated and course.best_response == "PD"  # then the day of the progression tells
    if course.best_response and not dated and no_response(LEVELS.index(course.best_response), settings.sd_refractory):
        return yes(course, settings, course.last, f"no response: best response {course.best_response}")
    if course.stop_reason == "progression" and not course.one_time:
        if course.maintenance is False:
            return no(course, "progression on maintenance, and the maintenance did not hold it")
        if course.maintenance is None:
            return open_answer(course, "progression on maintenance, and the maintenance drugs are not named")
        if not course.own_last:
            return yes(course, settings, course.last, "progression on therapy")
    return nearest or _by_stop(course, evidence)


def _again_unseen(course: Course, progressions: tuple[Progression, ...], record: Record) -> bool:
    """Whether a drug was given again in its line after the disease had come back, followed by values alone.

    The values of a line are judged up to its first progression; what they say later only a judgement tells.
    """
    start = course.start
    if not course.dated or start is None:
        return False
    if not any(
        p.shown and p.sure and p.line == course.place and p.date.last < start.first for p in progressions if p.date
    ):
        return False
    judged = {entry.date.text for entry in record.assessments or ()}
    return any(day.first >= start.first and day.text not in judged for day in looks(record))


def _nearest(course: Course, progressions: tuple[Progression, ...], settings: Settings) -> Judged | None:
    """The verdict of the dates: yes or unknown by a progression that was, or may have been, in the window."""
    unknown: Judged | None = None
    for progression in progressions:
        if course.place is not None and progression.line is not None and progression.line < course.place:
            continue  # it ended an earlier line
        if progression.says is UNSAID:
            explained = progression.line == course.place and course.stop_reason in settings.stops_that_explain
            if not course.clear and not explained and _near(course, progression, settings):
                unknown = unknown or open_answer(course, UNSAID, progression)
            continue
        if course.last is None or progression.date is None:
            unknown = unknown or open_answer(course, f"{progression.says}, and a date is missing", progression)
            continue
        inside = TRI[_within(course, progression, settings)]
        value = tri_and((inside, progression.sure))
        words = f"{progression.says} {progression.date.text}, {_lag_words(course, progression.date)}"
        if value:
            return yes(course, settings, progression.date, words, progression)
        if value is None:
            point = "confirmed" if inside else f"within the {settings.refractory_window_days:g} days"
            unknown = unknown or open_answer(course, f"{words}: {point} or not", progression)
    return unknown


def _near(course: Course, progression: Progression, settings: Settings) -> bool:
    """Whether it may lie in the window; without both dates it may."""
    if course.last is None or progression.date is None:
        return True
    return _within(course, progression, settings) != NO


def _within(course: Course, progression: Progression, settings: Settings) -> int:
    """The kernel's rule on the days that the dates leave open. A progression that ended a line came after its start."""
    last, date = course.last, progression.date
    assert last is not None
    assert date is not None
    start_low, start_high = -math.inf, math.inf
    if progression.line is not None and not course.dated:
        start_high = -math.inf
    elif course.start is not None:
        start_low, start_high = course.start.first.toordinal(), course.start.last.toordinal()
    return failed_within(
        start_low, start_high, last.first.toordinal(), last.last.toordinal(), date.first.toordinal(),
        date.last.toordinal(), settings.refractory_window_days + TOLERANCE,
    )  # fmt: skip


def _lag_words(course: Course, date: Day) -> str:
    """`45 days after the last dose (2020-04-10)`, `on therapy`, or both where a date is open."""
    assert course.last is not None
    days = days_between(course.last, date)
    dose = "infusion" if course.one_time else "last dose"
    if days.high <= 0:
        return f"on the day of the {dose}" if course.one_time else "on therapy"
    lag = f"on therapy or up to {number_words(days.high)} days" if days.low < 0 else span_words(days, "days")
    return f"{lag} after the {dose} ({course.last.text})"


def _by_stop(course: Course, evidence: Evidence) -> Judged:
    """No progression falls in the window: what the reason for stopping and the next line say."""
    settings = evidence.settings
    later = ""
    for progression in evidence.progressions:
        if progression.says is UNSAID or not course.last or not progression.date:
            continue
        if at_least(days_between(course.last, progression.date), 1):
            lag = _lag_words(course, progression.date)
            later = f"; {progression.says} {lag}, limit {settings.refractory_window_days:g} days"
            break
    if course.stop_reason == "progression":  # by the drug's own record it had ended long before, or it was given once
        return no(course, f"not on board at the progression{later}")
    if course.stop_reason in (None, "not-stated") and course.followed:
        return no(course, f"no progression within {settings.refractory_window_days:g} days of its last dose{later}")
    if course.ongoing and evidence.event in QUIET:
        return no(course, f"still given, and no progression is stated{later}")
    if course.stop_reason in (None, "not-stated"):
        says = "it is still given; how the disease goes on" if course.ongoing else "why it was stopped"
        return open_answer(course, f"{says} is not stated{later}")
    if course.is_last:
        shown = any(p.shown and p.sure and p.line == course.place for p in evidence.progressions)
        if evidence.event in RELAPSES or evidence.event in QUIET or course.followed or shown:
            return no(course, f"stopped: {course.stop_reason}{later or '; no progression since'}")
        return open_answer(course, f"stopped: {course.stop_reason}; whether the disease progressed since is not stated")
    if course.last is None:
        return open_answer(course, f"stopped: {course.stop_reason}; its last dose has no date")
    if course.stop_reason in settings.stops_that_explain:
        return no(course, f"stopped: {course.stop_reason}{later}")
    gap = days_between(course.last, course.next_start) if course.last and course.next_start else None
    if gap is not None and at_most(gap, settings.refractory_window_days) is False:
        return no(course, f"stopped: {course.stop_reason}; next line {span_words(gap, 'days')} later")
    words = f"next line {span_words(gap, 'days')} later" if gap else "when the next line began is not known"
    return open_answer(
        course, f"stopped: {course.stop_reason}, {words}; whether the disease came back in between is not stated"
    )


def _courses(
    drug: str,
    place: int,
    lines: tuple[Line, ...],
    stated: StatedLine | None,
    own: dict[str, list[Treatment]],
    vocabulary: Vocabulary,
    seen: dt.date | None,
    settings: Settings,
) -> list[Course]:
    """One course; of a line counted from drug records, each time that the drug was given.

    `seen`: the last day in the line, or after it, on which the record looks at the disease.
    """
    line = lines[place]
    following = lines[place + 1] if place + 1 < len(lines) else None
    next_start = following.start if following else None
    last, own_last = last_dose(drug, place, lines, own.get(drug, []), vocabulary)
    maintenance: Tri = True
    if stated is not None and stated.progressed_on_maintenance and line.stop_reason == "progression":
        maintenance = drug in line.maintenance if line.maintenance else None
    course = Course(
        drug, line_words(line), line.at, line.start, last, place, following is None, next_start, line.stop_reason,
        line.best_response, vocabulary.one_time(drug), own_last, bool(line.doses), line.followed, maintenance,
    )  # fmt: skip
    courses = []
    for dose in line.doses.get(drug, ()):
        clear = is_clear(seen, dose.last, settings)
        courses.append(
            replace(
                course,
                start=dose.first,
                last=dose.last,
                stop_reason=line.stop_reason or dose.stop_reason,
                own_last=dose.stop_reason != "progression",
                followed=line.followed or clear,
                ongoing=dose.ongoing,
                clear=clear,
            )
        )
    return courses or [course]
