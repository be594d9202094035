"""From which value a clinical relapse is counted, two values of one day, and what speaks against the stated event."""

from __future__ import annotations

from typing import Any

from derive.written import derive
from mspike.derive import State

LINES = [
    {"number": 1, "drugs": ["bortezomib"], "start": "2024-02-01", "stop": "2024-09-30", "stop_reason": "completed"},
    {"number": 2, "drugs": ["daratumumab"], "start": "2025-03-01"},
]


def state_of(*results: tuple[str, str, Any, str | None], event: str | None = None) -> State:
    measurements = [
        {"date": date, "test": test, "value": value, **({"unit": unit} if unit else {})}
        for date, test, value, unit in results
    ]
    disease = {"event": {"type": event, "date": "2026-06-20"}} if event else {}
    return derive({"lines": LINES, "disease": disease, "measurements": measurements})


def clinical(*results: tuple[str, str, Any, str | None]) -> tuple[str | None, str]:
    state = state_of(*results)
    return state.events["clinical_relapse"], state.events_because["clinical_relapse"]


def test_a_value_from_long_before_the_line_is_no_start_of_it() -> None:
    old = ("2024-02-01", "haemoglobin", 14.5, "g/dL")
    first, later = ("2025-04-20", "haemoglobin", 12.0, "g/dL"), ("2025-06-20", "haemoglobin", 10.4, "g/dL")
    assert clinical(old, first)[0] is None
    date, because = clinical(old, first, later)
    assert date is None
    assert because.startswith("haemoglobin 120 → 104 g/L")
    lowest = ("2026-06-20", "haemoglobin", 10.0, "g/dL")
    assert clinical(old, first, later, lowest)[0] == "2026-06-20"
    recent = ("2025-02-20", "haemoglobin", 14.5, "g/dL")
    assert clinical(recent, first)[0] == "2025-04-20"


def test_plasmacytomas_are_held_against_the_lowest_of_their_own_line() -> None:
    before = [("2024-01-20", "plasmacytoma-spd", 10, "cm2"), ("2024-06-20", "plasmacytoma-spd", 0, "cm2")]
    line = [("2025-02-20", "plasmacytoma-spd", 8, "cm2"), ("2025-05-20", "plasmacytoma-spd", 4, "cm2")]
    assert clinical(*before, *line)[0] is None
    date, because = clinical(*before, *line, ("2026-05-20", "plasmacytoma-spd", 6, "cm2"))
    assert (date, because.startswith("plasmacytoma 4 → 6 cm2")) == ("2026-05-20", True)


def test_of_two_values_of_one_day_either_may_count() -> None:
    date, because = clinical(("2026-06-20", "calcium", 2.3, "mmol/L"), ("2026-06-20", "calcium", 2.75, "mmol/L"))
    assert (date, because.startswith("calcium 2.30 to 2.75 mmol/L")) == (None, True)
    start = ("2025-02-25", "creatinine", 1.0, "mg/dL")
    one, other = ("2026-06-20", "creatinine", 1.1, "mg/dL"), ("2026-06-20", "creatinine", 3.4, "mg/dL")
    assert clinical(start, one, other)[0] is None
    assert clinical(start, other)[0] == "2026-06-20"
    first = [("2025-04-20", "haemoglobin", value, "g/dL") for value in (12.4, 9.9)]
    assert clinical(*first) == (None, "no such result since the start of the last line")


def test_organ_damage_speaks_against_an_event_without_it() -> None:
    calcium = ("2026-06-20", "calcium", 12.4, "mg/dL")
    for event, about in (("biochemical-relapse", "kind of relapse"), ("stable", "stable disease")):
        said = [c for c in state_of(calcium, event=event).contradictions if c.about == about]
        assert [c.other for c in said] == ["clinical relapse: calcium 3.09 mmol/L, limit more than 2.74 (2026-06-20)"]
    assert not state_of(calcium, event="clinical-relapse").contradictions
    assert not state_of(("2026-06-20", "calcium", 9.4, "mg/dL"), event="stable").contradictions


def test_a_result_after_the_death_is_reported() -> None:
    died = [{**LINES[0]}, {**LINES[1], "stop": "2026-03-01", "stop_reason": "death"}]

    def about(date: str) -> list[str]:
        result = {"date": date, "test": "calcium", "value": 2.3, "unit": "mmol/L"}
        return [c.other for c in derive({"lines": died, "measurements": [result]}).contradictions]

    assert about("2026-03-01") == []
    assert about("2026-04-02") == ["a result is dated after it: calcium of 2026-04-02"]
