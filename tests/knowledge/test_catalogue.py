"""What is in force on a day in a country: versions, countries, templates, and what options inherit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import msgspec
import pytest

from mspike.knowledge import first_day, token
from mspike.knowledge.catalogue import Catalogue, rename
from mspike.knowledge.grammar import names
from mspike.knowledge.inforce import Applied, InForce
from mspike.knowledge.model import Applies, Cite, Criterion, Knowledge, Review, Risk, Rule, Version
from mspike.knowledge.pack import parse_template, parsed

DAY = dt.date(2026, 11, 21)


def on(knowledge: Knowledge, day: str | dt.date = DAY, country: str = "US") -> Catalogue:
    when = dt.date.fromisoformat(day) if isinstance(day, str) else day
    return Catalogue(knowledge, parsed(knowledge), when, country)


def option(catalogue: Catalogue, name: str) -> InForce:
    return next(item for item in catalogue.options if item.option.option == name)


def criteria(item: InForce) -> dict[str, Applied]:
    return {c.origin: c for c in item.criteria}


def status(knowledge: Knowledge, name: str, day: str, country: str) -> str:
    row = option(on(knowledge, day, country), name).availability
    return f"{row.status} {row.from_}" if row else "nothing"


@pytest.mark.parametrize(
    ("name", "country", "day", "expected"),
    [
        ("cilta-cel", "US", "2022-02-27", "investigational unknown"),
        ("cilta-cel", "US", "2022-02-28", "approved 2022-02-28"),
        ("cilta-cel", "US", "2024-04-04", "approved 2022-02-28"),
        ("cilta-cel", "US", "2024-04-05", "approved 2024-04-05"),
        ("cilta-cel", "EU", "2024-03-31", "approved 2022-05-26"),
        ("cilta-cel", "EU", "2024-04-01", "approved 2024-04"),  # a month begins on its first day
        ("Vd", "US", "2003-05-12", "nothing"),
        ("Vd", "EU", "1999-01-01", "approved unknown"),  # an unknown day holds from the start
        ("melflufen-d", "US", "2021-10-21", "approved 2021-02-26"),
        ("melflufen-d", "US", "2021-10-22", "withdrawn 2021-10-22"),
        ("melflufen-d", "US", "2024-02-23", "withdrawn 2024-02-23"),
    ],
)
def test_availability_by_day_and_country(
    knowledge: Knowledge, name: str, country: str, day: str, expected: str
) -> None:
    assert status(knowledge, name, day, country) == expected


def test_the_uk_takes_the_eu_row_unless_it_has_its_own(knowledge: Knowledge, broken: Callable[..., Knowledge]) -> None:
    rows = {c: table for c, table in knowledge.options["cilta-cel"].availability.items() if c != "UK"}
    european = broken("options/cilta-cel", availability=rows)
    assert status(european, "cilta-cel", "2025-01-01", "UK") == status(european, "cilta-cel", "2025-01-01", "EU")
    own = (msgspec.structs.replace(rows["EU"][-1], from_="2025-02-01", status="not-approved"),)
    british = broken("options/cilta-cel", availability=rows | {"UK": own})
    assert status(british, "cilta-cel", "2025-03-01", "UK") == "not-approved 2025-02-01"
    assert status(british, "cilta-cel", "2025-03-01", "EU") == "approved 2024-04"


@pytest.mark.parametrize("country", ["US", "EU", "UK"])
def test_every_option_has_a_status_since_2017(knowledge: Knowledge, country: str) -> None:
    found = on(knowledge, "2017-01-01", country).options
    assert [item.option.option for item in found if item.availability is None] == []


@pytest.mark.parametrize(
    ("name", "day", "expected"),
    [
        ("teclistamab", "2026-11-21", "2022-10-25"),  # the regular approval of 2026 is not the first
        ("belantamab", "2026-11-21", "2022-11-22"),  # withdrawn alone, and still so beside the approval of BVd
        ("BVd", "2025-10-22", "2022-11-22"),  # the status of now, not the one before it
        ("BVd", "2020-08-04", None),  # from an unknown day
        ("Vd", "2003-05-12", None),  # nothing recorded
    ],
)
def test_a_status_holds_since_its_own_first_day(
    knowledge: Knowledge, name: str, day: str, expected: str | None
) -> None:
    assert on(knowledge, day).status_since(knowledge.options[name], "US") == expected


def test_elsewhere_names_the_other_countries(knowledge: Knowledge) -> None:
    item = option(on(knowledge, country="EU"), "cilta-cel")
    assert item.elsewhere["US"].from_ == "2024-04-05"
    assert "EU" not in item.elsewhere


VERSIONS = (
    Version(from_="2020", source=Cite(id="a"), criteria=(Criterion(id="old", says="old", when="dialysis"),)),
    Version(from_="2022-03-10", source=Cite(id="b"), criteria=(Criterion(id="new", says="new", when="dialysis"),)),
)


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2019-12-31", set()), ("2020-01-01", {"old"}), ("2022-03-09", {"old"}), ("2022-03-10", {"new"})],
)
def test_a_later_version_replaces_the_earlier_wholly(
    broken: Callable[..., Knowledge], day: str, expected: set[str]
) -> None:
    changed = broken("drugs/bortezomib", versions=VERSIONS)
    found = {c.says for c in option(on(changed, day), "Vd").criteria if c.origin.startswith("bortezomib/")}
    assert found == expected


@pytest.mark.parametrize(
    ("countries", "country", "holds"),
    [
        ((), "UK", True), (("US",), "US", True), (("US",), "EU", False), (("US",), "UK", False), (("EU",), "UK", True),
        (("UK",), "EU", False), (("UK",), "UK", True),
    ],
)  # fmt: skip
def test_a_criterion_of_some_countries(
    broken: Callable[..., Knowledge], countries: tuple[str, ...], country: str, holds: bool
) -> None:
    version = Version(
        from_="2020",
        source=Cite(id="a"),
        criteria=(Criterion(id="here", says="x", when="dialysis", countries=countries),),
        known_risks=(Risk(id="risk", says="y", countries=countries),),
    )
    item = option(on(broken("drugs/bortezomib", versions=(version,)), country=country), "Vd")
    assert ("bortezomib/here" in criteria(item)) is holds
    assert any(r.origin == "bortezomib/risk" for r in item.known_risks) is holds


def test_a_caution_is_one_object_for_every_option_that_inherits_it(knowledge: Knowledge) -> None:
    """Written once, made once: the drug's criteria are the same objects in all options of the drug."""
    catalogue = on(knowledge)
    for drug in knowledge.drugs:
        users = [i for i in catalogue.options if drug in i.option.drugs and i.option.option != drug]
        held = [[c for c in item.criteria if c.origin.split("/")[0] == drug] for item in users]
        for other in held[1:]:
            assert all(a is b for a, b in zip(held[0], other, strict=True)), drug
    shared = {id(c): c for item in catalogue.options for c in item.criteria}
    assert len(catalogue.criteria) == len(shared)
    assert sum(len(item.criteria) for item in catalogue.options) > 2 * len(shared)


def test_numbers_lead_to_the_criteria(knowledge: Knowledge) -> None:
    catalogue = on(knowledge)
    for item, numbered in zip(catalogue.options, catalogue.numbered, strict=True):
        assert {id(catalogue.criteria[i]) for i in numbered.numbers} == {id(c) for c in item.criteria}


def test_a_class_speaks_once_of_an_option_with_two_drugs_of_it(knowledge: Knowledge) -> None:
    for item in on(knowledge).options:
        origins = [c.origin for c in item.criteria]
        assert len(origins) == len(set(origins)), item.option.option


def rule(each: str = "", says: str = "{drug}", when: str = "dialysis", **lists: tuple[str, ...]) -> Rule:
    version = Version(from_="2020", source=Cite(id="a"), criteria=(Criterion(id="c", says=says, when=when),))
    review = Review(drafted_by="a")
    return Rule(rule="test", topic="t", applies=Applies(each=each, **lists), versions=(version,), review=review)


def of_rule(knowledge: Knowledge, made: Rule, name: str) -> dict[str, Applied]:
    changed = msgspec.structs.replace(knowledge, rules={"test": made})
    found = criteria(option(on(changed), name))
    return {origin: c for origin, c in found.items() if origin.startswith("test/")}


@pytest.mark.parametrize(
    ("each", "says", "when", "name", "expected"),
    [
        ("drug", "{drug}", "refractory_{drug}", "Vd", {"test/bortezomib/c", "test/dexamethasone/c"}),
        ("core-drug", "{drug}", "refractory_{drug}", "Vd", {"test/bortezomib/c"}),
        ("core-drug", "{drug}", "refractory_{drug}", "steroid", {"test/dexamethasone/c"}),  # alone it is the core
        ("core-class", "{class}", "refractory_{class}", "Vd", {"test/PI/bortezomib/c"}),
        ("option", "{option}", "prefers_{option}", "Vd", {"test/c"}),
        ("path", "{path}", "prefers_{path}", "Vd", {"test/drug-combination/c"}),
    ],
)
def test_templates(knowledge: Knowledge, each: str, says: str, when: str, name: str, expected: set[str]) -> None:
    assert set(of_rule(knowledge, rule(each, says, when), name)) == expected


def test_a_template_fills_in_sentence_and_facts(knowledge: Knowledge) -> None:
    made = of_rule(knowledge, rule("core-drug", "Refractory to {drug}", "refractory_{drug}"), "Iber-Dd")
    assert {c.says: names(c.clause.expr) for c in made.values()} == {
        "Refractory to iberdomide": ("refractory_iberdomide",),
        "Refractory to daratumumab": ("refractory_daratumumab",),
    }
    classes = of_rule(knowledge, rule("core-class", "{class}: {drug}", "refractory_{class}", classes=("PI",)), "KPd")
    assert [(c.says, names(c.clause.expr)) for c in classes.values()] == [
        ("proteasome inhibitor: carfilzomib", ("refractory_pi",))
    ]


@pytest.mark.parametrize(
    ("lists", "name", "hit"),
    [
        ({"options": ("Vd",)}, "Vd", True), ({"options": ("Vd",)}, "Kd", False),
        ({"paths": ("car-t",)}, "ide-cel", True),
        ({"drugs": ("bortezomib",)}, "DVd", True), ({"drugs": ("bortezomib",)}, "Kd", False),
        ({"classes": ("PI",)}, "Kd", True), ({"classes": ("PI",)}, "Pd", False), ({}, "Vd", False),
    ],
)  # fmt: skip
def test_what_a_rule_applies_to(knowledge: Knowledge, lists: dict[str, tuple[str, ...]], name: str, hit: bool) -> None:
    assert bool(of_rule(knowledge, rule(says="x", **lists), name)) is hit


def test_a_statement_takes_its_version_s_source_unless_it_has_its_own(knowledge: Knowledge) -> None:
    item = criteria(option(on(knowledge), "Vd"))
    assert item["bortezomib/neuropathy"].source.id == "v-bor"
    assert item["bortezomib/kidney"].source.id == "imwg-ren23"


def test_evidence_and_disagreements_begin_on_their_day(knowledge: Knowledge, broken: Callable[..., Knowledge]) -> None:
    evidence = tuple(msgspec.structs.replace(e, from_="2020-06") for e in knowledge.options["Vd"].evidence)
    changed = broken("options/Vd", evidence=evidence)
    assert option(on(changed, "2020-05-31"), "Vd").evidence == ()
    assert option(on(changed, "2020-06-01"), "Vd").evidence == evidence
    later = broken("disagreements/calcium-limit", from_="2020-06")
    shown = {day: {d.disagreement for d in on(later, day).disagreements} for day in ("2020-05-31", "2020-06-01")}
    assert shown["2020-06-01"] - shown["2020-05-31"] == {"calcium-limit"}


def test_tokens_and_first_days() -> None:
    assert [token(n) for n in ("anti-CD38", "CAR-T", "IMiD", "DRd", "Isa-Pd", "belantamab-mafodotin")] == [
        "anti_cd38", "car_t", "imid", "DRd", "Isa_Pd", "belantamab_mafodotin",
    ]  # fmt: skip
    assert [first_day(d).isoformat() for d in ("2024", "2024-04", "2024-04-05")] == [
        "2024-01-01", "2024-04-01", "2024-04-05",
    ]  # fmt: skip
    expr = parse_template("not (refractory_{drug} or x_{drug} >= 2)")
    assert rename(expr, {"__drug__": "a"}) == parse_template("not (refractory_a or x_a >= 2)")
