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
    r"(?:carcinomatous|myelomatous|lymphomatous) mening\w+|leptomening\w+|"
    r"cerebrospinal fluid (?:multiple )?myeloma|intradural (?:CNS|central nervous system) mass\w*",
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


def _by_myeloma(text: str, found: re.Match[str]) -> bool:
    """Whether it is the myeloma that is in the nervous system, and not another illness of it."""
    if re.search(r"lymphoma|primary (?:CNS|central)", found[0], re.IGNORECASE):
        return False
    named = found[0].replace("disease", "") + text[found.end() : found.end() + 40]
    return (
        (found["kind"] or "").lower() not in ("disease", "")
        or not OTHER_CNS.search(text)
        or bool(MYELOMA.search(named))
    )


SOME_CNS = re.compile(r"untreated|unstable|uncontrolled|unresolved|symptomatic|requir|radiation for", re.IGNORECASE)
SOME_CNS_AFTER = re.compile(
    r"^\W*(?:\w+\W+){0,2}?(?:for which|requir\w*|as the only|that (?:is|are|has|have)|who)\b", re.IGNORECASE
)
WHOLE_CNS = re.compile(r"\bCNS\b|nervous system", re.IGNORECASE)
"""The brain alone, or the meninges alone, are a part of what a record's word for it covers."""


def read_cns(s: Sentence) -> Iterator[Found]:
    found = next((one for one in CNS.finditer(s.text) if s.forbids(one.start()) and _by_myeloma(s.text, one)), None)
    if found is None:
        return
    tail = s.text[found.end() : found.end() + 90]
    before = s.text[max(0, found.start() - 70) : found.start()]
    past = HISTORY.search(before)
    narrow = bool(SOME_CNS.search(before) or SOME_CNS_AFTER.search(tail) or not WHOLE_CNS.search(s.text))
    yield Found(start=found.start(), end=found.end(), fact="cns_active", op="excluded", inferred=narrow)
    if past and not re.search(r"no (?:known )?(?:prior |previous )?$", before[: past.start()], re.IGNORECASE):
        yield Found(start=found.start(), end=found.end(), fact="cns_history", op="excluded", inferred=narrow)


NOT_A_DIAGNOSIS = re.compile(
    r"\b(?:treat\w*|therap\w+|drugs?|agents?|caused|due|secondary|related|attribut\w+|symptoms?|"
    r"screen\w*|test\w*|assess\w*|active|involve\w+)\s+(?:for|of|by|to|against|with|from)\s*(?:[\w-]+\s+(?:or|"
    r"and)\s+)?(?:[\w-]+\s+)?$",
    re.IGNORECASE,
)
"""`treatment for MM or AL amyloidosis` names the disease of an earlier treatment."""
PEOPLE_AFTER = re.compile(r"\W*(?:\w+\W+)?(?:patients?|participants?|subjects?)\b", re.IGNORECASE)
EXCEPTED = re.compile(
    r"\b(?:other than|except(?:ing| for)?|exception of|excluding|apart from)\b[^.;]{0,45}$", re.IGNORECASE
)
RECOVERY = re.compile(r"\brecover|\btoxicit|\bresol", re.IGNORECASE)


def read_diseases(s: Sentence) -> Iterator[Found]:
    seen = set()
    for named in diseases().find(s.text):
        if named.word in seen or not s.forbids(named.start):
            continue
        around = s.text[max(0, named.start - 60) : named.start]
        if NOT_A_DIAGNOSIS.search(around) or EXCEPTED.search(around) or RECOVERY.search(s.text):
            continue
        if named.word in ("mds", "mgus", "smouldering") and re.search(
            r"(?:diagnosed|evolv|progress|treat|therap)\w*[^,;]{0,40}$", around, re.IGNORECASE
        ):
            continue
        seen.add(named.word)
        about: dict[str, object] = {"disease": named.word}
        if re.search(r"\bhistory\b|\bprior\b|\bprevious\b", around, re.IGNORECASE):
            about["history"] = True
        if re.search(r"\bfor\s+(?:\w+\s*[/,]?\s*){0,3}$", around, re.IGNORECASE) and PEOPLE_AFTER.match(
            s.text[named.end :]
        ):
            continue
        limited = re.search(
            r"(?:systemic|clinically significant|symptomatic|with|organ involve\w+|only|without|involving|"
            r"affecting|requiring|causing|cardiac|renal|localized|(?:high|low|intermediate|standard)[- ]risk|no active|"
            r"related)\b",
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


GRADE = re.compile(
    r"(?P<sign>≥|>)?\s*\bgrades?\s*(?P<sign2>≥|>)?\s*(?P<n>[1-4])(?P<more>\s*(?:or (?:higher|greater|above|worse|more)|"
    r"(?:-|to|and|or|/)\s*(?:grade )?4|and above|\+))?",
    re.IGNORECASE,
)
PAINFUL = re.compile(r"[^.;,\d]{0,25}?\b(?:with|and)\s+(?:\w+\s+)?pain|[^.;,]{0,10}painful", re.IGNORECASE)


def read_neuropathy(s: Sentence) -> Iterator[Found]:
    """Each grade that stands beside the word: `grade 3, or grade 2 with pain` are two."""
    if s.side == "unstated" or re.search(r"except|unless|resol|recover|return|toxicit", s.text, re.IGNORECASE):
        return
    named = [found.start() for found in re.finditer("neuropath", s.text, re.IGNORECASE)]
    for found in GRADE.finditer(s.text):
        first, last = found.span()
        beside = any(0 <= first - at < 65 or 0 <= at - last < 65 for at in named)
        if (
            not beside
            or re.search(r"\bpain\s*$", s.text[:first], re.IGNORECASE)
            or ";" in s.text[min(first, *named) : max(first, *named)]
            or not s.forbids(first)
        ):
            continue
        grade, strict = int(found["n"]), ">" in (found["sign"], found["sign2"])
        more = strict or "≥" in (found["sign"], found["sign2"]) or found["more"] or grade >= 3
        pain = PAINFUL.match(s.text, last) or re.search(r"painful\s*$", s.text[:first], re.IGNORECASE)
        if more or pain:
            narrow = re.search(r"motor|cranial|autonomic|optic|history", s.text, re.IGNORECASE)
            named.append(first)
            yield Found(
                start=first,
                end=last,
                fact="neuropathy_grade",
                op="<=" if strict else "<",
                value=grade,
                unit="grade",
                about={"with_pain": True} if pain else {},
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


FREE = re.compile(r"disease[- ]free|free (?:of|from)|\bno evidence of", re.IGNORECASE)
"""`Free of earlier malignancies for 5 years`: asked for, and the same rule."""
FAR = 90
"""Characters behind an illness within which a window is its own."""
AND_C = re.compile(
    r"hepatitis\s*(?:virus\s*)?,?\s*(?:types?\s*)?(?:A\s*,?\s*)?B\b(?:\s*virus)?[\s,/]*(?:and/or|and|or|&)?[\s,]*"
    r"(?:hepatitis\s*)?C\b",
    re.IGNORECASE,
)
PLAIN = ("hiv", "pregnant")
"""What a short sentence can bar outright; of the other illnesses it depends on how active they are."""


NOT_PLAIN = re.compile(
    r"antiretrovir|household|contacts?\b|therap|partner|treat|uncontrolled|\bactive\b|history|viral load|CD4|recent|"
    r"\bnegative\b|HIV-?\s?PI\b|protease|\bwith \d|\btest(?:s|ing)\b|not required|"
    r"associated|opportunistic|-related|test[^.;]{0,25}\bwill\b|"
    r"\btest\b[^.;]{0,30}\brequired|withdrawn",
    re.IGNORECASE,
)
TO_BECOME = re.compile(
    r"\b(?:becom\w+|get\w*|plan\w*|intend\w*|expect\w*|wish\w*|likely)\s+(?:to\s+)?(?:be\s+|become\s+|get\s+|on\s+|an?\s+|for\s+)?"
    r"(?:pregnan\w+|a pregnancy)",
    re.IGNORECASE,
)


def _years(number: int, unit: str) -> int:
    """Whole years; 0 where it is none."""
    months = number * (12 if unit.lower().startswith("y") else 1)
    return 0 if months % 12 else months // 12


def read_conditions(s: Sentence) -> Iterator[Found]:
    seen = set()
    for named in conditions().find(s.text):
        if named.word in seen:
            continue
        forbidden = s.forbids(named.start)
        free = named.word == "second_cancer" and (s.side == "exclusion" or FREE.search(s.text))
        if not forbidden and not free:
            continue
        seen.add(named.word)
        about: dict[str, object] = {}
        if named.word == "allergy" and re.search("desensiti", s.text, re.IGNORECASE):
            continue
        window = (
            YEARS_FREE.search(s.text, named.end) or YEARS_FREE.search(s.text)
            if named.word == "second_cancer"
            else WINDOW.search(s.text, named.end, named.end + FAR)
        )
        if window:
            about["window_days"] = days(window["n"], window["unit"])
            if named.word == "second_cancer" and (years := _years(int(window["n"]), window["unit"])):
                about["years"] = years
        plain = named.word in PLAIN and len(s.text) < 120 and not about and not NOT_PLAIN.search(s.text)
        if named.word == "pregnant" and not re.search("pregnan", TO_BECOME.sub("", s.text), re.IGNORECASE):
            plain = False
        yield Found(start=named.start, end=named.end, fact=named.word, op="excluded", about=about, inferred=not plain)
        if named.word == "hepatitis_b" and "hepatitis_c" not in seen and AND_C.search(s.text):
            seen.add("hepatitis_c")
            yield Found(
                start=named.start, end=named.end, fact="hepatitis_c", op="excluded", about=dict(about), inferred=True
            )


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
