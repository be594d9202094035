"""State × knowledge → the answer."""

from __future__ import annotations

from collections.abc import Mapping

from mspike import __version__
from mspike.derive import State, state_to_wire
from mspike.knowledge import catalogue
from mspike.options.answer import LABEL_FITS, SCHEMA, VERDICTS, Answer, Option
from mspike.options.disagreements import disagree
from mspike.options.judge import judge_option
from mspike.options.questions import ask, is_true
from mspike.options.reasons import Explainer
from mspike.options.retreatment import OPTION as RETREATMENT
from mspike.options.retreatment import earlier_regimens, judge_retreatment
from mspike.options.truth import Truths
from mspike.record import Quality

VERDICT_PLACES = {verdict: place for place, verdict in enumerate(VERDICTS)}
FIT_PLACES = {fit: place for place, fit in enumerate(LABEL_FITS)}


def build_answer(state: State, quality: Quality | None = None) -> Answer:
    """Every option of the sources, judged for this state. Deterministic; reads no clock and no network.

    `quality`: what the record says of its source, handed on as it is; it moves no verdict.
    """
    in_force = catalogue(state.as_of, state.country)
    knowledge = in_force.knowledge
    explainer = Explainer(in_force, Truths({name: fact.value for name, fact in state.facts.items()}), state.policies)
    regimens = earlier_regimens(state, knowledge)
    options = [
        judge_retreatment(item, state, regimens, explainer)
        if item.option.option == RETREATMENT
        else judge_option(item, explainer)
        for item in in_force.numbered
    ]
    paths = {path.path: place for place, path in enumerate(knowledge.paths)}
    options.sort(key=lambda o: display_order(o, paths))
    return Answer(
        schema=SCHEMA,
        id=state.id,
        as_of=state.as_of.isoformat(),
        country=state.country,
        versions={
            "engine": __version__,
            "knowledge": knowledge.version,
            "response_criteria": str(state.policies["response_criteria"]),
            "line_policy": str(state.policies["line_policy"]),
        },
        state=state_to_wire(state, knowledge),
        options=options,
        questions=ask(options, state, in_force),
        disagreements=disagree(explainer, regimens),
        limits=list(knowledge.limits),
        policies={key: str(value) for key, value in state.policies.items()},
        notes=notes(state, quality),
        paths=[{"id": path.path, "label": path.label} for path in knowledge.paths],
        quality=quality,
    )


def display_order(option: Option, paths: Mapping[str, int]) -> tuple[int, int, int, str]:
    """By path, then verdict, then label fit, then id. It is no ranking."""
    return paths[option.path], VERDICT_PLACES[option.verdict], FIT_PLACES[option.label_fit], option.id


def notes(state: State, quality: Quality | None = None) -> list[str]:
    """What the reader must know before anything else."""
    found = []
    if quality is not None and state.diagnosis.get("diagnosis") is None:
        found.append(
            f"No plasma-cell disease is named in what was read ({quality.source}). "
            "Is this the right patient? The options below are those for multiple myeloma."
        )
    if is_true(state, "newly_diagnosed"):
        found.append(
            "Out of scope: first-line treatment. The record says newly diagnosed, untreated myeloma; "
            "the options below are those for relapsed or refractory disease. Is this relapsed?"
        )
    if is_true(state, "smouldering"):
        found.append(
            "Out of scope: smouldering myeloma. The options below are those for relapsed or refractory disease."
        )
    if is_true(state, "diagnosis_al_amyloidosis"):
        found.append(
            "Out of scope: AL amyloidosis. The options below, and their labels, are those for multiple myeloma."
        )
    elif is_true(state, "al_amyloidosis"):
        found.append(
            "AL amyloidosis is on record beside the myeloma: the options below are judged for the myeloma alone."
        )
    found += [
        f"Contradiction: {c.about}: stated {c.stated}; but {c.other}. The stated one is used."
        for c in state.contradictions
    ]
    return found
