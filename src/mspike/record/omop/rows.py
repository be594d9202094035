"""One row of OMOP → one entry of a case file, as keys with texts. What it cannot say is said by `details` rows.

The writer asks this module too, so that it writes as details only what a row by itself would not give back.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from mspike.record.databases import Row
from mspike.record.gathering import Value
from mspike.record.omop.terms import Named, OmopTerms, fixed
from mspike.record.units import parse_amount

Entry = dict[str, Value]

TABLES = {
    "treatments": "drug_exposure", "measurements": "measurement", "conditions": "condition_occurrence",
    "diagnoses": "condition_occurrence", "procedures": "procedure_occurrence", "lines": "episode",
}  # fmt: skip
"""List of a case file → the table that holds its entries. Assessments have none: they stand in `observation`."""

HAS_LIMIT = ("alt", "ast", "bilirubin", "ldh")
"""Tests that a rule reads in multiples of the laboratory's upper limit."""


def named(row: Row, stem: str) -> Named:
    """How a row names what it is about: `stem` is `drug`, `measurement`, …"""
    concepts = (row.get(f"{stem}_concept_id", "0"), row.get(f"{stem}_source_concept_id", "0"))
    return Named(tuple(c for c in concepts if c != "0"), row.get(f"{stem}_source_value", ""))


def day(text: str | None) -> str | None:
    """The day of a date or a time as a database or a file writes it."""
    return text[:10] if text else None


def treatment(row: Row, drug: str, terms: OmopTerms) -> Entry:
    """A drug exposure. The end that was written down wins over the one that the model requires."""
    route = fixed()["route"].get(row.get("route_concept_id", ""))
    supply = row.get("days_supply", "0")
    return kept(
        drug=drug,
        start=day(row.get("drug_exposure_start_date")),
        end=day(row.get("verbatim_end_date") or row.get("drug_exposure_end_date")),
        stop_reason=terms.terms.by_name(row.get("stop_reason", ""), "stop_reason"),
        days_supply=None if supply == "0" else supply,
        route=route or terms.terms.by_name(row.get("route_source_value", ""), "route"),
    )


def condition(row: Row, name: str) -> Entry:
    return kept(name=name, date=day(row.get("condition_start_date")))


def procedure(row: Row, word: str) -> Entry:
    return kept(procedure=word, date=day(row.get("procedure_date")))


def measurement(row: Row, test: str, terms: OmopTerms, unit: str | None) -> Entry:
    limit = row.get("range_high") if test in HAS_LIMIT and unit != "xULN" else None
    value = result(row, terms)
    return kept(
        test=test,
        date=day(row.get("measurement_date")),
        value=value,
        unit=unit if value is None or parse_amount(value) else None,
        upper_limit=limit if limit and limit != "0" else None,
    )


def result(row: Row, terms: OmopTerms, kind: str = "result") -> str | None:
    """The result as text: the number with its operator, else the concept's word, else what the source wrote.

    What the source wrote is taken word for word where it says the same number: it may hold the comparator that was
    lost on the way, and it has the digits that were given.
    """
    number, written = row.get("value_as_number"), row.get("value_source_value")
    if number is None:
        concept = row.get("value_as_concept_id", "0")
        return (terms.value(concept, kind) if concept != "0" else None) or row.get("value_as_string") or written
    if written and _same(written, number):
        return written
    return f"{fixed()['operator'].get(row.get('operator_concept_id', ''), '')}{number}"


def _same(written: str, number: str) -> bool:
    amount = parse_amount(written)
    try:
        return amount is not None and amount.number == Decimal(number)
    except InvalidOperation:
        return False


def kept(**keys: Value | None) -> Entry:
    return {key: value for key, value in keys.items() if value is not None}
