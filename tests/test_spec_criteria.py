"""Every criterion does what its spec table says, and every criterion is pinned by a pair of cases."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

import pytest

from mspike.knowledge import load_knowledge
from spec_criteria import Case, read_cases, run

CASES = list(read_cases())


@pytest.mark.parametrize("case", CASES, ids=[c.id for c in CASES])
def test_criterion(case: Case) -> None:
    assert case.because, "every row says why"
    assert run(case) == case.expected


def differ_in_one(a: Case, b: Case) -> bool:
    """Whether two cases differ in exactly one thing: one given fact, the country, or the day."""
    facts_a, facts_b = dict(a.given), dict(b.given)
    changed = sum(facts_a.get(name, "?") != facts_b.get(name, "?") for name in facts_a | facts_b)
    return changed + (a.country != b.country) + (a.as_of != b.as_of) == 1


def pinned() -> set[str]:
    """Criteria with two cases of the same option that differ in one thing and have different results."""
    groups: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for case in CASES:
        key = (case.option, "") if case.criterion in ("label", "availability") else ("", case.criterion)
        groups[(key[0] + "/" + case.criterion if key[0] else case.criterion, case.option)].append(case)
    return {
        name
        for (name, _), cases in groups.items()
        if any(differ_in_one(a, b) and a.expected != b.expected for a, b in combinations(cases, 2))
    }


def wanted() -> Iterator[str]:
    """Every criterion that knowledge holds, by the name that a spec row uses."""
    knowledge = load_knowledge()
    for entry in (*knowledge.drugs.values(), *knowledge.classes.values(), *knowledge.options.values()):
        for version in entry.versions:
            yield from (f"{entry.id}/{c.id}" for c in version.criteria)
    for rule in knowledge.rules.values():
        middle = "" if rule.applies.each in ("", "option") else "/*"
        for version in rule.versions:
            yield from (f"{rule.rule}{middle}/{c.id}" for c in version.criteria)
    for option in knowledge.options.values():
        for country, rows in option.availability.items():
            if any(row.label for row in rows):
                yield f"{option.option}/label ({country})"
    for entry in knowledge.disagreements.values():
        if entry.when:
            yield f"disagreement/{entry.disagreement}/shown"
            yield from (f"disagreement/{entry.disagreement}/{i}" for i, p in enumerate(entry.positions) if p.when)


def test_every_criterion_is_pinned() -> None:
    """No criterion ships without two cases that differ only in it."""
    have = pinned()
    templated = {re.sub(r"^([^/]+)/.*/([^/]+)$", r"\1/*/\2", name) for name in have}
    labels = {
        f"{c.option}/label ({c.country})" for c in CASES if c.criterion == "label" and f"{c.option}/label" in have
    }
    missing = sorted(set(wanted()) - have - templated - labels)
    assert not missing, f"{len(missing)} criteria are not pinned: {', '.join(missing)}"


def conditions_unpinned() -> Iterator[str]:
    """Label conditions that no pair of cases turns: facts named in a label but never varied."""
    from mspike.knowledge.grammar import names
    from mspike.knowledge.pack import parse_template

    varied: dict[str, set[str]] = defaultdict(set)
    labels = [c for c in CASES if c.criterion == "label"]
    for a, b in combinations(labels, 2):
        if a.option == b.option and a.expected != b.expected and differ_in_one(a, b):
            facts_a, facts_b = dict(a.given), dict(b.given)
            varied[a.option] |= {n for n in facts_a | facts_b if facts_a.get(n, "?") != facts_b.get(n, "?")}
    for option in load_knowledge().options.values():
        for rows in option.availability.values():
            for row in rows:
                for branch in row.label:
                    for condition in branch.conditions:
                        if not varied[option.option] & set(names(parse_template(condition.when))):
                            yield f"{option.option}: {condition.says}"


def test_every_label_condition_is_pinned() -> None:
    missing = sorted(set(conditions_unpinned()))
    assert not missing, f"{len(missing)} label conditions are not pinned: {'; '.join(missing)}"
