"""Bad input: a clear refusal in the place of the answer, exit 3, the others answered, a log that tells nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

SECRET = "zanzibar"
"""Stands wherever a record can carry a value; it may come back on stdout, and never in a log."""

HEAD = f"schema: mspike-case/1\nid: {SECRET}-id\nas_of: 2026-10-30\n"
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@dataclass(frozen=True)
class Bad:
    content: str | bytes | int | None
    """Text or bytes of the file; a size in bytes; None = nothing is written."""
    rule: str
    """What the message says is wrong."""
    at: str = ""
    """Where: the path in the record, or the line."""
    given: str = ""
    """What was given, as far as it is repeated."""
    hint: str = ""
    name: str = "bad.yaml"


BAD = {
    "malformed YAML": Bad(HEAD + f"patient: {{sex: {SECRET}\n", "not readable as YAML", "line 5", "", "quotes"),
    "malformed JSON": Bad(f'{{"schema": "{SECRET}",', "not readable as JSON", "line 1", "", "brackets", "bad.json"),
    "200 MB": Bad(200_000_000, "larger than 5 MB", hint="split it into files of one record each"),
    "billion laughs": Bad(HEAD + BOMB, "anchor or alias", "line 4"),
    "deep nesting": Bad(HEAD + "lines: " + "[" * 5000 + SECRET + "]" * 5000, "nested more than 12 deep"),
    "deep FHIR": Bad(
        '{"resourceType": "Bundle", "entry": [{"resource": ' * 3000 + f'"{SECRET}"' + "}]}" * 3000,
        "nested too deep", hint="levels", name="bad.json",
    ),
    "wrong encoding": Bad((HEAD + f"# {SECRET} é").encode("latin-1"), "not UTF-8", "line 4", "0xe9", "as UTF-8"),
    "UTF-16": Bad((HEAD + SECRET).encode("utf-16"), "UTF-16", hint="as UTF-8"),
    "unknown key": Bad(HEAD + f"{SECRET}: 1\n", "no such key", given=SECRET, hint="allowed"),
    "unknown drug": Bad(
        HEAD + f"lines:\n  - {{number: 1, drugs: [{SECRET}]}}\n", "no such drug", "lines[0].drugs[0]", SECRET, "allowed"
    ),
    "unknown unit": Bad(
        HEAD + f"measurements:\n  - {{date: 2026-10-01, test: serum-m-protein, value: 12, unit: {SECRET}}}\n",
        "unit", "measurements[0].unit", SECRET, "g/L",
    ),
    "unknown country": Bad(HEAD + f"country: {SECRET}\n", "no such", "country", SECRET, "US, EU, UK"),
    "stop before start": Bad(
        HEAD + f"lines:\n  - {{number: 1, drugs: [bortezomib], start: 2024-05, stop: 2023-01}} # {SECRET}\n",
        "stop is before start", "lines[0].stop", "2023-01", "one of them is wrong",
    ),
    "line numbers with gaps": Bad(
        HEAD + f"lines:\n  - {{number: 1, drugs: [bortezomib]}} # {SECRET}\n  - {{number: 3, drugs: [lenalidomide]}}\n",
        "a line number is missing", "lines[1].number", "3", "2 comes here",
    ),
    "empty": Bad("", "an empty file", hint="schema: mspike-case/1"),
    "directory": Bad(None, "a folder in which nothing can be read", hint="case files, FHIR, or tables", name="."),
    "missing": Bad(None, "no such file", hint="look at the path", name="none.yaml"),
    "not a record": Bad(f"{SECRET}\n", "no record", given=SECRET, hint="schema: mspike-case/1"),
    "binary": Bad(b"PK\x03\x04" + SECRET.encode(), "an archive", hint="case file", name="bad.bin"),
}  # fmt: skip


@pytest.fixture(params=BAD, ids=[name.replace(" ", "-") for name in BAD])
def bad(request, work: Path) -> tuple[Bad, str]:
    """The bad input, and the path to give."""
    found = BAD[request.param]
    file = work / found.name
    if isinstance(found.content, int):
        with open(file, "wb") as sparse:
            sparse.truncate(found.content)
    elif found.content is not None:
        file.write_bytes(found.content if isinstance(found.content, bytes) else found.content.encode())
    return found, found.name


def test_the_refusal_stands_in_the_place_of_the_answer(mspike, work, good, bad):
    """As NDJSON into a file: the refusal, then the other record's answer; nothing else is left behind."""
    expected, path = bad
    before = {file.name for file in work.iterdir()}
    said = mspike("options", path, good, "--format", "ndjson", "--out", "out.ndjson", code=3)
    refusal, answer = [json.loads(line) for line in (work / "out.ndjson").read_text(encoding="utf-8").splitlines()]
    assert list(refusal) == ["schema", "record", "error", "at", "hint"]
    assert refusal["schema"] == "mspike-error/1"
    assert expected.rule in refusal["error"]
    assert expected.given in refusal["error"]
    assert refusal["at"].startswith(expected.at)
    assert expected.hint in refusal["hint"]
    assert refusal["record"]
    assert refusal["hint"]
    assert (answer["schema"], answer["id"], len(answer["options"])) == ("mspike-answer/1", good.parent.name, 70)
    assert said.out == ""
    assert {file.name for file in work.iterdir()} - before == {"out.ndjson"}
    assert_quiet(said.err, expected)


def test_the_refusal_in_words(mspike, bad):
    expected, path = bad
    said = mspike("options", path, code=3)
    assert ": not read" in said.out
    assert expected.rule in said.out
    assert expected.given in said.out
    assert expected.hint in said.out
    assert said.out.count("\n") <= 3
    assert_quiet(said.err, expected)


def assert_quiet(log: str, expected: Bad) -> None:
    """One line says file, place and rule; nothing of the record."""
    lines = [line for line in log.splitlines() if "refused" in line]
    assert len(lines) == 1
    assert expected.rule in lines[0]
    assert SECRET not in log
    for value in ("2023-01", "2024-05", "bortezomib"):
        assert value not in log


def test_two_records_with_one_id(mspike, work):
    for name in ("a", "b"):
        (work / f"{name}.yaml").write_text(HEAD, encoding="utf-8")
    said = mspike("options", "a.yaml", "b.yaml", "--format", "ndjson", code=3)
    answer, refusal = said.lines
    assert answer["id"] == f"{SECRET}-id"
    assert refusal["at"] == "id"
    assert "a second record with the id of an earlier one" in refusal["error"]
    assert "a.yaml" in refusal["hint"]
    assert SECRET not in said.err


def test_state_refuses_alike(mspike, work, good):
    (work / "bad.yaml").write_text(HEAD + f"country: {SECRET}\n", encoding="utf-8")
    refusal, state = mspike("state", "bad.yaml", good, "--format", "json", code=3).json
    assert (refusal["schema"], state["schema"]) == ("mspike-error/1", "mspike-state/1")


def test_a_refused_record_leaves_an_older_page_alone(mspike, work):
    (work / "bad.yaml").write_text(HEAD + f"country: {SECRET}\n", encoding="utf-8")
    (work / "page.html").write_text("before", encoding="utf-8")
    said = mspike("options", "bad.yaml", "--format", "html", "--out", "page.html", code=3)
    assert (work / "page.html").read_text(encoding="utf-8") == "before"
    assert ": not read" in said.out


def test_a_refused_record_is_an_operation_outcome_in_fhir(mspike):
    assert mspike("options", "none.yaml", "--format", "fhir", code=3).json["resourceType"] == "OperationOutcome"


def test_a_bad_document_among_several(mspike):
    """Each document of a stream stands for itself."""
    stream = HEAD.replace("-id", "-1") + f"---\nschema: mspike-case/1\n{SECRET}: 1\n---\n" + HEAD.replace("-id", "-3")
    said = mspike("options", "-", "--format", "ndjson", stdin=stream, code=3)
    assert [line["schema"] for line in said.lines] == ["mspike-answer/1", "mspike-error/1", "mspike-answer/1"]
    assert SECRET not in said.err
