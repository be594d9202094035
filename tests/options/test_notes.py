"""What the reader must know first: a disease that the options are not for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mspike.derive import derive_state
from mspike.knowledge import load_knowledge
from mspike.knowledge.policy import settle
from mspike.options import Answer, build_answer
from mspike.record import RecordError, read_case

LINES = [{"drugs": ["bortezomib", "dexamethasone"], "start": "2020-01", "stop": "2021-01", "best_response": "PR"}]


def answer(diagnosis: str, **case: Any) -> Answer:
    disease = {"diagnosis": diagnosis, "event": {"type": "clinical-relapse", "date": "2026-06-01"}}
    whole = {"schema": "mspike-case/1", "id": "n", "as_of": "2026-06-30", "disease": disease, "lines": LINES, **case}
    record = next(iter(read_case(json.dumps(whole), "n.json")))
    assert not isinstance(record, RecordError), record
    knowledge = load_knowledge()
    return build_answer(derive_state(record, knowledge, settle(knowledge)))


def against(found: Answer, option: str) -> list[str]:
    return [r.id for o in found.options if o.id == option for r in o.against]


@pytest.mark.parametrize(
    ("diagnosis", "reason"),
    [("smouldering-myeloma", "not-relapsed/smouldering"), ("al-amyloidosis", "not-relapsed/al-amyloidosis")],
)
def test_another_disease_is_out_of_scope(diagnosis: str, reason: str) -> None:
    found = answer(diagnosis)
    assert [note for note in found.notes if note.startswith("Out of scope")]
    assert reason in against(found, "DRd")
    assert not [o.id for o in found.options if o.verdict == "fits"]


def test_amyloidosis_beside_the_myeloma_is_said_and_moves_nothing() -> None:
    with_it = answer("multiple-myeloma", conditions=[{"name": "al-amyloidosis", "present": True}])
    without = answer("multiple-myeloma")
    assert [note for note in with_it.notes if "AL amyloidosis" in note]
    assert {o.id: o.verdict for o in with_it.options} == {o.id: o.verdict for o in without.options}
    assert without.notes == []
