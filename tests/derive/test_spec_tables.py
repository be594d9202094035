"""Every row of spec/refractoriness.md, spec/status.md and spec/lines.md holds."""

from __future__ import annotations

import pytest

from derive.written import said, state_of
from spec_tables import SPEC, Row, read_rows

SETS = ("refractory", "not known", "exposed", "intolerant", "intolerance not known", "classes", "flags", "grew on")
ROWS = [row for page in ("refractoriness", "status", "lines") for row in read_rows(SPEC / f"{page}.md")]


@pytest.mark.parametrize("row", ROWS, ids=[row.id for row in ROWS])
def test_row(row: Row) -> None:
    state = state_of(row.given)
    assert {column: words(column, said(state, column)) for column in row.expected} == {
        column: words(column, text) for column, text in row.expected.items()
    }


def words(column: str, text: str) -> str:
    """The text; of a set of words, in one order."""
    return " ".join(sorted(text.split())) if column in SETS else text


def test_case_names_differ_within_a_table() -> None:
    seen = [(row.file, row.table, row.cells["case"]) for row in ROWS]
    assert len(seen) == len(set(seen))
