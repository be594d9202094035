"""Every source the answer cites, numbered once, so that a tag of a few characters stands for a title."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mspike.options.answer import Answer, SourceRef
from mspike.report import words
from mspike.report.view.model import Place, SourceRow, Tag

DRAFT = "draft"
"""Kinds of reasons that each earlier regimen of a retreatment has of its own."""

REVIEWED = ("source-checked", "clinician-reviewed")


class Citations:
    """The sources of one answer. `tag` gives the reference for a statement; `rows` the list of sources."""

    def __init__(self, answer: Answer) -> None:
        refs: dict[str, SourceRef] = {}
        kinds: dict[str, str] = {}
        statuses: dict[str, list[str]] = {}
        locators: dict[str, dict[str, None]] = {}
        for source, kind, status in cited(answer):
            refs.setdefault(source.id, source)
            kinds.setdefault(source.id, kind)
            if status:
                statuses.setdefault(source.id, []).append(status)
            if source.locator:
                locators.setdefault(source.id, {})[source.locator] = None
        self._kinds = {id: words.source_kind(ref, kinds[id]) for id, ref in refs.items()}
        order = list(dict.fromkeys(words.KIND_WORDS.values()))
        rank = {kind: order.index(kind) if kind in order else len(order) for kind in self._kinds.values()}
        ids = sorted(refs, key=lambda id: (rank[self._kinds[id]], refs[id].title.lower(), refs[id].date, id))
        self._numbers = {id: number for number, id in enumerate(ids, 1)}
        self._tags: dict[tuple[str, bool], Tag] = {}
        self.rows = tuple(
            SourceRow(
                number=self._numbers[id],
                kind=self._kinds[id],
                title=refs[id].title,
                date=refs[id].date or "no date",
                places=tuple(Place(text, address(text)) for text in locators.get(id, ())),
                status=lowest(statuses.get(id, [])),
                drafts=statuses.get(id, []).count(DRAFT),
                statements=len(statuses.get(id, [])),
                tag=words.source_tag(refs[id], self._kinds[id]),
            )
            for id in ids
        )

    def tag(self, source: SourceRef, status: str = "") -> Tag:
        """The tag of a statement with this review status; empty = the statement carries none."""
        key = (source.id, status == DRAFT)
        found = self._tags.get(key)
        if found is None:
            text = words.source_tag(source, self._kinds[source.id])
            found = self._tags[key] = Tag(self._numbers[source.id], text, status == DRAFT)
        return found


def address(locator: str) -> str:
    """The web address that a locator is: an http address or a DOI; empty for a section or a table."""
    if re.fullmatch(r"https?://[^\s<>\"]+", locator):
        return locator
    doi = re.fullmatch(r"doi:\s*(10\.\d{4,}/[^\s<>\"]+)", locator, re.IGNORECASE)
    return f"https://doi.org/{doi[1]}" if doi else ""


def lowest(statuses: list[str]) -> str:
    """The weakest review among the statements that cite a source; none = `draft`."""
    if not statuses or DRAFT in statuses:
        return DRAFT
    return min(statuses, key=lambda status: REVIEWED.index(status) if status in REVIEWED else -1)


def cited(answer: Answer) -> Iterator[tuple[SourceRef, str, str]]:
    """Each citation as (source, kind, review status), in the order of the page."""
    for option in answer.options:
        groups = [option.for_, option.against, option.cautions, option.known_risks]
        for repeat in option.repeats:
            groups += [repeat.for_, repeat.against, repeat.cautions]
        for reason in (reason for group in groups for reason in group):
            yield reason.source, reason.kind, reason.status
        yield option.availability.source, "approval", ""
        for figure in option.evidence:
            yield figure.source, "trial", figure.status
    for disagreement in answer.disagreements:
        for position in disagreement.positions:
            yield position.source, "guideline", position.status
