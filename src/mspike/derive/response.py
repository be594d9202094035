"""Response and progression from serial results: record and lines → columns → kernel → rows with their reasons.

Rules: spec/response.md, after IMWG 2016 (or the version before, policy `response_criteria`). A response that the record
states wins for its date. Where a partial date, a result such as `<0.5`, or two results of one day leave a row open, its
readings are compared (see `samples`): what differs is not known, and the row says between what.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec.structs import replace

from mspike.derive.criteria import ABSENT
from mspike.derive.kernel.codes import (
    A_ANY,
    BY_STATEMENT,
    CR,
    FLAGS,
    FLOAT_COLUMNS,
    H_FOUND,
    INT_COLUMNS,
    L_BEST,
    L_FROM_CR,
    L_MEASURABLE,
    LEVELS,
    LINE_COLUMNS,
    M_BLOOD,
    M_DFLC,
    M_MARROW,
    MARKER_COUNT,
    MARKERS,
    MISSING,
    NE,
    NODAY,
    O_DERIVED,
    O_GAPS,
    O_LEVEL,
    O_STATED,
    P_BASELINE_DAYS,
    PD,
    REFERENCE_COLUMNS,
    SCRATCH,
    SD,
    STATED,
    TEST_PLACES,
    TESTS,
    VGPR,
)
from mspike.derive.kernel.refractory import telling_best
from mspike.derive.kernel.response import respond
from mspike.derive.line_columns import drug_codes
from mspike.derive.outcome import Outcome, Row, agreed
from mspike.derive.progression import Progression
from mspike.derive.reasons import open_words, row_words, value_words
from mspike.derive.rules import Rules
from mspike.derive.samples import Reading, Samples, band_of, cuts, death_day
from mspike.derive.settings import Settings
from mspike.derive.state import Contradiction, Line
from mspike.derive.wording import UNITS, clause_name, clause_words, day_text, names, tidy
from mspike.record import Day, Record

DRAWN = (0, 1, 2, 3, 4, 5)
"""Markers whose baseline and reference are shown: all but the uninvolved chain and calcium."""


class Responses(msgspec.Struct, frozen=True):
    """What the results show. `rows`, `progressions`, `references`: as the answer prints them."""

    rows: tuple[dict[str, Any], ...] = ()
    progressions: tuple[dict[str, Any], ...] = ()
    references: tuple[dict[str, Any], ...] = ()
    found: tuple[Progression, ...] = ()
    """The progressions, as refractoriness and status read them."""
    refuted: frozenset[str] = frozenset()
    """Where the record states a progression that the next sample did not confirm."""
    best: tuple[str | None, ...] = ()
    """Of each line the best confirmed response; None: not known."""
    from_cr: Day | None = None
    """First sign of a relapse from CR."""
    from_cr_because: str = "no confirmed complete response"
    contradictions: tuple[Contradiction, ...] = ()
    """Stated responses that the values of the same day speak against."""


def judge_samples(record: Record, lines: tuple[Line, ...], samples: Samples, rules: Rules) -> list[Outcome]:
    """Every sample judged against its stated line, once for each reading."""
    open_items = samples.loose(rules.response_params[P_BASELINE_DAYS])
    return [_run(record, lines, samples.reading(upper), rules) for upper in cuts(open_items)]


def derive_responses(
    lines: tuple[Line, ...] | None, samples: Samples, runs: list[Outcome], settings: Settings
) -> Responses:
    """What the readings agree on; nothing where the record holds no sample and no judgement.

    `runs`: each reading as the kernel judged it, none where there is no dated line to judge in.
    """
    if not samples.results:
        return Responses()
    if not runs:
        return Responses(rows=_unplaced(samples, lines))
    known = lines or ()
    rows = agreed(runs)
    shown = tuple(_wire_row(row, runs[0], known, samples, settings) for row in rows)
    return Responses(
        rows=shown,
        progressions=tuple(_wire_progressions(rows, shown, known)),
        references=tuple(_references(runs, known, settings)),
        found=tuple(_progression(row, samples) for row in standing(rows)),
        refuted=frozenset(_refuted(rows, samples)),
        best=tuple(_best(runs, line, place) for place, line in enumerate(known)),
        from_cr=(lost := _from_cr(runs)),
        from_cr_because=_from_cr_words(lost, shown),
        contradictions=tuple(_contradictions(rows, runs[0], samples)),
    )


def with_best(lines: tuple[Line, ...] | None, responses: Responses) -> tuple[Line, ...] | None:
    """The lines with the best response that the results show, where none is stated."""
    if not lines or not any(responses.best):
        return lines
    return tuple(
        replace(line, best_response=best) if best and not line.best_response else line
        for line, best in zip(lines, responses.best, strict=True)
    )


def _run(record: Record, lines: tuple[Line, ...], reading: Reading, rules: Rules) -> Outcome:
    columns, starts, days = reading
    n, size = len(lines), len(columns)
    dates = [row[0] for row in columns]
    tests = [row[1] for row in columns]
    values = [row[2] for row in columns]
    codes = drug_codes()
    drugs = (sum(1 << codes[drug] for drug in {*line.drugs} & codes.keys()) for line in lines)
    antibody = [int(mask & rules.antibodies != 0) for mask in drugs]
    ints = tuple([0] * size for _ in range(INT_COLUMNS))
    floats = tuple([0.0] * size for _ in range(FLOAT_COLUMNS))
    of_lines = tuple([0] * n for _ in range(LINE_COLUMNS))
    refs = tuple([0.0] * (n * MARKER_COUNT) for _ in range(REFERENCE_COLUMNS))
    chain, own_band = band_of(record)
    rows = respond(
        dates, tests, values, 0, size, starts, antibody, 0, n, chain, own_band, death_day(record),
        rules.response_params, [0.0] * TEST_PLACES, [0.0] * SCRATCH, ints, floats, 0, of_lines, refs, 0, 1,
    )  # fmt: skip
    return Outcome(rows, ints, floats, of_lines, refs, days)


def _unplaced(samples: Samples, lines: tuple[Line, ...] | None) -> tuple[dict[str, Any], ...]:
    """Results without a line to judge them in: each date says so."""
    why = "the start of the first line is not dated" if lines else "no line of therapy"
    rows: dict[str, dict[str, Any]] = {}
    for s in samples.results:
        told = TESTS[s.test] in ("serum-m-protein", "urine-m-protein", "dflc") or s.test >= STATED
        if not told or (s.day.text in rows and s.test < STATED):
            continue
        stated = s.test >= STATED and not s.open
        rows[s.day.text] = {
            "date": s.day.text,
            "line": None,
            "timepoint": s.given if stated else "NE",
            "confirmed": s.given if stated and s.test > STATED else "NE",
            "flags": [],
            "basis": "stated" if stated else "derived",
            "because": f"stated: {s.given}" if stated else f"not evaluable: {why}, so there is no baseline",
        }
    return tuple(rows.values())


def _progression(row: Row, samples: Samples) -> Progression:
    """As refractoriness and status read it."""
    here = samples.of(row.day)
    stated = [s.at for s in here if s.test >= STATED]
    if stated and row.clauses == BY_STATEMENT:
        return Progression(row.day, "PD", stated[0], row.sure, row.line, True)
    at = stated[0] if stated else here[0].at if here else "measurements"
    return Progression(row.day, f"progression by {clause_words(row.clauses)}", at, row.sure, row.line, True)


def _refuted(rows: list[Row], samples: Samples) -> Iterator[str]:
    days = {row.day.text for row in rows if row.level == PD and row.sure is False}
    return (s.at for s in samples.results if s.test >= STATED and s.day.text in days)


def standing(rows: list[Row]) -> Iterator[Row]:
    """The first confirmed progression of each line, and what came before it without being refuted."""
    over: set[int] = set()
    for row in rows:
        if row.sure is not False and row.line not in over:
            if row.sure:
                over.add(row.line)
            yield row


def _wire_progressions(rows: list[Row], shown: tuple[dict[str, Any], ...], lines: tuple[Line, ...]) -> Iterator[Any]:
    """Those that stand, those stated once more within a line, and those that the next sample refuted."""
    kept = {row.at for row in standing(rows)} | {row.at for row in _stated_again(rows)}
    for row, wire in zip(rows, shown, strict=True):
        if row.at in kept or (row.level == PD and row.sure is False):
            yield {
                "date": row.day.text,
                "line": lines[row.line].number,
                "confirmed": row.sure,
                "clause": clause_name(row.clauses),
                "known": day_text(row.known) if row.sure else None,
                "because": wire["because"],
            }


def _stated_again(rows: list[Row]) -> Iterator[Row]:
    """Progressions that somebody judged after a better level in the same line: of a second course of its drugs."""
    for before, row in itertools.pairwise(row for row in rows if row.level != NE):
        again = before.line == row.line and before.level > PD
        if again and row.level == PD and row.sure and row.clauses & BY_STATEMENT:
            yield row


def _wire_row(row: Row, run: Outcome, lines: tuple[Line, ...], samples: Samples, settings: Settings) -> dict[str, Any]:
    because = open_words(row, samples) if row.between else row_words(row, run, samples, settings)
    return {
        "date": row.day.text,
        "line": lines[row.line].number,
        "timepoint": LEVELS[row.level],
        "confirmed": LEVELS[row.confirmed],
        "flags": names(row.flags, FLAGS),
        "basis": "stated" if run.ints[O_STATED][row.at] else "derived",
        "because": because,
    }


def _references(runs: list[Outcome], lines: tuple[Line, ...], settings: Settings) -> Iterator[dict[str, Any]]:
    """Baseline, running reference and border of each marker that a line has values of."""
    first = runs[0]
    for place, line in enumerate(lines):
        measurable = first.lines[L_MEASURABLE][place]
        for m in DRAWN:
            k = place * MARKER_COUNT + m
            base, base_day, ref, ref_day, border = (column[k] for column in first.refs)
            if ref == MISSING:
                continue
            same = all(run.refs[2][k] == ref for run in runs)
            based = base != MISSING and all(run.refs[0][k] == base for run in runs)
            told = all(run.lines[L_MEASURABLE][place] >> m & 1 == measurable >> m & 1 for run in runs)
            counts = _counts(m, measurable, settings) and border < ABSENT
            yield {
                "marker": MARKERS[m],
                "line": line.number,
                "unit": UNITS[m],
                "measurable": bool(measurable >> m & 1) if told else None,
                "baseline": tidy(base) if based else None,
                "baseline_date": day_text(int(base_day)) if based else None,
                "reference": tidy(ref) if same else None,
                "reference_date": day_text(int(ref_day)) if same else None,
                "progression_from": tidy(border) if same and counts else None,
            }


def _counts(m: int, measurable: int, settings: Settings) -> bool:
    """Whether a rise of the marker is progression in this line."""
    if m == M_DFLC:
        return not measurable & 3 or settings.light_chain_escape == "progression"
    if m == M_MARROW:
        return not measurable & 7
    return not measurable & 15 if m == M_BLOOD else True


def _best(runs: list[Outcome], line: Line, place: int) -> str | None:
    """The best confirmed response; where the readings differ, the response that all of them reach."""
    stop = line.stop.first.toordinal() if line.stop else math.inf
    levels = {telling_best(run.lines[L_BEST][place], place, stop, run.ints, 0, run.rows) for run in runs}
    least = min(levels)
    return LEVELS[least] if least > SD or (len(levels) == 1 and least != NE) else None


def _contradictions(rows: list[Row], run: Outcome, samples: Samples) -> Iterator[Contradiction]:
    """Where the values tell another level than the record states; not where they only lack what the level needs."""
    for row in rows:
        w = row.at
        stated, level, gaps = run.ints[O_LEVEL][w], run.ints[O_DERIVED][w], run.ints[O_GAPS][w]
        if row.between or not run.ints[O_STATED][w] or stated == NE or level in (NE, stated):
            continue
        if level != PD and gaps & A_ANY:
            continue
        if stated >= CR and (level >= CR or (level == VGPR and not gaps & H_FOUND)):
            continue
        at = tuple(s.at for s in samples.results if s.test >= STATED and s.day.text == row.day.text)
        values = f"{LEVELS[level]} by the values: {value_words(row, run, level, samples)}"
        yield Contradiction(f"response on {row.day.text}", LEVELS[stated], values, at)


def _from_cr_words(lost: Day | None, shown: tuple[dict[str, Any], ...]) -> str:
    if lost is not None:
        return next(f"{lost.text}: {row['because']}" for row in shown if row["date"] == lost.text)
    complete = next((row["date"] for row in shown if row["confirmed"] in ("CR", "sCR")), None)
    return f"no sign of it since the complete response of {complete}" if complete else "no confirmed complete response"


def _from_cr(runs: list[Outcome]) -> Day | None:
    """The first sign of a relapse from CR in the latest line that shows one."""
    found = [{day for day in run.lines[L_FROM_CR] if day != NODAY} for run in runs]
    if any(days != found[0] for days in found) or not found[0]:
        return None
    return runs[0].days.get(max(found[0]))
