"""A Record → the keys and texts of a case file, for the writers: the reading turned round.

`values` gives what a record says once, by section; `entries` its lists. What was written is given back as written:
reading it again makes the same Record.
"""

from __future__ import annotations

import math
from typing import Any

from mspike.record.dates import age_on
from mspike.record.gathering import Value
from mspike.record.model import Day, Measurement, Number, Record
from mspike.record.units import FORM

LISTS = ("conditions", "measurements", "treatments", "procedures", "assessments", "diagnoses", "lines")
LIST_KEYS = ("medications", "wants", "avoids", "drugs", "refractory", "maintenance")
"""Keys that hold several words."""
EMPTY = "[]"
"""How a table says that one of them is known to hold none."""
SECTIONS = ("fitness", "circumstances", "place")
DISEASE = (
    "diagnosis", "diagnosed", "isotype", "light_chain", "iss", "r_iss", "extramedullary", "cns",
    "plasma_cell_leukaemia",
)  # fmt: skip


def values(record: Record) -> dict[str, dict[str, Value]]:
    """Section → key → text: `{"": {"id": …}, "patient": {…}, "disease.event": {…}}`; unknown ones are left out."""
    found: dict[str, dict[str, Value]] = {"": {"id": record.id, "country": record.country}}
    if record.as_of_basis != "today":
        found[""]["as_of"] = record.as_of.isoformat()
    if record.medications is not None:
        found[""]["medications"] = list(record.medications)
    birth, age = record.patient.birth_date, record.patient.age
    if birth is not None and age == age_on(birth, record.as_of):
        age = None
    found["patient"] = known({"age": age, "birth_date": birth, "sex": record.patient.sex})
    found["disease"] = known({key: getattr(record.disease, key) for key in DISEASE})
    found["disease.event"] = known(fields_of(record.disease.event))
    for finding in dict.fromkeys([*record.disease.cytogenetics, *record.disease.cytogenetics_pct]):
        stated = {
            "present": record.disease.cytogenetics.get(finding),
            "cells_pct": record.disease.cytogenetics_pct.get(finding),
        }
        found[f"disease.cytogenetics.{finding}"] = known(stated)
    for section in SECTIONS:
        found[section] = known(fields_of(getattr(record, section)))
    if record.preferences is not None:
        found["preferences"] = {"wants": list(record.preferences.wants), "avoids": list(record.preferences.avoids)}
    return {section: keys for section, keys in found.items() if keys}


def entries(record: Record) -> dict[str, list[dict[str, Value]]]:
    """List → its entries, each as its keys with texts. A list of which the record says nothing is left out."""
    found: dict[str, list[dict[str, Value]]] = {}
    for name in LISTS:
        held = getattr(record, name)
        if held or (held is not None and name not in ("conditions", "measurements", "diagnoses")):
            found[name] = [_entry(entry) for entry in held]
    return found


def _entry(entry: Any) -> dict[str, Value]:
    if isinstance(entry, Measurement):
        return _measurement(entry)
    keys = fields_of(entry)
    del keys["at"]
    if keys.get("present") is True:
        del keys["present"]
    elif "present" in keys:
        keys["present"] = "unknown" if keys["present"] is None else keys["present"]
    return known(keys)


def _measurement(entry: Measurement) -> dict[str, Value]:
    """Value and unit as they were written; the laboratory's limit back in that unit."""
    keys = fields_of(entry)
    for key in ("at", "text", "value", "unit", "given"):
        del keys[key]
    written = FORM.match(entry.given) if entry.text is None else None
    keys["value"] = written[0].strip() if written else entry.given
    keys["unit"] = entry.given[written.end() :].strip() if written else None
    if entry.upper_limit is not None:
        keys["upper_limit"] = _limit_as_written(entry)
    return known(keys)


def _limit_as_written(entry: Measurement) -> float | None:
    """The limit in the unit of the value: both were multiplied by the same factor."""
    from mspike.knowledge import load_codes
    from mspike.record.units import find_scale, find_unit

    codes = load_codes()
    written = FORM.match(entry.given)
    unit = find_unit(codes, entry.given[written.end() :]) if written else None
    scale = find_scale(codes.tests[entry.test], unit) if unit else None
    return entry.upper_limit / float(scale.factor) if scale and entry.upper_limit is not None else None


def fields_of(entry: Any) -> dict[str, Any]:
    return {key: getattr(entry, key) for key in entry.__struct_fields__}


def known(keys: dict[str, Any]) -> dict[str, Value]:
    return {key: _text(value) for key, value in keys.items() if value is not None}


def _text(value: Any) -> Value:
    if isinstance(value, Day):
        return value.text
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Number):
        if value.low == value.high:
            return plain(value.low)
        if math.isinf(value.low):
            return f"{'<' if value.open_high else '<='}{plain(value.high)}"
        return f"{'>' if value.open_low else '>='}{plain(value.low)}"
    if isinstance(value, tuple):
        return list(value)
    return plain(value) if isinstance(value, float) else str(value)


def plain(number: float) -> str:
    """A number as one writes it: `12`, `12.4`, `1e-05`."""
    return f"{number:.15g}"
