"""Trials for myeloma that has not been treated: newly diagnosed, previously untreated.

Read only where the sentence speaks of nothing else: many trials take people during or after their first treatment, and
say "newly diagnosed" of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mspike.trials.criteria.model import Found
from mspike.trials.criteria.sentence import Sentence

UNTREATED = re.compile(
    r"\b(?:newly[- ]diagnosed|(?:previously[- ])?untreated|not previously treated|"
    r"no prior (?:systemic |anti-?myeloma )?(?:therapy|treatment) for)\b"
    r"(?:(?!\bor\b)[^.;:]){0,60}?\b(?:multiple myeloma|myeloma|MM|NDMM)\b",
    re.IGNORECASE,
)
MORE = re.compile(
    r"\b(?:relaps\w*|refract\w*|progress\w*|recurr\w*|treated|receiv\w*|had|induct\w*|cycles?|mainten\w*|histor\w*|"
    r"followed|after|since|therap\w+|treatment|regimens?|or|either|cohorts?|arms?|groups?|parts?|phase|strat\w*|"
    r"smou?lder\w*|asymptomatic|MGUS|amyloid\w*|leuk\w*|lymphoma|suspect\w*|respon\w*|auto|transplant\w*|setting|"
    r"at least|months?|only|prior)\b",
    re.IGNORECASE,
)
"""Words of a treatment that was given all the same, of another disease or way in, or of a part of the trial."""
NO_MATTER = re.compile(
    r"working group|at least (?:one|1) of the following|(?:requiring|in need of|indication for)\s+(?:initiation of\s+)?"
    r"(?:systemic )?(?:chemo)?(?:therapy|treatment)|transplant[- ]?(?:in)?eligible|"
    r"(?:not )?(?:eligible|suitable|candidates?) for (?:autologous )?(?:stem[- ]cell )?transplant\w*|"
    r"previously[- ]untreated|not previously treated|prior to (?:study )?(?:entry|enrol\w+|registration)",
    re.IGNORECASE,
)


def read_untreated(s: Sentence) -> Iterator[Found]:
    found = UNTREATED.search(s.text)
    if found is None or s.side != "inclusion" or s.allowed:
        return
    denies = found[0].lower().startswith("no ")
    if s.forbids(found.start()) and not denies:
        return
    said = found[0][found[0].index("for") :] if denies else found[0]
    if not MORE.search(NO_MATTER.sub(" ", f"{s.lead} {s.text[: found.start()]} {said} {s.text[found.end() :]}")):
        yield Found(start=found.start(), end=found.end(), fact="newly_diagnosed", op="required")
