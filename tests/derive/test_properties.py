"""What must hold for any record: order and units say nothing; knowing less never turns yes into no or no into yes."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derive.written import AS_OF, derive, knowledge
from mspike.derive import Fact, State
from mspike.record import Number, RecordError

MONTHS = [f"{year}-{month:02}" for year in range(2020, 2026) for month in range(1, 13)]
DRUGS = [
    "bortezomib",
    "carfilzomib",
    "lenalidomide",
    "pomalidomide",
    "daratumumab",
    "cyclophosphamide",
    "teclistamab",
    "ciltacabtagene-autoleucel",
    "idecabtagene-vicleucel",
    "dexamethasone",
    "melphalan",
    "investigational",
]
FINDINGS = ["del(17p)", "t(4;14)", "t(14;16)", "t(14;20)", "gain(1q)", "t(11;14)"]
STOPS = ["progression", "toxicity", "completed", "planned", "choice", "not-stated", None]
NAMES = [
    "peripheral-neuropathy",
    "heart-failure",
    "venous-thromboembolism",
    "infection",
    "dialysis",
    "hepatitis-b",
    "copd",
]
YES_NO = st.sampled_from(["yes", "no", None])


def clean(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if value is not None}


@st.composite
def lines(draw: st.DrawFn) -> list[dict[str, Any]]:
    count = draw(st.integers(0, 3))
    places = sorted(
        draw(st.lists(st.integers(0, len(MONTHS) - 1), min_size=2 * count, max_size=2 * count, unique=True))
    )
    found = []
    for start, stop in zip(places[::2], places[1::2], strict=True):
        drugs = draw(st.lists(st.sampled_from(DRUGS), min_size=1, max_size=4, unique=True))
        day = st.sampled_from(["", "-05", "-28"])
        line = {
            "drugs": drugs,
            "start": MONTHS[start] + draw(day),
            "stop": draw(st.sampled_from([MONTHS[stop] + draw(day), None])),
            "stop_reason": draw(st.sampled_from(STOPS)),
            "best_response": draw(st.sampled_from(["CR", "PR", "MR", "SD", "PD", "NE", None])),
            "transplant": draw(st.sampled_from([f"{MONTHS[(start + stop + 1) // 2]}", "no", None])),
            "progressed_on_maintenance": draw(YES_NO),
            "maintenance": draw(st.sampled_from([None, None, drugs[:1]])),
        }
        if line["progressed_on_maintenance"] == "yes" and line["stop_reason"] not in ("progression", None):
            line["progressed_on_maintenance"] = "no"  # else the line says two things
        found.append(clean(line))
    return found


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    kinds = ["clinical-relapse", "biochemical-relapse", "stable", "toxicity", "local-progression", None]
    event = {
        "type": draw(st.sampled_from(kinds)),
        "date": draw(st.sampled_from(["2026-06-01", "2026-05", "2026-02-15", None])),
    }
    months = draw(st.lists(st.integers(1, 6), max_size=5))
    case: dict[str, Any] = {
        "as_of": AS_OF,
        "disease": {
            "diagnosis": "multiple-myeloma",
            "event": clean(event),
            "light_chain": "kappa",
            "cytogenetics": draw(st.dictionaries(st.sampled_from(FINDINGS), st.sampled_from(["present", "absent"]))),
        },
        "patient": clean(
            {
                "age": draw(st.sampled_from([33, 55, 72, 81, None])),
                "sex": draw(st.sampled_from(["female", "male", None])),
            }
        ),
        "fitness": clean(
            {"ecog": draw(st.sampled_from([0, 1, 3, None])), "frailty": draw(st.sampled_from(["fit", "frail", None]))}
        ),
        "conditions": [
            clean(
                {
                    "name": name,
                    "active": draw(YES_NO),
                    "date": draw(st.sampled_from(["2026-03-02", "2025-11", "2024", None])),
                }
            )
            for name in draw(st.lists(st.sampled_from(NAMES), max_size=3, unique=True))
        ],
        "measurements": [
            {
                "test": "serum-m-protein",
                "date": f"2026-{month:02}-{draw(st.integers(1, 28)):02}",
                "value": draw(st.integers(0, 300)) / 10,
                "unit": "g/L",
            }
            for month in months
        ]
        + [
            {
                "test": "creatinine-clearance",
                "date": f"2026-0{month}-01",
                "value": draw(st.integers(5, 90)),
                "unit": "mL/min",
            }
            for month in months[:2]
        ],
    }
    stated = draw(lines())
    if draw(st.booleans()) and (stated or event["type"] in ("stable", None)):  # no relapse without a treatment
        case["lines"] = stated
    if draw(st.booleans()):
        case["assessments"] = [
            clean(
                {
                    "date": f"{draw(st.sampled_from(MONTHS))}-11",
                    "response": draw(st.sampled_from(["PD", "PR"])),
                    "confirmed": draw(YES_NO),
                }
            )
            for _ in range(draw(st.integers(0, 2)))
        ]
    return case


def state_of(case: dict[str, Any]) -> State:
    try:
        return derive(case)
    except RecordError:
        assume(False)
        raise


def seen(state: State) -> dict[str, tuple[Any, Any, Any]]:
    """Every fact without its pointers, which name places in the file."""
    return {name: (fact.value, fact.date, fact.basis) for name, fact in state.facts.items()}


@settings(deadline=None)
@given(cases(), st.randoms())
def test_order_says_nothing(case: dict[str, Any], random: Any) -> None:
    other = copy.deepcopy(case)
    for place, line in enumerate(other.get("lines", []), 1):
        line["number"] = place
        random.shuffle(line["drugs"])
    for key in ("lines", "measurements", "conditions", "assessments"):
        random.shuffle(other.get(key, []))
    first, second = state_of(case), state_of(other)
    assert seen(first) == seen(second)
    assert (first.status, first.event_pace, set(first.flags)) == (second.status, second.event_pace, set(second.flags))
    assert [line.regimen for line in first.lines or ()] == [line.regimen for line in second.lines or ()]


@settings(deadline=None)
@given(cases())
def test_units_say_nothing(case: dict[str, Any]) -> None:
    other = copy.deepcopy(case)
    for entry in other["measurements"]:
        if entry["unit"] == "g/L":
            entry["value"], entry["unit"] = str(round(entry["value"] * 10) / 100), "g/dL"
    first, second = state_of(case), state_of(other)
    assert seen(first) == seen(second)
    assert first.event_because == second.event_because


@settings(deadline=None)
@given(cases())
def test_every_fact_is_there_and_typed(case: dict[str, Any]) -> None:

    state = state_of(case)
    specs = knowledge().facts.facts
    for name, spec in specs.items():
        value = state.facts[name].value
        assert value is None or isinstance(value, {"yes-no": bool, "number": Number, "word": str}[spec.type]), name
    for name, fact in state.facts.items():
        assert (fact.value is None) == (fact.basis == "unknown"), name


def test_not_known_stays_within_what_was_known() -> None:
    assert less_known(Fact(True), Fact(True))
    assert not less_known(Fact(True), Fact(False))


def less_known(before: Fact, after: Fact) -> bool:
    """Whether what is said after forgetting is the same, unknown, or a wider interval."""
    if after.value is None or (before.value is None and isinstance(after.value, Number)):
        return True
    if isinstance(before.value, Number) and isinstance(after.value, Number):
        return after.value.low <= before.value.low + 1e-9 and after.value.high >= before.value.high - 1e-9
    return before.value == after.value


def dates(case: dict[str, Any]) -> Iterator[tuple[Any, str]]:
    """Every date of a case, as the place it stands in."""
    for line in case.get("lines", []):
        yield from ((line, key) for key in ("start", "stop", "transplant") if line.get(key, "no") != "no")
    if "date" in case["disease"]["event"]:
        yield case["disease"]["event"], "date"
    for key in ("measurements", "conditions", "assessments"):
        yield from ((entry, "date") for entry in case.get(key, []) if "date" in entry)


@settings(max_examples=200, deadline=None)
@given(cases(), st.data())
def test_a_wider_date_never_says_the_opposite(case: dict[str, Any], data: st.DataObject) -> None:
    other = copy.deepcopy(case)
    places = [(entry, key) for entry, key in dates(other) if "-" in entry[key]]
    assume(places)
    entry, key = data.draw(st.sampled_from(places))
    entry[key] = entry[key].rpartition("-")[0]
    check(state_of(case), state_of(other))


OPTIONAL = {
    "lines": ("stop", "start", "stop_reason", "best_response", "transplant", "maintenance"),
    "conditions": ("active", "date"),
    "assessments": ("confirmed",),
}
"""What may be left out, but for three that are settled another way: a line stopped for progression is read as
progression on all its drugs unless `progressed_on_maintenance` is there, an unknown response is never a non-response,
and an illness of now that is listed is there unless it is said to be over."""

OF_NOW = ("dialysis", "pregnancy", "corneal-disease", "neurological-symptoms")


def optional(case: dict[str, Any]) -> Iterator[tuple[Any, str]]:
    """Every key that may be left out, as the place it stands in."""
    for part, keys in OPTIONAL.items():
        for entry in case.get(part, []):
            given = keys if entry.get("name") not in OF_NOW else ()
            yield from ((entry, key) for key in given if key in entry and entry[key] not in ("SD", "PD"))
    for part in (case["disease"]["event"], case["disease"]["cytogenetics"], case["patient"], case["fitness"]):
        yield from ((part, key) for key in part)


@settings(max_examples=200, deadline=None)
@given(cases(), st.data())
def test_forgetting_never_says_the_opposite(case: dict[str, Any], data: st.DataObject) -> None:
    other = copy.deepcopy(case)
    places = list(optional(other))
    assume(places)
    entry, key = data.draw(st.sampled_from(places))
    del entry[key]
    check(state_of(case), state_of(other))


def check(before: State, after: State) -> None:
    assume(not before.contradictions)  # where the record says two things, the stated one hides the other
    wrong = {
        name: (fact.value, after.facts[name].value, after.facts[name].because)
        for name, fact in before.facts.items()
        if not less_known(fact, after.facts[name])
    }
    assert wrong == {}
    if before.event_type == after.event_type:  # the event's word is part of the status
        assert after.status in (before.status, None)


@pytest.mark.parametrize("policy", ["no", "yes"])
def test_a_policy_is_named(policy: str) -> None:
    state = derive({"lines": []}, {"sd_refractory": policy})
    assert state.policies["sd_refractory"] == policy
