"""Confirmation: what a second sample, a new line, or a death makes of a first finding; the running best of a line."""

from __future__ import annotations

from mspike.derive.kernel.codes import (
    AT_ONCE,
    BY_DEATH,
    BY_ITSELF,
    BY_NEW_LINE,
    BY_RECORD,
    BY_SAMPLE,
    CR,
    F_FROM_CR,
    F_LONE_CR,
    F_LONE_PD,
    F_LONE_PR,
    L_BEST,
    L_FROM_CR,
    L_MEASURABLE,
    L_PD_DAY,
    L_PD_KNOWN,
    NE,
    NODAY,
    O_CONFIRMED,
    O_DAY,
    O_FLAGS,
    O_HOW,
    O_KNOWN,
    O_LEVEL,
    O_STATED,
    P_NEW_LINE,
    PD,
    PR,
    REFUTED,
    SD,
)
from mspike.derive.kernel.markers import Output, Values


def confirm(w: int, level: int, how: int, day: int, ints: Output) -> None:
    """The row's level stands, as `level`, from this day on."""
    if ints[O_HOW][w] == 0 or level > ints[O_CONFIRMED][w]:
        ints[O_CONFIRMED][w] = level
        ints[O_HOW][w] = how
        ints[O_KNOWN][w] = day


def settle(
    w: int, level: int, clauses: int, recorded: bool, by_marrow: bool, speaks: bool, waiting: int, progressing: int,
    best: int, ints: Output,
) -> tuple[int, int, int]:  # fmt: skip
    """What the row `w` confirms, and what of it waits: the row waiting, the row progressing, the best so far.

    `waiting`, `progressing`: rows of a response and of a progression that a second sample would confirm, -1 for none.
    `recorded`: the record states the level as confirmed. `by_marrow`: a marrow of the sample tells it, which needs no
    second one up to a partial response; immunofixation does. `speaks`: the sample speaks against the progression.
    """
    day = ints[O_DAY][w]
    if level == PD:
        if progressing >= 0:
            confirm(progressing, PD, BY_SAMPLE, day, ints)
        if clauses & AT_ONCE:
            confirm(w, PD, BY_ITSELF, day, ints)
        elif recorded:
            confirm(w, PD, BY_RECORD, day, ints)
        elif progressing < 0:
            progressing = w
    elif speaks:
        if ints[O_HOW][progressing] == 0:
            ints[O_HOW][progressing] = REFUTED
            ints[O_FLAGS][progressing] |= F_LONE_PD
        progressing = -1
    if level == NE:
        return waiting, progressing, best
    if waiting >= 0:
        reached = min(ints[O_LEVEL][waiting], level) if level != PD else SD
        if reached > ints[O_CONFIRMED][waiting]:
            confirm(waiting, reached, BY_SAMPLE, day, ints)
        best = max(best, reached)
        if level == PD and best < ints[O_LEVEL][waiting]:
            lone(waiting, ints)
    if level == PD:
        return -1, progressing, best
    ints[O_CONFIRMED][w] = SD
    if recorded:
        confirm(w, level, BY_RECORD, day, ints)
        best = max(best, level)
    elif by_marrow and level >= PR:
        confirm(w, PR, BY_ITSELF, day, ints)
        best = max(best, PR)
    return w, progressing, best


def lone(w: int, ints: Output) -> None:
    """Flags a response that no second sample reached."""
    reached = ints[O_LEVEL][w]
    if reached >= CR and ints[O_CONFIRMED][w] < CR:
        ints[O_FLAGS][w] |= F_LONE_CR
    elif reached == PR and ints[O_CONFIRMED][w] < PR:
        ints[O_FLAGS][w] |= F_LONE_PR


def end_line(
    line: int, later: int, death: int, first: int, rows: int, waiting: int, progressing: int, measurable: int,
    params: Values, ints: Output, out: int, line_ints: Output, at: int,
) -> None:  # fmt: skip
    """What a new line or a death confirms; then the running best of the line, which a progression absorbs.

    Without a measurable baseline a progression says nothing about the response before it.
    """
    if progressing >= 0 and ints[O_HOW][progressing] == 0:
        if later != NODAY and params[P_NEW_LINE] > 0.0:
            confirm(progressing, PD, BY_NEW_LINE, later, ints)
        elif later == NODAY and death != NODAY and death >= ints[O_DAY][progressing]:
            confirm(progressing, PD, BY_DEATH, death, ints)
        else:
            ints[O_FLAGS][progressing] |= F_LONE_PD
    running = NE
    best = NE
    pd_day = pd_known = from_cr = NODAY
    told = measurable != 0
    for w in range(out + first, out + rows):
        own = ints[O_CONFIRMED][w]
        if own == PD and running != PD:
            running = PD
            pd_day = ints[O_DAY][w]
            pd_known = ints[O_KNOWN][w]
            told = told or ints[O_STATED][w] > 0
        elif running != PD:
            running = max(running, own)
            best = running
        if ints[O_FLAGS][w] & F_FROM_CR and from_cr == NODAY:
            from_cr = ints[O_DAY][w]
        ints[O_CONFIRMED][w] = running
    if waiting >= 0 and ints[O_CONFIRMED][waiting] != PD:
        lone(waiting, ints)
    line_ints[L_MEASURABLE][at] = measurable
    line_ints[L_BEST][at] = PD if best == NE and running == PD and told else best
    line_ints[L_PD_DAY][at] = pd_day
    line_ints[L_PD_KNOWN][at] = pd_known
    line_ints[L_FROM_CR][at] = from_cr
