"""The pages: the generated ones are fresh, and every link inside the repository leads somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(
    p
    for folder in (".", "docs", "spec", "examples")
    for p in (ROOT / folder).glob("**/*.md" if folder != "." else "*.md")
)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def test_generated_pages_are_fresh() -> None:
    run = subprocess.run([sys.executable, "scripts/docs.py", "--check"], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    targets = {link.split("#")[0] for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link}
    assert [target for target in sorted(targets - {""}) if not (page.parent / target).exists()] == []


def test_every_make_target_is_in_the_help() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):(?!=)", text, re.MULTILINE)) - {"browser"}
    assert targets - set(re.findall(r"^([a-z]+):.*## ", text, re.MULTILINE)) == set()
