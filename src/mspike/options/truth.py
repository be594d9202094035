"""Facts as truth: the leaves of a criterion, looked up in one patient's state."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mspike.derive import Fact
from mspike.knowledge import NO, UNKNOWN, YES, Expr, Truth, compare_interval, deciding, evaluate
from mspike.record import Number

UNRECORDED = Fact()


class Leaves(dict[Expr, Truth]):
    """The truth of each ("fact", …) and ("cmp", …), found when it is first asked for."""

    def __init__(self, facts: Mapping[str, Fact]) -> None:
        super().__init__()
        self.facts = facts

    def __missing__(self, leaf: Expr) -> Truth:
        truth = self[leaf] = leaf_truth(leaf, self.facts.get(leaf[1], UNRECORDED))
        return truth


class Truths:
    """The truth of expressions for one patient."""

    def __init__(self, facts: Mapping[str, Fact]) -> None:
        self.facts = facts
        self.leaf: Callable[[Expr], Truth] = Leaves(facts).__getitem__

    def fact(self, name: str) -> Fact:
        return self.facts.get(name, UNRECORDED)

    def of(self, expr: Expr) -> Truth:
        return evaluate(expr, self.leaf)

    def because(self, expr: Expr) -> tuple[str, ...]:
        """The facts that settle the expression, or, when it is unknown, those that are missing."""
        return deciding(expr, self.leaf)


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
