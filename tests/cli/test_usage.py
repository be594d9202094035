"""Wrong usage: exit 2, a message that says what to write instead, nothing on stdout, nothing written."""

from __future__ import annotations

import os

import pytest

WRONG = {
    "no record": (["options"], "RECORD"),
    "unknown command": (["optons", "a.yaml"], "Did you mean 'options'?"),
    "unknown option": (["options", "a.yaml", "--contry", "US"], "--country"),
    "unknown format": (["options", "a.yaml", "--format", "pdf"], "'ndjson'"),
    "a format that state has not": (["state", "a.yaml", "--format", "html"], "'ndjson'"),
    "unknown country": (["options", "a.yaml", "--country", "FR"], "'US', 'EU', 'UK'"),
    "as-of is no date": (["options", "a.yaml", "--as-of", "yesterday"], "YYYY-MM-DD"),
    "as-of is no day": (["options", "a.yaml", "--as-of", "2026-06"], "YYYY-MM-DD"),
    "as-of is not in the calendar": (["options", "a.yaml", "--as-of", "2026-02-30"], "the calendar has no such day"),
    "policy without a value": (["options", "a.yaml", "--policy", "refractory_drug"], "KEY=VALUE"),
    "unknown policy": (
        ["options", "a.yaml", "--policy", "refractory_drugs=against"],
        "Did you mean 'refractory_drug'?",
    ),
    "policy with a wrong word": (["options", "a.yaml", "--policy", "refractory_drug=maybe"], "rules-out, against"),
    "policy with no number": (["options", "a.yaml", "--policy", "refractory_window_days=long"], "is not a number"),
    "unknown path": (["options", "a.yaml", "--path", "pills"], "there are: drug-combination, car-t"),
    "a choice of text for JSON": (["options", "a.yaml", "--all-reasons", "--format", "json"], "choose from the text"),
    "several pages on the screen": (["options", "a.yaml", "b.yaml", "--format", "html"], "--out FOLDER"),
    "out in no folder": (["options", "a.yaml", "--out", "none/a.txt"], "does not exist"),
    "out is a folder": (["options", "a.yaml", "--out", "."], "is a folder"),
    "out is the record": (["options", "a.yaml", "--out", "./a.yaml"], "is one of the records"),
    "unknown example": (["demo", "nobody"], "first-relapse-lenalidomide"),
    "unknown knowledge id": (["knowledge", "show", "cilta-sel"], "Did you mean 'cilta-cel'?"),
    "diff of one day": (["knowledge", "diff", "--as-of", "2024-04-01"], "twice"),
}


@pytest.mark.parametrize("name", WRONG, ids=[name.replace(" ", "-") for name in WRONG])
def test_wrong_usage(mspike, work, good, name):
    arguments, hint = WRONG[name]
    for file in ("a.yaml", "b.yaml"):
        (work / file).write_bytes(good.read_bytes())
    said = mspike(*arguments, code=2)
    assert hint in said.err
    assert said.out == ""
    assert {file.name for file in work.iterdir()} == {"a.yaml", "b.yaml"}
    assert (work / "a.yaml").read_bytes() == good.read_bytes()


@pytest.mark.skipif(not os.path.exists("/proc/version"), reason="wants a file system that nobody may write to")
def test_out_where_nobody_may_write(mspike, good):
    said = mspike("options", good, "--format", "json", "--out", "/proc/answer.json", code=2)
    assert "--out /proc/answer.json: cannot be written" in said.err


def test_html_for_a_stream_of_several(mspike, work, good):
    """How many records a stream has shows only while it is read: still no half output."""
    two = "schema: mspike-case/1\nid: a\nas_of: 2026-10-30\n---\nschema: mspike-case/1\nid: b\nas_of: 2026-10-30\n"
    for more in ([], ["--out", "page.html"]):
        said = mspike("options", "-", "--format", "html", *more, stdin=two, code=2)
        assert "--out FOLDER" in said.err
        assert said.out == ""
        assert list(work.iterdir()) == []
