"""When the disease progressed: ends of lines, judged assessments and the event as stated, and what the results show."""

from __future__ import annotations

from collections.abc import Collection

import msgspec
from msgspec.structs import replace

from mspike.derive.intervals import at_least, between_days, earliest, tri_and, tri_or
from mspike.derive.lines import RELAPSES
from mspike.derive.state import Line
from mspike.record import Day, Record, Tri, day_of, days_between

QUIET = ("stable", "toxicity")
"""Events in which no progression is stated."""


UNSAID = "whether the disease came back is not stated"
"""Stands for a progression that the record leaves open: a line that ended for no stated reason, a missing event."""


class Progression(msgspec.Struct, frozen=True):
    date: Day | None
    """None: it happened, on an unknown day."""
    says: str
    at: str
    sure: Tri = True
    """None: a first progression that nothing has confirmed yet."""
    line: int | None = None
    """The line (its place in the order) that it ended or lies in; None: the record does not tie it to a line."""
    shown: bool = False
    """By results or judged assessments in the course of a line, not by the end of one or the event."""


def all_progressions(
    record: Record, lines: tuple[Line, ...] | None, shown: tuple[Progression, ...], refuted: frozenset[str],
    pd_confirm: str,
) -> tuple[Progression, ...]:  # fmt: skip
    """Every progression, by date: stated ends of lines, judged assessments, the event, and `shown` by the results.

    `refuted`: judged assessments that the next sample did not confirm.
    """
    refused = {entry.at for entry in record.assessments or () if entry.confirmed is False}
    found = [p for p in shown if p.sure or p.at not in refused]
    judged = refuted.union(p.at for p in shown)
    for place, line in enumerate(lines or ()):
        if line.stop_reason == "progression":
            day = end_of(place, lines or (), record)
            found.append(Progression(day, f"progression on line {line.number}", line.at, line=place))
        elif untold(line):
            found.append(Progression(end_of(place, lines or (), record), UNSAID, line.at, None, place))
    for entry in record.assessments or ():
        if entry.response == "PD" and entry.at not in judged:
            follows = pd_confirm == "new-line" and _new_line_follows(entry.date, lines or ())
            sure = tri_or((entry.confirmed, follows))
            if sure is not False:
                found.append(Progression(entry.date, "PD", entry.at, sure))
    event, final = record.disease.event, len(lines or ()) - 1
    told = lines and (lines[-1].followed or any(p.sure and p.line == final for p in shown))
    if event.type in RELAPSES or (event.type is None and lines and not told):
        date = event.date or (_since(lines[-1], record) if lines else None)
        says, sure = ("relapse", True) if event.type else (UNSAID, None)
        found.append(Progression(date, says, "disease.event", sure, len(lines) if lines else None))
    return tuple(sorted(found, key=lambda p: (p.date.first.toordinal() if p.date else 0, p.says, p.at)))


def untold(line: Line) -> bool:
    """Whether nothing says why the line stopped or how it went on: a progression may have ended it."""
    return line.stop_reason in (None, "not-stated") and not line.followed and not line.ongoing


def end_of(place: int, lines: tuple[Line, ...], record: Record) -> Day | None:
    """When a line ended; where it is not stated, between its start and that of the next line, the relapse or today."""
    line = lines[place]
    if line.stop or line.start is None:
        return line.stop
    following = lines[place + 1] if place + 1 < len(lines) else None
    if following is None:
        event = record.disease.event
        known = event.date if event.type in RELAPSES else None
        return between_days(line.start, known or day_of(record.as_of))
    return between_days(line.start, following.start) if following.start else None


def _since(line: Line, record: Record) -> Day | None:
    """Some day since the last line ended, or since it began where its end is not stated."""
    known = line.stop or line.start
    return between_days(known, day_of(record.as_of)) if known else None


def _new_line_follows(date: Day, lines: tuple[Line, ...]) -> Tri:
    """Whether a line began after an unconfirmed progression, which confirms it (policy `pd_confirm`)."""
    return tri_or(at_least(days_between(date, line.start), 0) if line.start else None for line in lines[1:])


class Relapse(msgspec.Struct, frozen=True):
    """The progression after a line. `sure`: whether there was one, whatever its date."""

    date: Day | None
    at: str
    sure: Tri


def relapse_after(
    record: Record, lines: tuple[Line, ...], place: int, progressions: tuple[Progression, ...]
) -> Relapse:
    """When the disease came back after the line at `place`: its end, a progression judged or shown, or the event.

    Where the results cannot be placed in lines, as one has no start, it may have come at any time since the
    transplant, or since the end of the line. So it may where nothing says why the line stopped and how it went on.
    """
    line = lines[place]
    event = record.disease.event
    judged = [
        (p.date, p.at, tri_and((p.sure, _after(p.date, lines, place) if p.shown else _between(p.date, lines, place))))
        for p in progressions
        if p.date and (p.line is None or (p.shown and p.line == place))
    ]
    found = [(day, at) for day, at, sure in judged if sure]
    came_back = place + 1 == len(lines) and event.type in RELAPSES
    if came_back and event.date:
        found.append((event.date, "disease.event.date"))
    date, at = min(found, key=lambda entry: (entry[0].first, entry[0].last), default=(None, "disease.event"))
    sure: Tri = True if date is not None or came_back else None if any(c is None for _, _, c in judged) else False
    if line.stop_reason == "progression":
        end, sure = end_of(place, lines, record), True
        if end is None or date is None or date.last >= end.first:
            date, at = (earliest(end, date) if end and date else end), f"{line.at}.stop"
    elif date and untold(line):  # or it had been stopped for an earlier progression
        since = line.stop or line.start
        date = between_days(since, date) if since else None
    for day, _, counts in judged:  # one that nothing confirmed, or that may lie outside, may have been the first
        if counts is None and date and day.first < date.first:
            date = between_days(day, date)
    if date and any(other.start is None for other in lines) and record.measurements:
        since = line.transplant if isinstance(line.transplant, Day) else line.stop or line.start
        date = between_days(since, date) if since else date
    return Relapse(date, at, sure)


def _after(date: Day, lines: tuple[Line, ...], place: int) -> Tri:
    """Whether a date in the course of a line lies after its transplant, or after its end: not on what came before.

    In a line without a transplant any progression in it is one, unless the line stopped for another reason.
    """
    line = lines[place]
    if isinstance(line.transplant, Day):
        return at_least(days_between(line.transplant, date), 1)
    if line.stop_reason in (None, "not-stated", "progression") and not line.transplant:
        return _between(date, lines, place)
    after = at_least(days_between(line.stop, date), 1) if line.stop else None
    return after if after or line.transplant is False else None  # else a transplant may lie between


def _between(date: Day, lines: tuple[Line, ...], place: int) -> Tri:
    """Whether a date lies after the start of a line and not after the start of the next one."""
    start = lines[place].start
    after = at_least(days_between(start, date), 0) if start else None
    if place + 1 == len(lines):
        return after
    following = lines[place + 1].start
    return tri_and((after, at_least(days_between(date, following), 0) if following else None))


def relapse_by(
    lines: tuple[Line, ...], place: int, relapse: Relapse, since: Day | None, explained: Collection[str]
) -> Day | None:
    """For a relapse without a date: some day from `since` to the start of the next line.

    None where no line follows, or where the line stopped for what by itself explains another one (`explained`).
    """
    following = lines[place + 1].start if place + 1 < len(lines) else None
    if since is None or following is None or (lines[place].stop_reason in explained and not relapse.sure):
        return None
    return between_days(since, following)


def with_relapses(
    record: Record, lines: tuple[Line, ...], progressions: tuple[Progression, ...], explained: Collection[str]
) -> tuple[Line, ...]:
    """The lines, each with the day or the span of days in which the disease came back after it."""
    found = []
    for place, line in enumerate(lines):
        relapse = relapse_after(record, lines, place, progressions)
        date = relapse.date or relapse_by(lines, place, relapse, line.stop or line.start, explained)
        found.append(replace(line, relapse=date) if date else line)
    return tuple(found)
