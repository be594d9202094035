"""A trial's criteria as lines of text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mspike.trials import Criterion, Parsed

SIDES = {"inclusion": "asked for", "exclusion": "barred", "unstated": "side not stated"}
NOTE = (
    "Read from the registry's text by fixed rules; what no rule reads is kept as it stands. A registry text leaves out "
    "rules of the protocol: it can rule a trial out, and never settles that somebody can join. Ask the trial's site."
)


def criteria_lines(parsed: Parsed) -> Iterator[str]:
    """Every criterion with the record's words, and what was kept as text."""
    yield f"{parsed.nct_id}  {parsed.title}"
    yield "  " + " · ".join(f"{name.replace('_', ' ')} {value}" for name, value in parsed.snapshot.items())
    counts = parsed.counts()
    read = " · ".join(f"{count} {name}" for name, count in counts.items() if count)
    yield f"  {read or 'the record has no eligibility text'}"
    for side, heading in SIDES.items():
        chosen = [c for c in parsed.criteria if c.side == side]
        if chosen:
            yield f"\n  {side.capitalize()} ({heading})"
            for criterion in chosen:
                yield from _criterion(criterion)
    yield f"\n  {NOTE}"


def _criterion(c: Criterion) -> Iterator[str]:
    quote = " ".join(c.evidence.quote.split())
    if c.status == "unknown":
        yield f"    {c.id:<8} kept as text: “{quote}”"
        return
    parts = [c.fact.replace("_", " "), c.op, _value(c.value), c.unit]
    said = " ".join(part for part in parts if part)
    about = ", ".join(f"{name.replace('_', ' ')} {_value(value)}" for name, value in c.about.items())
    yield (
        f"    {c.id:<8} {said}"
        + (f" ({about})" if about else "")
        + ("" if c.confidence == "exact" else f" · {c.confidence}")
    )
    if c.cohorts != ("all",):
        yield f"             only: {', '.join(c.cohorts)}"
    for word, text in (("when", c.when), ("unless", c.unless), ("one of those under", c.any_of)):
        if text:
            yield f"             {word}: {text}"
    yield f"             “{quote}”"


def _value(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_value(item) for item in value)
    if isinstance(value, dict):
        return " ".join(_value(item) for item in value.values())
    return "" if value is None else str(value)
