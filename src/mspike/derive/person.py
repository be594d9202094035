"""The person: age, fitness, possible pregnancy, circumstances, wishes, and what other medicines do."""

from __future__ import annotations

from mspike.derive.intervals import at_least, exactly, tri_or
from mspike.derive.settings import Settings
from mspike.derive.state import Fact
from mspike.derive.vocabulary import UNKNOWN
from mspike.knowledge import token
from mspike.record import Record, Tri

STATED_DISEASE = {
    "extramedullary": "extramedullary",
    "cns_disease": "cns",
    "plasma_cell_leukaemia": "plasma_cell_leukaemia",
}
CIRCUMSTANCES = ("lives_alone", "caregiver", "contraception", "regular_transfusion")


def person_facts(record: Record, settings: Settings) -> dict[str, Fact]:
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
    return facts | _medicines(record, settings) | _wishes(record)


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
    stated = [c for c in record.conditions if c.name == "pregnancy" and c.present is not None]
    if any(c.present for c in stated):
        yes = Fact(True, stated[0].date, "stated", tuple(c.at for c in stated), "pregnancy")
        return {"pregnant": yes, "could_become_pregnant": yes}
    if record.patient.sex == "male":
        no = Fact(False, None, "derived", ("patient.sex",), "male")
        return {"pregnant": no, "could_become_pregnant": no}
    age, limit = record.patient.age, settings.pregnancy_possible_until_age
    could = _stated(record.circumstances.could_become_pregnant, "circumstances.could_become_pregnant")
    if could.value is None and age is not None and at_least(age, limit):
        could = Fact(False, None, "assumed", ("patient.age",), f"age {limit:g} or more")
    if stated:
        pregnant = Fact(False, None, "stated", tuple(c.at for c in stated), "stated absent")
    elif could.value is False:
        pregnant = Fact(False, None, "assumed" if could.basis == "assumed" else "derived", could.sources, could.because)
    else:
        pregnant = UNKNOWN
    return {"pregnant": pregnant, "could_become_pregnant": could}


def _medicines(record: Record, settings: Settings) -> dict[str, Fact]:
    """What other medicines do. A list that is given is complete; without one it is unknown."""
    if record.medications is None:
        return {}
    kinds = {
        "anticoagulated": settings.anticoagulants,
        "strong_cyp3a4_inducer": settings.strong_cyp3a4_inducers,
        "strong_cyp3a4_inhibitor": settings.strong_cyp3a4_inhibitors,
        "strong_cyp1a2_inhibitor": settings.strong_cyp1a2_inhibitors,
    }
    facts = {}
    for name, table in kinds.items():
        taken = [(place, m) for place, m in enumerate(record.medications) if m in table]
        at = tuple(f"medications[{place}]" for place, _ in taken) or ("medications",)
        because = ", ".join(sorted(m for _, m in taken)) or "none among the medicines"
        facts[name] = Fact(bool(taken), None, "derived", at, because)
    return facts


def _wishes(record: Record) -> dict[str, Fact]:
    if record.preferences is None:
        return {}
    said = {"wants": record.preferences.wants, "avoids": record.preferences.avoids}
    return {
        f"{kind}_{token(word)}": Fact(True, None, "stated", (f"preferences.{kind}[{place}]",), word)
        for kind, words in said.items()
        for place, word in enumerate(words)
    }
