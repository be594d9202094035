"""The timeline of one patient: answer → rows → Vega-Lite → SVG or PNG, and the same rows as tables.

    rows, values    the state of an answer → the rows (`model`)
    told            the rows in words and tables
    scale, layout   time and value axes, what has room; the sizes of the picture and its smallest parts
    lanes, panels   the two kinds of view: therapy and responses; a marker's curve
    responses       the lane of the responses
    key, spec       what the signs mean; everything as one specification
    draw            specification → SVG and PNG

`timeline(answer)` makes the rows; `page_svg`, `file_svg` and `file_png` draw them, `tables` and `render_text` write
them. Drawing needs the extra `chart`; `can_draw()` says whether it is there.
"""

from mspike.report.timeline.draw import can_draw, file_png, file_svg, page_svg
from mspike.report.timeline.layout import LAYOUTS, NARROW, PAPER, WIDE, Layout
from mspike.report.timeline.model import LINE, Timeline
from mspike.report.timeline.rows import timeline
from mspike.report.timeline.spec import vega_lite
from mspike.report.timeline.told import NOTHING, Table, describe, render_text, summary, tables, title

__all__ = [
    "LAYOUTS",
    "LINE",
    "NARROW",
    "NOTHING",
    "PAPER",
    "WIDE",
    "Layout",
    "Table",
    "Timeline",
    "can_draw",
    "describe",
    "file_png",
    "file_svg",
    "page_svg",
    "render_text",
    "summary",
    "tables",
    "timeline",
    "title",
    "vega_lite",
]
