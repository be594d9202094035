"""Criteria that hold become reasons; criteria that cannot be told become needs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property

import msgspec

from mspike.derive import show_value, wire_value
from mspike.knowledge import Applied, Catalogue, InForce
from mspike.knowledge.model import Cite
from mspike.options.answer import Need, Reason, SourceRef
from mspike.options.printed import source_ref
from mspike.options.truth import Truths
from mspike.options.verdict import FITS, weight

FACT = re.compile(r"\{([a-z][A-Za-z0-9_]*)\}")


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """What one criterion comes to for one patient: it holds (`reason`), or it cannot be told (`missing`)."""

    weight: int
    reason: Reason | None = None
    missing: tuple[str, ...] = ()


SILENT = Outcome(FITS)


class Explainer:
    """Makes reasons and needs for one patient. A criterion is evaluated once, however many options share it."""

    def __init__(self, catalogue: Catalogue, truths: Truths, policies: Mapping[str, str], prefix: str = "") -> None:
        self.catalogue = catalogue
        self.truths = truths
        self.policies = policies
        self.prefix = prefix
        """Stands before every reason: the regimen that is spoken of, where one is judged on its own."""
        self._needs: tuple[dict[str, Need], dict[str, Need]] = ({}, {})

    @cached_property
    def outcomes(self) -> list[Outcome]:
        """Of every criterion in force, by its number in the catalogue."""
        criteria = self.catalogue.criteria
        found = [SILENT] * len(criteria)
        settled, of = self.truths.settled, self.truths.of
        for clause, numbers in self.catalogue.clauses.items():
            if clause.blockers.isdisjoint(settled) and not of(clause)[1]:
                for number in numbers:
                    found[number] = self.outcome(criteria[number])
        return found

    def of_option(self, item: InForce) -> list[Outcome]:
        """Of the criteria of an option, in their order."""
        outcomes = self.outcomes
        return [outcomes[number] for number in item.numbers]

    def outcome(self, criterion: Applied) -> Outcome:
        """The criterion evaluated; `SILENT` when it surely does not hold."""
        truth = self.truths.of(criterion.clause)
        if truth[1]:
            return SILENT
        effect = str(self.policies[criterion.policy]) if criterion.policy else criterion.effect
        names = self.truths.because(criterion.clause)
        if not truth[0]:
            return Outcome(weight(effect, truth), missing=names)
        reason = Reason(
            id=criterion.origin,
            effect=effect,
            kind=criterion.kind,
            text=self.prefix + self.fill(criterion.says),
            facts=self.values(names),
            source=self.source(criterion.source),
            status=criterion.status,
        )
        return Outcome(weight(effect, truth), reason)

    def values(self, names: tuple[str, ...]) -> dict[str, object]:
        return {name: wire_value(self.truths.fact(name).value) for name in names}

    def fill(self, says: str) -> str:
        """`CrCl {crcl_ml_min} mL/min` with the record's own value."""
        if "{" not in says:
            return says
        return FACT.sub(lambda match: show_value(self.truths.fact(match[1]).value), says)

    def source(self, cite: Cite) -> SourceRef:
        return source_ref(self.catalogue, cite)

    def need(self, fact: str, decides: bool) -> Need:
        known = self._needs[decides]
        made = known.get(fact)
        if made is None:
            spec = self.catalogue.facts[fact]
            made = known[fact] = Need(fact, spec.question, spec.settles, decides)
        return made
