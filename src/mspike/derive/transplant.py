"""Transplants, the remission after the first one, maintenance, early relapse, time without treatment.

Spans are intervals where a date is partial; a criterion on one then says yes, no, or cannot tell.
"""

from __future__ import annotations

import math

import msgspec

from mspike.derive.intervals import (
    at_least,
    at_most,
    exactly,
    latest,
    not_negative,
    span_words,
    tri_or,
)
from mspike.derive.lines import TRANSPLANT, line_words
from mspike.derive.progression import Progression, relapse_after, relapse_by, untold
from mspike.derive.settings import Settings
from mspike.derive.state import Fact, Line
from mspike.record import Day, Number, Procedure, Record, StatedLine, Tri, day_of, days_between, months_between


class Transplants(msgspec.Struct, frozen=True):
    """Autologous transplants: those of the lines, those among the procedures."""

    in_lines: tuple[Line, ...]
    unsaid: tuple[Line, ...]
    """Lines that do not say whether they hold one."""
    procedures: tuple[Procedure, ...]


def transplant_facts(
    record: Record, lines: tuple[Line, ...] | None, progressions: tuple[Progression, ...], settings: Settings
) -> dict[str, Fact]:
    found = Transplants(
        tuple(line for line in lines or () if line.transplant),
        () if record.procedures is not None else tuple(line for line in lines or () if line.transplant is None),
        tuple(p for p in record.procedures or () if p.procedure == TRANSPLANT),
    )
    history = lines is not None or record.procedures is not None
    count = _count(found, history)
    had: Tri = None if count is None else (True if count.low > 0 else False if count.high <= 0 else None)
    at = (*(line.at for line in found.in_lines), *(p.at for p in found.procedures))
    return {
        "had_transplant": _had(had, found, at),
        "had_allogeneic_transplant": _allogeneic(record),
        "transplants": Fact(count, None, "derived", at, _count_words(found)) if count else Fact(),
        "months_since_transplant": _months_since(record, found),
        "transplant_remission_months": _remission(record, lines, found, progressions, settings),
        "maintenance_after_transplant": _maintenance(record, lines, found, had, settings),
        "early_relapse": _early(record, lines, progressions, settings),
        "treatment_free_months": _treatment_free(record, lines),
    }


def _count(found: Transplants, history: bool) -> Number | None:
    if not history:
        return None
    known = max(len(found.in_lines), len(found.procedures))
    return Number(float(known), float(known + len(found.unsaid)))


def _count_words(found: Transplants) -> str:
    words = [f"{line_words(line)}{_dated(line.transplant)}" for line in found.in_lines]
    words = words or [f"procedure {p.date.text}" if p.date else "procedure" for p in found.procedures]
    if found.unsaid:
        words.append(f"not stated for {', '.join(f'line {line.number}' for line in found.unsaid)}")
    return "; ".join(words) or "none on record"


def _dated(transplant: Day | bool | None) -> str:
    return f", {transplant.text}" if isinstance(transplant, Day) else ""


def _had(value: Tri, found: Transplants, at: tuple[str, ...]) -> Fact:
    return Fact(value, None, "unknown" if value is None else "derived", at, _count_words(found))


def _allogeneic(record: Record) -> Fact:
    if record.procedures is None:
        return Fact()
    done = [p for p in record.procedures if p.procedure == "allogeneic-transplant"]
    if done:
        return Fact(True, done[0].date, "stated", tuple(p.at for p in done), "procedure")
    return Fact(False, None, "derived", ("procedures",), "not among the procedures")


def _dates(found: Transplants) -> list[Day]:
    """The dates of the transplants; none where one has no date."""
    days = [line.transplant for line in found.in_lines] or [p.date for p in found.procedures]
    if len(found.procedures) > len(found.in_lines):
        days = [p.date for p in found.procedures]
    known = [day for day in days if isinstance(day, Day)]
    return known if len(known) == len(days) else []


def _months_since(record: Record, found: Transplants) -> Fact:
    day = latest(_dates(found))
    if day is None:
        return Fact(because="no transplant with a date on record")
    months = not_negative(months_between(day, day_of(record.as_of)))
    later = [line for line in found.unsaid if line.stop is None or line.stop.last >= day.first]
    if later:  # a line after it may hold another one
        ends = [
            not_negative(months_between(line.stop, day_of(record.as_of))).low if line.stop else 0.0 for line in later
        ]
        months = Number(min(months.low, *ends), months.high)
    because = f"transplant {day.text}, {span_words(months, 'months')} before {record.as_of}"
    return Fact(months, day, "derived", tuple(line.at for line in found.in_lines), because)


def _remission(
    record: Record,
    lines: tuple[Line, ...] | None,
    found: Transplants,
    progressions: tuple[Progression, ...],
    settings: Settings,
) -> Fact:
    """From the first autologous transplant to the progression that followed it."""
    place = next((i for i, line in enumerate(lines or ()) if line.transplant), None)
    if lines is None or place is None:
        return Fact(because="no line with a transplant on record")
    day = lines[place].transplant
    relapse = relapse_after(record, lines, place, progressions)
    date = relapse.date
    if not isinstance(day, Day):
        return Fact(because="the transplant has no date")
    if any(line.number < lines[place].number for line in found.unsaid):
        return Fact(because="an earlier line does not say whether it held a transplant")
    date = date or relapse_by(lines, place, relapse, day, settings.stops_that_explain)
    if date is None:
        return Fact(
            because="the progression after it has no date" if relapse.sure else "no progression after it is stated"
        )
    months = not_negative(months_between(day, date))
    because = f"transplant {day.text}, progression {date.text}: {span_words(months, 'months')}"
    return Fact(months, date, "derived", (f"{lines[place].at}.transplant", relapse.at), because)


def _maintenance(
    record: Record, lines: tuple[Line, ...] | None, found: Transplants, had: Tri, settings: Settings
) -> Fact:
    """Whether maintenance followed a transplant."""
    if had is False:
        return Fact(False, None, "derived", (), "no transplant")
    given = [t for t in record.treatments or () if t.context == "maintenance"]
    if had and given:
        return Fact(True, given[0].start, "derived", tuple(t.at for t in given), f"maintenance: {given[0].drug}")
    stated = {entry.at: entry for entry in record.lines or ()}
    judged = [(line, *_maintained(line, stated.get(line.at), settings)) for line in found.in_lines]
    value = tri_or(part for _, part, _ in judged)
    if value is not True and found.unsaid:
        value = None
    if not judged:
        return Fact(because="whether there was a transplant is not stated")
    telling = [(line, words) for line, part, words in judged if part is value]
    because = "; ".join(f"{line_words(line)}: {words}" for line, words in telling)
    return Fact(value, None, "unknown" if value is None else "derived", tuple(n.at for n, _ in telling), because)


def _maintained(line: Line, stated: StatedLine | None, settings: Settings) -> tuple[Tri, str]:
    if line.maintenance:
        return True, f"maintenance {', '.join(line.maintenance)}"
    if stated is not None and stated.progressed_on_maintenance:
        return True, "progression on maintenance"
    if stated is not None and stated.maintenance == ():
        return False, "stated none"
    if isinstance(line.transplant, Day) and line.stop:
        days = not_negative(days_between(line.transplant, line.stop))
        if at_most(days, settings.maintenance_after_transplant_days):
            return False, f"ended {span_words(days, 'days')} after the transplant"
    return None, "maintenance not stated"


def _early(
    record: Record, lines: tuple[Line, ...] | None, progressions: tuple[Progression, ...], settings: Settings
) -> Fact:
    """A relapse soon after a transplant, or after the first line where that had none."""
    if not lines:
        return Fact(False, basis="derived", because="no line of therapy so far") if lines == () else Fact()
    parts: list[tuple[Tri, str, str, Day | None]] = []
    for place, line in enumerate(lines):
        if line.transplant or place == 0:
            parts.append(_early_after(record, lines, place, progressions, settings))
    value = tri_or(part[0] for part in parts)
    telling = [part for part in parts if part[0] is value]
    because = "; ".join(part[1] for part in telling)
    at = tuple(part[2] for part in telling if part[2])
    return Fact(value, telling[0][3] if value else None, "unknown" if value is None else "derived", at, because)


def _early_after(
    record: Record,
    lines: tuple[Line, ...],
    place: int,
    progressions: tuple[Progression, ...],
    settings: Settings,
) -> tuple[Tri, str, str, Day | None]:
    line = lines[place]
    relapse = relapse_after(record, lines, place, progressions)
    date, at = relapse.date, relapse.at
    if not relapse.sure:
        quiet = place + 1 == len(lines) and record.disease.event.type in ("stable", "toxicity")
        known = line.stop_reason not in (None, "not-stated")
        if quiet and known and relapse.sure is False:
            return False, f"{line_words(line)}: no relapse since", "disease.event", None
        return None, f"{line_words(line)}: when the disease came back is not stated", line.at, None
    since, what = _counted_from(line)
    if date is None or since is None:
        return None, f"{line_words(line)}: {what} or the relapse has no date", line.at, None
    months = not_negative(months_between(since, date))
    words = f"relapse {date.text}, {span_words(months, 'months')} after {what} {since.text}"
    unsaid = line.transplant is None and record.procedures is None
    if unsaid or (untold(line) and not line.transplant):
        # a transplant would lie within the line, a progression may have ended it: it must hold from start and end
        ends = [not_negative(months_between(day, date)) for day in (line.start, line.stop) if day]
        low = min(months.low, *(n.low for n in ends)) if line.stop else 0.0
        months = Number(low, max(n.high for n in ends) if line.start else math.inf)
        words += f", {'whether with a transplant' if unsaid else 'why it stopped'} is not stated"
    value = at_most(months, settings.early_relapse_months)
    return value, f"{line_words(line)}: {words}, limit {settings.early_relapse_months:g}", at, date


def _counted_from(line: Line) -> tuple[Day | None, str]:
    """The transplant; else the end of the line, or its start where the disease broke through it."""
    if line.transplant:
        return (line.transplant if isinstance(line.transplant, Day) else None), "the transplant"
    return (line.start, "the start") if line.stop_reason == "progression" or line.ongoing else (line.stop, "the end")


def _treatment_free(record: Record, lines: tuple[Line, ...] | None) -> Fact:
    """From the end of the last line to the event; no time where it is still given."""
    date = record.disease.event.date
    if lines and lines[-1].ongoing and lines[-1].start and date and at_least(days_between(lines[-1].start, date), 0):
        return Fact(exactly(0.0), date, "derived", (lines[-1].at,), f"{line_words(lines[-1])}: still given")
    if not lines or lines[-1].stop is None or date is None:
        return Fact(because="the end of the last line or the event has no date")
    months = not_negative(months_between(lines[-1].stop, date))
    because = f"{line_words(lines[-1])} ended {lines[-1].stop.text}, event {date.text}: {span_words(months, 'months')}"
    return Fact(months, date, "derived", (f"{lines[-1].at}.stop", "disease.event.date"), because)
