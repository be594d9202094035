"""The criteria of a trial as one flat table: a field each, null where the text says nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mspike.trials.criteria.across import bounds
from mspike.trials.criteria.model import Criterion, Parsed

CLASS_NAMES = {"anti-CD38": "anti_CD38", "anti-SLAMF7": "anti_SLAMF7"}
DISEASES = {
    "plasma-cell-leukaemia": "plasma_cell_leukemia",
    "igm-myeloma": "IgM_myeloma",
    "mds": "MDS",
    "smouldering": "smoldering",
}


def flat(parsed: Parsed) -> dict[str, Any]:
    """`{"nct_id", "criteria": {…}}`. What holds for a part of the trial only, or differs between parts, is null."""
    return {"nct_id": parsed.nct_id, "title": parsed.title, "criteria": _Flat(parsed.criteria).table()}


LAB_UNITS = ("10*9/L", "g/L", "mL/min", "xULN", "mg/dL")


ONE_FOR_ALL = ("ecog", "life_expectancy", "live_vaccine", "lvef_pct")
"""Facts that are no way among several: a lead-in of ways above them is the list's and not theirs."""


class _Flat:
    def __init__(self, criteria: tuple[Criterion, ...]) -> None:
        self.criteria = criteria

    def table(self) -> dict[str, Any]:
        protocol = [c.evidence.quote.strip() for c in self.criteria if c.fact == "protocol_defined"]
        return {
            "age_min": self.number("age", "low"),
            "age_max": self.number("age", "high"),
            "ecog_max": self.number("ecog", "high"),
            "ecog_exception": self.first("ecog", lambda c: c.unless),
            "measurable": self.measurable(),
            "lines_min": self.number("prior_lines", "low"),
            "lines_max": self.number("prior_lines", "high"),
            "exposed_all_of": self.named("exposed", "required", "and"),
            "exposure_min_cycles": self.first("exposed", lambda c: c.about.get("min_cycles")),
            "refractory_required": self.named("refractory", "required", "and", whole=True) or None,
            "progression_required": self.first("progressed", lambda c: c.about.get("how", "") + " " + c.about["since"]),
            "refractory_excluded": self.named("refractory", "excluded", "and"),
            "prior_excluded": self.prior_excluded(),
            "allo_sct": self.first("allo_sct", _allo),
            "auto_sct_within_weeks": self.number("auto_sct", "low"),
            "cns_active_excluded": True if self.whole("cns_active") else None,
            "cns_history_excluded": True if self.whole("cns_history") else None,
            "dx_excluded": self.diseases(),
            "labs": {c.fact: c.value for c in self.criteria if c.unit in LAB_UNITS and _states(c)},
            "lvef_min_pct": self.number("lvef_pct", "low"),
            "steroid_limit": self.first("steroid", _steroid),
            "live_vaccine_weeks": self.number("live_vaccine", "low"),
            "other_malignancy_years": self.first("second_cancer", lambda c: c.about.get("years")),
            "neuropathy": self.neuropathy(),
            "washout": [self._washout(c) for c in self.whole("washout")],
            "cytogenetic_required": self.first("cytogenetics", lambda c: " or ".join(c.about["of"])),
            "life_expectancy_weeks_min": self.number("life_expectancy", "low"),
            "cohorts": sorted({name for c in self.criteria for name in c.cohorts} - {"all"}),
            "protocol_defined": protocol,
        }  # fmt: skip

    def whole(self, fact: str) -> list[Criterion]:
        """The criteria of a fact that hold for everybody; else those of single parts."""
        found = [c for c in self.criteria if c.fact == fact and c.any_of is None and not _open(c)]
        everybody = [c for c in found if _for_all(c) and _unconditional(c)] or [
            c for c in found if _for_all(c) and c.when is None
        ]
        return everybody

    def number(self, fact: str, bound: str) -> float | None:
        """The one value of a bound; None when nothing states it, or two parts state two."""
        found = self.whole(fact)
        if not found:  # the parts of a trial speak for it only where each says the same
            parts = [c for c in self.criteria if c.fact == fact and c.any_of is None and not (_for_all(c) or _open(c))]
            plain = [c for c in parts if c.when is None]
            several = len({c.cohorts for c in plain}) > 1 or self.all_parts(plain)
            found = parts if several else []
            if any(bound not in bounds(c) for c in found):
                return None
        if not found and fact in ONE_FOR_ALL:
            found = [c for c in self.criteria if c.fact == fact and _for_all(c) and c.when is None and not _open(c)]
        record = {
            b[bound]
            for c in found
            if (b := bounds(c)) and bound in b and not c.evidence.field.startswith(("brief", "official"))
        }
        if not record and fact == "age" and any(c.fact == fact and c.id[0] in "IEN" for c in self.criteria):
            return None  # "adults" in the title says nothing beside an age that the text gives to some
        record = record or {b[bound] for c in found if (b := bounds(c)) and bound in b}
        return record.pop() if len(record) == 1 else None

    def all_parts(self, found: list[Criterion]) -> bool:
        """Whether they name each cohort, or each part, that the text has."""
        named = {name for c in found for name in c.cohorts}
        kinds = {name.split()[0] for name in named}
        known = {name for c in self.criteria for name in c.cohorts if name.split()[0] in kinds}
        alone = not any(_for_all(c) and c.id[0] in "IEN" for c in self.criteria)
        return named == known and (len(known) > 1 or alone)

    def first(self, fact: str, take: Callable[[Criterion], Any]) -> Any:
        return next((value for c in self.whole(fact) if (value := take(c))), None)

    def named(self, fact: str, op: str, join: str, *, whole: bool = False) -> list[str]:
        """Drugs and classes that are asked for, or barred, each and all. `whole`: without another way to keep it."""
        found: list[str] = []
        for c in self.whole(fact):
            if c.op == op and c.about.get("join", "and") == join and c.confidence != "inferred":
                if whole and _other_way(c):
                    continue
                found += [CLASS_NAMES.get(word, word) for word in c.about["of"]]
        return list(dict.fromkeys(found))

    def diseases(self) -> list[str]:
        words = [c.about["disease"] for c in self.whole("diagnosis")]
        return list(dict.fromkeys(DISEASES.get(word, word.replace("-", "_")) for word in words))

    def prior_excluded(self) -> list[str]:
        found = []
        for c in self.whole("prior_treatment"):
            if c.confidence == "exact" and "window_days" not in c.about:
                word = c.about["of"][0]
                kinds = c.about.get("product") or (["any"] if word in ("BCMA", "GPRC5D") else [])
                found += [f"{word}_{kind}" for kind in kinds] or [CLASS_NAMES.get(word, word)]
        return list(dict.fromkeys(found))

    def neuropathy(self) -> str | None:
        found = self.whole("neuropathy_grade")
        grades = [(c.value + (c.op == "<="), c.about.get("with_pain")) for c in found if isinstance(c.value, int)]
        parts = [f">={grade}{'_with_pain' if pain else ''}" for grade, pain in grades]
        return "excluded_" + "_or_".join(dict.fromkeys(parts)) if parts else None

    def measurable(self) -> dict[str, Any]:
        """Thresholds in g/dL, mg/24 h and mg/dL; the lowest where Ig classes have their own."""
        every = [c for c in self.criteria if c.fact == "measurable_disease"]
        found = [c for c in every if _for_all(c)] or (every if self.all_parts(every) else [])
        least: dict[str, float | None] = {"serum": None, "urine": None, "sflc": None}
        for kind in least:
            items = [
                (item["at_least"], bool(item.get("isotypes")))
                for c in found
                if isinstance(c.value, list)
                for item in c.value
                if item["kind"] == kind
            ]
            plain = {value for value, classed in items if not classed} or {
                min((value for value, _ in items), default=None)
            }
            classed = {value for value, classed in items if classed}
            least[kind] = min({*plain, *classed} - {None}, default=None) if len(plain) == 1 else None
        ratio = any(item.get("abnormal_ratio") for c in found if isinstance(c.value, list) for item in c.value)
        return {
            "required": True if found else None,
            "serum_m_protein_g_dl_min": least["serum"],
            "urine_m_protein_mg_24h_min": least["urine"],
            "involved_sflc_mg_dl_min": least["sflc"],
            "abnormal_sflc_ratio": ratio or None,
        }

    @staticmethod
    def _washout(c: Criterion) -> dict[str, Any]:
        given = {
            "what": "/".join(c.about["what"]),
            "days": c.about["window_days"],
            "or_half_lives": c.about.get("half_lives"),
            "rule": c.about.get("whichever"),
        }
        return {name: value for name, value in given.items() if value is not None}


def _for_all(c: Criterion) -> bool:
    """Steps follow one another: everybody passes them. Cohorts and arms do not."""
    return all(name == "all" or name.startswith(("step", "registration", "pre")) for name in c.cohorts)


def _states(c: Criterion) -> bool:
    """Whether it is a limit for everybody, without another way to keep it."""
    return _for_all(c) and c.when is None and c.any_of is None and not _other_way(c) and not _open(c)


def _other_way(c: Criterion) -> bool:
    """Whether the words give another way to keep it."""
    return c.op != "excluded" and (c.unless or "").lower().lstrip(",; ").startswith("or ")


def _open(c: Criterion) -> bool:
    """Whether the words leave open what they state."""
    return bool(c.doubt) and c.confidence == "inferred"


def _unconditional(c: Criterion) -> bool:
    return c.when is None and c.unless is None


def _steroid(c: Criterion) -> dict[str, Any]:
    of = "pred_eq_mg" if c.about["equivalent_of"] == "prednisone" else "dex_mg"
    return {of: c.value, "days": c.about["window_days"]}


def _allo(c: Criterion) -> str:
    return f"excluded_within_{c.value}_weeks" if c.value else "excluded_any_time"
