"""FHIR R4 JSON → the few fields that are read, as typed structs. HL7 FHIR 4.0.1: https://hl7.org/fhir/R4/

A resource of a kind that is not read still has a struct, an empty one: it is counted, and its content costs nothing.
"""

from __future__ import annotations

from typing import Any, Union

import msgspec

from mspike.record.fhir.kinds import OTHERS

TAG = "resourceType"


class Coding(msgspec.Struct, frozen=True, gc=False):
    system: str = ""
    code: str = ""
    display: str = ""


class Concept(msgspec.Struct, frozen=True, gc=False):
    """A CodeableConcept."""

    coding: tuple[Coding, ...] = ()
    text: str = ""


class Identifier(msgspec.Struct, frozen=True, gc=False):
    system: str = ""
    value: str = ""


class Reference(msgspec.Struct, frozen=True, gc=False):
    reference: str = ""
    identifier: Identifier | None = None
    display: str = ""


class Quantity(msgspec.Struct, frozen=True, gc=False):
    value: msgspec.Raw = msgspec.Raw()
    """As written: `12.40` stays 12.40."""
    comparator: str = ""
    unit: str = ""
    system: str = ""
    code: str = ""


class Period(msgspec.Struct, frozen=True, gc=False):
    start: str | None = None
    end: str | None = None


class Range(msgspec.Struct, frozen=True, gc=False):
    """A reference range of a laboratory."""

    high: Quantity | None = None
    type: Concept | None = None
    appliesTo: tuple[Concept, ...] = ()


class Extension(msgspec.Struct, frozen=True, gc=False):
    url: str = ""
    valueString: str | None = None
    valueCode: str | None = None
    valueInteger: int | None = None
    valuePositiveInt: int | None = None
    valueDate: str | None = None
    valueDateTime: str | None = None
    valueReference: Reference | None = None

    def text(self) -> str | None:
        """The value as text, whichever of its kinds it is."""
        for value in (self.valueString, self.valueCode, self.valueDate, self.valueDateTime):
            if value is not None:
                return value
        whole = self.valueInteger if self.valueInteger is not None else self.valuePositiveInt
        return None if whole is None else str(whole)


class Resource(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What every resource may have."""

    id: str = ""
    meta: msgspec.Raw = msgspec.Raw()
    """Read where an id comes twice."""
    contained: tuple[Any, ...] = ()
    extension: tuple[Extension, ...] = ()


class Address(msgspec.Struct, frozen=True, gc=False):
    postalCode: str | None = None
    country: str | None = None


class Patient(Resource, frozen=True, gc=False, kw_only=True, tag_field=TAG, tag="Patient"):
    identifier: tuple[Identifier, ...] = ()
    gender: str | None = None
    birthDate: str | None = None
    address: tuple[Address, ...] = ()
    deceasedBoolean: bool | None = None
    deceasedDateTime: str | None = None


class OfPatient(Resource, frozen=True, gc=False, kw_only=True):
    """A resource about a patient. `patient`: where R4 says so, and where DSTU2 did."""

    subject: Reference | None = None
    patient: Reference | None = None


class Stage(msgspec.Struct, frozen=True, gc=False):
    summary: Concept | None = None
    type: Concept | None = None


class Condition(OfPatient, frozen=True, gc=False, kw_only=True, tag_field=TAG, tag="Condition"):
    clinicalStatus: Concept | None = None
    verificationStatus: Concept | None = None
    code: Concept | None = None
    onsetDateTime: str | None = None
    onsetPeriod: Period | None = None
    recordedDate: str | None = None
    stage: tuple[Stage, ...] = ()


class AllergyIntolerance(OfPatient, frozen=True, gc=False, kw_only=True, tag_field=TAG, tag="AllergyIntolerance"):
    clinicalStatus: Concept | None = None
    verificationStatus: Concept | None = None
    type: str | None = None
    code: Concept | None = None
    onsetDateTime: str | None = None
    recordedDate: str | None = None


class Valued(OfPatient, frozen=True, gc=False, kw_only=True):
    """A code with its result: an Observation, or a component of one (which uses the fields below alone)."""

    code: Concept | None = None
    valueQuantity: Quantity | None = None
    valueCodeableConcept: Concept | None = None
    valueString: str | None = None
    valueBoolean: bool | None = None
    valueInteger: int | None = None
    valueDateTime: str | None = None
    valueRange: Any = None
    valueRatio: Any = None
    dataAbsentReason: Concept | None = None
    referenceRange: msgspec.Raw = msgspec.Raw()
    """Read for the few tests that count in upper limits."""


class Observation(Valued, frozen=True, gc=False, kw_only=True, tag_field=TAG, tag="Observation"):
    status: str = ""
    effectiveDateTime: str | None = None
    effectivePeriod: Period | None = None
    effectiveInstant: str | None = None
    issued: str | None = None
    method: Concept | None = None
    component: tuple[Valued, ...] = ()


class Ingredient(msgspec.Struct, frozen=True, gc=False):
    itemCodeableConcept: Concept | None = None
    itemReference: Reference | None = None


class Medication(Resource, frozen=True, gc=False, kw_only=True, tag_field=TAG, tag="Medication"):
    code: Concept | None = None
    ingredient: tuple[Ingredient, ...] = ()


class DoseAndRate(msgspec.Struct, frozen=True, gc=False):
    doseQuantity: Quantity | None = None


class Repeat(msgspec.Struct, frozen=True, gc=False):
    boundsPeriod: Period | None = None


class Timing(msgspec.Struct, frozen=True, gc=False):
    repeat: Repeat | None = None


class Dosage(msgspec.Struct, frozen=True, gc=False):
    """How it is given: `dose` of an administration, `doseAndRate` of an order."""

    route: Concept | None = None
    dose: Quantity | None = None
    doseAndRate: tuple[DoseAndRate, ...] = ()
    timing: Timing | None = None


class Medicated(OfPatient, frozen=True, gc=False, kw_only=True):
    """A resource that says of a medication that it is given, ordered, handed out or taken."""

    status: str = ""
    statusReason: Any = None
    medicationCodeableConcept: Concept | None = None
    medicationReference: Reference | None = None
    medication: Any = None
    """R5's way to name it; never in R4."""


class MedicationAdministration(Medicated, frozen=True, gc=False, kw_only=True, tag_field=TAG, tag=True):
    effectiveDateTime: str | None = None
    effectivePeriod: Period | None = None
    dosage: Dosage | None = None


class MedicationStatement(Medicated, frozen=True, gc=False, kw_only=True, tag_field=TAG, tag="MedicationStatement"):
    effectiveDateTime: str | None = None
    effectivePeriod: Period | None = None
    dateAsserted: str | None = None
    dosage: tuple[Dosage, ...] = ()


class DispenseRequest(msgspec.Struct, frozen=True, gc=False):
    validityPeriod: Period | None = None
    expectedSupplyDuration: Quantity | None = None


class MedicationRequest(Medicated, frozen=True, gc=False, kw_only=True, tag_field=TAG, tag="MedicationRequest"):
    intent: str = ""
    doNotPerform: bool = False
    authoredOn: str | None = None
    dosageInstruction: tuple[Dosage, ...] = ()
    dispenseRequest: DispenseRequest | None = None


class MedicationDispense(Medicated, frozen=True, gc=False, kw_only=True, tag_field=TAG, tag="MedicationDispense"):
    whenHandedOver: str | None = None
    whenPrepared: str | None = None
    daysSupply: Quantity | None = None
    dosageInstruction: tuple[Dosage, ...] = ()


class Procedure(OfPatient, frozen=True, gc=False, kw_only=True, tag_field=TAG, tag="Procedure"):
    status: str = ""
    code: Concept | None = None
    performedDateTime: str | None = None
    performedPeriod: Period | None = None
    usedCode: tuple[Concept, ...] = ()


class DiagnosticReport(OfPatient, frozen=True, gc=False, kw_only=True, tag_field=TAG, tag="DiagnosticReport"):
    status: str = ""
    conclusion: str | None = None
    presentedForm: tuple[Any, ...] = ()


class EpisodeOfCare(OfPatient, frozen=True, gc=False, kw_only=True, tag_field=TAG, tag="EpisodeOfCare"):
    status: str = ""
    type: tuple[Concept, ...] = ()
    period: Period | None = None


READ = (Patient, Condition, AllergyIntolerance, Observation, Medication, MedicationAdministration, MedicationStatement,
        MedicationRequest, MedicationDispense, Procedure, DiagnosticReport, EpisodeOfCare)  # fmt: skip
UNREAD = tuple(msgspec.defstruct(name, [], tag_field=TAG, tag=name, frozen=True, gc=False) for name in OTHERS.split())

AnyResource = Union[(*READ, *UNREAD)]  # type: ignore[valid-type]


class Entry(msgspec.Struct, frozen=True, gc=False):
    resource: AnyResource | None = None
    fullUrl: str = ""


class Link(msgspec.Struct, frozen=True, gc=False):
    relation: str = ""


class Bundle(msgspec.Struct, tag_field=TAG, tag="Bundle", frozen=True, gc=False):
    type: str = ""
    link: tuple[Link, ...] = ()
    """`next` where this is one page of several."""
    entry: tuple[Entry, ...] = ()


class RawEntry(msgspec.Struct, frozen=True, gc=False):
    resource: msgspec.Raw = msgspec.Raw(b"")
    fullUrl: str = ""


class RawBundle(msgspec.Struct, frozen=True, gc=False):
    """A Bundle of which some entry does not hold: its entries are read one by one."""

    link: tuple[Link, ...] = ()
    entry: tuple[RawEntry, ...] = ()


class Kind(msgspec.Struct, frozen=True, gc=False):
    """The little that tells what a piece of JSON is."""

    resourceType: str = ""
    id: str = ""
