"""The lines of therapy under every named way of counting, side by side, for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from mspike.derive import Comparison, Counting, Line
from mspike.report import words
from mspike.report.terminal import Page

NO_LINE = "·"
SAME = "all"


def render_comparison(item: Comparison, *, width: int = 100, color: bool = False, encoding: str = "utf-8") -> str:
    """A column for each way of counting, a row for each day on which a line begins under any of them."""
    page = Page(width, color, encoding)
    page.heading("LINES OF THERAPY", f"{item.id}, as of {item.as_of}")
    if item.stated:
        page.text("The record states its lines: they are taken as stated under every way of counting.")
    names = [counting.policy for counting in item.countings]
    counts = [words.UNKNOWN if c.lines is None else str(len(c.lines)) for c in item.countings]
    starts = sorted({start_of(line) for c in item.countings for line in c.lines or ()})
    rows = [("lines", *counts)]
    rows += [(start, *(cell(c, start) for c in item.countings)) for start in starts]
    page.table(("", *names), rows, whole=0)
    page.heading("WHY THEY BEGAN")
    for start in starts:
        for reason, which in reasons(item.countings, start):
            whose = SAME if len(which) == len(names) else ", ".join(which)
            page.row([(f"{start}  ", "strong")], f"{reason} ({whose})", indent=1)
    open_ones = [c for c in item.countings if c.lines is None]
    for counting in open_ones:
        page.row([(f"{counting.policy}  ", "strong")], counting.because, indent=1)
    page.heading("WHAT EACH CHANGES")
    for counting in item.countings:
        changed = "; ".join(f"{key.replace('_', ' ')}: {value}" for key, value in counting.changes.items())
        page.row([(f"{counting.policy}  ", "strong")], changed or "the rules as they stand", indent=1)
    return str(page)


def start_of(line: Line) -> str:
    return line.start.text if line.start else "not dated"


def cell(counting: Counting, start: str) -> str:
    """`2 DPd`; a dot where no line begins on the day."""
    found = [f"{line.number} {line.regimen}" for line in counting.lines or () if start_of(line) == start]
    return "; ".join(found) or NO_LINE


def reasons(countings: Sequence[Counting], start: str) -> list[tuple[str, list[str]]]:
    """Why a line began on a day, and under which ways of counting for that reason."""
    found: dict[str, list[str]] = {}
    for counting in countings:
        for line in counting.lines or ():
            if start_of(line) == start:
                found.setdefault(line.start_reason or "not stated", []).append(counting.policy)
    return list(found.items())
