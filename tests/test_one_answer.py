"""Each example patient in every form: one answer, but for source pointers and the data-quality report."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from doors import PATIENTS, ROOT, same_answer, typed
from mspike.record import Record, read_records

FORMS = ("fhir", "ndjson", "omop", "csv")


@cache
def read(form: str) -> dict[str, Record]:
    """Every patient of `examples/FORM`, by id."""
    found = list(read_records([ROOT / "examples" / form], every=True))
    assert all(isinstance(record, Record) for record in found), found
    return {record.id: record for record in found if isinstance(record, Record)}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("file", PATIENTS, ids=lambda file: file.parent.name)
def test_one_answer(file: Path, form: str) -> None:
    record = read(form)[file.parent.name]
    same_answer(record, typed(file))
    assert record.quality is not None
    assert (record.quality.refused, record.quality.unmapped) == ((), ())


@pytest.mark.parametrize("form", FORMS)
def test_ten_people(form: str) -> None:
    assert sorted(read(form)) == [file.parent.name for file in PATIENTS]
