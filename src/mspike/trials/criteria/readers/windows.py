"""What may not have happened lately: vaccines, transplants, steroids, earlier treatment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from mspike.trials.criteria.canon import NUMBER, number
from mspike.trials.criteria.model import Found
from mspike.trials.criteria.readers.person import SPAN, days, weeks
from mspike.trials.criteria.sentence import Sentence

WITHIN = (
    r"(?:within|in|during|<|≤|≥|>|at least|less than)?\s*(?:(?:the|a|an)\s+)?(?:last|past|previous|"
    rf"preceding|prior)?\s*(?:<|≤)?\s*{SPAN}"
)
LATE = (
    r"(?:\bwithin|<|≤|\b(?:in|during) (?:the )?(?:last|past|previous|preceding|prior)|"
    rf"\bless than)\s*(?:(?:the|a)\s+)?(?:last|past|previous|preceding|prior)?\s*(?:<|≤)?\s*{SPAN}"
)
VACCINE = re.compile(rf"\blive\b(?P<gap>[^.;]{{0,90}}?vaccin\w*(?:[^.;\d]|e\.g\.){{0,90}}?){LATE}", re.IGNORECASE)
VACCINE_BEFORE = re.compile(rf"\blive\b[^.;]{{0,60}}?vaccin\w*\s+{SPAN}\s+(?:before|prior)", re.IGNORECASE)
VACCINE_AFTER = re.compile(rf"{LATE}[^.;]{{0,70}}?\blive\b[^.;]{{0,40}}vaccin", re.IGNORECASE)


def read_vaccine(s: Sentence) -> Iterator[Found]:
    found = VACCINE.search(s.text) or VACCINE_BEFORE.search(s.text) or VACCINE_AFTER.search(s.text)
    if found and s.forbids(found.start()) is not False:
        if s.side == "exclusion" and s.forbids(found.start()) is None and not _only_exceptions(s.text, found.start()):
            return
        if s.side == "unstated":
            return
        value = weeks(found["n"], found["unit"])
        if 1 <= value <= 26:
            yield Found(
                start=found.start(),
                end=found.end(),
                fact="live_vaccine",
                op="excluded",
                value=value,
                unit="weeks",
                about={"window_days": days(found["n"], found["unit"])},
            )


def _only_exceptions(text: str, start: int) -> bool:
    """Whether what is let in stands after the rule (`… within 30 days; inactivated vaccines are allowed`)."""
    return not re.search(r"\b(?:no|not|without|never)\b", text[max(0, start - 40) : start], re.IGNORECASE)


TRANSPLANT = (
    r"(?:transplant\w*|\bSCTs?\b|\bASCTs?\b|\bauto-?SCT|\bHSCT|\bHCT\b|\bAHSCT\b|\bPBSCT\b|\bBMT\b|"
    r"stem[- ]cell (?:rescue|infusion))"
)
AUTO = r"(?:autologous|auto-?(?=\s?(?:SCT|HSCT|HCT))|\bASCT|\bAHSCT|\bauto\b)"
ALLO = r"(?:allo-?gen\w*|\ballo-?(?=\s?(?:SCT|HSCT|HCT))|\ballo\b)"
SCT_LATE = re.compile(
    rf"(?P<what>(?:{AUTO}|{ALLO}|{TRANSPLANT})[^.;\d<≤]{{0,140}}?){LATE}(?=(?P<after>[^.;]{{0,60}}))", re.IGNORECASE
)
LATE_SCT = re.compile(
    rf"{LATE}(?P<mid>\s*(?:of|after|from|since|following|post)[- ](?:an?\s+|their\s+|"
    rf"prior\s+)?)(?P<what>(?:{AUTO}|{ALLO}|{TRANSPLANT})[^.;,]{{0,30}})",
    re.IGNORECASE,
)
AUTO_BEFORE = re.compile(
    rf"(?P<what>(?:{AUTO}\s+)?(?:stem[- ]cell\s+)?{TRANSPLANT}|^\W*(?:\d\W+)?(?:therapy|it|this)\b)\s+"
    rf"(?:\([^)]{{0,30}}\)\s*)?(?:\w+\s+){{0,3}}?(?:≥|>|at least|more than)\s*{SPAN}\s+"
    r"(?:prior to|before|from (?:study|enrol|the first|first))",
    re.IGNORECASE,
)
"""`Transplant was > 100 days before enrolment`: asked of those who had one."""
ASKED = re.compile(r"must have (?:been )?(?:completed|stopped)|time ?frames?\b", re.IGNORECASE)
"""A lead-in of times that have to have passed, even in the list of exclusions."""
FROM_THEN = re.compile(
    r"^\W*(?:patients?|subjects?|participants?|individuals)?(?: who)?(?: are| is)?\s*$|\bor\s*$", re.IGNORECASE
)
"""What may stand before `< 3 months from autologous transplant`; anything else is counted from the transplant."""
NOT_TRANSPLANT_DATE = re.compile(
    r"relaps|progress|diagnos|induction|initiat|\bplan|candidate|eligib|collect|mobiliz|\borgan\b|"
    r"melphalan|maintenance|radiat|chemother|therapy within|graft|GVHD|immunosup",
    re.IGNORECASE,
)
ANCHOR = re.compile(
    r"^\s*(?:\([^)]{0,40}\)\s*)?(?:$|[,.;)]|or\b|and\b|prior|before|preceding|previous|of (?:the |"
    r"start|first|study|stud|enrol|registr|random|leuk|apheresis|screen|consent|C1|day|cycle|dos|plan|"
    r"receiv|initiat|treat|trial|sign|infus|ICF|admin|inform)|from (?!(?:an? |the |their |his |"
    r"her )?(?:prior|previous|auto|allo|last|trans|SCT|date of trans))|to (?:the )?(?:first|start|"
    r"study|enrol|"
    r"random|regist|screen|day|leuk|C1|planned)|earlier|at (?:the )?(?:time|screen))",
    re.IGNORECASE,
)
EVER = re.compile(
    r"(?:(?:prior|previous|history of|received|undergone|undergoing|had|any)\s+(?:an?\s+|any\s+|"
    rf"history of\s+)?(?:hematopoietic\s+|prior\s+|peripheral\s+)?(?P<what>{ALLO})|"
    rf"^\W*(?P<start>{ALLO}))[^.;]{{0,60}}?{TRANSPLANT}",
    re.IGNORECASE,
)


def read_transplant(s: Sentence) -> Iterator[Found]:
    text = s.text
    if not (re.search(TRANSPLANT, text, re.IGNORECASE) or AUTO_BEFORE.search(text)):
        return
    seen: set[str] = set()
    for found in SCT_LATE.finditer(text):
        what = found["what"]
        parts = re.split(r",\s*(?:or|and)\b|\bat any time\b", what)
        if len(parts) > 1 and re.search(f"{AUTO}|{ALLO}", parts[-1], re.IGNORECASE):
            what = parts[-1]
        if NOT_TRANSPLANT_DATE.search(what) or not ANCHOR.match(found["after"]) or s.side == "unstated":
            continue
        forbidden = s.forbids(found.start()) if s.side == "exclusion" else _negated(text, found)
        if not forbidden or not (re.search(TRANSPLANT, what, re.IGNORECASE) or re.search(AUTO, what, re.I)):
            continue
        kinds = [
            kind for kind, pattern in (("auto", AUTO), ("allo", ALLO)) if re.search(pattern, what, re.IGNORECASE)
        ] or (["allo"] if re.search(ALLO, text[: found.start()], re.IGNORECASE) else ["auto", "allo"])
        for kind in kinds:
            if kind not in seen:
                seen.add(kind)
                narrow = re.search(
                    r"^\W*[^.;]{0,80}\band (?:who )?(?:are|is|have|has|was|were|not|[^.;]{0,30}(?:GVHD|graft))\b",
                    text[found.end("unit") :],
                    re.IGNORECASE,
                )
                yield Found(
                    start=found.start(),
                    end=found.end("unit"),
                    fact=f"{kind}_sct",
                    inferred=bool(narrow),
                    op="excluded",
                    value=weeks(found["n"], found["unit"]),
                    unit="weeks",
                    about={"window_days": days(found["n"], found["unit"])},
                )
    for found in LATE_SCT.finditer(text):
        if s.side == "exclusion" and s.forbids(found.start()) and FROM_THEN.search(text[: found.start()]):
            for kind, pattern in (("auto", AUTO), ("allo", ALLO)):
                if kind not in seen and re.search(pattern, found["what"].split(" or ")[0], re.IGNORECASE):
                    seen.add(kind)
                    yield _window(found, kind)
    asked = s.side == "inclusion" or ASKED.search(s.lead[-300:])
    passed = AUTO_BEFORE.search(text) if asked and "auto" not in seen else None
    if passed and re.search(ALLO, text[max(0, passed.start() - 16) : passed.end("what")], re.IGNORECASE):
        passed = None
    if passed and re.search(AUTO, passed["what"] + s.lead[-300:], re.IGNORECASE):
        yield msgspec.structs.replace(_window(passed, "auto"), inferred=True)
    ever = EVER.search(text)
    if (
        ever
        and re.search(
            r"\borgan\b|tissue", ever[0] + (text[ever.end() :][:20] if text[ever.end() :][:4] == " of " else ""), re.I
        )
        and not re.search(r"stem|marrow|h[a]?emato", ever[0], re.I)
    ):
        ever = None
    if ever and re.search(r"\d\s*\w+\s+(?:from|of|after|since|post)\W*(?:an?\s+|their\s+)?$", text[: ever.start()]):
        return
    if (
        ever
        and "allo" not in seen
        and s.side == "exclusion"
        and s.forbids(ever.start())
        and not re.match(
            r"[^.;,]{0,60}(?:within|<|≤)\s*(?:the )?(?:last |past |previous )?(?:<|≤)?\s*\d", text[ever.end() :]
        )
    ):
        with_gvhd = re.search(
            r"\bwith\b[^.;]{0,30}(?:active|GVHD|graft)|\bnot\b|\bor more\b|requir|who|"
            r"\band (?:has|have|had|is|are|still)\b",
            text[ever.end() : ever.end() + 120],
            re.IGNORECASE,
        )
        yield Found(
            start=ever.start(),
            end=ever.end(),
            fact="allo_sct",
            op="excluded",
            inferred=bool(with_gvhd),
            when=with_gvhd[0] if with_gvhd else None,
        )


def _window(found: re.Match[str], kind: str) -> Found:
    window = days(found["n"], found["unit"])
    return Found(
        start=found.start(), end=found.end(), fact=f"{kind}_sct", op="excluded", value=weeks(found["n"], found["unit"]),
        unit="weeks", about={"window_days": window},
    )  # fmt: skip


def _negated(text: str, found: re.Match[str]) -> bool:
    before = re.search(
        r"\b(?:no|without|not (?:have |had |been )*(?:received|undergone|had))\b(?:\s+\w+){0,4}\s*$",
        text[: found.start()],
        re.IGNORECASE,
    )
    return (
        bool(before or re.search(r"\bnot\s*$", found["what"].rstrip(), re.IGNORECASE))
        and "after" not in text[found.end("unit") :][:60]
    )


STEROID = re.compile(
    rf"(?:steroids?|prednis\w+|dexamethasone)[^.;]{{0,90}}?(?:≥|>|of|exceeding|more than|"
    rf"equivalent to)\s*(?:≥|>)?\s*{NUMBER}\s*(?:mg|"
    r"milligrams?)\b(?!\s*/)(?:\s*\(mg\))?(?P<gap>(?!/\s*(?:day|d\b)| (?:daily|"
    rf"per day))[^.;]{{0,190}}?)\b(?:within|in|during|"
    rf"over)\b[^.;\d]{{0,30}}(?P<days>\d{{1,2}})\s*-?\s*(?P<dunit>days?|weeks?)",
    re.IGNORECASE,
)


def read_steroid(s: Sentence) -> Iterator[Found]:
    found = STEROID.search(s.text)
    if (
        found
        and s.forbids(found.start())
        and not re.search(r"\bdaily\b|\b(?:per|a|each) day\b|/\s*day", found[0], re.I)
    ):
        near = found[0][: found.start("gap") - found.start()] + found["gap"][:20]
        drug = (
            "prednisone"
            if re.search("prednis", near, re.I) or not re.search("dexameth", near, re.I)
            else "dexamethasone"
        )
        span = int(found["days"]) * (7 if found["dunit"].lower().startswith("w") else 1)
        yield Found(
            start=found.start(),
            end=found.end(),
            fact="steroid",
            op="<",
            value=number(found[1]),
            unit="mg",
            about={"equivalent_of": drug, "window_days": span},
            inferred=not re.search(r"cumulative|total|maximum", s.text, re.IGNORECASE),
        )


WHAT = {
    "proteasome inhibitor": r"proteasome inhibitors?|\bPIs?\b",
    "immunomodulatory drug": r"immunomodul\w+|\bIMiDs?\b",
    "monoclonal antibody": r"monoclonal antibod\w+|\bmAbs?\b|antibody (?:therapy|treatment)",
    "cytotoxic chemotherapy": r"cytotoxic|chemotherap\w+",
    "investigational treatment": r"investigational|experimental",
    "radiotherapy": r"radiation|radiotherap\w+|irradiation",
    "cell therapy": r"(?:adoptive |cell(?:ular)? |gene[- ]modified )[^,;]{0,30}(?:therap|cell)",
    "plasmapheresis": r"plasmapheresis|plasma exchange",
    "antimyeloma treatment": (
        r"anti-?\s?(?:multiple )?myeloma (?:therap|treat|drug|agent)\w*|(?:systemic )?anti-?\s?(?:cancer|"
        r"neoplastic|tumou?r) (?:therap|treat|drug|agent)\w*|treatment for (?:multiple )?myeloma|"
        r"systemic therapy"
    ),
    "major surgery": r"\b(?:major )?surgery|surgical procedure",
}
WASHOUT = re.compile(
    rf"{LATE}(?P<half>\s*(?:\([^)]{{0,60}}\)\s*)?(?:,?\s*or|and)\s*(?:at least |"
    r"within )?(?P<lives>\d)\s*(?:pharmacokinetic |plasma |elimination |"
    rf"terminal )?half[- ]?li\w+)?(?P<rule>[^.;]{{0,60}}?whichever (?:is|was|comes|"
    r"occurs)?\s*(?:the )?(?P<which>shorter|longer|less|greater|lesser|first|later))?",
    re.IGNORECASE,
)


def read_washout(s: Sentence) -> Iterator[Found]:
    text, last = s.text, 0
    if s.side != "exclusion" or (s.allowed and not re.search(r"within|<", text)):
        return
    for found in WASHOUT.finditer(text):
        before = text[last : found.start()][-220:]
        last = found.end()
        named = [word for word, pattern in WHAT.items() if re.search(pattern, before, re.IGNORECASE)]
        if (
            not named
            or s.forbids(found.start()) is None
            or re.search(
                r"malignan|cancer(?! therap)|infarct|stroke|infection|progress|refractory|relaps", before[-60:], re.I
            )
        ):
            continue
        about: dict[str, Any] = {"what": named, "window_days": days(found["n"], found["unit"])}
        if found["lives"]:
            about["half_lives"] = int(found["lives"])
        if found["which"]:
            about["whichever"] = (
                "shorter" if found["which"].lower() in ("shorter", "less", "lesser", "first") else "longer"
            )
        yield Found(
            start=found.start(),
            end=found.end(),
            fact="washout",
            op="excluded",
            value=about["window_days"],
            unit="days",
            about=about,
        )
