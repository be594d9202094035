"""The register: every seed claim → the knowledge files that carry it and the spec cases that run for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from mspike.knowledge.lints.claims import carriers
from mspike.knowledge.model import Knowledge

CLAIM = re.compile(r"\b([LN]\d\d)\b")


def spec_rows(spec: Path) -> dict[str, list[str]]:
    """Claim → `chapter:line` of every spec table row that names it."""
    found: dict[str, list[str]] = {}
    for path in sorted(spec.rglob("*.md")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.startswith("|"):
                for claim in dict.fromkeys(CLAIM.findall(line)):
                    found.setdefault(claim, []).append(f"{path.relative_to(spec)}:{number}")
    return found


def register(knowledge: Knowledge, spec: Path | None) -> Iterator[str]:
    """The register as a Markdown table. Without the spec folder (an installed package) that column says so."""
    files = carriers(knowledge)
    cases = spec_rows(spec) if spec else {}
    yield "| claim | seed | says | now | carried by | spec cases |"
    yield "|---|---|---|---|---|---|"
    for name, claim in sorted(knowledge.claims.items()):
        carried = ", ".join(files.get(name, [])) or "nothing"
        tested = ", ".join(cases.get(name, [])) or ("none" if spec else "not at hand")
        yield f"| {name} | {claim.seed} | {claim.says} | {claim.now} | {carried} | {tested} |"
    statements = sum(1 for name in knowledge.claims if files.get(name))
    yield ""
    yield f"{statements} of {len(knowledge.claims)} claims carried" + (
        f"; {sum(1 for n in knowledge.claims if cases.get(n))} with a spec case" if spec else ""
    )
