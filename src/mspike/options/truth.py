"""Facts as truth: what a clause comes to for one patient, found when it is first asked for and then remembered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from mspike.derive import Fact
from mspike.knowledge import NO, UNKNOWN, YES, Clause, Expr, Truth, compare_interval, deciding, evaluate
from mspike.record import Number

UNRECORDED = Fact()


class Leaves(dict[Expr, Truth]):
    """The truth of each ("fact", …) and ("cmp", …)."""

    def __init__(self, facts: Mapping[str, Fact]) -> None:
        super().__init__()
        self.facts = facts

    def __missing__(self, leaf: Expr) -> Truth:
        truth = self[leaf] = leaf_truth(leaf, self.facts.get(leaf[1], UNRECORDED))
        return truth


class Truths:
    """The truth of clauses for one patient."""

    def __init__(self, facts: Mapping[str, Fact]) -> None:
        self.facts = facts
        self.leaf: Callable[[Expr], Truth] = Leaves(facts).__getitem__
        self._of: dict[Clause, Truth] = {}
        self._because: dict[Clause, tuple[str, ...]] = {}

    @cached_property
    def settled(self) -> set[tuple[str, bool]]:
        """The facts that are yes or no."""
        return {(name, fact.value) for name, fact in self.facts.items() if fact.value is True or fact.value is False}

    def fact(self, name: str) -> Fact:
        return self.facts.get(name, UNRECORDED)

    def of(self, clause: Clause) -> Truth:
        truth = self._of.get(clause)
        if truth is None:
            blocked = not clause.blockers.isdisjoint(self.settled)
            truth = self._of[clause] = NO if blocked else evaluate(clause.expr, self.leaf)
        return truth

    def because(self, clause: Clause) -> tuple[str, ...]:
        """The facts that settle the clause, or, when it is unknown, those that are missing."""
        names = self._because.get(clause)
        if names is None:
            names = self._because[clause] = deciding(clause.expr, self.leaf)
        return names


class LocalTruths(Truths):
    """The same patient with a few facts of their own; what names none of these is asked of the whole."""

    def __init__(self, whole: Truths, own: Mapping[str, Fact]) -> None:
        super().__init__({**whole.facts, **own})
        self.whole = whole
        self.own = own.keys()

    def of(self, clause: Clause) -> Truth:
        if clause.names.isdisjoint(self.own):
            return self.whole.of(clause)
        return evaluate(clause.expr, self.leaf)

    def because(self, clause: Clause) -> tuple[str, ...]:
        if clause.names.isdisjoint(self.own):
            return self.whole.because(clause)
        return deciding(clause.expr, self.leaf)


def leaf_truth(leaf: Expr, fact: Fact) -> Truth:
    value = fact.value
    if value is None:
        return UNKNOWN
    if leaf[0] == "fact":
        return YES if value is True else NO
    if isinstance(value, Number):
        return compare_interval(value.low, value.high, value.open_low, value.open_high, leaf[2], leaf[3])
    raise TypeError(f"{leaf[1]} is not a number and is compared with one")


def tri(truth: Truth) -> bool | None:
    """A one-patient truth as True, False or None."""
    return True if truth[0] else False if truth[1] else None
