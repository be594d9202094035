"""`mspike knowledge diff`: what a reader of the later day sees that one of the earlier day did not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import msgspec
import pytest

from mspike.knowledge.model import Cite, Criterion, Knowledge, Risk, Version
from mspike.knowledge.pack import parsed
from mspike.knowledge.show import changes


def changed(knowledge: Knowledge, before: str, after: str, country: str = "US") -> list[str]:
    days = (dt.date.fromisoformat(before), dt.date.fromisoformat(after))
    return list(changes(knowledge, parsed(knowledge), *days, country))


def of_option(lines: list[str], name: str) -> list[str]:
    """The lines under an option's heading."""
    start = next((i for i, line in enumerate(lines) if line.split("  ")[0] == name), None)
    if start is None:
        return []
    rest = lines[start + 1 :]
    return rest[: next((i for i, line in enumerate(rest) if not line.startswith("  ")), len(rest))]


def test_april_2024_in_the_us(knowledge: Knowledge) -> None:
    """Both cell products moved to earlier lines within two days."""
    lines = changed(knowledge, "2024-04-03", "2024-04-06")
    assert lines[:2] == [
        "2024-04-04  Ide-cel approved after 2 or more lines",
        "2024-04-05  Cilta-cel approved after 1 or more lines, refractory to lenalidomide",
    ]
    for name, earlier, later in (("ide-cel", 4, 2), ("cilta-cel", 4, 1)):
        [row] = [line for line in of_option(lines, name) if line.startswith("  availability: ")]
        was, now = row.split(" → ")
        assert f"at least {earlier} prior lines" in was
        assert f"at least {later} prior line" in now
    assert of_option(lines, "Vd") == []


def test_the_day_itself_is_part_of_it(knowledge: Knowledge) -> None:
    assert of_option(changed(knowledge, "2024-04-04", "2024-04-05"), "cilta-cel")
    assert of_option(changed(knowledge, "2024-04-05", "2024-04-06"), "cilta-cel") == []


def test_elsewhere_it_is_another_day(knowledge: Knowledge) -> None:
    def moved(before: str, after: str) -> bool:
        return any("availability: " in row for row in of_option(changed(knowledge, before, after, "EU"), "ide-cel"))

    assert not moved("2024-04-03", "2024-04-06")
    assert moved("2024-03-20", "2024-03-21")


@pytest.mark.parametrize("day", ["1999-01-01", "2016-11-21", "2024-04-05", "2026-11-21"])
def test_equal_days_show_nothing(knowledge: Knowledge, day: str) -> None:
    for country in ("US", "EU", "UK"):
        assert changed(knowledge, day, day, country) == []


def test_added_changed_and_removed_statements(broken: Callable[..., Knowledge]) -> None:
    source = Cite(id="v-bor")

    def version(day: str, *criteria: Criterion, risk: str) -> Version:
        return Version(from_=day, source=source, criteria=criteria, known_risks=(Risk(id="risk", says=risk),))

    kept = Criterion(id="kept", says="as before", when="dialysis")
    old = Criterion(id="old", says="gone", when="dialysis")
    edited = Criterion(id="edited", says="first", when="dialysis")
    two = (
        version("2020", kept, old, edited, risk="a risk"),
        version(
            "2021-05-06",
            kept,
            msgspec.structs.replace(edited, says="second", effect="against"),
            Criterion(id="new", says="come", when="dialysis"),
            risk="another risk",
        ),
    )
    lines = of_option(changed(broken("drugs/bortezomib", versions=two), "2021-05-05", "2021-05-06"), "Vd")
    assert lines == [
        "  - caution: gone",
        "  ~ caution: first → against: second",
        "  + caution: come",
        "  ~ known risk: a risk → known risk: another risk",
    ]


def test_a_disagreement_that_begins(broken: Callable[..., Knowledge]) -> None:
    later = broken("disagreements/calcium-limit", from_="2021-05-06")
    assert changed(later, "2021-05-05", "2021-05-06") == [
        f"sources disagree  {later.disagreements['calcium-limit'].topic}"
    ]


def test_one_order_every_time(knowledge: Knowledge) -> None:
    assert changed(knowledge, "2015-01-01", "2026-11-21") == changed(knowledge, "2015-01-01", "2026-11-21")
