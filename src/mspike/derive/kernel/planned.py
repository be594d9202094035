"""What may be planned within a line (R1): continuation, maintenance, and, where nothing shows the disease, changes.

Which changes of treatment were planned a record seldom says. The limits are parameters; each is one of
knowledge/data/policies/, with who published it.
"""

from __future__ import annotations

from collections.abc import Sequence

from mspike.derive.kernel.codes import NODAY
from mspike.derive.kernel.courses import starting
from mspike.derive.kernel.line_codes import (
    AFTER_PD,
    ALLOGENEIC,
    AS_STEROID,
    CONSOLIDATION,
    CONTEXT,
    FIRST,
    IGNORED,
    MAINTAINS,
    MAINTENANCE,
    NOT_FIRST,
    P_CARRY,
    P_CONTINUE,
    P_INDUCTION,
    P_MAINTAIN,
    P_TANDEM,
    P_TRANSPLANT,
    P_UNWATCHED,
    S_TOXICITY,
    STAYS,
    STEROID,
    STOP,
    STOP_SHIFT,
    TRANSPLANTED,
    UNPLACED,
)  # fmt: skip

Column = Sequence[int]


def opened_by_graft(
    n: int, since: bool, transplant: int, t: int, begun: int, late: bool, params: Sequence[float]
) -> int:
    """Why a transplant of day `t` begins a line, STAYS if it is of the line at hand (R5).

    `n`: lines so far; `since`: a progression since that line's beginning; `transplant`: its last one; `late`: whether
    too long a time before a first one tells.
    """
    if n == 0:
        return FIRST
    if since:
        return AFTER_PD
    if transplant == NODAY:
        return TRANSPLANTED if late and t - begun > params[P_TRANSPLANT] else STAYS
    return TRANSPLANTED if t - transplant > params[P_TANDEM] else STAYS


def steps_down(
    new: int, beside: int, gap: float, first: int, a: int, hi: int, start: Column, end: Column, drug: Column,
    note: Column, traits: Column, placed: Column, latest: int, covered: int, until: float, params: Sequence[float],
) -> bool:  # fmt: skip
    """Whether a combination goes on as one drug alone: `new`, begun in row `a`, with nothing `beside` it.

    One drug with a steroid is a combination: to step down from, and none to step down to, whether the steroid begins
    with the drug or goes on to the day `until`. `latest`: the row of the last dose before, on the day `covered`, `gap`
    days ago.
    """
    if several(new) or beside != new or gap > params[P_CONTINUE]:
        return False
    if note[latest] >> STOP_SHIFT & STOP == S_TOXICITY:
        return False
    held = 0
    for k in range(first, a):
        steroid = placed[k] == AS_STEROID
        if steroid and end[k] >= until:
            return False
        if (steroid or placed[k] > 0) and end[k] >= covered - params[P_CARRY]:
            held |= 1 << drug[k]
    k = a
    while k < hi and start[k] <= start[a] + params[P_CARRY]:
        if traits[drug[k]] & STEROID:
            return False
        k += 1
    return several(held)


def upkeep_alone(
    group: int, new: int, n: int, age: int, gap: int, transplant: int, a: int, b: int, hi: int, start: Column,
    drug: Column, note: Column, traits: Column, params: Sequence[float],
) -> bool:  # fmt: skip
    """Of a record that says nothing of the disease: whether rows `[a, b)` begin one maintenance drug, and that alone,
    so that line `n`, `age` days old and with its last dose `gap` days ago, goes on.

    A relapse is seldom treated with one drug and no steroid. Of a first line the limit is the time in which changes are
    taken as planned; for a drug of the line that begins again where no transplant was, the gap that ends a line. Of a
    later line it is the time in which a combination steps down.
    """
    if several(group) or not having(group, a, b, drug, traits, MAINTAINS) or gap > params[P_UNWATCHED]:
        return False
    if n > 1:
        if age > params[P_CONTINUE]:
            return False
    elif having(new, a, b, drug, traits, NOT_FIRST) or (new == 0 and transplant == NODAY and gap > params[P_MAINTAIN]):
        return False
    return starting(a, hi, start, drug, note, traits, start[a] + params[P_CARRY]) == group


def taken_as_planned(
    new: int, kept: int, t: int, begun: int, transplant: int, with_it: int, a: int, b: int, drug: Column,
    traits: Column, day: Column, kind: Column, plo: int, phi: int, params: Sequence[float],
) -> bool:  # fmt: skip
    """Of a record that says nothing of the disease: whether drugs begun in rows `[a, b)` of a first line are planned.

    Within the time of an induction all do. Later, drugs for relapsed disease do only on the way to a transplant
    (procedures `[plo, phi)`), and a combination (`with_it`) in place of all that was given (nothing `kept`) only there
    or after one.
    """
    age = t - begun
    if age > params[P_UNWATCHED]:
        return False
    if age <= params[P_INDUCTION] or transplanted(day, kind, plo, phi, begun + params[P_TRANSPLANT]):
        return True
    return not having(new, a, b, drug, traits, NOT_FIRST) and (transplant != NODAY or kept != 0 or not several(with_it))


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


def having(drugs: int, a: int, b: int, drug: Column, traits: Column, trait: int) -> int:
    """Of a set of drugs begun in rows `[a, b)`, those that have a trait."""
    found = 0
    for k in range(a, b):
        if traits[drug[k]] & trait:
            found |= 1 << drug[k]
    return found & drugs


def several(drugs: int) -> bool:
    """Whether a set holds more than one drug."""
    return drugs & (drugs - 1) != 0
