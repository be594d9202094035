"""The hand-over to trial sites as FHIR R4."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mspike.report.trial_search import gone_words

if TYPE_CHECKING:
    from mspike.trials import Packet, Shortlisted

STATUS = {
    "RECRUITING": "active", "ENROLLING_BY_INVITATION": "active", "AVAILABLE": "active",
    "NOT_YET_RECRUITING": "approved", "APPROVED_FOR_MARKETING": "approved",
    "ACTIVE_NOT_RECRUITING": "closed-to-accrual", "NO_LONGER_AVAILABLE": "closed-to-accrual",
    "SUSPENDED": "temporarily-closed-to-accrual", "TEMPORARILY_NOT_AVAILABLE": "temporarily-closed-to-accrual",
    "TERMINATED": "administratively-completed", "COMPLETED": "completed", "WITHDRAWN": "withdrawn",
}  # fmt: skip
"""Registry status → ResearchStudy.status. What the registry does not say is `in-review`, with a note."""
PHASES = {
    "EARLY_PHASE1": "early-phase-1", "PHASE1": "phase-1", "PHASE2": "phase-2", "PHASE3": "phase-3", "PHASE4": "phase-4",
    "PHASE1 PHASE2": "phase-1-phase-2", "PHASE2 PHASE3": "phase-2-phase-3", "NA": "n-a",
}  # fmt: skip
REGISTRY = "https://clinicaltrials.gov"


def render_packet_fhir(packet: Packet) -> str:
    """A Bundle (collection): a List, and a ResearchStudy for each of its trials. It names no patient."""
    studies = [_study(trial, packet) for trial in packet.trials]
    entries = [_list(packet), *studies]
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": f"{packet.made_on.isoformat()}T00:00:00Z",
        "entry": [{"fullUrl": f"{REGISTRY}/{e['resourceType']}/{e['id']}", "resource": e} for e in entries],
    }
    return json.dumps(bundle, ensure_ascii=False, indent=2) + "\n"


def _list(packet: Packet) -> dict[str, Any]:
    found: dict[str, Any] = {
        "resourceType": "List",
        "id": "trials-to-ask-about",
        "status": "current",
        "mode": "snapshot",
        "title": "Clinical trials to ask about",
        "date": packet.made_on.isoformat(),
        "note": [{"text": packet.limits}, *({"text": f"Open: {question}"} for question in packet.questions)],
    }
    if packet.trials:
        found["entry"] = [
            {"item": {"reference": f"ResearchStudy/{one.nct_id}", "display": _text(f"{one.title}: {one.verdict}")}}
            for one in packet.trials
        ]
    else:
        found["emptyReason"] = {"text": "no trial was chosen"}
    return found


def _study(trial: Shortlisted, packet: Packet) -> dict[str, Any]:
    notes = [trial.verdict]
    notes += [f"speaks against it: {c.id} “{c.quote}” ({c.because})" for c in trial.against]
    notes += [f"open: {c.id} “{c.quote}” {c.question}" for c in trial.open]
    if trial.gone_since:
        notes.append(gone_words(trial.gone_since))
    if trial.status not in STATUS:
        notes.append("the registry record gives no status")
    found: dict[str, Any] = {
        "resourceType": "ResearchStudy",
        "id": trial.nct_id,
        "identifier": [{"system": REGISTRY, "value": trial.nct_id}],
        "title": _text(trial.title) or trial.nct_id,
        "status": STATUS.get(trial.status, "in-review"),
        "note": [{"text": _text(note)} for note in notes],
    }
    if code := PHASES.get(" ".join(trial.phases)):
        system = "http://terminology.hl7.org/CodeSystem/research-study-phase"
        found["phase"] = {"coding": [{"system": system, "code": code}]}
    if trial.sponsor.strip():
        found["sponsor"] = {"display": _text(trial.sponsor)}
    contacts = [made for contact in trial.contacts if (made := _contact(contact.name, contact.phone, contact.email))]
    if contacts:
        found["contact"] = contacts
    if trial.nearest is not None:
        site = trial.nearest
        name = ", ".join(part for part in (site.facility, site.city, site.state, site.country) if part.strip())
        if name:
            found["site"] = [{"display": _text(name)}]
    return found


def _contact(name: str, phone: str, email: str) -> dict[str, Any]:
    ways = [{"system": system, "value": _text(v)} for system, v in (("phone", phone), ("email", email)) if v.strip()]
    made: dict[str, Any] = {"name": _text(name)} if name.strip() else {}
    return made | ({"telecom": ways} if ways else {})


def _text(text: str) -> str:
    """A FHIR string: no control characters, blanks in one."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
