"""The answer as a FHIR R4 Bundle: GuidanceResponse, RequestGroup, proposals, Device, Provenance.

Nothing in it orders or plans: every request is a `draft` with intent `proposal`, and no option is required. An option
that is ruled out carries no request at all: its action holds the code `ruled-out`, an applicability condition that is
false, and a DetectedIssue with the reasons. Ids and timestamps come from the answer, so one answer gives one Bundle.
R4 4.0.1: https://hl7.org/fhir/R4/requestgroup.html, https://hl7.org/fhir/R4/guidanceresponse.html
"""

from __future__ import annotations

import uuid
from typing import Any

import msgspec

from mspike.options.answer import Answer, Option
from mspike.report import words
from mspike.report.fhir_parts import (
    SYSTEM,
    Resource,
    coding,
    data_requirement,
    documentation,
    medication_concept,
    narrative,
    option_text,
    ruling,
)
from mspike.report.sentence import finish
from mspike.report.wire import Refusal

SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:mspike")
NO_MEDICATION = ("transplant", "watchful-waiting", "retreatment", "local", "supportive")
"""Paths whose options are services or practices, whatever drugs they name."""
NO_DRUG = ("investigational", "radiotherapy", "allogeneic-transplant")
"""Words that stand in an option's drug list and are no drug."""


def render_fhir(answer: Answer, *, subject: str | None = None, indent: bool = True) -> str:
    """The Bundle as JSON, indented or on one line. `subject`: see `bundle`."""
    return _json(bundle(answer, subject=subject), indent)


def render_refusal(refusal: Refusal) -> str:
    """A record that was not read, as an OperationOutcome on one line."""
    issue = {"severity": "error", "code": "invalid", "diagnostics": f"{refusal.record}: {refusal.error} {refusal.hint}"}
    where = {"expression": [refusal.at]} if refusal.at else {}
    return _json({"resourceType": "OperationOutcome", "issue": [issue | where]}, indent=False)


def bundle(answer: Answer, *, subject: str | None = None) -> Resource:
    """The Bundle as plain data.

    The patient is named by the record's id alone, as a logical reference; `subject` (`Patient/p1`) is the literal
    reference where the caller knows the server that holds the patient.
    """
    return _Writer(finish(answer), subject).bundle()


class _Writer:
    """One answer on its way into a Bundle; `entries` grows in the order of the page."""

    def __init__(self, answer: Answer, subject: str | None) -> None:
        self.answer = answer
        self.day = f"{answer.as_of}T00:00:00Z"
        self.patient: Resource = {"reference": subject} if subject else {}
        self.patient |= {"type": "Patient", "identifier": {"system": f"{SYSTEM}record", "value": answer.id}}
        self.entries: list[Resource] = []
        self.device = self.url("Device")

    def url(self, *name: str) -> str:
        """The same name in the same answer gives the same address."""
        answer = self.answer
        seed = (answer.id, answer.as_of, answer.country, *sorted(answer.versions.items()), *name)
        return f"urn:uuid:{uuid.uuid5(SPACE, repr(seed))}"

    def add(self, kind: str, url: str, **content: Any) -> Resource:
        """Puts a resource into the Bundle and gives the reference to it."""
        resource = {"resourceType": kind, "id": url.removeprefix("urn:uuid:"), **content}
        self.entries.append({"fullUrl": url, "resource": resource})
        return {"reference": url, "type": kind}

    def bundle(self) -> Resource:
        guidance, group = self.url("GuidanceResponse"), self.url("RequestGroup")
        self.add("GuidanceResponse", guidance, **self.guidance(group))
        self.entries.append({})  # the group stands before its proposals, and is known after them
        place = len(self.entries) - 1
        actions = [self.path_action(path, options) for path, options in self.by_path()]
        self.add("RequestGroup", group, **self.request_group(actions))
        self.entries[place] = self.entries.pop()
        self.add("Device", self.device, **self.software())
        self.add("Provenance", self.url("Provenance"), **self.provenance(guidance, group))
        return {
            "resourceType": "Bundle",
            "id": self.url("Bundle").removeprefix("urn:uuid:"),
            "identifier": {"system": f"{SYSTEM}answer", "value": self.url("Bundle")},
            "type": "collection",
            "timestamp": self.day,
            "entry": self.entries,
        }

    # -- the frame

    def guidance(self, group: str) -> Resource:
        answer = self.answer
        deciding = any(question.decides for question in answer.questions)
        notes = [*answer.notes, f"Not considered: {'; '.join(answer.limits)}" if answer.limits else "", words.FOOTER]
        content: Resource = {
            "text": narrative(answer.state["disease"]["summary"]),
            "moduleUri": f"{SYSTEM}knowledge:{answer.versions.get('knowledge', 'unknown')}",
            "status": "data-required" if deciding else "success",
            "subject": self.patient,
            "occurrenceDateTime": answer.as_of,
            "performer": {"reference": self.device},
            "reasonCode": [self.reason()],
            "note": [{"text": note} for note in notes if note],
            "result": {"reference": group},
        }
        if answer.questions:
            content["dataRequirement"] = [data_requirement(question) for question in answer.questions]
        return content

    def reason(self) -> Resource:
        """Why guidance is given: the status as a code of ours, the state in words."""
        disease = self.answer.state["disease"]
        status = disease.get("status")
        if not status:
            return {"text": disease["summary"]}
        code = coding("disease-status", status, words.STATUS_WORDS.get(status, status))
        return {"coding": [code], "text": disease["summary"]}

    def request_group(self, actions: list[Resource]) -> Resource:
        return {
            "text": narrative(f"Options to discuss, {words.ORDER}. {words.FOOTER}"),
            "status": "draft",
            "intent": "proposal",
            "code": {"text": "Options to discuss"},
            "subject": self.patient,
            "authoredOn": self.answer.as_of,
            "author": {"reference": self.device},
            "note": [{"text": words.capital(words.ORDER)}],
            "action": actions,
        }

    def software(self) -> Resource:
        return {
            "deviceName": [{"name": "mspike", "type": "model-name"}],
            "type": {"text": "Software that informs a clinician; it does not decide, rank or prescribe"},
            "version": [{"type": {"text": name}, "value": value} for name, value in self.answer.versions.items()],
        }

    def provenance(self, *targets: str) -> Resource:
        answer = self.answer
        assembler = coding(
            "", "assembler", "Assembler", "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
        )
        sources = (("record", answer.id), ("knowledge", answer.versions.get("knowledge", "unknown")))
        policies = [f"{SYSTEM}policy:{name}={value}".replace(" ", "+") for name, value in answer.policies.items()]
        return {
            "target": [{"reference": target} for target in targets],
            "occurredDateTime": answer.as_of,
            "recorded": self.day,
            **({"policy": policies} if policies else {}),
            "agent": [{"type": {"coding": [assembler]}, "who": {"reference": self.device}}],
            "entity": [
                {"role": "source", "what": {"identifier": {"system": SYSTEM + name, "value": value}}}
                for name, value in sources
            ],
        }

    # -- the options

    def by_path(self) -> list[tuple[dict[str, str], list[Option]]]:
        labels = {path["id"]: path["label"] for path in self.answer.paths}
        ids = dict.fromkeys([*labels, *(option.path for option in self.answer.options)])
        found = [(id, [option for option in self.answer.options if option.path == id]) for id in ids]
        return [({"id": id, "label": labels.get(id) or words.path_label(id)}, here) for id, here in found if here]

    def path_action(self, path: dict[str, str], options: list[Option]) -> Resource:
        return {
            "id": path["id"],
            "title": path["label"],
            "groupingBehavior": "logical-group",
            "selectionBehavior": "at-most-one",
            "requiredBehavior": "could",
            "action": [self.option_action(option) for option in options],
        }

    def option_action(self, option: Option) -> Resource:
        """An option: verdict and label fit as codes, reasons with their sources, and what it proposes, if anything."""
        action: Resource = {
            "id": option.id,
            "title": option.label,
            "description": f"{words.VERDICT_WORDS[option.verdict]}; {words.LABEL_WORDS[option.label_fit]}; "
            + words.availability_text(option.availability),
            "textEquivalent": option_text(option),
            "code": [
                {"coding": [coding("verdict", option.verdict, words.VERDICT_WORDS[option.verdict])]},
                {"coding": [coding("label-fit", option.label_fit, words.LABEL_WORDS[option.label_fit])]},
            ],
            "documentation": documentation(option),
        }
        if option.verdict == "ruled-out":
            because = "ruled out because: " + "; ".join(reason.text for reason in ruling(option))
            never = {"description": because, "language": "text/fhirpath", "expression": "false"}
            action["condition"] = [{"kind": "applicability", "expression": never}]
            action["resource"] = self.issue(option)
            return action
        action["requiredBehavior"] = "could"
        drugs = () if option.path in NO_MEDICATION else tuple(drug for drug in option.drugs if drug not in NO_DRUG)
        proposals = [self.medication(option, drug) for drug in drugs] or [self.service(option)]
        if len(proposals) == 1:
            action["resource"] = proposals[0]
        else:
            action["groupingBehavior"] = "logical-group"
            named = zip(drugs, proposals, strict=True)
            action["action"] = [{"title": words.drug_label(drug), "resource": proposal} for drug, proposal in named]
        return action

    def issue(self, option: Option) -> Resource:
        """Why an option is ruled out, as a DetectedIssue: a record of the conflict, and no request."""
        return self.add(
            "DetectedIssue",
            self.url("DetectedIssue", option.id),
            status="preliminary",
            code={"coding": [coding("verdict", "ruled-out", "ruled out")], "text": f"{option.id}: ruled out"},
            patient=self.patient,
            identifiedDateTime=self.answer.as_of,
            author={"reference": self.device},
            evidence=[{"code": [{"text": reason.text}]} for reason in ruling(option)],
            detail=option_text(option),
        )

    def medication(self, option: Option, drug: str) -> Resource:
        return self.add(
            "MedicationRequest",
            self.url("MedicationRequest", option.id, drug),
            status="draft",
            intent="proposal",
            doNotPerform=False,
            medicationCodeableConcept=medication_concept(drug),
            **self.request(option, "requester"),
        )

    def service(self, option: Option) -> Resource:
        """A proposal that is no medication: a transplant, radiotherapy, monitoring, a trial."""
        return self.add(
            "ServiceRequest",
            self.url("ServiceRequest", option.id),
            status="draft",
            intent="proposal",
            doNotPerform=False,
            code={"coding": [coding("option", option.id, option.label)], "text": option.label},
            **self.request(option, "requester"),
        )

    def request(self, option: Option, by: str) -> Resource:
        return {
            "subject": self.patient,
            "authoredOn": self.answer.as_of,
            by: {"reference": self.device},
            "note": [{"text": f"Part of {option.id}, an option to discuss; not an order. {words.FOOTER}"}],
        }


def _json(resource: Resource, indent: bool) -> str:
    packed = msgspec.json.encode(resource)
    return (msgspec.json.format(packed, indent=2) if indent else packed).decode() + "\n"
