"""What the record states twice and differently. The stated fact is used; both are shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mspike.derive.lines import RELAPSES, TRANSPLANT, line_words
from mspike.derive.pace import Finding
from mspike.derive.refractory import Judged
from mspike.derive.settings import Settings
from mspike.derive.state import Contradiction, Line
from mspike.derive.vocabulary import Vocabulary
from mspike.record import Day, Record


def find_contradictions(
    record: Record,
    lines: Sequence[Line],
    derived: Sequence[tuple[Judged, ...]],
    pace: Finding,
    vocabulary: Vocabulary,
    settings: Settings,
) -> tuple[Contradiction, ...]:
    return (
        *_refractory_lists(record, lines, derived),
        *_event(record, lines, pace),
        *_drugs(record, lines, vocabulary, settings),
        *_transplants(record),
        *_frailty(record, settings),
    )


def _refractory_lists(
    record: Record, lines: Sequence[Line], derived: Sequence[tuple[Judged, ...]]
) -> Iterator[Contradiction]:
    """A stated list, and a stated progression on maintenance, against the dates and the reason for stopping."""
    stated = {entry.at: entry for entry in record.lines or ()}
    for line, verdicts in zip(lines, derived, strict=True):
        entry = stated.get(line.at)
        if entry and entry.progressed_on_maintenance and line.stop_reason != "progression":
            other = "progressed on maintenance: yes"
            yield Contradiction("end of a line", f"{line_words(line)} stopped: {line.stop_reason}", other, (line.at,))
        if entry is None or entry.refractory is None:
            continue
        for verdict in verdicts:
            listed = verdict.drug in entry.refractory
            if verdict.value is not None and verdict.value is not listed:
                says = "listed as refractory" if listed else "not in the list of refractory drugs"
                at = (f"{line.at}.refractory", *verdict.at)
                yield Contradiction(f"refractory to {verdict.drug}", f"{line_words(line)}: {says}", verdict.because, at)
        for drug in entry.refractory:
            if drug not in line.drugs:
                other = f"the line's drugs are {', '.join(line.drugs)}"
                yield Contradiction(
                    f"refractory to {drug}", f"{line_words(line)}: listed as refractory", other, (line.at,)
                )


def _event(record: Record, lines: Sequence[Line], pace: Finding) -> Iterator[Contradiction]:
    event = record.disease.event
    if event.type == "newly-diagnosed" and (lines or record.treatments):
        other = f"{len(lines)} lines of therapy are stated" if lines else "drugs were given"
        yield Contradiction("newly diagnosed", "event: newly-diagnosed", other, ("disease.event", "lines"))
    if event.type in RELAPSES and record.lines == () and not record.treatments:
        other = "no line of therapy so far: a relapse follows a treatment"
        yield Contradiction("relapse", f"event: {event.type}", other, ("disease.event", "lines"))
    if event.type == "biochemical-relapse" and event.symptoms:
        other = "symptoms: yes; a relapse with symptoms is a clinical one"
        yield Contradiction("kind of relapse", "event: biochemical-relapse", other, ("disease.event",))
    if event.type == "stable" and pace.value:
        yield Contradiction("stable disease", "event: stable", pace.because, ("disease.event", *pace.at))
    if event.type not in RELAPSES or event.date is None or not lines:
        return
    last = lines[-1]
    if last.start and _before(event.date, last.start):
        other = f"{line_words(last)} began {last.start.text}"
        yield Contradiction("date of the relapse", f"event: {event.date.text}", other, ("disease.event.date", last.at))
    elif last.stop and _before(event.date, last.stop) and last.stop_reason not in (None, "not-stated", "progression"):
        stated = f"{line_words(last)} stopped {last.stop.text}: {last.stop_reason}"
        yield Contradiction(
            "end of the last line", stated, f"the relapse of {event.date.text} lies before it", (last.at,)
        )


def _before(a: Day, b: Day) -> bool:
    return a.last < b.first


def _drugs(
    record: Record, lines: Sequence[Line], vocabulary: Vocabulary, settings: Settings
) -> Iterator[Contradiction]:
    """A drug record whose drug no stated line names."""
    if record.lines is None:
        return
    named = {drug for entry in record.lines for drug in (*entry.drugs, *(entry.maintenance or ()))}
    unnamed: dict[str, list[str]] = {}
    for treatment in record.treatments or ():
        counted = treatment.context not in settings.contexts_not_exposure and vocabulary.counts(treatment.drug)
        if counted and treatment.drug not in named and treatment.drug not in settings.conditioning_drugs:
            unnamed.setdefault(treatment.drug, []).append(treatment.at)
    for drug, at in sorted(unnamed.items()):
        stated = f"{len(lines)} lines, none with {drug}"
        yield Contradiction("lines of therapy", stated, f"{drug} is among the drug records", tuple(at))


def _transplants(record: Record) -> Iterator[Contradiction]:
    for line in record.lines or ():
        if line.transplant is not False or line.start is None:
            continue
        for entry in record.procedures or ():
            ended = line.stop.last if line.stop else record.as_of
            if (
                entry.procedure == TRANSPLANT
                and entry.date
                and line.start.first <= entry.date.first
                and entry.date.last <= ended
            ):
                other = f"an autologous transplant of {entry.date.text} lies in it"
                yield Contradiction("transplant", f"line {line.number}: no transplant", other, (line.at, entry.at))


def _frailty(record: Record, settings: Settings) -> Iterator[Contradiction]:
    """A stated frailty that age and ECOG alone contradict on the simplified frailty scale."""
    stated, age, ecog = record.fitness.frailty, record.patient.age, record.fitness.ecog
    if stated is None:
        return

    def points(years: float) -> int:
        return (years >= settings.frailty_one_point_from_age) + (years >= settings.frailty_two_points_from_age)

    least = (points(age.low) if age else 0) + (min(ecog, 2) if ecog is not None else 0)
    most = (points(age.high) if age else 2) + (min(ecog, 2) if ecog is not None else 2) + 1  # 1: the Charlson index
    given = []
    if age is not None:
        given.append(f"age {age.low:g}")
    if ecog is not None:
        given.append(f"ECOG {ecog}")
    at = ("fitness.frailty", "patient.age", "fitness.ecog")
    limit = settings.frail_from_points
    if stated != "frail" and least >= limit:
        other = f"{', '.join(given)}: at least {least} points on the simplified frailty scale, frail from {limit:g}"
        yield Contradiction("frailty", stated, other, at)
    if stated == "frail" and most < limit:
        other = f"{', '.join(given)}: at most {most} points on the simplified frailty scale, frail from {limit:g}"
        yield Contradiction("frailty", stated, other, at)
