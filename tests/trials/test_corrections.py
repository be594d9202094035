"""A person's correction wins over the parser, survives a new download, and needs somebody else's review."""

from __future__ import annotations

from pathlib import Path

import pytest

from mspike.knowledge import KnowledgeError
from mspike.trials import apply_corrections, load_corrections, parse_criteria
from trials.written import the, trial

FILE = """
nct_id: NCT99000001
corrections:
  - quote: at least   two earlier courses
    because: a course is a line in this protocol
    criteria:
      - {fact: prior_lines, op: ">=", value: 2, unit: lines}
by: A
on: 2026-11-21
reviewed_by: B
reviewed_on: 2026-11-21
"""
TEXT = "Inclusion Criteria:\n\n* ECOG 0-1\n* Had at least two earlier\n  courses of something, and consent"


def folder(tmp_path: Path, text: str) -> Path:
    (tmp_path / "one.yaml").write_text(text)
    return tmp_path


def test_it_wins_and_the_rest_of_the_sentence_stays(tmp_path: Path) -> None:
    files = load_corrections(folder(tmp_path, FILE))["NCT99000001"]
    for text in (TEXT, "Some new words before.\n\n" + TEXT):
        read = trial(text)
        parsed = apply_corrections(parse_criteria(read), read, files)
        found = the(parsed, "prior_lines")
        assert (found.value, found.status, found.decides, found.side) == (2, "corrected", True, "inclusion")
        assert any("of something" in c.evidence.quote for c in parsed.criteria if c.status == "unknown")
        assert the(parsed, "ecog").value == 1


def test_gone_words_make_it_stale(tmp_path: Path) -> None:
    files = load_corrections(folder(tmp_path, FILE))["NCT99000001"]
    read = trial("Inclusion Criteria:\n\n* ECOG 0-1")
    parsed = apply_corrections(parse_criteria(read), read, files)
    assert len(parsed.stale_corrections) == 1
    assert parsed.criteria == parse_criteria(read).criteria


def test_without_a_review_it_does_nothing(tmp_path: Path) -> None:
    assert load_corrections(folder(tmp_path, FILE.replace("reviewed_by: B\n", ""))) == {}


@pytest.mark.parametrize(
    ("old", "new"), [("reviewed_by: B", "reviewed_by: A"), ('op: ">="', "op: about"), ("because", "why")]
)
def test_a_file_that_does_not_hold(tmp_path: Path, old: str, new: str) -> None:
    with pytest.raises(KnowledgeError, match=r"one\.yaml"):
        load_corrections(folder(tmp_path, FILE.replace(old, new)))
