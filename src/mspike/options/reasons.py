"""Criteria that hold become reasons; criteria that cannot be told become needs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property

import msgspec

from mspike.derive import show_value, wire_value
from mspike.knowledge import Applied, Catalogue, InForce, evaluate
from mspike.knowledge.model import Cite
from mspike.options.answer import Need, Reason, SourceRef
from mspike.options.printed import source_ref
from mspike.options.truth import UNRECORDED, Truths
from mspike.options.verdict import FITS, weight

FACT = re.compile(r"\{([a-z][A-Za-z0-9_]*)\}")


class Outcome(msgspec.Struct, frozen=True):
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
        self._needs: dict[tuple[str, bool], Need] = {}

    @cached_property
    def outcomes(self) -> dict[int, Outcome]:
        """Every criterion in force that is not silent, by its number in the catalogue."""
        found = {}
        facts = self.truths.facts
        for number, criterion in enumerate(self.catalogue.criteria):
            expr = criterion.expr
            if expr[0] == "fact" and facts.get(expr[1], UNRECORDED).value is False:
                continue  # most criteria are one fact that is not there: seen at once
            outcome = self.outcome(criterion)
            if outcome is not SILENT:
                found[number] = outcome
        return found

    def of_option(self, item: InForce) -> list[Outcome]:
        """The criteria of an option that are not silent, in their order."""
        outcomes = self.outcomes
        return [outcomes[number] for number in sorted(item.numbers & outcomes.keys())]

    def outcome(self, criterion: Applied) -> Outcome:
        """The criterion evaluated; `SILENT` when it surely does not hold."""
        truth = evaluate(criterion.expr, self.truths.leaf)
        if truth[1]:
            return SILENT
        effect = str(self.policies[criterion.policy]) if criterion.policy else criterion.effect
        names = self.truths.because(criterion.expr)
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
        made = self._needs.get((fact, decides))
        if made is None:
            spec = self.catalogue.facts[fact]
            made = self._needs[fact, decides] = Need(fact, spec.question, spec.settles, decides)
        return made
