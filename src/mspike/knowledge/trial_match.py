"""How criteria of trials are held against facts (`data/trials/match.yaml`)."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import msgspec

from mspike.knowledge.files import DATA, KnowledgeError, convert, read_yaml
from mspike.knowledge.grammar import Expr, GrammarError, parse


class Limit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A fact that has to keep the criterion's limit."""

    fact: str
    unit: str
    times: float = 1.0
    days: int | None = None
    """Older values are asked for again."""
    changes: bool = False


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a criterion is surely met and surely broken; templates of the grammar, empty = never."""

    criterion: str
    op: str = ""
    value: str = ""
    with_: dict[str, Any] = msgspec.field(name="with", default={})
    met: str = ""
    broken: str = ""


class Measured(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Tests of the record in whose terms a limit is given; `times` turns its unit into the test's."""

    tests: tuple[str, ...]
    unit: str
    times: float = 1.0
    days: int | None = None


class MatchRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table."""

    numbers: dict[str, Limit]
    conditions: tuple[Condition, ...]
    measured: dict[str, Measured]
    asked: dict[str, str]
    unanswerable: dict[str, str]


@cache
def load_match_rules() -> MatchRules:
    """The table. Raises KnowledgeError when the file does not hold."""
    rules = convert(read_yaml(DATA / "trials" / "match.yaml"), MatchRules, "trials/match.yaml")
    for entry in rules.conditions:
        for text in (entry.met, entry.broken):
            if text:
                read_condition(re.sub(r"\{exposed\}|\{refractory\}|\{limit\}", "age", text).replace("{months}", "1"))
    return rules


def read_condition(text: str) -> Expr:
    """A filled template as an expression. Raises KnowledgeError."""
    try:
        return parse(text)
    except GrammarError as error:
        raise KnowledgeError(f"trials/match.yaml: {error}") from None
