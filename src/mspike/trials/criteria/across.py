"""What is seen only across the sentences of a record: alternatives in several bullets, one fact with two values."""

from __future__ import annotations

import msgspec

from mspike.trials.criteria.model import Criterion

SCALARS = (
    "age",
    "ecog",
    "karnofsky",
    "prior_lines",
    "lvef_pct",
    "life_expectancy",
    "live_vaccine",
    "auto_sct",
    "allo_sct",
    "qtc_ms",
)
"""Facts that one record gives one value; a second value is for another group of people."""


def one_measurable(criteria: list[Criterion]) -> list[Criterion]:
    """The alternatives of measurable disease stand in several bullets: the first of them carries all, and decides."""
    kept, heads = list(criteria), dict[tuple[str, ...], int]()
    for index, c in enumerate(criteria):
        if c.fact != "measurable_disease":
            continue
        head = heads.get(c.cohorts)
        if head is None or (c.op == "required" and kept[head].evidence.field != c.evidence.field):
            heads[c.cohorts] = index
            continue
        first = kept[head]
        if isinstance(c.value, list):
            old = first.value if isinstance(first.value, list) else []
            new = [*old, *(item for item in [*c.value, *_unread(c, criteria)] if item not in old)]
            tied = first.confidence if c.confidence == "exact" else "conditional" if c.when else first.confidence
            kept[head] = msgspec.structs.replace(first, op="any_of", value=new, confidence=tied)
        kept[index] = msgspec.structs.replace(c, any_of=first.id)
    return kept


def _unread(child: Criterion, criteria: list[Criterion]) -> list[dict[str, str]]:
    """The ways beside this one, under the same lead-in, that no rule reads."""
    above = child.id.rpartition(".")[0]
    beside = [c for c in criteria if c.fact == "text" and above and c.id.rpartition(".")[0] == above]
    return [{"kind": "other", "says": " ".join(c.evidence.quote.split())[:200]} for c in beside]


def several_values(criteria: list[Criterion]) -> list[Criterion]:
    """A record that gives one fact two values means them for two groups: neither decides."""
    seen: dict[tuple[str, str], set[str]] = {}
    for criterion in criteria:
        adults = criterion.fact == "age" and criterion.confidence == "inferred"  # no second value
        if not adults and criterion.fact in SCALARS and criterion.cohorts == ("all",) and criterion.when is None:
            for bound, value in bounds(criterion).items():
                seen.setdefault((criterion.fact, bound), set()).add(str(value))
    torn = {fact for (fact, _), values in seen.items() if len(values) > 1}
    said = "the record gives several values"
    return [
        msgspec.structs.replace(
            c, when=c.when or said, confidence="conditional" if c.confidence == "exact" else c.confidence
        )
        if c.fact in torn
        else c
        for c in criteria
    ]


def bounds(criterion: Criterion) -> dict[str, float]:
    """`low` and `high` of a criterion over a number; a strict sign counts as its number."""
    value, op = criterion.value, criterion.op
    if op == "between" and isinstance(value, list):
        return {"low": value[0], "high": value[1]}
    if not isinstance(value, (int, float)):
        return {"low": 0} if op == "excluded" and criterion.fact == "allo_sct" else {}
    return {"high" if op in ("<=", "<") else "low": value}
