"""What one sample says: whose the bands are, what the light chains come to; and its row."""

from __future__ import annotations

from mspike.derive.kernel.codes import (
    BASE,
    DIRA,
    F_ANTIBODY,
    F_ANTIBODY_POSSIBLE,
    F_OLIGOCLONAL,
    F_RENAL,
    LAST,
    LAST_DAY,
    M_MARROW,
    M_SPD,
    MISSING,
    NE,
    NODAY,
    O_BASE,
    O_CLAUSES,
    O_CONFIRMED,
    O_DAY,
    O_DERIVED,
    O_FLAGS,
    O_GAPS,
    O_HOW,
    O_KNOWN,
    O_LEVEL,
    O_LINE,
    O_MARKER,
    O_REF,
    O_REF_DAY,
    O_STATED,
    O_VALUE,
    OTHER_BAND,
    P_BAND,
    P_FLC,
    P_RATIO_HIGH,
    P_RATIO_LOW,
    P_RENAL_EGFR,
    P_RENAL_HIGH,
    P_RENAL_LOW,
    P_RENAL_RANGE,
    REF,
    REF_DAY,
)
from mspike.derive.kernel.markers import FloatOutput, Output, Scratch, Values, at_least, at_most


def bands(
    bits: int, antibody: bool, own_band: int, serum: float, serum_ife: int, now: Scratch, params: Values
) -> tuple[float, int, int]:
    """Serum M-protein, serum immunofixation and flags, with the band of a therapeutic antibody taken out.

    `bits`: the tests of the sample; `antibody`: the line holds one; `own_band`: the patient's band may look like it.
    """
    flags = 0
    if bits & (1 << DIRA):
        if now[DIRA] == 0.0 and serum_ife != 0:  # with the antibody taken out no band is left
            serum_ife = 0
            flags = F_ANTIBODY
            if serum != MISSING and at_most(serum, params[P_BAND]):
                serum = 0.0
    elif antibody and own_band and at_most(serum, params[P_BAND]) and (serum_ife == 1 or (serum_ife < 0 < serum)):
        flags = F_ANTIBODY_POSSIBLE  # an amount that is not there is below the limit
    if bits & (1 << OTHER_BAND) and now[OTHER_BAND] > 0.0:
        flags |= F_ANTIBODY if now[OTHER_BAND] > 1.0 and antibody else F_OLIGOCLONAL
    return serum, serum_ife, flags


def light_chains(
    kappa: float, lambda_: float, egfr: float, side: int, params: Values
) -> tuple[float, float, int, int, bool, int]:
    """Involved less uninvolved, the uninvolved, whether the ratio is normal (1, 0), the involved side (1 kappa, 2
    lambda, 0 not known), whether the chains are measurable, and flags. `egfr`: the last one, or MISSING."""
    inside = at_least(kappa, params[P_RATIO_LOW] * lambda_) and at_most(kappa, params[P_RATIO_HIGH] * lambda_)
    normal = 1 if inside else 0
    flags = 0
    renal = not inside and egfr != MISSING and egfr < params[P_RENAL_EGFR]
    renal = renal and at_least(kappa, params[P_RENAL_LOW] * lambda_)
    if renal and at_most(kappa, params[P_RENAL_HIGH] * lambda_):
        flags = F_RENAL
        if params[P_RENAL_RANGE] > 0.0:
            normal = 1
    if side == 0 and normal == 0:
        side = 1 if kappa > lambda_ else 2
    if side == 0:
        return MISSING, MISSING, normal, side, False, flags
    involved = kappa if side == 1 else lambda_
    other = lambda_ if side == 1 else kappa
    counts = normal == 0 and involved > other and at_least(involved, params[P_FLC])
    return involved - other, other, normal, side, counts, flags


def write_row(
    w: int, day: int, line: int, level: int, derived: int, flags: int, clauses: int, marker: int, gaps: int,
    stated: int, marrow: float, spd: float, mem: Scratch, ints: Output, floats: FloatOutput,
) -> None:  # fmt: skip
    """The row of a sample, not yet confirmed, with the value of the marker that decided."""
    ints[O_DAY][w] = day
    ints[O_LINE][w] = line
    ints[O_LEVEL][w] = level
    ints[O_DERIVED][w] = derived
    ints[O_CONFIRMED][w] = NE
    ints[O_FLAGS][w] = flags
    ints[O_CLAUSES][w] = clauses
    ints[O_MARKER][w] = marker
    ints[O_KNOWN][w] = NODAY
    ints[O_HOW][w] = 0
    ints[O_GAPS][w] = gaps
    ints[O_STATED][w] = stated
    ints[O_REF_DAY][w] = int(mem[REF_DAY + marker])
    if marker in (M_MARROW, M_SPD):
        value = marrow if marker == M_MARROW else spd
    else:
        value = mem[LAST + marker] if mem[LAST_DAY + marker] == day else MISSING
    floats[O_VALUE][w] = value
    floats[O_BASE][w] = mem[BASE + marker]
    floats[O_REF][w] = mem[REF + marker]
