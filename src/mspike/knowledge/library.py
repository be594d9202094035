"""What stands beside the rules, as types: sources, claims, policies, the timeline, the facts, words and duties."""

from __future__ import annotations

from typing import Generic, Literal, TypeVar

import msgspec

from mspike.knowledge.base import Cite, Country, Date, Day, File, Review, Status

SourceKind = Literal[
    "label", "regulator", "HTA", "guideline", "definition", "criteria", "trial", "cohort", "case", "expert", "review",
    "summary", "manufacturer", "news", "regulation", "plain-language", "seed", "recall",
]  # fmt: skip
"""What a source is. `regulator`: an approval, withdrawal or safety notice, or a report of one; `recall`: not opened."""

T = TypeVar("T")


class Listed(File, Generic[T], kw_only=True):
    """A file that holds a list, such as data/timeline.yaml, with one review for all of it."""

    entries: tuple[T, ...]
    review: Review


class Source(File, kw_only=True):
    """data/sources/<source>.yaml"""

    source: str
    title: str
    short: str = ""
    """The name in a source tag, one to five words: `Kyprolis`, `IMWG response`."""
    publisher: str
    date: Date
    """Year, month or day of publication; for an undated page the inferred window stands in `dated`."""
    dated: str = ""
    kind: SourceKind
    locator: str
    basis: str = ""
    """How it was read: `page` (the page itself, often opening or abstract), `recall` (not opened)."""
    read_on: Day = ""
    note: str = ""
    kept_for: str = ""
    """Why a source that no statement cites is kept."""

    @property
    def id(self) -> str:
        return self.source


class Claim(File, kw_only=True):
    """data/claims/<claim>.yaml: one claim of a seed page and what carries it."""

    claim: str
    seed: str
    kind: str
    says: str
    must: str
    """What the program must do about it."""
    test: str
    now: str
    """Its standing today."""
    later: tuple[str, ...] = ()
    carried_by: tuple[str, ...] = ()
    """Knowledge files (`options/VRd`), modules or docs that carry it; spec cases name the claim themselves."""
    review: Review

    @property
    def id(self) -> str:
        return self.claim


class TimelineEvent(File, kw_only=True):
    """data/timeline.yaml: approvals, withdrawals and other dated events."""

    date: Date
    country: Country | Literal["INT"]
    """INT: of no single country, such as a publication."""
    says: str
    source: Cite
    status: Status = "draft"
    options: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()


class Policy(File, kw_only=True):
    """data/policies/<policy>.yaml: a switch where another reading is legitimate, or what a derivation counts with."""

    policy: str
    says: str
    default: str | float | bool | list[str]
    allowed: tuple[str, ...] = ()
    unit: str = ""
    source: Cite
    status: Status = "draft"
    from_: Date = msgspec.field(name="from", default="")
    note: str = ""
    review: Review

    @property
    def id(self) -> str:
        return self.policy


class Threshold(File, kw_only=True):
    """One entry of data/response.yaml: a number by which response or progression is judged."""

    key: str
    says: str
    unit: str = ""
    values: dict[str, float | Literal["none"]]
    """Version of the criteria → the number; `none` = that version has no such clause."""
    source: Cite
    status: Status = "draft"
    note: str = ""


class ScoreItem(File, kw_only=True):
    """One thing that a score looks at: a finding that is there, or a quantity on one side of a limit."""

    says: str
    of: str
    """The quantity: a test, a cytogenetic finding, `age`, `ecog`, `charlson`, a condition, or another score's stage
    as its place (II = 2)."""
    at_least: float | None = None
    above: float | None = None
    below: float | None = None
    at_most: float | None = None
    """At most one limit; none for what is there or not."""
    unit: str = ""
    points: float = 0.0
    """Of several levels of one quantity the highest that is reached counts."""
    recalled: bool = False
    """The limit is recalled; its source was not opened. Said wherever the item decides."""


class ScoreStage(File, kw_only=True):
    """A stage, and when it holds: from so many points, or by its items."""

    stage: str
    says: str = ""
    from_points: float | None = None
    all: tuple[tuple[str, ...], ...] = ()
    """Of each of these groups of items one is there."""
    none: tuple[str, ...] = ()
    """None of these items is there."""


class Score(File, kw_only=True):
    """data/scores/<score>.yaml: a staging system, a definition of high risk, or a scale of points."""

    score: str
    label: str
    says: str
    items: dict[str, ScoreItem]
    stages: tuple[ScoreStage, ...]
    """By points: from the lowest to the highest. By items: several may carry one name; they exclude each other."""
    otherwise: str = ""
    """The stage where none of `stages` holds; empty where points always give one."""
    source: Cite
    status: Status = "draft"
    note: str = ""
    review: Review

    @property
    def id(self) -> str:
        return self.score

    def __hash__(self) -> int:
        """Each by itself, so that what it came to can be remembered."""
        return id(self)


class Formula(File, kw_only=True):
    """data/formulas/<formula>.yaml: the numbers of a formula; what is done with them stands in `says`."""

    formula: str
    says: str
    unit: str
    numbers: dict[str, float]
    source: Cite
    status: Status = "draft"
    note: str = ""
    review: Review

    @property
    def id(self) -> str:
        return self.formula


class FactSpec(File, kw_only=True):
    """One fact of facts.yaml."""

    type: Literal["yes-no", "number", "word"]
    says: str
    unit: str = ""
    question: str = ""
    settles: str = ""
    unknown: bool = True
    of_lines: bool = False
    """Follows from the lines of therapy: where none is on record, they are asked for in its stead."""


class Facts(File, kw_only=True):
    """facts.yaml: plain facts, families over drugs, classes, options and words, and the facts of one regimen."""

    facts: dict[str, FactSpec]
    families: dict[str, FactSpec]
    regimen: dict[str, FactSpec]


class Term(File, kw_only=True):
    """One word of library/glossary.yaml, in a patient's words."""

    term: str
    says: str
    source: Cite
    status: Status = "draft"
    claims: tuple[str, ...] = ()


class Resource(File, kw_only=True):
    """One entry of library/resources.yaml: where to read on, whom to ask."""

    id: str
    kind: Literal["link", "service"]
    says: str
    source: Cite
    note: str = ""
    search: tuple[str, ...] = ()
    """What a trial search can be narrowed by."""
    status: Status = "draft"
    claims: tuple[str, ...] = ()


class Duty(File, kw_only=True):
    """One entry of library/safety.yaml or library/plain-language.yaml: what is asked for, and what follows from it."""

    id: str
    area: str
    says: str
    so: str
    """What the program does, or leaves, because of it."""
    source: Cite
    status: Status = "draft"


class Path(File, kw_only=True):
    """One path of data/knowledge.yaml: the order and names of the groups on every screen."""

    path: str
    label: str
