"""Single values of the registries, read with care: what is odd becomes unknown and never an error."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from mspike.trials.trial import STATUSES, Text

YEARS = {"year": 1.0, "month": 1 / 12, "week": 7 / 365.25, "day": 1 / 365.25, "hour": 1 / 8766, "minute": 1 / 525960}
AGE = re.compile(r"\s*(\d{1,3}(?:\.\d{1,2})?)\s*(year|month|week|day|hour|minute)s?\s*", re.IGNORECASE)
NCT = re.compile(r"NCT\d{8}")

OTHER_STATUSES = {
    "ACTIVE": "RECRUITING",
    "ACTIVE,_NOT_RECRUITING": "ACTIVE_NOT_RECRUITING",
    "APPROVED": "NOT_YET_RECRUITING",
    "IN_REVIEW": "NOT_YET_RECRUITING",
    "UNKNOWN_STATUS": "UNKNOWN",
    "CLOSED_TO_ACCRUAL": "ACTIVE_NOT_RECRUITING",
    "CLOSED_TO_ACCRUAL_AND_INTERVENTION": "ACTIVE_NOT_RECRUITING",
    "TEMPORARILY_CLOSED_TO_ACCRUAL": "SUSPENDED",
    "TEMPORARILY_CLOSED_TO_ACCRUAL_AND_INTERVENTION": "SUSPENDED",
    "ADMINISTRATIVELY_COMPLETE": "TERMINATED",
    "COMPLETE": "COMPLETED",
}
"""Words of legacy XML and of NCI (where `Active` means open) → the status they stand for."""


def status(given: str) -> str:
    """One of the fourteen statuses; UNKNOWN for a word that is none. Empty stays empty."""
    word = "_".join(given.strip().upper().split())
    word = OTHER_STATUSES.get(word, word)
    return word if word in STATUSES else ("UNKNOWN" if word else "")


def age_years(given: Any) -> float | None:
    """`18 Years` → 18, `6 Months` → 0.5; None for `N/A`, for nothing, and for NCI's 0 and 999 (no limit)."""
    found = AGE.fullmatch(given) if isinstance(given, str) else None
    if found is None:
        return None
    years = round(float(found[1]) * YEARS[found[2].lower()], 4)
    return years if 0 < years < 150 else None


def day(given: Any) -> str:
    """YYYY-MM-DD or YYYY-MM, from ISO text or from `November 16, 2007`; empty when it is no date."""
    text = given.strip() if isinstance(given, str) else ""
    if re.fullmatch(r"\d{4}-\d{2}(-\d{2}.*)?", text):
        return text[:10]
    for form, kept in (("%B %d, %Y", "%Y-%m-%d"), ("%B %Y", "%Y-%m")):
        try:
            return dt.datetime.strptime(text, form).strftime(kept)
        except ValueError:
            pass
    return ""


ROMAN: dict[str, str] = {"O": "EARLY_PHASE1", "I": "PHASE1", "II": "PHASE2", "III": "PHASE3", "IV": "PHASE4"}
"""NCI writes `I_II` for phase 1/2."""


PHASES_APART = re.compile(r"[/,;|]|(?<!EARLY)_(?=I|PHASE)")


def phases(given: Any) -> tuple[str, ...]:
    """`Phase 1/Phase 2`, `I_II`, `II` or a list → EARLY_PHASE1, PHASE1 … as ClinicalTrials.gov says it."""
    listed = given if isinstance(given, list) else [given]
    found = []
    for item in listed:
        for part in PHASES_APART.split(item.upper().replace("N/A", "NA")) if isinstance(item, str) else ():
            key = part.strip().replace("EARLY PHASE", "EARLY_PHASE").replace(" ", "")
            found.append(ROMAN.get(key, key))
    return tuple(dict.fromkeys(key for key in found if key))


def word(given: Any) -> str:
    """Text without its outer blanks; empty for anything that is no text."""
    return given.strip() if isinstance(given, str) else ""


def table(given: Any) -> dict[str, Any]:
    """A JSON object; an empty one for anything else."""
    return given if isinstance(given, dict) else {}


def tables(given: Any) -> Iterator[dict[str, Any]]:
    """The JSON objects of a list; nothing for anything else."""
    if isinstance(given, list):
        yield from (item for item in given if isinstance(item, dict))


def words(given: Any) -> tuple[str, ...]:
    """The texts of a list, each once."""
    return tuple(dict.fromkeys(text for item in given if (text := word(item)))) if isinstance(given, list) else ()


def coordinates(given: Any) -> tuple[float, float] | None:
    """(latitude, longitude) in degrees; None when one is missing or off the globe."""
    try:
        latitude, longitude = float(given["lat"]), float(given["lon"])
    except (TypeError, KeyError, ValueError):
        return None
    inside = -90 <= latitude <= 90 and -180 <= longitude <= 180 and (latitude, longitude) != (0, 0)
    return (latitude, longitude) if inside else None


def limits(**given: Any) -> tuple[Text, ...]:
    """The age and sex fields that set a limit, as the record writes them."""
    kept = {name: word(value) for name, value in given.items()}
    return tuple(
        Text(field=name, text=text)
        for name, text in kept.items()
        if age_years(text) is not None or text.upper() in ("FEMALE", "MALE")
    )
