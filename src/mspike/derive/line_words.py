"""Why a line that was counted from drug records began, and what it is counted from, in words with the numbers."""

from __future__ import annotations

from collections.abc import Sequence

from mspike.derive.agreement import Agreed
from mspike.derive.intervals import exactly, span_words
from mspike.derive.kernel import line_codes as code
from mspike.derive.settings import Settings
from mspike.record import Day, days_between


def began_words(place: int, lines: Sequence[Agreed], settings: Settings) -> str | None:
    """`progression 2020-04-30 on line 1`, `a transplant 420 days after the start of line 1, limit 365 days`."""
    line = lines[place]
    if line.began is None or place == 0:
        return code.BEGAN[line.began] if line.began else None
    before = lines[place - 1]
    if line.began == code.AFTER_PD and before.progression:
        return f"progression {before.progression.text}{_lag(before.stop, before.progression)} line {place}"
    pause = _days(before.stop, line.start)
    if line.began == code.AFTER_GAP:
        if settings.line_gap_days > 0:
            return f"treatment after {pause} without any, limit {settings.line_gap_days:g} days"
        limit = settings.unwatched_gap_days
        return f"treatment after {pause} without any, with nothing on the disease in between; limit {limit:g} days"
    if line.began == code.LATE:
        return f"another regimen after a pause of {pause}, limit {settings.maintenance_window_days:g} days"
    if line.began == code.TRANSPLANTED:
        if before.grafts and (graft := before.grafts[-1].date):
            days = _days(graft, line.start)
            return f"a further transplant {days} after the last, limit {settings.tandem_days:g} days"
        days, limit = _days(before.start, line.start), settings.transplant_in_line_days
        return f"a transplant {days} after the start of line {place}, limit {limit:g} days"
    if before.ended == code.S_TOXICITY:
        return f"toxicity of line {place}"
    if line.began == code.ADDED:
        told = not line.flags & code.F_REASON_UNKNOWN
        return "a drug was added after stable disease" if told else "a drug was added; why is not stated"
    return code.BEGAN[line.began]


def _lag(stop: Day, progression: Day) -> str:
    """` on`, `, 34 days after`; where open dates allow both, `, on or up to 34 days after`."""
    days = days_between(stop, progression)
    if days.high <= 0:
        return " on"
    if days.low <= 0:
        return f", on or up to {span_words(exactly(days.high), 'days')} after"
    return f", {_days(stop, progression)} after"


def _days(earlier: Day, later: Day) -> str:
    days = days_between(earlier, later)
    return span_words(days, "day" if days.high == 1 else "days")


def because(
    place: int, lines: Sequence[Agreed], began: str | None, regimen: str, parts: int, settings: Settings
) -> str:
    """`counted from drug records, policy imwg2015: VRd from 2020-01-01: first treatment; last dose 2020-06-30`."""
    line, first = lines[place], place == 0
    why = began or "why it began depends on dates that are not known to the day"
    words = [f"counted from drug records, policy {settings.line_policy}: {regimen} from {line.start.text}: {why}"]
    graft = line.grafts[-1].date if line.grafts else None
    if graft and graft.first > line.start.first:
        days, limit = _days(line.start, graft), settings.transplant_in_line_days
        words.append(f"transplant {graft.text}, {days} after its start, limit {limit:g}")
    if line.upkeep and graft:
        words.append(f"maintenance within {settings.maintenance_window_days:g} days of the transplant")
    elif line.upkeep:
        words.append(f"one maintenance drug within {settings.continuation_days:g} days of the combination")
    if line.flags & code.F_RETREATMENT and parts & code.IN_RETREATMENT:
        pause = span_words(line.pause, "days")
        words.append(f"the same regimen again after {pause}, with no other in between")
    if first and line.flags & (code.F_NO_PD | code.F_REASON_UNKNOWN):
        if settings.change_without_progression == "same-line":
            words.append("changes without a progression stay in the line")
        else:
            limit = settings.unwatched_change_days
            planned = f"changes within {limit:g} days, and one maintenance drug alone, are taken as planned"
            words.append(f"nothing on the disease is on record: {planned}")
    if line.ended == code.ONGOING:
        words.append("still given")
    elif line.ended == code.S_PROGRESSION and line.progression:
        words.append(f"{_end(place, lines)}, progression {line.progression.text}")
    else:
        words.append(_end(place, lines) + (f": {code.ENDED[line.ended]}" if line.ended else ""))
    return "; ".join(words)


def _end(place: int, lines: Sequence[Agreed]) -> str:
    """`last dose 2020-06-30`; not where the transplant, or the start of the next line, is what ends it."""
    line = lines[place]
    if any(done.date and done.date.text == line.stop.text for done in line.grafts):
        return f"to the transplant {line.stop.text}"
    if place + 1 < len(lines):
        following = days_between(line.stop, lines[place + 1].start)
        if following.low == following.high == 1:
            return f"to {line.stop.text}, the day before line {place + 2}"
    return f"last dose {line.stop.text}"
