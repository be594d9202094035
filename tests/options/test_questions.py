"""Which questions are asked: one for the lines of therapy stands for all that its answer would settle."""

from __future__ import annotations

import json
from typing import Any

from mspike.derive import derive_state
from mspike.knowledge import load_knowledge
from mspike.knowledge.policy import settle
from mspike.options import Answer, build_answer
from mspike.record import RecordError, read_case

EVENT = {"type": "clinical-relapse", "date": "2026-06-01"}


def answer(**case: Any) -> Answer:
    whole = {"schema": "mspike-case/1", "id": "q", "as_of": "2026-06-30", "disease": {"event": EVENT}, **case}
    record = next(iter(read_case(json.dumps(whole), "q.json")))
    assert not isinstance(record, RecordError), record
    knowledge = load_knowledge()
    return build_answer(derive_state(record, knowledge, settle(knowledge)))


def test_the_question_for_the_lines_comes_first_and_stands_for_the_rest() -> None:
    found = answer()
    first, *rest = found.questions
    assert first.fact == "prior_lines"
    assert first.decides >= max(q.decides for q in rest)
    families = ("refractory_", "exposed_", "intolerant_", "heart_failure_from_", "progressed_on_regimen_")
    assert not [q.fact for q in rest if q.fact.startswith(families)]
    assert {"t1114", "infection_active", "had_transplant"} <= {q.fact for q in rest}
    assert any(n.fact == "refractory_bortezomib" for o in found.options for n in o.needs)  # each option still says why


def test_what_is_missing_of_a_line_is_asked_once() -> None:
    line = {"drugs": ["bortezomib", "lenalidomide", "dexamethasone"], "stop_reason": "not-stated"}
    asked = [q.fact for q in answer(lines=[line]).questions]
    assert "lines[0].start" in asked
    assert not {"refractory_bortezomib", "intolerant_lenalidomide", "progressed_on_regimen_VRd"} & set(asked)


def test_a_known_reason_leaves_its_own_questions() -> None:
    drugs = ["bortezomib", "lenalidomide", "dexamethasone"]
    line = {"drugs": drugs, "start": "2020-01", "stop": "2021-01", "stop_reason": "toxicity"}
    asked = [q.fact for q in answer(lines=[line]).questions]
    assert "lines[0].best_response" in asked
    assert "intolerant_bortezomib" in asked


def test_heart_failure_is_not_asked_of_a_drug_that_was_stopped_for_something_else() -> None:
    line = {"drugs": ["carfilzomib", "dexamethasone"], "start": "2020-01", "stop": "2026-05"}
    sick = [{"name": "heart-failure", "active": True}]
    stopped = answer(lines=[{**line, "stop_reason": "progression"}], conditions=sick)
    assert not [q.fact for q in stopped.questions if q.fact.startswith("heart_failure_from_")]
    toxic = answer(lines=[{**line, "stop_reason": "toxicity"}], conditions=sick)
    assert [q.fact for q in toxic.questions if q.fact.startswith("heart_failure_from_")] == [
        "heart_failure_from_carfilzomib"
    ]


def test_a_medicine_that_is_not_known_is_asked_for_by_name() -> None:
    clot = [{"name": "venous-thromboembolism", "date": "2026-06-02"}]
    found = answer(medications=["zorbitrex", "amlodipine"], conditions=clot)
    (asked,) = [q for q in found.questions if q.fact == "medications"]
    assert asked.question.startswith("Is zorbitrex an anticoagulant, ")
    assert asked.options_affected
    interactions = {"anticoagulated", "strong_cyp3a4_inducer", "strong_cyp3a4_inhibitor", "strong_cyp1a2_inhibitor"}
    assert not interactions & {q.fact for q in found.questions}
    (Rd,) = [o for o in found.options if o.id == "Rd"]
    assert "anticoagulated" in [n.fact for n in Rd.needs]
    assert not [r for r in Rd.against if r.id.endswith("recent-clot")]
    assert not [q for q in answer(medications=["amlodipine"]).questions if q.fact == "medications"]


def test_many_medicines_that_are_not_known_are_one_question() -> None:
    found = answer(medications=[f"zorbitrex{n}x" for n in range(7)])
    (asked,) = [q for q in found.questions if q.fact == "medications"]
    assert asked.question.startswith(
        "Is one of zorbitrex0x, zorbitrex1x, zorbitrex2x, zorbitrex3x, zorbitrex4x and 2 more "
    )


def test_the_upper_limit_of_bilirubin_is_asked_for() -> None:
    bilirubin = {"test": "bilirubin", "value": 60, "unit": "umol/L", "date": "2026-06-01"}
    asked = {q.fact: q.question for q in answer(measurements=[bilirubin]).questions}
    assert "upper limit" in asked["bilirubin_xuln"]
    known = answer(measurements=[{**bilirubin, "upper_limit": 20}])
    assert "bilirubin_xuln" not in {q.fact for q in known.questions}


def test_nobody_is_asked_when_and_why_a_line_stopped_that_is_still_given() -> None:
    drugs = [{"drug": drug, "start": "2020-01-01"} for drug in ("lenalidomide", "dexamethasone")]
    judged = [{"date": "2020-04-01", "response": "PR", "confirmed": True}]
    asked = [q.fact for q in answer(treatments=drugs, assessments=judged).questions]
    assert not [fact for fact in asked if fact.startswith("lines")]


def test_a_transplant_alone_is_no_regimen_to_repeat() -> None:
    line = {"drugs": ["bortezomib", "dexamethasone"], "start": "2020-01", "stop": "2021-01", "best_response": "PR"}
    graft = {"drugs": ["melphalan"], "start": "2022-01", "stop": "2022-01", "transplant": "2022-01"}
    found = {o.id: o for o in answer(lines=[line, graft]).options}
    assert [repeat.line for repeat in found["retreatment"].repeats] == [1]
    alone = {o.id: o for o in answer(lines=[graft]).options}
    assert alone["retreatment"].verdict == "ruled-out"
    assert [reason.id for reason in alone["retreatment"].against] == ["retreatment/no-earlier-regimen"]
