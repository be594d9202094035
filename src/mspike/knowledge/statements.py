"""Walks over the knowledge: every statement, condition and citation with the place it stands in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from mspike.knowledge.base import Cite, Review
from mspike.knowledge.model import (
    Availability,
    Criterion,
    Knowledge,
    Option,
    Risk,
    Score,
    ScoreStage,
    Version,
)
from mspike.knowledge.policy import plain


class Statement(msgspec.Struct, frozen=True):
    """A sentence with its source and review status."""

    file: str
    """`drugs/bortezomib`, `timeline`"""
    place: str
    """`version 2003-05-13, criterion hold`; empty = the file is the statement."""
    says: str
    source: Cite
    status: str
    review: Review | None
    when: str = ""
    effect: str = ""
    """`against`, `caution (US, EU)`, an availability's status; empty = it only says."""

    @property
    def where(self) -> str:
        return f"{self.file}, {self.place}" if self.place else self.file


class When(msgspec.Struct, frozen=True):
    """A condition text and where it stands. `per_regimen`: it may name the facts of one earlier regimen."""

    where: str
    text: str
    per_regimen: bool = False


class Versioned(msgspec.Struct, frozen=True):
    """A file that has versions."""

    folder: str
    id: str
    versions: tuple[Version, ...]
    claims: tuple[str, ...]

    @property
    def file(self) -> str:
        return f"{self.folder}/{self.id}"


def versioned(knowledge: Knowledge) -> Iterator[Versioned]:
    """Every file that has versions."""
    for drug in knowledge.drugs.values():
        yield Versioned("drugs", drug.id, drug.versions, drug.claims)
    for class_ in knowledge.classes.values():
        yield Versioned("classes", class_.id, class_.versions, class_.claims)
    for option in knowledge.options.values():
        yield Versioned("options", option.id, option.versions, option.claims)
    for rule in knowledge.rules.values():
        yield Versioned("criteria", rule.id, rule.versions, rule.claims)


def reviews(knowledge: Knowledge) -> dict[str, Review]:
    """The review of every file that makes statements or carries claims."""
    found = dict(knowledge.reviews)
    found |= {f"drugs/{name}": entry.review for name, entry in knowledge.drugs.items()}
    found |= {f"classes/{name}": entry.review for name, entry in knowledge.classes.items()}
    found |= {f"options/{name}": entry.review for name, entry in knowledge.options.items()}
    found |= {f"criteria/{name}": entry.review for name, entry in knowledge.rules.items()}
    found |= {f"disagreements/{name}": entry.review for name, entry in knowledge.disagreements.items()}
    found |= {f"claims/{name}": entry.review for name, entry in knowledge.claims.items()}
    found |= {f"policies/{name}": entry.review for name, entry in knowledge.policies.items()}
    found |= {f"scores/{name}": entry.review for name, entry in knowledge.scores.items()}
    found |= {f"formulas/{name}": entry.review for name, entry in knowledge.formulas.items()}
    return found


def statements(knowledge: Knowledge) -> Iterator[Statement]:
    """Every sentence that has a source."""
    review = reviews(knowledge).get
    for entry in versioned(knowledge):
        for version in entry.versions:
            place = f"version {version.from_}"
            for criterion in version.criteria:
                effect = f"as policy {criterion.policy} says" if criterion.policy else criterion.effect
                yield _of(
                    criterion, entry.file, f"{place}, criterion {criterion.id}", version, review(entry.file), effect
                )
            for risk in version.known_risks:
                yield _of(risk, entry.file, f"{place}, known risk {risk.id}", version, review(entry.file), "known risk")
    for option in knowledge.options.values():
        yield from _of_option(option)
    for name, disagreement in knowledge.disagreements.items():
        file = f"disagreements/{name}"
        for index, p in enumerate(disagreement.positions):
            yield Statement(file, f"position {index}", p.says, p.source, p.status, disagreement.review, p.when)
    for term in knowledge.glossary:
        file = "library/glossary"
        yield Statement(file, term.term, term.says, term.source, term.status, review(file))
    for resource in knowledge.resources:
        file = "library/resources"
        yield Statement(file, resource.id, resource.says, resource.source, resource.status, review(file))
    for file, duties in (("library/safety", knowledge.safety), ("library/plain-language", knowledge.plain_language)):
        for duty in duties:
            yield Statement(file, duty.id, f"{duty.says}: {duty.so}", duty.source, duty.status, review(file))
    for event in knowledge.timeline:
        place = " ".join((event.date, event.country, *event.options))
        yield Statement("timeline", place, event.says, event.source, event.status, review("timeline"))
    for number in knowledge.response:
        values = ", ".join(f"{plain(value)} ({version})" for version, value in number.values.items())
        says = f"{number.says}: {values} {number.unit}".rstrip()
        yield Statement("response", number.key, says, number.source, number.status, review("response"))
    for name, policy in knowledge.policies.items():
        says = f"{policy.says}: {plain(policy.default)} {policy.unit}".rstrip()
        yield Statement(f"policies/{name}", "", says, policy.source, policy.status, policy.review)
    for name, score in knowledge.scores.items():
        yield Statement(f"scores/{name}", "", score_text(score), score.source, score.status, score.review)
    for name, formula in knowledge.formulas.items():
        numbers = ", ".join(f"{key} {plain(value)}" for key, value in formula.numbers.items())
        says = f"{formula.says} ({numbers})"
        yield Statement(f"formulas/{name}", "", says, formula.source, formula.status, formula.review)


def statements_of(knowledge: Knowledge, file: str) -> list[Statement]:
    """The statements of one file, `options/cilta-cel`."""
    return [s for s in statements(knowledge) if s.file == file]


def _of(
    entry: Criterion | Risk, file: str, place: str, version: Version, review: Review | None, effect: str
) -> Statement:
    when = entry.when if isinstance(entry, Criterion) else ""
    here = f"{effect} ({', '.join(entry.countries)})" if entry.countries else effect
    return Statement(file, place, entry.says, entry.source or version.source, entry.status, review, when, here)


def _of_option(option: Option) -> Iterator[Statement]:
    file = f"options/{option.option}"
    for country, rows in option.availability.items():
        for row in rows:
            place, says = f"{country} from {row.from_}", row.says or row.status
            yield Statement(file, place, says, row.source, row.review, option.review, label_text(row), row.status)
    for figure in option.evidence:
        people = f"{figure.population}, {figure.n} people" if figure.n else figure.population
        says = f"{people}: {figure.result}"
        yield Statement(file, f"evidence {figure.trial}", says, figure.source, figure.status, option.review)


def label_text(row: Availability) -> str:
    """The label's conditions in words with their conditions in facts, each branch in brackets."""
    branches = (
        (f"{branch.route}: " if branch.route else "") + "; ".join(f"{c.says} [{c.when}]" for c in branch.conditions)
        for branch in row.label
    )
    return " or ".join(f"({branch})" for branch in branches)


def score_text(score: Score) -> str:
    """A score in words: its items with limit and points, then its stages."""
    items = [item.says + (f" {item.points:g}" if item.points else "") for item in score.items.values()]
    stages = [_stage_text(score, stage) for stage in score.stages]
    return f"{score.says}: {', '.join(items)}; {'; '.join(stages)}" + (
        f"; else {score.otherwise}" if score.otherwise else ""
    )


def _stage_text(score: Score, stage: ScoreStage) -> str:
    if stage.from_points is not None:
        return f"{stage.stage} from {stage.from_points:g}"
    parts = [" or ".join(score.items[name].says for name in group) for group in stage.all]
    if stage.none:
        parts.append(f"none of {', '.join(score.items[name].says for name in stage.none)}")
    return f"{stage.stage}: {' with '.join(parts)}"


def citations(knowledge: Knowledge) -> Iterator[tuple[str, Cite]]:
    """Every source cited, with the place."""
    for statement in statements(knowledge):
        yield statement.where, statement.source
    for entry in versioned(knowledge):
        for version in entry.versions:
            yield f"{entry.file}, version {version.from_}", version.source
    for name, drug in knowledge.drugs.items():
        if drug.information:
            yield f"drugs/{name}, information", drug.information
    for name, claim in knowledge.claims.items():
        yield f"claims/{name}", Cite(id=claim.seed)


def conditions(knowledge: Knowledge) -> Iterator[When]:
    """Every condition text."""
    for entry in versioned(knowledge):
        for version in entry.versions:
            for c in version.criteria:
                place = f"{entry.file}, version {version.from_}, criterion {c.id}"
                yield When(place, c.when, per_regimen=entry.id == "retreatment")
    for name, option in knowledge.options.items():
        for country, rows in option.availability.items():
            for row in rows:
                for condition in (c for branch in row.label for c in branch.conditions):
                    yield When(f"options/{name}, {country} from {row.from_}, label {condition.id}", condition.when)
    for name, disagreement in knowledge.disagreements.items():
        if disagreement.when:
            yield When(f"disagreements/{name}", disagreement.when)
        for index, position in enumerate(disagreement.positions):
            if position.when:
                yield When(f"disagreements/{name}, position {index}", position.when, per_regimen=True)


PROSE = {
    "says", "so", "must", "test", "now", "note", "schedule", "topic", "resolution", "record", "plain", "population",
    "result", "question", "settles",
}  # fmt: skip
"""Fields that hold sentences of ours; titles of sources are theirs."""


def prose(knowledge: Knowledge) -> Iterator[tuple[str, str]]:
    """Every sentence of ours anywhere in the files, with the file it stands in."""
    places: dict[str, Any] = {
        "drugs": knowledge.drugs, "classes": knowledge.classes, "options": knowledge.options,
        "criteria": knowledge.rules, "disagreements": knowledge.disagreements, "sources": knowledge.sources,
        "claims": knowledge.claims, "policies": knowledge.policies, "scores": knowledge.scores,
        "formulas": knowledge.formulas,
    }  # fmt: skip
    for folder, table in places.items():
        for name, entry in table.items():
            yield from _prose(entry, f"{folder}/{name}")
    yield from _prose(knowledge.facts, "facts")
    lists: dict[str, Any] = {
        "timeline": knowledge.timeline, "library/glossary": knowledge.glossary,
        "library/resources": knowledge.resources, "library/safety": knowledge.safety,
        "library/plain-language": knowledge.plain_language,
    }  # fmt: skip
    for file, entries in lists.items():
        yield from _prose(entries, file)
    yield from (("knowledge", text) for text in knowledge.limits)


def _prose(value: Any, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            held = getattr(value, name)
            if isinstance(held, str):
                if name in PROSE and held:
                    yield where, held
            else:
                yield from _prose(held, where)
    elif isinstance(value, dict):
        for held in value.values():
            yield from _prose(held, where)
    elif isinstance(value, list | tuple):
        for held in value:
            yield from _prose(held, where)
