"""The sizes of the picture, and the small parts that all of its views are made of."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from mspike.report.timeline.model import Timeline
from mspike.report.timeline.scale import Window, text_width, time_ticks

INK, QUIET, PD = "var(--chart-ink)", "var(--chart-ink-2)", "var(--chart-pd)"


class Layout(msgspec.Struct, frozen=True):
    """Pixels of one way to draw the picture."""

    name: str
    total: int
    """Width of the whole."""
    step: int
    """Height of a lane."""
    high: int
    """Height of a curve."""
    low: int
    """Height of a curve that is flat."""
    size: float
    """Of the letters."""
    between: int
    """From one view to the next; the title of a curve stands there."""
    thin: float
    """Height of a bar whose drug is not dated, of its lane."""
    share: float = 0.61
    """Of the whole course in the width, where the newest values stand beside it."""
    stacked: bool = False
    """The newest values above the whole course, each with its own labels."""
    short: bool = False
    """Without the lanes of drugs that only their line dates; the tables beside it name them."""
    labels: int = 0
    """Left of the lanes; as wide as the longest name of this course, see `fitted`."""

    @property
    def alone(self) -> int:
        """Width of the whole course where it stands alone."""
        return self.total - self.labels - EDGE

    @property
    def width(self) -> int:
        """Width of the whole course beside or below the newest values."""
        return self.alone if self.stacked else round((self.alone - GAP - VALUES) * self.share)

    @property
    def zoom(self) -> int:
        """Width of the newest values."""
        return self.alone if self.stacked else self.alone - GAP - VALUES - self.width


EDGE, GAP, VALUES = 14, 24, 40
"""Right of everything; between two panels; left of the second one, for the numbers of its axis."""
LEAST, MOST = 58, 150
"""Pixels for the names of the lanes."""
WIDE = Layout("wide", total=940, step=20, high=104, low=44, size=12.5, between=30, thin=0.42)
NARROW = Layout("narrow", total=330, step=20, high=92, low=44, size=12.5, between=32, thin=0.42, stacked=True)
PAPER = Layout("paper", total=900, step=10, high=26, low=20, size=9.5, between=18, thin=0.62, short=True)
LAYOUTS = (WIDE, NARROW, PAPER)


def fitted(layout: Layout, course: Timeline) -> Layout:
    """The layout with room for the names of the lanes."""
    longest = max((text_width(row, layout.size) for row in course.rows), default=0)
    return msgspec.structs.replace(layout, labels=min(max(round(longest) + 10, LEAST), MOST))


class View(msgspec.Struct, frozen=True):
    """One stretch of time in one layout."""

    window: Window
    layout: Layout
    values: bool
    """Values are written at their points."""
    zoom: bool
    bottom: bool = False
    """The last view of its column: the time axis stands below it."""

    @property
    def labels(self) -> bool:
        """Whether lanes are named at the left: a second panel beside the first has the same lanes."""
        return self.layout.stacked or not self.zoom

    @property
    def extent(self) -> int:
        return self.layout.labels if self.labels else VALUES


def iso(day: dt.date) -> str:
    return day.isoformat()


def x(view: View, field: str = "date") -> dict[str, Any]:
    """The time axis; drawn only below the last view of a column."""
    axis = None
    if view.bottom:
        ticks, style = time_ticks(view.window, view.layout.size)
        axis = {
            "values": [{"year": day.year, "month": day.month, "date": day.day, "utc": True} for day in ticks],
            "labelExpr": f"utcFormat(datum.value, '{style}')", "title": None, "grid": False, "labelFlush": False,
            "labelOverlap": False,
        }  # fmt: skip
    return {"field": field, "type": "temporal", "scale": {"type": "utc", "domain": view.window.domain}, "axis": axis}


def layer(rows: list[dict[str, Any]], mark: dict[str, Any], **encoding: Any) -> dict[str, Any]:
    return {"data": {"values": rows}, "mark": {"aria": False, "clip": False, **mark}, "encoding": encoding}


def letters(size: float, fill: str = INK, **mark: Any) -> dict[str, Any]:
    """The mark of a layer of text."""
    return {"type": "text", "fontSize": size, "baseline": "middle", "fill": fill, **mark}


def heading(text: str, view: View, size: float, up: float) -> dict[str, Any]:
    """A title `up` pixels above a view."""
    mark = letters(size, INK, align="left", fontWeight=700, text=text)
    return layer([{}], mark, x={"value": margin(view)}, y={"value": -up})


def margin(view: View) -> int:
    """Where a title begins; where room is short, at the left edge of the picture."""
    return 6 - view.extent if view.layout.stacked else 0


def rules(course: Timeline, view: View) -> list[dict[str, Any]]:
    """The vertical lines of the progressions, through every view; firm ones solid."""
    found = []
    for firm, dash in ((True, [1, 0]), (False, [3, 2])):
        rows = [{"date": iso(p.day)} for p in course.progressions if p.firm is firm and view.window.holds(p.day)]
        if rows:
            mark = {"type": "rule", "stroke": PD, "strokeWidth": 1.5, "strokeDash": dash}
            found.append(layer(rows, mark, x=x(view)))
    return found
