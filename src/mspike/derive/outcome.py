"""What the kernel put out for each reading of a record, and what all readings agree on."""

from __future__ import annotations

import msgspec

from mspike.derive.kernel.codes import (
    NE,
    O_BASE,
    O_CLAUSES,
    O_CONFIRMED,
    O_DAY,
    O_FLAGS,
    O_HOW,
    O_KNOWN,
    O_LEVEL,
    O_LINE,
    O_MARKER,
    O_REF,
    O_VALUE,
    PD,
    REFUTED,
)
from mspike.record import Day, Tri


class Outcome(msgspec.Struct):
    """One reading: rows (`ints`, `floats`), lines and references as the kernel wrote them."""

    rows: int
    ints: tuple[list[int], ...]
    floats: tuple[list[float], ...]
    lines: tuple[list[int], ...]
    refs: tuple[list[float], ...]
    days: dict[int, Day]
    """Of each row's day the day as given."""


Span = tuple[float, float]
"""Lowest and highest over the readings."""


class Row(msgspec.Struct, frozen=True):
    """One sample, as far as all readings agree."""

    at: int
    """Its place in the first reading."""
    day: Day
    line: int
    level: int
    """NE where the readings differ."""
    confirmed: int
    """Where they differ, the least that all of them reach."""
    flags: int
    clauses: int
    known: int
    sure: Tri
    """Whether it is a progression that stands: False for none or a refuted one, None for a lone or an open one."""
    value: Span
    """Of the deciding marker: its value, over all readings."""
    base: Span
    ref: Span
    between: frozenset[int] = frozenset()
    """The levels of the readings, where they differ."""


def agreed(runs: list[Outcome]) -> list[Row]:
    """The rows of the first reading, each compared with the same date of the others."""
    first = runs[0]
    day, line, level, confirmed = (first.ints[c] for c in (O_DAY, O_LINE, O_LEVEL, O_CONFIRMED))
    flags, clauses, how, known = (first.ints[c] for c in (O_FLAGS, O_CLAUSES, O_HOW, O_KNOWN))
    value, base, ref = first.floats
    others = [(run, {run.days[run.ints[O_DAY][k]].text: k for k in range(run.rows)}) for run in runs[1:]]
    rows = []
    for w in range(first.rows):
        here = first.days[day[w]]
        sure: Tri = False
        if level[w] == PD:
            sure = True if confirmed[w] == PD else False if how[w] == REFUTED else None
        if not others:
            rows.append(
                Row(
                    w, here, line[w], level[w], confirmed[w], flags[w], clauses[w], known[w], sure,
                    (value[w], value[w]), (base[w], base[w]), (ref[w], ref[w]),
                )
            )  # fmt: skip
            continue
        levels, standings, verdicts, common = {level[w]}, {confirmed[w]}, {sure}, flags[w]
        shown = [(value[w], base[w], ref[w])]
        for run, places in others:
            k = places.get(here.text)
            ints = run.ints
            if k is not None and ints[O_MARKER][k] == first.ints[O_MARKER][w]:
                shown.append((run.floats[O_VALUE][k], run.floats[O_BASE][k], run.floats[O_REF][k]))
            levels.add(NE if k is None else ints[O_LEVEL][k])
            standings.add(NE if k is None else ints[O_CONFIRMED][k])
            common &= 0 if k is None else ints[O_FLAGS][k]
            if k is None or ints[O_LEVEL][k] != PD:
                verdicts.add(False)
            else:
                refuted = ints[O_HOW][k] == REFUTED
                verdicts.add(True if ints[O_CONFIRMED][k] == PD else False if refuted else None)
        least = min(standings - {PD}, default=PD)
        values, bases, refs = zip(*shown, strict=True)
        spans = ((min(values), max(values)), (min(bases), max(bases)), (min(refs), max(refs)))
        rows.append(
            Row(
                w, here, line[w], level[w] if len(levels) == 1 else NE, least if len(standings) > 1 else confirmed[w],
                common, clauses[w], known[w], sure if len(verdicts) == 1 else None,
                *spans, frozenset(levels) if len(levels) > 1 else frozenset(),
            )
        )  # fmt: skip
    return rows
