"""One pass over a block: patient after patient, with the same scratch space."""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from typing import Final

from mspike.derive.kernel.codes import L_BEST, L_FROM_CR, L_MEASURABLE, L_PD_DAY, L_PD_KNOWN, LINE_COLUMNS
from mspike.derive.kernel.doses import Doses
from mspike.derive.kernel.line_codes import L_STOP, P_COUNT_FROM, STOP, STOP_SHIFT
from mspike.derive.kernel.patient import Column, Days, DaysOut, Numbers, Output, derive_patient
from mspike.derive.kernel.refractory import derive_refractory, failed_early, telling_best

L_FAILED: Final = LINE_COLUMNS
"""After what `respond` says of a line: the drugs to which the disease was refractory in it, as bits."""
L_FAILED_DAY: Final = LINE_COLUMNS + 1

SETTLED: Final = 0
OPEN: Final = 1
"""Two different results of one test on one day: neither is taken. The one-patient path says what follows from each."""
LATER: Final = 2
"""A row after the day on which the record was read."""
STATUS: Final = ("settled", "two results on one day", "a row after the day of reading")


def derive_people(
    many: int, people: tuple[Column, Column, Column, Column, Column],
    lab_begins: Column, labs: tuple[Column, Column, Sequence[float]],
    row_begins: Column, rows: tuple[Column, Column, Column, Column],
    procedure_begins: Column, procedures: Days,
    sign_begins: Column, stated: Days,
    traits: Column, antibodies: int, line_params: MutableSequence[float], response_params: Sequence[float],
    signs: DaysOut, doses: Doses,
    shown: MutableSequence[int], before: MutableSequence[int], antibody: MutableSequence[int],
    now: MutableSequence[float], mem: MutableSequence[float], of_line: Output, refs: Numbers,
    status: MutableSequence[int], early: MutableSequence[int], placed: MutableSequence[int],
    line_begins: MutableSequence[int], lines: Output, of_lines: Output,
    response_begins: MutableSequence[int], ints: Output, floats: Numbers,
) -> None:  # fmt: skip
    """Fills the outputs: of each patient where its lines and responses begin, and those one after the other.

    `people`: of `many` people as_of, chain, igg_kappa, count_from, death. `…_begins`: one longer. `of_line` and `refs`
    are scratch of one patient; `early` the drugs that failed in treatment of smouldering disease; `of_lines` what the
    responses say of each line, then the drugs that failed in it and the day of it, for the whole block.
    """
    as_of, chain, own_band, count_from, death = people
    day, test, value = labs
    start, note = rows[0], rows[3]
    stop = lines[L_STOP]
    progressed = of_lines[L_PD_DAY]
    best, failed, failed_on = of_lines[L_BEST], of_lines[L_FAILED], of_lines[L_FAILED_DAY]
    o = 0
    w = 0
    for p in range(many):
        line_begins[p] = o
        response_begins[p] = w
        lo, hi = lab_begins[p], lab_begins[p + 1]
        rlo, rhi = row_begins[p], row_begins[p + 1]
        plo, phi = procedure_begins[p], procedure_begins[p + 1]
        slo, shi = sign_begins[p], sign_begins[p + 1]
        last = as_of[p]
        state = SETTLED
        clash = False
        for i in range(lo + 1, hi):  # all is compared, with no branch: the rows go through in eights
            clash |= (day[i] == day[i - 1]) & (test[i] == test[i - 1]) & (value[i] != value[i - 1])
        if clash:
            state = OPEN
        if (hi > lo and day[hi - 1] > last) or (rhi > rlo and start[rhi - 1] > last):
            state = LATER
        if (phi > plo and procedures[0][phi - 1] > last) or (shi > slo and stated[0][shi - 1] > last):
            state = LATER
        status[p], early[p] = state, 0
        if state != SETTLED:
            for i in range(rlo, rhi):
                placed[i] = 0
            continue
        watched = 1 if hi > lo or shi > slo else 0
        i = rlo
        while not watched and i < rhi:
            if note[i] >> STOP_SHIFT & STOP:
                watched = 1
            i += 1
        line_params[P_COUNT_FROM] = count_from[p]
        n, m, _ = derive_patient(
            labs, lo, hi, rows, rlo, rhi, procedures, plo, phi, stated, slo, shi, chain[p], own_band[p], death[p],
            watched, traits, antibodies, line_params, response_params, signs, doses, shown, before, antibody, now, mem,
            placed, lines, o, ints, floats, w, of_line, refs, 0,
        )  # fmt: skip
        for k in range(n):
            of_lines[L_MEASURABLE][o + k] = of_line[L_MEASURABLE][k]
            of_lines[L_BEST][o + k] = telling_best(of_line[L_BEST][k], k, stop[o + k], ints, w, m)
            progressed[o + k] = of_line[L_PD_DAY][k]
            of_lines[L_PD_KNOWN][o + k] = of_line[L_PD_KNOWN][k]
            of_lines[L_FROM_CR][o + k] = of_line[L_FROM_CR][k]
        derive_refractory(rows, rlo, rhi, traits, placed, lines, o, n, best, progressed, line_params, failed, failed_on)
        early[p] = failed_early(rows, rlo, rhi, traits, placed, stated, slo, shi, lines, o, n, progressed, line_params)
        o += n
        w += m
    line_begins[many] = o
    response_begins[many] = w
