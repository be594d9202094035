"""Which drugs and classes a trial asks for: exposure, refractoriness, progression on them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

from mspike.trials.criteria.model import Found
from mspike.trials.criteria.readers.lines import alternative
from mspike.trials.criteria.readers.person import days
from mspike.trials.criteria.sentence import Sentence
from mspike.trials.criteria.vocabulary import Named, classes, drugs

BRACKETS = re.compile(r"\([^()]*\)|^[^()]*\)|\([^()]*$")
ASIDE = re.compile(
    r"[(\[][^()\[\]]{13,}[)\]]|[(\[]\s*(?:e\.?g|eg|i\.?e|±|\+)[^()\[\]]*[)\]]|\b(?:such as|e\.g\.,?|"
    r"eg,|for example,?|i\.e\.,?)[^,;.)]*(?:(?:,|\bor\b|\band/or\b)[^,;.)]*(?=,|\bor\b|;|\.|\)|"
    r"$)){0,3}",
    re.IGNORECASE,
)
"""Examples and remarks: they name drugs without asking for them. A short bracket is an abbreviation."""
RECEIVED = re.compile(
    r"\b(?:received|receiving|includ(?:e|es|ed|ing)|inclusive|contain\w*|exposed to|exposure to|"
    r"treated with|treatments? with|therap(?:y|ies) with|failed|failure of|consist\w+|must have had|"
    r"treatment failure|prior therapy including)\b",
    re.IGNORECASE,
)
REFRACTORY = re.compile(
    r"\b(?:refractory|resistant|nonresponsive|non-responsive)\b(?: disease| status|\*|"
    r",? (?:and/)?or intolerant)? to\b|\bfailed\b|\bprogress(?:ed|ion|ing)? (?:on|during|after|while|"
    r"with)\b",
    re.IGNORECASE,
)
GROUPED = re.compile(r"\b(?P<n>triple|double|dual)[- ]?(?:class)?[- ]?(?P<kind>exposed|refractory)", re.IGNORECASE)
GROUPS = {"double": ["PI", "IMiD"], "dual": ["PI", "IMiD"], "triple": ["PI", "IMiD", "anti-CD38"]}
NOT_PAST = re.compile(
    r"pregnan|contracep|childbear|\bREMS\b|\bagree|abstain|abstinen|\bmay have\b|\bmay be\b|"
    r"will receive|to receive|planned|plan to|candidate|randomi[sz]ed|"
    r"study (?:drug|treatment)|willing|washout|days? for prior|months? for prior|weeks? for prior|"
    r"initiating|initiation of (?!therapy)|prescrib|conditioning|"
    r"response to|response after|eligible (?:for|to)|start of|maintenance therapy with|imid/PI|"
    r"newly diagnosed|\bintoleran\w* of\b|consent",
    re.IGNORECASE,
)
"""A sentence about what is given in the trial, or about conduct, and not about earlier treatment."""
LIMITED = re.compile(
    r"\b(?:no more than|not more than|≤|<|up to|less than)\s*\d+\s*(?:months?|cycles?|courses?|"
    r"weeks?)|\b(?:1 or more|any) (?:of|active)|\bat least 1 of\b|≥ ?1 of\b|with or without|±|\+/-|"
    r"\bdefined as\b|\bis defined\b",
    re.IGNORECASE,
)
WINDOW_OF_REFRACTORY = re.compile(r"(?:within|≤|<)\s*(?P<n>\d{1,3})\s*days?", re.IGNORECASE)
STEROIDS = ("steroid", "dexamethasone", "prednisone", "prednisolone", "methylprednisolone")
"""Given with nearly everything: their limits are windows of dose, and not exposure."""
PRODUCTS = ("CAR-T", "ADC", "bispecific")


def named_treatments(text: str) -> list[Named]:
    """Classes and drugs outside examples, in order; a class given with its abbreviation stands once."""
    blank = ASIDE.sub(lambda found: " " * len(found[0]), text)
    found = sorted([*classes().find(blank), *drugs().find(blank)], key=lambda named: named.start)
    kept: list[Named] = []
    for named in found:
        if (kept and named.start < kept[-1].end) or named.word in STEROIDS:
            continue
        if kept and named.word == kept[-1].word:
            kept[-1] = Named(named.word, kept[-1].start, named.end)
        else:
            kept.append(named)
    return kept


def about(words: list[str], join: str = "and") -> dict[str, Any]:
    return {"of": words} if len(words) == 1 else {"of": words, "join": join}


def read_exposure(s: Sentence) -> Iterator[Found]:
    """Drugs and classes that must have been given, or failed."""
    text = s.text
    if s.side == "exclusion" or NOT_PAST.search(text) or s.allowed:
        return
    if s.side == "unstated" and not re.search(r"\breceived\b", text, re.IGNORECASE):
        return
    unless = alternative(text)
    for found in GROUPED.finditer(text):
        if not s.forbids(found.start()) and s.side == "inclusion":
            fact, of = "exposed" if found["kind"].lower() == "exposed" else "refractory", GROUPS[found["n"].lower()]
            yield Found(start=found.start(), end=found.end(), fact=fact, op="required", about=about(of), unless=unless)
    named = named_treatments(text)
    named = [item for item in named if item.word not in PRODUCTS] or named
    if not named or (s.side == "inclusion" and s.forbids(named[0].start) is not False):
        return
    first, last = named[0], named[-1]
    before = text[: first.start]
    verb = list(RECEIVED.finditer(before))
    refractory = list(REFRACTORY.finditer(before))
    attached = re.match(r"[\s-]*(?:\([^)]*\)\s*)?(?:refractory|resistant)\b", text[last.end :], re.IGNORECASE)
    words = list(dict.fromkeys(item.word for item in named))
    between = BRACKETS.sub(" ", " ".join(text[a.end : b.start] for a, b in itertools.pairwise(named)).lower())
    mixed = bool(re.search(r"\bor\b|and/or|/", between))
    join = "or" if mixed and not re.search(r"\band\b(?!/)", between) else "and"
    unclear = bool(LIMITED.search(text) or (mixed and join == "and") or re.search(r"\beither\b", text, re.IGNORECASE))
    if re.search(r"\bthen\b|\bfollowed by\b|\bnot\b", between):
        unclear = True
    if attached or (refractory and not (verb and verb[-1].start() > refractory[-1].start())):
        given = about(words, join)
        if window := WINDOW_OF_REFRACTORY.search(text, last.end):
            given["window_days"] = int(window["n"])
        failed = not attached and re.match("failed|progress", refractory[-1][0], re.IGNORECASE)
        start = refractory[-1].start() if refractory else first.start
        yield Found(
            start=start,
            end=last.end,
            fact="refractory",
            op="required",
            about=given,
            unless=unless,
            inferred=unclear or bool(failed),
        )
    elif verb:
        cycles = re.search(r"(\d)\s*(?:consecutive |complete |full )?cycles", text)
        given = about(words, join)
        if cycles:
            given["min_cycles"] = int(cycles[1])
        yield Found(
            start=verb[-1].start(),
            end=last.end,
            fact="exposed",
            op="required",
            about=given,
            unless=unless,
            inferred=unclear,
        )


PROGRESSED = re.compile(
    r"\b(?:progressive disease|disease progression|progress(?:ed|ion|ing|ive)|relapsed|"
    r"failure to achieve)\b[^.;]{0,140}?\b(?P<how>on or (?:after|following)|during or after|"
    r"on or within|on,? or|on|after|during|following|within \d+ days (?:of|after|from)|to|"
    r"from)\s+(?:completion of |receiving |the |their |his |her |of |participant's |an? |"
    r"treatment with )*(?P<last>last|most recent|latest|prior|any)\b[^.;]{0,50}?(?:regimen|therap\w+|"
    r"treatment|line)",
    re.IGNORECASE,
)
LAST_REFRACTORY = re.compile(
    r"\brefractory\s+(?:disease\s+)?(?:to|on)\s+(?:the |their |his |her |at least the )*(?:last|"
    r"most recent|latest|immediate(?:ly)? (?:prior|preceding))\b[^.;]{0,40}?(?:regimen|therap\w+|"
    r"treatment|line)",
    re.IGNORECASE,
)
DEFINES = re.compile(r"\b(?:is|are|be) defined (?:as|by)\b|\bdefinition\b|\bdefined as\b", re.IGNORECASE)


def read_progression(s: Sentence) -> Iterator[Found]:
    """Progression on or after a line, and refractoriness to the last one."""
    if s.side != "inclusion" or s.allowed:
        return
    if found := LAST_REFRACTORY.search(s.text):
        alternative = re.search(r"\bor\b", s.text, re.IGNORECASE) or DEFINES.search(s.text[: found.start()])
        yield Found(
            start=found.start(),
            end=found.end(),
            fact="refractory",
            op="required",
            about={"of": ["last line"]},
            inferred=bool(alternative),
        )
    elif (found := PROGRESSED.search(s.text)) and not s.forbids(found.start()):
        given: dict[str, Any] = {
            "since": "any line" if found["last"].lower() in ("prior", "any") else "last line",
            "how": found["how"].lower(),
        }
        if window := re.search(r"within (\d{1,3}) (days|months)", s.text[found.start() :]):
            given["window_days"] = days(window[1], window[2])
        loose = re.search(
            r"\bor\b(?! after| within| following| during)|\bfailure to\b", s.text, re.IGNORECASE
        ) or DEFINES.search(s.text[: found.start()])
        yield Found(
            start=found.start(), end=found.end(), fact="progressed", op="required", about=given, inferred=bool(loose)
        )
