"""Procedure → transplants and the like, a drug that was infused, dialysis."""

from __future__ import annotations

import datetime as dt

from mspike.record.fhir.chart import Chart, day, first_of
from mspike.record.fhir.conditions import own_code
from mspike.record.fhir.found import Found
from mspike.record.fhir.medications import NOT_GIVEN, both, in_product

GOING_ON = 31
"""Days since the last session up to which dialysis is taken to go on."""


def read_procedures(chart: Chart, found: list[Found]) -> None:
    sessions: list[tuple[str, str]] = []
    for one in found:
        procedure = one.resource
        if chart.left_out(procedure.status, one.at):
            continue
        if procedure.status in ("preparation", "on-hold"):
            chart.gathering.leave_out(NOT_GIVEN.get(procedure.status, "on hold"), one.at)
            continue
        date = first_of(day(procedure.performedDateTime), both(procedure.performedPeriod)[0])
        word = own_code(procedure.code, "procedure") or chart.word(procedure.code, "procedure", one.at)
        if word is not None:
            chart.gathering.add("procedures", {"procedure": word, "date": date}, one.at)
            continue
        if chart.word(procedure.code, "condition", one.at) == "dialysis":
            sessions.append((date or "", one.at))
            continue
        concepts = [concept for concept in (procedure.code, *procedure.usedCode) if concept is not None]
        named = (chart.word(c, "drug", one.at) or in_product(chart, c, one.at) for c in concepts)
        drug = next(filter(None, named), None)
        if drug is not None:  # a CAR-T infusion, or an injection under a procedure's code
            chart.gathering.add("treatments", {"drug": drug, "start": date, "end": date}, one.at)
        else:
            chart.unmapped(procedure.code, "Procedure", ("procedure",))
    if sessions:
        _on_dialysis(chart, max(sessions))


def _on_dialysis(chart: Chart, last: tuple[str, str]) -> None:
    """Dialysis by its sessions: going on where the last one is of these weeks; else nobody says whether it does."""
    date, at = last
    try:
        ago = (chart.gathering.context.as_of - dt.date.fromisoformat(date)).days
    except ValueError:
        ago = GOING_ON + 1
    if ago <= GOING_ON:
        chart.gathering.add("conditions", {"name": "dialysis", "active": "yes", "date": date}, at)
    else:
        chart.gathering.leave_out("dialysis in the past: whether it goes on is not said", at)
