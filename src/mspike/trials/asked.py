"""What a search asks, and each part of it as one filter over the columns of the index.

A filter drops a trial when the record says otherwise. `unsaid` are the trials whose record does not say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from mspike.knowledge import load_codes, load_knowledge, load_search_words, load_trial_words, word_key
from mspike.trials.columns import Columns
from mspike.trials.facets import NAMES_SPONSOR, NAMES_TREATMENTS, PHASES, bits, disease_bit, disease_called, tokens
from mspike.trials.gazetteer import Point
from mspike.trials.trial import RECRUITING, STATUSES

OPEN_STATUSES = (*RECRUITING, "NOT_YET_RECRUITING")
ANY = "any"
MYELOMA = "multiple myeloma"


class QueryError(ValueError):
    """A search that cannot be made: what was given, and what there is."""


class Query(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A search. What is left out is not filtered by."""

    cancer_type: str = MYELOMA
    """A disease that the search knows by name, any other in words, or `any`."""
    exact: bool = False
    """The first tier alone."""
    statuses: tuple[str, ...] = OPEN_STATUSES
    """Of STATUSES; none = any."""
    age: float | None = None
    """In years."""
    sex: str = ""
    """`female` or `male`."""
    phases: tuple[str, ...] = ()
    purpose: str = ""
    treatment_type: str = ""
    drug: str = ""
    """A drug by any name, a class of drugs, or any words that a treatment is called."""
    sponsor: str = ""
    va: bool = False
    words: str = ""
    """All of them stand somewhere in the record."""
    ids: tuple[str, ...] = ()
    """NCT numbers; none = any."""
    near: Point | None = None
    radius_miles: float | None = None
    limit: int = 20
    """0 = all."""
    offset: int = 0


class Filter(msgspec.Struct, frozen=True):
    """One part of a query: which trials it drops, and which leave its question open. Bits of Columns."""

    name: str
    asked: str
    drops: int
    unsaid: int = 0


def filters(query: Query, columns: Columns, near: int = 0) -> list[Filter]:
    """The filters of a query, in the order of the funnel. `near`: the trials with a site within the radius. Raises
    QueryError."""
    return list(_parts(query, columns, near))


def _parts(query: Query, columns: Columns, near: int) -> Iterator[Filter]:
    words = load_search_words()
    if query.ids:
        others = columns.all & ~columns.where("nct", set(query.ids).__contains__)
        yield Filter("NCT number", ", ".join(query.ids), others)
    if query.cancer_type != ANY:
        exact, wider = tiers(query, columns)
        yield Filter("cancer type", _disease(query), columns.all & ~(exact if query.exact else exact | wider))
    if query.statuses:
        mask = bits(_known("status", query.statuses, STATUSES), STATUSES)
        yield _listed(columns, "status", ", ".join(query.statuses), "status", mask)
    if query.age is not None:
        yield _age(columns, query.age)
    if query.sex:
        if query.sex not in ("female", "male"):
            raise QueryError(f"sex {query.sex!r}: registries know female and male; give one of them, or leave it out")
        yield _listed(columns, "sex", query.sex, "sexes", 1 if query.sex == "female" else 2)
    if query.phases:
        mask = bits(_known("phase", query.phases, PHASES), PHASES)
        yield _listed(columns, "phase", ", ".join(query.phases), "phases", mask)
    for name, column, asked, known in (
        ("purpose", "purpose", query.purpose, words.purposes),
        ("treatment type", "kinds", query.treatment_type, words.treatment_types),
    ):
        if asked:
            _known(name, (asked,), tuple(known))
            yield _listed(columns, name, asked, column, 1 << list(known).index(asked))
    if query.drug:
        names = treatment_names(query.drug)
        asked = query.drug if len(names) == 1 else f"{query.drug} ({len(names)} names)"
        yield _named(columns, "drug", asked, "titles treatments conditions", names, NAMES_TREATMENTS)
    if query.sponsor:
        yield _named(columns, "sponsor", query.sponsor, "sponsors", [query.sponsor], NAMES_SPONSOR)
    if query.words:
        missing = 0
        for word in _tokens("words", query.words):
            missing |= columns.all & ~columns.anywhere(f'"{word}"')
        yield Filter("words", query.words, missing)
    if query.va:
        none, unsaid = columns.where("va", lambda va: va == 0), columns.where("va", lambda va: va == 1)
        yield Filter("VA sites", "yes", none, unsaid)
    if query.near is not None and query.radius_miles is not None:
        asked = f"{query.radius_miles:g} miles of {query.near.name or query.near.basis}"
        unplaced = columns.where("unplaced", bool) & ~near
        yield Filter("place", asked, columns.all & ~near & ~unplaced, unplaced)
    elif query.radius_miles is not None:
        raise QueryError(f"a radius of {query.radius_miles:g} miles needs a place; give --near")


def _disease(query: Query) -> str:
    kept = "exact" if query.exact else "exact and wider"
    name = disease_called(query.cancer_type)
    return f"{load_search_words().diseases[name].says if name else query.cancer_type} ({kept})"


def tiers(query: Query, columns: Columns) -> tuple[int, int]:
    """The trials of the first tier, and those of the second."""
    if query.cancer_type == ANY:
        return columns.all, 0
    if name := disease_called(query.cancer_type):
        bit = disease_bit(name)
        exact = columns.where("exact", lambda mask: bool(mask & bit))
        return exact, columns.where("wider", lambda mask: bool(mask & bit)) & ~exact
    phrase = phrases("cancer type", [query.cancer_type])
    exact = columns.matching("names", f"{{conditions titles}} : {phrase}")
    return exact, columns.anywhere(phrase) & ~exact


def _listed(columns: Columns, name: str, asked: str, column: str, mask: int) -> Filter:
    """A bit field of 0 does not say."""
    drops = columns.where(column, lambda value: value != 0 and not value & mask)
    return Filter(name, asked, drops, columns.where(column, lambda value: value == 0))


def _age(columns: Columns, age: float) -> Filter:
    if not 0 <= age <= 130:
        raise QueryError(f"age {age:g}: an age lies between 0 and 130 years; give the completed years")
    years = int(age) if age >= 2 else age  # a limit of 75 years holds until the 76th birthday
    young = columns.where("min_age", lambda limit: limit is not None and limit > years)
    return Filter("age", f"{age:g} years", young | columns.where("max_age", lambda v: v is not None and v < years))


def _named(columns: Columns, name: str, asked: str, fields: str, names: Iterable[str], says: int) -> Filter:
    found = columns.matching("names", f"{{{fields}}} : ({phrases(name, names)})")
    unsaid = columns.where("stated", lambda stated: not stated & says) & ~found
    return Filter(name, asked, columns.all & ~found & ~unsaid, unsaid)


def phrases(name: str, texts: Iterable[str]) -> str:
    """The texts as an FTS5 query: each one as a phrase, any of them."""
    return " OR ".join(f'"{" ".join(_tokens(name, text))}"' for text in texts)


def _tokens(name: str, text: str) -> list[str]:
    if not (found := tokens(text)):
        raise QueryError(f"{name} {text!r} holds no word; write letters or digits")
    return found


def _known(name: str, given: Iterable[str], known: tuple[str, ...]) -> tuple[str, ...]:
    for word in given:
        if word not in known:
            raise QueryError(f"{name} {word!r} is not known; there are: {', '.join(known)}")
    return tuple(given)


def treatment_names(text: str) -> list[str]:
    """Every name of a drug, or of every drug of a class and of the class itself; else the text as it stands."""
    codes, also = load_codes(), load_trial_words()
    drugs = load_knowledge().drugs
    found = next((name for name in load_knowledge().classes if name.lower() == text.strip().lower()), None)
    found = found or next((name for name, said in also.classes.items() if text.lower() in map(str.lower, said)), None)
    if found is not None:
        members = [id_ for id_, drug in drugs.items() if found in drug.classes]
        spelled = [name for name in also.classes.get(found, ()) if len(name) > 2]
    elif drug := codes.drug_names.get(word_key(text)):
        members, spelled = [drug], []
    else:
        return [text]
    for member in members:
        given = codes.drugs.get(member)
        spelled += [member, *(given.brands if given else ()), *also.drugs.get(member, ())]
        spelled += [name for name in (given.abbreviations if given else ()) if len(name) > 3]
    dropped = {name.lower() for name in also.not_drugs}
    kept = {" ".join(tokens(name)) for name in spelled if name.lower() not in dropped} - {""}
    return sorted(name for name in kept if not any(f" {other} " in f" {name} " for other in kept - {name}))


def read_statuses(given: Iterable[str]) -> tuple[str, ...]:
    """`open`, `any`, or statuses in any spelling → STATUSES. Raises QueryError."""
    words = [_word(part) for text in given for part in text.split(",")]
    if "ANY" in words:
        return ()
    chosen = [status for word in words for status in (OPEN_STATUSES if word == "OPEN" else (word,))]
    return _known("status", dict.fromkeys(chosen), STATUSES)


def read_phases(given: Iterable[str]) -> tuple[str, ...]:
    """`2`, `2/3`, `early 1`, `PHASE2`, `n/a` → PHASES. Raises QueryError."""
    found = []
    for part in (part for text in given for part in re.split(r"(?<!n)[/,]", text.lower())):
        word = _word(part).removeprefix("EARLY").replace("PHASE", "").strip("_")
        early = "EARLY_" if _word(part).startswith("EARLY") else ""
        found.append("NA" if word in ("NA", "N_A") else f"{early}PHASE{word}")
    return _known("phase", dict.fromkeys(found), PHASES)


def _word(text: str) -> str:
    return "_".join(tokens(text)).upper()
