"""Response and progression of one patient: samples by date and starts of lines in, one row for each sample out.

IMWG 2016 and before, by `params`; the rules stand in spec/response.md. A line's samples are those after its start up
to the start of the next; its baseline is the last value on or before the start. Every row is judged against the
line's baseline (how far the markers fell) and its running reference (how far they rose again).
"""

from __future__ import annotations

from mspike.derive.kernel.clauses import first_marker, measured
from mspike.derive.kernel.codes import (
    BANDS,
    BASE,
    BLOOD_CELLS,
    BY_BLOOD,
    BY_CALCIUM,
    BY_DFLC,
    BY_HIGH_SERUM,
    BY_LESION,
    BY_MARROW,
    BY_SERUM,
    BY_SPD,
    BY_STATEMENT,
    BY_URINE,
    CALCIUM,
    CLONAL,
    CR,
    DFLC,
    EGFR,
    F_ANTIBODY,
    F_ANTIBODY_POSSIBLE,
    F_ESCAPE,
    F_FROM_CR,
    F_NO_BASE_SERUM,
    F_NO_BASE_URINE,
    F_OLIGOCLONAL,
    F_OTHER_CHAIN,
    KAPPA,
    LAMBDA,
    LAST,
    LAST_DAY,
    LESION,
    M_BLOOD,
    M_CALCIUM,
    M_DFLC,
    M_MARROW,
    M_OTHER_CHAIN,
    M_SERUM,
    M_SPD,
    M_URINE,
    MARKER_COUNT,
    MARROW,
    MISSING,
    NE,
    NODAY,
    O_CLAUSES,
    ONE_SPD,
    P_ESCAPE,
    P_FLC,
    P_FROM_CR_MARROW,
    P_SERUM,
    P_URINE,
    PD,
    REF,
    RISE,
    SD,
    SELDOM,
    SERUM,
    SERUM_IFE,
    SPD,
    STATED,
    STATED_CONFIRMED,
    URINE,
    URINE_IFE,
)
from mspike.derive.kernel.confirm import end_line, settle
from mspike.derive.kernel.grade import grade
from mspike.derive.kernel.markers import (
    Column,
    FloatOutput,
    Output,
    Scratch,
    Values,
    at_least,
    begin_line,
    follow,
    measurable_markers,
    write_references,
)
from mspike.derive.kernel.sample import bands, light_chains, write_row


def respond(
    date: Column, test: Column, value: Values, lo: int, hi: int,
    start: Column, antibody: Column, llo: int, lhi: int,
    chain: int, own_band: int, death: int, params: Values, now: Scratch, mem: Scratch,
    ints: Output, floats: FloatOutput, out: int,
    line_ints: Output, refs: FloatOutput, line_out: int, told: int,
) -> int:  # fmt: skip
    """Judges the samples `lo` to `hi` against the lines `llo` to `lhi`; writes rows from `out` on; says how many.

    `date`, `test`, `value`: a row for each result, by date; one value of a test on a day.
    `start`, `antibody`: of each line its first day, and whether it holds an antibody that shows as a band (1 or 0).
    `chain`: the involved light chain, 1 kappa, 2 lambda, 0 not known. `own_band`: 0 if the patient's own band cannot
    be IgG-kappa, else 1. `death`: day of death or NODAY. `now`, `mem`: scratch of 32 and SCRATCH numbers.
    `ints`, `floats`: INT_COLUMNS and FLOAT_COLUMNS columns of rows, places `O_…`; `line_ints`: of each line, places
    `L_…`; `refs`: of each line and marker (MARKER_COUNT a line) baseline, its day, reference, its day, border, written
    where they are to be told (`told`).
    """
    for k in range(MARKER_COUNT):
        mem[LAST + k] = MISSING
        mem[LAST_DAY + k] = NODAY
    rows = 0
    first = 0
    line = llo - 1
    side = chain
    flc_counts = False
    egfr = MISSING
    measurable = 0
    secretory = False
    marrow = clonal = spd = MISSING
    best = NE
    waiting = progressing = -1
    i = lo
    while i < hi:
        day = date[i]
        bits = 0
        while i < hi and date[i] == day:
            a = test[i]
            now[a] = value[i]
            bits |= 1 << a
            i += 1
        while line + 1 < lhi and start[line + 1] < day:
            if line >= llo:
                end_line(line, start[line + 1], NODAY, first, rows, waiting, progressing, measurable, params, ints, out,
                         line_ints, line_out + line - llo)  # fmt: skip
                if told:
                    write_references(mem, params, refs, (line_out + line - llo) * MARKER_COUNT)
            line += 1
            first = rows
            waiting = progressing = -1
            best = NE
            marrow = clonal = spd = MISSING
            begin_line(start[line], mem, params)
            measurable = measurable_markers(mem, flc_counts, params)
            secretory = measurable & 3 != 0

        # what this sample holds
        serum = now[SERUM] if bits & (1 << SERUM) else MISSING
        urine = now[URINE] if bits & (1 << URINE) else MISSING
        serum_ife = int(now[SERUM_IFE]) if bits & (1 << SERUM_IFE) else -1
        urine_ife = int(now[URINE_IFE]) if bits & (1 << URINE_IFE) else -1
        dflc = other = plasma = blood = calcium = MISSING
        normal_ratio = -1
        judged = line >= llo
        flags = clauses = 0
        holds = judged and antibody[line] != 0
        if holds or bits & BANDS:
            serum, serum_ife, flags = bands(bits, holds, own_band, serum, serum_ife, now, params)
        if serum_ife == 0 and serum == MISSING:
            serum = 0.0
        if urine_ife == 0 and urine == MISSING:
            urine = 0.0
        if bits & (1 << EGFR):
            egfr = now[EGFR]

        # its markers: is one a progression; and the last value of each, which a later line may take as its baseline
        if serum != MISSING:
            if judged:
                if mem[BASE + M_SERUM] == MISSING and at_least(serum, params[P_SERUM]):
                    secretory = True
                if follow(M_SERUM, serum, day, mem, params):
                    share = mem[REF + M_SERUM] * mem[RISE]
                    clauses = BY_SERUM if at_least(serum, share) else BY_HIGH_SERUM
            mem[LAST + M_SERUM], mem[LAST_DAY + M_SERUM] = serum, day
        if urine != MISSING:
            if judged:
                if mem[BASE + M_URINE] == MISSING and at_least(urine, params[P_URINE]):
                    secretory = True
                if follow(M_URINE, urine, day, mem, params):
                    clauses |= BY_URINE
            mem[LAST + M_URINE], mem[LAST_DAY + M_URINE] = urine, day
        if bits & (1 << KAPPA) and bits & (1 << LAMBDA):
            chains = light_chains(now[KAPPA], now[LAMBDA], egfr, side, params)
            dflc, other, normal_ratio, side, flc_counts, renal = chains
            flags |= renal
        elif bits & (1 << DFLC):
            dflc = now[DFLC]
            flc_counts = at_least(dflc, params[P_FLC])
        if dflc != MISSING:
            if judged and follow(M_DFLC, dflc, day, mem, params):
                if secretory:
                    flags |= F_ESCAPE
                if not secretory or params[P_ESCAPE] > 0.0:
                    clauses |= BY_DFLC
            mem[LAST + M_DFLC], mem[LAST_DAY + M_DFLC] = dflc, day
            if other != MISSING:
                if judged and follow(M_OTHER_CHAIN, other, day, mem, params):
                    flags |= F_OTHER_CHAIN
                mem[LAST + M_OTHER_CHAIN], mem[LAST_DAY + M_OTHER_CHAIN] = other, day
        if bits & SELDOM:
            if bits & (1 << MARROW):
                plasma = now[MARROW]
                if judged:
                    marrow = plasma
                    rises = follow(M_MARROW, plasma, day, mem, params)
                    if rises and not secretory and not measurable & 4:
                        clauses |= BY_MARROW
                mem[LAST + M_MARROW], mem[LAST_DAY + M_MARROW] = plasma, day
            if bits & ((1 << SPD) | (1 << ONE_SPD)):
                tumour = now[SPD] if bits & (1 << SPD) else now[ONE_SPD]
                if judged:
                    spd = tumour
                    if bits & (1 << SPD) and follow(M_SPD, tumour, day, mem, params):
                        clauses |= BY_SPD
                mem[LAST + M_SPD], mem[LAST_DAY + M_SPD] = tumour, day
            if bits & (1 << LESION) and judged and now[LESION] > 0.0:
                clauses |= BY_LESION
            if bits & (1 << BLOOD_CELLS):
                blood = now[BLOOD_CELLS]
                if judged:
                    rises = follow(M_BLOOD, blood, day, mem, params)
                    if rises and not secretory and not measurable & 12:
                        clauses |= BY_BLOOD
                mem[LAST + M_BLOOD], mem[LAST_DAY + M_BLOOD] = blood, day
            if bits & (1 << CALCIUM):
                calcium = now[CALCIUM]
                if judged and follow(M_CALCIUM, calcium, day, mem, params):
                    clauses |= BY_CALCIUM
                mem[LAST + M_CALCIUM], mem[LAST_DAY + M_CALCIUM] = calcium, day
            if bits & (1 << CLONAL) and judged:
                clonal = now[CLONAL]

        if judged:
            # level
            level, marker, more, gaps = grade(measurable, serum, urine, dflc, marrow, spd, normal_ratio, serum_ife,
                                              urine_ife, clonal, mem, params)  # fmt: skip
            if measurable & (1 << M_BLOOD) and blood != MISSING:
                level = SD
                marker = M_BLOOD
                gaps = 0
            if measurable & 15 == 8 and plasma == MISSING and serum_ife < 0:
                level = NE  # a marrow carried forward alone is no new assessment
            if clauses:
                level = PD
                marker = first_marker(clauses)
                flags |= more & (F_OLIGOCLONAL | F_ANTIBODY)
            else:
                flags |= more
            derived = level
            recorded = bits & (1 << STATED_CONFIRMED) != 0
            stated = recorded or bits & (1 << STATED) != 0
            if stated:
                level = int(now[STATED_CONFIRMED]) if recorded else int(now[STATED])
                if level == PD:
                    clauses |= BY_STATEMENT
            shows = derived != NE or serum != MISSING or urine != MISSING
            shows = shows or (dflc != MISSING and measurable & 7 in (0, 4)) or flags & (F_ESCAPE | F_OTHER_CHAIN) != 0
            if stated or shows:
                if shows and mem[BASE + M_URINE] == MISSING:
                    flags |= F_NO_BASE_URINE
                if shows and mem[BASE + M_SERUM] == MISSING:
                    flags |= F_NO_BASE_SERUM
                if best >= CR:
                    again = serum_ife == 1 or (serum_ife < 0 and serum > 0.0)
                    again = again and not flags & F_ANTIBODY_POSSIBLE
                    again = again or urine_ife == 1 or (urine_ife < 0 and urine > 0.0)
                    if again or level == PD or (plasma != MISSING and at_least(plasma, params[P_FROM_CR_MARROW])):
                        flags |= F_FROM_CR
                w = out + rows
                write_row(w, day, line - llo, level, derived, flags, clauses, marker, gaps,
                          2 if recorded else 1 if stated else 0, marrow, spd, mem, ints, floats)  # fmt: skip
                rows += 1
                speaks = False
                if progressing >= 0 and level != PD:
                    shown = ints[O_CLAUSES][progressing]
                    speaks = (stated and level != NE) or measured(shown, serum, urine, dflc, blood, calcium)
                by_marrow = measurable == 1 << M_MARROW and plasma != MISSING and not stated
                waiting, progressing, best = settle(w, level, clauses, recorded, by_marrow, speaks, waiting,
                                                    progressing, best, ints)  # fmt: skip

    while line < lhi:
        if line >= llo:
            later = start[line + 1] if line + 1 < lhi else NODAY
            end_line(line, later, death, first, rows, waiting, progressing, measurable, params, ints, out, line_ints,
                     line_out + line - llo)  # fmt: skip
            if told:
                write_references(mem, params, refs, (line_out + line - llo) * MARKER_COUNT)
        line += 1
        first = rows
        waiting = progressing = -1
        if line < lhi:
            begin_line(start[line], mem, params)
            measurable = measurable_markers(mem, flc_counts, params)
    return rows
