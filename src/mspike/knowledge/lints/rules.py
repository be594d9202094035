"""Conditions: each parses, names known facts of the right type, can hold and can fail; so does what `says` shows."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterator

from mspike.knowledge.catalogue import Catalogue
from mspike.knowledge.grammar import (
    NO,
    UNKNOWN,
    YES,
    Expr,
    GrammarError,
    Truth,
    compare_interval,
    evaluate,
    leaves,
    names,
)
from mspike.knowledge.lints.finding import Finding
from mspike.knowledge.model import Knowledge
from mspike.knowledge.names import did_you_mean, fact_specs, token
from mspike.knowledge.pack import parse_template
from mspike.knowledge.statements import conditions, versioned

SLOTS = {
    "": (),
    "drug": ("drug",),
    "core-drug": ("drug",),
    "core-class": ("class", "drug"),
    "option": ("option",),
    "path": ("path",),
}
"""What a template may fill in, by what it is made for."""

SLOT = re.compile(r"__(drug|class|option|path)__")
SHOWN = re.compile(r"\{(\w+)\}")


def conditions_hold(knowledge: Knowledge) -> Iterator[Finding]:
    """Each condition is in the grammar, over known facts, and neither impossible nor always true."""
    known = fact_specs(knowledge)
    regimen = set(knowledge.facts.regimen)
    members = slot_members(knowledge)
    for condition in conditions(knowledge):
        try:
            expr = parse_template(condition.text)
        except GrammarError as error:
            yield Finding(condition.where, "outside the grammar", str(error))
            continue
        sound = True
        for leaf in dict.fromkeys(leaves(expr)):
            for name in filled(leaf[1], members):
                if name not in known or (name in regimen and not condition.per_regimen):
                    sound = False
                    yield Finding(condition.where, "no fact is called this", repr(name), did_you_mean(name, known))
                    break
                if (known[name].type == "number") is (leaf[0] == "fact"):
                    sound = False
                    todo = "Compare it with a number." if leaf[0] == "fact" else "Use it as it is, or with `not`."
                    yield Finding(condition.where, "a fact of another type", repr(name), todo)
                    break
        if sound and not can_be(expr, YES):
            yield Finding(condition.where, "can never hold", condition.text)
        if sound and not can_be(expr, NO):
            yield Finding(condition.where, "always holds", condition.text)


def slot_members(knowledge: Knowledge) -> dict[str, list[str]]:
    """Everything that each slot of a template may stand for, as it stands in a fact's name."""
    ids = {
        "drug": list(knowledge.drugs), "class": list(knowledge.classes), "option": list(knowledge.options),
        "path": [p.path for p in knowledge.paths],
    }  # fmt: skip
    return {slot: [token(name) for name in names] for slot, names in ids.items()}


def filled(name: str, members: dict[str, list[str]]) -> Iterator[str]:
    """A fact's name, or each name that a template's becomes."""
    slots = SLOT.findall(name)
    for values in itertools.product(*(members[slot] for slot in slots)):
        text = name
        for slot, value in zip(slots, values, strict=True):
            text = text.replace(f"__{slot}__", value)
        yield text


def can_be(expr: Expr, wanted: Truth) -> bool:
    """Whether some values of its facts give the expression this truth. Facts are taken as independent."""
    spots = {name: _spots(expr, name) for name in names(expr)}

    def search(row: dict[str, float]) -> bool:
        def atom(leaf: Expr) -> Truth:
            value = row.get(leaf[1])
            if value is None:
                return UNKNOWN
            if leaf[0] == "fact":
                return YES if value else NO
            return compare_interval(value, value, False, False, leaf[2], leaf[3])

        truth = evaluate(expr, atom)
        if truth != UNKNOWN:
            return truth == wanted
        name = next(name for name in spots if name not in row)
        return any(search(row | {name: value}) for value in spots[name])

    return search({})


def _spots(expr: Expr, name: str) -> list[float]:
    """Values of one fact that tell its comparisons apart: each limit, between two, and beyond both ends."""
    limits = sorted({leaf[3] for leaf in leaves(expr) if leaf[1] == name and leaf[0] == "cmp"})
    if not limits:
        return [1.0, 0.0]
    between = [(low + high) / 2 for low, high in itertools.pairwise(limits)]
    return [limits[0] - 1, *limits, *between, limits[-1] + 1]


def values_shown(knowledge: Knowledge) -> Iterator[Finding]:
    """A value that a sentence shows is of a fact that its condition names, so that it is known when it is said."""
    for entry in versioned(knowledge):
        rule = knowledge.rules.get(entry.id) if entry.folder == "criteria" else None
        slots = SLOTS[rule.applies.each if rule else ""]
        for version in entry.versions:
            for c in version.criteria:
                where = f"{entry.file}, version {version.from_}, criterion {c.id}"
                used = set(re.findall(r"\w+", c.when))
                for name in SHOWN.findall(c.says):
                    if name not in slots and name not in used:
                        yield Finding(where, "shows a value that its condition does not name", f"{{{name}}}")
                for slot in SHOWN.findall(c.when):
                    if slot not in slots:
                        yield Finding(where, "a slot that this rule does not fill in", f"{{{slot}}}")
    known = fact_specs(knowledge)
    for id_, disagreement in knowledge.disagreements.items():
        for name in SHOWN.findall(disagreement.record):
            if name not in known:
                yield Finding(f"disagreements/{id_}", "no fact is called this", repr(name), did_you_mean(name, known))


def rules_apply(knowledge: Knowledge) -> Iterator[Finding]:
    """Every rule speaks of at least one option."""
    catalogue = Catalogue(knowledge, {}, dt.date.max, "US")
    for name, rule in knowledge.rules.items():
        if not any(catalogue.bindings(rule, o.drugs, o.path, o.option) for o in knowledge.options.values()):
            yield Finding(f"criteria/{name}", "applies to no option", todo="Mend `applies`, or take the rule out.")
