"""What a block and the path of one patient say of somebody, in the same words."""

from __future__ import annotations

import datetime as dt
from typing import Any

from mspike.derive import Rules, derive_state
from mspike.derive.kernel.codes import LEVELS
from mspike.knowledge import Knowledge
from mspike.record import Record


def of_block(block: dict[str, Any], place: int, rules: Rules) -> dict[str, Any]:
    """Lines, responses and failed drugs of one patient of a block."""
    state, lines, of_lines, responses = (block[name] for name in ("state", "lines", "of_lines", "responses"))
    span = range(*state["line_begins"][place : place + 2])
    samples = range(*state["response_begins"][place : place + 2])
    return {
        "lines": [(day(lines["start"][k]), names(lines["drugs"][k], rules), LEVELS[of_lines["best"][k]]) for k in span],
        "responses": [
            (day(responses["day"][k]), int(responses["line"][k]) + 1, LEVELS[responses["level"][k]],
             LEVELS[responses["confirmed"][k]])
            for k in samples
        ],
        "refractory": {drug for k in span for drug in names(of_lines["refractory"][k], rules)}.union(
            names(state["refractory_early"][place], rules)
        ),
    }  # fmt: skip


def of_state(record: Record, knowledge: Knowledge, policies: dict[str, Any] | None = None) -> dict[str, Any]:
    """The same by the path of one patient."""
    state = derive_state(record, knowledge, policies)
    return {
        "lines": [
            (line.start and line.start.text, tuple(sorted(line.drugs)), line.best_response or "NE")
            for line in state.lines or ()
        ],
        "responses": [
            (x["date"], x["line"], x["timepoint"], x["confirmed"]) for x in state.responses if x["line"] is not None
        ],
        "refractory": {entry.drug for entry in state.refractory},
    }


def day(ordinal: int) -> str:
    return dt.date.fromordinal(int(ordinal)).isoformat()


def names(mask: int, rules: Rules) -> tuple[str, ...]:
    return tuple(sorted(drug for place, drug in enumerate(rules.drugs) if int(mask) >> place & 1))
