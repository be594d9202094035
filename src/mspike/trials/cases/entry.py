"""What a case holds."""

from __future__ import annotations

import datetime as dt
import re

import msgspec

KINDS = ("who", "step", "note", "reminder", "barrier", "outcome")
STEPS = (
    "referral", "information sent", "site contacted", "waiting list", "screening", "screen failure", "consented",
    "enrolled", "declined", "withdrawn",
)  # fmt: skip
NEEDS_REASON = ("declined", "screen failure", "withdrawn")
"""Steps that say why."""
LONGEST = 20_000
NCT = re.compile(r"NCT\d{8}")


class CaseError(Exception):
    """What cannot be done with a case: what was given, which rule, what to do. It never quotes an entry."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that somebody wrote down."""

    id: int
    at: str
    """UTC."""
    by: str
    kind: str
    text: str = ""
    trial: str = ""
    """NCT number; empty = of the person, not of one trial."""
    step: str = ""
    due: dt.date | None = None
    corrects: int | None = None
    corrected_by: int | None = None
    """The entry that takes its place; this one stays."""


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """A case in a list."""

    id: str
    opened_at: str
    opened_by: str
    entries: int
    erased_at: str | None = None


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A case with everything that was ever written in it."""

    id: str
    opened_at: str
    opened_by: str
    steps: dict[str, str]
    """Trial → the step that it is at."""
    entries: tuple[Entry, ...]


def checked(by: str, kind: str, text: str, trial: str, step: str, due: dt.date | None) -> None:
    """Raises CaseError for an entry that says too little, or too much."""
    if not by.strip():
        raise CaseError("an entry needs an author: give --by")
    if kind not in KINDS:
        raise CaseError(f"kind {kind!r}: there are {', '.join(KINDS)}")
    if trial and not NCT.fullmatch(trial):
        raise CaseError(f"trial {trial[:40]!r}: write it as NCT and eight digits")
    if kind == "step" and step not in STEPS:
        raise CaseError(f"step {step[:40]!r}: there are {', '.join(STEPS)}")
    if kind != "step" and step:
        raise CaseError(f"step {step[:40]!r}: a step belongs to an entry of the kind step; leave it out, or add a step")
    if step in NEEDS_REASON and not text.strip():
        raise CaseError(f"{step}: say why, in the text")
    if kind == "reminder" and due is None:
        raise CaseError("a reminder needs the day: give --due")
    if kind != "step" and not text.strip():
        raise CaseError(f"an entry of the kind {kind} needs a text")
    if max(len(text), len(by)) > LONGEST or "\0" in text + by:
        raise CaseError(f"the text has over {LONGEST:,} characters, or some that no text has; write less, plainly")


def in_force(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Without those that a later entry takes the place of."""
    return tuple(entry for entry in entries if entry.corrected_by is None)


def steps_of(entries: tuple[Entry, ...]) -> dict[str, str]:
    """Trial → its latest step."""
    return {entry.trial: entry.step for entry in in_force(entries) if entry.kind == "step"}
