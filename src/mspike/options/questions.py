"""What would change this list: the unknown facts that matter, most decisive first."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from mspike.derive import Line, State
from mspike.knowledge import token
from mspike.options.answer import Need, Option, Question


def ask(options: list[Option], state: State) -> list[Question]:
    """Questions, those that decide a verdict first, then by the number of options they touch."""
    questions = {question.fact: question for question in (*from_needs(options), *gaps(options, state))}.values()
    return sorted(questions, key=lambda q: (-q.decides, -q.options_affected, q.fact))


def from_needs(options: list[Option]) -> Iterable[Question]:
    """One question for each wording: facts that ask for the same thing are asked for once."""
    first: dict[str, Need] = {}
    touched: dict[str, int] = {}
    decided: dict[str, int] = {}
    for option in options:
        for need in option.needs:  # an option has one for each wording
            text = need.question
            if text not in first:
                first[text], touched[text], decided[text] = need, 0, 0
            touched[text] += 1
            decided[text] += need.decides
    for text, need in first.items():
        yield Question(need.fact, text, touched[text], decided[text], need.settles)


OF_DRUGS = (
    "exposed_", "refractory_", "intolerant_", "progressed_on_regimen_", "heart_failure_from_", "neuropathy_from_",
)  # fmt: skip
"""Facts that the drugs of a line may settle."""


def gaps(options: list[Option], state: State) -> Iterable[Question]:
    """What the record itself leaves open: undated lines, reasons stopped, preferences, whether it is a relapse."""
    if is_true(state, "newly_diagnosed"):
        text = "Is this relapsed or refractory myeloma, or newly diagnosed (out of scope here)?"
        yield Question("newly_diagnosed", text, len(options), 0, "whether this program applies at all")
    wanted: dict[str, tuple[str, Callable[[Line], bool]]] = {
        "drugs": ("drugs", lambda line: line.unnamed),
        "start": ("dates", lambda line: line.start is None or line.stop is None),
        "best_response": ("deepest response", lambda line: line.best_response is None),
        "stop_reason": ("reason stopped", lambda line: line.stop_reason in (None, "not-stated")),
    }
    for index, line in enumerate(state.lines or ()):
        missing = [(field, words) for field, (words, test) in wanted.items() if test(line)]
        if missing:
            names = OF_DRUGS if line.unnamed else tuple(f"refractory_{token(drug)}" for drug in line.drugs)
            asked = [[n for n in o.needs if n.fact.startswith(names)] for o in options]
            hit = [needs for needs in asked if needs]
            decided = [needs for needs in hit if any(n.decides for n in needs)]
            *most, last = (text for _, text in missing)
            words = f"{', '.join(most)} and {last}" if most else last
            verb = "were" if most or last in ("dates", "drugs") else "was"
            yield Question(
                f"lines[{index}].{missing[0][0]}",
                f"What {verb} the {words} of line {line.number} ({line.regimen})?",
                len(hit), len(decided), "refractoriness, retreatment and label conditions",
            )  # fmt: skip
    if not state.preferences_known:
        yield Question("preferences", "What does the patient want from treatment, and what to avoid?", len(options), 0,
                       "weighs in every option, decides none")  # fmt: skip


def is_true(state: State, name: str) -> bool:
    fact = state.facts.get(name)
    return fact is not None and fact.value is True
