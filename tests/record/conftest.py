"""A case from a few keys, read as a file would be: `good(...)` gives its Record, `bad(...)` its RecordError."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest

from mspike.record import Record, RecordError, read_case

TODAY = dt.date(2026, 11, 21)


def read_text(text: str | bytes, name: str = "case.yaml") -> list[Record | RecordError]:
    return list(read_case(text, name, today=TODAY))


def one(given: str | bytes | dict[str, Any], **more: Any) -> Record | RecordError:
    if isinstance(given, dict):
        whole = {"schema": "mspike-case/1", "as_of": "2026-06-30", **given, **more}
        (found,) = read_text(json.dumps(whole), "case.json")
    else:
        (found,) = read_text(given)
    return found


@pytest.fixture(scope="session")
def good() -> Callable[..., Record]:
    def read(given: Any = None, **more: Any) -> Record:
        found = one(given or {}, **more)
        assert isinstance(found, Record), found.as_json()
        return found

    return read


@pytest.fixture(scope="session")
def bad() -> Callable[..., RecordError]:
    def read(given: Any = None, **more: Any) -> RecordError:
        found = one(given if given is not None else {}, **more)
        assert isinstance(found, RecordError), found
        assert found.rule
        assert found.hint
        return found

    return read
