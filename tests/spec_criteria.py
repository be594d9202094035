"""Reads the tables of spec/criteria/*.md: cases of single criteria, as a clinician writes them.

Columns: case | option | given | criterion | -> result | because, and optionally country and as of.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from pathlib import Path

import msgspec

from mspike.knowledge import Catalogue, catalogue
from mspike.knowledge.grammar import Truth
from mspike.options.truth import Truths, tri
from mspike.record.model import Number
from spec_tables import SPEC, read_rows

TODAY = "2026-11-21"


class Case(msgspec.Struct, frozen=True):
    file: str
    row: int
    case: str
    option: str
    given: tuple[tuple[str, str], ...]
    criterion: str
    expected: str
    because: str
    country: str = "US"
    as_of: str = TODAY

    @property
    def id(self) -> str:
        return f"{self.file}:{self.row} {self.criterion}: {self.case}"


def read_cases(folder: Path = SPEC / "criteria") -> Iterator[Case]:
    for path in sorted(folder.glob("*.md")):
        for row in read_rows(path):
            yield as_case(row.file, row.number, row.cells)


def as_case(file: str, number: int, cells: dict[str, str]) -> Case:
    return Case(
        file, number, cells["case"], cells["option"], pairs(cells["given"]), cells["criterion"], cells["-> result"],
        cells["because"], cells.get("country") or "US", cells.get("as of") or TODAY,
    )  # fmt: skip


def pairs(given: str) -> tuple[tuple[str, str], ...]:
    """`prior_lines = 1; exposed_pi = yes` as pairs."""
    parts = (part.partition("=") for part in given.split(";") if part.strip())
    return tuple((name.strip(), value.strip()) for name, _, value in parts)


def value_of(text: str) -> bool | Number | None:
    """`yes`, `no`, `?`, `3`, `12..14`, `<15`, `>=4`."""
    if text in ("yes", "no", "?"):
        return {"yes": True, "no": False, "?": None}[text]
    if ".." in text:
        low, high = text.split("..")
        return Number(float(low), float(high))
    if text[0] in "<>":
        number = float(text.lstrip("<>="))
        exact = "=" in text
        below, above = Number(-math.inf, number, True, not exact), Number(number, math.inf, not exact, True)
        return below if text[0] == "<" else above
    return Number(float(text), float(text))


def run(case: Case) -> str:
    """The result of a case, in the words of the table."""
    in_force: Catalogue = catalogue(dt.date.fromisoformat(case.as_of), case.country)
    for name, _ in case.given:
        assert name in in_force.facts, f"no fact is called {name!r}"
    truths = Truths({name: value_of(text) for name, text in case.given})
    if case.criterion.startswith("disagreement/"):
        _, name, index = case.criterion.split("/")
        entry = in_force.knowledge.disagreements[name]
        when = entry.when if index == "shown" else entry.positions[int(index)].when
        return word(truths.of(in_force.clause(when)), "met", "not-met")
    item = next(i for i in in_force.options if i.option.option == case.option)
    if case.criterion == "availability":
        return item.availability.status if item.availability else "unknown"
    if case.criterion == "label":
        if item.label is None:
            return "no-label"
        return {True: "met", False: "not-met", None: "cannot-tell"}[tri(truths.of(item.label.clause))]
    found = [c for c in item.criteria if c.origin == case.criterion]
    if not found:
        return "not in force"
    effect = found[0].effect if not found[0].policy else str(in_force.knowledge.policy(found[0].policy))
    return word(truths.of(found[0].clause), effect, "silent")


def word(truth: Truth, yes: str, no: str) -> str:
    return {True: yes, False: no, None: "cannot tell"}[tri(truth)]
