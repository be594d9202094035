"""A marker's curve: values joined by straight lines, the reference dotted, the limit of progression dashed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mspike.report.timeline.layout import INK, QUIET, View, heading, iso, layer, letters, margin, rules, x
from mspike.report.timeline.model import Panel, Point, Reference, Timeline
from mspike.report.timeline.scale import Levels, Room, Window, levels, text_width

LOOKS = {
    "serum-m-protein": ("var(--chart-m)", "circle", [1, 0]),
    "urine-m-protein": ("var(--chart-u)", "triangle-up", [8, 2]),
    "kappa-flc": ("var(--chart-flc)", "square", [5, 2]),
    "lambda-flc": ("var(--chart-flc)", "square", [5, 2]),
}
"""Colour, symbol and dashes of a marker."""
RULES = (
    ("reference", "reference", "value", QUIET, [2, 3], 1.3),
    ("progression from", "PD from", "limit", "var(--chart-thr)", [7, 3], 1.6),
)
"""What is drawn of a reference: words, short words, field, colour, dashes, width."""
MANY = 60
"""Values in one curve from which on their symbols are small."""
ROOMY = 60
"""Pixels of height from which on words stand at the reference and the limit; the key tells them in any case."""
BOLD = 1.06
"""How much wider bold letters are."""
STEPS = 12
"""Places between two values at which the line between them is taken to stand, for the words beside it."""
FAR, LOG_FAR = 3, 10
"""A limit that is more than so many times the largest value is not drawn: it would flatten the curve."""


def panel_view(panel: Panel, course: Timeline, view: View, above: str = "") -> dict[str, Any]:
    """One marker's curve. `above`: the title of the column, where no lanes carry it."""
    window = view.window
    colour, shape, dash = LOOKS.get(panel.test, LOOKS["serum-m-protein"])
    shown = [point for point in panel.points if window.holds(point.day)]
    references = [r for r in panel.references if shown and r.start <= window.end and r.end >= window.start]
    top = (LOG_FAR if panel.log else FAR) * max((point.value for point in shown), default=0)
    borders = [v for r in references for v in (r.value, r.limit) if v is not None and (v <= top or not top)]
    free = view.layout.size * 1.4 if view.values else 8.0
    scale = levels([*(point.value for point in shown), *borders], panel.log, view.layout.high, view.layout.size, free)
    y = {
        "field": "value",
        "type": "quantitative",
        "scale": {"type": "log" if panel.log else "linear", "domain": [scale.low, scale.high], "nice": False},
        "axis": {"title": None, "domain": False, "ticks": False, "values": scale.ticks if shown else [],
                 "labelPadding": 6, "grid": True, "minExtent": view.extent, "maxExtent": view.extent,
                 "format": ",~f", "labelOverlap": False},
    }  # fmt: skip
    layers = []
    for _, _, field, stroke, dashes, wide in RULES:
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
    size = view.layout.size
    title, edge = _title(panel, view, above)
    layers.append(heading(title, view, size, size * 0.9))
    if view.values:
        layers += _labels(shown, references, view, scale, y, edge)
    if not shown:
        last = max((point for point in panel.points if point.day < window.start), key=lambda p: p.day, default=None)
        told = f"no value here; the last: {last.text} {panel.unit}, {last.given}" if last else "no value here"
        note = letters(size - 1, QUIET, align="left", text=told)
        layers.append(layer([{}], note, x={"value": 6}, y={"value": view.layout.high / 2}))
    name = f"{panel.test}_{view.layout.name}_{'zoom' if view.zoom else 'whole'}".replace("-", "_")
    return {"name": name, "width": window.width, "height": view.layout.high, "layer": layers}


def _title(panel: Panel, view: View, above: str) -> tuple[str, float]:
    """The name of the panel behind that of its column, which is cut to its first words where it is too long; and
    the pixel at which they end."""
    name = panel.name + (f", {panel.unit}" if panel.unit else "") + (", log scale" if panel.log else "")
    for text in (f"{above}: {name}", f"{above.partition(',')[0]}: {name}") if above else (name,):
        edge = margin(view) + text_width(text, view.layout.size) * BOLD
        if edge <= view.window.width:
            break
    return text, edge


def _labels(
    shown: list[Point], references: list[Reference], view: View, scale: Levels, y: dict[str, Any], title: float
) -> list[dict[str, Any]]:
    """Numbers at the points, then the words of the newest rules: at the rule, or above the panel.

    `title`: the pixel at which the panel's title ends. What has no room is left out: it stands in the table.
    """
    window, size, room = view.window, view.layout.size - 1.5, Room(3)
    found = [_numbers(shown, view, scale, y, room)]
    _block_curve([(window.x(point.day), scale.y(point.value)) for point in shown], room)
    for reference in references:
        for level in (reference.value, reference.limit):
            if level is not None and scale.holds(level):
                room.block(*_ends(reference, window), scale.y(level) - 1, scale.y(level) + 1)
    edge = float(window.width)
    for name, short, field, fill, _, _ in RULES[::-1]:
        for reference in references[-1:]:
            level = getattr(reference, field)
            if level is None:
                continue
            told = f"{name} {level:g}"
            texts = (f"{told} ({reference.of})", told) if reference.of else (told,)
            at_rule = view.layout.high >= ROOMY and scale.holds(level)
            beside = (-8, 9) if field == "limit" else (9, -8)
            for text, left, shift in _places(texts, *_ends(reference, window), beside, size) if at_rule else ():
                wide, middle = text_width(text, size), scale.y(level) + shift
                inside = 0 <= left <= window.width - wide and size / 2 <= middle + 4
                if (
                    inside
                    and middle + size / 2 <= scale.height
                    and room.take(left, left + wide, middle - size / 2, middle + size / 2)
                ):
                    mark = letters(size, fill, align="left", text=text, dy=shift)
                    found.append(layer([{"value": level}], mark, x={"value": round(left, 1)}, y=y))
                    break
            else:
                above = (*texts, f"{short} {level:g}")
                text = next((t for t in above if edge - text_width(t, size) >= title + 12), "")
                if text:
                    mark = letters(size, fill, align="right", text=text)
                    found.append(layer([{}], mark, x={"value": round(edge, 1)}, y={"value": -view.layout.size * 0.9}))
                    edge -= text_width(text, size) + 12
    return found


def _numbers(shown: list[Point], view: View, scale: Levels, y: dict[str, Any], room: Room) -> dict[str, Any]:
    """The value over its point: the newest first, then the extremes, then the others, as far as they have room."""
    window, size, numbers = view.window, view.layout.size, Room(3)
    order = list(reversed(shown))
    extremes = [max(order, key=lambda p: p.value), min(order, key=lambda p: p.value)] if order else []
    rows = []
    for point in dict.fromkeys([*order[:1], *extremes, *order]):
        at, up, half = window.x(point.day), scale.y(point.value), text_width(point.text, size) / 2
        if numbers.take(at - half, at + half):
            rows.append({"date": iso(point.day), "value": max(point.value, scale.low), "text": point.text})
            room.block(at - half, at + half, up - size - 8, up)
    bold = letters(size, INK, fontWeight=700, dy=-size - 1, align="center")
    return layer(rows, bold, x=x(view), y=y, text={"field": "text"})


def _ends(reference: Reference, window: Window) -> tuple[float, float]:
    """Where a rule begins and ends, in pixels."""
    return max(window.x(reference.start), 0), min(window.x(reference.end), window.width)


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
