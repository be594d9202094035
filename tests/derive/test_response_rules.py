"""Where two rules of the response meet: two items missing, marrow alone, a chain that is not the disease's, calcium."""

from __future__ import annotations

from typing import Any

import pytest

from derive.sampled import case_of, state_of
from derive.written import derive
from mspike.derive import State

MARROW_ALONE = "0 M=0 U=0 K=12 L=10 BM=60"
OLDER = {"response_criteria": "imwg-2006-2011"}


def levels(state: State) -> list[tuple[str, str]]:
    return [(row["timepoint"], row["confirmed"]) for row in state.responses]


def because(place: int, **given: str) -> str:
    return str(state_of(given).responses[place]["because"])


@pytest.mark.parametrize(
    ("samples", "found"),
    [
        ("0 M=40 U=500 SPD=20; 28 M=15; 56 M=15", [("MR", "MR"), ("MR", "MR")]),
        ("0 M=40 U=0 SPD=20 BM=50; 28 M=0 U=0 IFE=- UIFE=-", [("VGPR", "SD")]),
        ("0 M=40 U=0 SPD=20; 28 M=15 U=0", [("MR", "SD")]),
    ],
)
def test_whatever_is_missing_costs_one_level(samples: str, found: list[tuple[str, str]]) -> None:
    assert levels(state_of({"samples": samples})) == found


@pytest.mark.parametrize(
    ("then", "found"),
    [
        ("90 BM=30", [("PR", "PR")]),
        ("90 BM=20; 180 BM=34", [("PR", "PR"), ("PD", "PD")]),
        ("90 BM=40; 180 BM=50", [("SD", "SD"), ("PD", "PD")]),
        ("90 M=0 U=0 IFE=- UIFE=- BM=2", [("CR", "PR")]),  # immunofixation needs its second sample
        ("90 M=0 U=0 IFE=- UIFE=- BM=2; 120 M=0 U=0 IFE=- UIFE=-", [("CR", "CR"), ("CR", "CR")]),
    ],
)
def test_a_response_told_by_marrow_alone_needs_no_second_marrow(then: str, found: list[tuple[str, str]]) -> None:
    assert levels(state_of({"samples": f"{MARROW_ALONE}; {then}"})) == found


def test_a_marrow_beside_a_measurable_marker_confirms_nothing() -> None:
    assert levels(state_of({"samples": "0 M=30 U=0 BM=60; 90 M=12 BM=20"})) == [("PR", "SD")]


def test_a_response_told_by_marrow_is_the_best_of_its_line() -> None:
    state = state_of({"samples": f"{MARROW_ALONE}; 90 BM=20; 180 BM=34"})
    assert state.lines is not None
    assert state.lines[0].best_response == "PR"


def test_a_complete_response_by_marrow_says_that_it_was_seen_once() -> None:
    samples = f"{MARROW_ALONE}; 90 M=0 U=0 IFE=- UIFE=- BM=2"
    assert because(0, samples=samples).endswith("not confirmed: no second sample yet")


def test_the_uninvolved_chain_alone_is_nothing_to_measure() -> None:
    state = state_of({"samples": "0 M=6 U=0 K=300 L=110; 28 M=6 U=0 K=320 L=60", "chain": "lambda"})
    assert levels(state) == [("NE", "NE")]
    assert "nothing was measurable" in state.responses[0]["because"]


def calcium(*results: dict[str, Any]) -> State:
    given = case_of({"samples": "0 M=30 U=0; 28 M=14; 56 M=14; 84 M=14; 112 M=14"})
    given["measurements"] += [{"unit": "mmol/L", **entry} for entry in results]
    return derive(given, OLDER)


def corrected(date: str, value: float, **more: str) -> dict[str, Any]:
    return {"date": date, "test": "albumin-corrected-calcium", "value": value, **more}


def test_older_criteria_read_the_corrected_calcium() -> None:
    state = calcium(corrected("2020-03-25", 2.95), corrected("2020-04-22", 3.0))
    assert [p["date"] for p in state.progressions] == ["2020-03-25"]
    other = {"attributed_to": "hyperparathyroidism"}
    assert not calcium(corrected("2020-03-25", 2.95, **other), corrected("2020-04-22", 3.0, **other)).progressions


@pytest.mark.parametrize(("plain", "right", "found"), [(2.80, 2.95, 1), (2.95, 2.80, 0)])
def test_the_corrected_calcium_goes_before_the_other_of_its_day(plain: float, right: float, found: int) -> None:
    days = ("2020-03-25", "2020-04-22")
    given = [{"date": day, "test": "calcium", "value": plain} for day in days]
    assert len(calcium(*given, *(corrected(day, right) for day in days)).progressions) == found


@pytest.mark.parametrize(
    ("samples", "place", "words"),
    [
        ("0 M=34 U=1500; 28 M=20 U=700; 56 M=12 U=600; 84 M=12 U=600; 112 M=20 U=600", 3, "serum M 12 → 20 g/L from"),
        ("0 M=24 U=0 SPD=18; 28 M=11 SPD=9; 84 M=10 SPD=9; 140 M=10 SPD=13.5", 2, "plasmacytoma 9 → 13.5 cm2 from"),
        ("0 M=6 U=0 K=12 L=10 BM=35; 60 M=2 BM=12; 120 M=2; 180 M=7.5", 2, "serum M 2 → 7.5 g/L from"),
        ("0 M=30 U=0 SPD=4; 28 M=9 SPD=0; 56 M=9; 84 M=<9; 112 M=16", 3, "serum M 16 g/L from the reference of 9 g/L"),
    ],
)
def test_a_progression_starts_from_the_value_before_it(samples: str, place: int, words: str) -> None:
    assert because(place, samples=samples).startswith(words)


def test_calcium_is_told_by_its_limit_and_has_no_reference() -> None:
    samples = "0 M=30 U=0 Ca=9; 28 M=5 U=0; 56 Ca=11.6 M=5; 84 Ca=11.8 M=5"
    state = state_of({"samples": samples, "policy": "response_criteria=imwg-2006-2011"})
    assert state.responses[1]["because"] == "calcium 2.89 mmol/L; 2006/2011 calcium PD; confirmed 28 days later"


def test_a_new_lesion_beside_a_rising_serum_is_told() -> None:
    assert because(2, samples="0 M=30 U=0; 28 M=12; 56 M=12; 84 M=18 lesion=true") == (
        "serum M 12 → 18 g/L from the reference of 12 g/L (2020-01-29): +50 %, +6 g/L; a new lesion; 2016 serum PD"
    )


def test_an_uninvolved_chain_may_rise_beside_the_involved_one() -> None:
    samples = "0 M=0 U=0 K=900 L=10; 28 K=60 L=20; 56 K=60 L=20; 84 K=300 L=140; 112 K=300 L=140"
    assert "; 2016 light chain PD; the uninvolved light chain rises; confirmed" in because(2, samples=samples)


def test_the_band_of_the_antibody_keeps_its_amount() -> None:
    samples = "0 M=44 U=0; 28 M=1.4 U=0 IFE=+ DIRA=- UIFE=- BM=2"
    words = because(0, samples=samples, lines="DRd 0..", isotype="IgG-kappa")
    assert "no band of the disease by immunofixation in serum and urine" in words
    assert "the band of 1.4 g/L is that of the therapeutic antibody" in words


@pytest.mark.parametrize(
    ("samples", "words"),
    [
        ("0 M=41.3 U=0; 28 M=20.66", "−49.98 %; 2016 MR"),
        ("0 M=0 U=0 K=900 L=9; 28 K=14 L=10", "−99.6 %; 2016 VGPR"),
        ("0 M=0 U=0 K=300 L=<1.5; 28 K=120 L=<1.5", ", −60 %; 2016 PR"),
    ],
)
def test_a_share_is_not_rounded_onto_a_border(samples: str, words: str) -> None:
    assert words in because(0, samples=samples)


@pytest.mark.parametrize(
    ("samples", "lines", "place", "words"),
    [
        ("0 M=30 U=0; 2020-03 M=14; 100 M=14", "Rd 0..", 0, "confirmed by the next sample"),
        ("0 M=30 U=0; 2020-03 M=14; 100 M=20", "Rd 0..", 0, "confirmed as MR by the next sample"),
        ("0 M=30 U=0; 2020-03 M=14; 100 M=29", "Rd 0..", 0, "not confirmed: SD in the next sample"),
        ("0 M=30 U=0; 28 M=12; 56 M=12; 84 M=18; 180 M=9", "Rd 0..84; Kd 2020-05..", 2, "confirmed by the new line"),
    ],
)
def test_days_between_are_counted_only_where_both_are_known(samples: str, lines: str, place: int, words: str) -> None:
    assert because(place, samples=samples, lines=lines).endswith(f"; {words}")
