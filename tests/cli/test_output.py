"""Where answers go: every format, to the screen, to a file, to a folder, to a reader that stops listening."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from cli.conftest import PATIENTS, SCRIPT

SMALL = "schema: mspike-case/1\nid: {}\nas_of: 2026-10-30\n"
OTHER = PATIENTS / "missing-dates" / "record.yaml"


def test_text(mspike, good):
    said = mspike("options", good)
    assert "OPTIONS TO DISCUSS  70" in said.out
    assert "\x1b" not in said.out
    assert max(map(len, said.out.splitlines())) <= 100
    assert said.err.startswith("read: ")


def test_texts_of_two_records_are_parted(mspike, good):
    assert mspike("options", good, OTHER).out.count("\n" + "=" * 60 + "\n") == 1


def test_text_of_one_path(mspike, good):
    out = mspike("options", good, "--path", "car-t", "--all-reasons").out
    assert "cilta-cel" in out
    assert "DKd" not in out


@pytest.mark.parametrize("width", [60, 80, 140])
def test_width(mspike, good, width):
    assert max(map(len, mspike("options", good, "--width", width).out.splitlines())) <= width


def test_json_of_one_and_of_two(mspike, good):
    one = mspike("options", good, "--format", "json").json
    assert one["schema"] == "mspike-answer/1"
    assert len(one["options"]) == 70
    two = mspike("options", good, OTHER, "--format", "json").json
    assert [answer["id"] for answer in two] == ["first-relapse-lenalidomide", "missing-dates"]
    assert two[0] == one


def test_ndjson_is_one_object_a_line(mspike, good):
    said = mspike("options", good, OTHER, "--format", "ndjson")
    assert [line["id"] for line in said.lines] == ["first-relapse-lenalidomide", "missing-dates"]


def test_the_same_record_gives_the_same_bytes(mspike, good):
    first, second = (mspike("options", good, "--format", "ndjson", PYTHONHASHSEED=seed).out for seed in ("1", "2"))
    assert first == second


def test_json_is_utf_8_whatever_the_terminal_speaks(mspike, good):
    said = mspike("options", good, "--format", "json", PYTHONIOENCODING="ascii")
    assert said.json == mspike("options", good, "--format", "json").json
    assert mspike("options", good, PYTHONIOENCODING="ascii").out.isascii()


def test_html(mspike, good):
    out = mspike("options", good, "--format", "html").out
    assert out.lower().startswith("<!doctype html>")
    assert out.rstrip().endswith("</html>")


def test_fhir(mspike, good):
    bundle = mspike("options", good, "--format", "fhir").json
    assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "collection")


@pytest.mark.parametrize("format", ["text", "json", "ndjson", "html", "fhir"])
def test_a_file_holds_what_the_screen_would(mspike, work, good, format):
    shown = mspike("options", good, "--format", format).out
    said = mspike("options", good, "--format", format, "--out", "answer")
    assert (work / "answer").read_text(encoding="utf-8") == shown
    assert said.out == ""
    assert "wrote answer" in said.err
    assert [file.name for file in work.iterdir()] == ["answer"]


def test_a_file_is_replaced_whole(mspike, work, good):
    (work / "answer.json").write_text("x" * 10_000_000, encoding="utf-8")
    mspike("options", good, "--format", "json", "--out", "answer.json")
    assert json.loads((work / "answer.json").read_text(encoding="utf-8"))["options"]


def test_a_file_is_no_more_open_than_the_users_others(mspike, work, good):
    (work / "other").touch()
    mspike("options", good, "--format", "json", "--out", "answer.json")
    assert (work / "answer.json").stat().st_mode == (work / "other").stat().st_mode


@pytest.mark.parametrize(("format", "ending"), [("html", ".html"), ("fhir", ".json")])
def test_a_folder_holds_a_file_for_each(mspike, work, good, format, ending):
    said = mspike("options", good, "none.yaml", OTHER, "--format", format, "--out", "pages", code=3)
    assert {file.name for file in (work / "pages").iterdir()} == {
        f"{good.parent.name}{ending}",
        f"missing-dates{ending}",
    }
    assert "no such file" in said.out


def test_two_ids_never_share_a_file(mspike, work):
    stream = "---\n".join(SMALL.format(name) for name in ("a/b", "a_b", "A_B", "../up"))
    (work / "pages").mkdir()
    mspike("options", "-", "--format", "fhir", "--out", "pages", stdin=stream)
    assert {file.name for file in (work / "pages").iterdir()} == {"a_b.json", "a_b-2.json", "A_B-3.json", "_up.json"}
    assert [file.name for file in work.iterdir()] == ["pages"]


# -- a reader that is gone, a disk that is full


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("format", ["text", "ndjson", "json"])
def test_a_broken_pipe(format, unbuffered):
    """The reader takes one line and closes: one message, and no traceback."""
    many = sorted(PATIENTS.glob("*/record.yaml"))
    command = [str(SCRIPT), "options", *map(str, many), "--format", format]
    env = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdout.readline()
        run.stdout.close()
        said = run.stderr.read()
    assert run.returncode == 3
    assert said.splitlines()[-1] == "mspike: the output was closed before every answer was written"
    assert all(line[0].isdigit() for line in said.splitlines()[:-1])


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="wants /dev/full")
@pytest.mark.parametrize("command", [["options", "--format", "text"], ["options", "--format", "json"], ["state"]])
def test_a_full_disk(command, good):
    with open("/dev/full", "w") as full:
        run = subprocess.run([str(SCRIPT), *command, str(good)], stdout=full, stderr=subprocess.PIPE, text=True)
    assert run.returncode == 3
    assert run.stderr.splitlines()[-1] == "mspike: the output cannot be written (No space left on device)"
    assert len(run.stderr.splitlines()) == 2


def test_a_log_that_nobody_can_take(good):
    command = [str(SCRIPT), "options", str(good), "--format", "ndjson"]
    with open("/dev/full", "w") as full:
        run = subprocess.run(command, stdout=subprocess.PIPE, stderr=full)
    assert run.returncode == 0
    assert json.loads(run.stdout)["id"] == good.parent.name


# -- other ways in


def test_standard_input(mspike, good):
    said = mspike("options", "-", "--format", "json", stdin=good.read_bytes())
    assert said.json == mspike("options", good, "--format", "json").json
    assert said.err.startswith("read: stdin (YAML case file)")


def test_standard_input_twice(mspike, good):
    assert "named twice" in mspike("options", "-", "-", stdin=good.read_bytes(), code=3).out


def test_ndjson_in(mspike):
    lines = "".join(json.dumps({"schema": "mspike-case/1", "id": name, "as_of": "2026-10-30"}) + "\n" for name in "abc")
    assert [line["id"] for line in mspike("options", "-", "--format", "ndjson", stdin=lines).lines] == ["a", "b", "c"]


def test_several_documents_in(mspike):
    stream = "---\n".join(SMALL.format(name) for name in "ab")
    said = mspike("options", "-", "--format", "ndjson", stdin=stream)
    assert [line["id"] for line in said.lines] == ["a", "b"]
    assert "record 2" in said.err


def test_a_file_name_with_anything_in_it(mspike, work):
    name = "pâtient — 1 *.yaml"
    Path(work / name).write_text(SMALL.format("x"), encoding="utf-8")
    assert mspike("options", name, "--format", "json").json["id"] == "x"
