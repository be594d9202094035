"""What must hold of every answer, whatever the patient."""

from __future__ import annotations

import datetime as dt
import random

import msgspec
import pytest

from mspike.derive import State, derive_state
from mspike.derive.state import Fact
from mspike.knowledge import catalogue, load_knowledge
from mspike.knowledge.policy import settle
from mspike.options import build_answer
from mspike.options.verdict import verdict
from mspike.record import Record

OPEN = {"fits", "caution"}
SHUT = {"ruled-out"}


def named_facts(state: State) -> list[str]:
    """The facts that some rule in force names and this state knows."""
    in_force = catalogue(state.as_of, state.country)
    used = {n for item in in_force.options for c in item.criteria for n in c.clause.names}
    for item in in_force.options:
        for row in (item.availability, *item.elsewhere.values()):
            for branch in row.label if row else ():
                used |= {n for condition in branch.conditions for n in in_force.clause(condition.when).names}
    return sorted(n for n in used if n in state.facts and state.facts[n].value is not None)


def forget(state: State, forgotten: list[str]) -> State:
    always = always_known()
    facts = {**state.facts, **{n: Fact() for n in forgotten if n not in always}}
    return msgspec.structs.replace(state, facts=facts)


def always_known() -> set[str]:
    in_force = catalogue(dt.date(2026, 11, 21), "US")
    return {name for name, spec in in_force.facts.items() if not spec.unknown}


def verdicts(state: State) -> dict[str, str]:
    return {o.id: o.verdict for o in build_answer(state).options}


def flips(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return [
        f"{name}: {before[name]} → {after[name]}"
        for name in before
        if ({before[name]} <= OPEN and {after[name]} <= SHUT) or ({before[name]} <= SHUT and {after[name]} <= OPEN)
    ]


@pytest.mark.slow
def test_forgetting_one_fact_never_flips(states: list[State]) -> None:
    for state in states:
        before = verdicts(state)
        for name in named_facts(state):
            found = flips(before, verdicts(forget(state, [name])))
            assert not found, f"{state.id}, without {name}: {found}"


@pytest.mark.parametrize("seed", range(20))
def test_forgetting_many_facts_never_flips(states: list[State], seed: int) -> None:
    chance = random.Random(seed)
    state = chance.choice(states)
    known = named_facts(state)
    gone = chance.sample(known, chance.randint(1, len(known)))
    assert not flips(verdicts(state), verdicts(forget(state, gone)))


def test_all_options_in_every_answer(states: list[State]) -> None:
    wanted = set(load_knowledge().options)
    assert len(wanted) == 70
    for state in states:
        found = [o.id for o in build_answer(state).options]
        assert set(found) == wanted
        assert len(found) == 70


def test_every_reason_names_its_facts_and_one_dated_source(states: list[State]) -> None:
    for state in states:
        for option in build_answer(state).options:
            assert option.availability.source.title
            for reason in (*option.for_, *option.against, *option.cautions):
                assert reason.facts, f"{option.id}: {reason.id} names no fact"
                assert reason.source.title
                assert reason.source.date, f"{option.id}: {reason.id} has an undated source"
                assert reason.status in ("draft", "source-checked", "clinician-reviewed")
                assert "{" not in reason.text, reason.text
            for reason in option.known_risks:
                assert reason.effect == "known-risk"


def test_against_holds_rule_outs_first(states: list[State]) -> None:
    for state in states:
        for option in build_answer(state).options:
            effects = [r.effect for r in option.against]
            assert effects == sorted(effects, key=lambda e: e != "rules-out")
            assert ("rules-out" in effects) <= (option.verdict == "ruled-out") or option.id == "retreatment"


def test_a_verdict_follows_from_its_reasons(states: list[State]) -> None:
    """The verdict is what the shown reasons and needs say, by the contract's order."""
    for state in states:
        for option in build_answer(state).options:
            if option.id == "retreatment":
                continue
            if any(r.effect == "rules-out" for r in option.against):
                assert option.verdict == "ruled-out"
            elif any(n.decides for n in option.needs):
                assert option.verdict == "cannot-tell"
            elif option.against or option.cautions:
                assert option.verdict == "caution"
            else:
                assert option.verdict == "fits"


def test_what_cannot_be_told_names_what_decides(states: list[State]) -> None:
    for state in states:
        for option in build_answer(state).options:
            assert any(n.decides for n in option.needs) is (option.verdict == "cannot-tell"), f"{state.id} {option.id}"


def test_order_is_path_verdict_label_id(states: list[State]) -> None:
    paths = [p.path for p in load_knowledge().paths]
    for state in states:
        keys = [
            (paths.index(o.path), ("fits", "caution", "cannot-tell", "ruled-out").index(o.verdict),
             ("met", "cannot-tell", "not-met", "no-label").index(o.label_fit), o.id)
            for o in build_answer(state).options
        ]  # fmt: skip
        assert keys == sorted(keys)


def test_the_same_bytes_every_time(states: list[State]) -> None:
    for state in states:
        assert msgspec.json.encode(build_answer(state)) == msgspec.json.encode(build_answer(state))


def test_order_of_entries_changes_nothing(records: list[Record]) -> None:
    knowledge = load_knowledge()
    chance = random.Random(7)
    for record in records:
        shuffled = msgspec.structs.replace(
            record,
            conditions=tuple(chance.sample(record.conditions, len(record.conditions))),
            measurements=tuple(chance.sample(record.measurements, len(record.measurements))),
            lines=record.lines and tuple(chance.sample(record.lines, len(record.lines))),
        )
        plain, mixed = (verdicts(derive_state(r, knowledge, settle(knowledge))) for r in (record, shuffled))
        assert plain == mixed


def test_policy_turns_the_refractory_rule(records: list[Record]) -> None:
    knowledge = load_knowledge()
    record = next(r for r in records if r.id == "first-relapse-lenalidomide")
    plain = build_answer(derive_state(record, knowledge, settle(knowledge)))
    other = build_answer(derive_state(record, knowledge, settle(knowledge, ["refractory_drug=against"])))
    assert {o.id: o.verdict for o in plain.options}["DRd"] == "ruled-out"
    drd = next(o for o in other.options if o.id == "DRd")
    assert drd.verdict != "ruled-out"
    assert any(r.id == "refractory-drug/lenalidomide/refractory" and r.effect == "against" for r in drd.against)
    assert other.policies["refractory_drug"] == "against"


@pytest.mark.parametrize(
    ("effects", "expected"),
    [
        ([], "fits"),
        ([("supports", (1, 0)), ("supports", (0, 0))], "fits"),
        ([("caution", (1, 0))], "caution"),
        ([("against", (1, 0))], "caution"),
        ([("against", (0, 0))], "fits"),
        ([("caution", (1, 0)), ("rules-out", (0, 0))], "cannot-tell"),
        ([("caution", (1, 0)), ("rules-out", (0, 0)), ("rules-out", (1, 0))], "ruled-out"),
        ([("rules-out", (0, 1))], "fits"),
    ],
)
def test_verdict_order(effects: list[tuple[str, tuple[int, int]]], expected: str) -> None:
    assert verdict(effects) == expected
