"""Lines counted from drug records: what must hold for any record, what bad records come to, and contradictions."""

from __future__ import annotations

import copy
import datetime as dt
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.written import derive, knowledge, read, said
from mspike.derive import Line, State, compare_lines, derive_state
from mspike.record import RecordError, read_records

DAY = dt.date(2018, 1, 1)
LAST = dt.date(2026, 6, 30)
DRUGS = ("bortezomib", "lenalidomide", "carfilzomib", "pomalidomide", "daratumumab", "dexamethasone", "melphalan",
         "cyclophosphamide", "idecabtagene-vicleucel")  # fmt: skip
ONCE = "idecabtagene-vicleucel"
MYELOMA = {"diagnosis": "multiple-myeloma"}


def iso(day: int) -> str:
    return (DAY + dt.timedelta(days=day)).isoformat()


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """Up to eight drug records in six years, with transplants and judged responses or without."""
    treatments = []
    for _ in range(draw(st.integers(1, 8))):
        drug = draw(st.sampled_from(DRUGS))
        start = draw(st.integers(0, 2000))
        days = 0 if drug == ONCE else draw(st.sampled_from((0, 1, 20, 28, 60, 120, 300)))
        entry = {"drug": drug, "start": iso(start), "end": iso(start + days)}
        reason = draw(st.sampled_from((None, None, None, "progression", "toxicity")))
        treatments.append(entry | ({"stop_reason": reason} if reason else {}))
    grafts = draw(st.lists(st.integers(100, 1500), max_size=2, unique=True))
    judged = draw(st.lists(st.tuples(st.integers(1, 2200), st.sampled_from(("PR", "SD", "PD", "VGPR"))), max_size=4,
                           unique_by=lambda pair: pair[0]))  # fmt: skip
    return {
        "as_of": LAST.isoformat(), "disease": MYELOMA, "treatments": treatments,
        "procedures": [{"procedure": "autologous-transplant", "date": iso(day)} for day in grafts],
        "assessments": [{"date": iso(day), "response": level, "confirmed": True} for day, level in judged],
    }  # fmt: skip


def told(state: State) -> list[tuple[Any, ...]]:
    """What a line says, but for where in the record it stands."""
    return [
        (line.number, line.regimen, line.drugs, text(line.start), text(line.stop), line.parts, line.start_reason,
         line.stop_reason, line.flags)
        for line in state.lines or ()
    ]  # fmt: skip


def text(day: Any) -> str | None:
    return day.text if day else None


def failed(state: State) -> list[tuple[str, str | None]]:
    return [(entry.drug, text(entry.date)) for entry in state.refractory]


@given(cases(), st.randoms(use_true_random=False))
@settings(max_examples=80)
def test_the_order_of_entries_says_nothing(case: dict[str, Any], dice: Any) -> None:
    other = copy.deepcopy(case)
    for key in ("treatments", "procedures", "assessments"):
        dice.shuffle(other[key])
    assert (told(derive(other)), failed(derive(other))) == (told(derive(case)), failed(derive(case)))


@given(cases(), st.integers(0, 7), st.floats(0.1, 0.9))
@settings(max_examples=80)
def test_two_adjoining_records_are_one(case: dict[str, Any], place: int, part: float) -> None:
    """A pack ends where the next begins: the same drug, the same course."""
    entry = case["treatments"][place % len(case["treatments"])]
    start, end = (dt.date.fromisoformat(entry[key]) for key in ("start", "end"))
    days = (end - start).days
    if days < 2 or entry["drug"] == ONCE:
        return
    middle = start + dt.timedelta(days=max(1, int(days * part)))
    other = copy.deepcopy(case)
    halves = [
        {"drug": entry["drug"], "start": entry["start"], "end": (middle - dt.timedelta(days=1)).isoformat()},
        entry | {"start": middle.isoformat()},
    ]
    other["treatments"] = [e for e in other["treatments"] if e != entry] + halves * case["treatments"].count(entry)
    assert told(derive(other)) == told(derive(case))
    assert {drug for drug, _ in failed(derive(other))} == {drug for drug, _ in failed(derive(case))}


@given(cases(), st.integers(0, 7))
@settings(max_examples=60)
def test_a_record_given_twice_is_given_once(case: dict[str, Any], place: int) -> None:
    other = copy.deepcopy(case)
    other["treatments"].append(copy.deepcopy(case["treatments"][place % len(case["treatments"])]))
    assert (told(derive(other)), failed(derive(other))) == (told(derive(case)), failed(derive(case)))


@given(cases())
@settings(max_examples=80)
def test_lines_stand_in_order(case: dict[str, Any]) -> None:
    lines = derive(case).lines
    assert lines is not None
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))
    for line, after in pairwise(lines):
        assert span(line)[0] <= span(line)[1] < span(after)[0]
    assert all(line.drugs or line.transplant for line in lines)
    assert all(drug in {t["drug"] for t in case["treatments"]} for line in lines for drug in line.drugs)
    assert all(line.because and line.start_reason for line in lines)


def span(line: Line) -> tuple[dt.date, dt.date]:
    assert line.start
    assert line.stop
    return line.start.first, line.stop.last


@given(cases(), st.integers(0, 300))
@settings(max_examples=60)
def test_weeks_later_all_is_the_same(case: dict[str, Any], weeks: int) -> None:
    """Only the months of the calendar, in which a pause is flagged, may differ."""

    def moved(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: moved(value) for key, value in node.items()}
        if isinstance(node, list):
            return [moved(value) for value in node]
        try:
            return (dt.date.fromisoformat(node) - dt.timedelta(weeks=weeks)).isoformat()
        except (TypeError, ValueError):
            return node

    def shape(state: State) -> list[tuple[Any, ...]]:
        return [(line.drugs, line.parts, line.stop_reason) for line in state.lines or ()]

    assert shape(derive(moved(case))) == shape(derive(case))


@given(cases(), st.integers(0, 2400))
@settings(max_examples=40)
def test_later_data_change_nothing(tmp_path_factory: pytest.TempPathFactory, case: dict[str, Any], day: int) -> None:
    """As of a day, a record is what it would be without its later entries."""
    cut = DAY + dt.timedelta(days=day)
    early = copy.deepcopy(case) | {"as_of": cut.isoformat()}
    early["treatments"] = [known(e, cut) for e in case["treatments"] if e["start"] <= cut.isoformat()]
    for key in ("procedures", "assessments"):
        early[key] = [e for e in case[key] if e["date"] <= cut.isoformat()]
    folder: Path = tmp_path_factory.mktemp("cut")
    (folder / "case.json").write_text(json.dumps({"schema": "mspike-case/1", "id": "spec", **case}), encoding="utf-8")
    asked = next(iter(read_records([folder / "case.json"], as_of=cut)))
    assert not isinstance(asked, RecordError)
    found = derive_state(asked, knowledge())
    assert (told(found), failed(found)) == (told(derive(early)), failed(derive(early)))


def known(entry: dict[str, Any], cut: dt.date) -> dict[str, Any]:
    """A drug record as it was on a day: still open, and its reason for stopping to come."""
    if entry["end"] <= cut.isoformat():
        return dict(entry)
    return {"drug": entry["drug"], "start": entry["start"]}


@given(cases())
@settings(max_examples=40)
def test_what_differs_is_what_the_other_way_counts(case: dict[str, Any]) -> None:
    record = read(case)
    compared = compare_lines(record, knowledge())
    counts = {counting.policy: len(counting.lines or ()) for counting in compared.countings}
    for line in derive(case).lines or ():
        for name, shown in line.differs_under.items():
            assert counts.get(name, shown["n_lines"]) == shown["n_lines"]


# -- bad records


BAD = {
    "an unknown drug": ({"drug": "lenalidomab", "start": "2020-01-01"}, "treatments[0].drug: no such drug"),
    "an end before its start": (
        {"drug": "lenalidomide", "start": "2020-06-01", "end": "2020-01-01"}, "treatments[0].end: end is before start",
    ),
    "a start after the day of the record": (
        {"drug": "lenalidomide", "start": "2027-01-01"}, "treatments[0].start: dated after as_of",
    ),
    "a negative supply": (
        {"drug": "lenalidomide", "start": "2020-01-01", "days_supply": -3}, "treatments[0].days_supply",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_refused(name: str) -> None:
    entry, says = BAD[name]
    with pytest.raises(RecordError) as refusal:
        derive({"disease": MYELOMA, "treatments": [entry]})
    assert says in str(refusal.value)


def test_a_drug_before_the_birth_date_is_refused() -> None:
    entry = {"drug": "lenalidomide", "start": "1979-01-01", "end": "1979-06-01"}
    with pytest.raises(RecordError, match="born"):
        derive({"patient": {"birth_date": "1980-05-01"}, "disease": MYELOMA, "treatments": [entry]})


@pytest.mark.parametrize(("start", "said_so"), [("1985-06-29", True), ("1985-06-30", False)])
def test_a_drug_before_the_stated_age_allows_it(start: str, said_so: bool) -> None:
    """Aged 40 on 2026-06-30: born after 2025-06-30 less forty years."""
    entry = {"drug": "lenalidomide", "start": start, "end": "1986-01-01"}
    state = derive({"patient": {"age": 40}, "disease": MYELOMA, "treatments": [entry]})
    assert ("age" in {c.about for c in state.contradictions}) is said_so


def test_overlapping_records_are_one_course() -> None:
    spans = [("2020-01-01", "2020-12-31"), ("2020-03-01", "2020-06-30"), ("2020-11-01", "2021-06-30")]
    given_ = [{"drug": "lenalidomide", "start": start, "end": end} for start, end in spans]
    state = derive({"disease": MYELOMA, "treatments": given_})
    assert said(state, "counted") == "lenalidomide 2020-01-01..2021-06-30"


def test_treatment_without_values_asks() -> None:
    entry = {"drug": "lenalidomide", "start": "2020-01-01", "end": "2020-12-31"}
    state = derive({"disease": MYELOMA, "treatments": [entry]})
    fact = state.facts["refractory_lenalidomide"]
    assert (fact.value, state.facts["prior_lines"].basis) == (None, "derived")
    assert "not stated" in fact.because


@pytest.mark.parametrize(
    ("case", "says"),
    [
        ({}, "no lines of therapy and no drug records"),
        ({"treatments": []}, "no lines of therapy and no drug records"),
        (
            {"procedures": [{"procedure": "autologous-transplant", "date": "2020-01-01"}]},
            "a transplant is on record, the drugs around it are not",
        ),
        ({"treatments": [{"drug": "lenalidomide", "end": "2020-12-31"}]}, "lenalidomide has no first day"),
        (
            {"treatments": [{"drug": "lenalidomide", "start": "2020-01-01", "end": "2020-12-31"}],
             "procedures": [{"procedure": "autologous-transplant"}]},
            "the transplant has no date",
        ),
    ],
)  # fmt: skip
def test_lines_that_cannot_be_counted(case: dict[str, Any], says: str) -> None:
    state = derive({"disease": MYELOMA, **case})
    assert state.lines is None
    assert state.facts["prior_lines"].value is None
    assert says in state.facts["prior_lines"].because


def test_a_transplant_and_no_drug_is_a_line() -> None:
    graft = [{"procedure": "autologous-transplant", "date": "2020-01-01"}]
    state = derive({"disease": MYELOMA, "treatments": [], "procedures": graft})
    assert (said(state, "counted"), said(state, "flags")) == ("transplant 2020-01-01..2020-01-01", "sct-only-line")


def test_a_supply_of_no_day_is_the_day_itself() -> None:
    state = derive(
        {"disease": MYELOMA, "treatments": [{"drug": "lenalidomide", "start": "2020-01-01", "days_supply": 0}]}
    )
    assert said(state, "counted") == "lenalidomide 2020-01-01..2020-01-01"


# -- stated lines beside drug records


RD = {"drugs": ["lenalidomide", "dexamethasone"], "start": "2020-01-01", "stop": "2021-06-30"}
RD_RECORDS = [{"drug": drug, "start": "2020-01-01", "end": "2021-06-30"} for drug in RD["drugs"]]
LATER = {"drug": "daratumumab", "start": "2020-09-01", "end": "2021-06-30"}
PR = [{"date": "2020-05-01", "response": "PR", "confirmed": True}]


def contradictions(lines: list[dict[str, Any]], records: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    state = derive({"disease": MYELOMA, "lines": lines, "treatments": records, "assessments": PR})
    assert len(state.lines or ()) == len(lines)
    return [(c.about, c.stated, c.other) for c in state.contradictions if c.about == "lines of therapy"]


def test_stated_lines_that_the_records_bear_out() -> None:
    assert contradictions([RD], RD_RECORDS) == []


def test_stated_lines_that_the_records_count_otherwise() -> None:
    stated = RD | {"drugs": [*RD["drugs"], "daratumumab"]}
    other = "2 counted from the drug records, policy imwg2015"
    assert contradictions([stated], [*RD_RECORDS, LATER]) == [("lines of therapy", "1 stated", other)]


def test_records_of_some_drugs_contradict_no_count() -> None:
    stated = RD | {"drugs": [*RD["drugs"], "bortezomib"]}
    assert contradictions([stated], RD_RECORDS) == []


def test_a_stated_progression_counts_for_the_records_too() -> None:
    """The same regimen twice, with a progression in between that only the lines tell: no contradiction by itself."""
    first = RD | {"stop": "2020-06-30", "stop_reason": "progression"}
    second = {"drugs": ["daratumumab", "lenalidomide"], "start": "2020-07-10", "stop": "2021-06-30"}
    records = [
        {"drug": "lenalidomide", "start": "2020-01-01", "end": "2020-06-30"},
        {"drug": "lenalidomide", "start": "2020-07-10", "end": "2021-06-30"},
        {"drug": "daratumumab", "start": "2020-07-10", "end": "2021-06-30"},
    ]
    assert contradictions([first, second], records) == []


def test_a_drug_that_no_stated_line_names() -> None:
    found = contradictions([RD], [*RD_RECORDS, LATER])
    assert found == [("lines of therapy", "1 line, none with daratumumab", "daratumumab is among the drug records")]
