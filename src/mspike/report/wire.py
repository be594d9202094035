"""JSON and NDJSON: the answer as other programs read it, field order as in the contract, the same bytes every time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from mspike.derive import Comparison, wire_line
from mspike.options import Answer
from mspike.record import Quality
from mspike.report.sentence import finish

ENCODER = msgspec.json.Encoder()
FORMATS = ("text", "json", "ndjson", "html", "fhir")


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A record that could not be read, in the place of its answer: `mspike-error/1`. Never a patient value."""

    schema: str = "mspike-error/1"
    record: str
    """File name or stream, with the number of the record where there are several."""
    error: str
    """Which rule was broken."""
    at: str
    """Where in the record: a path such as `lines[0].start`, or a line number."""
    hint: str
    """What to do."""


class StateOnly(msgspec.Struct, frozen=True):
    """What `mspike state` prints: an answer without its options, `mspike-state/1`."""

    schema: str
    id: str
    as_of: str
    country: str
    versions: dict[str, str]
    state: dict[str, Any]
    policies: dict[str, str]
    notes: list[str]
    quality: Quality | None


def state_only(item: Answer | Refusal) -> StateOnly | Refusal:
    """The state of an answer, its sentence written; a refusal as it is."""
    if isinstance(item, Refusal):
        return item
    done = finish(item)
    shared = (done.id, done.as_of, done.country, done.versions, done.state, done.policies, done.notes, done.quality)
    return StateOnly("mspike-state/1", *shared)


class LinesCompared(msgspec.Struct, frozen=True):
    """What `mspike state --compare-policies` prints as JSON: `mspike-lines/1`."""

    schema: str
    id: str
    as_of: str
    stated: bool
    """The record states its lines: no way of counting changes them."""
    policies: dict[str, dict[str, Any]]


def compared(item: Comparison) -> LinesCompared:
    """For each way of counting: what it changes, the number of lines, and the lines, null where they are open."""
    policies = {
        counting.policy: {
            "changes": counting.changes,
            "n_lines": None if counting.lines is None else len(counting.lines),
            "because": counting.because,
            "lines": None if counting.lines is None else [wire_line(line) for line in counting.lines],
        }
        for counting in item.countings
    }
    return LinesCompared("mspike-lines/1", item.id, item.as_of, item.stated, policies)


Item = Answer | Refusal | StateOnly | LinesCompared


def render_json(results: Item | Sequence[Item]) -> bytes:
    """Indented JSON: an object for one answer, an array for several; a newline at the end."""
    if isinstance(results, Item):
        packed = ENCODER.encode(_finished(results))
    else:
        packed = ENCODER.encode(list(map(_finished, results)))
    return msgspec.json.format(packed, indent=2) + b"\n"


def render_ndjson(results: Item | Iterable[Item]) -> bytes:
    """One object a line."""
    items = [results] if isinstance(results, Item) else results
    return ENCODER.encode_lines(map(_finished, items))


def _finished(item: Item) -> Item:
    if not isinstance(item, Answer):
        return item
    done = finish(item)
    done.options = [
        msgspec.structs.replace(
            option,
            needs=_encoded(option.needs),
            known_risks=_encoded(option.known_risks),
            availability=_encoded(option.availability),
            evidence=_encoded(option.evidence),
        )
        for option in done.options
    ]
    return done


MOST_KEPT = 4_000
_kept: dict[int, tuple[object, msgspec.Raw]] = {}


def _encoded(part: object) -> msgspec.Raw:
    """What an option prints whoever the patient is, and what it asks of most: two thirds of every answer.

    It is the same object in the next answer, so it is encoded once. Kept with the object, so that no other one can come
    to stand at its address.
    """
    found = _kept.get(id(part))
    if found is None:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        found = _kept[id(part)] = part, msgspec.Raw(ENCODER.encode(part))
    return found[1]
