"""Search: which trials of the index fit what was asked, what each filter left, and the nearest site that takes part.

A trial is dropped only on what its record says. Where the record says nothing that a filter asks for, the trial stays,
after those that say it, and `not_stated` names what is missing.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import msgspec

from mspike.trials.asked import ANY, Filter, Query, filters, tiers
from mspike.trials.columns import Columns, bits_set, joined
from mspike.trials.facets import OPEN, PLANNED, opening
from mspike.trials.gazetteer import Point
from mspike.trials.index import Index, shown
from mspike.trials.places import boxes, miles_between
from mspike.trials.tiers import tier_because
from mspike.trials.trial import Contact, Other, Trial

PLANNED_LATER = 100_000
"""Added to the miles of a site that does not recruit yet: any site that does comes before it."""
WIDER_MILES = (60.0, 250.0, 1000.0)
"""Radii that are tried when none was asked."""
ORDER = (
    "exact disease before wider; known place before unknown; records that state all that was asked before those that "
    "do not; then distance, then the latest change, then NCT number. It is no ranking."
)


class Away(NamedTuple):
    """The nearest site of a trial: miles (PLANNED_LATER more where it does not recruit yet), and the place."""

    miles: float
    place: int


class NearSite(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The nearest site that recruits; where none does, the nearest that will."""

    facility: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    country: str = ""
    status: str = ""
    recruiting: bool
    about_miles: int
    """Great-circle miles, rounded: from the middle of what was asked to what `basis` says."""
    basis: str
    contacts: tuple[Contact, ...] = ()


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One trial of the answer."""

    nct_id: str
    title: str
    status: str
    tier: int
    """1 = the disease stands in conditions, keywords or titles; 2 = a near or wider disease, or only in the text."""
    tier_because: str
    phases: tuple[str, ...]
    conditions: tuple[str, ...]
    treatments: tuple[str, ...]
    sponsor: str
    min_age_years: float | None
    max_age_years: float | None
    not_stated: tuple[str, ...]
    nearest: NearSite | None
    place_unknown: bool
    """A site that somebody could go to has no known place, or the record lists none."""
    recruiting_sites: int
    contacts: tuple[Contact, ...]
    updated: str
    """The record's own date of its last change; empty = not given."""
    taken_on: dt.date | None
    snapshot_age_days: int | None
    source: str
    """The form of the record; where several registries have one, of the newest, which leads."""
    also: tuple[Other, ...] = ()
    """Other registries' records that fill what the leading one leaves empty."""
    gone_since: str = ""
    """The day on which a sync no longer found it at the registry; empty = it was there."""


class Step(msgspec.Struct, frozen=True):
    """One filter of the funnel and how many trials it left."""

    filter: str
    asked: str
    left: int


class Staleness(msgspec.Struct, frozen=True, kw_only=True):
    """How old the shown records are."""

    oldest_snapshot: dt.date | None
    newest_snapshot: dt.date | None
    undated: int
    """Shown records whose download has no date."""
    loaded_last: str


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a query."""

    query: Query
    funnel: tuple[Step, ...]
    total: int
    exact: int
    not_stated: int
    """Of `total`, those whose record leaves something unsaid that was asked."""
    order: str = ORDER
    staleness: Staleness
    trials: tuple[Found, ...]


def search_trials(index: Index, query: Query, today: dt.date | None = None) -> Search:
    """Raises QueryError for what cannot be asked, and TrialError for the file's own troubles."""
    with index.reading() as db:
        columns = index.columns()
        away = _nearest(db, query, query.radius_miles) if query.radius_miles is not None else {}
        asked = filters(query, columns, columns.bits(away))
        steps, kept, unsaid = [Step("in the index", "", len(columns.rows))], columns.all, 0
        for part in asked:
            kept &= ~part.drops
            unsaid |= part.unsaid
            steps.append(Step(part.name, part.asked, kept.bit_count()))
        exact, unsaid = kept & tiers(query, columns)[0], unsaid & kept
        if query.near is not None and query.radius_miles is None:
            away = _widening(db, columns, query, exact & ~unsaid)
        order = _ordered(columns, kept, exact, unsaid, away)
        chosen = islice(order, query.offset, query.offset + query.limit if query.limit else None)
        rows = ((bit, columns.rows[bit]) for bit in chosen)
        found = tuple(_found(db, query, asked, row, bit, exact, away.get(row), today) for bit, row in rows)
        loaded = db.execute("SELECT max(seen) FROM version").fetchone()[0] or ""
    taken = [trial.taken_on for trial in found if trial.taken_on]
    return Search(
        query=query,
        funnel=tuple(steps),
        total=kept.bit_count(),
        exact=exact.bit_count(),
        not_stated=unsaid.bit_count(),
        staleness=Staleness(
            oldest_snapshot=min(taken, default=None),
            newest_snapshot=max(taken, default=None),
            undated=len(found) - len(taken),
            loaded_last=loaded,
        ),
        trials=found,
    )


def _ordered(columns: Columns, kept: int, exact: int, unsaid: int, away: dict[int, Away]) -> Iterator[int]:
    """The bits of what is left, in the order that ORDER tells."""
    placed, rows = columns.bits(away), columns.rows
    for tier in (exact, kept & ~exact):
        for said in (tier & placed & ~unsaid, tier & placed & unsaid):
            yield from sorted(bits_set(said), key=lambda bit: away[rows[bit]].miles)
        yield from bits_set(tier & ~placed & ~unsaid)
        yield from bits_set(tier & ~placed & unsaid)


def _widening(db: sqlite3.Connection, columns: Columns, query: Query, first: int) -> dict[int, Away]:
    """Without a radius: the trials about the place, as far out as the answer needs. Those of `first` come first; a site
    that recruits within a radius is nearer than any beyond it."""
    for radius in WIDER_MILES if query.limit else ():
        away = _nearest(db, query, radius)
        sure = columns.bits(row for row, site in away.items() if site.miles < PLANNED_LATER)
        if (sure & first).bit_count() >= query.offset + query.limit:
            return away
    return _nearest(db, query, None)


def _nearest(db: sqlite3.Connection, query: Query, radius: float | None) -> dict[int, Away]:
    """Row → the nearest site of each trial that has one within the radius; None = any distance."""
    if query.near is None:
        return {}
    here = (query.near.latitude, query.near.longitude)
    limit = radius if radius is not None else float("inf")
    places = ((miles_between(here, (lat, lon)), id_) for id_, lat, lon in _places(db, query.near, radius))
    near = {place: miles for miles, place in places if miles <= limit}
    sites = db.execute(SITES, (msgspec.json.encode(list(near)).decode(), int(query.va)))
    groups = [(Away(near[place] + LATER[opens], place), trials) for place, opens, trials in sites]
    found: dict[int, Away] = {}
    for away, trials in sorted(groups, reverse=True):  # the farthest first, so that a nearer one takes its place
        found |= dict.fromkeys(joined(trials), away)
    return found


LATER = {OPEN: 0.0, PLANNED: PLANNED_LATER}
SITES = (
    "SELECT place, opening, group_concat(trial) FROM site "
    "WHERE place IN (SELECT value FROM json_each(?)) AND va >= ? GROUP BY place, opening"
)
"""The trials with a site at each of these places: joined, since a row fetched for each would take much longer."""


def _places(db: sqlite3.Connection, near: Point, radius: float | None) -> Iterator[tuple[int, float, float]]:
    """Places that may lie within the radius: those of the R*Tree, or all."""
    if radius is None:
        yield from db.execute("SELECT id, latitude, longitude FROM place")
        return
    for box in boxes(near.latitude, near.longitude, radius):
        yield from db.execute(
            "SELECT p.id, p.latitude, p.longitude FROM place_box b JOIN place p ON p.id = b.id "
            "WHERE b.south <= :north AND b.north >= :south AND b.west <= :east AND b.east >= :west",
            box._asdict(),
        )


def _found(
    db: sqlite3.Connection, query: Query, asked: list[Filter], row: int, bit: int, exact: int, away: Away | None,
    today: dt.date | None,
) -> Found:  # fmt: skip
    kept = db.execute("SELECT unplaced, versions, record FROM trial WHERE row = ?", (row,)).fetchone()
    unplaced, trial, tier = kept[0], shown(db, *kept[1:]), 1 if exact >> bit & 1 else 2
    missing = tuple(part.name for part in asked if part.unsaid >> bit & 1)
    near = _near_site(db, query, row, trial, away) if away is not None else None
    gone = db.execute("SELECT since FROM gone WHERE nct = ?", (trial.id,)).fetchone()
    return _told(query, trial, tier, missing, near, bool(unplaced), gone[0][:10] if gone else "", today)


def _near_site(db: sqlite3.Connection, query: Query, row: int, trial: Trial, away: Away) -> NearSite:
    recruiting = away.miles < PLANNED_LATER
    asked = (row, away.place, OPEN if recruiting else PLANNED, int(query.va))
    number = db.execute(
        "SELECT min(number) FROM site WHERE trial = ? AND place = ? AND opening = ? AND va >= ?", asked
    ).fetchone()[0]
    basis = db.execute("SELECT basis FROM place WHERE id = ?", (away.place,)).fetchone()[0]
    site = trial.sites[number]
    return NearSite(
        facility=site.facility, city=site.city, state=site.state, zip=site.zip, country=site.country,
        status=site.status or trial.status, recruiting=recruiting, basis=basis, contacts=site.contacts,
        about_miles=round(away.miles if recruiting else away.miles - PLANNED_LATER),
    )  # fmt: skip


def _told(
    query: Query, trial: Trial, tier: int, missing: tuple[str, ...], near: NearSite | None, unplaced: bool, gone: str,
    today: dt.date | None,
) -> Found:  # fmt: skip
    return Found(
        nct_id=trial.id,
        title=trial.title or trial.official_title,
        status=trial.status if trial.status_given else "",
        tier=tier,
        tier_because="" if query.cancer_type == ANY else tier_because(query.cancer_type, tier, trial),
        phases=trial.phases,
        conditions=trial.conditions,
        treatments=tuple(dict.fromkeys(item.name for item in trial.interventions)),
        sponsor=trial.sponsor,
        min_age_years=trial.min_age_years,
        max_age_years=trial.max_age_years,
        not_stated=missing,
        nearest=near,
        place_unknown=unplaced,
        recruiting_sites=sum(opening(site, trial.status) == OPEN for site in trial.sites),
        contacts=trial.contacts,
        updated=trial.updated,
        taken_on=trial.snapshot.taken_on,
        snapshot_age_days=trial.snapshot.age_days(today or dt.date.today()),
        source=trial.snapshot.form,
        also=trial.also,
        gone_since=gone,
    )
