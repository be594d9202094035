"""Vega-Lite → SVG and PNG. The renderer (vl-convert) is heavy and optional: loaded here, when something is drawn."""

from __future__ import annotations

import json
import re
from functools import cache
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from mspike.report.timeline.layout import WIDE, Layout
from mspike.report.timeline.model import Timeline
from mspike.report.timeline.spec import vega_lite
from mspike.report.timeline.told import describe, title

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

HERE = Path(__file__).parents[1]
RENDERER = "vl_convert"
VEGA_LITE = "5.20"
"""The version of the grammar that draws, so that another release of the renderer draws the same."""
SCALE = 2
"""Pixels of a PNG for one of the picture."""
UNSEEN = ("role", "class", "font-family", "pointer-events", "stroke-miterlimit")
"""Attributes of the renderer that the picture does without; the font is the page's."""
USUAL = {
    "opacity": "1", "stroke-dasharray": "1,0", "font-style": "normal", "font-weight": "400",
    "transform": "translate(0,0)",
}  # fmt: skip
LOOKS = ("fill", "stroke", "stroke-width", "stroke-dasharray", "font-size", "font-weight", "text-anchor")
"""Attributes that a group hands down to its parts."""
LONG = re.compile(r"\d+\.\d\d+")
"""A number with more decimals than the eye sees."""
TOKEN = re.compile(r"var\((--[\w-]+)\)")
PLAIN = (
    "text{font-family:'Segoe UI',Roboto,'Helvetica Neue',Arial,'Liberation Sans','DejaVu Sans',sans-serif;"
    "paint-order:stroke;stroke:#fff;stroke-width:3px;stroke-linejoin:round}"
)


def can_draw() -> bool:
    """Whether the renderer is installed; nothing is loaded."""
    return find_spec(RENDERER) is not None


def page_svg(course: Timeline, layout: Layout) -> str:
    """The picture for a page, whose style sheet has the colours and whose sprite has the patterns.

    One name and one description for the whole; ids begin with the layout's name, so that several stand on one page.
    """
    drawn, wide, high = _converted(json.dumps(vega_lite(course, layout)))
    return _dressed(course, drawn, wide, high, f"tl-{layout.name}", 'class="chart-svg" ')


def file_svg(course: Timeline) -> str:
    """The picture as a file that needs nothing else: light colours and patterns written in, white ground."""
    drawn, wide, high = _converted(json.dumps(vega_lite(course, WIDE)))
    patterns = (HERE / "templates" / "_patterns.svg").read_text(encoding="utf-8").strip()
    inside = f'<style>{PLAIN}</style><defs>{patterns}</defs><rect width="100%" height="100%" fill="#fff"/>{drawn}'
    return _light(_dressed(course, inside, wide, high, "tl", 'xmlns="http://www.w3.org/2000/svg" ')) + "\n"


def file_png(course: Timeline) -> bytes:
    """The same as pixels."""
    import vl_convert

    return vl_convert.svg_to_png(file_svg(course), scale=SCALE)


@cache
def _converted(spec: str) -> tuple[str, str, str]:
    """What stands inside the SVG, tidied, and its width and height."""
    import xml.etree.ElementTree as tree

    import vl_convert

    root = tree.fromstring(vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE))
    inside = "".join(tree.tostring(part, encoding="unicode") for child in root for part in _tidy(child))
    return inside, root.attrib["width"], root.attrib["height"]


def _tidy(element: Element) -> list[Element]:
    """The element without what is not seen: empty marks, groups that say nothing, roles and names of single marks.

    Names and fonts are the page's; a third of the size remains, since decimals are cut to one.
    """
    element.tag = element.tag.rpartition("}")[2]
    kept = {
        name: LONG.sub(lambda found: f"{float(found[0]):.1f}".removesuffix(".0"), value)
        for name, value in element.attrib.items()
        if not name.startswith("aria-") and name not in UNSEEN and USUAL.get(name) != value
    }
    parts = [part for child in element for part in _tidy(child)]
    if element.tag == "g":
        kept |= _common(parts) if len(parts) > 2 else {}
        if not kept or not parts:
            return parts
    if element.tag == "path" and not kept.keys() & {"fill", "stroke"}:
        return []
    element.attrib.clear()
    element.attrib.update(kept)
    element[:] = parts
    return [element]


def _common(parts: list[Element]) -> dict[str, str]:
    """What the parts look like alike, taken from each of them."""
    found = {name: value for name, value in parts[0].attrib.items() if name in LOOKS}
    found = {name: value for name, value in found.items() if all(part.get(name) == value for part in parts)}
    for part in parts:
        for name in found:
            del part.attrib[name]
    return found


def _dressed(course: Timeline, inside: str, wide: str, high: str, ident: str, more: str) -> str:
    names = (
        f'<title id="{ident}-t">{escape(title(course))}</title><desc id="{ident}-d">{escape(describe(course))}</desc>'
    )
    return (
        f'<svg {more}viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" role="img" '
        f'aria-labelledby="{ident}-t" aria-describedby="{ident}-d">{names}{inside}</svg>'
    )


def _light(text: str) -> str:
    """Custom properties → the light colours of the style sheet."""
    return TOKEN.sub(lambda m: _tokens()[m[1]], text)


@cache
def _tokens() -> dict[str, str]:
    styles = (HERE / "static" / "mspike.css").read_text(encoding="utf-8")
    root = styles[styles.index(":root {") : styles.index("}")]
    return dict(re.findall(r"(--[\w-]+): (#\w+);", root))
