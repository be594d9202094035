"""Criteria that hold become reasons; criteria that cannot be told become needs.

Most facts have the same value in most records, so what a criterion comes to is remembered by the values of the facts
it names: the next patient pays only for what is new.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache

from mspike.knowledge import Applied, Catalogue, InForce
from mspike.knowledge.model import Cite
from mspike.options.answer import Reason, SourceRef
from mspike.options.printed import source_ref
from mspike.options.truth import Truths, Values, because, clause_truth, given
from mspike.options.verdict import Outcome, weight


class Explainer:
    """Makes reasons and needs for one patient."""

    def __init__(self, catalogue: Catalogue, truths: Truths, policies: Mapping[str, str], prefix: str = "") -> None:
        self.catalogue = catalogue
        self.truths = truths
        self.policies = policies
        self.prefix = prefix
        """Stands before every reason: the regimen that is spoken of, where one is judged on its own."""

    @cached_property
    def outcomes(self) -> list[Outcome | None]:
        """Of every criterion in force, by its number in the catalogue."""
        criteria, truths, judge = self.catalogue.criteria, self.truths, self._judge
        found: list[Outcome | None] = [None] * len(criteria)
        for clause, numbers in self.catalogue.clauses.items():
            if clause.blockers.isdisjoint(truths.settled):
                values = truths.asked(clause)
                if not clause_truth(clause, values)[1]:
                    for number in numbers:
                        found[number] = judge(criteria[number], values)
        return found

    def of_option(self, item: InForce) -> Iterable[Outcome]:
        """Of the criteria of an option, in their order; without those that surely do not hold."""
        return filter(None, map(self.outcomes.__getitem__, item.numbers))

    def of(self, criteria: Iterable[Applied]) -> Iterable[Outcome]:
        """Of these criteria, in their order; without those that surely do not hold."""
        return filter(None, (self._judge(c, self.truths.asked(c.clause)) for c in criteria))

    def _judge(self, criterion: Applied, values: Values) -> Outcome | None:
        effect = self.policies[criterion.policy] if criterion.policy else criterion.effect
        return judge_criterion(self.catalogue, criterion, effect, self.prefix, values)

    def source(self, cite: Cite) -> SourceRef:
        return source_ref(self.catalogue, cite)


@lru_cache(maxsize=16_384)
def judge_criterion(
    catalogue: Catalogue, criterion: Applied, effect: str, prefix: str, values: Values
) -> Outcome | None:
    """The criterion where the facts that its clause names have these values; its words show no others."""
    truth = clause_truth(criterion.clause, values)
    if truth[1]:
        return None
    names = because(criterion.clause, values)
    if not truth[0]:
        return Outcome(weight(effect, truth), missing=names)
    truths = Truths(given(criterion.clause, values))
    reason = Reason(
        id=criterion.origin,
        effect=effect,
        kind=criterion.kind,
        text=prefix + truths.fill(criterion.says),
        facts=truths.wire(names),
        source=source_ref(catalogue, criterion.source),
        status=criterion.status,
    )
    return Outcome(weight(effect, truth), reason)
