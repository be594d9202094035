"""The words of eligibility texts (`data/trials/words.yaml`, `doubts.yaml`), and corrections beside them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from mspike.knowledge.files import DATA, convert, read_yaml

Names = dict[str, tuple[str, ...]]


class TrialWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a reader of eligibility texts must know by name. Each list: our word → how texts write it."""

    classes: Names
    drugs: Names
    not_drugs: tuple[str, ...]
    diseases: Names
    conditions: Names
    findings: Names
    protocol_defined: tuple[str, ...]
    judgement: tuple[str, ...]
    consent: tuple[str, ...]
    contraception: tuple[str, ...]


class Doubt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words, or places in a list, with which a criterion decides nothing."""

    because: str
    stated: bool = False
    """The words state the value all the same."""
    above: bool = False
    """The lead-ins above count too."""
    words: tuple[str, ...] = ()
    nested: int = 0
    lacks: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    except_: tuple[str, ...] = msgspec.field(name="except", default=())

    def pattern(self) -> re.Pattern[str]:
        """Finds a word; where none is named, nothing."""
        words = "|".join(rf"(?<![\w-]){re.escape(word)}(?!\w)" for word in self.words)
        return re.compile(words or "(?!)", re.IGNORECASE)

    def needed(self) -> re.Pattern[str]:
        """Finds a word of which one has to stand there; where none is named, anything."""
        return re.compile("|".join(rf"(?<!\w){re.escape(word)}" for word in self.lacks), re.IGNORECASE)


class Doubts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The list."""

    doubts: tuple[Doubt, ...]


@cache
def load_trial_words() -> TrialWords:
    """The words. Raises KnowledgeError when the file does not hold."""
    return convert(read_yaml(DATA / "trials" / "words.yaml"), TrialWords, "trials/words.yaml")


@cache
def load_doubts() -> tuple[Doubt, ...]:
    """What leaves doubt, in the order it is looked for. Raises KnowledgeError when the file does not hold."""
    return convert(read_yaml(DATA / "trials" / "doubts.yaml"), Doubts, "trials/doubts.yaml").doubts


def correction_files(folder: Path | None = None) -> list[tuple[Path, Any]]:
    """(path, content) of every correction in a folder; default: those that come with mspike."""
    found = sorted((folder or DATA / "trials" / "corrections").glob("*.yaml"))
    return [(path, read_yaml(path)) for path in found]
