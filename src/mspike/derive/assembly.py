"""Record → State: every fact of facts.yaml, the lines, the status, the contradictions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from mspike.derive.contradictions import find_contradictions
from mspike.derive.cytogenetics import cytogenetic_facts
from mspike.derive.event import event_facts, pace_facts
from mspike.derive.exposure import derive_exposure, exposure_facts, since_facts
from mspike.derive.flags import finish_lines, group_flags, raw_dose_fact, raw_flags
from mspike.derive.groups import drug_verdicts, group_facts, refractory_list
from mspike.derive.growth import regimen_growth_facts
from mspike.derive.health import health_facts
from mspike.derive.intervals import exactly
from mspike.derive.intolerance import intolerance_facts
from mspike.derive.lines import derive_lines
from mspike.derive.pace import Finding, derive_pace
from mspike.derive.person import person_facts
from mspike.derive.progression import stated_progressions
from mspike.derive.refractory import Judged, from_list, judge_lines, judge_treatments
from mspike.derive.settings import read_settings
from mspike.derive.state import Fact, Line, State
from mspike.derive.status import status_facts
from mspike.derive.transplant import transplant_facts
from mspike.derive.vocabulary import UNKNOWN, vocabulary
from mspike.knowledge import Knowledge
from mspike.record import Record, Tri


def derive_state(record: Record, knowledge: Knowledge, policies: Mapping[str, Any] | None = None) -> State:
    """What the record means on `record.as_of`: every fact of facts.yaml by name, unknown ones included.

    `policies`: policy → value, where it differs from the default. The record is taken as already cut at `as_of`.
    """
    words = vocabulary(knowledge)
    settings, shown = read_settings(knowledge, policies or {})
    lines = derive_lines(record, words, settings)
    progressions = stated_progressions(record, lines, settings.pd_confirm)
    exposure = derive_exposure(record, lines, words, settings)
    derived = judge_lines(record, lines or (), progressions, words, settings)
    stated = {entry.at: entry for entry in record.lines or ()}
    judged: tuple[tuple[Judged, ...], ...] = tuple(
        verdicts if stated[line.at].refractory is None else from_list(stated[line.at], line, verdicts)
        for line, verdicts in zip(lines or (), derived, strict=True)
    )
    facts = dict(words.template)
    if exposure.drugs is not None:
        facts |= words.never_given
    facts |= exposure_facts(exposure, words)
    facts |= since_facts(exposure, record, words)
    verdicts: tuple[Judged, ...]
    if lines is None:
        verdicts = judge_treatments(record, progressions, words, settings)
        dose = raw_dose_fact(record, verdicts, settings) if record.treatments is not None else UNKNOWN
    else:
        verdicts = tuple(verdict for of_line in judged for verdict in of_line)
        lines, dose = finish_lines(record, lines, judged, words, settings)
    facts["lenalidomide_refractory_at_maintenance_dose"] = dose
    if exposure.drugs is not None:
        facts |= group_facts(drug_verdicts(verdicts, exposure), facts, words, settings)
    facts |= intolerance_facts(record, lines, exposure, words)
    facts |= regimen_growth_facts(record, lines, exposure, facts, words, settings)
    listed = bool(lines and stated[lines[-1].at].refractory)
    found, status = status_facts(record, lines, progressions, listed, words, settings)
    facts |= found
    facts["prior_lines"] = _prior_lines(record, lines)
    facts |= transplant_facts(record, lines, progressions, settings)
    facts |= event_facts(record, lines)
    pace = derive_pace(record, lines, settings)
    paced, word, because = pace_facts(record, pace, _tri(facts["symptoms"]), settings)
    facts |= paced
    facts |= cytogenetic_facts(record, settings)
    facts |= health_facts(record, facts, exposure, words, settings)
    facts |= person_facts(record, settings)
    event = record.disease.event
    of_lines = raw_flags(verdicts, dose) if lines is None else [flag for line in lines for flag in line.flags]
    return State(
        id=record.id,
        as_of=record.as_of,
        country=record.country,
        facts=facts,
        lines=lines,
        status=status,
        event_type=event.type,
        event_date=event.date,
        event_pace=word,
        event_because=because,
        event_note=event.note or "",
        events=_events(record, pace),
        refractory=refractory_list(facts, words),
        flags=(*dict.fromkeys(of_lines), *group_flags(facts)),
        risk={"iss": record.disease.iss, "r_iss": None, "r2_iss": None, "ims_imwg_2025_high_risk": None,
              "functional_high_risk": None},
        contradictions=find_contradictions(record, lines or (), derived, pace, words, settings),
        policies=shown,
        newest_data=newest_data(record),
        preferences_known=record.preferences is not None or record.circumstances.goal is not None,
        diagnosis=_diagnosis(record),
    )  # fmt: skip


def _diagnosis(record: Record) -> dict[str, str | None]:
    disease = record.disease
    return {
        "diagnosis": disease.diagnosis,
        "diagnosed": disease.diagnosed.text if disease.diagnosed else None,
        "isotype": disease.isotype,
        "light_chain": disease.light_chain,
    }


def _tri(fact: Fact) -> Tri:
    return fact.value if isinstance(fact.value, bool) else None


def _prior_lines(record: Record, lines: tuple[Line, ...] | None) -> Fact:
    if lines is not None:
        stated = record.lines is not None
        because = f"{len(lines)} stated" if stated else "newly diagnosed"
        at = ("lines",) if stated else ("disease.event",)
        date = lines[-1].start if lines else None
        return Fact(exactly(float(len(lines))), date, "stated" if stated else "derived", at, because)
    if record.treatments is not None:
        return Fact(
            None, None, "unknown", ("treatments",), "drug records are there, but no lines of therapy are stated"
        )
    return Fact(because="no lines of therapy on record")


def _events(record: Record, pace: Finding) -> dict[str, str | None]:
    event = record.disease.event
    clinical = event.date.text if event.type == "clinical-relapse" and event.date else None
    significant = pace.date.text if pace.value and pace.date else None
    return {
        "significant_biochemical_relapse": significant,
        "clinical_relapse": clinical,
        "relapse_from_cr": None,
        "mrd": None,
    }


def newest_data(record: Record) -> dt.date | None:
    """The newest day that the record surely has data of."""
    days = [m.date for m in record.measurements]
    days += [a.date for a in record.assessments or ()]
    days += [d for t in record.treatments or () for d in (t.start, t.end) if d]
    days += [d for line in record.lines or () for d in (line.start, line.stop) if d]
    days += [p.date for p in record.procedures or () if p.date]
    days += [c.date for c in record.conditions if c.date]
    if record.disease.event.date:
        days.append(record.disease.event.date)
    return max((day.first for day in days), default=None)
