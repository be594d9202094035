"""Age."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mspike.trials.criteria.model import Found
from mspike.trials.criteria.sentence import Sentence

YEARS = r"(?:years?|yrs?\.?|y/?o)(?:[ -]*old)?\b"
OLD = r"(?:years?|yrs?\.?)[ -]*old\b"
AGED = (
    r"(?:of age|old\b|in age|or (?:older|over|above|more|greater|younger|less)|and (?:older|over|above|up)|old\b|or ≥)"
)
PEOPLE = r"(?:adults?|males?|females?|men|women|patients?|participants?|subjects?|individuals?|sex|gender|persons?)"
NO_AGE = re.compile(
    r"menopaus|menses|contracept|childbear|child-bear|steril|hysterect|pregnan|"
    r"transplant[- ]?ineligible|not eligible for|ineligible|"
    r"high[- ]dose|donor|sibling|tandem|dose|creatinine|clearance|median|caregiver|HLA|"
    r"diagnos\w+ (?:at|before) age",
    re.IGNORECASE,
)
AGE_RANGE = re.compile(
    rf"\b(?:age[sd]?|between|ages? of|{PEOPLE}|from|are|"
    rf"is)?[ :,(]{{0,3}}(?:[≥>]\s*)?(?<![\d.])(\d{{1,2}})\s*(?:{YEARS}\s*(?:of age\s*)?)?(?:-|to|and|through|"
    r"[,]?\s*(?:and|to)?\s*[≤<]|up to|and (?:no more than|not more than|not older than|"
    rf"no older than))\s*(?:[≤<]\s*)?(\d{{2,3}})\s*{YEARS}",
    re.IGNORECASE,
)
AGE_PLAIN_RANGE = re.compile(
    r"\bage[sd]?[ :]{0,3}(?:of |between |from )?(?:[≥>]\s*)?(\d{1,2})\s*(?:-|to|"
    r"and)\s*(?:[≤<]\s*)?(\d{2,3})\b(?!\s*(?:%|days|mg))",
    re.IGNORECASE,
)
AGE_LOW = re.compile(
    r"(?P<sign>≥|>|=|\bat least|\bminimum(?: age)?(?: of)?|\bover(?: the age of)?|"
    r"\babove(?: the age of)?|\bmore than|(?<!no )(?<!not )\bolder than|\b(?:has|have) (?:reached|"
    r"attained)(?: the age of)?|"
    rf"\bage of|\bmust be(?= \d\d years (?:old|of age)))\s*(?:age\s+)?(?P<n>\d{{1,2}})\s*(?P<y>{YEARS})?",
    re.IGNORECASE,
)
AGE_OLDER = re.compile(
    rf"(?<![\d.])(\d{{1,2}})\s*{YEARS}\s*(?:of age\s*)?(?:,?\s*inclusive,?\s*)?(?:\(?(?:and|"
    r"or) (?:older|over|above|more|"
    rf"greater|up)|≥)|\bage[sd]?\s*:?\s*(\d{{1,2}})\s*(?:{YEARS}\s*)?(?:of age\s*)?(?:and|or) (?:older|"
    r"over|above|more|greater)",
    re.I,
)
AGE_HIGH = re.compile(
    r"(?P<sign>≤|<|\bno older than|\bnot older than|\bup to|\bunder(?: the age of)?|\byounger than|"
    r"\bbelow(?: the age of)?|\bmaximum(?: age)?(?: of)?|"
    rf"\bage limit of)\s*(?:age\s+(?:of\s+)?)?(?P<n>\d{{1,2}})\s*(?P<y>{YEARS})?",
    re.I,
)
AGE_WORD = re.compile(rf"\bage[sd]?\b|{OLD}|{YEARS}\s*(?:old|{AGED})", re.IGNORECASE)
ADULT = re.compile(
    r"\badult(?:s\b|\s+(?:patients?|participants?|subjects?|men|women|males?|females?|individuals?))", re.IGNORECASE
)


OTHERS = re.compile(
    r"\bor\s+(?:adults?|patients?|participants?|subjects?|those|individuals)\b[^.;]{0,25}(?:<|≥|>|≤|˂|under|younger|below|over)"
    r"\s*\d\d[^.;]{0,120}",
    re.IGNORECASE,
)
"""`60 years or older, or adults under 60 who …`: the limit is not for everybody."""
AT_DIAGNOSIS = re.compile(
    r"\bat (?:the )?(?:time of )?(?:\w+ ){0,4}diagnosis|diagnosed[^.;]{0,60}\bat (?:the |an )?age|\bor children\b|"
    r"\bage at (?:the )?(?:time of )?(?:A?SCT|auto\w*|transplant\w*)",
    re.IGNORECASE,
)


def read_age(s: Sentence) -> Iterator[Found]:
    """The age of a participant; one at diagnosis is another than today's."""
    then = bool(AT_DIAGNOSIS.search(s.text))
    for found in _ages(s):
        found.inferred = found.inferred or then
        if other := OTHERS.search(s.text):
            found.when = " ".join(other[0].split())
        yield found


def _ages(s: Sentence) -> Iterator[Found]:
    text = s.text
    if not re.search(r"\bage|year|\byrs?\b|adult|y/?o\b", text, re.IGNORECASE) or NO_AGE.search(text):
        return
    about_people = re.match(rf"^\W*(?:[\w./]+ ){{0,4}}?{PEOPLE}\b", text, re.IGNORECASE) and len(text) < 160
    if not (AGE_WORD.search(text) or about_people):
        if (found := ADULT.search(text)) and s.side == "inclusion":
            yield Found(
                start=found.start(), end=found.end(), fact="age", op=">=", value=18, unit="years", inferred=True
            )
        return
    if s.side == "exclusion":
        yield from _age_excluded(text)
        return
    if re.search(
        r"\b(?:approval|review|consult\w+)\b[^.;]{0,40}\b(?:of|for|with)\b[^.;]{0,40}$",
        text[: _first_number(text)],
        re.I,
    ):
        return
    if s.side == "unstated" and not re.match(r"^\W*(?:\d\W+)?(?:age|\d|[≥>])", text, re.IGNORECASE):
        return
    for pattern in (AGE_RANGE, AGE_PLAIN_RANGE):
        found = pattern.search(text)
        if found and int(found[1]) < int(found[2]) and int(found[2]) > 20:
            yield _age(found.start(), found.end(), "between", [int(found[1]), int(found[2])])
            return
    low = AGE_LOW.search(text)
    while low and not (
        low["y"]
        or re.search(
            r"\bage[sd]?\b", text[max(0, low.start() - 25) : low.start()] + text[low.end() : low.end() + 14], re.I
        )
    ):
        low = AGE_LOW.search(text, low.end())
    older = AGE_OLDER.search(text)
    if low and _near_age(text, low.start(), low.end()):
        yield _age(low.start(), low.end(), ">" if low["sign"] == ">" else ">=", int(low["n"]))
    elif older:
        yield _age(older.start(), older.end(), ">=", int(older[1] or older[2]))
    high = AGE_HIGH.search(text)
    if (
        high
        and (high["y"] or re.search(r"\bage", text[max(0, high.start() - 25) : high.end()], re.I))
        and _near_age(text, high.start(), high.end())
    ):
        if int(high["n"]) > 25:
            yield _age(high.start(), high.end(), "<" if high["sign"] == "<" else "<=", int(high["n"]))
    elif not low and not older and (found := ADULT.search(text)):
        yield Found(start=found.start(), end=found.end(), fact="age", op=">=", value=18, unit="years", inferred=True)


def _first_number(text: str) -> int:
    found = re.search(r"\d", text)
    return found.start() if found else len(text)


def _near_age(text: str, start: int, end: int) -> bool:
    """Whether the years are an age: a duration (`disease-free for ≥ 3 years`) is none."""
    around = text[max(0, start - 40) : start] + " " + text[end : end + 30]
    named = re.search(rf"\bage|old\b|older|younger|{PEOPLE}\b", around + text[start:end], re.IGNORECASE)
    return bool(named) and not re.search(
        r"free|remission|within|surviv|history|diagnos|since|prior to|after|treated", around, re.IGNORECASE
    )


def _age_excluded(text: str) -> Iterator[Found]:
    if not re.search(r"\bage|old\b|older|younger", text, re.IGNORECASE) or len(text) > 120:
        return
    high, low = AGE_HIGH.search(text), AGE_LOW.search(text)
    if (high and high["sign"] in ("<", "≤")) or (high and re.search("under|younger|below", high["sign"], re.I)):
        yield _age(high.start(), high.end(), ">" if high["sign"] == "≤" else ">=", int(high["n"]))
    elif low and int(low["n"]) > 25 and low["sign"].lower() not in ("=", "at least", "age of"):
        yield _age(low.start(), low.end(), "<" if low["sign"] == "≥" else "<=", int(low["n"]))


def _age(start: int, end: int, op: str, value: int | list[int]) -> Found:
    return Found(start=start, end=end, fact="age", op=op, value=value, unit="years")
