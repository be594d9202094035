"""A Record → FHIR R4: a Bundle (collection) or NDJSON, readable by others and, to the same answer, by mspike.

What mCODE STU4 or US Core has a place for stands there; what neither has (the event, circumstances, a line as the
clinician counts it) stands in plain resources with codes and extensions of this project, `urn:mspike:…`; the page
docs/how-to/read-fhir.md lists them. HL7 FHIR 4.0.1: https://hl7.org/fhir/R4/
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

import msgspec

from mspike.knowledge import load_codes
from mspike.record.fhir import write_parts as parts
from mspike.record.fhir.write_parts import Resource
from mspike.record.gathering import Value
from mspike.record.model import Record
from mspike.record.stating import entries, values
from mspike.record.terms import STAGES

USABLE = re.compile(r"[A-Za-z0-9\-.]{1,40}")
"""Ids of records that FHIR takes for ids; the others get one made of them."""
IN_THE_PATIENT = ("birth_date", "sex")


def write_bundle(record: Record) -> bytes:
    """One record as a Bundle of type collection, indented, with a newline at the end."""
    listed = resources(record)
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"fullUrl": f"urn:mspike:{r['resourceType']}:{r['id']}", "resource": r} for r in listed],
    }
    return msgspec.json.format(msgspec.json.encode(bundle), indent=2) + b"\n"


def write_lines(record: Record) -> bytes:
    """One record as NDJSON: a resource a line."""
    return b"".join(msgspec.json.encode(resource) + b"\n" for resource in resources(record))


def resources(record: Record) -> list[Resource]:
    """Every resource that says what the record says."""
    return _Writer(record).resources()


def patient_id(record: str) -> str:
    """The id of the Patient: the record's own where FHIR allows it."""
    return record if USABLE.fullmatch(record) else hashlib.sha256(record.encode()).hexdigest()[:16]


class _Writer:
    def __init__(self, record: Record) -> None:
        self.record = record
        self.patient = patient_id(record.id)
        self.subject = {"reference": f"Patient/{self.patient}"}
        self.written: list[Resource] = []
        self.codes = load_codes()

    def add(self, kind: str, name: str, number: int, **content: Any) -> None:
        who = "patient" if kind in ("AllergyIntolerance", "EpisodeOfCare") else "subject"
        id = f"{self.patient}-{name}-{number:04}"
        kept = {key: value for key, value in content.items() if value not in (None, [], {})}
        self.written.append({"resourceType": kind, "id": id, **kept, who: self.subject})

    def resources(self) -> list[Resource]:
        given = values(self.record)
        self.about_patient(given)
        self.disease(given)
        self.medicines(given[""].pop("medications", None))
        number = 0
        for section, keys in given.items():
            for key, value in keys.items():
                path = f"{section}.{key}" if section else key
                if path != "id":
                    number += 1
                    self.stated(number, path, value)
        for name, listed in entries(self.record).items():
            for place, entry in enumerate(listed, start=1):
                getattr(self, name)(place, dict(entry))
            if not listed:
                number += 1
                self.stated(number, name, "none")
        return self.written

    def stated(self, number: int, path: str, value: Value) -> None:
        """A value that has no place elsewhere: its path in a case file, and its text."""
        text = value if isinstance(value, str) else "; ".join(value) or "none"
        code = parts.concept(parts.coding("case-file", path), text=path)
        self.add("Observation", "stated", number, status="final", code=code, valueString=text)

    def about_patient(self, given: dict[str, dict[str, Value]]) -> None:
        person, place = given.get("patient", {}), given.get("place", {})
        address = {"postalCode": place.pop("zip", None), "country": place.pop("country", None)}
        address = {key: value for key, value in address.items() if value}
        self.written.append({
            "resourceType": "Patient",
            "id": self.patient,
            "identifier": [{"system": "urn:mspike:record", "value": self.record.id}],
            **({"gender": person.pop("sex")} if "sex" in person else {}),
            **({"birthDate": person.pop("birth_date")} if "birth_date" in person else {}),
            **({"address": [address]} if address else {}),
        })  # fmt: skip

    def disease(self, given: dict[str, dict[str, Value]]) -> None:
        disease, fitness = given.get("disease", {}), given.get("fitness", {})
        diagnosis = disease.pop("diagnosis", None)
        if isinstance(diagnosis, str):
            code = parts.concept(*parts.diagnosis_codes(self.codes, diagnosis), text=diagnosis)
            self.add("Condition", "disease", 1, code=code, onsetDateTime=disease.pop("diagnosed", None))
        for item, key in STAGES.items():
            if isinstance(stage := disease.pop(key, None), str):
                code = parts.concept(parts.elsewhere(self.codes, "item", item))
                value = parts.concept(parts.elsewhere(self.codes, item, stage), text=stage)
                self.add("Observation", item, 1, status="final", code=code, valueCodeableConcept=value)
        ecog = fitness.pop("ecog", None)
        if isinstance(ecog, str):
            code = parts.concept(parts.elsewhere(self.codes, "item", "ecog"))
            self.add("Observation", "ecog", 1, status="final", code=code, valueInteger=int(ecog))
        findings = [section for section in given if section.startswith("disease.cytogenetics.")]
        for number, section in enumerate(findings, start=1):
            self.finding(number, section.removeprefix("disease.cytogenetics."), given.pop(section))

    def finding(self, number: int, finding: str, said: dict[str, Value]) -> None:
        present = said.pop("present", None)
        result = {"yes": "present", "no": "absent"}.get(str(present), "unknown")
        result_code = [parts.elsewhere(self.codes, "result", result)] if present else []
        self.add(
            "Observation", "finding", number, status="final", extension=parts.extensions(said),
            code=parts.concept(parts.coding("finding", finding), text=finding),
            valueCodeableConcept=parts.concept(*result_code, text=result),
        )  # fmt: skip

    def medicines(self, names: Value | None) -> None:
        if names is None:
            return
        if not names:
            self.stated(0, "medications", "none")
        for number, name in enumerate(names, start=1):
            medicine = parts.concept(parts.coding("medicine", name), text=name)
            self.add("MedicationStatement", "medicine", number, status="active", medicationCodeableConcept=medicine)

    # -- the lists, by their names in a case file

    def conditions(self, number: int, entry: dict[str, Any]) -> None:
        name, active, present = entry.pop("name"), entry.pop("active", None), entry.get("present")
        kind = "AllergyIntolerance" if name == "allergy" else "Condition"
        code = parts.coding("medicine", entry.pop("to")) if name == "allergy" else parts.coding("condition", name)
        status = {"yes": "active", "no": "inactive"}.get(str(active))
        if present == "no":
            entry.pop("present")
        self.add(
            kind, "condition", number,
            code=parts.concept(code, *parts.condition_codes(self.codes, name), text=code["code"]),
            clinicalStatus=status and parts.concept(parts.terminology(PREFIX[kind] + "-clinical", status)),
            verificationStatus=parts.concept(parts.terminology(VERIFIED[kind], "refuted")) if present == "no" else None,
            onsetDateTime=entry.pop("date", None),
            extension=parts.extensions(entry),
        )  # fmt: skip

    def measurements(self, number: int, entry: dict[str, Any]) -> None:
        test = entry.pop("test")
        limit = entry.get("upper_limit")
        self.add(
            "Observation", "measurement", number, status="final",
            code=parts.concept(*parts.test_codes(self.codes, test, entry.get("unit")), text=test),
            effectiveDateTime=entry.pop("date"),
            method={"text": entry.pop("method")} if "method" in entry else None,
            referenceRange=parts.reference_range(limit, entry.get("unit")),
            **parts.result(self.codes, entry),
            extension=parts.extensions(entry),
        )  # fmt: skip

    def treatments(self, number: int, entry: dict[str, Any]) -> None:
        drug, start, end = entry.pop("drug"), entry.pop("start", None), entry.pop("end", None)
        reason = entry.pop("stop_reason", None)
        period = {key: value for key, value in (("start", start), ("end", end)) if value}
        kind = "MedicationAdministration" if start else "MedicationStatement"
        running = "in-progress" if start else "active"
        dose = parts.number(entry.get("dose_mg")) if start else None
        if dose is not None:
            entry.pop("dose_mg")
        self.add(
            kind, "treatment", number,
            status=("completed" if reason in (None, "completed", "planned") else "stopped") if end else running,
            statusReason=[parts.concept(parts.coding("stop-reason", reason), text=reason)] if reason else None,
            medicationCodeableConcept=parts.concept(*parts.drug_codes(self.codes, drug), text=drug),
            effectivePeriod=period,
            dosage=(dose is not None and {"dose": parts.quantity(dose, "mg", "mg")}) or None,
            extension=parts.extensions(entry),
        )  # fmt: skip

    def procedures(self, number: int, entry: dict[str, Any]) -> None:
        code = parts.concept(*parts.procedure_codes(self.codes, entry["procedure"]), text=entry["procedure"])
        self.add("Procedure", "procedure", number, status="completed", code=code, performedDateTime=entry.get("date"))

    def assessments(self, number: int, entry: dict[str, Any]) -> None:
        response = entry.pop("response")
        self.add(
            "Observation", "assessment", number, status="final",
            code=parts.concept(parts.elsewhere(self.codes, "item", "response")), effectiveDateTime=entry.pop("date"),
            valueCodeableConcept=parts.concept(parts.coding("response", response), text=response),
            extension=parts.extensions(entry),
        )  # fmt: skip

    def diagnoses(self, number: int, entry: dict[str, Any]) -> None:
        code = parts.concept(parts.coding("earlier-diagnosis", entry["name"]), text=entry["name"])
        self.add("Condition", "diagnosis", number, code=code, onsetDateTime=entry.get("date"))

    def lines(self, number: int, entry: dict[str, Any]) -> None:
        """A line as the clinician counts it: the type that Onconova uses, the rest as extensions."""
        period = {"start": entry.pop("start", None), "end": entry.pop("stop", None)}
        drugs = [{"url": "urn:mspike:drug", "valueString": drug} for drug in entry.pop("drugs", ())]
        self.add(
            "EpisodeOfCare", "line", number, status="finished" if period["end"] else "active",
            type=[parts.concept(parts.elsewhere(self.codes, "item", "line"))],
            period={key: value for key, value in period.items() if value},
            extension=[*drugs, *parts.extensions(entry)],
        )  # fmt: skip


PREFIX = {"Condition": "condition", "AllergyIntolerance": "allergyintolerance"}
VERIFIED = {"Condition": "condition-ver-status", "AllergyIntolerance": "allergyintolerance-verification"}
