"""Record → State: every fact of facts.yaml, the lines, the status, the contradictions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from mspike.derive.contradictions import find_contradictions
from mspike.derive.curves import marker_curves, therapy_courses
from mspike.derive.cytogenetics import cytogenetic_facts
from mspike.derive.event import event_facts, pace_facts
from mspike.derive.exposure import beside_lines, derive_exposure, exposure_facts, left_open, since_facts
from mspike.derive.fitness import fitness_facts
from mspike.derive.flags import either_dose, finish_lines, group_flags, raw_dose_fact, raw_flags
from mspike.derive.groups import drug_verdicts, group_facts, refractory_list
from mspike.derive.growth import regimen_growth_facts
from mspike.derive.health import health_facts
from mspike.derive.intervals import exactly
from mspike.derive.intolerance import intolerance_facts
from mspike.derive.judged import Judged
from mspike.derive.line_columns import dated_therapy, read_dated
from mspike.derive.line_records import Counted, agreed_lines
from mspike.derive.lines import derive_lines
from mspike.derive.mrd import mrd_category
from mspike.derive.outcome import Outcome
from mspike.derive.pace import Finding, derive_pace
from mspike.derive.person import person_facts, unknown_medicines
from mspike.derive.progression import all_progressions, with_relapses
from mspike.derive.recount import recount
from mspike.derive.refractory import from_list, judge_lines
from mspike.derive.refractory_records import judge_treatments
from mspike.derive.relapse import clinical_relapse
from mspike.derive.response import Responses, derive_responses, judge_samples, with_best
from mspike.derive.risk import derive_risk, risk_values
from mspike.derive.rules import Rules, rules_of
from mspike.derive.samples import line_starts, read_samples
from mspike.derive.settings import Settings, read_settings
from mspike.derive.settling import settle
from mspike.derive.standing import standing
from mspike.derive.state import Fact, Line, State
from mspike.derive.status import status_facts
from mspike.derive.transplant import transplant_facts
from mspike.derive.vocabulary import UNKNOWN, Vocabulary, vocabulary
from mspike.knowledge import Knowledge
from mspike.record import Record, Tri


def derive_state(record: Record, knowledge: Knowledge, policies: Mapping[str, Any] | None = None) -> State:
    """What the record means on `record.as_of`: every fact of facts.yaml by name, unknown ones included.

    `policies`: policy → value, where it differs from the default. The record is taken as already cut at `as_of`.
    """
    words = vocabulary(knowledge)
    settings, shown = read_settings(knowledge, policies or {})
    rules = rules_of(knowledge, words, settings)
    lines, counted, responses = _lines(record, rules, words, settings)
    progressions = all_progressions(record, lines, responses.found, responses.refuted, settings.pd_confirm)
    exposure = derive_exposure(record, lines, counted.preparing if counted else frozenset(), words, settings)
    derived = judge_lines(record, lines or (), progressions, words, settings)
    stated = {entry.at: entry for entry in record.lines or ()}
    judged: tuple[tuple[Judged, ...], ...] = tuple(
        from_list(entry, line, verdicts)
        if (entry := stated.get(line.at)) and entry.refractory is not None
        else verdicts
        for line, verdicts in zip(lines or (), derived, strict=True)
    )
    facts = dict(words.template)
    if exposure.drugs is not None:
        facts |= left_open(words.never_given, exposure.unnamed) if exposure.unnamed else words.never_given
    facts |= exposure_facts(exposure, words)
    facts |= since_facts(exposure, record, words)
    verdicts: tuple[Judged, ...]
    early: tuple[Judged, ...] = ()
    if lines is None:
        verdicts = early = judge_treatments(record, progressions, words, settings)
        dose = raw_dose_fact(record, verdicts, settings) if record.treatments is not None else UNKNOWN
    else:
        if counted and counted.early:
            early = judge_treatments(record, progressions, words, settings, lines, counted.early)
        elif record.lines is not None and (beside := beside_lines(exposure, lines)):
            early = judge_treatments(record, progressions, words, settings, among=beside)
        verdicts = (*early, *(verdict for of_line in judged for verdict in of_line))
        lines, dose = finish_lines(record, lines, judged, words, settings)
        dose = either_dose(raw_dose_fact(record, early, settings), dose) if early else dose
        lines = with_relapses(record, lines, progressions, settings.stops_that_explain)
    facts["lenalidomide_refractory_at_maintenance_dose"] = dose
    if exposure.drugs is not None:
        facts |= group_facts(drug_verdicts(verdicts, exposure), facts, words, settings, exposure.unnamed)
    of_drugs = intolerance_facts(record, lines, exposure, words)
    of_drugs |= regimen_growth_facts(record, lines, exposure, facts, words, settings)
    facts |= of_drugs | left_open(of_drugs, exposure.unnamed)
    listed = bool(lines and (last := stated.get(lines[-1].at)) and last.refractory)
    found, status = status_facts(record, lines, progressions, listed, words, settings)
    facts |= found
    facts["prior_lines"] = _prior_lines(record, lines, counted, settings)
    facts |= transplant_facts(record, lines, progressions, settings)
    clinical = clinical_relapse(record, lines, knowledge, settings)
    mrd, residual = mrd_category(record, responses.rows, knowledge, settings)
    pace = derive_pace(record, lines, settings)
    facts |= event_facts(record, lines, progressions, clinical, pace, status)
    paced, word, because = pace_facts(record, pace, _tri(facts["symptoms"]), facts["progressing"], settings)
    facts |= paced
    facts |= cytogenetic_facts(record, settings)
    facts |= health_facts(record, facts, exposure, words, settings)
    facts |= person_facts(record, words, settings)
    fitness, frailty_differs = fitness_facts(record, facts, knowledge, settings)
    risk = derive_risk(record, lines, progressions, knowledge, settings)
    facts |= fitness | risk.facts
    values, reasons = risk_values(facts)
    event = record.disease.event
    of_lines = [flag for line in lines or () for flag in line.flags]
    return State(
        id=record.id,
        as_of=record.as_of,
        country=record.country,
        facts=facts,
        lines=lines,
        status=status or standing(record, lines, responses.rows, bool(pace.value or clinical.value), settings),
        event_type=event.type,
        event_date=event.date,
        event_pace=word,
        event_because=because,
        event_note=event.note or "",
        responses=responses.rows,
        progressions=responses.progressions,
        references=responses.references,
        events=_events(record, pace, clinical, responses, mrd),
        events_because={
            "significant_biochemical_relapse": pace.because,
            "clinical_relapse": clinical.because,
            "relapse_from_cr": responses.from_cr_because,
            "mrd": residual.because,
        },
        refractory=refractory_list(facts, words),
        flags=(*dict.fromkeys((*of_lines, *(raw_flags(early, dose) if early else ()))), *group_flags(facts)),
        risk=values,
        risk_because=reasons,
        contradictions=(
            *find_contradictions(record, lines or (), derived, pace, clinical, responses.found, words, settings),
            *recount(record, lines, rules, words, settings),
            *frailty_differs,
            *risk.contradictions,
            *responses.contradictions,
        ),
        policies=shown,
        newest_data=newest_data(record),
        unknown_medicines=unknown_medicines(record, words, settings),
        preferences_known=record.preferences is not None or record.circumstances.goal is not None,
        diagnosis=_diagnosis(record),
        curves=marker_curves(record),
        therapy=therapy_courses(record, lines, words),
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


def _lines(
    record: Record, rules: Rules, words: Vocabulary, settings: Settings
) -> tuple[tuple[Line, ...] | None, Counted | None, Responses]:
    """The lines, stated or counted from drug records, what the drug records say about them, and the responses."""
    lines, counted = derive_lines(record, words, settings), None
    samples = read_samples(record)
    runs: list[Outcome] = []
    if lines is not None or not dated_therapy(record):
        samples = replace(samples, starts=line_starts(record, lines or ()))
        if samples.starts and samples.results:
            runs = judge_samples(record, lines or (), samples, rules)
    else:
        dated = read_dated(record, words, settings)
        if isinstance(dated, str):
            counted = Counted(None, dated)
        else:
            settled = settle(record, dated, samples, rules)
            counted = agreed_lines(record, dated, [reading.count for reading in settled], words, settings)
            lines = counted.lines
            samples = replace(samples, starts=line_starts(record, lines or ()))
            runs = [reading.outcome for reading in settled] if samples.starts else []
    responses = derive_responses(lines, samples, runs, settings)
    return with_best(lines, responses), counted, responses


def _prior_lines(record: Record, lines: tuple[Line, ...] | None, counted: Counted | None, settings: Settings) -> Fact:
    if lines is not None:
        stated = record.lines is not None
        if counted is not None and not stated:
            because = f"{len(lines)} counted from the drug records, policy {settings.line_policy}"
            date = lines[-1].start if lines else None
            return Fact(exactly(float(len(lines))), date, "derived", ("treatments",), because)
        because = f"{len(lines)} stated" if stated else "newly diagnosed"
        at = ("lines",) if stated else ("disease.event",)
        date = lines[-1].start if lines else None
        return Fact(exactly(float(len(lines))), date, "stated" if stated else "derived", at, because)
    if counted is not None:
        return Fact(None, None, "unknown", ("treatments",), counted.because)
    if any(done.procedure in ("autologous-transplant", "allogeneic-transplant") for done in record.procedures or ()):
        return Fact(because="a transplant is on record, the drugs around it are not")
    return Fact(because="no lines of therapy and no drug records")


def _events(
    record: Record, pace: Finding, clinical: Finding, responses: Responses, mrd: str | None
) -> dict[str, str | None]:
    """The day of each: by results, else, for a clinical relapse, as stated."""
    event = record.disease.event
    stated = event.date if event.type == "clinical-relapse" else None
    since = clinical.date or stated
    return {
        "significant_biochemical_relapse": pace.date.text if pace.value and pace.date else None,
        "clinical_relapse": since.text if since else None,
        "relapse_from_cr": responses.from_cr.text if responses.from_cr else None,
        "mrd": mrd,
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
