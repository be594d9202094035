"""Where sources disagree, side by side, with what the record meets of each."""

from __future__ import annotations

from collections.abc import Iterator

from mspike.knowledge import InForce
from mspike.options.answer import Disagreement, Position
from mspike.options.label import label_truth
from mspike.options.reasons import Explainer
from mspike.options.truth import tri


def disagree(explainer: Explainer) -> list[Disagreement]:
    """Those that matter for this record, then labels that differ by country."""
    return [*between_sources(explainer), *between_countries(explainer)]


def between_sources(explainer: Explainer) -> Iterator[Disagreement]:
    catalogue, truths = explainer.catalogue, explainer.truths
    for entry in catalogue.disagreements:
        if not truths.of(catalogue.expr(entry.when))[0]:
            continue  # not this record's matter, or not known to be: then a question asks
        yield Disagreement(
            topic=entry.topic,
            positions=[
                Position(
                    explainer.source(p.source),
                    explainer.fill(p.says),
                    tri(truths.of(catalogue.expr(p.when))) if p.when else None,
                    p.status,
                )
                for p in entry.positions
            ],
            id=entry.disagreement,
            record=explainer.fill(entry.record),
        )


def between_countries(explainer: Explainer) -> Iterator[Disagreement]:
    """An option whose label the record meets in one country and not in another, or that one of them withdrew."""
    for item in explainer.catalogue.options:
        rows = list(country_positions(item, explainer))
        met = {position.met for _, position in rows}
        withdrawn = {status == "withdrawn" for status, _ in rows}
        if len(rows) > 1 and ({True, False} <= met or len(withdrawn) > 1):
            yield Disagreement(
                topic=f"{item.option.label}: the label differs by country",
                positions=[position for _, position in rows],
                id=f"country-{item.option.option}",
            )


def country_positions(item: InForce, explainer: Explainer) -> Iterator[tuple[str, Position]]:
    catalogue = explainer.catalogue
    here = {catalogue.country: item.availability} if item.availability else {}
    for country, row in {**here, **item.elsewhere}.items():
        if country == "UK" and "UK" not in item.option.availability:
            continue  # the UK takes the EU's row
        met = tri(label_truth(row, catalogue, explainer.truths)) if row.label else None
        branches = [(f"{b.route}: " if b.route else "") + "; ".join(c.says for c in b.conditions) for b in row.label]
        says = f"{country} {row.status}" + (f": {' or '.join(branches)}" if branches else "")
        yield row.status, Position(explainer.source(row.source), says, met, row.review)
