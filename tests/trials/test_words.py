"""What texts ask for and bar by name: treatments, diseases, measurable disease; negations, exceptions, alternatives."""

from __future__ import annotations

import pytest

from trials.written import exclusion, facts, inclusion, table, the


def test_measurable_disease_is_one_rule_with_alternatives() -> None:
    parsed = inclusion(
        "Measurable disease, defined as at least one of the following:\n  * Serum M-protein ≥ 5 g/L\n"
        "  * Urine M-protein ≥ 0.2 g/24 hours\n  * Involved serum free light chain ≥ 100 mg/L and an abnormal ratio"
    )
    deciding = [c for c in facts(parsed, "measurable_disease") if c.decides]
    assert len(deciding) == 1
    assert isinstance(deciding[0].value, list)
    kinds = {item["kind"]: item["at_least"] for item in deciding[0].value}
    assert kinds == {"serum": 0.5, "urine": 200, "sflc": 10}
    measurable = table(parsed)["measurable"]
    assert (measurable["serum_m_protein_g_dl_min"], measurable["abnormal_sflc_ratio"]) == (0.5, True)


def test_measurable_disease_by_immunoglobulin() -> None:
    parsed = inclusion(
        "Measurable disease: IgG myeloma: serum M-protein ≥ 1.0 g/dL; IgA myeloma: serum M-protein ≥ 0.5 g/dL"
    )
    values = [item for c in facts(parsed, "measurable_disease") for item in c.value if c.any_of is None]  # type: ignore[union-attr]
    assert {item["isotypes"][0]: item["at_least"] for item in values} == {"IgG": 1.0, "IgA": 0.5}
    assert table(parsed)["measurable"]["serum_m_protein_g_dl_min"] == 0.5


def test_values_of_the_diagnosis_are_no_measurable_disease() -> None:
    assert facts(inclusion("Serum IgG > 3.5 g/dL or urine light chains > 1 g/24 hours"), "measurable_disease") == []


def test_haemoglobin_is_no_paraprotein() -> None:
    assert facts(inclusion("Measurable disease and hemoglobin ≥ 1.0 g/dL"), "measurable_disease")[0].op == "required"


@pytest.mark.parametrize(
    ("text", "of"),
    [
        ("Prior lines must include a proteasome inhibitor, an immunomodulatory drug and an anti-CD38 antibody",
         ["PI", "IMiD", "anti-CD38"]),
        ("Received prior lenalidomide and a PI", ["lenalidomide", "PI"]),
        ("Exposed to Velcade", ["bortezomib"]),
    ],
)  # fmt: skip
def test_exposure(text: str, of: list[str]) -> None:
    found = the(inclusion(text), "exposed")
    assert (found.op, found.about["of"], found.decides) == ("required", of, True)


def test_each_treatment_hangs_on_its_own_verb() -> None:
    parsed = inclusion("Failed at least 3 lines including an anti-CD38 antibody, and is refractory to an IMiD and a PI")
    assert the(parsed, "exposed").about["of"] == ["anti-CD38"]
    assert the(parsed, "refractory").about["of"] == ["IMiD", "PI"]


def test_what_is_refractory_by_a_hyphen_is_the_last() -> None:
    parsed = inclusion("Prior therapy including a PI and an IMiD, and lenalidomide-refractory")
    assert the(parsed, "exposed").about["of"] == ["PI", "IMiD"]
    assert the(parsed, "refractory").about["of"] == ["lenalidomide"]


def test_an_example_ends_where_the_next_class_begins() -> None:
    parsed = inclusion("Prior exposure to an IMiD such as lenalidomide and a proteasome inhibitor")
    assert the(parsed, "exposed").about["of"] == ["IMiD", "PI"]


def test_a_bullet_that_denies_bars_in_the_list_of_exclusions_too() -> None:
    parsed = exclusion(
        "No known involvement of the central nervous system by myeloma", "No neuropathy of grade 2 or higher",
        "Participants must not have HIV", "No autologous transplant within 6 months",
    )  # fmt: skip
    assert the(parsed, "hiv").decides
    assert not the(parsed, "cns_active").decides  # "No …" in a list of exclusions: a person has to look
    found = table(parsed)
    assert (found["cns_active_excluded"], found["neuropathy"]) == (True, "excluded_>=2")
    assert found["auto_sct_within_weeks"] == 26


def test_one_bullet_that_denies_in_a_list_that_bars_is_left_unread() -> None:
    parsed = exclusion("No autologous transplant within 6 months", "HIV", "Pregnant women", "QTc > 480 msec")
    assert facts(parsed, "auto_sct") == []


def test_hepatitis_b_or_c_is_both() -> None:
    found = {c.fact for c in exclusion("Hepatitis A, B, or C").criteria}
    assert {"hepatitis_b", "hepatitis_c"} <= found


def test_grades_of_neuropathy_each_for_itself() -> None:
    parsed = exclusion("Peripheral neuropathy ≥ grade 3 or ≥ grade 2 with pain")
    found = [(c.value, bool(c.about)) for c in facts(parsed, "neuropathy_grade")]
    assert found == [(3, False), (2, True)]
    assert table(parsed)["neuropathy"] == "excluded_>=3_or_>=2_with_pain"
    assert table(exclusion("Neuropathy > grade 2"))["neuropathy"] == "excluded_>=3"


def test_a_way_that_no_rule_reads_stays_a_way() -> None:
    parsed = inclusion("Measurable disease, any of:\n  * Serum M-protein ≥ 1 g/dL\n  * A shadow on the scan")
    (one,) = (c for c in facts(parsed, "measurable_disease") if c.any_of is None)
    assert [item["kind"] for item in one.value] == ["serum", "other"]  # type: ignore[union-attr]


def test_a_lower_limit_for_one_immunoglobulin() -> None:
    parsed = inclusion("Measurable disease: serum M-protein ≥ 1 g/dL (≥ 0.5 g/dL in case of IgA disease)")
    assert table(parsed)["measurable"]["serum_m_protein_g_dl_min"] == 0.5


def test_a_daily_amount_in_grams() -> None:
    parsed = inclusion("Measurable paraprotein in serum (≥ 0.5 g/dL) or urine (≥ 0.2 g excreted in a 24-hour sample)")
    assert table(parsed)["measurable"]["urine_m_protein_mg_24h_min"] == 200


def test_thresholds_beside_their_lead_in() -> None:
    parsed = inclusion("Myeloma with:\n  * Measurable disease, at least 1 of:", "Serum M-protein ≥ 0.5 g/dL")
    assert table(parsed)["measurable"]["serum_m_protein_g_dl_min"] == 0.5


def test_a_change_is_no_measurable_disease() -> None:
    assert (
        facts(inclusion("Measurable disease: an absolute increase of ≥ 0.5 g/dL M-protein"), "measurable_disease") == []
    )


@pytest.mark.parametrize(
    "text",
    [
        "Two negative pregnancy tests before initiating lenalidomide",
        "May have been previously treated with thalidomide",
        "Prior treatment with bortezomib is allowed",
        "At least 28 days for prior anti-CD38 therapy",
        "Will receive daratumumab on study",
    ],
)
def test_drugs_that_nobody_must_have_had(text: str) -> None:
    assert [c for c in facts(inclusion(text), "exposed") if c.confidence == "exact"] == []


@pytest.mark.parametrize(
    ("text", "of", "product"),
    [
        ("Prior BCMA-directed therapy", "BCMA", None),
        ("Received prior B cell maturation antigen (BCMA)-targeted CAR-T therapy", "BCMA", ["CAR-T"]),
        ("Any prior GPRC5D therapy", "GPRC5D", None),
        ("Prior treatment with pomalidomide", "pomalidomide", None),
        ("Prior CAR-T therapy", "CAR-T", None),
    ],
)
def test_treatment_that_is_barred(text: str, of: str, product: list[str] | None) -> None:
    found = the(exclusion(text), "prior_treatment")
    assert (found.about["of"], found.about.get("product"), found.decides) == ([of], product, True)


@pytest.mark.parametrize(
    "text",
    [
        "Hypersensitivity to bortezomib",
        "Toxicity from prior daratumumab",
        "Progression on a combination of carfilzomib and dexamethasone",
        "Prior treatment with carfilzomib unless stopped more than 6 months ago",
        "Prior therapy with lenalidomide for smoldering myeloma",
        "Prednisone above 10 mg a day",
    ],
)
def test_drugs_that_bar_nobody_outright(text: str) -> None:
    assert [c for c in facts(exclusion(text), "prior_treatment") if c.decides] == []


def test_a_bispecific_against_a_target_bars_no_other() -> None:
    found = the(exclusion("Received a BCMA bispecific antibody"), "prior_treatment")
    assert (found.about["of"], found.about["product"]) == (["BCMA"], ["bispecific"])


def test_refractory_asked_for_and_barred() -> None:
    assert the(inclusion("Disease refractory to lenalidomide"), "refractory").op == "required"
    assert the(exclusion("Disease refractory to an anti-CD38 antibody"), "refractory").op == "excluded"
    assert the(inclusion("Must not be refractory to lenalidomide"), "refractory").op == "excluded"
    assert facts(inclusion("Relapsed or refractory multiple myeloma"), "refractory") == []


def test_transplant_ineligible_denies_nothing_else() -> None:
    parsed = inclusion("Is considered transplant ineligible and has received an anti-CD38 antibody")
    assert [c.op for c in parsed.criteria if c.fact == "exposed"] == ["required"]
    assert facts(parsed, "prior_treatment") == []


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("Known active central nervous system (CNS) involvement of myeloma", "cns_active"),
        ("Clinical signs of meningeal involvement", "cns_active"),
        ("Prior history of CNS involvement", "cns_history"),
    ],
)
def test_central_nervous_system(text: str, fact: str) -> None:
    assert fact in {c.fact for c in exclusion(text).criteria}


@pytest.mark.parametrize(
    "text", ["Clinically relevant CNS pathology such as stroke or epilepsy", "CNS disease is allowed when treated"]
)
def test_what_is_no_myeloma_of_the_brain(text: str) -> None:
    assert facts(exclusion(text), "cns_active") == []


def test_other_plasma_cell_diseases() -> None:
    parsed = exclusion("Plasma cell leukemia, Waldenström's macroglobulinemia, POEMS syndrome, or AL amyloidosis")
    found = [c.about["disease"] for c in facts(parsed, "diagnosis")]
    assert found == ["plasma-cell-leukaemia", "waldenstrom", "poems", "al-amyloidosis"]


def test_the_disease_of_an_earlier_treatment_is_not_barred() -> None:
    assert facts(exclusion("Not recovered from treatment for AL amyloidosis"), "diagnosis") == []


def test_an_exclusion_in_the_inclusion_list() -> None:
    found = the(inclusion("Patients with plasma cell leukemia are not eligible"), "diagnosis")
    assert (found.side, found.op) == ("inclusion", "excluded")


def test_negation_in_an_exclusion_is_left_unread() -> None:
    assert facts(exclusion("Patients without prior BCMA therapy"), "prior_treatment") == []


def test_alternatives_under_a_lead_in_decide_nothing_alone() -> None:
    text = "Must meet one of the following:\n  * At least 3 prior lines\n  * Double refractory to a PI and an IMiD"
    parsed = inclusion(text)
    found = the(parsed, "prior_lines")
    assert (found.any_of, found.decides) == ("I1", False)


def test_two_sentences_joined_by_or_decide_nothing_alone() -> None:
    parsed = inclusion("Received at least 3 prior lines of therapy; or are triple-class refractory")
    assert not any(c.decides for c in parsed.criteria)


def test_two_values_of_one_fact_decide_nothing() -> None:
    parsed = inclusion("At least 3 prior lines of therapy", "At least 1 prior line of therapy")
    assert not any(c.decides for c in facts(parsed, "prior_lines"))
    assert table(parsed)["lines_min"] is None


def test_a_rule_of_the_control_arm_decides_nothing() -> None:
    parsed = exclusion("Not eligible to receive PVd as control therapy if any is present: received prior pomalidomide")
    assert not any(c.decides for c in parsed.criteria)


def test_the_title_states_a_rule() -> None:
    parsed = inclusion(
        "Signed consent", identification={"officialTitle": "X in Myeloma After 1 to 3 Prior Lines of Therapy"}
    )
    found = the(parsed, "prior_lines")
    assert (found.evidence.field, found.value) == ("officialTitle", [1, 3])
