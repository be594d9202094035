"""A marker's curve: values joined by straight lines, the reference dotted, the limit of progression dashed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mspike.report.timeline.layout import INK, QUIET, View, heading, iso, layer, letters, rules, x
from mspike.report.timeline.model import Panel, Point, Reference, Timeline
from mspike.report.timeline.scale import Levels, Room, levels, text_width

LOOKS = {
    "serum-m-protein": ("var(--chart-m)", "circle", [1, 0]),
    "urine-m-protein": ("var(--chart-u)", "triangle-up", [8, 2]),
    "kappa-flc": ("var(--chart-flc)", "square", [5, 2]),
    "lambda-flc": ("var(--chart-flc)", "square", [5, 2]),
}
"""Colour, symbol and dashes of a marker."""
RULES = (
    ("reference", "value", QUIET, [2, 3], 1.3),
    ("progression from", "limit", "var(--chart-thr)", [7, 3], 1.6),
)
"""What is drawn of a reference: words, field, colour, dashes, width."""
MANY = 60
"""Values in one curve from which on their symbols are small."""
ROOMY = 60
"""Pixels of height from which on words stand at the reference and the limit; the key tells them in any case."""
STEPS = 12
"""Places between two values at which the line between them is taken to stand, for the words beside it."""
FAR, LOG_FAR = 3, 10
"""A limit that is more than so many times the largest value is left out: it would flatten the curve."""


def panel_view(panel: Panel, course: Timeline, view: View, above: str = "") -> dict[str, Any]:
    """One marker's curve. `above`: the title of the column, where no lanes carry it."""
    window = view.window
    colour, shape, dash = LOOKS.get(panel.test, LOOKS["serum-m-protein"])
    shown = [point for point in panel.points if window.holds(point.day)]
    references = [r for r in panel.references if r.start <= window.end and r.end >= window.start]
    top = (LOG_FAR if panel.log else FAR) * max((point.value for point in shown), default=0)
    borders = [v for r in references for v in (r.value, r.limit) if v is not None and v <= top]
    free = view.layout.size * 1.4 if view.values else 8.0
    scale = levels([*(point.value for point in shown), *borders], panel.log, view.layout.high, view.layout.size, free)
    y = {
        "field": "value",
        "type": "quantitative",
        "scale": {"type": "log" if panel.log else "linear", "domain": [scale.low, scale.high], "nice": False},
        "axis": {"title": None, "domain": False, "ticks": False, "values": scale.ticks, "labelPadding": 6, "grid": True,
                 "minExtent": view.extent, "maxExtent": view.extent, "format": ",~f", "labelOverlap": False},
    }  # fmt: skip
    layers = []
    for _, field, stroke, dashes, wide in RULES:
        lines = [
            {"from": iso(max(r.start, window.start)), "to": iso(min(r.end, window.end)), "value": level}
            for r in references
            if (level := getattr(r, field)) is not None and scale.holds(level)
        ]
        if lines:
            mark = {"type": "rule", "stroke": stroke, "strokeDash": dashes, "strokeWidth": wide}
            layers.append(layer(lines, mark, x=x(view, "from"), x2={"field": "to"}, y=y))
    layers += rules(course, view)
    rows = [{"date": iso(point.day), "value": max(point.value, scale.low)} for point in shown]
    if len(rows) > 1:
        line = {"type": "line", "stroke": colour, "strokeWidth": 2.2, "strokeDash": dash, "interpolate": "linear"}
        layers.append(layer(rows, line, x=x(view), y=y))
    area = 46 if view.values else 16 if len(rows) > MANY else 30
    for exact in (True, False):
        marked = [row for row, point in zip(rows, shown, strict=True) if point.exact is exact]
        if marked or exact:  # an empty layer keeps the axes of a panel without values
            fill, stroke = (colour, "var(--surface)") if exact else ("var(--surface)", colour)
            spot = {"type": "point", "shape": shape if exact else "triangle-down", "size": area if exact else 56,
                    "filled": True, "opacity": 1, "strokeWidth": 1 if exact else 1.6, "fill": fill,
                    "stroke": stroke}  # fmt: skip
            layers.append(layer(marked, spot, x=x(view), y=y))
    if view.values:
        layers += _labels(shown, references, view, scale, y)
    unit = f", {panel.unit}" if panel.unit else ""
    title = (f"{above}: " if above else "") + f"{panel.name}{unit}" + (", log scale" if panel.log else "")
    layers.append(heading(title, view, view.layout.size, view.layout.size * 0.9))
    name = f"{panel.test}_{view.layout.name}_{'zoom' if view.zoom else 'whole'}".replace("-", "_")
    return {"name": name, "width": window.width, "height": view.layout.high, "layer": layers}


def _labels(
    shown: list[Point], references: list[Reference], view: View, scale: Levels, y: dict[str, Any]
) -> list[dict[str, Any]]:
    """Numbers at the points: the newest first, then the extremes, then the others; then the words of the rules.

    What has no room is left out: it stands in the table.
    """
    window, size, numbers, room = view.window, view.layout.size, Room(3), Room(3)
    order = list(reversed(shown))
    extremes = [max(order, key=lambda p: p.value), min(order, key=lambda p: p.value)] if order else []
    rows = []
    for point in dict.fromkeys([*order[:1], *extremes, *order]):
        at, up, half = window.x(point.day), scale.y(point.value), text_width(point.text, size) / 2
        if numbers.take(at - half, at + half):
            rows.append({"date": iso(point.day), "value": max(point.value, scale.low), "text": point.text})
            room.block(at - half, at + half, up - size - 8, up)
    _block_curve([(window.x(point.day), scale.y(point.value)) for point in shown], room)
    bold = letters(size, INK, fontWeight=700, dy=-size - 1, align="center")
    found = [layer(rows, bold, x=x(view), y=y, text={"field": "text"})]
    for name, field, fill, _, _ in RULES[::-1]:
        for reference in references[-1:] if view.layout.high >= ROOMY else ():
            level = getattr(reference, field)
            if level is not None and scale.holds(level):
                told = f"{name} {level:g}"
                texts = (f"{told} ({reference.of})", told) if reference.of else (told,)
                start, end = max(window.x(reference.start), 0), min(window.x(reference.end), window.width)
                beside = (-8, 9) if field == "limit" else (9, -8)
                for text, left, shift in _places(texts, start, end, beside, size - 1.5):
                    wide, middle = text_width(text, size - 1.5), scale.y(level) + shift
                    inside = (
                        0 <= left <= window.width - wide
                        and size / 2 <= middle + 4
                        and middle + size / 2 <= scale.height
                    )
                    if inside and room.take(left, left + wide, middle - size / 2, middle + size / 2):
                        mark = letters(size - 1.5, fill, align="left", text=text, dy=shift)
                        found.append(layer([{"value": level}], mark, x={"value": round(left, 1)}, y=y))
                        break
    return found


def _block_curve(spots: list[tuple[float, float]], room: Room) -> None:
    """No words on the line between two values."""
    for (x1, y1), (x2, y2) in zip(spots, spots[1:] or spots, strict=False):
        for share in (n / STEPS for n in range(STEPS + 1)):
            at, up = x1 + (x2 - x1) * share, y1 + (y2 - y1) * share
            room.block(at - 3, at + 3, up - 4, up + 4)


def _places(
    texts: tuple[str, ...], start: float, end: float, beside: tuple[float, float], size: float
) -> Iterator[tuple[str, float, float]]:
    """Where words of a rule may stand: text, left edge, pixels below the rule. From its start on, then before it."""
    for text in texts:
        wide = text_width(text, size)
        for shift in beside:
            for left in range(round(start) + 8, round(end - wide) - 2, 8):
                yield text, left, shift
        yield text, start - 6 - wide, 0
