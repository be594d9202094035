"""One spelling for what eligibility texts write in twenty: comparison signs, units, number words, dashes.

Rules are matched on the plain spelling; `Plain.back` leads from there to the characters of the record, so that a quote
is always the record's own words.
"""

from __future__ import annotations

import re
from bisect import bisect_right

GAP = "\u200b"
"""Fills what a tag or an entity took up more than its character: same length, never seen by a rule."""

TAG = re.compile(
    r"</?(?:p|br|li|ul|ol|b|i|u|em|strong|su[pb]|div|span|a|table|tr|td|th|tbody|thead|h[1-6]|font|script|style)"
    r"(?:\s[^<>]{0,300})?/?>",
    re.IGNORECASE,
)
BREAKING = ("p", "br", "li", "div", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol")
ESCAPED_BREAK = re.compile(r"\\n(?=[*\s\\-]|Excl|Incl|\d)")
ENTITY = re.compile(r"&(#\d{1,6}|#x[0-9a-fA-F]{1,5}|[a-zA-Z]{2,8});")


def unmarked(text: str) -> str:
    """HTML tags and entities taken out, at the same length."""

    def tag(found: re.Match[str]) -> str:
        name = found[0].strip("</>").split()[0].lower() if found[0].strip("</> ") else ""
        return ("\n" if name in BREAKING else " ").ljust(len(found[0]), GAP)

    def entity(found: re.Match[str]) -> str:
        import html

        char = html.unescape(found[0])
        return found[0] if char == found[0] else char[:1].replace("\n", " ").ljust(len(found[0]), GAP)

    if "\\n" in text:  # a line break that was escaped twice on its way
        text = ESCAPED_BREAK.sub("\n" + GAP, text)
    if "<" in text and ">" in text:
        text = TAG.sub(tag, text)
    return ENTITY.sub(entity, text) if "&" in text else text


MARK = re.compile(
    r"(?:[*•·▪■□◦‣●○°†➢❖–—-](?=\s|[A-Z≥<>])\s*"
    r"|(?:\(?\d{1,2}(?:\.\d{1,2}){0,2}[.)]|\(?[a-zA-Z][.)]|\(?[ivxIVX]{1,4}[.)])(?=\s|[A-Z])\s*)+"
)
"""The sign or number that a bullet begins with."""

THAN = r"(?:\s*than)?"
EQUAL = r"equal(?:s)?(?:\s*to|\s*than)?"
REPEAT = {
    "ge": r"(?:\s*[\[(]\s*(?:[>≥]\s*=?|=>|>\s*/\s*=|≥)\s*[\])])?",
    "le": r"(?:\s*[\[(]\s*(?:[<≤]\s*=?|=<|<\s*/\s*=|≤)\s*[\])])?",
    "gt": r"(?:\s*[\[(]\s*>\s*[\])])?",
    "lt": r"(?:\s*[\[(]\s*<\s*[\])])?",
}
MORE, LESS = r"(?:greater|more|higher|larger|above)", r"(?:less|lower|fewer|smaller|below)"
NUMBERS = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "eighteen",
]

PIECES = {
    "gap": rf"[\s{GAP}\u00a0\u2002-\u200a\ufeff]+",
    "escape": r"\\(?=[^\w\s])",
    "ge": rf"(?:{MORE}{THAN}\s*(?:or|/|and)\s*{EQUAL}|equal(?:s)?(?:\s*to)?\s*or\s*{MORE}{THAN}){REPEAT['ge']}"
          r"|\\?[>≥]\s*(?:or|and|/)\s*(?:\\?=|equal(?:\s*to)?)|\\?>\s?=|=\s?(?:or\s?)?\\?>|≥\s?=?|≧|⩾|＞＝",
    "le": rf"(?:{LESS}{THAN}\s*(?:or|/|and)\s*{EQUAL}|equal(?:s)?(?:\s*to)?\s*or\s*{LESS}{THAN}){REPEAT['le']}"
          r"|\\?[<≤]\s*(?:or|and|/)\s*(?:\\?=|equal(?:\s*to)?)|\\?<\s?=|=\s?\\?<|≤\s?=?|≦|⩽|＜＝",
    "gt": rf"\b(?:greater|higher|larger)\s+than\b{REPEAT['gt']}|＞",
    "lt": rf"\b(?:less|lower|fewer|smaller)\s+than\b{REPEAT['lt']}|＜",
    "num": rf"\b({'|'.join(NUMBERS)})\b(?:\s*\(\s*\d{{1,2}}\s*\))?",
    "unit": r"(?<![A-Za-z])(grams?|gm|g|milligrams?|mg|micrograms?|mcg|ug)\b"
            r"(?:\s*[(\[]\s*\w{1,2}\s*[)\]])?\s*(?:per|/)\s*"
            r"(deciliters?|decilitres?|decil|dl|liters?|litres?|l)\b(?:\s*[(\[]\s*\w{1,2}\s*[)\]])?"
            r"(?:\s*[(\[]\s*m?g\s*/\s*d?l\s*[)\]])?",
    "day": r"(?<![A-Za-z])(grams?|gm|g|milligrams?|mg)\b(?:\s*[(\[]\s*m?g\s*[)\]])?\s*(?:per|/|in|over|"
        r"of\s+protein\s+in)\s*(?:an?\s+)?"
           r"(?:24\s*-?\s*(?:hours?|hrs?|h)\b|day\b|24\b)(?:\s*[(\[]\s*[^()\[\]]{1,12}\s*[)\]])?",
    "dash": "[‐‑‒–—−﹣－]",
    "quote": "[’‘´`]",
    "times": "[×✕·•](?=\\s*(?:10|ULN|the\\b|upper))",
    "micro": "[µμ]",
    "power": "⁹|\\^\\s*9|\\*\\*\\s*9",
}  # fmt: skip
"""In this order: what is found first wins."""

SIGN = {"ge": "≥", "le": "≤", "gt": ">", "lt": "<", "gap": " ", "escape": "", "dash": "-", "quote": "'",
        "times": "x", "micro": "u", "power": "^9"}  # fmt: skip
MASTER = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in PIECES.items()), re.IGNORECASE)


class Plain:
    """A stretch of text in plain spelling, with the way back."""

    __slots__ = ("_here", "_there", "start", "text")

    def __init__(self, text: str, start: int = 0) -> None:
        """`start`: where the stretch begins in the record's text."""
        out: list[str] = []
        here, there = [0], [start]
        length = last = 0
        for found in MASTER.finditer(text):
            begin, end = found.span()
            if begin > last:
                out.append(text[last:begin])
                length += begin - last
            put = _spelled(found)
            if put:
                here.append(length)
                there.append(start + begin)
                out.append(put)
                length += len(put)
            here.append(length)
            there.append(start + end)
            last = end
        out.append(text[last:])
        self.text, self.start = "".join(out), start
        self._here, self._there = here, there

    def back(self, position: int) -> int:
        """The place in the record's text of a place in the plain one."""
        index = bisect_right(self._here, position) - 1
        reached = self._there[index] + position - self._here[index]
        return min(reached, self._there[index + 1]) if index + 1 < len(self._there) else reached


def _spelled(found: re.Match[str]) -> str:
    kind = found.lastgroup or ""
    if kind == "gap":
        return "" if not found[0].strip(GAP) else " "
    if kind in SIGN:
        return SIGN[kind]
    groups = [part for part in found.groups() if part]
    if kind == "unit" or kind == "day":
        return _unit(found[0], kind)
    count = NUMBERS.index(groups[1].lower() if len(groups) > 1 else found[0].lower()) + 1
    return "18" if count == len(NUMBERS) else str(count)


def _unit(text: str, kind: str) -> str:
    low = text.lower()
    mass = "ug" if low.startswith(("mic", "mc", "ug")) else "mg" if low.startswith(("mi", "mg")) else "g"
    if kind == "day":
        return f"{mass}/24h"
    return f"{mass}/dL" if re.search(r"(?:per|/)\s*d", low) else f"{mass}/L"


NUMBER = r"(\d{1,3}(?:,\d{3})+|\d{1,6}(?:\.\d{1,3})?|\.\d{1,3})"
"""A number as a rule may compare it."""


def number(text: str) -> float:
    return float(text.replace(",", ""))
