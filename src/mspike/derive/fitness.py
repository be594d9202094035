"""Fitness: frailty scales, kidney function, calcium corrected for albumin. Words: spec/fitness.md.

Limits, points and the numbers of the formulas stand in `knowledge/data/scores/` and `knowledge/data/formulas/`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from mspike.derive.health import measured, newest_measurements, newest_of
from mspike.derive.intervals import at_least, hull, number_words, span_words
from mspike.derive.scores import Known, Outcome, evaluate_score
from mspike.derive.settings import Settings
from mspike.derive.state import Contradiction, Fact
from mspike.derive.vocabulary import UNKNOWN
from mspike.knowledge import Knowledge
from mspike.knowledge.model import Formula
from mspike.record import Day, Measurement, Number, Record, day_of, months_between

CONDITIONS = {
    "heart-failure": "heart_failure", "copd": "copd", "diabetes": "diabetes", "liver-disease": "liver_disease",
    "dialysis": "dialysis",
}  # fmt: skip
"""Conditions of the Charlson index that a record names → the fact that says so."""


def fitness_facts(
    record: Record, facts: Mapping[str, Fact], knowledge: Knowledge, settings: Settings
) -> tuple[dict[str, Fact], tuple[Contradiction, ...]]:
    """Frailty, eGFR, creatinine clearance and corrected calcium; and a stated frailty that the scale contradicts.

    `facts`: those of other illnesses.
    """
    given = _frailty_items(record, facts, knowledge)
    scale = evaluate_score(knowledge.scores["simplified-frailty"], given)
    index = evaluate_score(knowledge.scores["imwg-frailty"], given)
    newest = _of_today(newest_measurements(record), facts["dialysis"], settings)
    filtration = _filtration(record, newest, facts["dialysis"], knowledge.formulas["ckd-epi-2021"])
    found = {
        **_frailty(record, scale),
        "imwg_frailty": Fact(index.stage, None, "derived" if index.stage else "unknown", index.at, index.because),
        "egfr_ml_min": filtration,
        "crcl_ml_min": _clearance(newest, filtration, facts["dialysis"], settings),
        "corrected_calcium_mmol_l": _calcium(record, newest, knowledge.formulas["corrected-calcium"]),
    }
    return found, _contradictions(record, scale)


# -- frailty


def _frailty_items(record: Record, facts: Mapping[str, Fact], knowledge: Knowledge) -> dict[str, Known]:
    age, ecog = record.patient.age, record.fitness.ecog
    at = "patient.birth_date" if record.patient.birth_date else "patient.age"
    return {
        "age": Known("age") if age is None else Known("age", age, f"age {span_words(age)}", (at,)),
        "ecog": Known("ECOG")
        if ecog is None
        else Known("ECOG", Number(float(ecog), float(ecog)), f"ECOG {ecog}", ("fitness.ecog",)),
        "charlson": _charlson(facts, knowledge),
        "adl": Known("activities of daily living"),
        "iadl": Known("instrumental activities of daily living"),
    }


def _charlson(facts: Mapping[str, Fact], knowledge: Knowledge) -> Known:
    """A lower bound of the Charlson index from the conditions on record; what is not on record may be there too."""
    name = "the Charlson index"
    there = {of: facts[fact] for of, fact in CONDITIONS.items() if facts[fact].value is True}
    if not there:
        return Known(name)
    given = {of: Known(of.replace("-", " "), True) for of in there}
    outcome = evaluate_score(knowledge.scores["charlson"], given)
    low = outcome.points.low if outcome.points else 0.0
    words = ", ".join(map(str, given.values()))
    at = tuple(place for fact in there.values() for place in fact.sources)
    return Known(name, Number(low, math.inf), f"Charlson index at least {low:g} by {words}", at)


def _frailty(record: Record, scale: Outcome) -> dict[str, Fact]:
    """Stated; else frail or not by the simplified scale, which does not tell fit from intermediate."""
    stated = record.fitness.frailty
    if stated is not None:
        at, because = ("fitness.frailty",), f"stated: {stated}"
        return {
            "frail": Fact(stated == "frail", None, "stated", at, because),
            "intermediate_fitness": Fact(stated == "intermediate", None, "stated", at, because),
        }
    because = f"simplified frailty scale: {scale.because}"
    if scale.stage is None:
        return {"frail": Fact(because=because), "intermediate_fitness": Fact(because=because)}
    frail = Fact(scale.stage == "frail", None, "derived", scale.at, because)
    if frail.value:
        return {"frail": frail, "intermediate_fitness": Fact(False, None, "derived", scale.at, because)}
    untold = f"{because}; the scale does not tell fit from intermediate"
    return {"frail": frail, "intermediate_fitness": Fact(because=untold)}


def _contradictions(record: Record, scale: Outcome) -> tuple[Contradiction, ...]:
    """A stated frailty against what age, ECOG and conditions make of it on the simplified scale."""
    stated = record.fitness.frailty
    if stated is None or scale.stage is None or (stated == "frail") is (scale.stage == "frail"):
        return ()
    other = f"{scale.stage} by the simplified frailty scale: {scale.because}"
    return (Contradiction("frailty", stated, other, ("fitness.frailty", *scale.at)),)


# -- kidney


def _of_today(newest: dict[str, Measurement], dialysis: Fact, settings: Settings) -> dict[str, Measurement]:
    """The newest results; on dialysis without an eGFR or a clearance from before it, or too high to be of it."""

    def outdated(entry: Measurement) -> bool:
        before = dialysis.date is not None and entry.date.last < dialysis.date.first
        high = entry.value is not None and at_least(entry.value, settings.dialysis_excluded_from_crcl_ml_min)
        return before or high is True

    if dialysis.value is not True:
        return newest
    return {
        test: entry
        for test, entry in newest.items()
        if test not in ("egfr", "creatinine-clearance") or not outdated(entry)
    }


def _filtration(record: Record, newest: Mapping[str, Measurement], dialysis: Fact, formula: Formula) -> Fact:
    """The eGFR of the record, or from a creatinine that is newer than it."""
    stated, creatinine = newest.get("egfr"), newest.get("creatinine")
    if creatinine is None or creatinine.value is None:
        return measured(stated)
    counted = _from_creatinine(record, creatinine, creatinine.value, dialysis, formula)
    if stated is None or stated.value is None:
        return counted
    newer = creatinine.date.first > stated.date.last
    return counted if newer and counted.value is not None else measured(stated)


def _from_creatinine(
    record: Record, creatinine: Measurement, amount_umol_l: Number, dialysis: Fact, formula: Formula
) -> Fact:
    at, amount = (creatinine.at,), f"creatinine {creatinine.given}"
    if dialysis.value is True:
        return Fact(None, creatinine.date, "unknown", at, f"{amount}: on dialysis it tells nothing of the kidney")
    age, sex = record.patient.age, record.patient.sex
    if age is None:
        return Fact(None, creatinine.date, "unknown", at, f"{amount}: the age is not on record")
    if math.isinf(amount_umol_l.low) or math.isinf(amount_umol_l.high):
        return Fact(None, creatinine.date, "unknown", at, f"{amount}: no eGFR from a bound")
    then = _age_on(creatinine.date, age, record)
    sexes = (sex == "female",) if sex else (True, False)
    values = [ckd_epi(amount_umol_l, then, female, formula) for female in sexes]
    value = values[0] if len(values) == 1 else hull(*values)
    told = f"age {span_words(then)}, {sex or 'sex not recorded'}"
    because = f"{span_words(value, formula.unit)} by CKD-EPI 2021 from {amount} ({creatinine.date.text}), {told}"
    return Fact(value, creatinine.date, "derived", at, because)


def _age_on(date: Day, age: Number, record: Record) -> Number:
    """The age at a sample: from the birth date, else that of the record less the full years since."""
    if record.patient.birth_date is not None:
        months = months_between(record.patient.birth_date, date)
        return Number(max(months.low // 12, 0), max(months.high // 12, 0))
    years = math.floor(months_between(date, day_of(record.as_of)).high / 12)
    return Number(max(age.low - years, 0), max(age.high - years, 0))


def ckd_epi(creatinine_umol_l: Number, age: Number, female: bool, formula: Formula) -> Number:
    """eGFR in mL/min/1.73 m2 by CKD-EPI 2021 (Inker et al. 2021, race-free) from creatinine in umol/L and age in years.

    It falls with both: the interval runs from the highest of them to the lowest. To a tenth, finer than it is known.
    """
    n = formula.numbers

    def value(creatinine: float, years: float) -> float:
        ratio = creatinine / n["umol_l_per_mg_dl"] / n["kappa_female" if female else "kappa_male"]
        low = min(ratio, 1.0) ** n["alpha_female" if female else "alpha_male"]
        high = max(ratio, 1.0) ** n["slope"]
        of_sex = n["female_factor"] if female else 1.0
        return round(float(n["scale"] * low * high * n["yearly"] ** years * of_sex), 1)

    return Number(value(creatinine_umol_l.high, age.high), value(creatinine_umol_l.low, age.low))


def _clearance(newest: Mapping[str, Measurement], filtration: Fact, dialysis: Fact, settings: Settings) -> Fact:
    """The newest creatinine clearance; by policy `egfr_as_crcl` the eGFR stands in where there is none or an older one.

    On dialysis, where neither gives a value, policy `dialysis_crcl_below_ml_min` says from what it is lower.

    Cockcroft and Gault need the weight, which a case does not hold.
    """
    direct = newest.get("creatinine-clearance")
    older = direct is not None and settings.egfr_as_crcl and _newer(filtration, direct.date)
    if direct is not None and direct.value is not None and not older:
        return measured(direct)
    if dialysis.value is True and (filtration.value is None or not settings.egfr_as_crcl):
        limit = settings.dialysis_crcl_below_ml_min
        because = f"on dialysis, taken to be under {limit:g} (policy dialysis_crcl_below_ml_min)"
        return Fact(Number(0.0, limit, open_high=True), dialysis.date, "assumed", dialysis.sources, because)
    if filtration.value is None:
        if "creatinine" not in newest:
            return UNKNOWN
        why = f"; {filtration.because}" if filtration.because else ""
        return Fact(because=f"creatinine alone does not give it: the weight is not on record{why}")
    how = filtration.because
    if not settings.egfr_as_crcl:
        return Fact(None, filtration.date, "unknown", filtration.sources, f"only an eGFR is given ({how})")
    told = f"eGFR {how}" if filtration.basis == "stated" else f"eGFR ({how})"
    instead = (
        f"the older creatinine clearance {direct.given} ({direct.date.text})" if direct else "a creatinine clearance"
    )
    because = f"{told} in place of {instead} (policy egfr_as_crcl: yes)"
    return Fact(filtration.value, filtration.date, "assumed", filtration.sources, because)


def _newer(fact: Fact, date: Day) -> bool:
    return fact.value is not None and fact.date is not None and fact.date.first > date.last


# -- calcium


def _calcium(record: Record, newest: Mapping[str, Measurement], formula: Formula) -> Fact:
    """Corrected calcium as the laboratory gives it; else total calcium with the albumin of the same day."""
    stated, total = newest.get("albumin-corrected-calcium"), newest.get("calcium")
    if stated is not None and (total is None or total.date.first <= stated.date.last):
        return measured(stated)
    if total is None or total.value is None:
        return measured(stated)
    of_day = [m for m in record.measurements if m.test == "albumin" and m.date.text == total.date.text]
    albumin = newest_of(of_day) if of_day else None
    if albumin is None or albumin.value is None:
        because = f"total calcium {total.given} ({total.date.text}); the albumin of that day is not on record"
        return Fact(None, total.date, "unknown", (total.at,), because)
    value = corrected_calcium(total.value, albumin.value, formula)
    numbers = formula.numbers
    because = (
        f"total calcium {total.given}, albumin {albumin.given}: plus {numbers['per_g_l']:g} mmol/L for each g/L of "
        f"albumin under {number_words(numbers['normal_albumin_g_l'])}, {value.low:.2f}"
    )
    because += f" to {value.high:.2f} mmol/L" if value.low != value.high else " mmol/L"
    return Fact(value, total.date, "derived", (total.at, albumin.at), because)


def corrected_calcium(total_mmol_l: Number, albumin_g_l: Number, formula: Formula) -> Number:
    """Calcium corrected for albumin, mmol/L: it rises with the calcium and falls with the albumin."""
    factor, normal = formula.numbers["per_g_l"], formula.numbers["normal_albumin_g_l"]
    low = total_mmol_l.low + factor * (normal - albumin_g_l.high)
    high = total_mmol_l.high + factor * (normal - albumin_g_l.low)
    return Number(round(low, 3), round(high, 3))
