"""Lines of therapy of one patient from dated drug records: rules R1 to R11 of spec/lines.md, in one sweep of the days.

Rajkumar, Richardson and San Miguel, Blood 2015;126:921. What the rules leave to the reader ("planned") is a parameter;
what each stands for, and who published it, is in knowledge/data/policies/. Days are ordinals, drugs bits of an int.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence

from mspike.derive.kernel.codes import FAR, NODAY
from mspike.derive.kernel.courses import (
    bridging_row,
    later_by_months,
    on_day,
    reach,
    same_class,
    short_of,
    starting,
)  # fmt: skip
from mspike.derive.kernel.doses import Doses, board, cycles, take
from mspike.derive.kernel.line_codes import (
    ADDED,
    AFTER_GAP,
    AFTER_PD,
    ALLOGENEIC,
    AS_INCOMPLETE,
    AS_SMOULDERING,
    AUTOLOGOUS,
    CELLS,
    F_BEFORE_DIAGNOSIS,
    F_BRIDGING,
    F_FREE_INTERVAL,
    F_INCOMPLETE,
    F_LATE,
    F_NO_PD,
    F_REASON_UNKNOWN,
    F_RETREATMENT,
    F_SAME_CLASS,
    FIRST,
    IN_ALLO,
    IN_AUTO,
    IN_BRIDGING,
    IN_CAR_T,
    IN_MAINTENANCE,
    IN_RETREATMENT,
    L_BEGAN,
    L_START,
    LATE,
    MAINTAINS,
    P_BRIDGE,
    P_BRIDGING_OWN,
    P_CARRY,
    P_COUNT_FROM,
    P_ERA_GAP,
    P_FREE_MONTHS,
    P_LINE_GAP,
    P_MAINTAIN,
    P_MIN_DAYS,
    P_NEEDS_PD,
    P_NONRESPONSE,
    P_RESTART,
    P_UNWATCHED,
    P_UNWATCHED_GAP,
    P_WINDOW,
    SIGN_PD,
    SIGN_SD,
    STAYS,
    SWITCHED,
    UNPLACED,
)  # fmt: skip
from mspike.derive.kernel.line_ends import close_line
from mspike.derive.kernel.planned import (
    goes_on,
    having,
    opened_by_graft,
    recent,
    stated_planned,
    steps_down,
    taken_as_planned,
    upkeep_alone,
)

Column = Sequence[int]
Table = tuple[MutableSequence[int], ...]


def derive_lines(
    rows: tuple[Column, Column, Column, Column], lo: int, hi: int, traits: Column,
    procedures: tuple[Column, Column], plo: int, phi: int, signs: tuple[Column, Column], glo: int, ghi: int,
    watched: int, params: Sequence[float], doses: Doses, placed: MutableSequence[int], lines: Table, o: int,
) -> int:  # fmt: skip
    """Writes the lines of one patient from `o` on and returns how many there are; `finish_lines` completes them.

    `rows`: start, end, drug and note of the records, sorted by start; an open record ends on the day of reading.
    `traits`: what each drug is. `procedures`: day and kind, sorted. `signs`: day and kind of progressions, confirmed
    or not, and of stable disease, sorted. `watched`: whether the record says anything about the disease.
    `doses`: scratch, DRUG_PLACES each. `placed`: each record's line (1, 2, ...), or why it is in none. `lines`: the
    columns `L_START`, ...; there is room for one line for each record and procedure.
    """
    start, end, drug, note = rows
    pday, pkind = procedures
    gday, gkind = signs
    window, era_gap, line_gap = params[P_WINDOW], params[P_ERA_GAP], params[P_LINE_GAP]
    if not watched and line_gap == 0:
        line_gap = params[P_UNWATCHED_GAP]
    maintain, min_days, carry = params[P_MAINTAIN], params[P_MIN_DAYS], params[P_CARRY]
    n, begun, covered, drugs, transplant, parts, flags = 0, NODAY, NODAY, 0, NODAY, 0, 0
    pause, waiting, sealed, first, latest = NODAY, 0, False, lo, lo
    pd, sd, sure = NODAY, NODAY, NODAY
    held, many = 0, 0  # the drugs with a dose from row `first` on, as a set, and how many
    calm = int(min(era_gap, line_gap) if line_gap > 0 else era_gap)
    i, p, g = lo, plo, glo
    while i < hi and start[i] < params[P_COUNT_FROM]:  # R10
        placed[i] = AS_SMOULDERING
        waiting |= F_BEFORE_DIAGNOSIS
        i += 1
    while i < hi or p < phi:
        if p < phi and pkind[p] > ALLOGENEIC:
            p += 1
            continue
        due = pday[p] + 1 if p < phi else FAR
        if g < ghi and gday[g] < due:
            due = gday[g]
        if n and i < hi:
            lapse = int(era_gap if pd > begun else maintain)
            i, covered, latest = cycles(i, hi, due, rows, lo, traits, procedures, plo, phi, params, n, drugs, calm,
                                        lapse, placed, doses, covered, latest)  # fmt: skip
        if i >= hi and p >= phi:
            break
        grafted = p < phi and (i >= hi or pday[p] < start[i])
        t = pday[p] if grafted else start[i]
        while g < ghi and gday[g] <= t:
            if gkind[g] == SIGN_SD:
                sd = gday[g]
            else:
                pd = gday[g]
            sure = pd if gkind[g] == SIGN_PD else sure
            g += 1
        since, gap = pd > begun, t - covered
        opens, group, new, once, kept, back, j = STAYS, 0, 0, False, 0, -1, i
        if grafted:
            late = watched > 0 or gap > line_gap
            opens = opened_by_graft(n, since, transplant, t, begun, late, params)
        else:
            edge = t - (era_gap if since else maintain)
            j, group, seen, stale, once, aided = on_day(i, rows, lo, hi, traits, procedures, plo, phi, params,
                                                        doses[0], edge, placed)  # fmt: skip
            new = group & ~drugs
            if not new | seen | stale and not once and (group == 0 or gap <= calm):
                held, many, covered, latest = take(i, j, n, rows, placed, doses, held, many, covered, latest)
                i = j  # one more cycle: nothing can begin here
                continue
            young = n > 0 and not since and not sealed and t - begun <= window
            if new and young:
                near = 0 if watched else recent(first, i, end, drug, placed, t - carry)
                young = near != 0 or board(doses, many, i, hi, start, end, drug, drugs, t, era_gap) != 0
                if young and not watched and n > 1 and t - begun > carry:  # R2: after a cycle, all of it stopped
                    young = board(doses, many, i, hi, start, end, drug, drugs, t + carry, era_gap) != 0
            brief = new != 0 and not once and min_days > 1 and not young  # R1
            if brief and (watched > 0 or goes_on(j, hi, start, drug, traits, new, t + carry)):
                left = short_of(i, j, hi, start, end, drug, note, traits, new, min_days, era_gap)
                if left == new:
                    group &= drugs
                    new = 0
                    seen |= F_INCOMPLETE
                    for k in range(i, j):
                        if placed[k] == UNPLACED and left >> drug[k] & 1:
                            placed[k] = AS_INCOMPLETE
            if n:
                flags |= seen
            else:
                waiting |= seen
            if group == 0:
                i = j
                continue
            after = transplant != NODAY and t - transplant <= maintain and not since
            alone = (
                n > 0 and not watched and not aided and not once and not sealed
                and upkeep_alone(group, new, n, t - begun, gap, transplant, i, j, hi, start, drug, note, traits, params)
                and board(doses, many, i, hi, start, end, drug, drugs & ~group, t + carry, era_gap) == 0
            )  # fmt: skip
            again = not watched and n == 1 and not aided and params[P_UNWATCHED] > 0
            if n and gap <= era_gap and not again:  # R4: a drug that had been stopped is added to those that go on
                new |= stale & group & drugs
            if n == 0:
                opens = FIRST
            elif line_gap > 0 and gap > line_gap and not after and not (alone and params[P_LINE_GAP] == 0):
                opens = AFTER_PD if since else AFTER_GAP
            elif new == 0:
                if gap > era_gap and not after:  # R6, R7
                    other = starting(i, hi, start, drug, note, traits, t + window)
                    if since and (params[P_RESTART] > 0 or drugs & ~other or other & ~drugs):
                        opens = AFTER_PD
                    elif gap > maintain and drugs & ~other and not alone:
                        opens = LATE
                    elif other & ~drugs:
                        opens = LATE if gap > maintain else SWITCHED
                    elif transplant == NODAY:
                        flags |= F_RETREATMENT
                        parts |= IN_RETREATMENT
                        pause = gap
                        if later_by_months(covered, t, params[P_FREE_MONTHS]):
                            flags |= F_FREE_INTERVAL
                    else:
                        flags |= F_LATE
            elif once:
                opens = AFTER_PD if since else CELLS
                if not sealed and params[P_BRIDGING_OWN] == 0:  # R9
                    back = bridging_row(
                        first, i, start, placed, note, n, begun, t, procedures, plo, phi, params[P_BRIDGE]
                    )
                    if back >= 0 and start[back] == begun:
                        opens, back = STAYS, -1
                        parts |= IN_BRIDGING
                        flags |= F_BRIDGING
            else:
                unwell = since or (sd > begun and params[P_NONRESPONSE] > 0)
                upkeep = having(new, i, j, drug, traits, MAINTAINS) == new
                until = reach(i, j, hi, start, end, drug, placed, new, era_gap, t + carry)
                kept = board(doses, many, i, hi, start, end, drug, drugs, until, era_gap)
                if (young and not unwell) or (after and upkeep):
                    pass  # the regimen is still being put together; planned after the transplant
                elif not since and stated_planned(i, j, note, placed):
                    parts |= IN_MAINTENANCE
                elif (
                    upkeep and n == 1 and not unwell and not sealed and transplant == NODAY
                    and not parts & IN_MAINTENANCE
                    and steps_down(
                        new, group | kept, gap, first, i, hi, start, end, drug, note, traits, placed, latest, covered,
                        until, params,
                    )
                ):  # fmt: skip
                    parts |= IN_MAINTENANCE
                elif alone:
                    flags |= F_NO_PD
                elif (
                    n == 1 and not watched and not sealed and (transplant == NODAY or upkeep) and gap <= maintain
                    and taken_as_planned(
                        new, kept & ~group, t, begun, transplant,
                        starting(i, hi, start, drug, note, traits, t + carry), i, j, drug, traits, pday, pkind, p, phi,
                        params,
                    )
                ):  # fmt: skip
                    flags |= F_NO_PD if drugs & ~kept & ~group else F_REASON_UNKNOWN
                elif (
                    n > 1 and not watched and not sealed and t - begun <= params[P_UNWATCHED]
                    and drugs & ~group & recent(first, i, end, drug, placed, t + carry)
                ):  # fmt: skip
                    flags |= F_REASON_UNKNOWN
                elif params[P_NEEDS_PD] > 0 and not unwell and not sealed and gap <= era_gap:
                    flags |= F_NO_PD
                elif since:
                    opens = AFTER_PD
                elif gap > maintain:
                    opens = LATE
                else:  # R2, R4
                    opens = ADDED if drugs & ~kept & ~group == 0 else SWITCHED
        if opens:
            if back >= 0:  # the last records of the line bridge to the cell product
                covered = begun
                for k in range(first, i):
                    if placed[k] == n and k < back:
                        covered = max(covered, end[k])
                    elif placed[k] == n:
                        placed[k] = n + 1
                        kept |= 1 << drug[k]
            edge = start[back] if back >= 0 else t
            flags_of_next = waiting
            pause_of_next = NODAY
            if n:
                close_line(lines, o + n - 1, max(begun, min(covered, edge - 1)), drugs, parts, flags, transplant,
                           pd if since else NODAY, pause, latest)  # fmt: skip
                pause_of_next = max(0, edge - covered)
                if later_by_months(covered, edge, params[P_FREE_MONTHS]):
                    flags_of_next |= F_FREE_INTERVAL
                if opens == SWITCHED and new and same_class(new, drugs & ~kept & ~group, traits):
                    flags_of_next |= F_SAME_CLASS
            if opens == LATE:
                flags_of_next |= F_LATE
            elif opens == ADDED and sd <= begun:  # stable disease is a reason
                flags_of_next |= F_REASON_UNKNOWN
            elif opens == SWITCHED:
                flags_of_next |= F_NO_PD
            parts = 0
            if back >= 0:
                parts = IN_BRIDGING
                flags_of_next |= F_BRIDGING
            begun, covered, latest = edge, edge, i if i < hi else hi - 1
            if not kept:
                first, held, many = i, 0, 0
            for k in range(first, i):  # drugs that go on are drugs of the new line
                if placed[k] > 0 and kept >> drug[k] & 1 and end[k] > covered:
                    covered, latest = end[k], k
            flags, pause, drugs, waiting, sealed, transplant = flags_of_next, pause_of_next, kept, 0, False, NODAY
            lines[L_START][o + n], lines[L_BEGAN][o + n] = begun, opens
            n += 1
        if grafted:
            transplant = t
            covered = max(covered, t)
            parts |= IN_AUTO if pkind[p] == AUTOLOGOUS else IN_ALLO
            p += 1
            continue
        drugs |= group
        if once:
            sealed = True
            parts |= IN_CAR_T
        held, many, covered, latest = take(i, j, n, rows, placed, doses, held, many, covered, latest)
        i = j
    if n:
        while g < ghi:
            sure = gday[g] if gkind[g] == SIGN_PD else sure
            g += 1
        close_line(lines, o + n - 1, covered, drugs, parts, flags | waiting, transplant,
                   sure if sure > begun else NODAY, pause, latest)  # fmt: skip
    return n
