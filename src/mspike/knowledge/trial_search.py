"""The words by which trials are searched (`data/trials/search.yaml`)."""

from __future__ import annotations

from functools import cache

import msgspec

from mspike.knowledge.files import DATA, KnowledgeError, convert, read_yaml


class SearchedDisease(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A disease that trials are searched for."""

    says: str
    names: tuple[str, ...]
    near: tuple[str, ...] = ()
    """Diseases of this file whose trials make the second tier."""


class SearchWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a search knows by name."""

    diseases: dict[str, SearchedDisease]
    wider: tuple[str, ...]
    purposes: dict[str, tuple[str, ...]]
    treatment_types: dict[str, tuple[str, ...]]
    va_sites: tuple[str, ...]
    countries: dict[str, str]


@cache
def load_search_words() -> SearchWords:
    """The words. Raises KnowledgeError when the file does not hold."""
    words = convert(read_yaml(DATA / "trials" / "search.yaml"), SearchWords, "trials/search.yaml")
    for name, disease in words.diseases.items():
        if unknown := set(disease.near) - set(words.diseases):
            raise KnowledgeError(f"trials/search.yaml: {name}: `near` names no disease: {', '.join(sorted(unknown))}")
    return words
