"""What would change this list: the unknown facts that matter, most decisive first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

import msgspec

from mspike.derive import INTERACTIONS, Line, State
from mspike.knowledge import Catalogue, token
from mspike.options.answer import Need, Option, Question

LINES = "prior_lines"

GOAL = ("goal_comfort",)
"""What the patient's own wishes would tell."""

MOST_MEDICINES = 5
"""More are not named in a question."""

Asked = tuple[Question, Collection[str]]
"""A question, and the facts whose own questions it stands for."""


def ask(options: list[Option], state: State, catalogue: Catalogue) -> list[Question]:
    """Questions, those that decide a verdict first, then by the number of options they touch.

    Where no line of therapy is on record, the question for the lines comes first, and stands for every question that
    its answer would settle. So does the question for what is missing of one line.
    """
    asked = [*lines_unknown(options, state, catalogue), *gaps(options, state, catalogue)]
    settled = {name for _, names in asked for name in names}
    questions = [*(question for question, _ in asked), *from_needs(options, settled)]
    return sorted(questions, key=lambda q: (q.fact != LINES, -q.decides, -q.options_affected, q.fact))


def lines_unknown(options: list[Option], state: State, catalogue: Catalogue) -> Iterable[Asked]:
    if state.lines is not None:
        return
    facts, names = catalogue.facts, of_lines(options, catalogue)
    touched, decided = weight(options, names)
    if names:
        yield Question(LINES, facts[LINES].question, touched, decided, facts[LINES].settles), names


def of_lines(options: list[Option], catalogue: Catalogue) -> set[str]:
    """What is asked for that the lines of therapy would tell."""
    facts = catalogue.facts
    needed = {need.fact for option in options for need in option.needs}
    return {name for name in needed if name in facts and facts[name].of_lines}


def weight(options: list[Option], names: Collection[str]) -> tuple[int, int]:
    """How many options need one of these facts, and of how many the verdict hangs on one."""
    hit = [[need for need in option.needs if need.fact in names] for option in options]
    return sum(map(bool, hit)), sum(any(need.decides for need in needs) for needs in hit)


class Tally(msgspec.Struct, gc=False):
    """Of one wording: the first need that has it, how many options do, and of how many the verdict hangs on it."""

    first: Need
    touched: int = 0
    decided: int = 0


def from_needs(options: list[Option], settled: Collection[str] = ()) -> Iterable[Question]:
    """One question for each wording: facts that ask for the same thing are asked for once.

    `settled`: facts that another question stands for.
    """
    found: dict[str, Tally] = {}
    for option in options:
        for need in option.needs:  # an option has one for each wording
            if need.fact in settled:
                continue
            tally = found.get(need.question)
            if tally is None:
                tally = found[need.question] = Tally(need)
            tally.touched += 1
            tally.decided += need.decides
    for text, tally in found.items():
        yield Question(tally.first.fact, text, tally.touched, tally.decided, tally.first.settles)


def gaps(options: list[Option], state: State, catalogue: Catalogue) -> Iterable[Asked]:
    """What the record itself leaves open: undated lines, reasons stopped, medicines, preferences, the relapse."""
    if is_true(state, "newly_diagnosed"):
        text = "Is this relapsed or refractory myeloma, or newly diagnosed (out of scope here)?"
        yield Question("newly_diagnosed", text, len(options), 0, "whether this program applies at all"), ()
    wanted: dict[str, tuple[str, Callable[[Line], bool]]] = {
        "drugs": ("drugs", lambda line: line.unnamed),
        "start": ("dates", lambda line: line.start is None or (line.stop is None and not line.ongoing)),
        "best_response": ("deepest response", lambda line: line.best_response is None),
        "stop_reason": ("reason stopped", lambda line: ended_for(line) is None),
    }
    for index, line in enumerate(state.lines or ()):
        missing = [(field, words) for field, (words, test) in wanted.items() if test(line)]
        if missing:
            first = f"lines[{index}].{missing[0][0]}"
            names = of_lines(options, catalogue) | {first} if line.unnamed else settled_by(line, options)
            touched, decided = weight(options, names)
            *most, last = (text for _, text in missing)
            words = f"{', '.join(most)} and {last}" if most else last
            verb = "were" if most or last in ("dates", "drugs") else "was"
            question = Question(
                first,
                f"What {verb} the {words} of line {line.number} ({line.regimen})?",
                touched, decided, "refractoriness, retreatment and label conditions",
            )  # fmt: skip
            yield question, names if line.unnamed or ended_for(line) is None else ()
    if state.unknown_medicines:
        touched, decided = weight(options, INTERACTIONS)
        text = of_medicines(state.unknown_medicines)
        yield Question("medications", text, touched, decided, "interactions"), INTERACTIONS
    if not state.preferences_known:
        text = "What does the patient want from treatment, and what to avoid?"
        yield Question("preferences", text, len(options), 0, "weighs in every option, decides none"), GOAL


def of_medicines(names: tuple[str, ...]) -> str:
    """The question for names that nothing is known of."""
    shown = ", ".join(names[:MOST_MEDICINES])
    more = f" and {len(names) - MOST_MEDICINES} more" if len(names) > MOST_MEDICINES else ""
    one_of = "one of " if len(names) > 1 else ""
    what = "an anticoagulant, a strong CYP3A4 inhibitor or inducer, or a strong CYP1A2 inhibitor"
    return f"Is {one_of}{shown}{more} {what}? Generic names are read; what is none of these can be left out."


def settled_by(line: Line, options: list[Option]) -> set[str]:
    """Facts that the dates, the response and the reason for stopping of one line would settle."""
    what = ("refractory", "intolerant", "heart_failure_from")
    names = {f"{prefix}_{token(drug)}" for prefix in what for drug in line.drugs}
    drugs = set(line.drugs)
    return names | {f"progressed_on_regimen_{token(o.id)}" for o in options if o.drugs and drugs.issuperset(o.drugs)}


def ended_for(line: Line) -> str | None:
    """Why it stopped, or that it has not; None: not known."""
    if line.ongoing:
        return "ongoing"
    return None if line.stop_reason == "not-stated" else line.stop_reason


def is_true(state: State, name: str) -> bool:
    fact = state.facts.get(name)
    return fact is not None and fact.value is True
