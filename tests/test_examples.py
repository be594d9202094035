"""The example patients: every one has a story and a fresh answer, and the index knows it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PATIENTS = sorted(folder for folder in (ROOT / "examples" / "patients").iterdir() if folder.is_dir())


def test_answers_are_fresh() -> None:
    run = subprocess.run([sys.executable, "scripts/examples.py", "--check"], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("folder", PATIENTS, ids=lambda folder: folder.name)
def test_a_patient_is_whole(folder: Path) -> None:
    assert {file.name for file in folder.iterdir()} == {"record.yaml", "story.md", "answer.txt"}
    assert f"id: {folder.name}\n" in (folder / "record.yaml").read_text(encoding="utf-8")
    assert "(answer.txt)" in (folder / "story.md").read_text(encoding="utf-8")


def test_the_index_knows_every_patient() -> None:
    index = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
    rows = [line for line in index.splitlines() if "/story.md)" in line]
    assert len(rows) == len(PATIENTS)
    for folder in PATIENTS:
        (row,) = (line for line in rows if f"patients/{folder.name}/story.md" in line)
        title = (folder / "story.md").read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
        assert row.split("](")[0].removeprefix("| [") in title
        assert f"patients/{folder.name}/answer.txt" in row
