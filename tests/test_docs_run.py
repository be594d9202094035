"""What the pages show is what happens: every console block with a `$ mspike` line runs, in the order of its page.

A page runs in a folder of its own that holds the examples, and `patient.yaml`, `a.yaml` and `b.yaml` for those who have
a record. A fence with a file name, such as ```yaml first.yaml, is saved under that name. A line that begins with `$ `
runs; it ends with 0, or with what `# exit 3` behind it says. The lines below it stand in the output in that order; a
line that is `…` or `...` stands for any others; inside a line they stand for a part of it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "examples" / "README.md", *(ROOT / "docs").rglob("*.md")]
FENCE = re.compile(r"^( *)```(\w+)(?: (\S+))?\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


def fences(page: Path) -> Iterator[tuple[str, str, str]]:
    """Kind, file name and text of each fence, its indentation taken off."""
    for indent, kind, name, text in FENCE.findall(page.read_text(encoding="utf-8")):
        yield kind, name, re.sub(f"^{indent}", "", text, flags=re.MULTILINE)


def has_commands(page: Path) -> bool:
    shown = [text for kind, _, text in fences(page) if kind in ("console", "sh") and "$ mspike" in text]
    return bool(shown) and page.name != "commands.md"  # that page has synopses, `mspike [OPTIONS]`


RUN = sorted(page for page in PAGES if has_commands(page))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What a reader of the page has before it begins."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    for name, patient in {"patient": "first-relapse-lenalidomide", "a": "frail-84", "b": "t1114"}.items():
        shutil.copy(ROOT / "examples" / "patients" / patient / "record.yaml", tmp_path / f"{name}.yaml")
    return tmp_path


@pytest.mark.parametrize("page", RUN, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_commands_of_a_page_run(page: Path, folder: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = os.environ | {"PATH": path, "COLUMNS": "100", "NO_COLOR": "1", "HOME": str(folder)}
    for kind, name, text in fences(page):
        if name:
            (folder / name).write_text(text, encoding="utf-8")
        if kind not in ("console", "sh") or "$ mspike" not in text:
            continue
        for block in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
            command, *shown = block.rstrip("\n").split("\n")
            code = re.search(r"# exit (\d)$", command)
            run = subprocess.run(
                ["bash", "-c", command],
                cwd=folder,
                env=env,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            assert run.returncode == (int(code[1]) if code else 0), f"{command}\n{run.stdout}"
            if shown:
                assert re.search(expected(shown), run.stdout), f"{command}\nshows\n{run.stdout[:3000]}"


def expected(shown: list[str]) -> str:
    """A pattern for the lines below a command."""
    some = re.compile(r"…|\.\.\.")
    return "".join(
        r"(?:.*\n)*?" if line.strip() in ("…", "...") else ".*".join(map(re.escape, some.split(line))) + r" *\n"
        for line in shown
    )


def test_some_pages_run() -> None:
    assert len(RUN) >= 6


def test_the_python_of_read_the_json_runs(folder: Path) -> None:
    """It reads what the command above it wrote."""
    page = ROOT / "docs" / "how-to" / "read-the-json.md"
    (code,) = (text for kind, _, text in fences(page) if kind == "python")
    mspike = str(Path(sys.executable).with_name("mspike"))
    write = [mspike, "options", "patient.yaml", "none.yaml", "--format", "ndjson", "--out", "answers.ndjson"]
    assert subprocess.run(write, cwd=folder, capture_output=True).returncode == 3
    run = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert "none.yaml refused: no such file" in run.stdout
    assert "ruled out because:" in run.stdout
    assert "ask: Is t(11;14) present?" in run.stdout
