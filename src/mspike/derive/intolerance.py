"""Which drugs were stopped for toxicity. A line stopped for toxicity says so of the regimen, not of each of several."""

from __future__ import annotations

from mspike.derive.exposure import Exposure
from mspike.derive.intervals import tri_or
from mspike.derive.lines import line_words
from mspike.derive.state import Fact, Line
from mspike.derive.vocabulary import Vocabulary
from mspike.record import Record, Tri


def intolerance_facts(
    record: Record, lines: tuple[Line, ...] | None, exposure: Exposure, vocabulary: Vocabulary
) -> dict[str, Fact]:
    """`intolerant_` for each drug that was given.

    Yes where its own record, or a condition put down to it in a line stopped for toxicity, says so, and of the one drug
    of such a line, the steroid aside; unknown for every drug but the steroid of a line of several that no condition
    explains, or of one stopped for a reason not stated.
    """
    blamed = {c.attributed_to: c for c in record.conditions if c.attributed_to in vocabulary.drugs and c.present}
    parts: dict[str, list[tuple[Tri, str, str]]] = {drug: [] for drug in exposure.drugs or ()}
    for line in lines or ():
        named = [drug for drug in line.drugs if drug in blamed]
        alone = _only_drug(line, vocabulary)
        for drug in line.drugs:
            if drug in vocabulary.steroids and drug not in named and drug != alone:
                parts[drug].append((False, "a steroid that nothing is put down to", line.at))
                continue
            condition = blamed[drug].name if drug in blamed else ""
            parts[drug].append(_of_line(drug, line, named, condition, drug == alone))
    for entry in record.treatments or ():
        if entry.drug not in parts:
            continue
        if entry.stop_reason == "toxicity":
            parts[entry.drug].append((True, "its own record: stopped for toxicity", entry.at))
        elif lines is None:
            open_ = entry.end is not None and entry.stop_reason in (None, "not-stated")
            parts[entry.drug].append((None if open_ else False, "its own record", entry.at))
    facts: dict[str, Fact] = {}
    for drug, found in parts.items():
        names = vocabulary.drugs.get(drug)
        if names is None:
            continue
        value = tri_or(part for part, _, _ in found)
        telling = [(words, at) for part, words, at in found if part is value]
        because = "; ".join(dict.fromkeys(words for words, _ in telling))
        at = tuple(dict.fromkeys(pointer for _, pointer in telling))
        facts[names.intolerant] = Fact(value, None, "unknown" if value is None else "derived", at, because)
    return facts


def _only_drug(line: Line, vocabulary: Vocabulary) -> str | None:
    """The one drug of a stated line, the steroid aside; None where another, or a transplant, may be to blame.

    Where drug records make up a line, each says itself why its drug was stopped.
    """
    core = vocabulary.core((*line.drugs, *line.maintenance))
    if len(core) != 1 or line.unnamed or line.transplant or line.doses:
        return None
    return next(iter(core))


def _of_line(drug: str, line: Line, named: list[str], condition: str, alone: bool) -> tuple[Tri, str, str]:
    words = line_words(line)
    if line.stop_reason == "toxicity":
        if drug in named:
            return True, f"{words} stopped for toxicity; {condition.replace('-', ' ')} put down to {drug}", line.at
        if named:
            return False, f"{words} stopped for toxicity, put down to {', '.join(named)}", line.at
        if alone:
            return True, f"{words} stopped for toxicity; it held no other drug, a steroid aside", line.at
        return None, f"{words} stopped for toxicity; which drug it is put down to is not stated", line.at
    if line.doses.get(drug) and line.doses[drug][-1].ongoing:
        return False, f"{words}: still given", line.at
    if line.stop_reason in (None, "not-stated"):
        return None, f"{words}: why it stopped is not stated", line.at
    return False, f"{words} stopped: {line.stop_reason}", line.at
