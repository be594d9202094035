"""Numbers, days and names of the response criteria in words."""

from __future__ import annotations

import datetime as dt

from mspike.derive.kernel.codes import CLAUSES, NODAY
from mspike.derive.outcome import Span
from mspike.derive.samples import MOST

UNITS = ("g/L", "mg/24h", "mg/L", "%", "cm2", "/uL", "mg/L", "mmol/L")
"""Of the markers, in their order."""
CLAUSE_WORDS = (
    "serum", "high-level serum", "urine", "light chain", "marrow", "new lesion", "plasmacytoma", "circulating cells",
    "calcium", "stated",
)  # fmt: skip


def tidy(value: float) -> float | int:
    """Up to four decimals; whole numbers as such."""
    rounded = round(value, 4)
    return int(rounded) if rounded == int(rounded) else rounded


def amount(value: float) -> str:
    """`12`, `1.44`, `15194`."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if value % 1 else str(int(value))


def span(values: Span) -> str:
    """`12`; of a value that is not known for sure `0 to 3` or `over 40`."""
    low, high = values
    if low == high:
        return amount(low)
    return f"over {amount(low)}" if high >= MOST else f"{amount(low)} to {amount(high)}"


def day_text(day: int) -> str | None:
    return None if day == NODAY else dt.date.fromordinal(day).isoformat()


def names(bits: int, words: tuple[str, ...]) -> list[str]:
    return [word for place, word in enumerate(words) if bits >> place & 1] if bits else []


def clause_name(clauses: int) -> str | None:
    """The clause that it is told by: the first."""
    return next(iter(names(clauses, CLAUSES)), None)


def clause_words(clauses: int) -> str:
    return " and ".join(names(clauses, CLAUSE_WORDS)[:2])


def version_words(version: str) -> str:
    """`imwg-2016` → `2016`, `imwg-2006-2011` → `2006/2011`."""
    return version.removeprefix("imwg-").replace("-", "/")
