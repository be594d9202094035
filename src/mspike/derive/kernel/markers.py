"""One marker over a line: baseline, running reference, and the value from which progression counts."""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence

from mspike.derive.kernel.codes import (
    BASE,
    BASE_DAY,
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
    LAST,
    LAST_DAY,
    M_BLOOD,
    M_CALCIUM,
    M_DFLC,
    M_MARROW,
    M_OTHER_CHAIN,
    M_SERUM,
    M_SPD,
    M_URINE,
    MARKER_COUNT,
    MISSING,
    NODAY,
    P_BASELINE_DAYS,
    P_BLOOD_RISE,
    P_FLC_EXACT,
    P_HIGH_ALONE,
    P_HIGH_LEVEL,
    P_HIGH_OF_LOWEST,
    P_HIGH_RISE,
    P_MARROW,
    P_MR,
    P_MR_URINE_FALL,
    P_PD_BLOOD,
    P_PD_BLOOD_RISE,
    P_PD_CALCIUM,
    P_PD_DFLC,
    P_PD_MARROW,
    P_PD_MARROW_VALUE,
    P_PD_SERUM,
    P_PD_SPD,
    P_PD_URINE,
    P_PR,
    P_PR_URINE_FALL,
    P_REFERENCE_CONFIRMED,
    P_RISE,
    P_SERUM,
    P_SPD_MR,
    P_SPD_PR,
    P_SPD_VGPR,
    P_URINE,
    P_VGPR,
    PREV,
    PREV_DAY,
    REF,
    REF_DAY,
    RISE,
)

Column = Sequence[int]
Values = Sequence[float]
Scratch = MutableSequence[float]
Output = Sequence[MutableSequence[int]]
FloatOutput = Sequence[MutableSequence[float]]


def slack(border: float) -> float:
    """The tolerance at a border: decimals entered by people are no binary fractions (1.25 × 20, 0.1 + 0.2)."""
    size = border if border > 0.0 else -border
    return 1e-9 * (size if size > 1.0 else 1.0)


def at_least(value: float, border: float) -> bool:
    return value >= border - slack(border)


def at_most(value: float, border: float) -> bool:
    return value <= border + slack(border)


def remaining(base: float, fall: float) -> float:
    """What a value may be at most, to have fallen by this share of the baseline."""
    border = base * (100.0 - fall) / 100.0
    return border + slack(border)


def begin_line(start: int, mem: Scratch, params: Values) -> None:
    """Baselines are the last values on or before the start, if recent enough; every reference begins there."""
    oldest = start - params[P_BASELINE_DAYS]
    mem[RISE] = 1.0 + params[P_RISE] / 100.0
    for m in range(MARKER_COUNT):
        if mem[LAST + m] != MISSING and mem[LAST_DAY + m] >= oldest:
            mem[BASE + m] = mem[LAST + m]
            mem[BASE_DAY + m] = mem[LAST_DAY + m]
        else:
            mem[BASE + m] = MISSING
            mem[BASE_DAY + m] = NODAY
        mem[REF + m] = mem[PREV + m] = mem[BASE + m]
        mem[REF_DAY + m] = mem[PREV_DAY + m] = mem[BASE_DAY + m]
    base = mem[BASE + M_SERUM]
    mem[CUT_VGPR] = remaining(base, params[P_VGPR])
    mem[CUT_PR] = remaining(base, params[P_PR])
    mem[CUT_MR] = remaining(base, params[P_MR])
    base = mem[BASE + M_URINE]
    mem[CUT_URINE_PR] = remaining(base, params[P_PR_URINE_FALL])
    mem[CUT_URINE_MR] = remaining(base, params[P_MR_URINE_FALL])
    base = mem[BASE + M_DFLC]
    cut = base * (100.0 - params[P_VGPR]) / 100.0
    mem[CUT_DFLC_VGPR] = cut + slack(cut) if params[P_FLC_EXACT] > 0.0 else cut - slack(cut)
    mem[CUT_DFLC_PR] = remaining(base, params[P_PR])
    mem[CUT_MARROW_PR] = remaining(mem[BASE + M_MARROW], params[P_PR])
    base = mem[BASE + M_SPD]
    mem[CUT_SPD_PR] = remaining(base, params[P_SPD_PR])
    mem[CUT_SPD_MR] = remaining(base, params[P_SPD_MR])
    mem[CUT_SPD_VGPR] = remaining(base, params[P_SPD_VGPR])


def limit(m: int, mem: Scratch, params: Values) -> tuple[float, float]:
    """From which value the marker progresses: the share and the absolute amount both, over the reference; and the
    same less the tolerance, what a value has to reach."""
    ref = mem[REF + m]
    share = ref * mem[RISE]
    strict = False
    if m == M_SERUM:
        border = max(share, ref + params[P_PD_SERUM])
        level = ref if params[P_HIGH_OF_LOWEST] > 0.0 or mem[BASE + m] == MISSING else mem[BASE + m]
        if at_least(level, params[P_HIGH_LEVEL]):
            high = ref + params[P_HIGH_RISE]
            border = min(border, high) if params[P_HIGH_ALONE] > 0.0 else max(share, high)
    elif m == M_URINE:
        border = max(share, ref + params[P_PD_URINE])
    elif m in (M_DFLC, M_OTHER_CHAIN):
        border = ref + params[P_PD_DFLC]
        strict = share <= border
        border = max(share, border)
    elif m == M_MARROW:
        border = ref + params[P_PD_MARROW]
        if params[P_PD_MARROW_VALUE] > 0.0:
            border = max(share, params[P_PD_MARROW_VALUE])
    elif m == M_SPD:
        border = ref * (1.0 + params[P_PD_SPD] / 100.0)
    elif m == M_BLOOD:
        least = ref + params[P_PD_BLOOD] if params[P_BLOOD_RISE] > 0.0 else params[P_PD_BLOOD]
        border = max(ref * (1.0 + params[P_PD_BLOOD_RISE] / 100.0), least)
    else:
        border = params[P_PD_CALCIUM]
        strict = True
    return border, border + slack(border) if strict else border - slack(border)


def follow(m: int, value: float, day: int, mem: Scratch, params: Values) -> bool:
    """Takes the marker's next value in; whether it progresses over the reference.

    Without a baseline the first value of the line is the reference. Serum, urine and light chains: the reference is
    lowered by what two consecutive samples both reach, or, by switch, by every value; the others by every value.
    """
    ref = mem[REF + m]
    if ref == MISSING:
        ref = mem[REF + m] = mem[PREV + m] = value
        mem[REF_DAY + m] = mem[PREV_DAY + m] = day
    if value > ref or m == M_CALCIUM:
        _, reach = limit(m, mem, params)
        if value >= reach:
            mem[PREV + m], mem[PREV_DAY + m] = value, day
            return True
    lower, since = value, float(day)
    if m <= M_DFLC and params[P_REFERENCE_CONFIRMED] > 0.0:
        if mem[PREV + m] >= value:
            lower, since = mem[PREV + m], mem[PREV_DAY + m]
        mem[PREV + m], mem[PREV_DAY + m] = value, day
    if lower < ref:
        mem[REF + m], mem[REF_DAY + m] = lower, since
    return False


def write_references(mem: Scratch, params: Values, refs: FloatOutput, at: int) -> None:
    """Of each marker of a line, from place `at` on: baseline, its day, reference, its day, border of progression."""
    for m in range(MARKER_COUNT):
        refs[0][at + m] = mem[BASE + m]
        refs[1][at + m] = mem[BASE_DAY + m]
        refs[2][at + m] = mem[REF + m]
        refs[3][at + m] = mem[REF_DAY + m]
        refs[4][at + m] = limit(m, mem, params)[0] if mem[REF + m] != MISSING else MISSING


def measurable_markers(mem: Scratch, flc_counts: bool, params: Values) -> int:
    """Bits of the markers that the baseline makes measurable; marrow and blood only where nothing else is."""
    found = 0
    if mem[BASE + M_SERUM] != MISSING and at_least(mem[BASE + M_SERUM], params[P_SERUM]):
        found = 1 << M_SERUM
    if mem[BASE + M_URINE] != MISSING and at_least(mem[BASE + M_URINE], params[P_URINE]):
        found |= 1 << M_URINE
    if mem[BASE + M_DFLC] != MISSING and flc_counts:
        found |= 1 << M_DFLC
    if found == 0 and mem[BASE + M_MARROW] != MISSING and at_least(mem[BASE + M_MARROW], params[P_MARROW]):
        found = 1 << M_MARROW
    if found == 0 and mem[BASE + M_BLOOD] > 0.0:
        found = 1 << M_BLOOD
    return found
