"""Words: ours, and none that chooses for the reader."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from mspike.knowledge.files import DATA
from mspike.knowledge.lints.finding import Finding
from mspike.knowledge.model import Knowledge
from mspike.knowledge.statements import prose, statements

CHOOSING = re.compile(
    r"\b(recommend(s|ed)?|should|optimal|eligible|preferred for you|best (option|choice|treatment|regimen|path))\b",
    re.I,
)
"""Words that no statement of ours uses: mspike lists, it does not choose."""

SEED_WORDS = 8
"""So many words in a row shared with a seed page count as copied."""

LISTED = ("drugs", "classes", "options", "criteria", "disagreements")
"""Files whose sentences stand in lists, without a full stop."""


def words_ours(knowledge: Knowledge) -> Iterator[Finding]:
    """No statement chooses for the reader; a reason ends without a full stop."""
    for statement in statements(knowledge):
        if found := CHOOSING.search(statement.says):
            yield Finding(statement.where, "a word that chooses for the reader", found[0])
        if statement.file.startswith(LISTED) and statement.says.endswith("."):
            yield Finding(statement.where, "a sentence of a list ends without a full stop", statement.says[-30:])


def nothing_copied(knowledge: Knowledge) -> Iterator[Finding]:
    """No eight words in a row from a seed page; the pages themselves are not here, only hashes of their runs."""
    seed = seed_shingles()
    for where, text in prose(knowledge):
        if seed.intersection(shingles(text)):
            yield Finding(where, f"{SEED_WORDS} words in a row from a seed page", todo="Say it in our own words.")


def shingles(text: str, size: int = SEED_WORDS) -> Iterator[str]:
    """Hashes of every run of `size` words: enough to find a copied run, not to read it back."""
    words = re.findall(r"[a-z0-9]+", text.lower())
    for start in range(len(words) - size + 1):
        yield hashlib.blake2b(" ".join(words[start : start + size]).encode(), digest_size=8).hexdigest()


@cache
def seed_shingles(folder: Path = DATA) -> frozenset[str]:
    return frozenset((folder / "seed-shingles.txt").read_text(encoding="utf-8").split())
