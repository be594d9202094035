"""Words by which a bullet speaks of those beside it: lead-ins, alternatives, denials, exceptions."""

from __future__ import annotations

import re

ANY_OF = re.compile(
    r"\b(?:either|any (?:1 )?of|at least 1 of|1 or more of|1 of|≥ ?\d of|one of|at least \d of|"
    r"[2-9] of the|more than 1 (?:of|to be)|need more than 1)\b|\bany\b[^.]{0,40}following",
    re.IGNORECASE,
)
ALL_OF = re.compile(r"\ball (?:of )?(?:the )?following|\bmeet(?:s|ing)? all\b|\bboth\b", re.IGNORECASE)
NONE_OF = re.compile(
    r"\b(?:must not|should not|may not|do not|cannot|no (?:evidence|history|known|prior|active)|"
    r"not eligible|none of|without|excluded?|exclusions?|ineligible|will not|absence of)\b"
    r"(?:[^.:;]{0,60}\b(?:any|of|following|if|for|with|have|had)\b[^.:;]{0,40})?\W*$",
    re.IGNORECASE,
)
DEFINES = re.compile(r"\b(?:defined (?:as|by)|definition|evidenced by|consists? of)\b", re.IGNORECASE)
MEANS_A_LIMIT = re.compile(
    r"measur|adequate|impair|insufficien|function|cardi|reserve|laborator|(?<!end )(?<!end-)organ|toxicit",
    re.IGNORECASE,
)
"""`Adequate organ function, defined as` is a rule; `symptomatic myeloma, defined as` says what a word means."""
OTHER_DISEASE = re.compile(
    r"(?i:\b(?:lymphoma|leuka?emia|amyloidosis|waldenstr\S+|solid tumou?rs?|smou?ldering))\b|"
    r"\b(?:CLL|SLL|MCL|DLBCL|AML|ALL|MDS|NHL|SMM|MGUS)\b"
)
MEETS = re.compile(r"\b(?:meet\w*|criteria|satisf\w+|all of the)\b", re.IGNORECASE)
LETS_IN = re.compile(
    r"\b(?:allowed|permitted|acceptable|permissible|can be (?:considered|included|enrolled)|"
    r"not (?:be )?(?:excluded|exclusionary|considered)|"
    r"may (?:be )?(?:enrol\w*|included|participate)|(?:are|is|remain) (?:still |also )?eligible)\b[^.]*$",
    re.IGNORECASE,
)
OR_LAST = re.compile(r"(?:[,;]|\bOR)\W*\bor\W*$|\bOR\W*$", re.IGNORECASE)
"""A bullet that ends so, and the one after it, are alternatives."""
ALSO = re.compile(
    r"^\W*(?:note|exceptions?|however|unless)\b|\blines?\b[^.;]{0,60}\b(?:be|are|is) (?:allowed|eligible|acceptable)",
    re.IGNORECASE,
)
"""A bullet that lets in what the one before it bars."""
NO_RULE = frozenset((
    "with", "that", "have", "this", "from", "must", "been", "patients", "participants", "subjects", "prior", "least",
    "more", "than", "which", "multiple", "myeloma", "disease", "treatment", "therapy", "study", "first", "dose",
    "days", "weeks", "months", "history", "registration", "evidence", "other", "before", "screening", "known",
    "active", "within", "should", "allowed", "permitted", "eligible", "acceptable", "enrollment", "received", "note",
))  # fmt: skip
"""Words that two bullets share without speaking of the same thing."""
ASKED = ("measurable_disease", "exposed", "progressed", "cytogenetics")
"""What is asked for, and never by a bullet that denies."""
NO_FIRST = re.compile(r"^\W*(?:\d{1,2}[.)]\W*)?no", re.IGNORECASE)
"""`No …`: in a list of exclusions it may be meant either way, unless the whole list is written so."""
DENIES = re.compile(
    r"^\W*(?:\d{1,2}[.)]\W*)?(?:(?:the\s+)?(?:patients?|participants?|subjects?)\s+(?:must|should|may)\s+not\b|"
    r"must\s+not\b|no\s+(?!more|less|fewer|greater|later|longer|upper|limit|(?:prior )?(?:measur|evaluab))|"
    r"not\s+(?:pregnan|a\b|have))",
    re.IGNORECASE,
)
"""How a bullet begins that denies what it bars, in whichever list it stands."""
OR_FIRST = re.compile(r"^\W*(?:\d[.)]\W*)?or\b(?!\s*\d\))", re.IGNORECASE)
LEADS = re.compile(r"(?::|\bfollowing\W*|\bincluding\W*|\bcriteria\W*)$", re.IGNORECASE)


def words(text: str) -> set[str]:
    """The telling words, without their ends."""
    return {word[:6] for word in re.findall(r"[a-z]{4,}", text.lower()) if word not in NO_RULE}
