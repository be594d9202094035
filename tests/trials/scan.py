"""The search again, by looking at every trial in turn: slow and plain, for the index to be held against."""

from __future__ import annotations

import re

from mspike.knowledge import load_search_words
from mspike.trials import RECRUITING, Query, Site, Trial
from mspike.trials.asked import treatment_names
from mspike.trials.places import miles_between

YES, UNSAID, NO = 2, 1, 0


def scan(trials: list[Trial], query: Query) -> list[tuple[str, int, tuple[str, ...], int | None]]:
    """(NCT number, tier, what is not stated, about how many miles) of what is left, in the order of the search."""
    kept = []
    for trial in trials:
        tier = tier_of(trial, query)
        answers = answers_of(trial, query)
        if tier > (1 if query.exact else 2) or NO in answers.values():
            continue
        unsaid = tuple(name for name, answer in answers.items() if answer == UNSAID)
        miles, planned = nearest(trial, query)
        key = (tier, miles is None and query.near is not None, bool(unsaid), planned, miles or 0.0)
        kept.append((key, trial, unsaid, miles))
    kept.sort(key=lambda row: row[1].id)
    kept.sort(key=lambda row: row[1].updated, reverse=True)
    kept.sort(key=lambda row: row[0])
    return [(t.id, key[0], unsaid, None if miles is None else round(miles)) for key, t, unsaid, miles in kept]


def answers_of(trial: Trial, query: Query) -> dict[str, int]:
    found = {}
    if query.statuses:
        found["status"] = UNSAID if not trial.status_given else answer(trial.status in query.statuses)
    if query.age is not None:
        years = int(query.age) if query.age >= 2 else query.age
        low, high = trial.min_age_years, trial.max_age_years
        found["age"] = answer((low is None or low <= years) and (high is None or years <= high))
    if query.sex:
        found["sex"] = answer(trial.sex in ("ALL", query.sex.upper())) if trial.sex else UNSAID
    if query.phases:
        found["phase"] = answer(bool(set(trial.phases) & set(query.phases))) if trial.phases else UNSAID
    words = load_search_words()
    if query.purpose:
        given = trial.purpose.lower()
        found["purpose"] = answer(given in words.purposes[query.purpose]) if given else UNSAID
    if query.treatment_type:
        kinds = [item.kind.lower() for item in trial.interventions if item.kind]
        known = {spelling: name for name, all_ in words.treatment_types.items() for spelling in all_}
        named = [known.get(kind, "other") for kind in kinds]
        found["treatment type"] = answer(query.treatment_type in named) if kinds else UNSAID
    if query.drug:
        texts = [trial.title, *(item.name for item in trial.interventions), *trial.conditions, *trial.keywords]
        says = any(holds(text, name) for text in texts for name in treatment_names(query.drug))
        found["drug"] = YES if says else NO if trial.interventions else UNSAID
    if query.sponsor:
        found["sponsor"] = answer(holds(trial.sponsor, query.sponsor)) if trial.sponsor else UNSAID
    if query.words:
        everything = " | ".join([trial.title, trial.summary, trial.sponsor, *trial.conditions, *trial.keywords,
                                 *(t.text for t in trial.texts), *(i.name for i in trial.interventions)])  # fmt: skip
        found["words"] = answer(all(holds(everything, word) for word in split(query.words)))
    if query.va:
        reachable = [va(site) for site in trial.sites if can_join(site, trial)]
        found["VA sites"] = max(reachable, default=NO if trial.sites else UNSAID)
    if query.radius_miles is not None:
        miles, _ = nearest(trial, query)
        unknown = not trial.sites or any(s.latitude is None for s in trial.sites if can_join(s, trial))
        found["place"] = YES if miles is not None else UNSAID if unknown else NO
    return found


def nearest(trial: Trial, query: Query) -> tuple[float | None, bool]:
    """Miles to the nearest site that recruits, else to the nearest planned one; and which it is."""
    if query.near is None:
        return None, False
    here, found = (query.near.latitude, query.near.longitude), []
    for site in trial.sites:
        if site.latitude is None or site.longitude is None or not can_join(site, trial) or (query.va and not va(site)):
            continue
        miles = miles_between(here, (site.latitude, site.longitude))
        if query.radius_miles is None or miles <= query.radius_miles:
            found.append(((site.status or trial.status) not in RECRUITING, miles))
    planned, miles = min(found, default=(False, None))
    return miles, planned


def can_join(site: Site, trial: Trial) -> bool:
    return (site.status or trial.status) in (*RECRUITING, "NOT_YET_RECRUITING")


def va(site: Site) -> int:
    if site.va is not None:
        return YES if site.va else NO
    if not site.facility:
        return UNSAID
    return answer(any(holds(site.facility, name) for name in load_search_words().va_sites))


def tier_of(trial: Trial, query: Query) -> int:
    diseases = load_search_words().diseases
    if query.cancer_type == "any":
        return 1
    exact = [trial.title, *trial.conditions, *trial.keywords]
    loose = [trial.summary, *(text.text for text in trial.texts)]
    wanted = query.cancer_type.lower()
    own = next((key for key, d in diseases.items() if wanted in (key, d.says.lower(), *d.names)), None)
    if own is None:
        if any(holds(text, wanted) for text in exact):
            return 1
        others = [trial.sponsor, *(item.name for item in trial.interventions)]
        return 2 if any(holds(text, wanted) for text in loose + others) else 3
    named = set().union(*map(diseases_in, exact))
    if own in named:
        return 1
    in_text = set().union(*map(diseases_in, loose))
    return 2 if named & {*diseases[own].near, "group"} or own in in_text else 3


def diseases_in(text: str) -> set[str]:
    """What a text names; a longer name hides the shorter ones within it."""
    words = load_search_words()
    names = [(name, key) for key, d in words.diseases.items() for name in d.names] + [(n, "group") for n in words.wider]
    text, found = f" {' '.join(split(text))} ", set()
    for name, key in sorted(names, key=lambda pair: -len(split(pair[0]))):
        written = f" {' '.join(split(name))} "
        if written in text:
            found.add(key)
            text = text.replace(written, " | ")
    return found


def holds(text: str, phrase: str) -> bool:
    return f" {' '.join(split(phrase))} " in f" {' '.join(split(text))} "


def split(text: str) -> list[str]:
    return re.findall(r"[a-z0-9|]+", text.lower().replace("ö", "o"))


def answer(holds_: bool) -> int:
    return YES if holds_ else NO
