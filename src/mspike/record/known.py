"""The record as it was known on an earlier day: what came later is left out, and counted."""

from __future__ import annotations

import datetime as dt
from typing import Protocol, TypeVar

from msgspec.structs import replace

from mspike.record.dates import age_on, years_between
from mspike.record.model import Day, Disease, Event, Number, Patient, Record, StatedLine, Treatment


class _Dated(Protocol):
    @property
    def date(self) -> Day | None: ...


T = TypeVar("T", bound=_Dated)


def as_known_on(record: Record, day: dt.date) -> Record:
    """The record on `day`. An entry that began after it is gone; one that ended after it had not ended.

    A partial date counts as later only when its first day is. What carries no date (fitness, cytogenetics,
    circumstances) is kept as it stands. `left_out` counts the entries dropped or shortened.
    """
    count = _Count(day)
    return replace(
        record,
        as_of=day,
        as_of_basis="asked",
        patient=_patient(record.patient, record.as_of, day),
        disease=_disease(record.disease, count),
        conditions=count.dated(record.conditions),
        measurements=count.dated(record.measurements),
        treatments=None if record.treatments is None else _treatments(record.treatments, count),
        procedures=None if record.procedures is None else count.dated(record.procedures),
        assessments=None if record.assessments is None else count.dated(record.assessments),
        diagnoses=count.dated(record.diagnoses),
        lines=None if record.lines is None else _lines(record.lines, count),
        left_out=record.left_out + count.left_out,  # read last: the calls above count
    )


class _Count:
    """Leaves out what is later than a day, and counts it."""

    def __init__(self, day: dt.date) -> None:
        self.day = day
        self.left_out = 0

    def later(self, date: object) -> bool:
        """Whether a date is one and lies after the day for certain."""
        return isinstance(date, Day) and date.first > self.day

    def dated(self, entries: tuple[T, ...]) -> tuple[T, ...]:
        kept = tuple(entry for entry in entries if not self.later(entry.date))
        self.left_out += len(entries) - len(kept)
        return kept


def _treatments(treatments: tuple[Treatment, ...], count: _Count) -> tuple[Treatment, ...]:
    kept = []
    for treatment in treatments:
        begun, ended = not count.later(treatment.start), not count.later(treatment.end)
        count.left_out += not (begun and ended)
        if begun:
            kept.append(treatment if ended else replace(treatment, end=None, stop_reason=None))
    return tuple(kept)


def _lines(lines: tuple[StatedLine, ...], count: _Count) -> tuple[StatedLine, ...]:
    """The lines begun by then. One without a start that follows an unfinished line had not begun either."""
    kept: list[StatedLine] = []
    unfinished = False
    for line in lines:
        if count.later(line.start) or (unfinished and line.start is None):
            count.left_out += len(lines) - len(kept)
            break
        known = _line(line, count)
        unfinished = unfinished or count.later(line.stop)
        count.left_out += known is not line
        kept.append(known)
    return tuple(kept)


def _line(line: StatedLine, count: _Count) -> StatedLine:
    """A line as it stood: while it was running, how it ended and what came of it was not known."""
    known = line
    if count.later(line.stop):
        known = replace(
            known, stop=None, stop_reason=None, best_response=None, refractory=None, progressed_on_maintenance=None
        )
    if count.later(line.transplant):  # its conditioning had not been given either
        drugs = None if line.drugs is None else tuple(drug for drug in line.drugs if drug != "melphalan")
        known = replace(known, transplant=None, drugs=drugs)
    return known


def _disease(disease: Disease, count: _Count) -> Disease:
    if count.later(disease.event.date):
        count.left_out += 1
        disease = replace(disease, event=Event())
    if count.later(disease.diagnosed):
        count.left_out += 1
        disease = replace(disease, diagnosed=None, diagnosis=None)
    return disease


def _patient(patient: Patient, as_of: dt.date, day: dt.date) -> Patient:
    """The age on `day`: from the birth date where there is one, else from the age stated for `as_of`."""
    if day == as_of or patient.age is None:
        return patient
    if patient.birth_date is not None:
        age = age_on(patient.birth_date, day)
    else:
        begin, end = sorted((day, as_of))
        years = years_between(begin, end)
        part = (begin.month, begin.day) != (end.month, end.day)
        least, most = (-years - part, -years) if day < as_of else (years, years + part)
        stated = patient.age
        age = Number(stated.low + least, stated.high + most, stated.open_low, stated.open_high)
    if age.high < 0:
        return replace(patient, age=None)  # a day before the birth
    return replace(patient, age=age if age.low >= 0 else replace(age, low=0, open_low=False))
