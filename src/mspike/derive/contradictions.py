"""What the record states twice and differently. The stated fact is used; both are shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from mspike.derive.judged import Judged
from mspike.derive.kernel.codes import NODAY
from mspike.derive.lines import RELAPSES, TRANSPLANT, line_words
from mspike.derive.pace import Finding
from mspike.derive.progression import Progression
from mspike.derive.samples import death_day
from mspike.derive.settings import Settings
from mspike.derive.state import Contradiction, Line
from mspike.derive.vocabulary import Vocabulary
from mspike.record import Day, Record, day_of, months_between


def find_contradictions(
    record: Record,
    lines: Sequence[Line],
    derived: Sequence[tuple[Judged, ...]],
    pace: Finding,
    clinical: Finding,
    shown: Sequence[Progression],
    vocabulary: Vocabulary,
    settings: Settings,
) -> tuple[Contradiction, ...]:
    """`shown`: the progressions that results show."""
    return (
        *_refractory_lists(record, lines, derived),
        *_event(record, lines, pace, shown),
        *_organ_damage(record, clinical),
        *_after_death(record),
        *_drugs(record, lines, vocabulary, settings),
        *_before_birth(record, lines),
        *_transplants(record),
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


def _event(
    record: Record, lines: Sequence[Line], pace: Finding, shown: Sequence[Progression]
) -> Iterator[Contradiction]:
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
    elif event.type == "stable":
        for p in shown:
            if p.sure and p.line == len(lines) - 1 and p.date:
                yield Contradiction(
                    "stable disease", "event: stable", f"{p.says} {p.date.text}", ("disease.event", p.at)
                )
    if event.type == "toxicity" and lines and lines[-1].stop_reason == "progression":
        other = f"{line_words(lines[-1])} stopped: progression"
        yield Contradiction("kind of event", "event: toxicity", other, ("disease.event", lines[-1].at))
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


def _organ_damage(record: Record, clinical: Finding) -> Iterator[Contradiction]:
    """An event without organ damage, and results that show a clinical relapse."""
    kind = record.disease.event.type
    if clinical.value and kind in ("stable", "biochemical-relapse"):
        about = "stable disease" if kind == "stable" else "kind of relapse"
        yield Contradiction(
            about, f"event: {kind}", f"clinical relapse: {clinical.because}", ("disease.event", *clinical.at)
        )


def _after_death(record: Record) -> Iterator[Contradiction]:
    died = death_day(record)
    late = [entry for entry in record.measurements if entry.date.first.toordinal() > died]
    if died != NODAY and late:
        first = min(late, key=lambda entry: entry.date.first)
        day = dt.date.fromordinal(died).isoformat()
        other = f"a result is dated after it: {first.test.replace('-', ' ')} of {first.date.text}"
        yield Contradiction("death", f"a treatment ended by death {day}", other, tuple(entry.at for entry in late))


def _before(a: Day, b: Day) -> bool:
    return a.last < b.first


def _drugs(
    record: Record, lines: Sequence[Line], vocabulary: Vocabulary, settings: Settings
) -> Iterator[Contradiction]:
    """A drug record whose drug no stated line names."""
    if record.lines is None or any(entry.drugs is None for entry in record.lines):
        return
    named = {drug for entry in record.lines for drug in (*(entry.drugs or ()), *(entry.maintenance or ()))}
    unnamed: dict[str, list[str]] = {}
    for treatment in record.treatments or ():
        counted = treatment.context not in settings.contexts_not_exposure and vocabulary.counts(treatment.drug)
        if counted and treatment.drug not in named and treatment.drug not in settings.conditioning_drugs:
            unnamed.setdefault(treatment.drug, []).append(treatment.at)
    for drug, at in sorted(unnamed.items()):
        stated = f"{len(lines)} line{'s' if len(lines) != 1 else ''}, none with {drug}"
        yield Contradiction("lines of therapy", stated, f"{drug} is among the drug records", tuple(at))


def _before_birth(record: Record, lines: Sequence[Line]) -> Iterator[Contradiction]:
    """Treatment before the stated age allows it; a birth date is held against every date when the record is read."""
    age = record.patient.age
    if age is None:
        return
    given = [(f"{line_words(line)} began", line.start, line.at) for line in lines if line.basis == "stated"]
    given += [(f"{t.drug} given", t.start, t.at) for t in record.treatments or ()]
    for says, start, at in given:
        if start and months_between(start, day_of(record.as_of)).low > 12 * (age.high + 1):
            other = f"{says} {start.text}, before the patient was born"
            yield Contradiction("age", f"{age.high:g} years on {record.as_of}", other, ("patient.age", at))


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
