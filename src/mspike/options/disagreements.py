"""Where sources disagree, side by side, with what the record meets of each."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from mspike.knowledge import Catalogue, InForce, Label, model
from mspike.options.answer import Disagreement, Position
from mspike.options.reasons import Explainer
from mspike.options.truth import tri


def disagree(explainer: Explainer) -> list[Disagreement]:
    """Those that matter for this record, then labels that differ by country."""
    return [*between_sources(explainer), *between_countries(explainer)]


def between_sources(explainer: Explainer) -> Iterator[Disagreement]:
    catalogue, truths = explainer.catalogue, explainer.truths
    for entry in catalogue.disagreements:
        if not truths.of(catalogue.clause(entry.when))[0]:
            continue  # not this record's matter, or not known to be: then a question asks
        yield Disagreement(
            topic=entry.topic,
            positions=[
                Position(
                    explainer.source(p.source),
                    truths.fill(p.says),
                    tri(truths.of(catalogue.clause(p.when))) if p.when else None,
                    p.status,
                    bool(p.when),
                )
                for p in entry.positions
            ],
            id=entry.disagreement,
            record=truths.fill(entry.record),
        )


def between_countries(explainer: Explainer) -> Iterator[Disagreement]:
    """An option whose label the record meets in one country and not in another, or that one of them withdrew."""
    for item, rows in differing(explainer.catalogue):
        met = [tri(explainer.truths.of(label.clause)) if label else None for _, _, label in rows]
        if {True, False} <= set(met) or len({row.status == "withdrawn" for _, row, _ in rows}) > 1:
            yield Disagreement(
                topic=f"{item.option.label}: the label differs by country",
                positions=[
                    Position(explainer.source(row.source), country_says(country, row), fit, row.review, bool(row.label))
                    for (country, row, _), fit in zip(rows, met, strict=True)
                ],
                id=f"country-{item.option.option}",
            )


Rows = tuple[tuple[str, model.Availability, Label | None], ...]


@lru_cache(maxsize=8)
def differing(catalogue: Catalogue) -> tuple[tuple[InForce, Rows], ...]:
    """The options whose status or label conditions are not the same everywhere, with their row in each country."""
    found = []
    for item in catalogue.options:
        here = {catalogue.country: item.availability} if item.availability else {}
        own = item.option.availability
        rows = tuple((c, row) for c, row in {**here, **item.elsewhere}.items() if c != "UK" or "UK" in own or c in here)
        if len({(row.status, tuple(c.when for b in row.label for c in b.conditions)) for _, row in rows}) > 1:
            found.append((item, tuple((c, row, catalogue.label(row)) for c, row in rows)))
    return tuple(found)


def country_says(country: str, row: model.Availability) -> str:
    branches = [(f"{b.route}: " if b.route else "") + "; ".join(c.says for c in b.conditions) for b in row.label]
    return f"{country} {row.status}" + (f": {' or '.join(branches)}" if branches else "")
