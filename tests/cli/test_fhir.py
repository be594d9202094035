"""FHIR on the command line: what is said of it, the whole report, local codes, standard input, packed files."""

from __future__ import annotations

import gzip

import pytest

from fhir_samples import bundle, concept, condition, observation, patient

LOCAL = bundle(
    patient(), condition("c", concept("http://snomed.info/sct", "109989006")),
    *(observation(f"o{n}", concept("urn:lab", "HGB", "Ward blood"), 98, "g/L") for n in range(3)),
)  # fmt: skip
MAP = "system,code,word\nurn:lab,HGB,haemoglobin\n"


@pytest.fixture
def local(work):
    path = work / "local.json"
    path.write_bytes(LOCAL)
    return path


def test_what_was_read_is_said_in_numbers(mspike, local):
    said = mspike("options", local)
    assert "local.json (FHIR R4 JSON)" in said.err
    assert "5 read · 2 mapped · 3 not mapped · 0 assumed · 0 refused · 0 left out" in said.err
    assert "WHAT WAS READ  FHIR R4 JSON" in said.out
    assert "Observation urn:lab HGB Ward blood ×3" in said.out


def test_local_codes(mspike, work, local):
    (work / "map.csv").write_text(MAP)
    for command in ("options", "state"):
        answer = mspike(command, local, "--code-map", "map.csv", "--format", "json").json
        assert answer["quality"]["mapped"] == {"measurements": 3, "patient": 1, "disease": 1}
        assert answer["quality"]["unmapped"] == []


def test_a_code_map_that_cannot_be_read(mspike, work, local):
    assert "a code map that cannot be read" in mspike("options", local, "--code-map", "none.csv", code=2).err
    (work / "map.csv").write_text(MAP.replace("haemoglobin", "blood"))
    said = mspike("options", local, "--code-map", "map.csv", code=2)
    assert "a word that is none of ours" in said.err
    assert said.out == ""


def test_all_of_the_report_is_for_the_text(mspike, local):
    assert "Observation urn:lab HGB" in mspike("options", local, "--quality").out
    assert "Observation urn:lab HGB" in mspike("state", local, "--quality").out
    for command in ("options", "state"):
        assert "choose" in mspike(command, local, "--quality", "--format", "json", code=2).err


def test_standard_input_and_packed_files(mspike, work, local):
    from_file = mspike("options", local, "--format", "json").json
    from_stdin = mspike("options", "-", "--format", "json", stdin=LOCAL).json
    packed = work / "local.json.gz"
    packed.write_bytes(gzip.compress(LOCAL))
    assert from_stdin == from_file == mspike("options", packed, "--format", "json").json


def test_what_is_no_fhir_is_refused_in_its_place(mspike, work, local):
    (work / "bad.json").write_text(
        '{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "MedicationOrder"}}]}'
    )
    said = mspike("options", "bad.json", local, "--format", "ndjson", code=3)
    assert [line["schema"] for line in said.lines] == ["mspike-error/1", "mspike-answer/1"]
    assert "DSTU2" in said.lines[0]["error"]
