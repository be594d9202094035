"""The answer: `mspike-answer/1`. Field order is the order on the wire; the contract is docs/reference/answer.md."""

from __future__ import annotations

from typing import Any

import msgspec

from mspike.record import Quality

SCHEMA = "mspike-answer/1"
VERDICTS = ("fits", "caution", "cannot-tell", "ruled-out")
LABEL_FITS = ("met", "cannot-tell", "not-met", "no-label")


class SourceRef(msgspec.Struct, frozen=True, gc=False):
    id: str
    title: str
    locator: str
    date: str


class Reason(msgspec.Struct, frozen=True, gc=False):
    """Why, in words, with the facts that made it true and one source."""

    id: str
    effect: str
    """`supports`, `caution`, `against`, `rules-out`, or `known-risk` (holds for anybody; moves no verdict)."""
    kind: str
    """`label`, `guideline`, `trial`, `definition`, `seed` or `practice`."""
    text: str
    facts: dict[str, Any]
    source: SourceRef
    status: str
    """Review: `draft`, `source-checked` or `clinician-reviewed`."""


class Need(msgspec.Struct, frozen=True, gc=False):
    fact: str
    question: str
    settles: str
    decides: bool = False
    """Whether the verdict of this option hangs on it."""


class Availability(msgspec.Struct, frozen=True, gc=False):
    country: str
    status: str
    since: str | None
    source: SourceRef
    text: str = ""


class Evidence(msgspec.Struct, frozen=True, gc=False):
    trial: str
    population: str
    result: str
    source: SourceRef
    status: str = "draft"


class Repeat(msgspec.Struct, frozen=True, gc=False):
    """One earlier regimen, judged on its own: may it be repeated?"""

    line: int
    regimen: str
    verdict: str
    for_: list[Reason] = msgspec.field(name="for", default_factory=list)
    against: list[Reason] = []
    cautions: list[Reason] = []
    needs: tuple[Need, ...] = ()


class Option(msgspec.Struct, omit_defaults=False, gc=False):
    id: str
    label: str
    path: str
    verdict: str
    label_fit: str
    for_: list[Reason] = msgspec.field(name="for")
    against: list[Reason]
    cautions: list[Reason]
    known_risks: list[Reason]
    needs: tuple[Need, ...]
    availability: Availability
    evidence: list[Evidence]
    drugs: tuple[str, ...] = ()
    schedule: str = ""
    see: str = ""
    """What goes further: a command of this program."""
    repeats: list[Repeat] = []
    """Retreatment only."""


class Question(msgspec.Struct, frozen=True, gc=False):
    fact: str
    question: str
    options_affected: int
    decides: int = 0
    """How many verdicts hang on it."""
    settles: str = ""


class Position(msgspec.Struct, frozen=True, gc=False):
    source: SourceRef
    says: str
    met: bool | None
    status: str = "draft"
    tested: bool = True
    """False: the position is a statement without a condition that a record could meet."""


class Disagreement(msgspec.Struct, frozen=True, gc=False):
    topic: str
    positions: list[Position]
    id: str = ""
    record: str = ""
    """What the record holds on it, in words."""


class Answer(msgspec.Struct):
    schema: str
    id: str
    as_of: str
    country: str
    versions: dict[str, str]
    state: dict[str, Any]
    """As in the contract: disease, event, lines, responses, …, facts."""
    options: list[Option]
    questions: list[Question]
    disagreements: list[Disagreement]
    limits: list[str]
    policies: dict[str, str] = {}
    notes: list[str] = []
    """What the reader must know first: out of scope, contradictions, assumptions."""
    paths: list[dict[str, str]] = []
    """The paths in display order: id and label."""
    quality: Quality | None = None
    """What became of a source that is no case file: read, mapped, not mapped, assumed, refused, left out."""
