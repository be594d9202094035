"""The numbers and switches of the response criteria in force, in the order in which the kernel reads them."""

from __future__ import annotations

from functools import lru_cache

from mspike.derive.kernel.codes import FLEXIBLE, NOT_EVALUABLE, ONE_LEVEL, RESPONSE_PARAMS
from mspike.derive.settings import Settings
from mspike.knowledge import Knowledge

ABSENT = 1e9
"""Stands for a limit that a version does not have: no value reaches it."""
OLDER = "imwg-2006-2011"
MISSING_DATA = {"one-level": ONE_LEVEL, "flexible": FLEXIBLE, "not-evaluable": NOT_EVALUABLE}


def thresholds(knowledge: Knowledge, version: str) -> dict[str, float]:
    """The numbers of one version by key. KeyError for an unknown version."""
    found = {}
    for entry in knowledge.response:
        value = entry.values[version]
        found[entry.key] = ABSENT if value == "none" else float(value)
    return found


def response_params(knowledge: Knowledge, settings: Settings) -> tuple[float, ...]:
    """The kernel's parameters for these settings."""
    return _params(_Key(knowledge), settings)


class _Key:
    """Knowledge by identity, so that parameters are made once."""

    __slots__ = ("knowledge",)

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge

    def __hash__(self) -> int:
        return id(self.knowledge)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.knowledge is self.knowledge


@lru_cache(maxsize=64)
def _params(key: _Key, settings: Settings) -> tuple[float, ...]:
    values = thresholds(key.knowledge, settings.response_criteria)
    older = settings.response_criteria == OLDER
    if values["pd_marrow_value_pct"] == ABSENT:
        values["pd_marrow_value_pct"] = 0.0  # 0: the rise in points decides
    values |= {
        "baseline_days": settings.baseline_days,
        "flc_ratio_low": settings.flc_ratio_low,
        "flc_ratio_high": settings.flc_ratio_high,
        "plasmacytoma_vgpr_fall_pct": settings.plasmacytoma_vgpr_fall_pct,
        "reference_confirmed": float({"confirmed": True, "lowest": False}.get(settings.reference_value, not older)),
        "high_level_of_lowest": float({"lowest": True, "starting": False}.get(settings.high_level_of, not older)),
        "high_level_alone": float(settings.high_level_clause == "alone"),
        "flc_vgpr_at_exactly": float(settings.flc_vgpr == "at-least"),
        "blood_as_rise": float(settings.circulating_cells == "rise"),
        "escape_is_progression": float(settings.light_chain_escape == "progression"),
        "renal_range": float(settings.renal_flc_range),
        "stringent": float(settings.stringent_cr),
        "minimal": float(settings.minimal_response),
        "missing_data": float(MISSING_DATA[settings.missing_data]),
        "new_line_confirms": float(settings.pd_confirm == "new-line"),
    }
    return tuple(values[name] for name in RESPONSE_PARAMS)
