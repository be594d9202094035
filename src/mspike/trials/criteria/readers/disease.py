"""Other plasma-cell diseases, the central nervous system, neuropathy, illnesses, cytogenetics, remarks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mspike.trials.criteria.model import Found
from mspike.trials.criteria.readers.person import days
from mspike.trials.criteria.sentence import Sentence
from mspike.trials.criteria.vocabulary import conditions, diseases, findings, remarks

CNS = re.compile(
    r"(?:\bCNS\b|central nervous system(?:\s*\(\s*CNS\s*\))?|lepto-?mening\w+|mening\w+|"
    r"brain)(?:\s*(?:\([^)]{0,30}\)|\[[^\]]{0,20}\]))?[\s,]*(?:(?:or|and|/)\s+(?:lepto)?mening\w+\s+|"
    r"or\s+spinal\s+)?"
    r"(?P<kind>involve?ment|disease|myeloma\w*|metasta\w+|lesions?|infiltration|plasmacytomas?|"
    r"lymphoma|malignanc\w+|multiple myeloma|MM\b|localization)|"
    r"(?:involve?ment|myeloma|infiltration|metasta\w+|disease)\s+(?:of|in|to)\s+(?:the\s+)?(?:\bCNS\b|"
    r"central nervous system|mening\w+|brain)|"
    r"(?:carcinomatous|myelomatous|lymphomatous) mening\w+|leptomening\w+",
    re.IGNORECASE,
)
OTHER_CNS = re.compile(
    r"such as|stroke|epilep|seizure|dementia|parkinson|vasculitis|psychiatr|degenerat|infection|"
    r"toxicity|demyelin|including (?:stroke|seiz|epil)|pathology|disorder",
    re.IGNORECASE,
)
MYELOMA = re.compile(r"myeloma|mening|metasta|malignan|involve|\bMM\b|lymphoma|plasma", re.IGNORECASE)
HISTORY = re.compile(r"\b(?:history|prior|previous|past|ever)\b", re.IGNORECASE)
CURRENT = re.compile(
    r"\b(?:active|known|current|present|presence|clinical signs|symptomatic|ongoing|evidence|suspected|exhibit\w*)\b",
    re.IGNORECASE,
)


def read_cns(s: Sentence) -> Iterator[Found]:
    found = CNS.search(s.text)
    if not found or not s.forbids(found.start()):
        return
    kind = (found["kind"] or "").lower()
    tail = s.text[found.end() : found.end() + 90]
    if (kind in ("disease", "") and OTHER_CNS.search(s.text)) and not MYELOMA.search(
        found[0].replace("disease", "") + tail[:40]
    ):
        return
    if re.search(r"lymphoma|primary (?:CNS|central)", found[0], re.IGNORECASE):
        return
    before = s.text[max(0, found.start() - 70) : found.start()]
    past = HISTORY.search(before)
    treated = re.search(r"untreated|unstable|uncontrolled|symptomatic", before, re.IGNORECASE)
    yield Found(start=found.start(), end=found.end(), fact="cns_active", op="excluded", inferred=bool(treated))
    if past and not re.search(r"no (?:known )?(?:prior |previous )?$", before[: past.start()], re.IGNORECASE):
        yield Found(start=found.start(), end=found.end(), fact="cns_history", op="excluded")


NOT_A_DIAGNOSIS = re.compile(
    r"\b(?:treat\w*|therap\w+|drugs?|agents?|caused|due|secondary|related|attribut\w+|symptoms?|"
    r"screen\w*|test\w*|assess\w*)\s+(?:for|of|by|to|against)?\s*(?:[\w-]+\s+(?:or|"
    r"and)\s+)?(?:[\w-]+\s+)?$",
    re.IGNORECASE,
)
"""`treatment for MM or AL amyloidosis` names the disease of an earlier treatment."""
RECOVERY = re.compile(r"\brecover|\btoxicit|\bresol", re.IGNORECASE)


def read_diseases(s: Sentence) -> Iterator[Found]:
    seen = set()
    for named in diseases().find(s.text):
        if named.word in seen or not s.forbids(named.start):
            continue
        around = s.text[max(0, named.start - 60) : named.start]
        if NOT_A_DIAGNOSIS.search(around) or RECOVERY.search(s.text):
            continue
        if named.word in ("mds", "mgus", "smouldering") and re.search(
            r"(?:diagnosed|evolv|progress|treat|therap)\w*[^,;]{0,40}$", around, re.IGNORECASE
        ):
            continue
        seen.add(named.word)
        about: dict[str, object] = {"disease": named.word}
        if re.search(r"\bhistory\b|\bprior\b|\bprevious\b", around, re.IGNORECASE):
            about["history"] = True
        limited = re.search(
            r"(?:systemic|clinically significant|symptomatic|with|organ involve\w+|only|without|involving|"
            r"affecting|requiring|causing)\b",
            around[-30:] + s.text[named.end : named.end + 40],
            re.IGNORECASE,
        )
        yield Found(
            start=named.start,
            end=named.end,
            fact="diagnosis",
            op="excluded",
            about=about,
            inferred=bool(limited and not limited[0].lower().startswith("systemic")),
        )


NEURO = re.compile(
    r"(?P<a>neuropath\w+)[^.;]{0,50}?(?P<sign>≥|>|of)?\s*grade\s*(?P<sign2>≥|"
    r">)?\s*(?P<n>[1-4])(?P<more>\s*(?:or (?:higher|greater|above|worse|more)|-\s*4|and above|\+|or 4|"
    r"/4))?|"
    r"(?P<sign3>≥|>)?\s*grade\s*(?P<sign4>≥|>)?\s*(?P<n2>[1-4])(?P<more2>\s*(?:or (?:higher|greater|"
    r"above|worse|more)|-\s*4|and above|\+|or 4|/4))?[^.;]{0,50}?neuropath\w+",
    re.IGNORECASE,
)


def read_neuropathy(s: Sentence) -> Iterator[Found]:
    if s.side != "exclusion" or not re.search("neuropath", s.text, re.IGNORECASE):
        return
    if re.search(r"except|unless|resol|recover|return|toxicit", s.text, re.IGNORECASE):
        return
    for found in NEURO.finditer(s.text):
        if not s.forbids(found.start()):
            continue
        grade = int(found["n"] or found["n2"])
        signs = (found["sign"], found["sign2"], found["sign3"], found["sign4"])
        more = "≥" in signs or ">" in signs or found["more"] or found["more2"] or grade >= 3
        pain = (
            re.match(
                r"[^.;,]{0,25}\b(?:with|and)\s+(?:neuropathic\s+)?pain|[^.;,]{0,10}painful",
                s.text[found.end() :],
                re.IGNORECASE,
            )
            or "painful" in found[0].lower()
            or re.search(r"with (?:neuropathic )?pain", found[0], re.I)
        )
        about = {"with_pain": True} if pain else {}
        if more or pain:
            narrow = re.search(r"motor|cranial|autonomic|optic|history", s.text, re.IGNORECASE)
            yield Found(
                start=found.start(),
                end=found.end(),
                fact="neuropathy_grade",
                op="<=" if ">" in signs else "<",
                value=grade,
                unit="grade",
                about=about,
                inferred=bool(narrow),
            )


YEARS_FREE = re.compile(
    r"(?:within|in|for|≥|>|at least|during)\s*(?:the\s+)?(?:last|past|previous|preceding|"
    r"prior)?\s*(?:≥|>|<|≤|at least)?\s*(?P<n>\d{1,2})\s*-?\s*(?P<unit>years?|yrs?|months?)",
    re.IGNORECASE,
)
WINDOW = re.compile(
    r"(?:within|in|<|≤|during)\s*(?:the\s+)?(?:last|past|previous|preceding|prior)?\s*(?:<|"
    r"≤)?\s*(?P<n>\d{1,3})\s*-?\s*(?P<unit>days?|weeks?|months?|years?)",
    re.IGNORECASE,
)


PLAIN = ("hiv", "pregnant")
"""What a short sentence can bar outright; of the other illnesses it depends on how active they are."""


NOT_PLAIN = re.compile(
    r"antiretrovir|household|contacts?\b|therap|partner|treat|uncontrolled|\bactive\b|history|viral load|CD4|recent",
    re.IGNORECASE,
)


def read_conditions(s: Sentence) -> Iterator[Found]:
    seen = set()
    for named in conditions().find(s.text):
        if named.word in seen:
            continue
        forbidden = s.forbids(named.start)
        if not forbidden and not (named.word == "second_cancer" and s.side == "exclusion"):
            continue
        seen.add(named.word)
        about: dict[str, object] = {}
        window = (YEARS_FREE if named.word == "second_cancer" else WINDOW).search(s.text, named.end) or (
            YEARS_FREE.search(s.text) if named.word == "second_cancer" else None
        )
        if window:
            about["window_days"] = days(window["n"], window["unit"])
            if named.word == "second_cancer" and window["unit"].lower().startswith("y"):
                about["years"] = int(window["n"])
        plain = named.word in PLAIN and len(s.text) < 120 and not about and not NOT_PLAIN.search(s.text)
        yield Found(start=named.start, end=named.end, fact=named.word, op="excluded", about=about, inferred=not plain)


def read_cytogenetics(s: Sentence) -> Iterator[Found]:
    """A finding that must be there; several together are alternatives."""
    found = list(findings().find(s.text))
    if not found or s.side != "inclusion":
        return
    words = list(dict.fromkeys(named.word for named in found))
    if re.search(
        r"\b(?:positive|presence|present|with|have|has|harbou?r\w*|confirmed|documented|must)\b", s.text, re.IGNORECASE
    ) and not s.forbids(found[0].start):
        several = len(words) > 1 or re.search(r"\bor\b|risk", s.text, re.IGNORECASE)
        yield Found(
            start=found[0].start,
            end=found[-1].end,
            fact="cytogenetics",
            op="required",
            about={"of": words, "join": "or"},
            inferred=bool(several),
        )


def read_remarks(s: Sentence) -> Iterator[Found]:
    """What the text leaves to the protocol, to a judgement, or to consent: nothing that a record can answer."""
    seen = set()
    for named in remarks().find(s.text):
        if named.word not in seen:
            seen.add(named.word)
            yield Found(start=named.start, end=named.end, fact=named.word, op="required", inferred=True)
