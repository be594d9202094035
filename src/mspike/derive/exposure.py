"""Which drugs and classes were given, and when last. Rules: spec/lines.md.

Stated lines, or raw drug records, are taken as the whole history: what is not among them was not given. A record
with neither leaves every exposure unknown. Conditioning, mobilisation and lymphodepletion are no exposure.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from mspike.derive.intervals import at_most, between_days, latest, not_negative, span_words
from mspike.derive.line_columns import last_day
from mspike.derive.lines import TRANSPLANT, line_words, perhaps_conditioning
from mspike.derive.settings import Settings
from mspike.derive.state import Fact, Line
from mspike.derive.vocabulary import UNKNOWN, Vocabulary
from mspike.record import Day, Record, Treatment, day_of, days_between, months_between

INVESTIGATIONAL = "investigational"
"""A drug of a trial, unnamed: it may belong to any class."""


class Exposure(msgspec.Struct, frozen=True):
    """`drugs`: drug → where it was given, in words and as pointers. None: no history on record."""

    drugs: dict[str, tuple[str, tuple[str, ...]]] | None
    last: dict[str, Day | None]
    """Drug → its last dose (of a one-time product the infusion); None: not known."""
    unsure: frozenset[str] = frozenset()
    """Drugs that were perhaps only conditioning for a transplant that is not stated."""
    unnamed: str = ""
    """Which lines hold drugs that the record does not name, in words: then nothing was surely never given."""


def derive_exposure(
    record: Record,
    lines: tuple[Line, ...] | None,
    preparing: frozenset[str],
    vocabulary: Vocabulary,
    settings: Settings,
) -> Exposure:
    """`preparing`: the drug records that only prepared a transplant or a product, where lines were counted."""
    if lines is None and record.treatments is None:
        return Exposure(None, {})
    given: dict[str, tuple[str, tuple[str, ...]]] = {}
    last: dict[str, Day | None] = {}
    own = own_records(record)
    sure: set[str] = set()
    for place, line in enumerate(lines or ()):
        perhaps = perhaps_conditioning(line, record, settings)
        sure.update(drug for drug in line.drugs if drug not in perhaps)
        for drug in line.drugs:
            says, at = given.get(drug, ("", ()))
            given[drug] = (f"{says}, {line_words(line)}" if says else line_words(line), (*at, line.at))
            last[drug] = last_dose(drug, place, lines or (), own.get(drug, []), vocabulary)[0]
    transplants = [p.date for p in record.procedures or () if p.procedure == TRANSPLANT and p.date]
    for drug, entries in own.items():
        counted = [t for t in entries if t.at not in preparing and not _conditioning(t, transplants, settings)]
        if not counted:
            continue
        says, at = given.get(drug, ("", ()))
        given[drug] = (says or "drug record", (*at, *(t.at for t in counted)))
        sure.add(drug)
        if drug not in last:
            last[drug] = _last_record(drug, counted, record, vocabulary)
    unnamed = [f"line {line.number}" for line in lines or () if line.unnamed]
    why = f"{' and '.join(unnamed)}: the drugs are not recorded" if unnamed else ""
    return Exposure(given, last, frozenset(given) - sure, why)


def beside_lines(exposure: Exposure, lines: tuple[Line, ...]) -> frozenset[str]:
    """The drug records of drugs that no line names."""
    named = {drug for line in lines for drug in line.drugs}
    return frozenset(at for drug, (_, places) in (exposure.drugs or {}).items() if drug not in named for at in places)


def left_open(facts: Mapping[str, Fact], unnamed: str) -> dict[str, Fact]:
    """Of facts on drugs those that are no, as unknown: what a record does not name may have been given, and failed."""
    open_ = Fact(because=unnamed)
    return {name: open_ for name, fact in facts.items() if unnamed and fact.value is False}


def own_records(record: Record) -> dict[str, list[Treatment]]:
    """Raw drug records by drug."""
    own: dict[str, list[Treatment]] = {}
    for entry in record.treatments or ():
        own.setdefault(entry.drug, []).append(entry)
    return own


def _conditioning(entry: Treatment, transplants: list[Day], settings: Settings) -> bool:
    """Whether a drug record beside stated lines is part of a transplant, a collection or a lymphodepletion."""
    if entry.context is not None:
        return entry.context in settings.contexts_not_exposure
    if entry.drug not in settings.conditioning_drugs or entry.start is None:
        return False
    gaps = [days_between(entry.start, day) for day in transplants]
    return any(gap.low >= 0 and at_most(gap, settings.conditioning_days) for gap in gaps)


def _last_record(drug: str, entries: list[Treatment], record: Record, vocabulary: Vocabulary) -> Day | None:
    if vocabulary.one_time(drug):
        return latest(t.start for t in entries if t.start)
    today = day_of(record.as_of)  # an open end: still on it
    return latest(last_day(t, t.start, vocabulary, today) if t.start else t.end or today for t in entries)


def last_dose(
    drug: str, place: int, lines: tuple[Line, ...], own: list[Treatment], vocabulary: Vocabulary
) -> tuple[Day | None, bool]:
    """The drug's last dose within a line, and whether its own drug record says so. Of a one-time product: its day."""
    line = lines[place]
    if drug in line.doses:
        return line.doses[drug][-1].last, True
    following = lines[place + 1].start if place + 1 < len(lines) else None
    inside = [t for t in own if falls_inside(t, line)]
    if vocabulary.one_time(drug):
        given = latest(t.start for t in inside if t.start)
        if given is not None:
            return given, True
        if all(vocabulary.one_time(d) for d in vocabulary.core(line.drugs)):
            return line.start, False
        ended = line.stop or following
        return (between_days(line.start, ended) if line.start and ended else None), False
    ends = [t.end for t in inside if t.end]
    if ends and len(ends) == len(inside):
        return latest(ends), True
    if line.stop is None and line.start is not None and following is not None:
        return between_days(line.start, following), False
    return line.stop, False


def falls_inside(entry: Treatment, line: Line) -> bool:
    """Whether a drug record falls into the line's dates."""
    if line.start is None or entry.start is None or (line.stop is None and not line.ongoing):
        return False
    begun = line.stop is None or (entry.end or entry.start).first <= line.stop.last
    return entry.start.last >= line.start.first and begun


def exposure_facts(exposure: Exposure, vocabulary: Vocabulary) -> dict[str, Fact]:
    """`exposed_` for what was given, and for every class where an unnamed trial drug leaves it open."""
    if exposure.drugs is None:
        return {}
    facts: dict[str, Fact] = {}
    of_class: dict[str, list[str]] = {}
    for drug, (says, at) in exposure.drugs.items():
        names = vocabulary.drugs.get(drug)
        if names and drug in exposure.unsure:
            because = f"{says}: conditioning, or not; a transplant is not stated"
            facts[names.exposed] = Fact(None, None, "unknown", at, because)
        elif names:
            facts[names.exposed] = Fact(True, exposure.last.get(drug), "derived", at, says)
        for name in vocabulary.classes_of(drug):
            of_class.setdefault(name, []).append(drug)
    for name, drugs in of_class.items():
        at = tuple(dict.fromkeys(pointer for d in drugs for pointer in exposure.drugs[d][1]))
        because = "; ".join(f"{d}: {exposure.drugs[d][0]}" for d in sorted(drugs))
        known = not exposure.unsure.issuperset(drugs)
        basis = "derived" if known else "unknown"
        facts[vocabulary.classes[name].exposed] = Fact(True if known else None, None, basis, at, because)
    pairs = {"exposed_bcma_bispecific": "bispecific", "exposed_bcma_car_t": "CAR-T"}
    for fact, kind in pairs.items():
        drugs = [d for d in of_class.get("BCMA", ()) if kind in vocabulary.classes_of(d)]
        facts[fact] = _any_of(drugs, exposure.drugs)
    if INVESTIGATIONAL in exposure.drugs:
        says, at = exposure.drugs[INVESTIGATIONAL]
        maybe = Fact(None, None, "unknown", at, f"an investigational drug ({says}) may belong to it")
        for entry in vocabulary.classes.values():
            facts.setdefault(entry.exposed, maybe)
        for fact in pairs:
            if not facts[fact].value:
                facts[fact] = maybe
    return facts | left_open(facts, exposure.unnamed)


def _any_of(drugs: list[str], given: dict[str, tuple[str, tuple[str, ...]]]) -> Fact:
    if not drugs:
        return Fact(False, basis="derived", because="never given")
    at = tuple(dict.fromkeys(pointer for d in drugs for pointer in given[d][1]))
    return Fact(True, None, "derived", at, "; ".join(f"{d}: {given[d][0]}" for d in sorted(drugs)))


SINCE = {"months_since_bcma_bispecific": ("BCMA", "bispecific"), "months_since_car_t": ("CAR-T",)}


def since_facts(exposure: Exposure, record: Record, vocabulary: Vocabulary) -> dict[str, Fact]:
    """Months from the last dose to `as_of`; unknown where it was never given or its date is missing."""
    if exposure.drugs is None:
        return {}
    facts = {"months_since_bendamustine": _since(["bendamustine"], exposure, record)}
    for fact, classes in SINCE.items():
        drugs = [d for d in exposure.drugs if all(c in vocabulary.classes_of(d) for c in classes)]
        facts[fact] = _since(drugs, exposure, record)
    return facts


def _since(drugs: list[str], exposure: Exposure, record: Record) -> Fact:
    given = [d for d in drugs if exposure.drugs and d in exposure.drugs]
    if not given:
        return Fact(because="never given")
    days = [exposure.last.get(d) for d in given]
    if any(day is None for day in days):
        return Fact(because="the last dose has no date")
    day = latest(d for d in days if d)
    if day is None:
        return UNKNOWN
    months = not_negative(months_between(day, day_of(record.as_of)))
    at = tuple(dict.fromkeys(pointer for d in given for pointer in (exposure.drugs or {})[d][1]))
    because = f"{' and '.join(sorted(given))}, last {day.text}: {span_words(months, 'months')} before {record.as_of}"
    return Fact(months, day, "derived", at, because)
