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
from mspike.trials.columns import Columns, bits_set
from mspike.trials.facets import OPEN, opening
from mspike.trials.gazetteer import Point
from mspike.trials.index import Index, unpack
from mspike.trials.places import boxes, miles_between
from mspike.trials.tiers import tier_because
from mspike.trials.trial import Contact, Trial

PLANNED_LATER = 100_000
"""Added to the miles of a site that does not recruit yet: any site that does comes before it."""
WIDER_MILES = (60.0, 250.0, 1000.0)
"""Radii that are tried when none was asked."""
ORDER = (
    "exact disease before wider; known place before unknown; records that state all that was asked before those that "
    "do not; then distance, then the latest change, then NCT number. It is no ranking."
)


class Away(NamedTuple):
    """The nearest site of a trial: miles (PLANNED_LATER more where it does not recruit yet), place, position there."""

    miles: float
    place: int
    number: int


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
        away = _nearest(db, columns, query, query.radius_miles) if query.radius_miles is not None else {}
        asked = filters(query, columns, columns.number(away))
        steps, kept, unsaid = [Step("in the index", "", len(columns.rows))], columns.all, 0
        for part in asked:
            kept &= ~part.drops
            unsaid |= part.unsaid
            steps.append(Step(part.name, part.asked, kept.bit_count()))
        exact, unsaid = kept & tiers(query, columns)[0], unsaid & kept
        if query.near is not None and query.radius_miles is None:
            away = _widening(db, columns, query, exact & ~unsaid)
        order = _ordered(kept, exact, unsaid, columns.number(away), away)
        chosen = islice(order, query.offset, query.offset + query.limit if query.limit else None)
        found = tuple(_found(db, query, asked, columns.rows[bit], bit, exact, away.get(bit), today) for bit in chosen)
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


def _ordered(kept: int, exact: int, unsaid: int, placed: int, away: dict[int, Away]) -> Iterator[int]:
    """The bits of what is left, in the order that ORDER tells."""
    for tier in (exact, kept & ~exact):
        for said in (tier & placed & ~unsaid, tier & placed & unsaid):
            yield from sorted(bits_set(said), key=lambda bit: (away[bit].miles, bit))
        yield from bits_set(tier & ~placed & ~unsaid)
        yield from bits_set(tier & ~placed & unsaid)


def _widening(db: sqlite3.Connection, columns: Columns, query: Query, first: int) -> dict[int, Away]:
    """Without a radius: the trials about the place, as far out as the answer needs. Those of `first` come first; a site
    that recruits within a radius is nearer than any beyond it."""
    for radius in WIDER_MILES if query.limit else ():
        away = _nearest(db, columns, query, radius)
        sure = columns.number(bit for bit, site in away.items() if site.miles < PLANNED_LATER)
        if (sure & first).bit_count() >= query.offset + query.limit:
            return away
    return _nearest(db, columns, query, None)


def _nearest(db: sqlite3.Connection, columns: Columns, query: Query, radius: float | None) -> dict[int, Away]:
    """The nearest site of each trial that has one within the radius; None = any distance."""
    if query.near is None:
        return {}
    here = (query.near.latitude, query.near.longitude)
    limit = radius if radius is not None else float("inf")
    places = ((id_, miles_between(here, (lat, lon))) for id_, lat, lon in _places(db, query.near, radius))
    db.execute("CREATE TEMP TABLE IF NOT EXISTS near_place (id INTEGER PRIMARY KEY, miles REAL)")
    db.execute("DELETE FROM near_place")
    db.executemany("INSERT INTO near_place VALUES (?,?)", [pair for pair in places if pair[1] <= limit])
    only_va = "WHERE s.va >= 1" if query.va else ""
    rows = db.execute(
        "SELECT s.trial, min(n.miles + CASE s.opening WHEN ? THEN 0 ELSE ? END), s.place, s.number "
        f"FROM near_place n CROSS JOIN site s ON s.place = n.id {only_va} GROUP BY s.trial",
        (OPEN, PLANNED_LATER),
    )
    return {columns.bit(row): Away(*rest) for row, *rest in rows}


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
    record, taken, unplaced = db.execute(
        "SELECT v.record, v.taken, t.unplaced FROM trial t JOIN version v ON v.id = t.version WHERE t.row = ?", (row,)
    ).fetchone()
    trial, tier = unpack(record), 1 if exact >> bit & 1 else 2
    missing = tuple(part.name for part in asked if part.unsaid >> bit & 1)
    near = _near_site(db, trial, away) if away is not None else None
    return _shown(query, trial, tier, missing, near, bool(unplaced), taken, today or dt.date.today())


def _near_site(db: sqlite3.Connection, trial: Trial, away: Away) -> NearSite:
    site, recruiting = trial.sites[away.number], away.miles < PLANNED_LATER
    basis = db.execute("SELECT basis FROM place WHERE id = ?", (away.place,)).fetchone()[0]
    return NearSite(
        facility=site.facility, city=site.city, state=site.state, zip=site.zip, country=site.country,
        status=site.status or trial.status, recruiting=recruiting, basis=basis, contacts=site.contacts,
        about_miles=round(away.miles if recruiting else away.miles - PLANNED_LATER),
    )  # fmt: skip


def _shown(
    query: Query, trial: Trial, tier: int, missing: tuple[str, ...], near: NearSite | None, unplaced: bool, taken: str,
    today: dt.date,
) -> Found:  # fmt: skip
    day = dt.date.fromisoformat(taken) if taken else None
    return Found(
        nct_id=trial.id,
        title=trial.title or trial.official_title,
        status=trial.status if trial.status_given else "",
        tier=tier,
        tier_because="" if query.cancer_type == ANY else tier_because(query.cancer_type, tier, trial),
        phases=trial.phases,
        conditions=trial.conditions,
        treatments=tuple(item.name for item in trial.interventions),
        sponsor=trial.sponsor,
        min_age_years=trial.min_age_years,
        max_age_years=trial.max_age_years,
        not_stated=missing,
        nearest=near,
        place_unknown=unplaced,
        recruiting_sites=sum(opening(site, trial.status) == OPEN for site in trial.sites),
        contacts=trial.contacts,
        updated=trial.updated,
        taken_on=day,
        snapshot_age_days=(today - day).days if day else None,
        source=trial.snapshot.form,
    )
