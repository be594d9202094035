"""Names of codes that only a full page spells out: classes, versions, flags, dates."""

from __future__ import annotations

import datetime as dt
from typing import Any

COUNTRIES = {"US": "the United States", "EU": "the European Union", "UK": "the United Kingdom"}
CLASS_LABELS = {
    "PI": "Proteasome inhibitor", "IMiD": "Immunomodulatory drug", "anti-CD38": "Anti-CD38 antibody",
    "anti-SLAMF7": "Anti-SLAMF7 antibody", "BCMA": "BCMA-directed", "GPRC5D": "GPRC5D-directed",
    "XPO1": "XPO1 inhibitor", "BCL2": "BCL2 inhibitor", "HDAC": "HDAC inhibitor",
    "alkylator": "Alkylator", "anthracycline": "Anthracycline",
    "steroid": "Steroid (apart)", "CELMoD": "CELMoD",
}  # fmt: skip
STILL_GIVEN = "still given"
VERSION_NAMES = {
    "engine": "Engine", "knowledge": "Knowledge", "response_criteria": "Response criteria",
    "line_policy": "Line policy",
}  # fmt: skip
POLICY_NAMES = {
    "egfr_as_crcl": "eGFR for a missing CrCl", "pd_confirm": "What confirms progression",
    "rapid_relapse": "Rapid relapse", "refractory_drug": "Refractory drug",
    "sd_refractory": "Stable disease is refractory",
}  # fmt: skip
PACE_NOTES = {
    "rapid": "rapid", "significant": "the rise meets the trigger for treatment without symptoms",
    "slow": "slow: the trigger for treatment without symptoms is not met",
}  # fmt: skip
RELAPSE_EVENTS = {
    "significant_biochemical_relapse": "Significant biochemical relapse", "clinical_relapse": "Clinical relapse",
    "relapse_from_cr": "Relapse from CR", "mrd": "MRD",
}  # fmt: skip


def spelled(code: str) -> str:
    """A code of a closed list as words: `treatment-free-interval-gt-12m`, `UNCONFIRMED_PD` → `unconfirmed PD`."""
    if code.isupper():
        keep = ("PD", "PR", "CR", "FLC", "MAB")
        return " ".join(word if word in keep else word.lower() for word in code.split("_"))
    plain = code.replace("-gt-12m", " over 12 months").replace("-", " ").replace("_", " ")
    return plain.replace("car t", "CAR T")


def class_label(name: str) -> str:
    return CLASS_LABELS.get(name, "Other")


def days_before(date: str, as_of: str) -> str:
    """`8 days old`; empty when either is not a full date."""
    try:
        days = (dt.date.fromisoformat(as_of) - dt.date.fromisoformat(date)).days
    except ValueError:
        return ""
    return "same day" if days == 0 else f"{days} day{'' if days == 1 else 's'} old"


def span(given: dict[str, Any], length: int = 10) -> str:
    """`2019-06 to 2023-01`, `since 2019-06`; `length` characters of each date."""
    start, stop = (str(given.get(end) or "unknown")[:length] for end in ("start", "stop"))
    return f"since {start}" if given.get("ongoing") else f"{start} to {stop}"


def in_lines(lines: list[dict[str, Any]], own: dict[str, Any] | None = None) -> str:
    """Where a drug was given: `line 1, 2019-06 to 2023-01`; the dates of several stand in the table of lines.

    `own`: the drug's own dates, where its records tell them; else those of the line.
    """
    if len(lines) == 1:
        return f"line {lines[0].get('number')}, {span(own or lines[0], 7)}"
    return "lines " + ", ".join(str(line.get("number")) for line in lines) if lines else ""
