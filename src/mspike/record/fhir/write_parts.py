"""Pieces of the resources that write.py makes: codes of ours and of others, quantities, extensions."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

import msgspec

from mspike.knowledge import Codes
from mspike.record.terms import OURS
from mspike.record.units import FORM, find_scale, find_unit

Resource = dict[str, Any]

UCUM = "http://unitsofmeasure.org"
UCUM_CODES = {"mg/24h": "mg/(24.h)", "g/24h": "g/(24.h)", "mL/min/1.73m2": "mL/min/{1.73_m2}", "IU/mL": "[IU]/mL",
              "mEq/L": "meq/L", "xULN": "", "/uL": "/uL"}  # fmt: skip
"""Our units that UCUM writes otherwise; empty = it has none."""

SNOMED = {"multiple-myeloma": "109989006", "autologous-transplant": "709115004"}
"""The one code of several that a table has which says just this."""

JSON_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")


def coding(name: str, code: str) -> Resource:
    """A code of one of our own systems."""
    return {"system": OURS + name, "code": code}


def concept(*codings: Resource, text: str = "") -> Resource:
    found: Resource = {"coding": list(codings)} if codings else {}
    return {**found, "text": text} if text else found


def terminology(name: str, code: str) -> Resource:
    return {"system": f"http://terminology.hl7.org/CodeSystem/{name}", "code": code}


def address(codes: Codes, system: str) -> str:
    """The address of a code system by its short name: the first that the table lists."""
    return next(address for address, short in codes.systems.items() if short == system)


def elsewhere(codes: Codes, kind: str, word: str) -> Resource:
    """The first code of another system that stands for a word of that kind."""
    row = next(row for row in codes.further if (row.group, row.word) == (kind, word) and row.system != "NAME")
    return {"system": address(codes, row.system), "code": row.code, "display": row.description}


def diagnosis_codes(codes: Codes, diagnosis: str) -> list[Resource]:
    return [coding("diagnosis", diagnosis), *_snomed(codes, diagnosis)]


def procedure_codes(codes: Codes, procedure: str) -> list[Resource]:
    return [coding("procedure", procedure), *_snomed(codes, procedure)]


def condition_codes(codes: Codes, name: str) -> list[Resource]:
    """A SNOMED code of the illness where the table has a verified one."""
    rows = (r for r in codes.further if (r.group, r.word, r.system) == ("condition", name, "SNOMED"))
    row = next((r for r in rows if r.verified_in and r.verified_in != "not verified"), None)
    return [{"system": address(codes, "SNOMED"), "code": row.code, "display": row.description}] if row else []


def _snomed(codes: Codes, word: str) -> list[Resource]:
    code = SNOMED.get(word)
    return [{"system": address(codes, "SNOMED"), "code": code}] if code else []


def drug_codes(codes: Codes, drug: str) -> list[Resource]:
    known = codes.drugs.get(drug)
    code = known.rxnorm if known else ""
    rxnorm = [{"system": address(codes, "RXNORM"), "code": code, "display": drug}] if code else []
    return [coding("drug", drug), *rxnorm]


def test_codes(codes: Codes, test: str, unit: str | None) -> list[Resource]:
    """Our code of the test, and the LOINC code whose unit differs from the given one by no more than tens."""
    found = [coding("test", test)]
    given = _factor(codes, test, unit)
    for row in codes.labs:
        if row.word == test and row.code and (of_row := _factor(codes, test, row.unit)) and given:
            tens = math.log10(given / of_row)
            if abs(tens - round(tens)) < 1e-9:
                return [*found, {"system": address(codes, "LOINC"), "code": row.code, "display": row.description}]
    return found


def _factor(codes: Codes, test: str, unit: str | None) -> float | None:
    known = find_unit(codes, unit) if unit else None
    scale = find_scale(codes.tests[test], known) if known else None
    return float(scale.factor) if scale else None


def extensions(keys: dict[str, Any]) -> list[Resource]:
    """What an entry says beside what FHIR has a place for, each as text under its key of the case file."""
    return [{"url": OURS + key, "valueString": _joined(value)} for key, value in keys.items()]


def _joined(value: str | Iterable[str]) -> str:
    return value if isinstance(value, str) else "; ".join(value) or "none"


def number(text: str | None) -> msgspec.Raw | None:
    """A number's text as JSON, digit for digit; None where JSON writes it otherwise."""
    return msgspec.Raw(text.encode()) if text and JSON_NUMBER.fullmatch(text) else None


def quantity(value: msgspec.Raw, unit: str, code: str, comparator: str = "") -> Resource:
    found: Resource = {"value": value} | ({"comparator": comparator} if comparator else {}) | {"unit": unit}
    return found | ({"system": UCUM, "code": code} if code else {})


def result(codes: Codes, entry: dict[str, Any]) -> Resource:
    """The value of an Observation, taken out of `entry`; what it cannot carry as written stays there."""
    text, unit = entry.pop("value"), entry.pop("unit", None)
    if unit is None:
        return {"valueCodeableConcept": concept(text=text)}
    written = FORM.fullmatch(text)
    value = number(written[2]) if written else None
    sign = {"≤": "<=", "≥": ">="}.get(written[1], written[1]) or "" if written else ""
    if value is None or written is None:
        entry |= {"value": text, "unit": unit}
        return {"valueString": f"{text} {unit}"}
    if text != sign + written[2]:
        entry["value"] = text  # written with a space or another sign: kept as it was
    known = find_unit(codes, unit) or ""
    return {"valueQuantity": quantity(value, unit, UCUM_CODES.get(known, known), sign)}


def reference_range(limit: str | None, unit: str | None) -> list[Resource]:
    high = number(limit)
    return [{"high": {"value": high, "unit": unit}}] if high is not None and unit else []
