"""Amounts with comparators and units → numbers as intervals in the canonical unit. No unit is ever guessed."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import NamedTuple

from mspike.knowledge import Codes, TestSpec, unit_key
from mspike.record.model import Measurement, Number

FORM = re.compile(r"(<=|>=|<|>|≤|≥)?\s*([+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?(?:[eE][+-]?[0-9]{1,2})?)")
LONG = re.compile(FORM.pattern.replace("{1,15}", "+").replace("{1,2}", "+"))
"""The same with more digits than are read."""
SAME = {"≤": "<=", "≥": ">="}


class Amount(NamedTuple):
    """A number as written: `<15` is ("<", 15)."""

    sign: str
    number: Decimal


def parse_amount(text: str) -> Amount | None:
    """`12`, `1e-5`, `<15`, `≥ 200`; None for anything else."""
    found = FORM.fullmatch(text.strip())
    if found is None:
        return None
    sign = found[1] or ""
    return Amount(SAME.get(sign, sign), Decimal(found[2]))


def as_number(amount: Amount, factor: Decimal = Decimal(1)) -> Number:
    """The interval that the amount leaves open, times a positive factor; exact where the factor is."""
    value = float(amount.number * factor)
    if amount.sign.startswith("<"):
        return Number(-math.inf, value, open_high=amount.sign == "<")
    if amount.sign.startswith(">"):
        return Number(value, math.inf, open_low=amount.sign == ">")
    return Number(value, value)


class Scale(NamedTuple):
    """How a given unit becomes the canonical one."""

    canonical: str
    factor: Decimal


def find_unit(codes: Codes, text: str) -> str | None:
    """The unit that a spelling stands for, or None."""
    return codes.spellings.get(unit_key(text))


def find_scale(spec: TestSpec, unit: str) -> Scale | None:
    """The scale of a unit for a test, or None where the test does not have it."""
    for canonical, others in spec.units.items():
        if unit == canonical:
            return Scale(canonical, Decimal(1))
        if unit in others:
            return Scale(canonical, _factor(others[unit]))
    return None


def _factor(text: str) -> Decimal:
    above, _, below = text.partition("/")
    return Decimal(above) / Decimal(below) if below else Decimal(above)


def believed(spec: TestSpec, scale: Scale, amount: Amount) -> bool:
    """Whether the test can give this value: within its limits in the canonical unit."""
    low, high = spec.limits.get(scale.canonical, (-math.inf, math.inf))
    value = float(amount.number * scale.factor)
    return low <= value <= high and not (value == low == 0 and amount.sign == "<")


def units_that_fit(spec: TestSpec, amount: Amount) -> list[str]:
    """The accepted units in which the value would be believed."""
    scales = [(unit, find_scale(spec, unit)) for unit in spec.accepted()]
    return [unit for unit, scale in scales if scale is not None and believed(spec, scale, amount)]


def in_upper_limits(measurement: Measurement) -> Number | None:
    """The result as a multiple of the laboratory's upper limit; None where the record does not give that limit."""
    value, limit = measurement.value, measurement.upper_limit
    if value is None or measurement.unit == "xULN":
        return value
    if not limit:
        return None
    return Number(value.low / limit, value.high / limit, value.open_low, value.open_high)
