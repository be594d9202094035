"""Turns the words of a spec row into a record, and a state into the words that the row expects."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from mspike.derive import Line, State, derive_state
from mspike.derive.wire import show_value
from mspike.knowledge import Knowledge, load_knowledge, token
from mspike.record import Number, Record, RecordError, read_case

AS_OF = "2026-06-30"
LINE_COLUMNS = {
    "drugs": "drugs", "start": "start", "stop": "stop", "stopped for": "stop_reason", "best response": "best_response",
    "transplant": "transplant", "on maintenance": "progressed_on_maintenance", "maintenance": "maintenance",
    "list": "refractory",
}  # fmt: skip
"""Columns that describe one line."""
TESTS = {"serum M": ("serum-m-protein", "g/L"), "urine M": ("urine-m-protein", "mg/24h"),
         "kappa": ("kappa-flc", "mg/L"), "lambda": ("lambda-flc", "mg/L")}  # fmt: skip
ROUTES = ("PO", "IV", "SC")
STOPS = ("progression", "toxicity", "completed", "planned", "access", "choice", "death", "not-stated")
RESPONSES = ("sCR", "CR", "VGPR", "PR", "MR", "SD", "PD", "NE")


@cache
def knowledge() -> Knowledge:
    return load_knowledge()


def read(case: dict[str, Any]) -> Record:
    """A case given as Python, through the same door as a file."""
    data = json.dumps({"schema": "mspike-case/1", "id": "spec", "as_of": AS_OF, **case})
    record = next(iter(read_case(data, "spec.json")))
    if isinstance(record, RecordError):
        raise record
    return record


def derive(case: dict[str, Any], policies: dict[str, Any] | None = None) -> State:
    return derive_state(read(case), knowledge(), policies or {})


def drugs_of(name: str) -> list[str]:
    """`VRd` or `bortezomib+dexamethasone` as drugs."""
    option = knowledge().options.get(name)
    return list(option.drugs) if option else name.split("+")


def state_of(given: dict[str, str]) -> State:
    """The state of the record that a row's given cells describe."""
    return derive(case_of(given), dict(part.split("=") for part in given.get("policy", "").split()))


def case_of(given: dict[str, str]) -> dict[str, Any]:
    case: dict[str, Any] = {"as_of": given.get("as of", AS_OF)}
    disease: dict[str, Any] = {"diagnosis": given.get("diagnosis", "multiple-myeloma")}
    event = {"type": given.get("event"), "date": given.get("relapse") or given.get("event date"),
             "symptoms": given.get("symptoms"), "rapid": given.get("rapid")}  # fmt: skip
    if "relapse" in given:
        event["type"] = event["type"] or "clinical-relapse"
    if "relapse" in given and given["relapse"] == "undated":
        del event["date"]
    disease["event"] = {k: v for k, v in event.items() if v}
    for key in ("diagnosed", "isotype", "light_chain"):
        if key in given:
            disease[key] = given[key]
    if "findings" in given:
        disease["cytogenetics"] = findings_of(given["findings"])
    case["disease"] = disease
    single = {field: given[column] for column, field in LINE_COLUMNS.items() if column in given}
    if "drugs" in single:
        case["lines"] = [line_of(single), *lines_of(given.get("then", ""))]
    elif "lines" in given:
        case["lines"] = lines_of(given["lines"]) if given["lines"] != "none" else []
    if "drug records" in given:
        case["treatments"] = [entry for text in parts(given["drug records"]) for entry in records_of(text)]
    if "procedures" in given:
        case["procedures"] = [
            dict(zip(("procedure", "date"), t.split(), strict=False)) for t in parts(given["procedures"])
        ]
    if "assessments" in given:
        case["assessments"] = [assessment_of(text) for text in parts(given["assessments"])]
    case["measurements"] = [
        {"test": test, "unit": unit, "date": text.split()[0], "value": text.split()[1]}
        for column, (test, unit) in TESTS.items()
        for text in parts(given.get(column, ""))
    ]
    fitness = {key: given[key] for key in ("ecog", "frailty") if key in given}
    return (
        case
        | ({"fitness": fitness} if fitness else {})
        | ({"patient": {"age": given["age"]}} if "age" in given else {})
    )


def parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def line_of(fields: dict[str, str]) -> dict[str, Any]:
    line: dict[str, Any] = dict(fields)
    line["drugs"] = [d for name in fields["drugs"].split() for d in drugs_of(name)]
    for key in ("refractory", "maintenance"):
        if key in line:
            line[key] = [] if line[key] == "none" else line[key].split()
    return line


def lines_of(text: str) -> list[dict[str, Any]]:
    """`VRd 2020-01..2021-06 progression PR [lenalidomide] asct=2020-05; DPd 2021-07..`."""
    lines = []
    for entry in parts(text):
        name, *words = entry.split()
        line: dict[str, Any] = {"drugs": drugs_of(name)}
        for word in words:
            if word in STOPS:
                line["stop_reason"] = word
            elif word in RESPONSES:
                line["best_response"] = word
            elif word.startswith("["):
                line["refractory"] = [d for d in word.strip("[]").split(",") if d]
            elif word.startswith("asct="):
                line["transplant"] = word.removeprefix("asct=")
            elif word == "maintenance":
                line["progressed_on_maintenance"] = "yes"
            elif word.startswith("maintenance="):
                line["maintenance"] = [d for d in word.removeprefix("maintenance=").split(",") if d]
            elif ".." in word:
                line |= span_of(word, "start", "stop")
            else:
                raise ValueError(f"{word!r} in {entry!r} is not read")
        lines.append(line)
    return lines


def span_of(text: str, start: str, stop: str) -> dict[str, str]:
    first, last = text.split("..")
    return ({start: first} if first else {}) | ({stop: last} if last else {})


def records_of(text: str) -> list[dict[str, Any]]:
    """`lenalidomide 2022-01-01..2023-01-01 10mg progression maintenance`; of a regimen, one record for each drug."""
    name, span, *words = text.split()
    entry: dict[str, Any] = span_of(span, "start", "end")
    for word in words:
        if word in STOPS:
            entry["stop_reason"] = word
        elif word.endswith("mg"):
            entry["dose_mg"] = float(word.removesuffix("mg"))
        elif word.endswith("d"):
            entry["days_supply"] = float(word.removesuffix("d"))
        elif word in ROUTES:
            entry["route"] = word
        else:
            entry["context"] = word
    return [{"drug": drug, **entry} for drug in ([name] if name in knowledge().drugs else drugs_of(name))]


def assessment_of(text: str) -> dict[str, Any]:
    date, response, *confirmed = text.split()
    entry: dict[str, Any] = {"date": date, "response": response}
    if confirmed:
        entry["confirmed"] = confirmed[0] == "confirmed"
    return entry


def findings_of(text: str) -> dict[str, Any]:
    """`del(17p)=present; t(4;14)=absent` with `,` between findings, since `;` stands in their names."""
    return dict(part.strip().split("=") for part in text.split(","))


GROUPS = {"double-class": "double_class_refractory", "triple-class": "triple_class_refractory",
          "quad-drug": "quad_drug_refractory", "penta-drug": "penta_drug_refractory"}  # fmt: skip


def said(state: State, column: str) -> str:
    """What the state says about an expected column, in the words of the tables."""
    names = knowledge()
    facts = state.facts
    lines = state.lines or ()
    if column in ("refractory", "not known"):
        wanted = True if column == "refractory" else None
        return " ".join(d for d in names.drugs if facts[f"refractory_{token(d)}"].value is wanted) or "none"
    if column in ("exposed", "intolerant"):
        return " ".join(d for d in names.drugs if facts[f"{column}_{token(d)}"].value is True) or "none"
    if column == "intolerance not known":
        return " ".join(d for d in names.drugs if facts[f"intolerant_{token(d)}"].value is None) or "none"
    if column == "classes":
        return " ".join(c for c in names.classes if facts[f"refractory_{token(c)}"].value is True) or "none"
    if column == "status":
        return state.status or "?"
    if column == "pace":
        return state.event_pace or "?"
    if column == "grew on":
        return " ".join(o for o in names.options if facts[f"progressed_on_regimen_{token(o)}"].value is True) or "none"
    if column == "flags":
        return " ".join(state.flags) or "none"
    if column == "contradiction":
        return "; ".join(c.about for c in state.contradictions) or "none"
    if column == "regimen":
        return " then ".join(line.regimen for line in lines)
    if column == "parts":
        return " then ".join(" ".join(line.parts) for line in lines)
    if column == "line drugs":
        return " then ".join(" ".join(line.drugs) for line in lines)
    if column == "counted":
        return "?" if state.lines is None else " then ".join(counted_words(line) for line in lines) or "none"
    if column == "ended":
        return " then ".join(line.stop_reason or ("ongoing" if line.ongoing else "?") for line in lines)
    if column == "differs":
        found = {name: shown["n_lines"] for line in lines for name, shown in line.differs_under.items()}
        return " ".join(f"{name}={n}" for name, n in found.items() if n != len(lines)) or "none"
    if column == "began for":
        return " then ".join(line.start_reason or "?" for line in lines)
    fact = facts[GROUPS.get(column, column.replace(" ", "_"))]
    return (
        "?"
        if fact.value is None
        else number_word(fact.value)
        if isinstance(fact.value, Number)
        else show_value(fact.value)
    )


def counted_words(line: Line) -> str:
    """`VRd 2020-01-01..2020-06-30`."""
    stop = line.stop.text if line.stop else ""
    return f"{line.regimen} {line.start.text if line.start else ''}..{stop}"


def number_word(number: Number) -> str:
    low, high = f"{number.low:.1f}".removesuffix(".0"), f"{number.high:.1f}".removesuffix(".0")
    return low if low == high else f"{low}..{high}"
