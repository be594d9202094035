"""Performance status and life expectancy."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mspike.trials.criteria.model import Found
from mspike.trials.criteria.sentence import Sentence

STATUS = (
    r"(?:ECOG|Eastern\s+Coo?perative\s+Oncology\s+Group|Eastern Collaborative Oncology Group|Zubrod|"
    r"WHO\s+performance|performance\s+status|ECOG-?PS|\bPS\b|SWOG)"
)
ECOG = re.compile(
    rf"{STATUS}(?P<gap>(?:(?!Karnofsky|KPS|Lansky|IKPS)[^.;\d≥≤<>=]){{0,110}}?)(?P<sign>≥|≤|>|<|=|"
    r"\b(?:no more than|not more than|no greater than|not greater than|not exceed(?:ing)?|at most|"
    r"up to|a maximum of|better than|below|above|over|more than|worse than|at least|not)\b)?\s*"
    r"(?P<n>[0-5])(?!\d|\.\d|\s*(?:%|weeks|days|months|mg|x))(?:\s*(?P<join>,\s*(?:or|and)\b|-|to|or|and|/|,|"
    r"through|≤|<)\s*(?P<list>[0-5](?:\s*(?:,\s*(?:or|and)|,|or|and|/|-)\s*[0-5])*)(?!\d|\s*(?:%|weeks|"
    r"days)))?"
    r"(?P<tail>\s*(?:or|and)\s*(?:less|lower|better|below|under|fewer|more|greater|higher|worse|above))?",
    re.IGNORECASE,
)
SCORES = re.compile(r"Karnofsky|KPS|Lansky", re.IGNORECASE)


def read_ecog(s: Sentence) -> Iterator[Found]:
    for found in ECOG.finditer(s.text):
        if s.allowed and not found["sign"] and (not found["list"] or int(found["n"]) >= 2):
            continue  # "ECOG 2 is allowed if …" is an exception to the rule before it
        if SCORES.search(found[0]) or re.search(r"ASA|NYHA|grade [345] ?(?:toxic|adverse)", found[0]):
            continue
        highest = _ecog_limit(found, s)
        if highest is not None and 1 <= highest <= 4:
            other = re.match(r"[^.;]{0,3}\(?\s*or\s+(?:≤|<)?\s*0?\s*(?:-|to|or)?\s*[1-4]", s.text[found.end() :])
            either = other or (
                SCORES.search(s.text) and re.search(r"\bor\b", s.text.replace("0 or 1", ""), re.IGNORECASE)
            )
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


NEXT_OF_LIST = re.compile(r"^.*[,;]\s*(?=(?:participants|patients|subjects)\s+(?:with|who have)\b)", re.IGNORECASE)
"""What stands before the next entry of a list in one sentence."""


def _ecog_limit(found: re.Match[str], s: Sentence) -> int | None:
    """The highest grade that is let in; None when the words do not say."""
    first, sign, tail = int(found["n"]), (found["sign"] or "").lower(), (found["tail"] or "").lower()
    listed = [int(n) for n in re.findall(r"\d", found["list"] or "")]
    more = bool(re.search("more|greater|higher|worse|above", tail)) or sign in (
        ">",
        "≥",
        "above",
        "over",
        "more than",
        "worse than",
        "at least",
    )
    if s.side == "exclusion":
        apart = (
            re.match(r"^\W*(?:[\w'/-]+\W+){0,7}$", NEXT_OF_LIST.sub("", s.text[: found.start()])) is None
            or "(" in s.text[: found.start()]
        )
        if apart or NOT_ECOG.search(found["gap"]) or sign == "not" or s.allowed:
            return None
        if more:
            return first if sign in (">", "above", "over", "more than", "worse than") and not tail else first - 1
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
