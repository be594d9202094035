"""Searching the index: tiers, filters, places, what is unsaid, and the same set as a scan of every trial."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mspike.trials import (
    Point,
    Query,
    QueryError,
    Search,
    Snapshot,
    Text,
    Trial,
    load_trials,
    open_index,
    read_phases,
    read_statuses,
    search_trials,
)
from trials.invented import AUSTIN, HOUSTON, LYON, ROCHESTER, random_trials, site, trial
from trials.scan import scan

HERE = Point(*HOUSTON, "coordinates", "here")
Find = Callable[..., Search]


@pytest.fixture
def find(tmp_path: Path) -> Find:
    def run(trials: list[Trial], **asked: Any) -> Search:
        with open_index(tmp_path / "trials.sqlite", write=True) as index:
            load_trials(index, trials)
            return search_trials(index, Query(**asked), today=dt.date(2026, 11, 1))

    return run


def ids(found: Search) -> list[int]:
    return [int(shown.nct_id.removeprefix("NCT")) for shown in found.trials]


def random_query(dice: random.Random) -> Query:
    def maybe(*values: Any) -> Any:
        return dice.choice(values) if dice.random() < 0.4 else None

    near = maybe(HERE, Point(*AUSTIN, "city-name", "Austin"), Point(*LYON, "coordinates"))
    given = {
        "cancer_type": maybe("any", "smoldering myeloma", "breast cancer", "Waldenstrom", "lymphoma", "mgus"),
        "exact": maybe(True),
        "statuses": maybe((), ("COMPLETED", "SUSPENDED"), ("UNKNOWN",)),
        "age": maybe(0.4, 17, 64, 75.8, 80),
        "sex": maybe("female", "male"),
        "phases": maybe(("PHASE1",), ("PHASE3", "PHASE2")),
        "purpose": maybe("supportive-care", "treatment"),
        "treatment_type": maybe("drug", "biological", "other"),
        "drug": maybe("Velcade", "anti-CD38", "GPRC5D", "abc 123"),
        "sponsor": maybe("alpha", "Beta Institute"),
        "words": maybe("measurable", "myeloma prior"),
        "va": maybe(True),
        "near": near,
        "radius_miles": maybe(5.0, 40.0, 150.0, 5200.0, 12000.0) if near else None,
    }
    return Query(limit=0, **{name: value for name, value in given.items() if value is not None})


@pytest.mark.parametrize("seed", range(4))
def test_the_index_finds_what_a_scan_of_every_trial_finds(tmp_path: Path, seed: int) -> None:
    trials, dice = random_trials(seed, 150), random.Random(seed)
    with open_index(tmp_path / "trials.sqlite", write=True) as index:
        load_trials(index, trials)
        for _ in range(60):
            query = random_query(dice)
            found = search_trials(index, query)
            shown = [
                (t.nct_id, t.tier, t.not_stated, t.nearest.about_miles if t.nearest else None) for t in found.trials
            ]
            assert shown == scan(trials, query), query
            assert found.total == len(shown)
            assert found.exact == sum(t.tier == 1 for t in found.trials)
            assert found.not_stated == sum(bool(t.not_stated) for t in found.trials)
            assert [step.left for step in found.funnel] == sorted((s.left for s in found.funnel), reverse=True)


def test_the_disease_in_conditions_comes_before_a_wider_one(find: Find) -> None:
    trials = [
        trial(1, conditions=("Hematologic Malignancies",)),
        trial(2, conditions=("Breast Cancer",), summary="People with multiple myeloma may join too."),
        trial(3, conditions=("Relapsed/Refractory Multiple Myeloma (RRMM)",)),
        trial(4, conditions=("Smoldering Multiple Myeloma",)),
        trial(5, conditions=("Breast Cancer",)),
        trial(6, conditions=(), title="Cells for plasma-cell myeloma"),
    ]
    found = find(trials)
    assert ids(found) == [3, 6, 1, 2, 4]
    assert [t.tier for t in found.trials] == [1, 1, 2, 2, 2]
    assert "hematologic malignancies" in found.trials[2].tier_because
    assert "summary" in found.trials[3].tier_because
    assert ids(find(trials, exact=True)) == [3, 6]
    assert found.funnel[1].left == 5


def test_a_longer_name_is_not_also_the_shorter_one(find: Find) -> None:
    found = find([trial(1, conditions=("Smoldering Myeloma",)), trial(2)], cancer_type="smouldering myeloma")
    assert [(t.nct_id[-1], t.tier) for t in found.trials] == [("1", 1), ("2", 2)]


def test_the_nearest_site_is_one_that_recruits(find: Find) -> None:
    sites = (site("Houston", "COMPLETED"), site("Austin", "RECRUITING", AUSTIN), site("Rochester", point=ROCHESTER))
    found = find([trial(1, sites=sites)], near=HERE, radius_miles=200.0).trials[0].nearest
    assert found is not None
    assert (found.city, found.recruiting, found.basis) == ("Austin", True, "city-centre")
    assert 140 < found.about_miles < 160
    assert find([trial(1, sites=sites)], near=HERE, radius_miles=50.0).total == 0


def test_a_planned_site_is_told_from_one_that_recruits(find: Find) -> None:
    sites = (site("Houston", "NOT_YET_RECRUITING"), site("Austin", point=AUSTIN))
    near = find([trial(1, sites=sites)], near=HERE).trials[0].nearest
    assert near is not None
    assert near.city == "Austin"
    alone = find([trial(2, sites=sites[:1])], near=HERE, cancer_type="any").trials
    assert [(t.nct_id[-1], t.nearest and t.nearest.recruiting) for t in alone] == [("1", True), ("2", False)]


def test_unknown_places_come_last_and_are_never_hidden(find: Find) -> None:
    trials = [
        trial(1, sites=(site("Nowhere", point=None),)),
        trial(2, sites=()),
        trial(3, sites=(site("Austin", point=AUSTIN),)),
        trial(4, sites=(site("Lyon", point=LYON), site("Nowhere", point=None))),
        trial(5, sites=(site("Lyon", point=LYON),)),
    ]
    found = find(trials, near=HERE, radius_miles=200.0)
    assert ids(found) == [3, 1, 2, 4]
    assert [t.place_unknown for t in found.trials] == [False, True, True, True]
    assert found.trials[1].not_stated == ("place",)
    assert found.trials[1].nearest is None


def test_sites_across_the_180th_meridian_and_at_the_pole_are_found(find: Find) -> None:
    trials = [
        trial(1, sites=(site("Suva", point=(-18.0, 179.9)),)),
        trial(2, sites=(site("Pole", point=(89.9, 10.0)),)),
    ]
    assert ids(find(trials, near=Point(-18.0, -179.9, "coordinates"), radius_miles=30.0)) == [1]
    assert ids(find(trials, near=Point(89.9, -170.0, "coordinates"), radius_miles=30.0)) == [2]


def test_what_a_record_does_not_say_hides_nothing(find: Find) -> None:
    silent = trial(1, status="", phases=(), interventions=(), sponsor="", sex="", purpose="")
    asked = {"phases": ("PHASE3",), "drug": "teclistamab", "sponsor": "Alpha", "sex": "female", "purpose": "treatment"}
    found = find([silent, trial(2)], **asked)
    assert ids(found) == [1]
    assert found.trials[0].not_stated == ("status", "sex", "phase", "purpose", "drug", "sponsor")
    assert found.trials[0].status == ""
    assert found.not_stated == 1


@pytest.mark.parametrize(
    ("age", "kept"), [(17, False), (18, True), (75, True), (75.9, True), (76, False), (0.5, False)]
)
def test_an_upper_limit_holds_until_the_next_birthday(find: Find, age: float, kept: bool) -> None:
    assert (find([trial(1, max_age_years=75.0)], age=age).total == 1) is kept


def test_months_of_age_are_years(find: Find) -> None:
    child = trial(1, min_age_years=0.5, max_age_years=17.0)
    assert find([child], age=0.4).total == 0
    assert find([child], age=0.6).total == 1


@pytest.mark.parametrize(
    ("asked", "named"),
    [("Darzalex", "Daratumumab"), ("anti-CD38", "Isatuximab"), ("BCMA", "Tecvayli"), ("XYZ-99", "xyz 99 infusion")],
)
def test_a_drug_is_found_by_its_other_names_and_its_class(find: Find, asked: str, named: str) -> None:
    other = trial(2, interventions=(msgspec.structs.replace(trial().interventions[0], name="Lenalidomide"),))
    given = trial(1, interventions=(msgspec.structs.replace(trial().interventions[0], name=named),))
    assert ids(find([given, other], drug=asked)) == [1]


def test_the_age_of_each_record_is_shown(find: Find) -> None:
    dated = trial(1, snapshot=Snapshot(form="ctgov-v2", taken_on=dt.date(2026, 10, 2)))
    found = find([dated, trial(2)])
    assert [t.snapshot_age_days for t in found.trials] == [30, None]
    assert found.staleness.oldest_snapshot == dt.date(2026, 10, 2)
    assert found.staleness.undated == 1
    assert found.staleness.loaded_last


@pytest.mark.parametrize(
    "asked",
    [{"age": -1.0}, {"age": 131.0}, {"sex": "other"}, {"statuses": ("OPENISH",)}, {"phases": ("PHASE9",)},
     {"drug": "--"}, {"words": "%"}, {"cancer_type": "!"}, {"radius_miles": 5.0}, {"purpose": "fun"},
     {"treatment_type": "magic"}],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(find: Find, asked: dict[str, Any]) -> None:
    with pytest.raises(QueryError):
        find([trial(1)], **asked)


@pytest.mark.parametrize("words", ['"', "a OR", "NEAR(", "title:", "x* ^", "'; DROP TABLE trial; --", "AND NOT"])
def test_words_are_words_and_no_query_language(find: Find, words: str) -> None:
    holds_a_word = any(c.isalnum() for c in words)
    for name in ("words", "drug", "sponsor", "cancer_type"):
        with nullcontext() if holds_a_word else pytest.raises(QueryError, match="holds no word"):
            find([trial(1)], **{name: words})


def test_statuses_and_phases_in_any_spelling() -> None:
    assert read_statuses(["open"]) == ("RECRUITING", "ENROLLING_BY_INVITATION", "NOT_YET_RECRUITING")
    assert read_statuses(["any"]) == ()
    assert read_statuses(["Not yet recruiting,completed"]) == ("NOT_YET_RECRUITING", "COMPLETED")
    assert read_phases(["2/3", "early 1", "N/A"]) == ("PHASE2", "PHASE3", "EARLY_PHASE1", "NA")
    assert read_phases(["Phase 1", "PHASE4", "early phase 1"]) == ("PHASE1", "PHASE4", "EARLY_PHASE1")


def test_a_phase_as_the_registries_write_it() -> None:
    from mspike.trials.sources.values import phases

    both = ("PHASE1", "PHASE2")
    for given in (["PHASE1", "PHASE2"], "Phase 1/Phase 2", "I_II", ["PHASE1_PHASE2"], "PHASE1;PHASE2"):
        assert phases(given) == both
    assert [phases(given) for given in ("N/A", "Early Phase 1", "O", None)] == [
        ("NA",), ("EARLY_PHASE1",), ("EARLY_PHASE1",), (),
    ]  # fmt: skip


def test_a_very_long_text_and_one_with_html(find: Find) -> None:
    long = Text(field="eligibilityCriteria", text="<b>Myeloma</b> &amp; more " * 200_000)
    assert ids(find([trial(1, texts=(long,))], words="myeloma amp")) == [1]
