"""Criteria that hold become reasons; criteria that cannot be told become needs.

Most facts have the same value in most records, so what criteria come to is remembered by the values of the facts that
they name: the next patient pays only for what is new.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from operator import getitem
from typing import Any

from mspike.knowledge import Applied, Asked, Catalogue, InForce, Listed
from mspike.options.answer import Reason
from mspike.options.printed import print_options, source_ref
from mspike.options.truth import Truths, Values, because, clause_truth
from mspike.options.verdict import Outcome, weight

Found = list[Outcome | None]
Placed = tuple[tuple[int, Outcome], ...]
"""What criteria come to, each with its place in their list; without those that surely do not hold."""
Known = tuple[dict[Any, Placed], ...]
"""Of each group of a list, what it came to, by the values of its facts."""


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
        return self.of(self.catalogue.listed)

    def of_option(self, item: InForce) -> Iterable[Outcome]:
        """Of the criteria of an option, in their order; without those that surely do not hold."""
        return filter(None, map(self.outcomes.__getitem__, item.numbers))

    def of(self, listed: Listed) -> Found:
        """Of a list of criteria, each at its place; None where one surely does not hold."""
        catalogue, value = self.catalogue, self.truths.values.get
        effects = tuple([self.policies[name] for name in catalogue.deciding_policies])
        known = MEMORY.of(catalogue, listed, effects, self.prefix)
        given = [*map(value, listed.one), *[tuple(map(value, names)) for names in listed.several]]
        try:
            placed = list(map(getitem, known, given))
        except KeyError:
            MEMORY.held += self._judge(listed, effects, known, given)
            placed = list(map(getitem, known, given))
        found: Found = [None] * listed.many
        for group in filter(None, placed):
            for place, outcome in group:
                found[place] = outcome
        return found

    def _judge(self, listed: Listed, effects: tuple[str, ...], known: Known, given: list[Any]) -> int:
        """Adds to `known` what it lacks; says how much that is."""
        new = [at for at, values in enumerate(given) if values not in known[at]]
        for at in new:
            values = (given[at],) if at < len(listed.one) else given[at]
            known[at][given[at]] = judge_criteria(self.catalogue, listed.asked[at], values, effects, self.prefix)
        return len(new)


class Memory:
    """What criteria came to, by the values of the facts that they name. Forgets all at once when it holds too much."""

    MOST = 32_768

    def __init__(self) -> None:
        self.held = 0
        self._of: dict[tuple[Any, ...], Known] = {}

    def of(self, catalogue: Catalogue, listed: Listed, effects: tuple[str, ...], prefix: str) -> Known:
        """Of each group of a list: of one fact by its value, of several by their values."""
        if self.held > self.MOST:
            self._of.clear()
            self.held = 0
        key = (catalogue, listed, effects, prefix)
        if key not in self._of:
            self._of[key] = tuple({} for _ in listed.asked)
        return self._of[key]


MEMORY = Memory()


def judge_criteria(catalogue: Catalogue, asked: Asked, values: Values, effects: tuple[str, ...], prefix: str) -> Placed:
    """The criteria that ask for some facts, where these have these values; no words show any others.

    `effects`: what the policies that decide an effect say, as `Catalogue.deciding_policies` names them.
    """
    chosen = dict(zip(catalogue.deciding_policies, effects, strict=True))
    truths = Truths(dict(zip(asked.names, values, strict=True)))
    return tuple(
        (place, outcome)
        for place, criterion in asked.criteria
        if (outcome := judge_criterion(catalogue, criterion, values, truths, chosen, prefix))
    )


def judge_criterion(
    catalogue: Catalogue, criterion: Applied, values: Values, truths: Truths, chosen: Mapping[str, str], prefix: str
) -> Outcome | None:
    """What one criterion comes to; None where it surely does not hold."""
    clause = criterion.clause
    truth = clause_truth(clause, values)
    if truth[1]:
        return None
    names = because(clause, values)
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
