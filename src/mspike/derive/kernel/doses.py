"""The doses of a line: records taken into it, cycle after cycle, and which of its drugs go on.

Most records of a course begin nothing: `cycles` passes over them, so that the rules in `lines` are asked about the
others alone.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence

from mspike.derive.kernel.courses import place_of
from mspike.derive.kernel.line_codes import AS_STEROID, CONTEXT, MAINTENANCE, ONCE, SPECIAL, STEROID, UNPLACED

Column = Sequence[int]
Rows = tuple[Column, Column, Column, Column]
Doses = tuple[MutableSequence[int], MutableSequence[int], MutableSequence[int]]
"""Of each drug of a line, by its code, the last day of its records so far and the row of the last one; and which drugs
these are, one after the other."""


def cycles(
    i: int, hi: int, due: int, rows: Rows, lo: int, traits: Column, procedures: tuple[Column, Column], plo: int,
    phi: int, params: Sequence[float], line: int, drugs: int, calm: int, lapse: int, placed: MutableSequence[int],
    doses: Doses, covered: int, latest: int,
) -> tuple[int, int, int]:  # fmt: skip
    """Takes records from row `i` on into a line of `drugs`, day after day, as long as nothing can begin with them.

    That is: before the day `due`, at most `calm` days after the line's last dose, and each at most `lapse` days after
    the last dose of its drug. Steroids are passed over. Returns the next row, the line's last day, and its row.
    """
    start, end, drug, note = rows
    last_day, last_row, _ = doses
    while i < hi:
        t, j = start[i], i
        if t >= due:
            break
        while j < hi and start[j] == t:
            code = drug[j]
            kind = traits[code]
            if not kind & STEROID:
                if not drugs >> code & 1 or t - last_day[code] > lapse or t - covered > calm:
                    return i, covered, latest
                if kind & ONCE or note[j] & CONTEXT > MAINTENANCE:
                    return i, covered, latest
                if kind & SPECIAL and place_of(j, rows, lo, hi, traits, procedures, plo, phi, params) != UNPLACED:
                    return i, covered, latest
            j += 1
        while i < j:
            code = drug[i]
            if traits[code] & STEROID:
                placed[i] = AS_STEROID
            else:
                last = end[i]
                placed[i], last_row[code] = line, i
                if last > last_day[code]:
                    last_day[code] = last
                if last >= covered:
                    covered, latest = last, i
            i += 1
    return i, covered, latest


def take(
    a: int, b: int, line: int, rows: Rows, placed: MutableSequence[int], doses: Doses, held: int, many: int,
    covered: int, latest: int,
) -> tuple[int, int, int, int]:  # fmt: skip
    """Takes the records of a day, rows `[a, b)`, into a line: all that are of no other place.

    Returns the drugs in `doses` as a set, how many they are, the line's last day, and its row.
    """
    _, end, drug, _ = rows
    last_day, last_row, own = doses
    for k in range(a, b):
        if placed[k] == UNPLACED:
            code, last = drug[k], end[k]
            placed[k], last_row[code] = line, k
            if not held >> code & 1:
                held |= 1 << code
                own[many], last_day[code] = code, last
                many += 1
            elif last > last_day[code]:
                last_day[code] = last
            if last >= covered:
                covered, latest = last, k
    return held, many, covered, latest


def board(
    doses: Doses, many: int, a: int, hi: int, start: Column, end: Column, drug: Column, drugs: int, until: float,
    era_gap: float,
) -> int:  # fmt: skip
    """The drugs of a line that go on, as of row `a`, to the day `until` or beyond: on board."""
    last_day, last_row, own = doses
    found = 0
    for at in range(many):
        code = own[at]
        if not drugs >> code & 1:
            continue
        if last_day[code] >= until:
            found |= 1 << code
            continue
        last, later = end[last_row[code]], a
        while later < hi and start[later] - last <= era_gap:
            if drug[later] == code:
                last = max(last, end[later])
                if last >= until:
                    found |= 1 << code
                    break
            later += 1
    return found
