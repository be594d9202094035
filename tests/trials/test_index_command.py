"""`mspike trials load, sync, changes, search` as a user runs them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from mspike.cli import app
from trials.invented import study
from trials.registry import Registry, serving


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["trials", *arguments])


@pytest.fixture(autouse=True)
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "trials.sqlite"
    monkeypatch.setenv("MSPIKE_TRIALS", str(path))
    return path


@pytest.fixture
def download(tmp_path: Path) -> Path:
    path = tmp_path / "page.json"
    path.write_text(json.dumps({"studies": [study(1, Lyon="RECRUITING"), study(2, "COMPLETED"), study(3)]}))
    return path


def test_load_then_search(download: Path) -> None:
    loaded = run("load", str(download))
    assert loaded.exit_code == 0
    assert "3 new, 0 changed" in loaded.stdout
    found = run("search", "--near", "45.7,4.8")
    assert found.exit_code == 0
    assert "What each filter left" in found.stdout
    assert "NCT00000001  Invented study 1" in found.stdout
    assert "NCT00000002" not in found.stdout
    assert "place unknown" in found.stdout
    assert "It is no ranking." in found.stdout
    assert "carry no date" in found.stdout


def test_search_as_json_and_as_lines(download: Path) -> None:
    run("load", str(download))
    whole = json.loads(run("search", "--status", "any", "--format", "json").stdout)
    assert whole["total"] == 3
    assert [step["left"] for step in whole["funnel"]] == [3, 3]
    lines = run("search", "--status", "any", "--format", "ndjson").stdout.splitlines()
    assert [json.loads(line) for line in lines] == whole["trials"]


def test_changes(download: Path) -> None:
    run("load", str(download))
    assert "New in the index: 3" in run("changes", "--since", "2020-01-01").stdout
    assert "nothing in the index changed" in run("changes", "--since", "2999-01-01").stdout
    assert len(json.loads(run("changes", "--since", "2020-01-01", "--format", "json").stdout)) == 3


def test_a_refused_record_ends_in_3_and_the_rest_is_loaded(download: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK\x03\x04 no zip")
    result = run("load", str(broken), str(download))
    assert result.exit_code == 3
    assert "refused: " in result.stderr
    assert "3 new" in result.stdout


def test_sync() -> None:
    pytest.importorskip("httpx")
    with serving(Registry([[study(1), study(2)]])) as registry:
        asked = ("sync", "--condition", "myeloma", "--updated-since", "2026-01-01", "--from", registry.url)
        assert "2 new" in run(*asked).stdout
        assert "nothing new" in run(*asked).stdout


@pytest.mark.parametrize(
    ("arguments", "word", "code"),
    [
        (("search", "--radius=-5", "--near", "1,1"), "radius '-5'", 2),
        (("search", "--radius", "5"), "--near", 2),
        (("search", "--near", "~~"), "no place", 2),
        (("search", "--age", "200"), "age 200", 2),
        (("search", "--phase", "9"), "phase", 2),
        (("search", "--status", "ajar"), "status", 2),
        (("changes", "--since", "yesterday"), "YYYY-MM-DD", 2),
        (("sync", "--updated-since", "2026-13-01"), "YYYY-MM-DD", 2),
        (("sync", "--from", "nowhere"), "https://", 3),
        (("load", "/nowhere/at/all.json"), "no such file", 3),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    download: Path, arguments: tuple[str, ...], word: str, code: int
) -> None:
    run("load", str(download))
    result = run(*arguments)
    assert result.exit_code == code
    assert word in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert "Traceback" not in result.output


def test_no_index_yet() -> None:
    result = run("search")
    assert result.exit_code == 3
    assert "mspike trials load" in result.stderr


def test_no_index_is_made_of_a_path_that_is_not_there(index: Path) -> None:
    shown = run("load", "/nowhere/at/all.json")
    assert shown.exit_code == 3
    assert "/nowhere/at/all.json: no such file" in shown.output
    assert not index.exists()


def test_a_registry_s_text_moves_no_cursor(tmp_path: Path) -> None:
    odd = study(1)
    odd["protocolSection"]["identificationModule"]["briefTitle"] = "Title\x1b[2J \x07\u202e\nsecond\rline"
    (tmp_path / "odd.json").write_text(json.dumps(odd))
    run("load", str(tmp_path / "odd.json"))
    for shown in (run("search"), run("criteria", str(tmp_path / "odd.json")), run("changes", "--since", "2020-01-01")):
        assert shown.exit_code == 0
        assert "Title" in shown.stdout
        assert shown.stdout.replace("\n", "").isprintable()


def test_what_left_the_registry(tmp_path: Path) -> None:
    pytest.importorskip("httpx")
    with serving(Registry([[study(1), study(2)]])) as registry:
        assert run("sync", "--from", registry.url).exit_code == 0
        registry.pages[0].pop()
        registry.total, registry.stamp = 1, "2026-10-27T00:00:00"
        shown = run("sync", "--from", registry.url)
    assert "no longer in the registry: 1 trial; kept, and marked so" in shown.stdout
    assert "no longer in the registry since" in run("search", "--status", "any").stdout
    assert "No longer in the registry: 1" in run("changes", "--since", "2026-01-01").stdout
    found = json.loads(run("search", "--status", "any", "--format", "json").stdout)
    assert [bool(trial["gone_since"]) for trial in found["trials"]] == [False, True]


def test_a_disk_that_fills_up(tmp_path: Path, index: Path) -> None:
    resource = pytest.importorskip("resource")
    studies = "\n".join(json.dumps(study(number)) for number in range(1, 2001))
    (tmp_path / "many.ndjson").write_text(studies)
    command = [sys.executable, "-c", "from mspike.cli import main; main()", "trials", "load", "many.ndjson"]

    def load(most: int) -> subprocess.CompletedProcess[str]:
        limit = (most, resource.RLIM_INFINITY)
        return subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit),
        )  # fmt: skip

    full = load(800_000)
    assert full.returncode == 3
    assert "the disk is full or fails; what was loaded before is kept; make room and load again" in full.stderr
    assert "Traceback" not in full.stderr
    kept = json.loads(run("search", "--status", "any", "--limit", "1", "--format", "json").stdout)["total"]
    assert kept % 500 == 0
    assert load(resource.RLIM_INFINITY).returncode == 0
    assert json.loads(run("search", "--status", "any", "--format", "json").stdout)["total"] == 2000
