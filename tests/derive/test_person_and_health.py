"""Organ function, other illnesses, medicines and circumstances: what is known, what is assumed, what stays unknown."""

from __future__ import annotations

from typing import Any

import pytest

from derive.written import derive
from mspike.derive import Contradiction, Fact


def fact(name: str, **case: Any) -> Fact:
    return derive(case).facts[name]


def value(name: str, **case: Any) -> Any:
    """A yes-or-no value, or a number as (low, high)."""
    found = fact(name, **case).value
    return (found.low, found.high) if hasattr(found, "low") else found


def measured(test: str, result: Any, date: str = "2026-06-01", unit: str | None = None) -> dict[str, Any]:
    return {"test": test, "value": result, "date": date, **({"unit": unit} if unit else {})}


def test_the_newest_value_counts_and_shows_its_date() -> None:
    found = fact("crcl_ml_min", measurements=[
        measured("creatinine-clearance", 60, "2026-01-01"), measured("creatinine-clearance", 24, "2026-06-01"),
    ])  # fmt: skip
    assert found.value is not None
    assert found.date is not None
    assert (found.value.low, found.date.text, found.basis) == (24, "2026-06-01", "stated")  # type: ignore[union-attr]


def test_two_values_of_one_day_are_both_possible() -> None:
    both = [measured("lvef", 45), measured("lvef", 55)]
    assert value("lvef_pct", measurements=both) == (45, 55)


def test_an_egfr_stands_in_and_says_so() -> None:
    given = [measured("egfr", 40)]
    found = fact("crcl_ml_min", measurements=given)
    assert found.basis == "assumed"
    assert "egfr_as_crcl" in found.because
    assert derive({"measurements": given}, {"egfr_as_crcl": "no"}).facts["crcl_ml_min"].value is None


def test_creatinine_alone_gives_no_clearance() -> None:
    found = fact("crcl_ml_min", measurements=[measured("creatinine", 150, unit="umol/L")])
    assert found.value is None
    assert "weight" in found.because


def test_under_15() -> None:
    found = fact("crcl_ml_min", measurements=[measured("creatinine-clearance", "<15")])
    assert found.value is not None
    assert found.value.open_high  # type: ignore[union-attr]


@pytest.mark.parametrize(("clearance", "expected"), [(30, False), (29.9, None), (24, None)])
def test_dialysis_is_excluded_by_a_clearance(clearance: float, expected: bool | None) -> None:
    assert value("dialysis", measurements=[measured("creatinine-clearance", clearance)]) is expected


def test_stated_dialysis() -> None:
    assert value("dialysis", conditions=[{"name": "dialysis"}]) is True
    assert value("dialysis", conditions=[{"name": "dialysis", "present": "no"}]) is False


@pytest.mark.parametrize(
    ("name", "fact_name"),
    [
        ("dialysis", "dialysis"),
        ("corneal-disease", "corneal_disease"),
        ("neurological-symptoms", "neurological_symptoms"),
    ],
)
@pytest.mark.parametrize(("active", "expected"), [("yes", True), (None, True), ("no", False)])
def test_what_counts_only_while_it_is_there(name: str, fact_name: str, active: str | None, expected: bool) -> None:
    entry = {"name": name, **({"active": active} if active else {})}
    assert value(fact_name, conditions=[entry]) is expected
    assert value(fact_name, conditions=[entry, {"name": name, "active": "yes"}]) is True


def test_dialysis_that_is_over_gives_no_clearance() -> None:
    over = [{"name": "dialysis", "active": "no", "date": "2024-02"}]
    found = derive({"conditions": over}).facts
    assert (found["crcl_ml_min"].value, found["dialysis"].because) == (None, "dialysis not active")


def test_an_illness_of_the_past_stays_one() -> None:
    """A history counts: the active word moves none of these."""
    for name, fact_name in (("hepatitis-b", "hepatitis_b"), ("second-cancer", "second_cancer")):
        assert value(fact_name, conditions=[{"name": name, "active": "no"}]) is True
    assert value("thrombosis", conditions=[{"name": "venous-thromboembolism", "active": "no"}]) is True


def test_a_condition_that_is_not_listed_is_unknown() -> None:
    for name in (
        "heart_failure",
        "copd",
        "diabetes",
        "hiv",
        "thrombosis",
        "infection_active",
        "neuropathy_grade",
        "nyha",
    ):
        assert value(name, conditions=[{"name": "hypertension"}]) is None
    assert value("hypertension", conditions=[{"name": "hypertension"}]) is True


def test_grades() -> None:
    assert value("neuropathy_grade", conditions=[{"name": "peripheral-neuropathy"}]) == (1, 4)
    assert value("neuropathy_grade", conditions=[{"name": "peripheral-neuropathy", "grade": 3}]) == (3, 3)
    assert value("neuropathy_grade", conditions=[{"name": "peripheral-neuropathy", "present": "no"}]) == (0, 0)
    assert value("nyha", conditions=[{"name": "heart-failure"}]) == (1, 4)


LINE = {"drugs": ["carfilzomib", "lenalidomide", "dexamethasone"], "start": "2024-01", "stop": "2025-01"}


@pytest.mark.parametrize(
    ("condition", "carfilzomib", "lenalidomide"),
    [
        ({"active": "yes", "attributed_to": "carfilzomib"}, True, False),
        ({"attributed_to": "carfilzomib"}, None, False),
        ({"active": "no", "attributed_to": "carfilzomib"}, False, False),
        ({"active": "yes"}, None, None),
        ({"present": "no"}, False, False),
    ],
)
def test_heart_failure_from_a_drug(
    condition: dict[str, Any], carfilzomib: bool | None, lenalidomide: bool | None
) -> None:
    facts = derive({"lines": [LINE], "conditions": [{"name": "heart-failure", **condition}]}).facts
    assert facts["heart_failure_from_carfilzomib"].value is carfilzomib
    assert facts["heart_failure_from_lenalidomide"].value is lenalidomide
    assert facts["heart_failure_from_bortezomib"].value is False  # never given


def test_nothing_is_put_down_to_a_drug_where_the_condition_is_not_on_record() -> None:
    stopped = {**LINE, "stop_reason": "progression"}
    assert value("heart_failure_from_carfilzomib", lines=[stopped]) is False
    unexplained = {**LINE, "stop_reason": "toxicity"}
    assert value("heart_failure_from_carfilzomib", lines=[unexplained]) is None
    assert value("heart_failure_from_dexamethasone", lines=[unexplained]) is False
    assert value("heart_failure_from_carfilzomib", lines=[unexplained], conditions=[{"name": "infection"}]) is False
    assert value("heart_failure_from_carfilzomib") is False  # no line on record, no heart failure either


@pytest.mark.parametrize(
    ("stop_reason", "carfilzomib", "dexamethasone"),
    [("progression", False, False), ("toxicity", None, False), ("not-stated", None, False), (None, None, False)],
)
def test_heart_failure_that_is_put_down_to_nothing(
    stop_reason: str | None, carfilzomib: bool | None, dexamethasone: bool
) -> None:
    line = {**LINE, **({"stop_reason": stop_reason} if stop_reason else {})}
    facts = derive({"lines": [line], "conditions": [{"name": "heart-failure", "active": "yes"}]}).facts
    assert facts["heart_failure_from_carfilzomib"].value is carfilzomib
    assert facts["heart_failure_from_dexamethasone"].value is dexamethasone


def test_a_drug_still_given_may_be_the_cause_of_a_heart_failure() -> None:
    drugs = [{"drug": "carfilzomib", "start": "2026-01-01"}]
    conditions = [{"name": "heart-failure", "active": "yes"}]
    assert value("heart_failure_from_carfilzomib", treatments=drugs, conditions=conditions) is None


@pytest.mark.parametrize(
    ("condition", "tests", "expected"),
    [
        ({"active": "yes"}, {"hbsag": "positive"}, True),
        ({"active": "yes"}, {"hbv-dna": 20000}, True),
        ({"active": "yes"}, {"hbsag": "negative", "hbv-dna": "positive"}, True),
        ({"active": "yes"}, {"hbsag": "negative", "hbv-dna": "negative"}, None),
        ({"active": "yes"}, {}, None),
        ({}, {"hbsag": "positive"}, None),
        ({"active": "no"}, {"hbsag": "positive"}, None),
        ({"present": "no"}, {"hbsag": "positive"}, None),
        (None, {"hbsag": "positive", "hbv-dna": 20000}, None),
    ],
)
def test_active_hepatitis_b_is_an_active_infection(
    condition: dict[str, str] | None, tests: dict[str, Any], expected: bool | None
) -> None:
    conditions = [] if condition is None else [{"name": "hepatitis-b", **condition}]
    measurements = [
        measured(t, result, unit=None if isinstance(result, str) else "IU/mL") for t, result in tests.items()
    ]
    assert value("infection_active", conditions=conditions, measurements=measurements) is expected
    surely_not = condition is None or "no" in condition.values() or tests.get("hbv-dna") == "negative"
    conditions.append({"name": "infection", "present": "no"})
    with_none = value("infection_active", conditions=conditions, measurements=measurements)
    assert with_none is (False if surely_not else expected)


def test_by_policy_hepatitis_b_is_no_infection() -> None:
    case = {
        "conditions": [{"name": "hepatitis-b", "active": "yes"}, {"name": "infection", "present": "no"}],
        "measurements": [measured("hbsag", "positive")],
    }
    assert derive(case).facts["infection_active"].value is True
    assert derive(case, {"hepatitis_b_as_infection": "no"}).facts["infection_active"].value is False


@pytest.mark.parametrize(
    ("date", "expected"),
    [("2025-12-30", True), ("2025-12-29", False), ("2025-12", None), ("2026", True), (None, None)],
)
def test_a_recent_clot(date: str | None, expected: bool | None) -> None:
    clot = {"name": "venous-thromboembolism", **({"date": date} if date else {})}
    assert value("thrombosis_recent", conditions=[clot]) is expected
    assert value("thrombosis", conditions=[clot]) is True


@pytest.mark.parametrize(
    ("tests", "expected"),
    [
        ({"hbsag": "negative", "anti-hbc": "negative"}, False),
        ({"hbsag": "negative", "anti-hbc": "positive"}, True),
        ({"hbsag": "negative"}, None),
        ({"hbsag": "negative", "anti-hbc": "negative", "hbv-dna": "positive"}, True),
        ({"hbsag": "negative", "anti-hbc": "negative", "hbv-dna": 2000}, True),
        ({"hbsag": "negative", "anti-hbc": "negative", "hbv-dna": "<10"}, False),
        ({"hbsag": "negative", "anti-hbc": "negative", "hbv-dna": "negative"}, False),
        ({"hbv-dna": "positive"}, True),
        ({"hbv-dna": "negative"}, None),
        ({}, None),
    ],
)
def test_hepatitis_b(tests: dict[str, Any], expected: bool | None) -> None:
    words = ("positive", "negative")
    found = [measured(test, result, unit=None if result in words else "IU/mL") for test, result in tests.items()]
    assert value("hepatitis_b", measurements=found) is expected


@pytest.mark.parametrize(
    ("patient", "expected"),
    [
        ({"sex": "male", "age": 40}, False),
        ({"sex": "female", "age": 55}, False),
        ({"sex": "female", "age": 54}, None),
        ({"sex": "female"}, None),
        ({"age": 40}, None),
    ],
)
def test_pregnancy(patient: dict[str, Any], expected: bool | None) -> None:
    assert value("pregnant", patient=patient) is expected
    assert value("could_become_pregnant", patient=patient) is expected


def test_stated_pregnancy() -> None:
    assert value("pregnant", patient={"sex": "female", "age": 33}, conditions=[{"name": "pregnancy"}]) is True
    could = {"could_become_pregnant": "no"}
    assert value("pregnant", patient={"sex": "female", "age": 33}, circumstances=could) is False


@pytest.mark.parametrize(
    ("pregnancy", "expected"),
    [
        ({"active": "no"}, False),
        ({"active": "no", "date": "2026-04-01"}, False),
        ({"active": "yes", "date": "2015-04"}, True),
        ({"date": "2025-08-30"}, True),
        ({"date": "2025-08-29"}, None),
        ({"date": "2025"}, None),
        ({"date": "2015-04"}, None),
    ],
)
def test_a_pregnancy_that_is_over(pregnancy: dict[str, str], expected: bool | None) -> None:
    """The record is read on 2026-06-30; ten months before it is 2025-08-30."""
    woman = {"sex": "female", "age": 38}
    entry = {"name": "pregnancy", **pregnancy}
    assert value("pregnant", patient=woman, conditions=[entry]) is expected
    assert value("could_become_pregnant", patient=woman, conditions=[entry]) is (True if expected else None)
    if expected is None:
        assert value("pregnant", patient={"sex": "female", "age": 60}, conditions=[entry]) is False
        said = [entry, {"name": "pregnancy", "present": "no"}]
        assert value("pregnant", patient=woman, conditions=said) is (None if entry["date"] == "2025" else False)


@pytest.mark.parametrize(
    ("medicine", "name"),
    [
        ("rifampicin", "strong_cyp3a4_inducer"),
        ("clarithromycin", "strong_cyp3a4_inhibitor"),
        ("ciprofloxacin", "strong_cyp1a2_inhibitor"),
        ("Eliquis", "anticoagulated"),
        ("apixaban 5 mg", "anticoagulated"),
        ("bemiparin", "anticoagulated"),
        ("DOAC", "anticoagulated"),
        ("nirmatrelvir/ritonavir", "strong_cyp3a4_inhibitor"),
        ("Genvoya", "strong_cyp3a4_inhibitor"),
        ("St. John's wort", "strong_cyp3a4_inducer"),
    ],
)
def test_medicines(medicine: str, name: str) -> None:
    assert value(name, medications=[medicine]) is True
    assert value(name, medications=["amlodipine"]) is False
    assert value(name, medications=[]) is False
    assert value(name) is None


def test_a_medicine_that_no_table_knows_leaves_open_what_it_does() -> None:
    facts = derive({"medications": ["zorbitrex", "amlodipine", "apixaban"]}).facts
    open_ = facts["strong_cyp3a4_inducer"]
    assert (open_.value, open_.sources, open_.because) == (
        None,
        ("medications[0]",),
        "no medicine known here: zorbitrex",
    )
    assert facts["anticoagulated"].value is True
    assert facts["anticoagulated"].sources == ("medications[2]",)
    assert value("anticoagulated", medications=["apixaban stopped"]) is None
    assert value("strong_cyp3a4_inhibitor", medications=["ritonavir/zorbitrex"]) is True
    named = derive({"medications": ["zorbitrex"]}, {"anticoagulants": ["apixaban", "zorbitrex"]})
    assert (named.unknown_medicines, named.facts["anticoagulated"].value) == ((), True)


def test_allergy_and_wishes_are_always_known() -> None:
    facts = derive(
        {"conditions": [{"name": "allergy", "to": "lenalidomide"}], "preferences": {"avoids": ["hospital-stay"]}}
    ).facts
    assert facts["allergy_recorded_lenalidomide"].value is True
    assert facts["allergy_recorded_bortezomib"].value is False
    assert facts["avoids_hospital_stay"].value is True
    assert facts["wants_oral"].value is False


def contradictions(**case: Any) -> list[str]:
    found: tuple[Contradiction, ...] = derive(case).contradictions
    return [c.about for c in found]


@pytest.mark.parametrize(
    ("age", "ecog", "frailty", "expected"),
    [
        (84, 3, "fit", ["frailty"]),
        (84, 3, "frail", []),
        (76, 1, "fit", ["frailty"]),
        (75, 1, "fit", []),
        (60, 2, "intermediate", ["frailty"]),
        (60, 0, "frail", ["frailty"]),
        (60, 1, "frail", []),
        (70, 1, "fit", []),
    ],
)
def test_a_stated_frailty_against_age_and_ecog(age: int, ecog: int, frailty: str, expected: list[str]) -> None:
    """Age 76 to 80 counts one point, above 80 two, ECOG up to two; frail from two; the Charlson index may add one."""
    assert contradictions(patient={"age": age}, fitness={"ecog": ecog, "frailty": frailty}) == expected


def test_other_contradictions() -> None:
    line = {"drugs": ["bortezomib"], "start": "2024-01-01", "stop": "2026-05-01", "stop_reason": "completed"}
    relapse = {"type": "clinical-relapse", "date": "2026-03-01"}
    assert contradictions(lines=[line], disease={"event": relapse}) == ["end of the last line"]
    assert contradictions(lines=[line], disease={"event": {"type": "newly-diagnosed"}}) == ["newly diagnosed"]
    assert contradictions(lines=[], disease={"event": relapse}) == ["relapse"]
    silent = {"type": "biochemical-relapse", "date": "2026-06-01", "symptoms": "yes"}
    assert contradictions(lines=[line], disease={"event": silent}) == ["kind of relapse"]
    record = {"drug": "teclistamab", "start": "2025-01-01", "end": "2025-02-01"}
    assert contradictions(lines=[line], treatments=[record]) == ["lines of therapy"]
    without = {**line, "transplant": "no"}
    graft = {"procedure": "autologous-transplant", "date": "2025-01-01"}
    assert contradictions(lines=[without], procedures=[graft]) == ["transplant"]


def test_cytogenetics() -> None:
    none = {"del(17p)": "absent", "t(4;14)": "absent", "t(14;16)": "absent", "t(14;20)": "absent", "gain(1q)": "absent"}
    assert value("high_risk_cytogenetics", disease={"cytogenetics": none}) is False
    assert value("high_risk_cytogenetics", disease={"cytogenetics": {"t(4;14)": "present"}}) is True
    untested = {key: state for key, state in none.items() if key != "t(14;20)"}
    assert value("high_risk_cytogenetics", disease={"cytogenetics": untested}) is None
    assert value("gain1q", disease={"cytogenetics": {"amp(1q)": "present"}}) is True
    assert value("gain1q", disease={"cytogenetics": {"amp(1q)": "absent"}}) is None
    assert value("del1p", disease={"cytogenetics": {"biallelic-del(1p)": "present"}}) is True


@pytest.mark.parametrize(("cells", "expected"), [(21, True), (20, None), (19, False)])
def test_del17p_by_its_share_of_cells(cells: int, expected: bool | None) -> None:
    others = {"t(4;14)": "absent", "t(14;16)": "absent", "t(14;20)": "absent", "gain(1q)": "absent"}
    disease = {"cytogenetics": {**others, "del(17p)": cells}}
    assert value("high_risk_cytogenetics", disease=disease) is expected
    assert value("del17p", disease=disease) is True
