"""One option against one record: reasons, needs, label, verdict."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import msgspec

from mspike.knowledge import Catalogue, InForce
from mspike.options.answer import VERDICTS, Need, Option, Reason
from mspike.options.label import judge_label
from mspike.options.reasons import Explainer
from mspike.options.verdict import CANNOT_TELL, FITS, RULED_OUT, Outcome


class Judgement(msgspec.Struct, gc=False):
    """The reasons that hold and the needs that are open, for a set of statements."""

    supports: list[Reason] = []
    against: list[Reason] = []
    cautions: list[Reason] = []
    deciding: list[str] = []
    """Missing facts that the verdict hangs on."""
    missing: list[str] = []
    """Missing facts that move no verdict."""
    weight: int = FITS

    @property
    def verdict(self) -> str:
        return VERDICTS[self.weight]


def weigh(outcomes: Iterable[Outcome]) -> Judgement:
    """Reasons from the statements that hold, needs from those that cannot be told."""
    judged = Judgement()
    supports, against, cautions = judged.supports, judged.against, judged.cautions
    deciding, missing, heaviest = judged.deciding, judged.missing, FITS
    for outcome in outcomes:
        weight, reason = outcome.weight, outcome.reason
        if weight > heaviest:
            heaviest = weight
        if reason is None:
            (deciding if weight == CANNOT_TELL else missing).extend(outcome.missing)
        elif reason.effect == "supports":
            supports.append(reason)
        elif reason.effect == "caution":
            cautions.append(reason)
        else:
            against.append(reason)
    judged.weight = heaviest
    if len(supports) > 1:
        supports.sort(key=by_kind)
    if heaviest == RULED_OUT and len(against) > 1:
        against.sort(key=rule_outs_first)
    return judged


KINDS = ("guideline", "trial", "label", "definition", "seed", "practice")
"""The order in which reasons for are read; a checked statement stands before a draft of its kind."""


PLACES = {kind: place for place, kind in enumerate(KINDS)}


def by_kind(reason: Reason) -> tuple[int, bool]:
    return PLACES[reason.kind], reason.status == "draft"


def rule_outs_first(reason: Reason) -> bool:
    return reason.effect != "rules-out"


def judge_option(item: InForce, explainer: Explainer) -> Option:
    """The option as the answer prints it."""
    label = judge_label(item, explainer)
    status = explainer.printed[item.option.option].status
    judged = weigh((*explainer.of_option(item), *label.outcomes, *status))
    if label.met is not None:
        judged.supports.insert(0, label.met)
    return as_option(item, judged, label.fit, explainer)


def as_option(item: InForce, judged: Judgement, label_fit: str, explainer: Explainer) -> Option:
    option, printed = item.option, explainer.printed[item.option.option]
    return Option(
        id=option.option,
        label=option.label,
        path=option.path,
        verdict=judged.verdict,
        label_fit=label_fit,
        for_=judged.supports,
        against=judged.against,
        cautions=judged.cautions,
        known_risks=printed.known_risks,
        needs=needs(judged, explainer),
        availability=printed.availability,
        evidence=printed.evidence,
        drugs=option.drugs,
        schedule=option.schedule,
        see=option.see,
    )


def needs(judged: Judgement, explainer: Explainer) -> tuple[Need, ...]:
    """Open needs, those that decide the verdict first; what one question asks for stands once.

    Where the verdict is settled whatever they are, as when something else rules the option out, none decides.
    """
    undecided = judged.weight == CANNOT_TELL
    return open_needs(explainer.catalogue, tuple(judged.deciding), tuple(judged.missing), undecided)


@lru_cache(maxsize=4096)
def open_needs(
    catalogue: Catalogue, deciding: tuple[str, ...], missing: tuple[str, ...], undecided: bool
) -> tuple[Need, ...]:
    found: dict[str, Need] = {}
    for names, decides in ((deciding, undecided), (missing, False)):
        for name in names:
            fact = catalogue.facts[name]
            found.setdefault(fact.question, Need(name, fact.question, fact.settles, decides))
    return tuple(found.values())
