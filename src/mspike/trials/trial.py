"""One clinical trial as its registry tells it: the same fields whichever registry and format it came from."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

Side = Literal["inclusion", "exclusion", "unstated"]
"""In which list a text stands; `unstated` = under no heading that says so."""

RECRUITING = ("RECRUITING", "ENROLLING_BY_INVITATION")
"""Site and trial statuses under which somebody can join now."""

STATUSES = (
    "RECRUITING", "NOT_YET_RECRUITING", "ENROLLING_BY_INVITATION", "ACTIVE_NOT_RECRUITING", "SUSPENDED", "TERMINATED",
    "COMPLETED", "WITHDRAWN", "UNKNOWN", "AVAILABLE", "NO_LONGER_AVAILABLE", "TEMPORARILY_NOT_AVAILABLE",
    "APPROVED_FOR_MARKETING", "WITHHELD",
)  # fmt: skip
"""The fourteen statuses of ClinicalTrials.gov; any other word is kept in `status_given` and reads as UNKNOWN."""


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """A text of the record that may state a rule. Offsets of a quote count characters of `text`."""

    field: str
    """Where it stands in the record: `eligibilityCriteria`, `officialTitle`, `unstructured[3]` …"""
    text: str
    side: Side = "unstated"
    """The side that the record itself gives it, as NCI's rows do."""


class Contact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whom the record names; never completed from elsewhere."""

    name: str = ""
    role: str = ""
    phone: str = ""
    email: str = ""


class Site(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One place where the trial runs."""

    facility: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    country: str = ""
    status: str = ""
    """One of STATUSES; empty = the record gives the site none."""
    status_given: str = ""
    latitude: float | None = None
    longitude: float | None = None
    basis: str = ""
    """What the coordinates are: `city-centre` (ClinicalTrials.gov), `address` (NCI); empty = none given."""
    va: bool | None = None
    """A hospital of the US Department of Veterans Affairs; None = the record does not say."""
    contacts: tuple[Contact, ...] = ()


class Intervention(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is given or done."""

    name: str
    kind: str = ""
    other_names: tuple[str, ...] = ()


class Snapshot(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which download the record is from, and how old it is."""

    form: str
    """`ctgov-v2`, `ctgov-xml` or `nci-cts-v2`."""
    file: str = ""
    taken_on: dt.date | None = None
    """The day of the download as the data say it; None = they do not."""
    version: str = ""
    """The registry's own stamp of its data, where the record carries one."""

    def age_days(self, today: dt.date) -> int | None:
        """Days since the download; None when its day is not known."""
        return None if self.taken_on is None else (today - self.taken_on).days


class Other(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What another registry's record of a trial says of itself."""

    form: str
    status: str = ""
    """One of STATUSES; empty = it gives none."""
    updated: str = ""
    taken_on: dt.date | None = None


class Trial(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A trial. Empty or None = the record does not say; it is never filled in from elsewhere."""

    id: str
    """The NCT number."""
    title: str = ""
    official_title: str = ""
    acronym: str = ""
    other_ids: tuple[str, ...] = ()
    summary: str = ""
    status: str = "UNKNOWN"
    status_given: str = ""
    why_stopped: str = ""
    phases: tuple[str, ...] = ()
    """EARLY_PHASE1, PHASE1 … PHASE4, NA; a phase 1/2 trial has two."""
    kind: str = ""
    """INTERVENTIONAL, OBSERVATIONAL, EXPANDED_ACCESS."""
    purpose: str = ""
    conditions: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    interventions: tuple[Intervention, ...] = ()
    sponsor: str = ""
    sponsor_class: str = ""
    collaborators: tuple[str, ...] = ()
    sex: str = ""
    """ALL, FEMALE or MALE."""
    min_age_years: float | None = None
    max_age_years: float | None = None
    """From the record's own age fields: `6 Months` is 0.5. None = no limit given there."""
    limits: tuple[Text, ...] = ()
    """Those fields as given, where they set a limit."""
    start_date: str = ""
    first_posted: str = ""
    updated: str = ""
    """Dates as the record gives them: YYYY-MM-DD or YYYY-MM."""
    completion_date: str = ""
    sites: tuple[Site, ...] = ()
    contacts: tuple[Contact, ...] = ()
    texts: tuple[Text, ...] = ()
    """The eligibility texts, in order."""
    snapshot: Snapshot
    also: tuple[Other, ...] = ()
    """Other registries' records of this trial, which fill what this one leaves empty."""

    @property
    def headings(self) -> tuple[Text, ...]:
        """Title and summary: some trials state a rule only there."""
        found = (
            Text(field="officialTitle", text=self.official_title or self.title),
            Text(field="briefSummary", text=self.summary),
        )
        return tuple(text for text in found if text.text)


class TrialError(Exception):
    """A record, or a file, that cannot be read as a trial: where, what is wrong, what to do."""

    def __init__(self, where: str, rule: str, hint: str = "") -> None:
        super().__init__(f"{where}: {rule}" + (f"; {hint}" if hint else ""))
        self.where, self.rule, self.hint = where, rule, hint
