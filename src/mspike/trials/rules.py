"""A parsed criterion → what surely meets it and what surely breaks it, as expressions over facts.

The table is `knowledge/data/trials/match.yaml`; the evaluator is the one of the options. Where the table has nothing,
the criterion is a question.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import msgspec

from mspike.knowledge import Condition, Expr, fact_specs, load_knowledge, load_match_rules, read_condition, token
from mspike.trials.criteria import Criterion

OPERATORS = {"=": "==", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
DAYS_A_MONTH = 30.4375


class Rule(msgspec.Struct, frozen=True, eq=False):
    """What a criterion comes to. Neither expression = asked of a person."""

    met: Expr | None = None
    broken: Expr | None = None
    ask: str = ""
    """What is asked of a person."""
    why_not: str = ""
    """Why no record answers it."""
    changes: bool = False
    """Another day may give another value."""


def rule_of(criterion: Criterion) -> Rule:
    """The rule of one criterion; two criteria that ask the same have the same one."""
    about = {name: value for name, value in criterion.about.items() if name != "given"}
    key = msgspec.json.encode((criterion.fact, criterion.op, criterion.value, criterion.unit, about), order="sorted")
    if key not in _RULES:
        _RULES[key] = _made(criterion)
    return _RULES[key]


_RULES: dict[bytes, Rule] = {}


def _made(criterion: Criterion) -> Rule:
    table = load_match_rules()
    if criterion.fact in table.unanswerable:
        return Rule(why_not=table.unanswerable[criterion.fact])
    ask = table.asked.get(f"{criterion.fact} {criterion.about.get('disease')}") or table.asked.get(criterion.fact, "")
    for entry in table.conditions:
        if _fits(entry, criterion):
            changes = criterion.fact in table.numbers and table.numbers[criterion.fact].changes
            met, broken = _filled(entry.met, criterion, True), _filled(entry.broken, criterion, False)
            return Rule(met, broken, ask, changes=changes)
    if limit := table.numbers.get(criterion.fact):
        kept = _limit(criterion, limit.fact, limit.unit, limit.times)
        return Rule(kept, ("not", kept) if kept else None, ask, changes=limit.changes)
    if tests := table.measured.get(criterion.fact):
        kept = _limit(criterion, criterion.fact, tests.unit, tests.times)
        return Rule(kept, ("not", kept) if kept else None, ask, changes=True)
    if criterion.fact == "measurable_disease" and (found := tuple(_measurable(criterion))):
        return Rule(found[0] if len(found) == 1 else ("or", found), None, ask)
    return Rule(ask=ask)


def _fits(entry: Condition, criterion: Criterion) -> bool:
    if entry.criterion != criterion.fact or (entry.op and entry.op != criterion.op):
        return False
    if entry.value and entry.value != criterion.value:
        return False
    for name, wanted in entry.with_.items():
        given = criterion.about.get(name)
        if (bool(given) is not wanted) if isinstance(wanted, bool) else (given != wanted):
            return False
    return True


def _filled(template: str, criterion: Criterion, for_met: bool) -> Expr | None:
    """A template of the table as an expression; None where it is empty, or names a fact that there is not."""
    if not template:
        return None
    for family in ("exposed", "refractory"):
        if "{" + family + "}" in template:
            joined = _joined(family, criterion, for_met)
            if joined is None:
                return None
            template = template.replace("{" + family + "}", joined)
    if "{limit}" in template:
        limit = load_match_rules().numbers[criterion.fact]
        kept = _limit(criterion, limit.fact, limit.unit, limit.times)
        if kept is None or kept[0] != "cmp":
            return None
        template = template.replace("{limit}", f"{kept[1]} {kept[2]} {kept[3]!r}")
    days = criterion.about.get("window_days")
    if "{months}" in template:
        if (number := _number(days)) is None:
            return None
        template = template.replace("{months}", f"{number / DAYS_A_MONTH:.2f}")
    return read_condition(template)


def _joined(family: str, criterion: Criterion, for_met: bool) -> str | None:
    """Every treatment that the criterion names, joined so that a yes is sure: all where all are asked for, any where
    any is barred."""
    named = criterion.about.get("of")
    if not isinstance(named, Sequence) or isinstance(named, str) or not named:
        return None
    facts = [f"{family}_{token(str(of))}" for of in named]
    if any(fact not in yes_no_facts() for fact in facts):
        return None
    join = criterion.about.get("join") or ("or" if criterion.op == "excluded" or not for_met else "and")
    if criterion.op == "excluded" and for_met:
        join = "or"
    return f" {join} ".join(facts) if join in ("and", "or") else None


def _limit(criterion: Criterion, fact: str, unit: str, times: float) -> Expr | None:
    """A number within the criterion's limit; None where it is in another unit or is none."""
    value = criterion.value
    if criterion.unit != unit:
        return None
    if criterion.op == "between" and isinstance(value, list) and len(value) == 2:
        low, high = map(_number, value)
        if low is None or high is None:
            return None
        return ("and", (("cmp", fact, ">=", low * times), ("cmp", fact, "<=", high * times)))
    if criterion.op in OPERATORS and (number := _number(value)) is not None:
        return ("cmp", fact, OPERATORS[criterion.op], number * times)
    return None


def _measurable(criterion: Criterion) -> Iterator[Expr]:
    """Each way to measurable disease that a measurement shows; none of them can be ruled out by one."""
    table = load_match_rules().measured
    ways = criterion.value if isinstance(criterion.value, list) else ()
    for way in (way for way in ways if isinstance(way, dict)):
        spec, least = table.get(f"measurable_{way.get('kind')}"), _number(way.get("at_least"))
        if spec is not None and way.get("unit") == spec.unit and least is not None:
            yield ("cmp", f"measurable_{way['kind']}", ">=", least * spec.times)


def _number(value: Any) -> float | None:
    """A number that a rule can mean."""
    sane = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12
    return float(value) if sane else None


@cache
def questions() -> dict[str, str]:
    """Fact → how it is asked for."""
    found = {name: spec.question or f"{spec.says}?" for name, spec in fact_specs(load_knowledge()).items()}
    table = load_match_rules()
    return found | {name: table.asked.get(name, table.asked["measurable_disease"]) for name in table.measured}


@cache
def yes_no_facts() -> frozenset[str]:
    return frozenset(name for name, spec in fact_specs(load_knowledge()).items() if spec.type == "yes-no")


def doubt_of(criterion: Criterion) -> str:
    """Why a rule that is not met rules nothing out; empty = it does."""
    if criterion.decides:
        return ""
    if criterion.cohorts != ("all",):
        return f"it is for a part of the trial: {', '.join(criterion.cohorts)}"
    if criterion.when:
        return f"it has a condition: {criterion.when}"
    if criterion.unless:
        return f"it has an exception: {criterion.unless}"
    if criterion.any_of:
        return f"it is one of several ways, under {criterion.any_of}"
    return criterion.doubt or "the words can be read in another way"
