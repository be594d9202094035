"""The commands around the answer: demo, version, help, completion, knowledge."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cli.conftest import PATIENTS, SCRIPT
from mspike import __version__
from mspike.knowledge import load_knowledge


def test_demo_in_an_empty_folder(mspike, work):
    said = mspike("demo")
    assert "OPTIONS TO DISCUSS" in said.out
    assert [file.name for file in work.iterdir()] == ["mspike-demo.html"]
    assert str(work / "mspike-demo.html") in said.out
    assert (work / "mspike-demo.html").read_text(encoding="utf-8").rstrip().endswith("</html>")


def test_demo_again_and_elsewhere(mspike, work):
    mspike("demo", "frail-84", "--out", "page.html")
    mspike("demo", "frail-84", "--out", "page.html")
    assert [file.name for file in work.iterdir()] == ["page.html"]


def test_demo_list(mspike, work):
    assert mspike("demo", "--list").out.split() == sorted(p.name for p in PATIENTS.iterdir() if p.is_dir())
    assert list(work.iterdir()) == []


def test_version(mspike):
    assert mspike("--version").out == f"mspike {__version__} · knowledge {load_knowledge().version}\n"


@pytest.mark.parametrize("flag", ["-h", "--help"])
@pytest.mark.parametrize("command", [(), ("options",), ("state",), ("demo",), ("knowledge",), ("knowledge", "show")])
def test_help(mspike, command, flag):
    out = mspike(*command, flag).out
    assert "Usage: mspike" in out
    assert "╭─ Options" in out


def test_no_command_shows_the_help(mspike):
    assert "Commands" in mspike(code=2).out


def test_run_as_a_module(good):
    command = [sys.executable, "-m", "mspike.cli", "options", str(good), "--format", "ndjson"]
    run = subprocess.run(command, capture_output=True, text=True)
    assert (run.returncode, run.stdout.count("\n")) == (0, 1)


# -- completion: the shell is what the parent process or the variable says


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_show_completion(mspike, shell):
    said = mspike("--show-completion", shell, _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert f"complete_{shell}" in said.out


@pytest.mark.parametrize(
    ("shell", "file"),
    [
        ("bash", ".bash_completions/mspike.sh"),
        ("zsh", ".zfunc/_mspike"),
        ("fish", ".config/fish/completions/mspike.fish"),
    ],
)
def test_install_completion(mspike, tmp_path, shell, file):
    said = mspike("--install-completion", shell, _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert f"complete_{shell}" in (tmp_path / "home" / file).read_text(encoding="utf-8")
    assert "installed" in said.out


def test_bash_completes_a_command(mspike):
    said = mspike(_MSPIKE_COMPLETE="complete_bash", COMP_WORDS="mspike opt", COMP_CWORD="1")
    assert said.out.split() == ["options"]


@pytest.mark.parametrize(("shell", "typed"), [("complete_zsh", "mspike opt"), ("complete_fish", "mspike opt")])
def test_other_shells_complete_a_command(mspike, shell, typed):
    said = mspike(_MSPIKE_COMPLETE=shell, _TYPER_COMPLETE_ARGS=typed, _TYPER_COMPLETE_FISH_ACTION="get-args")
    assert "options" in said.out


# -- knowledge


def test_knowledge_show(mspike):
    assert "Carvykti" in mspike("knowledge", "show", "cilta-cel").out


def test_knowledge_facts(mspike):
    assert "prior_lines  " in mspike("knowledge", "facts").out


def test_knowledge_diff(mspike):
    out = mspike("knowledge", "diff", "--as-of", "2024-04-01", "--as-of", "2024-04-30").out
    assert "cilta-cel" in out


def test_knowledge_check(mspike):
    assert "all holds" in mspike("knowledge", "check").out


def test_knowledge_sheet(mspike, work):
    mspike("knowledge", "sheet", "options/DKd", "--out", "sheet.csv")
    assert (work / "sheet.csv").read_text(encoding="utf-8-sig").splitlines()


def test_knowledge_coverage(mspike):
    assert mspike("knowledge", "coverage").out


def test_a_reader_of_a_list_may_stop_early():
    command = [str(SCRIPT), "knowledge", "facts"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdout.close()
        said = run.stderr.read()
    assert said == ""
