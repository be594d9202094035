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
        ("Exposure to medicines known to be active against SMM", "diagnosis"),
        ("High-risk smoldering myeloma", "diagnosis"),
        ("Cardiac amyloidosis", "diagnosis"),
        ("Meningeal involvement of plasma cell leukemia", "diagnosis"),
        ("For MGUS/SMM patients, a course that got worse", "diagnosis"),
        ("A malignancy other than smoldering myeloma", "diagnosis"),
        ("Known metastasis of the brain", "cns_active"),
        ("Metastases of the central nervous system for which radiation was an option", "cns_active"),
        ("Takes an HIV-PI or metformin", "hiv"),
        ("A test for HIV is not required", "hiv"),
        ("HIV negative", "hiv"),
        ("An HIV-associated opportunistic infection", "hiv"),
        ("Women who plan to become pregnant", "pregnant"),
        ("Tests of pregnancy are done each month", "pregnant"),
        ("Allogeneic transplant and still on drugs against rejection", "allo_sct"),
        ("Allogeneic transplant of a solid organ", "allo_sct"),
        ("Calcium > 0.25 mmol/L higher than the upper limit of normal", "calcium_mmol_l"),
        ("AST > 2 x ULN and total bilirubin > 2 x ULN", "bilirubin_xuln"),
        ("Those with QTc > 450 ms will have it monitored", "qtc_ms"),
        ("Uncompensated heart failure of NYHA class III or IV", "nyha"),
        ("Any of the marrow's measures, with NYHA class I-IV", "nyha"),
        ("Prior BCMA-directed therapy except for belantamab mafodotin", "prior_treatment"),
        ("Breast-feeding; women agree not to nurse", "pregnant"),
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
        ("No more than 2 prior lines of induction therapy", "prior_lines"),
        ("Relapsed/refractory to the last regimen", "refractory"),
        ("Myeloma relapsed or refractory to lenalidomide", "refractory"),
        ("Participants receiving prior carfilzomib must have achieved a response", "exposed"),
        ("For patients who received ide-cel, lenalidomide was given before", "exposed"),
        ("Received an IMiD and either a PI or an anti-CD38 antibody", "exposed"),
        ("ECOG 0-1 (or 0-2)", "ecog"),
        ("Direct bilirubin ≤ 1.5 x ULN", "bilirubin_xuln"),
        ("Bilirubin ≤ 1.5 x ULN (3 x for Gilbert's)", "bilirubin_xuln"),
        ("eGFR ≥ 45 mL/min/1.73 m2", "crcl_ml_min"),
        ("Absence of anemia: hemoglobin ≥ 10 g/dL", "haemoglobin_g_l"),
        ("FOR T-CELL DISEASE ONLY: platelets ≥ 100,000/mm3", "platelets_10e9_l"),
        ("No evidence of amyloidosis of the heart, that is cardiac amyloidosis", "diagnosis"),
        ("Measurable disease is not required", "measurable_disease"),
        ("Must be ≥ 60 years of age or adults < 60 who are frail", "age"),
        ("Age at ASCT ≥ 60 years", "age"),
        ("Review by the sponsor of participants below 65 years of age", "age"),
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


def test_the_rules_of_a_donor_bar_no_patient() -> None:
    assert deciding(inclusion("Donor criteria:\n  * ECOG performance status 0 or 1\n  * LVEF ≥ 50%")) == set()


def test_the_rules_of_a_cohort_named_above_bar_nobody() -> None:
    parsed = inclusion("Participants in the added cohort only:\n  * At least 2 prior lines of therapy")
    assert deciding(parsed) == set()


def test_a_bullet_that_ends_in_or_is_one_of_two_ways() -> None:
    parsed = inclusion("At least 3 prior lines of therapy, OR", "Refractory to a PI and an IMiD")
    assert deciding(parsed) == set()


def test_the_next_bullet_lets_in_what_this_one_bars() -> None:
    parsed = inclusion(
        "Received at least 3 lines of prior chemotherapy", "Two lines will be allowed where the disease is refractory"
    )
    assert deciding(parsed) == set()


def test_the_package_insert_may_change() -> None:
    parsed = inclusion(
        "At least 4 prior lines of therapy; and refractory to them\n  * These stipulations go when the label changes"
    )
    assert "prior_lines" not in deciding(parsed)


def test_what_can_be_considered_bars_nobody() -> None:
    parsed = inclusion("Patients with these values can be considered:\n  * AST < 5 x ULN")
    assert deciding(parsed) == set()


def test_the_disease_of_the_title_is_not_barred() -> None:
    from mspike.trials import parse_criteria
    from trials.written import trial

    title = {"briefTitle": "X in Smoldering Myeloma"}
    read = trial("Exclusion Criteria:\n\n* Smoldering myeloma\n* AL amyloidosis", identification=title)
    parsed = parse_criteria(read)
    assert [c.about["disease"] for c in parsed.criteria if c.decides] == ["al-amyloidosis"]
    assert table(parsed)["dx_excluded"] == ["al_amyloidosis"]


def test_words_that_point_at_the_list_do_not_begin_it() -> None:
    from mspike.trials import parse_criteria
    from trials.written import the, trial

    text = (
        "Inclusion Criteria:\n\n* Other blood diseases are acceptable\n  (see exclusion criteria for more)\n"
        "* LVEF > 35%"
    )
    parsed = parse_criteria(trial(text))
    assert the(parsed, "lvef_pct").side == "inclusion"
    assert the(parsed, "lvef_pct").op == ">"


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
