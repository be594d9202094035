"""Where the disease stands by its newest sample, where the record states no event: in response, or stable.

Definitions: spec/status.md. A sample tells of today only for a while (policy `sample_tells_days`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mspike.derive.intervals import at_most
from mspike.derive.settings import Settings
from mspike.derive.state import Line
from mspike.derive.status import responded
from mspike.record import Record, day_of, days_between, parse_day


def standing(
    record: Record, lines: tuple[Line, ...] | None, rows: Sequence[Mapping[str, Any]], returning: bool,
    settings: Settings,
) -> str | None:  # fmt: skip
    """`responding`, `stable`, or None where that cannot be told.

    `rows`: the judged samples, as the answer prints them. `returning`: something shows that the disease comes back.
    """
    if not lines or not rows or returning or record.disease.event.type is not None:
        return None
    last, newest = lines[-1], rows[-1]
    since = [row for row in rows if row["line"] == last.number]
    grew = any("PD" in (row["timepoint"], row["confirmed"]) or "RELAPSE_FROM_CR" in row["flags"] for row in since)
    age = days_between(parse_day(newest["date"]), day_of(record.as_of))
    told = newest["line"] == last.number and newest["timepoint"] != "NE"
    if grew or not told or not at_most(age, settings.sample_tells_days):
        return None
    if responded(last):
        return "responding"
    return "stable" if last.best_response == "SD" else None
