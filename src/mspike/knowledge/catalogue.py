"""What is in force on a day in a country: each option with every statement that speaks of it.

A caution is written once, on the drug, the class, or a rule; here each option inherits it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import takewhile

import msgspec

from mspike.knowledge.base import first_day
from mspike.knowledge.grammar import Expr, names
from mspike.knowledge.inforce import Applied, AppliedRisk, Clause, InForce, Label, Listed, Wanted, Way, by_facts
from mspike.knowledge.model import Availability, Criterion, Disagreement, FactSpec, Knowledge, Option, Rule, Version
from mspike.knowledge.names import fact_specs, token

FALLBACK = {"UK": "EU"}
"""A country without a row of its own takes this one's label (decision 26)."""


class Catalogue:
    """The knowledge in force on `as_of` in `country`."""

    def __init__(self, knowledge: Knowledge, conditions: Mapping[str, Expr], as_of: dt.date, country: str) -> None:
        self.knowledge = knowledge
        self.conditions = conditions
        self.as_of = as_of
        self.country = country
        self._clauses: dict[Expr, Clause] = {}
        self._by_text: dict[str, Clause] = {}
        self._shared: dict[tuple[str, ...], tuple[tuple[Applied, ...], tuple[AppliedRisk, ...]]] = {}

    @cached_property
    def options(self) -> tuple[InForce, ...]:
        return tuple(self._in_force(option) for option in self.knowledge.options.values())

    @cached_property
    def criteria(self) -> tuple[Applied, ...]:
        """Every criterion in force once, however many options inherit it."""
        return tuple({id(c): c for item in self.options for c in item.criteria}.values())

    @cached_property
    def numbered(self) -> tuple[InForce, ...]:
        """The options with the numbers of their criteria."""
        number = {id(c): i for i, c in enumerate(self.criteria)}
        return tuple(
            msgspec.structs.replace(item, numbers=tuple(number[id(c)] for c in item.criteria)) for item in self.options
        )

    @cached_property
    def listed(self) -> Listed:
        """The criteria by the facts that they name."""
        return by_facts(self.criteria)

    @cached_property
    def deciding_policies(self) -> tuple[str, ...]:
        """The policies whose value is the effect of a criterion."""
        return tuple(sorted({c.policy for c in self.criteria if c.policy}))

    @cached_property
    def disagreements(self) -> tuple[Disagreement, ...]:
        """Those with a condition, in force by their date."""
        return tuple(
            d
            for d in self.knowledge.disagreements.values()
            if d.when and (not d.from_ or first_day(d.from_) <= self.as_of)
        )

    @cached_property
    def facts(self) -> dict[str, FactSpec]:
        """What facts.yaml says of every fact."""
        return fact_specs(self.knowledge)

    def clause(self, when: str) -> Clause:
        """What a `when` of the files asks."""
        found = self._by_text.get(when)
        if found is None:
            found = self._by_text[when] = self._clause(self.conditions[when])
        return found

    def label(self, row: Availability) -> Label | None:
        """The label of an availability; None where it has no condition."""
        if not row.label:
            return None
        ways = []
        for branch in row.label:
            conditions = tuple(Wanted(self.clause(c.when), c.says) for c in branch.conditions)
            together = self._clause(("and", tuple(c.clause.expr for c in conditions)))
            ways.append(Way(together, branch.route, conditions))
        return Label(self._clause(("or", tuple(way.clause.expr for way in ways))), tuple(ways))

    def _clause(self, expr: Expr) -> Clause:
        found = self._clauses.get(expr)
        if found is None:
            found = self._clauses[expr] = Clause(expr, names(expr))
        return found

    def statements(
        self, drugs: tuple[str, ...], path: str = "", option: str = ""
    ) -> tuple[tuple[Applied, ...], tuple[AppliedRisk, ...]]:
        """Every criterion and known risk that a set of drugs on a path inherits, without the option's own."""
        criteria: list[Applied] = []
        risks: list[AppliedRisk] = []
        for part in (self._of_drug(drug) for drug in drugs):
            criteria += part[0]
            risks += part[1]
        for name in self._classes(drugs):
            if entry := self.knowledge.classes.get(name):
                part = self._of_versions(("class", name), name, entry.versions)
                criteria += part[0]
                risks += part[1]
        for rule in self.knowledge.rules.values():
            for values in self.bindings(rule, drugs, path, option):
                key = ("rule", rule.rule, *values.values())
                part = self._of_versions(key, rule.rule, rule.versions, values)
                criteria += part[0]
                risks += part[1]
        return tuple(criteria), tuple(risks)

    def availability(self, option: Option, country: str) -> Availability | None:
        return next(reversed(self._begun(option, country)), None)

    def status_since(self, option: Option, country: str) -> str | None:
        """The day from which the status of now has held without a break, whatever its words; None: not known."""
        rows = self._begun(option, country)
        same = list(takewhile(lambda row: row.status == rows[-1].status, reversed(rows)))
        return same[-1].from_ if same and same[-1].from_ != "unknown" else None

    def _begun(self, option: Option, country: str) -> list[Availability]:
        """The rows that had begun by then; a country without its own takes its fallback's."""
        rows = option.availability.get(country) or option.availability.get(FALLBACK.get(country, ""))  # type: ignore[call-overload]
        return [row for row in rows or () if row.from_ == "unknown" or first_day(row.from_) <= self.as_of]

    def core_drugs(self, drugs: tuple[str, ...]) -> tuple[str, ...]:
        """The drugs but the steroid; a steroid alone is its own core drug. Drugs never matched are left out."""
        known = self.knowledge.drugs
        matched = tuple(d for d in drugs if d in known and known[d].matched)
        core = tuple(d for d in matched if not known[d].steroid)
        return core or matched

    def _in_force(self, option: Option) -> InForce:
        criteria, risks = self.statements(option.drugs, option.path, option.option)
        own = self._of_versions(("option", option.option), option.option, option.versions)
        here = self.availability(option, self.country)
        others = (c for c in ("US", "EU", "UK") if c != self.country)
        elsewhere = {c: row for c in others if (row := self.availability(option, c)) is not None}
        return InForce(
            option,
            here,
            self.label(here) if here else None,
            elsewhere,
            (*own[0], *criteria),
            (*own[1], *risks),
            tuple(e for e in option.evidence if not e.from_ or first_day(e.from_) <= self.as_of),
        )

    def _classes(self, drugs: Iterable[str]) -> tuple[str, ...]:
        known = self.knowledge.drugs
        return tuple(dict.fromkeys(c for d in drugs if d in known for c in known[d].classes))

    def _of_drug(self, drug: str) -> tuple[tuple[Applied, ...], tuple[AppliedRisk, ...]]:
        entry = self.knowledge.drugs.get(drug)
        return self._of_versions(("drug", drug), drug, entry.versions) if entry else ((), ())

    def bindings(self, rule: Rule, drugs: tuple[str, ...], path: str, option: str) -> list[dict[str, str]]:
        """What `{drug}`, `{class}` and `{option}` stand for, once per use of the rule; empty = it does not apply."""
        to = rule.applies
        plain = {"option": option} if option else {}
        if to.each == "option":
            return [plain] if option else []
        if to.each == "path":
            return [{"path": path}] if path else []
        if to.each == "drug":
            return [{"drug": d} for d in drugs if d in self.knowledge.drugs]
        if to.each == "core-drug":
            return [{"drug": d} for d in self.core_drugs(drugs)]
        if to.each == "core-class":
            core = self.core_drugs(drugs)
            wanted = to.classes
            return [
                {"class": c, "drug": d}
                for d in core
                for c in self.knowledge.drugs[d].classes
                if not wanted or c in wanted
            ]
        hit = (
            option in to.options
            or path in to.paths
            or any(d in to.drugs for d in drugs)
            or any(c in to.classes for c in self._classes(drugs))
        )
        return [{}] if hit else []

    def _of_versions(
        self, key: tuple[str, ...], name: str, versions: tuple[Version, ...], values: Mapping[str, str] = {}
    ) -> tuple[tuple[Applied, ...], tuple[AppliedRisk, ...]]:
        """The statements of the version in force, made once per day and country so that options share them."""
        found = self._shared.get(key)
        if found is None:
            version = self.in_force(versions)
            found = ((), ()) if version is None else self._apply(name, version, values)
            self._shared[key] = found
        return found

    def in_force(self, versions: tuple[Version, ...]) -> Version | None:
        """The latest version that had begun by then."""
        found = None
        for version in versions:
            if version.from_ == "unknown" or first_day(version.from_) <= self.as_of:
                found = version
        return found

    def _apply(
        self, name: str, version: Version, values: Mapping[str, str]
    ) -> tuple[tuple[Applied, ...], tuple[AppliedRisk, ...]]:
        suffix = "".join(f"/{value}" for key, value in values.items() if key != "option")
        return (
            tuple(
                Applied(
                    f"{name}{suffix}/{c.id}", self._fill(c.says, values), self._bind(c, values), c.effect, c.kind,
                    c.source or version.source, c.status, c.policy,
                )
                for c in version.criteria if self._here(c.countries)
            ),
            tuple(
                AppliedRisk(
                    f"{name}{suffix}/{r.id}", self._fill(r.says, values), r.kind, r.source or version.source, r.status,
                )
                for r in version.known_risks if self._here(r.countries)
            ),
        )  # fmt: skip

    def _here(self, countries: tuple[str, ...]) -> bool:
        """Whether a statement limited to countries holds here; a country takes its fallback's unless it is named."""
        return not countries or self.country in countries or FALLBACK.get(self.country) in countries

    def _fill(self, says: str, values: Mapping[str, str]) -> str:
        known = self.knowledge
        for key, value in values.items():
            if key == "drug":
                label = known.drugs[value].label
                value = label[0].lower() + label[1:]
            elif key == "class":
                value = known.classes[value].label if value in known.classes else value
            elif key == "path":
                value = value.replace("-", " ")
            says = says.replace("{" + key + "}", value)
        return says

    def _bind(self, criterion: Criterion, values: Mapping[str, str]) -> Clause:
        expr = self.conditions[criterion.when]
        return self._clause(rename(expr, {f"__{key}__": token(v) for key, v in values.items()}) if values else expr)


def rename(expr: Expr, names: Mapping[str, str]) -> Expr:
    """The expression with template parts of its fact names filled in."""
    tag = expr[0]
    if tag in ("and", "or"):
        return (tag, tuple(rename(part, names) for part in expr[1]))
    if tag == "not":
        return (tag, rename(expr[1], names))
    name = expr[1]
    for key, value in names.items():
        name = name.replace(key, value)
    return (tag, name, *expr[2:])
