"""What a search asks of a trial, made once when it is loaded: bits for closed lists, words, points of its sites.

A bit field of 0 = the record does not say.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

import msgspec

from mspike.knowledge import load_search_words
from mspike.trials.gazetteer import Point
from mspike.trials.places import locate
from mspike.trials.trial import RECRUITING, STATUSES, Site, Trial

PHASES = ("EARLY_PHASE1", "PHASE1", "PHASE2", "PHASE3", "PHASE4", "NA")
SEXES = ("FEMALE", "MALE")
OPEN, PLANNED = 2, 1
"""A site that takes part now; one that will. Any other is closed, and no search leads there."""
NAMES_TREATMENTS, NAMES_SPONSOR = 1, 2


class Place(msgspec.Struct, frozen=True):
    """A site that somebody can go to, now or soon. `number` is its position in the trial's sites."""

    number: int
    opening: int
    va: int
    """2 = a VA hospital, 0 = none, 1 = not told."""
    point: Point


class Facets(msgspec.Struct, frozen=True):
    """One trial as the index holds it."""

    status: int
    phases: int
    sexes: int
    purpose: int
    kinds: int
    exact: int
    """Diseases named in conditions, keywords or titles."""
    wider: int
    """Diseases reached by a near disease, by a group that holds them, or by the summary or eligibility text."""
    min_age: float | None
    max_age: float | None
    va: int
    unplaced: int
    """1 = a site that somebody could go to has no known place, or an open trial lists no site."""
    stated: int
    """NAMES_TREATMENTS and NAMES_SPONSOR, where the record does."""
    updated: str
    places: tuple[Place, ...]
    words: tuple[str, ...]
    """The texts of WORD_TABLES."""


WORD_TABLES = {"names": ("conditions", "titles", "treatments", "sponsors"), "texts": ("summary", "criteria")}
"""The full-text tables and their columns: the short ones apart, so that a name is found fast."""


def facets(trial: Trial) -> Facets:
    """Everything that is searched of one trial."""
    words = load_search_words()
    texts = trial_words(trial)
    exact, near = diseases_named(f"{texts[0]} \n {texts[1]}"), diseases_named(f"{texts[4]} \n {texts[5]}")
    reachable = [(site, opening(site, trial.status)) for site in trial.sites]
    placed = [(number, site, open_, locate(site)) for number, (site, open_) in enumerate(reachable) if open_]
    places = tuple(Place(number, open_, va_site(site), point) for number, site, open_, point in placed if point)
    return Facets(
        status=bits([trial.status] if trial.status_given else [], STATUSES),
        phases=bits(trial.phases, PHASES),
        sexes={"ALL": 3, "FEMALE": 1, "MALE": 2}.get(trial.sex, 0),
        purpose=named_bits([trial.purpose], words.purposes),
        kinds=named_bits([item.kind for item in trial.interventions], words.treatment_types),
        exact=exact & ~GROUP,
        wider=GROUP - 1 if exact & GROUP else (near & ~GROUP) | _near(exact),
        min_age=trial.min_age_years,
        max_age=trial.max_age_years,
        va=max((va_site(site) for site, open_ in reachable if open_), default=0 if trial.sites else 1),
        unplaced=int(any(point is None for *_, point in placed) or not trial.sites),
        stated=NAMES_TREATMENTS * bool(trial.interventions) + NAMES_SPONSOR * bool(trial.sponsor),
        updated=trial.updated,
        places=places,
        words=texts,
    )


def trial_words(trial: Trial) -> tuple[str, ...]:
    """The searched texts, in the order of WORD_TABLES."""
    treatments = (name for item in trial.interventions for name in (item.name, *item.other_names))
    return tuple(
        "\n".join(part for part in parts if part)
        for parts in (
            (*trial.conditions, *trial.keywords),
            (trial.title, trial.official_title, trial.acronym),
            treatments,
            (trial.sponsor, *trial.collaborators),
            (trial.summary,),
            (text.text for text in trial.texts),
        )
    )


def opening(site: Site, trial_status: str) -> int:
    """OPEN, PLANNED or 0. A site without a status of its own has the trial's."""
    status = site.status or trial_status
    return OPEN if status in RECRUITING else PLANNED if status == "NOT_YET_RECRUITING" else 0


def va_site(site: Site) -> int:
    """2 = a VA hospital as the record or the site's name says, 0 = none, 1 = the site has no name to tell by."""
    if site.va is not None:
        return 2 if site.va else 0
    if not site.facility:
        return 1
    return 2 if _va_names().search(plain(site.facility)) else 0


@cache
def _va_names() -> re.Pattern[str]:
    return re.compile(rf"\b({'|'.join(re.escape(plain(name)) for name in load_search_words().va_sites)})\b")


def bits(given: Iterable[str], known: tuple[str, ...]) -> int:
    """One bit for each word of a closed list; a word that is none sets no bit."""
    return sum({1 << known.index(word) for word in given if word in known})


def named_bits(given: Iterable[str], known: Mapping[str, tuple[str, ...]]) -> int:
    """The same where the registries have several words for one of ours; what is in no list is `other`."""
    names, keys = list(known), _keys(tuple(known.items()))
    return sum({1 << names.index(keys.get(word.lower(), "other")) for word in given if word})


@cache
def _keys(known: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, str]:
    return {spelling: name for name, spellings in known for spelling in spellings}


GROUP = 1 << 40
"""Beside the diseases: a group that holds them all."""


def disease_bit(name: str) -> int:
    return 1 << list(load_search_words().diseases).index(name)


def _near(exact: int) -> int:
    """Diseases whose search reaches one of these in its second tier."""
    found = 0
    for name, disease in load_search_words().diseases.items():
        if any(exact & disease_bit(near) for near in disease.near):
            found |= disease_bit(name)
    return found


def diseases_named(text: str) -> int:
    """The bits of every disease, and of GROUP, that a text names; the longest name counts."""
    return sum({bit for _, bit in disease_names(text)})


def disease_names(text: str) -> Iterator[tuple[str, int]]:
    """(name, bit) wherever a text names a disease or a group, in order."""
    known, words, reached = _names(), tokens(text), 0
    for place, word in enumerate(words):
        if word in known and place >= reached:
            for name, bit in known[word]:
                if tuple(words[place : place + len(name)]) == name:
                    reached = place + len(name)
                    yield " ".join(name), bit
                    break


@cache
def _names() -> dict[str, list[tuple[tuple[str, ...], int]]]:
    """First word → the names that begin with it, longest first."""
    words = load_search_words()
    known = {tuple(tokens(n)): disease_bit(key) for key, disease in words.diseases.items() for n in disease.names}
    known |= {tuple(tokens(name)): GROUP for name in words.wider}
    found: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    for name in sorted(known, key=len, reverse=True):
        found.setdefault(name[0], []).append((name, known[name]))
    return found


@cache
def disease_called(text: str) -> str | None:
    """The disease of that id or name; None = none that the search knows by name."""
    wanted = plain(text)
    for key, disease in load_search_words().diseases.items():
        if wanted in {plain(key), plain(disease.says), *map(plain, disease.names)}:
            return key
    return None


def plain(text: str) -> str:
    """Small letters without accents, words apart by one blank: as the index splits a text into words."""
    return " ".join(tokens(text))


def tokens(text: str) -> list[str]:
    """The words of a text: runs of letters and digits, without accents."""
    if not text.isascii():
        text = ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    return WORD.findall(text.lower())


ACCENTS = re.compile("[\u0300-\u036f]+")
WORD = re.compile(r"[^\W_]+")
