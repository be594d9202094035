"""What was read of a source that is no case file: in the text, on the page, in the JSON; a case file has none."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from fhir_samples import LOINC, RXNORM, concept, medication, observation, read
from mspike.derive import derive_state
from mspike.knowledge import load_knowledge, settle
from mspike.options import Answer, build_answer
from mspike.record import read_records
from mspike.report import finish, render_html, render_json, render_ndjson, render_state, render_text

ROOT = Path(__file__).parents[2]
LOCAL = [observation(f"u{n}", concept("urn:lab", f"X{n % 5}", "<b>Ward & test</b>"), 1, "g/L") for n in range(12)]
WITHDRAWN = [observation(f"w{n}", concept(LOINC, "33358-3"), 1, "g/L", status="cancelled") for n in range(7)]


@cache
def answer() -> Answer:
    record, quality = read(
        *LOCAL, *WITHDRAWN,
        observation("bad", concept(LOINC, "33358-3"), 1e9, "g/L"),
        medication("MedicationStatement", "m", concept(RXNORM, "402243", "bortezomib 3.5 MG Injection"),
                   effectivePeriod={"start": "2020-01-01"}),
    )  # fmt: skip
    knowledge = load_knowledge()
    return finish(build_answer(derive_state(record, knowledge, settle(knowledge)), quality))


def test_the_text_shows_counts_and_the_first_lines() -> None:
    text = render_text(answer())
    part = text[text.index("WHAT WAS READ") : text.index("NOT CONSIDERED")]
    assert "FHIR R4 JSON" in part
    assert "20 Observation" in part
    assert "Not mapped: 12" in part
    assert "Refused: 1" in part
    assert "serum-m-protein cannot be this" in part
    assert "Observation/bad" in part
    assert "cancelled ×7" in part
    assert "more: --quality" in part
    assert part.count("urn:lab") == 2


def test_quality_shows_all_of_it() -> None:
    part = render_text(answer(), all_quality=True)
    part = part[part.index("WHAT WAS READ") : part.index("NOT CONSIDERED")]
    assert part.count("urn:lab") == 5
    assert "--quality" not in part
    assert "Observation/w0, Observation/w1, Observation/w2 and 4 more" in " ".join(part.split())
    assert "WHAT WAS READ" in render_state(answer(), "text", all_quality=True)


@pytest.mark.parametrize("width", [40, 80, 140])
def test_lines_keep_their_width(width: int) -> None:
    text = render_text(answer(), width=width, all_quality=True)
    part = text[text.index("WHAT WAS READ") : text.index("NOT CONSIDERED")]
    assert max(map(len, part.splitlines())) <= width


def test_the_page_has_a_section_of_it() -> None:
    page = render_html(answer())
    part = page[page.index('id="quality"') : page.index('id="versions"')]
    assert "What was read" in part
    assert "&lt;b&gt;Ward &amp; test&lt;/b&gt;" in part
    assert "<b>Ward" not in part
    assert part.count("<details") == 4
    assert '<a href="#quality">' in page


def test_the_json_holds_every_note() -> None:
    quality = json.loads(render_json(answer()))["quality"]
    assert quality["read"] == {"Patient": 1, "Observation": 20, "MedicationStatement": 1}
    assert quality["mapped"] == {"patient": 1, "treatments": 1}
    assert [row["count"] for row in quality["unmapped"]] == [3, 3, 2, 2, 2]
    assert len(quality["left_out"]) == 7
    assert json.loads(render_ndjson(answer()))["quality"] == quality
    assert json.loads(render_state(answer(), "json"))["quality"] == quality


def test_a_case_file_has_none() -> None:
    [record] = read_records([ROOT / "examples" / "patients" / "t1114" / "record.yaml"])
    knowledge = load_knowledge()
    typed = finish(build_answer(derive_state(record, knowledge, settle(knowledge)), record.quality))  # type: ignore[arg-type, union-attr]
    assert typed.quality is None
    assert "WHAT WAS READ" not in render_text(typed)
    assert 'id="quality"' not in render_html(typed)
    assert json.loads(render_json(typed))["quality"] is None
