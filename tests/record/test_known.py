"""The record as it was known on an earlier day."""

from __future__ import annotations

import datetime as dt

import pytest

from mspike.record import Day, Event, Number, as_known_on, parse_day

CASE = {
    "patient": {"age": 66},
    "disease": {
        "diagnosis": "multiple-myeloma", "diagnosed": "2019-05", "cytogenetics": {"del(17p)": "present"},
        "event": {"type": "clinical-relapse", "date": "2026-06-01"},
    },
    "fitness": {"ecog": 1},
    "conditions": [{"name": "diabetes"}, {"name": "infection", "date": "2026-05"}],
    "measurements": [{"date": d, "test": "lvef", "value": 50} for d in ("2019-06", "2023-01-15", "2026-06-01")],
    "treatments": [
        {"drug": "bortezomib", "start": "2019-06-01", "end": "2019-10-01", "stop_reason": "planned"},
        {"drug": "lenalidomide", "start": "2020-03-01", "end": "2023-01-31", "stop_reason": "progression"},
        {"drug": "daratumumab", "start": "2023-02-10"},
    ],
    "procedures": [{"procedure": "autologous-transplant", "date": "2019-12-01"}, {"procedure": "radiotherapy"}],
    "assessments": [{"date": "2019-11-15", "response": "VGPR"}, {"date": "2024", "response": "PR"}],
    "diagnoses": [{"name": "smouldering-myeloma", "date": "2016-02"}],
    "lines": [
        {"number": 1, "drugs": ["bortezomib", "lenalidomide", "melphalan"], "start": "2019-06", "stop": "2023-01",
         "transplant": "2019-12", "best_response": "VGPR", "stop_reason": "progression", "refractory": ["lenalidomide"],
         "progressed_on_maintenance": True},
        {"number": 2, "drugs": ["daratumumab"], "start": "2023-02"},
        {"number": 3},
    ],
}  # fmt: skip


@pytest.fixture
def record(good):
    return good(CASE)


def test_on_its_own_day_nothing_is_left_out(record):
    same = as_known_on(record, record.as_of)
    assert (same.left_out, same.as_of_basis) == (0, "asked")
    assert (same.lines, same.treatments, same.measurements, same.patient) == (
        record.lines, record.treatments, record.measurements, record.patient,
    )  # fmt: skip


def test_what_came_later_is_gone_and_what_ended_later_goes_on(record):
    known = as_known_on(record, dt.date(2022, 6, 30))
    assert known.as_of == dt.date(2022, 6, 30)
    assert known.disease.event == Event()
    assert known.disease.diagnosed == parse_day("2019-05")
    assert known.disease.cytogenetics == {"del(17p)": True}
    assert [c.name for c in known.conditions] == ["diabetes"]
    assert [m.date.text for m in known.measurements] == ["2019-06"]
    bortezomib, lenalidomide = known.treatments
    assert bortezomib == record.treatments[0]
    assert (lenalidomide.start.text, lenalidomide.end, lenalidomide.stop_reason) == ("2020-03-01", None, None)
    assert len(known.procedures) == 2
    assert [a.date.text for a in known.assessments] == ["2019-11-15"]
    (line,) = known.lines
    assert (line.stop, line.stop_reason, line.best_response, line.refractory) == (None, None, None, None)
    assert line.progressed_on_maintenance is None
    assert line.drugs == record.lines[0].drugs
    # event, infection, two measurements, lenalidomide's end, daratumumab, an assessment, line 1 cut, lines 2 and 3
    assert known.left_out == 10


def test_conditioning_is_not_known_before_its_transplant(record):
    (line,) = as_known_on(record, dt.date(2019, 9, 1)).lines
    assert (line.transplant, line.drugs) == (None, ("bortezomib", "lenalidomide"))


def test_before_the_diagnosis_there_is_none(record):
    known = as_known_on(record, dt.date(2018, 1, 1))
    assert (known.disease.diagnosis, known.disease.diagnosed) == (None, None)
    assert (known.lines, known.treatments) == ((), ())
    assert [d.name for d in known.diagnoses] == ["smouldering-myeloma"]


def test_a_partial_date_is_later_only_when_all_of_it_is(record):
    known = as_known_on(record, dt.date(2024, 3, 1))
    assert [a.date.text for a in known.assessments] == ["2019-11-15", "2024"]


@pytest.mark.parametrize(
    ("day", "age"),
    [
        (dt.date(2026, 6, 30), Number(66, 66)),
        (dt.date(2025, 6, 30), Number(65, 65)),
        (dt.date(2026, 1, 1), Number(65, 66)),
        (dt.date(2024, 1, 1), Number(63, 64)),
        (dt.date(2027, 6, 30), Number(67, 67)),
        (dt.date(2027, 1, 1), Number(66, 67)),
    ],
)
def test_the_age_is_that_of_the_day(record, day, age):
    assert as_known_on(record, day).patient.age == age


def test_the_age_comes_from_the_birth_date_where_there_is_one(good):
    record = good(patient={"birth_date": "1960-03-15"})
    assert as_known_on(record, dt.date(2020, 3, 14)).patient.age == Number(59, 59)
    assert as_known_on(good(patient={"age": ">80"}), dt.date(2025, 6, 30)).patient.age.low == 79
    assert as_known_on(good(patient={"age": 3}), dt.date(2010, 6, 30)).patient.age is None
    assert as_known_on(good(patient={"age": "<70"}), dt.date(2025, 6, 30)).patient.age == Number(0, 69, open_high=True)


def test_what_says_nothing_still_says_nothing(good):
    known = as_known_on(good(), dt.date(2020, 1, 1))
    assert (known.lines, known.treatments, known.procedures, known.assessments) == (None,) * 4
    assert known.left_out == 0


def test_twice_is_once(record):
    early = dt.date(2020, 1, 1)
    once = as_known_on(record, early)
    assert as_known_on(once, early) == once
    through = as_known_on(as_known_on(record, dt.date(2023, 1, 20)), early)
    assert (through.lines, through.treatments, through.measurements) == (once.lines, once.treatments, once.measurements)


def test_a_date_is_a_day(record):
    assert isinstance(record.lines[0].transplant, Day)
