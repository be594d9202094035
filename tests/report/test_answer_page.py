"""docs/reference/answer.md names every field that an answer, a refusal or a state can hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mspike.derive import derive_state
from mspike.knowledge import load_knowledge
from mspike.knowledge.policy import settle
from mspike.options import answer as types
from mspike.options import build_answer
from mspike.record import Note, Quality, Unmapped, read_records
from mspike.report import Refusal
from mspike.report.wire import StateOnly
from report.sample import state

OWN_WORDS = ("isotype", "diagnosed")
"""In the sample alone."""
ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "answer.md").read_text(encoding="utf-8")
SECTIONS = {
    types.Answer: "## `mspike-answer/1`", types.Option: "## An option", types.Reason: "### A reason",
    types.SourceRef: "### A source", types.Need: "### A need", types.Availability: "### Availability",
    types.Evidence: "### Evidence", types.Question: "## A question", types.Disagreement: "## A disagreement",
    types.Repeat: "### An earlier regimen", types.Position: "A position:", Refusal: "### `mspike-error/1`",
    StateOnly: "### `mspike-state/1`", Quality: "## What was read", Unmapped: "### A code that is not mapped",
    Note: "### A note",
}  # fmt: skip


def section(title: str) -> str:
    """A section of the page, without the sections inside it."""
    start = PAGE.index(f"\n{title}\n") + len(title) + 2
    end = re.search(r"^(#+ |A position:)", PAGE[start:], re.MULTILINE)
    return PAGE[start : start + end.start()] if end else PAGE[start:]


def test_every_type_of_the_answer_has_a_section() -> None:
    structs = {found for found in vars(types).values() if isinstance(found, type) and issubclass(found, msgspec.Struct)}
    assert structs - {msgspec.Struct} <= set(SECTIONS)


@pytest.mark.parametrize("struct", SECTIONS, ids=lambda struct: struct.__name__)
def test_every_field_is_described(struct: type[msgspec.Struct]) -> None:
    written = section(SECTIONS[struct])
    fields = [field.encode_name for field in msgspec.structs.fields(struct)]
    assert [field for field in fields if f"`{field}`" not in written] == []
    if "| field |" in written:
        assert re.findall(r"^\| `(\w+)` \|", written, re.MULTILINE) == fields


def engine_state() -> dict[str, Any]:
    """The state of an example patient, as the engine makes it."""
    knowledge = load_knowledge()
    [record] = read_records([str(ROOT / "examples" / "patients" / "t1114" / "record.yaml")], as_of=None, country=None)
    return build_answer(derive_state(record, knowledge, settle(knowledge, ()))).state


@pytest.mark.parametrize("made", [state, engine_state])
def test_every_part_of_the_state_is_described(made: Callable[[], dict[str, Any]]) -> None:
    written = section("## The state")
    told = made()
    assert [name for name in told if f"| `{name}` |" not in written] == []
    for part in ("disease", "event", "exposed", "refractory", "intolerant", "frailty", "events"):
        assert [name for name in told[part] if f"`{name}`" not in written and name not in OWN_WORDS] == [], part
    assert [name for name in told["lines"][0] if f"`{name}`" not in written] == []
    assert [name for name in next(iter(told["facts"].values())) if f"`{name}`" not in written] == []


def test_the_closed_lists_are_there() -> None:
    for word in (*types.VERDICTS, *types.LABEL_FITS):
        assert f"`{word}`" in PAGE
