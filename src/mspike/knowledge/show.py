"""A knowledge file in plain English: `mspike knowledge show ID`, and what changed between two days: `diff`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from mspike.knowledge.base import first_day
from mspike.knowledge.catalogue import Catalogue
from mspike.knowledge.files import LISTS
from mspike.knowledge.grammar import Expr
from mspike.knowledge.inforce import InForce
from mspike.knowledge.lints.claims import carriers
from mspike.knowledge.model import (
    Availability,
    Cite,
    Claim,
    Disagreement,
    Drug,
    DrugClass,
    Formula,
    Knowledge,
    Option,
    Policy,
    Review,
    Rule,
    Score,
    Source,
    Version,
)
from mspike.knowledge.statements import statements_of

Entry = Drug | DrugClass | Option | Rule | Disagreement | Source | Claim | Policy | Score | Formula


def tables(knowledge: Knowledge) -> tuple[tuple[str, Mapping[str, Entry]], ...]:
    """(folder, its files by id), in the order they are looked through."""
    return (
        ("options", knowledge.options), ("drugs", knowledge.drugs), ("classes", knowledge.classes),
        ("criteria", knowledge.rules), ("disagreements", knowledge.disagreements), ("claims", knowledge.claims),
        ("policies", knowledge.policies), ("scores", knowledge.scores), ("formulas", knowledge.formulas),
        ("sources", knowledge.sources),
    )  # fmt: skip


def ids(knowledge: Knowledge) -> list[str]:
    """Everything that can be shown."""
    return [*(name for _, table in tables(knowledge) for name in table), *LISTS]


def find(knowledge: Knowledge, name: str) -> list[tuple[str, Entry]]:
    """Every one-entry file with this id, case aside: `daratumumab` is two, `drugs/daratumumab` one."""
    folder, _, rest = name.rpartition("/")
    return [
        (kind, entry)
        for kind, table in tables(knowledge)
        if not folder or folder == kind
        for key, entry in table.items()
        if key.casefold() == rest.casefold()
    ]


def files_called(knowledge: Knowledge, name: str) -> list[str]:
    """The files that a name may mean and that hold statements: `options/cilta-cel`, `library/glossary`."""
    found = [f"{folder}/{entry.id}" for folder, entry in find(knowledge, name) if folder not in ("sources", "claims")]
    return found or [file for file in LISTS if name in (file, file.rpartition("/")[2])]


def describe_list(knowledge: Knowledge, name: str) -> list[str]:
    """A file that holds a list (`timeline`, `library/glossary` or `glossary`) as lines of text; empty: no such file."""
    file = next((file for file in LISTS if name in (file, file.rpartition("/")[2])), None)
    if file is None:
        return []
    lines = (f"  {s.place}: {s.says}  {_tag(knowledge, s.source, s.status)}" for s in statements_of(knowledge, file))
    return [file, *lines, review_line(knowledge.reviews[file])]


def describe(knowledge: Knowledge, folder: str, entry: Entry) -> Iterator[str]:
    """The file as lines of text, every statement with its source, date and review status."""
    yield f"{folder}/{entry.id}"
    match entry:
        case Source():
            read = " ".join((entry.basis or "not recorded", entry.read_on)).rstrip()
            yield f"  {entry.title}. {entry.publisher}, {entry.dated or entry.date}. {entry.locator}"
            yield f"  kind: {entry.kind} · read: {read}" + (f" · kept: {entry.kept_for}" if entry.kept_for else "")
        case Claim():
            carried = ", ".join(carriers(knowledge).get(entry.id, ())) or "nothing"
            yield from (f"  {entry.says}", f"  the program must: {entry.must}", f"  now: {entry.now}")
            yield f"  carried by {carried}"
        case Policy():
            allowed = f" (one of {', '.join(entry.allowed)})" if entry.allowed else ""
            for s in statements_of(knowledge, f"policies/{entry.id}"):
                yield f"  {s.says}{allowed}  {_tag(knowledge, s.source, s.status)}"
        case Score() | Formula():
            for s in statements_of(knowledge, f"{folder}/{entry.id}"):
                yield f"  {s.says}  {_tag(knowledge, s.source, s.status)}"
            if entry.note:
                yield f"  {entry.note}"
        case Disagreement():
            yield f"  {entry.topic}" + (f"  (when {entry.when})" if entry.when else "")
            for p in entry.positions:
                met = f"  (met when {p.when})" if p.when else ""
                yield f"  · {p.says}{met}  {_tag(knowledge, p.source, p.status)}"
            if entry.resolution:
                yield f"  {entry.resolution}"
        case Option():
            yield " · ".join(part for part in (f"  {entry.label}", f"path {entry.path}", entry.schedule) if part)
            for country, rows in entry.availability.items():
                for row in rows:
                    tag = _tag(knowledge, row.source, row.review)
                    yield f"  {country} from {row.from_}: {availability_text(row)}  {tag}"
            yield from _versions(knowledge, entry.versions)
            for e in entry.evidence:
                tag = _tag(knowledge, e.source, e.status)
                yield f"  evidence {e.trial}, {e.population}: {e.result}  {tag}"
        case Drug() | DrugClass() | Rule():
            yield f"  {entry.topic if isinstance(entry, Rule) else entry.label}"
            yield from _versions(knowledge, entry.versions)
    if not isinstance(entry, Source):
        yield review_line(entry.review)


def review_line(review: Review) -> str:
    """Who wrote, checked and reviewed a file, and when it is due."""
    checked = f"checked by {review.checked_by} on {review.checked_on}" if review.checked_by else ""
    reviewed = f"reviewed by {review.reviewed_by} on {review.reviewed_on}" if review.reviewed_by else ""
    due = f"next review {review.due}" if review.due else ""
    parts = (f"  drafted by {review.drafted_by}", checked, reviewed or "no clinician has reviewed it", due)
    return "; ".join(part for part in parts if part)


def _versions(knowledge: Knowledge, versions: tuple[Version, ...]) -> Iterator[str]:
    for version in versions:
        yield f"  in force from {version.from_}" + (f" (seen by {version.by})" if version.by else "")
        for c in version.criteria:
            where = f" [{', '.join(c.countries)}]" if c.countries else ""
            yield f"    {c.effect}{where}  {c.says}"
            yield f"      when {c.when}  {_tag(knowledge, c.source or version.source, c.status)} {c.id}"
        for r in version.known_risks:
            yield f"    known risk  {r.says}  {_tag(knowledge, r.source or version.source, r.status)} {r.id}"


def _tag(knowledge: Knowledge, cite: Cite, status: str) -> str:
    return f"[{cited(knowledge, cite)}; {status}]"


def cited(knowledge: Knowledge, cite: Cite) -> str:
    source = knowledge.sources[cite.id]
    return f"{source.short}, {source.date}" + (f", {cite.at}" if cite.at else "")


def availability_text(row: Availability) -> str:
    branches = [(f"{b.route}: " if b.route else "") + "; ".join(c.says for c in b.conditions) for b in row.label]
    return row.status + (f": {' or '.join(branches)}" if branches else "") + (f" ({row.says})" if row.says else "")


def changes(
    knowledge: Knowledge, conditions: Mapping[str, Expr], before: dt.date, after: dt.date, country: str
) -> Iterator[str]:
    """What a reader of the later day sees that one of the earlier day did not: events, options, disagreements."""
    happened = [e for e in knowledge.timeline if before < first_day(e.date) <= after and e.country in (country, "INT")]
    yield from (f"{e.date}  {e.says}" for e in happened)
    old, new = (Catalogue(knowledge, conditions, day, country) for day in (before, after))
    for was, now in zip(old.options, new.options, strict=True):
        lines = [*_availability_change(was, now), *_set_change(_shown(was), _shown(now))]
        if lines:
            yield f"{now.option.option}  {now.option.label}"
            yield from (f"  {line}" for line in lines)
    known = {d.disagreement for d in old.disagreements}
    yield from (f"sources disagree  {d.topic}" for d in new.disagreements if d.disagreement not in known)


def _shown(item: InForce) -> dict[str, str]:
    """Every statement of an option by its place."""
    return (
        {c.origin: f"{c.effect}: {c.says}" for c in item.criteria}
        | {r.origin: f"known risk: {r.says}" for r in item.known_risks}
        | {f"evidence {e.trial}": f"evidence {e.trial}: {e.result}" for e in item.evidence}
    )


def _availability_change(was: InForce, now: InForce) -> Iterator[str]:
    if was.availability != now.availability:
        old, new = (availability_text(i.availability) if i.availability else "nothing recorded" for i in (was, now))
        yield f"availability: {old} → {new}"


def _set_change(was: dict[str, str], now: dict[str, str]) -> Iterator[str]:
    for key, text in was.items():
        if key not in now:
            yield f"- {text}"
    for key, text in now.items():
        if key not in was:
            yield f"+ {text}"
        elif was[key] != text:
            yield f"~ {was[key]} → {text}"
