"""Measurable disease: serum and urine M-protein, light chains; any one is enough."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from mspike.trials.criteria.canon import NUMBER, number
from mspike.trials.criteria.model import Found
from mspike.trials.criteria.sentence import Sentence

QUANTITY = re.compile(
    rf"(?P<sign>≥|>|=|≤|<|\bat least|\bmore than|\babove|\bof)?\s*(?<![\d.]){NUMBER}\s*(?P<unit>g/dL|"
    r"g/L|mg/dL|mg/L|g/24h|mg/24h|gm?/24|mg/24|g(?=\s[^.;]{0,25}24\s*-?\s*h)|mg(?=\s+of\s+(?:monoclonal|M-?\s?protein))|"
    rf"mg(?=[^.;]{{0,40}}24\s*-?\s*h))(?![A-Za-z])",
    re.IGNORECASE,
)
M_PROTEIN = (
    r"M[- ]?\s?(?:protein|spike|component|peak)|mono-?clonal|para-?protein|SPEP|electrophoresis|"
    r"myeloma protein|\bIg\s?[GADEM]\b|immunoglobulin|serum m\b"
)
LIGHT = r"light[- ]?chain|\bs?FLC|kappa|lambda"
URINE = r"urin|UPEP|Bence"
OTHER = re.compile(
    r"h[a]?emoglobin|albumin|creatinine|bilirubin|calcium|glucose|\bHb\b|\bHgb\b|C-reactive|triglycer|"
    r"LDH|ferritin|uric|microglobulin|\bdose|prednis|dexameth|platelet|fibrinogen|proteinuria|"
    r"quantitative|difference|dFLC",
    re.IGNORECASE,
)
WANTED = re.compile(
    r"measur[ae]ble|evaluable|defined (?:as|by)|at least 1 of|1 or more of|any of the following|criteria", re.IGNORECASE
)
MEASURABLE = re.compile(
    r"\bmeasur[ae]ble\s+(?:and/or evaluable\s+)?(?:or evaluable\s+)?(?:MM\b|multiple myeloma|myeloma|"
    r"plasma|disease|M-?\s?protein|serum|levels?|paraprotein|monoclonal|secretory|\w+ disease)",
    re.IGNORECASE,
)
CLASS_AFTER = re.compile(
    r"\s*(?:or (?:above|more|greater|higher)\s+)?(?:of|for|in|if)\s+(?:case\s+(?:of\s+)?|"
    r"(?:patients?|subjects?|participants?)\s+with\s+)?"
    r"(?:immunoglobulin\s+\w\s*[(\[]?)?[(\[]?Ig\s?[GADEM](?:[\s,/]|or|and|Ig\s?[GADEM])*|"
    r"\s+Ig\s?[GADEM](?:[\s,/]|or|and|Ig\s?[GADEM])*",
    re.I,
)
CLASS_AFTER_ANY = re.compile(
    r"\d\s*g/d?L\s*(?:(?:of|for|in|if)\s+(?:case\s+(?:of\s+)?)?)?(?:immunoglobulin\s+\w\s*[(\[]?)?Ig\s?[GADEM]",
    re.IGNORECASE,
)
"""`1 g/dL of IgG or IgM`: the class stands behind its value in the whole sentence."""
CLASS = re.compile(r"\bIg\s?([GADEM])\b(?!\s*\w*\s*level)")
OTHER_WAY = re.compile(
    r"plasmacytoma|extramedullary|plasma cells? (?:≥|>|percent|%)|\b(?:marrow|lytic|"
    r"bone)[^.;]{0,30}(?:≥|>|involv|lesion)|\bPET\b|\blesions?\b|heavy[ /-]light",
    re.IGNORECASE,
)
"""Disease that can be followed by other means than the three proteins."""
USUAL = {"serum": 1.0, "urine": 200, "sflc": 10}
"""Where nothing says that a threshold is for measurable disease, higher ones are those of the diagnosis."""
NO = re.compile(r"\b(?:no|not|without|non-?|lack of)\s+(?:\w+\s+){0,2}measur", re.IGNORECASE)
NOT_NEEDED = re.compile(
    r"measur[ae]ble[^.;]{0,50}\b(?:is|are) not (?:\w+ )?(?:required|necessary|needed|mandatory)", re.IGNORECASE
)
CHANGE = re.compile(r"absolute increase|increase (?:of|from|in)|\breduction|\bdecrease", re.IGNORECASE)
NOT_HERE = re.compile(
    r"smou?lder|high[- ]risk|free light chain ratio (?:of )?(?:≥|>)|doubl\w+|increas\w+|rise|"
    r"progressi\w+ disease (?:is|was)|relapse (?:is|was) defined|amyloid|reduction|decrease",
    re.IGNORECASE,
)


def read_measurable(s: Sentence) -> Iterator[Found]:
    """Thresholds of one sentence as alternatives; `required` without them where only measurable disease is named."""
    if s.side == "exclusion":
        return
    text, context = s.text, s.lead[-700:] + " " + s.text
    named = MEASURABLE.search(text)
    wanted = bool(re.search(r"measur[ae]ble|disease measure|detectable", context, re.IGNORECASE))
    found = [
        item for item in _thresholds(text) if wanted or (len(text) < 400 and item["at_least"] <= USUAL[item["kind"]])
    ]
    kinds = {item["kind"] for item in found}
    if found and CHANGE.search(text):
        return
    if found and (wanted or len(kinds) >= 2) and not (NOT_HERE.search(text) and not wanted):
        if s.side == "unstated" and not wanted:
            return
        if wanted and (way := OTHER_WAY.search(text)):
            found.append(
                {"kind": "other", "says": " ".join(text.split())[:200], "start": way.start(), "end": way.end()}
            )
        start, end = min(item.pop("start") for item in found), max(item.pop("end") for item in found)
        yield Found(start=start, end=end, fact="measurable_disease", op="any_of", value=found, alone=True)
    elif (
        wanted
        and not named
        and (way := OTHER_WAY.search(text))
        and re.search(r"measur[ae]ble", s.lead[-400:], re.IGNORECASE)
    ):
        other = {"kind": "other", "says": " ".join(text.split())[:200]}
        yield Found(
            start=way.start(),
            end=way.end(),
            fact="measurable_disease",
            op="any_of",
            value=[other],
            inferred=True,
            alone=True,
        )
    elif named and s.side == "inclusion" and not NO.search(text) and not NOT_NEEDED.search(text):
        inferred = bool(re.search(r"\bor\b[^.;]{0,30}(?:evaluable|non-?measur)", text, re.IGNORECASE))
        yield Found(
            start=named.start(),
            end=named.end(),
            fact="measurable_disease",
            op="required",
            inferred=inferred,
            alone=True,
        )


def _thresholds(text: str) -> Iterator[dict[str, Any]]:
    """Each threshold: kind, value in g/dL (serum), mg/24 h (urine) or mg/dL (light chain), the Ig classes it is for."""
    last = 0
    kept = ""
    seen: set[tuple[str, float, str]] = set()
    for found in QUANTITY.finditer(text):
        sign = (found["sign"] or "").lower()
        before, after = text[last : found.start()], text[found.end() : found.end() + 70]
        last = found.end()
        if sign in ("<", "≤"):
            continue
        value, unit = number(found[2]), found["unit"].lower()
        bracket = not sign and not before.strip(" (,/[or")
        item = _kind(value, unit, before, after, kept if bracket or not re.search(r"[A-Za-z]{3}", before) else "")
        if item is None:
            if re.search(f"{LIGHT}|{M_PROTEIN}|{URINE}", before, re.IGNORECASE):
                kept = before
            continue
        kept = before if re.search(r"[A-Za-z]{3}", before) else kept
        kind, amount = item
        after_it = CLASS_AFTER.match(after)
        named = (
            CLASS.findall(after_it[0]) if after_it else [] if CLASS_AFTER_ANY.search(text) else CLASS.findall(before)
        )
        classes = "".join(named) if kind == "serum" else ""
        if (kind, amount, classes) in seen or (
            bracket and any(k == kind and abs(v - amount) < 0.01 for k, v, _ in seen)
        ):
            continue
        seen.add((kind, amount, classes))
        result: dict[str, Any] = {
            "kind": kind,
            "at_least": amount,
            "unit": UNITS[kind],
            "start": found.start(),
            "end": found.end(),
        }
        if classes:
            result["isotypes"] = [f"Ig{letter}" for letter in dict.fromkeys(classes)]
        if kind == "sflc":
            result["abnormal_ratio"] = bool(
                re.search(r"ratio", text[found.end() : found.end() + 220] + before, re.IGNORECASE)
            )
        yield result


UNITS = {"serum": "g/dL", "urine": "mg/24h", "sflc": "mg/dL"}


def _kind(value: float, unit: str, before: str, after: str, kept: str) -> tuple[str, float] | None:
    """Which marker a quantity is of, in its canonical unit; None when that is not plain."""
    near = (kept + " " + before)[-160:]
    if OTHER.search(near[-70:]):
        return None
    light = bool(re.search(LIGHT, near, re.IGNORECASE)) or (
        not re.search(M_PROTEIN, near, re.I)
        and bool(re.search(r"^\s*(?:of\s+)?(?:\(?involved|FLC|s?free light)", after, re.I))
    )
    protein = (
        re.search(M_PROTEIN, near, re.IGNORECASE)
        or re.search(M_PROTEIN, after[:60], re.IGNORECASE)
        or re.search(r"\bserum\b", near, re.I)
    )
    if "24" in unit or unit in ("mg", "g"):
        amount = value * 1000 if unit.startswith("g") else value
        urine = re.search(URINE, near + after, re.IGNORECASE) or protein or "24" in unit
        return ("urine", _plain(amount)) if urine and 50 <= amount <= 1000 else None
    if unit in ("g/dl", "g/l"):
        amount = value if unit == "g/dl" else value / 10
        if light and not re.search(r"M[- ]?protein|M[- ]?spike|mono-?clonal|para-?protein", near[-60:], re.I):
            return None
        return ("serum", _plain(amount)) if protein and 0.1 <= amount <= 2.5 else None
    amount = value if unit == "mg/dl" else value / 10
    if light and 2 <= amount <= 50:
        return "sflc", _plain(amount)
    if (
        unit == "mg/dl"
        and protein
        and not light
        and amount >= 300
        and (after.lstrip().lower().startswith("(serum") or not re.search(URINE, near[-60:], re.I))
    ):
        return ("serum", _plain(amount / 1000)) if amount <= 2500 else None
    return None


def _plain(value: float) -> float:
    return int(value) if float(value).is_integer() else round(value, 3)
