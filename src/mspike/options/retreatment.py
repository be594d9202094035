"""Repeating an earlier regimen: each earlier regimen is judged on its own facts; the option says so of each.

Ruled out only if every earlier regimen is (decision 23).
"""

from __future__ import annotations

from functools import lru_cache

from msgspec.structs import replace

from mspike.derive import FactValue, Line, State, regimen_facts
from mspike.knowledge import Applied, Catalogue, InForce, Knowledge, Listed, by_facts
from mspike.options.answer import VERDICTS, Need, Option, Reason, Repeat
from mspike.options.judge import Judgement, as_option, needs, rule_outs_first, weigh
from mspike.options.reasons import Explainer
from mspike.options.truth import Truths
from mspike.options.verdict import CANNOT_TELL, RULED_OUT

OPTION = "retreatment"


Regimens = list[dict[str, FactValue]]
"""Of each earlier line, the facts of its regimen; of one without drugs none, so that all are unknown."""


def earlier_regimens(state: State, knowledge: Knowledge) -> Regimens:
    """The values of the facts of each earlier regimen, in the order of the lines."""
    return [
        {} if line.unnamed else {name: fact.value for name, fact in regimen_facts(line, state, knowledge).items()}
        for line in state.lines or ()
    ]


def judge_retreatment(item: InForce, state: State, regimens: Regimens, explainer: Explainer) -> Option:
    """The retreatment option with one entry for each earlier regimen in `repeats`; a transplant alone is none."""
    whole = weigh(explainer.of_option(inherited(item)))
    each = [
        (index, line, regimen)
        for index, (line, regimen) in enumerate(zip(state.lines or (), regimens, strict=True))
        if line.drugs or line.unnamed
    ]
    if not each:
        return without_lines(item, state, whole, explainer)
    repeats = []
    weights = []
    for index, line, regimen in each:
        if line.unnamed:
            repeats.append(Repeat(line.number, line.regimen, VERDICTS[CANNOT_TELL], needs=(drugs_of(line, index),)))
            weights.append(CANNOT_TELL)
            continue
        judged = judge_line(line, regimen, item, explainer)
        weights.append(judged.weight)
        repeats.append(
            Repeat(
                line.number, line.regimen, judged.verdict, judged.supports, judged.against, judged.cautions,
                needs(judged, explainer),
            )
        )  # fmt: skip
        whole.supports += judged.supports
        whole.against += judged.against
        whole.cautions += judged.cautions
        (whole.deciding if judged.weight == CANNOT_TELL else whole.missing).extend(judged.deciding)
        whole.missing += judged.missing
    whole.against.sort(key=rule_outs_first)
    whole.weight = max(whole.weight, min(weights))
    option = as_option(item, whole, "no-label", explainer)
    option.repeats = repeats
    if unnamed := [need for repeat in repeats for need in repeat.needs if need.fact.startswith("lines[")]:
        option.needs = (*option.needs, *unnamed)
    return option


def drugs_of(line: Line, index: int) -> Need:
    """What has to be known before a regimen can be judged at all."""
    return Need(
        f"lines[{index}].drugs", f"What were the drugs of line {line.number}?", "whether it may be repeated", True
    )


@lru_cache(maxsize=8)
def inherited(item: InForce) -> InForce:
    """The option with what it inherits; its own criteria speak of one earlier regimen each time."""
    numbered = zip(item.numbers, item.criteria, strict=True)
    return replace(item, numbers=tuple(number for number, criterion in numbered if not own(criterion)))


def own(criterion: Applied) -> bool:
    return criterion.origin.startswith(f"{OPTION}/")


@lru_cache(maxsize=1024)
def regimen_criteria(item: InForce, drugs: tuple[str, ...], catalogue: Catalogue) -> Listed:
    """The option's own criteria, and all that a set of drugs carries wherever it is given."""
    return by_facts((*filter(own, item.criteria), *catalogue.statements(drugs)[0]))


def judge_line(line: Line, regimen: dict[str, FactValue], item: InForce, explainer: Explainer) -> Judgement:
    """One earlier regimen: the option's own criteria and all that its drugs and their classes carry."""
    catalogue = explainer.catalogue
    truths = Truths({**explainer.truths.values, **regimen})
    local = Explainer(catalogue, truths, explainer.policies, prefix=f"{line.regimen} (line {line.number}): ")
    return weigh(filter(None, local.of(regimen_criteria(item, line.drugs, catalogue))))


def without_lines(item: InForce, state: State, whole: Judgement, explainer: Explainer) -> Option:
    """No earlier regimen of drugs: nothing to repeat; or no lines recorded: cannot tell."""
    if state.lines is None:
        whole.weight = max(whole.weight, CANNOT_TELL)
        whole.deciding.append("prior_lines")
    else:
        nothing = Reason(
            f"{OPTION}/no-earlier-regimen", "rules-out", "definition",
            "No earlier regimen of drugs: there is none to repeat", explainer.truths.wire(("prior_lines",)),
            explainer.printed[OPTION].availability.source, "draft",
        )  # fmt: skip
        whole.against.append(nothing)
        whole.weight = RULED_OUT
        whole.against.sort(key=rule_outs_first)
    return as_option(item, whole, "no-label", explainer)
