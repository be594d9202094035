"""Reads the tables of a spec page: each heading is a table's name, each row a case.

Columns: `case`, what is given, what is expected (`-> name`), and `because`, which is mandatory. A cell may hold `\\|`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

SPEC = Path(__file__).resolve().parents[1] / "spec"


class Row(msgspec.Struct, frozen=True):
    file: str
    number: int
    """Line in the file."""
    table: str
    cells: dict[str, str]

    @property
    def id(self) -> str:
        return f"{self.file}:{self.number} {self.table}: {self.cells['case']}"

    @property
    def given(self) -> dict[str, str]:
        """What the case gives: the filled cells that are neither its name, nor expected, nor the reason."""
        known = ("case", "because")
        return {k: v for k, v in self.cells.items() if v and k not in known and not k.startswith("->")}

    @property
    def expected(self) -> dict[str, str]:
        """Expected columns without their arrow; an empty cell expects nothing."""
        return {k[2:].strip(): v for k, v in self.cells.items() if v and k.startswith("->")}


def read_rows(path: Path) -> Iterator[Row]:
    """Every row of every table of one page that has a `case` column. Raises ValueError for a table that is off."""
    table, head = "", None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("#"):
            table = line.lstrip("#").strip()
        if not line.startswith("|"):
            head = None
            continue
        cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip()[1:-1])]
        if head is None:
            head = cells
        elif "case" in head and not set("".join(cells)) <= set("-: "):
            if len(cells) != len(head):
                raise ValueError(f"{path.name}:{number}: {len(cells)} cells under {len(head)} columns")
            row = Row(path.stem, number, table, dict(zip(head, cells, strict=True)))
            if not row.cells.get("because") or not row.expected:
                raise ValueError(f"{path.name}:{number}: a row says what is expected, and because of what")
            yield row
