"""The key: what each pattern, symbol and line of this picture means; only what is drawn."""

from __future__ import annotations

from typing import Any

from mspike.report.timeline.lanes import SHAPES
from mspike.report.timeline.layout import INK, PD, QUIET, Layout, layer, letters
from mspike.report.timeline.model import MARK_WORDS, Timeline
from mspike.report.timeline.panels import LOOKS, RULES
from mspike.report.timeline.scale import text_width

PATTERN_WORDS = {
    "pi": "proteasome inhibitor", "imid": "immunomodulatory drug", "antibody": "antibody", "steroid": "steroid",
    "chemo": "chemotherapy", "target": "BCMA or GPRC5D", "other": "other drug",
}  # fmt: skip
SWATCH = 26
BAR_LINE = "var(--chart-bar-line)"

Entry = tuple[str, str, dict[str, Any]]
"""What is drawn (`bar`, `rule`, `upright`, `point`), the words, the look."""


def entries(course: Timeline) -> list[Entry]:
    """What the picture holds, in the order of its parts."""
    drawn = {bar.pattern for bar in course.bars}
    found: list[Entry] = [
        ("bar", text, {"fill": f"url(#p-{name})", "stroke": BAR_LINE, "height": 10})
        for name, text in PATTERN_WORDS.items()
        if name in drawn
    ]
    if any(bar.of_line for bar in course.bars):
        found.append(
            ("bar", "thin: days of the line, drug not dated", {"fill": "none", "stroke": BAR_LINE, "height": 5})
        )
    if any(bar.open for bar in course.bars):
        look = {"fill": "none", "stroke": BAR_LINE, "height": 10, "strokeDash": [3, 2]}
        found.append(("bar", "no end recorded", look))
    if any(bar.early or bar.late for bar in course.bars):
        found.append(("rule", "date known only to the year", {"stroke": BAR_LINE, "strokeDash": [1, 2]}))
    kinds = dict.fromkeys(mark.kind for mark in course.marks)
    found += [("point", MARK_WORDS[kind], {"shape": SHAPES[kind], "fill": INK, "stroke": INK}) for kind in kinds]
    if any(not letter.given for letter in course.letters):
        found.append(("word", "deepest of the line, not dated", {"text": "PR", "fontStyle": "italic"}))
    if any(letter.text.endswith("?") for letter in course.letters):
        found.append(("word", "not confirmed by a second sample", {"text": "PR?"}))
    for panel in course.panels:
        colour, shape, dash = LOOKS.get(panel.test, LOOKS["serum-m-protein"])
        found.append(
            ("curve", panel.name.lower().replace("m-p", "M-p"), {"stroke": colour, "strokeDash": dash, "shape": shape})
        )
    if any(not point.exact for panel in course.panels for point in panel.points):
        look = {"shape": "triangle-down", "fill": "var(--surface)", "stroke": INK}
        found.append(("point", "below a limit, or date uncertain", look))
    references = [reference for panel in course.panels for reference in panel.references]
    of = " (light chains: difference)" if any(reference.of for reference in references) else ""
    told = ("reference of the line" + of, "progression from here on")
    for (_, _, field, stroke, dashes, _), text in zip(RULES, told, strict=True):
        if any(getattr(reference, field) is not None for reference in references):
            found.append(("rule", text, {"stroke": stroke, "strokeDash": dashes}))
    if any(p.firm for p in course.progressions):
        found.append(("upright", "progression, confirmed", {"stroke": PD, "strokeDash": [1, 0]}))
    if any(not p.firm for p in course.progressions):
        found.append(
            ("upright", "relapse, or progression stated or not confirmed", {"stroke": PD, "strokeDash": [3, 2]})
        )
    return found


def key_view(course: Timeline, layout: Layout) -> dict[str, Any]:
    """A view of its own below the picture, wrapped to its width."""
    begin, width = 12.0 - layout.labels, layout.alone
    line, gap = layout.size + (3 if layout.short else 6), 12 if layout.short else 18
    x, y = begin, 0.0
    layers: list[dict[str, Any]] = []
    for kind, text, look in entries(course):
        wide = SWATCH + 6 + text_width(text, layout.size - 1)
        if x > begin and x + wide > width:
            x, y = begin, y + line
        layers += _entry(kind, text, look, x, y + line / 2, layout)
        x += wide + gap
    return {
        "name": f"key_{layout.name}",
        "width": width,
        "height": y + line,
        "layer": layers or [_at({"type": "point", "opacity": 0}, x=0, y=0)],
    }


def _entry(kind: str, text: str, look: dict[str, Any], x: float, y: float, layout: Layout) -> list[dict[str, Any]]:
    middle = x + SWATCH / 2
    found = []
    if kind == "bar":
        half = look["height"] / 2
        mark = {"type": "rect", "strokeWidth": 1, **{name: look[name] for name in look if name != "height"}}
        found.append(_at(mark, x=x, x2=x + SWATCH, y=y - half, y2=y + half))
    if kind in ("rule", "curve"):
        mark = {"type": "rule", "strokeWidth": 1.8, **{name: look[name] for name in ("stroke", "strokeDash")}}
        found.append(_at(mark, x=x, x2=x + SWATCH, y=y))
    if kind == "upright":
        half = layout.size * 0.6
        found.append(_at({"type": "rule", "strokeWidth": 1.8, **look}, x=middle, y=y - half, y2=y + half))
    if kind == "curve":
        spot = {"shape": look["shape"], "fill": look["stroke"], "stroke": "var(--surface)", "size": 50}
        found.append(_at({**POINT, **spot}, x=middle, y=y))
    if kind == "point":
        found.append(_at({**POINT, "size": 80, "strokeWidth": 1.6, **look}, x=middle, y=y))
    if kind == "word":
        mark = letters(layout.size - 1, QUIET, align="center")
        found.append(_at({**mark, **look}, x=middle, y=y))
    mark = letters(layout.size - 1, QUIET, align="left")
    found.append(_at({**mark, "text": text}, x=x + SWATCH + 6, y=y))
    return found


POINT = {"type": "point", "filled": True, "opacity": 1}


def _at(mark: dict[str, Any], **place: float) -> dict[str, Any]:
    """One mark at a place in pixels."""
    return layer([{}], mark, **{name: {"value": round(number, 1)} for name, number in place.items()})
