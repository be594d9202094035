"""The lists of a case file: conditions, measurements, treatments, procedures, assessments, diagnoses, lines."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from msgspec.structs import replace

from mspike.record.errors import RecordError
from mspike.record.fields import Fields
from mspike.record.measurements import MEASUREMENT_KEYS, read_measurement
from mspike.record.model import Assessment, Condition, Day, Procedure, StatedDiagnosis, StatedLine, Treatment
from mspike.record.words import YES_NO

ENTRY_KEYS: dict[str, tuple[str, ...]] = {
    "conditions": ("name", "present", "active", "date", "grade", "nyha", "painful", "site", "to", "attributed_to"),
    "measurements": MEASUREMENT_KEYS,
    "treatments": ("drug", "start", "end", "stop_reason", "dose_mg", "days_supply", "route", "context"),
    "procedures": ("procedure", "date"),
    "assessments": ("date", "response", "confirmed"),
    "diagnoses": ("name", "date"),
    "lines": ("number", "drugs", "transplant", "start", "stop", "best_response", "stop_reason",
              "progressed_on_maintenance", "refractory", "maintenance"),
}  # fmt: skip

BELONGS_TO = {"nyha": "heart-failure", "painful": "peripheral-neuropathy", "to": "allergy"}
"""Keys that one condition alone has."""


def read_entries(top: Fields) -> dict[str, Any]:
    """The lists of a record by name. Absent is None where the model tells it from empty."""
    found: dict[str, Any] = {name: top.entries(name, ENTRY_KEYS[name], read) for name, read in READERS.items()}
    for name in ("conditions", "measurements", "diagnoses"):
        found[name] = found[name] or ()
    if found["lines"] is not None:
        found["lines"] = in_line_order(found["lines"])
    return found


def _condition(given: Fields) -> Condition:
    name = given.needed("name", given.word("name", "condition"), "name the condition")
    for key, owner in BELONGS_TO.items():
        if name != owner and given.leaf(key) is not None:
            given.refuse(key, given.leaf(key), f"{key} belongs to {owner}", "take it out, or look at the name")
    to = given.medicine("to")
    if name == "allergy":
        given.needed("to", to, "say to which drug: `to: lenalidomide`")
    present = given.tri("present")
    return Condition(
        name=name,
        at=given.at,
        active=given.tri("active"),
        date=given.day("date"),
        grade=given.whole("grade", 0, 5, roman=True),
        nyha=given.whole("nyha", 1, 4, roman=True),
        painful=given.tri("painful"),
        site=given.text("site"),
        to=to,
        attributed_to=given.cause("attributed_to"),
        present=present if "present" in given.given else True,
    )


def _treatment(given: Fields) -> Treatment:
    start, end = given.day("start"), given.day("end")
    in_order(given, "end", "start", start, end)
    return Treatment(
        drug=given.needed("drug", given.drug("drug"), "name the drug"),
        at=given.at,
        start=start,
        end=end,
        stop_reason=given.word("stop_reason", "stop_reason"),
        dose_mg=given.number("dose_mg", 0, 100_000),
        days_supply=given.number("days_supply", 0, 1000),
        route=given.word("route", "route"),
        context=given.word("context", "context"),
    )


def _procedure(given: Fields) -> Procedure:
    what = given.needed("procedure", given.word("procedure", "procedure"), "name the procedure")
    return Procedure(procedure=what, at=given.at, date=given.day("date"))


def _assessment(given: Fields) -> Assessment:
    return Assessment(
        date=given.needed("date", given.day("date"), "an assessment has a date"),
        response=given.needed("response", given.word("response", "response"), "give the response category"),
        at=given.at,
        confirmed=given.tri("confirmed"),
    )


def _diagnosis(given: Fields) -> StatedDiagnosis:
    name = given.needed("name", given.word("name", "earlier_diagnosis"), "name the diagnosis")
    return StatedDiagnosis(name=name, at=given.at, date=given.day("date"))


def _line(given: Fields) -> StatedLine:
    start, stop, transplant = given.day("start"), given.day("stop"), _transplant(given)
    in_order(given, "stop", "start", start, stop)
    if isinstance(transplant, Day):
        in_order(given, "transplant", "start", start, transplant)
    return StatedLine(
        number=given.whole("number", 1, 50) or 0,
        drugs=given.drugs("drugs"),
        at=given.at,
        transplant=transplant,
        start=start,
        stop=stop,
        best_response=given.word("best_response", "response"),
        stop_reason=given.word("stop_reason", "stop_reason"),
        progressed_on_maintenance=given.tri("progressed_on_maintenance"),
        refractory=given.drugs("refractory"),
        maintenance=given.drugs("maintenance"),
    )


def _transplant(given: Fields) -> Day | bool | None:
    leaf = given.leaf("transplant")
    if leaf is None or leaf.text is None:
        return None
    said = leaf.text.strip().casefold()
    return YES_NO[said] if said in YES_NO else given.a_day("transplant", leaf)


def in_order(given: Fields, key: str, after: str, first: Day | None, second: Day | None) -> None:
    """Refuses a date that lies before another for certain, whatever day its partial dates mean."""
    if first is not None and second is not None and second.last < first.first:
        given.refuse(key, given.leaf(key), f"{key} is before {after}", f"{after} is {first.text}: one of them is wrong")


def in_line_order(lines: tuple[Any, ...]) -> tuple[StatedLine, ...]:
    """The lines by number: 1, 2, 3 … with none missing, none twice, none begun before the one below it."""
    if lines and all(line.number == 0 for line in lines):
        lines = tuple(replace(line, number=i) for i, line in enumerate(lines, start=1))
    for line in lines:
        if line.number == 0:
            raise RecordError("number is missing", at=f"{line.at}.number", hint="number every line, or none of them")
    ordered = tuple(sorted(lines, key=lambda line: line.number))
    for expected, line in enumerate(ordered, start=1):
        if line.number != expected:
            rule = "a line number twice" if line.number < expected else "a line number is missing before this one"
            raise RecordError(rule, at=f"{line.at}.number", given=str(line.number), hint=f"{expected} comes here")
    for earlier, later in pairwise(ordered):
        if earlier.start and later.start and later.start.last < earlier.start.first:
            raise RecordError(
                "a line begins before the one below it", at=f"{later.at}.start", given=later.start.text,
                hint=f"line {earlier.number} began {earlier.start.text}: one of them is wrong",
            )  # fmt: skip
    return ordered


READERS: dict[str, Callable[[Fields], Any]] = {
    "conditions": _condition,
    "measurements": read_measurement,
    "treatments": _treatment,
    "procedures": _procedure,
    "assessments": _assessment,
    "diagnoses": _diagnosis,
    "lines": _line,
}
"""Who reads an entry of each list."""
