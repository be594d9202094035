"""What a condition's leaf comes to for a fact's value: the same for a treatment option and for a trial's criterion."""

from __future__ import annotations

from mspike.derive.state import FactValue
from mspike.knowledge import NO, UNKNOWN, YES, Expr, Truth, compare_interval
from mspike.record import Number


def leaf_truth(leaf: Expr, value: FactValue) -> Truth:
    """One leaf of a condition, given the value of the fact that it names; TypeError for a word compared."""
    if value is None:
        return UNKNOWN
    if leaf[0] == "fact":
        return YES if value is True else NO
    if isinstance(value, Number):
        return compare_interval(value.low, value.high, value.open_low, value.open_high, leaf[2], leaf[3])
    raise TypeError(f"{leaf[1]} is not a number and is compared with one")
