"""An eligibility text into bullets: each with its side, its cohorts, its place in the list and its offsets.

Nothing is dropped: every character that is no blank stands in a bullet or in a heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import msgspec

from mspike.trials.criteria.canon import MARK, unmarked
from mspike.trials.criteria.scope import heading_cohorts
from mspike.trials.trial import Side, Text


class Bullet(msgspec.Struct, kw_only=True):
    """One entry of a list, or a paragraph that stands alone."""

    id: str = ""
    """`I3`, `E2.1`; `N…` where no heading says the side, `T1` title, `S1` summary."""
    field: str
    side: Side
    start: int
    end: int
    cohorts: tuple[str, ...] = ("all",)
    indent: int = 0
    marked: bool = False
    """Whether it begins with a bullet or a number."""
    parent: int | None = None
    """Position of the bullet that this one stands under."""
    loose: bool = False
    """An unmarked line that ends in a colon leads the bullets after it."""


class Heading(msgspec.Struct, kw_only=True):
    """A line that only says what follows."""

    field: str
    start: int
    end: int
    side: Side | None = None
    cohorts: tuple[str, ...] | None = None


LEAD = r"^\W*(?:[\w/&+,.'()-]+\s+){0,7}?"
SIDE_WORD = r"(?P<side>inclusions?|exclusions?|non-?inclusions?)"
HEADING = re.compile(
    LEAD + rf"(?:\b{SIDE_WORD}\b(?:ary)?\s*(?:criteri(?:a|on)\b)?|\bcriteria\s+for\s+(?P<side2>inclusion|"
    r"exclusion|non-inclusion)\b)"
    r"(?P<rest>[^:：\n]{0,120}?)(?P<colon>\s*[:：]|\s*\*{0,2}\s*$)",
    re.IGNORECASE,
)
ELIGIBLE = re.compile(r"^\W*(?:patient\s+|donor\s+)?eligibility(?:\s+criteria)?\W*$", re.IGNORECASE)
NUMBERED = re.compile(r"\(?(\d{1,2})[.)]\s")
EITHER = re.compile(r"inclusion\s*(?:/|and|or|&|,)\s*exclusion|exclusion\s*(?:/|and|or|&)\s*inclusion", re.IGNORECASE)
SENTENCE = re.compile(
    r"\b(?:is|are|was|were|must|will|may|has|have|had|should|can|apply|applies|meet|met|include[sd]?)\b", re.I
)
POINTS = re.compile(r"[.;]\s|\b(?:see|refer to|per|meets?|meeting|defined (?:in|by))\b", re.IGNORECASE)
"""Words before `exclusion criteria` that point at the list and do not begin it."""
EXCLUDES = re.compile(
    r"(?:will (?:be )?exclude|excludes? (?:a|the|any)|(?:are|is|be|will be) (?:excluded|ineligible)|"
    r"not (?:be )?eligible|ineligible|not (?:be )?(?:enrolled|included))"
    r"[^.;\n]{0,100}[:.]?\s*$",
    re.IGNORECASE,
)
GROUPS = re.compile(r"^\W*[A-Z][A-Z ,/&()-]{4,70}:?\W*$")
"""`DISEASE CHARACTERISTICS:` and its like, in records of the nineties."""


def split(text: Text, first: int = 0) -> tuple[list[Bullet], list[Heading]]:
    """The bullets of one text, in order. `first`: how many bullets stand before it in the record."""
    bullets: list[Bullet] = []
    headings: list[Heading] = []
    side: Side = text.side
    cohorts: tuple[str, ...] = ("all",)
    stack: list[int] = []
    lead: int | None = None
    count, level, counted = 0, 0, -1
    label: tuple[int, tuple[str, ...]] | None = None  # a bullet that only names cohorts, for those after it
    clean = unmarked(text.text)
    for start, end, indent, marked in _blocks(clean):
        block = clean[start:end]
        heading = _heading(block, marked)
        if heading is not None:
            kept, length = heading
            if text.side == "unstated" and kept is not None:
                side = kept
            under = heading_cohorts(block[:length])
            cohorts = under or (cohorts if kept is None else ("all",))
            headings.append(Heading(field=text.field, start=start, end=start + length, side=side, cohorts=cohorts))
            stack, lead = [], None
            begin = start + length
            rest = clean[begin:end]
            begin += len(rest) - len(rest.lstrip(" \t\r\n\u200b*:-"))
            if begin >= end:
                continue
            start, block = begin, clean[begin:end]
        elif not marked and (under := heading_cohorts(block)) and _only_heading(block):
            cohorts = under
            headings.append(Heading(field=text.field, start=start, end=end, cohorts=cohorts))
            stack, lead = [], None
            continue
        while stack and bullets[stack[-1] - first].indent >= indent:
            stack.pop()
        number = NUMBERED.match(block)
        if number and count and int(number[1]) == count + 1 and indent <= level and lead is not None and lead > counted:
            stack, lead = [], None  # the list before the lead-in goes on
        if not marked:
            stack, lead = [], None
        parent = stack[-1] if stack else (lead if marked else None)
        bullet = Bullet(
            field=text.field, side=side, start=start, end=end, cohorts=cohorts, indent=indent, marked=marked,
            parent=parent,
        )  # fmt: skip
        if parent is not None:
            above = bullets[parent - first]
            bullet.cohorts = above.cohorts if bullet.cohorts == ("all",) else bullet.cohorts
            bullet.side = above.side
        if text.side == "unstated" and EXCLUDES.search(block) and block.rstrip().endswith(":"):
            bullet.side = "exclusion"
        if marked and (under := heading_cohorts(block)) and _only_heading(block):
            bullet.cohorts = under
            label = (indent, under) if block.rstrip().endswith(":") else label
        elif label is not None and marked and indent == label[0]:
            bullet.cohorts = label[1] if bullet.cohorts == ("all",) else bullet.cohorts
        else:
            label = None
        bullets.append(bullet)
        here = first + len(bullets) - 1
        if number and (parent is None or indent <= level):
            count, level, counted = int(number[1]), indent, here
        if marked:
            stack.append(here)
        elif block.rstrip().endswith(":"):
            lead = here
    return bullets, headings


def _heading(block: str, marked: bool) -> tuple[Side | None, int] | None:
    """(side, length) when the block begins with a heading of a list; the rest of the line is text of its own."""
    head = block[:260]
    line = head.split("\n", 1)[0]
    if ELIGIBLE.match(line) and not marked:
        return None, len(line)
    found = HEADING.match(line)
    if not found or EITHER.search(found[0]):
        return None
    said = found[0]
    before = said[: found.start("side") if found["side"] else found.start("side2")]
    if POINTS.search(before) or before.count("(") > before.count(")"):
        return None
    words = SENTENCE.search(said.split(":")[0])
    if words and (marked or len(said.split()) > 22 or not found["colon"].strip()):
        return None
    if marked and found.end() < len(line.rstrip()) and not found["colon"].strip():
        return None
    side = (found["side"] or found["side2"]).lower()
    if not found["colon"].strip() and (
        len(line.split()) > 12 or not re.search("criteri|inclusion|exclusion", said, re.I)
    ):
        return None
    return ("inclusion" if side.startswith("incl") else "exclusion"), found.end()


def _only_heading(block: str) -> bool:
    """A short line without a rule of its own."""
    plain = block.strip()
    return len(plain) <= 120 and (
        plain.endswith(":") or (len(plain.split()) <= 7 and not re.search(r"[<>≥≤=.;]", plain))
    )


def _blocks(text: str) -> Iterator[tuple[int, int, int, bool]]:
    """(start, end, indent, marked) of every bullet or paragraph; a wrapped line belongs to the one before it."""
    open_: list[int] | None = None
    position = 0
    blank = True
    for line in text.splitlines(keepends=True):
        begin = position
        position += len(line)
        bare = line.strip(" \t\r\n\u200b\u00a0\x0b\x0c")
        if not bare:
            blank = True
            continue
        indent = len(line) - len(line.lstrip(" \t\u200b\u00a0"))
        start = begin + indent
        stop = start + len(bare)
        mark = MARK.match(bare)
        if mark and mark.end() == len(bare):
            mark = None
        follows = open_ is not None and not mark and not blank and not _heading(bare, False)
        follows = follows and not (
            open_ is not None
            and text[open_[0] : open_[1]].rstrip().endswith(":")
            and indent <= open_[2]
            and not open_[3]
        )
        if follows and open_ is not None:
            open_[1] = stop
        else:
            if open_ is not None:
                yield from _cut(text, open_)
            open_ = [start, stop, indent, int(bool(mark))]
        blank = False
    if open_ is not None:
        yield from _cut(text, open_)


INLINE = re.compile(r"(?<=[.;:,)\w])\s*(?:\s[*•▪●]\s+|\s(?=\d{1,2}[.)]\s+[A-Z≥]))")


def _cut(text: str, block: list[int]) -> Iterator[tuple[int, int, int, bool]]:
    """A block that holds a whole list in one line (`1. … 2. … 3. …`) is its entries."""
    start, end, indent, marked = block[0], block[1], block[2], bool(block[3])
    if end - start > 200:
        cuts = [found.end() for found in INLINE.finditer(text, start, end)]
        cuts = _counted(text, cuts, end) if cuts else []
        if len(cuts) >= 2:
            places = [start, *cuts, end]
            for number, (begin, stop) in enumerate(pairwise(places)):
                piece = text[begin:stop].rstrip()
                yield begin, begin + len(piece), indent, marked if number == 0 else True
                indent += piece.endswith(":")
            return
    yield start, end, indent, marked


def _counted(text: str, cuts: list[int], end: int) -> list[int]:
    """Of the places where a number stands, those that count up by one; bullets signs as they are."""
    numbered = [(place, re.match(r"\d{1,2}", text[place : place + 3])) for place in cuts]
    kept, last = [], None
    for place, found in numbered:
        if found is None:
            kept.append(place)
        elif last is None or int(found[0]) == last + 1 or int(found[0]) == 1:
            kept.append(place)
            last = int(found[0])
    return [place for place in kept if place < end]


def number_bullets(bullets: list[Bullet]) -> None:
    """Ids in order: `I1`, `I2`, `I2.1`, `E1` …"""
    counts: dict[str, int] = {}
    for bullet in bullets:
        if bullet.parent is not None:
            base = bullets[bullet.parent].id
            counts[base] = counts.get(base, 0) + 1
            bullet.id = f"{base}.{counts[base]}"
        else:
            letter = {"inclusion": "I", "exclusion": "E"}.get(bullet.side, "N")
            letter = {"officialTitle": "T", "briefSummary": "S"}.get(bullet.field, letter)
            counts[letter] = counts.get(letter, 0) + 1
            bullet.id = f"{letter}{counts[letter]}"
