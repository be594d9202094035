"""A sentence of a bullet: what it asks for or forbids, and the exceptions and conditions that hang on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from mspike.trials.criteria.canon import MARK, Plain
from mspike.trials.trial import Side

END = re.compile(
    r"(?<![\s(.][a-zA-Z])(?<!e\.g)(?<!i\.e)(?<!\bvs)(?<!\bal)(?<!\bNo)(?<!\bapprox)(?<!\bincl)(?<!\byrs)(?<!\byr)[.;](?=\s"
    r"+\S)|[。；](?=\s*\S)|;(?=\s*\S)"
)
ALLOWED = re.compile(
    r"\b(?:are|is|be|remain|was|were)\s+(?:also\s+|still\s+|potentially\s+)?(?:eligible|allowed|"
    r"permitted|acceptable|permissible|accepted|not\s+(?:excluded|exclusionary|an exclusion)|"
    r"includ\w+)\b|"
    r"\b(?:allowed|permitted|acceptable|eligible)\s+(?:if|as long|provided|with|unless|to)\b|"
    r"\bcan\s+(?:be\s+)?(?:enrol\w*|included|participate)|"
    r"\bmay\s+(?:be\s+)?(?:enrol\w*|includ\w+|participat\w*|eligible|allowed|permitted|have\s+(?:had|"
    r"received)|receive|considered)|"
    r"\b(?:will|does|do|should)\s+not\s+(?:be\s+)?(?:exclud\w+|disqualif\w+|apply|constitute)|"
    r"\bnot\s+(?:an?\s+)?exclu\w+|\ballow(?:ed|able)\b|\bpermitted\b",
    re.IGNORECASE,
)
UNLESS = re.compile(
    r"\b(?:unless|except(?:ion|ions|ing|ed)?\b|excluding|other than|apart from|provided(?! by)|"
    r"as long as|however|but (?:patients|participants|subjects)|with (?:the )?(?:medical|sponsor|"
    r"study)[^.;]{0,30}approval|at the discretion|(?:may|can|could) be (?:waived|discussed)|"
    r"not applicable|stipulations?\b|(?:does|do|will) not apply)",
    re.IGNORECASE,
)
IF = re.compile(
    r"\b(?:if(?! the legal| applicable| available| needed| necessary| clinically| known| present)|when|"
    r"(?<!and )for whom|in whom|in case of|in the event|"
    r"where(?! [\w-]+ is defined)|(?<!includes patients )whose|whenever|"
    r"for (?:\w+ )?(?:those|participants?|patients?|subjects?|women|men|females?|males?) "
    r"(?:with|who|whose|aged|in|on|having|over|under|older)|"
    r"(?:those|participants?|patients?|subjects?|individuals|women|men) (?:with|who|having|whose)[^.;]{3,160}?"
    r"\b(?<!which )(?<!that )(?:must|need|should(?! be exclu)|are required|have to|will need))\b",
    re.IGNORECASE,
)
NOT = re.compile(
    r"\b(?:no|not|without|never|none|absence of|free (?:of|from)|neither|nor|lack of|lacking|cannot|"
    r"exclud\w+|ineligible)\b(?!\s+(?:more|less|greater|later|longer|only|limited|>|<|≥|≤))",
    re.IGNORECASE,
)
NO_MATTER = re.compile(
    r"transplant[- ]?ineligible|not (?:an? )?candidates?(?: for)?|\(ineligible\)|(?:ineligible|"
    r"not eligible|unsuitable|not suitable) for (?:autologous|ASCT|an? |high|transplant|stem|SCT|HSCT|"
    r"HDT)|to be (?:considered )?eligible|eligible for (?:the |this )?(?:study|trial|enrol|inclusion|participation)|"
    r"(?:is|are|be) eligible for (?:auto|ASCT|an? |high|transplant|stem|SCT)|"
    r"with(?:\(?s\)?)? or without|and/or without|not limited to|not necessarily|not only|no upper|"
    r"whether or not|if not",
    re.IGNORECASE,
)
"""Denials that deny nothing of what the sentence names."""
BARRED = re.compile(
    r"\b(?:are|is|be|will be|were)\s+(?:not eligible(?!\s+(?:for|or)\b)|ineligible(?!\s+(?:for|or)\b)|"
    r"excluded|not (?:permitted|allowed|included|acceptable|enrolled))|\bnot (?:be )?(?:permitted|"
    r"allowed|enrolled)|\bnot (?:be )?eligible(?!\s+(?:for|or)\b)|\bexclusion(?:ary)?\b|"
    r"\bprohibited\b",
    re.IGNORECASE,
)


EXCEPTS = re.compile(r"\b(?:exceptions?|unless|waived|stipulations?|(?:does|do|will) not apply)\b", re.IGNORECASE)
DENIAL = re.compile(
    r"^\W*(?:\d{1,2}[.)]\W*)?(?:no\b(?!\s+(?:more|less|fewer|greater|later|longer|upper|limit))|(?:(?:the\s+)?(?:patients?|participants?|subjects?)\s+)?(?:must|should|may)\s+not\b)",
    re.IGNORECASE,
)
"""A sentence that begins so denies all that it names."""
PEOPLE = re.compile(r"\s*(?:patients|participants|subjects|individuals)\b", re.IGNORECASE)
INSIDE = 160
"""Characters that a bracket may hold without being a text of its own."""


class Sentence:
    """One sentence with its surroundings. `text` is plain spelling; places count from its own start."""

    __slots__ = ("_barred", "_said", "allowed", "begin", "lead", "plain", "rest", "side", "stop", "text")

    def __init__(self, plain: Plain, begin: int, stop: int, side: Side, lead: str, rest: str) -> None:
        """`lead`: the texts above it. `rest`: the bullet's other sentences, and what stands under the bullet."""
        self.plain, self.begin, self.stop, self.side, self.lead, self.rest = plain, begin, stop, side, lead, rest
        self.text = plain.text[begin:stop]
        self._said = NO_MATTER.sub(lambda found: "x" * len(found[0]), self.text)
        self.allowed = bool(ALLOWED.search(self._said))
        self._barred = bool(BARRED.search(self._said))

    def place(self, start: int, end: int) -> tuple[int, int]:
        """The place in the record's text."""
        return self.plain.back(self.begin + start), self.plain.back(self.begin + end)

    def forbids(self, start: int) -> bool | None:
        """Whether naming something here forbids it (True) or asks for it (False); None = it cannot be told."""
        before = self._said[max(0, start - 90) : start]
        cut = max(before.rfind(";"), before.rfind(" but "))
        negated = bool(NOT.search(before[cut + 1 :]))
        if self.side == "exclusion":
            return None if negated or self._let_in() else True
        if self.side == "inclusion":
            denied = DENIAL.match(self._said) and not re.search(r"[;:]|\b(?:but|must|should)\b", self._said[20:start])
            return None if self._let_in() else (negated or self._barred or bool(denied))
        return True if self._barred or negated else None

    def _let_in(self) -> bool:
        return self.allowed and not re.search(
            r"\bnot\s+(?:be\s+)?(?:allowed|permitted|eligible|acceptable)", self.text, re.I
        )

    def exception(self, start: int, end: int) -> str | None:
        """The exception that hangs on what stands at this place, in plain words; None = there is none."""
        for pattern in (UNLESS, ALLOWED):
            found = pattern.search(self.text)
            if found and not BARRED.search(self.text[max(0, found.start() - 6) : found.end()]):
                return _short(self.text[found.start() :] if found.start() >= end else self.text)
        aside = IF.search(self.text, end)
        if aside and _in_bracket(self.text, aside.start()):
            return _short(self.text[aside.start() :])
        found = ALLOWED.search(self.rest) or EXCEPTS.search(self.rest)
        if found:
            first = self.rest.rfind(".", 0, found.start()) + 1
            return _short(self.rest[first:])
        return None

    def condition(self, start: int, end: int) -> str | None:
        """The condition under which it holds; None = it holds always."""
        found = IF.search(self.text)
        if found and found.start() > end and _in_bracket(self.text, found.start()):
            return None  # a remark: see `exception`
        if found and (UNLESS.search(self.text[: found.start()]) or ALLOWED.search(self.text[: found.start() + 2])):
            return None  # the condition of an exception
        return _short(self.text[found.start() :]) if found else None


def _short(text: str) -> str:
    plain = " ".join(text.split()).strip(" .;,()")
    return plain if len(plain) <= 300 else plain[:299] + "…"


def _in_bracket(text: str, place: int) -> bool:
    return text.count("(", 0, place) > text.count(")", 0, place)


def _bracketed(text: str, place: int) -> bool:
    """Whether a place stands inside a bracket that closes soon."""
    before = text[max(0, place - INSIDE) : place]
    opened = before.rfind("(")
    if opened < 0 or ")" in before[opened:]:
        return False
    closes = text.find(")", place, place + INSIDE)
    return closes >= 0 and "(" not in text[place:closes] and not PEOPLE.match(text, place)


def sentences(plain: Plain, side: Side, lead: str, below: str) -> Iterator[Sentence]:
    """The sentences of a bullet, with the texts above and below it."""
    text = plain.text
    mark = MARK.match(text)
    first = mark.end() if mark else 0
    cuts = [
        first,
        *(found.end() for found in END.finditer(text, first) if not _bracketed(text, found.end())),
        len(text),
    ]
    many = len(cuts) > 2
    for begin, stop in pairwise(cuts):
        if text[begin:stop].strip(" .;,:"):
            rest = f"{text[max(0, begin - 600) : begin]} {text[stop : stop + 600]} {below}" if many else below
            yield Sentence(plain, begin, stop, side, f"{lead} {text[max(0, begin - 600) : begin]}", rest)
