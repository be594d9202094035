"""The timeline's part of the page: the pictures where they can be drawn, the words and tables always."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from mspike.options.answer import Answer
from mspike.report.timeline import LAYOUTS, LINE, Table, can_draw, page_svg, summary, tables, timeline
from mspike.report.words import numbered

NOT_INSTALLED = "The picture is not drawn: the extra “chart” is not installed. The tables hold the same."


class TimelineView(msgspec.Struct, frozen=True):
    """What the template prints."""

    pictures: tuple[tuple[str, Any], ...]
    """Name of the layout and its SVG, marked as safe; empty where nothing can be drawn."""
    summary: str
    notice: str
    undated: tuple[str, ...]
    counts: str
    """`1 line, 4 drugs, 6 values`."""
    tables: tuple[Table, ...]


def view_timeline(answer: Answer, markup: Callable[[str], Any]) -> TimelineView:
    """The part of one answer's page; `markup` marks a text as safe for the template."""
    course = timeline(answer)
    drawn = can_draw() and not course.empty
    rows = {bar.row for bar in course.bars} - {LINE}
    values = sum(len(panel.points) for panel in (*course.panels, *course.others))
    counts = {"line": sum(bar.row == LINE for bar in course.bars), "drug": len(rows), "value": values}
    return TimelineView(
        pictures=tuple((each.name, markup(page_svg(course, each))) for each in LAYOUTS) if drawn else (),
        summary=summary(course),
        notice="" if drawn or course.empty else NOT_INSTALLED,
        undated=course.undated,
        counts=", ".join(numbered(count, one) for one, count in counts.items() if count),
        tables=tuple(tables(course)),
    )
