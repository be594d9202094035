"""One patient from raw rows: lines, responses, and back, since each needs the other.

A progression begins a line (R2, R4, R6 of spec/lines.md), and a line's start sets the baseline that a progression is
measured from. So lines are counted with the signs that the record states, responses judged within them, lines counted
again with the progressions that these show, and so on until no line moves. Lines look back: up to the first line that
moved, all has come to rest, and the signs that led to it stay, even where the new line takes their confirmation away.
So each turn settles at least one more line, and the turns end.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from typing import Final

from mspike.derive.kernel.codes import L_PD_DAY, NODAY
from mspike.derive.kernel.doses import Doses
from mspike.derive.kernel.line_codes import L_DRUGS, L_START, SIGN_PD
from mspike.derive.kernel.line_ends import finish_lines
from mspike.derive.kernel.lines import derive_lines
from mspike.derive.kernel.response import respond

Column = Sequence[int]
Days = tuple[Column, Column]
"""Day and what was on it."""
DaysOut = tuple[MutableSequence[int], MutableSequence[int]]
Output = tuple[MutableSequence[int], ...]
Numbers = tuple[MutableSequence[float], ...]
MOST_TURNS: Final = 50
"""No course needs as many: a bound, so that the loop has one."""


def derive_patient(
    labs: tuple[Column, Column, Sequence[float]], lo: int, hi: int,
    rows: tuple[Column, Column, Column, Column], rlo: int, rhi: int,
    procedures: Days, plo: int, phi: int, stated: Days, slo: int, shi: int,
    chain: int, own_band: int, death: int, watched: int,
    traits: Column, antibodies: int, line_params: Sequence[float], response_params: Sequence[float],
    signs: DaysOut, doses: Doses,
    shown: MutableSequence[int], before: MutableSequence[int], antibody: MutableSequence[int],
    now: MutableSequence[float], mem: MutableSequence[float], placed: MutableSequence[int], lines: Output, o: int,
    ints: Output, floats: Numbers, w: int, of_lines: Output, refs: Numbers, told: int,
) -> tuple[int, int, int]:  # fmt: skip
    """Writes the lines from `o` on and the responses from `w` on; returns how many of each, and how many signs.

    `labs`: day, test and value, by day, one value of a test on a day. `stated`: day and kind of the progressions and
    stable disease that the record states, by day. The rest as for `derive_lines` and `respond`. `antibodies`: bits of
    the drugs that show as a band. `signs`: day and kind of all signs, stated and shown by the samples, from place 0
    on; room for `stated` and one for each line. `shown`, `before`, `antibody`: scratch, as long as `lines`;
    `doses`: DRUG_PLACES each.
    `of_lines`, `refs`, `told`: what the responses say of each line, from place 0 on, as `respond` writes it.
    """
    day, test, value = labs
    starts, drugs = lines[L_START], lines[L_DRUGS]
    progressed = of_lines[L_PD_DAY]
    found = many = n = m = 0
    for turn in range(MOST_TURNS):
        many = merge(stated, slo, shi, shown, found, signs)
        was, n = n, derive_lines(rows, rlo, rhi, traits, procedures, plo, phi, signs, 0, many, watched,
                                 line_params, doses, placed, lines, o)  # fmt: skip
        rest = before[o + n] if n < was else NODAY
        for at in range(o + n - 1, o - 1, -1):
            shows = 1 if drugs[at] & antibodies else 0
            if at >= o + was:
                rest = starts[at]
            elif starts[at] != before[at] or shows != antibody[at]:
                rest = min(starts[at], before[at])
            before[at], antibody[at] = starts[at], shows
        if turn > 0 and rest == NODAY:
            break
        m = respond(day, test, value, lo, hi, starts, antibody, o, o + n, chain, own_band, death, response_params, now,
                    mem, ints, floats, w, of_lines, refs, 0, told)  # fmt: skip
        kept = 0
        while kept < found and shown[kept] <= rest:
            kept += 1
        same = True
        for line in range(n):
            if progressed[line] > rest:
                same = same and kept < found and shown[kept] == progressed[line]
                shown[kept] = progressed[line]
                kept += 1
        if same and kept == found:
            break  # the lines are counted with these very signs
        found = kept
    finish_lines(rows, rlo, rhi, line_params, placed, lines, o, n)
    return n, m, many


def merge(stated: Days, lo: int, hi: int, shown: Column, found: int, signs: DaysOut) -> int:
    """Writes the stated signs `lo` to `hi` and the progressions shown, by day, from place 0 on; says how many."""
    day, kind = stated
    i, k, count = lo, 0, 0
    while i < hi or k < found:
        if k == found or (i < hi and day[i] <= shown[k]):
            signs[0][count], signs[1][count] = day[i], kind[i]
            i += 1
        else:
            signs[0][count], signs[1][count] = shown[k], SIGN_PD
            k += 1
        count += 1
    return count
