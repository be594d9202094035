"""JSON and NDJSON: the contract's fields in their order, clean numbers, the same bytes, an array for several."""

from __future__ import annotations

import json
import math
from typing import Any

import msgspec
import pytest

from mspike.derive import wire_value
from mspike.options.answer import Answer
from mspike.record import Number
from mspike.report import Refusal, finish, render, render_json, render_ndjson, render_state
from report.sample import sample_answer
from report.specimens import ALL

REFUSAL = Refusal(record="b.yaml", error="a stop before its start", at="lines[0].stop", hint="Check both dates.")


def test_the_fields_stand_in_the_order_of_the_contract() -> None:
    answer = json.loads(render_json(sample_answer()))
    option = answer["options"][0]

    def stands(fields: str, found: dict[str, Any]) -> bool:
        return " ".join(found).startswith(fields)

    assert stands("schema id as_of country versions state options questions disagreements limits", answer)
    assert stands(
        "id label path verdict label_fit for against cautions known_risks needs availability evidence", option
    )
    assert stands("id effect kind text facts source status", option["for"][0])
    assert stands("id title locator date", option["for"][0]["source"])
    assert answer["schema"] == "mspike-answer/1"


def test_nothing_is_lost_on_the_way() -> None:
    answer = finish(sample_answer())
    back = msgspec.json.decode(render_json(answer), type=Answer)
    assert msgspec.to_builtins(back) == msgspec.to_builtins(answer)


def test_the_summary_is_written_and_the_answer_left_alone() -> None:
    answer = sample_answer()
    before = msgspec.json.encode(answer)
    assert json.loads(render_json(answer))["state"]["disease"]["summary"].startswith("First relapse after one line")
    assert msgspec.json.encode(answer) == before


def test_numbers_carry_no_noise() -> None:
    """Values are put on the wire as whole numbers where they are whole, and without binary noise."""
    assert wire_value(Number(12.0, 12.0)) == 12
    assert type(wire_value(Number(12.0, 12.0))) is int
    assert wire_value(Number(0.1 + 0.2, 0.1 + 0.2)) == 0.3
    assert wire_value(Number(-math.inf, 15, True, True)) == {"low": None, "high": 15, "open_high": True}
    assert wire_value(Number(11.5, 12.5)) == {"low": 11.5, "high": 12.5}
    assert wire_value(True) is True
    assert wire_value(None) is None


@pytest.mark.parametrize("name", ALL)
def test_the_same_answer_gives_the_same_bytes(name: str) -> None:
    assert render_json(ALL[name]()) == render_json(ALL[name]())
    assert json.loads(render_ndjson(ALL[name]())) == json.loads(render_json(ALL[name]()))


def test_one_record_gives_an_object_and_several_an_array() -> None:
    one, two = sample_answer(), sample_answer()
    assert isinstance(json.loads(render(one, "json")), dict)
    both = json.loads(render([one, REFUSAL, two], "json"))
    assert [item["schema"] for item in both] == ["mspike-answer/1", "mspike-error/1", "mspike-answer/1"]
    lines = render([one, REFUSAL, two], "ndjson").splitlines()
    assert [json.loads(line) for line in lines] == both


def test_a_refusal_says_where_and_what_to_do() -> None:
    assert json.loads(render_json(REFUSAL)) == {
        "schema": "mspike-error/1",
        "record": "b.yaml",
        "error": "a stop before its start",
        "at": "lines[0].stop",
        "hint": "Check both dates.",
    }
    assert "b.yaml: not read at lines[0].stop: a stop before its start" in render(REFUSAL, "text")


def test_the_state_alone() -> None:
    answer = sample_answer()
    shown = json.loads(render_state(answer, "json"))
    assert shown["schema"] == "mspike-state/1"
    assert shown["state"] == json.loads(render_json(answer))["state"]
    assert "options" not in shown
    assert len(render_state([answer, REFUSAL], "ndjson").splitlines()) == 2
    with pytest.raises(ValueError, match="fhir"):
        render_state(answer, "fhir")


def test_an_unknown_format_is_named() -> None:
    with pytest.raises(ValueError, match="'xml' is not one of text, json, ndjson, html, fhir"):
        render(sample_answer(), "xml")
    with pytest.raises(ValueError, match="one record, 2 given"):
        render([sample_answer(), sample_answer()], "html")
