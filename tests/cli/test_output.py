"""Where answers go: every format, to the screen, to a file, to a folder, to a reader that stops listening."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from cli.conftest import PATIENTS, SCRIPT
from mspike import cli_output

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


@pytest.mark.parametrize("format", ["text", "json"])
def test_a_file_keeps_its_mode(mspike, work, good, format):
    (work / "answer").write_text("before", encoding="utf-8")
    (work / "answer").chmod(0o600)
    mspike("options", good, "--format", format, "--out", "answer")
    assert (work / "answer").stat().st_mode & 0o777 == 0o600
    assert (work / "answer").read_text(encoding="utf-8") != "before"


def test_what_was_anothers_file_is_open_to_nobody_else(work, monkeypatch):
    def refused(*_: object) -> None:
        raise PermissionError

    for name in ("old", "new"):
        (work / name).touch(mode=0o644)
    monkeypatch.setattr(os, "chown", refused)
    cli_output.who_may(str(work / "new"), str(work / "old"))
    assert (work / "new").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("format", ["text", "json"])
@pytest.mark.parametrize("there", [True, False])
def test_a_link_stays_and_its_file_is_replaced(mspike, work, good, format, there):
    (work / "folder").mkdir()
    if there:
        (work / "folder" / "real").write_text("before", encoding="utf-8")
    (work / "link").symlink_to(Path("folder") / "real")
    mspike("options", good, "--format", format, "--out", "link")
    assert (work / "link").is_symlink()
    assert (work / "folder" / "real").read_text(encoding="utf-8") == mspike("options", good, "--format", format).out
    assert [file.name for file in (work / "folder").iterdir()] == ["real"]


@pytest.mark.parametrize("format", ["text", "json"])
@pytest.mark.parametrize("name", ["pipe", "link"])
def test_a_pipe_or_a_device_is_never_replaced(mspike, work, good, format, name):
    os.mkfifo(work / "pipe")
    (work / "link").symlink_to("pipe")
    said = mspike("options", good, "--format", format, "--out", name, code=2)
    assert said.err == f"mspike: --out {name}: is no file; name one, or leave --out out\n"
    assert (work / "pipe").is_fifo()
    assert (work / "link").is_symlink()


def test_a_pipe_in_a_folder_is_never_replaced(mspike, work):
    (work / "pages").mkdir()
    os.mkfifo(work / "pages" / "a.json")
    said = mspike("options", "-", "--format", "fhir", "--out", "pages", stdin=SMALL.format("a"), code=2)
    assert "--out pages/a.json: is no file" in said.err
    assert (work / "pages" / "a.json").is_fifo()


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
    assert run.returncode == 2
    assert run.stderr.splitlines()[-1] == "mspike: the output cannot be written (No space left on device)"
    assert len(run.stderr.splitlines()) == 2


def test_a_log_that_nobody_can_take(good):
    command = [str(SCRIPT), "options", str(good), "--format", "ndjson"]
    with open("/dev/full", "w") as full:
        run = subprocess.run(command, stdout=subprocess.PIPE, stderr=full)
    assert run.returncode == 0
    assert json.loads(run.stdout)["id"] == good.parent.name


# -- a stream that the caller closed


def shell(closing: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """The program with streams closed by a shell: `>&-` stdout, `2>&-` stderr, `<&-` stdin."""
    command = ["sh", "-c", f'exec "$0" "$@" {closing}', SCRIPT, *arguments]
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("closing", [">&-", "<&- >&-"])
@pytest.mark.parametrize("format", ["text", "json", "ndjson"])
def test_standard_output_is_closed(good, closing, format):
    run = shell(closing, "options", good, "--format", format)
    assert run.returncode == 2
    assert run.stderr.splitlines()[1:] == ["mspike: the output cannot be written (it is closed)"]


def test_standard_output_is_closed_to_a_list():
    run = shell(">&-", "demo", "--list")
    assert (run.returncode, run.stderr) == (2, "mspike: the output cannot be written (it is closed)\n")


def test_a_file_needs_no_standard_output(work, good):
    run = shell("<&- >&- 2>&-", "options", good, "--format", "json", "--out", work / "answer.json")
    assert run.returncode == 0
    assert json.loads((work / "answer.json").read_text(encoding="utf-8"))["options"]


def test_the_log_never_goes_where_the_answer_goes(good):
    run = shell("2>&-", "options", good, "--format", "json")
    assert (run.returncode, json.loads(run.stdout)["id"]) == (0, good.parent.name)


@pytest.mark.parametrize(("closing", "reason"), [("<&-", "it is closed"), ("0>/dev/null", "Bad file descriptor")])
def test_standard_input_is_closed(good, closing, reason):
    run = shell(closing, "options", "-", good, "--format", "ndjson")
    refusal, answer = map(json.loads, run.stdout.splitlines())
    assert run.returncode == 3
    assert refusal["error"] == f"standard input cannot be read ({reason})"
    assert answer["id"] == good.parent.name


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


NAMES = {b"e\x1b[31m.yaml": "e\\u001b[31m", "r\u202e.yaml".encode(): "r\\u202e", b"l\xe9.yaml": "l\\udce9",
         b"n\nread: x.yaml": "n\\u000aread: x"}  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=["escape", "direction", "not UTF-8", "two lines"])
@pytest.mark.parametrize("format", ["text", "json", "html", "fhir"])
def test_a_file_name_with_what_no_screen_can_show(mspike, work, name, format):
    """It stands as its number, on stderr and in the answer; read and refused alike."""
    shown = NAMES[name]
    for content, code in (("schema: mspike-case/1\nas_of: 2026-10-30\n", 0), ("schema: none\n", 3)):
        (work / os.fsdecode(name)).write_text(content, encoding="utf-8")
        said = mspike("options", os.fsdecode(name), "--format", format, code=code)
        assert said.err.startswith(f"{'refused' if code else 'read'}: {shown}.yaml (YAML case file)")
        assert len(said.err.splitlines()) == 1
        assert all(char == "\n" or char.isprintable() for char in said.err)
        if format == "text" and code:
            assert said.out.startswith(f"{shown}.yaml: not read")
        if format == "json":
            assert said.json["record" if code else "id"] == shown + (".yaml" if code else "")


def test_a_message_with_what_no_screen_can_show(mspike, good):
    assert "--out none\\u001b[31m/a: the folder" in mspike("options", good, "--out", "none\x1b[31m/a", code=2).err
