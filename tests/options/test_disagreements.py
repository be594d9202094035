"""What the record meets of a position: of one that speaks of an earlier regimen, any of them may meet it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mspike.derive import derive_state
from mspike.knowledge import load_knowledge
from mspike.knowledge.policy import settle
from mspike.options import Answer, build_answer
from mspike.record import RecordError, read_case

MAINTAINED = {
    "drugs": ["bortezomib", "lenalidomide", "dexamethasone"], "start": "2020-01-10", "stop": "2026-05-20",
    "best_response": "VGPR", "stop_reason": "progression", "refractory": ["lenalidomide"], "transplant": "2020-07",
}  # fmt: skip
LATER = {"drugs": ["daratumumab", "pomalidomide", "dexamethasone"], "start": "2022-01-01", "stop": "2026-05-01"}
DATED = [{"drug": "bortezomib", "start": "2020-01-10", "end": "2020-05-20"}]


def answer(**case: Any) -> Answer:
    event = {"type": "clinical-relapse", "date": "2026-06-01"}
    whole = {"schema": "mspike-case/1", "id": "d", "as_of": "2026-06-30", "disease": {"event": event}, **case}
    record = next(iter(read_case(json.dumps(whole), "d.json")))
    assert not isinstance(record, RecordError), record
    knowledge = load_knowledge()
    return build_answer(derive_state(record, knowledge, settle(knowledge)))


def velcade(**case: Any) -> bool | None:
    topic = next(d for d in answer(**case).disagreements if d.id == "retreatment-interval")
    return next(p.met for p in topic.positions if p.says.startswith("Velcade label"))


def vd(**changes: Any) -> dict[str, Any]:
    line = {"drugs": ["bortezomib", "dexamethasone"], "start": "2020-01-01", "stop": "2021-01-01"}
    return {**line, "best_response": "PR", "stop_reason": "completed", **changes}


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ({"lines": [vd()]}, True),  # five years off it
        ({"lines": [vd(best_response="SD", stop_reason="progression")]}, False),  # refractory: it is no use to wait
        ({"lines": [vd(stop="2026-02-01")]}, False),
        ({"lines": [vd(), LATER | {"stop_reason": "progression"}]}, None),  # it came back within that year, or later
        ({"lines": [LATER | {"best_response": "PR", "stop_reason": "completed"}]}, False),  # never had it
        ({"lines": [MAINTAINED]}, None),  # the line ended last month, bortezomib some time before
        ({"lines": [MAINTAINED], "treatments": DATED}, True),
    ],
)
def test_the_label_speaks_of_bortezomib_and_not_of_the_last_line(case: dict[str, Any], expected: bool | None) -> None:
    assert velcade(**case) is expected
