"""The knowledge's words compiled for reading: one pattern a list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

import msgspec

from mspike.knowledge import load_codes, load_trial_words


class Named(msgspec.Struct, frozen=True):
    """A word of ours where a text names it."""

    word: str
    start: int
    end: int


class Lexicon:
    """A list of names that finds itself in a text, longest name first. Looked up by a name's first word."""

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        self._names: dict[str, list[tuple[re.Pattern[str], str]]] = {}
        spelled = {_key(spelling): word for word, spellings in names.items() for spelling in spellings}
        for name in sorted(spelled, key=len, reverse=True):
            first = WORD.match(name)
            pattern = re.compile(_loose(name) + r"(?:s|es)?(?![A-Za-z0-9])", re.IGNORECASE)
            self._names.setdefault(first[0] if first else name, []).append((pattern, spelled[name]))

    def find(self, text: str) -> Iterator[Named]:
        reached = 0
        for token in WORD.finditer(text.lower()):
            if token.start() < reached:
                continue
            key = token[0]
            for stem in (key, key[:-1]) if key.endswith("s") else (key,):
                for pattern, word in self._names.get(stem, ()):
                    if found := pattern.match(text, token.start()):
                        reached = found.end()
                        yield Named(word, token.start(), reached)
                        break
                if token.start() < reached:
                    break


WORD = re.compile(r"[a-z0-9ö]+")


def _key(text: str) -> str:
    return re.sub(r"[\s-]+", " ", text.lower().replace("’", "'")).strip()


def _loose(name: str) -> str:
    return re.escape(name).replace(r"\ ", r"[\s-]{0,2}").replace(r"\?", ".")


@cache
def drugs() -> Lexicon:
    """Every drug by generic name, brand, abbreviation that is no other word, and trial name."""
    words, codes = load_trial_words(), load_codes()
    not_drugs = set(words.not_drugs)
    names: dict[str, list[str]] = {}
    for drug, given in codes.drugs.items():
        spelled = [drug.replace("-", " "), *given.abbreviations, *given.brands, *words.drugs.get(drug, ())]
        names[drug] = [name for name in spelled if name.lower() not in not_drugs and len(name) > 2]
    return Lexicon(names)


@cache
def classes() -> Lexicon:
    return Lexicon(load_trial_words().classes)


@cache
def diseases() -> Lexicon:
    return Lexicon(load_trial_words().diseases)


@cache
def conditions() -> Lexicon:
    return Lexicon(load_trial_words().conditions)


@cache
def findings() -> Lexicon:
    return Lexicon(load_trial_words().findings)


@cache
def remarks() -> Lexicon:
    """Texts that leave a rule to the protocol, to a judgement, or to consent and conduct."""
    words = load_trial_words()
    return Lexicon({
        "protocol_defined": words.protocol_defined, "judgement": words.judgement, "consent": words.consent,
        "contraception": words.contraception,
    })  # fmt: skip
