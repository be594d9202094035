"""The lanes: lines of therapy, each drug, cell therapies, responses."""

from __future__ import annotations

from typing import Any

from mspike.report.timeline.layout import INK, QUIET, View, heading, iso, layer, letters, rules, x
from mspike.report.timeline.model import LINE, PROGRESSION, RESPONSE, Bar, Timeline
from mspike.report.timeline.responses import responses
from mspike.report.timeline.scale import Room, text_width

SHAPES = {"transplant": "diamond", "car-t": "triangle-up", "procedure": "cross"}
THICK = 0.76
"""Height of a bar, of its lane."""


def lanes_view(course: Timeline, view: View, title: str) -> dict[str, Any] | None:
    """Therapy and responses, a lane for each; None where there is no lane."""
    window, size = view.window, view.layout.size
    bars = [bar for bar in course.bars if bar.start <= window.end and (bar.late or bar.end) >= window.start]
    marks = [mark for mark in course.marks if window.holds(mark.day)]
    rows = course.rows
    if view.layout.stacked:
        used = {bar.row for bar in bars} | {mark.row for mark in marks} | {RESPONSE, PROGRESSION}
        rows = [row for row in rows if row in used]
    if not rows:
        return None
    y = {
        "field": "row", "type": "nominal", "sort": rows,
        "scale": {"domain": rows, "paddingInner": 0, "paddingOuter": 0},
        "axis": {"title": None, "domain": False, "ticks": False, "grid": False, "labelPadding": 8, "labelLimit": 140,
                 "minExtent": view.extent, "maxExtent": view.extent, "labels": view.labels, "labelColor": INK},
    }  # fmt: skip
    layers = [heading(title, view, size + 1, 11)] if title else []
    for thin in (False, True):
        high = max(round(view.layout.step * (view.layout.thin if thin else THICK)), 3)
        for is_open in (False, True):
            rows_ = [_bar(bar, view) for bar in bars if bar.of_line is thin and bar.open is is_open]
            if rows_:
                mark = {"type": "bar", "height": high, "stroke": "var(--chart-bar-line)", "strokeWidth": 1,
                        "strokeDash": [3, 2] if is_open else [1, 0], "minBandSize": 1}  # fmt: skip
                fill = {"field": "fill", "type": "nominal", "scale": None, "legend": None}
                layers.append(layer(rows_, mark, x=x(view, "from"), x2={"field": "to"}, y=y, fill=fill))
    ranges = [
        {"row": bar.row, "from": iso(max(bar.early or bar.start, window.start)),
         "to": iso(min(bar.late or bar.end, window.end))}
        for bar in bars if bar.early or bar.late
    ]  # fmt: skip
    if ranges:
        mark = {"type": "rule", "stroke": "var(--chart-bar-line)", "strokeWidth": 1.5, "strokeDash": [1, 2]}
        layers.insert(0, layer(ranges, mark, x=x(view, "from"), x2={"field": "to"}, y=y))
    layers += _cut(bars, view, y) + rules(course, view)
    for kind, shape in SHAPES.items():
        spots = [{"row": mark.row, "date": iso(mark.day)} for mark in marks if mark.kind == kind]
        if spots:
            point = {"type": "point", "shape": shape, "size": 6.5 * view.layout.step, "filled": True, "fill": INK,
                     "stroke": INK, "opacity": 1}  # fmt: skip
            layers.append(layer(spots, point, x=x(view), y=y))
    layers += _texts(course, bars, view, y)
    return {"width": window.width, "height": view.layout.step * len(rows), "view": {"stroke": None}, "layer": layers,
            "name": f"lanes_{view.layout.name}_{'zoom' if view.zoom else 'whole'}"}  # fmt: skip


def _bar(bar: Bar, view: View) -> dict[str, Any]:
    start, end = max(bar.start, view.window.start), min(bar.end, view.window.end)
    fill = "var(--chart-line-fill)" if bar.pattern == "line" else f"url(#p-{bar.pattern})"
    return {"row": bar.row, "from": iso(start), "to": iso(max(start, end)), "fill": fill}


def _cut(bars: list[Bar], view: View, y: dict[str, Any]) -> list[dict[str, Any]]:
    """Takes the frame off the end of each bar that goes on beyond the panel."""
    window = view.window
    ends = [{"row": bar.row, "date": iso(window.start)} for bar in bars if bar.start < window.start < bar.end]
    ends += [{"row": bar.row, "date": iso(window.end)} for bar in bars if bar.start < window.end < bar.end]
    mark = {"type": "tick", "orient": "vertical", "size": view.layout.step * THICK + 2, "thickness": 4,
            "color": "var(--surface)", "opacity": 1}  # fmt: skip
    return [layer(ends, mark, x=x(view), y=y)] if ends else []


def _texts(course: Timeline, bars: list[Bar], view: View, y: dict[str, Any]) -> list[dict[str, Any]]:
    """What stands on the bars, beside the marks, and in the lane of the responses, where there is room."""
    window, size = view.window, view.layout.size
    found: list[dict[str, Any]] = []
    on_bars, beside = [], []
    lane = Room(2)
    for bar in bars:
        if bar.row == LINE:
            lane.take(window.x(bar.start), window.x(bar.end))
    for progress in course.progressions:
        lane.block(window.x(progress.day) - 0.5, window.x(progress.day) + 0.5)
    for bar in bars:
        left, right = max(window.x(bar.start), 0), min(window.x(bar.end), window.width)
        wanted = [bar.text, bar.line] if bar.row == LINE else [bar.text] if not view.labels and not bar.of_line else []
        text = next((t for t in wanted if t and text_width(t, size) + (2 if t == bar.line else 6) <= right - left), "")
        if text:
            on_bars.append({"row": bar.row, "date": iso(window.start + (window.end - window.start) * (
                (left + right) / 2 / window.width)), "text": text})  # fmt: skip
        elif bar.row == LINE and right + 4 < window.width:
            room = [t for t in wanted if t and right + text_width(t, size) <= window.width + 8]
            text = next((t for t in room if lane.take(right + 4, right + 4 + text_width(t, size))), "")
            if text:
                beside.append({"row": bar.row, "date": iso(bar.end), "text": text})
    if beside:
        found.append(layer(beside, letters(size - 1, align="left", dx=5), x=x(view), y=y, text={"field": "text"}))
    if on_bars:
        found.append(layer(on_bars, letters(size - 1, align="center"), x=x(view), y=y, text={"field": "text"}))
    rooms: dict[str, Room] = {}
    sides: dict[str, list[dict[str, Any]]] = {"left": [], "right": []}
    spots = sorted((mark for mark in course.marks if window.holds(mark.day)), key=lambda mark: mark.day)
    for mark in spots:
        rooms.setdefault(mark.row, Room(2)).take(window.x(mark.day) - 7, window.x(mark.day) + 7)
    for mark in spots:
        at, wide = window.x(mark.day), text_width(mark.given, size - 1) + 2
        for align, left in (("left", at + 10), ("right", at - 10 - wide)):
            if left >= 0 and left + wide <= window.width + 8 and rooms[mark.row].take(left, left + wide):
                sides[align].append({"row": mark.row, "date": iso(mark.day), "text": mark.given})
                break
    for align, dated in sides.items():
        if dated:
            mark_text = letters(size - 1, QUIET, align=align, dx=10 if align == "left" else -10)
            found.append(layer(dated, mark_text, x=x(view), y=y, text={"field": "text"}))
    return found + responses(course, view, y)
