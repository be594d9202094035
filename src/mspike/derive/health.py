"""Organ function from the newest measurements, and other illnesses as far as the record speaks of them.

A condition that is not listed is unknown, never absent, unless the record says `present: no`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import reduce

from msgspec.structs import replace

from mspike.derive.exposure import Exposure
from mspike.derive.hepatitis import active_hepatitis_b, hepatitis_b
from mspike.derive.intervals import at_least, at_most, exactly, hull, span_words, tri_and, tri_or
from mspike.derive.settings import Settings
from mspike.derive.state import Fact
from mspike.derive.vocabulary import UNKNOWN, Vocabulary
from mspike.record import Condition, Measurement, Number, Record, Tri, day_of, in_upper_limits, months_between

PLAIN = {
    "heart_failure": "heart-failure", "ischaemic_heart_disease": "ischaemic-heart-disease", "arrhythmia": "arrhythmia",
    "hypertension": "hypertension", "thrombosis": "venous-thromboembolism", "liver_disease": "liver-disease",
    "copd": "copd", "diabetes": "diabetes", "hepatitis_c": "hepatitis-c", "hiv": "hiv",
    "parkinsonism": "parkinsonism", "second_cancer": "second-cancer",
}  # fmt: skip
"""Fact → the condition whose presence it is, now or before."""

NOW = {"corneal_disease": "corneal-disease", "neurological_symptoms": "neurological-symptoms"}
"""Fact → the condition that must be there still."""

NUMBERS = {
    "lvef_pct": "lvef", "platelets_10e9_l": "platelets", "neutrophils_10e9_l": "neutrophils",
    "haemoglobin_g_l": "haemoglobin", "fev1_pct": "fev1", "qtc_ms": "qtc",
}  # fmt: skip
"""Fact → the test whose newest value it is."""


def health_facts(
    record: Record, so_far: Mapping[str, Fact], exposure: Exposure, vocabulary: Vocabulary, settings: Settings
) -> dict[str, Fact]:
    """`so_far`: the facts of the drugs, intolerance among them."""
    newest = newest_measurements(record)
    by_name: dict[str, list[Condition]] = {}
    for entry in record.conditions:
        by_name.setdefault(entry.name, []).append(entry)
    facts = {fact: measured(newest.get(test)) for fact, test in NUMBERS.items()}
    facts |= {fact: _present(by_name.get(name, ())) for fact, name in PLAIN.items()}
    facts |= {fact: read_each(by_name.get(name, ()), there_still) for fact, name in NOW.items()}
    heart, nerves = by_name.get("heart-failure", ()), by_name.get("peripheral-neuropathy", ())
    facts["bilirubin_xuln"] = _bilirubin(newest.get("bilirubin"))
    facts["bilirubin_umol_l"] = bilirubin_amount(newest.get("bilirubin"), settings)
    facts["dialysis"] = _dialysis(by_name.get("dialysis", ()), newest, settings)
    facts["heart_failure_active"] = _active(heart)
    facts["nyha"] = _grade(heart, "nyha")
    facts["neuropathy_grade"] = _grade(nerves, "grade")
    facts["neuropathy_painful"] = _painful(nerves)
    facts["infection_active"] = _active(by_name.get("infection", ()))
    liver = by_name.get("hepatitis-b", ())
    if settings.hepatitis_b_as_infection and facts["infection_active"].value is not True:
        virus = active_hepatitis_b(_active(liver), newest)
        if virus is not None:
            facts["infection_active"] = virus
    facts["thrombosis_recent"] = _recent_clot(by_name.get("venous-thromboembolism", ()), record, settings)
    facts["hepatitis_b"] = hepatitis_b(_present(liver), newest)
    of_heart = facts["heart_failure_active"]
    facts |= _attributed(heart, of_heart, record, so_far, exposure, vocabulary, "heart_failure")
    facts |= _attributed(nerves, _present(nerves), record, so_far, exposure, vocabulary, "neuropathy")
    for entry in by_name.get("allergy", ()):
        names = vocabulary.drugs.get(entry.to or "")
        if names is not None and entry.present is not False:
            facts[names.allergy] = Fact(True, entry.date, "stated", (entry.at,), "allergy recorded")
    return facts


def newest_measurements(record: Record) -> dict[str, Measurement]:
    """The newest result of each test; where partial dates or one day leave several, one that spans them all."""
    by_test: dict[str, list[Measurement]] = {}
    for entry in record.measurements:
        by_test.setdefault(entry.test, []).append(entry)
    return {test: entries[0] if len(entries) == 1 else newest_of(entries) for test, entries in by_test.items()}


def newest_of(entries: list[Measurement]) -> Measurement:
    since = max(entry.date.first for entry in entries)
    return _spanning([entry for entry in entries if entry.date.last >= since])


def first_of(entries: list[Measurement]) -> Measurement:
    until = min(entry.date.last for entry in entries)
    return _spanning([entry for entry in entries if entry.date.first <= until])


def _spanning(entries: list[Measurement]) -> Measurement:
    """One result that holds all of several: which of them counts cannot be told."""
    found = sorted(entries, key=lambda e: (e.date.first, e.given, e.text or ""))
    newest = found[-1]
    if len(found) == 1:
        return newest
    values = [e.value for e in found if e.value is not None]
    value = reduce(hull, values) if len(values) == len(found) else None
    text = newest.text if len({e.text for e in found}) == 1 else None
    return replace(newest, value=value, text=text, given=" or ".join(dict.fromkeys(e.given for e in found)))


def measured(entry: Measurement | None) -> Fact:
    if entry is None or entry.value is None:
        return UNKNOWN
    return Fact(entry.value, entry.date, "stated", (entry.at,), entry.given)


def _bilirubin(entry: Measurement | None) -> Fact:
    value = in_upper_limits(entry) if entry else None
    if entry is None or value is None:
        return (
            UNKNOWN
            if entry is None
            else Fact(None, entry.date, "unknown", (entry.at,), "no upper limit is given with it")
        )
    basis = "stated" if entry.unit == "xULN" else "derived"
    return Fact(value, entry.date, basis, (entry.at,), f"{entry.given}: {span_words(value)} times the upper limit")


def bilirubin_amount(entry: Measurement | None, settings: Settings) -> Fact:
    """Total bilirubin in umol/L. A result that is only a multiple of the upper limit can be what it is of the lowest to
    the highest limit that laboratories have.
    """
    if entry is None or entry.value is None or entry.unit != "xULN":
        return measured(entry)
    low, high = settings.bilirubin_limit_low_umol_l, settings.bilirubin_limit_high_umol_l
    value = Number(entry.value.low * low, entry.value.high * high, entry.value.open_low, entry.value.open_high)
    because = f"{entry.given} times an upper limit of {low:g} to {high:g} umol/L"
    return Fact(value, entry.date, "assumed", (entry.at,), because)


def _dialysis(entries: Iterable[Condition], newest: Mapping[str, Measurement], settings: Settings) -> Fact:
    """As stated; else excluded by a clearance high enough, unless a newer eGFR is not."""
    stated = read_each(entries, there_still)
    clearance, filtration = newest.get("creatinine-clearance"), newest.get("egfr")
    if stated.value is not None or clearance is None or clearance.value is None:
        return stated
    newer = filtration is not None and filtration.date.first > clearance.date.last
    values = [entry.value for entry in (clearance, filtration if newer else None) if entry and entry.value]
    if not all(at_least(value, settings.dialysis_excluded_from_crcl_ml_min) for value in values):
        return stated
    limit = f"{settings.dialysis_excluded_from_crcl_ml_min:g}"
    because = f"creatinine clearance {clearance.given}, from {limit} on taken to exclude it"
    return Fact(False, clearance.date, "assumed", (clearance.at,), because)


def read_each(entries: Iterable[Condition], reading: Callable[[Condition], Tri]) -> Fact:
    """Yes if any entry says so, no if all that speak of it say no, unknown where none does."""
    entries = tuple(entries)
    value = tri_or(map(reading, entries)) if entries else None
    return _said(entries, value, lambda entry: reading(entry) is value)


def _present(entries: Iterable[Condition]) -> Fact:
    return read_each(entries, lambda entry: entry.present)


def _active(entries: Iterable[Condition]) -> Fact:
    return read_each(entries, _is_active)


def _is_active(entry: Condition) -> Tri:
    return False if entry.present is False else entry.active if entry.present else None


def there_still(entry: Condition) -> Tri:
    """Whether it is there, unless it is said to be active no longer."""
    return False if entry.active is False else entry.present


def _said(entries: tuple[Condition, ...], value: Tri, tells: Callable[[Condition], bool]) -> Fact:
    if not entries:
        return UNKNOWN
    telling = [entry for entry in entries if tells(entry)] or list(entries)
    dates = [entry.date for entry in telling if entry.date]
    words = ", ".join(dict.fromkeys(_condition_words(entry) for entry in telling))
    at = tuple(entry.at for entry in telling)
    return Fact(value, dates[0] if dates else None, "unknown" if value is None else "stated", at, words)


def _condition_words(entry: Condition) -> str:
    words = entry.name.replace("-", " ")
    if entry.present is False:
        return f"no {words}"
    if entry.active is False:
        words += " not active"
    if entry.grade is not None:
        words += f" grade {entry.grade}"
    if entry.nyha is not None:
        words += f" NYHA {entry.nyha}"
    if entry.site:
        words += f" ({entry.site})"
    if entry.attributed_to:
        words += f" put down to {entry.attributed_to}"
    return words


def _grade(entries: Iterable[Condition], field: str) -> Fact:
    """The highest grade; 0 where the condition is stated absent, 1 to 4 where it is there without a grade."""
    entries = tuple(entries)
    there = [entry for entry in entries if entry.present]
    if not there:
        absent = entries and all(entry.present is False for entry in entries)
        return Fact(exactly(0), None, "stated", tuple(e.at for e in entries), "stated absent") if absent else UNKNOWN
    grades = [getattr(entry, field) for entry in there]
    known = [float(grade) for grade in grades if grade is not None]
    low = max(known, default=1.0)
    value = Number(low, low if len(known) == len(grades) else 4.0)
    because = ", ".join(_condition_words(entry) for entry in there)
    return Fact(value, there[0].date, "stated" if known else "derived", tuple(e.at for e in there), because)


def _painful(entries: Iterable[Condition]) -> Fact:
    entries = tuple(entries)
    value = (
        tri_or(False if e.present is False else e.painful if e.present else None for e in entries) if entries else None
    )
    return _said(entries, value, lambda entry: True)


def _recent_clot(entries: Iterable[Condition], record: Record, settings: Settings) -> Fact:
    def recent(entry: Condition) -> Tri:
        if entry.date is None:
            return False if entry.present is False else None
        months = months_between(entry.date, day_of(record.as_of))
        return tri_and((entry.present, at_most(months, settings.recent_thrombosis_months)))

    return read_each(entries, recent)


def _attributed(
    entries: Iterable[Condition],
    known: Fact,
    record: Record,
    facts: Mapping[str, Fact],
    exposure: Exposure,
    vocabulary: Vocabulary,
    what: str,
) -> dict[str, Fact]:
    """`<what>_from_<drug>` for every drug that was given, or that a condition is put down to.

    Nothing tells which drugs were given: then for each, since none of them was stopped for what is not on record.
    """
    entries = tuple(entries)
    of_heart = what == "heart_failure"
    given = vocabulary.drugs if of_heart and exposure.drugs is None else exposure.drugs or ()
    found: dict[str, Fact] = {}
    for drug in dict.fromkeys((*given, *(entry.attributed_to or "" for entry in entries))):
        names = vocabulary.drugs.get(drug)
        if names is None:
            continue
        tolerated = facts[names.intolerant].value is False
        cleared = of_heart and (drug in vocabulary.steroids or (tolerated and not _given_now(drug, record)))
        unexplained = not (record.conditions or tolerated or cleared or (of_heart and exposure.drugs is None))
        found[getattr(names, what)] = _from_drug(drug, entries, known, unexplained, cleared, what)
    return found


def _given_now(drug: str, record: Record) -> bool:
    """Whether a drug record says no end, or one that has not come."""
    return any(t.drug == drug and (t.end is None or t.end.last >= record.as_of) for t in record.treatments or ())


def _from_drug(
    drug: str, entries: tuple[Condition, ...], known: Fact, unexplained: bool, cleared: bool, what: str
) -> Fact:
    """Put down to this drug, to something else, or not said.

    Where the condition is not on record nothing is put down to the drug; but one that may have been stopped for
    toxicity, in a record without any condition, leaves it open (`unexplained`). `cleared`: a condition that is put down
    to nothing is not this drug's, which is a steroid or was stopped for another reason.
    """
    if not entries:
        words = f"no {what.replace('_', ' ')} on record"
        return Fact(because=words) if unexplained else Fact(False, None, "derived", (), words)
    if known.value is False:
        return Fact(False, known.date, "derived", known.sources, known.because)

    def holds(entry: Condition) -> Tri:
        there = _is_active(entry) if what == "heart_failure" else entry.present
        if there is False:
            return False
        if entry.attributed_to is None:
            return False if cleared else None
        return there if entry.attributed_to == drug else False

    found = read_each(entries, holds)
    if found.value is False and cleared:
        at = tuple(entry.at for entry in entries)
        return Fact(False, known.date, "derived", at, f"{drug} was not stopped for it")
    return found
