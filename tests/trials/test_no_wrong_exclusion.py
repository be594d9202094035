"""Sentences that a hasty reader would turn into a wrong exclusion. None of them may rule anybody out."""

from __future__ import annotations

import pytest

from mspike.trials import Parsed
from trials.written import exclusion, inclusion, table


def deciding(parsed: Parsed) -> set[str]:
    return {criterion.fact for criterion in parsed.criteria if criterion.decides}


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("Severe lung disease requiring oxygen (Zubrod of 3 or greater)", "ecog"),
        ("Heart failure (EF < 55%)", "lvef_pct"),
        ("Prior cancers with a life expectancy < 2 years", "life_expectancy"),
        ("Relapse within 6 months of autologous transplant", "auto_sct"),
        ("Not recovered from treatment for MM or AL amyloidosis", "diagnosis"),
        ("History of any grade 3 or higher motor neuropathy", "neuropathy_grade"),
        ("Contacts at home who have HIV", "hiv"),
        ("Steroids of 20 mg prednisone or more within 7 days of leukapheresis", "steroid"),
        ("Anti-CD38 therapy, if the disease progressed on it", "prior_treatment"),
        ("Infection within 2 weeks prior to melphalan", "prior_treatment"),
        ("Rash of grade 3 during prior lenalidomide", "prior_treatment"),
        ("Prior bortezomib and carfilzomib", "prior_treatment"),
        ("For selected patients with heart symptoms: LVEF < 45%", "lvef_pct"),
        ("In the Republic of Korea, participants under 19 years of age", "age"),
    ],
)
def test_in_an_exclusion(text: str, fact: str) -> None:
    assert fact not in deciding(exclusion(text))


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("Two or more lines and refractory to, not a candidate for (ineligible), or intolerant of a PI", "refractory"),
        ("Creatinine ≤ 1.5 mg/dL or creatinine clearance ≥ 50 mL/min", "crcl_ml_min"),
        ("KPS > 60% or ECOG 0-2", "ecog"),
        ("ECOG 2 or less, and 1 or less (for France)", "ecog"),
        ("Cohort B: at least 4 prior lines of therapy", "prior_lines"),
        ("Refractory disease is defined as progression on or within 60 days of the last therapy", "progressed"),
        ("No antiretroviral therapy for HIV-positive patients", "hiv"),
        ("No earlier than 75 days after transplant and screened within 15 days", "allo_sct"),
        ("Participants in the EU must have received 2 to 4 prior lines of therapy", "prior_lines"),
    ],
)
def test_in_an_inclusion(text: str, fact: str) -> None:
    assert fact not in deciding(inclusion(text))


def test_a_comma_before_or_keeps_the_higher_grade() -> None:
    assert table(inclusion("ECOG performance status (PS) 0, or 1"))["ecog_max"] == 1


def test_a_window_belongs_to_its_own_transplant() -> None:
    parsed = exclusion("Less than 3 months from prior autologous transplant or < 6 months from prior allo ASCT")
    assert table(parsed)["auto_sct_within_weeks"] == 12
    assert table(parsed)["allo_sct"] != "excluded_any_time"


def test_a_definition_bars_nobody() -> None:
    parsed = exclusion("Symptomatic myeloma, defined as any of the following:\n  * Hemoglobin < 10 g/dL")
    assert deciding(parsed) == set()


def test_the_rules_of_another_disease_bar_nobody() -> None:
    parsed = inclusion("Patients with follicular lymphoma:\n  * At least 2 prior lines of therapy\n  * LVEF ≥ 50%")
    assert deciding(parsed) == set()


def test_what_is_let_in_bars_nobody() -> None:
    parsed = exclusion("The following are allowed:\n  * Prior BCMA therapy\n  * CNS involvement")
    assert deciding(parsed) == set()


def test_a_list_that_goes_on_after_its_alternatives() -> None:
    from mspike.trials import parse_criteria
    from trials.written import the, trial

    text = (
        "Inclusion Criteria:\n\n1. Consent\n\nAny one of the following:\n\n* M-spike\n\n2. ECOG performance status 0-1"
    )
    assert the(parse_criteria(trial(text)), "ecog").decides
