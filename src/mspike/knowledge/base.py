"""What every knowledge file shares: the strict base, the citation, the review, and the closed lists of words."""

from __future__ import annotations

from typing import Literal

import msgspec

Status = Literal["draft", "source-checked", "clinician-reviewed"]
Country = Literal["US", "EU", "UK"]


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
    checked_on: str | None = None
    reviewed_by: str | None = None
    """A clinician, by name; none so far."""
    reviewed_on: str | None = None
    due: str | None = None
