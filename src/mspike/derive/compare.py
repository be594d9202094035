"""The lines of one record under every named way of counting them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from mspike.derive.assembly import derive_state
from mspike.derive.settings import changes
from mspike.derive.state import Line
from mspike.knowledge import Knowledge
from mspike.record import Record


class Counting(msgspec.Struct, frozen=True):
    """One way of counting. `changes`: parameter → value, against the first way."""

    policy: str
    changes: dict[str, str]
    lines: tuple[Line, ...] | None
    because: str


class Comparison(msgspec.Struct, frozen=True):
    """The ways in the order of the policy `line_policy`; where the lines are stated, all of them give the same."""

    id: str
    as_of: str
    stated: bool
    countings: tuple[Counting, ...]


def compare_lines(record: Record, knowledge: Knowledge, policies: Mapping[str, Any] | None = None) -> Comparison:
    """The record's lines under each value of policy `line_policy`; `policies` are the other readings in force."""
    chosen = dict(policies or {})
    texts = chosen.get("line_policies", knowledge.policy("line_policies"))
    countings = []
    for name in knowledge.policies["line_policy"].allowed:
        state = derive_state(record, knowledge, {**chosen, "line_policy": name})
        because = state.facts["prior_lines"].because
        countings.append(Counting(name, changes(texts, name), state.lines, because))
    return Comparison(record.id, record.as_of.isoformat(), record.lines is not None, tuple(countings))
