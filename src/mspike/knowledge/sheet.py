"""A review sheet that a clinician fills in, and its way back into the file.

`write_sheet` makes a table (CSV, opens in any spreadsheet): one row a statement, with empty columns `agree` and
`comment`. `read_sheet` reads it back; `apply_review` takes a sheet in which every row is agreed to, signed with a
name and a day, and makes the file's statements `clinician-reviewed`. The author cannot be the reviewer.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import msgspec

from mspike.knowledge.files import DATA, KnowledgeError, review_of, write_whole
from mspike.knowledge.lints.finding import is_day
from mspike.knowledge.lints.reviews import person
from mspike.knowledge.model import Knowledge
from mspike.knowledge.statements import Statement, statements_of

HEAD = ("file", "reviewer", "reviewed on")
SAID = ("where", "statement", "effect", "holds when", "source", "locator", "date", "status")
COLUMNS = (*SAID, "agree", "comment", "seal")
YES = ("yes", "y", "ja", "oui")


class Sheet(msgspec.Struct, frozen=True):
    """A sheet as it came back."""

    file: str
    reviewer: str
    reviewed_on: str
    rows: tuple[dict[str, str], ...]

    @property
    def open(self) -> list[dict[str, str]]:
        """Rows not agreed to."""
        return [row for row in self.rows if row["agree"].strip().casefold() not in YES]


def write_sheet(knowledge: Knowledge, file: str) -> str:
    """The sheet as CSV text. KnowledgeError for a file without statements."""
    found = statements_of(knowledge, file)
    if not found:
        raise KnowledgeError(f"{file}: no such file, or it holds no statement to review")
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    for cells in (HEAD, (file,), COLUMNS):
        table.writerow((*cells, *[""] * (len(COLUMNS) - len(cells))))
    for s in found:
        source = knowledge.sources[s.source.id]
        place = "; ".join(part for part in (s.source.at, source.locator) if part)
        table.writerow((s.where, s.says, s.effect, s.when, source.title, place, source.date, s.status, "", "", seal(s)))
    return out.getvalue()


def seal(statement: Statement) -> str:
    """A mark of all that the reviewer agrees to: it differs once a word, condition or source does.

    Spreadsheets rewrite dates and numbers, so the columns themselves cannot be compared.
    """
    s = statement
    text = "\0".join((s.file, s.place, s.says, s.effect, s.when, s.source.id, s.source.at))
    return "s" + hashlib.blake2b(text.encode(), digest_size=5).hexdigest()


def read_sheet(text: str, knowledge: Knowledge) -> Sheet:
    """A filled-in sheet. KnowledgeError where it is unsigned, changed, or not of this knowledge."""
    delimiter = next(
        (sign for sign in ";\t" if text.lstrip('\ufeff"').startswith(("file" + sign, 'file"' + sign))), ","
    )
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=delimiter))
    if len(rows) < 4 or tuple(rows[0][:3]) != HEAD or tuple(rows[2]) != COLUMNS:
        raise KnowledgeError("not a review sheet: its first three rows must be as `knowledge sheet` wrote them")
    file, reviewer, day = (cell.strip() for cell in rows[1][:3])
    body = tuple(dict(zip(COLUMNS, (*row, *[""] * len(COLUMNS)), strict=False)) for row in rows[3:] if any(row))
    if not reviewer:
        raise KnowledgeError(f"{file}: the sheet is not signed; write the reviewer's name in row 2")
    if not is_day(day) or dt.date.fromisoformat(day) > dt.date.today():
        raise KnowledgeError(f"{file}: the day of review reads {day!r}; write it as YYYY-MM-DD, today or earlier")
    expected = {seal(s): s.where for s in statements_of(knowledge, file)}
    given = {row["seal"].strip(): row["where"] for row in body}
    changed = {row["where"] for row, s in _pairs(body, knowledge, file) if _plain(row["statement"]) != _plain(s.says)}
    odd = sorted({(expected | given)[key] for key in expected.keys() ^ given.keys()} | changed)
    if odd or len(body) != len(given):
        raise KnowledgeError(
            f"{file}: the sheet and the file differ at {'; '.join(odd[:3]) or 'a row'}: make a new sheet"
        )
    return Sheet(file, reviewer, day, body)


def _pairs(
    body: tuple[dict[str, str], ...], knowledge: Knowledge, file: str
) -> Iterator[tuple[dict[str, str], Statement]]:
    sealed = {seal(s): s for s in statements_of(knowledge, file)}
    return ((row, sealed[row["seal"].strip()]) for row in body if row["seal"].strip() in sealed)


def _plain(text: str) -> str:
    return " ".join(text.split())


def open_rows(sheet: Sheet) -> Iterator[str]:
    """What is still to settle, as text."""
    for row in sheet.open:
        comment = f"; {row['comment']}" if row["comment"] else ""
        yield f"{row['where']}: {row['agree'] or 'not answered'}{comment}"


def apply_review(sheet: Sheet, data: Path = DATA) -> Path:
    """Writes the review into the file. KnowledgeError if a row is open or the reviewer wrote or checked the file."""
    from mspike.knowledge.edit import reviewed

    if sheet.open:
        raise KnowledgeError(
            f"{sheet.file}: {len(sheet.open)} of {len(sheet.rows)} statements are not agreed to, the first: "
            f"{sheet.open[0]['where']}. Change the file or settle the comment, then make a new sheet"
        )
    path = data / f"{sheet.file}.yaml"
    text = path.read_text(encoding="utf-8")
    review = review_of(sheet.file, text)
    if person(sheet.reviewer) in (person(review.drafted_by), person(review.checked_by)):
        raise KnowledgeError(f"{sheet.file}: {sheet.reviewer} wrote or checked it and cannot be its reviewer")
    text = reviewed(text, sheet.reviewer, sheet.reviewed_on)
    review_of(sheet.file, text)  # it still reads
    write_whole(path, text.encode())
    return path
