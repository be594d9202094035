"""Stage and risk: ISS, R-ISS, R2-ISS, IMS/IMWG 2025, and functional high risk. Words: spec/risk.md.

Points, limits and sources stand in `knowledge/data/scores/`. A stage is that at diagnosis: its values are the last
ones from before the first treatment. An untested finding is unknown, never standard risk.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import msgspec

from mspike.derive.cytogenetics import counts
from mspike.derive.health import first_of, newest_of
from mspike.derive.intervals import at_most, not_negative, span_words, tri_or
from mspike.derive.lines import line_words
from mspike.derive.progression import Progression, relapse_after
from mspike.derive.scores import Known, Outcome, evaluate_score
from mspike.derive.settings import Settings
from mspike.derive.state import Contradiction, Fact, Line
from mspike.knowledge import Knowledge
from mspike.record import Day, Disease, Measurement, Number, Record, Tri, days_between, in_upper_limits, months_between

STAGES = ("I", "II", "III")
STAGE_WORDS = {"iss": "ISS", "r_iss": "R-ISS"}
TESTS = {"beta2-microglobulin": "beta2-microglobulin", "albumin": "albumin", "ldh": "LDH", "creatinine": "creatinine"}
FINDINGS = (
    "del(17p)", "TP53-mutation", "t(4;14)", "t(14;16)", "t(14;20)", "gain(1q)", "del(1p)", "biallelic-del(1p)",
)  # fmt: skip


class Risk(msgspec.Struct, frozen=True):
    facts: dict[str, Fact]
    contradictions: tuple[Contradiction, ...]


def derive_risk(
    record: Record,
    lines: tuple[Line, ...] | None,
    progressions: tuple[Progression, ...],
    knowledge: Knowledge,
    settings: Settings,
) -> Risk:
    """The facts `iss`, `r_iss`, `r2_iss`, `ims_imwg_high_risk` and `functional_high_risk`, each with its reason."""
    scores, began = knowledge.scores, _treatment_began(record, lines)
    given = {test: _at_diagnosis(record, test, began, settings) for test in TESTS}
    given["creatinine"] = _at_diagnosis(record, "creatinine", began, settings, given["beta2-microglobulin"])
    given |= {finding: _finding(finding, record.disease, settings) for finding in FINDINGS}
    counted = evaluate_score(scores["iss"], given)
    given["iss"] = _iss(record.disease.iss, counted)
    definition = evaluate_score(scores["ims-imwg-2025"], given)
    high: Tri = None if definition.stage is None else definition.stage == "high"
    revised = evaluate_score(scores["r-iss"], given)
    facts = {
        "iss": _stage("iss", record.disease, counted),
        "r_iss": _stage("r_iss", record.disease, revised),
        "r2_iss": _scored(evaluate_score(scores["r2-iss"], given)),
        "ims_imwg_high_risk": _fact(definition, high),
        "functional_high_risk": _functional(record, lines, progressions, settings),
    }  # fmt: skip
    contradictions = (*_contradictions(record, "iss", counted), *_contradictions(record, "r_iss", revised))
    return Risk(facts, contradictions)


def _stage(key: str, disease: Disease, counted: Outcome) -> Fact:
    """The stage as stated, else as counted."""
    stated: str | None = getattr(disease, key)
    if stated:
        return Fact(stated, disease.diagnosed, "stated", (f"disease.{key}",), f"stated: {stated}")
    return _scored(counted)


def _scored(outcome: Outcome) -> Fact:
    return _fact(outcome, outcome.stage)


def _fact(outcome: Outcome, value: str | bool | None) -> Fact:
    basis = "unknown" if value is None else "assumed" if outcome.assumed else "derived"
    return Fact(value, None, basis, outcome.at, outcome.because)


def _iss(stated: str | None, counted: Outcome) -> Known:
    """The ISS as a number, 1 to 3: stated, else the stages that its values leave possible."""
    if stated:
        place = float(STAGES.index(stated) + 1)
        return Known("ISS", Number(place, place), f"ISS {stated} (stated)", ("disease.iss",))
    places = [float(STAGES.index(stage) + 1) for stage in counted.possible]
    if len(places) == len(STAGES):
        return Known("ISS")
    words = f"ISS {' or '.join(counted.possible)}"
    return Known("ISS", Number(min(places), max(places)), words, counted.at, counted.assumed)


def _contradictions(record: Record, key: str, counted: Outcome) -> tuple[Contradiction, ...]:
    """A stated stage that the values at diagnosis rule out. Later values contradict nothing."""
    stated: str | None = getattr(record.disease, key)
    if stated is None or counted.assumed or stated in counted.possible:
        return ()
    other = f"{' or '.join(counted.possible)}: {counted.because}"
    return (Contradiction(STAGE_WORDS[key], stated, other, (f"disease.{key}", *counted.at)),)


# -- the values that count


class Began(msgspec.Struct, frozen=True):
    """When the first treatment began. `none`: there has been no treatment."""

    date: Day | None
    none: bool = False


def _treatment_began(record: Record, lines: tuple[Line, ...] | None) -> Began:
    if lines:
        return Began(lines[0].start)
    starts = [entry.start for entry in record.treatments or () if entry.start]
    if starts:
        return Began(min(starts, key=lambda day: (day.first, day.last)))
    return Began(None, lines == () and not record.treatments)


def _at_diagnosis(record: Record, test: str, began: Began, settings: Settings, beside: Known | None = None) -> Known:
    """The last value from before the first treatment, its first day included; else, by policy, the first one after.

    `beside`: only values of the time of that one, as far apart as a baseline may be from its line.
    """
    name = TESTS[test]
    entries = [entry for entry in record.measurements if entry.test == test and entry.value is not None]
    if not entries:
        return Known(name)
    if beside and beside.value is not None:
        dates = [entry.date for entry in record.measurements if entry.at in beside.at]
        entries = [entry for entry in entries if any(_near(entry.date, date, settings) for date in dates)]
        if not entries:
            limit = f"{settings.baseline_days:g} days"
            return Known(name, None, f"{name} within {limit} of {beside}")
    late, chosen = "", entries[0]
    before = entries if began.none else [e for e in entries if began.date and e.date.first <= began.date.last]
    if before:
        chosen = newest_of(before)
    elif settings.staging_values == "before-treatment":
        return Known(name, None, f"{name} from before the first treatment")
    else:
        chosen = first_of(entries)
        after = f"after treatment began {began.date.text}" if began.date else "when treatment began is not on record"
        late = f", {after}"
    value = in_upper_limits(chosen) if test == "ldh" else chosen.value
    if value is None:
        return Known(name, None, f"the upper limit for {name} {chosen.given} ({chosen.date.text})", (chosen.at,))
    words = f"{name} {_amount(chosen, value)} ({chosen.date.text}{late})"
    return Known(name, value, words, (chosen.at,), began.date is not None and bool(late))


def _near(a: Day, b: Day, settings: Settings) -> bool:
    """Whether two days may be so close that a value of the one is a baseline on the other."""
    days = days_between(a, b)
    return days.low <= settings.baseline_days and days.high >= -settings.baseline_days


def _amount(entry: Measurement, value: Number) -> str:
    if entry.test == "ldh" and entry.unit != "xULN":
        return f"{entry.given}, {_multiple(value)} times the upper limit"
    return entry.given


def _multiple(value: Number) -> str:
    """`1.2`, `0.8 to 1.2`, `under 0.833`; just above or under the limit is not printed as 1."""
    low, high = (f"{b:.6g}" if 0.995 < b < 1.005 else f"{b:.3g}" for b in (value.low, value.high))
    if math.isinf(value.low):
        return f"{'under' if value.open_high else 'at most'} {high}"
    if math.isinf(value.high):
        return f"{'over' if value.open_low else 'at least'} {low}"
    return low if low == high else f"{low} to {high}"


def _finding(finding: str, disease: Disease, settings: Settings) -> Known:
    """A finding that is there, absent, or not known: not tested, or del(17p) in just the limit's share of cells."""
    at, share = (f"disease.cytogenetics.{finding}",), disease.cytogenetics_pct.get(finding)
    name = finding.replace("TP53-mutation", "TP53 mutation").replace("biallelic-del(1p)", "loss of both copies of 1p32")
    value = counts(finding, disease, settings)
    if finding == "biallelic-del(1p)" and value is None and disease.cytogenetics.get("del(1p)") is False:
        return Known(name, False, f"{name} absent", at)
    if finding == "TP53-mutation" and value is None and settings.tp53_not_sequenced == "absent":
        return Known(name, False, f"{name} not looked for, read as absent (policy tp53_not_sequenced)", (), True)
    cells = "" if share is None else f" in {share:g} % of cells"
    if value is None:
        if share is None:
            return Known(name)
        why = "it is stated absent" if disease.cytogenetics.get(finding) is False else "at the limit it cannot be told"
        return Known(name, None, f"whether {name}{cells} counts: {why}", at)
    limit = f" (limit {settings.del17p_min_cells_pct:g} %)" if cells and finding == "del(17p)" else ""
    return Known(name, value, f"{name} {'present' if value or share else 'absent'}{cells}{limit}", at)


# -- functional high risk


def _functional(
    record: Record, lines: tuple[Line, ...] | None, progressions: tuple[Progression, ...], settings: Settings
) -> Fact:
    """A first relapse soon after the start of the first treatment, or after its transplant."""
    if not lines:
        return Fact(False, basis="derived", because="no line of therapy so far") if lines == () else Fact()
    first = lines[0]
    relapse = relapse_after(record, lines, 0, progressions)
    if not relapse.sure:
        quiet = len(lines) == 1 and record.disease.event.type in ("stable", "toxicity") and relapse.sure is False
        if quiet and first.stop_reason not in (None, "not-stated"):
            return Fact(False, None, "derived", ("disease.event",), f"{line_words(first)}: no relapse since")
        return Fact(because=f"{line_words(first)}: when the disease came back is not stated")
    limits: dict[str, tuple[Day | bool | None, float]] = {
        "the start": (first.start, settings.functional_high_risk_months_from_start),
        "the transplant": (first.transplant, settings.functional_high_risk_months_from_transplant),
    }
    if first.transplant is False or (first.transplant is None and record.procedures is not None):
        del limits["the transplant"]
    parts = {what: _soon(what, since, relapse.date, limit) for what, (since, limit) in limits.items()}
    value = tri_or(part[0] for part in parts.values())
    telling = [words for truth, words in parts.values() if truth is value]
    because = f"{line_words(first)}: {'; '.join(telling)}"
    at = (first.at, relapse.at) if value is not None else ()
    return Fact(value, relapse.date if value else None, "unknown" if value is None else "derived", at, because)


def _soon(what: str, since: Day | bool | None, relapse: Day | None, limit: float) -> tuple[Tri, str]:
    if relapse is None or not isinstance(since, Day):
        missing = "the relapse" if relapse is None else what
        return None, f"{missing} has no date (limit {limit:g} months after {what})"
    months = not_negative(months_between(since, relapse))
    words = f"relapse {relapse.text}, {span_words(months, 'months')} after {what} {since.text}, limit {limit:g}"
    return at_most(months, limit), words


def risk_values(facts: Mapping[str, Fact]) -> tuple[dict[str, str | bool | None], dict[str, str]]:
    """The values by the names of the answer, and the reason for each."""
    names = {
        "iss": "iss", "r_iss": "r_iss", "r2_iss": "r2_iss", "ims_imwg_2025_high_risk": "ims_imwg_high_risk",
        "functional_high_risk": "functional_high_risk",
    }  # fmt: skip
    values: dict[str, str | bool | None] = {}
    for name, fact in names.items():
        value = facts[fact].value
        values[name] = value if isinstance(value, str | bool) else None
    return values, {name: facts[fact].because for name, fact in names.items()}
