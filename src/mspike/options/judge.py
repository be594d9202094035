"""One option against one record: reasons, needs, label, verdict."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import msgspec

from mspike.knowledge import Catalogue, InForce
from mspike.options.answer import VERDICTS, Need, Option, Reason
from mspike.options.label import judge_label
from mspike.options.printed import print_options
from mspike.options.reasons import Explainer
from mspike.options.verdict import CANNOT_TELL, FITS, Outcome


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
    sides = {"supports": judged.supports, "caution": judged.cautions}
    for outcome in outcomes:
        if outcome.weight > judged.weight:
            judged.weight = outcome.weight
        if outcome.reason is not None:
            sides.get(outcome.reason.effect, judged.against).append(outcome.reason)
        elif outcome.weight == CANNOT_TELL:
            judged.deciding += outcome.missing
        else:
            judged.missing += outcome.missing
    if len(judged.supports) > 1:
        judged.supports.sort(key=by_kind)
    if len(judged.against) > 1:
        judged.against.sort(key=rule_outs_first)
    return judged


KINDS = ("guideline", "trial", "label", "definition", "seed", "practice")
"""The order in which reasons for are read; a checked statement stands before a draft of its kind."""


def by_kind(reason: Reason) -> tuple[int, bool]:
    return KINDS.index(reason.kind), reason.status == "draft"


def rule_outs_first(reason: Reason) -> bool:
    return reason.effect != "rules-out"


def judge_option(item: InForce, explainer: Explainer) -> Option:
    """The option as the answer prints it."""
    label = judge_label(item, explainer)
    status = print_options(explainer.catalogue)[item.option.option].status
    judged = weigh(filter(None, (*explainer.of_option(item), label.outcome, status)))
    if label.met is not None:
        judged.supports.insert(0, label.met)
    return as_option(item, judged, label.fit, explainer)


def as_option(item: InForce, judged: Judgement, label_fit: str, explainer: Explainer) -> Option:
    option, printed = item.option, print_options(explainer.catalogue)[item.option.option]
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


def needs(judged: Judgement, explainer: Explainer) -> list[Need]:
    """Open needs, those that decide the verdict first; what one question asks for stands once.

    Where the verdict is settled whatever they are, as when something else rules the option out, none decides.
    """
    undecided = judged.weight == CANNOT_TELL
    return list(open_needs(explainer.catalogue, tuple(judged.deciding), tuple(judged.missing), undecided))


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
