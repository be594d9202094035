"""Observation and DiagnosticReport → measurements, stages, performance status, cytogenetics, responses."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from mspike.knowledge import TestSpec, word_key
from mspike.record.entries import ENTRY_KEYS
from mspike.record.fhir.chart import Chart, concept_text, contained, day, number_of, own_keys
from mspike.record.fhir.conditions import own_code
from mspike.record.fhir.found import Found
from mspike.record.fhir.types import Concept, Observation, Quantity, Range, Valued
from mspike.record.terms import OURS, STAGES
from mspike.record.units import find_unit

CASE_FILE = f"{OURS}case-file"
"""The code system of what has no code elsewhere: its codes are the paths of a case file."""

COMPARED = {"gt": ">", "greater than": ">", "more than": ">", "over": ">", "ge": ">=", "at least": ">=", "lt": "<",
            "less than": "<", "under": "<", "below": "<", "le": "<=", "at most": "<="}  # fmt: skip
WRITTEN = re.compile(
    r"(gt|ge|lt|le|greater than|less than|more than|over|under|below|at least|at most|<=|>=|<|>|≤|≥)?\s*"
    r"([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*(\S.*)?",
    re.IGNORECASE,
)
"""A result written as text: `GT 45`, `<0.6 mg/L`, `12.4 g/dL`."""

NO_RESULT = ("registered", "specimen-in-process")


def read_observations(chart: Chart, found: list[Found]) -> None:
    for one in found:
        if one.kind == "DiagnosticReport":
            _report(chart, one)
        else:
            _observation(chart, one.resource, one.at)


def _report(chart: Chart, one: Found) -> None:
    """A report's contained results; those it refers to are read for themselves. Its text is not read."""
    report = one.resource
    if chart.left_out(report.status, one.at):
        return
    for name, inner in contained(report).items():
        if isinstance(inner, Observation):
            _observation(chart, inner, f"{one.at}#{name}")
    if report.conclusion or report.presentedForm:
        chart.gathering.leave_out("a report's text, which is not read", one.at)


def _observation(chart: Chart, observation: Observation, at: str) -> None:
    if chart.left_out(observation.status, at):
        return
    if observation.status in NO_RESULT:
        chart.gathering.leave_out("no result yet", at)
        return
    date = day(observation.effectiveDateTime)
    if date is None:
        period = observation.effectivePeriod
        date = day(period.start or period.end) if period else day(observation.effectiveInstant)
    if date is None and observation.issued:
        date = day(observation.issued)
        chart.gathering.assume("dated by the day it was issued, since no other day is given", at)
    if _variant(chart, observation, at, date):
        return
    _valued(chart, observation, at, date, observation, bool(observation.component))
    for number, component in enumerate(observation.component):
        _valued(chart, component, f"{at}.component[{number}]", date, observation)


def _valued(chart: Chart, valued: Valued, at: str, date: str | None, whole: Observation, panel: bool = False) -> None:
    """One code with its result."""
    code = valued.code
    if code is None:
        if not panel:
            chart.unmapped(None, "Observation", ())
        return
    path = own_code(code, "case-file")
    if path is not None:
        _stated(chart, valued, path, at)
        return
    test = chart.word(code, "test", at)
    if test is not None:
        _measurement(chart, valued, test, at, date, whole)
        return
    item = chart.word(code, "item", at)
    if item is not None:
        _item(chart, valued, item, at, date, whole)
        return
    finding = chart.word(code, "finding", at)
    if finding is not None:
        _finding(chart, valued, finding, at)
    elif not panel:
        chart.unmapped(code, "Observation", ("test",))


def _stated(chart: Chart, valued: Valued, path: str, at: str) -> None:
    """A value that only this project's own writer gives: a path of the case file and its text."""
    text = valued.valueString or ""
    section, _, key = path.rpartition(".")
    if path in ("treatments", "procedures", "assessments", "lines", "medications"):
        chart.gathering.none_of(path)
    elif section == "preferences":
        chart.state(section, key, [one for one in text.split("; ") if one not in ("", "none")], at)
    else:
        chart.state(section, key, text, at)


def _measurement(chart: Chart, valued: Valued, test: str, at: str, date: str | None, whole: Observation) -> None:
    spec = chart.terms.codes.tests[test]
    read = _result(chart, valued, spec, at)
    if read is None:
        return
    value, unit = read
    entry: dict[str, str | None] = {"date": date, "test": test, "value": value, "unit": unit}
    if "xULN" in spec.units and len(valued.referenceRange) > 2:
        entry["upper_limit"] = _upper_limit(valued.referenceRange, valued.valueQuantity)
    method = concept_text(whole.method)
    if method and (test != "mrd" or word_key(method) in chart.terms.codes.words["mrd_method"]):
        entry["method"] = method
    if whole.extension:
        entry |= own_keys(whole.extension, ENTRY_KEYS["measurements"])
    chart.gathering.add("measurements", entry, at)


def _result(chart: Chart, valued: Valued, spec: TestSpec, at: str) -> tuple[str, str | None] | None:
    """Value and unit as text. None where there is no result, or one that cannot be a test's; then it is said."""
    quantity = valued.valueQuantity
    if quantity is not None and (number := number_of(quantity)) is not None:
        return quantity.comparator + number, unit_of(chart, quantity, at)
    concept = valued.valueCodeableConcept
    if concept is not None:
        return _coded(chart, concept, spec, at)
    if valued.valueString is not None:
        return _written(valued.valueString, spec)
    if valued.valueBoolean is not None:
        return ("yes" if valued.valueBoolean else "no"), None
    if valued.valueInteger is not None:
        return str(valued.valueInteger), None
    if valued.valueRange is not None or valued.valueRatio is not None:
        chart.gathering.refuse("a range or ratio where one result belongs", at, hint="give one value")
    elif valued.dataAbsentReason is not None:
        reason = concept_text(valued.dataAbsentReason) or next(
            (c.code for c in valued.dataAbsentReason.coding if c.code), ""
        )
        chart.gathering.leave_out(f"no result ({reason or 'no reason given'})", at)
    else:
        chart.gathering.leave_out("no result", at)
    return None


def unit_of(chart: Chart, quantity: Quantity, at: str) -> str | None:
    """The unit as written, from whichever field has one that we know."""
    codes = chart.terms.codes
    known = [(text, unit) for text in (quantity.unit, quantity.code) if text and (unit := _spelled(codes, text))]
    if len({unit for _, unit in known}) > 1:
        given = f"unit {quantity.unit}, code {quantity.code}"
        chart.gathering.assume("two units in one result: the code counts", at, given)
        return known[-1][0]
    if known:
        return known[0][0] if find_unit(codes, known[0][0]) else known[0][1]
    if quantity.system and find_unit(codes, quantity.system):
        chart.gathering.assume("the unit stands where its code system belongs", at, quantity.system)
        return quantity.system
    return quantity.unit or quantity.code or None


def _spelled(codes: Any, text: str) -> str | None:
    """The unit, also without its annotations: `mg/dL{serum}`."""
    return find_unit(codes, text) or (find_unit(codes, re.sub(r"\{[^}]*\}", "", text)) if "{" in text else None)


def _coded(chart: Chart, concept: Concept, spec: TestSpec, at: str) -> tuple[str, str | None]:
    """A result given as a concept: the first of text, name and code that the test knows."""
    words = {word_key(word) for word in (*spec.values, *spec.also)}
    names = [name for name in (concept.text, *(c.display for c in concept.coding)) if name]
    found = [chart.terms.find(c.system, c.code, "result") for c in concept.coding]
    for name in (*names, *filter(None, found)):
        if word_key(name) in words:
            return name, None
    own = own_code(concept, "result")
    return _written(own or (names or [c.code for c in concept.coding] or [""])[0], spec)


def _written(text: str, spec: TestSpec) -> tuple[str, str | None]:
    """A result written as text."""
    match = WRITTEN.fullmatch(text.strip())
    if match is None or not spec.units:
        return text.strip() or "no text", None
    sign = match[1] or ""
    return COMPARED.get(sign.casefold(), sign) + match[2], match[3]


def _upper_limit(raw: msgspec.Raw, quantity: Quantity | None) -> str | None:
    """The upper end of the laboratory's only normal range, where it has the unit of the result."""
    try:
        ranges = msgspec.json.decode(raw, type=list[Range])
    except msgspec.ValidationError:
        return None
    high = ranges[0].high if len(ranges) == 1 else None
    if high is None or quantity is None:
        return None
    same = not (high.unit or high.code) or (high.unit, high.code) == (quantity.unit, quantity.code)
    same = same or (high.code or high.unit) == (quantity.code or quantity.unit)
    return number_of(high) if same else None


def _item(chart: Chart, valued: Valued, item: str, at: str, date: str | None, whole: Observation) -> None:
    """What is no laboratory test: a stage, performance status, a judged response."""
    concept = valued.valueCodeableConcept
    if item in STAGES:
        stage = chart.word(concept, item, at) or _roman(concept_text(concept) or valued.valueString or "")
        if stage is not None:  # the stage is that at diagnosis: the earliest stands
            chart.state("disease", STAGES[item], stage, at, "".join(chr(9999 - ord(c)) for c in date or "0"))
        else:
            chart.gathering.refuse("no stage that is known", at, hint="I, II or III")
    elif item == "ecog":
        grade = None if valued.valueInteger is None else str(valued.valueInteger)
        if grade is None and (number := number_of(valued.valueQuantity)) is not None:
            grade = number.removesuffix(".0")
        grade = grade or chart.word(concept, "ecog", at) or _digit(concept_text(concept) or valued.valueString or "")
        if grade is not None:
            chart.state("fitness", "ecog", grade, at, date or "")
        else:
            chart.gathering.refuse("no performance status that is known", at, hint="0 to 4")
    elif item == "response":
        response = own_code(concept, "response") or chart.word(concept, "response", at)
        if response is None and valued.valueString:
            response = chart.terms.by_name(valued.valueString, "response")
        if response is None:
            chart.gathering.refuse("a disease status that names no response category", at, concept_text(concept),
                                   "sCR, CR, VGPR, PR, MR, SD or PD")  # fmt: skip
        else:
            entry = {"date": date, "response": response} | own_keys(whole.extension, ENTRY_KEYS["assessments"])
            chart.gathering.add("assessments", entry, at)
    else:
        chart.unmapped(valued.code, "Observation", ())


def _variant(chart: Chart, observation: Observation, at: str, date: str | None) -> bool:
    """A genetic variant whose text or a component names one finding that we know."""
    if not any(chart.terms.find(c.system, c.code, "item") == "variant" for c in
               (observation.code.coding if observation.code else ())):  # fmt: skip
        return False
    texts = [concept_text(observation.code)]
    texts += [concept_text(c.valueCodeableConcept) or c.valueString or "" for c in observation.component]
    named = {word for text in texts if text and (word := chart.terms.by_name(text, "finding"))}
    if len(named) != 1:
        chart.unmapped(observation.code, "Observation", ())
    else:
        _finding(chart, observation, named.pop(), at, date or "")
    return True


def _finding(chart: Chart, valued: Valued, finding: str, at: str, date: str = "") -> None:
    """Whether a cytogenetic finding is present."""
    concept = valued.valueCodeableConcept
    said = concept and next((w for c in concept.coding if (w := chart.terms.find(c.system, c.code, "result"))), None)
    said = said or concept_text(concept) or valued.valueString
    if said is None and valued.valueBoolean is not None:
        said = "yes" if valued.valueBoolean else "no"
    words = {"positive": "present", "detected": "present", "negative": "absent", "not detected": "absent"}
    text = words.get((said or "").strip().casefold(), said)
    if text is None:
        chart.gathering.leave_out("no result", at)
        return
    section = f"disease.cytogenetics.{finding}"
    chart.state(section, "present", text, at, date)
    share = own_keys(getattr(valued, "extension", ()), ("cells_pct",)).get("cells_pct")
    if share is not None:
        chart.state(section, "cells_pct", share, at, date)


def _roman(text: str) -> str | None:
    match = re.fullmatch(r"(?:ISS )?(?:stage )?(I{1,3}|[123])", text.strip(), re.IGNORECASE)
    return None if match is None else {"1": "I", "2": "II", "3": "III"}.get(match[1], match[1].upper())


def _digit(text: str) -> str | None:
    match = re.fullmatch(r"(?:ECOG )?(?:grade )?([0-4])(?:\D.*)?", text.strip(), re.IGNORECASE)
    return None if match is None else match[1]
