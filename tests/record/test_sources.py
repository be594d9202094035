"""Files, standard input, several records in one: each answered in order, in its place."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import time

import pytest

from mspike.knowledge import load_codes
from mspike.record import Record, RecordError, read_case, read_records

HEAD = "schema: mspike-case/1\nas_of: 2026-06-30\n"
TODAY = dt.date(2026, 11, 21)


@pytest.fixture
def write(tmp_path):
    def file(name: str, text: str | bytes) -> str:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    return file


def ids(found):
    return [r.id if isinstance(r, Record) else r.rule for r in found]


def test_several_documents_and_a_broken_one_between(write):
    file = write("many.yaml", f"{HEAD}id: a\n---\n{HEAD}id: [\n---\n{HEAD}\n---\n{HEAD}country: JP\nid: d\n---\n")
    found = list(read_records([file]))
    assert ids(found) == ["a", "not readable as YAML", "many-3", "no such country"]
    assert [r.record for r in found if isinstance(r, RecordError)] == ["many-2", "d"]
    assert found[0].origin.endswith("many.yaml (YAML case file, record 1)")
    assert found[1].at.startswith("line 8")  # where the bracket is missed
    assert found[3].line == 15


def test_a_leading_marker_comments_and_directives_make_no_second_record(write):
    file = write("one.yaml", f"%YAML 1.2\n# a comment\n---\n{HEAD}...\n")
    (record,) = read_records([file])
    assert (record.id, record.origin) == ("one", f"{file} (YAML case file)")


def test_lines_of_json(write):
    good = json.dumps({"schema": "mspike-case/1", "as_of": "2026-06-30"})
    file = write("many.ndjson", f"{good}\n\n{{broken\n{good}\n")
    found = list(read_records([file]))
    assert ids(found) == ["many-1", "not readable as JSON", "many-3"]
    assert found[1].at == "line 3, column 2"
    assert found[0].origin.endswith("(NDJSON case file, record 1)")


@pytest.mark.parametrize(
    ("name", "text", "spoken"),
    [
        ("x.yaml", HEAD, "YAML"),
        ("x.yml", HEAD, "YAML"),
        ("x.txt", HEAD, "YAML"),
        ("x", '{"schema": "mspike-case/1"}', "JSON"),
        ("x.json", '{\n"schema": "mspike-case/1"\n}\n', "JSON"),
        ("x.yaml", '{"schema": "mspike-case/1"}', "YAML"),
        ("x.json", '{"schema": "mspike-case/1"}\n{"schema": "mspike-case/1"}\n', "NDJSON"),
        ("x", '{"schema": "mspike-case/1"}\n{"schema": "mspike-case/1"}\n', "NDJSON"),
        ("x.jsonl", '{"schema": "mspike-case/1"}\n', "NDJSON"),
    ],
)
def test_the_kind_is_detected_and_said(write, name, text, spoken):
    file = write(name, text)
    for record in read_records([file]):
        assert isinstance(record, Record)
        assert record.origin.startswith(f"{file} ({spoken} case file")


def test_standard_input_once():
    text = io.BytesIO(f"{HEAD}---\n{HEAD}".encode())
    found = list(read_records(["-", "-"], stdin=text))
    assert ids(found) == ["stdin-1", "stdin-2", "standard input is named twice"]


def test_one_bad_file_never_stops_the_others(write, tmp_path):
    good = [write("a.yaml", HEAD), write("b.json", '{"schema": "mspike-case/1"}')]
    missing, folder = str(tmp_path / "none.yaml"), tmp_path / "empty"
    folder.mkdir()
    found = list(read_records([missing, good[0], folder, "bad\0name", "", good[1]], today=TODAY))
    assert ids(found) == [
        "no such file", "a", "a folder in which nothing can be read", "a file that cannot be read (not a path)",
        "no such file", "b",
    ]  # fmt: skip
    assert found[0].record == missing
    assert "FHIR" in found[2].hint


def test_a_folder_of_case_files(write, tmp_path):
    write("a.yaml", HEAD)
    (several_or_one,) = read_records([tmp_path], today=TODAY)
    assert several_or_one.id == "a"
    write("b.json", '{"schema": "mspike-case/1"}')
    write("bad.yaml", "schema: other\n")
    (error,) = read_records([tmp_path], today=TODAY)
    assert (error.rule, error.hint) == ("several patients in it", "name them with --patient ID, or give --all")
    assert ids(read_records([tmp_path], today=TODAY, every=True)) == [
        "a", "b", "another schema than this version reads",
    ]  # fmt: skip
    assert ids(read_records([tmp_path], today=TODAY, patients=["b", "nobody"])) == [
        "b", "another schema than this version reads", "no such patient",
    ]  # fmt: skip


def test_a_second_record_with_the_same_id_is_refused(write):
    one, other = write("a.yaml", HEAD + "id: P1\n"), write("b.yaml", HEAD + "id: P1\n")
    first, second = read_records([one, other])
    assert isinstance(first, Record)
    assert (second.at, second.rule, second.record) == ("id", "a second record with the id of an earlier one", "P1")
    assert one in second.hint
    assert ids(read_records([one, one]))[1] == second.rule


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("x.xlsx", "a spreadsheet"),
        ("x.PDF", "a PDF"),
        ("x.yaml.gz", "a compressed file"),
    ],
)
def test_other_kinds_of_file_are_named(write, name, what):
    (error,) = read_records([write(name, b"...")])
    assert error.rule == f"{what}, which this version does not read"


def test_a_file_that_may_not_be_read(write, monkeypatch):
    def forbidden(*_, **__):
        raise PermissionError(13, "Permission denied")

    file = write("a.yaml", HEAD)
    monkeypatch.setattr("builtins.open", forbidden)
    (error,) = read_records([file])
    assert error.rule == "a file that may not be read"


def test_a_huge_file_is_refused_before_it_is_read(tmp_path):
    file = tmp_path / "huge.yaml"
    with file.open("wb") as handle:
        handle.truncate(200_000_000)
    began = time.perf_counter()
    (error,) = read_records([file])
    assert error.rule == "larger than 5 MB, the most that is read of one file"
    assert time.perf_counter() - began < 0.5


def test_the_size_limit_holds_for_standard_input_and_can_be_set(write):
    (error,) = read_records(["-"], stdin=io.BytesIO(b"x" * 2000), limit_bytes=1000)
    assert error.rule.startswith("larger than 0.001 MB")
    (error,) = read_records([write("a.yaml", HEAD + "#" * 2000)], limit_bytes=1000)
    assert error.rule.startswith("larger than")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_or_a_device_is_not_waited_for(tmp_path):
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    for path in (pipe, "/dev/zero"):
        (error,) = read_records([path])
        assert error.rule == "neither a file nor a folder (a pipe or a device)"
        assert "`-`" in error.hint


def test_links_that_lead_in_a_circle(tmp_path):
    (tmp_path / "a.yaml").symlink_to(tmp_path / "b.yaml")
    (tmp_path / "b.yaml").symlink_to(tmp_path / "a.yaml")
    (error,) = read_records([tmp_path / "a.yaml"])
    assert error.rule.startswith("a file that cannot be read")


def test_the_country_asked_for_wins(write):
    file = write("a.yaml", HEAD + "country: EU\n")
    (record,) = read_records([file], country="uk")
    assert record.country == "UK"
    with pytest.raises(RecordError) as refused:
        read_records([file], country="JP")
    assert (refused.value.at, refused.value.given) == ("--country", "JP")


def test_the_day_asked_for_leaves_out_what_came_later(write):
    text = (
        HEAD
        + "measurements:\n"
        + "".join(f"  - {{date: 2026-0{month}-01, test: lvef, value: 50}}\n" for month in (1, 3, 5))
    )
    (record,) = read_records([write("a.yaml", text)], as_of=dt.date(2026, 3, 15))
    assert (record.as_of, record.as_of_basis, record.left_out) == (dt.date(2026, 3, 15), "asked", 1)
    assert len(record.measurements) == 2


def test_the_day_asked_for_serves_a_record_that_gives_none(write):
    file = write("a.yaml", "schema: mspike-case/1\nlines: [{start: 2026-01}, {start: 2026-10}]\n")
    (early,) = read_records([file], as_of=dt.date(2026, 3, 15), today=TODAY)
    assert (len(early.lines), early.left_out) == (1, 1)
    (later,) = read_records([file], as_of=dt.date(2028, 1, 1), today=TODAY)
    assert (later.as_of, later.left_out) == (dt.date(2028, 1, 1), 0)
    (now,) = read_records([file], today=TODAY)
    assert (now.as_of, now.as_of_basis) == (TODAY, "today")


def test_a_record_of_yesterday_without_a_day_is_read_against_today(write):
    (error,) = read_records([write("a.yaml", "schema: mspike-case/1\nlines: [{start: 2026-12}]\n")], today=TODAY)
    assert error.rule == "dated after as_of"


def test_a_typical_case_reads_in_under_two_milliseconds(shared):
    load_codes()
    data = (shared / "cases" / "R28.yaml").read_bytes()
    list(read_case(data, "R28.yaml"))

    def once() -> float:
        began = time.perf_counter()
        list(read_case(data, "R28.yaml"))
        return time.perf_counter() - began

    assert min(once() for _ in range(20)) < 0.002
