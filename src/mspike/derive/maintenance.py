"""Whether the disease grew on the maintenance of a line: as stated, else by the days of drug records.

Rules: spec/refractoriness.md.
"""

from __future__ import annotations

from collections.abc import Iterable

from mspike.derive.intervals import at_least, at_most, tri_and, tri_or
from mspike.derive.lines import line_words
from mspike.derive.settings import Settings
from mspike.derive.state import Fact, Line
from mspike.derive.vocabulary import Vocabulary
from mspike.record import Day, Record, Tri, days_between

SAYS = {
    (True, "stated"): "stated for",
    (True, "derived"): "by the days of its drug records and of the progression in",
    (False, "derived"): "no progression on maintenance in",
    (None, "unknown"): "not stated for",
}


def maintenance_fact(record: Record, lines: tuple[Line, ...], vocabulary: Vocabulary, settings: Settings) -> Fact:
    """The fact `progressed_on_maintenance`: on that of any line."""
    stated = {entry.at: entry for entry in record.lines or ()}
    parts: list[Tri] = []
    for line in lines:
        entry = stated.get(line.at)
        said = entry.progressed_on_maintenance if entry else grew_on_maintenance(line, vocabulary, settings)
        if said is None:
            none_given = entry is not None and entry.maintenance == ()
            ended = line.stop_reason not in (None, "not-stated", "progression")
            said = False if ended or none_given else None
        parts.append(said)
    value = tri_or(parts)
    telling = [line for line, part in zip(lines, parts, strict=True) if part is value]
    at = tuple(f"{line.at}.progressed_on_maintenance" if line.at in stated else line.at for line in telling)
    counted = all(line.at not in stated for line in telling)
    basis = "unknown" if value is None else "derived" if value is False or counted else "stated"
    because = f"{SAYS[value, basis]} {', '.join(line_words(line) for line in telling)}"
    return Fact(value, telling[0].stop if value else None, basis, at, because)


def grew_on_maintenance(line: Line, vocabulary: Vocabulary, settings: Settings) -> Tri:
    """Of a line counted from drug records: whether its progression came on the maintenance, and on that alone.

    On it: after a first dose, and at most the refractory window after a last one. None where the records do not tell,
    as where another drug of the line was given then.
    """
    if line.basis != "derived":
        return None
    if not line.maintenance:
        return None if {"maintenance", "continuation"} & {*line.parts} else False
    day = line.progression
    if day is None:
        return None
    others = (drug for drug in line.drugs if vocabulary.counts(drug) and drug not in line.maintenance)
    on, beside = _given_at(line.maintenance, line, day, settings), _given_at(others, line, day, settings)
    after = at_least(days_between(line.transplant, day), 1) if isinstance(line.transplant, Day) else True
    if on is False:
        return False
    return True if on and after and beside is False else None


def _given_at(drugs: Iterable[str], line: Line, day: Day, settings: Settings) -> Tri:
    return tri_or(
        tri_and((
            at_least(days_between(dose.first, day), 1),
            at_most(days_between(dose.last, day), settings.refractory_window_days),
        ))
        for drug in drugs
        for dose in line.doses.get(drug, ())
    )  # fmt: skip
