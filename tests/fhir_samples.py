"""FHIR R4 resources of made-up people, and a Bundle of them read as a file would be."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from mspike.record import Quality, Record, RecordError, read_case
from mspike.record.terms import Terms

TODAY = dt.date(2026, 11, 21)
LOINC, SNOMED, RXNORM = "http://loinc.org", "http://snomed.info/sct", "http://www.nlm.nih.gov/research/umls/rxnorm"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFIED = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
ME = {"reference": "Patient/p1"}

Resource = dict[str, Any]


def concept(system: str = "", code: str = "", display: str = "", text: str = "") -> Resource:
    coding = {"system": system, "code": code, "display": display}
    found: Resource = {"coding": [{key: value for key, value in coding.items() if value}]} if code else {}
    return found | ({"text": text} if text else {})


def patient(id: str = "p1", **more: Any) -> Resource:
    return {"resourceType": "Patient", "id": id, "birthDate": "1956-03-01", "gender": "female", **more}


def observation(id: str, code: Resource, value: Any = None, unit: str | None = None, **more: Any) -> Resource:
    """`value`: a number (with `unit`), a text, or a concept."""
    found: Resource = {"resourceType": "Observation", "id": id, "status": "final", "code": code, "subject": ME,
                       "effectiveDateTime": "2026-06-01"}  # fmt: skip
    if isinstance(value, dict):
        found["valueCodeableConcept"] = value
    elif isinstance(value, str):
        found["valueString"] = value
    elif value is not None:
        found["valueQuantity"] = {"value": value} | ({"unit": unit} if unit else {})
    return found | more


def condition(id: str, code: Resource, **more: Any) -> Resource:
    return {"resourceType": "Condition", "id": id, "code": code, "subject": ME, **more}


def medication(kind: str, id: str, name: Resource | None, **more: Any) -> Resource:
    found: Resource = {"resourceType": kind, "id": id, "status": "completed", "subject": ME}
    return found | ({"medicationCodeableConcept": name} if name else {}) | more


def procedure(id: str, code: Resource, **more: Any) -> Resource:
    return {"resourceType": "Procedure", "id": id, "status": "completed", "code": code, "subject": ME, **more}


def bundle(*resources: Resource, kind: str = "collection") -> bytes:
    return json.dumps({"resourceType": "Bundle", "type": kind, "entry": [{"resource": r} for r in resources]}).encode()


def lines(*resources: Resource) -> bytes:
    return b"".join(json.dumps(resource).encode() + b"\n" for resource in resources)


def read_all(data: bytes | str, name: str = "a.json", terms: Terms | None = None) -> list[Record | RecordError]:
    return list(read_case(data, name, today=TODAY, terms=terms))


def read(*resources: Resource, terms: Terms | None = None) -> tuple[Record, Quality]:
    """The one patient of a Bundle with these resources and a Patient."""
    return read_bytes(bundle(patient(), *resources), terms=terms)


def read_bytes(data: bytes, name: str = "a.json", terms: Terms | None = None) -> tuple[Record, Quality]:
    (record,) = read_all(data, name, terms)
    assert isinstance(record, Record), record
    assert record.quality is not None
    return record, record.quality


def refusal(data: bytes | str, name: str = "a.json") -> RecordError:
    (error,) = read_all(data, name)
    assert isinstance(error, RecordError), error
    return error
