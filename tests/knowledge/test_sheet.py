"""The review sheet and its way back: nothing is marked as reviewed that a named clinician did not agree to."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mspike.knowledge.check import check
from mspike.knowledge.edit import reviewed
from mspike.knowledge.files import KnowledgeError, load_text, read_knowledge
from mspike.knowledge.model import Knowledge
from mspike.knowledge.sheet import COLUMNS, apply_review, open_rows, read_sheet, write_sheet
from mspike.knowledge.statements import reviews, statements, statements_of

FILE = "options/cilta-cel"
DAY = "2024-05-06"


def fill(text: str, *, agree: str = "yes", reviewer: str = "Dr Ada Example", day: str = DAY, **cells: str) -> str:
    """The sheet as a clinician sends it back; `cells` overwrites columns of the first row."""
    rows = list(csv.reader(io.StringIO(text)))
    rows[1][1:3] = [reviewer, day]
    for row in rows[3:]:
        row[COLUMNS.index("agree")] = agree
    for column, value in cells.items():
        rows[3][COLUMNS.index(column.replace("_", " "))] = value
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def test_the_sheet_shows_what_is_agreed_to(knowledge: Knowledge) -> None:
    """Each statement with its effect, its condition and its source; a label with the conditions it is met by."""
    head, who, columns, *rows = list(csv.reader(io.StringIO(write_sheet(knowledge, FILE))))
    assert (head[:3], who[:3], tuple(columns)) == (["file", "reviewer", "reviewed on"], [FILE, "", ""], COLUMNS)
    assert len(rows) == len(statements_of(knowledge, FILE))
    row = next(dict(zip(COLUMNS, row, strict=True)) for row in rows if row[0] == f"{FILE}, US from 2024-04-05")
    assert row["effect"] == "approved"
    assert row["holds when"].endswith("refractory to lenalidomide [refractory_lenalidomide])")
    assert row["source"] == knowledge.sources["carv-us24"].title
    assert knowledge.sources["carv-us24"].locator in row["locator"]
    assert (row["agree"], row["comment"]) == ("", "")


def test_round_trip(knowledge: Knowledge) -> None:
    sheet = read_sheet(fill(write_sheet(knowledge, FILE)), knowledge)
    assert (sheet.file, sheet.reviewer, sheet.reviewed_on, sheet.open) == (FILE, "Dr Ada Example", DAY, [])


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_spreadsheet_may_write_it_in_its_own_way(knowledge: Knowledge, delimiter: str) -> None:
    """Another separator, a byte order mark, quotes everywhere, and dates written anew."""
    rows = list(csv.reader(io.StringIO(fill(write_sheet(knowledge, FILE)))))
    for row in rows[3:]:
        row[COLUMNS.index("date")] = "05/04/2024"
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([*rows, [""] * len(COLUMNS)])
    assert read_sheet("\ufeff" + out.getvalue(), knowledge).open == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"reviewer": " "}, "not signed; write the reviewer's name in row 2"),
        ({"day": "06.05.2024"}, "the day of review reads '06.05.2024'; write it as YYYY-MM-DD"),
        ({"day": "2026-02-30"}, "write it as YYYY-MM-DD"),
        ({"day": "2999-01-01"}, "today or earlier"),
        ({"statement": "Something milder"}, f"the sheet and the file differ at {FILE}, version .*: make a new sheet"),
        ({"seal": ""}, "the sheet and the file differ at"),
        ({"seal": "s0123456789"}, "the sheet and the file differ at"),
    ],
)
def test_unsigned_or_altered(knowledge: Knowledge, changes: dict[str, str], says: str) -> None:
    with pytest.raises(KnowledgeError, match=says):
        read_sheet(fill(write_sheet(knowledge, FILE), **changes), knowledge)


def test_a_row_taken_out_or_doubled(knowledge: Knowledge) -> None:
    lines = fill(write_sheet(knowledge, FILE)).splitlines()
    for spoiled in (lines[:-1], [*lines, lines[-1]]):
        with pytest.raises(KnowledgeError, match="the sheet and the file differ at"):
            read_sheet("\n".join(spoiled), knowledge)


@pytest.mark.parametrize("text", ["", "file,reviewer,reviewed on", "a,b,c\n\n\n\n", "option: cilta-cel\n" * 5])
def test_not_a_sheet(knowledge: Knowledge, text: str) -> None:
    with pytest.raises(KnowledgeError, match="not a review sheet"):
        read_sheet(text, knowledge)


@pytest.mark.parametrize("field", ["says", "when", "effect", "source"])
def test_a_sheet_of_yesterday_s_file(knowledge: Knowledge, field: str) -> None:
    """The reviewer agreed to a sentence with its condition, effect and source: when one changes, the sheet is void."""
    text = fill(write_sheet(knowledge, FILE))
    option = knowledge.options["cilta-cel"]
    version = option.versions[-1]
    new: dict[str, Any] = {"says": "x", "when": "exposed_pi", "effect": "caution", "source": version.source}
    new["source"] = msgspec.structs.replace(version.source, at="page 2")
    first = msgspec.structs.replace(version.criteria[0], **{field: new[field]})
    versions = (*option.versions[:-1], msgspec.structs.replace(version, criteria=(first, *version.criteria[1:])))
    later = {**knowledge.options, "cilta-cel": msgspec.structs.replace(option, versions=versions)}
    with pytest.raises(KnowledgeError, match=f"differ at {FILE}, version 2022-02-28, criterion cartitude4-group"):
        read_sheet(text, msgspec.structs.replace(knowledge, options=later))


def test_no_sheet_of_a_file_without_statements(knowledge: Knowledge) -> None:
    for name in ("options/nothing", "sources/lit", "claims/L01"):
        with pytest.raises(KnowledgeError, match=f"^{name}: no such file, or it holds no statement"):
            write_sheet(knowledge, name)


def test_a_partly_agreed_sheet_changes_nothing(knowledge: Knowledge, data: Path) -> None:
    before = (data / f"{FILE}.yaml").read_text()
    sheet = read_sheet(fill(write_sheet(knowledge, FILE), agree="Y", comment="only with PI", status="no"), knowledge)
    assert sheet.open == []
    partly = read_sheet(fill(write_sheet(knowledge, FILE)).replace(",yes,,", ",no,not so,", 1), knowledge)
    assert list(open_rows(partly)) == [f"{FILE}, version 2022-02-28, criterion cartitude4-group: no; not so"]
    with pytest.raises(KnowledgeError, match=r"1 of \d+ statements are not agreed to, the first: options/cilta-cel"):
        apply_review(partly, data)
    unanswered = read_sheet(fill(write_sheet(knowledge, FILE), agree=""), knowledge)
    assert next(iter(open_rows(unanswered))).endswith(": not answered")
    assert (data / f"{FILE}.yaml").read_text() == before


@pytest.mark.parametrize("name", ["compilation-2026-11", "Source-Check-2026-11 "])
def test_author_and_checker_cannot_review(knowledge: Knowledge, data: Path, name: str) -> None:
    before = (data / f"{FILE}.yaml").read_text()
    sheet = read_sheet(fill(write_sheet(knowledge, FILE), reviewer=name), knowledge)
    with pytest.raises(KnowledgeError, match="wrote or checked it and cannot be its reviewer"):
        apply_review(sheet, data)
    assert (data / f"{FILE}.yaml").read_text() == before


def differences(old: Any, new: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    """(place, before, after) of everything that two YAML values do not share."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in {**old, **new}:
            yield from differences(old.get(key), new.get(key), (*place, key))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (a, b) in enumerate(zip(old, new, strict=True)):
            yield from differences(a, b, (*place, str(index)))
    elif old != new:
        yield place, old, new


def test_every_file_can_be_reviewed(knowledge: Knowledge, data: Path) -> None:
    """Sheet → all yes → apply → reload: every statement of every file is reviewed, and nothing else is changed."""
    files = sorted({s.file for s in statements(knowledge)})
    assert len(files) > 200
    for file in files:
        old = (data / f"{file}.yaml").read_text()
        assert apply_review(read_sheet(fill(write_sheet(knowledge, file)), knowledge), data) == data / f"{file}.yaml"
        new = (data / f"{file}.yaml").read_text()
        for place, before, after in differences(load_text(old), load_text(new)):
            if place[-1] in ("reviewed_by", "reviewed_on"):
                assert place[:-1] == ("review",)
                assert after in ("Dr Ada Example", DAY)
            else:
                assert place[-1] == ("review" if place[0] == "availability" else "status"), (file, place)
                assert (before in (None, "draft", "source-checked"), after) == (True, "clinician-reviewed"), (
                    file,
                    place,
                )
        assert [line for line in old.splitlines() if line.startswith("#")] == [
            line for line in new.splitlines() if line.startswith("#")
        ]
    after = read_knowledge(data)
    assert {s.status for s in statements(after)} == {"clinician-reviewed"}
    assert [(s.where, s.says, s.when, s.source) for s in statements(after)] == [
        (s.where, s.says, s.when, s.source) for s in statements(knowledge)
    ]
    assert {(reviews(after)[f].reviewed_by, reviews(after)[f].reviewed_on) for f in files} == {("Dr Ada Example", DAY)}
    assert list(data.rglob(".*")) == []


def test_a_reviewed_file_passes_the_check(knowledge: Knowledge, data: Path) -> None:
    apply_review(read_sheet(fill(write_sheet(knowledge, FILE)), knowledge), data)
    after = read_knowledge(data)
    assert {s.status for s in statements_of(after, FILE)} == {"clinician-reviewed"}
    others = [[s.status for s in statements(k) if s.file != FILE] for k in (knowledge, after)]
    assert others[0] == others[1]
    assert [str(finding) for finding in check(after)] == []


def test_a_second_review_replaces_the_first(knowledge: Knowledge, data: Path) -> None:
    for reviewer, day in (("Dr Ada Example", DAY), ('Dr "B" O\'Other, MD: #2', "2024-05-07")):
        now = read_knowledge(data)
        apply_review(read_sheet(fill(write_sheet(now, FILE), reviewer=reviewer, day=day), now), data)
        review = read_knowledge(data).options["cilta-cel"].review
        assert (review.reviewed_by, review.reviewed_on) == (reviewer, day)
    assert (data / f"{FILE}.yaml").read_text().count("reviewed_by") == 1


FORMS = """\
# a comment with status: draft in it
option: x
versions:
  - from: "2020"
    criteria:
      - {id: a, says: "status: draft, they say", when: a}   # flow, without a status
      - id: b
        says: >-
          folded text, status:
          draft
        status: draft   # why
      - id: c
    known_risks:
    - {id: d, status: "draft"}
availability:
  US:
    - {from: "2020", review: draft, status: approved}
    - from: "2021"
      status: approved
review:
  drafted_by: me
  reviewed_by:
"""


def test_every_form_of_yaml() -> None:
    """Flow and block, with and without the key, quoted and empty; comments and line breaks stay as they are."""
    text = reviewed(FORMS, "Dr A", DAY)
    assert load_text(text) == {
        "option": "x",
        "versions": [
            {
                "from": "2020",
                "criteria": [
                    {"id": "a", "says": "status: draft, they say", "when": "a", "status": "clinician-reviewed"},
                    {"id": "b", "says": "folded text, status: draft", "status": "clinician-reviewed"},
                    {"id": "c", "status": "clinician-reviewed"},
                ],
                "known_risks": [{"id": "d", "status": "clinician-reviewed"}],
            }
        ],
        "availability": {
            "US": [
                {"from": "2020", "review": "clinician-reviewed", "status": "approved"},
                {"from": "2021", "status": "approved", "review": "clinician-reviewed"},
            ]
        },
        "review": {"drafted_by": "me", "reviewed_by": "Dr A", "reviewed_on": DAY},
    }
    assert text.startswith("# a comment with status: draft in it\n")
    assert "# flow, without a status\n" in text
    assert "status: clinician-reviewed   # why\n" in text
