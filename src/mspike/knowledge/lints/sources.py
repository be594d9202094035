"""Sources: each citation leads to one, each is dated, told apart by its tag, and used or kept for a reason."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mspike.knowledge.lints.finding import Finding, is_date, is_day
from mspike.knowledge.model import Knowledge, Source
from mspike.knowledge.names import did_you_mean
from mspike.knowledge.statements import citations, prose

TAG_WORDS = 5
"""A source's short name has at most so many words: it stands beside every reason."""

LICENSED = re.compile(r"\bNCCN\b")
"""Content that its licence keeps out; only the page on licences may name it."""

LICENCE_PAGES = ("library/safety", "knowledge")


def sources_resolve(knowledge: Knowledge) -> Iterator[Finding]:
    """Every citation names a source that exists."""
    for where, cite in citations(knowledge):
        if cite.id not in knowledge.sources:
            yield Finding(where, "no source has this id", repr(cite.id), did_you_mean(cite.id, knowledge.sources))


def sources_described(knowledge: Knowledge) -> Iterator[Finding]:
    """Every source has a date, a way it was read, and a short name that tells it from the others."""
    tags: dict[tuple[str, str, str], str] = {}
    for name, source in knowledge.sources.items():
        where = f"sources/{name}"
        if not is_date(source.date):
            yield Finding(where, "a source needs a date (YYYY, YYYY-MM or YYYY-MM-DD)", repr(source.date))
        if source.read_on and not is_day(source.read_on):
            yield Finding(where, "`read_on` is a day (YYYY-MM-DD)", repr(source.read_on))
        if not source.basis:
            yield Finding(where, "`basis` says how it was read: page, page-abstract … or recall")
        if not 1 <= len(source.short.split()) <= TAG_WORDS:
            yield Finding(where, f"`short` has one to {TAG_WORDS} words", repr(source.short))
        tag = (source.kind, source.short, source.date)
        if tag in tags:
            yield Finding(where, "its tag is that of another source", tags[tag], "Tell them apart in `short`.")
        tags.setdefault(tag, name)


def sources_used(knowledge: Knowledge) -> Iterator[Finding]:
    """Every source is cited, or says why it stays."""
    cited = {cite.id for _, cite in citations(knowledge)}
    for name, source in knowledge.sources.items():
        if name not in cited and not source.kept_for:
            yield Finding(
                f"sources/{name}", "no statement cites it", todo="Cite it, or say in `kept_for` why it stays."
            )
        if name in cited and source.kept_for:
            yield Finding(f"sources/{name}", "cited, and yet kept for another reason", todo="Take `kept_for` out.")


def licence_kept(knowledge: Knowledge) -> Iterator[Finding]:
    """Nothing rests on NCCN content: no citation, no sentence."""
    closed = {name for name, source in knowledge.sources.items() if _licensed(source)}
    for where, cite in citations(knowledge):
        if cite.id in closed and not where.startswith(LICENCE_PAGES):
            yield Finding(where, "cites NCCN, whose licence does not allow it", cite.id, "Name another source.")
    for where, text in prose(knowledge):
        if LICENSED.search(text) and not where.startswith(LICENCE_PAGES):
            yield Finding(where, "speaks of NCCN, whose licence does not allow it", todo="Take it out.")


def _licensed(source: Source) -> bool:
    return bool(LICENSED.search(source.publisher) or LICENSED.search(source.title))
