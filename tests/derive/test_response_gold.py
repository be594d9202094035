"""Worked cases and a published trial data set: every level, confirmation, flag and event that they expect.

Where a case names two readings, the default gives the one that it prints, and a policy gives the other.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from conftest import shared_folder
from derive.written import derive
from mspike.derive import State

LEVELS = ("NE", "PD", "SD", "MR", "PR", "VGPR", "CR", "sCR")


def read_cases() -> list[dict[str, Any]]:
    folder = shared_folder()
    if folder is None:
        return []
    with (folder / "gold" / "response.ndjson").open(encoding="utf-8") as rows:
        return [json.loads(row) for row in rows]


CASES = {row["expected"]["id"]: row for row in read_cases()}
OTHER_READING = {
    "G04": ("high_level_clause=with-share", {"2020-03-25": "SD"}, {"progression": None}),
    "G06": ("high_level_of=starting", {"2020-03-25": "PD"}, {"progression": "2020-03-25"}),
    "G12": ("reference_value=lowest", {"2020-02-26": "PD", "2020-03-25": "PD"}, {"progression": "2020-02-26"}),
    "G22": ("renal_flc_range=yes", {"2020-01-29": "sCR"}, {}),
    "G31": ("missing_data=not-evaluable", {"2020-01-29": "NE", "2020-02-26": "NE"}, {}),
    "G34": ("flc_vgpr=at-least", {"2020-01-29": "VGPR"}, {}),
    "G42": ("light_chain_escape=progression", {"2020-03-25": "PD"}, {"progression": "2020-03-25"}),
    "G44": ("response_criteria=imwg-2006-2011", {"2020-01-29": "MR", "2020-02-26": "MR"}, {}),
    "G45": ("plasmacytoma_vgpr_fall_pct=90", {"2020-01-29": "PR", "2020-02-26": "PR"}, {}),
    "G49": ("response_criteria=imwg-2006-2011", {"2020-06-17": "PD"}, {"progression": "2020-06-17"}),
    "G50": ("circulating_cells=rise", {"2020-03-25": "SD", "2020-04-22": "SD"}, {"progression": None}),
    "G53": ("pd_confirm=sample", {"2020-03-25": "PD"}, {"progression": None}),
    "R02": ("doubling_floor_g_l=0", {}, {"significant_biochemical_relapse": "2020-12-16"}),
    "R08": ("response_criteria=imwg-2006-2011", {}, {"clinical_relapse": None}),
    "R17": ("sd_refractory=no", {}, {"refractory": []}),
}
"""Of the cases with two readings: the policy that gives the other one, and what it gives."""


@pytest.fixture(autouse=True)
def _material(shared: Path) -> None:
    """Without the material these tests are skipped with a word."""


def state_of(case: dict[str, Any], policies: dict[str, str] | None = None) -> State:
    return derive(case, policies)


def progression(state: State) -> str | None:
    return next((p["date"] for p in state.progressions if p["confirmed"]), None)


def events_of(state: State) -> dict[str, Any]:
    return {
        "pd_confirmed_date": progression(state),
        "relapse_from_cr_date": state.events["relapse_from_cr"],
        "significant_biochemical_relapse_date": state.events["significant_biochemical_relapse"],
        "clinical_relapse_2016": state.events["clinical_relapse"] is not None,
        "mrd_category": state.events["mrd"],
        "refractory_to": sorted(entry.drug for entry in state.refractory),
        "status": (state.status or "").replace("-", "_"),
    }


@pytest.mark.parametrize("name", CASES)
def test_case(name: str) -> None:
    case, expected = CASES[name]["case"], CASES[name]["expected"]
    state = state_of(case)
    rows = {row["date"]: row for row in state.responses}
    for wanted in expected["responses"]:
        if wanted["timepoint"] in ("BASELINE", None):
            continue
        row = rows[wanted["date"]]
        assert (row["timepoint"], row["confirmed"]) == (wanted["timepoint"], wanted["confirmed"]), row["because"]
        assert set(wanted["flags"]) <= set(row["flags"])
    found = events_of(state)
    told = {key: value for key, value in expected["events"].items() if key in found}
    assert {key: found[key] for key in told} == told


@pytest.mark.parametrize("name", [name for name, row in CASES.items() if row["expected"]["ambiguity"]])
def test_other_reading(name: str) -> None:
    policy, levels, events = OTHER_READING[name]
    state = state_of(CASES[name]["case"], dict([policy.split("=")]))
    rows = {row["date"]: row["timepoint"] for row in state.responses}
    assert {date: rows[date] for date in levels} == levels
    found = {
        "progression": progression(state),
        "refractory": [entry.drug for entry in state.refractory],
        **state.events,
    }
    assert {key: found[key] for key in events} == events
    assert state.policies[policy.split("=")[0]] == policy.split("=")[1]


# -- a trial data set with confirmed responses: categories as assigned, so only confirmation is asked for


class Subject(msgspec.Struct):
    """One subject of the trial: its visits, and what the data set calls its best confirmed response."""

    visits: list[dict[str, str]]
    best: str

    def case(self) -> dict[str, Any]:
        """Visits as judged responses; a progression by imaging is a new lesion, one followed by death ends the line."""
        first, *_, last = self.visits[0], self.visits[-1]
        next_therapy = first["NACTDT"]
        line: dict[str, Any] = {"number": 1, "drugs": ["lenalidomide", "dexamethasone"], "start": first["RANDDT"]}
        if last["DTHPDFL"] == "Y":
            line |= {"stop": last["ADT"], "stop_reason": "death"}
        lines = [line]
        if next_therapy:
            lines.append({"number": 2, "drugs": ["bortezomib", "dexamethasone"], "start": next_therapy})
        return {
            "as_of": max(last["ADT"], next_therapy),
            "disease": {"diagnosis": "multiple-myeloma"},
            "lines": lines,
            "assessments": [{"date": v["ADT"], "response": v["OVR"]} for v in self.visits],
            "measurements": [
                {"date": v["ADT"], "test": "new-lesion", "value": "true"} for v in self.visits if v["PDIFL"] == "Y"
            ],
        }


def read_subjects() -> Iterator[tuple[str, Subject]]:
    folder = shared_folder()
    if folder is None:
        return
    with (folder / "gold" / "admiralonco_imwg_expected_by_subject.csv").open(encoding="utf-8") as rows:
        best = {row["USUBJID"]: row["CBOR"] for row in csv.DictReader(rows)}
    subjects: dict[str, Subject] = {}
    with (folder / "gold" / "admiralonco_imwg_expected_by_visit.csv").open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            subjects.setdefault(row["USUBJID"], Subject([], best[row["USUBJID"]])).visits.append(row)
    yield from subjects.items()


SUBJECTS = dict(read_subjects())


def running(subject: Subject) -> list[tuple[str, str]]:
    """Visit → running confirmed response of the trial's line; after a new therapy it stays what it was."""
    rows = state_of(subject.case()).responses
    confirmed = []
    standing = "NE"
    for row in rows:
        if row["line"] == 1:
            standing = row["confirmed"]
        confirmed.append((row["date"], standing))
    return confirmed


@pytest.mark.parametrize("name", SUBJECTS)
def test_confirmed_response_of_each_visit(name: str) -> None:
    subject = SUBJECTS[name]
    assert running(subject) == [(visit["ADT"], visit["COVR"]) for visit in subject.visits]


@pytest.mark.parametrize("name", SUBJECTS)
def test_best_confirmed_response(name: str) -> None:
    subject = SUBJECTS[name]
    rows = [row for row in state_of(subject.case()).responses if row["line"] == 1]
    levels = [row["confirmed"] for row in rows]
    response = [level for level in levels if level != "PD"]
    best = max(response, key=LEVELS.index) if any(level != "NE" for level in response) else levels[-1:]
    best = best if isinstance(best, str) else (best or ["MISSING"])[0]
    assert best == subject.best


def test_counts() -> None:
    assert len(SUBJECTS) == 23
    assert sum(len(subject.visits) for subject in SUBJECTS.values()) == 65
    assert set(OTHER_READING) == {name for name, row in CASES.items() if row["expected"]["ambiguity"]}
