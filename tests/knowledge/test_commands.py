"""`mspike knowledge …` at the command line: what it prints, and how it ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mspike.cli_knowledge import app
from mspike.knowledge import sheet as sheets
from mspike.knowledge.files import read_knowledge
from mspike.knowledge.model import Knowledge


def run(*args: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, args)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def test_check() -> None:
    code, out, _ = run("check")
    assert code == 0, out
    assert out.splitlines()[-1] == "all holds"
    assert " statements: " in out


def test_check_of_a_file_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    (data / "options" / "Vd.yaml").write_text("option: [")
    monkeypatch.setattr("mspike.knowledge.files.read_knowledge", lambda: read_knowledge(data))
    code, _, told = run("check")
    assert (code, told.splitlines()[0].startswith("mspike: options/Vd.yaml: not readable as YAML")) == (1, True)


def test_check_of_a_pack_that_is_not_of_these_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mspike.knowledge.check.pack_fresh", lambda: False)
    code, _, told = run("check")
    assert (code, "answers come from its pack" in told) == (1, True)


@pytest.mark.parametrize(
    ("args", "part"),
    [
        (["show", "cilta-cel"], "options/cilta-cel\n"),
        (["show", "timeline"], "2024-04-05 US cilta-cel: Cilta-cel approved after 1 or more lines"),
        (["facts"], "prior_lines  number (lines)  prior lines of therapy"),
        (["coverage"], "65 of 65 claims carried"),
        (["diff", "--as-of", "2024-04-06", "--as-of", "2024-04-03"], "cilta-cel  Cilta-cel (Carvykti) CAR T"),
        (["diff", "--as-of", "2024-04-06", "--as-of", "2024-04-06"], "nothing changed between 2024-04-06 and"),
        (["sheet", "options/Vd"], "file,reviewer,reviewed on"),
        (["sheet", "glossary"], "library/glossary,"),
    ],
)
def test_what_is_printed(args: list[str], part: str) -> None:
    code, out, told = run(*args)
    assert (code, told) == (0, "")
    assert part in out


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["show", "cilta-cell"], "nothing has the id 'cilta-cell'. Did you mean 'cilta-cel'?"),
        (["sheet", "daratumumab"], "is several files; give one of options/daratumumab, drugs/daratumumab"),
        (["sheet", "bellini"], "bellini: no such file, or it holds no statement to review"),
        (["diff", "--as-of", "2024-04-06"], "give --as-of twice"),
        (["diff", "--as-of", "2024-04-06", "--as-of", "April"], "write the days as YYYY-MM-DD"),
        (["diff", "--as-of", "2024-04-06", "--as-of", "2024-04-07", "--country", "FR"], "--country US, EU or UK"),
        (["review", "nowhere.csv"], "No such file or directory"),
    ],
)
def test_what_is_refused(args: list[str], says: str) -> None:
    code, out, told = run(*args)
    assert (code, out) == (2, "")
    assert says in told


def test_a_review_from_sheet_to_file(
    knowledge: Knowledge, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """sheet --out, filled in, review: first a word on what is open, then the file."""
    real = sheets.apply_review
    monkeypatch.setattr(sheets, "apply_review", lambda sheet: real(sheet, data))
    target = tmp_path / "sheet.csv"
    code, out, _ = run("sheet", "doubling_days", "--out", str(target))
    assert (code, out) == (0, f"wrote {target}; when it is filled in and signed: mspike knowledge review {target}\n")
    signed = target.read_text().replace("policies/doubling_days,,", "policies/doubling_days,Dr A,2024-05-06", 1)
    assert signed != target.read_text()

    def back(text: str) -> tuple[int, str, str]:
        target.write_text(text)
        return run("review", str(target))

    code, out, told = back(signed)
    assert (code, out) == (2, "policies/doubling_days: not answered\n")
    assert "1 of 1 statements are not agreed to" in told
    code, out, _ = back(signed.replace(",source-checked,,", ",source-checked,yes,"))
    assert (code, out) == (0, f"wrote {data / 'policies' / 'doubling_days.yaml'}\n")
    policy: Any = read_knowledge(data).policies["doubling_days"]
    assert (policy.status, policy.review.reviewed_by) == ("clinician-reviewed", "Dr A")


def test_a_review_needs_a_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mspike.knowledge.pack.in_checkout", lambda: False)
    code, _, told = run("review", "sheet.csv")
    assert (code, "works in a checkout" in told) == (2, True)
