"""Lines with what was judged about them, the flags that follow, and lenalidomide at a maintenance dose."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from mspike.derive.exposure import falls_inside
from mspike.derive.intervals import tri_or
from mspike.derive.judged import Judged
from mspike.derive.lines import RELAPSES
from mspike.derive.maintenance import grew_on_maintenance
from mspike.derive.settings import Settings
from mspike.derive.state import Fact, Line
from mspike.derive.vocabulary import Vocabulary
from mspike.record import Record, StatedLine, Treatment, Tri

DRUG = "lenalidomide"
AT_DOSE = "lenalidomide-refractory-at-maintenance-dose"


def finish_lines(
    record: Record,
    lines: Sequence[Line],
    judged: Sequence[tuple[Judged, ...]],
    vocabulary: Vocabulary,
    settings: Settings,
) -> tuple[tuple[Line, ...], Fact]:
    """The lines with refractory drugs and flags filled in, and the fact on lenalidomide's dose."""
    stated = {entry.at: entry for entry in record.lines or ()}
    own = [t for t in record.treatments or () if t.drug == DRUG]
    finished: list[Line] = []
    doses: list[tuple[Tri, Line]] = []
    for line, verdicts in zip(lines, judged, strict=True):
        yes = tuple(v.drug for v in verdicts if v.value)
        flags = list(line.flags)
        if not finished and line.best_response in ("SD", "PD"):
            flags.append("response-below-MR-line1")
        if any(v.value and v.early for v in verdicts):
            flags.append("short-exposure-refractory")
        if _relapsed_after_car_t(record, line, verdicts, lines, vocabulary):
            flags.append("relapsed-after-BCMA-CAR-T")
        for verdict in verdicts:
            if verdict.drug == DRUG and verdict.value is not False:
                inside = [t for t in own if falls_inside(t, line)]
                low = low_dose(_until(inside, verdict), stated.get(line.at), settings) if verdict.value else None
                if low is None and verdict.value and DRUG in line.maintenance:
                    low = grew_on_maintenance(line, vocabulary, settings) or None
                doses.append((low, line))
                if low:
                    flags.append(AT_DOSE)
        unknown = any(v.value is None for v in verdicts)
        finished.append(replace(line, refractory=None if unknown and not yes else yes, flags=tuple(flags)))
    return tuple(finished), dose_fact(doses, settings)


def _until(given: Sequence[Treatment], verdict: Judged) -> list[Treatment]:
    """The drug records up to the day on which it failed: a dose that was raised later was not the one that failed."""
    day = verdict.date
    return [t for t in given if not (day and t.start and t.start.first > day.last)] or list(given)


def low_dose(given: Sequence[Treatment], stated: StatedLine | None, settings: Settings) -> Tri:
    """Whether lenalidomide failed at a maintenance dose: by its dose where one is recorded, else by the maintenance."""
    dosed = [t for t in given if t.dose_mg is not None]
    if dosed:
        last = max(dosed, key=lambda t: (t.start.first.toordinal() if t.start else 0, t.dose_mg or 0.0))
        return (last.dose_mg or 0.0) <= settings.lenalidomide_maintenance_dose_mg
    if any(t.context == "maintenance" for t in given):
        return True
    if stated is None or stated.progressed_on_maintenance is None:
        return None
    if stated.progressed_on_maintenance and not stated.maintenance:
        return True if stated.refractory else None  # the stated list names it; else which drug it was is open
    return stated.progressed_on_maintenance and DRUG in (stated.maintenance or ())


def dose_fact(doses: Sequence[tuple[Tri, Line]], settings: Settings) -> Fact:
    if not doses:
        return Fact(False, basis="derived", because="not refractory to lenalidomide")
    value = tri_or(low for low, _ in doses)
    telling = [line for low, line in doses if low is value]
    at = tuple(line.at for line in telling)
    named = ", ".join(f"line {line.number}" for line in telling)
    if value is None:
        return Fact(None, None, "unknown", at, f"{named}: neither its dose nor the maintenance is stated")
    says = "failed on maintenance, or at a dose" if value else "did not fail on maintenance or at a dose"
    limit = f"up to {settings.lenalidomide_maintenance_dose_mg:g} mg a day"
    return Fact(value, telling[0].stop, "derived", at, f"{named}: lenalidomide {says} {limit}")


def raw_dose_fact(record: Record, judged: Sequence[Judged], settings: Settings) -> Fact:
    """The same for a record of raw drug records alone."""
    failed = [v for v in judged if v.drug == DRUG and v.value is not False]
    if not failed:
        return Fact(False, basis="derived", because="not refractory to lenalidomide")
    pointers = {pointer for v in failed if v.value for pointer in v.at}
    given = [t for t in record.treatments or () if t.drug == DRUG and t.at in pointers]
    value = low_dose(given, None, settings) if given else None
    at = tuple(t.at for t in given)
    because = "by the dose on record" if value is not None else "its dose is not on record" if given else ""
    return Fact(value, None, "unknown" if value is None else "derived", at, because)


def either_dose(*found: Fact) -> Fact:
    """The one that says yes, else the one that leaves it open, else the one that has a failure to look at."""
    return min(found, key=lambda fact: (not fact.value, fact.value is not None, not fact.sources))


def raw_flags(judged: Sequence[Judged], dose: Fact) -> tuple[str, ...]:
    """Flags of raw drug records, which are not counted into lines."""
    flags = ["short-exposure-refractory"] if any(v.value and v.early for v in judged) else []
    return (*flags, AT_DOSE) if dose.value else tuple(flags)


def _relapsed_after_car_t(
    record: Record, line: Line, verdicts: tuple[Judged, ...], lines: Sequence[Line], vocabulary: Vocabulary
) -> bool:
    """A BCMA CAR-T that held beyond the window, and then the disease came back."""
    cells = [v for v in verdicts if {"BCMA", "CAR-T"} <= set(vocabulary.classes_of(v.drug))]
    if not any(v.value is False for v in cells):
        return False
    is_last = line.number == lines[-1].number
    grew = line.stop_reason == "progression" or (line.basis == "derived" and line.progression is not None)
    infused = [dose.first for v in cells for dose in line.doses.get(v.drug, ())]
    if grew and infused and line.progression and line.progression.last < infused[0].first:  # while it was bridged
        until = next((other.start for other in lines if other.number > line.number), None)
        grew = any(
            entry.response == "PD" and entry.confirmed and entry.date.first > infused[0].last
            and not (until and entry.date.first > until.last)
            for entry in record.assessments or ()
        )  # fmt: skip
    return grew or (is_last and record.disease.event.type in RELAPSES)


def group_flags(facts: dict[str, Fact]) -> tuple[str, ...]:
    """Triple-class, and the higher of quad-drug and penta-drug refractory."""
    flags = []
    if facts["triple_class_refractory"].value:
        flags.append("triple-class-refractory")
    if facts["penta_drug_refractory"].value:
        flags.append("penta-drug-refractory")
    elif facts["quad_drug_refractory"].value:
        flags.append("quad-drug-refractory")
    return tuple(flags)
