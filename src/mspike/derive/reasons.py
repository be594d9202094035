"""The sentences of a row: its numbers, the rule that they met, and what confirmed it. Made of the kernel's output."""

from __future__ import annotations

from mspike.derive.confirmed import confirmed_words
from mspike.derive.kernel.codes import (
    A_ANY,
    A_BASELINE,
    A_MARROW,
    A_URINE,
    A_URINE_IFE,
    BLOOD_CELLS,
    BY_LESION,
    CALCIUM,
    CR,
    DFLC,
    F_ANTIBODY,
    F_ANTIBODY_POSSIBLE,
    F_ESCAPE,
    F_FROM_CR,
    F_OLIGOCLONAL,
    F_OTHER_CHAIN,
    F_PLASMACYTOMA,
    F_RENAL,
    GAPS,
    H_SERUM_IFE,
    KAPPA,
    LAMBDA,
    LEVELS,
    M_CALCIUM,
    M_DFLC,
    M_SERUM,
    M_SPD,
    MARKER_COUNT,
    MARROW,
    MISSING,
    NE,
    NODAY,
    O_BASE,
    O_CLAUSES,
    O_DAY,
    O_DERIVED,
    O_FLAGS,
    O_GAPS,
    O_LEVEL,
    O_LINE,
    O_MARKER,
    O_REF_DAY,
    O_STATED,
    O_VALUE,
    ONE_SPD,
    PD,
    SCR,
    SERUM,
    SPD,
    TESTS,
    URINE,
    VGPR,
)
from mspike.derive.outcome import Outcome, Row, Span
from mspike.derive.samples import MOST, Samples
from mspike.derive.settings import Settings
from mspike.derive.wording import UNITS, amount, clause_words, day_text, names, span, version_words

RISES = ("g/L", "mg/24h", "mg/L", "points", "cm2", "/uL", "mg/L", "mmol/L")
"""The unit of a difference."""
MARKER_WORDS = (
    "serum M", "urine M", "light chain difference", "marrow plasma cells", "plasmacytoma", "circulating plasma cells",
    "uninvolved light chain", "calcium",
)  # fmt: skip
BASES = (0, 1, 2, 3, 4, 5)
"""Markers that a baseline may hold."""
HELD = (
    *("",) * 5, "band in serum", "serum immunofixation not done", "band in urine", "marrow not below the limit of CR",
    "light chain ratio not normal",
)  # fmt: skip
BORDERS = (-100, -90, -50, -25, 0, 25, 50)
"""Per cents whose neighbours are shown with decimals."""
TOLD_BY = (
    (SERUM,),
    (URINE,),
    (KAPPA, LAMBDA, DFLC),
    (MARROW,),
    (SPD, ONE_SPD),
    (BLOOD_CELLS,),
    (KAPPA, LAMBDA),
    (CALCIUM,),
)
"""The tests of each marker."""
NOTES = {
    F_ESCAPE: "light chains rise as much as progression asks, beside an M-protein: light-chain escape",
    F_OTHER_CHAIN: "the uninvolved light chain rises",
    F_RENAL: "the light chain ratio lies within the range of renal failure only",
    F_OLIGOCLONAL: "another band is there, which is not the disease",
    F_ANTIBODY: "the band is that of the therapeutic antibody",
    F_ANTIBODY_POSSIBLE: "the band may be that of the therapeutic antibody",
    F_PLASMACYTOMA: "the plasmacytoma allows no more",
    F_FROM_CR: "a sign of relapse after a complete response",
}


def row_words(row: Row, run: Outcome, samples: Samples, settings: Settings) -> str:
    """`serum M 30 → 14 g/L, −53 %; 2016 PR; confirmed 28 days later`."""
    ints, w = run.ints, row.at
    level, derived, flags, gaps = ints[O_LEVEL][w], ints[O_DERIVED][w], ints[O_FLAGS][w], ints[O_GAPS][w]
    rule = version_words(settings.response_criteria)
    parts = []
    if ints[O_STATED][w]:
        parts.append(f"stated: {LEVELS[level]}")
        if derived not in (level, NE):
            parts.append(f"the values give {LEVELS[derived]}: {value_words(row, run, derived, samples)}")
    elif level == NE:
        parts.append(f"not evaluable: {_lacking(row, run, gaps, settings)}")
    else:
        parts.append(value_words(row, run, level, samples))
        if level == PD and ints[O_CLAUSES][w] & BY_LESION and ints[O_MARKER][w] != M_SPD:
            parts.append("a new lesion")
        clause = clause_words(ints[O_CLAUSES][w] & ~BY_LESION) if level == PD else ""
        parts.append(f"{rule} {clause} {LEVELS[level]}" if clause else f"{rule} {LEVELS[level]}")
        parts += _complete(run, w) if level >= CR else _held(row, gaps) if level == VGPR else []
        if gaps & A_ANY and level != PD:
            parts.append(_assumed(gaps, settings.missing_data))
    parts += [
        _not_counted(row, run, samples) if bit == F_ANTIBODY else words for bit, words in NOTES.items() if flags & bit
    ]
    if flags & F_ESCAPE and not any(s.test == URINE for s in samples.of(row.day)):
        parts.append("a 24-hour urine would tell")
    confirmed = confirmed_words(run, w, level, samples)
    if confirmed:
        parts.append(confirmed)
    return "; ".join(parts)


def _not_counted(row: Row, run: Outcome, samples: Samples) -> str:
    """The band of the antibody, with its amount where the sample has one that was taken out."""
    found = [s for s in samples.of(row.day) if s.test == SERUM and s.low > 0 and not s.open]
    taken = run.ints[O_MARKER][row.at] == M_SERUM and row.value == (0.0, 0.0)
    out = f" of {amount(found[0].low)} g/L" if found and taken else ""
    return f"the band{out} is that of the therapeutic antibody"


def value_words(row: Row, run: Outcome, level: int, samples: Samples) -> str:
    """The deciding marker with its change: from the reference for a progression, else from the baseline."""
    ints, w = run.ints, row.at
    marker = ints[O_MARKER][w]
    value, base, ref = row.value, row.base, row.ref
    name, unit = MARKER_WORDS[marker], UNITS[marker]
    if value[1] == MISSING or (level == PD and ints[O_CLAUSES][w] & BY_LESION and marker == M_SPD):
        return f"{name} not measured" if marker != M_SPD else "a new lesion"
    now = f"{span(value)} {unit}"
    if level == PD and ref[0] != MISSING and value[0] > ref[1] and marker != M_CALCIUM:
        share = f"{change(ref, value)}, " if ref[0] > 0 else ""
        rise = span((value[0] - ref[1], value[1] - ref[0] if value[1] < MOST else MOST))
        rise = f"{f'+{rise}' if value[1] < MOST else rise} {RISES[marker]}"
        before = _before(run, w, marker, samples)
        shown = f"{amount(before)} → {now}" if before != MISSING and value[0] == value[1] and ref[0] == ref[1] else now
        since = day_text(ints[O_REF_DAY][w])
        return f"{name} {shown} from the reference of {span(ref)} {unit} ({since}): {share}{rise}"
    if base[0] == MISSING or level == PD:
        return f"{name} {now}"
    return f"{name} {span(base)} → {now}" + (f", {change(base, value)}" if base[0] > 0 else "")


def _before(run: Outcome, w: int, marker: int, samples: Samples) -> float:
    """The marker's last value before the row; MISSING where it is not known, or not as one amount."""
    ints = run.ints
    tested = [s for s in samples.results if s.test in TOLD_BY[marker] and s.day.first.toordinal() < ints[O_DAY][w]]
    last = tested[-1].day.first.toordinal() if tested else NODAY
    if any(s.open and s.day.first.toordinal() == last for s in tested):
        return MISSING
    for k in range(w - 1, -1, -1):
        if ints[O_LINE][k] != ints[O_LINE][w] or ints[O_DAY][k] < last:
            break
        if ints[O_MARKER][k] == marker and run.floats[O_VALUE][k] != MISSING:
            return run.floats[O_VALUE][k]
    if last == run.refs[1][ints[O_LINE][w] * MARKER_COUNT + marker]:
        return run.floats[O_BASE][w]
    return MISSING if marker == M_DFLC or not tested else tested[-1].low


def change(old: Span, new: Span) -> str:
    """`−53 %`, `+62.5 %`, `unchanged`, `−100 to −90 %`: with a decimal where the whole number would be a border's."""
    low, high = (new[0] - old[1]) / old[1] * 100, (new[1] - old[0]) / old[0] * 100
    if low == high == 0:
        return "unchanged"
    if old[0] == old[1] and new[0] == new[1]:
        return f"{_share(low)} %"
    if new[1] >= MOST:
        return f"{_share(low)} % or more"
    shares = dict.fromkeys((_share(low), _share(high)))
    return f"{' to '.join(shares)} %"


def _share(share: float) -> str:
    near = abs(share - round(share)) > 1e-3 and round(share) in BORDERS
    digits = next(d for d in (1, 2, 3) if round(share, d) != round(share) or d == 3) if near else 0
    return f"{'−' if share < 0 else '+'}{abs(share):.{digits}f}"


def _lacking(row: Row, run: Outcome, gaps: int, settings: Settings) -> str:
    """What a sample lacks to be judged: a baseline, a measurable marker, or that marker's value."""
    if gaps & A_BASELINE:
        first = run.ints[O_LINE][row.at] * MARKER_COUNT
        based = [m for m in BASES if run.refs[0][first + m] != MISSING]
        if not based:
            days = f"the {settings.baseline_days:g} days up to the start of the line"
            return f"no serum M, urine M or light chains in {days}"
        values = ", ".join(f"{MARKER_WORDS[m]} {amount(run.refs[0][first + m])} {UNITS[m]}" for m in based)
        return f"nothing was measurable at the start of the line ({values})"
    missing = names(gaps & A_ANY, GAPS) or [MARKER_WORDS[run.ints[O_MARKER][row.at]]]
    return f"{' and '.join(missing)} not done or not recorded"


def _complete(run: Outcome, w: int) -> list[str]:
    """What a complete response rests on; what is only assumed is left out."""
    gaps = run.ints[O_GAPS][w]
    where = "in serum" if gaps & (A_URINE | A_URINE_IFE) else "in serum and urine"
    other = " of the disease" if run.ints[O_FLAGS][w] & (F_ANTIBODY | F_OLIGOCLONAL) else ""
    found = [f"no band{other} by immunofixation {where}"] + (
        [] if gaps & A_MARROW else ["marrow below the limit of CR"]
    )
    if run.ints[O_LEVEL][w] == SCR:
        found += ["normal light chain ratio", "no clonal cells"]
    elif run.ints[O_MARKER][w] == M_DFLC:
        found.append("normal light chain ratio")
    return [", ".join(found)]


def _held(row: Row, gaps: int) -> list[str]:
    """What kept a very good partial response from being a complete one; of an amount that is left it goes without."""
    kept = gaps & ~A_ANY
    if row.value[1] > 0:
        kept &= ~H_SERUM_IFE
    return [f"no CR: {', '.join(names(kept, HELD))}"] if kept else []


def _assumed(gaps: int, missing_data: str) -> str:
    items = ", ".join(names(gaps & A_ANY, GAPS))
    if missing_data == "flexible":
        return f"{items} not done or not recorded: assumed to allow this level"
    return f"{items} not done or not recorded: one level lower"


def _test(test: int) -> str:
    return MARKER_WORDS[test] if test < M_DFLC else TESTS[test].replace("-", " ")


def open_words(row: Row, samples: Samples) -> str:
    """`cannot be told: PR or VGPR; open: serum M <5 g/L (2020-01-29)`."""
    levels = " or ".join(LEVELS[level] for level in sorted(row.between))
    loose = [s for s in samples.results if s.open]
    here = [s for s in samples.of(row.day) if s.open] or loose
    told = ", ".join(f"{_test(s.test)} {s.given}{' on one day' * s.several} ({s.day.text})" for s in here[:3])
    days = [d.text for d in samples.starts if d.first != d.last]
    starts = f"the start of a line ({', '.join(days)})" if days else ""
    return f"cannot be told: {levels}; open: {', '.join(filter(None, (told, starts)))}"
