"""The case files and vectors of the material: what their states must say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from derive.written import knowledge
from mspike.derive import State, derive_state
from mspike.derive.wire import show_value
from mspike.record import Record, read_case, read_records

EXPECTED: dict[str, dict[str, str]] = {
    "P01": {"prior_lines": "2", "refractory_bortezomib": "no", "refractory_lenalidomide": "yes",
            "triple_class_exposed": "yes", "triple_class_refractory": "no", "had_transplant": "yes"},
    "P04": {"heart_failure_from_carfilzomib": "yes", "heart_failure_from_lenalidomide": "no",
            "intolerant_carfilzomib": "yes", "intolerant_lenalidomide": "no", "refractory_carfilzomib": "no",
            "lvef_pct": "30", "nyha": "3", "exposed_anti_cd38": "no"},
    "P10": {"cns_disease": "yes", "exposed_melphalan": "no", "refractory_bortezomib": "no"},
    "R02": {"refractory_lenalidomide": "yes", "lenalidomide_refractory_at_maintenance_dose": "yes",
            "exposed_anti_cd38": "no", "progressed_on_maintenance": "yes", "progressed_on_regimen_VRd": "no"},
    "R04": {"refractory_bortezomib": "yes", "exposed_imid": "no", "progressed_on_regimen_Vd": "yes"},
    "R08": {"transplant_remission_months": "19 to 20", "maintenance_after_transplant": "no"},
    "R11": {"significant_biochemical_relapse": "yes", "rapid_relapse": "no", "symptoms": "no"},
    "R13": {"significant_biochemical_relapse": "no", "rapid_relapse": "no", "slow_biochemical_relapse": "yes",
            "early_relapse": "yes", "high_risk_cytogenetics": "yes"},
    "R15": {"event_stable": "yes", "progressing": "no", "rapid_relapse": "no", "relapsed": "no"},
    "R17": {"treatment_free_months": "7 to 8", "refractory_bortezomib": "no"},
    "R19": {"neuropathy_grade": "3", "intolerant_bortezomib": "not recorded", "refractory_lenalidomide": "no"},
    "R23": {"crcl_ml_min": "24", "dialysis": "not recorded"},
    "R25": {"thrombosis_recent": "yes", "anticoagulated": "yes", "strong_cyp3a4_inducer": "no"},
    "R28": {"infection_active": "yes", "penta_drug_refractory": "yes", "exposed_bcma": "no"},
    "R31": {"pregnant": "yes", "could_become_pregnant": "yes"},
    "R35": {"frail": "yes", "ecog": "3", "could_become_pregnant": "no"},
    "R41": {"t1114": "yes", "del17p": "yes", "gain1q": "yes", "high_risk_cytogenetics": "yes"},
    "R44": {"prior_lines": "3", "triple_class_refractory": "yes"},
    "R48": {"months_since_bcma_bispecific": "2 to 3", "exposed_bcma_bispecific": "yes",
            "refractory_teclistamab": "yes"},
    "R62": {"refractory_lenalidomide": "not recorded", "refractory_bortezomib": "not recorded",
            "relapsed": "not recorded", "exposed_anti_cd38": "no"},
    "R63": {"newly_diagnosed": "yes", "prior_lines": "0", "exposed_pi": "no", "refractory_lenalidomide": "no"},
    "R66": {"painful_local_lesion": "yes", "event_local_progression": "yes"},
}  # fmt: skip
"""Case → facts, from what the case's title and source say."""

STATUS = {
    "P10": "relapsed", "R02": "relapsed-and-refractory", "R08": "relapsed", "R11": "relapsed", "R15": "stable",
    "R28": "relapsed-and-refractory", "R62": None, "R63": "newly-diagnosed",
}  # fmt: skip


def state_of(record: Any) -> State:
    assert isinstance(record, Record)
    return derive_state(record, knowledge())


@pytest.mark.parametrize("name", EXPECTED)
def test_a_case_file(name: str, shared: Path) -> None:
    state = state_of(next(iter(read_records([shared / "cases" / f"{name}.yaml"]))))
    assert {fact: show_value(state.facts[fact].value) for fact in EXPECTED[name]} == EXPECTED[name]
    if name in STATUS:
        assert state.status == STATUS[name]


def test_pace_of_r11_says_its_numbers(shared: Path) -> None:
    state = state_of(next(iter(read_records([shared / "cases" / "R11.yaml"]))))
    assert state.event_pace == "significant"
    assert state.event_because == "serum M 6 → 12 g/L in 59 days, then 12.4: doubled"


def vectors(shared: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (shared / "gold" / name).read_text(encoding="utf-8").splitlines()]


def test_refractory_drugs_of_the_line_vectors(shared: Path) -> None:
    """Raw drug records with judged progressions: the drugs that failed, before lines are derived from them."""
    wrong = {}
    for vector in vectors(shared, "lines.ndjson"):
        state = state_of(next(iter(read_case(json.dumps(vector["case"]), "vector.json"))))
        got, wanted = sorted(r.drug for r in state.refractory), sorted(vector["expected"]["refractory_drugs"])
        if got != wanted:
            wrong[vector["case"]["id"]] = (got, wanted)
    assert wrong == {}


def test_significant_biochemical_relapse_of_the_response_vectors(shared: Path) -> None:
    key = "significant_biochemical_relapse_date"
    wanted = {v["case"]["id"]: v for v in vectors(shared, "response.ndjson") if key in (v["expected"]["events"] or {})}
    got = {
        name: state_of(next(iter(read_case(json.dumps(v["case"]), "vector.json")))).events[
            "significant_biochemical_relapse"
        ]
        for name, v in wanted.items()
    }
    assert got == {name: v["expected"]["events"][key] for name, v in wanted.items()}
