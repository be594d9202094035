"""The statements as they are evaluated: what one option, on one day in one country, inherits."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from mspike.knowledge.base import Cite
from mspike.knowledge.grammar import Expr
from mspike.knowledge.model import Availability, Evidence, Option


class Clause(msgspec.Struct, frozen=True, eq=False):
    """A `when` as it is evaluated: one object however many statements share it, so that it is evaluated once."""

    expr: Expr
    names: tuple[str, ...]


class Wanted(msgspec.Struct, frozen=True):
    """One condition of a label."""

    clause: Clause
    says: str


class Way(msgspec.Struct, frozen=True):
    """One way to meet a label: all its conditions."""

    clause: Clause
    route: str
    conditions: tuple[Wanted, ...]


class Label(msgspec.Struct, frozen=True):
    """A label as it is evaluated: met by any of its ways."""

    clause: Clause
    ways: tuple[Way, ...]


class Applied(msgspec.Struct, frozen=True, eq=False):
    """One criterion as it applies to an option: template names filled in, source resolved."""

    origin: str
    """`bortezomib/neuropathy-hold`: the file and the criterion."""
    says: str
    clause: Clause
    effect: str
    kind: str
    source: Cite
    status: str
    policy: str | None = None


class Asked(msgspec.Struct, frozen=True, eq=False):
    """Some facts, and the criteria that ask for just these, with their places in a list."""

    names: tuple[str, ...]
    criteria: tuple[tuple[int, Applied], ...]


class Listed(msgspec.Struct, frozen=True, eq=False):
    """A list of criteria, sorted by the facts that they name: first those that name one."""

    asked: tuple[Asked, ...]
    one: tuple[str, ...]
    """The facts of the first ones."""
    several: tuple[tuple[str, ...], ...]
    """Those of the others."""
    many: int
    """How many criteria there are."""


def by_facts(criteria: Collection[Applied]) -> Listed:
    found: dict[tuple[str, ...], list[tuple[int, Applied]]] = {}
    for place, criterion in enumerate(criteria):
        found.setdefault(criterion.clause.names, []).append((place, criterion))
    asked = [Asked(names, tuple(placed)) for names, placed in found.items()]
    asked.sort(key=lambda group: len(group.names) != 1)
    one = tuple(group.names[0] for group in asked if len(group.names) == 1)
    return Listed(tuple(asked), one, tuple(group.names for group in asked[len(one) :]), len(criteria))


class AppliedRisk(msgspec.Struct, frozen=True):
    origin: str
    says: str
    kind: str
    source: Cite
    status: str


class InForce(msgspec.Struct, frozen=True, eq=False):
    """One option on that day."""

    option: Option
    availability: Availability | None
    """In the asked country; None: nothing is recorded for that day."""
    label: Label | None
    """That country's label; None: no label, or no condition in it."""
    elsewhere: dict[str, Availability]
    """In the other countries."""
    criteria: tuple[Applied, ...]
    known_risks: tuple[AppliedRisk, ...]
    evidence: tuple[Evidence, ...]
    numbers: tuple[int, ...] = ()
    """Where its criteria stand in `Catalogue.criteria`."""
