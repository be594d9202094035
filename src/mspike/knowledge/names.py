"""The names that a condition may use, and what facts.yaml says of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mspike.knowledge.model import FactSpec, Knowledge

WORDS = ("oral", "hospital-stay")
"""What a patient may want or avoid besides option ids and paths."""


def fact_specs(knowledge: Knowledge) -> dict[str, FactSpec]:
    """Every fact there is, by name, families filled in."""
    specs = {**knowledge.facts.facts, **knowledge.facts.regimen}
    for family, spec in knowledge.facts.families.items():
        prefix, _, slot = family.partition("{")
        for member, label in members(knowledge, slot.rstrip("}")):
            fill = {"{" + slot: label}
            specs[prefix + token(member)] = FactSpec(
                type=spec.type,
                unit=spec.unit,
                says=_fill(spec.says, fill),
                question=_fill(spec.question, fill),
                settles=_fill(spec.settles, fill),
                unknown=spec.unknown,
                of_lines=spec.of_lines,
            )
    return specs


def members(knowledge: Knowledge, slot: str) -> Iterator[tuple[str, str]]:
    """(id, label) of everything that a family's slot ranges over."""
    if slot == "drug":
        yield from ((d.drug, d.label[0].lower() + d.label[1:]) for d in knowledge.drugs.values())
    elif slot == "class":
        yield from ((c.class_, c.label) for c in knowledge.classes.values())
    elif slot == "option":
        yield from ((o.option, o.label) for o in knowledge.options.values())
    else:
        ids = (*knowledge.options, *(p.path for p in knowledge.paths), *WORDS)
        yield from ((name, name.replace("-", " ")) for name in dict.fromkeys(ids))


CLASS_WORDS = {
    "PI", "IMiD", "anti-CD38", "anti-SLAMF7", "BCMA", "GPRC5D", "CAR-T", "bispecific", "ADC", "XPO1", "BCL2", "HDAC",
    "alkylator", "anthracycline", "steroid", "CELMoD",
}  # fmt: skip
"""The closed list of classes."""


def token(name: str) -> str:
    """An id as it stands in a fact's name: `anti-CD38` → `anti_cd38`, `DRd` → `DRd`."""
    plain = name.replace("-", "_")
    return plain.lower() if name in CLASS_WORDS else plain


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`Did you mean 'x'?`, or nothing where nothing is near."""
    import difflib

    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"Did you mean {close[0]!r}?" if close else ""


def _fill(text: str, values: Mapping[str, str]) -> str:
    for key, value in values.items():
        text = text.replace(key, value)
    return text
