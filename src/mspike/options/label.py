"""The label of an option against the record: met, not met, cannot tell, or no label."""

from __future__ import annotations

import msgspec

from mspike.derive import show_value
from mspike.knowledge import InForce
from mspike.options.answer import Reason
from mspike.options.reasons import Explainer
from mspike.options.truth import tri


class LabelFit(msgspec.Struct, frozen=True, gc=False):
    """`fit` is the contract's word; `reason` says so; `missing` are the facts it hangs on."""

    fit: str
    reason: Reason | None = None
    missing: tuple[str, ...] = ()


def judge_label(item: InForce, explainer: Explainer) -> LabelFit:
    """Whether the record meets the label's own conditions in the country asked for, with the reason in words."""
    availability, label = item.availability, item.label
    if availability is None or label is None:
        return LabelFit("no-label")
    catalogue, truths = explainer.catalogue, explainer.truths
    met = tri(truths.of(label.clause))
    names = truths.because(label.clause)
    if met is None:
        return LabelFit("cannot-tell", missing=names)
    parts = []
    for way in label.ways:
        if tri(truths.of(way.clause)) is met:
            text = "; ".join(c.says for c in way.conditions if met or truths.of(c.clause)[1])
            parts.append(f"{way.route}: {text}" if way.route else text)
    numbers = [n for n in names if catalogue.facts[n].type == "number"]
    record = ", ".join(f"{catalogue.facts[n].says} {show_value(truths.fact(n).value)}" for n in numbers)
    asked = "met:" if met else "not met: it asks for"
    says = f"{catalogue.country} label {asked} {' or '.join(parts)}" + (f" (record: {record})" if record else "")
    reason = Reason(
        id=f"{item.option.option}/{catalogue.country}/label",
        effect="supports" if met else "against",
        kind="label",
        text=says + (f". {sentence(availability.says)}" if availability.says else ""),
        facts=explainer.values(names),
        source=explainer.source(availability.source),
        status=availability.review,
    )
    return LabelFit("met" if met else "not-met", reason)


def sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
