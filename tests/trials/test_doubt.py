"""Sentences that a rule can be read from, and that rule nobody out alone."""

from __future__ import annotations

import pytest

from mspike.trials import Criterion, Parsed
from mspike.trials.rules import doubt_of, rule_of
from trials.written import exclusion, inclusion, table


def ruling_out(parsed: Parsed, fact: str) -> list[Criterion]:
    found = [criterion for criterion in parsed.criteria if criterion.fact == fact]
    return [one for one in found if rule_of(one).broken is not None and not doubt_of(one)]


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("Refractory or intolerant to at least one proteasome inhibitor", "refractory"),
        ("Received either carfilzomib or another proteasome inhibitor", "exposed"),
        ("Received drugs such as thalidomide and daratumumab", "exposed"),
        ("Participants receiving lenalidomide take an anticoagulant", "exposed"),
        ("Patients who have received prior lenalidomide have stopped it", "exposed"),
        ("Sponsor approval is needed for participants below 65 years of age", "age"),
        ("Lymphoma patients must be 60 years or older", "age"),
        ("Creatinine clearance ≥ 40 mL/min or creatinine ≤ 2 mg/dL", "crcl_ml_min"),
        ("Platelets ≥ 75,000/mm3 if plasma cells in the marrow are few", "platelets_10e9_l"),
        ("Regimen A only: 1 to 3 prior lines of therapy", "prior_lines"),
        ("Presence of del(17p)", "cytogenetics"),
        ("Measurable disease: serum M-protein ≥ 1 g/dL", "measurable_disease"),
        ("Autologous transplant not within 12 weeks", "auto_sct"),
    ],
)
def test_asked_for(text: str, fact: str) -> None:
    assert ruling_out(inclusion(text), fact) == []


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("Allogeneic transplant scheduled as part of the treatment", "allo_sct"),
        ("Autologous transplant within 12 weeks before enrolment", "auto_sct"),
        ("Proteasome inhibitor within 14 days", "prior_treatment"),
        ("Breast-feeding women", "pregnant"),
        ("Peripheral neuropathy of grade 2 with pain", "neuropathy_grade"),
        ("Any BCMA-directed therapy unless it was stopped for toxicity", "prior_treatment"),
        ("Another cancer within 3 years", "second_cancer"),
        ("Live vaccine within 4 weeks", "live_vaccine"),
    ],
)
def test_barred(text: str, fact: str) -> None:
    assert ruling_out(exclusion(text), fact) == []


def test_the_table_states_no_more_than_the_match() -> None:
    """What leaves doubt is stated nowhere: one truth for both."""
    parsed = inclusion(
        "Refractory or intolerant to a proteasome inhibitor and an IMiD",
        "Participants receiving lenalidomide take an anticoagulant",
        "Had a scan at time of teclistamab initiation",
        "Creatinine ≤ 2 mg/dL or creatinine clearance ≥ 40 mL/min",
        "Sponsor approval is needed for participants below 65 years of age",
    )
    found = table(parsed)
    assert (found["refractory_required"], found["exposed_all_of"], found["age_max"]) == (None, [], None)
    assert found["labs"] == {}
    assert not any(one.decides for one in parsed.criteria)


def test_why_it_is_doubted_is_said() -> None:
    (one,) = (c for c in inclusion("Regimen A only: 1 to 3 prior lines of therapy").criteria if c.fact == "prior_lines")
    assert not one.decides
    (two,) = (c for c in inclusion("Lymphoma patients must be 60 years or older").criteria if c.fact == "age")
    assert (two.decides, two.doubt) == (False, "the words name another disease, or a group of participants")


@pytest.mark.parametrize(
    ("parsed", "fact"),
    [
        (inclusion("Age 18 years or older"), "age"),
        (inclusion("ECOG performance status 0 or 1"), "ecog"),
        (inclusion("Has received at least 3 prior lines of therapy"), "prior_lines"),
        (inclusion("Prior treatment with a proteasome inhibitor and lenalidomide"), "exposed"),
        (exclusion("Prior BCMA-directed therapy"), "prior_treatment"),
        (exclusion("Known active central nervous system involvement"), "cns_active"),
        (exclusion("Pregnant or breastfeeding women"), "pregnant"),
    ],
)
def test_a_plain_rule_can(parsed: Parsed, fact: str) -> None:
    assert len(ruling_out(parsed, fact)) == 1
