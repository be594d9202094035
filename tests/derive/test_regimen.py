"""One earlier regimen on its own: the months run to the relapse that followed it, and to no later one."""

from __future__ import annotations

from typing import Any

import pytest

from derive.written import derive, knowledge, lines_of
from mspike.derive import Fact, regimen_facts

RELAPSE = {"type": "clinical-relapse", "date": "2026-06-01"}
NEXT = "DPd 2019-03-01..2026-05 progression VGPR"


def facts(lines: str, event: dict[str, str] = RELAPSE, **case: Any) -> dict[str, Fact]:
    state = derive({"disease": {"event": event}, "lines": lines_of(lines), **case})
    assert state.lines
    return regimen_facts(state.lines[0], state, knowledge())


def months(found: Fact) -> tuple[float, float] | None:
    value = found.value
    return None if value is None else (round(value.low, 1), round(value.high, 1))  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("lines", "case", "expected"),
    [
        (f"VRd 2018-01-01..2019-01-01 completed PR; {NEXT}", {}, (0, 2)),  # at most until the next line began
        (
            f"VRd 2018-01-01..2019-01-01 completed PR; {NEXT}",
            {"assessments": [{"date": "2019-02-01", "response": "PD", "confirmed": True}]},
            (1, 1),
        ),
        (f"VRd 2018-01-01..2019-01-01 progression PR; {NEXT}", {}, (0, 0)),
        (f"VRd 2018-01-01..2019-01-01 toxicity PR; {NEXT}", {}, (0, 89)),  # the next line began for another reason
        ("VRd 2018-01-01..2019-01-01 completed PR", {}, (89, 89)),  # the last line: this relapse
        ("VRd 2018-01-01.. progression PR", {}, None),
    ],
)
def test_months_from_its_end(lines: str, case: dict[str, Any], expected: tuple[float, float] | None) -> None:
    assert months(facts(lines, **case)["regimen_months_from_end"]) == expected


def test_no_relapse_no_months() -> None:
    found = facts("VRd 2018-01-01..2019-01-01 completed PR", {"type": "stable", "date": "2026-06-01"})
    assert found["regimen_months_from_end"].value is None
    assert found["regimen_off_therapy"].value is None


def test_off_therapy() -> None:
    assert facts(f"VRd 2018-01..2019-01 completed PR; {NEXT}")["regimen_off_therapy"].value is True
    assert facts(f"VRd 2018-01..2019-01 progression PR; {NEXT}")["regimen_off_therapy"].value is False
    assert facts(f"VRd 2018-01..2019-01 PR; {NEXT}")["regimen_off_therapy"].value is None
    on_maintenance = "VRd 2018-01..2019-01 completed PR asct=2018-06-01; " + NEXT
    grown = [{"date": "2018-10-01", "response": "PD", "confirmed": True}]
    assert facts(on_maintenance, assessments=grown)["regimen_off_therapy"].value is False


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("DRd 2025-01.. CR", None),  # neither an end nor a reason for it is on record
        ("DRd 2025-01..2026-05 CR", False),
        ("DRd 2025-01.. progression CR", False),
        (f"DRd 2018-01.. CR; {NEXT}", False),
    ],
)
def test_under_way(lines: str, expected: bool | None) -> None:
    assert facts(lines)["regimen_under_way"].value is expected


def test_a_drug_still_given_is_under_way() -> None:
    records = [{"drug": drug, "start": "2026-01-01", "end": "2026-06-30"} for drug in ("lenalidomide", "dexamethasone")]
    state = derive({"treatments": records})
    assert state.lines
    assert regimen_facts(state.lines[-1], state, knowledge())["regimen_under_way"].value is state.lines[-1].ongoing


MAINTAINED = "VRd 2018-01-01..2019-01-01 completed PR asct=2018-06-01; " + NEXT


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (None, (0, 9)),  # it ended before the maintenance did, some time after the transplant
        ("2018-05-01", (8, 10)),  # the drug's own date
    ],
)
def test_months_from_the_last_bortezomib(end: str | None, expected: tuple[float, float]) -> None:
    dated = [{"drug": "bortezomib", "start": "2018-01-01", "end": end}] if end else []
    found = months(facts(MAINTAINED, **({"treatments": dated} if dated else {}))["regimen_bortezomib_months"])
    assert found == expected


def test_bortezomib_that_did_not_fail_ended_before_the_line_grew() -> None:
    """The list of what failed leaves it out, so its last day is open; with bortezomib on it, it is the line's end."""
    grown = "VRd 2018-01-01..2019-01-01 progression PR {}; " + NEXT
    spared = facts(grown.format("[lenalidomide]"))["regimen_bortezomib_months"]
    failed = facts(grown.format("[bortezomib,lenalidomide]"))["regimen_bortezomib_months"]
    assert (months(spared), months(failed)) == ((0, 12), (0, 0))
