"""One measurement: the test, its value in the canonical unit or as a word, and what was written."""

from __future__ import annotations

from functools import lru_cache

from mspike.knowledge import TestSpec, word_key
from mspike.record.fields import Fields
from mspike.record.model import Measurement
from mspike.record.tree import Leaf
from mspike.record.units import Amount, Scale, as_number, believed, find_scale, find_unit, units_that_fit
from mspike.record.words import hint_for

MEASUREMENT_KEYS = (
    "date", "test", "value", "unit", "attributed_to", "method", "sensitivity", "upper_limit", "lesions",
)  # fmt: skip

ONLY = {"sensitivity": "mrd", "lesions": "plasmacytoma-spd"}
"""Keys that one test alone has."""


def read_measurement(given: Fields) -> Measurement:
    test = given.needed("test", _test(given), "name the test")
    spec = given.context.codes.tests[test]
    date = given.needed("date", given.day("date"), "a measurement has a date")
    leaf = given.needed("value", given.leaf("value"), "leave the whole entry out when there is no result")
    for key, owner in ONLY.items():
        if test != owner and given.leaf(key) is not None:
            given.refuse(key, given.leaf(key), f"{key} belongs to {owner}", "take it out, or look at the test")
    common = {
        "test": test,
        "date": date,
        "at": given.at,
        "attributed_to": given.cause("attributed_to"),
        "method": given.word("method", "mrd_method") if test == "mrd" else given.text("method"),
        "sensitivity": given.number("sensitivity", 1e-9, 0.1),
        "lesions": given.whole("lesions", 1, 999),
    }
    word = _coded(spec, leaf)
    if word is not None:
        if given.leaf("unit") is not None:
            given.refuse("unit", given.leaf("unit"), f"{test} given as a word has no unit", "take the unit out")
        return Measurement(text=word, given=(leaf.text or "").strip(), **common)  # type: ignore[arg-type]
    if not spec.units:
        given.refuse("value", leaf, f"no such result of {test}", hint_for(leaf.text or "", _values(spec)))
    amount, scale = given.an_amount("value", leaf), _scale(given, test, spec, leaf)
    _believe(given, "value", leaf, test, spec, scale, amount)
    return Measurement(
        value=as_number(amount, scale.factor),
        unit=scale.canonical,
        given=f"{(leaf.text or '').strip()} {given.text('unit') or spec.bare}",
        upper_limit=_upper_limit(given, test, spec, scale),
        **common,  # type: ignore[arg-type]
    )


def _test(given: Fields) -> str | None:
    leaf = given.leaf("test")
    tests = _by_key(tuple(given.context.codes.tests))
    return None if leaf is None else given.listed("test", leaf, tests, "test")


@lru_cache(maxsize=4)
def _by_key(names: tuple[str, ...]) -> dict[str, str]:
    return {word_key(name): name for name in names}


def _values(spec: TestSpec) -> dict[str, str]:
    return {**{word_key(value): value for value in spec.values}, **{word_key(k): v for k, v in spec.also.items()}}


def _coded(spec: TestSpec, leaf: Leaf) -> str | None:
    return _values(spec).get(word_key(leaf.text or "")) if spec.values else None


def _scale(given: Fields, test: str, spec: TestSpec, value: Leaf) -> Scale:
    """The scale of the unit written, or of the only one in use where none is."""
    accepted = ", ".join(spec.accepted())
    leaf = given.leaf("unit")
    if leaf is None:
        if not spec.bare:
            given.refuse("unit", None, f"the unit of {test} is missing, and more than one is in use",
                         f"is {value.text} in {_either(spec.accepted())}? write it as `unit`")  # fmt: skip
        unit: str | None = spec.bare
    else:
        unit = find_unit(given.context.codes, leaf.text or "")
    scale = find_scale(spec, unit) if unit else None
    if scale is None:
        reason = spec.refused.get(unit or "")
        hint = f"{reason}; allowed: {accepted}" if reason else f"allowed: {accepted}"
        given.refuse("unit", leaf, f"{test} has no such unit", hint)
    return scale


def _either(units: tuple[str, ...]) -> str:
    return " or ".join(units)


def _believe(
    given: Fields, key: str, leaf: Leaf | None, test: str, spec: TestSpec, scale: Scale, amount: Amount
) -> None:
    if believed(spec, scale, amount):
        return
    low, high = spec.limits[scale.canonical]
    fitting = [unit for unit in units_that_fit(spec, amount) if find_scale(spec, unit) != scale]
    perhaps = f"; it would fit as {_either(tuple(fitting))}" if fitting else ""
    given.refuse(key, leaf, f"{test} cannot be this",
                 f"it is read from {low:g} to {high:g} {scale.canonical}{perhaps}: look at value and unit")  # fmt: skip


def _upper_limit(given: Fields, test: str, spec: TestSpec, scale: Scale) -> float | None:
    """The laboratory's upper limit of normal, in the canonical unit; it is written in the unit of the value."""
    leaf = given.leaf("upper_limit")
    if leaf is None:
        return None
    if scale.canonical == "xULN":
        given.refuse("upper_limit", leaf, "xULN already counts in upper limits", "take upper_limit out")
    amount = given.an_amount("upper_limit", leaf)
    if amount.sign or amount.number <= 0:
        given.refuse("upper_limit", leaf, "upper_limit is a number above zero", "write it in the unit of the value")
    _believe(given, "upper_limit", leaf, test, spec, scale, amount)
    return float(amount.number * scale.factor)
