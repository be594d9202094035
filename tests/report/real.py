"""The answers to the example patients, made by the engine: what a page really has to hold."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from mspike.derive import derive_state
from mspike.knowledge import load_knowledge, settle
from mspike.options import Answer, build_answer
from mspike.record import RecordError, read_records

PATIENTS = Path(__file__).resolve().parents[2] / "examples" / "patients"
NAMES = sorted(folder.name for folder in PATIENTS.iterdir() if folder.is_dir())


@cache
def example_answer(name: str) -> Answer:
    """The answer to one example. Shared: not to be changed by a test."""
    knowledge = load_knowledge()
    (record,) = read_records([str(PATIENTS / name / "record.yaml")])
    if isinstance(record, RecordError):
        raise record
    return build_answer(derive_state(record, knowledge, settle(knowledge, ())))
