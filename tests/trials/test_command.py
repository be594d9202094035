"""`mspike trials criteria` as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from mspike.cli import app
from trials.written import study


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["trials", "criteria", *arguments])


@pytest.fixture
def download(tmp_path: Path) -> Path:
    path = tmp_path / "page.json"
    other = study("Exclusion Criteria:\n\n* ECOG > 2", identification={"nctId": "NCT99000007"})
    first = study("Inclusion Criteria:\n\n* ECOG 0-1\n* Some words of no rule")
    path.write_text(json.dumps({"studies": [first, other]}))
    return path


def test_text(download: Path) -> None:
    result = run(str(download))
    assert result.exit_code == 0
    assert "ecog <= 1" in result.stdout
    assert "kept as text: “" in result.stdout


def test_ndjson_and_one_trial_by_its_number(download: Path) -> None:
    result = run(str(download), "nct99000007", "--format", "ndjson")
    (line,) = result.stdout.splitlines()
    answer = json.loads(line)
    assert answer["nct_id"] == "NCT99000007"
    assert answer["criteria"][0]["evidence"]["field"] == "eligibilityCriteria"


def test_as_annotated(download: Path) -> None:
    lines = run(str(download), "--as", "annotated", "--format", "ndjson").stdout.splitlines()
    criteria = [json.loads(line)["criteria"] for line in lines]
    assert [c["ecog_max"] for c in criteria] == [1, 2]
    assert criteria[0]["lines_min"] is None


def test_json_is_an_array_for_several(download: Path) -> None:
    assert len(json.loads(run(str(download), "--format", "json").stdout)) == 2


def test_what_cannot_be_read_is_said_and_the_rest_goes_on(download: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    result = run(str(broken), str(download), "NCT99000008", "--format", "ndjson")
    assert result.exit_code == 3
    assert len(result.stdout.splitlines()) == 0
    assert "no readable JSON" in result.stderr
    assert "is in none of the files given" in result.stderr


def test_a_number_alone_is_not_enough() -> None:
    result = run("NCT99000001")
    assert result.exit_code == 2
    assert "Traceback" not in result.stderr
