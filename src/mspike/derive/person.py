"""The person: age, fitness, possible pregnancy, circumstances, wishes, and what other medicines do."""

from __future__ import annotations

from mspike.derive.health import read_each, there_still
from mspike.derive.intervals import at_least, at_most, exactly, tri_or
from mspike.derive.settings import Settings
from mspike.derive.state import Fact
from mspike.derive.vocabulary import UNKNOWN, Vocabulary
from mspike.knowledge import token
from mspike.record import Condition, Record, Tri, day_of, months_between

STATED_DISEASE = {
    "extramedullary": "extramedullary",
    "cns_disease": "cns",
    "plasma_cell_leukaemia": "plasma_cell_leukaemia",
}
CIRCUMSTANCES = ("lives_alone", "caregiver", "contraception", "regular_transfusion")

INTERACTIONS = {
    "anticoagulated": "anticoagulants", "strong_cyp3a4_inducer": "strong_cyp3a4_inducers",
    "strong_cyp3a4_inhibitor": "strong_cyp3a4_inhibitors", "strong_cyp1a2_inhibitor": "strong_cyp1a2_inhibitors",
}  # fmt: skip
"""What other medicines tell: fact → the policy that lists the medicines."""


def person_facts(record: Record, vocabulary: Vocabulary, settings: Settings) -> dict[str, Fact]:
    patient, fitness, around = record.patient, record.fitness, record.circumstances
    facts = {
        name: _stated(getattr(record.disease, field), f"disease.{field}") for name, field in STATED_DISEASE.items()
    }
    facts |= {name: _stated(getattr(around, name), f"circumstances.{name}") for name in CIRCUMSTANCES}
    if patient.age is not None:
        pointer = "patient.birth_date" if patient.birth_date else "patient.age"
        facts["age"] = Fact(patient.age, None, "derived" if patient.birth_date else "stated", (pointer,))
    if patient.sex is not None:
        facts["female"] = Fact(patient.sex == "female", None, "stated", ("patient.sex",), patient.sex)
    if fitness.ecog is not None:
        facts["ecog"] = Fact(exactly(float(fitness.ecog)), None, "stated", ("fitness.ecog",))
    if around.distance_km is not None:
        facts["distance_km"] = Fact(exactly(around.distance_km), None, "stated", ("circumstances.distance_km",))
    if around.goal is not None:
        facts["goal_comfort"] = Fact(around.goal == "comfort", None, "stated", ("circumstances.goal",), around.goal)
    diagnosis = record.disease.diagnosis
    if diagnosis == "plasma-cell-leukaemia" and facts["plasma_cell_leukaemia"].value is None:
        facts["plasma_cell_leukaemia"] = Fact(True, None, "derived", ("disease.diagnosis",), f"diagnosis: {diagnosis}")
    facts["al_amyloidosis"] = _amyloidosis(record)
    facts |= _pregnancy(record, settings)
    return facts | _medicines(record, vocabulary, settings) | _wishes(record)


def _stated(value: Tri, at: str) -> Fact:
    return UNKNOWN if value is None else Fact(value, None, "stated", (at,), "stated")


def _amyloidosis(record: Record) -> Fact:
    if record.disease.diagnosis == "al-amyloidosis":
        return Fact(True, None, "stated", ("disease.diagnosis",), "diagnosis")
    named = [(c.present, c.date, c.at) for c in record.conditions if c.name == "al-amyloidosis"]
    named += [(True, d.date, d.at) for d in record.diagnoses if d.name == "al-amyloidosis"]
    if not named:
        return UNKNOWN
    value = tri_or(present for present, _, _ in named)
    basis = "unknown" if value is None else "stated"
    return Fact(value, named[0][1], basis, tuple(at for _, _, at in named), "on record")


def _pregnancy(record: Record, settings: Settings) -> dict[str, Fact]:
    """Pregnancy, and whether it could be: no in a man, and from the age of the policy on."""

    def within(entry: Condition) -> Tri:
        """Whether it may last still by its date, where nothing says that it does."""
        if entry.active is not None or entry.date is None or not entry.present:
            return True
        return at_most(months_between(entry.date, day_of(record.as_of)), settings.pregnancy_over_after_months)

    entries = [c for c in record.conditions if c.name == "pregnancy" and c.present is not None]
    found = read_each((c for c in entries if within(c) is not False), lambda c: there_still(c) if within(c) else None)
    if found.value:
        return {"pregnant": found, "could_become_pregnant": found}
    if record.patient.sex == "male":
        no = Fact(False, None, "derived", ("patient.sex",), "male")
        return {"pregnant": no, "could_become_pregnant": no}
    age, limit = record.patient.age, settings.pregnancy_possible_until_age
    could = _stated(record.circumstances.could_become_pregnant, "circumstances.could_become_pregnant")
    if could.value is None and age is not None and at_least(age, limit):
        could = Fact(False, None, "assumed", ("patient.age",), f"age {limit:g} or more")
    if found.value is False:
        pregnant = found
    elif could.value is False:
        pregnant = Fact(False, None, "assumed" if could.basis == "assumed" else "derived", could.sources, could.because)
    elif entries:
        dated = ", ".join(c.date.text for c in entries if c.date)
        because = f"a pregnancy of {dated}; whether there is one now is not said"
        pregnant = Fact(None, None, "unknown", tuple(c.at for c in entries), because)
    else:
        pregnant = UNKNOWN
    return {"pregnant": pregnant, "could_become_pregnant": could}


def _medicines(record: Record, vocabulary: Vocabulary, settings: Settings) -> dict[str, Fact]:
    """What other medicines do. A list that is given is complete; without one it is unknown.

    A name that no table knows leaves open what it does.
    """
    if record.medications is None:
        return {}
    held = [
        (part, f"medications[{place}]") for place, name in enumerate(record.medications) for part in name.split("/")
    ]
    unknown = unknown_medicines(record, vocabulary, settings)
    unread = [(part, at) for part, at in held if part in unknown]
    facts = {}
    for name, table in _kinds(settings).items():
        taken = [(part, at) for part, at in held if part in table]
        shown = taken or unread
        at = tuple(dict.fromkeys(at for _, at in shown)) or ("medications",)
        words = ", ".join(sorted(part for part, _ in shown))
        if taken:
            facts[name] = Fact(True, None, "derived", at, words)
        elif unread:
            facts[name] = Fact(None, None, "unknown", at, f"no medicine known here: {words}")
        else:
            facts[name] = Fact(False, None, "derived", at, "none among the medicines")
    return facts


def unknown_medicines(record: Record, vocabulary: Vocabulary, settings: Settings) -> tuple[str, ...]:
    """Names of the record's list of other medicines that no table knows."""
    parts = dict.fromkeys(part for name in record.medications or () for part in name.split("/"))
    tables = (vocabulary.medicines, *_kinds(settings).values())
    return tuple(part for part in parts if not any(part in table for table in tables))


def _kinds(settings: Settings) -> dict[str, tuple[str, ...]]:
    """Fact → the medicines that make it so."""
    return {fact: getattr(settings, policy) for fact, policy in INTERACTIONS.items()}


def _wishes(record: Record) -> dict[str, Fact]:
    if record.preferences is None:
        return {}
    said = {"wants": record.preferences.wants, "avoids": record.preferences.avoids}
    return {
        f"{kind}_{token(word)}": Fact(True, None, "stated", (f"preferences.{kind}[{place}]",), word)
        for kind, words in said.items()
        for place, word in enumerate(words)
    }
