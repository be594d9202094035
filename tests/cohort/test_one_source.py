"""The same functions in plain Python, compiled, and behind `derive_state` say the same of made-up people."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cohort.said import of_block, of_state
from cohort.tables import tables
from mspike.cohort import derive_block
from mspike.derive import Rules, read_rules
from mspike.knowledge import Knowledge, load_codes, load_knowledge
from mspike.record import Record, read_case
from patients import Person, case, people, person, shuffled

pytest.importorskip("numba")
MANY = 20_000
SOME = 500
OTHERS: list[dict[str, Any]] = [
    {"response_criteria": "imwg-2006-2011", "missing_data": "flexible", "pd_confirm": "sample"},
    {"line_policy": "claims", "min_exposure_days": 28, "sd_refractory": "no"},
    {"line_policy": "cibmtr", "missing_data": "not-evaluable", "reference_value": "lowest"},
]
UNITS = {name: next(iter(test.units)) for name, test in load_codes().tests.items() if test.units}


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.fixture(scope="session")
def rules(knowledge: Knowledge) -> Rules:
    return read_rules(knowledge)


@pytest.fixture(scope="session")
def cache(pytestconfig: pytest.Config) -> Path:
    """Compiled code, kept from one run to the next: compiling takes longer than the test."""
    folder = pytestconfig.rootpath / "build"
    folder.mkdir(exist_ok=True)
    return folder / "kernels"


def different(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """The columns that are not the same to the bit."""
    return [
        f"{table}.{name}" for table in one for name in one[table]
        if one[table][name].tobytes() != other[table][name].tobytes()
    ]  # fmt: skip


def test_plain_and_compiled_are_equal_to_the_bit(rules: Rules, cache: Path) -> None:
    block = tables(people(MANY), rules)
    plain, compiled = derive_block(block, rules, plain=True), derive_block(block, rules, cache=cache)
    assert different(plain, compiled) == []
    assert len(plain["lines"]["start"]) > MANY
    assert plain["of_lines"]["refractory"].any()


@pytest.mark.parametrize("policies", OTHERS)
def test_equal_under_other_policies(policies: dict[str, Any], knowledge: Knowledge, cache: Path) -> None:
    rules = read_rules(knowledge, policies)
    block = tables(people(500, 50_000), rules)
    assert different(derive_block(block, rules, plain=True), derive_block(block, rules, cache=cache)) == []


@pytest.mark.parametrize(("policies", "seed"), [({}, 70_000), ({}, 700_000), *((p, 700_000) for p in OTHERS)])
def test_the_state_of_one_patient_is_the_row_of_the_block(
    policies: dict[str, Any], seed: int, knowledge: Knowledge
) -> None:
    rules = read_rules(knowledge, policies)
    made = list(people(SOME, seed))
    block = derive_block(tables(made, rules), rules, plain=True)
    said: Counter[str] = Counter()
    for number, one in enumerate(made):
        if block["state"]["status"][number]:
            said["left open by the block"] += 1
            continue
        found, expected = of_block(block, number, rules), of_state(record_of(one), knowledge, policies)
        assert found == expected, f"seed {one.seed}"
        said["lines"] += len(found["lines"])
        said["responses"] += len(found["responses"])
        said["refractory"] += len(found["refractory"])
    assert said["left open by the block"] < SOME / 10
    assert min(said["lines"], said["responses"], said["refractory"]) > SOME / 3, said


def record_of(one: Person) -> Record:
    (record,) = read_case(json.dumps(case(one, UNITS)), "made.json")
    assert isinstance(record, Record), record
    return record


def test_the_order_of_rows_says_nothing(rules: Rules) -> None:
    made = list(people(200, 90_000))
    one = derive_block(tables(made, rules), rules, plain=True)
    other = derive_block(tables((shuffled(p, p.seed) for p in made), rules), rules, plain=True)
    assert different(one, other) == []


def test_a_block_may_be_cut_anywhere(rules: Rules, cache: Path) -> None:
    made = list(people(60, 95_000))
    whole = derive_block(tables(made, rules), rules, cache=cache)
    halves = [derive_block(tables(part, rules), rules, cache=cache) for part in (made[:23], made[23:])]
    for name in ("start", "drugs", "flags"):
        assert whole["lines"][name].tolist() == [x for half in halves for x in half["lines"][name].tolist()]


def test_the_same_seed_is_the_same_person() -> None:
    assert person(7) == person(7) != person(8)
