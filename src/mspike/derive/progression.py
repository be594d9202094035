"""When the disease progressed: ends of lines, judged assessments and the event as stated, and what the results show."""

from __future__ import annotations

import msgspec

from mspike.derive.intervals import at_least, between_days, tri_or
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
        elif line.stop_reason in (None, "not-stated") and not line.followed and not line.ongoing:
            found.append(Progression(end_of(place, lines or (), record), UNSAID, line.at, None, place))
    for entry in record.assessments or ():
        if entry.response == "PD" and entry.at not in judged:
            follows = pd_confirm == "new-line" and _new_line_follows(entry.date, lines or ())
            sure = tri_or((entry.confirmed, follows))
            if sure is not False:
                found.append(Progression(entry.date, "PD", entry.at, sure))
    event = record.disease.event
    if event.type in RELAPSES or (event.type is None and lines and not lines[-1].followed):
        date = event.date or (_since(lines[-1], record) if lines else None)
        says, sure = ("relapse", True) if event.type else (UNSAID, None)
        found.append(Progression(date, says, "disease.event", sure, len(lines) if lines else None))
    return tuple(sorted(found, key=lambda p: (p.date.first.toordinal() if p.date else 0, p.says, p.at)))


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
