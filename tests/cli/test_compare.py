"""`mspike state --compare-policies`: the lines under every way of counting them, side by side."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cli.conftest import Mspike

WAYS = ["imwg2015", "cibmtr", "claims_gap90", "claims_gap180", "ohdsi-mm"]


def drugs(names: str, start: str, end: str) -> list[dict[str, str]]:
    return [{"drug": name, "start": start, "end": end} for name in names.split()]


RESTARTED: dict[str, Any] = {
    "schema": "mspike-case/1", "id": "restarted", "as_of": "2022-09-28", "disease": {"diagnosis": "multiple-myeloma"},
    "treatments": [
        *drugs("lenalidomide dexamethasone", "2020-01-01", "2020-10-27"),
        *drugs("lenalidomide dexamethasone", "2021-12-26", "2022-09-27"),
    ],
    "assessments": [{"date": "2021-12-21", "response": "PD", "confirmed": True}],
}  # fmt: skip
STATED: dict[str, Any] = {
    "schema": "mspike-case/1", "id": "stated", "as_of": "2022-09-28", "disease": {"diagnosis": "multiple-myeloma"},
    "lines": [{"drugs": ["lenalidomide", "dexamethasone"], "start": "2020-01-01"}],
}  # fmt: skip


@pytest.fixture
def files(work: Path) -> list[str]:
    for case in (RESTARTED, STATED):
        (work / f"{case['id']}.json").write_text(json.dumps(case), encoding="utf-8")
    return ["restarted.json", "stated.json"]


def test_text(mspike: Mspike, files: list[str]) -> None:
    said = mspike("state", files[0], "--compare-policies", "--width", "100").out
    assert [line.split() for line in said.splitlines() if line.startswith((" lines", " 2021"))][:2] == [
        ["lines", "1", "1", "2", "2", "2"],
        ["2021-12-26", "·", "·", "2", "Rd", "2", "Rd", "2", "Rd"],
    ]
    assert all(way in said for way in WAYS)
    assert "first treatment (all)" in said
    assert "line gap days: 90" in said


def test_json(mspike: Mspike, files: list[str]) -> None:
    said = mspike("state", files[0], "--compare-policies", "--format", "json").json
    assert (said["schema"], said["id"], said["stated"]) == ("mspike-lines/1", "restarted", False)
    assert {name: found["n_lines"] for name, found in said["policies"].items()} == dict(
        zip(WAYS, (1, 1, 2, 2, 2), strict=True)
    )
    assert said["policies"]["imwg2015"]["changes"] == {}
    assert said["policies"]["claims_gap90"]["lines"][1]["start"] == "2021-12-26"


def test_another_policy_holds_for_all(mspike: Mspike, files: list[str]) -> None:
    how = ("--compare-policies", "--format", "json", "--policy", "restart_after_relapse=new-line")
    said = mspike("state", files[0], *how).json
    assert said["policies"]["imwg2015"]["n_lines"] == 2


def test_several_records_and_a_refusal(mspike: Mspike, files: list[str], work: Path) -> None:
    (work / "bad.json").write_text("{}", encoding="utf-8")
    said = mspike("state", *files, "bad.json", "--compare-policies", "--format", "ndjson", code=3)
    assert [line["schema"] for line in said.lines] == ["mspike-lines/1", "mspike-lines/1", "mspike-error/1"]


def test_stated_lines_are_the_same_under_all(mspike: Mspike, files: list[str]) -> None:
    assert "taken as stated under every way" in mspike("state", files[1], "--compare-policies").out
    said = mspike("state", files[1], "--compare-policies", "--format", "json").json
    assert (said["stated"], {found["n_lines"] for found in said["policies"].values()}) == (True, {1})
