"""What changed in the index since a day: new trials, those that opened or closed, their sites and their rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from mspike.trials.facets import OPEN, opening
from mspike.trials.gone import gone_since
from mspike.trials.index import Index, told, unpack
from mspike.trials.trial import RECRUITING, Site, Trial

What = Literal["new", "opened", "closed", "gone", "changed"]
"""`gone`: the registry no longer has it."""


class Change(msgspec.Struct, frozen=True, omit_defaults=True):
    """One field that differs; texts longer than a line are told apart, not shown."""

    field: str
    before: str = ""
    after: str = ""


class TrialChange(msgspec.Struct, frozen=True, kw_only=True):
    """One trial: what became of it between the last record before the day and the newest one."""

    nct_id: str
    title: str
    registry: str
    """Whose record: `ctgov` or `nci`."""
    what: What
    status: str
    updated: str
    """The record's own date of its last change."""
    seen: str
    """When this index first held the newest record (UTC)."""
    changes: tuple[Change, ...] = ()


def changes_since(index: Index, since: dt.date) -> list[TrialChange]:
    """Trials whose record is newer in this index than the day, by what became of them, then by NCT number."""
    with told(index.path):
        found = list(_changes(index, f"{since.isoformat()}T"))
    order = ("opened", "new", "closed", "gone", "changed")
    return sorted(found, key=lambda change: (order.index(change.what), change.nct_id))


def _changes(index: Index, since: str) -> Iterator[TrialChange]:
    for nct, seen in gone_since(index.db, since):
        if (record := index.record(nct)) is not None:
            yield _told(record, "gone", seen, ())
    touched = index.db.execute(
        "SELECT DISTINCT nct, registry FROM version WHERE seen >= ? ORDER BY nct, registry", (since,)
    ).fetchall()
    new: set[str] = set()
    for nct, registry in touched:
        rows = index.db.execute(
            "SELECT seen, record FROM version WHERE nct = ? AND registry = ? ORDER BY updated, taken, id",
            (nct, registry),
        ).fetchall()
        seen, newest = rows[-1]
        if seen < since:
            continue  # what came in was older than what was there
        earlier = [record for when, record in rows if when < since]
        after = unpack(newest)
        if earlier:
            yield from compare(unpack(earlier[-1]), after, seen)
        elif nct not in new and not _known_before(index, nct, since):
            new.add(nct)
            yield _told(index.record(nct) or after, "new", seen, ())


def _known_before(index: Index, nct: str, since: str) -> bool:
    return index.db.execute("SELECT 1 FROM version WHERE nct = ? AND seen < ?", (nct, since)).fetchone() is not None


def compare(before: Trial, after: Trial, seen: str = "") -> Iterator[TrialChange]:
    """One change, or none when nothing differs that is told."""
    fields = (*_plain(before, after), *_sites(before, after))
    if not fields:
        return
    was, is_ = before.status in RECRUITING, after.status in RECRUITING
    what: What = "opened" if is_ and not was else "closed" if was and not is_ else "changed"
    yield _told(after, what, seen, fields)


def _told(trial: Trial, what: What, seen: str, fields: tuple[Change, ...]) -> TrialChange:
    return TrialChange(
        nct_id=trial.id, title=trial.title or trial.official_title, registry=trial.snapshot.form.partition("-")[0],
        what=what, seen=seen, updated=trial.updated, status=trial.status if trial.status_given else "", changes=fields,
    )  # fmt: skip


SHOWN = {
    "status": "status", "why_stopped": "why it stopped", "title": "title", "phases": "phase", "sponsor": "sponsor",
    "min_age_years": "youngest age", "max_age_years": "oldest age", "sex": "sex", "start_date": "start",
    "completion_date": "completion", "conditions": "conditions", "interventions": "treatments", "contacts": "contacts",
}  # fmt: skip


def _plain(before: Trial, after: Trial) -> Iterator[Change]:
    for name, word in SHOWN.items():
        old, new = _text(getattr(before, name)), _text(getattr(after, name))
        if old.casefold() != new.casefold():
            yield Change(word, old, new)
    if _rules(before) != _rules(after):
        yield Change("eligibility text")


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return "; ".join(filter(None, map(_text, value)))
    if isinstance(value, msgspec.Struct):
        kept = [value.name] if hasattr(value, "kind") else msgspec.structs.astuple(value)  # type: ignore[attr-defined]
        return " ".join(str(part) for part in kept if part)
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _rules(trial: Trial) -> str:
    return " ".join(" ".join(text.text.replace("\\", "") for text in trial.texts).split())


def _sites(before: Trial, after: Trial) -> Iterator[Change]:
    """Sites that take part now and did not, and the reverse."""
    old, new = _openings(before), _openings(after)
    for key in sorted(old.keys() | new.keys()):
        was, is_ = old.get(key, 0) == OPEN, new.get(key, 0) == OPEN
        if was != is_:
            yield Change("site opened" if is_ else "site closed", after=", ".join(part for part in key if part))


def _openings(trial: Trial) -> dict[tuple[str, ...], int]:
    """The best opening of each site; several without a name in one city are one."""
    found: dict[tuple[str, ...], int] = {}
    for site in trial.sites:
        key = _key(site)
        found[key] = max(found.get(key, 0), opening(site, trial.status))
    return found


def _key(site: Site) -> tuple[str, ...]:
    return tuple(" ".join(part.split()) for part in (site.facility, site.city, site.state, site.country))
