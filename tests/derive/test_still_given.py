"""A drug that is still given on the day of the record: the relapse is dated by the progression, not by that day."""

from __future__ import annotations

from typing import Any

import pytest

from derive.written import read
from mspike.derive import State, derive_state
from mspike.knowledge import load_knowledge


def state(start: str, *judged: dict[str, Any], **disease: Any) -> State:
    drugs = [{"drug": drug, "start": start} for drug in ("lenalidomide", "dexamethasone")]
    case = {"treatments": drugs, "procedures": [], "assessments": list(judged), "disease": disease}
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
