"""Report: answers as text, JSON, HTML and FHIR, and the timeline. The only place where sentences are made.

`finish(answer)` writes what only this room can, the sentence of the state; every `render_` begins with it.
`render(answers, format)` gives one text for one answer or several.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mspike.derive import Comparison
from mspike.options import Answer
from mspike.report.episodes import Episodes
from mspike.report.sentence import finish, headline, state_sentence
from mspike.report.terminal import terminal_look
from mspike.report.wire import FORMATS, Refusal, compared, render_json, render_ndjson, state_only

Result = Answer | Refusal
Shown = Result | Comparison
RULE = "\n" + "=" * 60 + "\n\n"
"""Between the texts of two records."""


def render_text(answer: Answer, **how: Any) -> str:
    """The answer for a terminal; the keywords are those of `mspike.report.text.render_text`."""
    from mspike.report import text

    return text.render_text(answer, **how)


def render_html(answer: Answer, **how: Any) -> str:
    """The answer as one self-contained page."""
    from mspike.report import html

    return html.render_html(finish(answer), **how)


def render_fhir(answer: Answer, **how: Any) -> str:
    """The answer as a FHIR R4 Bundle in JSON; the keywords are those of `mspike.report.fhir.render_fhir`."""
    from mspike.report import fhir

    return fhir.render_fhir(answer, **how)


def render_refusal(refusal: Refusal, format: str) -> str:
    """A refusal in a format that people or FHIR read."""
    if format == "fhir":
        from mspike.report import fhir

        return fhir.render_refusal(refusal)
    place = f" at {refusal.at}" if refusal.at else ""
    return f"{refusal.record}: not read{place}: {refusal.error}\n  {refusal.hint}\n"


WIRE = {"json": render_json, "ndjson": render_ndjson}


def render_bytes(results: Result | Sequence[Result], format: str, **how: Any) -> bytes:
    """What `render` gives, in UTF-8; JSON without the way over text, which takes longer than writing it."""
    return WIRE[format](results) if format in WIRE else render(results, format, **how).encode()


def render(results: Result | Sequence[Result], format: str, **how: Any) -> str:
    """One answer or several in `format`: `text`, `json`, `ndjson`, `html` or `fhir`.

    Several: `json` gives one array, `ndjson` one object a line, `fhir` one Bundle a line, `text` one after the other
    with a rule between; `html` takes one record, since a page is about one patient. A refusal stands in its place.
    ValueError names a format that there is not.
    """
    if format in WIRE:
        return WIRE[format](results).decode()
    found = list(results) if isinstance(results, Sequence) else [results]
    if format not in FORMATS:
        raise ValueError(f"format {format!r} is not one of {', '.join(FORMATS)}")
    if format == "html" and len(found) != 1:
        raise ValueError(f"format 'html' takes one record, {len(found)} given: write one page for each")
    if format == "fhir" and isinstance(results, Sequence):
        how = {**how, "indent": False}
    one = {"text": render_text, "html": render_html, "fhir": render_fhir}[format]
    pages = [render_refusal(item, format) if isinstance(item, Refusal) else one(item, **how) for item in found]
    return (RULE if format == "text" else "").join(pages)


def render_state(results: Shown | Sequence[Shown], format: str, **how: Any) -> str:
    """The state alone, or lines compared, in `text`, `json` or `ndjson`; `how` as for the text of an answer."""
    found = list(results) if isinstance(results, Sequence) else [results]
    if format in WIRE:
        states = [compared(item) if isinstance(item, Comparison) else state_only(item) for item in found]
        return WIRE[format](states if isinstance(results, Sequence) else states[0]).decode()
    if format != "text":
        raise ValueError(f"format {format!r} is not one of text, json, ndjson")
    from mspike.report.comparison import render_comparison
    from mspike.report.text import render_state_text

    pages = [
        render_refusal(item, format) if isinstance(item, Refusal)
        else render_comparison(item, **how) if isinstance(item, Comparison)
        else render_state_text(item, **how)
        for item in found
    ]  # fmt: skip
    return RULE.join(pages)


def render_timeline(result: Result, format: str, **how: Any) -> bytes:
    """The timeline of one answer as `svg`, `png` or `text`; empty where nothing is dated and a picture is asked for.

    `how` as for the text of an answer. A refusal is words in every format. A picture needs the extra `chart`.
    """
    from mspike.report import timeline

    if isinstance(result, Refusal):
        return render_refusal(result, "text").encode()
    course = timeline.timeline(result)
    if format == "text":
        return timeline.render_text(course, **how).encode()
    if course.empty:
        return b""
    return timeline.file_png(course) if format == "png" else timeline.file_svg(course).encode()


__all__ = [
    "FORMATS",
    "Episodes",
    "Refusal",
    "Result",
    "finish",
    "headline",
    "render",
    "render_bytes",
    "render_fhir",
    "render_html",
    "render_json",
    "render_ndjson",
    "render_refusal",
    "render_state",
    "render_text",
    "render_timeline",
    "state_sentence",
    "terminal_look",
]
