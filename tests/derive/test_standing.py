"""Where the disease stands where no event is stated: by the newest sample, as long as it tells of today."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mspike.derive import State, derive_state
from mspike.knowledge import load_knowledge
from mspike.options import build_answer
from mspike.record import Record, read_case
from mspike.report.sentence import finish

OPEN = [{"drug": drug, "start": "2026-01-02"} for drug in ("lenalidomide", "dexamethasone")]
DAYS = ("2026-01-02", "2026-02-01", "2026-03-01", "2026-04-01")


def state(values: tuple[float, ...], as_of: str = "2026-04-20", **case: Any) -> State:
    serum = [
        {"date": day, "test": "serum-m-protein", "value": value, "unit": "g/L"}
        for day, value in zip(DAYS, values, strict=True)
    ]
    urine = [{"date": day, "test": "urine-m-protein", "value": 0, "unit": "mg/24h"} for day in DAYS]
    whole = {
        "schema": "mspike-case/1", "id": "s", "as_of": as_of, "disease": {"diagnosis": "multiple-myeloma"},
        "treatments": OPEN, "procedures": [], "measurements": serum + urine, **case,
    }  # fmt: skip
    (record,) = read_case(json.dumps(whole), "s.json")
    assert isinstance(record, Record), record
    return derive_state(record, load_knowledge())


@pytest.mark.parametrize(
    ("values", "as_of", "status"),
    [
        ((30, 10, 10, 10), "2026-04-20", "responding"),
        ((30, 29, 28, 29), "2026-04-20", "stable"),
        ((30, 10, 10, 10), "2026-07-02", "responding"),  # 92 days
        ((30, 10, 10, 10), "2026-07-03", None),  # too long ago
        ((30, 10, 10, 20), "2026-04-20", None),  # it grows, seen once
        ((30, 28, 28, 10), "2026-04-20", None),  # better once: a response, or not
    ],
)
def test_the_newest_sample_tells(values: tuple[float, ...], as_of: str, status: str | None) -> None:
    assert state(values, as_of).status == status


def test_a_stated_event_tells_before_any_sample() -> None:
    relapse = {"type": "clinical-relapse", "date": "2026-04-10"}
    told = state((30, 10, 10, 10), disease={"diagnosis": "multiple-myeloma", "event": relapse})
    assert told.status not in ("responding", "stable")


def test_an_earlier_progression_is_no_event_of_today() -> None:
    """The summary leads with the response of now, not with what ended the line before."""
    earlier = [
        {"drug": "bortezomib", "start": "2024-01-01", "end": "2025-12-01", "stop_reason": "progression"},
        *OPEN,
    ]
    judged = [
        {"date": "2024-06-01", "response": "PR", "confirmed": True},
        {"date": "2025-11-20", "response": "PD", "confirmed": True},
    ]
    told = state((30, 10, 10, 10), treatments=earlier, assessments=judged)
    assert told.status == "responding"
    summary = finish(build_answer(told)).state["disease"]["summary"]
    assert summary.startswith(
        "Myeloma in response (PR) after two lines: no progression at the last sample (2026-04-01)"
    )
