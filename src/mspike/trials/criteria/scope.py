"""Which part of a trial a rule is for: cohorts, arms, phases, parts, steps, countries, the control arm."""

from __future__ import annotations

import re

NOUN = (
    r"(?:treatment\s+|dose[- ]|expansion\s+|escalation\s+|control\s+|treatment\s+regimen\s+)?"
    r"(?:cohorts?|arms?|parts?|phases?|groups?|sub-?stud(?:y|ies)|strat(?:um|a)|regimens?|modules?|"
    r"steps?|schedules?)"
)
NAME = r"(?:[A-Z]{1,2}\d?|\d{1,2}[a-zA-Z]?|[IVX]{1,4}[a-zA-Z]?|ONE|TWO|THREE|FOUR|[A-Z]\d)"
JOIN = r"(?:\s*(?:,\s*and|,\s*or|,|and|AND|or|OR|&|/|to|-|\+|only and)\s*)"
LABEL = re.compile(rf"\b({NOUN})\s*[:#]?\s*({NAME}\b(?:{JOIN}(?:{NOUN}\s+)?{NAME}\b)*)", re.ASCII)
"""`Cohort A`, `Arms TWO and THREE`, `Phase 1b`. Nouns match any case, names only capitals and digits."""
NOUN_ANY = re.compile(NOUN, re.IGNORECASE)
NAMED = re.compile(
    r"\b(dose[- ]?(?:escalation|expansion|confirmation|finding)(?:\s+(?:phase|cohort|part))?|"
    r"expansion\s+(?:phase|cohort|part)|"
    r"(?:phase|cohort)\s+(?:expansion|escalation)|safety (?:run|lead)-in|control\s+(?:group|arm)|"
    r"healthy (?:volunteers?|donors?|controls?)|"
    r"donors?(?=\s+(?:inclusion|exclusion|eligib))|caregivers?|pre-?registration|re-?registration)\b",
    re.IGNORECASE,
)
ARM_RULE = re.compile(
    r"\b(?:eligible|able|allowed|assigned|randomi[sz]ed|selected|"
    r"enrolled)\s+to\s+(?:receive\s+)?[^.:;]{0,120}?\bas (?:the )?(?:control|comparator)|"
    r"\b(?:if|when|for (?:participants?|patients?|subjects?)) (?:assigned|randomi[sz]ed|receiving|"
    r"treated|to receive|in whom)\b|"
    r"\b(?:participants?|patients?|subjects?) (?:who will (?:be )?receiv\w+|(?:being )?(?:treated|"
    r"enrolled|entering|assigned|randomi[sz]ed) (?:in|on|into|to|at)) ",
    re.IGNORECASE,
)
COUNTRY = re.compile(
    r"\b(?:in|for|within)\s+(?:the\s+)?(?:EU|UK|US|USA|United States|United Kingdom|European Union|"
    r"Japan|China|France|Germany|Korea|Canada|Europe)\b"
    r"(?=[^.;]{0,40}\b(?:only|participants?|patients?|subjects?|sites?|countr|:))|"
    r"\b(?:EU|UK|US|Japan\w*|Chin\w+|French|German) (?:participants|patients|subjects|sites|only)\b|"
    r"country-specific|\b(?:France|Japan|China|UK|US|EU|Germany|Korea)[- ]specific|"
    r"\b(?:participants|patients|subjects|sites) in (?:the )?[A-Z][a-z]{3,}\b|"
    r"\b(?:in|for)\s+(?:the\s+)?(?:EU|UK|US|USA|United States|United Kingdom|Japan|China|France|"
    r"Germany|(?:Republic of |South )?Korea|Canada|Israel|Spain|Italy|Sweden|Taiwan|Australia)\b|"
    r"^\W*(?:In|For) (?:the )?[A-Z][\w ]{2,30},|\b[Ii]n (?:the )?(?:Republic of |South )Korea\b",
)
ONLY = re.compile(
    r"^\W*(?:\d{1,2}[.)]\W*)?(?:FOR|For|In|IN)\s+(?!.{0,40}(?i:myeloma|\bMM\b))[^:.;]{2,50}\s(?i:only)\s*[:,-]"
)
"""`FOR T-CELL DISEASE ONLY: …`, `In Japan only, …`: not for a person with myeloma, or not for everyone."""
COHORT_FIRST = re.compile(r"^\W*[^:.;]{3,60}\bcohorts?\b[^:.;]{0,20}:", re.IGNORECASE)
DISEASE = re.compile(
    r"^\W*(?!history|prior|active|known|current)(?:for\s+)?(?:(?:participants?|patients?|subjects?|individuals)\s+"
    r"(?:with|who have)\s+)?"
    r"(?:[A-Za-z-]+\s+){0,4}(?:lymphoma|leuk[a]?emia|NHL|CLL|DLBCL|AML|MDS|MCL|Waldenstr[oö]m\S*|"
    r"amyloidosis|solid tumou?rs?|SMM|smou?ldering\b[^:]{0,30}|MGUS)"
    r"[^:.;]{0,60}:",
    re.IGNORECASE,
)


def _labels(text: str) -> tuple[str, ...]:
    found = []
    for label in re.finditer(rf"(?i:\b{NOUN})\s*[:#]?\s*{NAME}\b(?:{JOIN}(?:(?i:{NOUN})\s+)?{NAME}\b)*", text):
        noun = NOUN_ANY.match(label[0])
        stem = (noun[0] if noun else "part").strip().rstrip("s").lower().split()[-1]
        names = re.findall(rf"\b{NAME}\b", label[0][noun.end() if noun else 0 :])
        found += [f"{stem} {name}" for name in names]
    found += [" ".join(name[0].lower().replace("-", " ").split()) for name in NAMED.finditer(text)]
    return tuple(dict.fromkeys(found))


def heading_cohorts(text: str) -> tuple[str, ...]:
    """The cohorts that a heading or a lead-in line names; () = none."""
    return _labels(text[:160])


PREFIX = re.compile(
    rf"^\W{{0,6}}(?:\d{{1,2}}[.)]\s*)?(?:for\s+|in\s+|only\s+|(?:participants?|patients?|"
    r"subjects?)\s+(?:in|enrolled in|of)\s+)?"
    rf"(?:the\s+)?((?i:{NOUN}|dose|expansion|escalation|pre-?registration|re-?registration|"
    rf"registration)[^.;]{{0,110}}?)(?:\s*\bonly\b)?\s*(?:[:]|\s-\s|-\s|,\s(?=(?!and\b|or\b)[a-z]{{3}})|\bonly\b)",
    re.IGNORECASE,
)


def prefix_cohorts(sentence: str) -> tuple[str, ...]:
    """The cohorts of a sentence that begins with them: `Cohort A: …`, `For Part 2 only, …`."""
    found = PREFIX.match(sentence[:200])
    return _labels(found[0]) if found else ()


def scoped_elsewhere(sentence: str, own: tuple[str, ...]) -> str:
    """Words of a sentence that tie it to a part of the trial which the scope does not say; empty = none."""
    for pattern in (
        (ARM_RULE, COUNTRY, DISEASE, ONLY) if own != ("all",) else (ARM_RULE, COUNTRY, DISEASE, ONLY, COHORT_FIRST)
    ):
        found = pattern.search(sentence)
        if found:
            return found[0].strip()
    others = [name for name in _labels(sentence) if name not in own and not name.startswith(("step", "pre", "re"))]
    return others[0] if others else ""
