"""The fact names of the families, made once from the knowledge: `exposed_` × every drug and class, and so on."""

from __future__ import annotations

import msgspec

from mspike.derive.state import Fact
from mspike.knowledge import Knowledge, load_codes, token

UNKNOWN = Fact()
NEVER_GIVEN = Fact(False, basis="derived", because="never given")
BANDS = ("anti-CD38", "anti-SLAMF7")
"""Classes of antibodies that are IgG-kappa."""
NOT_RECORDED = Fact(False, basis="stated", because="not in the record")


class DrugNames(msgspec.Struct, frozen=True):
    """The names of one drug's facts."""

    id: str
    exposed: str
    refractory: str
    intolerant: str
    heart_failure: str
    neuropathy: str
    allergy: str


class ClassNames(msgspec.Struct, frozen=True):
    id: str
    exposed: str
    refractory: str


class OptionNames(msgspec.Struct, frozen=True):
    """An option that is a set of drugs. `core`: without the steroid, unless the steroid is all there is."""

    id: str
    core: frozenset[str]
    progressed: str


class Vocabulary:
    """Names and look-ups made from one `Knowledge`; kept and shared, never changed."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.drugs = {d.id: _drug_names(d.id) for d in knowledge.drugs.values()}
        """The drugs that have facts. Earlier lines may hold others (policy `other_drugs`)."""
        others = {drug: tuple(classes.split()) for drug, classes in _pairs(knowledge.policy("other_drugs"))}
        self._classes = others | {d.id: d.classes for d in knowledge.drugs.values()}
        self.steroids = frozenset(drug for drug, classes in self._classes.items() if "steroid" in classes)
        unmatched = {d.id for d in knowledge.drugs.values() if not d.matched} - {
            *knowledge.policy("conditioning_drugs")
        }
        self._counted = frozenset(self._classes) - self.steroids - unmatched
        self._once = frozenset(drug for drug, classes in self._classes.items() if "CAR-T" in classes)
        self._once |= {d.id for d in knowledge.drugs.values() if d.one_time}
        self.oral = frozenset(d.id for d in knowledge.drugs.values() if d.route == "oral")
        """Drugs that are only taken by mouth, at home."""
        codes = load_codes()
        self.medicines = frozenset((*codes.words["medicine"].values(), *codes.drugs))
        """Other medicines that are known by name."""
        self.classes = {
            name: ClassNames(name, f"exposed_{token(name)}", f"refractory_{token(name)}") for name in knowledge.classes
        }
        self.options = tuple(
            OptionNames(o.id, self.core(o.drugs), f"progressed_on_regimen_{token(o.id)}")
            for o in knowledge.options.values()
            if o.drugs and o.path != "transplant" and all(self.classes_of(d) for d in o.drugs)
        )
        sets = {o.id for o in self.options}
        named = [(o.id, frozenset(o.drugs)) for o in knowledge.options.values() if o.id in sets]
        named += [(name, frozenset(drugs.split())) for name, drugs in _pairs(knowledge.policy("regimen_names"))]
        self._exact = {drugs: name for name, drugs in reversed(named)}
        self._core = {self.core(drugs): name for name, drugs in reversed(named)}
        self.template = self._template(knowledge)
        self.never_given = self._never_given()

    def core(self, drugs: tuple[str, ...] | frozenset[str]) -> frozenset[str]:
        """The drugs without steroids; a steroid alone is its own core."""
        given = frozenset(drugs)
        return given - self.steroids or given

    def classes_of(self, drug: str) -> tuple[str, ...]:
        return self._classes.get(drug, ())

    def counts(self, drug: str) -> bool:
        """Whether failure of it is kept: no steroid, no supportive drug, no entry that is never matched."""
        return drug in self._counted

    def one_time(self, drug: str) -> bool:
        """A cell product, given once."""
        return drug in self._once

    def shows_as_band(self, drug: str) -> bool:
        """A therapeutic antibody that is IgG-kappa and shows in immunofixation."""
        return any(name in BANDS for name in self.classes_of(drug))

    def name(self, drugs: tuple[str, ...]) -> str:
        """The known name of a set of drugs, the steroid aside; else the drugs joined by `+`, steroid last."""
        exact = self._exact.get(frozenset(drugs))
        if exact:
            return exact
        core = self.core(drugs)
        if len(core) > 1 or len(core) < len(set(drugs)):  # one drug without a steroid is itself, not `Rd`
            known = self._core.get(core)
            if known:
                return known
        return "+".join(sorted(drugs, key=lambda d: (d in self.steroids, d)))

    def _template(self, knowledge: Knowledge) -> dict[str, Fact]:
        """Every fact, unknown; what is always known, as it is when the record says nothing."""
        paths = (p.path for p in knowledge.paths)
        words = {*knowledge.options, *paths, *load_codes().words["preference"].values()}
        facts = dict.fromkeys(knowledge.facts.facts, UNKNOWN)
        for d in self.drugs.values():
            for name in (d.exposed, d.refractory, d.intolerant, d.heart_failure, d.neuropathy):
                facts[name] = UNKNOWN
            facts[d.allergy] = NOT_RECORDED
        for c in self.classes.values():
            facts[c.exposed] = facts[c.refractory] = UNKNOWN
        for option in knowledge.options.values():
            facts[f"progressed_on_regimen_{token(option.id)}"] = UNKNOWN
        for word in sorted(words):
            facts[f"wants_{token(word)}"] = facts[f"avoids_{token(word)}"] = NOT_RECORDED
        not_drugs = Fact(False, basis="derived", because="no set of drugs")
        sets = {o.id for o in self.options}
        for option in knowledge.options.values():
            if option.id not in sets:
                facts[f"progressed_on_regimen_{token(option.id)}"] = not_drugs
        return facts

    def _never_given(self) -> dict[str, Fact]:
        """The families for a patient whose history is on record and holds none of their drugs."""
        facts: dict[str, Fact] = {}
        for d in self.drugs.values():
            for name in (d.exposed, d.refractory, d.intolerant, d.heart_failure, d.neuropathy):
                facts[name] = NEVER_GIVEN
        for c in self.classes.values():
            facts[c.exposed] = facts[c.refractory] = NEVER_GIVEN
        for option in self.options:
            facts[option.progressed] = NEVER_GIVEN
        return facts


def _drug_names(drug: str) -> DrugNames:
    name = token(drug)
    return DrugNames(
        drug, f"exposed_{name}", f"refractory_{name}", f"intolerant_{name}", f"heart_failure_from_{name}",
        f"neuropathy_from_{name}", f"allergy_recorded_{name}",
    )  # fmt: skip


def _pairs(texts: list[str]) -> list[tuple[str, str]]:
    """`VMP = bortezomib melphalan prednisone` → name and drugs."""
    parts = (text.partition("=") for text in texts)
    return [(name.strip(), value.strip()) for name, _, value in parts]


_known: dict[int, tuple[Knowledge, Vocabulary]] = {}


def vocabulary(knowledge: Knowledge) -> Vocabulary:
    """The vocabulary of this knowledge, made on first use."""
    entry = _known.get(id(knowledge))
    if entry is None or entry[0] is not knowledge:
        entry = _known[id(knowledge)] = (knowledge, Vocabulary(knowledge))
    return entry[1]
