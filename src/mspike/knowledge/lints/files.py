"""Files: versions in order, ids well formed and unique, links that lead somewhere, a timeline without gaps."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections import Counter
from collections.abc import Iterator

from mspike.knowledge.base import first_day
from mspike.knowledge.lints.finding import Finding, is_date, is_day
from mspike.knowledge.model import Knowledge
from mspike.knowledge.names import CLASS_WORDS, did_you_mean
from mspike.knowledge.statements import statements, versioned

KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
TITLE = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*")
"""Options, and rules named after one, are called as the field calls them: `DVd`."""

STATUS_EVENTS = ("approved", "withdrawn")
"""What the timeline has to know, where the day is exact."""


def versions_increase(knowledge: Knowledge) -> Iterator[Finding]:
    """Versions and availability rows begin on known days, one after the other."""
    rows = [(entry.file, [(v.from_, v.by) for v in entry.versions]) for entry in versioned(knowledge)]
    for name, option in knowledge.options.items():
        for country, table in option.availability.items():
            rows.append((f"options/{name}, {country}", [(row.from_, row.by) for row in table]))
    for where, dates in rows:
        for index, (text, by) in enumerate(dates):
            if text == "unknown":
                if index:
                    yield Finding(where, "only the first version may begin on an unknown day")
                if not is_date(by):
                    yield Finding(where, "`from: unknown` needs `by:`, the day it was first seen in force", repr(by))
            elif not is_date(text):
                yield Finding(where, "a version needs a date (YYYY, YYYY-MM or YYYY-MM-DD)", repr(text))
        days = [first_day(text) for text, _ in dates if is_date(text)]
        for earlier, later in itertools.pairwise(days):
            if later <= earlier:
                yield Finding(where, "versions must increase", f"{earlier} then {later}")


def dates_read(knowledge: Knowledge) -> Iterator[Finding]:
    """Every other date is one."""
    dates = [(f"options/{n}, evidence {e.trial}", e.from_) for n, o in knowledge.options.items() for e in o.evidence]
    dates += [(f"disagreements/{name}", entry.from_) for name, entry in knowledge.disagreements.items()]
    dates += [(f"policies/{name}", entry.from_) for name, entry in knowledge.policies.items()]
    for where, text in dates:
        if text and not is_date(text):
            yield Finding(where, "`from` is a date (YYYY, YYYY-MM or YYYY-MM-DD)", repr(text))


def ids_well_formed(knowledge: Knowledge) -> Iterator[Finding]:
    """Ids are kebab-case; no id stands twice in a version, no place twice in a file."""
    named = (
        ("drugs", KEBAB, list(knowledge.drugs)), ("criteria", TITLE, list(knowledge.rules)),
        ("sources", KEBAB, list(knowledge.sources)), ("disagreements", KEBAB, list(knowledge.disagreements)),
        ("options", TITLE, list(knowledge.options)),
    )  # fmt: skip
    for folder, form, ids in named:
        for name in ids:
            if not form.fullmatch(name):
                yield Finding(f"{folder}/{name}", "an id is words joined by hyphens", name)
    for entry in versioned(knowledge):
        for version in entry.versions:
            where = f"{entry.file}, version {version.from_}"
            counts = Counter([c.id for c in version.criteria] + [r.id for r in version.known_risks])
            for id_, count in counts.items():
                if count > 1:
                    yield Finding(where, "an id stands twice", id_)
                if not KEBAB.fullmatch(id_):
                    yield Finding(where, "an id is lower-case words joined by hyphens", id_)
    for name in knowledge.options.keys() & knowledge.drugs.keys():
        tables = (knowledge.options[name].versions, knowledge.drugs[name].versions)
        own, drug = ({c.id for version in versions for c in version.criteria} for versions in tables)
        for id_ in sorted(own & drug):
            yield Finding(f"options/{name}", "an id of the drug of the same name", id_, "Call one of them otherwise.")
    for where, count in Counter(s.where for s in statements(knowledge)).items():
        if count > 1 and not ("criterion" in where or "known risk" in where):
            yield Finding(where, "two statements stand in one place", todo="Give each a name of its own.")


def links_resolve(knowledge: Knowledge) -> Iterator[Finding]:
    """Drugs, classes, paths, options, policies and claims that files name exist."""
    tables = {
        "drug": set(knowledge.drugs), "class": set(knowledge.classes), "option": set(knowledge.options),
        "path": {p.path for p in knowledge.paths}, "policy": set(knowledge.policies), "claim": set(knowledge.claims),
    }  # fmt: skip
    for where, kind, name in _links(knowledge):
        if name not in tables[kind]:
            yield Finding(where, f"no {kind} has this id", repr(name), did_you_mean(name, tables[kind]))
    for name in knowledge.classes:
        if name not in CLASS_WORDS:
            yield Finding(f"classes/{name}", "not one of the class words", repr(name), did_you_mean(name, CLASS_WORDS))


def _links(knowledge: Knowledge) -> Iterator[tuple[str, str, str]]:
    for name, drug in knowledge.drugs.items():
        yield from ((f"drugs/{name}", "class", c) for c in drug.classes)
    for name, option in knowledge.options.items():
        yield f"options/{name}", "path", option.path
        yield from ((f"options/{name}", "drug", d) for d in option.drugs)
    for name, rule in knowledge.rules.items():
        where, to = f"criteria/{name}", rule.applies
        for kind, listed in (("option", to.options), ("path", to.paths), ("drug", to.drugs), ("class", to.classes)):
            yield from ((where, kind, entry) for entry in listed)
    for entry in versioned(knowledge):
        yield from ((entry.file, "claim", claim) for claim in entry.claims)
        for c in (c for version in entry.versions for c in version.criteria):
            if c.policy:
                yield f"{entry.file}, criterion {c.id}", "policy", c.policy
            yield from ((f"{entry.file}, criterion {c.id}", "claim", claim) for claim in c.claims)
    for name, disagreement in knowledge.disagreements.items():
        yield from ((f"disagreements/{name}", "claim", claim) for claim in disagreement.claims)
    for term in knowledge.glossary:
        yield from (("library/glossary", "claim", claim) for claim in term.claims)
    for resource in knowledge.resources:
        yield from (("library/resources", "claim", claim) for claim in resource.claims)
    for event in knowledge.timeline:
        yield from ((f"timeline, {event.date}", "option", o) for o in event.options)
        yield from ((f"timeline, {event.date}", "drug", d) for d in event.drugs)


def drugs_used(knowledge: Knowledge) -> Iterator[Finding]:
    """Every class has a drug, every drug a class and an option."""
    used_classes = {c for d in knowledge.drugs.values() for c in d.classes}
    for name in sorted(knowledge.classes.keys() - used_classes):
        yield Finding(f"classes/{name}", "no drug is of this class")
    used_drugs = {d for o in knowledge.options.values() for d in o.drugs}
    for name, drug in knowledge.drugs.items():
        if not drug.classes and drug.matched:
            yield Finding(f"drugs/{name}", "a drug without a class")
        if name not in used_drugs and not drug.steroid:
            yield Finding(f"drugs/{name}", "no option contains it")


def timeline_complete(knowledge: Knowledge) -> Iterator[Finding]:
    """Events stand in order; each exact day of approval or withdrawal has one that names the option."""
    days = [(event.date, first_day(event.date)) for event in knowledge.timeline if is_date(event.date)]
    for event in knowledge.timeline:
        if not is_date(event.date):
            yield Finding("timeline", "an event needs a date (YYYY, YYYY-MM or YYYY-MM-DD)", repr(event.date))
    for (earlier, first), (later, second) in itertools.pairwise(days):
        if second < first:
            yield Finding("timeline", "events stand in the order of their days", f"{earlier} then {later}")
    told = {(event.date, event.country, option) for event in knowledge.timeline for option in event.options}
    for name, option in knowledge.options.items():
        for country, rows in option.availability.items():
            for row in rows:
                if row.status in STATUS_EVENTS and is_day(row.from_) and (row.from_, country, name) not in told:
                    where = f"options/{name}, {country} from {row.from_}"
                    yield Finding(where, f"{row.status}, and no event of the timeline says so", todo="Add it there.")


def off_label_of_approved(knowledge: Knowledge) -> Iterator[Finding]:
    """No combination is off label before each of its drugs was approved in that country; until then it is in trials.

    A drug that no option of ours has a label for (bendamustine at relapse, venetoclax) is approved for something else.
    """
    approved: dict[tuple[str, str], dt.date] = {}
    for option, country, status, begins in _begins(knowledge):
        if status == "approved":
            for drug in knowledge.options[option].drugs:
                approved[drug, country] = min(begins, approved.get((drug, country), begins))
    for option, country, status, begins in _begins(knowledge):
        late = [d for d in knowledge.options[option].drugs if begins < approved.get((d, country), begins)]
        if status == "off-label" and late:
            where, day = f"options/{option}, {country}", approved[late[0], country]
            todo = "Let it be investigational until then."
            yield Finding(where, f"off label before {late[0]} was approved on {day}", str(begins), todo)


def _begins(knowledge: Knowledge) -> Iterator[tuple[str, str, str, dt.date]]:
    """Option, country, status and first day of each availability row; an unknown day is before all others."""
    for name, option in knowledge.options.items():
        for country, rows in option.availability.items():
            for row in rows:
                if row.from_ == "unknown" or is_date(row.from_):
                    yield name, country, row.status, dt.date.min if row.from_ == "unknown" else first_day(row.from_)
