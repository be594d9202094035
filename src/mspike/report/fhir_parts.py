"""Pieces of a FHIR resource that need no Bundle around them: codes, citations, an option in words."""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import Any

from mspike.knowledge import load_codes
from mspike.options.answer import Option, Question, Reason
from mspike.report import words

SYSTEM = "urn:mspike:"
"""The code systems and identifiers of this project: `urn:mspike:verdict`, `urn:mspike:fact`, `urn:mspike:record`, …"""
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
TREATMENT_FACTS = ("exposed_", "refractory_", "intolerant_", "prior_lines", "progressed_", "treatment_free_")

Resource = dict[str, Any]


def medication_concept(drug: str) -> Resource:
    """The drug with its RxNorm ingredient where that is verified, else in words."""
    label = words.drug_label(drug)
    known = load_codes().drugs.get(drug)
    codes = {"coding": [{"system": RXNORM, "code": known.rxnorm, "display": label}]} if known and known.rxnorm else {}
    return {**codes, "text": label}


def option_text(option: Option) -> str:
    """The whole option in words, for a reader who sees nothing else."""

    def said(title: str, reasons: Iterable[Reason]) -> str:
        texts = [f"{r.text} ({words.source_tag(r.source, r.kind)}, {r.status})" for r in reasons]
        return f"{title}: {'; '.join(texts)}." if texts else ""

    asked = " ".join(need.question for need in option.needs)
    parts = (
        f"{option.id}, {option.label}: {words.VERDICT_WORDS[option.verdict]}.",
        said("Reasons for", option.for_),
        said("Ruled out because", ruling(option)),
        said("Reasons against", (reason for reason in option.against if reason.effect != "rules-out")),
        said("Cautions", option.cautions),
        said("Known risks, any record", option.known_risks),
        f"Not known: {asked}" if asked else "",
        f"{words.availability_text(option.availability)}.",
    )
    return " ".join(filter(None, parts))


def documentation(option: Option) -> list[Resource]:
    """Each reason, the availability and each trial figure with its source."""
    reasons = (*option.for_, *option.against, *option.cautions, *option.known_risks)
    status = option.availability
    rows = [
        ("justification", r.id, f"{words.EFFECT_WORDS[r.effect]}: {r.text}", r.source, r.kind, r.status)
        for r in reasons
    ]
    available = words.availability_text(status)
    rows += [("documentation", f"{option.id}/availability", available, status.source, "approval", "")]
    rows += [("citation", e.trial, f"{e.population}: {e.result}", e.source, "trial", e.status) for e in option.evidence]
    found = []
    for kind, label, display, source, of, review in rows:
        cited = ", ".join(filter(None, (words.source_tag(source, of), source.title, source.locator, review)))
        url = {"url": source.locator} if source.locator.startswith("https://") and " " not in source.locator else {}
        found.append({"type": kind, "label": label, "display": display, "citation": cited, **url})
    return found


def ruling(option: Option) -> list[Reason]:
    return [reason for reason in option.against if reason.effect == "rules-out"]


def data_requirement(question: Question) -> Resource:
    """A question as a data requirement: the fact as a code, the question as its display."""
    given = question.fact.startswith(TREATMENT_FACTS)
    decides = f" (decides {words.numbered(question.decides, 'verdict')})" if question.decides else ""
    code = coding("fact", question.fact, question.question + decides)
    return {
        "id": question.fact,
        "type": "MedicationAdministration" if given else "Observation",
        "codeFilter": [{"path": "medication" if given else "code", "code": [code]}],
    }


def coding(system: str, code: str, display: str, elsewhere: str = "") -> Resource:
    return {"system": elsewhere or SYSTEM + system, "code": code, "display": display}


def narrative(text: str) -> Resource:
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{html.escape(text)}</p></div>'}
