"""What may be planned within a line (R1): continuation, maintenance, and, where nothing shows the disease, changes.

Which changes of treatment were planned a record seldom says. The limits are parameters; each is one of
knowledge/data/policies/, with who published it.
"""

from __future__ import annotations

from collections.abc import Sequence

from mspike.derive.kernel.courses import starting
from mspike.derive.kernel.line_codes import (
    ALLOGENEIC,
    CONSOLIDATION,
    CONTEXT,
    IGNORED,
    MAINTAINS,
    MAINTENANCE,
    NOT_FIRST,
    P_CARRY,
    P_CONTINUE,
    P_TRANSPLANT,
    P_UNWATCHED,
    P_WINDOW,
    S_TOXICITY,
    STEROID,
    STOP,
    STOP_SHIFT,
    UNPLACED,
)  # fmt: skip

Column = Sequence[int]


def steps_down(
    new: int, beside: int, gap: float, first: int, a: int, end: Column, drug: Column, note: Column, placed: Column,
    latest: int, covered: int, params: Sequence[float],
) -> bool:  # fmt: skip
    """Whether a combination goes on as one drug alone: `new`, begun in row `a`, with nothing `beside` it.

    `latest`: the row of the last dose before, on the day `covered`, `gap` days ago.
    """
    if several(new) or beside != new or gap > params[P_CONTINUE]:
        return False
    if note[latest] >> STOP_SHIFT & STOP == S_TOXICITY:
        return False
    return several(recent(first, a, end, drug, placed, covered - params[P_CARRY]))


def maintains_late(
    group: int, a: int, hi: int, start: Column, drug: Column, note: Column, traits: Column, transplant: int,
    params: Sequence[float],
) -> bool:  # fmt: skip
    """Of a record that says nothing of the disease: whether row `a` begins one maintenance drug, and that alone, within
    the time in which changes are taken as planned after a transplant."""
    t = start[a]
    if several(group) or not having(group, traits, MAINTAINS) or t - transplant > params[P_UNWATCHED]:
        return False
    return starting(a, hi, start, drug, note, traits, t + params[P_WINDOW]) == group


def taken_as_planned(
    new: int, t: int, begun: int, traits: Column, day: Column, kind: Column, a: int, b: int, params: Sequence[float]
) -> bool:
    """Of a record that says nothing of the disease: whether drugs begun on day `t` of a first line pass as planned.

    Drugs for relapsed disease are only where the line is young, or on the way to a transplant (procedures `[a, b)`).
    """
    if t - begun > params[P_UNWATCHED]:
        return False
    if t - begun <= params[P_WINDOW] or not having(new, traits, NOT_FIRST):
        return True
    return transplanted(day, kind, a, b, begun + params[P_TRANSPLANT])


def stated_planned(a: int, b: int, note: Column, placed: Column) -> bool:
    """Whether every record of a day that belongs to a line is called consolidation or maintenance."""
    for k in range(a, b):
        context = note[k] & CONTEXT
        if placed[k] == UNPLACED and context != CONSOLIDATION and context != MAINTENANCE:
            return False
    return True


def transplanted(day: Column, kind: Column, a: int, b: int, until: float) -> bool:
    """Whether a transplant follows, among procedures `[a, b)`, by the day `until`."""
    k = a
    while k < b and (kind[k] > ALLOGENEIC or day[k] > until):
        k += 1
    return k < b


def goes_on(a: int, hi: int, start: Column, drug: Column, traits: Column, mask: int, day: float) -> bool:
    """Whether another drug than those of `mask` (no steroid, no supportive drug) begins after a day, from row `a`."""
    for k in range(hi - 1, a - 1, -1):
        if start[k] <= day:
            return False
        if not mask >> drug[k] & 1 and not traits[drug[k]] & (STEROID | IGNORED):
            return True
    return False


def recent(first: int, a: int, end: Column, drug: Column, placed: Column, day: float) -> int:
    """The drugs of a line that were given on a day or later, before row `a`."""
    found = 0
    for k in range(first, a):
        if placed[k] > 0 and end[k] >= day:
            found |= 1 << drug[k]
    return found


def having(drugs: int, traits: Column, trait: int) -> int:
    """Of a set of drugs, those that have a trait."""
    found = 0
    for code in range(len(traits)):
        if drugs >> code & 1 and traits[code] & trait:
            found |= 1 << code
    return found


def several(drugs: int) -> bool:
    """Whether a set holds more than one drug."""
    return drugs & (drugs - 1) != 0
