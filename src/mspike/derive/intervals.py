"""Arithmetic on what is only partly known: three-valued logic, numbers as intervals, and both in words."""

from __future__ import annotations

import math
from collections.abc import Iterable

from mspike.record import Day, Number, Tri

TOLERANCE = 1e-6
"""Decimals entered by people are compared up to this: 15.1 - 5.1 is a rise of 10."""


def tri_or(values: Iterable[Tri]) -> Tri:
    """Yes if any is yes, unknown if any is unknown, else no."""
    result: Tri = False
    for value in values:
        if value:
            return True
        if value is None:
            result = None
    return result


def tri_and(values: Iterable[Tri]) -> Tri:
    """No if any is no, unknown if any is unknown, else yes."""
    result: Tri = True
    for value in values:
        if value is None:
            result = None
        elif not value:
            return False
    return result


def tri_not(value: Tri) -> Tri:
    return None if value is None else not value


def exactly(value: float) -> Number:
    return Number(value, value)


def at_most(number: Number, limit: float) -> Tri:
    """Whether the number is ≤ limit."""
    if number.high <= limit + TOLERANCE:
        return True
    if number.low > limit + TOLERANCE or (number.open_low and number.low >= limit):
        return False
    return None


def at_least(number: Number, limit: float) -> Tri:
    """Whether the number is ≥ limit."""
    if number.low >= limit - TOLERANCE:
        return True
    if number.high < limit - TOLERANCE or (number.open_high and number.high <= limit):
        return False
    return None


def more_than(number: Number, limit: float) -> Tri:
    return tri_not(at_most(number, limit))


def less(a: Number, b: Number) -> Number:
    """a - b."""
    return Number(a.low - b.high, a.high - b.low, a.open_low or b.open_high, a.open_high or b.open_low)


def times(number: Number, factor: float) -> Number:
    """The number times a positive factor."""
    return Number(number.low * factor, number.high * factor, number.open_low, number.open_high)


def not_negative(number: Number) -> Number:
    """A quantity that cannot be below zero: `<5` is 0 to 5, and a span whose order is known starts at 0."""
    if number.low >= 0:
        return number
    return Number(0.0, max(0.0, number.high), False, number.open_high and number.high > 0)


def hull(a: Number, b: Number) -> Number:
    """The smallest interval that holds both."""
    low, high = min(a, b, key=lambda n: n.low), max(a, b, key=lambda n: n.high)
    return Number(low.low, high.high, low.open_low, high.open_high)


def between_days(a: Day, b: Day) -> Day:
    """Some day from a to b; where a may lie after b, b itself."""
    return b if a.first >= b.first and a.last >= b.last else Day(f"{a.text} to {b.text}", min(a.first, b.first), b.last)


def latest(days: Iterable[Day]) -> Day | None:
    """The latest of several days; where partial dates overlap, the span that it can lie in."""
    found = sorted(days, key=lambda d: (d.last, d.first))
    if not found:
        return None
    top = found[-1]
    first = max(d.first for d in found)
    return top if top.first == first else Day(top.text, first, top.last)


def earliest(a: Day, b: Day) -> Day:
    """The earlier of two days; where partial dates overlap, the span that it can lie in."""
    if a.last <= b.first:
        return a
    if b.last <= a.first:
        return b
    return Day(f"{a.text} or {b.text}", min(a.first, b.first), min(a.last, b.last))


def number_words(value: float) -> str:
    """5.0 → `5`, 12.44 → `12.4`, -0.0 → `0`."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def span_words(number: Number, unit: str = "") -> str:
    """`45 days`, `31 to 91 days`, `under 5 g/L`."""
    low, high = number_words(number.low), number_words(number.high)
    tail = f" {unit}" if unit else ""
    if low == high:
        return low + tail
    if math.isinf(number.low) or (number.low == 0 and number.open_high):
        return f"{'under' if number.open_high else 'at most'} {high}{tail}"
    if math.isinf(number.high):
        return f"{'over' if number.open_low else 'at least'} {low}{tail}"
    return f"{low} to {high}{tail}"
