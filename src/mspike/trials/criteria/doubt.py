"""Why a criterion that was read plainly still decides nothing: words that leave doubt whom or what it means.

The list is `knowledge/data/trials/doubts.yaml`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import msgspec

from mspike.knowledge import Doubt, load_doubts, load_knowledge
from mspike.trials.criteria.model import Criterion

HEADINGS = ("officialTitle", "briefSummary")
EXAMPLE = re.compile(r"\bsuch as\b|\be\.?\s?g\b|\bexamples?\b", re.IGNORECASE)
NEAR = 200
"""Characters above a sentence that still speak of it."""
MOST_IN_A_HEADING = 3
"""A heading that names more treatments names those of the study too."""


def doubted(criterion: Criterion, lead: str) -> Criterion:
    """The criterion; one that leaves doubt says why, and decides nothing. `lead`: the texts above its sentence."""
    if not criterion.decides:
        return criterion
    why, stated = _doubt(criterion, lead[-NEAR:])
    confidence = criterion.confidence if stated else "inferred"
    return msgspec.structs.replace(criterion, doubt=why, confidence=confidence) if why else criterion


def own_disease(criterion: Criterion, own: set[str]) -> Criterion:
    """The criterion; a disease that the trial's own title names is not barred as such. `own`: those of the title."""
    if criterion.fact != "diagnosis" or criterion.about.get("disease") not in own or criterion.status == "corrected":
        return criterion
    why = "the trial's own title names the disease"
    sure = "inferred" if criterion.confidence == "exact" else criterion.confidence
    return msgspec.structs.replace(criterion, doubt=why, confidence=sure)


TREATED = re.compile(
    r"\brelaps|\brefractor|\bpretreated\b|(?<!not )\bpreviously treated\b|\blines? of therapy\b", re.IGNORECASE
)


def own_stage(criterion: Criterion, texts: str) -> Criterion:
    """The criterion; one that asks for untreated disease decides only where the titles and the other inclusions
    (`texts`) do not speak of treated disease too."""
    if criterion.fact != "newly_diagnosed" or criterion.status == "corrected" or not TREATED.search(texts):
        return criterion
    return msgspec.structs.replace(criterion, doubt="the record speaks of treated disease too", confidence="inferred")


def _doubt(criterion: Criterion, lead: str) -> tuple[str, bool]:
    """Why, and whether the words state the value all the same."""
    quote = criterion.evidence.quote
    if quote[:3].lower() == "or ":
        return "the words are a part of a sentence", criterion.side == "exclusion"
    for doubt, pattern, needed in _doubts(criterion.fact):
        text = f"{lead} {quote}" if doubt.above else quote
        deep = doubt.nested and criterion.id.count(".") >= doubt.nested
        if deep or pattern.search(text) or not needed.search(text):
            return doubt.because, doubt.stated
    named = criterion.about.get("of")
    if criterion.op == "required" and isinstance(named, list):
        if criterion.evidence.field in HEADINGS and len(named) > MOST_IN_A_HEADING:
            return "a heading names the study's own treatments too", False
        if _overlapping(named) or (EXAMPLE.search(f"{lead} {quote}") and _drugs(named)):
            return "the words name a class and drugs of it: they may be its examples", False
    return "", False


@cache
def _doubts(fact: str) -> tuple[tuple[Doubt, re.Pattern[str], re.Pattern[str]], ...]:
    """What may leave doubt in one sort of criterion, with its words and its missing words."""
    return tuple(
        (doubt, doubt.pattern(), doubt.needed())
        for doubt in load_doubts()
        if (not doubt.facts or fact in doubt.facts) and fact not in doubt.except_
    )


def _overlapping(named: list[Any]) -> bool:
    drugs = load_knowledge().drugs
    return any(other in drugs[of].classes for of in _drugs(named) for other in named)


def _drugs(named: list[Any]) -> list[str]:
    return [of for of in named if isinstance(of, str) and of in load_knowledge().drugs]
