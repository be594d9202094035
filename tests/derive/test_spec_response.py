"""Every row of spec/response.md and spec/relapse.md holds."""

from __future__ import annotations

import pytest

from derive.sampled import said, state_of
from spec_tables import SPEC, Row, read_rows

ROWS = [row for page in ("response", "relapse") for row in read_rows(SPEC / f"{page}.md")]


@pytest.mark.parametrize("row", ROWS, ids=[row.id for row in ROWS])
def test_row(row: Row) -> None:
    state = state_of(row.given)
    found = {column: said(state, column) for column in row.expected}
    wanted = {
        column: " ".join(sorted(text.split())) if column == "flags" else text for column, text in row.expected.items()
    }
    assert found == wanted


def test_case_names_differ_within_a_table() -> None:
    seen = [(row.file, row.table, row.cells["case"]) for row in ROWS]
    assert len(seen) == len(set(seen))
