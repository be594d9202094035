"""From single drugs to classes, counts and groups: triple-class, quad-drug, penta-drug. Three-valued throughout."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from mspike.derive.exposure import Exposure, left_open
from mspike.derive.intervals import at_least, tri_and, tri_or
from mspike.derive.judged import Judged
from mspike.derive.settings import Settings
from mspike.derive.state import Fact, Refractory
from mspike.derive.vocabulary import Vocabulary
from mspike.knowledge import token
from mspike.record import Number, Tri

NOT_COUNTED = Fact(False, basis="derived", because="no drug whose failure is counted")


def drug_verdicts(judged: Iterable[Judged], exposure: Exposure) -> dict[str, Fact]:
    """For each drug that was given: refractory if any line says so, unknown if one leaves it open."""
    verdicts = dict.fromkeys(exposure.drugs or (), NOT_COUNTED)
    by_drug: dict[str, list[Judged]] = {}
    for verdict in judged:
        by_drug.setdefault(verdict.drug, []).append(verdict)
    verdicts.update((drug, _drug_fact(found)) for drug, found in by_drug.items())
    return verdicts


def _drug_fact(verdicts: list[Judged]) -> Fact:
    value = tri_or(v.value for v in verdicts)
    if value is True:
        first = next(v for v in verdicts if v.value)
        return Fact(True, first.date, "stated" if first.stated else "derived", first.at, first.because)
    telling = [v for v in verdicts if v.value is value]
    at = tuple(dict.fromkeys(pointer for v in telling for pointer in v.at))
    because = "; ".join(dict.fromkeys(v.because for v in telling))
    if value is None:
        return Fact(None, None, "unknown", at, because)
    return Fact(False, None, "stated" if all(v.stated for v in telling) else "derived", at, because)


def refractory_list(facts: Mapping[str, Fact], vocabulary: Vocabulary) -> tuple[Refractory, ...]:
    """The drugs that failed, in the order of the drug list."""
    found = ((d.id, facts[d.refractory]) for d in vocabulary.drugs.values())
    return tuple(
        Refractory(drug, fact.date, fact.because, fact.sources[0] if fact.sources else "")
        for drug, fact in found
        if fact.value
    )


def group_facts(
    verdicts: Mapping[str, Fact], facts: Mapping[str, Fact], vocabulary: Vocabulary, settings: Settings,
    unnamed: str = "",
) -> dict[str, Fact]:  # fmt: skip
    """`refractory_` by drug and class, counts, and groups. `facts`: the exposures. `unnamed`: as in `Exposure`."""
    found = {names.refractory: fact for drug, fact in verdicts.items() if (names := vocabulary.drugs.get(drug))}
    members: dict[str, tuple[list[str], list[str]]] = {}
    for drug, fact in verdicts.items():
        if fact.value is not False:
            for name in vocabulary.classes_of(drug):
                members.setdefault(name, ([], []))[0 if fact.value else 1].append(drug)
    more = math.inf if unnamed else 0.0
    none = Number(0.0, more)
    counts = {name: Number(float(len(yes)), len(yes) + len(open_) + more) for name, (yes, open_) in members.items()}
    for entry in vocabulary.classes.values():
        if entry.id in members:
            yes, open_ = members[entry.id]
            at = tuple(dict.fromkeys(pointer for drug in yes or open_ for pointer in verdicts[drug].sources))
            found[entry.refractory] = Fact(
                True if yes else None, None, "derived" if yes else "unknown", at, _names(yes, open_)
            )
        elif facts[entry.exposed].value:
            found[entry.refractory] = Fact(False, None, "derived", (), "given, and none of them failed")
    found |= left_open(found, unnamed)
    for count, name in (("refractory_pi_count", "PI"), ("refractory_imid_count", "IMiD")):
        yes, open_ = members.get(name, ([], []))
        found[count] = Fact(counts.get(name, none), None, "derived", (), _names(yes, open_) or "none")
    both = {**facts, **found}
    for name in ("double_class", "triple_class"):
        classes: tuple[str, ...] = getattr(settings, name)
        found[f"{name}_exposed"] = _all_of(classes, "exposed", both)
        found[f"{name}_refractory"] = _all_of(classes, "refractory", both)
    found["quad_class_exposed"] = _all_of(settings.quad_class, "exposed", both)
    found["quad_drug_refractory"] = _counted(settings.quad_drug, counts, members, none)
    found["penta_drug_refractory"] = _counted(settings.penta_drug, counts, members, none)
    return found


def _names(yes: list[str], unknown: list[str]) -> str:
    words = [", ".join(sorted(yes))] if yes else []
    if unknown:
        words.append(f"not known for {', '.join(sorted(unknown))}")
    return "; ".join(words)


def _all_of(classes: tuple[str, ...], kind: str, facts: Mapping[str, Fact]) -> Fact:
    """Exposed, or refractory, to each of the classes."""
    named = [(c, facts[f"{kind}_{token(c)}"]) for c in classes]
    value = tri_and(_tri(fact) for _, fact in named)
    missing = [c for c, fact in named if fact.value is value and value is not True]
    because = ", ".join(classes) if value else f"{'not known' if value is None else 'not'}: {', '.join(missing)}"
    at = tuple(dict.fromkeys(p for _, fact in named if fact.value is value for p in fact.sources))
    return Fact(value, None, "unknown" if value is None else "derived", at, because)


def _tri(fact: Fact) -> Tri:
    return fact.value if isinstance(fact.value, bool) else None


def _counted(
    wanted: tuple[str, ...], counts: Mapping[str, Number], members: Mapping[str, tuple[list[str], list[str]]],
    none: Number,
) -> Fact:  # fmt: skip
    """Refractory to so many drugs of each: `1 anti-CD38`, `3 PI+IMiD`."""
    parts: list[Tri] = []
    for text in wanted:
        number, _, names = text.partition(" ")
        given = [counts.get(name, none) for name in names.split("+")]
        parts.append(at_least(Number(sum(n.low for n in given), sum(n.high for n in given)), float(number)))
    value = tri_and(parts)
    classes = dict.fromkeys(name for text in wanted for name in text.partition(" ")[2].split("+"))
    because = "; ".join(f"{c}: {_names(*members.get(c, ([], []))) or 'none'}" for c in classes)
    return Fact(value, None, "unknown" if value is None else "derived", (), because)
