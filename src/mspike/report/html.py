"""The answer as one HTML file: styles inside, no script, no network, no font to fetch."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mspike.options.answer import Answer
from mspike.report import words
from mspike.report.view import View, view
from mspike.report.view.paper import cut
from mspike.report.view.timeline import view_timeline

if TYPE_CHECKING:
    from jinja2 import Template

HERE = Path(__file__).parent
POLICY = "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'"
"""Content security: the one style sheet by its hash; no script, image, frame, font, form target or connection."""
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
"""Control characters and marks that turn the direction of the text after them: shown as replaced."""
ISO_DATE = re.compile(r"\d{4}-\d\d(?:-\d\d)?")


def render_html(answer: Answer) -> str:
    """The answer as a self-contained page for screen and paper."""
    template, styles = _page()
    page = view(answer)
    style = styles + page_rule(page)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    text: str = template.render(
        page=page, timeline=view_timeline(answer, _markup), style=_markup(style), policy=POLICY.format(digest)
    )
    return UNSEEN.sub("\ufffd", text)


@cache
def _page() -> tuple[Template, str]:
    """The template, compiled once, and the style sheet."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["dates"] = unbroken_dates
    environment.filters["line"] = paper_line
    environment.globals["words"] = words
    styles = (HERE / "static" / name for name in ("mspike.css", "paper.css"))
    return environment.get_template("answer.html"), "".join(path.read_text(encoding="utf-8") for path in styles)


def page_rule(page: View) -> str:
    """The margins of the paper and what stands in them. No size: the printer's paper, A4 or Letter, decides."""
    left = css_text(words.FOOTER)
    right = css_text(f"as of {page.as_of} · knowledge {page.knowledge} · ") + ' counter(page) "/" counter(pages)'
    small = "font: 6.8pt sans-serif; color: #333"
    return (
        f"\n@page {{ margin: 8mm 10mm 10mm; @bottom-left {{ content: {left}; {small} }}"
        f" @bottom-right {{ content: {right}; {small} }} }}\n"
    )


def css_text(text: str) -> str:
    """A string for a style sheet that stands inside a page: whatever is not plain becomes a code point."""
    return '"' + re.sub(r"[^\w .,:;·-]", lambda m: f"\\{ord(m[0]):06x}", UNSEEN.sub("\ufffd", text)) + '"'


def unbroken_dates(text: str) -> Any:
    """The text, escaped, with each ISO date kept on one line."""
    from markupsafe import escape

    return _markup(ISO_DATE.sub(lambda m: f'<span class="nowrap">{m[0]}</span>', str(escape(text))))


def paper_line(text: str) -> Any:
    """The text with dates unbroken; what is over a line of paper stands on the screen only."""
    head, tail = cut(text)
    if not tail:
        return unbroken_dates(text)
    rest = _markup('<span class="screen-only">{}</span><span class="paper-only"> …</span>').format(unbroken_dates(tail))
    return unbroken_dates(head) + rest


def _markup(text: str) -> Any:
    from markupsafe import Markup

    return Markup(text)
