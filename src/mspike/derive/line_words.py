"""Why a line that was counted from drug records began, and what it is counted from, in words with the numbers."""

from __future__ import annotations

import datetime as dt
from typing import Any

from mspike.derive.kernel import line_codes as code
from mspike.derive.kernel.codes import NODAY
from mspike.derive.settings import Settings
from mspike.record import Day, Record


def began_words(place: int, found: Any, record: Record, settings: Settings) -> str:
    """`progression 2020-04-30 on line 1`, `a transplant 420 days after the start of line 1, limit 365 days`."""
    table = found.table
    began = table[code.L_BEGAN][place]
    if began == code.FIRST:
        return code.BEGAN[code.FIRST]
    before = place - 1
    if began == code.AFTER_PD:
        shown = table[code.L_PD][before]
        days = shown - table[code.L_STOP][before]
        after = f", {days} day{'s' if days > 1 else ''} after" if days > 0 else " on"
        return f"progression {iso(shown)}{after} line {place}"
    pause = table[code.L_PAUSE][place]
    if began == code.AFTER_GAP:
        if settings.line_gap_days > 0:
            return f"treatment after {pause} days without any, limit {settings.line_gap_days:g} days"
        limit = settings.unwatched_gap_days
        return f"treatment after {pause} days without any, with nothing on the disease in between; limit {limit:g} days"
    if began == code.LATE:
        return f"another regimen after a pause of {pause} days, limit {settings.maintenance_window_days:g} days"
    if began == code.TRANSPLANTED:
        graft = table[code.L_TRANSPLANT][before]
        if graft != NODAY:
            days = table[code.L_TRANSPLANT][place] - graft
            return f"a further transplant {days} days after the last, limit {settings.tandem_days:g} days"
        days = table[code.L_TRANSPLANT][place] - table[code.L_START][before]
        return (
            f"a transplant {days} days after the start of line {place}, limit {settings.transplant_in_line_days:g} days"
        )
    if table[code.L_ENDED][before] == code.S_TOXICITY:
        return f"toxicity of line {place}"
    if began == code.ADDED:
        told = not table[code.L_FLAGS][place] & code.F_REASON_UNKNOWN
        return "a drug was added after stable disease" if told else "a drug was added; why is not stated"
    return code.BEGAN[began]


def because(
    place: int, found: Any, start: Day, stop: Day, transplant: Day | bool | None, began: str, regimen: str,
    settings: Settings,
) -> str:  # fmt: skip
    """`counted from drug records, policy imwg2015: VRd from 2020-01-01: first treatment; last dose 2020-06-30`."""
    table = found.table
    words = [f"counted from drug records, policy {settings.line_policy}: {regimen} from {start.text}: {began}"]
    graft, begun = table[code.L_TRANSPLANT][place], table[code.L_START][place]
    if graft != NODAY and isinstance(transplant, Day) and graft > begun:
        limit = settings.transplant_in_line_days
        words.append(f"transplant {transplant.text}, {graft - begun} days after its start, limit {limit:g}")
    if table[code.L_UPKEEP][place] and graft != NODAY:
        words.append(f"maintenance within {settings.maintenance_window_days:g} days of the transplant")
    elif table[code.L_UPKEEP][place]:
        words.append(f"one maintenance drug within {settings.continuation_days:g} days of the combination")
    if table[code.L_FLAGS][place] & code.F_RETREATMENT and table[code.L_PARTS][place] & code.IN_RETREATMENT:
        words.append(f"the same regimen again after {table[code.L_PAUSE][place]} days, with no other in between")
    if place == 0 and table[code.L_FLAGS][0] & (code.F_NO_PD | code.F_REASON_UNKNOWN):
        if settings.change_without_progression == "same-line":
            words.append("changes without a progression stay in the line")
        else:
            days = settings.unwatched_change_days
            planned = f"changes within {days:g} days, and one maintenance drug alone, are taken as planned"
            words.append(f"nothing on the disease is on record: {planned}")
    ended = table[code.L_ENDED][place]
    if ended == code.ONGOING:
        words.append("still given")
    elif ended == code.S_PROGRESSION and table[code.L_PD][place] != NODAY:
        words.append(f"last dose {stop.text}, progression {iso(table[code.L_PD][place])}")
    else:
        words.append(f"last dose {stop.text}" + (f": {code.ENDED[ended]}" if ended else ""))
    return "; ".join(words)


def iso(ordinal: int) -> str:
    return dt.date.fromordinal(ordinal).isoformat()
