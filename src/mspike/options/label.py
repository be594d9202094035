"""The label of an option against the record: met, not met, cannot tell, or no label."""

from __future__ import annotations

import msgspec

from mspike.derive import show_value
from mspike.knowledge import Catalogue, InForce, Truth
from mspike.knowledge.model import Availability, Branch
from mspike.options.answer import Reason
from mspike.options.reasons import Explainer
from mspike.options.truth import Truths, tri


class LabelFit(msgspec.Struct, frozen=True):
    """`fit` is the contract's word; `reason` says so; `missing` are the facts it hangs on."""

    fit: str
    reason: Reason | None = None
    missing: tuple[str, ...] = ()


def branch_truth(branch: Branch, catalogue: Catalogue, truths: Truths) -> Truth:
    """All conditions of one branch."""
    true, false = 1, 0
    for condition in branch.conditions:
        t, f = truths.of(catalogue.expr(condition.when))
        true, false = true & t, false | f
    return true, false


def label_truth(availability: Availability, catalogue: Catalogue, truths: Truths) -> Truth:
    """Any branch. Only for an availability with a label."""
    true, false = 0, 1
    for branch in availability.label:
        t, f = branch_truth(branch, catalogue, truths)
        true, false = true | t, false & f
    return true, false


def judge_label(item: InForce, explainer: Explainer) -> LabelFit:
    """Whether the record meets the label's own conditions in the country asked for, with the reason in words."""
    availability = item.availability
    if availability is None or not availability.label:
        return LabelFit("no-label")
    catalogue, truths = explainer.catalogue, explainer.truths
    met = tri(label_truth(availability, catalogue, truths))
    names: dict[str, None] = {}
    parts = []
    for branch in availability.label:
        wanted = tri(branch_truth(branch, catalogue, truths))
        if wanted is not met:
            continue
        conditions = [c for c in branch.conditions if met is True or tri(truths.of(catalogue.expr(c.when))) is met]
        for condition in conditions:
            names.update(dict.fromkeys(truths.because(catalogue.expr(condition.when))))
        text = "; ".join(c.says for c in conditions)
        parts.append(f"{branch.route}: {text}" if branch.route else text)
    if met is None:
        return LabelFit("cannot-tell", missing=tuple(names))
    numbers = [n for n in names if catalogue.facts[n].type == "number"]
    record = ", ".join(f"{catalogue.facts[n].says} {show_value(truths.fact(n).value)}" for n in numbers)
    asked = "met:" if met else "not met: it asks for"
    says = f"{catalogue.country} label {asked} {' or '.join(parts)}" + (f" (record: {record})" if record else "")
    reason = Reason(
        id=f"{item.option.option}/{catalogue.country}/label",
        effect="supports" if met else "against",
        kind="label",
        text=says + (f". {sentence(availability.says)}" if availability.says else ""),
        facts=explainer.values(tuple(names)),
        source=explainer.source(availability.source),
        status=availability.review,
    )
    return LabelFit("met" if met else "not-met", reason)


def sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
