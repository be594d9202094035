"""A review sheet that a clinician fills in, and its way back into the file.

`write_sheet` makes a table (CSV, opens in any spreadsheet): one row a statement, with empty columns `agree` and
`comment`. `read_sheet` reads it back; a sheet in which every row is agreed to, signed with a name and a day,
makes the file's statements `clinician-reviewed`. The author cannot be the reviewer.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path

import msgspec

from mspike.knowledge.files import DATA, FOLDERS, KnowledgeError, convert, load_text
from mspike.knowledge.model import Knowledge
from mspike.knowledge.statements import Statement, statements

COLUMNS = ("where", "statement", "holds when", "source", "locator", "date", "status", "agree", "comment")
HEAD = ("file", "reviewer", "reviewed on")


class Sheet(msgspec.Struct, frozen=True):
    """A sheet as it came back."""

    file: str
    reviewer: str
    reviewed_on: str
    rows: tuple[dict[str, str], ...]

    @property
    def open(self) -> list[dict[str, str]]:
        """Rows not agreed to."""
        return [row for row in self.rows if row["agree"].strip().lower() not in ("yes", "y")]


def rows_of(knowledge: Knowledge, file: str) -> list[Statement]:
    """The statements of one file, `options/cilta-cel`."""
    return [s for s in statements(knowledge) if s.where.split(",")[0] == file]


def write_sheet(knowledge: Knowledge, file: str) -> str:
    """The sheet as CSV text. KnowledgeError for a file without statements."""
    found = rows_of(knowledge, file)
    if not found:
        raise KnowledgeError(f"{file}: no such file, or it holds no statement to review")
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow((*HEAD, "", "", "", "", "", ""))
    table.writerow((file, "", "", "", "", "", "", "", ""))
    table.writerow(COLUMNS)
    for s in found:
        source = knowledge.sources[s.source.id]
        table.writerow(
            (s.where, s.says, s.when, source.title, s.source.at or source.locator, source.date, s.status, "", "")
        )
    return out.getvalue()


def read_sheet(text: str, knowledge: Knowledge) -> Sheet:
    """A filled-in sheet. KnowledgeError where it is unsigned, changed, or not of this knowledge."""
    rows = list(csv.reader(io.StringIO(text)))
    if len(rows) < 4 or tuple(rows[0][:3]) != HEAD or tuple(rows[2]) != COLUMNS:
        raise KnowledgeError("not a review sheet: its first three rows must be as `knowledge sheet` wrote them")
    file, reviewer, day = (cell.strip() for cell in rows[1][:3])
    body = tuple(dict(zip(COLUMNS, row, strict=False)) for row in rows[3:] if any(row))
    if not reviewer:
        raise KnowledgeError(f"{file}: the sheet is not signed; write the reviewer's name in row 2")
    try:
        dt.date.fromisoformat(day)
    except ValueError:
        raise KnowledgeError(f"{file}: the day of review reads {day!r}; write it as YYYY-MM-DD") from None
    expected = {(s.where, s.says) for s in rows_of(knowledge, file)}
    given = {(row["where"], row["statement"]) for row in body}
    if expected != given:
        odd = sorted(w for w, _ in expected ^ given)[:3]
        raise KnowledgeError(f"{file}: the sheet and the file differ at {'; '.join(odd)}: make a new sheet")
    return Sheet(file, reviewer, day, body)


def apply_review(sheet: Sheet, data: Path = DATA) -> Path:
    """Writes the review into the file. KnowledgeError if a row is open or the reviewer wrote the file."""
    if sheet.open:
        raise KnowledgeError(
            f"{sheet.file}: {len(sheet.open)} of {len(sheet.rows)} statements are not agreed to, the first: "
            f"{sheet.open[0]['where']}. Change the file or settle the comment, then make a new sheet"
        )
    path = data / f"{sheet.file}.yaml"
    text = path.read_text(encoding="utf-8")
    folder = sheet.file.split("/")[0]
    review = convert(load_text(text), FOLDERS[folder], sheet.file).review  # type: ignore[attr-defined]
    if sheet.reviewer in (review.drafted_by, review.checked_by):
        raise KnowledgeError(f"{sheet.file}: {sheet.reviewer} wrote or checked it and cannot be its reviewer")
    text = re.sub(r"\b(status|review): (draft|source-checked)\b", r"\1: clinician-reviewed", text)
    text = _sign(text, sheet)
    convert(load_text(text), FOLDERS[folder], sheet.file)
    _replace(path, text)
    return path


def _sign(text: str, sheet: Sheet) -> str:
    signed = f"reviewed_by: {_quote(sheet.reviewer)}, reviewed_on: {_quote(sheet.reviewed_on)}"
    text = re.sub(r",? ?reviewed_(?:by|on): (?:null|\"[^\"]*\"|[^,}\n]+)", "", text)
    return re.sub(r"^(review: \{.*?)\}\s*$", lambda m: f"{m[1]}, {signed}}}", text, count=1, flags=re.M)


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _replace(path: Path, text: str) -> None:
    """Whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".review-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def open_rows(sheet: Sheet) -> Iterable[str]:
    """What is still to settle, as text."""
    return (f"{row['where']}: {row['agree'] or 'not answered'}; {row['comment']}" for row in sheet.open)
