"""The words: what each code of an answer is called on the screen, and how numbers, dates and sources are written.

Every format takes its words from here, so that one thing has one name everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from math import inf
from typing import Any

from mspike.derive import show_value
from mspike.knowledge import fact_specs, load_knowledge, model
from mspike.options.answer import Availability, Repeat, SourceRef
from mspike.record import Number

UNKNOWN = show_value(None)
FOOTER = "mspike informs a clinician; it does not decide, rank or prescribe. Not for emergencies."
ORDER = "order: by path, then verdict, then label, then id; it is no ranking"

VERDICT_WORDS = {"fits": "fits", "caution": "caution", "cannot-tell": "cannot tell", "ruled-out": "ruled out"}
VERDICT_SYMBOLS = {"fits": "✓", "caution": "!", "cannot-tell": "?", "ruled-out": "x"}
VERDICT_MEANS = {
    "fits": "no caution and no reason against holds for this record",
    "caution": "a caution or a reason against holds for this record",
    "cannot-tell": "something unknown decides whether it is ruled out",
    "ruled-out": "ruled out because of the reason given",
}
LABEL_WORDS = {
    "met": "label met", "not-met": "label not met", "cannot-tell": "label: cannot tell", "no-label": "no label",
}  # fmt: skip
EFFECT_WORDS = {
    "supports": "for", "caution": "caution", "against": "against", "rules-out": "rules out", "known-risk": "known risk",
}  # fmt: skip
REASON_GROUPS = {
    "for": "Reasons for", "against": "Reasons against", "caution": "Cautions", "risk": "Known risks, any record",
}  # fmt: skip
AVAILABILITY_WORDS = {
    "approved": "on label", "off-label": "off label", "not-approved": "not approved", "withdrawn": "withdrawn",
    "investigational": "in trials only", "procedure": "a procedure", "practice": "a practice",
    "unknown": "status unknown",
}  # fmt: skip
KIND_WORDS = {
    "label": "Label", "approval": "Approval", "regulator": "Regulator",
    "guideline": "Guideline", "HTA": "Guideline", "trial": "Trial", "definition": "Definition",
    "criteria": "Definition", "expert": "Expert", "cohort": "Cohort", "review": "Review", "case": "Case",
    "manufacturer": "Manufacturer", "news": "News", "summary": "Summary", "practice": "Practice",
    "regulation": "Regulation", "plain-language": "Plain language",
    "seed": "Patient page", "recall": "General knowledge",
}  # fmt: skip
"""The kind of a source, as its tag begins, in the order of a list of sources."""

STATUS_WORDS = {
    "newly-diagnosed": "newly diagnosed", "smouldering": "smouldering", "responding": "responding", "stable": "stable",
    "relapsed": "relapsed", "relapsed-and-refractory": "relapsed and refractory",
    "primary-refractory": "primary refractory",
}  # fmt: skip
EVENT_WORDS = {
    "biochemical-relapse": "biochemical relapse", "clinical-relapse": "clinical relapse",
    "local-progression": "local progression", "toxicity": "toxicity", "stable": "no progression",
    "newly-diagnosed": "first diagnosis",
}  # fmt: skip
GROUP_WORDS = {
    "double_class_exposed": "double-class exposed", "double_class_refractory": "double-class refractory",
    "triple_class_exposed": "triple-class exposed", "triple_class_refractory": "triple-class refractory",
    "quad_class_exposed": "quad-class exposed",
    "quad_drug_refractory": "quad-drug refractory", "penta_drug_refractory": "penta-drug refractory",
}  # fmt: skip
PACE_WORDS = {"rapid": "rapid", "significant": "significant", "slow": "slow"}
COUNT_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


# -- lists, numbers, dates


def joined(items: Iterable[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    words = list(items)
    return f" {last} ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def counted(count: int, one: str, many: str = "") -> str:
    """`one line`, `two lines`, `12 lines`."""
    word = COUNT_WORDS[count] if 0 <= count < len(COUNT_WORDS) else str(count)
    return f"{word} {one if count == 1 else many or one + 's'}"


def numbered(count: int, one: str, many: str = "") -> str:
    """`1 option`, `31 options`."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def capital(text: str) -> str:
    """The first letter large, the rest as it stands."""
    return text[:1].upper() + text[1:]


def slug(text: str) -> str:
    """An id that may stand in an address or an attribute: letters, digits and single hyphens."""
    return re.sub(r"[^0-9A-Za-z]+", "-", text).strip("-")


def value_text(value: Any, unit: str = "") -> str:
    """A fact's value in words, as reasons write it: `yes`, `12`, `under 15`, `1 to 2`, `not recorded`; with its unit.

    `value` is as in `state.facts`: an interval is `{"low", "high"}` with None for an open end, and may say
    `open_low` or `open_high` where the bound itself is excluded.
    """
    if isinstance(value, Mapping):
        low, high = value.get("low"), value.get("high")
        if low is None and high is None:
            return UNKNOWN
        known = Number(
            -inf if low is None else float(low),
            inf if high is None else float(high),
            bool(value.get("open_low")),
            bool(value.get("open_high")),
        )
    elif isinstance(value, list | tuple):
        return joined(value_text(item, unit) for item in value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        known = Number(float(value), float(value))
    else:
        return show_value(value)
    text = show_value(known)
    return f"{text} {unit}" if unit not in ("", "grade", "class") else text


number_text = value_text
"""A number or an interval of numbers in words."""


def date_text(date: str | None) -> str:
    """The date as recorded, a partial date as it is, or that there is none."""
    return date or "date not recorded"


def fact_name(name: str) -> str:
    """What a fact is called: its meaning in facts.yaml, a family's with the drug, class or word filled in."""
    spec = _fact_specs().get(name)
    return spec.says if spec else name.replace("_", " ")


@cache
def _fact_specs() -> dict[str, model.FactSpec]:
    return fact_specs(load_knowledge())


# -- drugs, paths, regimens


@lru_cache(maxsize=256)
def drug_label(drug: str) -> str:
    """The drug's name in running text."""
    known = load_knowledge().drugs.get(drug)
    label = known.label if known else drug.replace("-", " ")
    return label[:1].lower() + label[1:]


@lru_cache(maxsize=256)
def is_steroid(drug: str) -> bool:
    known = load_knowledge().drugs.get(drug)
    return bool(known and known.steroid)


@lru_cache(maxsize=256)
def is_unjudged(drug: str) -> bool:
    """Nothing whose failure is kept: a trial's drug without a name, a chemotherapy of several."""
    known = load_knowledge().drugs.get(drug)
    return bool(known and not known.matched and drug not in load_knowledge().policy("conditioning_drugs"))


@lru_cache(maxsize=256)
def is_one_time(drug: str) -> bool:
    """A cell product, given once."""
    known = load_knowledge().drugs.get(drug)
    return bool(known and known.one_time)


def drug_classes(drug: str) -> tuple[str, ...]:
    known = load_knowledge().drugs.get(drug)
    return known.classes if known else ()


def path_label(path: str) -> str:
    labels = {entry.path: entry.label for entry in load_knowledge().paths}
    return labels.get(path) or capital(path.replace("-", " "))


def earlier_regimen(repeat: Repeat) -> str:
    """An earlier regimen, as retreatment names it: `VRd (line 1)`."""
    return f"{repeat.regimen} (line {repeat.line})"


# -- sources and review


def source_kind(source: SourceRef, kind: str = "") -> str:
    """The word for the kind of a source: the library's own, else `kind`, that of the statement that cites it."""
    entry = load_knowledge().sources.get(source.id)
    found = entry.kind if entry else kind
    return KIND_WORDS.get(found) or capital(found.replace("-", " "))


def source_tag(source: SourceRef, kind: str = "") -> str:
    """The short tag beside a statement: `Label: Kyprolis 2025`."""
    entry = load_knowledge().sources.get(source.id)
    name = (entry.short or entry.title) if entry else source.title
    word = source_kind(source, kind)
    date = "" if source.date in name else source.date
    return " ".join(part for part in (f"{word}:" if word else "", name, date) if part)


# -- an option


def not_known(question: str) -> str:
    return f"not enough information: {question}"


def availability_text(status: Availability) -> str:
    """`US: on label since 2020-08-20`."""
    word = AVAILABILITY_WORDS.get(status.status, status.status)
    since = f" since {status.since}" if status.since else ""
    return f"{status.country}: {word}{since}" + (f"; {status.text}" if status.text else "")
