"""Claims of the seed pages: each is carried by something that exists."""

from __future__ import annotations

from collections.abc import Iterator

from mspike.knowledge.files import DATA, LISTS
from mspike.knowledge.lints.finding import Finding
from mspike.knowledge.model import Knowledge
from mspike.knowledge.statements import versioned

PACKAGE = DATA.parents[1]


def claims_carried(knowledge: Knowledge) -> Iterator[Finding]:
    """Every claim is carried, and every carrier that it names itself exists."""
    carried = carriers(knowledge)
    for name, claim in knowledge.claims.items():
        for place in claim.carried_by:
            if not _exists(knowledge, place):
                yield Finding(f"claims/{name}", "no such carrier", place)
        if name not in carried:
            yield Finding(f"claims/{name}", "nothing carries this claim", claim.says)


def carriers(knowledge: Knowledge) -> dict[str, list[str]]:
    """Claim → the knowledge files that name it, and the files and modules that it names itself."""
    found: dict[str, list[str]] = {name: list(claim.carried_by) for name, claim in knowledge.claims.items()}
    for entry in versioned(knowledge):
        for claim in (
            *entry.claims,
            *(c for v in entry.versions for criterion in v.criteria for c in criterion.claims),
        ):
            found.setdefault(claim, []).append(entry.file)
    for name, disagreement in knowledge.disagreements.items():
        for claim in disagreement.claims:
            found.setdefault(claim, []).append(f"disagreements/{name}")
    for term in knowledge.glossary:
        for claim in term.claims:
            found.setdefault(claim, []).append("library/glossary")
    for resource in knowledge.resources:
        for claim in resource.claims:
            found.setdefault(claim, []).append("library/resources")
    return {name: sorted(set(places)) for name, places in found.items() if places}


def _exists(knowledge: Knowledge, place: str) -> bool:
    """A knowledge file (`options/VRd`, `library/glossary`) or a module of the package (`derive/refractory`)."""
    folder, _, id_ = place.partition("/")
    tables = {
        "options": set(knowledge.options), "drugs": set(knowledge.drugs), "criteria": set(knowledge.rules),
        "disagreements": set(knowledge.disagreements), "classes": set(knowledge.classes),
        "sources": set(knowledge.sources), "policies": set(knowledge.policies),
    }  # fmt: skip
    if folder in tables:
        return id_ in tables[folder]
    return place in LISTS or place == "facts" or (PACKAGE / f"{place}.py").exists() or (PACKAGE / place).is_dir()
