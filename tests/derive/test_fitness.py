"""Every row of spec/fitness.md holds; so do the published vectors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from derive.written import derive, knowledge
from mspike.derive import State
from mspike.derive.scores import Known, evaluate_score
from mspike.derive.wire import show_value, state_to_wire
from mspike.record import Number
from spec_tables import SPEC, Row, read_rows

ROWS = list(read_rows(SPEC / "fitness.md"))


def case_of(given: dict[str, str]) -> dict[str, Any]:
    measurements = []
    if "creatinine" in given:
        value, unit = given["creatinine"].split()
        measurements.append({"test": "creatinine", "value": value, "unit": unit, "date": given["on"]})
    if "egfr" in given:
        measurements.append({"test": "egfr", "value": given["egfr"], "date": given["on2"]})
    days = {"calcium": "2026-06-01", "albumin-corrected-calcium": "2026-06-01", "albumin": given.get("albumin on")}
    named = {"calcium": "calcium", "corrected": "albumin-corrected-calcium", "albumin": "albumin"}
    for column, test in named.items():
        unit, day = "g/L" if column == "albumin" else "mmol/L", days[test]
        if column in given:
            measurements.append({"test": test, "value": given[column], "unit": unit, "date": day})
    return {
        "patient": {"age": given.get("age"), "sex": given.get("sex")},
        "fitness": {"ecog": given.get("ecog"), "frailty": given.get("stated")},
        "conditions": [{"name": name} for name in given.get("conditions", "").split()],
        "measurements": measurements,
    }


def state_of(given: dict[str, str]) -> State:
    return derive(case_of(given), dict(part.split("=") for part in given.get("policy", "").split()))


def said(state: State, column: str) -> str:
    if column == "contradiction":
        return "; ".join(c.about for c in state.contradictions) or "none"
    value = state.facts[column.replace(" ", "_")].value
    if not isinstance(value, Number):
        return "?" if value is None else show_value(value)
    form = ".2f" if "calcium" in column else ".1f"
    low, high = (f"{bound:{form}}".removesuffix(".0") for bound in (value.low, value.high))
    return low if low == high else f"{low}..{high}"


@pytest.mark.parametrize("row", ROWS, ids=[row.id for row in ROWS])
def test_row(row: Row) -> None:
    state = state_of(row.given)
    assert {column: said(state, column) for column in row.expected} == row.expected


def test_what_the_reasons_say() -> None:
    frail = derive({"patient": {"age": 76}, "fitness": {"ecog": 1}})
    assert frail.facts["frail"].because == (
        "simplified frailty scale: 2 to 3 points: 1 for age 76, 1 for ECOG 1; "
        "whatever the Charlson index may be; frail from 2"
    )
    assert frail.facts["frail"].sources == ("patient.age", "fitness.ecog")
    assert frail.facts["imwg_frailty"].because.endswith("limits recalled, not read at the source")
    told = state_to_wire(frail, knowledge())["frailty"]
    assert (told["value"], told["basis"]) == ("frail", "derived")
    kidney = state_of({"age": "70", "sex": "male", "creatinine": "2 mg/dL", "on": "2026-06-01"}).facts["egfr_ml_min"]
    assert kidney.because == "35.2 mL/min/1.73m2 by CKD-EPI 2021 from creatinine 2 mg/dL (2026-06-01), age 70, male"
    calcium = state_of({"calcium": "2.5", "albumin": "30", "albumin on": "2026-06-01"})
    assert "2.70 mmol/L" in calcium.facts["corrected_calcium_mmol_l"].because


def test_published_vectors(shared: Path) -> None:
    score = knowledge().scores["simplified-frailty"]
    for entry in json.loads((shared / "gold" / "scores.json").read_text())["simplified_frailty"]:
        names = {"age": "age", "charlson": "cci", "ecog": "ecog"}
        known = {of: Known(of, Number(entry[name], entry[name])) for of, name in names.items()}
        outcome = evaluate_score(score, known)
        assert outcome.points == Number(entry["score"], entry["score"])
        assert (outcome.stage == "frail") is entry["frail"]
