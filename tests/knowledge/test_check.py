"""Every lint finds what it is for; the real knowledge has no finding."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from mspike.knowledge.check import LINTS, Finding, check, overdue
from mspike.knowledge.grammar import NO, YES, parse
from mspike.knowledge.lints.rules import can_be
from mspike.knowledge.lints.words import seed_shingles, shingles
from mspike.knowledge.model import Cite, Knowledge, Term

Break = Callable[[Knowledge], Knowledge]

SEED = "seven words of ours and not one of a page that somebody else wrote"


def entry(file: str, **changes: Any) -> Break:
    """One file with other fields."""
    table, name = file.split("/")

    def make(knowledge: Knowledge) -> Knowledge:
        entries = dict(getattr(knowledge, table))
        entries[name] = replace(entries[name], **changes)
        return replace(knowledge, **{table: entries})

    return make


def criterion(file: str, **changes: Any) -> Break:
    """The first criterion of a file's last version with other fields."""
    table, name = file.split("/")

    def make(knowledge: Knowledge) -> Knowledge:
        versions = getattr(knowledge, table)[name].versions
        last = versions[-1]
        criteria = (replace(last.criteria[0], **changes), *last.criteria[1:])
        return entry(file, versions=(*versions[:-1], replace(last, criteria=criteria)))(knowledge)

    return make


def version(file: str, *dates: tuple[str, str | None]) -> Break:
    """A file's first version repeated with these dates (from, by)."""
    table, name = file.split("/")

    def make(knowledge: Knowledge) -> Knowledge:
        first = getattr(knowledge, table)[name].versions[0]
        return entry(file, versions=tuple(replace(first, from_=day, by=by) for day, by in dates))(knowledge)

    return make


def review(file: str, **changes: Any) -> Break:
    table, name = file.split("/")
    return lambda knowledge: entry(file, review=replace(getattr(knowledge, table)[name].review, **changes))(knowledge)


def first(table: str, **changes: Any) -> Break:
    """The first entry of a list file (`timeline`, `glossary`, `resources`) with other fields."""
    return lambda k: replace(k, **{table: (replace(getattr(k, table)[0], **changes), *getattr(k, table)[1:])})


def added(table: str, name: str, model: str) -> Break:
    """One more entry of a table: a copy of another, under its own name."""
    return lambda k: replace(k, **{table: {**getattr(k, table), name: getattr(k, table)[model]}})


def applied(rule: str, **changes: Any) -> Break:
    """A rule that applies elsewhere."""
    return lambda k: entry(f"rules/{rule}", applies=replace(k.rules[rule].applies, **changes))(k)


def without_event(option: str) -> Break:
    return lambda k: replace(k, timeline=tuple(e for e in k.timeline if option not in e.options))


def row(option: str, country: str, **changes: Any) -> Break:
    """The last availability row of an option with other fields."""

    def make(knowledge: Knowledge) -> Knowledge:
        table = dict(knowledge.options[option].availability)
        rows = table[country]  # type: ignore[index]
        table[country] = (*rows[:-1], replace(rows[-1], **changes))  # type: ignore[index]
        return entry(f"options/{option}", availability=table)(knowledge)

    return make


def same_id(name: str) -> Break:
    """An option whose criterion is called as one of the drug of the same name."""
    return lambda k: criterion(f"options/{name}", id=k.drugs[name].versions[0].criteria[0].id)(k)


def seed_sentence(knowledge: Knowledge) -> Knowledge:
    term = Term(term="copied", says=SEED, source=knowledge.glossary[0].source)
    return replace(knowledge, glossary=(*knowledge.glossary, term))


def without(table: str, name: str) -> Break:
    return lambda k: replace(k, **{table: {key: value for key, value in getattr(k, table).items() if key != name}})


CASES: list[tuple[str, Break, str]] = [
    # -- sources
    (
        "sources_resolve",
        criterion("options/Vd", source=Cite(id="v-apx")),
        "no source has this id: 'v-apx'. Did you mean 'v-apex'?",
    ),
    (
        "sources_resolve",
        first("timeline", source=Cite(id="nowhere-at-all")),
        "timeline, 2003-05-13 US Vd: no source has this id",
    ),
    ("sources_described", entry("sources/bellini", date="soon"), "sources/bellini: a source needs a date"),
    ("sources_described", entry("sources/bellini", date="2019-02-30"), "sources/bellini: a source needs a date"),
    ("sources_described", entry("sources/v-apex", read_on="2026"), "sources/v-apex: `read_on` is a day"),
    ("sources_described", entry("sources/bellini", basis=""), "sources/bellini: `basis` says how it was read"),
    ("sources_described", entry("sources/bellini", short=""), "sources/bellini: `short` has one to 5 words: ''"),
    ("sources_described", entry("sources/bellini", short="a b c d e f"), "`short` has one to 5 words"),
    ("sources_described", entry("sources/bellini", short="Venetoclax statement"), "its tag is that of another source"),
    ("sources_used", entry("sources/gavr22", kept_for=""), "sources/gavr22: no statement cites it. Cite it, or say"),
    ("sources_used", entry("sources/bellini", kept_for="x"), "sources/bellini: cited, and yet kept for another reason"),
    (
        "licence_kept",
        criterion("options/Vd", source=Cite(id="nccn")),
        "cites NCCN, whose licence does not allow it: nccn",
    ),
    ("licence_kept", criterion("options/Vd", says="NCCN lists it"), "options/Vd: speaks of NCCN, whose licence"),
    # -- files
    (
        "versions_increase",
        version("drugs/bortezomib", ("2020", None), ("2019-05", None)),
        "versions must increase: 2020-01-01 then 2019-05-01",
    ),
    ("versions_increase", version("drugs/bortezomib", ("2020", None), ("2020-01-01", None)), "versions must increase"),
    (
        "versions_increase",
        version("drugs/bortezomib", ("2020", None), ("unknown", "2021")),
        "only the first version may",
    ),
    ("versions_increase", version("drugs/bortezomib", ("unknown", None)), "`from: unknown` needs `by:`"),
    (
        "versions_increase",
        version("drugs/bortezomib", ("2023-02-29", None)),
        "drugs/bortezomib: a version needs a date",
    ),
    (
        "versions_increase",
        row("DRd", "US", from_="2001"),
        "options/DRd, US: versions must increase: 2015-11-16 then 2001-01-01",
    ),
    ("dates_read", entry("policies/doubling_days", from_="2023-02-29"), "policies/doubling_days: `from` is a date"),
    (
        "ids_well_formed",
        criterion("options/Vd", id="Two words"),
        "an id is lower-case words joined by hyphens: Two words",
    ),
    (
        "ids_well_formed",
        criterion("options/Vd", id="trial-lines"),
        "options/Vd, version 2005: an id stands twice: trial-lines",
    ),
    ("ids_well_formed", added("drugs", "Big_Drug", "bortezomib"), "drugs/Big_Drug: an id is words joined"),
    (
        "ids_well_formed",
        lambda k: replace(k, timeline=(k.timeline[0], *k.timeline)),
        "timeline, 2003-05-13 US Vd: two statements stand in one place",
    ),
    ("ids_well_formed", same_id("carfilzomib"), "an id of the drug of the same name"),
    (
        "links_resolve",
        entry("options/Vd", drugs=("bortezomb",)),
        "options/Vd: no drug has this id: 'bortezomb'. Did you mean 'bortezomib'?",
    ),
    ("links_resolve", entry("options/Vd", path="drugs"), "options/Vd: no path has this id: 'drugs'"),
    ("links_resolve", entry("options/Vd", claims=("L99",)), "options/Vd: no claim has this id: 'L99'"),
    (
        "links_resolve",
        entry("drugs/bortezomib", classes=("PIs",)),
        "drugs/bortezomib: no class has this id: 'PIs'. Did you mean 'PI'?",
    ),
    (
        "links_resolve",
        criterion("rules/refractory-drug", policy="refractory_drugs"),
        "criteria/refractory-drug, criterion refractory: no policy has",
    ),
    (
        "links_resolve",
        criterion("options/Vd", claims=("L99",)),
        "criterion bortezomib-refractory: no claim has this id: 'L99'",
    ),
    ("links_resolve", applied("exhausted-options", options=("Vdd",)), "no option has this id: 'Vdd'. Did you mean"),
    ("links_resolve", first("timeline", drugs=("velcade",)), "timeline, 2003-05-13: no drug has this id: 'velcade'"),
    ("links_resolve", added("classes", "pi", "PI"), "classes/pi: not one of the class words: 'pi'"),
    ("links_resolve", entry("disagreements/calcium-limit", claims=("L99",)), "disagreements/calcium-limit: no claim"),
    ("links_resolve", first("glossary", claims=("L99",)), "library/glossary: no claim"),
    ("links_resolve", first("resources", claims=("L99",)), "library/resources: no claim"),
    ("drugs_used", without("drugs", "selinexor"), "classes/XPO1: no drug is of this class"),
    ("drugs_used", entry("drugs/bortezomib", classes=()), "drugs/bortezomib: a drug without a class"),
    ("drugs_used", without("options", "Iber-Dd"), "drugs/iberdomide: no option contains it"),
    (
        "timeline_complete",
        without_event("melflufen-d"),
        "options/melflufen-d, US from 2024-02-23: withdrawn, and no event of the timeline says so",
    ),
    ("timeline_complete", first("timeline", options=()), "options/Vd, US from 2003-05-13: approved, and no event"),
    (
        "timeline_complete",
        row("Kd", "US", from_="2016-01-22"),
        "options/Kd, US from 2016-01-22: approved, and no event",
    ),
    (
        "timeline_complete",
        lambda k: replace(k, timeline=k.timeline[::-1]),
        "timeline: events stand in the order of their days",
    ),
    ("timeline_complete", first("timeline", date="2003-02-30"), "timeline: an event needs a date"),
    (
        "off_label_of_approved",
        row("SKd", "US", from_="2019-07-02"),
        "options/SKd, US: off label before selinexor was approved on 2019-07-03: 2019-07-02",
    ),
    # -- rules
    ("conditions_hold", criterion("options/Vd", when="age +"), "outside the grammar: 'age +' cannot be read"),
    (
        "conditions_hold",
        criterion("options/Vd", when="refractory_bortezomb"),
        "no fact is called this: 'refractory_bortezomb'. Did you mean 'refractory_bortezomib'?",
    ),
    (
        "conditions_hold",
        criterion("options/Vd", when="age"),
        "a fact of another type: 'age'. Compare it with a number.",
    ),
    (
        "conditions_hold",
        criterion("options/Vd", when="dialysis > 1"),
        "a fact of another type: 'dialysis'. Use it as it is",
    ),
    ("conditions_hold", criterion("options/Vd", when="age > 70 and age < 60"), "can never hold: age > 70 and age < 60"),
    ("conditions_hold", criterion("options/Vd", when="age >= 60 or age < 60"), "always holds: age >= 60 or age < 60"),
    ("conditions_hold", criterion("options/Vd", when="dialysis or not dialysis"), "always holds"),
    (
        "conditions_hold",
        criterion("rules/refractory-drug", when="refractry_{drug}"),
        "no fact is called this: 'refractry_",
    ),
    ("conditions_hold", criterion("options/Vd", when="regimen_best_pr"), "no fact is called this: 'regimen_best_pr'"),
    (
        "conditions_hold",
        entry("disagreements/calcium-limit", when="calcium > 2"),
        "disagreements/calcium-limit: no fact is called this",
    ),
    (
        "values_shown",
        criterion("options/Vd", says="CrCl {crcl_ml_min}"),
        "shows a value that its condition does not name: {crcl_ml_min}",
    ),
    ("values_shown", criterion("options/Vd", says="{drug}"), "shows a value that its condition does not name: {drug}"),
    (
        "values_shown",
        criterion("options/Vd", when="refractory_{drug}"),
        "a slot that this rule does not fill in: {drug}",
    ),
    (
        "values_shown",
        entry("disagreements/calcium-limit", record="{calcum}"),
        "disagreements/calcium-limit: no fact is called this: 'calcum'",
    ),
    (
        "rules_apply",
        applied("exhausted-options", options=(), paths=(), drugs=(), classes=(), each=""),
        "criteria/exhausted-options: applies to no option",
    ),
    # -- reviews
    (
        "reviews_honest",
        criterion("options/Vd", status="source-checked", source=Cite(id="lit")),
        "checked at a source that was not opened: lit. Keep it draft.",
    ),
    (
        "reviews_honest",
        review("options/Vd", checked_by=None, checked_on=None),
        "options/Vd: source-checked, but it does not say by whom and when",
    ),
    (
        "reviews_honest",
        criterion("options/Vd", status="clinician-reviewed"),
        "options/Vd: clinician-reviewed, but it does not say by whom",
    ),
    ("reviews_honest", review("options/Vd", drafted_by="Source-check-2026-11 "), "options/Vd: checked by its author"),
    (
        "reviews_honest",
        review("options/Vd", reviewed_by="compilation-2026-11", reviewed_on="2026-11-21"),
        "options/Vd: reviewed by its author",
    ),
    (
        "reviews_honest",
        review("options/Vd", reviewed_by="source-check-2026-11", reviewed_on="2026-11-21"),
        "options/Vd: checked and reviewed by one person",
    ),
    (
        "reviews_honest",
        review("options/Vd", checked_on="2026-11"),
        "options/Vd: checked_by and checked_on belong together",
    ),
    (
        "reviews_honest",
        review("options/Vd", reviewed_by="Dr A"),
        "options/Vd: reviewed_by and reviewed_on belong together",
    ),
    (
        "reviews_honest",
        review("rules/refractory-drug", checked_by="x", checked_on="2026-11-21"),
        "names a checker, but no statement of it is source-checked",
    ),
    ("reviews_honest", review("options/Vd", due="2027-02-30"), "options/Vd: `due` is a day"),
    # -- words
    (
        "words_ours",
        criterion("options/Vd", says="This is recommended"),
        "a word that chooses for the reader: recommended",
    ),
    (
        "words_ours",
        criterion("options/Vd", says="The best option at this point"),
        "a word that chooses for the reader: best option",
    ),
    (
        "words_ours",
        criterion("options/Vd", says="A sentence with a stop."),
        "a sentence of a list ends without a full stop",
    ),
    ("nothing_copied", seed_sentence, "library/glossary: 8 words in a row from a seed page. Say it in our own words."),
    # -- claims
    ("claims_carried", entry("options/VRd", claims=()), "claims/L10: nothing carries this claim"),
    ("claims_carried", entry("claims/L10", carried_by=("options/VRD",)), "claims/L10: no such carrier: options/VRD"),
    (
        "claims_carried",
        entry("claims/L10", carried_by=("derive/nothing",)),
        "claims/L10: no such carrier: derive/nothing",
    ),
    # -- days to come
    ("nothing_to_come", entry("sources/bellini", date="2099"), "sources/bellini: later than knowledge "),
    ("nothing_to_come", entry("sources/v-apex", read_on="2099-11-22"), "Mend the day, or raise `version`"),
    ("nothing_to_come", review("options/Vd", checked_on="2099-11-22"), "options/Vd: later than knowledge "),
    ("nothing_to_come", lambda k: replace(k, version="2026.10.9"), "options/Vd: later than knowledge 2026.10.9"),
]


@pytest.fixture(autouse=True)
def seed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence of our own stands for one of a seed page."""
    known = seed_shingles() | frozenset(shingles(SEED))
    monkeypatch.setattr("mspike.knowledge.lints.words.seed_shingles", lambda: known)


@pytest.mark.parametrize(("lint", "make", "says"), CASES, ids=[f"{lint}-{i}" for i, (lint, _, _) in enumerate(CASES)])
def test_a_lint_finds_it(knowledge: Knowledge, lint: str, make: Break, says: str) -> None:
    """The broken knowledge has the finding, from the lint that is named; the real one has not."""
    broken = make(knowledge)
    texts = [str(finding) for run in LINTS if run.__name__ == lint for finding in run(broken)]
    assert any(says in text for text in texts), texts[:5]
    assert all(len(text) < 400 for text in texts)


def test_every_lint_has_a_case() -> None:
    assert {run.__name__ for run in LINTS} == {lint for lint, _, _ in CASES}


def test_the_knowledge_holds(knowledge: Knowledge) -> None:
    """The files as they are: no lint is skipped, no finding is excused."""
    assert [str(finding) for finding in check(knowledge)] == []


def test_overdue_reviews_are_told(knowledge: Knowledge) -> None:
    """Time makes no fault: a review that is due is told, and the check still holds."""
    late = review("options/Vd", due="2020-05-06")(knowledge)
    assert [str(f) for f in overdue(late, dt.date(2020, 5, 7))] == ["options/Vd: review overdue: 2020-05-06"]
    assert overdue(late, dt.date(2020, 5, 6)) == []
    assert check(late) == []


def test_a_finding_reads_as_a_sentence() -> None:
    assert str(Finding("options/Vd", "no drug has this id", "'x'", "Did you mean 'y'?")) == (
        "options/Vd: no drug has this id: 'x'. Did you mean 'y'?"
    )
    assert str(Finding("options/Vd", "no option contains it")) == "options/Vd: no option contains it"


@pytest.mark.parametrize(
    ("text", "holds", "fails"),
    [
        ("a", True, True), ("a and not a", False, True), ("a or not a", True, False),
        ("x > 2.745 and x <= 2.87", True, True),
        ("x > 2.745 and x < 2.746", True, True), ("x > 5 and x < 5", False, True), ("x == 3 and x != 3", False, True),
        ("x >= 0 or x < 10", True, False), ("not (x < 1) and not (x >= 1)", False, True),
        (" and ".join(f"(a{i} or b{i} or x{i} > {i})" for i in range(15)), True, True),
    ],
)  # fmt: skip
def test_can_hold_and_can_fail(text: str, holds: bool, fails: bool) -> None:
    assert (can_be(parse(text), YES), can_be(parse(text), NO)) == (holds, fails)


def test_shingles_are_blind_to_case_and_punctuation() -> None:
    words = "One two, three four. Five six seven eight nine"
    assert len(list(shingles(words))) == 2
    assert set(shingles(words)) == set(shingles(words.upper().replace(",", ";")))
    assert list(shingles("only seven words are in this one")) == []
