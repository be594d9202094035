"""The rows as one Vega-Lite specification: lanes above, a curve for each marker below, time to the right.

Colours are custom properties (`var(--chart-m)`) and fills are patterns (`url(#p-pi)`), so that one picture serves
light, dark, forced colours and paper. Where there is much to see, a second panel shows the newest values.
"""

from __future__ import annotations

from typing import Any

import msgspec

from mspike.report.timeline.key import key_view
from mspike.report.timeline.lanes import lanes_view
from mspike.report.timeline.layout import GAP, QUIET, Layout, View, fitted
from mspike.report.timeline.model import Timeline
from mspike.report.timeline.panels import panel_view
from mspike.report.timeline.scale import Window, newest, text_width, whole
from mspike.report.timeline.told import title

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"


def vega_lite(course: Timeline, layout: Layout) -> dict[str, Any]:
    """The picture of one course in one layout. Pure: the same rows give the same specification."""
    if layout.short:
        course = course.without_repeats
    layout = fitted(layout, course)
    near = newest(course, layout.zoom)
    far = whole(course, layout.width if near else layout.alone)
    views = [_column(course, far, layout, "Whole course" if near else "", not near)]
    if near:
        above = f"Newest values, from {near.start:%Y-%m}"
        views.append(_column(course, near, layout, above, True, whole_course=False))
    if layout.stacked:
        views.reverse()
    body: dict[str, Any] = {"hconcat": views, "spacing": GAP} if not layout.stacked else {
        "vconcat": views, "spacing": GAP}  # fmt: skip
    return {
        "$schema": SCHEMA,
        "description": title(course),
        "background": None,
        "title": {
            "text": _title(course, layout),
            "anchor": "start",
            "frame": "bounds",
            "limit": layout.total,
            "offset": 6,
            "color": QUIET,
            "fontSize": layout.size,
            "fontWeight": 400,
        },
        "padding": {"left": 2, "right": 10, "top": 2, "bottom": 2},
        "vconcat": [body, key_view(course, layout)],
        "spacing": 4 if layout.short else 10,
        "config": {
            "font": "sans-serif",
            "view": {"stroke": None},
            "axis": {
                "labelColor": "var(--chart-ink-2)",
                "labelFontSize": layout.size,
                "tickColor": "var(--chart-ink-2)",
                "domainColor": "var(--chart-ink-2)",
                "gridColor": "var(--chart-grid)",
            },
        },
    }


def _title(course: Timeline, layout: Layout) -> str | list[str]:
    """In one line or two. An id that is too long even so is cut off, the date is not."""
    one = title(course)
    if text_width(one, layout.size) <= layout.total:
        return one
    whose, _, day = one.rpartition(" as of ")
    return [whose, f"as of {day}"]


def _column(
    course: Timeline, window: Window, layout: Layout, heading: str, values: bool, whole_course: bool = True
) -> dict[str, Any]:
    """One stretch of time: lanes and curves one below the other. `values`: they are written at the points."""
    view = View(window, layout, values, zoom=not whole_course)
    shown = [panel for panel in course.panels if any(window.holds(point.day) for point in panel.points)]
    if not layout.stacked:
        shown = list(course.panels)
    lowest = msgspec.structs.replace(view, bottom=True)
    lanes = lanes_view(course, view if shown else lowest, heading)
    parts = [lanes] if lanes else []
    for panel in shown:
        above = heading if not parts else ""
        own = lowest if panel is shown[-1] else view
        if panel.flat and len(course.panels) > 1:
            own = msgspec.structs.replace(own, layout=msgspec.structs.replace(layout, high=layout.low))
        parts.append(panel_view(panel, course, own, above))
    return {"vconcat": parts, "bounds": "flush", "spacing": layout.between}
