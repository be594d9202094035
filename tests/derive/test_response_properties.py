"""What must hold for any course: order and units say nothing, later data change nothing, worse is not better."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.written import derive, knowledge, read
from mspike.derive import State, derive_state
from mspike.derive.kernel.markers import at_least, at_most, remaining
from mspike.record import as_known_on

START = dt.date(2020, 1, 1)
LEVELS = ("NE", "PD", "SD", "MR", "PR", "VGPR", "CR", "sCR")
OTHER_UNITS = {
    "g/L": ("g/dL", Fraction(1, 10)),
    "mg/L": ("mg/dL", Fraction(1, 10)),
    "mg/24h": ("g/24h", Fraction(1, 1000)),
}
RUNS = settings(max_examples=100)

tenths = st.integers(0, 450).map(lambda n: Fraction(n, 10))
chains = st.integers(1, 9000).map(lambda n: Fraction(n, 10))
amounts = st.integers(0, 3000).map(Fraction)
signs = st.sampled_from(["negative", "positive"])


def text(value: Fraction) -> str:
    """As a laboratory prints it: an exact decimal."""
    return f"{float(value):.6f}".rstrip("0").rstrip(".")


@st.composite
def visits(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Measurements of up to eight visits, the first on the day on which the line begins."""
    entries: list[dict[str, Any]] = []
    day = START
    for number in range(draw(st.integers(2, 8))):
        found: list[tuple[str, str | None, Any]] = []
        if number == 0 or draw(st.booleans()):
            found.append(("serum-m-protein", "g/L", draw(tenths)))
        if number == 0 or draw(st.booleans()):
            found.append(("urine-m-protein", "mg/24h", draw(amounts)))
        if draw(st.booleans()):
            found += [("kappa-flc", "mg/L", draw(chains)), ("lambda-flc", "mg/L", draw(chains))]
        if draw(st.booleans()):
            found += [("serum-immunofixation", None, draw(signs)), ("urine-immunofixation", None, draw(signs))]
        if draw(st.integers(0, 3)) == 0:
            found.append(("marrow-plasma-cells", "%", Fraction(draw(st.integers(0, 90)))))
        if draw(st.integers(0, 4)) == 0:
            found.append(("plasmacytoma-spd", "cm2", draw(tenths)))
        if draw(st.integers(0, 9)) == 0:
            found.append(("new-lesion", None, "true"))
        for test, unit, value in found:
            shown = text(value) if isinstance(value, Fraction) else value
            entries.append({"date": day.isoformat(), "test": test, "value": shown} | ({"unit": unit} if unit else {}))
        day += dt.timedelta(days=draw(st.integers(1, 60)))
    return entries


def case(measurements: list[dict[str, Any]], second: str | None = None) -> dict[str, Any]:
    lines: list[dict[str, Any]] = [{"number": 1, "drugs": ["bortezomib", "dexamethasone"], "start": "2020-01-01"}]
    if second:
        lines.append({"number": 2, "drugs": ["lenalidomide", "dexamethasone"], "start": second})
    disease = {"diagnosis": "multiple-myeloma", "light_chain": "kappa"}
    return {"as_of": "2022-01-01", "disease": disease, "lines": lines, "measurements": measurements}


def result(state: State) -> tuple[Any, ...]:
    return state.responses, state.progressions, state.references, state.events


@RUNS
@given(visits(), st.randoms(use_true_random=False))
def test_order_of_the_entries_says_nothing(entries: list[dict[str, Any]], dice: Any) -> None:
    turned = list(entries)
    dice.shuffle(turned)
    assert result(derive(case(entries))) == result(derive(case(turned)))


@RUNS
@given(visits())
def test_units_say_nothing(entries: list[dict[str, Any]]) -> None:
    other = []
    for entry in entries:
        unit, factor = OTHER_UNITS.get(entry.get("unit", ""), (None, Fraction(1)))
        other.append(entry | {"unit": unit, "value": text(Fraction(entry["value"]) * factor)} if unit else entry)
    assert levels(derive(case(entries))) == levels(derive(case(other)))


def levels(state: State) -> list[tuple[str, str, str, list[str]]]:
    return [(row["date"], row["timepoint"], row["confirmed"], row["flags"]) for row in state.responses]


@RUNS
@given(visits(), st.integers(0, 300))
def test_later_data_change_no_earlier_level(entries: list[dict[str, Any]], days: int) -> None:
    record = read(case(entries, second="2020-06-01"))
    cut = START + dt.timedelta(days=days)
    then = derive_state(as_known_on(record, cut), knowledge())
    now = derive_state(record, knowledge())
    seen = {row["date"]: row["timepoint"] for row in now.responses if row["date"] <= cut.isoformat()}
    assert {row["date"]: row["timepoint"] for row in then.responses} == seen


@RUNS
@given(visits(), st.integers(0, 300))
def test_a_progression_stands_from_the_day_on_which_it_is_known(entries: list[dict[str, Any]], days: int) -> None:
    record = read(case(entries, second="2020-06-01"))
    cut = (START + dt.timedelta(days=days)).isoformat()
    then = derive_state(as_known_on(record, dt.date.fromisoformat(cut)), knowledge())
    now = derive_state(record, knowledge())
    known = [p["date"] for p in now.progressions if p["confirmed"] and p["known"] <= cut]
    assert [p["date"] for p in then.progressions if p["confirmed"]] == known
    assert all(p["known"] >= p["date"] for p in now.progressions if p["confirmed"])


@RUNS
@given(visits(), st.sampled_from(["serum-m-protein", "urine-m-protein", "marrow-plasma-cells", "plasmacytoma-spd"]),
       st.integers(1, 500))  # fmt: skip
def test_a_worse_value_never_gives_a_better_level(entries: list[dict[str, Any]], test: str, more: int) -> None:
    last = entries[-1]["date"]
    worse = [
        entry | {"value": text(min(Fraction(entry["value"]) + Fraction(more, 10), Fraction(100)))}
        if entry["test"] == test and entry["date"] == last and test != "urine-m-protein"
        else entry | {"value": text(Fraction(entry["value"]) + more)}
        if entry["test"] == test and entry["date"] == last
        else entry
        for entry in entries
    ]
    better, after = (levels(derive(case(given))) for given in (entries, worse))
    if better and after and better[-1][0] == after[-1][0] == last and better[-1][1] != "NE":
        assert LEVELS.index(after[-1][1]) <= LEVELS.index(better[-1][1])


@RUNS
@given(visits())
def test_the_confirmed_response_is_no_better_than_what_was_seen(entries: list[dict[str, Any]]) -> None:
    best, over = 2, False
    for row in derive(case(entries)).responses:
        confirmed = LEVELS.index(row["confirmed"])
        best = max(best, LEVELS.index(row["timepoint"]))
        assert confirmed <= best
        assert row["confirmed"] == "PD" or not over
        over = over or row["confirmed"] == "PD"


def exact_level(base: Fraction, value: Fraction, lowest: Fraction) -> str:
    """Serum M-protein alone, in exact fractions."""
    rise = value - lowest
    if (rise >= 5 and value >= lowest * Fraction(5, 4)) or (lowest >= 50 and rise >= 10):
        return "PD"
    for level, left in (("VGPR", Fraction(1, 10)), ("PR", Fraction(1, 2)), ("MR", Fraction(3, 4))):
        if value <= base * left:
            return level
    return "SD"


@settings(max_examples=150)
@given(
    st.integers(100, 900).map(lambda n: Fraction(n, 10)),
    st.sampled_from([Fraction(1, 10), Fraction(1, 2), Fraction(3, 4), Fraction(5, 4)]),
    st.sampled_from([Fraction(-1, 1000), Fraction(0), Fraction(1, 1000)]),
)
def test_borders_are_those_of_exact_fractions(base: Fraction, share: Fraction, nudge: Fraction) -> None:
    value = base * share + nudge
    entries = [
        {"date": date, "test": "serum-m-protein", "unit": "g/L", "value": text(amount)}
        for date, amount in (("2020-01-01", base), ("2020-02-01", value))
    ]
    row = derive(case(entries)).responses[0]
    assert row["timepoint"] == exact_level(base, value, base), row["because"]


@settings(max_examples=150)
@given(
    st.integers(0, 700).map(lambda n: Fraction(n, 10)),
    st.sampled_from(["share", "amount", "high"]),
    st.sampled_from([Fraction(-1, 1000), Fraction(0), Fraction(1, 1000)]),
)
def test_progression_borders_are_those_of_exact_fractions(lowest: Fraction, border: str, nudge: Fraction) -> None:
    reached = {"share": lowest * Fraction(5, 4), "amount": lowest + 5, "high": lowest + 10}[border]
    value = max(reached + nudge, Fraction(0))
    base = Fraction(80)
    entries = [
        {"date": date, "test": "serum-m-protein", "unit": "g/L", "value": text(amount)}
        for date, amount in (
            ("2020-01-01", base), ("2020-02-01", lowest), ("2020-03-01", lowest), ("2020-04-01", value),
        )
    ]  # fmt: skip
    row = derive(case(entries)).responses[-1]
    assert row["timepoint"] == exact_level(base, value, lowest), row["because"]


@pytest.mark.parametrize(("value", "border"), [(0.1 + 0.2, 0.3), (0.3, 0.1 + 0.2), (1.1 * 1.1, 1.21)])
def test_binary_fractions_do_not_decide(value: float, border: float) -> None:
    assert at_least(value, border)
    assert at_most(value, border)


def test_what_remains_after_a_fall() -> None:
    assert remaining(12.3, 90) >= 1.23
    assert remaining(12.3, 90) < 1.2301
