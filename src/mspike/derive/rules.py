"""What the kernel is told: the policies in force as numbers, and what each drug is; for one patient and for many."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec

from mspike.derive.criteria import response_params
from mspike.derive.line_columns import drug_codes, drug_traits, line_params
from mspike.derive.settings import Settings, read_settings
from mspike.derive.vocabulary import Vocabulary, vocabulary
from mspike.knowledge import Knowledge


class Rules(msgspec.Struct, frozen=True):
    """`line_params` is without the day from which drugs count, which is the patient's own."""

    drugs: tuple[str, ...]
    """The drugs by code; a set of drugs is an int with one bit for each."""
    traits: tuple[int, ...]
    antibodies: int
    """The drugs that show as a band, as a set."""
    line_params: tuple[float, ...]
    response_params: tuple[float, ...]


def read_rules(knowledge: Knowledge, policies: Mapping[str, Any] | None = None) -> Rules:
    """The rules under these policies: policy → value, where it differs from the default."""
    settings, _ = read_settings(knowledge, policies or {})
    return rules_of(knowledge, vocabulary(knowledge), settings)


def rules_of(knowledge: Knowledge, words: Vocabulary, settings: Settings) -> Rules:
    """The rules of these settings, made once."""
    params = response_params(knowledge, settings)
    return _rules(words, settings, params)


@lru_cache(maxsize=64)
def _rules(words: Vocabulary, settings: Settings, params: tuple[float, ...]) -> Rules:
    codes = drug_codes()
    bands = sum(1 << place for drug, place in codes.items() if words.shows_as_band(drug))
    return Rules(tuple(codes), tuple(drug_traits(words, settings)), bands, line_params(settings, 0), params)
