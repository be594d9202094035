"""The numbers and choices of this room. They stand in `knowledge/data/policies/`, each with its source."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec

from mspike.knowledge import Knowledge, named_policies


class Settings(msgspec.Struct, frozen=True):
    """One field for each policy that a derivation reads; the name is the policy's key."""

    # refractoriness
    refractory_window_days: float
    sd_refractory: bool
    min_exposure_days: float
    short_exposure_days: float
    stops_that_explain: tuple[str, ...]
    lenalidomide_maintenance_dose_mg: float
    pd_confirm: str
    # groups of classes and drugs
    double_class: tuple[str, ...]
    triple_class: tuple[str, ...]
    quad_class: tuple[str, ...]
    quad_drug: tuple[str, ...]
    penta_drug: tuple[str, ...]
    # lines and exposure
    conditioning_drugs: tuple[str, ...]
    conditioning_days: float
    contexts_not_exposure: tuple[str, ...]
    treatment_free_months: float
    # relapse
    early_relapse_months: float
    maintenance_after_transplant_days: float
    rapid_relapse: str
    doubling_days: float
    doubling_floor_g_l: float
    serum_rise_g_l: float
    urine_rise_mg_24h: float
    involved_flc_rise_mg_l: float
    flc_ratio_low: float
    flc_ratio_high: float
    baseline_days: float
    # risk
    high_risk_cytogenetics: tuple[str, ...]
    del17p_min_cells_pct: float
    # health
    recent_thrombosis_months: float
    pregnancy_possible_until_age: float
    egfr_as_crcl: bool
    dialysis_excluded_from_crcl_ml_min: float
    frailty_one_point_from_age: float
    frailty_two_points_from_age: float
    frail_from_points: float
    strong_cyp3a4_inducers: tuple[str, ...]
    strong_cyp3a4_inhibitors: tuple[str, ...]
    strong_cyp1a2_inhibitors: tuple[str, ...]
    anticoagulants: tuple[str, ...]


def read_settings(knowledge: Knowledge, chosen: Mapping[str, Any]) -> tuple[Settings, dict[str, str]]:
    """The policies in force, and as text what an answer names: every switch, and every number that was changed.

    `chosen`: policy → value, as settled by the command line; what it leaves out has its default. KeyError for a key
    that is no policy.
    """
    values: dict[str, Any] = {key: policy.default for key, policy in knowledge.policies.items()}
    for key, value in chosen.items():
        values[key] = value if key in values else knowledge.policy(key)
    settings = Settings(*(_typed(values[name], kind) for name, kind in _fields()))
    return settings, named_policies(knowledge, values)


@cache
def _fields() -> tuple[tuple[str, Any], ...]:
    return tuple((f.name, f.type) for f in msgspec.structs.fields(Settings))


def _typed(value: Any, kind: Any) -> Any:
    if kind is bool:
        return value in (True, "yes")
    if kind is float:
        return float(value)
    return str(value) if kind is str else tuple(value)
