"""Amounts, comparators, units: exact factors, every spelling, nothing guessed."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mspike.knowledge import load_codes
from mspike.record import Measurement, Number, in_upper_limits, parse_day
from mspike.record.units import Amount, as_number, believed, find_scale, find_unit, parse_amount

INF = math.inf
CODES = load_codes()


@pytest.fixture
def measure(good):
    def read(test: str, value: object, unit: str | None = None, **more: object) -> Measurement:
        entry = {"date": "2026-01-05", "test": test, "value": value, **more}
        return good(measurements=[entry if unit is None else {**entry, "unit": unit}]).measurements[0]

    return read


@pytest.mark.parametrize(
    ("text", "amount", "number"),
    [
        ("12", ("", 12), Number(12, 12)),
        ("12.40", ("", "12.4"), Number(12.4, 12.4)),
        (" <15 ", ("<", 15), Number(-INF, 15, open_high=True)),
        ("≤5", ("<=", 5), Number(-INF, 5)),
        ("<= 5", ("<=", 5), Number(-INF, 5)),
        (">0.1", (">", "0.1"), Number(0.1, INF, open_low=True)),
        (">=200", (">=", 200), Number(200, INF)),
        ("≥ 200", (">=", 200), Number(200, INF)),
        ("1e-05", ("", "1e-5"), Number(1e-5, 1e-5)),
        ("-3", ("", -3), Number(-3, -3)),
        ("+3", ("", 3), Number(3, 3)),
    ],
)
def test_amounts(text, amount, number):
    found = parse_amount(text)
    assert found == Amount(amount[0], Decimal(amount[1]))
    assert as_number(found) == number


@pytest.mark.parametrize("text", ["", "<", "12 g/L", "1,2", "1 2", "~3", "3-5", "=3", "<<3", "3.", ".5", "٣", "1e100"])
def test_what_is_no_amount(text):
    assert parse_amount(text) is None


EXACT = [
    ("serum-m-protein", "1.2", "g/dL", 12.0, "g/L"),
    ("serum-m-protein", "1200", "mg/dL", 12.0, "g/L"),
    ("serum-m-protein", "0.7", "g/dL", 7.0, "g/L"),
    ("urine-m-protein", "0.2", "g/24h", 200.0, "mg/24h"),
    ("kappa-flc", "10", "mg/dL", 100.0, "mg/L"),
    ("lambda-flc", "0.1", "g/L", 100.0, "mg/L"),
    ("dflc", "-1.2", "mg/dL", -12.0, "mg/L"),
    ("haemoglobin", "9.3", "g/dL", 93.0, "g/L"),
    ("calcium", "11", "mg/dL", 2.7445, "mmol/L"),
    ("calcium", "5", "mEq/L", 2.5, "mmol/L"),
    ("albumin-corrected-calcium", "2.65", "mmol/L", 2.65, "mmol/L"),
    ("creatinine", "2", "mg/dL", 176.84, "umol/L"),
    ("albumin", "3.5", "g/dL", 35.0, "g/L"),
    ("beta2-microglobulin", "339", "nmol/L", 4.0, "mg/L"),
    ("beta2-microglobulin", "5.5", "µg/mL", 5.5, "mg/L"),
    ("bilirubin", "1", "mg/dL", 17.1, "umol/L"),
    ("bilirubin", "1.5", "xULN", 1.5, "xULN"),
    ("bilirubin", "20", "µmol/L", 20.0, "umol/L"),
    ("ldh", "4.5", "µkat/L", 270.0, "U/L"),
    ("ldh", "1.5", "x ULN", 1.5, "xULN"),
    ("alt", "2.5", "xULN", 2.5, "xULN"),
    ("platelets", "45000", "/uL", 45.0, "10*9/L"),
    ("platelets", "45", "K/uL", 45.0, "10*9/L"),
    ("neutrophils", "1.1", "×10⁹/L", 1.1, "10*9/L"),
    ("neutrophils", "1100", "cells/µL", 1.1, "10*9/L"),
    ("circulating-plasma-cells", "0.2", "10^9/L", 200.0, "/uL"),
    ("circulating-plasma-cells", "5", "%", 5.0, "%"),
    ("plasmacytoma-spd", "450", "mm²", 4.5, "cm2"),
    ("qtc", "0.45", "s", 450.0, "ms"),
    ("egfr", "58", "mL/min", 58.0, "mL/min/1.73m2"),
    ("egfr", "58", "mL/min/1.73 m²", 58.0, "mL/min/1.73m2"),
    ("hbv-dna", "2000", "IU/mL", 2000.0, "IU/mL"),
]


@pytest.mark.parametrize(("test", "value", "unit", "canonical", "kept"), EXACT)
def test_units_become_the_canonical_one_exactly(measure, test, value, unit, canonical, kept):
    found = measure(test, value, unit)
    assert (found.value, found.unit, found.given) == (Number(canonical, canonical), kept, f"{value} {unit}")


@pytest.mark.parametrize(
    ("test", "spelled"),
    [
        *((("platelets", u)) for u in ("10*9/L", "10^9/L", "10**9/L", "x10^9/L", "x 10e9/L", "10⁹/l", "×10⁹/L", "k/µL",
                                      "K/mm3", "10^3/uL", "10*3/µL", "thou/uL", "Gpt/L")),
        *((("serum-m-protein", u)) for u in ("g/L", "g/l", "G/L", " g / L ", "gm/L")),
        *((("kappa-flc", u)) for u in ("mg/L", "mg/l", "ug/mL", "µg/ml", "μg/mL", "mcg/mL")),
        *((("urine-m-protein", u)) for u in ("mg/24h", "mg/24 h", "mg/24hr", "mg/d", "mg/day", "mg/24 hours")),
        *((("egfr", u)) for u in ("mL/min/1.73m2", "ml/min/1.73m^2", "mL/min/1.73 m²", "mL/min/{1.73_m2}")),
    ],
)  # fmt: skip
def test_spellings_of_one_unit(test, spelled):
    spec = CODES.tests[test]
    unit = find_unit(CODES, spelled)
    assert unit is not None
    assert find_scale(spec, unit) == (spec.canonical, 1)


@pytest.mark.parametrize(
    ("test", "value"), [("lvef", 55), ("fev1", 80), ("marrow-plasma-cells", 30), ("creatinine-clearance", 60),
                        ("egfr", 60)]
)  # fmt: skip
def test_a_unit_is_assumed_only_where_no_other_is_in_use(measure, test, value):
    found = measure(test, value)
    assert (found.value, found.unit) == (Number(value, value), CODES.tests[test].canonical)
    assert found.given == f"{value} {found.unit}"


def test_every_test_with_two_scales_asks_for_a_missing_unit():
    for test, spec in CODES.tests.items():
        scales = {find_scale(spec, unit) for unit in spec.accepted()}
        if len(scales) > 1:
            assert not spec.bare, test


@pytest.mark.parametrize("sign", ["<", "<=", ">", ">="])
def test_comparators_keep_their_direction_through_a_unit(measure, sign):
    found = measure("serum-m-protein", f"{sign}0.5", "g/dL").value
    assert (found.high if sign[0] == "<" else found.low) == 5
    assert (found.open_high, found.open_low) == (sign == "<", sign == ">")


@given(st.decimals(0, 20, places=3), st.sampled_from(["g/L", "g/dL", "mg/dL"]))
def test_a_factor_is_exact_to_the_last_digit(number, unit):
    scale = find_scale(CODES.tests["serum-m-protein"], unit)
    assert as_number(Amount("", number), scale.factor).low == float(number * scale.factor)


def test_the_upper_limit_is_in_the_unit_of_the_value(measure):
    found = measure("bilirubin", 2, "mg/dL", upper_limit=1)
    assert (found.value.low, found.upper_limit) == (34.2, 17.1)
    assert in_upper_limits(found) == Number(2, 2)
    assert in_upper_limits(measure("ldh", "<300", "U/L", upper_limit=250)) == Number(-INF, 1.2, open_high=True)
    assert in_upper_limits(measure("ldh", 1.5, "xULN")) == Number(1.5, 1.5)
    assert in_upper_limits(measure("ldh", 300, "U/L")) is None
    assert in_upper_limits(Measurement(test="mrd", date=parse_day("2026"), at="", text="negative")) is None


@pytest.mark.parametrize(
    ("test", "given", "word"),
    [
        ("serum-immunofixation", "Positive", "positive"),
        ("urine-immunofixation", "neg", "negative"),
        ("serum-immunofixation-other", "IgG lambda", "IgG-lambda"),
        ("dira", "negative", "negative"),
        ("marrow-clonality", "absent", "absent"),
        ("marrow-clonality", "no", "absent"),
        ("new-lesion", True, "true"),
        ("new-lesion", "no", "false"),
        ("new-fracture", "pathologic", "pathological"),
        ("mrd", "negative", "negative"),
        ("pet-ct", "positive", "positive"),
        ("hbsag", "pos", "positive"),
        ("anti-hbc", "negative", "negative"),
        ("hbv-dna", "not detected", "negative"),
    ],
)
def test_coded_results(measure, test, given, word):
    found = measure(test, given)
    assert (found.text, found.value, found.unit) == (word, None, None)


def test_method_sensitivity_and_lesions(measure):
    found = measure("mrd", "negative", method="next-generation flow", sensitivity=1e-05)
    assert (found.method, found.sensitivity) == ("NGF", 1e-5)
    assert measure("plasmacytoma-spd", 4, "cm2", lesions=1).lesions == 1
    assert measure("plasmacytoma-spd", 4, "cm2").lesions is None


def test_the_limits_hold_for_the_bound_of_a_comparator():
    spec = CODES.tests["lvef"]
    scale = find_scale(spec, "%")
    assert believed(spec, scale, parse_amount("<40"))
    assert not believed(spec, scale, parse_amount(">400"))


def test_every_test_is_whole():
    for test, spec in CODES.tests.items():
        assert spec.says, test
        assert spec.units or spec.values, test
        assert spec.limits.keys() == spec.units.keys(), test
        assert spec.kind in ("numeric", "coded", "either")
        for unit in spec.accepted():
            assert find_scale(spec, unit).factor > 0
            assert find_unit(CODES, unit) == unit
