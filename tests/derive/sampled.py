"""Turns the words of a row of spec/response.md and spec/relapse.md into a record, and a state into what it expects.

Days count from the start of the first line, 2020-01-01: `0 M=30 U=0; 28 M=14 U=0` are two samples.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from derive.written import drugs_of, knowledge, parts, read
from mspike.derive import State, derive_state
from mspike.record import as_known_on

START = dt.date(2020, 1, 1)
TESTS = {
    "M": ("serum-m-protein", "g/L"), "U": ("urine-m-protein", "mg/24h"), "K": ("kappa-flc", "mg/L"),
    "L": ("lambda-flc", "mg/L"), "dFLC": ("dflc", "mg/L"), "IFE": ("serum-immunofixation", None),
    "UIFE": ("urine-immunofixation", None), "other": ("serum-immunofixation-other", None), "DIRA": ("dira", None),
    "BM": ("marrow-plasma-cells", "%"), "clone": ("marrow-clonality", None), "SPD": ("plasmacytoma-spd", "cm2"),
    "lesion": ("new-lesion", None), "fracture": ("new-fracture", None), "PC": ("circulating-plasma-cells", "/uL"),
    "eGFR": ("egfr", "mL/min/1.73m2"), "Ca": ("calcium", "mg/dL"), "Hb": ("haemoglobin", "g/dL"),
    "Crea": ("creatinine", "mg/dL"), "MRD": ("mrd", None), "PET": ("pet-ct", None),
}  # fmt: skip
SIGNS = {"+": "positive", "-": "negative"}


def day(number: str) -> str:
    """`28` → `2020-01-29`; a date stays as it is."""
    return number if "-" in number[1:] else (START + dt.timedelta(days=int(number))).isoformat()


def number_of(date: str) -> str:
    return str((dt.date.fromisoformat(date) - START).days)


def case_of(given: dict[str, str]) -> dict[str, Any]:
    measurements: list[dict[str, Any]] = []
    assessments: list[dict[str, Any]] = []
    last = START
    for text in parts(given.get("samples", "")):
        when, *results = text.split()
        date = day(when)
        last = max(last, dt.date.fromisoformat(date)) if date.count("-") == 2 else last
        for result in results:
            name, value = result.split("=", 1)
            if name == "stated":
                entry = {"date": date, "response": value.rstrip("!")}
                assessments.append(entry | ({"confirmed": True} if value.endswith("!") else {}))
                continue
            measurements.append({"date": date, **_measurement(name, value)})
    lines = [
        {"number": place, "drugs": drugs_of(name), "start": day(start)} | ({"stop": day(stop)} if stop else {})
        | ({"stop_reason": reason[0]} if reason else {})
        for place, (name, start, stop, *reason) in enumerate(
            ((*(*entry.split()[0:1], *_span(entry.split()[1])), *entry.split()[2:])
             for entry in parts(given.get("lines", "Rd 0..")) if entry != "none"), 1)
    ]  # fmt: skip
    disease: dict[str, Any] = {"diagnosis": "multiple-myeloma", "light_chain": given.get("chain", "kappa")}
    if "isotype" in given:
        disease["isotype"] = given["isotype"]
    case: dict[str, Any] = {"disease": disease, "measurements": measurements}
    days = [line[end] for line in lines for end in ("start", "stop") if line.get(end, "").count("-") == 2]
    case["as_of"] = max((last + dt.timedelta(days=1)).isoformat(), *days, "")
    if lines:
        case["lines"] = lines
    return case | ({"assessments": assessments} if assessments else {})


def _span(text: str) -> tuple[str, str]:
    start, _, stop = text.partition("..")
    return start, stop


def _measurement(name: str, value: str) -> dict[str, Any]:
    """`30`; `SPD=20x1` for one lesion; `MRD=-NGF@1e-5`; `Ca=11.2(other)` for what is attributed to something else."""
    test, unit = TESTS[name]
    entry: dict[str, Any] = {"test": test} | ({"unit": unit} if unit else {})
    if value.endswith(")"):
        value, _, cause = value.rstrip(")").partition("(")
        entry["attributed_to"] = cause
    if name == "SPD" and "x" in value:
        value, _, lesions = value.partition("x")
        entry["lesions"] = int(lesions)
    if name == "MRD":
        method, _, depth = value[1:].partition("@")
        entry |= {"method": method} if method else {}
        entry |= {"sensitivity": float(depth)} if depth else {}
        value = value[0]
    if name == "clone":
        value = {"-": "absent", "+": "present"}[value]
    return entry | {"value": SIGNS.get(value, value)}


def state_of(given: dict[str, str]) -> State:
    policies = dict(part.split("=") for part in given.get("policy", "").split())
    record = read(case_of(given))
    if "as of" in given:
        record = as_known_on(record, dt.date.fromisoformat(day(given["as of"])))
    return derive_state(record, knowledge(), policies)


def said(state: State, column: str) -> str:
    """What the state says about an expected column."""
    rows = state.responses
    if column == "level":
        return " ".join(row["timepoint"] for row in rows) or "none"
    if column == "confirmed":
        return " ".join(row["confirmed"] for row in rows) or "none"
    if column == "flags":
        return " ".join(sorted({flag for row in rows for flag in row["flags"]})) or "none"
    if column == "PD":
        return " ".join(number_of(p["date"]) for p in state.progressions if p["confirmed"]) or "none"
    if column == "known":
        return " ".join(number_of(p["known"]) for p in state.progressions if p["known"]) or "none"
    if column == "PD by":
        return " ".join(p["clause"] for p in state.progressions if p["confirmed"]) or "none"
    if column == "unconfirmed PD":
        return " ".join(number_of(p["date"]) for p in state.progressions if not p["confirmed"]) or "none"
    if column == "measurable":
        return " ".join(r["marker"] for r in state.references if r["measurable"]) or "none"
    if column == "reference":
        return " ".join(f"{r['reference']}@{number_of(r['reference_date'])}" for r in state.references[:1])
    if column == "progression from":
        return " ".join(str(r["progression_from"]) for r in state.references[:1])
    if column == "status":
        return state.status or "?"
    event = state.events[column.replace(" ", "_")]
    return "none" if event is None else event if column == "mrd" else number_of(event)
