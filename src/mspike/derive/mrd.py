"""Residual disease: the category of the newest results. Rules: spec/relapse.md, after IMWG 2016.

A category needs a complete response, a negative marrow by flow or sequencing at one cell in a hundred thousand or
better, for imaging a negative PET-CT as well, and for sustained both again a year later with nothing positive between.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from mspike.derive.criteria import thresholds
from mspike.derive.pace import Finding
from mspike.derive.settings import Settings
from mspike.knowledge import Knowledge
from mspike.record import Measurement, Record, Tri, day_of, days_between

COMPLETE = ("CR", "sCR")
FLOW = ("flow", "ngf", "mfc")
SEQUENCING = ("ngs", "sequencing", "clonoseq")


def mrd_category(
    record: Record, rows: tuple[dict[str, Any], ...], knowledge: Knowledge, settings: Settings
) -> tuple[str | None, Finding]:
    """The category, None for none; and whether the newest marrow is free of residual disease, with the reason."""
    tests = sorted((m for m in record.measurements if m.test == "mrd"), key=_order)
    if not tests:
        return None, Finding(None, "residual disease was not measured")
    limits = thresholds(knowledge, settings.response_criteria)
    newest = tests[-1]
    free, because = _free(newest, rows, limits, settings)
    finding = Finding(free, because, newest.date if free else None, (newest.at,))
    if not free:
        return None, finding
    kind = "flow" if _kind(newest) in FLOW else "sequencing"
    if not _imaged(newest, record, settings):
        return f"{kind} MRD-negative", finding
    since = None
    for earlier in reversed(tests[:-1]):
        if not _free(earlier, rows, limits, settings)[0]:
            break
        if _imaged(earlier, record, settings):
            since = earlier
    if since is not None and days_between(since.date, newest.date).low >= limits["mrd_sustained_days"]:
        words = f"{because}; marrow and imaging negative since {since.date.text}"
        return "sustained MRD-negative", Finding(True, words, newest.date, (since.at, newest.at))
    return "imaging plus MRD-negative", finding


def _order(entry: Measurement) -> tuple[object, ...]:
    """By date; of one day the more sensitive later, a positive one last."""
    return entry.date.first, entry.date.last, entry.text == "positive", -(entry.sensitivity or 1.0), entry.method or ""


def _kind(entry: Measurement) -> str:
    method = (entry.method or "").casefold()
    return next((word for word in (*FLOW, *SEQUENCING) if word in method), "")


def _free(
    entry: Measurement, rows: tuple[dict[str, Any], ...], limits: dict[str, float], settings: Settings
) -> tuple[Tri, str]:
    """Whether one result is a negative one that counts."""
    words = f"residual disease {entry.text} on {entry.date.text}"
    if entry.text == "positive":
        return False, words
    if not _kind(entry):
        return None, f"{words}: by which method is not recorded"
    if entry.sensitivity is None:
        return None, f"{words}: its sensitivity is not recorded"
    words += f", {entry.method}, sensitivity {entry.sensitivity:g}"
    if entry.sensitivity > 1 / limits["mrd_cells"] * (1 + 1e-9):
        return False, f"{words}: one cell in {limits['mrd_cells']:g} is asked for"
    complete = _complete(entry, rows, settings)
    if not complete:
        return complete, f"{words}: without a complete response on that day"
    return True, f"{words}, in complete response"


def _complete(entry: Measurement, rows: tuple[dict[str, Any], ...], settings: Settings) -> Tri:
    """Whether the last judged sample up to a marrow result is a complete response.

    Where it only waits for the marrow, the next one within the age of a baseline tells.
    """
    day = entry.date.last.isoformat()
    judged = [row for row in rows if row["timepoint"] != "NE"]
    known = [row for row in judged if row["date"] <= day]
    if not known:
        return None
    if known[-1]["timepoint"] in COMPLETE:
        return True
    later = next((row for row in judged if row["date"] > day), None)
    if "CR_PENDING_MARROW" not in known[-1]["flags"] or later is None or later["timepoint"] not in COMPLETE:
        return False
    return days_between(entry.date, day_of(dt.date.fromisoformat(later["date"]))).low <= settings.baseline_days


def _imaged(entry: Measurement, record: Record, settings: Settings) -> bool:
    """Whether the PET-CT nearest to a marrow result is negative, and near enough."""
    scans = [m for m in record.measurements if m.test == "pet-ct"]
    near = [m for m in scans if abs(days_between(m.date, entry.date).low) <= settings.baseline_days]
    nearest = min(near, key=lambda m: abs(days_between(m.date, entry.date).low), default=None)
    return nearest is not None and nearest.text == "negative"
