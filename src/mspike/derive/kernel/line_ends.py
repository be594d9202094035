"""What is known of a line once all lines are: its steroid, its parts, why it ended, the flags that compare lines."""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence

from mspike.derive.kernel.codes import FAR, NODAY
from mspike.derive.kernel.line_codes import (
    AS_STEROID,
    CONSOLIDATION,
    CONTEXT,
    F_REPEATED,
    F_RETREATMENT,
    F_SCT_ONLY,
    F_STEROID_ALONE,
    IN_CAR_T,
    IN_CONSOLIDATION,
    IN_CONTINUATION,
    IN_INDUCTION,
    IN_MAINTENANCE,
    IN_RETREATMENT,
    IN_TREATMENT,
    L_CORE,
    L_DRUGS,
    L_ENDED,
    L_FLAGS,
    L_LAST,
    L_PARTS,
    L_PAUSE,
    L_PD,
    L_START,
    L_STOP,
    L_TRANSPLANT,
    L_UPKEEP,
    MAINTENANCE,
    ONGOING,
    OPEN,
    P_CARRY,
    P_MAINTAIN,
    P_REFRACTORY,
    S_PROGRESSION,
    STOP,
    STOP_SHIFT,
)  # fmt: skip

Column = Sequence[int]
Table = tuple[MutableSequence[int], ...]


def close_line(
    lines: Table,
    at: int,
    stop: int,
    drugs: int,
    parts: int,
    flags: int,
    transplant: int,
    pd: int,
    pause: int,
    latest: int,
) -> None:
    """Writes what is known of a line when it ends."""
    lines[L_STOP][at], lines[L_DRUGS][at], lines[L_PARTS][at], lines[L_FLAGS][at] = stop, drugs, parts, flags
    lines[L_TRANSPLANT][at], lines[L_PD][at], lines[L_PAUSE][at], lines[L_LAST][at] = transplant, pd, pause, latest


def finish_lines(
    rows: tuple[Column, Column, Column, Column], lo: int, hi: int, params: Sequence[float],
    placed: MutableSequence[int], lines: Table, o: int, n: int,
) -> None:  # fmt: skip
    """Completes the `n` lines that `derive_lines` wrote from `o` on: steroids (R8), parts, ends, comparisons (R6)."""
    start, end, drug, note = rows
    begun, stop, drugs, parts, flags = lines[L_START], lines[L_STOP], lines[L_DRUGS], lines[L_PARTS], lines[L_FLAGS]
    core, transplant, upkeep = lines[L_CORE], lines[L_TRANSPLANT], lines[L_UPKEEP]
    maintain, carry = params[P_MAINTAIN], int(params[P_CARRY])
    for at in range(o, o + n):
        core[at], upkeep[at] = 0, 0
    # two columns are in use until the parts are known: drugs after the transplant, drugs to the end
    since, late = lines[L_ENDED], upkeep
    for at in range(o, o + n):
        since[at] = 0
    q, steroids = o, 0
    # of the line at hand: its drugs, those after the transplant, those to the end; when the next line begins
    was, here, mask, given, tail = 0, o, 0, 0, 0
    graft, near_end, next_day = NODAY, 0, FAR
    for i in range(lo, hi):
        place = placed[i]
        if place > 0:
            if place != was:
                if was:
                    core[here], since[here], late[here] = mask, given, tail
                was, here = place, o + place - 1
                mask, given, tail = core[here], since[here], late[here]
                graft, near_end = transplant[here], stop[here] - carry
                next_day = begun[here + 1] if place < n else FAR
            bit, last = 1 << drug[i], end[i]
            mask |= bit
            if last >= next_day:  # it goes on into the next line
                after = here + 1
                while after < o + n and begun[after] <= last:
                    core[after] |= bit & drugs[after]
                    after += 1
            if graft == NODAY:
                tail |= bit if last >= near_end else 0
            elif last > graft:
                given |= bit
                context = note[i] & CONTEXT
                if context == MAINTENANCE or (context != CONSOLIDATION and last - graft > maintain):
                    tail |= bit
        elif place == AS_STEROID:
            bit, day, last = 1 << drug[i], start[i], end[i]
            steroids |= bit
            while q < o + n and stop[q] < day:
                q += 1
            at, found = q, False
            while at < o + n and begun[at] <= last:
                if day >= begun[at] or last >= min(begun[at] + carry, stop[at]):
                    drugs[at] |= bit
                    found = True
                at += 1
            if not found and n:
                flags[min(q, o + n - 1)] |= F_STEROID_ALONE
    if was:
        core[here], since[here], late[here] = mask, given, tail
    for at in range(o, o + n):
        part, mask = parts[at], core[at]
        drugs[at] &= mask | steroids
        if transplant[at] != NODAY:
            given = since[at]
            part &= ~IN_MAINTENANCE
            if given and given & (given - 1) == 0:
                late[at] = given  # one drug alone after the transplant is its maintenance
            if late[at]:
                part |= IN_MAINTENANCE
            if given & ~late[at]:
                part |= IN_CONSOLIDATION
            if mask and begun[at] < transplant[at]:
                part |= IN_INDUCTION
            if mask == 0:
                flags[at] |= F_SCT_ONLY
        elif part & IN_CAR_T:
            upkeep[at] = 0
        elif part & IN_MAINTENANCE:
            part |= IN_INDUCTION
        elif at == o and not part & IN_RETREATMENT and late[at] & mask and mask & ~late[at]:
            part |= IN_INDUCTION | IN_CONTINUATION
            upkeep[at] = 0
        else:
            part |= IN_TREATMENT
            upkeep[at] = 0
        parts[at] = part
        final, day, row = at == o + n - 1, lines[L_PD][at], lines[L_LAST][at]
        own = hi > lo and placed[row] > 0  # not a transplant alone
        if own and final and note[row] & OPEN and end[row] >= stop[at]:
            lines[L_ENDED][at] = ONGOING
        elif lines[L_PD][at] != NODAY and 0 <= stop[at] - day <= params[P_REFRACTORY]:
            lines[L_ENDED][at] = S_PROGRESSION
        elif not own:
            lines[L_ENDED][at] = 0
        elif end[row] == stop[at]:
            lines[L_ENDED][at] = note[row] >> STOP_SHIFT & STOP
        else:
            lines[L_ENDED][at] = 0
        for other in range(o, at):
            if mask and mask == core[other]:
                flags[at] |= F_RETREATMENT if other == at - 1 else F_REPEATED
