"""The state as the answer prints it, and how a fact's value is written."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

from mspike.derive.intervals import span_words
from mspike.derive.state import Course, Curve, Fact, Line, State
from mspike.knowledge import Knowledge, token
from mspike.record import Day, Number


def show_value(value: Any) -> str:
    """A fact's value in words: `yes`, `no`, `12`, `11.5 to 12.5`, `under 15`, `not recorded`."""
    if value is None:
        return "not recorded"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return span_words(value) if isinstance(value, Number) else str(value)


def wire_value(value: Any) -> Any:
    """A fact's value as JSON: true/false/null, a number, or for an interval `{"low", "high"}`.

    null = no bound; `open_low` or `open_high` stand there when the bound itself is excluded (`<15`).
    """
    if isinstance(value, Number):
        if value.low == value.high:
            return _plain(value.low)
        bounds = {"low": _plain(value.low), "high": _plain(value.high)}
        opens = {
            "open_low": value.open_low and not math.isinf(value.low),
            "open_high": value.open_high and not math.isinf(value.high),
        }
        return {**bounds, **{name: True for name, is_open in opens.items() if is_open}}
    return value


def _plain(value: float) -> float | int | None:
    if math.isinf(value):
        return None
    return int(value) if value == int(value) else round(value, 4)


def wire_day(day: Day | bool | None) -> Any:
    return day.text if isinstance(day, Day) else day


def wire_fact(fact: Fact, unit: str) -> dict[str, Any]:
    value, date = fact.value, fact.date
    return {
        "value": wire_value(value) if type(value) is Number else value,
        "unit": unit or None,
        "date": date.text if date else None,
        "basis": fact.basis,
        "from": list(fact.sources),
        "because": fact.because,
    }


def wire_line(line: Line) -> dict[str, Any]:
    return {
        "number": line.number,
        "start": wire_day(line.start),
        "stop": wire_day(line.stop),
        "ongoing": line.ongoing,
        "drugs": list(line.drugs),
        "regimen": line.regimen,
        "parts": list(line.parts),
        "transplant": wire_day(line.transplant),
        "maintenance": list(line.maintenance),
        "best_response": line.best_response,
        "start_reason": line.start_reason,
        "stop_reason": line.stop_reason,
        "basis": line.basis,
        "flags": list(line.flags),
        "because": line.because,
        "differs_under": line.differs_under,
    }


def wire_curve(curve: Curve) -> dict[str, Any]:
    values = [{"date": m.date.text, "value": wire_value(m.value), "from": m.at} for m in curve.values]
    return {"test": curve.test, "unit": curve.unit or None, "involved": curve.involved, "values": values}


def wire_course(course: Course) -> dict[str, Any]:
    return {
        "drug": course.drug,
        "start": wire_day(course.start),
        "end": wire_day(course.end),
        "line": course.line,
        "part": course.part,
        "of_line": course.of_line,
        "from": course.at,
    }


@lru_cache(maxsize=64)
def fact_names(prefix: str, members: tuple[str, ...]) -> tuple[str, ...]:
    """The names of a family's facts: `exposed`, (`DRd`, `anti-CD38`) → `exposed_DRd`, `exposed_anti_cd38`."""
    return tuple(f"{prefix}_{token(member)}" for member in members)


GROUPS = (
    "double_class_exposed", "double_class_refractory", "triple_class_exposed", "triple_class_refractory",
    "quad_drug_refractory", "penta_drug_refractory", "quad_class_exposed",
)  # fmt: skip


def state_to_wire(state: State, knowledge: Knowledge) -> dict[str, Any]:
    """The state in the shape of the contract. `facts` leaves out the families' members that say nothing.

    Of the families (exposed, refractory, … for each drug and class) only members that are yes, unknown, or
    stated are printed: "never given" is the rule for most of 40 drugs and stands in `exposed`.
    """
    facts = state.facts
    plain = knowledge.facts.facts

    def members(prefix: str, names: tuple[str, ...], value: bool | None) -> list[str]:
        family = zip(names, fact_names(prefix, names), strict=True)
        return [name for name, key in family if (fact := facts.get(key)) and fact.value is value]

    drugs = tuple(knowledge.drugs)
    classes = tuple(knowledge.classes)
    shown = {
        name: wire_fact(fact, plain[name].unit if name in plain else "")
        for name, fact in facts.items()
        if name in plain or fact.value is True or (fact.value is None and name.startswith(("exposed_", "refractory_")))
    }
    frailty = "frail" if _is(facts, "frail") else "intermediate" if _is(facts, "intermediate_fitness") else None
    if frailty is None and _is(facts, "frail") is False and _is(facts, "intermediate_fitness") is False:
        frailty = "fit"
    return {
        "disease": {"status": state.status, "summary": "", **state.diagnosis},
        "event": {
            "type": state.event_type,
            "date": wire_day(state.event_date),
            "pace": state.event_pace,
            "because": state.event_because,
            "note": state.event_note,
        },
        "lines": None if state.lines is None else [wire_line(line) for line in state.lines],
        "therapy": [wire_course(course) for course in state.therapy],
        "curves": [wire_curve(curve) for curve in state.curves],
        "responses": list(state.responses),
        "progressions": list(state.progressions),
        "references": list(state.references),
        "events": dict(state.events),
        "events_because": dict(state.events_because),
        "exposed": {
            "drugs": members("exposed", drugs, True),
            "classes": members("exposed", classes, True),
            "unknown_drugs": members("exposed", drugs, None),
            "unknown_classes": members("exposed", classes, None),
        },
        "refractory": {
            "drugs": [{"drug": r.drug, "date": wire_day(r.date), "because": r.because} for r in state.refractory],
            "classes": members("refractory", classes, True),
            "unknown_drugs": members("refractory", drugs, None),
            "unknown_classes": members("refractory", classes, None),
            "flags": list(state.flags),
        },
        "intolerant": {
            "drugs": members("intolerant", drugs, True),
            "unknown_drugs": members("intolerant", drugs, None),
        },
        "groups": {name: _is(facts, name) for name in GROUPS},
        "risk": dict(state.risk),
        "risk_because": dict(state.risk_because),
        "frailty": {
            "value": frailty,
            "basis": facts["frail"].basis if "frail" in facts else "unknown",
            "because": facts["frail"].because if "frail" in facts else "",
        },
        "contradictions": [
            {"about": c.about, "stated": c.stated, "other": c.other, "from": list(c.at)} for c in state.contradictions
        ],
        "newest_data": state.newest_data.isoformat() if state.newest_data else None,
        "facts": shown,
    }


def _is(facts: dict[str, Fact], name: str) -> Any:
    fact = facts.get(name)
    return None if fact is None else fact.value
