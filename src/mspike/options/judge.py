"""One option against one record: reasons, needs, label, verdict."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from mspike.knowledge import YES, InForce
from mspike.options.answer import VERDICTS, Need, Option, Reason
from mspike.options.label import judge_label
from mspike.options.printed import print_options
from mspike.options.reasons import SILENT, Explainer, Outcome
from mspike.options.verdict import CANNOT_TELL, FITS, weight


class Judgement(msgspec.Struct):
    """The reasons that hold and the needs that are open, for a set of statements."""

    supports: list[Reason] = []
    against: list[Reason] = []
    cautions: list[Reason] = []
    deciding: dict[str, None] = {}
    """Missing facts that the verdict hangs on."""
    missing: dict[str, None] = {}
    """Missing facts that move no verdict."""
    weight: int = FITS

    def add(self, reason: Reason) -> None:
        side = {"supports": self.supports, "caution": self.cautions}.get(reason.effect, self.against)
        side.append(reason)
        self.weight = max(self.weight, weight(reason.effect, YES))

    def miss(self, names: Iterable[str], decides: bool) -> None:
        (self.deciding if decides else self.missing).update(dict.fromkeys(names))

    @property
    def verdict(self) -> str:
        return VERDICTS[self.weight]


def weigh(outcomes: Iterable[Outcome]) -> Judgement:
    """Reasons from the criteria that hold, needs from those that cannot be told."""
    judged = Judgement()
    sides = {"supports": judged.supports, "caution": judged.cautions}
    heaviest = FITS
    deciding: list[str] = []
    missing: list[str] = []
    for outcome in outcomes:
        if outcome is SILENT:
            continue
        if outcome.weight > heaviest:
            heaviest = outcome.weight
        if outcome.reason is not None:
            sides.get(outcome.reason.effect, judged.against).append(outcome.reason)
        elif outcome.weight == CANNOT_TELL:
            deciding += outcome.missing
        else:
            missing += outcome.missing
    judged.weight = heaviest
    judged.miss(deciding, True)
    judged.miss(missing, False)
    judged.supports.sort(key=by_kind)
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
    judged = weigh(explainer.of_option(item))
    label = judge_label(item, explainer)
    judged.miss(label.missing, decides=False)
    for reason in (label.reason, print_options(explainer.catalogue)[item.option.option].status):
        if reason is not None:
            judged.add(reason)
    if label.fit == "met":
        judged.supports.insert(0, judged.supports.pop())
    judged.against.sort(key=rule_outs_first)
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
    )


def needs(judged: Judgement, explainer: Explainer) -> list[Need]:
    """Open needs, those that decide the verdict first; what one question asks for stands once.

    Where the verdict is settled whatever they are, as when something else rules the option out, none decides.
    """
    undecided = judged.weight == CANNOT_TELL
    found: dict[str, Need] = {}
    for names, decides in ((judged.deciding, undecided), (judged.missing, False)):
        for name in names:
            need = explainer.need(name, decides)
            found.setdefault(need.question, need)
    return list(found.values())
