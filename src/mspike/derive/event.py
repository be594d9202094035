"""The event: what kind it is, and what follows from its kind. Words: spec/status.md."""

from __future__ import annotations

from mspike.derive.intervals import tri_and, tri_not
from mspike.derive.lines import RELAPSES
from mspike.derive.pace import Finding
from mspike.derive.progression import Progression
from mspike.derive.relapse import READ
from mspike.derive.samples import CODES
from mspike.derive.settings import Settings
from mspike.derive.state import Fact, Line
from mspike.record import Record, Tri

AT = ("disease.event",)


def event_facts(
    record: Record,
    lines: tuple[Line, ...] | None,
    progressions: tuple[Progression, ...],
    clinical: Finding,
    pace: Finding,
    status: str | None,
) -> dict[str, Fact]:
    """As stated; where no event is stated, what results show: a progression in the last line, a clinical relapse."""
    event = record.disease.event
    facts: dict[str, Fact] = {
        "symptoms": _symptoms(record),
        "painful_local_lesion": _painful(record),
        "newly_diagnosed": _newly_diagnosed(record, lines),
        "smouldering": _smouldering(record),
        "diagnosis_al_amyloidosis": _amyloidosis(record),
    }
    if event.type is None:
        return facts | _from_results(lines, progressions, clinical)
    date = event.date
    for kind in ("clinical-relapse", "biochemical-relapse", "local-progression", "stable", "toxicity"):
        because = f"event: {event.type}"
        facts[f"event_{kind.replace('-', '_')}"] = Fact(event.type == kind, date, "stated", AT, because)
    if event.type in RELAPSES or event.type == "stable":
        facts["progressing"] = Fact(event.type in RELAPSES, date, "derived", AT, f"event: {event.type}")
    elif "progressing" in (shown := _from_results(lines, progressions, clinical)):  # whatever else the event is
        facts["progressing"] = shown["progressing"]
    elif event.type == "toxicity" and lines and _quiet(record, lines[-1], clinical, pace, status):
        facts["progressing"] = Fact(False, date, "derived", AT, "event: toxicity; nothing on record speaks of growth")
    return facts


def _quiet(record: Record, last: Line, clinical: Finding, pace: Finding, status: str | None) -> bool:
    """Whether nothing on record speaks of growth: what was measured or judged shows none, or nothing was."""
    tests = {m.test for m in record.measurements}
    return (
        last.stop_reason != "progression"
        and not record.disease.event.rapid
        and (status in ("responding", "stable") or not (record.assessments or tests & CODES.keys()))
        and (pace.value is False or not tests & CODES.keys())
        and (clinical.value is False or not tests.intersection(READ))
    )


def _from_results(
    lines: tuple[Line, ...] | None, progressions: tuple[Progression, ...], clinical: Finding
) -> dict[str, Fact]:
    found: dict[str, Fact] = {}
    last = len(lines or ()) - 1
    grown = next((p for p in progressions if p.shown and p.sure and p.line == last), None)
    if grown and grown.date:
        because = f"{grown.says} {grown.date.text}"
        found["progressing"] = Fact(True, grown.date, "derived", (grown.at,), because)
    if clinical.value:
        found["event_clinical_relapse"] = Fact(True, clinical.date, "derived", clinical.at, clinical.because)
        found["symptoms"] = Fact(True, clinical.date, "derived", clinical.at, f"organ damage: {clinical.because}")
        found.setdefault("progressing", Fact(True, clinical.date, "derived", clinical.at, clinical.because))
    return found


def _symptoms(record: Record) -> Fact:
    """Stated, else from the kind: a clinical relapse has symptoms or organ damage, a biochemical one has neither."""
    event = record.disease.event
    if event.symptoms is not None:
        return Fact(event.symptoms, event.date, "stated", ("disease.event.symptoms",), "stated")
    if event.type == "clinical-relapse":
        return Fact(True, event.date, "derived", AT, "a clinical relapse is one with symptoms or organ damage")
    if event.type == "biochemical-relapse":
        return Fact(False, event.date, "derived", AT, "a biochemical relapse is one without symptoms or organ damage")
    return Fact()


def _painful(record: Record) -> Fact:
    event = record.disease.event
    value: Tri = None
    symptoms = _symptoms(record).value
    if event.type == "local-progression" and symptoms is not None:
        value = bool(symptoms)
    elif symptoms is False:
        value = False
    if value is None:
        return Fact()
    because = "local progression with symptoms" if value else "no symptoms"
    return Fact(value, event.date, "derived", AT, because)


def _newly_diagnosed(record: Record, lines: tuple[Line, ...] | None) -> Fact:
    event = record.disease.event
    if event.type is not None:
        return Fact(event.type == "newly-diagnosed", event.date, "stated", AT, f"event: {event.type}")
    if lines or record.treatments:
        return Fact(False, None, "derived", ("lines" if lines else "treatments",), "treated before")
    if lines is not None:
        return Fact(because="no line of therapy so far; why the question is asked is not stated")
    return Fact()


def _smouldering(record: Record) -> Fact:
    diagnosis = record.disease.diagnosis
    if diagnosis is None:
        return Fact()
    return Fact(diagnosis == "smouldering-myeloma", None, "stated", ("disease.diagnosis",), f"diagnosis: {diagnosis}")


def _amyloidosis(record: Record) -> Fact:
    """Whether the record names it as the disease itself, and not as something beside the myeloma."""
    diagnosis = record.disease.diagnosis
    because = f"diagnosis: {diagnosis or 'not recorded'}"
    return Fact(diagnosis == "al-amyloidosis", None, "stated", ("disease.diagnosis",), because)


def pace_facts(
    record: Record, found: Finding, symptoms: Tri, progressing: Fact, settings: Settings
) -> tuple[dict[str, Fact], str | None, str]:
    """Rapid, significant, slow; the word for the pace; and why. `found`: what the values show."""
    event = record.disease.event
    if event.type == "stable" or (event.type == "toxicity" and progressing.value is False):
        no = Fact(False, event.date, "derived", AT, progressing.because)
        names = ("rapid_relapse", "significant_biochemical_relapse", "slow_biochemical_relapse")
        return dict.fromkeys(names, no), None, "stable disease is stated" if event.type == "stable" else no.because
    rapid = _rapid(record, found, settings)
    significant = Fact(found.value, found.date, _basis(found.value), found.at, found.because)
    quick = rapid.value if isinstance(rapid.value, bool) else None
    biochemical = None if event.type is None else event.type == "biochemical-relapse"
    value = tri_and((biochemical, tri_not(quick), tri_not(found.value), tri_not(symptoms)))
    because = f"event: {event.type}" if biochemical is False else found.because
    slow = Fact(value, event.date, _basis(value), (*AT, *found.at), because)
    facts = {"rapid_relapse": rapid, "significant_biochemical_relapse": significant, "slow_biochemical_relapse": slow}
    word = None
    if quick:
        word = "rapid"
    elif found.value:
        word = "significant"
    elif found.value is False and event.type in RELAPSES:
        word = "slow"
    if event.rapid:
        return facts, word, rapid.because
    untold = f"as stated; its pace is not known: {found.because}" if event.type else found.because
    return facts, word, found.because if found.value is not None else untold


def _rapid(record: Record, found: Finding, settings: Settings) -> Fact:
    """Stated; else no where the values show no significant rise, and by policy `rapid_relapse` where they do."""
    event = record.disease.event
    if event.rapid is not None:
        says = "stated rapid" if event.rapid else "stated not rapid"
        because = f"{says}; {found.because}" if found.value is not None else says
        return Fact(event.rapid, event.date, "stated", ("disease.event.rapid",), because)
    if found.value is None:
        return Fact(None, None, "unknown", found.at, found.because)
    if not found.value:
        return Fact(False, found.date, "derived", found.at, found.because)
    because = f"{found.because}; policy rapid_relapse: {settings.rapid_relapse}"
    return Fact(settings.rapid_relapse == "significant", found.date, "assumed", found.at, because)


def _basis(value: Tri) -> str:
    return "unknown" if value is None else "derived"
