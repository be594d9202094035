"""A knowledge file in plain English: `mspike knowledge show ID`, and what changed between two days: `diff`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from mspike.knowledge.catalogue import Catalogue, InForce
from mspike.knowledge.model import (
    Availability,
    Cite,
    Claim,
    Disagreement,
    Drug,
    DrugClass,
    Knowledge,
    Option,
    Policy,
    Rule,
    Source,
    Version,
)

Entry = Drug | DrugClass | Option | Rule | Disagreement | Source | Claim | Policy


def find(knowledge: Knowledge, name: str) -> list[tuple[str, Entry]]:
    """Every file with this id (case aside), as (folder, entry): `daratumumab` is a drug and an option."""
    tables: dict[str, dict[str, Entry]] = {
        "options": knowledge.options, "drugs": knowledge.drugs, "classes": knowledge.classes,
        "criteria": knowledge.rules, "disagreements": knowledge.disagreements, "claims": knowledge.claims,
        "policies": knowledge.policies, "sources": knowledge.sources,
    }  # type: ignore[dict-item] # fmt: skip
    folder, _, rest = name.rpartition("/")
    return [
        (kind, entry)
        for kind, table in tables.items()
        if not folder or folder == kind
        for key, entry in table.items()
        if key.lower() == rest.lower()
    ]


def describe(knowledge: Knowledge, folder: str, entry: Entry) -> Iterator[str]:
    """The file as lines of text, every statement with its source, date and review status."""
    yield f"{folder}/{entry.id}"
    match entry:
        case Source():
            yield f"  {entry.title}. {entry.publisher}, {entry.dated or entry.date}. {entry.locator}"
            yield f"  kind: {entry.kind} · read: {entry.basis or 'not recorded'}" + (
                f", {entry.read_on}" if entry.read_on else ""
            )
        case Claim():
            yield f"  {entry.says}"
            yield f"  the program must: {entry.must}"
            yield f"  now: {entry.now}"
        case Policy():
            allowed = f" (one of {', '.join(entry.allowed)})" if entry.allowed else ""
            yield f"  {entry.says}"
            yield f"  default: {entry.default}{f' {entry.unit}' if entry.unit else ''}{allowed}  [{cited(knowledge, entry.source)}]"
        case Disagreement():
            yield f"  {entry.topic}" + (f"  (when {entry.when})" if entry.when else "")
            for p in entry.positions:
                yield (
                    f"  · {p.says}"
                    + (f"  (met when {p.when})" if p.when else "")
                    + f"  [{cited(knowledge, p.source)}; {p.status}]"
                )
            if entry.resolution:
                yield f"  {entry.resolution}"
        case Option():
            yield f"  {entry.label} · path {entry.path} · {entry.schedule}"
            for country, rows in entry.availability.items():
                for row in rows:
                    yield f"  {country} from {row.from_}: {availability_text(row)}  [{cited(knowledge, row.source)}; {row.review}]"
            yield from _versions(knowledge, entry.versions)
            for e in entry.evidence:
                yield f"  evidence {e.trial}, {e.population}: {e.result}  [{cited(knowledge, e.source)}; {e.status}]"
        case Drug() | DrugClass() | Rule():
            yield f"  {entry.topic if isinstance(entry, Rule) else entry.label}"
            yield from _versions(knowledge, entry.versions)
    review = getattr(entry, "review", None)
    if review is not None:
        checked = f"; checked by {review.checked_by} on {review.checked_on}" if review.checked_by else ""
        reviewed = (
            f"; reviewed by {review.reviewed_by} on {review.reviewed_on}"
            if review.reviewed_by
            else "; no clinician has reviewed it"
        )
        yield f"  drafted by {review.drafted_by}{checked}{reviewed}" + (
            f"; next review {review.due}" if review.due else ""
        )


def _versions(knowledge: Knowledge, versions: tuple[Version, ...]) -> Iterator[str]:
    for version in versions:
        yield f"  in force from {version.from_}" + (f" (seen by {version.by})" if version.by else "")
        for c in version.criteria:
            where = f" [{', '.join(c.countries)}]" if c.countries else ""
            source = cited(knowledge, c.source or version.source)
            yield f"    {c.effect}{where}  {c.says}\n      when {c.when}  [{source}; {c.status}] {c.id}"
        for r in version.known_risks:
            yield f"    known risk  {r.says}  [{cited(knowledge, r.source or version.source)}; {r.status}] {r.id}"


def cited(knowledge: Knowledge, cite: Cite) -> str:
    source = knowledge.sources[cite.id]
    return f"{source.short or source.title}, {source.date}" + (f", {cite.at}" if cite.at else "")


def availability_text(row: Availability) -> str:
    branches = [(f"{b.route}: " if b.route else "") + "; ".join(c.says for c in b.conditions) for b in row.label]
    return row.status + (f": {' or '.join(branches)}" if branches else "") + (f" ({row.says})" if row.says else "")


def changes(
    knowledge: Knowledge, conditions: dict[str, tuple], before: dt.date, after: dt.date, country: str
) -> Iterator[str]:  # type: ignore[type-arg]
    """What a reader of the later day sees that one of the earlier day did not, option by option."""
    old, new = (Catalogue(knowledge, conditions, day, country) for day in (before, after))
    for was, now in zip(old.options, new.options, strict=True):
        lines = [
            *_availability_change(was, now),
            *_set_change({c.origin: f"{c.effect}: {c.says}" for c in was.criteria},
                         {c.origin: f"{c.effect}: {c.says}" for c in now.criteria}),
            *_set_change({e.trial + e.result: f"evidence {e.trial}: {e.result}" for e in was.evidence},
                         {e.trial + e.result: f"evidence {e.trial}: {e.result}" for e in now.evidence}),
        ]  # fmt: skip
        if lines:
            yield f"{now.option.option}  {now.option.label}"
            yield from (f"  {line}" for line in lines)


def _availability_change(was: InForce, now: InForce) -> Iterator[str]:
    if was.availability != now.availability:
        old, new = (availability_text(i.availability) if i.availability else "nothing recorded" for i in (was, now))
        yield f"availability: {old} → {new}"


def _set_change(was: dict[str, str], now: dict[str, str]) -> Iterator[str]:
    for key in was.keys() - now.keys():
        yield f"- {was[key]}"
    for key, text in now.items():
        if key not in was:
            yield f"+ {text}"
        elif was[key] != text:
            yield f"~ {was[key]} → {text}"
