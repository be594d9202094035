"""Age, performance status, life expectancy."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mspike.trials.criteria.model import Found
from mspike.trials.criteria.sentence import Sentence

YEARS = r"(?:years?|yrs?\.?|y/?o)(?:[ -]*old)?\b"
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
    rf"\bage of)\s*(?P<n>\d{{1,2}})\s*(?P<y>{YEARS})?",
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
    rf"\bage limit of)\s*(?P<n>\d{{1,2}})\s*(?P<y>{YEARS})?",
    re.I,
)
AGE_WORD = re.compile(rf"\bage[sd]?\b|{YEARS}\s*(?:old|{AGED})", re.IGNORECASE)
ADULT = re.compile(
    r"\badult(?:s\b|\s+(?:patients?|participants?|subjects?|men|women|males?|females?|individuals?))", re.IGNORECASE
)


def read_age(s: Sentence) -> Iterator[Found]:
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
        and (high["y"] or re.search(r"\bage", text[max(0, high.start() - 25) : high.start()], re.I))
        and _near_age(text, high.start(), high.end())
    ):
        if int(high["n"]) > 25:
            yield _age(high.start(), high.end(), "<" if high["sign"] == "<" else "<=", int(high["n"]))
    elif not low and not older and (found := ADULT.search(text)):
        yield Found(start=found.start(), end=found.end(), fact="age", op=">=", value=18, unit="years", inferred=True)


def _near_age(text: str, start: int, end: int) -> bool:
    """Whether the years are an age: a duration (`disease-free for ≥ 3 years`) is none."""
    around = text[max(0, start - 40) : start] + " " + text[end : end + 30]
    return bool(re.search(rf"\bage|old\b|older|younger|{PEOPLE}\b", around, re.IGNORECASE)) and not re.search(
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


STATUS = (
    r"(?:ECOG|Eastern\s+Coo?perative\s+Oncology\s+Group|Eastern Collaborative Oncology Group|Zubrod|"
    r"WHO\s+performance|performance\s+status|ECOG-?PS|\bPS\b|SWOG)"
)
ECOG = re.compile(
    rf"{STATUS}(?P<gap>(?:(?!Karnofsky|KPS|Lansky|IKPS)[^.;\d≥≤<>=]){{0,110}}?)(?P<sign>≥|≤|>|<|=|"
    r"\b(?:no more than|not more than|no greater than|not greater than|not exceed(?:ing)?|at most|"
    r"up to|a maximum of|better than|below|above|over|worse than|at least|not)\b)?\s*"
    r"(?P<n>[0-5])(?!\d|\.\d|\s*(?:%|weeks|days|months|mg|x))(?:\s*(?P<join>,\s*(?:or|and)\b|-|to|or|and|/|,|"
    r"through|≤|<)\s*(?P<list>[0-5](?:\s*(?:,\s*(?:or|and)|,|or|and|/|-)\s*[0-5])*)(?!\d|\s*(?:%|weeks|"
    r"days)))?"
    r"(?P<tail>\s*(?:or|and)\s*(?:less|lower|better|below|under|fewer|more|greater|higher|worse|above))?",
    re.IGNORECASE,
)
SCORES = re.compile(r"Karnofsky|KPS|Lansky", re.IGNORECASE)


def read_ecog(s: Sentence) -> Iterator[Found]:
    for found in ECOG.finditer(s.text):
        if s.allowed and not found["sign"] and not found["list"]:
            continue  # "ECOG 2 is allowed if …" is an exception to the rule before it
        if SCORES.search(found[0]) or re.search(r"ASA|NYHA|grade [345] ?(?:toxic|adverse)", found[0]):
            continue
        highest = _ecog_limit(found, s)
        if highest is not None and 1 <= highest <= 4:
            either = SCORES.search(s.text) and re.search(r"\bor\b", s.text.replace("0 or 1", ""), re.IGNORECASE)
            yield Found(
                start=found.start(),
                end=found.end(),
                fact="ecog",
                op="<=",
                value=highest,
                unit="grade",
                unless="another scale" if either else None,
            )
            return


def _ecog_limit(found: re.Match[str], s: Sentence) -> int | None:
    """The highest grade that is let in; None when the words do not say."""
    first, sign, tail = int(found["n"]), (found["sign"] or "").lower(), (found["tail"] or "").lower()
    listed = [int(n) for n in re.findall(r"\d", found["list"] or "")]
    more = bool(re.search("more|greater|higher|worse|above", tail)) or sign in (
        ">",
        "≥",
        "above",
        "over",
        "worse than",
        "at least",
    )
    if s.side == "exclusion":
        apart = (
            re.match(r"^\W*(?:[\w'/-]+\W+){0,7}$", s.text[: found.start()]) is None or "(" in s.text[: found.start()]
        )
        if apart or NOT_ECOG.search(found["gap"]) or sign == "not" or s.allowed:
            return None
        if more:
            return first if sign in (">", "above", "over", "worse than") and not tail else first - 1
        if listed and first >= 2:
            return first - 1
        return first - 1 if not sign and first >= 3 and not tail else None
    if more or sign == "not" or NOT_ECOG.search(found["gap"]):
        return None
    if s.side == "unstated" and not (sign or listed or tail):
        return None
    if listed:
        top = max(listed)
        return top if first < top and sign in ("", "=", "≤") else None
    if sign in ("<", "better than", "below"):
        return first - 1
    return first


NOT_ECOG = re.compile(r"\b(?:not|worse|decline|change|deteriorat)", re.IGNORECASE)
KARNOFSKY = re.compile(
    r"(?:Karnofsky|\bKPS\b|Lansky)(?P<gap>[^.;\d≥≤<>=]{0,80}?)(?P<sign>≥|≤|>|<|=|at least|below|"
    r"of at least)?\s*(?P<n>\d{2,3})(?:\s*%?\s*(?:-|to)\s*100)?\s*%?(?P<tail>\s*or (?:greater|higher|"
    r"better|more|above))?",
    re.IGNORECASE,
)


def read_karnofsky(s: Sentence) -> Iterator[Found]:
    found = KARNOFSKY.search(s.text)
    if not found or not 30 <= int(found["n"]) <= 90 or int(found["n"]) % 10:
        return
    sign, value = found["sign"] or "", int(found["n"])
    low = sign in ("<", "≤", "below")
    if (s.side == "exclusion" and low) or (s.side != "exclusion" and not low):
        op = ">" if (sign == ">" and not low) or sign == "≤" else ">="
        or_ecog = bool(re.search(r"ECOG|Zubrod|Lansky|Eastern", s.text))
        yield Found(
            start=found.start(),
            end=found.end(),
            fact="karnofsky",
            op=op,
            value=value,
            unit="%",
            inferred=or_ecog or s.text[: found.start()].count("(") > s.text[: found.start()].count(")"),
        )


SPAN = r"(?P<n>\d{1,3})\s*-?\s*(?P<unit>weeks?|wks?|months?|mos?\b|years?|yrs?|days?)"
EXPECTED = re.compile(
    r"(?:life[- ]?expectanc(?:y|ies)|expected (?:survival|life ?span)|expected to (?:live|survive)|"
    r"survival expectancy|anticipated (?:survival|life ?span|life expectancy)|prognosis of|"
    rf"predicted survival)[^.;\d≥≤<>]{{0,60}}?(?P<sign>≥|≤|>|<|=|at least|more than|exceeding|exceeds?|"
    rf"beyond|longer than|not? less than|under|shorter than|of)?\s*{SPAN}",
    re.IGNORECASE,
)


def read_life_expectancy(s: Sentence) -> Iterator[Found]:
    found = EXPECTED.search(s.text)
    if not found:
        return
    sign = (found["sign"] or "").lower()
    short = sign in ("<", "≤", "under", "shorter than")
    if not re.match(r"^\W*(?:[\w'/-]+\W+){0,12}$", s.text[: found.start()]) or re.search(
        r"malignan|cancer", s.text[: found.start()]
    ):
        return
    if short == (s.side == "exclusion") and (s.side != "exclusion" or s.forbids(found.start())):
        yield Found(
            start=found.start(),
            end=found.end(),
            fact="life_expectancy",
            op=">=",
            value=weeks(found["n"], found["unit"]),
            unit="weeks",
            about={"given": f"{found['n']} {found['unit']}"},
        )


def weeks(number: str, unit: str) -> int:
    """Whole weeks, as trials count them: a month under half a year is four weeks, half a year 26, a year 52."""
    n, kind = int(number), unit.lower()[0]
    if kind == "d":
        return n // 7
    if kind == "w":
        return n
    return n * 4 if kind == "m" and n < 6 else n * 52 // 12 if kind == "m" else n * 52


def days(number: str, unit: str) -> int:
    """Days: a month is 30, a year 365."""
    return int(number) * {"d": 1, "w": 7, "m": 30, "y": 365}[unit.lower()[0]]
