"""`mspike conformance`: what it says of good runners, and of those that crash, hang or print anything at all."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MSPIKE = str(Path(sys.executable).with_name("mspike"))
STATE = [MSPIKE, "state", "--format", "ndjson"]
SOME = ["--only", "risk.iss-from-its-values"]
IDS = [
    vector["id"]
    for vector in json.loads((ROOT / "conformance" / "vectors" / "risk.json").read_text(encoding="utf-8"))["vectors"]
    if vector["id"].startswith("risk.iss-from-its-values.")
]


def runner(work: Path, code: str) -> list[str]:
    """A runner in Python: `cases` are those it was given, as text."""
    path = work / "runner.py"
    path.write_text(
        "import json, os, sys, time\n"
        "cases = [open(a).read() for a in sys.argv[1:] if a.endswith('.json')] or ([] if '-' not in sys.argv else "
        "sys.stdin.read().splitlines())\n"
        "cases = [json.loads(c) for c in cases]\n" + code,
        encoding="utf-8",
    )
    return [sys.executable, str(path)]


def test_a_good_runner_passes(mspike):
    said = mspike("conformance", *SOME, *STATE)
    assert f"all   {len(IDS)} of {len(IDS)} passed" in said.out
    assert said.out.count("passed  risk.iss-from-its-values.") == len(IDS)
    assert said.err == ""


@pytest.mark.parametrize("how", [["--stdin"], ["--each"]])
def test_the_other_ways_of_giving_cases(mspike, how):
    few = ["--only", IDS[0], "--only", IDS[-1]]
    assert "2 of 2 passed" in mspike("conformance", *how, *few, *STATE).out


def test_json_in_one_array_is_read_too(mspike):
    said = mspike("conformance", *SOME, MSPIKE, "state", "--format", "json")
    assert f"{len(IDS)} of {len(IDS)} passed" in said.out


def test_the_report_as_json(mspike, work):
    wrong = runner(work, "for c in cases: print(json.dumps({'id': c['id'], 'state': {'risk': {'iss': 'I'}}}))")
    report = mspike("conformance", "--format", "json", *SOME, *wrong, code=1).json
    assert report["schema"] == "mspike-conformance-report/1"
    assert report["totals"] == report["chapters"]["risk"]
    assert report["totals"]["passed"] + report["totals"]["failed"] == len(IDS)
    failed = [result for result in report["results"] if result["status"] == "failed"]
    assert failed[0]["findings"] == [{"at": "state.risk.iss", "expected": "II", "got": "I"}]


def test_a_policy_is_handed_over_or_left_out(mspike, work):
    told = runner(work, "print(sys.argv[1:], file=sys.stderr); sys.exit(9)")
    only = ["--only", "risk.which-values-count"]
    said = mspike("conformance", *only, *told, code=1)
    assert "ended with 9: ['--policy', 'staging_values=before-treatment', '/" in said.err
    assert "--policy" not in mspike("conformance", "--no-policies", *only, *told, code=1).err
    alone = [*only, "--only", "courses.urine-not-collected-once-flexible"][2:]
    said = mspike("conformance", "--no-policies", *alone, *told, code=2)
    assert "left out by --no-policies" in said.err


def test_options_are_judged_where_there_are_some(mspike):
    only = ["--only", "courses.options-withdrawn"]
    said = mspike("conformance", *only, *STATE)
    assert "0 of 0 passed, 1 not judged (no options in the answer)" in said.out
    assert "1 of 1 passed" in mspike("conformance", *only, MSPIKE, "options", "--format", "ndjson").out


BAD = {
    "crash": ("sys.exit('the disk is full')", "no answer: ended with 1: the disk is full"),
    "traceback": ("1 / 0", "no answer: ended with 1: ZeroDivisionError: division by zero"),
    "signal": ("os.abort()", "no answer: ended by the signal 6"),
    "nothing": ("pass", "no answer: printed nothing"),
    "garbage": ("print('hello')", "no answer: line 1 of what it printed is no JSON object"),
    "bytes": ("sys.stdout.buffer.write(bytes(range(256)) * 100)", "of what it printed is no JSON object"),
    "numbers": ("print('1\\n2')", "no answer: line 1 of what it printed is no JSON object"),
    "nested": ("print('[' * 200000)", "no answer: line 1 of what it printed is no JSON object"),
    "no id": ("print('{}')", "no answer: an answer has no id"),
    "another id": ("print(json.dumps({'id': 'x'}))", "no answer: its id is not among the answers"),
    "an id that is none": ("print(json.dumps({'id': [1]}))", "no answer: an answer has no id"),
    "twice": ("for c in cases * 2: print(json.dumps({'id': c['id']}))", "2 answers"),
    "no state": ("for c in cases: print(json.dumps({'id': c['id']}))", 'state.risk: expected {"iss": '),
    "a state that is none": (
        "for c in cases: print(json.dumps({'id': c['id'], 'state': 'x' * 9999}))",
        'state.risk: expected {"iss": ',
    ),
    "a state without end": (
        "for c in cases: print('{\"id\":\"' + c['id'] + '\",\"state\":{\"risk\":' + '[' * 600 + ']' * 600 + '}}')",
        'state.risk: expected {"iss": ',
    ),
    "half a character": (
        'for c in cases: print(\'{"id":\' + json.dumps(c[\'id\']) + \',"state":{"risk":{"iss":"\\\\ud800"}}}\')',
        "no answer: line 1 of what it printed is no JSON object",
    ),
    "refused": (
        "for c in cases: print(json.dumps({'schema': 'mspike-error/1', 'record': c['id'], 'error': 'no\\x1b[2J'}))",
        "refused: no?[2J None",
    ),
    "refused by file": (
        "for a in sys.argv[1:]: print(json.dumps({'schema': 'mspike-error/1', 'record': a, 'error': 'no'}))",
        "refused: no None",
    ),
}


@pytest.mark.parametrize("name", BAD, ids=[name.replace(" ", "-") for name in BAD])
def test_a_bad_runner_is_told_in_a_line(mspike, work, name):
    code, line = BAD[name]
    said = mspike("conformance", *SOME, *runner(work, code), code=1)
    assert said.out.count("FAILED  ") == len(IDS)
    assert said.out.count(line) >= len(IDS) - 4, said.out[:1500]
    assert f"all   0 of {len(IDS)} passed" in said.out
    assert "\x1b" not in said.out + said.err
    assert max(map(len, (said.out + said.err).splitlines())) < 400


def test_a_screen_of_another_time(mspike, work):
    code = "for c in cases: print(json.dumps({'id': c['id'], 'state': {'risk': {'iss': 'Ⅱ'}}}))"
    said = mspike("conformance", *SOME, *runner(work, code), code=1, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert "expected II, got ?" in said.out


def test_what_was_answered_before_a_crash_counts(mspike, work):
    script = f"import subprocess; subprocess.run({STATE!r} + sys.argv[1:4]); sys.exit(1)"
    said = mspike("conformance", *SOME, *runner(work, script), code=1)
    assert f"3 of {len(IDS)} passed" in said.out
    assert "run 1 of 1: ended with 1" in said.err


@pytest.mark.parametrize("code", ["time.sleep(60)", "os.fork() or time.sleep(60); time.sleep(60)"])
def test_a_runner_that_hangs_is_stopped(mspike, work, code):
    begun = time.monotonic()
    said = mspike("conformance", *SOME, "--timeout", "0.5", *runner(work, code), code=1)
    assert time.monotonic() - begun < 20
    assert said.out.count("no answer: stopped after 0.5 s") == len(IDS)


def test_hanging_is_tried_three_times_only(mspike, work):
    code = "open('runs', 'a').write('x'); time.sleep(60)"
    said = mspike("conformance", "--each", *SOME, "--timeout", "0.3", *runner(work, code), code=1)
    assert said.out.count("not run: 3 runs in a row gave no answer") == len(IDS) - 3
    assert (work / "runs").read_text() == "xxx"


def test_a_runner_that_prints_without_end_is_stopped(mspike, work):
    code = "while True: sys.stdout.write('x' * 1000000)"
    said = mspike("conformance", *SOME, *runner(work, code), code=1)
    assert "no answer: stopped: it printed more than 64 MB" in said.out


def test_a_runner_that_does_not_read_is_none_the_worse(mspike, work):
    path = work / "deaf.py"
    path.write_text("print('{}')")
    said = mspike("conformance", "--stdin", "--only", "response", sys.executable, path, code=1)
    assert "an answer has no id" in said.out


WRONG = {
    "no runner": ([], "RUNNER"),
    "no such program": (["nobody-has-this"], "nobody-has-this: no such program"),
    "a file that is no program": (["a.yaml"], "a.yaml: no such program"),
    "unknown vector": (["--only", "risk.iss-from", *STATE], "no vector is called 'risk.iss-from'"),
    "no such folder": (["--vectors", "none", *STATE], "none: no file of vectors"),
    "no vectors there": (["--vectors", ".", *STATE], "no file of vectors"),
    "no file of vectors": (["--vectors", "bad.json", *STATE], "is no file of vectors: Object missing"),
    "no JSON": (["--vectors", "a.yaml", *STATE], "is no file of vectors: JSON is malformed"),
    "a timeout of nothing": (["--timeout", "0", *STATE], "--timeout"),
}


@pytest.mark.parametrize("name", WRONG, ids=[name.replace(" ", "-") for name in WRONG])
def test_wrong_usage(mspike, work, name):
    arguments, hint = WRONG[name]
    (work / "a.yaml").write_text("a: b")
    if name == "no file of vectors":
        (work / "bad.json").write_text('{"schema": "mspike-conformance/1"}')
    said = mspike("conformance", *arguments, code=2)
    assert hint in said.err.replace("\n", " ")
    assert said.out == ""


def test_vectors_of_ones_own(mspike, work):
    whole = json.loads((ROOT / "conformance" / "vectors" / "risk.json").read_text(encoding="utf-8"))
    own = work / "own"
    own.mkdir()
    whole["vectors"] = whole["vectors"][:2]
    (own / "risk.json").write_text(json.dumps(whole))
    assert "2 of 2 passed" in mspike("conformance", "--vectors", own, *STATE).out
    (own / "again.json").write_text(json.dumps(whole))
    assert "stands in" in mspike("conformance", "--vectors", own, *STATE, code=2).err
    (own / "again.json").unlink()
    whole["vectors"][0]["case"]["id"] = "another"
    (own / "risk.json").write_text(json.dumps(whole))
    assert "has another id than the vector" in mspike("conformance", "--vectors", own, *STATE, code=2).err
    whole["vectors"] = whole["vectors"][1:]
    for wrong in ({"about": 3}, {"has": "iss"}, {"one_of": ["I"], "iss": "I"}, {"about": "x", "within": 1}):
        whole["vectors"][0]["expect"] = {"risk": wrong}
        (own / "risk.json").write_text(json.dumps(whole))
        assert "which is not in the form" in mspike("conformance", "--vectors", own, *STATE, code=2).err
