"""Patient → birth date, sex, place."""

from __future__ import annotations

import datetime as dt

from mspike.record.fhir.chart import Chart, day
from mspike.record.fhir.found import Found

SEX = ("female", "male")


def read_patients(chart: Chart, found: list[Found]) -> None:
    for one in found:
        patient = one.resource
        if patient.birthDate:
            chart.state("patient", "birth_date", day(patient.birthDate) or "", one.at)
        if patient.gender in SEX:
            chart.state("patient", "sex", patient.gender, one.at)
        elif patient.gender:
            chart.gathering.assume("the gender given names no sex that a rule can use: it counts as unknown", one.at)
        _death(chart, one)
        for address in patient.address[:1]:
            if address.postalCode:
                chart.state("place", "zip", address.postalCode, one.at)
            if address.country and address.country.upper() in chart.terms.codes.words["place_country"].values():
                chart.state("place", "country", address.country, one.at)


def _death(chart: Chart, one: Found) -> None:
    """A record ends with the death: with its day, where that is known, as in the other doors."""
    died = day(one.resource.deceasedDateTime)
    try:
        known = died is not None and dt.date.fromisoformat(died) <= chart.gathering.context.as_of
    except ValueError:
        known = False
    if known and died is not None:
        chart.state("", "as_of", died, one.at)
        chart.gathering.assume("the record ends with the death: as_of is that day", one.at)
    elif died or one.resource.deceasedBoolean:
        chart.gathering.assume("the source says that the patient has died", one.at)
