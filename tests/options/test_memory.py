"""What is remembered of one patient changes nothing for the next, however little is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from mspike.derive import State, derive_state
from mspike.knowledge import load_knowledge
from mspike.knowledge.policy import settle
from mspike.options import build_answer, reasons
from mspike.record import Record, read_case
from mspike.report import render_bytes

PATIENTS = sorted((Path(__file__).parents[2] / "examples" / "patients").glob("*/record.yaml"))


def states() -> list[State]:
    knowledge = load_knowledge()
    records = [next(iter(read_case(path.read_bytes(), str(path)))) for path in PATIENTS]
    return [derive_state(r, knowledge, settle(knowledge)) for r in records if isinstance(r, Record)]


def answers(many: list[State]) -> list[bytes]:
    return [render_bytes(build_answer(state), "ndjson") for state in many]


def test_the_order_of_patients_changes_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    many = states()
    alone = []
    for state in many:
        monkeypatch.setattr(reasons, "MEMORY", reasons.Memory())
        alone += answers([state])
    monkeypatch.setattr(reasons, "MEMORY", reasons.Memory())
    assert answers(many) == alone
    assert answers(many[::-1]) == alone[::-1]


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    many = states()
    whole = answers(many)
    one = reasons.Memory()
    monkeypatch.setattr(reasons, "MEMORY", one)
    answers(many[:1])
    small = reasons.Memory()
    monkeypatch.setattr(small, "MOST", 50)
    monkeypatch.setattr(reasons, "MEMORY", small)
    for state, expected in zip(many + many, whole + whole, strict=True):
        assert answers([state]) == [expected]
        assert small.held < 2 * one.held  # one patient's at most, and what was there before it
