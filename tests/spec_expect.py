"""What a row of spec/ expects, in the form of a vector: each expected column as a part of the answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from derive import sampled
from derive.written import GROUPS, knowledge

Expect = dict[str, Any]
TRI = {"yes": True, "no": False, "?": None}
ROUNDED = {"corrected_calcium_mmol_l": 0.005}
"""Half of the last digit printed; elsewhere a tenth is printed."""
WHOLE = ("prior_lines", "transplants", "refractory_pi_count")
FAMILIES = {"pi": "PI", "anti cd38": "anti-CD38", "bcma": "BCMA", "alkylator": "alkylator"}


def expectation(chapter: str, expected: dict[str, str]) -> Expect | None:
    """The parts of the answer that the columns of a row fix; None if no column is one that an answer shows."""
    found: Expect = {}
    progress: dict[str, list[str]] = {}
    for column, text in expected.items():
        if chapter in ("response", "relapse") and column in ("PD", "PD by", "known"):
            progress[column] = [] if text == "none" else text.split()
            continue
        for part, value in _part(chapter, column, text).items():
            old = found.get(part)
            if isinstance(old, list) and old and isinstance(old[0], dict):
                found[part] = [{**one, **two} for one, two in zip(old, value, strict=True)]
            else:
                found[part] = {**old, **value} if isinstance(old, dict) else value
    if progress:
        days = progress.get("PD", progress.get("known", progress.get("PD by", [])))
        rows: list[dict[str, Any]] = [{} for _ in days]
        for column, name in (("PD", "date"), ("PD by", "clause"), ("known", "known")):
            for row, word in zip(rows, progress.get(column, ()), strict=column in progress):
                row[name] = word if column == "PD by" else sampled.day(word)
        found["progressions"] = rows
    return found or None


def _part(chapter: str, column: str, text: str) -> Expect:
    if column == "contradiction":
        return {"contradictions": [] if text == "none" else [about.strip() for about in text.split(";")]}
    if chapter in ("response", "relapse"):
        return _sampled(column, text)
    if chapter in ("risk", "fitness"):
        return _scored(column, text)
    return _written(column, text)


def _words(text: str) -> list[str]:
    return [] if text == "none" else text.split()


def _sampled(column: str, text: str) -> Expect:
    if column in ("level", "confirmed"):
        name = "timepoint" if column == "level" else "confirmed"
        return {"responses": [{name: level} for level in _words(text)]}
    if column == "flags":
        return {"response_flags": _words(text)}
    if column == "measurable":
        return {"measurable": _words(text)}
    if column == "unconfirmed PD":
        return {"unconfirmed_progressions": [{"date": sampled.day(word)} for word in _words(text)]}
    if column == "status":
        return {"disease": {"status": None if text == "?" else text}}
    if column in ("reference", "progression from"):
        return {}
    value = None if text == "none" else text if column == "mrd" else sampled.day(text)
    return {"events": {column.replace(" ", "_"): value}}


def _scored(column: str, text: str) -> Expect:
    risk = {"ims imwg high risk": "ims_imwg_2025_high_risk", "functional high risk": "functional_high_risk",
            "iss": "iss", "r iss": "r_iss", "r2 iss": "r2_iss"}  # fmt: skip
    if column in risk:
        return {"risk": {risk[column]: TRI.get(text, text)}}
    return {} if column == "basis" else _fact(column.replace(" ", "_"), text)


def _written(column: str, text: str) -> Expect:
    lists: dict[str, Callable[[], Expect]] = {
        "refractory": lambda: {"refractory": {"drugs": _words(text)}},
        "not known": lambda: {"refractory": {"unknown_drugs": _words(text)}},
        "classes": lambda: {"refractory": {"classes": _words(text)}},
        "flags": lambda: {"refractory": {"flags": _words(text)}},
        "exposed": lambda: {"exposed": {"drugs": _words(text)}},
        "intolerant": lambda: {"intolerant": {"drugs": _words(text)}},
        "intolerance not known": lambda: {"intolerant": {"unknown_drugs": _words(text)}},
        "status": lambda: {"disease": {"status": None if text == "?" else text}},
        "pace": lambda: {"event": {"pace": None if text == "?" else text}},
    }
    if column in lists:
        return lists[column]()
    if column == "counted" and text in ("?", "none"):
        return {"lines": None if text == "?" else []}
    if column in ("regimen", "parts", "line drugs", "counted", "ended"):
        return {"lines": [_line(column, entry) for entry in text.split(" then ")]}
    if column in ("began for", "differs"):  # words of mspike's own beside a line: no other program need say them so
        return {}
    if column in GROUPS:
        return {"groups": {GROUPS[column]: TRI[text]}}
    if column == "grew on" and text != "none":
        return _fact(f"progressed_on_regimen_{text}", "yes")
    if column == "grew on":
        return {}
    if column.startswith("exposed ") and (name := FAMILIES.get(column.removeprefix("exposed "))):
        return {"exposed": {
            "classes": {"has" if text == "yes" else "lacks": [name]},
            "unknown_classes": {"has" if text == "?" else "lacks": [name]},
        }}  # fmt: skip
    return _fact(column.replace(" ", "_"), text)


def _line(column: str, entry: str) -> dict[str, Any]:
    if column == "regimen":
        return {"regimen": entry}
    if column == "ended":
        return {"stop_reason": None if entry in ("?", "ongoing") else entry}
    if column == "counted":
        regimen, _, days = entry.rpartition(" ")
        start, _, stop = days.partition("..")
        drugs = regimen.split("+")  # a known name leaves the steroid aside; written out, it is every drug
        named = {"drugs": drugs} if set(drugs) <= knowledge().drugs.keys() else {"regimen": regimen}
        return {**named, "start": start or None, "stop": stop or None}
    return {"drugs" if column == "line drugs" else "parts": _words(entry)}


def _fact(name: str, text: str) -> Expect:
    """A fact's value; of those that an answer prints only where they are true or unknown, only these."""
    if name not in knowledge().facts.facts and text == "no":
        return {}
    return {"facts": {name: TRI[text] if text in TRI else _number(name, text)}}


def _number(name: str, text: str) -> Any:
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return int(text) if name in WHOLE else {"about": float(text), "within": ROUNDED.get(name, 0.05)}
    if bounds := re.fullmatch(r"([\d.]+?)\.\.([\d.]+)", text):
        return {"low": _number(name, bounds[1]), "high": _number(name, bounds[2])}
    return text
