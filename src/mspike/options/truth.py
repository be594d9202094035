"""Facts as truth: what a clause comes to, given the values of the facts it names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from mspike.derive import FactValue, leaf_truth, show_value, wire_value
from mspike.knowledge import Clause, Expr, Truth, deciding, evaluate

FACT = re.compile(r"\{([a-z][A-Za-z0-9_]*)\}")

Values = tuple[FactValue, ...]
"""Of the facts that something names, in its order."""


class Truths:
    """What clauses and texts come to for one patient, known by the values of the facts; what is absent is unknown."""

    def __init__(self, values: Mapping[str, FactValue]) -> None:
        self.values = values

    def asked(self, clause: Clause) -> Values:
        """The values that a clause asks for."""
        return tuple(map(self.values.get, clause.names))

    def of(self, clause: Clause) -> Truth:
        return clause_truth(clause, self.asked(clause))

    def wire(self, names: Iterable[str]) -> dict[str, Any]:
        """The values of facts as the answer prints them."""
        return {name: wire_value(self.values.get(name)) for name in names}

    def fill(self, says: str) -> str:
        """`CrCl {crcl_ml_min} mL/min` with the record's own value."""
        if "{" not in says:
            return says
        return FACT.sub(lambda match: show_value(self.values.get(match[1])), says)


@lru_cache(maxsize=16_384)
def clause_truth(clause: Clause, values: Values) -> Truth:
    """The clause evaluated: once, however many statements and patients ask it of the same values."""
    return evaluate(clause.expr, leaves(clause, values))


@lru_cache(maxsize=16_384)
def because(clause: Clause, values: Values) -> tuple[str, ...]:
    """The facts that settle the clause, or, when it is unknown, those that are missing."""
    return deciding(clause.expr, leaves(clause, values))


def leaves(clause: Clause, values: Values) -> Callable[[Expr], Truth]:
    """The truth of each leaf of a clause that asks for these values."""
    by_name = given(clause, values)
    return lambda leaf: leaf_truth(leaf, by_name[leaf[1]])


def given(clause: Clause, values: Values) -> dict[str, FactValue]:
    """The values that a clause asks for, by the names of the facts."""
    return dict(zip(clause.names, values, strict=True))


def tri(truth: Truth) -> bool | None:
    """A one-patient truth as True, False or None."""
    return True if truth[0] else False if truth[1] else None
