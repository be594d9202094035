"""Sources of many patients: whom to answer for, what is said meanwhile, and records written in another form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.conftest import PATIENTS

RECORDS = sorted(PATIENTS.glob("*/record.yaml"))
SECRET = "Mustermann"


@pytest.fixture
def cdm(mspike, work) -> Path:
    """The ten example patients as OMOP rows."""
    mspike("export", *RECORDS, "--to", "omop", "--out", "cdm")
    return work / "cdm"


@pytest.mark.parametrize("form", ["omop", "csv", "fhir"])
def test_every_patient_of_a_folder(mspike, work, form):
    said = mspike("export", *RECORDS, "--to", form, "--out", form)
    assert "wrote" in said.err
    answered = mspike("options", form, "--all", "--format", "ndjson")
    assert sorted(line["id"] for line in answered.lines) == [file.parent.name for file in RECORDS]
    assert answered.err.splitlines()[-1] == "10 patients: 10 answered, 0 refused"
    assert len(answered.err.splitlines()) < 10


def test_named_patients(mspike, cdm):
    said = mspike("options", cdm, "--patient", "t1114", "--patient", "nobody", "--format", "ndjson", code=3)
    refused, answer = sorted(said.lines, key=lambda line: line.get("error", ""), reverse=True)
    assert (refused["error"], refused["record"]) == ("no such patient: 'nobody'", "nobody")
    assert answer["id"] == "t1114"
    assert "nobody" not in said.err


def test_several_patients_and_no_word_on_whom(mspike, cdm):
    said = mspike("options", cdm, code=3)
    assert "several patients in it" in said.out
    assert "--patient ID, or give --all" in said.out


def test_one_bad_patient_stops_no_other(mspike, cdm):
    people = (cdm / "person.csv").read_text(encoding="utf-8")
    first = people.splitlines()[1]
    (cdm / "person.csv").write_text(people.replace(first, f"{first}\n{first}", 1), encoding="utf-8")
    said = mspike("options", cdm, "--all", "--format", "ndjson", "--out", "answers.ndjson", code=3)
    lines = [json.loads(line) for line in (cdm.parent / "answers.ndjson").read_text(encoding="utf-8").splitlines()]
    assert [line["error"] for line in lines if "error" in line] == ["a second row of one person"]
    assert len(lines) == 11
    assert "11 patients: 10 answered, 1 refused" in said.err
    assert not list(cdm.parent.glob(".mspike-*"))


def test_a_file_for_each(mspike, work, cdm):
    mspike("options", cdm, "--all", "--format", "html", "--out", "pages")
    assert {file.stem for file in (work / "pages").iterdir()} == {file.parent.name for file in RECORDS}


def test_a_mapping(mspike, work):
    (work / "labs.csv").write_text(f"who,when,what,result\n{SECRET},2026-06-01,Hb,102\n", encoding="utf-8")
    (work / "map.yaml").write_text(
        "schema: mspike-mapping/1\ntables:\n  - file: labs.csv\n    holds: measurements\n    patient: who\n"
        "    always: {unit: g/L}\n"
        "    columns: {date: when, test: {column: what, words: {Hb: haemoglobin}}, value: result}\n"
    )
    said = mspike("state", "labs.csv", "--mapping", "map.yaml", "--format", "json")
    assert said.json["id"] == SECRET
    assert "102" not in said.err
    assert mspike("state", "labs.csv", "--mapping", "none.yaml", code=3).out.startswith("labs.csv: not read")


# -- export


@pytest.mark.parametrize("form", ["omop", "csv", "fhir"])
def test_there_and_back(mspike, work, good, form):
    """One answer, but for where in its source a value stands, the source's name, and what was said of its reading."""
    out = "there.json" if form == "fhir" else "there"
    mspike("export", good, "--to", form, "--out", out)
    ours, theirs = (mspike("options", source, "--format", "json").json for source in (good, out))
    assert [option["verdict"] for option in theirs["options"]] == [option["verdict"] for option in ours["options"]]
    assert theirs["questions"] == ours["questions"]


def test_ndjson_of_all(mspike, work):
    mspike("export", *RECORDS, "--to", "fhir", "--out", "all.ndjson")
    lines = [json.loads(line) for line in (work / "all.ndjson").read_text(encoding="utf-8").splitlines()]
    assert sum(line["resourceType"] == "Patient" for line in lines) == 10


WRONG = {
    "no form": (["a.yaml", "--out", "x"], "--to"),
    "no place": (["a.yaml", "--to", "omop"], "--out"),
    "another form": (["a.yaml", "--to", "xlsx", "--out", "x"], "'csv'"),
    "several in one Bundle": (["a.yaml", "b.yaml", "--to", "fhir", "--out", "x.json"], "a Bundle is of one patient"),
    "a file where a folder belongs": (["a.yaml", "--to", "omop", "--out", "a.yaml"], "cannot be written"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_usage(mspike, work, name):
    for file, record in zip(("a.yaml", "b.yaml"), RECORDS, strict=False):
        (work / file).write_bytes(record.read_bytes())
    arguments, hint = WRONG[name]
    said = mspike("export", *arguments, code=2)
    assert hint in said.err
    assert said.out == ""


def test_what_is_refused_is_not_written(mspike, work, good):
    (work / "bad.yaml").write_text(f"schema: mspike-case/1\nid: {SECRET}\ncountry: {SECRET}\n")
    said = mspike("export", "bad.yaml", good, "--to", "csv", "--out", "there", code=3)
    assert "refused" in said.err
    assert SECRET not in said.err
    assert (work / "there" / "patients.csv").read_text(encoding="utf-8").count("\n") == 2
    assert "no record to write" in mspike("export", "bad.yaml", "--to", "csv", "--out", "none", code=3).err
    assert not (work / "none").exists()


def test_a_fault_of_ours_with_one_patient(monkeypatch, capsys):
    """The others are answered, and neither message nor log has the words of the error: they may be a patient's."""
    from mspike import cli_answers

    derive = cli_answers.derive_state

    def faulty(record, *rest):
        if record.id == "t1114":
            raise KeyError(SECRET)
        return derive(record, *rest)

    monkeypatch.setattr(cli_answers, "derive_state", faulty)
    asked = cli_answers.Asked([str(PATIENTS)], every=True)
    found = list(cli_answers.answers(asked))
    (refused,) = (result for result in found if isinstance(result, cli_answers.Refusal))
    assert (len(found), refused.record) == (10, "t1114")
    assert refused.error.startswith("an error in the program (KeyError at ")
    assert SECRET not in refused.error + capsys.readouterr().err
