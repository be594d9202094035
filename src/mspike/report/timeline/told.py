"""The timeline in words: its name, a description that replaces the picture, the tables, the terminal's text."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from mspike.report.timeline.model import LINE, MARK_WORDS, Panel, Timeline
from mspike.report.words import joined, numbered

NOTHING = "Nothing in this record is dated, so there is no timeline to draw."
NO_VALUES = "No value of serum M, urine M or the free light chains is dated."
NOT_DATED = "not recorded"


class Table(msgspec.Struct, frozen=True):
    """Rows of text; the first column names the row."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def title(course: Timeline) -> str:
    return f"Timeline of {course.id} as of {course.as_of}"


def summary(course: Timeline) -> str:
    """Each curve in a sentence, then the progressions: what a reader of the picture takes from it."""
    if course.empty:
        return NOTHING
    told = [_curve(panel) for panel in course.panels] or [NO_VALUES]
    dated = [f"{p.text} {p.given}" + (f" ({p.doubt})" if p.doubt else "") for p in course.progressions]
    told += [f"Vertical lines: {joined(dated)}."] if dated else []
    return " ".join(told)


def _curve(panel: Panel) -> str:
    """`Serum M-protein: 4 values, 3 (2026-04-13) to 9 g/L (2026-10-12), lowest 3, highest 9.`"""
    first, last = panel.points[0], panel.points[-1]
    unit = f" {panel.unit}" if panel.unit else ""
    if len(panel.points) == 1:
        return f"{panel.name}: one value, {first.text}{unit} ({first.given})."
    low, high = (pick(panel.points, key=lambda point: point.value) for pick in (min, max))
    course = f"{first.text} ({first.given}) to {last.text}{unit} ({last.given})"
    return f"{panel.name}: {len(panel.points)} values, {course}, lowest {low.text}, highest {high.text}."


def describe(course: Timeline) -> str:
    """The picture for those who do not see it: therapy first, then the summary."""
    lines = [
        f"line {bar.text}, {bar.given[0]} to {bar.given[1] or NOT_DATED}" for bar in course.bars if bar.row == LINE
    ]
    drugs = list(dict.fromkeys(bar.row for bar in course.bars if bar.row != LINE))
    marks = [f"{mark.row} {mark.given}" for mark in course.marks]
    told = [f"Lines of therapy: {'; '.join(lines)}."] if lines else []
    told += [f"Drugs: {joined(drugs)}."] if drugs else []
    told += [f"Marks: {joined(marks)}."] if marks else []
    return " ".join([*told, summary(course), "The same stands in the tables that follow."])


def tables(course: Timeline) -> list[Table]:
    """Everything that the picture draws, row by row, and the light chain that it leaves out."""
    found = [
        Table("Treatment", ("What", "Line", "From", "To", "Kind"), tuple(_treatment(course))),
        Table("Responses and progressions", ("Date", "What", "Line", "Why"), tuple(_responses(course))),
        _values(course),
        Table(
            "What progression is measured against",
            ("Marker", "Line", "Since", "Reference", "Progression from"),
            tuple(_references(course)),
        ),
    ]
    return [table for table in found if table.rows]


def _treatment(course: Timeline) -> Sequence[tuple[str, ...]]:
    rows = []
    for bar in course.bars:
        kind = "line" if bar.row == LINE else bar.classes
        notes = [part for part in (bar.part, bar.note) if part]
        notes += ["days of the line; the drug is not dated"] if bar.of_line else []
        notes += [numbered(bar.entries, "dated record")] if bar.entries > 1 else []
        rows.append((bar.text if bar.row != LINE else f"line {bar.text}", bar.line, bar.given[0],
                     bar.given[1] or NOT_DATED, "; ".join(part for part in (kind, *notes) if part)))  # fmt: skip
    for mark in course.marks:
        rows.append((mark.row, mark.line, mark.given, mark.given, MARK_WORDS[mark.kind]))
    return rows


def _responses(course: Timeline) -> Sequence[tuple[str, ...]]:
    dated = [(p.day, (p.given, p.text, p.line, p.because)) for p in (*course.progressions, *course.beside)]
    dated += [(r.day, (r.given or "not dated", r.text, r.line, r.because)) for r in course.letters]
    return [row for _, row in sorted(dated, key=lambda item: item[0])]


def _values(course: Timeline) -> Table:
    """A row for each day, a column for each marker; two values of one day stand in one cell."""
    panels = (*course.panels, *course.others)
    days = sorted({(point.day, point.given) for panel in panels for point in panel.points})
    rows = []
    for day, given in days:
        cells = (", ".join(p.text for p in panel.points if (p.day, p.given) == (day, given)) for panel in panels)
        rows.append((given, *cells))
    head = ("Date", *(f"{panel.name}, {panel.unit}" if panel.unit else panel.name for panel in panels))
    return Table("Measurements", head, tuple(rows))


def _references(course: Timeline) -> Sequence[tuple[str, ...]]:
    rows = []
    for panel in course.panels:
        for reference in panel.references:
            levels = (reference.value, reference.limit)
            written = (NOT_DATED if level is None else f"{level:g} {panel.unit}".strip() for level in levels)
            name = "Light chain difference" if reference.of else panel.name
            rows.append((name, reference.line, reference.given or NOT_DATED, *written))
    return rows


def render_text(course: Timeline, *, width: int = 100, color: bool = False, encoding: str = "utf-8") -> str:
    """The tables for a terminal, 40 to 140 columns wide."""
    from mspike.report.terminal import Page

    page = Page(width, color, encoding)
    page.heading(title(course))
    page.blank()
    page.text(summary(course))
    for table in tables(course):
        page.heading(table.caption.upper())
        page.table(table.head, table.rows, whole=0)
    if course.undated:
        page.heading("NOT DATED, SO NOT DRAWN")
        for what in course.undated:
            page.text(f"- {what}", indent=1, hang=2)
    return str(page)
