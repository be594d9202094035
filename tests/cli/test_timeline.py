"""`mspike timeline`: the picture into a file, the tables on the screen, and what goes wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from mspike import cli_output

HEAD = "schema: mspike-case/1\nid: {}\nas_of: 2026-10-30\n"
drawn = pytest.mark.skipif(not cli_output.can_draw(), reason="the extra `chart` is not installed")


def test_tables_without_out(mspike, good):
    said = mspike("timeline", good)
    for heading in ("TREATMENT", "RESPONSES AND PROGRESSIONS", "MEASUREMENTS"):
        assert heading in said.out
    assert max(map(len, mspike("timeline", good, "--width", "60").out.splitlines())) <= 60


@drawn
@pytest.mark.parametrize(("name", "begin"), [("x.svg", b"<svg "), ("x.PNG", b"\x89PNG")])
def test_the_ending_chooses(mspike, work, good, name, begin):
    said = mspike("timeline", good, "--out", name)
    assert (work / name).read_bytes().startswith(begin)
    assert said.out == ""
    assert f"wrote {name}" in said.err


@drawn
def test_as_of_draws_the_earlier_course(mspike, work, good):
    mspike("timeline", good, "--out", "now.svg")
    mspike("timeline", good, "--out", "then.svg", "--as-of", "2026-08-01")
    assert "2026-10-12" in (work / "now.svg").read_text(encoding="utf-8")
    assert "2026-10-12" not in (work / "then.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["x.pdf", "x", "x.svg.gz", ".svg"])
def test_another_ending(mspike, work, good, name):
    said = mspike("timeline", good, "--out", name, code=2)
    assert "ends in .svg or .png" in said.err
    assert list(work.iterdir()) == []


@drawn
@pytest.mark.parametrize(("target", "hint"), [("none/x.svg", "does not exist"), ("folder.svg", "is a folder")])
def test_no_such_place(mspike, work, good, target, hint):
    (work / "folder.svg").mkdir()
    said = mspike("timeline", good, "--out", target, code=2)
    assert hint in said.err
    assert list((work / "folder.svg").iterdir()) == []


@drawn
def test_out_is_the_record(mspike, work, good):
    (work / "record.svg").write_bytes(good.read_bytes())
    said = mspike("timeline", "record.svg", "--out", "record.svg", code=2)
    assert "would be overwritten" in said.err
    assert (work / "record.svg").read_bytes() == good.read_bytes()


@drawn
def test_nothing_is_dated(mspike, work):
    said = mspike("timeline", "-", "--out", "x.svg", stdin=HEAD.format("a"), code=3)
    assert "nothing in this record is dated" in said.err
    assert list(work.iterdir()) == []
    assert "no timeline to draw" in mspike("timeline", "-", stdin=HEAD.format("a")).out


@drawn
def test_several_records(mspike, work):
    two = HEAD.format("a") + "---\n" + HEAD.format("b")
    said = mspike("timeline", "-", "--out", "x.png", stdin=two, code=2)
    assert "a picture is of one record" in said.err
    assert list(work.iterdir()) == []


@drawn
def test_a_refused_record(mspike, work):
    said = mspike("timeline", "-", "--out", "x.png", stdin="schema: another/1\n", code=3)
    assert "not read" in said.out
    assert list(work.iterdir()) == []


def test_no_record(mspike):
    assert "RECORD" in mspike("timeline", code=2).err


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(cli_output, "can_draw", lambda: False)
    with pytest.raises(SystemExit) as stopped:
        cli_output.picture(Path("x.svg"))
    assert stopped.value.code == 2
    assert "pip install 'mspike[chart]'" in capsys.readouterr().err
    assert cli_output.picture(None) == "text"
    cli_output.Output("html", None, 1)
    assert "the page has the timeline as tables" in capsys.readouterr().err
