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


def kidney(birth: str | None = None, dialysis: dict[str, Any] | None = None, **given: tuple[str, Any]) -> State:
    """`given`: test, with `_` for `-` → day and value; a creatinine in mg/dL, the others as they come."""
    units = {"creatinine": "mg/dL", "egfr": "mL/min/1.73m2", "creatinine-clearance": "mL/min"}
    measurements = [
        {"date": date, "test": test, "value": value, "unit": units[test]}
        for test, (date, value) in ((name.replace("_", "-"), entry) for name, entry in given.items())
    ]
    born = {"birth_date": birth} if birth else {"age": 70}
    conditions = [{"name": "dialysis", **dialysis}] if dialysis is not None else []
    return derive({"patient": {"sex": "male", **born}, "conditions": conditions, "measurements": measurements})


def test_the_age_at_a_sample_comes_from_the_birth_date() -> None:
    found = kidney("1960-06-15", creatinine=("2026-06-14", 1.0)).facts["egfr_ml_min"]
    assert found.because.endswith("age 65, male")
    assert kidney("1960-06-15", creatinine=("2026-06-15", 1.0)).facts["egfr_ml_min"].because.endswith("age 66, male")
    assert kidney("1960-06", creatinine=("2026-06-15", 1.0)).facts["egfr_ml_min"].because.endswith("age 65 to 66, male")


def test_a_clearance_older_than_the_creatinine_gives_way_to_it() -> None:
    given = {"creatinine_clearance": ("2019-06-20", 88), "creatinine": ("2026-06-20", 4.1)}
    found = kidney(**given).facts["crcl_ml_min"]
    assert (found.value, found.basis) == (Number(14.9, 14.9), "assumed")
    assert "in place of the older creatinine clearance 88 mL/min (2019-06-20)" in found.because
    same_day = {**given, "creatinine_clearance": ("2026-06-20", 88)}
    assert kidney(**same_day).facts["crcl_ml_min"].value == Number(88, 88)


def test_on_dialysis_no_value_from_before_it_counts() -> None:
    under = Number(0, 15, open_high=True)
    since = {"date": "2026-05-02"}
    for before in ("egfr", "creatinine_clearance"):
        found = kidney(dialysis=since, **{before: ("2025-01-20", 25)}).facts
        assert (found["crcl_ml_min"].value, found["egfr_ml_min"].value) == (under, None)
        high = kidney(dialysis={}, **{before: ("2026-06-01", 62)}).facts
        assert high["crcl_ml_min"].value == under
        assert kidney(dialysis=since, **{before: ("2026-06-01", 8)}).facts["crcl_ml_min"].value == Number(8, 8)
    both = kidney(dialysis=since, egfr=("2025-01-20", 62), creatinine=("2026-06-10", 7.2)).facts
    assert (both["egfr_ml_min"].value, both["crcl_ml_min"].value) == (None, under)


def test_a_newer_low_egfr_leaves_dialysis_open() -> None:
    clearance = ("2019-06-20", 88)
    assert kidney(creatinine_clearance=clearance).facts["dialysis"].value is False
    assert kidney(creatinine_clearance=clearance, egfr=("2026-06-20", 8)).facts["dialysis"].value is None
    assert kidney(creatinine_clearance=clearance, egfr=("2026-06-20", 70)).facts["dialysis"].value is False


def test_a_later_albumin_leaves_that_of_the_day_of_the_calcium() -> None:
    def result(date: str, test: str, value: float, unit: str) -> dict[str, Any]:
        return {"date": date, "test": test, "value": value, "unit": unit}

    calcium, albumin = ("2026-06-20", "calcium", 2.55, "mmol/L"), ("2026-06-20", "albumin", 32, "g/L")
    later = ("2026-06-25", "albumin", 36, "g/L")
    state = derive({"measurements": [result(*calcium), result(*albumin), result(*later)]})
    assert state.facts["corrected_calcium_mmol_l"].value == Number(2.71, 2.71)
    assert derive({"measurements": [result(*calcium), result(*later)]}).facts["corrected_calcium_mmol_l"].value is None


def test_published_vectors(shared: Path) -> None:
    score = knowledge().scores["simplified-frailty"]
    for entry in json.loads((shared / "gold" / "scores.json").read_text())["simplified_frailty"]:
        names = {"age": "age", "charlson": "cci", "ecog": "ecog"}
        known = {of: Known(of, Number(entry[name], entry[name])) for of, name in names.items()}
        outcome = evaluate_score(score, known)
        assert outcome.points == Number(entry["score"], entry["score"])
        assert (outcome.stage == "frail") is entry["frail"]
