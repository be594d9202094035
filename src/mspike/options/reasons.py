"""Criteria that hold become reasons; criteria that cannot be told become needs.

Most facts have the same value in most records, so what a criterion comes to is remembered by the values of the facts
it names: the next patient pays only for what is new.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache

from mspike.knowledge import Applied, Asked, Catalogue, InForce
from mspike.options.answer import Reason
from mspike.options.printed import print_options, source_ref
from mspike.options.truth import Truths, Values, because, clause_truth, given
from mspike.options.verdict import Outcome, weight


class Explainer:
    """Makes reasons and needs for one patient."""

    def __init__(self, catalogue: Catalogue, truths: Truths, policies: Mapping[str, str], prefix: str = "") -> None:
        self.catalogue = catalogue
        self.truths = truths
        self.policies = policies
        self.printed = print_options(catalogue)
        self.prefix = prefix
        """Stands before every reason: the regimen that is spoken of, where one is judged on its own."""

    @cached_property
    def outcomes(self) -> Found:
        """Of every criterion in force, by its number in the catalogue."""
        return self.of(self.catalogue.asked, len(self.catalogue.criteria))

    def of_option(self, item: InForce) -> Iterable[Outcome]:
        """Of the criteria of an option, in their order; without those that surely do not hold."""
        return filter(None, map(self.outcomes.__getitem__, item.numbers))

    def of(self, asked: Iterable[Asked], many: int) -> Found:
        """Of so many criteria, each at its place; None where one surely does not hold."""
        truths, policies, catalogue, prefix = self.truths, self.policies, self.catalogue, self.prefix
        given_as, value = truths.values.items(), truths.values.get
        effects = tuple([policies[name] for name in catalogue.deciding_policies])
        found: list[Outcome | None] = [None] * many
        for one in asked:
            clause = one.clause
            if given_as.isdisjoint(clause.blockers):
                for place, outcome in judge_criteria(catalogue, one, tuple(map(value, clause.names)), effects, prefix):
                    found[place] = outcome
        return found


Found = list[Outcome | None]


@lru_cache(maxsize=16_384)
def judge_criteria(
    catalogue: Catalogue, asked: Asked, values: Values, effects: tuple[str, ...], prefix: str
) -> tuple[tuple[int, Outcome], ...]:
    """The criteria that ask a clause, where the facts that it names have these values; no words show any others.

    `effects`: what the policies that decide an effect say, as `Catalogue.deciding_policies` names them.
    """
    clause = asked.clause
    truth = clause_truth(clause, values)
    if truth[1]:
        return ()
    names = because(clause, values)
    chosen = dict(zip(catalogue.deciding_policies, effects, strict=True))
    truths = Truths(given(clause, values))

    def outcome(criterion: Applied) -> Outcome:
        effect = chosen[criterion.policy] if criterion.policy else criterion.effect
        if not truth[0]:
            return Outcome(weight(effect, truth), missing=names)
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

    return tuple((place, outcome(criterion)) for place, criterion in asked.criteria)
