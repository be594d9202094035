"""Which drugs, classes and targets must not have been given, or must not have failed."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

from mspike.trials.criteria.model import Found
from mspike.trials.criteria.readers.person import days
from mspike.trials.criteria.readers.treatment import PRODUCTS, REFRACTORY, about, named_treatments
from mspike.trials.criteria.sentence import Sentence
from mspike.trials.criteria.vocabulary import Named

TARGETS = ("BCMA", "GPRC5D")
GIVEN_BEFORE = re.compile(
    r"\b(?:prior(?! to)|previous(?:ly)?|any|history of|received|undergone|exposed to|exposure to|"
    r"treated with|treatments? with|therap(?:y|ies) with|use of|had)\b[^.;:]{0,90}$",
    re.IGNORECASE,
)
DIRECTED = re.compile(
    r"^\W{0,4}(?:\([^)]*\)\W{0,3})?(?:targeted|directed|based|targeting|therapy|therapies|treatment|agents?|inhibitor)",
    re.IGNORECASE,
)
NOT_EXPOSURE = re.compile(
    r"allerg|hypersensitiv|reaction|anaphyla|attributed|\brash\b|erythema|intoleran|contraindic|"
    r"thrombo|toxicit|adverse|\bCRS\b|ICANS|neurotox|neuropath|"
    r"concurrent|concomitant|ongoing|currently|\bplan|excipient|progress|refractory|resistan|"
    r"birth control|REMS|\brisk|in this study|on study|administration|"
    r"first (?:\w+ )?(?:administration|dose|infusion)|initiating|component|unable|refus|screening for|"
    r"starting|first dose|infusion|procedure|absorption|"
    r"combination (?:with|of)|control (?:arm|therapy)|candidate|half[- ]li|whichever|washout|"
    r"response to|failure to achieve|vaccin|contracep|pregnan|leukapheresis|apheresis",
    re.IGNORECASE,
)
WITHIN = re.compile(
    r"\b(?:within|<|≤|less than|(?:in|during|over) the (?:last|past|previous))\s*(?:the )?(?:last |past |"
    r"previous )?(?:<|≤)?\s*(?P<n>\d{1,3})\s*(?P<unit>days?|weeks?|months?|years?)",
    re.IGNORECASE,
)
SPAN = re.compile(
    r"\d+\s*-?\s*(?:days?|weeks?|months?|years?|cycles?|doses?|courses?|mg|half|lines?)\b|:\s*$", re.IGNORECASE
)
NARROW = re.compile(
    r"\b(?:if|unless|who|that|more than|>|≥|other than|except\w*|"
    r"for (?:the )?(?:treatment of )?(?:SMM|smou?ld\w+|MGUS|CLL|lymph\w+)|last|most recent|latest|"
    r"immediate\w*|"
    r"discontinu\w+|combination|cumulative|as (?:part|first|induction)|where|with(?!out)(?= (?:best|"
    r"prog|no |resp))|both|not|failed|and (?:failed|did|had|has|have|without|who|were|was))\b|"
    r"\([ab1i]\)",
    re.IGNORECASE,
)
PLAIN_NO = re.compile(
    r"\b(?:not|no|never)\b[^,;.]{0,25}\b(?:refractory|progressed|resistant|received|prior|had)\b[^,;.]{0,60}$",
    re.IGNORECASE,
)
BOTH = re.compile(r"^\W*and\s+(?:an?\s+)?$", re.IGNORECASE)


def read_barred(s: Sentence) -> Iterator[Found]:
    """In an exclusion, or where an inclusion says no; a window of days is a window, all else is "ever"."""
    if s.side == "unstated":
        return
    named = named_treatments(s.text)
    for index, item in enumerate(named):
        if item.word in ("alkylator", "anthracycline") or not s.forbids(item.start):
            continue
        before, after = s.text[: item.start], s.text[item.end :]
        neighbours = [s.text[a.end : b.start] for a, b in itertools.pairwise(named) if item in (a, b)]
        both = any(BOTH.match(text) for text in neighbours)
        if re.search(
            r"\b(?:except(?:ing| for)?|other than|exception of|excluding)\b[^.;]{0,90}$", before, re.IGNORECASE
        ):
            continue
        if re.search(r"(?:prior to|before|initiation of|start of)\s+(?:\w+\s+)?$", before, re.IGNORECASE):
            continue
        if (
            s.side == "inclusion"
            and re.search(r"refractory|resistant|progress", s.text, re.IGNORECASE)
            and not PLAIN_NO.search(before)
        ):
            continue
        if REFRACTORY.search(before[-110:]) or re.match(r"[\s-]*(?:refractory|resistant)\b", after, re.IGNORECASE):
            narrow = bool(
                both
                or NARROW.search(before[-60:])
                or re.search(r"dose|mg|maintenance|most recent|last|within|combination", s.text, re.IGNORECASE)
            )
            failed = re.search(r"\b(?:failed|progress\w*)\b", before[-110:], re.IGNORECASE)
            yield Found(
                start=item.start,
                end=item.end,
                fact="refractory",
                op="excluded",
                about=about([item.word]),
                inferred=bool(narrow or failed),
            )
        elif not NOT_EXPOSURE.search(s.text) and (GIVEN_BEFORE.search(before) or DIRECTED.match(after)):
            given = _given(s.text, named, index)
            if given is None:
                continue
            window = WITHIN.search(after[:130]) or WITHIN.search(before[-60:])
            if window:
                given["window_days"] = days(window["n"], window["unit"])
            narrow = bool(both or NARROW.search(s.text) or (not window and SPAN.search(s.text)))
            yield Found(
                start=item.start,
                end=item.end,
                fact="prior_treatment",
                op="excluded",
                about=given,
                inferred=narrow,
            )


def _given(text: str, named: list[Named], index: int) -> dict[str, Any] | None:
    """What is barred: a target with its kinds of product, a product of any target, or a drug; None = said elsewhere."""
    item = named[index]
    if item.word in TARGETS:
        kinds = [other.word for other in named if other.word in PRODUCTS and _of_target(text, item, other)]
        return {**about([item.word]), **({"product": list(dict.fromkeys(kinds))} if kinds else {})}
    if item.word in PRODUCTS and any(other.word in TARGETS and _of_target(text, other, item) for other in named):
        return None
    return about([item.word])


def _of_target(text: str, target: Named, product: Named) -> bool:
    """Whether the product is one against the target: `BCMA CAR-T`, `CAR-T directed at BCMA`."""
    if target.end <= product.start:
        between = text[target.end : product.start]
        return len(between) < 70 and not re.search(
            r"(?:therap\w+|treatments?|agents?|products?|directed|targeted)\W+(?:or|and|,)", between, re.IGNORECASE
        )
    between = text[product.end : target.start]
    return bool(re.search(r"target|direct|against|anti|specific|\bto\b", between, re.IGNORECASE)) and len(between) < 60
