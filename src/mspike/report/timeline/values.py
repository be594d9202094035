"""The values of the markers and what progression is measured against, from the state of an answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from mspike.record import Day, parse_day
from mspike.report.timeline.model import Panel, Point, Reference

NAMES = {
    "serum-m-protein": "Serum M-protein",
    "urine-m-protein": "Urine M-protein",
    "kappa-flc": "Free kappa",
    "lambda-flc": "Free lambda",
}
LIGHT = ("kappa-flc", "lambda-flc")
DIFFERENCE = "dflc"
"""The marker of a reference that is involved minus uninvolved light chain; it stands beside the involved one."""
PARTIAL = 62
"""Days: a date open by more than this has its range drawn."""


def day_of(text: Any) -> Day | None:
    """A date of the answer; None where it is none."""
    try:
        return parse_day(text) if isinstance(text, str) else None
    except ValueError:
        return None


def middle(day: Day) -> dt.date:
    """Where a partial date is drawn."""
    return day.first + (day.last - day.first) // 2


def wide(day: Day) -> bool:
    return (day.last - day.first).days > PARTIAL


def panel(curve: Mapping[str, Any], lines: list[Mapping[str, Any]], references: Any, as_of: dt.date) -> Panel:
    """One marker's curve with its references; the involved light chain has those of the difference too."""
    test = str(curve.get("test"))
    involved = {True: " (involved)", None: " (involved chain not known)"}.get(curve.get("involved"), "")
    points = [point for row in curve.get("values") or () if (point := _point(row))]
    markers = (test, DIFFERENCE) if test in LIGHT and curve.get("involved") else (test,)
    return Panel(
        test=test,
        name=NAMES.get(test, test) + (involved if test in LIGHT else ""),
        unit=str(curve.get("unit") or ""),
        log=test in LIGHT,
        points=tuple(sorted(points, key=lambda point: point.day)),
        references=tuple(
            found for row in references if row.get("marker") in markers and (found := _reference(row, lines, as_of))
        ),
    )


def _point(row: Mapping[str, Any]) -> Point | None:
    day, value = day_of(row.get("date")), row.get("value")
    if day is None or value is None:
        return None
    given = str(row["date"])
    if not isinstance(value, Mapping):
        return Point(middle(day), float(value), _number(value), given, exact=not wide(day))
    low, high = value.get("low"), value.get("high")
    if high is None:
        if low is None:
            return None
        sign = ">" if value.get("open_low") else "≥"
        return Point(middle(day), float(low), sign + _number(low), given, exact=False)
    if not low:
        sign = "<" if value.get("open_high") else "≤"
        return Point(middle(day), float(high), sign + _number(high), given, exact=False)
    return Point(middle(day), (low + high) / 2, f"{_number(low)}–{_number(high)}", given, exact=False)


def _number(value: float) -> str:
    return f"{value:g}" if abs(value) < 1e5 else f"{value:.0f}"


def _reference(row: Mapping[str, Any], lines: list[Mapping[str, Any]], as_of: dt.date) -> Reference | None:
    """From the day of the reference to the next line, or to the end of its own where that is later."""
    number = row.get("line")
    line = next((line for line in lines if line.get("number") == number), {})
    start = day_of(row.get("reference_date")) or day_of(row.get("baseline_date")) or day_of(line.get("start"))
    value, limit = _level(row.get("reference")), _level(row.get("progression_from"))
    if start is None or (value is None and limit is None):
        return None
    others = (day_of(other.get("start")) for other in lines if other is not line)
    after = [day.first for day in others if day and day.first > start.last]
    stop = day_of(line.get("stop"))
    end = min(after, default=as_of)
    if stop and stop.last >= end:
        end = min(stop.last, as_of)
    return Reference(
        line="" if number is None else str(number),
        start=middle(start),
        end=max(end, middle(start)),
        value=value,
        limit=limit,
        given=str(row.get("reference_date") or ""),
        of="difference" if row.get("marker") == DIFFERENCE else "",
    )


def _level(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None
