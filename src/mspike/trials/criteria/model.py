"""What the parser gives: criteria with their quotes, and every word that it could not read."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from mspike.trials.trial import Side, Snapshot

Confidence = Literal["exact", "inferred", "conditional", "none"]
"""exact: the words say it · inferred: one usual reading of them · conditional: it holds under a condition, an exception
or for a part of the trial, which a person has to judge · none: kept as text."""

Json = bool | int | float | str | list[Any] | dict[str, Any] | None


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """The record's own words: `quote` is `text[start:end]` of the named field."""

    field: str
    start: int
    end: int
    quote: str


class Criterion(msgspec.Struct, frozen=True, kw_only=True):
    """One rule, or one text that was not read as a rule.

    `op` and `value` say what has to hold for the rule to be met, in whichever list it stood: an exclusion of LVEF
    below 40 is `lvef_pct >= 40` with side `exclusion`. A thing that must be there is `required`, one that must not
    `excluded`.
    """

    id: str
    cohorts: tuple[str, ...] = ("all",)
    side: Side
    fact: str
    """A word of FACTS; `text` = kept as text."""
    op: str = ""
    """`>=`, `<=`, `>`, `<`, `between`, `=`, `required`, `excluded`, `any_of`; empty for kept text."""
    value: Json = None
    unit: str = ""
    about: dict[str, Any] = {}
    """What the fact is of: `drug`, `class`, `target`, `window_days`, `of` (several, joined by `join`) …"""
    when: str | None = None
    """The rule's own condition in the record's words, or the part of the trial it is for."""
    unless: str | None = None
    """The exception in the record's words."""
    any_of: str | None = None
    """Id of the lead-in whose alternatives these are: one of them is enough."""
    evidence: Evidence
    extractor: str
    confidence: Confidence
    doubt: str = ""
    """Why it decides nothing although the words are plain: whom or what they mean is open."""
    status: Literal["parsed", "unknown", "corrected"] = "parsed"

    @property
    def decides(self) -> bool:
        """Whether a person can be told "ruled out" on this rule alone. Everything else is a question."""
        plain = self.when is None and self.unless is None and self.any_of is None
        sure = self.confidence == "exact" and not self.doubt and self.status != "unknown"
        return plain and sure and self.cohorts == ("all",)


class Cohort(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    label: str = ""


class Parsed(msgspec.Struct, frozen=True, kw_only=True):
    """Everything read from one trial's texts."""

    nct_id: str
    title: str
    snapshot: dict[str, str]
    completeness: Literal["partial", "none"]
    """Never complete: a registry text can leave rules to the protocol. `none` = the record has no eligibility text."""
    cohorts: tuple[Cohort, ...]
    criteria: tuple[Criterion, ...]
    stale_corrections: tuple[str, ...] = ()
    """Corrections whose words no longer stand in the record."""

    def counts(self) -> dict[str, int]:
        """How many criteria by outcome: each confidence of the read ones, and `kept` text."""
        found = dict.fromkeys(("exact", "inferred", "conditional", "kept", "corrected"), 0)
        for criterion in self.criteria:
            read = criterion.status
            found["kept" if read == "unknown" else "corrected" if read == "corrected" else criterion.confidence] += 1
        return found


class Found(msgspec.Struct, kw_only=True):
    """What one reader found in one sentence; places are those of the sentence's plain text."""

    start: int
    end: int
    fact: str
    op: str
    value: Json = None
    unit: str = ""
    about: dict[str, Any] = {}
    when: str | None = None
    unless: str | None = None
    inferred: bool = False
    alone: bool = False
    """Stands for itself even under a lead-in of alternatives (its alternatives are inside its value)."""


def snapshot_words(snapshot: Snapshot, updated: str) -> dict[str, str]:
    """The snapshot as the JSON shows it."""
    taken = snapshot.taken_on.isoformat() if snapshot.taken_on else ""
    found = {"source": snapshot.form, "file": snapshot.file, "version": snapshot.version, "taken_on": taken}
    return {name: text for name, text in {**found, "record_updated": updated}.items() if text}
