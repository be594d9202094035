"""What single drug records and the unbroken courses of a drug say to the sweep in `lines`: small looks ahead and back.

Spans are `[a, b)` of rows sorted by start. A course is a drug's records with no more than `era_gap` days between them.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence

from mspike.derive.kernel.line_codes import (
    ALLOGENEIC,
    AS_CONDITIONING,
    AS_DEPLETION,
    AS_MOBILISATION,
    AS_STEROID,
    AS_SUPPORT,
    AT_HOME,
    BRIDGING,
    BY_MOUTH,
    CLASS_SHIFT,
    COLLECTION,
    CONDITIONING,
    CONDITIONS,
    CONTEXT,
    DEPLETES,
    F_MOBILISATION,
    F_SUPPORT,
    IGNORED,
    LEUKAPHERESIS,
    LYMPHODEPLETION,
    MAINTENANCE,
    MOBILISATION,
    MOBILISES,
    ONCE,
    OPEN,
    P_CONDITION,
    P_COURSE,
    P_DEPLETE,
    P_ERA_GAP,
    P_MOBILISE,
    SPECIAL,
    STEROID,
    SUPPORT,
    UNPLACED,
)  # fmt: skip

Column = Sequence[int]


def place_of(
    row: int, rows: tuple[Column, Column, Column, Column], lo: int, hi: int, traits: Column,
    procedures: tuple[Column, Column], plo: int, phi: int, params: Sequence[float],
) -> int:  # fmt: skip
    """Why a record is of no line (R8): by its context, else by what followed it. UNPLACED if it is."""
    start, end, drug, note = rows
    day, kind = procedures
    code, context = drug[row], note[row] & CONTEXT
    trait = traits[code]
    if context == CONDITIONING:
        return AS_CONDITIONING
    if context == MOBILISATION:
        return AS_MOBILISATION
    if context == LYMPHODEPLETION:
        return AS_DEPLETION
    if context == SUPPORT:
        return AS_SUPPORT
    if context == BRIDGING:
        return UNPLACED
    t = start[row]
    if trait & CONDITIONS and not note[row] & BY_MOUTH:
        for k in range(plo, phi):
            if kind[k] <= ALLOGENEIC and 0 <= day[k] - t <= params[P_CONDITION]:
                return AS_CONDITIONING
    if trait & DEPLETES:
        k = row
        while k < hi and start[k] - t <= params[P_DEPLETE]:
            if traits[drug[k]] & ONCE:
                return AS_DEPLETION
            k += 1
    if trait & IGNORED:
        return AS_SUPPORT
    if trait & MOBILISES and end[row] - t < params[P_COURSE] and not note[row] & OPEN:
        for k in range(plo, phi):
            if kind[k] <= COLLECTION and 0 <= day[k] - t <= params[P_MOBILISE]:
                other = lo
                while other < hi and start[other] - t <= params[P_ERA_GAP]:
                    near = drug[other] == code and t - end[other] <= params[P_ERA_GAP]
                    if near and other != row and abs(start[other] - t) >= params[P_COURSE]:
                        return UNPLACED  # part of a longer course
                    other += 1
                return AS_MOBILISATION
    return UNPLACED


def on_day(
    row: int, rows: tuple[Column, Column, Column, Column], lo: int, hi: int, traits: Column,
    procedures: tuple[Column, Column], plo: int, phi: int, params: Sequence[float],
    last_day: Column, edge: float, placed: MutableSequence[int],
) -> tuple[int, int, int, int, bool, bool]:  # fmt: skip
    """The records of the day of `row`: the row after them; their drugs as a set; flags of what is of no line; of the
    drugs those whose last dose was before `edge`; whether a cell product is among them, and whether a steroid.

    `last_day`: of each drug. What is of no line is written to `placed`, with its reason; the rest is UNPLACED.
    """
    start, _, drug, note = rows
    t, j = start[row], row
    group, flags, stale, once, aided = 0, 0, 0, False, False
    while j < hi and start[j] == t:
        code, place = drug[j], UNPLACED
        kind = traits[code]
        if kind & STEROID:
            place, aided = AS_STEROID, True
        elif kind & SPECIAL or note[j] & CONTEXT > MAINTENANCE:
            place = place_of(j, rows, lo, hi, traits, procedures, plo, phi, params)
        if place == UNPLACED:
            group |= 1 << code
            if last_day[code] < edge:
                stale |= 1 << code
            once = once or kind & ONCE != 0
        elif place == AS_MOBILISATION:
            flags |= F_MOBILISATION
        elif place == AS_SUPPORT:
            flags |= F_SUPPORT
        placed[j] = place
        j += 1
    return j, group, flags, stale, once, aided


def short_of(
    a: int, b: int, hi: int, start: Column, end: Column, drug: Column, note: Column, traits: Column, new: int,
    min_days: float, era_gap: float,
) -> int:  # fmt: skip
    """Of the drugs that are new on a day, those whose whole course is shorter than a cycle (R1)."""
    left = 0
    for k in range(a, b):
        code = drug[k]
        if not new >> code & 1 or note[k] & OPEN or traits[code] & AT_HOME or end[k] - start[k] + 1 >= min_days:
            continue
        last, over = end[k], False
        later = b
        while later < hi and start[later] - last <= era_gap:
            if drug[later] == code:
                last = max(last, end[later])
                over = over or note[later] & OPEN != 0
            if over or last - start[k] + 1 >= min_days:
                break
            later += 1
        if not over and last - start[k] + 1 < min_days:
            left |= 1 << code
    return left


def reach(
    a: int, b: int, hi: int, start: Column, end: Column, drug: Column, placed: Column, mask: int, era_gap: float,
    most: float,
) -> float:  # fmt: skip
    """The last day of the courses that drugs of `mask` begin in `[a, b)`; at least the first of those days, and at
    most `most`."""
    last = start[a]
    for k in range(a, b):
        if mask >> drug[k] & 1 and placed[k] == UNPLACED:
            last = max(last, end[k])
    k = b
    while k < hi and last < most and start[k] - last <= era_gap:
        if mask >> drug[k] & 1:
            last = max(last, end[k])
        k += 1
    return min(last, most)


def starting(a: int, hi: int, start: Column, drug: Column, note: Column, traits: Column, until: float) -> int:
    """The drugs of lines (no steroid, no supportive drug) with a record that begins in `[a, ...]` up to a day."""
    found = 0
    k = a
    while k < hi and start[k] <= until:
        if not traits[drug[k]] & (STEROID | IGNORED) and note[k] & CONTEXT <= MAINTENANCE:
            found |= 1 << drug[k]
        k += 1
    return found


def same_class(new: int, old: int, traits: Column) -> bool:
    """Whether each new drug shares a class with a drug that was dropped."""
    dropped, code = 0, 0
    while old >> code:
        if old >> code & 1:
            dropped |= traits[code] >> CLASS_SHIFT
        code += 1
    code = 0
    while new >> code:
        if new >> code & 1 and not traits[code] >> CLASS_SHIFT & dropped:
            return False
        code += 1
    return new != 0 and dropped != 0


def bridging_row(
    first: int, a: int, start: Column, placed: Column, note: Column, n: int, begun: int, t: int,
    procedures: tuple[Column, Column], plo: int, phi: int, days: float,
) -> int:  # fmt: skip
    """The row of the line from which it bridges to a cell product of day `t`, or -1: after the leukapheresis; where
    none is on record, a whole line begun within `days`."""
    day, kind = procedures
    edge, collected = t - days, False
    for k in range(plo, phi):
        if kind[k] == LEUKAPHERESIS and day[k] <= t:
            edge, collected = day[k], True
    for k in range(first, a):
        if placed[k] == n and (start[k] >= edge or note[k] & CONTEXT == BRIDGING):
            if collected or begun >= edge or note[k] & CONTEXT == BRIDGING:
                return k
            return -1
    return -1


def later_by_months(a: int, b: int, months: float) -> bool:
    """Whether day `b` lies more than so many whole calendar months after day `a`."""
    if b - a <= 28 * months:
        return False
    year, month, day = civil(a)
    other_year, other_month, other_day = civil(b)
    whole = (other_year - year) * 12 + other_month - month
    if whole != int(months):
        return whole > int(months)
    return other_day > day


def civil(day: int) -> tuple[int, int, int]:
    """Year, month and day of an ordinal of the proleptic Gregorian calendar (1 = 1 January of year 1)."""
    z = day + 305
    era = z // 146097
    doe = z - era * 146097
    yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
    doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
    mp = (5 * doy + 2) // 153
    month = mp + 3 if mp < 10 else mp - 9
    return yoe + era * 400 + (1 if month <= 2 else 0), month, doy - (153 * mp + 2) // 5 + 1
