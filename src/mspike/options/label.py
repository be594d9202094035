"""The label of an option against the record: met, not met, cannot tell, or no label."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from mspike.derive import show_value
from mspike.knowledge import Catalogue, InForce
from mspike.options.answer import Reason
from mspike.options.printed import source_ref
from mspike.options.reasons import Explainer
from mspike.options.truth import Truths, Values, because, clause_truth, given, tri
from mspike.options.verdict import CAUTION, FITS, Outcome


class LabelFit(msgspec.Struct, frozen=True, gc=False):
    """`fit` is the contract's word; a label that is `met` stands before all other reasons for."""

    fit: str
    met: Reason | None = None
    outcomes: tuple[Outcome, ...] = ()
    """One, of a label that is not met, or that cannot be told."""


NO_LABEL = LabelFit("no-label")


def judge_label(item: InForce, explainer: Explainer) -> LabelFit:
    """Whether the record meets the label's own conditions in the country asked for, with the reason in words."""
    if item.label is None:
        return NO_LABEL
    return fit_label(explainer.catalogue, item, explainer.truths.asked(item.label.clause))


@lru_cache(maxsize=4096)
def fit_label(catalogue: Catalogue, item: InForce, values: Values) -> LabelFit:
    """The label where the facts that it names have these values."""
    availability, label = item.availability, item.label
    assert availability is not None
    assert label is not None
    met = tri(clause_truth(label.clause, values))
    names = because(label.clause, values)
    if met is None:
        return LabelFit("cannot-tell", outcomes=(Outcome(FITS, missing=names),))
    truths = Truths(given(label.clause, values))
    parts = []
    for way in label.ways:
        if tri(truths.of(way.clause)) is met:
            text = "; ".join(c.says for c in way.conditions if met or truths.of(c.clause)[1])
            parts.append(f"{way.route}: {text}" if way.route else text)
    numbers = [n for n in names if catalogue.facts[n].type == "number"]
    record = ", ".join(f"{catalogue.facts[n].says} {show_value(truths.values[n])}" for n in numbers)
    asked = "met:" if met else "not met: it asks for"
    says = f"{catalogue.country} label {asked} {' or '.join(parts)}" + (f" (record: {record})" if record else "")
    reason = Reason(
        id=f"{item.option.option}/{catalogue.country}/label",
        effect="supports" if met else "against",
        kind="label",
        text=says + (f". {sentence(availability.says)}" if availability.says else ""),
        facts=truths.wire(names),
        source=source_ref(catalogue, availability.source),
        status=availability.review,
    )
    return LabelFit("met", reason) if met else LabelFit("not-met", outcomes=(Outcome(CAUTION, reason),))


def sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
