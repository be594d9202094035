"""Cytogenetic findings, and whether any of them is high risk."""

from __future__ import annotations

from mspike.derive.intervals import tri_or
from mspike.derive.settings import Settings
from mspike.derive.state import Fact
from mspike.derive.vocabulary import UNKNOWN
from mspike.record import Disease, Record, Tri

FACTS = {
    "del17p": "del(17p)", "t414": "t(4;14)", "t1416": "t(14;16)", "t1420": "t(14;20)", "gain1q": "gain(1q)",
    "del1p": "del(1p)", "t1114": "t(11;14)",
}  # fmt: skip
IMPLIES = {"gain(1q)": "amp(1q)", "del(1p)": "biallelic-del(1p)"}
"""A finding, and the stronger form of it that is one as well: four or more copies, both copies lost."""


def cytogenetic_facts(record: Record, settings: Settings) -> dict[str, Fact]:
    disease = record.disease
    facts = {name: _fact(finding, _present(finding, disease)) for name, finding in FACTS.items()}
    facts["high_risk_cytogenetics"] = _high_risk(disease, settings)
    return facts


def _present(finding: str, disease: Disease) -> Tri:
    """Present, absent, or not tested; present too where its stronger form is."""
    stronger = IMPLIES.get(finding)
    if stronger and disease.cytogenetics.get(stronger):
        return True
    return disease.cytogenetics.get(finding)


def _fact(finding: str, value: Tri) -> Fact:
    if value is None:
        return UNKNOWN
    return Fact(
        value, None, "stated", (f"disease.cytogenetics.{finding}",), f"{finding} {'present' if value else 'absent'}"
    )


def _high_risk(disease: Disease, settings: Settings) -> Fact:
    """Yes if any finding of the policy's list is present, no if all were tested and absent."""
    parts = {finding: counts(finding, disease, settings) for finding in settings.high_risk_cytogenetics}
    value = tri_or(parts.values())
    telling = [finding for finding, part in parts.items() if part is value]
    says = {True: "present", False: "none of", None: "not known"}[value]
    shares = [f"{f} in {disease.cytogenetics_pct[f]:g} % of cells" for f in telling if f in disease.cytogenetics_pct]
    because = f"{says}: {', '.join(telling)}" + (f" ({', '.join(shares)})" if shares else "")
    at = tuple(f"disease.cytogenetics.{finding}" for finding in telling) if value is not None else ()
    return Fact(value, None, "unknown" if value is None else "derived", at, because)


def counts(finding: str, disease: Disease, settings: Settings) -> Tri:
    """Present enough to count: del(17p) by the share of cells, where one is given; at the limit it cannot be told.

    Nor can it where it is stated absent and the share says otherwise.
    """
    present = _present(finding, disease)
    share = disease.cytogenetics_pct.get(finding)
    if finding != "del(17p)" or share is None or present is None:
        return present
    if present is False:
        return False if share < settings.del17p_min_cells_pct else None
    if share == settings.del17p_min_cells_pct:
        return None
    return share > settings.del17p_min_cells_pct
