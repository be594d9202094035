"""The level of one sample: every measurable marker is asked, the worst decides, what is missing is named."""

from __future__ import annotations

from mspike.derive.kernel.codes import (
    A_ANY,
    A_BASELINE,
    A_MARROW,
    A_PLASMACYTOMA,
    A_SERUM,
    A_URINE,
    A_URINE_IFE,
    BASE,
    CR,
    CUT_DFLC_PR,
    CUT_DFLC_VGPR,
    CUT_MARROW_PR,
    CUT_MR,
    CUT_PR,
    CUT_SPD_MR,
    CUT_SPD_PR,
    CUT_SPD_VGPR,
    CUT_URINE_MR,
    CUT_URINE_PR,
    CUT_VGPR,
    F_NO_URINE,
    F_PENDING_MARROW,
    F_PLASMACYTOMA,
    FLEXIBLE,
    H_MARROW,
    H_RATIO,
    H_SERUM_BAND,
    H_SERUM_IFE,
    H_URINE_BAND,
    M_DFLC,
    M_MARROW,
    M_SERUM,
    M_SPD,
    M_URINE,
    MISSING,
    MR,
    NE,
    NOT_EVALUABLE,
    P_CR_MARROW,
    P_MINIMAL,
    P_MISSING,
    P_PR_URINE,
    P_SPD_VGPR,
    P_STRINGENT,
    P_VGPR_URINE,
    PR,
    SCR,
    SD,
    VGPR,
)
from mspike.derive.kernel.markers import Scratch, Values, slack

Grade = tuple[int, int, int, int]
"""Level, deciding marker, flags, and what was missing or assumed."""


def grade(
    measurable: int, serum: float, urine: float, dflc: float, marrow: float, spd: float, normal_ratio: int,
    serum_ife: int, urine_ife: int, clonal: float, mem: Scratch, params: Values,
) -> Grade:  # fmt: skip
    """`measurable`: bits of the markers; `normal_ratio`, the immunofixations: 1, 0, or -1 for not done.

    A level below VGPR rests on the amounts; VGPR is the most that they reach; CR and sCR need the other findings.
    """
    level = VGPR
    marker = M_SERUM
    gaps = 0
    flags = 0
    handling = int(params[P_MISSING])
    if measurable & 1:
        if serum == MISSING:
            return NE, M_SERUM, 0, A_SERUM
        if serum > mem[CUT_VGPR] and serum > 0.0:
            level = PR if serum <= mem[CUT_PR] else MR if serum <= mem[CUT_MR] else SD
    if measurable & 2:
        if urine == MISSING:
            if not measurable & 1:
                return NE, M_URINE, 0, A_URINE
            gaps = A_URINE
            flags = F_NO_URINE
        else:
            if urine < params[P_VGPR_URINE] - slack(params[P_VGPR_URINE]):
                reached = VGPR
            elif urine <= mem[CUT_URINE_PR] or urine < params[P_PR_URINE] - slack(params[P_PR_URINE]):
                reached = PR
            else:
                reached = MR if urine <= mem[CUT_URINE_MR] else SD
            if reached < level or not measurable & 1:
                level = reached
                marker = M_URINE
    elif not measurable & 1:
        if measurable & 4:
            marker = M_DFLC
            if dflc == MISSING:
                return NE, M_DFLC, 0, 0
            if dflc > mem[CUT_DFLC_VGPR]:
                level = PR if dflc <= mem[CUT_DFLC_PR] else SD
        elif measurable & 8:
            marker = M_MARROW
            if marrow == MISSING:
                return NE, M_MARROW, 0, 0
            if marrow >= params[P_CR_MARROW] - slack(params[P_CR_MARROW]):
                level = PR if marrow <= mem[CUT_MARROW_PR] else SD
        else:
            return NE, M_SERUM, 0, A_BASELINE
    if level == VGPR:
        held = H_SERUM_BAND if serum_ife == 1 else H_SERUM_IFE if serum_ife < 0 else 0
        if urine_ife == 1:
            held |= H_URINE_BAND
        if marrow != MISSING and marrow >= params[P_CR_MARROW] - slack(params[P_CR_MARROW]):
            held |= H_MARROW
        if not measurable & 3 and measurable & 4 and normal_ratio != 1:
            held |= H_RATIO
        if held == 0:
            lacking = 0
            if urine_ife < 0:
                lacking = A_URINE_IFE
                flags |= F_NO_URINE
            if marrow == MISSING:
                lacking |= A_MARROW
                flags |= F_PENDING_MARROW
            if lacking == 0 or handling == FLEXIBLE:
                level = CR
            gaps |= lacking
            if lacking and level == VGPR and handling != NOT_EVALUABLE:  # what is missing costs CR, and VGPR no more
                return capped(level, marker, flags, gaps, spd, mem, params)
        gaps |= held
    if gaps & (A_URINE | A_URINE_IFE) and level <= VGPR:
        if handling == NOT_EVALUABLE:
            return NE, M_URINE, flags, gaps
        if handling != FLEXIBLE:
            level = max(SD, level - 1)
    if level == CR and params[P_STRINGENT] > 0.0 and normal_ratio == 1 and clonal == 0.0:
        level = SCR
    return capped(level, marker, flags, gaps, spd, mem, params)


def capped(level: int, marker: int, flags: int, gaps: int, spd: float, mem: Scratch, params: Values) -> Grade:
    """What a plasmacytoma allows at most, and whether there is a minimal response at all.

    Not looked at again, it costs one level, as all that is missing does together.
    """
    base = mem[BASE + M_SPD]
    if base != MISSING and base > 0.0:
        if spd == MISSING:
            lowered = gaps & A_ANY != 0
            gaps |= A_PLASMACYTOMA
            if int(params[P_MISSING]) == NOT_EVALUABLE:
                return NE, M_SPD, flags, gaps
            if int(params[P_MISSING]) != FLEXIBLE and not lowered:
                level = max(SD, level - 1)
        else:
            most = SCR
            if spd > mem[CUT_SPD_PR]:
                most = MR if spd <= mem[CUT_SPD_MR] else SD
            elif spd > 0.0:
                most = PR if params[P_SPD_VGPR] > 0.0 and spd > mem[CUT_SPD_VGPR] else VGPR
            if level > most:
                level = most
                marker = M_SPD
                flags |= F_PLASMACYTOMA
    elif spd != MISSING and spd > 0.0 and level > VGPR:
        level = VGPR
        marker = M_SPD
        flags |= F_PLASMACYTOMA
    if level == MR and not params[P_MINIMAL] > 0.0:
        level = SD
    return level, marker, flags, gaps
