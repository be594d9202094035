"""docs/reference/errors.md knows every message that a user can get, and none that there is not."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "mspike"
PAGE = (ROOT / "docs" / "reference" / "errors.md").read_text(encoding="utf-8")
LISTED = set(re.findall(r"^\| `(.+?)` \|", PAGE, flags=re.MULTILINE))
PLACES = {"RecordError": 0, "refuse": 2, "refuse_key": 1, "stop": 0, "closed": 0, "KnowledgeError": 0, "ValueError": 0,
          "VectorError": 0, "RunnerError": 0, "BlockError": 0, "CacheError": 0, "TrialError": 1, "ServerRefusal": 1,
          "QueryError": 0, "PlaceError": 0, "CaseError": 0, "say": 0, "tell": 0}  # fmt: skip
"""Call → which argument is the message."""
FILES = {
    "record": ("RecordError", "refuse", "refuse_key"),
    "record/dates.py": ("ValueError",),
    "knowledge/policy.py": ("KnowledgeError",),
    "cli.py": ("stop", "closed"),
    "cli_knowledge.py": ("stop",),
    "cli_conformance.py": ("stop",),
    "conformance": ("VectorError", "RunnerError"),
    "cli_output.py": ("stop", "closed"),
    "cli_answers.py": ("stop",),
    "cli_export.py": ("stop",),
    "cli_fetch.py": ("stop",),
    "cohort": ("BlockError", "CacheError"),
    "trials": ("TrialError", "ServerRefusal", "QueryError", "PlaceError", "CaseError", "KnowledgeError", "tell"),
    "cli_trials.py": ("stop", "say"),
    "cli_trials_case.py": ("stop", "say"),
    "cli_trials_index.py": ("stop", "say"),
    "cli_trials_match.py": ("stop", "say"),
}
"""Where messages are made, and by which calls."""


def said(node: ast.expr) -> str | None:
    """A text with `…` for whatever stands in braces; None where it is no text."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)  # type: ignore[misc]
    return None


def made() -> Iterator[tuple[str, str]]:
    """Every message of the code, with its file."""
    for where, calls in FILES.items():
        for path in sorted((SOURCE / where).rglob("*.py")) if (SOURCE / where).is_dir() else [SOURCE / where]:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                texts: list[ast.expr] = []
                if isinstance(node, ast.Call):
                    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                    if name in calls and len(node.args) > PLACES[name]:
                        texts = [node.args[PLACES[name]]]
                elif isinstance(node, ast.Assign) and [getattr(t, "id", "") for t in node.targets] == ["rule"]:
                    value = node.value
                    texts = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
                yield from ((text, path.name) for expr in texts if (text := said(expr)) and text != "…")


def test_every_message_is_on_the_page() -> None:
    assert sorted(f"{file}: {text}" for text, file in set(made()) if text not in LISTED) == []


def test_no_message_is_made_up() -> None:
    assert LISTED - {text for text, _ in made()} == set()
