"""The pages: the generated ones are fresh, and every link inside the repository leads somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mspike.knowledge import load_knowledge
from mspike.report import FORMATS

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(
    p
    for folder in (".", "docs", "spec", "examples", "conformance")
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


REFERENCE = ROOT / "docs" / "reference"


def commands(name: str, command: Any) -> Iterator[tuple[str, list[str]]]:
    """Every command by its full name, with its options and arguments."""
    yield name, [flag for parameter in command.params for flag in (*parameter.opts, *parameter.secondary_opts)]
    for child, inner in getattr(command, "commands", {}).items():
        yield from commands(f"{name} {child}", inner)


def test_every_command_and_option_is_documented() -> None:
    from typer.main import get_command

    from mspike.cli import app

    page = (REFERENCE / "commands.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^#+ `(.+?)`\n(.*?)(?=^#+ `|\Z)", page, flags=re.MULTILINE | re.DOTALL))
    missing = [
        f"{name} {option}"
        for name, options in commands("mspike", get_command(app))
        for option in options
        if option.startswith("-") and f"`{option}" not in sections.get(name, "") and f", {option}" not in sections[name]
    ]
    assert missing == []


def test_every_fact_and_policy_is_documented() -> None:
    known = load_knowledge()
    for page, names in {
        "facts.md": (*known.facts.facts, *known.facts.families, *known.facts.regimen),
        "policies.md": tuple(known.policies),
    }.items():
        text = (REFERENCE / page).read_text(encoding="utf-8")
        assert [name for name in names if f"| `{name}` |" not in text] == []


def test_every_format_is_documented() -> None:
    text = (REFERENCE / "formats.md").read_text(encoding="utf-8")
    assert [name for name in FORMATS if f"| `{name}` |" not in text] == []


def test_the_index_leads_to_every_page() -> None:
    docs = ROOT / "docs"
    index = (docs / "README.md").read_text(encoding="utf-8")
    pages = {str(path.relative_to(docs)) for path in docs.rglob("*.md")} - {"README.md"}
    assert sorted(pages - {link.split("#")[0] for link in LINK.findall(index)}) == []
