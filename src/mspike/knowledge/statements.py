"""Walks over the knowledge: every statement, condition and citation with the place it stands in."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from mspike.knowledge.model import Cite, Criterion, Knowledge, Review, Risk, Version


class Statement(msgspec.Struct, frozen=True):
    """A sentence with its source and review status."""

    where: str
    """`drugs/bortezomib, version 2003-05-13, criterion hold`"""
    says: str
    source: Cite
    status: str
    review: Review | None = None
    when: str = ""


class When(msgspec.Struct, frozen=True):
    """A condition text and where it stands. `per_regimen`: it may name the facts of one earlier regimen."""

    where: str
    text: str
    per_regimen: bool = False


def versioned(knowledge: Knowledge) -> Iterator[tuple[str, str, tuple[Version, ...], Review]]:
    """(folder, id, versions, review) of every file that has versions."""
    for folder, entries in (
        ("drugs", knowledge.drugs),
        ("classes", knowledge.classes),
        ("options", knowledge.options),
        ("criteria", knowledge.rules),
    ):
        for name, entry in entries.items():
            yield folder, name, entry.versions, entry.review


def statements(knowledge: Knowledge) -> Iterator[Statement]:
    """Every sentence that has a source."""
    for folder, name, versions, review in versioned(knowledge):
        for version in versions:
            place = f"{folder}/{name}, version {version.from_}"
            for criterion in version.criteria:
                yield _of(criterion, f"{place}, criterion {criterion.id}", version, review)
            for risk in version.known_risks:
                yield _of(risk, f"{place}, known risk {risk.id}", version, review)
    for name, option in knowledge.options.items():
        for country, rows in option.availability.items():
            for row in rows:
                place = f"options/{name}, {country} from {row.from_}"
                yield Statement(place, row.says or row.status, row.source, row.review, option.review)
        for figure in option.evidence:
            text = f"{figure.population}: {figure.result}"
            yield Statement(f"options/{name}, evidence {figure.trial}", text, figure.source, figure.status, option.review)
    for name, entry in knowledge.disagreements.items():
        for index, position in enumerate(entry.positions):
            place = f"disagreements/{name}, position {index}"
            yield Statement(place, position.says, position.source, position.status, entry.review, position.when)
    for term in knowledge.glossary:
        yield Statement(f"library/glossary, {term.term}", term.says, term.source, term.status)
    for resource in knowledge.resources:
        yield Statement(f"library/resources, {resource.id}", resource.says, resource.source, resource.status)
    for event in knowledge.timeline:
        yield Statement(f"timeline, {event.date}", event.says, event.source, event.status)
    for name, policy in knowledge.policies.items():
        yield Statement(f"policies/{name}", policy.says, policy.source, policy.status)


def _of(entry: Criterion | Risk, where: str, version: Version, review: Review) -> Statement:
    when = entry.when if isinstance(entry, Criterion) else ""
    return Statement(where, entry.says, entry.source or version.source, entry.status, review, when)


def citations(knowledge: Knowledge) -> Iterator[tuple[str, Cite]]:
    """Every source cited, with the place."""
    for statement in statements(knowledge):
        yield statement.where, statement.source
    for folder, name, versions, _ in versioned(knowledge):
        for version in versions:
            yield f"{folder}/{name}, version {version.from_}", version.source
    for name, drug in knowledge.drugs.items():
        if drug.information:
            yield f"drugs/{name}, information", drug.information
    for name, claim in knowledge.claims.items():
        yield f"claims/{name}", Cite(id=claim.seed)


def conditions(knowledge: Knowledge) -> Iterator[When]:
    """Every condition text."""
    for folder, name, versions, _ in versioned(knowledge):
        for version in versions:
            for c in version.criteria:
                place = f"{folder}/{name}.yaml, version {version.from_}, criterion {c.id}"
                yield When(place, c.when, per_regimen=name == "retreatment")
    for name, option in knowledge.options.items():
        for country, rows in option.availability.items():
            for row in rows:
                for branch in row.label:
                    for condition in branch.conditions:
                        yield When(f"options/{name}.yaml, {country} from {row.from_}, label {condition.id}", condition.when)
    for name, entry in knowledge.disagreements.items():
        place = f"disagreements/{name}.yaml"
        if entry.when:
            yield When(place, entry.when)
        for index, position in enumerate(entry.positions):
            if position.when:
                yield When(f"{place}, position {index}", position.when)
