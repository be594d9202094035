"""A line whose drugs the record does not name leaves open what was given, and what failed: absent is not none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mspike.derive import State, derive_state
from mspike.knowledge import load_knowledge
from mspike.options import Answer, build_answer
from mspike.record import Record, read_case

KNOWN: dict[str, Any] = {
    "number": 2, "drugs": ["daratumumab", "dexamethasone"], "start": "2023-01", "stop": "2024-01",
    "best_response": "PR", "stop_reason": "progression",
}  # fmt: skip
UNNAMED: dict[str, Any] = {"number": 1, "start": "2020-01", "stop": "2021-05", "best_response": "PR"}


def record(**more: Any) -> Record:
    case = {
        "schema": "mspike-case/1", "id": "made", "as_of": "2026-06-30", "patient": {"age": 65},
        "disease": {"diagnosis": "multiple-myeloma"}, **more,
    }  # fmt: skip
    (read,) = read_case(json.dumps(case), "made.json")
    assert isinstance(read, Record), read
    return read


def state(*lines: dict[str, Any]) -> State:
    return derive_state(record(lines=list(lines)), load_knowledge())


def answer(*lines: dict[str, Any]) -> Answer:
    return build_answer(state(*lines))


@pytest.mark.parametrize(
    "name", ["exposed_bortezomib", "exposed_pi", "refractory_pi", "triple_class_exposed", "triple_class_refractory",
             "exposed_bcma_car_t", "intolerant_bortezomib", "penta_drug_refractory", "progressed_on_regimen_VRd"],
)  # fmt: skip
def test_what_may_have_been_given_is_unknown(name: str) -> None:
    assert state(UNNAMED, KNOWN).facts[name].value is None
    named = {**UNNAMED, "drugs": ["lenalidomide", "dexamethasone"]}
    assert state(named, KNOWN).facts[name].value is False


def test_what_is_named_elsewhere_stays() -> None:
    facts = state(UNNAMED, KNOWN).facts
    assert facts["exposed_daratumumab"].value is True
    assert facts["refractory_daratumumab"].value is True
    assert facts["exposed_anti_cd38"].value is True
    assert facts["prior_lines"].value.low == 2  # type: ignore[union-attr]
    assert "line 1" in facts["exposed_bortezomib"].because


def test_what_failed_in_it_was_given() -> None:
    facts = state({**UNNAMED, "refractory": ["lenalidomide"]}, KNOWN).facts
    assert facts["exposed_lenalidomide"].value is True
    assert facts["refractory_imid"].value is True
    assert facts["exposed_bortezomib"].value is None


def test_an_empty_list_is_none() -> None:
    found = state({**UNNAMED, "drugs": [], "transplant": "2020-06"}, KNOWN)
    assert found.facts["exposed_bortezomib"].value is False
    assert not any(line.unnamed for line in found.lines or ())


def test_its_drugs_are_the_first_question() -> None:
    given = answer(UNNAMED, KNOWN)
    assert given.questions[0].fact == "lines[0].drugs"
    assert given.questions[0].question.startswith("What were the drugs")
    assert len({question.fact for question in given.questions}) == len(given.questions)


def test_no_option_rests_on_what_is_not_named() -> None:
    options = {option.id: option for option in answer(UNNAMED, KNOWN).options}
    assert options["KRd"].verdict == "cannot-tell"
    again = options["retreatment"]
    assert (again.repeats[0].regimen, again.repeats[0].verdict) == ("drugs not recorded", "cannot-tell")
    assert any(need.fact == "lines[0].drugs" and need.decides for need in again.needs)
    assert not any("never" in reason.text for option in options.values() for reason in option.for_)


def test_drug_records_alone_do_not_rule_out_a_transplant() -> None:
    drugs = [{"drug": "lenalidomide", "start": "2020-01-01", "end": "2024-05-01"}]
    knowledge = load_knowledge()
    assert derive_state(record(treatments=drugs), knowledge).facts["had_transplant"].value is None
    assert derive_state(record(treatments=drugs, procedures=[]), knowledge).facts["had_transplant"].value is False


def test_the_order_of_lines_in_the_record_says_nothing() -> None:
    given = answer(KNOWN, UNNAMED)
    assert [question.fact for question in given.questions if question.question.startswith("What were the drugs")] == [
        "lines[0].drugs"
    ]
