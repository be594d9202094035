"""When the disease is refractory to a drug: no response, or progression on it or within the window after its last dose.

IMWG 2011 (Blood 117:4691): no minimal response, progression on therapy, or within 60 days of the last dose, the
sixtieth day included. The rule stands here once: for one patient with dates that may be open, and for a block.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence

from mspike.derive.kernel.codes import (
    FAR,
    NE,
    NODAY,
    O_CONFIRMED,
    O_DAY,
    O_LEVEL,
    O_LINE,
    O_STATED,
    PD,
    SD,
)
from mspike.derive.kernel.line_codes import (
    AS_SMOULDERING,
    BRIDGING,
    CONTEXT,
    COUNTED,
    L_CORE,
    L_ENDED,
    L_START,
    L_STOP,
    MAINTENANCE,
    ONCE,
    ONGOING,
    P_CARRY,
    P_LEAST_EXPOSURE,
    P_REFRACTORY,
    P_SD_REFRACTORY,
    S_PROGRESSION,
    SIGN_PD,
    STOP,
    STOP_SHIFT,
)

Column = Sequence[int]
Table = tuple[MutableSequence[int], ...]

NO, YES, OPEN_ANSWER = 0, 1, -1


def failed_within(
    start_low: float, start_high: float, last_low: float, last_high: float, pd_low: float, pd_high: float, window: float
) -> int:
    """YES if the disease progressed after the first dose and at most `window` days after the last one.

    Days; `low` and `high` are the ends of a date that is not known to the day. OPEN_ANSWER where they decide.
    """
    if pd_low > start_high and pd_high - last_low <= window:
        return YES
    if pd_high <= start_low or pd_low - last_high > window:
        return NO
    return OPEN_ANSWER


def no_response(best: int, sd_counts: bool) -> bool:
    """Whether a best response (a level of `codes`) is no response: progression, or stable disease where it counts."""
    return best == PD or (sd_counts and best == SD)


def telling_best(best: int, line: int, stop: float, ints: Table, w: int, m: int) -> int:
    """A line's best confirmed response, NE where it does not tell of a non-response.

    Progression tells by a sample on therapy (up to `stop`), stable disease by two samples, one of them on therapy, or
    by one on therapy that the record states as confirmed. A lone progression is no sample of it; a better level is one
    where the next sample took it back, and while none did, there may be a response.
    `ints`: the responses, columns `O_…`, `m` rows from `w` on; `line`: the line's number in them.
    """
    if best > SD:
        return best
    told, on_therapy, better = 0, False, False
    at = w
    while at < w + m and ints[O_LINE][at] < line:
        at += 1
    while at < w + m and ints[O_LINE][at] == line:
        level, over = ints[O_LEVEL][at], ints[O_CONFIRMED][at] == PD
        if level > PD or (level == PD and over):
            told += 2 if ints[O_STATED][at] == 2 else 1
            better = level > SD and not over
            if ints[O_DAY][at] <= stop and (level == PD) == (best == PD):
                on_therapy = True
        at += 1
    return best if on_therapy and (best == PD or (told > 1 and not better)) else NE


def long_enough(low: float, high: float, least: float) -> int:
    """YES if a drug was given for at least so many days, of which only the bounds may be known."""
    if low >= least:
        return YES
    return NO if high < least else OPEN_ANSWER


def derive_refractory(
    rows: tuple[Column, Column, Column, Column], lo: int, hi: int, traits: Column, placed: Column, lines: Table,
    o: int, n: int, best: Column, progressed: Column, params: Sequence[float], failed: MutableSequence[int],
    failed_on: MutableSequence[int],
) -> None:  # fmt: skip
    """Of each line the drugs that failed in it, as bits in `failed`, and the day of it in `failed_on`, from `o` on.

    `placed`: of each record its line, as `derive_lines` writes it. `best`: each line's best response as far as it
    tells; `progressed`: the progression that its samples showed, or NODAY. A line that ended for progression has that
    day too. Days are whole; steroids, unnamed drugs and what is of no line are not counted.
    """
    start, end, drug, note = rows
    begun, stop, core = lines[L_START], lines[L_STOP], lines[L_CORE]
    window, least, sd_counts = params[P_REFRACTORY], params[P_LEAST_EXPOSURE], params[P_SD_REFRACTORY] > 0
    stopped = False
    for k in range(lo, hi):
        stopped |= note[k] >> STOP_SHIFT & STOP == S_PROGRESSION
    row = lo
    for at in range(o, o + n):
        found, day, after = 0, NODAY, at
        while after + 1 < o + n and begun[after + 1] - stop[at] <= window + params[P_CARRY]:
            after += 1  # a progression of this line may lie within the window of the drugs of that one
        silent = best[at] != PD and no_response(best[at], sd_counts)  # a progression tells by its day
        unsaid = lines[L_ENDED][at] == 0 or lines[L_ENDED][at] == ONGOING or lines[L_ENDED][at] == S_PROGRESSION
        soonest = FAR
        for by in range(at, after + 1):
            if progressed[by] != NODAY:
                soonest = min(soonest, progressed[by])
            if lines[L_ENDED][by] == S_PROGRESSION:
                soonest = min(soonest, stop[by])
        told = silent or (stopped and unsaid) or soonest != FAR
        earliest = begun[at] if silent or (stopped and unsaid) else max(begun[at], soonest - window)
        while row < hi and end[row] < begun[at]:
            row += 1
        k = row
        while told and k < hi and start[k] <= stop[at]:
            if end[k] < earliest:  # over before it could have failed
                k += 1
                continue
            code = drug[k]
            bit = 1 << code
            ours = core[at] & bit and traits[code] & COUNTED and 0 < placed[k] <= at - o + 1
            if ours and not found & bit:
                first = max(start[k], begun[at])
                until = stop[at]
                if ran_out(end[k], bit, at, o, n, lines, params[P_CARRY]):
                    until = max(until, end[k])
                last = first if traits[code] & ONCE else min(end[k], until)
                t = stop[at] if silent else NODAY
                own = unsaid and not traits[code] & ONCE
                if own and t == NODAY and stopped_for_it(k, lo, hi, start, end, drug, note, placed, stop[at], window):
                    t = last
                for by in range(at, after + 1):
                    shown = progressed[by]
                    within = failed_within(first, first, last, last, shown, shown, window)
                    if t == NODAY and shown != NODAY and within == YES:
                        t = shown
                    within = failed_within(first, first, last, last, stop[by], stop[by], window)
                    if t == NODAY and lines[L_ENDED][by] == S_PROGRESSION and within == YES:
                        t = stop[by]
                if t != NODAY and least > 0 and not traits[code] & ONCE:
                    given = given_for(k, lo, hi, start, end, drug, begun[at], stop[at], until, window)
                    if long_enough(given, given, least) != YES:
                        t = NODAY
                if t != NODAY:
                    found |= bit
                    day = max(day, t)
            k += 1
        failed[at], failed_on[at] = found, day


def ran_out(last: int, bit: int, at: int, o: int, n: int, lines: Table, carry: float) -> bool:
    """Whether a drug record of a line ran out beside the next one, which it is no part of: its own last dose counts.

    One that ends later than `carry` days after the line is taken to have ended with it, as its end was not written.
    """
    if at + 1 >= o + n or last - lines[L_STOP][at] > carry:
        return False
    return lines[L_CORE][at + 1] & bit == 0


def failed_early(
    rows: tuple[Column, Column, Column, Column], lo: int, hi: int, traits: Column, placed: Column,
    stated: tuple[Column, Column], slo: int, shi: int, lines: Table, o: int, n: int, progressed: Column,
    params: Sequence[float],
) -> int:  # fmt: skip
    """The drugs that failed in treatment of smouldering disease (R10), as bits. It is no line, so none tells of it.

    `stated`: day and kind of the progressions that the record states; the rest as for `derive_refractory`. Records of
    a drug within the window of one another are one course.
    """
    start, end, drug, note = rows
    window, least = params[P_REFRACTORY], params[P_LEAST_EXPOSURE]
    found, seen, until = 0, 0, lo
    while until < hi and placed[until] == AS_SMOULDERING:
        until += 1
    for row in range(lo, until):
        code = drug[row]
        if seen >> code & 1 or not traits[code] & COUNTED:
            continue
        seen |= 1 << code
        once = traits[code] & ONCE != 0
        first = last = NODAY
        stopped = False
        for k in range(row, until + 1):
            over = k == until
            if not over:
                context = note[k] & CONTEXT
                if drug[k] != code or (context > MAINTENANCE and context != BRIDGING):
                    continue
            if first != NODAY and (over or once or start[k] - last > window):
                given = last - first
                enough = once or least <= 0 or long_enough(given, given, least) == YES
                if enough and (stopped or near(first, last, stated, slo, shi, lines, o, n, progressed, window)):
                    found |= 1 << code
                first = NODAY
            if over:
                break
            stops = not once and note[k] >> STOP_SHIFT & STOP == S_PROGRESSION
            if first == NODAY:
                first, last, stopped = start[k], end[k], stops
            elif end[k] > last:
                last, stopped = end[k], stops
            elif end[k] == last:
                stopped = stopped or stops
    return found


def near(
    first: int, last: int, stated: tuple[Column, Column], slo: int, shi: int, lines: Table, o: int, n: int,
    progressed: Column, window: float,
) -> bool:  # fmt: skip
    """Whether a progression, stated or of one of the lines, came on a course of a drug or soon enough after it."""
    for g in range(slo, shi):
        day = stated[0][g]
        if stated[1][g] == SIGN_PD and failed_within(first, first, last, last, day, day, window) == YES:
            return True
    for at in range(o, o + n):
        day = progressed[at]
        if day != NODAY and failed_within(first, first, last, last, day, day, window) == YES:
            return True
        day = lines[L_STOP][at]
        ended = lines[L_ENDED][at] == S_PROGRESSION
        if ended and failed_within(first, first, last, last, day, day, window) == YES:
            return True
    return False


def stopped_for_it(
    row: int, lo: int, hi: int, start: Column, end: Column, drug: Column, note: Column, placed: Column, stop: int,
    window: float,
) -> bool:  # fmt: skip
    """Whether a course of a drug ended for progression by its own record, the last one of the course in a line that
    ended on the day `stop`."""
    if note[row] >> STOP_SHIFT & STOP != S_PROGRESSION:
        return False
    for k in range(lo, hi):
        if start[k] - end[row] > window or start[k] > stop:
            break
        longer = end[k] > end[row] or (k > row and end[k] == end[row])
        if drug[k] == drug[row] and placed[k] > 0 and longer:
            return False
    return True


def given_for(
    row: int, lo: int, hi: int, start: Column, end: Column, drug: Column, begun: int, stop: int, until: int,
    window: float,
) -> int:  # fmt: skip
    """The days from the first to the last dose of the course that a record is part of, begun within a line.

    `until`: the latest day that counts for the line.
    """
    first, last = max(start[row], begun), end[row]
    for k in range(row - 1, lo - 1, -1):
        if drug[k] == drug[row] and end[k] >= begun and first - end[k] <= window:
            first = max(start[k], begun)
    for k in range(row + 1, hi):
        if start[k] > stop or start[k] - last > window:
            break
        if drug[k] == drug[row]:
            last = max(last, end[k])
    return min(last, until) - first
