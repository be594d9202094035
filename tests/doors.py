"""One patient through several doors: the answer, but for what a door may change.

A door may change where in its source a value stands, the name of that source, and the data-quality report. Pointers are
replaced by those of the case file, as the JSON has them; everything else is compared byte for byte.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from mspike.derive import derive_state
from mspike.knowledge import load_knowledge, settle
from mspike.options import build_answer
from mspike.record import Record, RecordError, read_records
from mspike.report import finish, render_json

ROOT = Path(__file__).resolve().parents[1]
PATIENTS = sorted((ROOT / "examples" / "patients").glob("*/record.yaml"))
LISTS = ("conditions", "measurements", "treatments", "procedures", "assessments", "diagnoses", "lines")


def read_one(source: str | Path, **how: Any) -> Record:
    """The one record of a source."""
    (record,) = read_records([source], **how)
    assert not isinstance(record, RecordError), record.as_json()
    return record


@cache
def typed(file: Path) -> Record:
    """The record of a case file."""
    return read_one(file)


def answer(record: Record) -> bytes:
    knowledge = load_knowledge()
    return render_json(finish(build_answer(derive_state(record, knowledge, settle(knowledge)))))


def pointers(record: Record, as_typed: Record) -> dict[bytes, bytes]:
    """Where an entry stands in the source → where the case file has it. The entries must come in the same order."""
    found: dict[bytes, bytes] = {}
    for name in LISTS:
        ours, theirs = getattr(as_typed, name) or (), getattr(record, name) or ()
        assert len(ours) == len(theirs), f"{name}: {len(ours)} typed, {len(theirs)} read"
        for one, other in zip(ours, theirs, strict=True):
            found[other.at.encode()] = one.at.encode()
    return found


def same_answer(record: Record, as_typed: Record) -> None:
    """Asserts that both records have one answer."""
    known = pointers(record, as_typed)
    listed = b"|".join(re.escape(at) for at in known) or b"(?!)"
    theirs = re.sub(
        rb'"(' + listed + rb')(\.[a-z_]+)?"', lambda m: b'"' + known[m[1]] + (m[2] or b"") + b'"', answer(record)
    )
    assert without_source(theirs, record) == without_source(answer(as_typed), as_typed)


def without_source(text: bytes, record: Record) -> bytes:
    return text.replace(record.origin.encode(), b"SOURCE")
