"""Results as they come: twice on a day, below a limit, in the wrong unit, out of order, without a line to belong to."""

from __future__ import annotations

from typing import Any

import pytest

from derive.written import derive, read
from mspike.derive import State
from mspike.record import RecordError

LINE = {"number": 1, "drugs": ["lenalidomide", "dexamethasone"], "start": "2020-01-01"}
BASE = [
    {"date": "2020-01-01", "test": "serum-m-protein", "value": 30, "unit": "g/L"},
    {"date": "2020-01-01", "test": "urine-m-protein", "value": 0, "unit": "mg/24h"},
]


def serum(date: str, value: Any, unit: str | None = "g/L", test: str = "serum-m-protein") -> dict[str, Any]:
    return {"date": date, "test": test, "value": value} | ({"unit": unit} if unit else {})


def case(*measurements: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "as_of": "2020-12-31",
        "disease": {"diagnosis": "multiple-myeloma", "light_chain": "kappa"},
        "lines": [LINE],
        "measurements": [*BASE, *measurements],
    } | more


def rows(state: State) -> dict[str, tuple[str, str]]:
    return {row["date"]: (row["timepoint"], row["confirmed"]) for row in state.responses}


def because(state: State, date: str) -> str:
    return next(row["because"] for row in state.responses if row["date"] == date)


def refused(given: dict[str, Any]) -> RecordError:
    with pytest.raises(RecordError) as caught:
        read(given)
    return caught.value


def test_the_same_result_twice_on_a_day_counts_once() -> None:
    state = derive(case(serum("2020-02-01", 14), serum("2020-02-01", 14), serum("2020-03-01", 14)))
    assert rows(state) == {"2020-02-01": ("PR", "PR"), "2020-03-01": ("PR", "PR")}


def test_the_same_result_in_two_units_on_a_day_counts_once() -> None:
    state = derive(case(serum("2020-02-01", 14), serum("2020-02-01", 1.4, "g/dL"), serum("2020-03-01", 14)))
    assert rows(state)["2020-02-01"] == ("PR", "PR")


def test_two_results_on_a_day_that_tell_the_same_level() -> None:
    state = derive(case(serum("2020-02-01", 14), serum("2020-02-01", 13), serum("2020-03-01", 14)))
    assert rows(state)["2020-02-01"] == ("PR", "PR")


def test_two_results_on_a_day_that_tell_two_levels_are_not_evaluable() -> None:
    state = derive(case(serum("2020-02-01", 14), serum("2020-02-01", 16), serum("2020-03-01", 14)))
    assert rows(state)["2020-02-01"] == ("NE", "MR")
    assert (
        because(state, "2020-02-01")
        == "cannot be told: MR or PR; open: serum M 14 g/L and 16 g/L on one day (2020-02-01)"
    )


def test_two_results_on_the_day_of_the_baseline() -> None:
    state = derive(case(serum("2020-01-01", 20), serum("2020-02-01", 12), serum("2020-03-01", 9)))
    assert rows(state) == {"2020-02-01": ("NE", "MR"), "2020-03-01": ("PR", "MR")}
    assert state.references[0]["reference"] == 12
    assert state.references[0]["baseline"] is None


@pytest.mark.parametrize(
    ("value", "level"),
    [("<3", "VGPR"), ("<=3", "VGPR"), ("<5", "NE"), ("<=15", "NE"), (">15", "NE"), ("<0.5", "VGPR"), (">=40", "PD")],
)
def test_a_result_beyond_a_limit_is_an_interval(value: str, level: str) -> None:
    state = derive(case(serum("2020-02-01", value)))
    assert rows(state)["2020-02-01"][0] == level


def test_a_progression_that_hangs_on_an_open_result_is_not_claimed() -> None:
    values = (serum("2020-02-01", 10), serum("2020-03-01", 10), serum("2020-04-01", ">12"), serum("2020-05-01", 16))
    state = derive(case(*values))
    assert rows(state)["2020-04-01"][0] == "NE"
    assert not any(entry["confirmed"] for entry in state.progressions)


@pytest.mark.parametrize("test", ["serum-m-protein", "urine-m-protein", "kappa-flc", "marrow-plasma-cells"])
def test_a_negative_value_is_refused(test: str) -> None:
    unit = {"serum-m-protein": "g/L", "urine-m-protein": "mg/24h", "kappa-flc": "mg/L", "marrow-plasma-cells": "%"}
    error = refused(case(serum("2020-02-01", -1, unit[test], test)))
    assert error.at == "measurements[2].value"


def test_a_difference_of_light_chains_may_be_negative() -> None:
    base = [serum("2020-01-01", 600, "mg/L", "dflc"), serum("2020-01-01", 0)]
    state = derive(case(serum("2020-02-01", -5, "mg/L", "dflc"), measurements=[*base]))
    assert state.responses == ()
    values = [BASE[1], *base, serum("2020-02-01", -5, "mg/L", "dflc")]
    assert rows(derive(case(measurements=values)))["2020-02-01"][0] == "VGPR"


@pytest.mark.parametrize("test", ["serum-m-protein", "kappa-flc", "urine-m-protein"])
def test_a_percentage_where_a_concentration_belongs_is_refused(test: str) -> None:
    error = refused(case(serum("2020-02-01", 14, "%", test)))
    assert error.at == "measurements[2].unit"


@pytest.mark.parametrize("test", ["serum-m-protein", "kappa-flc", "lambda-flc", "dflc"])
def test_a_missing_unit_where_two_are_plausible_is_asked_for(test: str) -> None:
    error = refused(case(serum("2020-02-01", 14, None, test)))
    assert error.at.startswith("measurements[2]")
    assert "unit" in f"{error.error} {error.hint}"


def test_results_without_any_treatment_say_so() -> None:
    state = derive(case(serum("2020-02-01", 14), lines=[]))
    assert rows(state) == {"2020-01-01": ("NE", "NE"), "2020-02-01": ("NE", "NE")}
    assert "no line of therapy" in because(state, "2020-02-01")
    assert state.progressions == ()


def test_results_before_the_first_line_have_no_row() -> None:
    state = derive(case(serum("2019-06-01", 20), serum("2019-07-01", 26), serum("2020-02-01", 14)))
    assert list(rows(state)) == ["2020-02-01"]


def test_treatment_without_results() -> None:
    state = derive(case(measurements=[]))
    assert (state.responses, state.progressions, state.references) == ((), (), ())


def test_a_death_before_the_last_result_confirms_nothing_later() -> None:
    line = LINE | {"stop": "2020-04-10", "stop_reason": "death"}
    values = [serum("2020-02-01", 10), serum("2020-03-01", 10), serum("2020-05-01", 16)]
    state = derive(case(*values, lines=[line]))
    assert rows(state)["2020-05-01"] == ("PD", "PR")
    assert [entry["confirmed"] for entry in state.progressions] == [None]


def test_a_death_after_a_lone_progression_confirms_it() -> None:
    line = LINE | {"stop": "2020-05-10", "stop_reason": "death"}
    values = [serum("2020-02-01", 10), serum("2020-03-01", 10), serum("2020-05-01", 16)]
    state = derive(case(*values, lines=[line]))
    assert rows(state)["2020-05-01"] == ("PD", "PD")
    assert state.progressions[0]["because"].endswith("death 9 days later stands for the second sample")


def test_dates_out_of_order_change_nothing() -> None:
    values = [serum("2020-02-01", 14), serum("2020-03-01", 10), serum("2020-04-01", 10), serum("2020-05-01", 16)]
    straight, turned = derive(case(*values)), derive(case(*values[::-1]))
    assert straight.responses == turned.responses
    assert straight.references == turned.references


def test_an_undated_start_leaves_results_unplaced() -> None:
    line = {key: value for key, value in LINE.items() if key != "start"}
    state = derive(case(serum("2020-02-01", 14), lines=[line]))
    assert rows(state)["2020-02-01"] == ("NE", "NE")
    assert "not dated" in because(state, "2020-02-01")


def test_circulating_cells_in_per_cent_are_not_counted_as_cells() -> None:
    base = [serum("2020-01-01", 5, "%", "circulating-plasma-cells")]
    state = derive(case(serum("2020-02-01", 40, "%", "circulating-plasma-cells"), measurements=base))
    assert state.responses == ()


def test_the_best_response_of_a_line_is_what_every_reading_reaches() -> None:
    state = derive(case(serum("2020-02-01", "<5"), serum("2020-03-01", "<5")))
    assert state.lines is not None
    assert state.lines[0].best_response == "PR"
    state = derive(case(serum("2020-02-01", "<25"), serum("2020-03-01", "<25")))
    assert state.lines is not None
    assert state.lines[0].best_response is None
