"""The options as cards and rows, by path, in the order of the answer."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

import msgspec

from mspike.options import answer as wire
from mspike.options.answer import VERDICTS, Answer, Evidence, Need, Option, Reason
from mspike.report import words
from mspike.report.view.model import (
    Ask,
    Card,
    FactRow,
    Figure,
    Group,
    Item,
    Legend,
    Mark,
    PathView,
    Repeat,
    RuleRow,
    Run,
)
from mspike.report.view.paper import refer_back
from mspike.report.view.sources import DRAFT, Citations

LABEL_MARK = {"met": "yes", "not-met": "no", "cannot-tell": "unknown", "no-label": "none"}


def view_paths(answer: Answer, citations: Citations) -> tuple[PathView, ...]:
    """One group for each path that has options; a path the answer does not name comes last."""
    labels = {path["id"]: path["label"] for path in answer.paths}
    ids = [*labels, *dict.fromkeys(option.path for option in answer.options if option.path not in labels)]
    facts = answer.state.get("facts") or {}
    views = []
    for id in ids:
        options = [option for option in answer.options if option.path == id]
        if options:
            cards = refer_back([view_option(option, facts, citations) for option in options])
            runs = tuple(Run(long, tuple(run)) for long, run in groupby(cards, key=lambda card: card.long))
            label = labels.get(id) or words.path_label(id)
            views.append(PathView(words.slug(id), label, len(cards), counts(options), runs))
    return tuple(views)


def view_legend(answer: Answer) -> tuple[Legend, ...]:
    verdicts = [option.verdict for option in answer.options]
    return tuple(Legend(verdict, verdicts.count(verdict), words.VERDICT_MEANS[verdict]) for verdict in VERDICTS)


def counts(options: Iterable[Option]) -> str:
    verdicts = [option.verdict for option in options]
    return ", ".join(f"{verdicts.count(v)} {words.VERDICT_WORDS[v]}" for v in VERDICTS if v in verdicts)


def view_option(option: Option, facts: dict[str, Any], citations: Citations) -> Card:
    own, repeated = split_reasons(option)
    statements = [*own["for"], *own["against"], *own["cautions"], *option.known_risks, *repeated]
    statuses = [reason.status for reason in statements] + [figure.status for figure in option.evidence]
    why = headline_reason(option, citations)
    contra = len(option.against) + len(option.cautions) + sum(need.decides for need in option.needs)
    return Card(
        anchor=words.slug(option.id),
        id=option.id,
        name=option.label,
        verdict=option.verdict,
        label=Mark(LABEL_MARK.get(option.label_fit, "unknown"), words.LABEL_WORDS[option.label_fit]),
        why=why,
        why_as="",
        more=max(0, contra - 1),
        meta=" · ".join(filter(None, (option.schedule, option.see))),
        groups=view_groups(own["for"], own["against"], own["cautions"], option.known_risks, citations),
        against=bool(option.against),
        needs=view_needs(option.needs),
        available=words.availability_text(option.availability),
        available_tag=citations.tag(option.availability.source),
        evidence=tuple(view_figure(figure, citations) for figure in option.evidence),
        facts=view_facts(statements, facts),
        rules=tuple(view_rule(reason, citations) for reason in statements),
        repeats=tuple(view_repeat(repeat, citations) for repeat in option.repeats),
        drafts=statuses.count(DRAFT),
        statements=len(statuses),
        long=is_long(option),
        full=option.verdict == "fits" or (option.verdict == "caution" and option.label_fit == "met"),
    )


def view_figure(figure: Evidence, citations: Citations) -> Figure:
    return Figure(figure.trial, figure.population, figure.result, citations.tag(figure.source, figure.status))


def split_reasons(option: Option) -> tuple[dict[str, list[Reason]], list[Reason]]:
    """The option's own reasons by kind, and those of its earlier regimens, which the option repeats."""
    repeated = [r for repeat in option.repeats for r in (*repeat.for_, *repeat.against, *repeat.cautions)]
    elsewhere = {(reason.id, reason.text) for reason in repeated}
    parts = {"for": option.for_, "against": option.against, "cautions": option.cautions}
    own = {part: [r for r in reasons if (r.id, r.text) not in elsewhere] for part, reasons in parts.items()}
    return own, repeated


def is_long(option: Option) -> bool:
    """Long form: it fits, the label is met, or one unknown fact decides. A ruled-out option is a row."""
    if option.verdict == "ruled-out":
        return False
    one_decides = option.verdict == "cannot-tell" and len({need.fact for need in option.needs if need.decides}) == 1
    return option.verdict == "fits" or option.label_fit == "met" or one_decides


def headline_reason(option: Option, citations: Citations) -> Item | None:
    """What a short row says: the reason that made the verdict."""
    if option.verdict == "cannot-tell":
        need = next((need for need in option.needs if need.decides), next(iter(option.needs), None))
        if need is not None:
            return Item(words.not_known(need.question), citations.tag(option.availability.source))
    ordered = sorted(option.against, key=lambda reason: reason.effect != "rules-out")
    for reason in (*ordered, *option.cautions):
        return view_reason(reason, citations)
    return None


def view_groups(
    pro: list[Reason],
    against: list[Reason],
    cautions: list[Reason],
    risks: list[Reason],
    citations: Citations,
) -> tuple[Group, ...]:
    ordered = sorted(against, key=lambda reason: reason.effect != "rules-out")
    kinds = (("for", pro), ("against", ordered), ("caution", cautions), ("risk", risks))
    return tuple(
        Group(kind, words.REASON_GROUPS[kind], tuple(view_reason(reason, citations) for reason in reasons))
        for kind, reasons in kinds
        if reasons
    )


def view_reason(reason: Reason, citations: Citations) -> Item:
    return Item(reason.text, citations.tag(reason.source, reason.status), reason.effect == "rules-out")


def view_needs(needs: Iterable[Need]) -> tuple[Ask, ...]:
    """Questions once each, those that decide the verdict first."""
    ordered = sorted(needs, key=lambda need: not need.decides)
    unique = {need.question: need for need in reversed(ordered)}
    return tuple(Ask(n.question, n.settles, n.decides) for n in ordered if unique.get(n.question) is n)


def view_repeat(repeat: wire.Repeat, citations: Citations) -> Repeat:
    """One earlier regimen; its name, which each of its reasons begins with, stands once above them."""
    name = words.earlier_regimen(repeat)
    pro, against, cautions = (
        [msgspec.structs.replace(r, text=r.text.removeprefix(f"{name}: ")) for r in part]
        for part in (repeat.for_, repeat.against, repeat.cautions)
    )
    groups = view_groups(pro, against, cautions, [], citations)
    return Repeat(name, repeat.verdict, groups, view_needs(repeat.needs))


def view_facts(reasons: Iterable[Reason], facts: dict[str, Any]) -> tuple[FactRow, ...]:
    """Each fact that a reason of this option names, once; the open ones stand among its questions."""
    used: dict[str, Any] = {}
    for reason in reasons:
        used |= {name: value for name, value in reason.facts.items() if name not in used}
    return tuple(view_fact(name, value, facts.get(name)) for name, value in used.items())


def view_fact(name: str, value: Any, fact: dict[str, Any] | None) -> FactRow:
    """A fact with where it comes from; the value that the reason saw stands when the state has none."""
    known = fact or {}
    seen = known.get("value") if known.get("value") is not None else value
    unit = str(known.get("unit") or "")
    return FactRow(
        words.fact_name(name),
        words.value_text(seen, unit.removesuffix("s") if seen == 1 else unit),
        str(known.get("date") or "no date"),
        str(known.get("basis") or "–"),
        ", ".join(str(place) for place in known.get("from") or ()) or "–",
    )


def view_rule(reason: Reason, citations: Citations) -> RuleRow:
    facts = "; ".join(f"{words.fact_name(name)}: {words.value_text(value)}" for name, value in reason.facts.items())
    effect = words.EFFECT_WORDS[reason.effect]
    return RuleRow(reason.id, effect, facts, citations.tag(reason.source), reason.source.locator, reason.status)
