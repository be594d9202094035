"""One case file's tree → a Record. What the file may hold, key by key; nothing else is read.

The words behind each key stand in `knowledge/data/codes`; docs/reference/case-file.md is the page for users.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from mspike.knowledge import Codes, word_key
from mspike.record.dates import LAST_YEAR, age_on, parse_day
from mspike.record.entries import ENTRY_KEYS, read_entries
from mspike.record.errors import RecordError
from mspike.record.fields import Context, Fields
from mspike.record.model import Circumstances, Disease, Event, Fitness, Number, Patient, Place, Preferences, Record, Tri
from mspike.record.tree import Leaf, Mapping
from mspike.record.words import PRESENCE, hint_for

SCHEMA = "mspike-case/1"

KEYS: dict[str, tuple[str, ...]] = {
    "": ("schema", "id", "as_of", "country", "patient", "disease", "fitness", "conditions", "medications",
         "circumstances", "measurements", "treatments", "procedures", "assessments", "diagnoses", "lines",
         "preferences", "place"),
    "patient": ("age", "birth_date", "sex"),
    "disease": ("diagnosis", "diagnosed", "isotype", "light_chain", "iss", "r_iss", "event", "cytogenetics",
                "extramedullary", "cns", "plasma_cell_leukaemia"),
    "disease.event": ("type", "date", "symptoms", "rapid", "note"),
    "disease.cytogenetics.finding": ("present", "cells_pct"),
    "fitness": ("ecog", "frailty"),
    "circumstances": ("distance_km", "lives_alone", "caregiver", "could_become_pregnant", "contraception",
                      "regular_transfusion", "goal"),
    "preferences": ("wants", "avoids"),
    "place": ("zip", "country"),
    **ENTRY_KEYS,
}  # fmt: skip
"""Section → its keys."""


def read_record(tree: Any, *, name: str, origin: str, codes: Codes, latest: dt.date) -> Record:
    """The Record of one document. `name`: its id where it gives none; `latest`: its as_of where it gives none.

    Raises RecordError at the first thing that does not hold.
    """
    _is_a_case(tree)
    context = Context(codes, dt.date(LAST_YEAR, 12, 31))
    top = Fields(tree, "", KEYS[""], context)
    if (as_of := _as_of(top)) is not None:
        context.as_of = as_of
    else:
        context.as_of = latest
    patient = _patient(top, context)
    context.born = patient.birth_date
    return Record(
        id=top.text("id", 100) or name,
        as_of=context.as_of,
        as_of_basis="today" if as_of is None else "stated",
        country=top.word("country", "country") or "US",
        origin=origin,
        patient=patient,
        disease=_disease(top),
        fitness=_fitness(top),
        circumstances=_circumstances(top),
        medications=top.each("medications", top.a_medicine),
        preferences=_preferences(top),
        place=_place(top),
        **read_entries(top),
    )


def _is_a_case(tree: Any) -> None:
    """Refuses what is no case file, saying what it is."""
    if type(tree) is list:
        hint = "one record is keys with values; several stand in documents parted by `---`, or one a line as NDJSON"
        raise RecordError("a list where a record belongs", hint=hint)
    if type(tree) is not Mapping:
        given = None if tree.text is None else tree.text
        raise RecordError("no record: keys with values belong here", given=given, hint=f"begin with `schema: {SCHEMA}`")
    if "resourceType" in tree:
        kind = tree["resourceType"]
        given = kind.text if type(kind) is Leaf else None
        raise RecordError("a FHIR resource that is not written as JSON", given=given, hint="FHIR is read as JSON")
    schema = tree.get("schema")
    if schema is None:
        raise RecordError("schema is missing", at="schema", hint=f"begin with `schema: {SCHEMA}`")
    if type(schema) is not Leaf or schema.text != SCHEMA:
        given = schema.text if type(schema) is Leaf else None
        raise RecordError("another schema than this version reads", at="schema", given=given, hint=f"allowed: {SCHEMA}")


def _as_of(top: Fields) -> dt.date | None:
    leaf = top.leaf("as_of")
    if leaf is None:
        return None
    day = top.a_day("as_of", leaf)
    if day.first != day.last:
        top.refuse("as_of", leaf, "as_of is a whole day", "write it as 2026-06-30")
    return day.first


def _patient(top: Fields, context: Context) -> Patient:
    given = top.inner("patient", KEYS["patient"])
    if given is None:
        return Patient()
    age, birth = given.age("age"), given.day("birth_date")
    if birth is not None:
        possible = age_on(birth, context.as_of)
        if possible.high > 120:
            given.refuse("birth_date", given.leaf("birth_date"), "an age is a whole number of years from 0 to 120",
                         f"on {context.as_of} the patient would be {possible.high:g}")  # fmt: skip
        if age is not None and not _overlap(age, possible):
            says = f"{possible.low:g}" if possible.low == possible.high else f"{possible.low:g} or {possible.high:g}"
            given.refuse("age", given.leaf("age"), "age and birth_date contradict each other",
                         f"on {context.as_of} the birth date gives {says}; keep the one that is right")  # fmt: skip
        age = age or possible
    return Patient(age=age, sex=given.word("sex", "sex"), birth_date=birth)


def _overlap(one: Number, other: Number) -> bool:
    apart = one.low > other.high or one.high < other.low
    touching = (one.low == other.high and one.open_low) or (one.high == other.low and one.open_high)
    return not apart and not touching


def _disease(top: Fields) -> Disease:
    given = top.inner("disease", KEYS["disease"])
    if given is None:
        return Disease()
    findings, shares = _cytogenetics(given)
    return Disease(
        diagnosis=given.word("diagnosis", "diagnosis"),
        diagnosed=given.day("diagnosed"),
        isotype=given.word("isotype", "isotype"),
        light_chain=given.word("light_chain", "light_chain"),
        iss=given.word("iss", "iss"),
        r_iss=given.word("r_iss", "iss"),
        event=_event(given),
        cytogenetics=findings,
        cytogenetics_pct=shares,
        extramedullary=given.tri("extramedullary"),
        cns=given.tri("cns"),
        plasma_cell_leukaemia=given.tri("plasma_cell_leukaemia"),
    )


def _event(disease: Fields) -> Event:
    given = disease.inner("event", KEYS["disease.event"])
    if given is None:
        return Event()
    return Event(
        type=given.word("type", "event_type"),
        date=given.day("date"),
        symptoms=given.tri("symptoms"),
        rapid=given.tri("rapid"),
        note=given.text("note", 2000),
    )


def _cytogenetics(disease: Fields) -> tuple[dict[str, Tri], dict[str, float]]:
    """Finding → present or absent, and the share of cells where one is given.

    A finding is `present` or `absent`, or a number: the per cent of cells that show it (0 = absent), or both as
    `{present, cells_pct}`. A finding that is null or `unknown` was not tested, as if it were not there.
    """
    node = disease.given.get("cytogenetics")
    if node is None or (type(node) is Leaf and (node.text is None or node.text.casefold() == "unknown")):
        return {}, {}
    names = disease.context.codes.finding_names
    here = Fields(node, disease.path("cytogenetics"), tuple(node) if type(node) is Mapping else (), disease.context)
    findings: dict[str, Tri] = {}
    shares: dict[str, float] = {}
    for key, value in here.given.items():
        finding = names.get(word_key(key))
        if finding is None:
            here.refuse_key(key, "no such finding", hint_for(key, names))
        if finding in findings:
            here.refuse_key(key, "the same finding twice", f"{key} is read as {finding}")
        present, share = _finding(here, key, value)
        if present is not None:
            findings[finding] = present
        if share is not None:
            shares[finding] = share
    return findings, shares


def _finding(here: Fields, key: str, value: Any) -> tuple[Tri, float | None]:
    if type(value) is Leaf:
        if value.text and value.text.strip()[:1].isdigit():
            share = _share(here, key)
            return (None if share is None else share > 0), share
        return here.tri(key, PRESENCE), None
    given = Fields(value, here.path(key), KEYS["disease.cytogenetics.finding"], here.context)
    present, share = given.tri("present", PRESENCE), _share(given, "cells_pct")
    return (share > 0 if present is None and share is not None else present), share


def _share(given: Fields, key: str) -> float | None:
    share = given.number(key, 0, 100)
    if share is not None and 0 < share < 1:
        given.refuse(key, given.leaf(key), "less than one cell in a hundred", "write per cent: 21, not 0.21")
    return share


def _fitness(top: Fields) -> Fitness:
    given = top.inner("fitness", KEYS["fitness"])
    if given is None:
        return Fitness()
    return Fitness(ecog=given.whole("ecog", 0, 4), frailty=given.word("frailty", "frailty"))


def _circumstances(top: Fields) -> Circumstances:
    given = top.inner("circumstances", KEYS["circumstances"])
    if given is None:
        return Circumstances()
    return Circumstances(
        distance_km=given.number("distance_km", 0, 20_100),
        lives_alone=given.tri("lives_alone"),
        caregiver=given.tri("caregiver"),
        could_become_pregnant=given.tri("could_become_pregnant"),
        contraception=given.tri("contraception"),
        regular_transfusion=given.tri("regular_transfusion"),
        goal=given.word("goal", "goal"),
    )


def _preferences(top: Fields) -> Preferences | None:
    given = top.inner("preferences", KEYS["preferences"])
    if given is None:
        return None
    lists = given.context.codes.words
    index = {**lists["paths"], **lists["preference"], **lists["options"]}

    def preference(key: str, leaf: Leaf) -> str:
        return given.listed(key, leaf, index, "preference")

    return Preferences(wants=given.each("wants", preference) or (), avoids=given.each("avoids", preference) or ())


def _place(top: Fields) -> Place:
    given = top.inner("place", KEYS["place"])
    if given is None:
        return Place()
    code = given.text("zip", 12)
    if code is not None and not code.replace(" ", "").replace("-", "").isalnum():
        given.refuse("zip", given.leaf("zip"), "a postal code is letters and digits", "look at the value")
    return Place(zip=code, country=given.word("country", "place_country"))


def as_of_from(text: str) -> dt.date:
    """A day as the command line gives it. Raises ValueError with the reason."""
    day = parse_day(text.strip())
    if day.first != day.last:
        raise ValueError("a whole day is wanted, such as 2026-06-30")
    return day.first
