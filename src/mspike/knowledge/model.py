"""The knowledge files as types: what a YAML file under data/ may hold. Unknown keys are refused.

Every statement carries `says` (our own words), a source with locator, and a review status. A date is text:
`2024-04-05`, `2024-04`, `2024`, or `unknown` (with `by`: the day it was first seen in force).
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from mspike.knowledge.base import Cite, Country, Date, File, Review, Since, Status
from mspike.knowledge.library import (
    Claim,
    Duty,
    Facts,
    FactSpec,
    Formula,
    Path,
    Policy,
    Resource,
    Score,
    ScoreItem,
    ScoreStage,
    Source,
    Term,
    Threshold,
    TimelineEvent,
)

Effect = Literal["supports", "caution", "against", "rules-out"]
Kind = Literal["label", "guideline", "trial", "definition", "seed", "practice"]
AvailabilityStatus = Literal[
    "approved", "off-label", "not-approved", "withdrawn", "investigational", "procedure", "practice", "unknown"
]


class Criterion(File, kw_only=True):
    """One rule: when `when` holds, `says` is a reason with this effect."""

    id: str
    says: str
    """May show the record's own values: `CrCl {crcl_ml_min} mL/min`."""
    when: str
    effect: Effect = "caution"
    kind: Kind = "label"
    source: Cite | None = None
    """None: the version's source."""
    status: Status = "draft"
    policy: str | None = None
    """A policy whose value is the effect."""
    countries: tuple[Country, ...] = ()
    """Where it holds; empty = everywhere."""
    claims: tuple[str, ...] = ()
    """Seed claims that it carries."""


class Risk(File, kw_only=True):
    """What holds for anybody given this: shown, moves no verdict."""

    id: str
    says: str
    kind: Kind = "label"
    source: Cite | None = None
    status: Status = "draft"
    countries: tuple[Country, ...] = ()


class Version(File, kw_only=True):
    """What holds from a day on, until the next version."""

    from_: Since = msgspec.field(name="from")
    by: Date | None = None
    source: Cite
    criteria: tuple[Criterion, ...] = ()
    known_risks: tuple[Risk, ...] = ()
    withdrawn: bool = False
    note: str = ""


class Drug(File, kw_only=True):
    """data/drugs/<drug>.yaml"""

    drug: str
    label: str
    classes: tuple[str, ...] = ()
    target: str = ""
    route: str = ""
    oral: bool = False
    brands: tuple[str, ...] = ()
    steroid: bool = False
    one_time: bool = False
    """A cell product given once: refractory only after a dated progression within 60 days."""
    matched: bool = True
    """False: never compared with the drugs the disease is refractory to."""
    information: Cite | None = None
    """Where to read about the drug."""
    status: dict[str, str] = {}
    """Approval in words by country, for the drug's page."""
    versions: tuple[Version, ...] = ()
    claims: tuple[str, ...] = ()
    review: Review

    @property
    def id(self) -> str:
        return self.drug


class DrugClass(File, kw_only=True):
    """data/classes/<class>.yaml: cautions that every drug of the class shares, written once."""

    class_: str = msgspec.field(name="class")
    label: str
    plain: str = ""
    """The class in a patient's words."""
    versions: tuple[Version, ...] = ()
    claims: tuple[str, ...] = ()
    review: Review

    @property
    def id(self) -> str:
        return self.class_


class Condition(File, kw_only=True):
    """One condition of a label: part of a branch."""

    id: str
    says: str
    when: str


class Branch(File, kw_only=True):
    """One way to meet a label: all its conditions. A label with several branches is met by any."""

    route: str = ""
    conditions: tuple[Condition, ...] = ()


class Availability(File, kw_only=True):
    """The status of an option in one country from a day on."""

    from_: Since = msgspec.field(name="from")
    by: Date | None = None
    status: AvailabilityStatus
    says: str = ""
    source: Cite
    review: Status = "draft"
    label: tuple[Branch, ...] = ()
    """Empty: no label to meet."""


class Evidence(File, kw_only=True):
    """A trial's figures with their population; never a figure for this patient."""

    trial: str
    population: str
    result: str
    source: Cite
    nct: str = ""
    n: int | None = None
    status: Status = "draft"
    from_: Date = msgspec.field(name="from", default="")


class Option(File, kw_only=True):
    """data/options/<option>.yaml"""

    option: str
    label: str
    path: str
    drugs: tuple[str, ...] = ()
    in_seed: tuple[str, ...] = ()
    schedule: str = ""
    see: str = ""
    """What goes further: a command of this program."""
    availability: dict[Country, tuple[Availability, ...]]
    versions: tuple[Version, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    claims: tuple[str, ...] = ()
    review: Review

    @property
    def id(self) -> str:
        return self.option


class Applies(File, kw_only=True):
    """Which options a rule speaks of: any of the lists, or a template; with `core-class`, `classes` limits it."""

    options: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    each: Literal["", "drug", "core-drug", "core-class", "option", "path"] = ""
    """Template: once for each drug, drug but the steroid, class of such a drug, option, or path; `{drug}`,
    `{class}`, `{option}` and `{path}` in `says` and `when` are filled in."""


class Rule(File, kw_only=True):
    """data/criteria/<rule>.yaml: a rule over several options, written once."""

    rule: str
    topic: str
    applies: Applies
    versions: tuple[Version, ...]
    claims: tuple[str, ...] = ()
    review: Review

    @property
    def id(self) -> str:
        return self.rule


class Position(File, kw_only=True):
    says: str
    source: Cite
    when: str = ""
    """When the record meets it; empty = a statement without a test. One that names the facts of an earlier regimen is
    met if any of them meets it."""
    status: Status = "draft"


class Disagreement(File, kw_only=True):
    """data/disagreements/<id>.yaml: sources that differ, side by side."""

    disagreement: str
    topic: str
    when: str = ""
    """When it matters for a record; empty = it is shown in the library only."""
    record: str = ""
    """What the record holds on it, with {facts}."""
    positions: tuple[Position, ...]
    resolution: str = ""
    claims: tuple[str, ...] = ()
    seed: str = ""
    """D1 to D11 where the two seed pages differ."""
    from_: Date = msgspec.field(name="from", default="")
    review: Review

    @property
    def id(self) -> str:
        return self.disagreement


class Top(File, kw_only=True):
    """data/knowledge.yaml"""

    version: str
    paths: tuple[Path, ...]
    """The order and names of the groups on every screen."""
    limits: tuple[str, ...]
    """What every answer says was not considered."""


class Knowledge(File, kw_only=True):
    """Everything under data/, as read."""

    version: str
    drugs: dict[str, Drug]
    classes: dict[str, DrugClass]
    options: dict[str, Option]
    rules: dict[str, Rule]
    disagreements: dict[str, Disagreement]
    sources: dict[str, Source]
    claims: dict[str, Claim]
    policies: dict[str, Policy]
    scores: dict[str, Score]
    formulas: dict[str, Formula]
    timeline: tuple[TimelineEvent, ...]
    response: tuple[Threshold, ...] = ()
    """The numbers of the response criteria, by version."""
    facts: Facts
    paths: tuple[Path, ...]
    glossary: tuple[Term, ...] = ()
    resources: tuple[Resource, ...] = ()
    safety: tuple[Duty, ...] = ()
    plain_language: tuple[Duty, ...] = ()
    reviews: dict[str, Review] = {}
    """Review of each file that holds a list: `timeline`, `library/glossary` …"""
    limits: tuple[str, ...] = ()
    """What every answer says was not considered."""

    def policy(self, key: str) -> Any:
        """The default of a policy. KeyError for an unknown one."""
        return self.policies[key].default


__all__ = [
    "Applies", "Availability", "AvailabilityStatus", "Branch", "Cite", "Claim", "Condition", "Country", "Criterion",
    "Disagreement", "Drug", "DrugClass", "Duty", "Effect", "Evidence", "FactSpec", "Facts", "File", "Formula", "Kind",
    "Knowledge", "Option", "Path", "Policy", "Position", "Resource", "Review", "Risk", "Rule", "Score", "ScoreItem",
    "ScoreStage", "Source", "Status", "Term", "Threshold", "TimelineEvent", "Top", "Version",
]  # fmt: skip
