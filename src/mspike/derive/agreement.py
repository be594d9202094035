"""What all readings of a record say of a counted line: its days as spans, and of the rest what they agree on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import reduce
from operator import and_

import msgspec

from mspike.derive.kernel import line_codes as code
from mspike.derive.kernel.codes import NODAY
from mspike.derive.line_columns import PROCEDURE_CODE
from mspike.record import Day, Number, Procedure, Record, day_of

Table = tuple[list[int], ...]
"""The columns of the lines of one reading, as the kernel wrote them."""


class Agreed(msgspec.Struct, frozen=True):
    start: Day
    stop: Day
    progression: Day | None
    """None also where it is of the line in some readings only."""
    grafts: tuple[Procedure, ...]
    """Its transplants, autologous or allogeneic, in order."""
    pause: Number
    """Days without treatment before it, or before its restart."""
    began: int | None
    """Why it began; None where the readings differ."""
    ended: int
    """How it ended; 0, no reason, also where the readings differ."""
    flags: int
    upkeep: int


def agree(record: Record, place: int, tables: Sequence[Table], partial: Sequence[Day]) -> Agreed:
    """Of one line. `tables`: the readings, with as many lines in each; `partial`: the open dates of the record."""

    def of(column: int) -> list[int]:
        return [table[column][place] for table in tables]

    starts, stops, progressed = of(code.L_START), of(code.L_STOP), of(code.L_PD)
    began, ended = set(of(code.L_BEGAN)), set(of(code.L_ENDED))
    return Agreed(
        start=_day(starts, partial),
        stop=_day(stops, partial),
        progression=None if NODAY in progressed else _day(progressed, partial),
        grafts=_grafts(record, starts[0], stops[0]),
        pause=Number(min(of(code.L_PAUSE)), max(of(code.L_PAUSE))),
        began=began.pop() if len(began) == 1 else None,
        ended=code.ONGOING if code.ONGOING in ended else ended.pop() if len(ended) == 1 else 0,
        flags=reduce(and_, of(code.L_FLAGS)),
        upkeep=reduce(and_, of(code.L_UPKEEP)),
    )


def _day(ordinals: Sequence[int], partial: Sequence[Day]) -> Day:
    """The span of a day's readings, in the words of the closest open date that holds it, where one does."""
    first, last = dt.date.fromordinal(min(ordinals)), dt.date.fromordinal(max(ordinals))
    if first == last:
        return day_of(first)
    around = [day for day in partial if day.first <= first and last <= day.last]
    text = min(around, key=lambda day: day.last - day.first).text if around else f"{first} to {last}"
    return Day(text, first, last)


def _grafts(record: Record, first: int, last: int) -> tuple[Procedure, ...]:
    """The transplants from one day to another, each on its first possible day."""
    found: list[tuple[int, int, Procedure]] = []
    for done in record.procedures or ():
        if done.date is not None and PROCEDURE_CODE[done.procedure] <= code.ALLOGENEIC:
            day = done.date.first.toordinal()
            if first <= day <= last:
                found.append((day, len(found), done))
    return tuple(done for _, _, done in sorted(found))
