"""Write the reference pages that come from the program itself; `--check` says which of them are stale.

docs/reference/facts.md     every fact a rule may name, from data/facts.yaml
docs/reference/policies.md  every policy with its default, from data/policies/
docs/reference/commands.md  every command and option, from the command line's own help
"""

from __future__ import annotations

import html
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mspike.knowledge import load_knowledge

if TYPE_CHECKING:
    from mspike.knowledge.model import FactSpec

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"
MADE = "<!-- Written by `make docs`. Not edited by hand. -->\n\n"


def facts_page() -> str:
    """Three tables: plain facts, families, and the facts of one earlier regimen."""
    told = load_knowledge().facts
    return (
        "# Facts\n\n"
        "What a rule's `when` may name. A fact has a value or is unknown; unknown is never read as “no”. An unknown "
        "fact on which an option hangs becomes its question.\n\n" + fact_table(told.facts) + "\n## Families\n\n"
        "In a name, `{drug}`, `{class}` and `{option}` stand for an id, with `_` for `-`; `{word}` for one of a few "
        "words.\n\n"
        + fact_table(told.families)
        + "\n## One earlier regimen\n\nKnown only where a rule looks at repeating a regimen.\n\n"
        + fact_table(told.regimen)
    )


def fact_table(facts: dict[str, FactSpec]) -> str:
    rows = ["| fact | type | meaning | question when unknown |", "| --- | --- | --- | --- |"]
    for name, fact in facts.items():
        kind = f"{fact.type}, {fact.unit}" if fact.unit else fact.type
        question = fact.question or ("" if fact.unknown else "always known")
        rows.append(f"| `{name}` | {kind} | {fact.says} | {question} |".replace("  ", " "))
    return "\n".join(rows) + "\n"


def policies_page() -> str:
    """One table: what `--policy KEY=VALUE` can change."""
    knowledge = load_knowledge()
    rows = ["| policy | meaning | default | allowed | source |", "| --- | --- | --- | --- | --- |"]
    for key, policy in sorted(knowledge.policies.items()):
        number = "number" + (f", {policy.unit}" if policy.unit else "")
        allowed = ", ".join(policy.allowed) or ("words, with commas" if isinstance(policy.default, list) else number)
        source = knowledge.sources[policy.source.id]
        cited = f"{source.short or source.title}, {policy.source.at or source.date} ({policy.status})"
        rows.append(f"| `{key}` | {policy.says} | {default_words(policy.default)} | {allowed} | {cited} |")
    return (
        "# Policies\n\n"
        "Where more than one reading is legitimate, or a number is a choice, a policy names it: `--policy KEY=VALUE`. "
        "An answer names every switch, and every number that was changed. How to: "
        "[use another policy](../how-to/use-another-policy.md).\n\n" + "\n".join(rows) + "\n"
    )


def default_words(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def commands_page() -> str:
    command = [sys.executable, "-m", "typer", "mspike.cli", "utils", "docs", "--name", "mspike"]
    page = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return html.unescape(page).strip() + "\n"


def main() -> int:
    stale = []
    pages = {"facts.md": facts_page(), "policies.md": policies_page(), "commands.md": commands_page()}
    for name, page in pages.items():
        target, text = REFERENCE / name, MADE + page
        if target.exists() and target.read_text(encoding="utf-8") == text:
            continue
        stale.append(str(target.relative_to(ROOT)))
        if "--check" not in sys.argv:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
    print(f"{'stale, run `make docs`' if '--check' in sys.argv else 'written'}: {', '.join(stale) or 'none'}")
    return int("--check" in sys.argv and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
