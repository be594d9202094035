"""A drug that is still given on the day of the record: a progression ends nothing, and dates the relapse."""

from __future__ import annotations

from typing import Any

import pytest

from derive.written import read
from mspike.derive import State, derive_state
from mspike.derive.wire import show_value
from mspike.knowledge import load_knowledge


def state(start: str, *judged: dict[str, Any], **disease: Any) -> State:
    drugs = [{"drug": drug, "start": start} for drug in ("lenalidomide", "dexamethasone")]
    case = {"treatments": drugs, "procedures": [], "assessments": list(judged), "disease": disease}
    return derive_state(read(case), load_knowledge())


def beside_a_line(end: str | None, **line: Any) -> State:
    """One stated line without an end, and a record of each of its drugs."""
    drugs = ["lenalidomide", "dexamethasone"]
    records = [{"drug": drug, "start": "2025-06-10"} | ({"end": end} if end else {}) for drug in drugs]
    stated = {"number": 1, "drugs": drugs, "start": "2025-06-10", **line}
    case = {"treatments": records, "lines": [stated], "assessments": [VGPR, PD], "disease": {}}
    return derive_state(read(case), load_knowledge())


VGPR = {"date": "2025-09-01", "response": "VGPR", "confirmed": True}
PD = {"date": "2026-06-05", "response": "PD", "confirmed": True}


@pytest.mark.parametrize(("start", "early"), [("2025-06-10", True), ("2025-05-10", False)])
def test_a_first_relapse_is_early_by_its_own_day(start: str, early: bool) -> None:
    assert state(start, VGPR, PD).facts["early_relapse"].value is early


@pytest.mark.parametrize(("start", "high"), [("2024-12-20", True), ("2024-11-20", False)])
def test_functional_high_risk_counts_to_the_progression(start: str, high: bool) -> None:
    assert state(start, VGPR, PD).facts["functional_high_risk"].value is high


def test_toxicity_in_response_is_no_growth() -> None:
    found = state("2025-06-10", VGPR, event={"type": "toxicity", "date": "2026-06-01"})
    assert found.status == "responding"
    assert found.facts["progressed_on_last_therapy"].value is False


def test_toxicity_beside_a_progression_that_waits_is_open() -> None:
    waiting = {**PD, "confirmed": "unknown"}
    found = state("2025-06-10", VGPR, waiting, event={"type": "toxicity", "date": "2026-06-20"})
    assert found.facts["progressed_on_last_therapy"].value is not False


@pytest.mark.parametrize("day", ["2026-06-05", "2026-01-05"])
def test_a_progression_ends_no_line_that_is_still_given(day: str) -> None:
    found = state("2025-06-10", VGPR, {**PD, "date": day})
    [line] = found.lines or ()
    assert (line.ongoing, line.stop, line.stop_reason) == (True, None, None)
    assert line.relapse
    assert line.relapse.text == day
    assert found.status == "relapsed-and-refractory"
    assert found.facts["refractory_lenalidomide"].date == line.relapse
    assert found.facts["progressed_on_last_therapy"].because.endswith(f"{day}, on therapy")
    assert found.facts["progressed_on_regimen_Rd"].value is True
    assert found.facts["intolerant_lenalidomide"].value is False


@pytest.mark.parametrize(("date", "status"), [("2026-06-01", "relapsed-and-refractory"), ("2025-06-01", None)])
def test_a_stated_relapse_came_on_what_is_still_given(date: str, status: str | None) -> None:
    """Where it came after the start of that."""
    found = state("2025-06-10", VGPR, event={"type": "biochemical-relapse", "date": date})
    assert found.status == status
    assert found.facts["progressed_on_last_therapy"].value is (True if status else None)
    assert show_value(found.facts["treatment_free_months"].value) == ("0" if status else "not recorded")


def test_an_open_drug_record_says_that_a_stated_line_without_an_end_goes_on() -> None:
    found = beside_a_line(None)
    [line] = found.lines or ()
    assert (line.basis, line.ongoing, line.stop) == ("stated", True, None)
    assert found.status == "relapsed-and-refractory"
    assert [r.drug for r in found.refractory] == ["lenalidomide"]
    assert not found.contradictions


@pytest.mark.parametrize(
    ("end", "line"), [("2026-06-20", {}), (None, {"stop": "2025-12-01"}), (None, {"stop_reason": "completed"})]
)
def test_what_has_an_end_does_not_go_on(end: str | None, line: dict[str, Any]) -> None:
    assert [found.ongoing for found in beside_a_line(end, **line).lines or ()] == [False]
