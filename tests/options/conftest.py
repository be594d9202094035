"""The example patients as states."""

from __future__ import annotations

from pathlib import Path

import pytest

from mspike.derive import State, derive_state
from mspike.knowledge import load_knowledge
from mspike.knowledge.policy import settle
from mspike.record import Record, read_records

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "patients"


@pytest.fixture(scope="session")
def records() -> list[Record]:
    found = list(read_records(sorted(EXAMPLES.glob("*/record.yaml"))))
    assert len(found) == 10
    assert all(isinstance(r, Record) for r in found)
    return found  # type: ignore[return-value]


@pytest.fixture(scope="session")
def states(records: list[Record]) -> list[State]:
    knowledge = load_knowledge()
    return [derive_state(r, knowledge, settle(knowledge)) for r in records]
