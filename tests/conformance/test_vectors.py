"""The vectors: fresh, in their schema, ours to publish, and mspike itself passes them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from mspike.conformance import Command, Finding, differences, packaged_vectors, read_vectors, run_vectors
from mspike.conformance.vectors import Expect, Vector
from mspike.knowledge import load_knowledge

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "conformance"
FILES = sorted((FOLDER / "vectors").glob("*.json"))
MSPIKE = str(Path(sys.executable).with_name("mspike"))
VECTORS = [(file.chapter, vector) for file in read_vectors(FOLDER / "vectors") for vector in file.vectors]
OPTIONS = [pair for pair in VECTORS if pair[1].expect.options is not msgspec.UNSET]
STATES = [pair for pair in VECTORS if pair not in OPTIONS]


OPEN: dict[str, str] = {}
"""Vectors that mspike does not pass yet, with the reason: they follow from the sources, and stand."""


def test_they_are_fresh() -> None:
    run = subprocess.run(
        [sys.executable, "scripts/conformance.py", "--check"], cwd=ROOT, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_keeps_to_the_schema(path: Path) -> None:
    schema = json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))
    errors = jsonschema_rs.validator_for(schema).iter_errors(json.loads(path.read_text(encoding="utf-8")))
    assert [f"{error.instance_path}: {error.message[:200]}" for error in errors] == []


def test_the_schema_refuses_what_is_none() -> None:
    schema = jsonschema_rs.validator_for(json.loads((FOLDER / "schema.json").read_text(encoding="utf-8")))
    whole = json.loads(FILES[0].read_text(encoding="utf-8"))
    assert schema.is_valid(whole)
    for change in ({"schema": "mspike-conformance/2"}, {"vectors": [{}]}, {"more": 1}, {"licence": "none"}):
        assert not schema.is_valid(whole | change), change


def test_the_checkout_and_the_package_have_one_folder() -> None:
    assert packaged_vectors() == FOLDER / "vectors"


@pytest.mark.parametrize("command", ["state", "options"])
def test_mspike_passes(command: str) -> None:
    told: list[str] = []
    chosen = STATES if command == "state" else OPTIONS
    results = run_vectors(Command((MSPIKE, command, "--format", "ndjson"), timeout=300), chosen, told=told.append)
    failed = {r.id: f"{r.note} {'; '.join(map(str, r.findings))}" for r in results if r.status != "passed"}
    unjudged = OPEN.keys() - {vector.id for _, vector in chosen}
    assert ({id_: why for id_, why in failed.items() if id_ not in OPEN}, told) == ({}, [])
    assert OPEN.keys() - failed.keys() - unjudged == set(), "these pass now: take them out of OPEN"


def test_there_are_whole_courses() -> None:
    courses = [vector for chapter, vector in VECTORS if chapter == "courses"]
    assert len(courses) >= 50
    assert min(len(vector.because) for vector in courses) > 20


def test_sources_are_those_of_the_knowledge() -> None:
    known = load_knowledge().sources
    told = {id_: text for file in read_vectors(FOLDER / "vectors") for id_, text in file.sources.items()}
    assert [id_ for id_ in told if id_ not in known or not told[id_].startswith(known[id_].title)] == []


def test_ids_begin_with_their_chapter() -> None:
    assert [vector.id for chapter, vector in VECTORS if not vector.id.startswith(f"{chapter}.")] == []


def series(case: dict[str, Any]) -> set[tuple[str, tuple[str, ...]]]:
    """The serial values of a case, test by test, where there are three or more that differ."""
    values: dict[str, list[tuple[str, str]]] = {}
    for entry in case.get("measurements", []):
        number = isinstance(entry["value"], int | float)
        values.setdefault(entry["test"], []).append(
            (entry["date"], f"{entry['value']:g}" if number else str(entry["value"]))
        )
    told = {test: tuple(value for _, value in sorted(rows)) for test, rows in values.items()}
    return {(test, row) for test, row in told.items() if len(row) > 2 and len(set(row)) > 1 and row[0][0].isdigit()}


def test_they_are_not_the_numbers_of_others(shared: Path) -> None:
    others: dict[tuple[str, tuple[str, ...]], str] = {}
    for name in ("response", "lines"):
        for line in (shared / "gold" / f"{name}.ndjson").read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            others |= dict.fromkeys(series(entry["case"]), entry["expected"]["id"])
    assert [(vector.id, others[row]) for _, vector in VECTORS for row in series(vector.case) if row in others] == []


ANSWER: dict[str, Any] = {
    "state": {
        "responses": [
            {"date": "2020-02-01", "timepoint": "PR", "confirmed": "PR", "flags": ["MISSING_URINE"]},
            {"date": "2020-03-01", "timepoint": "PD", "confirmed": "PD", "flags": []},
        ],
        "progressions": [{"date": "2020-03-01", "confirmed": True}, {"date": "2020-01-15", "confirmed": False}],
        "references": [{"marker": "serum-m-protein", "measurable": True}, {"marker": "dflc", "measurable": False}],
        "refractory": {"drugs": [{"drug": "lenalidomide", "date": "2020-03-01"}], "flags": ["a", "b"]},
        "contradictions": [{"about": "ISS"}],
        "risk": {"iss": "II", "r_iss": None},
        "groups": {"triple_class_exposed": False},
        "facts": {"prior_lines": {"value": 1}, "egfr_ml_min": {"value": 35.23}},
        "lines": None,
    },
    "options": [{"id": "Rd", "verdict": "ruled-out"}],
}
HOLDS: list[dict[str, Any]] = [
    {"responses": [{"timepoint": "PR"}, {"confirmed": "PD"}]},
    {"response_flags": ["MISSING_URINE"]},
    {"progressions": [{"date": "2020-03-01"}], "unconfirmed_progressions": [{"date": "2020-01-15"}]},
    {"measurable": ["serum-m-protein"]},
    {"refractory": {"drugs": ["lenalidomide"], "flags": ["b", "a"]}},
    {"refractory": {"flags": {"has": ["a"], "lacks": ["c"]}}},
    {"contradictions": ["ISS"]},
    {"risk": {"iss": "II", "r_iss": None}},
    {"facts": {"prior_lines": 1, "egfr_ml_min": {"about": 35.2, "within": 0.05}}},
    {"lines": None},
    {"options": {"Rd": {"verdict": "ruled-out"}}},
    {"options": {"Rd": {"verdict": {"one_of": ["caution", "ruled-out"]}}}},
]
FAILS: list[tuple[dict[str, Any], str]] = [
    ({"responses": [{"timepoint": "PR"}]}, "state.responses: expected 1 row (?), got 2 rows (2020-02-01, 2020-03-01)"),
    ({"responses": [{"timepoint": "MR"}, {}]}, "state.responses[0].timepoint: expected MR, got PR"),
    ({"responses": [{"flags": []}, {}]}, 'state.responses[0].flags: expected [], got ["MISSING_URINE"]'),
    ({"response_flags": []}, 'state.response_flags: expected [], got ["MISSING_URINE"]'),
    ({"refractory": {"drugs": []}}, 'state.refractory.drugs: expected [], got ["lenalidomide"]'),
    ({"refractory": {"flags": {"has": ["c"]}}}, 'state.refractory.flags: expected with ["c"], got ["a", "b"]'),
    ({"refractory": {"flags": {"lacks": ["b"]}}}, 'state.refractory.flags: expected without ["b"], got ["a", "b"]'),
    ({"risk": {"r_iss": "I"}}, "state.risk.r_iss: expected I, got null"),
    ({"risk": {"iss": None}}, "state.risk.iss: expected null, got II"),
    ({"risk": {"r2_iss": None}}, "state.risk.r2_iss: expected null, got nothing there"),
    ({"groups": {"triple_class_exposed": None}}, "state.groups.triple_class_exposed: expected null, got false"),
    ({"groups": {"triple_class_exposed": 0}}, "state.groups.triple_class_exposed: expected 0, got false"),
    ({"facts": {"egfr_ml_min": {"about": 35, "within": 0.05}}},
     "state.facts.egfr_ml_min: expected 35 ± 0.05, got 35.23"),
    ({"lines": []}, "state.lines: expected [], got null"),
    ({"intolerant": {"drugs": []}}, 'state.intolerant: expected {"drugs": []}, got nothing there'),
    ({"options": {"Kd": {"verdict": "fits"}}}, 'options.Kd: expected {"verdict": "fits"}, got nothing there'),
]  # fmt: skip


@pytest.mark.parametrize("expect", HOLDS, ids=str)
def test_what_holds(expect: dict[str, Any]) -> None:
    assert differences(msgspec.convert(expect, Expect), ANSWER) == []


@pytest.mark.parametrize(("expect", "told"), FAILS, ids=[told for _, told in FAILS])
def test_what_does_not_hold(expect: dict[str, Any], told: str) -> None:
    assert [str(found) for found in differences(msgspec.convert(expect, Expect), ANSWER)] == [told]


@pytest.mark.parametrize("answer", [{}, {"state": None}, {"state": []}, {"state": {"responses": "x", "facts": [1]}}])
def test_an_answer_of_another_shape_is_a_finding(answer: dict[str, Any]) -> None:
    for _, vector in VECTORS[::20]:
        assert all(isinstance(found, Finding) for found in differences(vector.expect, answer))
        assert differences(vector.expect, answer)


def test_every_vector_can_fail() -> None:
    """None of them expects nothing."""
    empty = msgspec.convert({}, Expect)
    assert [vector.id for _, vector in VECTORS if vector.expect == empty] == []


def test_a_vector_is_strict() -> None:
    vector = msgspec.to_builtins(VECTORS[0][1])
    for change in ({"expects": {}}, {"expect": {"respones": []}}, {"rules": []}, {"id": "Upper.case"}):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(vector | change, Vector)
