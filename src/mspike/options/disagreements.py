"""Where sources disagree, side by side, with what the record meets of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain

import msgspec

from mspike.knowledge import Catalogue, Clause, InForce, Label, model
from mspike.options.answer import Disagreement, Position
from mspike.options.printed import source_ref
from mspike.options.reasons import Explainer
from mspike.options.retreatment import Regimens
from mspike.options.truth import FACT, Truths, Values, tri


def disagree(explainer: Explainer, regimens: Regimens) -> list[Disagreement]:
    """Those that matter for this record, then labels that differ by country."""
    return [*between_sources(explainer, regimens), *between_countries(explainer)]


def between_sources(explainer: Explainer, regimens: Regimens) -> Iterator[Disagreement]:
    catalogue, value = explainer.catalogue, explainer.truths.values.get
    for name, asked in named(catalogue).items():
        each = tuple(tuple(map(regimen.get, asked.of_regimen)) for regimen in regimens) if asked.of_regimen else ()
        if found := disagreement(catalogue, name, tuple(map(value, asked.facts)), each):
            yield found


class Names(msgspec.Struct, frozen=True):
    """What the conditions and the words of a disagreement name: facts of the record, and of one earlier regimen."""

    facts: tuple[str, ...]
    of_regimen: tuple[str, ...]


@lru_cache(maxsize=8)
def named(catalogue: Catalogue) -> dict[str, Names]:
    """By disagreement of the sources."""
    found = {}
    regimen = catalogue.knowledge.facts.regimen
    for entry in catalogue.disagreements:
        conditions = (entry.when, *(p.when for p in entry.positions if p.when))
        texts = (entry.record, *(p.says for p in entry.positions))
        names = [catalogue.clause(when).names for when in conditions] + [FACT.findall(text) for text in texts]
        every = dict.fromkeys(chain(*names))
        found[entry.disagreement] = Names(
            tuple(name for name in every if name not in regimen), tuple(name for name in every if name in regimen)
        )
    return found


@lru_cache(maxsize=4096)
def disagreement(catalogue: Catalogue, name: str, values: Values, regimens: tuple[Values, ...]) -> Disagreement | None:
    """Where the facts that it names have these values; None: not this record's matter, or not known to be."""
    entry, asked = catalogue.knowledge.disagreements[name], named(catalogue)[name]
    record = dict(zip(asked.facts, values, strict=True))
    truths = Truths(record)
    if not truths.of(catalogue.clause(entry.when))[0]:
        return None  # then a question asks
    each = [Truths({**record, **dict(zip(asked.of_regimen, of_one, strict=True))}) for of_one in regimens] or [truths]
    return Disagreement(
        topic=entry.topic,
        positions=[
            Position(
                source_ref(catalogue, p.source),
                truths.fill(p.says),
                met(catalogue.clause(p.when), each) if p.when else None,
                p.status,
                bool(p.when),
            )
            for p in entry.positions
        ],
        id=entry.disagreement,
        record=truths.fill(entry.record),
    )


def met(clause: Clause, each: Sequence[Truths]) -> bool | None:
    """Whether the record meets a position; one that speaks of an earlier regimen, whether it does with any of them."""
    found = [truths.of(clause) for truths in each]
    return tri((any(true for true, _ in found), all(false for _, false in found)))


def between_countries(explainer: Explainer) -> Iterator[Disagreement]:
    """An option whose label the record meets in one country and not in another, or that one of them withdrew."""
    catalogue, value = explainer.catalogue, explainer.truths.values.get
    for labels in differing(catalogue):
        if found := labels_disagree(catalogue, labels, tuple(map(value, labels.names))):
            yield found


class Labels(msgspec.Struct, frozen=True, eq=False):
    """An option whose status or label conditions are not the same everywhere."""

    item: InForce
    rows: tuple[tuple[str, model.Availability, Label | None], ...]
    """By country."""
    names: tuple[str, ...]
    """The facts that the labels name."""


@lru_cache(maxsize=8)
def differing(catalogue: Catalogue) -> tuple[Labels, ...]:
    found = []
    for item in catalogue.options:
        here = {catalogue.country: item.availability} if item.availability else {}
        own = item.option.availability
        rows = tuple((c, row) for c, row in {**here, **item.elsewhere}.items() if c != "UK" or "UK" in own or c in here)
        if len({(row.status, tuple(c.when for b in row.label for c in b.conditions)) for _, row in rows}) > 1:
            labels = tuple((c, row, catalogue.label(row)) for c, row in rows)
            names = chain(*(label.clause.names for _, _, label in labels if label))
            found.append(Labels(item, labels, tuple(dict.fromkeys(names))))
    return tuple(found)


@lru_cache(maxsize=4096)
def labels_disagree(catalogue: Catalogue, labels: Labels, values: Values) -> Disagreement | None:
    """Where the facts that the labels name have these values."""
    truths = Truths(dict(zip(labels.names, values, strict=True)))
    met = [tri(truths.of(label.clause)) if label else None for _, _, label in labels.rows]
    withdrawn = {row.status == "withdrawn" for _, row, _ in labels.rows}
    if not {True, False} <= set(met) and len(withdrawn) == 1:
        return None
    option = labels.item.option
    positions = [
        Position(source_ref(catalogue, row.source), country_says(country, row), fit, row.review, bool(row.label))
        for (country, row, _), fit in zip(labels.rows, met, strict=True)
    ]
    return Disagreement(f"{option.label}: the label differs by country", positions, f"country-{option.option}")


def country_says(country: str, row: model.Availability) -> str:
    branches = [(f"{b.route}: " if b.route else "") + "; ".join(c.says for c in b.conditions) for b in row.label]
    return f"{country} {row.status}" + (f": {' or '.join(branches)}" if branches else "")
