"""`mspike knowledge check`: what must hold of the knowledge files beyond their schema.

Each finding says where, which rule, what was given and what to do. An empty list: all holds.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from mspike.knowledge.catalogue import CLASS_WORDS, first_day
from mspike.knowledge.files import DATA
from mspike.knowledge.grammar import Expr, GrammarError, compare_interval, evaluate, leaves, names
from mspike.knowledge.model import Knowledge
from mspike.knowledge.names import fact_specs
from mspike.knowledge.pack import parse_template
from mspike.knowledge.statements import citations, conditions, statements, versioned

FORBIDDEN = re.compile(r"\b(recommended for you|optimal|should take|best option|best choice|eligible)\b", re.I)
"""Words that no statement of ours uses: mspike lists, it does not choose."""

SEED_WORDS = 8
"""So many words in a row shared with a seed page count as copied."""

COMBINATIONS = 50_000
"""At most so many value combinations are tried to see that a condition can hold and can fail."""


class Finding(msgspec.Struct, frozen=True):
    where: str
    rule: str
    given: str = ""
    todo: str = ""

    def __str__(self) -> str:
        given = f": {self.given}" if self.given else ""
        return f"{self.where}: {self.rule}{given}" + (f". {self.todo}" if self.todo else "")


def check(knowledge: Knowledge, today: dt.date | None = None) -> list[Finding]:
    """Every finding, in the order of the rules below."""
    rules: tuple[Callable[[Knowledge], Iterable[Finding]], ...] = (
        sources_resolve, sources_dated, versions_increase, conditions_hold, ids_unique, links_resolve,
        no_orphans, reviews_honest, words_ours, nothing_copied, claims_carried,
    )  # fmt: skip
    found = [finding for rule in rules for finding in rule(knowledge)]
    if today is not None:
        found += overdue(knowledge, today)
    return found


def did_you_mean(name: str, known: Iterable[str]) -> str:
    import difflib

    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"Did you mean {close[0]!r}?" if close else ""


def sources_resolve(knowledge: Knowledge) -> Iterator[Finding]:
    for where, cite in citations(knowledge):
        if cite.id not in knowledge.sources:
            yield Finding(where, "no source has this id", repr(cite.id), did_you_mean(cite.id, knowledge.sources))


def sources_dated(knowledge: Knowledge) -> Iterator[Finding]:
    for name, source in knowledge.sources.items():
        if not _is_date(source.date):
            yield Finding(f"sources/{name}.yaml", "a source needs a date (YYYY, YYYY-MM or YYYY-MM-DD)", repr(source.date))


def _is_date(text: str) -> bool:
    try:
        return first_day(text).year > 1950
    except (ValueError, IndexError):
        return False


def versions_increase(knowledge: Knowledge) -> Iterator[Finding]:
    rows = [(f"{folder}/{name}.yaml", [(v.from_, v.by) for v in versions]) for folder, name, versions, _ in versioned(knowledge)]
    for name, option in knowledge.options.items():
        rows += [(f"options/{name}.yaml, {c}", [(a.from_, a.by) for a in table]) for c, table in option.availability.items()]
    for where, dates in rows:
        for index, (text, by) in enumerate(dates):
            if text == "unknown":
                if index:
                    yield Finding(where, "only the first version may begin on an unknown day")
                if not by or not _is_date(by):
                    yield Finding(where, "`from: unknown` needs `by:`, the day it was first seen in force", repr(by))
            elif not _is_date(text):
                yield Finding(where, "a version needs a date", repr(text))
        days = [first_day(text) for text, _ in dates if text != "unknown" and _is_date(text)]
        for earlier, later in itertools.pairwise(days):
            if later <= earlier:
                yield Finding(where, "versions must increase", f"{earlier} then {later}")


def conditions_hold(knowledge: Knowledge) -> Iterator[Finding]:
    """Each condition parses, names known facts of the right type, can hold, and can fail."""
    known = fact_specs(knowledge)
    regimen = set(knowledge.facts.regimen)
    for condition in conditions(knowledge):
        try:
            expr = parse_template(condition.text)
        except GrammarError as error:
            yield Finding(condition.where, "outside the grammar", str(error))
            continue
        broken = False
        for leaf in leaves(expr):
            name = leaf[1]
            if "__" in name:
                continue  # a template: its uses are checked where it is filled in
            if name not in known or (name in regimen and not condition.per_regimen):
                broken = True
                yield Finding(condition.where, "no fact is called this", repr(name), did_you_mean(name, known))
            elif (known[name].type == "number") is (leaf[0] == "fact"):
                broken = True
                todo = "Compare it with a number." if leaf[0] == "fact" else "Use it as it is, or with `not`."
                yield Finding(condition.where, "a fact of another type", repr(name), todo)
        if not broken:
            can_hold, can_fail = possible(expr)
            if not can_hold:
                yield Finding(condition.where, "can never hold", condition.text)
            if not can_fail:
                yield Finding(condition.where, "always holds", condition.text)
    yield from template_names(knowledge, set(known))


def template_names(knowledge: Knowledge, known: set[str]) -> Iterator[Finding]:
    """The facts that a template rule names once it is filled in."""
    from mspike.knowledge.catalogue import Catalogue

    texts = {c.text: parse_template(c.text) for c in conditions(knowledge)}
    catalogue = Catalogue(knowledge, texts, dt.date.max, "US")
    for item in catalogue.options:
        for criterion in item.criteria:
            for name in names(criterion.expr):
                if name not in known:
                    yield Finding(criterion.origin, "no fact is called this", repr(name), did_you_mean(name, known))


def possible(expr: Expr) -> tuple[bool, bool]:
    """Whether some values make the expression true, and some make it false."""
    values: dict[str, set[float]] = {}
    for leaf in leaves(expr):
        spots = values.setdefault(leaf[1], set())
        spots |= {0.0, 1.0} if leaf[0] == "fact" else {leaf[3] - 0.5, leaf[3], leaf[3] + 0.5}
    can_hold = can_fail = False
    keys = list(values)
    for combination in itertools.islice(itertools.product(*values.values()), COMBINATIONS):
        row = dict(zip(keys, combination, strict=True))

        def atom(leaf: Expr, row: dict[str, float] = row) -> tuple[int, int]:
            value = row[leaf[1]]
            if leaf[0] == "fact":
                return (int(value), int(not value))
            return compare_interval(value, value, False, False, leaf[2], leaf[3])

        true, _ = evaluate(expr, atom)
        can_hold, can_fail = can_hold or bool(true), can_fail or not true
        if can_hold and can_fail:
            break
    return can_hold, can_fail


def ids_unique(knowledge: Knowledge) -> Iterator[Finding]:
    for folder, name, versions, _ in versioned(knowledge):
        for version in versions:
            counts = Counter(s.id for s in (*version.criteria, *version.known_risks))
            for id_, count in counts.items():
                if count > 1:
                    yield Finding(f"{folder}/{name}.yaml, version {version.from_}", "an id stands twice", id_)


def links_resolve(knowledge: Knowledge) -> Iterator[Finding]:
    """Drugs, classes, paths, options and policies that files name exist."""
    tables = {
        "drug": set(knowledge.drugs), "class": set(knowledge.classes), "option": set(knowledge.options),
        "path": {p.path for p in knowledge.paths}, "policy": set(knowledge.policies), "claim": set(knowledge.claims),
    }  # fmt: skip
    for where, kind, name in _links(knowledge):
        if name not in tables[kind]:
            yield Finding(where, f"no {kind} has this id", repr(name), did_you_mean(name, tables[kind]))
    for name in knowledge.classes:
        if name not in CLASS_WORDS:
            yield Finding(f"classes/{name}.yaml", "not one of the class words", repr(name), did_you_mean(name, CLASS_WORDS))


def _links(knowledge: Knowledge) -> Iterator[tuple[str, str, str]]:
    for name, drug in knowledge.drugs.items():
        yield from ((f"drugs/{name}.yaml", "class", c) for c in drug.classes)
    for name, option in knowledge.options.items():
        yield f"options/{name}.yaml", "path", option.path
        yield from ((f"options/{name}.yaml", "drug", d) for d in option.drugs)
    for name, rule in knowledge.rules.items():
        where, to = f"criteria/{name}.yaml", rule.applies
        for kind, listed in (("option", to.options), ("path", to.paths), ("drug", to.drugs), ("class", to.classes)):
            yield from ((where, kind, entry) for entry in listed)
    for folder, name, versions, _ in versioned(knowledge):
        for version in versions:
            for c in version.criteria:
                if c.policy:
                    yield f"{folder}/{name}.yaml, criterion {c.id}", "policy", c.policy
                yield from ((f"{folder}/{name}.yaml, criterion {c.id}", "claim", claim) for claim in c.claims)
    carriers = (knowledge.drugs, knowledge.classes, knowledge.options, knowledge.rules, knowledge.disagreements)
    for entry in (e for table in carriers for e in table.values()):
        yield from ((entry.id, "claim", claim) for claim in entry.claims)
    for event in knowledge.timeline:
        yield from (("timeline.yaml", "option", o) for o in event.options)
        yield from (("timeline.yaml", "drug", d) for d in event.drugs)


def no_orphans(knowledge: Knowledge) -> Iterator[Finding]:
    cited = {cite.id for _, cite in citations(knowledge)}
    for name, source in knowledge.sources.items():
        if name not in cited and not source.kept_for:
            yield Finding(f"sources/{name}.yaml", "no statement cites it", todo="Cite it, or say in `kept_for` why it stays.")
    used_classes = {c for d in knowledge.drugs.values() for c in d.classes}
    for name in knowledge.classes.keys() - used_classes:
        yield Finding(f"classes/{name}.yaml", "no drug is of this class")
    used_drugs = {d for o in knowledge.options.values() for d in o.drugs}
    for name, drug in knowledge.drugs.items():
        if not drug.classes and drug.matched:
            yield Finding(f"drugs/{name}.yaml", "a drug without a class")
        if name not in used_drugs and not drug.steroid:
            yield Finding(f"drugs/{name}.yaml", "no option contains it")
    for name, rule in knowledge.rules.items():
        if rule.applies == type(rule.applies)():
            yield Finding(f"criteria/{name}.yaml", "applies to nothing")


def reviews_honest(knowledge: Knowledge) -> Iterator[Finding]:
    """The author cannot be the checker or reviewer; a status above draft names who and when."""
    for statement in statements(knowledge):
        review = statement.review
        if statement.status == "draft":
            continue
        source = knowledge.sources.get(statement.source.id)
        if source is not None and source.basis.startswith("recall"):
            yield Finding(statement.where, "checked at a source that was not opened", statement.source.id, "Keep it draft.")
        if review is None:
            continue
        if statement.status == "source-checked" and not (review.checked_by and review.checked_on):
            yield Finding(statement.where, "source-checked, but the file does not say by whom and when")
        if statement.status == "clinician-reviewed" and not (review.reviewed_by and review.reviewed_on):
            yield Finding(statement.where, "clinician-reviewed, but the file does not say by whom and when")
    for folder, name, _, review in versioned(knowledge):
        for role, person in (("checked", review.checked_by), ("reviewed", review.reviewed_by)):
            if person and person == review.drafted_by:
                yield Finding(f"{folder}/{name}.yaml", f"{role} by its author", person)


def overdue(knowledge: Knowledge, today: dt.date) -> Iterator[Finding]:
    for folder, name, _, review in versioned(knowledge):
        if review.due and first_day(review.due) < today:
            yield Finding(f"{folder}/{name}.yaml", "review overdue", review.due)


def words_ours(knowledge: Knowledge) -> Iterator[Finding]:
    for statement in statements(knowledge):
        if found := FORBIDDEN.search(statement.says):
            yield Finding(statement.where, "a word that chooses for the reader", found[0])


def shingles(text: str, size: int = SEED_WORDS) -> Iterator[str]:
    """Hashes of every run of `size` words: enough to find a copied run, not to read it back."""
    words = re.findall(r"[a-z0-9]+", text.lower())
    for start in range(len(words) - size + 1):
        yield hashlib.blake2b(" ".join(words[start : start + size]).encode(), digest_size=8).hexdigest()


def nothing_copied(knowledge: Knowledge, folder: Path = DATA) -> Iterator[Finding]:
    """No eight words in a row from a seed page; the pages themselves are not here, only hashes of their runs."""
    seed = set((folder / "seed-shingles.txt").read_text().split())
    texts = [(s.where, s.says) for s in statements(knowledge)]
    texts += [(f"claims/{name}.yaml", text) for name, c in knowledge.claims.items() for text in (c.says, c.must, c.test)]
    for where, says in texts:
        if seed.intersection(shingles(says)):
            yield Finding(where, f"{SEED_WORDS} words in a row from a seed page", todo="Say it in our own words.")


def claims_carried(knowledge: Knowledge) -> Iterator[Finding]:
    """Every seed claim is carried by a file, and every carrier it names exists."""
    tables = {"options": knowledge.options, "drugs": knowledge.drugs, "criteria": knowledge.rules,
              "disagreements": knowledge.disagreements, "classes": knowledge.classes, "sources": knowledge.sources}  # fmt: skip
    carried = carriers(knowledge)
    for name, claim in knowledge.claims.items():
        for place in claim.carried_by:
            folder, _, id_ = place.partition("/")
            if folder in tables and id_ not in tables[folder]:
                yield Finding(f"claims/{name}.yaml", "no such carrier", place)
        if not claim.carried_by and name not in carried:
            yield Finding(f"claims/{name}.yaml", "nothing carries this claim", claim.says)


def carriers(knowledge: Knowledge) -> dict[str, list[str]]:
    """Claim → the knowledge files that name it, or that it names itself."""
    found: dict[str, list[str]] = {name: list(claim.carried_by) for name, claim in knowledge.claims.items()}
    for folder, table in (
        ("drugs", knowledge.drugs), ("classes", knowledge.classes), ("options", knowledge.options),
        ("criteria", knowledge.rules), ("disagreements", knowledge.disagreements),
    ):  # fmt: skip
        for entry in table.values():
            claims = set(entry.claims)
            for version in getattr(entry, "versions", ()):
                claims.update(claim for c in version.criteria for claim in c.claims)
            for claim in sorted(claims):
                found.setdefault(claim, []).append(f"{folder}/{entry.id}")
    for where, listed in (("library/glossary", knowledge.glossary), ("library/resources", knowledge.resources)):
        for item in listed:
            for claim in item.claims:
                found.setdefault(claim, []).append(where)
    return {name: sorted(set(places)) for name, places in found.items() if places}


