"""What a row of OMOP names: its concept, the codes and names of the source's own `concept` table, what was written.

The words come from the shared code tables and the user's own map (terms.py); here is only what OMOP adds to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Any, NamedTuple

from mspike.record.terms import Terms
from mspike.record.units import find_unit

OMOP = "OMOP"
"""The system under which a user's map may name a concept by its id."""

KINDS = {
    "drug_exposure": ("drug",), "measurement": ("test", "item", "finding"),
    "condition_occurrence": ("diagnosis", "condition"), "procedure_occurrence": ("procedure", "drug"),
    "observation": ("item", "test", "finding", "diagnosis", "condition", "procedure"),
}  # fmt: skip
"""What a row of each table can be about, in the order in which it is asked."""

SYSTEMS = {"RxNorm": "RXNORM", "RxNorm Extension": "RXNORM", "ICD9Proc": "ICD9PCS"}
"""OMOP's name of a vocabulary → ours, where they differ."""


class Meaning(NamedTuple):
    kind: str
    word: str
    within: bool = False
    """The word was found inside a longer name."""


class Named(NamedTuple):
    """How a row names what it is about."""

    concepts: tuple[str, ...]
    written: str


class Concept(NamedTuple):
    """A concept as the source's own table has it."""

    vocabulary: str
    code: str
    name: str


@lru_cache(maxsize=1)
def fixed() -> dict[str, dict[str, Any]]:
    """The concepts of concepts.yaml, by section; ids as text."""
    import yaml

    text = resources.files("mspike.record.omop").joinpath("concepts.yaml").read_text(encoding="utf-8")
    loaded = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return {name: {str(key): value for key, value in listed.items()} for name, listed in loaded.items()}


class OmopTerms:
    """The look-ups, each made once. `ingredients`: concept of a product → that of the known ingredient in it."""

    def __init__(
        self, terms: Terms, concepts: Mapping[str, Concept] | None = None, ingredients: Mapping[str, str] | None = None
    ) -> None:
        self.terms, self.concepts, self.ingredients = terms, concepts or {}, ingredients or {}
        codes = terms.codes
        self._by_concept: dict[str, dict[str, str]] = {}
        self._unused: dict[str, str] = {}
        tables = (("test", codes.labs), ("procedure", codes.procedures), ("diagnosis", codes.diagnoses))
        for kind, concept, word, group in (
            *(("drug", d.omop, d.drug, "") for d in codes.drugs.values()),
            *((kind, c.omop, c.word, c.group) for kind, rows in tables for c in rows),
        ):
            if concept and word:
                self._by_concept.setdefault(concept, {})[kind] = word
            elif concept:
                self._unused[concept] = group
        self._by_code: dict[str, dict[str, str]] = {}
        for (_, code), kinds in terms.known.items():
            self._by_code.setdefault(code, {}).update(kinds)
        self._meanings: dict[tuple[str, Named], Meaning | None] = {}
        self._near: dict[tuple[str, Named], str] = {}

    def meaning(self, named: Named, table: str) -> Meaning | None:
        """What the row is about; None where nothing known names it."""
        if (table, named) not in self._meanings:
            self._meanings[table, named] = self._find(named, KINDS[table])
        return self._meanings[table, named]

    def _find(self, named: Named, kinds: tuple[str, ...]) -> Meaning | None:
        own = [("", named.written), *((OMOP, concept) for concept in named.concepts)]
        rows = [self.concepts[concept] for concept in named.concepts if concept in self.concepts]
        codes = [*own, *((SYSTEMS.get(row.vocabulary, row.vocabulary), row.code) for row in rows)]
        names = [name for name in (named.written, *(row.name for row in rows)) if name]
        for kind in kinds:
            for system, code in codes:
                if code and (word := self.terms.find(system, code, kind)):
                    return Meaning(kind, word)
            for concept in named.concepts:
                if word := self._by_concept.get(self.ingredients.get(concept, concept), {}).get(kind):
                    return Meaning(kind, word)
            for name in names:
                if word := self._by_code.get(name, {}).get(kind) or self.terms.by_name(name, kind):
                    return Meaning(kind, word)
            if kind == "item" and (word := next((ITEMS[n.casefold()] for n in names if n.casefold() in ITEMS), None)):
                return Meaning(kind, word)
            if kind == "drug" and (word := self._within(names, "drug")):
                return Meaning(kind, word, within=True)
        return None

    def _within(self, names: list[str], kind: str) -> str | None:
        """The one word that the names hold (`lenalidomide 10 MG Oral Capsule`); None for none or several."""
        for name in names:
            found = self.terms.within(name, kind)
            if found:
                return found.pop() if len(found) == 1 else None
        return None

    def medicine(self, named: Named) -> str | None:
        """Another medicine of the case file's list, by the name of a product that holds it; several joined by `/`."""
        names = [named.written, *(self.concepts[c].name for c in named.concepts if c in self.concepts)]
        held = (self.terms.within(name, "medicine") for name in names if name)
        return "/".join(sorted(next(filter(None, held), ()))) or None

    def unused(self, named: Named) -> str:
        """What a concept is that is known and not used; empty for an unknown one."""
        for concept in named.concepts:
            row = self.concepts.get(concept)
            word = self._unused.get(concept) or (row and self.terms.unused_as(row.vocabulary, row.code))
            if word:
                return word
        return ""

    def unit(self, concept: str) -> str | None:
        """The unit that a concept means."""
        if (known := fixed()["unit"].get(concept)) is not None:
            return str(known)
        row = self.concepts.get(concept)
        return row.code if row is not None and row.vocabulary == "UCUM" else None

    def same_unit(self, one: str, other: str) -> bool:
        return one == other or find_unit(self.terms.codes, one) == find_unit(self.terms.codes, other) is not None

    def value(self, concept: str, kind: str = "result") -> str | None:
        """The word that a concept given as a result means; `kind`: what is asked, such as `iss`."""
        if (known := fixed()["value"].get(concept)) is not None:
            return str(known)
        row = self.concepts.get(concept)
        if row is None:
            return None
        system = SYSTEMS.get(row.vocabulary, row.vocabulary)
        return self.terms.find(system, row.code, kind) or self.terms.find(system, row.code, "result") or row.name

    def described(self, named: Named) -> tuple[str, str, str]:
        """Vocabulary, code and name of what is not mapped, for the report."""
        for concept in named.concepts:
            if row := self.concepts.get(concept):
                return row
        if named.written:
            return "source value", named.written, ""
        return "OMOP concept", next(iter(named.concepts), "0"), ""

    def near(self, named: Named, table: str) -> str:
        """The known word most like what the row names; looked for once, since looking is slow."""
        if (table, named) not in self._near:
            names = (named.written, self.described(named)[2])
            found = (self.terms.nearest(n, KINDS[table]) for n in names if any(c.isalpha() for c in n))
            self._near[table, named] = next(filter(None, found), "")
        return self._near[table, named]


ITEMS = {"ecog": "ecog", "iss": "iss", "r-iss": "r-iss"}
"""Items by the plain word that a source may write."""
