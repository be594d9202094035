"""One trial from the records of several registries: the newest one leads, the others fill what it leaves empty.

What belongs together comes from one record: the status with why it stopped, the age limits, the eligibility text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec

from mspike.trials.facets import plain
from mspike.trials.trial import Other, Site, Trial

TOGETHER = (("status_given", "status", "why_stopped"), ("limits", "min_age_years", "max_age_years"))
"""Taken from the first record that gives the first of them."""
APART = (
    "title", "official_title", "acronym", "summary", "phases", "kind", "purpose", "keywords", "interventions",
    "sponsor", "sponsor_class", "collaborators", "sex", "start_date", "first_posted", "updated", "completion_date",
    "contacts", "texts",
)  # fmt: skip
"""Each from the first record that gives it."""
JOINED = ("conditions", "other_ids")
"""Of all records: each registry has its own names for a disease."""
OF_A_SITE = ("state", "zip", "country", "status", "va", "contacts")


def merged(records: Sequence[Trial]) -> Trial:
    """One trial; `records` are of one NCT number, the one that leads first."""
    first, *others = records
    if not others:
        return first
    given: dict[str, Any] = {name: _first(records, name) for name in APART}
    for names in TOGETHER:
        told = next((record for record in records if getattr(record, names[0])), first)
        given |= {name: getattr(told, name) for name in names}
    for name in JOINED:
        words = [word for record in records for word in getattr(record, name)]
        given[name] = tuple({plain(word): word for word in reversed(words)}.values())[::-1]
    also = tuple(map(_said, others))
    sites = first.sites
    for other in others:
        sites = _sites(sites, other.sites)
    return msgspec.structs.replace(first, **given, sites=sites, also=also)


def _said(trial: Trial) -> Other:
    status = trial.status if trial.status_given else ""
    return Other(form=trial.snapshot.form, status=status, updated=trial.updated, taken_on=trial.snapshot.taken_on)


def _first(records: Sequence[Any], name: str) -> Any:
    """The first value that says something, else that of the first record."""
    found = [getattr(record, name) for record in records]
    return next((one for one in found if one not in ("", (), None)), found[0])


def _sites(own: tuple[Site, ...], others: tuple[Site, ...]) -> tuple[Site, ...]:
    """The sites of two records: the first one's, with what it lacks of the same site in the other; then the rest.

    A site is known again by its name in its city, or by a ZIP code at which each record has no other."""
    keys, other_keys = [list(map(_keys, sites)) for sites in (own, others)]
    once, other_once = [
        {key for key, count in Counter(key for each in all_ for key in each).items() if count == 1}
        for all_ in (keys, other_keys)
    ]
    where = {key: number for number, each in enumerate(keys) for key in each if key in once and key in other_once}
    same: dict[int, Site] = {}
    rest = []
    for site, each in zip(others, other_keys, strict=True):
        number = next((where[key] for key in each if key in where), None)
        if number is None or number in same or _far(own[number], site):
            rest.append(site)
        else:
            same[number] = site
    return (*(_site(site, same[n]) if n in same else site for n, site in enumerate(own)), *rest)


def _keys(site: Site) -> list[tuple[str, ...]]:
    country = plain(site.country)
    found: list[tuple[str, ...]] = []
    if site.facility and site.city:
        found.append((plain(site.facility), plain(site.city), country))
    if len(site.zip) >= 5:
        found.append((site.zip[:5], country))
    return found


def _far(site: Site, other: Site) -> bool:
    """Two cities of one name: their ZIP codes begin otherwise."""
    return bool(site.zip and other.zip) and site.zip[:3] != other.zip[:3]


def _site(site: Site, other: Site) -> Site:
    """A site with what the other record knows of it; an address is nearer than the middle of a city."""
    given = {name: _first((site, other), name) for name in OF_A_SITE}
    placed = other if site.latitude is None or (site.basis != "address" and other.basis == "address") else site
    place = {name: getattr(placed, name) for name in ("latitude", "longitude", "basis")}
    said = {"status_given": site.status_given or other.status_given}
    return msgspec.structs.replace(site, **given, **place, **said)
