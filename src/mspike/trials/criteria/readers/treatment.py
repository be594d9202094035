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
    r"[(\[](?!\s*(?:must |which )?includ)[^()\[\]]{13,}[)\]]|[(\[]\s*(?:e\.?g|eg|i\.?e|±|\+)[^()\[\]]*[)\]]|"
    r"\b(?:such as|e\.g\.,?|eg,|for example,?|i\.e\.,?)(?:(?!\band (?:an? |at least|≥|1 ))[^,;.)])*"
    r"(?:(?:,|\bor\b|\band/or\b)[^,;.)]*(?=,|\bor\b|;|\.|\)|"
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
RELAPSED_OR = re.compile(r"relapsed\s*(?:/|or|and/or)\s*$", re.IGNORECASE)
"""`Relapsed or refractory to it`: a relapse after it is enough."""
ATTACHED = re.compile(r"[\s-]*(?:\([^)]*\)\s*)?(?:refractory|resistant)\b", re.IGNORECASE)
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
OF_SOME = re.compile(
    r"^\W*(?:for\s+)?(?:patients|participants|subjects|individuals|those)\s+(?:receiving|"
    r"(?:who|that|with|previously)\b[^.;]{0,120}?\b(?<!which )(?<!that )(?:must|should|need|are required|will)\b"
    r"(?!\s+(?:have\s+)?(?:includ|contain)))|^\W*for (?:patients|participants|subjects) (?:who|with)|"
    r"\breceiv\w+[^.;]{0,60}\b(?:must|should) have (?:achieved|had a|been off|stopped)",
    re.IGNORECASE,
)
"""What is asked of those who had a treatment; nobody has to have had it."""
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
    some = OF_SOME.search(s.text)
    for found in _exposure(s):
        if some and found.when is None:
            found.when = " ".join(some[0].split()).strip(" *.,;:")
        yield found


def _exposure(s: Sentence) -> Iterator[Found]:
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
    for verb, items in _by_verb(text, named):
        yield from _asked(text, verb, items, unless)


def _by_verb(text: str, named: list[Named]) -> Iterator[tuple[re.Match[str], list[Named]]]:
    """The treatments with the verb that each hangs on; `lenalidomide-refractory` hangs on what stands behind it."""
    verbs = sorted(
        [*RECEIVED.finditer(text), *REFRACTORY.finditer(text)],
        key=lambda found: (found.start(), found.re is REFRACTORY),
    )
    groups: list[tuple[re.Match[str] | None, list[Named]]] = []
    for item in named:
        verb = next((found for found in reversed(verbs) if found.end() <= item.start), None)
        if groups and groups[-1][0] is verb:
            groups[-1][1].append(item)
        else:
            groups.append((verb, [item]))
    if attached := ATTACHED.match(text, named[-1].end):
        verb, items = groups.pop()
        if verb is not None and verb.re is RECEIVED and len(items) > 1:
            groups.append((verb, items[:-1]))
            items = items[-1:]
        groups.append((attached, items))
    yield from ((verb, items) for verb, items in groups if verb is not None)


def _asked(text: str, verb: re.Match[str], items: list[Named], unless: str | None) -> Iterator[Found]:
    """What one verb asks for."""
    first, last = items[0], items[-1]
    words = list(dict.fromkeys(item.word for item in items))
    between = BRACKETS.sub(" ", " ".join(text[a.end : b.start] for a, b in itertools.pairwise(items)).lower())
    mixed = bool(re.search(r"\bor\b|and/or|/", between))
    join = "or" if mixed and not re.search(r"\band\b(?!/)", between) else "and"
    either = re.search(r"\beither\b", text[max(0, first.start - 30) : last.end], re.IGNORECASE)
    unclear = bool(LIMITED.search(text) or re.search(r"\beither\b", text, re.IGNORECASE))
    if len(words) > 1 and ((mixed and join == "and") or either):
        join, unclear = "mixed", True
    if re.search(r"\bthen\b|\bfollowed by\b|\bnot\b", between):
        join, unclear = "mixed", True
    given = about(words, join)
    start = min(verb.start(), first.start)
    if verb.re is RECEIVED:
        if cycles := re.search(r"(\d)\s*(?:consecutive |complete |full )?cycles", text):
            given["min_cycles"] = int(cycles[1])
        yield Found(
            start=start, end=last.end, fact="exposed", op="required", about=given, unless=unless, inferred=unclear
        )
        return
    if window := WINDOW_OF_REFRACTORY.search(text, last.end):
        given["window_days"] = int(window["n"])
    unclear = unclear or bool(re.match("failed|progress", verb[0], re.IGNORECASE))
    unclear = unclear or bool(RELAPSED_OR.search(text[: verb.start()]))
    yield Found(
        start=start, end=last.end, fact="refractory", op="required", about=given, unless=unless, inferred=unclear
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
        alternative = re.search(r"\bor\b|relapsed\s*/", s.text, re.IGNORECASE) or DEFINES.search(
            s.text[: found.start()]
        )
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
