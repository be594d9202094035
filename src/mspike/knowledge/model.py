"""The knowledge files as types: what a YAML file under data/ may hold. Unknown keys are refused.

Every statement carries `says` (our own words), a source with locator, and a review status. A date is text:
`2024-04-05`, `2024-04`, `2024`, or `unknown` (with `by`: the day it was first seen in force).
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Effect = Literal["supports", "caution", "against", "rules-out"]
Kind = Literal["label", "guideline", "trial", "definition", "seed", "practice"]
Status = Literal["draft", "source-checked", "clinician-reviewed"]
AvailabilityStatus = Literal[
    "approved", "off-label", "not-approved", "withdrawn", "investigational", "procedure", "practice", "unknown"
]
Country = Literal["US", "EU", "UK"]


class File(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """Base of every knowledge structure: strict, and compact in the pack."""


class Cite(File, kw_only=True, frozen=True):
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

    from_: str = msgspec.field(name="from")
    by: str | None = None
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

    from_: str = msgspec.field(name="from")
    by: str | None = None
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
    from_: str = msgspec.field(name="from", default="")


class Option(File, kw_only=True):
    """data/options/<option>.yaml"""

    option: str
    label: str
    path: str
    drugs: tuple[str, ...] = ()
    in_seed: tuple[str, ...] = ()
    schedule: str = ""
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
    """When the record meets it; empty = a statement without a test."""
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
    from_: str = msgspec.field(name="from", default="")
    review: Review

    @property
    def id(self) -> str:
        return self.disagreement


class Source(File, kw_only=True):
    """data/sources/<source>.yaml"""

    source: str
    title: str
    short: str = ""
    """The name in a source tag: `Kyprolis`, `IMWG`."""
    publisher: str
    date: str
    """Year, month or day of publication; for an undated page the inferred window stands in `dated`."""
    dated: str = ""
    kind: str
    locator: str
    basis: str = ""
    """How it was read: `page` (the page itself, often opening or abstract), `recall` (not opened)."""
    read_on: str = ""
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

    date: str
    country: str
    says: str
    source: Cite
    status: Status = "draft"
    options: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()


class Policy(File, kw_only=True):
    """data/policies/<policy>.yaml: a switch where another reading is legitimate, or a number of a derivation."""

    policy: str
    says: str
    default: str | float | bool | list[str]
    allowed: tuple[str, ...] = ()
    unit: str = ""
    source: Cite
    status: Status = "draft"
    from_: str = msgspec.field(name="from", default="")
    note: str = ""

    @property
    def id(self) -> str:
        return self.policy


class FactSpec(File, kw_only=True):
    """One fact of facts.yaml."""

    type: Literal["yes-no", "number", "word"]
    says: str
    unit: str = ""
    question: str = ""
    settles: str = ""
    unknown: bool = True


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


class Path(File, kw_only=True):
    """One path of data/paths.yaml: the order and names of the groups on every screen."""

    path: str
    label: str


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
    timeline: tuple[TimelineEvent, ...]
    facts: Facts
    paths: tuple[Path, ...]
    glossary: tuple[Term, ...] = ()
    resources: tuple[Resource, ...] = ()
    limits: tuple[str, ...] = ()
    """What every answer says was not considered."""

    def policy(self, key: str) -> Any:
        """The default of a policy. KeyError for an unknown one."""
        return self.policies[key].default
