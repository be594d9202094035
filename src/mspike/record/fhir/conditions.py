"""Condition and AllergyIntolerance → the disease, earlier diagnoses, other illnesses."""

from __future__ import annotations

from mspike.record.entries import ENTRY_KEYS
from mspike.record.fhir.chart import Chart, concept_text, day, first_of, own_keys
from mspike.record.fhir.found import Found
from mspike.record.fhir.types import Concept
from mspike.record.terms import DISEASES, OURS, STAGES

ACTIVE = {"active": "yes", "recurrence": "yes", "relapse": "yes", "inactive": "no", "remission": "no", "resolved": "no"}
"""Clinical status → whether it is active now."""

RELAPSE = ("C90.02", "C90.12", "C90.22", "C90.32")
"""ICD-10-CM codes that say "in relapse", and not which kind."""


def read_conditions(chart: Chart, found: list[Found]) -> None:
    diagnoses: list[tuple[str, str, Found]] = []
    for one in found:
        if one.kind == "AllergyIntolerance":
            _allergy(chart, one)
        else:
            _condition(chart, one, diagnoses)
    _disease(chart, diagnoses)


def _condition(chart: Chart, one: Found, diagnoses: list[tuple[str, str, Found]]) -> None:
    condition = one.resource
    verified = code_of(condition.verificationStatus)
    if chart.left_out(verified, one.at):
        return
    if verified in ("unconfirmed", "provisional", "differential"):
        chart.gathering.leave_out(f"not confirmed ({verified})", one.at)
        return
    date = first_of(day(condition.onsetDateTime), day(condition.onsetPeriod.start if condition.onsetPeriod else None))
    earlier = own_code(condition.code, "earlier-diagnosis")
    if earlier is not None:
        chart.gathering.add("diagnoses", {"name": earlier, "date": date}, one.at)
        return
    word = own_code(condition.code, "condition") or chart.word(condition.code, "condition", one.at)
    disease = None if own_code(condition.code, "condition") else chart.word(condition.code, "diagnosis", one.at)
    if disease is not None and verified != "refuted":
        if date is None and condition.recordedDate and not own_code(condition.code, "diagnosis"):
            date = day(condition.recordedDate)
            chart.gathering.assume("diagnosed on the day it was recorded, since no onset is given", one.at)
        diagnoses.append((disease, date or "", one))
        return
    if word is None:
        chart.unmapped(condition.code, "Condition", ("diagnosis", "condition"))
        return
    entry: dict[str, str | None] = {"name": word, "active": ACTIVE.get(code_of(condition.clinicalStatus)), "date": date}
    if verified == "refuted":
        entry["present"] = "no"
    entry |= own_keys(condition.extension, ENTRY_KEYS["conditions"])
    chart.gathering.add("conditions", entry, one.at)


def _allergy(chart: Chart, one: Found) -> None:
    allergy = one.resource
    verified = code_of(allergy.verificationStatus)
    if chart.left_out(verified, one.at):
        return
    to = own_code(allergy.code, "medicine") or chart.word(allergy.code, "drug", one.at)
    to = to or named_within(chart, concept_text(allergy.code))
    if to is None:
        chart.unmapped(allergy.code, "AllergyIntolerance", ("drug",))
        return
    entry: dict[str, str | None] = {
        "name": "allergy", "to": to, "active": ACTIVE.get(code_of(allergy.clinicalStatus)),
        "date": day(allergy.onsetDateTime),
    }  # fmt: skip
    if verified == "refuted":
        entry["present"] = "no"
    entry |= own_keys(allergy.extension, ENTRY_KEYS["conditions"])
    chart.gathering.add("conditions", entry, one.at)


def _disease(chart: Chart, diagnoses: list[tuple[str, str, Found]]) -> None:
    """The disease in question, and what came before it or stands beside it."""
    main = next((word for word in DISEASES if any(found[0] == word for found in diagnoses)), None)
    first = min((row for row in diagnoses if row[0] == main), key=lambda row: (row[1] or "9", row[2].at), default=None)
    if first is not None and main is not None:
        chart.state("disease", "diagnosis", main, first[2].at)
        if first[1]:
            chart.state("disease", "diagnosed", first[1], first[2].at)
    for word, date, one in diagnoses:
        condition = one.resource
        active = ACTIVE.get(code_of(condition.clinicalStatus))
        if word == main:
            _staged(chart, one)
            if any(coding.code in RELAPSE for coding in condition.code.coding):
                chart.gathering.assume(
                    "coded as in relapse: whether biochemical or clinical, and since when, is not said by it", one.at
                )
        elif word == "extramedullary":
            if active != "no":
                chart.state("disease", "extramedullary", "yes", one.at, date)
        elif word == "plasma-cell-leukaemia":
            chart.state("disease", "plasma_cell_leukaemia", "yes" if active != "no" else "no", one.at, date)
        elif word == "al-amyloidosis":
            chart.gathering.add("conditions", {"name": word, "active": active, "date": date or None}, one.at)
        else:
            chart.gathering.add("diagnoses", {"name": word, "date": date or None}, one.at)


def _staged(chart: Chart, one: Found) -> None:
    for stage in one.resource.stage:
        for item, key in STAGES.items():
            if (found := chart.word(stage.summary, item, one.at)) is not None:
                chart.state("disease", key, found, one.at, "0")


def named_within(chart: Chart, text: str) -> str | None:
    """The one drug, else the other medicine, whose name stands in a text; those of a combination joined by `/`."""
    drugs = chart.terms.within(text, "drug")
    if drugs:
        return drugs.pop() if len(drugs) == 1 else None
    return "/".join(sorted(chart.terms.within(text, "medicine"))) or None


def code_of(concept: Concept | None) -> str:
    """The code of a concept of which one system alone is in use."""
    return next((coding.code for coding in concept.coding if coding.code), "") if concept else ""


def own_code(concept: Concept | None, name: str) -> str | None:
    """The code of our own system of that name."""
    if concept is None:
        return None
    return next((c.code for c in concept.coding if c.system == OURS + name), None)
