"""docs/reference/case-file.md: every list on it is the program's own, every key is on it, every example runs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from mspike.knowledge import load_codes
from mspike.record import KEYS, Record, RecordError, read_case, read_records

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reference" / "case-file.md"
TEXT = PAGE.read_text(encoding="utf-8")
CODES = load_codes()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
HEAD = "schema: mspike-case/1\nas_of: 2026-06-30\n"

WHERE = {
    "country": "`country`",
    "sex": "`patient.sex`",
    "diagnosis": "`disease.diagnosis`",
    "isotype": "`disease.isotype`",
    "light_chain": "`disease.light_chain`",
    "iss": "`disease.iss`",
    "event_type": "`disease.event.type`",
    "frailty": "`fitness.frailty`",
    "condition": "`conditions[].name`",
    "cause": "`attributed_to`, beside drugs and conditions",
    "goal": "`circumstances.goal`",
    "stop_reason": "`stop_reason`",
    "route": "`treatments[].route`",
    "context": "`treatments[].context`",
    "procedure": "`procedures[].procedure`",
    "response": "`assessments[].response`, `lines[].best_response`",
    "earlier_diagnosis": "`diagnoses[].name`",
    "mrd_method": "`method` of the test `mrd`",
    "preference": "`preferences`, beside option ids and paths",
}
"""Each list with the keys that take it."""


def word_rows() -> list[str]:
    return [f"| {where} | {', '.join(CODES.lists[name].words)} |" for name, where in WHERE.items()]


def test_every_test_is_on_the_page() -> None:
    rows = []
    for name, spec in CODES.tests.items():
        also = ", ".join(unit for others in spec.units.values() for unit in others)
        kept = " or ".join(spec.units)
        limits = "; ".join(f"{low:g} to {high:g}" for low, high in spec.limits.values())
        rows.append(f"| `{name}` | {spec.says} | {kept} | {also} | {limits} | {', '.join(spec.values)} |")
    on_the_page(rows)


def on_the_page(rows: list[str]) -> None:
    """Each row stands there as it is; the message is what to paste."""
    missing = [row for row in rows if row not in TEXT.splitlines()]
    assert missing == [], "\n".join(["rows that the page lacks:", *missing])


def test_every_list_is_on_the_page() -> None:
    assert set(WHERE) == set(CODES.lists) - {"medicine", "beside_medicine", "place_country"}
    on_the_page(word_rows())


def test_every_drug_and_finding_is_on_the_page() -> None:
    on_the_page(
        [f"| `{d.drug}` | {', '.join(d.brands)} | {', '.join(d.abbreviations)} |" for d in CODES.drugs.values()]
    )
    on_the_page([f"| `{f.finding}` | {f.says} | {', '.join(f.also)} |" for f in CODES.findings.values()])


def test_the_page_names_nothing_that_is_not_read() -> None:
    known = {*CODES.drugs, *CODES.findings, *CODES.tests}
    first_cells = re.findall(r"^\| `([^`]+)` \|", TEXT, re.MULTILINE)
    keys = {key for section in KEYS.values() for key in section}
    listed = {cell.split(".")[-1].replace("[]", "") for cell in first_cells}
    assert listed - known - keys == set()


@pytest.mark.parametrize("section", [name for name in KEYS if name])
def test_every_key_is_on_the_page(section: str) -> None:
    for key in KEYS[section]:
        assert re.search(rf"`(?:[\w.]+(?:\[\])?\.)?{key}`", TEXT), f"{section}.{key}"


def test_there_are_examples() -> None:
    kinds = [kind for kind, _ in BLOCKS]
    assert kinds.count("yaml") >= 5
    assert {"json", "python"} <= set(kinds)


@pytest.mark.parametrize("number", range(sum(kind == "yaml" for kind, _ in BLOCKS)))
def test_every_yaml_example_reads(number: int) -> None:
    text = [body for kind, body in BLOCKS if kind == "yaml"][number]
    found = list(read_case(text if "schema:" in text else HEAD + text, "example.yaml"))
    assert found
    for record in found:
        assert isinstance(record, Record), record.as_json()


def test_the_error_on_the_page_is_what_the_program_says() -> None:
    shown = next(json.loads(body) for kind, body in BLOCKS if kind == "json" and "mspike-error" in body)
    text = HEAD + "id: example-2\nlines:\n  - {number: 1, drugs: [bortezomb, dexamethasone]}\n"
    (error,) = read_case(text, "example-2.yaml")
    assert isinstance(error, RecordError)
    assert error.as_json() == shown


def test_the_python_example_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = next(body for kind, body in BLOCKS if kind == "yaml" and "schema:" in body)
    (tmp_path / "example.yaml").write_text(whole, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    (code,) = [body for kind, body in BLOCKS if kind == "python"]
    exec(code, {})
    assert "example-1" in capsys.readouterr().out


def test_the_examples_of_the_project_read() -> None:
    files = sorted((ROOT / "examples" / "patients").glob("*/record.yaml"))
    for record in read_records(files):
        assert isinstance(record, Record), record.as_json()
