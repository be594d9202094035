"""What every knowledge file shares: the strict base, the citation, the review, and the closed lists of words."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

import msgspec

Status = Literal["draft", "source-checked", "clinician-reviewed"]
Country = Literal["US", "EU", "UK"]

_MONTH, _DAY = "(0[1-9]|1[0-2])", r"(0[1-9]|[12]\d|3[01])"
Date = Annotated[str, msgspec.Meta(pattern=rf"^\d{{4}}(-{_MONTH}(-{_DAY})?)?$")]
"""A year, month or day."""
Since = Annotated[str, msgspec.Meta(pattern=rf"^(unknown|\d{{4}}(-{_MONTH}(-{_DAY})?)?)$")]
"""A date from which something holds, or `unknown`."""
Day = Annotated[str, msgspec.Meta(pattern=rf"^\d{{4}}-{_MONTH}-{_DAY}$")]


class File(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """Base of every knowledge structure: strict, and compact in the pack."""


class Cite(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, omit_defaults=True, frozen=True):
    """A source and the place in it."""

    id: str
    at: str = ""


class Review(File, kw_only=True):
    """Who wrote the file and who checked it. The author cannot be the checker or the reviewer."""

    drafted_by: str
    checked_by: str | None = None
    """Who read its source-checked statements at the source, and when."""
    checked_on: Day | None = None
    reviewed_by: str | None = None
    """A clinician, by name; none so far."""
    reviewed_on: Day | None = None
    due: Day | None = None


def first_day(text: str) -> dt.date:
    """The first day that a (partial) date can mean."""
    parts = [int(p) for p in text.split("-")]
    return dt.date(parts[0], parts[1] if len(parts) > 1 else 1, parts[2] if len(parts) > 2 else 1)
