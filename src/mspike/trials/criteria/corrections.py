"""A person's corrections of parsed criteria: small reviewed files that win over the parser.

A correction is tied to the words of the record and not to their place, so it survives a new download; when the words
are gone it is listed as stale and does nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from mspike.knowledge import KnowledgeError, correction_files
from mspike.trials.criteria.model import Criterion, Evidence, Json, Parsed
from mspike.trials.trial import Trial

Day = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A criterion as a person writes it; the fields are those of Criterion."""

    fact: str
    op: Literal[">=", "<=", ">", "<", "between", "=", "required", "excluded", "any_of"]
    value: Json = None
    unit: str = ""
    about: dict[str, Any] = {}
    cohorts: tuple[str, ...] = ("all",)
    when: str | None = None
    unless: str | None = None


class Correction(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a passage really says."""

    quote: str
    """The words of the record, a sentence or a whole bullet; blanks do not count."""
    criteria: tuple[Rule, ...] = ()
    """None = the passage states no rule that a record could answer: it is kept as text."""
    because: str


class CorrectionFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One trial's corrections."""

    nct_id: Annotated[str, msgspec.Meta(pattern=r"^NCT\d{8}$")]
    corrections: tuple[Correction, ...]
    by: str
    on: Day
    reviewed_by: str | None = None
    """Somebody else; without a review the file is read and not applied."""
    reviewed_on: Day | None = None


def load_corrections(folder: Path | None = None) -> dict[str, list[CorrectionFile]]:
    """Trial → its reviewed corrections, from a folder of YAML files. KnowledgeError names a file that does not hold."""
    if folder is not None and not folder.is_dir():
        raise KnowledgeError(f"{folder}: no such folder of corrections")
    found: dict[str, list[CorrectionFile]] = {}
    for path, content in correction_files(folder):
        try:
            file = msgspec.convert(content, CorrectionFile)
        except msgspec.ValidationError as error:
            raise KnowledgeError(f"{path}: {error}") from None
        if file.reviewed_by is not None and file.reviewed_by == file.by:
            raise KnowledgeError(f"{path}: {file.by} wrote it and cannot review it too")
        if file.reviewed_by is not None:
            found.setdefault(file.nct_id, []).append(file)
    return found


def apply_corrections(parsed: Parsed, trial: Trial, files: Iterable[CorrectionFile]) -> Parsed:
    """The criteria with the corrected passages in the place of what the parser read there."""
    criteria, stale = list(parsed.criteria), []
    for file in files:
        for number, correction in enumerate(file.corrections, 1):
            place = _find(trial, correction.quote)
            if place is None:
                stale.append(correction.quote)
                continue
            inside = [c for c in criteria if _overlaps(c.evidence, place)]
            at = criteria.index(inside[0]) if inside else len(criteria)
            side = inside[0].side if inside else "unstated"
            criteria = [c for c in criteria if c not in inside]
            new = [
                Criterion(
                    id=f"C{number}.{count}", cohorts=rule.cohorts, side=side, fact=rule.fact, op=rule.op,
                    value=rule.value, unit=rule.unit, about=rule.about, when=rule.when, unless=rule.unless,
                    evidence=place,
                    extractor=f"correction by {file.by}, reviewed by {file.reviewed_by}",
                    confidence="exact", status="corrected",
                )
                for count, rule in enumerate(correction.criteria, 1)
            ]  # fmt: skip
            rest = [*_rest(inside, place, trial)]
            if not new:
                rest.insert(0, _text(f"C{number}", side, place))
            criteria[at:at] = [*new, *rest]
    return msgspec.structs.replace(parsed, criteria=tuple(criteria), stale_corrections=tuple(stale))


def _find(trial: Trial, quote: str) -> Evidence | None:
    """Where the words stand, whatever the blanks between them."""
    import re

    words = quote.split()
    if not words:
        return None
    pattern = re.compile(r"\s+".join(re.escape(word) for word in words))
    for text in (*trial.texts, *trial.headings):
        if found := pattern.search(text.text):
            return Evidence(field=text.field, start=found.start(), end=found.end(), quote=found[0])
    return None


def _overlaps(one: Evidence, two: Evidence) -> bool:
    return one.field == two.field and one.start < two.end and two.start < one.end


def _rest(inside: list[Criterion], place: Evidence, trial: Trial) -> Iterable[Criterion]:
    """What stood in the replaced criteria's sentences beside the corrected words stays, as text."""
    texts = {text.field: text.text for text in (*trial.texts, *trial.headings)}
    spans = sorted({(c.evidence.start, c.evidence.end) for c in inside})
    for start, end in spans:
        for begin, stop in ((start, min(end, place.start)), (max(start, place.end), end)):
            quote = texts[place.field][begin:stop]
            if stop > begin and quote.strip(" .;,\n"):
                yield _text(
                    inside[0].id, inside[0].side, Evidence(field=place.field, start=begin, end=stop, quote=quote)
                )


def _text(id_: str, side: Any, evidence: Evidence) -> Criterion:
    return Criterion(
        id=id_, side=side, fact="text", evidence=evidence, extractor="kept/1", confidence="none", status="unknown"
    )
