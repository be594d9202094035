"""Numbers of eligibility texts: borders, units, ranges, negations. Each row: a sentence and what it states."""

from __future__ import annotations

from typing import Any

import pytest

from mspike.trials import Parsed
from trials.written import exclusion, facts, inclusion, table, the


@pytest.mark.parametrize(
    ("text", "op", "value"),
    [
        ("At least 18 years of age", ">=", 18),
        ("Age \\>= 21 years", ">=", 21),
        ("Aged &ge; 18 years at consent", ">=", 18),
        ("Must be 18 years or older", ">=", 18),
        ("Men and women between 18 and 75 years of age", "between", [18, 75]),
        ("Age 60 - 80 years", "between", [60, 80]),
        ("No older than 70 years of age", "<=", 70),
        ("Over 18 years old", ">=", 18),
        ("Must be 18 years of age inclusive", ">=", 18),
        ("Age 18 yrs. old or greater", ">=", 18),
        ("Less than or equal to age 73", "<=", 73),
    ],
)
def test_age(text: str, op: str, value: Any) -> None:
    found = the(inclusion(text), "age")
    assert (found.op, found.value, found.unit) == (op, value, "years")


@pytest.mark.parametrize(
    "text",
    [
        "Disease-free for at least 5 years",
        "Women of 45 years of age or older without menses for 1 year need no pregnancy test",
        "Transplant-ineligible: age 65 years or older, or younger with comorbidity",
    ],
)
def test_years_that_are_no_age(text: str) -> None:
    assert facts(inclusion(text), "age") == []


def test_an_age_that_is_barred_is_the_other_side() -> None:
    found = the(exclusion("Under the age of 18"), "age")
    assert (found.side, found.op, found.value) == ("exclusion", ">=", 18)


@pytest.mark.parametrize(
    ("text", "highest"),
    [
        ("ECOG performance status of 0 or 1", 1),
        ("ECOG 0, 1, or 2", 2),
        ("Eastern Cooperative Oncology Group (ECOG) performance status (PS) 0-2 at registration", 2),
        ("ECOG performance status less than or equal to (<=) 2", 2),
        ("ECOG PS < 3", 2),
        ("Zubrod performance status =< 3", 3),
        ("ECOG performance status of 2 or less", 2),
        ("ECOG status = 1", 1),
    ],
)
def test_ecog(text: str, highest: int) -> None:
    found = the(inclusion(text), "ecog")
    assert (found.op, found.value) == ("<=", highest)


@pytest.mark.parametrize(
    ("text", "highest"),
    [
        ("ECOG > 2", 2), ("ECOG performance status of 3-4", 2), ("ECOG ≥ 2", 1),
        ("Participants under care elsewhere, participants with an ECOG performance status more than 2", 2),
    ],
)  # fmt: skip
def test_ecog_that_is_barred(text: str, highest: int) -> None:
    assert the(exclusion(text), "ecog").value == highest


def test_ecog_with_an_exception_decides_nothing() -> None:
    found = the(inclusion("ECOG 0-2 (ECOG 3 is allowed if due to bone pain)"), "ecog")
    assert found.value == 2
    assert found.unless is not None
    assert not found.decides


@pytest.mark.parametrize(
    ("text", "op", "value"),
    [
        ("Received 1 to 3 prior lines of therapy", "between", [1, 3]),
        ("At least one but not more than three prior lines of antimyeloma therapy", "between", [1, 3]),
        ("≥1 and ≤4 prior lines of treatment", "between", [1, 4]),
        ("Must have received three (3) or more prior lines of therapy", ">=", 3),
        ("At least 2 previous regimens for multiple myeloma", ">=", 2),
        ("More than 2 prior lines of therapy", ">=", 3),
        ("Received no more than 3 prior lines of therapy", "<=", 3),
        ("Received fewer than 4 lines of anti-myeloma therapy", "<=", 3),
        ("Must not have received more than 3 prior lines of therapy", "<=", 3),
        ("Received only 1 prior line of therapy", "between", [1, 1]),
    ],
)
def test_lines(text: str, op: str, value: Any) -> None:
    found = the(inclusion(text), "prior_lines")
    assert (found.op, found.value) == (op, value)
    assert found.decides


@pytest.mark.parametrize(
    "text",
    [
        "At least 2 consecutive cycles of treatment for each regimen",
        "Partial response or better to at least 1 prior line of therapy",
        "Induction and transplant are considered 1 line of therapy",
        "At least 3 classes of treatment",
        "Received at least 2 prior lines of therapy for lymphoma",
        "No more than 12 months of any therapy",
    ],
)
def test_counts_that_are_no_lines(text: str) -> None:
    assert facts(inclusion(text), "prior_lines") == []


def test_lines_of_a_subgroup_are_no_rule_for_all() -> None:
    parsed = inclusion("Participants who have received only 1 prior line of therapy must be refractory to lenalidomide")
    assert facts(parsed, "prior_lines") == []
    assert the(parsed, "refractory").when is not None


def test_an_alternative_beside_the_lines_keeps_them_from_deciding() -> None:
    found = the(
        inclusion("At least 3 prior lines of therapy or are double refractory to a PI and an IMiD"), "prior_lines"
    )
    assert (found.value, found.decides) == (3, False)


@pytest.mark.parametrize(
    ("text", "op", "value"),
    [("More than 3 prior lines of therapy", "<=", 3), ("Fewer than 2 prior lines of therapy", ">=", 2)],
)
def test_lines_that_are_barred(text: str, op: str, value: int) -> None:
    found = the(exclusion(text), "prior_lines")
    assert (found.op, found.value) == (op, value)


def test_no_more_than_in_an_exclusion_is_left_unread() -> None:
    assert facts(exclusion("No more than 3 prior lines of therapy"), "prior_lines") == []


@pytest.mark.parametrize(
    ("text", "fact", "value"),
    [
        ("Platelet count >= 75,000/mm3", "platelets_10e9_l", 75),
        ("Platelets ≥ 50 x 10^9/L", "platelets_10e9_l", 50),
        ("Absolute neutrophil count (ANC) > 1000 cells/uL", "neutrophils_10e9_l", 1),
        ("Hemoglobin ≥ 8.0 g/dL", "haemoglobin_g_l", 80),
        ("Haemoglobin ≥ 80 g/L", "haemoglobin_g_l", 80),
        ("Creatinine clearance of at least 30 mL/min", "crcl_ml_min", 30),
        ("Total bilirubin ≤ 1.5 x ULN", "bilirubin_xuln", 1.5),
        ("LVEF greater than or equal to 45%", "lvef_pct", 45),
    ],
)
def test_blood_and_heart(text: str, fact: str, value: float) -> None:
    found = the(inclusion(text), fact)
    assert found.value == value
    assert found.decides


def test_another_way_to_meet_a_blood_limit() -> None:
    parsed = inclusion("Platelets ≥ 75,000/mm3 or ≥ 50,000/mm3 where half the marrow is plasma cells")
    assert not the(parsed, "platelets_10e9_l").decides


def test_what_is_too_low_is_barred() -> None:
    found = the(exclusion("Left ventricular ejection fraction < 40%"), "lvef_pct")
    assert (found.op, found.value) == (">=", 40)


@pytest.mark.parametrize(
    ("text", "weeks"),
    [
        ("Life expectancy of at least 12 weeks", 12),
        ("Life expectancy > 3 months", 12),
        ("Life expectancy ≥ 6 months", 26),
    ],
)
def test_life_expectancy(text: str, weeks: int) -> None:
    assert the(inclusion(text), "life_expectancy").value == weeks


@pytest.mark.parametrize(
    ("text", "weeks"),
    [
        ("Live, attenuated vaccine within 4 weeks before randomization", 4),
        ("Received a live vaccine within 30 days", 4),
    ],
)
def test_live_vaccine(text: str, weeks: int) -> None:
    assert the(exclusion(text), "live_vaccine").value == weeks


def test_transplant_windows_by_kind() -> None:
    text = "Autologous stem cell transplant within 12 weeks before the first dose, or prior allogeneic transplant"
    parsed = exclusion(text)
    assert the(parsed, "auto_sct").value == 12
    assert the(parsed, "allo_sct").value is None


def test_a_relapse_after_transplant_is_no_window() -> None:
    assert facts(exclusion("Relapse within 6 months of autologous transplant"), "auto_sct") == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Had 1 or 2 lines of treatment for myeloma", [1, 2]),
        ("Received at least one, but no more than three, prior lines of therapy", [1, 3]),
        ("With one to three lines of therapy for the disease; a line is defined as two cycles", [1, 3]),
    ],
)
def test_lines_between(text: str, value: list[int]) -> None:
    assert the(inclusion(text), "prior_lines").value == value


@pytest.mark.parametrize(
    "text",
    [
        "Relapsed or refractory to at least 3 prior lines of therapy",
        "Relapsed after or is refractory to at least 3 prior lines of therapy",
        "Patients who have received at least 3 prior therapies which must include a PI",
    ],
)
def test_lines_at_least(text: str) -> None:
    found = the(inclusion(text), "prior_lines")
    assert (found.op, found.value, found.when) == (">=", 3, None)


def test_adults_in_the_title_are_no_second_age() -> None:
    parsed = inclusion("Age 60 years or older", identification={"officialTitle": "X in Older Adults with Myeloma"})
    assert table(parsed)["age_min"] == 60


def test_an_age_at_diagnosis_is_another_age() -> None:
    assert not the(inclusion("Age 18 to 49 years at myeloma diagnosis"), "age").decides


@pytest.mark.parametrize(
    "text",
    [
        "With an earlier autologous transplant they can enroll:\n  * Transplant was > 100 days before enrollment",
        "Any autologous SCT was > 100 days prior to enrollment",
    ],
)
def test_a_transplant_that_has_to_be_long_ago(text: str) -> None:
    parsed = inclusion(text)
    assert table(parsed)["auto_sct_within_weeks"] == 14
    assert not any(c.decides for c in facts(parsed, "auto_sct"))


def test_an_allogeneic_transplant_that_has_to_be_long_ago_says_nothing_of_another() -> None:
    assert facts(inclusion("The allogeneic transplant was > 16 weeks before enrollment"), "auto_sct") == []


@pytest.mark.parametrize(
    ("parsed", "years"),
    [
        (inclusion("Disease free of prior malignancies for ≥ 5 years"), 5),
        (exclusion("Malignancies other than myeloma within 24 months"), 2),
        (exclusion("Another malignancy within 18 months"), None),
    ],
)
def test_years_without_another_cancer(parsed: Parsed, years: int | None) -> None:
    assert table(parsed)["other_malignancy_years"] == years


def test_a_daily_dose_is_no_sum() -> None:
    assert facts(exclusion("≥ 60 mg prednisone daily for 4 days within 14 days"), "steroid") == []


def test_what_is_told_of_the_course_of_the_disease_is_no_washout() -> None:
    assert facts(exclusion("Progressed on a proteasome inhibitor or within 60 days of it"), "washout") == []


def test_another_way_to_keep_a_limit_is_in_whole_words() -> None:
    found = the(inclusion("Creatinine ≤ 2 mg/dL or clearance of 40 mL/min"), "creatinine_mg_dl")
    assert found.unless == "or clearance of 40 mL/min"


def test_a_value_for_one_part_is_not_that_of_the_trial() -> None:
    parsed = inclusion("Part A: at least 3 prior lines of therapy", "Part B: 1 to 3 prior lines of therapy")
    assert (table(parsed)["lines_min"], table(parsed)["lines_max"]) == (None, None)
