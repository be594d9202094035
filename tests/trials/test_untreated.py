"""Trials for untreated myeloma: read only where nothing else is spoken of; only a relapse rules them out."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from mspike.derive import Fact
from mspike.trials import load_trials, open_index
from trials.test_match import matched, read
from trials.written import facts, inclusion, trial


@pytest.mark.parametrize("text", [
    "Newly diagnosed multiple myeloma",
    "Must have previously untreated myeloma",
    "Untreated, symptomatic MM",
    "Not previously treated multiple myeloma requiring systemic therapy",
    "No prior therapy for multiple myeloma",
    "Transplant eligible people with newly-diagnosed MM",
])  # fmt: skip
def test_plain_words_decide(text: str) -> None:
    (found,) = facts(inclusion(text, "Age 18 or older"), "newly_diagnosed")
    assert found.decides


@pytest.mark.parametrize("text", [
    "Newly diagnosed or relapsed multiple myeloma",
    "Newly diagnosed multiple myeloma after 4 cycles of induction",
    "Newly diagnosed myeloma with a history of transplant",
    "Cohort B: newly diagnosed multiple myeloma",
    "Previously untreated multiple myeloma, or one cycle of any treatment",
    "Treatment given for newly diagnosed multiple myeloma",
    "Newly diagnosed AL amyloidosis with myeloma",
    "Untreated smoldering myeloma",
    "Patients with newly diagnosed multiple myeloma are also allowed",
])  # fmt: skip
def test_other_words_are_kept_as_text(text: str) -> None:
    assert not [c for c in facts(inclusion(text), "newly_diagnosed") if c.decides]


@pytest.mark.parametrize("other", ["Relapsed disease in part 2", "At least 2 prior lines of therapy"])
def test_a_record_that_takes_treated_disease_too(other: str) -> None:
    (found,) = facts(inclusion("Newly diagnosed multiple myeloma", other), "newly_diagnosed")
    assert not found.decides


def test_a_title_that_takes_treated_disease_too() -> None:
    title = {"nctId": "NCT99000001", "briefTitle": "Untreated or refractory myeloma"}
    (found,) = facts(inclusion("Newly diagnosed multiple myeloma", identification=title), "newly_diagnosed")
    assert not found.decides


@pytest.mark.parametrize(("status", "answer"), [
    ({"newly_diagnosed": True, "relapsed": False}, "met"),
    ({"newly_diagnosed": False, "relapsed": True}, "not-met"),
    ({"newly_diagnosed": False, "relapsed_and_refractory": True}, "not-met"),
    ({"newly_diagnosed": False, "primary_refractory": True}, "not-met"),
    ({"newly_diagnosed": False}, "unknown"),  # during or after a first treatment
    ({}, "unknown"),
])  # fmt: skip
def test_only_a_relapse_or_a_failed_treatment_rules_out(tmp_path: Path, status: dict[str, bool], answer: str) -> None:
    state, record = read()
    forgotten = ("newly_diagnosed", "relapsed", "relapsed_and_refractory", "primary_refractory")
    known = dict.fromkeys(forgotten, Fact()) | {name: Fact(value=value) for name, value in status.items()}
    with open_index(tmp_path / "trials.sqlite", write=True) as index:
        load_trials(index, [trial("Inclusion Criteria:\n\n* Newly diagnosed multiple myeloma")])
        match = matched(index, msgspec.structs.replace(state, facts=state.facts | known), record)
    (one,) = [c for t in match.trials for c in t.criteria if c.fact == "newly_diagnosed"]
    assert one.answer == answer
