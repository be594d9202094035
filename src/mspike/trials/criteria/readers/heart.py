"""Ejection fraction, QTc, NYHA class, blood tests and kidney function."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mspike.trials.criteria.canon import NUMBER, number
from mspike.trials.criteria.model import Found
from mspike.trials.criteria.sentence import Sentence

SIGN = (
    r"(?P<sign>≥|≤|>|<|=|\bat least|\bmore than|\babove|\bover|\bbelow|\bunder|\bof at least|"
    r"\bno less than|\bnot less than|\bno more than|\bnot more than|\bup to|\bexceeding|\bminimum of|"
    r"\bof)"
)
LOW = ("<", "≤", "below", "under", "no more than", "not more than", "up to")
FRACTION = re.compile(
    rf"(?:LVEF|ejection fraction|\bEF\b)(?P<gap>[^.;≥≤<>=\d]{{0,90}}?)(?<!not )\s*{SIGN}\s*(?P<n>\d{{2}})"
    r"(?:\.0)?\s*(?:%|per ?cent\b|(?=\s|[,.;)]|$))",
    re.IGNORECASE,
)
FRACTION_AFTER = re.compile(
    r"(?P<sign>≥|>)\s*(?P<n>\d{2})\s*%\s*(?:of\s+)?(?:left ventric\w+ )?(?:LVEF|ejection fraction|"
    r"left ventricular ejection)",
    re.I,
)


def read_lvef(s: Sentence) -> Iterator[Found]:
    found = FRACTION.search(s.text) or FRACTION_AFTER.search(s.text)
    if not found:
        return
    sign, value = found["sign"].lower(), int(found["n"])
    low = sign in LOW
    if not 20 <= value <= 70 or sign == "=" or (sign == "of" and s.side == "exclusion"):
        return
    if low == (s.side == "exclusion") and (s.side != "exclusion" or s.forbids(found.start())):
        op = ">" if sign in (">", "≤", "more than", "above", "over", "exceeding") else ">="
        either = re.search(r"\bor\b[^.;]{0,40}(?:institution|normal|fractional|shortening)", s.text, re.IGNORECASE)
        before = s.text[: found.start()]
        example = (
            s.side == "exclusion"
            and before.count("(") > before.count(")")
            and not re.search(r"ejection|LVEF|function", before, re.I)
        )
        yield Found(
            start=found.start(),
            end=found.end(),
            fact="lvef_pct",
            op=op,
            value=value,
            unit="%",
            unless=either[0] if either else None,
            inferred=example,
        )


QTC = re.compile(
    rf"QT\s?[cC]?[FB]?\b(?P<gap>[^.;≥≤<>=]{{0,110}}?)\s*{SIGN}\s*(?P<n>[45]\d\d)\s*(?:msecs?|ms|milliseconds?|m\s?sec)",
    re.IGNORECASE,
)


def read_qtc(s: Sentence) -> Iterator[Found]:
    found = QTC.search(s.text)
    if not found or re.search(r"\bwill (?:have|be)\b|\bmonitor", s.text[found.end() :], re.IGNORECASE):
        return
    sign, value = found["sign"].lower(), int(found["n"])
    low = sign in LOW
    if (
        low != (s.side == "exclusion")
        and (s.side != "exclusion" or s.forbids(found.start()))
        and sign not in ("=", "of")
    ):
        op = "<" if sign in ("≥", "<", "below", "under") else "<="
        by_sex = len(re.findall(r"[45]\d\d\s*m", s.text)) > 1 or re.search(
            r"\b(?:fe)?males?\b|\bwomen\b", s.text, re.IGNORECASE
        )
        yield Found(
            start=found.start(),
            end=found.end(),
            fact="qtc_ms",
            op=op,
            value=value,
            unit="ms",
            when="by sex" if by_sex else None,
            inferred=bool(re.search(r"in the presence of|after electrolytes|symptomatic", s.text, re.IGNORECASE)),
        )


NYHA = re.compile(
    r"(?:NYHA|New York Heart Association)[^.;\d]{0,50}?\b(?:class(?:ification)?|grade|stage|"
    r"functional class)?\s*(?:[≥>]\s*)?(?P<first>IV|III|II|[2-4])\b(?:\s*(?:-|to|or|and|"
    r"/)\s*(?:class\s*)?(?P<last>IV|III|[34]))?",
    re.I,
)
ROMAN = {"ii": 2, "iii": 3, "iv": 4, "2": 2, "3": 3, "4": 4}


def read_nyha(s: Sentence) -> Iterator[Found]:
    found = NYHA.search(s.text)
    if found and s.forbids(found.start()) and not re.search(r"\bI\s*(?:-|to|/)\s*$", s.text[: found.start("first")]):
        first = ROMAN[found["first"].lower()]
        narrow = bool(re.search(r"\b(?:un|de)compensated\b", s.text[max(0, found.start() - 40) : found.start()], re.I))
        narrow = narrow or bool(re.match(r"[^.;,]{0,50}\bnot (?:\w+ )?controlled\b", s.text[found.end() :], re.I))
        if (
            found["last"]
            or "≥" in found[0]
            or first == 4
            or re.match(r"\s*(?:or (?:greater|higher|above|worse)|-)", s.text[found.end() :])
        ):
            yield Found(
                start=found.start(),
                end=found.end(),
                fact="nyha",
                op="<=",
                value=first - 1,
                unit="class",
                inferred=narrow,
            )
        elif ">" in found[0]:
            yield Found(start=found.start(), end=found.end(), fact="nyha", op="<=", value=first, unit="class")


TESTS = {
    "neutrophils": r"absolute neutrophil counts?|neutrophil counts?|\bANC\b|neutrophils?",
    "platelets": r"platelet counts?|platelets?|thrombocytes?|\bPLT\b",
    "haemoglobin": r"ha?emoglobin|\bHgb?\b|\bHb\b",
    "crcl": r"creatinine clearance|\bCr\s?Cl\b|\bCCr\b|\bCLcr\b|\beGFR\b|\bGFR\b|glomerular filtration",
    "creatinine": r"(?:serum )?creatinine(?! clear)",
    "bilirubin": r"bilirubin",
    "alt_ast": (
        r"aspartate (?:amino)?transaminase|aspartate aminotransferase|alanine (?:amino)?trans\w+|\bAST\b|"
        r"\bALT\b|\bSGOT\b|\bSGPT\b|transaminases?"
    ),
    "calcium": r"calcium",
}
COUNT_UNIT = (
    r"(?:x|\*)?\s*(?:10\s?(?:\^|\*{1,2}|E)?\s?9|10e9|1e9)\s*(?:cells)?\s*/?\s*L?|"
    r"(?:cells?\s*)?/\s*(?:mm\^?3|mm3|cubic mm|u\s?l|mcL|microliter|mL)|G/L|K/u?[mL]\w*|per (?:mm3|"
    r"microliter|cubic)|(?:x|\*)?\s*10\s?\^?3\s*/\s*u?\s?L"
)
LAB = re.compile(
    rf"(?P<test>{'|'.join(f'(?P<{name}>{pattern})' for name, pattern in TESTS.items())})"
    rf"(?P<gap>[^.;≥≤<>]{{0,90}}?){SIGN}\s*{NUMBER}\s*(?P<unit>{COUNT_UNIT}|g/dL|g/L|mg/dL|mmol/L|"
    r"u?mol/L|mL/min|cc/min|ml/minute|x?\s*(?:the\s+)?(?:institutional\s+)?(?:ULN|IULN|upper limits?)|"
    r"times)?",
    re.IGNORECASE,
)
OR = re.compile(
    r"\b(?:or|OR)\b(?!\s*(?:equal|less|more|greater|lower|higher|platelet transf|growth|transfus|"
    r"G-?CSF|other|without|local|(?:calculated|estimated|measured)(?! creat| clear| CrCl| e?GFR)|direct|by|per|using|"
    r"via|on|at|modified|MDRD|Cockcroft|24|"
    r"Chronic|CKD|equivalent|comparable|similar|red|packed|PRBC|blood|erythro|below|above|within|prior|in the|as|any))|"
    r"\((?:≥|>)(?!\s*[\d.]+\s*(?:mmol|g/L\b))|;\s*≥|unless|, ≥"
)
"""Another way to meet the same rule."""
DEFINING = ("haemoglobin_g_l", "calcium_mg_dl", "calcium_mmol_l", "creatinine_mg_dl", "creatinine_xuln", "crcl_ml_min")
DAMAGE = re.compile(
    r"an[a]?emia|hypercalc|renal (?:insuff|fail)|end[- ]organ|\bCRAB\b|defining|attribut", re.IGNORECASE
)
"""Words of the damage that makes myeloma symptomatic; its values are no limits of function."""
PART_OF_BILIRUBIN = re.compile(r"(?:direct|conjugated)\s+(?:\w+\s+)?$", re.IGNORECASE)
FILTRATION = re.compile(r"\be?GFR\b|glomerular|MDRD|modification of diet|CKD-?EPI|1\.73", re.IGNORECASE)
"""Another measure of the kidney than the clearance by Cockcroft and Gault: near the limit they differ."""
AT_LEAST = ("neutrophils", "platelets", "haemoglobin", "crcl")


def read_labs(s: Sentence) -> Iterator[Found]:
    text = s.text
    given: dict[str, list[Found]] = {}
    for found in LAB.finditer(text):
        test = next(name for name in TESTS if found[name])
        sign = found["sign"].lower()
        low = sign in LOW
        at_least = test in AT_LEAST
        if sign in ("of", "=") or any(re.search(TESTS[other], found["gap"], re.I) for other in TESTS if other != test):
            continue
        if (low == at_least) != (s.side == "exclusion") or (s.side == "exclusion" and not s.forbids(found.start())):
            continue
        if test == "bilirubin" and PART_OF_BILIRUBIN.search(text[max(0, found.start() - 20) : found.start()]):
            continue
        value = _lab(test, number(found[len(TESTS) + 4]), (found["unit"] or "").lower().replace(" ", ""))
        if value is None:
            continue
        strict = sign in (">", "<", "above", "below", "over", "under", "more than", "exceeding")
        op = (">" if strict else ">=") if at_least else ("<" if strict else "<=")
        if s.side == "exclusion":
            op = (">=" if strict else ">") if at_least else ("<=" if strict else "<")
        fact, amount, unit = value
        item = Found(start=found.start(), end=found.end(), fact=fact, op=op, value=amount, unit=unit)
        item.inferred = fact == "crcl_ml_min" and bool(
            FILTRATION.search(found[0] + text[found.end() : found.end() + 110] + s.rest[:160])
        )
        if fact in DEFINING and DAMAGE.search(s.lead[-300:] + text):
            item.inferred = True
        if test == "bilirubin" and (own := re.search("gilbert", text + s.rest[:300], re.IGNORECASE)):
            item.unless = f"{own[0]}'s syndrome"
        if s.side != "exclusion" and (way := _other_way(text, found)):
            item.unless = way
        given.setdefault(fact, []).append(item)
    if s.side == "exclusion" and len(given) > 1 and re.search(r"\band\b(?!/or)", text, re.IGNORECASE):
        for item in (item for several in given.values() for item in several):
            item.inferred = True  # both together may be meant
    for several in given.values():
        if len(several) > 1 and "gilbert" in text.lower():
            del several[1:]  # what follows is for people with the syndrome
        kept = min(several, key=lambda item: item.value if item.op.startswith(">") else -item.value)  # type: ignore[operator,arg-type,return-value]
        if len({str(item.value) for item in several}) > 1:
            kept.when = kept.when or " ".join(text.split())[:300]
        yield kept


def _other_way(text: str, found: re.Match[str]) -> str:
    """Another way to keep the limit, before it or behind it, in the text's words; empty = none."""
    for start, end in ((max(0, found.start() - 12), found.start()), (found.end(), found.end() + 90)):
        if either := OR.search(text[start:end]):
            return " ".join(text[start + either.start() :].split())[:300]
    return ""


def _lab(test: str, value: float, unit: str) -> tuple[str, float, str] | None:
    """(fact, value, canonical unit); None when value and unit do not go together."""
    amount = value
    if test in ("neutrophils", "platelets"):
        if re.search(r"mm|ul|mcl|microl|perc", unit) and "10" not in unit[:4]:
            amount = value if unit.startswith("k/") else value / 1000
        elif not unit and value >= 500:
            amount = value / 1000
        elif not unit:
            return None
        limits = (0.3, 3) if test == "neutrophils" else (10, 200)
        return (f"{test}_10e9_l", _plain(amount), "10*9/L") if limits[0] <= amount <= limits[1] else None
    if test == "haemoglobin":
        amount = value * 10 if unit in ("g/dl", "") else value
        return ("haemoglobin_g_l", _plain(amount), "g/L") if 60 <= amount <= 130 and unit in ("g/dl", "g/l") else None
    if test == "crcl":
        return (
            ("crcl_ml_min", _plain(value), "mL/min")
            if unit.startswith(("ml/min", "cc/min")) and 10 <= value <= 120
            else None
        )
    if "uln" in unit or "upper" in unit or unit == "times":
        return (f"{test}_xuln", _plain(value), "xULN") if 1 <= value <= 10 else None
    if unit == "mg/dl" and test in ("creatinine", "bilirubin", "calcium"):
        low = 9 if test == "calcium" else 0.5
        return (f"{test}_mg_dl", _plain(value), "mg/dL") if low <= value <= 16 else None
    if test == "calcium" and unit == "mmol/l":
        return ("calcium_mmol_l", _plain(value), "mmol/L") if 2.2 <= value <= 4 else None
    return None


def _plain(value: float) -> float:
    return int(value) if float(value).is_integer() else round(value, 3)
