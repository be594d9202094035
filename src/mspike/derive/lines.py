"""Lines of therapy as the clinician stated them: conditioning taken out, the regimen named, parts and reasons read.

Rules: spec/lines.md. What a line says about refractoriness is judged in `refractory`.
"""

from __future__ import annotations

import datetime as dt

from msgspec.structs import replace

from mspike.derive.intervals import at_most, more_than
from mspike.derive.settings import Settings
from mspike.derive.state import Dose, Line
from mspike.derive.vocabulary import Vocabulary
from mspike.record import Day, Record, StatedLine, Treatment, day_of, days_between, months_between

TRANSPLANT = "autologous-transplant"
RELAPSES = ("clinical-relapse", "biochemical-relapse", "local-progression")
"""Events in which the disease grows."""


def derive_lines(record: Record, vocabulary: Vocabulary, settings: Settings) -> tuple[Line, ...] | None:
    """The stated lines in order; None where the record states none and does not say that there were none."""
    if record.lines is None:
        return () if record.disease.event.type == "newly-diagnosed" and not record.treatments else None
    stated = sorted(record.lines, key=lambda s: (s.number, s.start.first.isoformat() if s.start else ""))
    lines: list[Line] = []
    for entry in stated:
        lines.append(_line(entry, lines, record, vocabulary, settings))
    event = record.disease.event
    if lines and lines[-1].progression is None and event.type in RELAPSES:
        lines[-1] = replace(lines[-1], progression=event.date)
    if lines and (going := _still_given(lines[-1], record, vocabulary)):
        says = f"{lines[-1].because}, still given by its drug records"
        lines[-1] = replace(lines[-1], doses=going, ongoing=True, because=says)
    return tuple(lines)


def _line(stated: StatedLine, before: list[Line], record: Record, vocabulary: Vocabulary, settings: Settings) -> Line:
    transplant = stated.transplant if stated.transplant is not None else _procedure_inside(stated, record)
    unnamed, named = stated.drugs is None, stated.drugs
    if named is None:  # what failed, or maintained, was given
        named = tuple(dict.fromkeys((*(stated.refractory or ()), *(stated.maintenance or ()))))
    drugs = tuple(d for d in named if not (transplant and d in settings.conditioning_drugs))
    regimen = vocabulary.name(drugs) or ("transplant" if transplant else "no drug named")
    if unnamed:
        regimen = f"{vocabulary.name(drugs)} and drugs not recorded" if drugs else "drugs not recorded"
    maintenance = stated.maintenance or ()
    previous = before[-1] if before else None
    return Line(
        number=stated.number,
        drugs=drugs,
        regimen=regimen,
        start=stated.start,
        stop=stated.stop,
        parts=_parts(stated, drugs, transplant, vocabulary),
        best_response=stated.best_response,
        start_reason=_start_reason(previous),
        stop_reason=_stop_reason(stated),
        transplant=transplant,
        maintenance=maintenance,
        flags=_flags(stated, drugs, transplant, before, record, vocabulary, settings),
        because=_because(stated, regimen, transplant),
        at=stated.at,
        progression=stated.stop if _stop_reason(stated) == "progression" else None,
        unnamed=unnamed,
    )


def _still_given(line: Line, record: Record, vocabulary: Vocabulary) -> dict[str, tuple[Dose, ...]]:
    """The drugs of a last line without a stated end whose own records are open, from the start of the line on."""
    if line.start is None or line.stop or line.stop_reason not in (None, "not-stated"):
        return {}
    core, today = vocabulary.core(line.drugs), day_of(record.as_of)
    return {
        entry.drug: (Dose(line.start, today, ongoing=True),)
        for entry in record.treatments or ()
        if entry.drug in core and goes_on(entry, vocabulary.one_time(entry.drug))
    }


def goes_on(entry: Treatment, once: bool) -> bool:
    """Whether a drug record says that the drug is still given: it has no end, and no supply that ends."""
    return entry.end is None and entry.days_supply is None and not once


def _procedure_inside(stated: StatedLine, record: Record) -> Day | None:
    """The last recorded transplant whose date lies within the line; without its end, before the next line."""
    if stated.start is None:
        return None
    ended = stated.stop.last if stated.stop else record.as_of
    if stated.stop is None:
        following = [line.start.first for line in record.lines or () if line.number > stated.number and line.start]
        ended = min((ended, *(start - dt.timedelta(days=1) for start in following)))
    inside = [
        entry.date for entry in record.procedures or ()
        if entry.procedure == TRANSPLANT and entry.date
        and stated.start.first <= entry.date.first and entry.date.last <= ended
    ]  # fmt: skip
    return max(inside, key=lambda day: day.last, default=None)


def _parts(
    stated: StatedLine, drugs: tuple[str, ...], transplant: Day | bool | None, vocabulary: Vocabulary
) -> tuple[str, ...]:
    maintained = bool(stated.maintenance) or stated.progressed_on_maintenance is True
    if transplant:
        parts = ("induction", TRANSPLANT) if drugs else (TRANSPLANT,)
        return (*parts, "maintenance") if maintained else parts
    if any("CAR-T" in vocabulary.classes_of(d) for d in drugs):
        return ("car-t",)
    return ("treatment", "maintenance") if maintained else ("treatment",)


def _stop_reason(stated: StatedLine) -> str | None:
    """As stated; progression on maintenance is a reason too."""
    if stated.stop_reason in (None, "not-stated") and stated.progressed_on_maintenance:
        return "progression"
    return stated.stop_reason


def _start_reason(previous: Line | None) -> str | None:
    """Why the line began, as far as the end of the line before it says so."""
    if previous is None:
        return "first treatment"
    if previous.stop_reason == "progression":
        return f"progression on line {previous.number}"
    if previous.stop_reason == "toxicity":
        return f"toxicity of line {previous.number}"
    return None


def _flags(
    stated: StatedLine,
    drugs: tuple[str, ...],
    transplant: Day | bool | None,
    before: list[Line],
    record: Record,
    vocabulary: Vocabulary,
    settings: Settings,
) -> tuple[str, ...]:
    """The flags that the stated line itself shows, from the closed list."""
    flags: list[str] = []
    core = vocabulary.core(drugs)
    same = [line for line in before if core and vocabulary.core(line.drugs) == core]
    if same:
        adjacent = same[-1] is before[-1]
        flags.append("retreatment-same-regimen" if adjacent else "regimen-repeated-after-intervening-line")
    if before:
        last = before[-1]
        if last.stop and stated.start:
            gap = months_between(last.stop, stated.start)
            if more_than(gap, settings.treatment_free_months):
                flags.append("treatment-free-interval-gt-12m")
        if last.stop_reason in ("toxicity", "access", "choice"):
            flags.append("switch-without-PD")
    if transplant and not drugs and stated.drugs is not None:
        flags.append("sct-only-line")
    if any("CAR-T" in vocabulary.classes_of(d) for d in drugs) and not all(
        "CAR-T" in vocabulary.classes_of(d) for d in core
    ):
        flags.append("bridging-in-car-t-line")
    diagnosed = record.disease.diagnosed
    if stated.stop and diagnosed and at_most(days_between(stated.stop, diagnosed), 0) is False:
        flags.append("pre-diagnosis-therapy")
    return tuple(flags)


def _because(stated: StatedLine, regimen: str, transplant: Day | bool | None) -> str:
    """`stated: VRd with transplant 2021-09, from 2021-01, stopped 2026-05: progression on maintenance`."""
    words = [f"stated: {regimen}"]
    if transplant:
        words[0] += f" with transplant {transplant.text}" if isinstance(transplant, Day) else " with transplant"
    if stated.start:
        words.append(f"from {stated.start.text}")
    if stopped := stop_words(stated):
        words.append(stopped)
    return ", ".join(words)


def stop_words(stated: StatedLine) -> str:
    """`stopped 2026-05: progression on maintenance`; empty where no reason is stated."""
    reason = _stop_reason(stated)
    if reason in (None, "not-stated"):
        return ""
    tail = " on maintenance" if reason == "progression" and stated.progressed_on_maintenance else ""
    return f"stopped{f' {stated.stop.text}' if stated.stop else ''}: {reason}{tail}"


def perhaps_conditioning(line: Line, record: Record, settings: Settings) -> tuple[str, ...]:
    """Drugs that condition for a transplant, in a line that does not say whether it held one.

    A drug whose own records show a longer course was given for its own sake.
    """
    if line.transplant is not None or record.procedures is not None:
        return ()
    return tuple(
        drug
        for drug in line.drugs
        if drug in settings.conditioning_drugs
        and not any(
            at_most(days_between(dose.first, dose.last), settings.conditioning_days) is False
            for dose in line.doses.get(drug, ())
        )
    )


def line_words(line: Line) -> str:
    """`line 1 (VRd)`."""
    return f"line {line.number} ({line.regimen})"
