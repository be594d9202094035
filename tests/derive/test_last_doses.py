"""Refractoriness by the drug's own last dose, where its records and the line do not cover one another."""

from __future__ import annotations

from typing import Any

import pytest

from derive.written import derive
from mspike.derive import State

DRD = ("daratumumab", "lenalidomide", "dexamethasone")
RD = ("lenalidomide", "dexamethasone")
DPD = ("daratumumab", "pomalidomide", "dexamethasone")
VRD = ("bortezomib", "lenalidomide", "dexamethasone")
STATED = {"number": 1, "drugs": list(VRD), "start": "2020-01", "stop": "2020-07", "stop_reason": "completed"}


def given(drugs: tuple[str, ...], start: str, end: str | None = None, **more: Any) -> list[dict[str, Any]]:
    return [{"drug": drug, "start": start} | ({"end": end} if end else {}) | more for drug in drugs]


def judged(*words: str) -> list[dict[str, Any]]:
    pairs = (text.split() for text in words)
    return [{"date": date, "response": response, "confirmed": True} for date, response in pairs]


def serum(*words: str) -> list[dict[str, Any]]:
    pairs = (text.split() for text in words)
    return [{"test": "serum-m-protein", "unit": "g/L", "date": date, "value": float(value)} for date, value in pairs]


def refractory(state: State) -> dict[str, Any]:
    return {drug: state.facts[f"refractory_{drug}"].value for drug in ("lenalidomide", "daratumumab", "pomalidomide")}


# -- drugs that no stated line names


def test_a_drug_beside_the_stated_lines_failed_by_its_own_record() -> None:
    state = derive({
        "lines": [STATED], "treatments": given(DPD, "2022-01-10", "2023-01-01"),
        "assessments": judged("2020-06-01 PR", "2021-12-15 PD", "2022-04-01 PR", "2022-12-20 PD"),
    })  # fmt: skip
    assert refractory(state) == {"lenalidomide": False, "daratumumab": True, "pomalidomide": True}
    assert state.facts["refractory_daratumumab"].because == "daratumumab: PD 2022-12-20, on therapy"


def test_a_drug_beside_the_stated_lines_is_open_without_a_look_at_the_disease() -> None:
    state = derive({"lines": [STATED], "treatments": given(("teclistamab",), "2023-10-02")})
    assert state.facts["refractory_teclistamab"].value is None


def test_a_drug_beside_the_stated_lines_held() -> None:
    looks = judged("2020-06-01 PR", "2021-12-15 PD", "2022-04-01 PR", "2023-05-20 PR")
    state = derive({"lines": [STATED], "treatments": given(DPD, "2022-01-10", "2023-01-01"), "assessments": looks})
    assert refractory(state) == {"lenalidomide": False, "daratumumab": False, "pomalidomide": False}


# -- a drug that runs out beside the next line


@pytest.mark.parametrize(("day", "failed"), [("2020-08-27", True), ("2020-08-28", False)])
def test_a_drug_that_runs_out_beside_the_next_line_has_its_own_last_dose(day: str, failed: bool) -> None:
    drugs = [
        *given(RD, "2020-01-01", "2020-06-28"),
        *given(("bortezomib", "dexamethasone"), "2020-06-01", "2020-12-31"),
    ]
    state = derive({"treatments": drugs, "procedures": [], "assessments": judged("2020-02-20 PR", f"{day} PD")})
    assert (state.facts["refractory_lenalidomide"].value is True) is failed
    assert (state.lines or ())[0].because.endswith("to 2020-05-31, the day before line 2")


@pytest.mark.parametrize(("day", "failed"), [("2022-07-04", True), ("2022-07-05", False)])
def test_a_change_on_one_day_counts_from_that_day(day: str, failed: bool) -> None:
    drugs = [*given(DRD, "2020-03-02", "2022-05-05"), *given(("carfilzomib",), "2022-05-05", "2023-01-10")]
    state = derive({"treatments": drugs, "procedures": [], "assessments": judged("2020-08-01 PR", f"{day} PD")})
    assert (state.facts["refractory_lenalidomide"].value is True) is failed
    assert (state.facts["refractory_daratumumab"].value is True) is failed


def test_the_transplant_is_no_dose() -> None:
    grafts = [{"procedure": "autologous-transplant", "date": "2021-06-01"}]
    [line] = derive({"treatments": given(VRD, "2021-01-11", "2021-04-30"), "procedures": grafts}).lines or ()
    assert line.because.endswith("to the transplant 2021-06-01")


# -- a drug that is still given


def test_a_drug_still_given_at_a_stable_event_has_not_stopped() -> None:
    event = {"event": {"type": "stable", "date": "2026-05-01"}}
    drugs = [*given(VRD, "2021-01-11", "2021-06-20"), *given(("lenalidomide",), "2021-07-05")]
    state = derive({"disease": event, "treatments": drugs, "procedures": []})
    assert state.facts["refractory_lenalidomide"].value is False
    assert "still given, and no progression is stated" in state.facts["refractory_lenalidomide"].because
    assert state.facts["refractory_bortezomib"].value is None


# -- given again after a progression off therapy


def again(*values: str) -> State:
    drugs = [*given(RD, "2015-01-05", "2016-05-31"), *given(RD, "2017-08-10", "2019-11-15")]
    first = ("2015-01-02 40", "2015-06-01 8", "2016-05-01 4", "2016-06-01 4", "2017-06-25 20", "2017-07-25 25")
    return derive(
        {"as_of": "2019-12-31", "treatments": drugs, "procedures": [], "measurements": serum(*first, *values)}
    )


@pytest.mark.parametrize("last", ["20", "5"])
def test_what_values_say_after_a_relapse_in_the_line_is_open(last: str) -> None:
    state = again("2018-01-10 8", "2018-06-10 5", f"2019-10-10 {last}", f"2019-11-10 {last}")
    assert len(state.lines or ()) == 1
    assert state.facts["refractory_lenalidomide"].value is None
    assert state.facts["progressed_on_last_therapy"].value is None  # the progression came in the pause
    assert state.facts["relapsed_and_refractory"].value is None
    assert state.status is None


def test_a_judged_progression_after_it_tells() -> None:
    drugs = [*given(RD, "2015-01-05", "2016-05-31"), *given(RD, "2017-08-10", "2019-11-15")]
    looks = judged("2015-06-01 VGPR", "2017-07-25 PD", "2018-01-10 PR", "2019-11-10 PD")
    state = derive({"as_of": "2019-12-31", "treatments": drugs, "procedures": [], "assessments": looks})
    assert state.facts["refractory_lenalidomide"].because == "line 1 (Rd): PD 2019-11-10, on therapy"


# -- flags


@pytest.mark.parametrize(("first", "then", "low"), [(10, 25, True), (25, 10, False)])
def test_the_dose_at_the_progression_is_the_one_that_failed(first: int, then: int, low: bool) -> None:
    drugs = [
        *given(("lenalidomide",), "2020-01-06", "2022-06-30", dose_mg=first),
        *given(("lenalidomide",), "2022-07-01", "2022-12-31", dose_mg=then),
    ]
    looks = judged("2020-06-01 PR", "2022-06-28 PD", "2022-10-01 SD")
    state = derive({"treatments": drugs, "procedures": [], "assessments": looks})
    assert state.facts["refractory_lenalidomide"].value is True
    assert ("lenalidomide-refractory-at-maintenance-dose" in state.flags) is low


@pytest.mark.parametrize(("later", "flagged"), [("2024-01-20 CR", False), ("2024-01-20 PD", True)])
def test_a_progression_while_bridged_is_no_relapse_after_the_infusion(later: str, flagged: bool) -> None:
    drugs = [
        *given(("carfilzomib", "dexamethasone"), "2021-01-04", "2022-12-20"), *given(DPD, "2023-02-04", "2023-03-05"),
        *given(("ciltacabtagene-autoleucel",), "2023-03-20", "2023-03-20"),
    ]  # fmt: skip
    looks = judged("2021-06-01 PR", "2022-12-15 PD", "2023-03-10 PD", "2023-06-01 CR", later)
    taken = [{"procedure": "leukapheresis", "date": "2023-02-01"}]
    state = derive({"treatments": drugs, "procedures": taken, "assessments": looks})
    assert ("relapsed-after-BCMA-CAR-T" in state.flags) is flagged
    assert "bridging-in-car-t-line" in state.flags


def test_a_progression_judged_on_the_second_course_of_a_line_is_told_too() -> None:
    state = derive({
        "treatments": given(RD, "2015-01-05", "2016-05-31") + given(RD, "2017-08-10", "2019-11-15"), "procedures": [],
        "assessments": judged("2015-06-01 VGPR", "2017-07-25 PD", "2018-01-10 PR", "2019-11-10 PD", "2019-11-14 PD"),
    })  # fmt: skip
    assert [row["date"] for row in state.progressions] == ["2017-07-25", "2019-11-10"]


# -- progression on a maintenance that the records show


AFTER_GRAFT = {
    "procedures": [{"procedure": "autologous-transplant", "date": "2021-09-10"}],
    "treatments": given(VRD, "2021-03-01", "2021-07-10") + given(("lenalidomide",), "2021-12-05", "2023-05-20"),
}


@pytest.mark.parametrize(
    ("progression", "on", "at_dose"),
    [
        ("2023-05-10", True, True),
        ("2023-07-19", True, True),
        ("2023-07-20", False, False),
        ("2021-11-30", False, False),
    ],
)
def test_progression_on_maintenance_by_its_days(progression: str, on: bool, at_dose: bool) -> None:
    judgements = judged("2021-07-05 VGPR", f"{progression} PD")
    state = derive({**AFTER_GRAFT, "assessments": judgements})
    assert state.lines is not None
    found = state.facts["progressed_on_maintenance"]
    assert (found.value, found.basis) == (on, "derived")
    assert ("lenalidomide-refractory-at-maintenance-dose" in state.lines[0].flags) is at_dose


def test_a_progression_with_another_drug_beside_the_maintenance_is_open() -> None:
    more = given(("bortezomib",), "2021-12-05", "2023-05-20", context="consolidation")
    course = {**AFTER_GRAFT, "treatments": [*AFTER_GRAFT["treatments"], *more]}
    state = derive({**course, "assessments": judged("2021-07-05 VGPR", "2023-05-10 PD")})
    assert state.facts["progressed_on_maintenance"].value is not False


def test_without_maintenance_nothing_grew_on_it() -> None:
    course = {"treatments": given(("carfilzomib", "dexamethasone"), "2022-01-10", "2022-10-01"), "procedures": []}
    state = derive({**course, "assessments": judged("2022-04-01 PR", "2022-09-20 PD")})
    assert state.facts["progressed_on_maintenance"].value is False
