"""What is handed over: reasons and questions, the record's contacts, nobody's identity, valid FHIR."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from mspike.cli import app
from mspike.trials import load_trials, open_index
from trials.written import trial

WHO = "Invented-Name-77"
CASE: dict[str, Any] = {
    "schema": "mspike-case/1", "id": WHO, "as_of": "2026-10-01", "patient": {"age": 64, "sex": "female"},
    "place": {"zip": "77030"}, "fitness": {"ecog": 2}, "circumstances": {"caregiver": True, "distance_km": 40},
    "preferences": {"wants": ["oral"], "avoids": ["hospital-stay"]},
}  # fmt: skip
TEXT = (
    "Inclusion Criteria:\n* Age 18 to 70 years\n* ECOG 0-2\n\nExclusion Criteria:\n* Known HIV infection\n* Odd things"
)
HOSTILE = '<script>alert(1)</script> & "quoted" \u202e\x00'


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["trials", *arguments])


def contact(name: str) -> dict[str, Any]:
    return {"centralContacts": [{"name": name, "phone": "555-0100", "email": "site@example.org"}]}


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    path = tmp_path / "user.sqlite"
    monkeypatch.setenv("MSPIKE_TRIALS", str(path))
    conditions = {"conditions": ["Multiple Myeloma"]}
    with open_index(path, write=True) as opened:
        plain = trial(TEXT, conditions=conditions, contactsLocations=contact("Study Line"))
        odd = trial(
            f"Inclusion Criteria:\n* {HOSTILE}",
            identification={"nctId": "NCT99000002", "briefTitle": f"Odd {HOSTILE}"},
            conditions=conditions,
            status={"overallStatus": "SLEEPING"},
            contactsLocations=contact(HOSTILE),
        )
        load_trials(opened, [plain, odd])
    written = tmp_path / "case.json"
    written.write_text(json.dumps(CASE))
    return str(written)


def made(case: str, *more: str) -> str:
    shown = run("packet", case, "--trials", "NCT99000001,NCT99000002", *more)
    assert shown.exit_code == 0, shown.output
    return shown.stdout


def test_reasons_questions_and_contacts(case: str) -> None:
    packet = json.loads(made(case))
    first = next(one for one in packet["trials"] if one["nct_id"] == "NCT99000001")
    assert first["verdict"] == "no conflict found, 1 question open, 1 statement for a person to read"
    assert [one["quote"] for one in first["open"]] == ["Known HIV infection"]
    assert [one["quote"] for one in first["to_read"]] == ["Odd things"]
    assert first["contacts"] == [{"name": "Study Line", "phone": "555-0100", "email": "site@example.org"}]
    assert packet["questions"] == ["Is there an HIV infection?"]
    assert packet["wishes"]["wants"] == ["oral"]
    assert packet["wishes"]["caregiver"] is True
    assert packet["call_sheet"]
    assert packet["consent"]
    assert packet["insurance"]


@pytest.mark.parametrize("format", ["json", "html", "fhir"])
def test_it_names_nobody_unless_asked(case: str, format: str) -> None:
    text = made(case, "--format", format)
    for word in (WHO, "77030", "age 64", "female yes", "female no", '"64"', "40 km"):
        assert word not in text


def test_what_was_asked_for_is_in_it(case: str) -> None:
    packet = json.loads(made(case, "--identify", "id,place", "--identify", "age"))
    assert packet["person"] == {"id": WHO, "age": "64", "sex": None, "place": "77030"}
    assert packet["wishes"]["travel_km"] == 40


def test_the_page_escapes_what_others_wrote(case: str) -> None:
    page = made(case, "--format", "html")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "\u202e" not in page
    for word in ("Call sheet", "What the person wants", "Insurance", "I agree that", "Study Line", "Caregiver"):
        assert word in page
    assert "src=" not in page


def test_the_fhir_is_valid(case: str, shared: Path) -> None:
    import jsonschema_rs

    schema = json.loads((shared / "interop" / "fhir-r4.schema.json").read_text())
    valid = jsonschema_rs.validator_for(schema)
    bundle = json.loads(made(case, "--format", "fhir"))
    assert [error.message[:200] for error in valid.iter_errors(bundle)] == []
    for entry in bundle["entry"]:
        assert valid.is_valid(entry["resource"]), entry["resource"]["resourceType"]
    assert sorted(entry["resource"]["resourceType"] for entry in bundle["entry"]) == [
        "List", "ResearchStudy", "ResearchStudy",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "code", "word"),
    [
        (["--trials", "NCT00000000"], 3, "none of these trials"),
        (["--trials", "NCT99000001", "--identify", "name"], 2, "there are"),
        (["--trials", "'; DROP TABLE trial"], 3, "none of these trials"),
        (["--trials", "NCT99000001", "--out", "/no/such/place"], 2, "make it first"),
    ],
)
def test_what_cannot_be_made(case: str, given: list[str], code: int, word: str) -> None:
    shown = run("packet", case, *given)
    assert shown.exit_code == code
    assert word in shown.output


def test_a_file_of_html_is_a_page(case: str, tmp_path: Path) -> None:
    assert run("packet", case, "--trials", "NCT99000001", "--out", str(tmp_path / "x.html")).exit_code == 0
    assert (tmp_path / "x.html").read_text().startswith("<!doctype html>")


def test_an_older_page_stays_where_a_new_one_cannot_be_written(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.html").write_text("older")
    full = OSError(28, "No space left on device")
    monkeypatch.setattr("mspike.cli_output.os.replace", lambda *_: (_ for _ in ()).throw(full))
    shown = run("packet", case, "--trials", "NCT99000001", "--out", str(tmp_path / "x.html"))
    assert shown.exit_code == 2
    assert "cannot be written (No space left on device)" in shown.output
    assert [path.name for path in tmp_path.glob("*html*")] == ["x.html"]
    assert (tmp_path / "x.html").read_text() == "older"


@pytest.mark.parametrize(("out", "word"), [(".", "is a folder"), ("case.json", "would be overwritten")])
def test_where_a_page_cannot_go(case: str, out: str, word: str) -> None:
    shown = run("packet", case, "--trials", "NCT99000001", "--out", str(Path(case).parent / out))
    assert shown.exit_code == 2
    assert word in shown.output
