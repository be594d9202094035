"""How many lines of treatment a trial asks for or allows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mspike.trials.criteria.model import Found
from mspike.trials.criteria.sentence import Sentence

FILL = (
    r"(?:(?!cycles?|half-\w+|steps?|registration|months?|weeks?|days?|doses?|class(?:es)?|drugs?|"
    r"agents?|years?|courses?|"
    r"inhibitors?|mg|grade|episodes?|of the|criteria|relapses?|transplant\w*|stem|or\b|who\b|and\b|"
    r"with\b|infusions?|times?)[A-Za-z()'/-]+\s+){0,6}?"
)
UNIT = r"(?:lines?(?:\(s\))?|regimens?(?:\(s\))?|therap(?:y|ies)|treatments?|LOTs?\b|treatment line)"
NOUN = rf"\s*{FILL}{UNIT}\b"
N = r"(?<![\d.])(\d{1,2})(?!\d|\.\d|%)"
UP = (
    r"(?:≥|>|\bat least|\b(?:a )?minimum(?: of)?|(?<!no )(?<!not )\bmore than|\bno fewer than|\bno less than|"
    r"\bnot less than|\bafter at least)"
)
DOWN = (
    r"(?:≤|<|\bno more than|\bnot more than|\bno greater than|\bnot >|\bno >|\bnot exceeding|"
    r"\bat most|\bup to|\b(?:a )?max(?:imum)?(?: of)?|\bfewer than)"
)

RANGE = re.compile(
    rf"(?:(?P<up>{UP})\s*)?{N}\s*(?:prior\s*)?(?:-|to|through|and (?=\d)|or (?=\d)|but|and|,)\s*(?:but\s*|"
    rf"and\s*)?(?:(?P<down>{DOWN})\s*)?{N},?(?P<noun>{NOUN})",
    re.IGNORECASE,
)
LOW_THEN_HIGH = re.compile(
    rf"(?P<up>{UP})\s*{N}{NOUN}[^.;]{{0,60}}?(?:and|but|,)\s*(?:have had |received |has |"
    rf"with )?(?P<down>{DOWN})\s*{N}{NOUN}",
    re.IGNORECASE,
)
LOW = re.compile(
    rf"(?P<up>{UP})\s*{N}(?:\s*or more)?(?P<noun>{NOUN})|{N}\s*(?:or|and) (?:more|greater|"
    rf"above)(?P<noun2>{NOUN})|{N}\+\s*(?P<noun3>(?:prior|previous)?\s*{UNIT}\b)",
    re.IGNORECASE,
)
HIGH = re.compile(rf"(?P<down>{DOWN})\s*{N}(?P<noun>{NOUN})|{N}\s*or (?:fewer|less)(?P<noun2>{NOUN})", re.IGNORECASE)
BARE = re.compile(
    rf"\b(?:received|after|following|failed|had|have had|treated with|with)\s+(?:only\s+)?{N}(?P<noun>{NOUN})",
    re.IGNORECASE,
)

PRIOR = re.compile(
    r"\b(?:prior|previous(?:ly)?|earlier|received|treated|failed|after|failure|following|pretreated|"
    r"relaps\w+|have had|has had|progress\w+|refractory|lines? of)\b",
    re.IGNORECASE,
)
DEFINES = re.compile(
    r"\b(?:considered|counts? as|counted|defined as|consists? of|constitut\w+|regarded|may consist|"
    r"is one line|= ?1 line|a line of)\b",
    re.IGNORECASE,
)
RESPONSE = re.compile(
    r"\b(?:respon\w+|PR|VGPR|MR|CR|better|stable disease|remission|achiev\w+|(?:refractory|resistant|"
    r"intoleran\w+) to|toxicit\w+|recover\w+|benefit)(?!\w)[^,;]{0,45}$",
    re.IGNORECASE,
)
NEGATED = re.compile(r"\b(?:not|never|no)\b[^.;,]{0,40}$", re.IGNORECASE)
SUBJECT = re.compile(
    r"\b(?:participants?|patients?|subjects?|those|individuals?|people)\s+(?:who|with|that|having)\b", re.IGNORECASE
)
MUST = re.compile(
    r"\b(?:must|need|should|are required|will be|are eligible|is eligible|may|can|are allowed|have to)\b", re.IGNORECASE
)
OTHER_DISEASE = re.compile(
    r"\bCLL\b|\bMCL\b|\bSLL\b|\bAML\b|\bFL\b|lymphoma|leuka?emi|amyloid|\bAL\b|carcinoma|tumou?r|NHL|"
    r"DLBCL|waldenstr|macroglobul|smou?lder|hepatitis|antibiotic|antihypert|diabet",
    re.IGNORECASE,
)
NOT_COUNTED = re.compile(
    r"\b(?:maintenance|supportive|bridging|salvage|steroid|radiation|radio|local|hormon\w+|"
    r"immunosuppress\w+|antiviral|concomitant|concurrent|induction|study|adjuvant|mobili[sz]ation)\b",
    re.IGNORECASE,
)
ALTERNATIVE = re.compile(
    r"\bOR\b|[,;]\s*or\s+(?:are|is|be|have|has|had|who|those|participants?|patients?|subjects?|if|"
    r"double|triple|at least|≥|\d|with|received|must|in)\b|\bor\s+\(?[2-9a-e]\)|"
    r"\bor\s+(?:are|is|be|have|has|had|who|participants?|patients?|subjects?|those|whose|if|double|"
    r"triple|dual|primary|refractory|relaps\w+|at least|disease)\b|\bor (?=≥)"
)
COMMON = re.compile(
    r"(?:relapsed|recurrent|relapse|progressive|refractory)[,/ ]*(?:and/or|and |or|"
    r"/)\s*(?:relapsed and |relapsed/)?refractory|(?:on|during|at|while on|with|and)/?\s?or\s(?:after|"
    r"within|without|following|both)|"
    r"or\s(?:relapsed and refractory|refractory MM|refractory multiple)|refractory or relapsed",
    re.IGNORECASE,
)


def alternative(text: str, start: int = 0) -> str | None:
    """Another way to meet the rule, in the text's words; "relapsed or refractory" is none."""
    said = COMMON.sub(lambda found: "x" * len(found[0]), text)
    found = ALTERNATIVE.search(said, start)
    return " ".join(text[found.start() :].split())[:300] if found else None


def read_lines(s: Sentence) -> Iterator[Found]:
    text = s.text
    if (
        not re.search(r"\d", text)
        or not re.search(UNIT, text, re.IGNORECASE)
        or OTHER_DISEASE.search(s.lead[-250:] + text)
    ):
        return
    defines = DEFINES.search(text)
    said = re.search(r"\b(?:received|at least|must have)\b", text, re.IGNORECASE)
    if defines and not said and not any(_matches(text[: defines.start()])):
        return
    found = list(_numbers(s))
    lows = [value for _, _, low, _ in found if (value := low) is not None]
    highs = [value for _, _, _, high in found if (value := high) is not None]
    if not found:
        return
    start, end = min(item[0] for item in found), max(item[1] for item in found)
    other = alternative(text, found[-1][1])
    either = re.search(r"\beither\b[^.;]{0,60}$", text[:start], re.IGNORECASE)
    several = len(set(lows)) > 1 or len(set(highs)) > 1
    unless = (
        None if s.side == "exclusion" else other or (" ".join(text[either.start() :].split())[:300] if either else None)
    )
    if several:
        unless = unless or " ".join(text[start:].split())[:300]
    low, high = min(lows, default=None), max(highs, default=None)
    some = bool(INDUCTION.match(text, end))
    if low is not None and high is not None and low <= high:
        yield _found(start, end, "between", [low, high], unless, some)
    elif low is not None:
        yield _found(start, end, ">=", low, unless, some)
    elif high is not None:
        yield _found(start, end, "<=", high, unless, some)


INDUCTION = re.compile(
    r"\s*(?:\w+\s+)?(?:of|in|as|for|with)\s+(?:(?!includ|contain|with\b|and\b|which|that)[\w/]+[\s-]){0,4}?(?:induction|inhibitors?|based|containing|antibod\w+|"
    r"bispecific|BCMA|CAR|IMiD|cytotoxic)\b",
    re.IGNORECASE,
)
"""`2 lines of induction therapy`, `of an IMiD-based treatment`: some of a person's lines."""


def _found(start: int, end: int, op: str, value: int | list[int], unless: str | None, some: bool) -> Found:
    return Found(
        start=start, end=end, fact="prior_lines", op=op, value=value, unit="lines", unless=unless, inferred=some
    )


def _numbers(s: Sentence) -> Iterator[tuple[int, int, int | None, int | None]]:
    """(start, end, lowest, highest) of each count of lines that the sentence gives for everybody."""
    text, reached = s.text, 0
    for kind, found in sorted(_matches(text), key=lambda pair: (pair[1].start(), -pair[1].end())):
        if found.start() < reached or not _counts_lines(s, found):
            continue
        numbers = [int(group) for group in found.groups() if group and group.isdigit()]
        low: int | None = None
        high: int | None = None
        up = (found.groupdict().get("up") or "").lower()
        down = (found.groupdict().get("down") or "").lower()
        if kind == "range":
            low, high = numbers[0] + (up in (">", "more than")), numbers[1] - (down in ("<", "fewer than"))
            if low > high or numbers[1] > 12:
                continue
        elif kind == "low":
            low = numbers[0] + (up in (">", "more than"))
        elif kind == "high":
            high = numbers[0] - (down in ("<", "fewer than"))
        else:
            low = numbers[0]
            high = low if re.search(r"\b(?:only|exactly)\b", found[0], re.IGNORECASE) else None
        listed = kind == "range" and not down and re.search(r"\d\s*,\s*\d", found[0])
        if max(numbers) > 12 or listed:
            continue
        if s.side != "exclusion" and NEGATED.search(text[: found.start()]):
            if kind != "low":
                continue
            low, high = None, (low or 1) - 1
        if s.side == "exclusion":
            if s.allowed or kind in ("range", "bare") or (kind == "high" and down not in ("<", "fewer than")):
                continue
            low, high = (None if high is None else high + 1), (None if low is None else low - 1)
            if (high is not None and high < 1) or (low is not None and low < 1):
                continue
        if low == 0:
            low = None
        reached = found.end()
        yield found.start(), found.end(), low, high


def _matches(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    for kind, pattern in (("range", RANGE), ("range", LOW_THEN_HIGH), ("low", LOW), ("high", HIGH), ("bare", BARE)):
        for found in pattern.finditer(text):
            yield kind, found


def _bare(text: str) -> str:
    """The last words of a text without what stands in brackets; "relapsed or refractory to" counts lines."""
    text = re.sub(
        r"relapsed (?:after,? )?(?:and/or|or|and|/) ?(?:(?:is|are|was) )?refractory to",
        "after",
        text,
        flags=re.IGNORECASE,
    )
    return re.sub(r"\([^()]*\)|\[[^\[\]]*\]", "", re.sub(r"\[[^\[\]]*\]", "", text[-400:]))[-90:]


def _counts_lines(s: Sentence, found: re.Match[str]) -> bool:
    """Whether the match counts a person's lines of treatment: no cycles, no response to them, no condition."""
    text = s.text
    before, after = text[max(0, found.start() - 90) : found.start()], text[found.end() : found.end() + 40]
    noun = found[0]
    is_line = bool(re.search(r"\blines?\b|\bLOT", noun, re.IGNORECASE)) or bool(
        re.search(r"\blines?\b", after[:20], re.IGNORECASE)
    )
    if (
        NOT_COUNTED.search(noun)
        or RESPONSE.search(_bare(text[: found.start()]))
        or re.match(r"\s*(?:-|\()?(?:cycles?|months?|days?|weeks?)", after)
    ):
        return False
    if not PRIOR.search(before + noun + after):
        return False
    if not is_line and not re.search(
        r"\b(?:prior|previous|earlier|systemic|anti-?\s?myeloma|MM)\b", noun, re.IGNORECASE
    ):
        return False
    subject = next(iter(reversed(list(SUBJECT.finditer(text[: found.start()])))), None)
    must = MUST.search(text, found.end())
    if (
        subject
        and must
        and not re.search(r"\b(?:which|that)\s+$", text[: must.start()])
        and (not re.search(r"[.;]", text[subject.start() : found.start()]))
    ):
        return False
    if re.search(r"\b(?:if|when|unless|except)\b[^,;]{0,60}$", before, re.IGNORECASE):
        return False
    return not re.search(
        r"\b(?:within|in) (?:the )?(?:last|past|previous) \d|\bfor (?:the )?(?:treatment of )?(?:smou?lder|amyloid)",
        after,
        re.IGNORECASE,
    )
