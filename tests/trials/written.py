"""Invented trials: records as the registries serve them, with made-up numbers and texts."""

from __future__ import annotations

import json
from typing import Any

from mspike.trials import Criterion, Parsed, Trial, flat, parse_criteria, read_trials
from mspike.trials.sources import read_bytes


def study(text: str = "", **more: Any) -> dict[str, Any]:
    """A study of ClinicalTrials.gov API v2. `more`: modules to add or replace, by name without `Module`."""
    modules: dict[str, Any] = {
        "identification": {"nctId": "NCT99000001", "briefTitle": "An invented study in myeloma"},
        "status": {"overallStatus": "RECRUITING", "lastUpdatePostDateStruct": {"date": "2026-07-01"}},
        "eligibility": {"eligibilityCriteria": text} if text else {},
    }
    for name, content in more.items():
        modules[name] = {**modules.get(name, {}), **content}
    return {"protocolSection": {f"{name}Module": content for name, content in modules.items()}}


def trial(text: str = "", **more: Any) -> Trial:
    (read,) = read_bytes(json.dumps(study(text, **more)).encode(), "invented.json")
    assert isinstance(read, Trial)
    return read


def inclusion(*lines: str, **more: Any) -> Parsed:
    return parse_criteria(trial("Inclusion Criteria:\n\n" + "\n".join(f"* {line}" for line in lines), **more))


def exclusion(*lines: str) -> Parsed:
    return parse_criteria(trial("Exclusion Criteria:\n\n" + "\n".join(f"* {line}" for line in lines)))


def facts(parsed: Parsed, fact: str) -> list[Criterion]:
    return [criterion for criterion in parsed.criteria if criterion.fact == fact]


def the(parsed: Parsed, fact: str) -> Criterion:
    found = facts(parsed, fact)
    assert len(found) == 1, f"{len(found)} × {fact}"
    return found[0]


def table(parsed: Parsed) -> dict[str, Any]:
    criteria: dict[str, Any] = flat(parsed)["criteria"]
    return criteria


__all__ = ["exclusion", "facts", "inclusion", "read_trials", "study", "table", "the", "trial"]
