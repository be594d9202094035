"""Medications, given, ordered, handed out or taken → treatments and other medicines."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from mspike.record.entries import ENTRY_KEYS
from mspike.record.fhir.chart import Chart, concept_text, day, first_of, number_of, own_keys
from mspike.record.fhir.conditions import named_within, own_code
from mspike.record.fhir.found import Found
from mspike.record.fhir.types import Concept, Dosage, Medication, Period

NOT_GIVEN = {"not-taken": "not taken", "intended": "intended", "draft": "a draft", "preparation": "in preparation",
             "unknown": "of unknown status", "declined": "declined"}  # fmt: skip
"""Status → how the report says that it was not given; the withdrawn ones stand in chart.py."""

ORDERS = ("order", "original-order", "reflex-order", "filler-order", "instance-order")
"""Intents of a MedicationRequest that somebody ordered; a proposal or a plan is none."""

ENDED = ("completed", "stopped")
PRODUCT = re.compile(r"(?:NDA\d+ )?(?:[\d.]+ (?:ML|ACTUAT|HR|MG) )?(.+?)(?: \d.*)?")
"""A product's name as RxNorm writes it: amount, ingredient, strength and form."""

DEPTH = 5
"""Medications made of medications."""


def read_medications(chart: Chart, found: list[Found]) -> None:
    kept = [one for one in found if not _left_out(chart, one)]
    names = {id(one): concepts_of(chart, one) for one in kept}
    drugs = {id(one): None if _medicine(chart, one) else drug_of(chart, one, names[id(one)]) for one in kept}
    given = {drugs[id(one)] for one in kept if one.kind != "MedicationRequest"}
    for one in kept:
        drug = drugs[id(one)]
        if drug is None:
            _other(chart, one, names[id(one)])
        elif one.kind == "MedicationRequest" and drug in given and _reason(chart, one) is None:
            chart.gathering.leave_out("an order of a drug whose administrations are given: these count", one.at)
        else:
            _treatment(chart, one, drug)


def _left_out(chart: Chart, one: Found) -> bool:
    resource = one.resource
    if chart.left_out(resource.status, one.at):
        return True
    why = NOT_GIVEN.get(resource.status)
    if one.kind == "MedicationRequest":
        if resource.doNotPerform:
            why = "an order not to give it"
        elif resource.intent not in ORDERS:
            why = f"no order ({resource.intent or 'without intent'})"
    if why:
        chart.gathering.leave_out(why, one.at)
    return why is not None


# -- which drug


def concepts_of(chart: Chart, one: Found) -> list[Concept]:
    """Every concept that names the medication: its own, that of the Medication referred to, its ingredients'."""
    resource = one.resource
    if resource.medicationCodeableConcept is not None:
        return [resource.medicationCodeableConcept]
    if resource.medicationReference is None:
        return []
    seen: set[int] = set()
    concepts: list[Concept] = []
    waiting = [(resource.medicationReference, 0)]
    while waiting:
        reference, depth = waiting.pop(0)
        medication = chart.target(reference, resource)
        if not isinstance(medication, Medication) or id(medication) in seen or depth > DEPTH:
            if medication is None and depth == 0 and not reference.display:
                chart.gathering.refuse("a reference that leads nowhere", one.at, hint="include the Medication")
            continue
        seen.add(id(medication))
        if medication.code is not None:
            concepts.append(medication.code)
        for part in medication.ingredient:
            if part.itemCodeableConcept is not None:
                concepts.append(part.itemCodeableConcept)
            if part.itemReference is not None:
                waiting.append((part.itemReference, depth + 1))
    if not concepts and resource.medicationReference.display:
        concepts.append(Concept(text=resource.medicationReference.display))
    return concepts


def _medicine(chart: Chart, one: Found) -> str | None:
    """Another medicine by our own code, whatever drug of the tables it may be."""
    return own_code(one.resource.medicationCodeableConcept, "medicine")


def drug_of(chart: Chart, one: Found, names: list[Concept]) -> str | None:
    """The drug of the tables: by code, by name, or as the one drug that a product's name holds."""
    for concept in names:
        drug = own_code(concept, "drug") or chart.word(concept, "drug", one.at) or in_product(chart, concept, one.at)
        if drug is not None:
            return drug
    return None


def in_product(chart: Chart, concept: Concept, at: str) -> str | None:
    words = chart.products
    if concept not in words:
        held: set[str] = set()
        for text in (*(c.display for c in concept.coding), concept.text):
            held |= chart.terms.within(text, "drug") if text else set()
        words[concept] = held.pop() if len(held) == 1 else None
        coded = any(chart.terms.find(c.system, c.code, "drug") for c in concept.coding)
        if coded:
            words[concept] = None  # a code that its own name contradicts; said where it was looked up
        if words[concept] is not None:
            chart.gathering.assume(f"read by its product's name as {words[concept]}", at, concept_text(concept))
    return words[concept]


def _other(chart: Chart, one: Found, concepts: list[Concept]) -> None:
    """Another medicine, where it is still taken."""
    text = next((text for concept in concepts if (text := concept_text(concept))), "")
    if not text:
        chart.unmapped(concepts[0] if concepts else None, one.kind, ("drug",))
        return
    resource = one.resource
    _, end = _days(chart, one)
    single = one.kind in ("MedicationAdministration", "MedicationDispense")
    if resource.status in ENDED or end is not None or single:
        chart.gathering.leave_out("another medicine, no longer taken or given once", one.at)
        return
    product = PRODUCT.fullmatch(text)
    named = _medicine(chart, one) or named_within(chart, text) or (product[1] if product else text)
    chart.gathering.medicine(named[:80], one.at)


# -- when, how much, why not any longer


def _treatment(chart: Chart, one: Found, drug: str) -> None:
    resource = one.resource
    start, end = _days(chart, one)
    reason = _reason(chart, one)
    entry: dict[str, str | None] = {"drug": drug, "start": start, "end": end, "stop_reason": reason}
    dosage = _dosage(resource)
    if dosage is not None:
        entry["route"] = chart.word(dosage.route, "route", one.at)
        entry["dose_mg"] = _milligrams(dosage)
    if one.kind == "MedicationDispense":
        entry["days_supply"] = number_of(resource.daysSupply)
    elif one.kind == "MedicationRequest" and resource.dispenseRequest is not None:
        entry["days_supply"] = number_of(resource.dispenseRequest.expectedSupplyDuration)
    entry |= own_keys(resource.extension, ENTRY_KEYS["treatments"])
    if end is None and start is not None and resource.status in (*ENDED, "on-hold") and not entry.get("days_supply"):
        entry["end"] = start
        chart.gathering.assume("ended, and the day is not given: its start is taken for its end", one.at)
    chart.gathering.add("treatments", entry, one.at)


def _days(chart: Chart, one: Found) -> tuple[str | None, str | None]:
    resource = one.resource
    if one.kind == "MedicationRequest":
        bounds = [d.timing.repeat.boundsPeriod for d in resource.dosageInstruction if d.timing and d.timing.repeat]
        period = next((p for p in bounds if p is not None), None)
        start, end = both(period)
        return start or day(resource.authoredOn), end
    if one.kind == "MedicationDispense":
        return day(first_of(resource.whenHandedOver, resource.whenPrepared)), None
    if resource.effectiveDateTime:
        once = day(resource.effectiveDateTime)
        return once, None if one.kind == "MedicationStatement" and resource.status not in ENDED else once
    return both(resource.effectivePeriod)


def both(period: Period | None) -> tuple[str | None, str | None]:
    return (day(period.start), day(period.end)) if period else (None, None)


def _reason(chart: Chart, one: Found) -> str | None:
    """Why it ended, where a statusReason says it in words or codes that we know."""
    raw = one.resource.statusReason
    if raw is None:
        return None
    try:
        concepts = msgspec.convert(raw if isinstance(raw, list) else [raw], tuple[Concept, ...])
    except msgspec.ValidationError:
        return None
    for concept in concepts:
        if (own := own_code(concept, "stop-reason")) is not None:
            return own
        word = chart.word(concept, "stop_reason", one.at)
        if word == "progression" and any(c.code == "266721009" for c in concept.coding):
            chart.gathering.assume("stopped without response is read as stopped for progression", one.at)
        if word is not None:
            return word
        chart.unmapped(concept, f"{one.kind}.statusReason", ("stop_reason",))
    return None


def _dosage(resource: Any) -> Dosage | None:
    given = getattr(resource, "dosage", None) or getattr(resource, "dosageInstruction", None)
    if isinstance(given, tuple):
        return given[0] if given else None
    return given


def _milligrams(dosage: Dosage) -> str | None:
    quantity = dosage.dose or next((d.doseQuantity for d in dosage.doseAndRate if d.doseQuantity), None)
    return number_of(quantity) if quantity is not None and "mg" in (quantity.code, quantity.unit) else None
