"""The numbers and choices of this room. They stand in `knowledge/data/policies/`, each with its source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    line_policy: str
    line_policies: tuple[str, ...]
    line_readings: tuple[str, ...]
    combination_window_days: float
    nonresponse_closes_window: bool
    era_gap_days: float
    cycle_days: float
    exposure_grace_days: float
    line_gap_days: float
    continuation_days: float
    transplant_in_line_days: float
    maintenance_window_days: float
    maintenance_drugs: tuple[str, ...]
    tandem_days: float
    mobilisation_days: float
    mobilisation_course_days: float
    mobilisation_drugs: tuple[str, ...]
    lymphodepletion_days: float
    lymphodepletion_drugs: tuple[str, ...]
    bridging: str
    bridging_days: float
    carry_over_days: float
    line_min_days: float
    restart_after_relapse: str
    change_without_progression: str
    unwatched_change_days: float
    unwatched_induction_days: float
    unwatched_gap_days: float
    not_first_drugs: tuple[str, ...]
    smouldering_therapy: str
    supportive_drugs: tuple[str, ...]
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
    # response
    response_criteria: str
    reference_value: str
    high_level_of: str
    high_level_clause: str
    flc_vgpr: str
    circulating_cells: str
    light_chain_escape: str
    renal_flc_range: bool
    stringent_cr: bool
    minimal_response: bool
    missing_data: str
    sample_tells_days: float
    plasmacytoma_vgpr_fall_pct: float
    # risk
    high_risk_cytogenetics: tuple[str, ...]
    del17p_min_cells_pct: float
    tp53_not_sequenced: str
    staging_values: str
    functional_high_risk_months_from_start: float
    functional_high_risk_months_from_transplant: float
    # health
    recent_thrombosis_months: float
    pregnancy_possible_until_age: float
    pregnancy_over_after_months: float
    egfr_as_crcl: bool
    dialysis_excluded_from_crcl_ml_min: float
    dialysis_crcl_below_ml_min: float
    hepatitis_b_as_infection: bool
    bilirubin_limit_low_umol_l: float
    bilirubin_limit_high_umol_l: float
    strong_cyp3a4_inducers: tuple[str, ...]
    strong_cyp3a4_inhibitors: tuple[str, ...]
    strong_cyp1a2_inhibitors: tuple[str, ...]
    anticoagulants: tuple[str, ...]


_last: list[tuple[Knowledge, dict[str, Any], tuple[Settings, dict[str, str]]]] = []
"""The settings that were read last: one patient after another has the same."""


def read_settings(knowledge: Knowledge, chosen: Mapping[str, Any]) -> tuple[Settings, dict[str, str]]:
    """The policies in force, and as text what an answer names: every switch, and every number that was changed.

    `chosen`: policy → value, as settled by the command line; what it leaves out has its default. KeyError for a key
    that is no policy.
    """
    for known, policies, found in _last:
        if known is knowledge and policies == chosen:
            return found
    _last[:] = [(knowledge, dict(chosen), found := _read(knowledge, chosen))]
    return found


def _read(knowledge: Knowledge, chosen: Mapping[str, Any]) -> tuple[Settings, dict[str, str]]:
    values: dict[str, Any] = {key: policy.default for key, policy in knowledge.policies.items()}
    for key, value in chosen.items():
        values[key] = value if key in values else knowledge.policy(key)
    for key, text in changes(values["line_policies"], values["line_policy"]).items():
        if values[key] == knowledge.policy(key):  # a parameter that was chosen itself stands
            values[key] = text
    settings = Settings(*(_typed(values[name], kind) for name, kind in _fields()))
    return settings, named_policies(knowledge, values)


def changes(texts: Iterable[str], name: str) -> dict[str, str]:
    """What a named way of counting lines changes: `claims = line_gap_days 90, era_gap_days 30` → key → value."""
    for text in texts:
        found, _, pairs = text.partition("=")
        if found.strip() == name:
            return {key: value for key, _, value in (pair.strip().partition(" ") for pair in pairs.split(","))}
    return {}


def under(settings: Settings, texts: Iterable[str], name: str) -> Settings:
    """The settings with what a named way of counting lines changes."""
    kinds = dict(_fields())
    return msgspec.structs.replace(settings, **{k: _typed(v, kinds[k]) for k, v in changes(texts, name).items()})


@cache
def _fields() -> tuple[tuple[str, Any], ...]:
    return tuple((f.name, f.type) for f in msgspec.structs.fields(Settings))


def _typed(value: Any, kind: Any) -> Any:
    if kind is bool:
        return value in (True, "yes")
    if kind is float:
        return float(value)
    return str(value) if kind is str else tuple(value)
