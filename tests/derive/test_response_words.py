"""The sentences of responses: their numbers, what was assumed, and what is stated against the values."""

from __future__ import annotations

import pytest

from derive.sampled import state_of

SENTENCES = [
    ("0 M=30 U=0; 28 M=12; 56 M=12; 84 M=14; 112 M=19.5; 140 M=20", "", 3,
     "serum M 14 → 19.5 g/L from the reference of 12 g/L (2020-01-29): +62 %, +7.5 g/L; 2016 serum PD; "
     "confirmed 28 days later"),
    ("0 M=30 U=0; 28 M=12; 56 M=12; 84 M=18; 112 M=19", "", 3,
     "serum M 18 → 19 g/L from the reference of 12 g/L (2020-01-29): +58 %, +7 g/L; 2016 serum PD"),
    ("0 M=30 U=0; 28 M=12; 56 M=12; 84 M=18", "", 2,
     "serum M 12 → 18 g/L from the reference of 12 g/L (2020-01-29): +50 %, +6 g/L; 2016 serum PD; "
     "not confirmed: no second sample yet"),
    ("0 M=30 U=0; 28 M=12; 56 M=12; 84 M=18; 112 M=12", "", 2,
     "serum M 12 → 18 g/L from the reference of 12 g/L (2020-01-29): +50 %, +6 g/L; 2016 serum PD; "
     "not confirmed by the next sample"),
    ("0 M=30 U=0; 28 M=14; 56 M=13", "", 0, "serum M 30 → 14 g/L, −53 %; 2016 PR; confirmed 28 days later"),
    ("0 M=30 U=0; 28 M=14; 56 M=20", "", 0, "serum M 30 → 14 g/L, −53 %; 2016 PR; confirmed as MR 28 days later"),
    ("0 M=30 U=0; 28 M=14; 56 M=29", "", 0, "serum M 30 → 14 g/L, −53 %; 2016 PR; not confirmed: SD 28 days later"),
    ("0 M=30 U=0; 28 M=14", "", 0, "serum M 30 → 14 g/L, −53 %; 2016 PR; not confirmed: no second sample yet"),
    ("0 M=20 U=0; 28 M=15.1", "", 0, "serum M 20 → 15.1 g/L, −24.5 %; 2016 SD"),
    ("0 M=20 U=0; 28 M=20", "", 0, "serum M 20 → 20 g/L, unchanged; 2016 SD"),
    ("0 M=30 U=0; 28 M=<3", "", 0,
     "serum M 30 → 0 to 3 g/L, −100 to −90 %; 2016 VGPR; not confirmed: no second sample yet"),
    ("0 M=0 U=0 K=12 L=10 BM=40; 84 BM=8 IFE=-; 168 BM=18 IFE=-", "", 1,
     "marrow plasma cells 8 → 18 % from the reference of 8 % (2020-03-25): +125 %, +10 points; 2016 marrow PD"),
    ("0 M=30 U=0; 28 M=10; 56 lesion=true", "", 1, "a new lesion; 2016 PD"),
    ("0 M=40 U=2000; 28 M=2; 56 M=2", "", 0,
     "serum M 40 → 2 g/L, −95 %; 2016 PR; urine M not done or not recorded: one level lower; confirmed 28 days later"),
    ("0 M=40 U=0 BM=40; 28 M=0 IFE=-; 56 M=0 IFE=-", "missing_data=flexible", 0,
     "serum M 40 → 0 g/L, −100 %; 2016 CR; no band by immunofixation in serum; marrow, urine immunofixation not done "
     "or not recorded: assumed to allow this level; confirmed 28 days later"),
    ("0 M=30 U=0; 28 M=0 U=0 IFE=- BM=2; 56 M=0 U=0 IFE=-", "", 0,
     "serum M 30 → 0 g/L, −100 %; 2016 VGPR; urine immunofixation not done or not recorded: one level lower; "
     "confirmed 28 days later"),
    ("0 M=30 U=0; 28 M=0 U=0 IFE=- BM=2", "missing_data=not-evaluable", 0,
     "not evaluable: urine immunofixation not done or not recorded"),
    ("0 M=40 U=2000; 28 M=0 IFE=- BM=2; 56 M=0 IFE=-", "", 0,
     "serum M 40 → 0 g/L, −100 %; 2016 VGPR; urine M, urine immunofixation not done or not recorded: one level lower; "
     "confirmed 28 days later"),
    ("0 M=40 U=0 K=50 L=10; 28 M=20 K=300 L=10; 56 M=20", "", 0,
     "serum M 40 → 20 g/L, −50 %; 2016 PR; light chains rise as much as progression asks, beside an M-protein: "
     "light-chain escape; a 24-hour urine would tell; confirmed 28 days later"),
    ("0 M=40 U=0 K=50 L=10; 28 M=20 U=0 K=300 L=10; 56 M=20", "", 0,
     "serum M 40 → 20 g/L, −50 %; 2016 PR; light chains rise as much as progression asks, beside an M-protein: "
     "light-chain escape; confirmed 28 days later"),
    ("0 M=40 U=0 BM=40; 28 M=0 U=0 IFE=+ UIFE=- BM=5; 56 M=0 U=0 IFE=+", "", 0,
     "serum M 40 → 0 g/L, −100 %; 2016 VGPR; no CR: band in serum, marrow not below the limit of CR; "
     "confirmed 28 days later"),
    ("28 M=12", "", 0,
     "not evaluable: no serum M, urine M or light chains in the 60 days up to the start of the line"),
    ("0 M=9.9 U=0; 28 M=4", "", 0,
     "not evaluable: nothing was measurable at the start of the line (serum M 9.9 g/L, urine M 0 mg/24h)"),
    ("0 M=4 U=1200; 28 M=1", "", 0, "not evaluable: urine M not done or not recorded"),
    ("0 M=0 U=0 K=410 L=10; 28 M=0 K=200", "", 0, "not evaluable: light chain difference not done or not recorded"),
    ("0 M=30 U=0; 28 M=5 U=0; 56 Ca=11.6 M=5; 84 Ca=11.8 M=5", "response_criteria=imwg-2006-2011", 1,
     "calcium 2.89 mmol/L; 2006/2011 calcium PD; confirmed 28 days later"),
]  # fmt: skip


@pytest.mark.parametrize(("samples", "policy", "place", "sentence"), SENTENCES, ids=range(len(SENTENCES)))
def test_sentence(samples: str, policy: str, place: int, sentence: str) -> None:
    state = state_of({"samples": samples, "policy": policy})
    assert state.responses[place]["because"] == sentence


def test_a_stated_response_against_the_values_is_a_contradiction() -> None:
    state = state_of({"samples": "0 M=30 U=0; 28 M=25 stated=VGPR!"})
    [row] = state.responses
    assert (row["timepoint"], row["basis"]) == ("VGPR", "stated")
    assert row["because"] == "stated: VGPR; the values give SD: serum M 30 → 25 g/L, −17 %; stated as confirmed"
    [found] = state.contradictions
    assert (found.about, found.stated) == ("response on 2020-01-29", "VGPR")
    assert found.other == "SD by the values: serum M 30 → 25 g/L, −17 %"
    assert found.at == ("assessments[0]",)


@pytest.mark.parametrize("stated", ["CR!", "sCR!"])
def test_values_that_only_lack_an_item_contradict_nothing(stated: str) -> None:
    assert state_of({"samples": f"0 M=30 U=0; 28 M=0 U=0 stated={stated}"}).contradictions == ()


def test_a_band_contradicts_a_stated_complete_response() -> None:
    [found] = state_of({"samples": "0 M=30 U=0; 28 M=0 U=0 IFE=+ UIFE=- stated=CR!"}).contradictions
    assert found.other == "VGPR by the values: serum M 30 → 0 g/L, −100 %"


def test_the_policies_in_force_are_named() -> None:
    state = state_of({"samples": "0 M=30 U=0; 28 M=14", "policy": "missing_data=flexible reference_value=lowest"})
    assert (state.policies["missing_data"], state.policies["reference_value"]) == ("flexible", "lowest")


def test_references_say_from_which_value_progression_counts() -> None:
    state = state_of({"samples": "0 M=30 U=0; 28 M=12; 56 M=12 U=0"})
    serum, urine = state.references
    assert (serum["baseline"], serum["reference"], serum["reference_date"]) == (30, 12, "2020-01-29")
    assert (serum["progression_from"], serum["measurable"]) == (17, True)
    assert (urine["progression_from"], urine["measurable"]) == (200, False)


def test_why_there_is_no_relapse_from_complete_response() -> None:
    none = state_of({"samples": "0 M=30 U=0; 28 M=14"})
    assert none.events_because["relapse_from_cr"] == "no confirmed complete response"
    lost = state_of({"samples": "28 stated=CR!; 84 M=2 IFE=+"})
    assert lost.events_because["relapse_from_cr"].startswith("2020-03-25: ")


def test_a_progression_by_the_values_contradicts_a_stated_response_without_a_baseline() -> None:
    [found] = state_of({"samples": "28 M=12; 56 M=20 stated=SD"}).contradictions
    assert (found.stated, found.other.partition(":")[0]) == ("SD", "PD by the values")
