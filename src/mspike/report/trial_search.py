"""Loads, searches and changes of the trial index as lines of text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mspike.trials import Change, Found, Loaded, NearSite, Other, Search, Shortlisted, TrialChange

BASES = {
    "address": "to the site's coordinates",
    "city-centre": "to the middle of the site's city",
    "city-name": "to the middle of the site's city, by its name",
    "zip-centre": "to the middle of the site's ZIP code",
    "coordinates": "to the site's coordinates",
}
FROM = {
    "zip-centre": "from the middle of ZIP code {name}",
    "city-name": "from the middle of {name}",
    "coordinates": "from {name}",
}
TIERS = {
    1: "Exact: the disease stands in the conditions, keywords or title",
    2: "Wider: a near or wider disease, or the disease stands only in the text",
}
NOTE = (
    "A list to ask about: registries lag behind the sites, a record can be out of date, and only the trial's site can "
    "say whether somebody can join. Distances are straight lines."
)


def printable(text: str) -> str:
    """Lines as any terminal can show them: a registry's text moves no cursor and turns no direction."""
    if text.replace("\n", "").isprintable():
        return text
    return "".join(char if char.isprintable() or char == "\n" else " " for char in text)


def load_lines(loaded: Loaded, held: int) -> Iterator[str]:
    """What a load came to."""
    yield (
        f"read {loaded.read}: {loaded.new} new, {loaded.changed} changed, {loaded.unchanged} unchanged, "
        f"{loaded.older} older than what the index has (kept in its history), {loaded.refused} refused"
    )
    if loaded.unplaced:
        have = "has" if loaded.unplaced == 1 else "have"
        yield f"{loaded.unplaced} of the new and changed trials {have} a site of unknown place, or list none"
    yield f"the index holds {counted(held)}"


def counted(number: int, one: str = "trial") -> str:
    """`1 trial`, `2,000 trials`."""
    return f"{number:,} {one}{'' if number == 1 else 's'}"


def search_lines(found: Search) -> Iterator[str]:
    """The funnel, how old the records are, and the trials in their tiers."""
    yield from funnel_lines(found)
    yield ""
    yield from age_lines(found)
    if found.total:
        first = found.query.offset + 1
        shown = f"{first} to {found.query.offset + len(found.trials)} of " if found.trials else ""
        exact = "" if found.exact == found.total else f", {found.exact:,} exact and {found.total - found.exact:,} wider"
        yield f"Trials to ask about: {shown}{found.total:,}{exact}"
        yield f"Order: {found.order}"
    else:
        yield "No trial of the index is left; the filter after which the number falls to 0 says why."
    tier = 0
    for trial in found.trials:
        if trial.tier != tier and found.query.cancer_type != "any":
            tier = trial.tier
            yield f"\n{TIERS[tier]}"
        yield ""
        yield from _trial(trial, found)
    yield f"\n{NOTE}"


def funnel_lines(found: Search) -> Iterator[str]:
    """How many trials each filter left."""
    yield "What each filter left"
    for step in found.funnel:
        yield f"  {step.left:>9,}  {step.filter}{': ' + step.asked if step.asked else ''}"
    if found.not_stated:
        yield f"  {found.not_stated:,} of these do not state something that was asked; they stand after those that do"


def age_lines(found: Search) -> Iterator[str]:
    """How old what is shown is."""
    stale = found.staleness
    yield f"Index last loaded {stale.loaded_last[:10] or 'never'}"
    if stale.newest_snapshot:
        days = f"{stale.oldest_snapshot}"
        days += f" to {stale.newest_snapshot}" if stale.newest_snapshot != stale.oldest_snapshot else ""
        yield f"Records shown were downloaded {days}; look at the age of each"
    if stale.undated:
        yield f"The downloads of {stale.undated} of the records shown carry no date: how old they are is not known"


def _trial(trial: Found, found: Search) -> Iterator[str]:
    phases = "/".join(phase.removeprefix("PHASE") for phase in trial.phases if phase != "NA")
    yield f"{trial.nct_id}  {trial.title}"
    yield f"  {status_words(trial.status)}" + (f" · phase {phases}" if phases else "") + f" · {_ages(trial)}"
    if trial.gone_since:
        yield f"  {gone_words(trial.gone_since)}"
    if trial.tier_because:
        yield f"  {trial.tier_because}"
    if trial.treatments:
        yield f"  treatments: {', '.join(trial.treatments[:8])}" + (" …" if len(trial.treatments) > 8 else "")
    if trial.sponsor:
        yield f"  sponsor: {trial.sponsor}"
    if trial.nearest is not None:
        yield from near_lines(trial.nearest, found)
    elif found.query.near is not None and not trial.place_unknown:
        yield "  no recruiting site in the record"
    if trial.place_unknown:
        yield "  place unknown: for at least one site, or the record lists no site"
    if trial.not_stated:
        yield f"  not stated in the record: {', '.join(trial.not_stated)}"
    for contact in trial.contacts[:2]:
        yield "  contact: " + ", ".join(filter(None, (contact.name, contact.phone, contact.email)))
    yield f"  {record_age(trial)}"
    if trial.also:
        yield f"  {source_words(trial)}"


def status_words(status: str) -> str:
    """`not yet recruiting`."""
    return status.replace("_", " ").lower() or "status not given"


def _ages(trial: Found) -> str:
    low, high = trial.min_age_years, trial.max_age_years
    if low is None and high is None:
        return "no age limit in the record's age fields"
    upper = f"to {high:g}" if high is not None else "and older"
    return f"age {low:g} {upper}" if low is not None else f"age up to {high:g}"


def near_lines(site: NearSite, found: Search) -> Iterator[str]:
    """The nearest site, how far it is, and on what that rests."""
    near = found.query.near
    name = ", ".join(filter(None, (site.facility, site.city, site.state, site.country)))
    start = FROM.get(near.basis, "from {name}").format(name=near.name or "there") if near else ""
    miles = f"about {site.about_miles:,} mile{'' if site.about_miles == 1 else 's'}"
    miles = miles if site.about_miles else "less than a mile"
    kind = "nearest recruiting site" if site.recruiting else "no recruiting site in the record; nearest planned site"
    yield f"  {kind}: {name}"
    yield f"    {miles}, {start} {BASES.get(site.basis, '')}".rstrip()
    for contact in site.contacts[:2]:
        yield "    contact: " + ", ".join(filter(None, (contact.name, contact.role, contact.phone, contact.email)))


def record_age(trial: Found) -> str:
    """When the record last changed, and how old its download is."""
    record = f"record last changed {trial.updated}" if trial.updated else "the record gives no date of its last change"
    if trial.taken_on is None:
        return f"{record}; the download carries no date"
    days = f"{trial.snapshot_age_days:,} day{'' if trial.snapshot_age_days == 1 else 's'}"
    return f"{record}; downloaded {trial.taken_on}, {days} ago"


HEADINGS = {
    "opened": "Opened", "new": "New in the index", "closed": "Closed", "gone": "No longer in the registry",
    "changed": "Changed",
}  # fmt: skip
REGISTRIES = {"ctgov": "ClinicalTrials.gov", "nci": "NCI"}


def gone_words(since: str) -> str:
    """Of a trial that a sync asked for in vain."""
    return f"no longer in the registry since {since[:10]}: what is shown is the last record that it had"


def source_words(trial: Found | Shortlisted) -> str:
    """`record of ClinicalTrials.gov, completed by NCI (recruiting, last changed 2026-10-01)`; empty where one registry
    alone tells it."""
    if not trial.also:
        return ""
    first = trial.source.partition("-")[0]
    return f"record of {REGISTRIES.get(first, first)}, completed by {', '.join(map(_other, trial.also))}"


def _other(other: Other) -> str:
    """Another record, by what it says of itself: the two can contradict each other."""
    changed = f"last changed {other.updated}" if other.updated else "without a date of its last change"
    taken = f"downloaded {other.taken_on}" if other.taken_on else "its download carries no date"
    registry = REGISTRIES.get(other.form.partition("-")[0], other.form)
    return f"{registry} ({status_words(other.status)}, {changed}, {taken})"


def change_lines(changes: list[TrialChange], since: str) -> Iterator[str]:
    """What opened, closed or changed since a day."""
    if not changes:
        yield f"nothing in the index changed since {since}"
    what = ""
    for change in changes:
        if change.what != what:
            what = change.what
            yield f"{HEADINGS[what]}: {sum(other.what == what for other in changes):,}"
        status = status_words(change.status)
        yield f"  {change.nct_id}  {change.title}"
        record = f"record of {change.updated}" if change.updated else "record without a date"
        yield f"    {status} · {REGISTRIES.get(change.registry, change.registry)}, {record}"
        if change.what == "gone":
            yield f"    {gone_words(change.seen)}"
        for part in change.changes:
            yield f"    {part.field}{_difference(part)}"


def _difference(part: Change) -> str:
    if part.field in ("site opened", "site closed"):
        return f": {part.after}"
    if not part.before and not part.after:
        return " changed"
    return f": {_short(part.before) or 'not given'} → {_short(part.after) or 'not given'}"


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"
