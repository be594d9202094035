"""The words of eligibility texts (`data/trials/words.yaml`), and the corrections of criteria that lie beside it."""

from __future__ import annotations

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


@cache
def load_trial_words() -> TrialWords:
    """The words. Raises KnowledgeError when the file does not hold."""
    return convert(read_yaml(DATA / "trials" / "words.yaml"), TrialWords, "trials/words.yaml")


def correction_files(folder: Path | None = None) -> list[tuple[Path, Any]]:
    """(path, content) of every correction in a folder; default: those that come with mspike."""
    found = sorted((folder or DATA / "trials" / "corrections").glob("*.yaml"))
    return [(path, read_yaml(path)) for path in found]
