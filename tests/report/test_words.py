"""The words: closed lists are complete, tags and numbers read well, and the sentence fits every kind of state."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mspike.knowledge import load_knowledge
from mspike.options.answer import LABEL_FITS, VERDICTS, Availability, SourceRef
from mspike.report import finish, headline, state_sentence, words
from report.sample import facts, sample_answer, state
from report.specimens import ALL

FORBIDDEN = re.compile(r"\b(recommend\w*|best|should|eligible|optimal)\b", re.IGNORECASE)


def test_every_code_has_a_word() -> None:
    assert tuple(words.VERDICT_WORDS) == tuple(words.VERDICT_SYMBOLS) == tuple(words.VERDICT_MEANS) == VERDICTS
    assert set(words.LABEL_WORDS) == set(LABEL_FITS)
    statuses = "approved off-label not-approved withdrawn investigational procedure practice unknown"
    assert set(words.AVAILABILITY_WORDS) == set(statuses.split())
    assert set(words.EFFECT_WORDS) == {"supports", "caution", "against", "rules-out", "known-risk"}
    assert {source.kind for source in load_knowledge().sources.values()} <= set(words.KIND_WORDS)


@pytest.mark.parametrize(
    ("value", "unit", "says"),
    [
        (None, "g/L", "not recorded"),
        (True, "", "yes"),
        (False, "", "no"),
        (12.0, "g/L", "12 g/L"),
        (1.0, "grade", "1"),
        ("IgG kappa", "", "IgG kappa"),
        ({"low": 1, "high": 2}, "lines", "1 to 2 lines"),
        ({"low": None, "high": 15, "open_high": True}, "mL/min", "under 15 mL/min"),
        ({"low": 60, "high": None}, "mL/min", "at least 60 mL/min"),
        ({"low": None, "high": None}, "mL/min", "not recorded"),
        (["oral", "short"], "", "oral and short"),
    ],
)
def test_values(value: Any, unit: str, says: str) -> None:
    assert words.value_text(value, unit) == says


def test_lists_and_counts() -> None:
    assert words.joined([]) == ""
    assert words.joined(["a"]) == "a"
    assert words.joined(["a", "b"]) == "a and b"
    assert words.joined(["a", "b", "c"], "or") == "a, b or c"
    assert words.counted(1, "line") == "one line"
    assert words.counted(12, "line") == "12 lines"
    assert words.numbered(1, "option") == "1 option"
    assert words.slug("t(11;14) / x") == "t-11-14-x"


def test_a_source_tag_says_kind_name_and_date() -> None:
    unlisted = SourceRef("not-in-the-library", "Kyprolis", "section 1", "2025")
    assert words.source_tag(unlisted, "label") == "Label: Kyprolis 2025"
    assert words.source_tag(unlisted, "HTA") == "Guideline: Kyprolis 2025"
    assert words.source_tag(unlisted) == "Kyprolis 2025"
    dated = SourceRef("not-in-the-library", "Notice of 2025-10-23", "page", "2025-10-23")
    assert words.source_tag(dated, "regulator") == "Regulator: Notice of 2025-10-23"


def test_a_source_of_the_library_keeps_its_own_kind() -> None:
    for source in load_knowledge().sources.values():
        tag = words.source_tag(SourceRef(source.source, source.title, "", source.date), "practice")
        assert tag.startswith(words.KIND_WORDS[source.kind] + ": ")
        assert source.date in tag


def test_availability() -> None:
    source = SourceRef("x", "x", "", "2020")
    assert (
        words.availability_text(Availability("US", "approved", "2020-08-20", source)) == "US: on label since 2020-08-20"
    )
    assert words.availability_text(Availability("EU", "off-label", None, source, "phase 2")) == "EU: off label; phase 2"


def test_facts_and_families_have_names() -> None:
    assert words.fact_name("crcl_ml_min") == "creatinine clearance"
    assert "lenalidomide" in words.fact_name("refractory_lenalidomide")
    assert words.fact_name("no_such_fact") == "no such fact"


# -- the sentence


def relapse(
    lines: int | None,
    drugs: str,
    refractory: str = "",
    *,
    status: str | None = "relapsed",
    event: dict[str, Any] | None = None,
    classes: str | None = None,
    unknown: str = "",
    unknown_classes: str = "",
    groups: dict[str, Any] | None = None,
    stated: list[dict[str, Any]] | None = None,
    **known: Any,
) -> dict[str, Any]:
    """A state after some lines: `drugs` given, some of them refractory, some of unknown standing."""
    plain = {"symptoms": None, "progressed_on_maintenance": None, "progressed_on_last_therapy": None,
             "refractory_to_last_therapy": None, "treatment_free_months": None}  # fmt: skip
    last = {"number": lines, "regimen": "VRd", "maintenance": [], "best_response": "VGPR"}
    return state(
        disease={"status": status},
        event=event or {"type": "clinical-relapse", "date": "2026-06-01", "pace": None, "because": ""},
        progressions=[],
        lines=[last] * lines if stated is None and lines else stated,
        exposed={
            "drugs": drugs.split(),
            "classes": ("PI IMiD" if classes is None else classes).split(),
            "unknown_drugs": [],
            "unknown_classes": unknown_classes.split(),
        },
        refractory={
            "drugs": [{"drug": drug, "date": None, "because": ""} for drug in refractory.split()],
            "classes": [],
            "unknown_drugs": unknown.split(),
            "unknown_classes": [],
        },
        intolerant={"drugs": [], "unknown_drugs": []},
        groups=groups or {},
        facts=facts(**{**plain, "prior_lines": lines, **known}),
    )


BIOCHEMICAL = {"type": "biochemical-relapse", "date": "2026-06-01", "pace": "slow", "because": ""}
VRD, DPD = "bortezomib lenalidomide dexamethasone", "daratumumab pomalidomide dexamethasone"
FOUR = "bortezomib lenalidomide daratumumab pomalidomide"
PENTA = f"{FOUR} carfilzomib"
CILTA = "ciltacabtagene-autoleucel"

TABLE: dict[str, tuple[dict[str, Any], str]] = {
    "the reference": (
        state(),
        "First relapse after one line: confirmed biochemical progression on lenalidomide maintenance (2026-05-11), "
        "with no symptom or organ damage in the record. Refractory to lenalidomide; exposed, not refractory, to "
        "bortezomib; never given an anti-CD38 antibody.",
    ),
    "maintenance not named": (
        relapse(1, VRD, "lenalidomide", progressed_on_maintenance=True),
        "First relapse after one line: clinical relapse on maintenance (2026-06-01). Refractory to lenalidomide; "
        "exposed, not refractory, to bortezomib; never given an anti-CD38 antibody.",
    ),
    "off treatment, silent and slow": (
        relapse(1, VRD, event=BIOCHEMICAL, symptoms=False, progressed_on_last_therapy=False, treatment_free_months=17),
        "First relapse after one line: slow biochemical relapse off treatment for 17 months (2026-06-01), with no "
        "symptom or organ damage in the record. Exposed, not refractory, to bortezomib and lenalidomide; never given "
        "an anti-CD38 antibody.",
    ),
    "within sixty days": (
        relapse(1, VRD, "lenalidomide bortezomib", progressed_on_last_therapy=False, refractory_to_last_therapy=True,
                groups={"double_class_refractory": True}),
        "First relapse after one line: clinical relapse within 60 days of VRd (2026-06-01). Refractory to lenalidomide "
        "and bortezomib (double-class refractory); never given an anti-CD38 antibody.",
    ),
    "stated as refractory, long ago": (
        relapse(1, VRD, "lenalidomide bortezomib", progressed_on_last_therapy=False, refractory_to_last_therapy=True,
                treatment_free_months={"low": 60, "high": 61}),
        "First relapse after one line: clinical relapse 60 to 61 months after VRd (2026-06-01). Refractory to "
        "lenalidomide and bortezomib; never given an anti-CD38 antibody.",
    ),
    "long after progression": (
        relapse(1, VRD, "bortezomib", progressed_on_last_therapy=True, treatment_free_months={"low": 11.1, "high": 12}),
        "First relapse after one line: clinical relapse 11 to 12 months after progression on VRd (2026-06-01). "
        "Refractory to bortezomib; exposed, not refractory, to lenalidomide; never given an anti-CD38 antibody.",
    ),
    "symptoms unknown": (
        relapse(1, VRD, event=BIOCHEMICAL),
        "First relapse after one line: slow biochemical relapse (2026-06-01), symptoms not recorded. Exposed, not "
        "refractory, to bortezomib and lenalidomide; never given an anti-CD38 antibody.",
    ),
    "reason for stopping unknown": (
        relapse(1, VRD, unknown="bortezomib lenalidomide", status=None),
        "Myeloma after one line, status not clear from the record: clinical relapse (2026-06-01). Exposed to "
        "bortezomib and lenalidomide, whether refractory is unknown; never given an anti-CD38 antibody.",
    ),
    "triple-class refractory": (
        relapse(2, f"{VRD} {DPD}", FOUR, classes="PI IMiD anti-CD38", progressed_on_last_therapy=True,
                status="relapsed-and-refractory", triple_class_exposed=True,
                groups={"double_class_refractory": True, "triple_class_refractory": True}),
        "Relapse after two lines: clinical relapse on VRd (2026-06-01). Refractory to bortezomib, lenalidomide, "
        "daratumumab and pomalidomide (triple-class refractory); never given a BCMA-directed drug.",
    ),
    "penta-drug refractory": (
        relapse(3, f"{VRD} {DPD} carfilzomib", PENTA, classes="PI IMiD anti-CD38 BCMA", penta_drug_refractory=True,
                groups={"triple_class_refractory": True, "penta_drug_refractory": True}),
        "Relapse after three lines: clinical relapse (2026-06-01). Refractory to bortezomib, lenalidomide, "
        "daratumumab, pomalidomide and carfilzomib (triple-class and penta-drug refractory).",
    ),
    "after CAR T cells": (
        relapse(4, f"{VRD} {DPD} {CILTA}", FOUR, classes="PI IMiD anti-CD38 BCMA CAR-T", months_since_car_t=14),
        "Relapse after four lines: clinical relapse (2026-06-01). Refractory to bortezomib, lenalidomide, daratumumab "
        f"and pomalidomide; had CAR T cells, {words.drug_label(CILTA)}, 14 months ago.",
    ),
    "after CAR T cells, undated": (
        relapse(4, CILTA, classes="PI IMiD anti-CD38 BCMA CAR-T"),
        f"Relapse after four lines: clinical relapse (2026-06-01). Had CAR T cells, {words.drug_label(CILTA)}, date "
        "not recorded.",
    ),
    "in the central nervous system": (
        relapse(1, "bortezomib", classes="PI", cns_disease=True, extramedullary=True),
        "First relapse after one line: clinical relapse (2026-06-01), with myeloma in the central nervous system and "
        "extramedullary disease. Exposed, not refractory, to bortezomib; never given an immunomodulatory drug or an "
        "anti-CD38 antibody.",
    ),
    "a local progression": (
        relapse(1, VRD, "lenalidomide", symptoms=True, event={"type": "local-progression", "date": "2026-06"}),
        "First relapse after one line: local progression (2026-06), with symptoms or organ damage. Refractory to "
        "lenalidomide; exposed, not refractory, to bortezomib; never given an anti-CD38 antibody.",
    ),
    "no date": (
        relapse(2, VRD, event={"type": "clinical-relapse", "date": None}, unknown_classes="anti-CD38"),
        "Relapse after two lines: clinical relapse (date not recorded). Exposed, not refractory, to bortezomib and "
        "lenalidomide; whether an anti-CD38 antibody was given is unknown.",
    ),
    "no event": (
        relapse(1, VRD, event={"type": None}),
        "First relapse after one line: kind and date of the relapse not recorded, symptoms not recorded. Exposed, not "
        "refractory, to bortezomib and lenalidomide; never given an anti-CD38 antibody.",
    ),
    "an unknown number of lines": (
        relapse(None, "", classes="", unknown_classes="PI IMiD anti-CD38"),
        "Relapse after an unknown number of lines: clinical relapse (2026-06-01). Earlier treatment is not recorded: "
        "what was given and what no longer works is unknown.",
    ),
    "one or two lines": (
        relapse(1, VRD, prior_lines={"low": 1, "high": 2}),
        "Relapse after 1 to 2 lines: clinical relapse (2026-06-01). Exposed, not refractory, to bortezomib and "
        "lenalidomide; never given an anti-CD38 antibody.",
    ),
    "primary refractory": (
        relapse(1, VRD, "bortezomib lenalidomide", status="primary-refractory", progressed_on_last_therapy=True,
                event={"type": "clinical-relapse", "date": "2026-06-01", "pace": "rapid"}),
        "Primary refractory myeloma after one line: rapid clinical relapse on VRd (2026-06-01). Refractory to "
        "bortezomib and lenalidomide; never given an anti-CD38 antibody.",
    ),
    "stable": (
        relapse(1, VRD, status="stable", event={"type": "stable", "date": "2026-06-01"}),
        "Stable myeloma after one line. Exposed, not refractory, to bortezomib and lenalidomide; never given an "
        "anti-CD38 antibody.",
    ),
    "responding, toxicity": (
        relapse(1, VRD, status="responding", event={"type": "toxicity", "date": "2026-06-01"}),
        "Myeloma in response (VGPR) after one line: a change is asked for because of toxicity (2026-06-01). Exposed, "
        "not refractory, to bortezomib and lenalidomide; never given an anti-CD38 antibody.",
    ),
    "responding, no event stated": (
        relapse(1, VRD, status="responding", event={"type": None}) | {"responses": [{"date": "2026-05-30"}]},
        "Myeloma in response (VGPR) after one line: no progression at the last sample (2026-05-30), symptoms not "
        "recorded. Exposed, not refractory, to bortezomib and lenalidomide; never given an anti-CD38 antibody.",
    ),
    "responding, no sample told": (
        relapse(1, VRD, status="responding", event={"type": None}) | {"responses": []},
        "Myeloma in response (VGPR) after one line: no progression at the last sample (date not recorded), symptoms "
        "not recorded. Exposed, not refractory, to bortezomib and lenalidomide; never given an anti-CD38 antibody.",
    ),
    "newly diagnosed": (
        relapse(0, "", status="newly-diagnosed", classes="", event={"type": "newly-diagnosed", "date": "2026-06-01"}),
        "Newly diagnosed myeloma: first-line treatment is out of scope here, which covers relapsed and refractory "
        "disease.",
    ),
    "smouldering": (
        relapse(0, "", status="smouldering", classes="", event={"type": "stable"}),
        "Smouldering myeloma: out of scope here, which covers relapsed and refractory disease.",
    ),
    "nothing at all": (
        {},
        "Myeloma after an unknown number of lines, status not clear from the record. Earlier treatment is not "
        "recorded: what was given and what no longer works is unknown.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLE)
def test_the_sentence_fits_the_state(name: str) -> None:
    given_state, says = TABLE[name]
    assert state_sentence(given_state) == says


def test_a_drug_stopped_for_toxicity_is_named() -> None:
    told = relapse(1, VRD) | {"intolerant": {"drugs": ["bortezomib"], "unknown_drugs": []}}
    assert "; bortezomib stopped for toxicity;" in state_sentence(told)


def test_a_trial_drug_without_a_name_is_not_called_refractory_or_not() -> None:
    told = relapse(1, VRD)
    told["exposed"] = {**told["exposed"], "drugs": [*told["exposed"]["drugs"], "investigational", "melphalan"]}
    said = state_sentence(told)
    assert "melphalan" in said
    assert "of a trial" not in said


def test_of_two_cell_products_the_time_is_that_of_the_latest() -> None:
    told = relapse(2, VRD, months_since_car_t=5.0)
    products = ["ciltacabtagene-autoleucel", "idecabtagene-vicleucel"]
    told["exposed"] = {**told["exposed"], "drugs": [*told["exposed"]["drugs"], *products]}
    assert "(ide-cel), the latest five months ago" in state_sentence(told)


def test_a_clinical_relapse_that_only_results_show_is_told() -> None:
    told = relapse(1, VRD, event={"type": None}, symptoms=True)
    told["events"] = {"clinical_relapse": "2026-05-20"}
    says = "clinical relapse by the results (2026-05-20)."
    assert state_sentence(told).startswith(f"First relapse after one line: {says}")
    told["progressions"] = [{"date": "2026-05-04", "confirmed": True}]
    says = "confirmed progression (2026-05-04), clinical relapse by the results (2026-05-20)."
    assert state_sentence(told).startswith(f"First relapse after one line: {says}")


def test_maintenance_is_that_of_the_last_line() -> None:
    """The fact may speak of an earlier line; then the last regimen is named."""
    told = relapse(2, VRD, "lenalidomide", progressed_on_maintenance=True, progressed_on_last_therapy=True)
    told["facts"]["progressed_on_maintenance"]["from"] = ["lines[0].progressed_on_maintenance"]
    assert state_sentence(told).startswith("Relapse after two lines: clinical relapse on VRd (2026-06-01).")
    told["facts"]["progressed_on_maintenance"]["from"] = ["lines[1].progressed_on_maintenance"]
    assert state_sentence(told).startswith("Relapse after two lines: clinical relapse on maintenance (2026-06-01).")


def test_the_headline_is_short() -> None:
    assert headline(state()) == "First relapse on lenalidomide maintenance"
    off = relapse(1, VRD, progressed_on_last_therapy=False, treatment_free_months=17)
    assert headline(off) == "First relapse, off treatment for 17 months"
    assert headline(relapse(3, VRD)) == "Relapse after three lines"
    assert headline(TABLE["newly diagnosed"][0]) == "Newly diagnosed myeloma: out of scope"
    assert headline({}) == "Myeloma after an unknown number of lines, status not clear from the record"


def test_finish_writes_the_summary_and_leaves_the_answer_alone() -> None:
    answer = sample_answer()
    done = finish(answer)
    assert done.state["disease"]["summary"] == TABLE["the reference"][1]
    assert answer.state["disease"]["summary"] == ""
    assert finish(done) == done


TRI = st.sampled_from([True, False, None])
DRUGS = st.lists(st.sampled_from([*PENTA.split(), CILTA, "dexamethasone", "no-such-drug"]), unique=True)
STATES = st.builds(
    relapse,
    st.one_of(st.none(), st.integers(0, 14)),
    DRUGS.map(" ".join),
    DRUGS.map(" ".join),
    status=st.sampled_from([None, *words.STATUS_WORDS]),
    event=st.fixed_dictionaries(
        {
            "type": st.sampled_from([None, *words.EVENT_WORDS]),
            "date": st.sampled_from([None, "2026", "2026-06-01"]),
            "pace": st.sampled_from([None, *words.PACE_WORDS]),
        }
    ),
    classes=st.sampled_from(["", "PI", "PI IMiD", "PI IMiD anti-CD38"]),
    unknown=DRUGS.map(" ".join),
    unknown_classes=st.sampled_from(["", "anti-CD38", "PI IMiD anti-CD38"]),
    groups=st.dictionaries(st.sampled_from(list(words.GROUP_WORDS)), TRI),
    symptoms=TRI,
    cns_disease=TRI,
    progressed_on_maintenance=TRI,
    progressed_on_last_therapy=TRI,
    refractory_to_last_therapy=TRI,
    treatment_free_months=st.sampled_from([None, 0, 1, 17.0, {"low": 2, "high": 4}]),
    months_since_car_t=st.sampled_from([None, 0, 1, 17]),
)


@settings(max_examples=150, deadline=None)
@given(STATES)
def test_every_sentence_is_a_sentence(told: dict[str, Any]) -> None:
    for text in (state_sentence(told), headline(told)):
        assert text[0].isupper()
        assert "None" not in text
        assert "  " not in text
        assert ".." not in text
        assert " ;" not in text
        assert not FORBIDDEN.search(text)
    assert state_sentence(told).endswith(".")


@settings(max_examples=100, deadline=None)
@given(STATES, st.sampled_from(["exposed", "refractory", "intolerant", "facts", "lines", "event"]))
def test_what_is_forgotten_never_becomes_a_no(told: dict[str, Any], gone: str) -> None:
    """Without a part of the state the sentence claims no absence that it did not claim with it."""
    less = {name: value for name, value in told.items() if name != gone}
    for claim in ("never given", "not refractory, to", "with no symptom", "no progression"):
        if claim in state_sentence(less):
            assert claim in state_sentence(told) or "No treatment is recorded" in state_sentence(told)


@pytest.mark.parametrize("name", ALL)
def test_sentences_of_odd_records(name: str) -> None:
    assert state_sentence(ALL[name]().state).endswith(".")
