"""One patient from FHIR R4: what each kind of resource says, in US Core's form and in mCODE's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fhir_samples import (
    CLINICAL,
    ICD10CM,
    LOINC,
    ME,
    RXNORM,
    SNOMED,
    VERIFIED,
    bundle,
    concept,
    condition,
    lines,
    medication,
    observation,
    patient,
    procedure,
    read,
    read_all,
    read_bytes,
)
from mspike.record import Record, RecordError
from mspike.record.terms import read_code_map

M_PROTEIN = concept(LOINC, "33358-3", "Protein.monoclonal [Mass/volume] in Serum")
CREATININE = concept(LOINC, "2160-0", "Creatinine [Mass/volume] in Serum or Plasma")
KAPPA = concept(LOINC, "36916-5", "Kappa light chains.free [Mass/volume] in Serum")
LENALIDOMIDE = concept(RXNORM, "342369", "lenalidomide")
PERIOD = {"start": "2024-01-10", "end": "2025-02-03"}


def told(value: Any) -> str:
    """A concept by its code or text."""
    return value if isinstance(value, str) else value.get("text") or value["coding"][0]["code"]


def shown(measurement: Any) -> tuple[str, float | str | None, str | None]:
    value = measurement.value
    return measurement.test, value.low if value else measurement.text, measurement.unit


# -- forms


@pytest.mark.parametrize("kind", ["collection", "searchset", "transaction", "document", "batch", "history"])
def test_a_bundle_of_any_type(kind: str) -> None:
    record, quality = read_bytes(bundle(patient(), observation("o", M_PROTEIN, 12, "g/L"), kind=kind))
    assert record.id == "p1"
    assert quality.read == {"Patient": 1, "Observation": 1}
    assert quality.mapped == {"patient": 1, "measurements": 1}


def test_resources_alone_in_a_list_and_in_lines() -> None:
    resources = (patient(), observation("o", M_PROTEIN, 12, "g/L"))
    listed, _ = read_bytes(json.dumps(resources).encode())
    in_lines, _ = read_bytes(lines(*resources), "a.ndjson")
    unnamed, _ = read_bytes(lines(*resources), "a.txt")
    assert listed.measurements == in_lines.measurements == unnamed.measurements
    alone, _ = read_bytes(json.dumps(resources[1]).encode())
    assert alone.id == "p1"
    only_patient, _ = read_bytes(json.dumps(resources[0]).encode())
    assert only_patient.patient.sex == "female"


def test_the_order_of_a_source_changes_nothing() -> None:
    resources = [
        patient(),
        condition("c", concept(SNOMED, "109989006")),
        observation("o1", M_PROTEIN, 12, "g/L"),
        observation("o2", M_PROTEIN, 20, "g/L"),
        medication("MedicationStatement", "m", LENALIDOMIDE),
    ]
    one, quality = read_bytes(bundle(*resources))
    other, other_quality = read_bytes(bundle(*reversed(resources)))
    assert one == other
    assert quality == other_quality


def test_bundles_within_bundles() -> None:
    inner = json.loads(bundle(observation("o", M_PROTEIN, 12, "g/L")))
    record, _ = read_bytes(bundle(patient(), inner))
    assert len(record.measurements) == 1


def test_references_of_a_transaction() -> None:
    made = {"resourceType": "Bundle", "type": "transaction", "entry": [
        {"fullUrl": "urn:uuid:1-2", "resource": {"resourceType": "Patient", "gender": "male"}},
        {"fullUrl": "urn:uuid:3-4", "resource": {**observation("o", M_PROTEIN, 12, "g/L"), "id": "", "subject": {
            "reference": "urn:uuid:1-2"}}},
        {"resource": {**observation("x", M_PROTEIN, 13, "g/L"), "subject": {"reference":
            "https://a.org/fhir/Patient/other/_history/2"}}},
    ]}  # fmt: skip
    record, quality = read_bytes(json.dumps(made).encode())
    assert record.patient.sex == "male"
    assert [shown(m) for m in record.measurements] == [("serum-m-protein", 12, "g/L")]
    assert [(note.says, note.at) for note in quality.refused] == [
        ("its patient is not in this source", "Observation/x")
    ]


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Patient/p1"},
        {"reference": "https://a.org/fhir/Patient/p1"},
        {"reference": "https://a.org/fhir/Patient/p1/_history/3"},
        {"identifier": {"system": "urn:mrn", "value": "77"}},
    ],
    ids=["relative", "absolute", "version", "identifier"],
)
def test_a_patient_by_any_reference(subject: Any) -> None:
    me = patient(identifier=[{"system": "urn:mrn", "value": "77"}])
    found = read_all(bundle(patient("p2"), me, {**observation("o", M_PROTEIN, 12, "g/L"), "subject": subject}))
    assert [len(record.measurements) for record in found if isinstance(record, Record)] == [1, 0]


# -- the patient and the disease


def test_patient() -> None:
    record, quality = read_bytes(bundle(patient(address=[{"postalCode": "55905", "country": "us"}])))
    assert record.patient.birth_date is not None
    assert record.patient.birth_date.text == "1956-03-01"
    assert record.place.zip == "55905"
    assert record.pointers["patient.birth_date"] == "Patient/p1"
    other, quality = read_bytes(bundle(patient(gender="other", deceasedBoolean=True)))
    assert other.patient.sex is None
    assert len(quality.assumed) == 2


def test_a_record_ends_with_the_death() -> None:
    results = [
        observation(f"o{year}", M_PROTEIN, 12, "g/L", effectiveDateTime=f"{year}-06-01") for year in (2024, 2026)
    ]
    record, quality = read_bytes(bundle(patient(deceasedDateTime="2025-03-04T10:00:00Z"), *results))
    assert str(record.as_of) == "2025-03-04"
    assert [m.at for m in record.measurements] == ["Observation/o2024"]
    assert [note.at for note in quality.refused] == ["Observation/o2026.date"]
    partial, _ = read_bytes(bundle(patient(deceasedDateTime="2025-03"), *results))
    assert str(partial.as_of) == "2026-11-21"


@pytest.mark.parametrize(
    ("code", "word"),
    [
        (concept(SNOMED, "109989006", "Multiple myeloma (disorder)"), "multiple-myeloma"),
        (concept(ICD10CM, "C90.00"), "multiple-myeloma"),
        (concept("http://hl7.org/fhir/sid/icd-10", "C90.0"), "multiple-myeloma"),
        (concept("urn:oid:2.16.840.1.113883.6.90", "C90.02"), "multiple-myeloma"),
        (concept(text="Multiple myeloma"), "multiple-myeloma"),
        (concept(SNOMED, "413587002"), "smouldering-myeloma"),
        (concept(ICD10CM, "C90.10"), "plasma-cell-leukaemia"),
        (concept(ICD10CM, "E85.81"), "al-amyloidosis"),
    ],
    ids=told,
)
def test_diagnosis(code: Any, word: str) -> None:
    record, _ = read(condition("c", code, onsetDateTime="2019-05-03T10:00:00+02:00"))
    assert record.disease.diagnosis == word
    assert record.disease.diagnosed is not None
    assert record.disease.diagnosed.text == "2019-05-03"


def test_smouldering_before_myeloma_is_an_earlier_diagnosis() -> None:
    record, _ = read(
        condition("c1", concept(SNOMED, "413587002"), onsetDateTime="2016"),
        condition("c2", concept(SNOMED, "109989006"), onsetDateTime="2019-05"),
    )
    assert record.disease.diagnosis == "multiple-myeloma"
    assert [(d.name, d.date.text if d.date else "") for d in record.diagnoses] == [("smouldering-myeloma", "2016")]


def test_stage_relapse_and_spread() -> None:
    record, quality = read(
        condition("c", concept(ICD10CM, "C90.02", "Multiple myeloma in relapse"), recordedDate="2019-05-03",
                  stage=[{"summary": concept("http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl", "C70659")}]),
        condition("e", concept(ICD10CM, "C90.20"), clinicalStatus=concept(CLINICAL, "active")),
    )  # fmt: skip
    assert record.disease.iss == "II"
    assert record.disease.extramedullary is True
    said = " ".join(note.says for note in quality.assumed)
    assert "in relapse" in said
    assert "day it was recorded" in said


def test_stages_and_ecog_as_observations() -> None:
    nci = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"
    record, quality = read(
        observation("s", concept(nci, "C139007"), concept(nci, "C70658")),
        observation("e", concept(LOINC, "89247-1"), None, valueInteger=2),
        observation("r", concept(nci, "C141392"), concept(nci, "C141395")),
    )
    assert record.disease.iss == "I"
    assert record.fitness.ecog == 2
    assert record.disease.r_iss == "II"
    assert not quality.unmapped
    answer, _ = read(observation("e", concept(LOINC, "89262-0"), concept(LOINC, "LA9623-5")))
    assert answer.fitness.ecog == 1
    later, _ = read(
        observation("e1", concept(LOINC, "89247-1"), None, valueInteger=2, effectiveDateTime="2026-01-01"),
        observation("e2", concept(LOINC, "89247-1"), None, valueInteger=0, effectiveDateTime="2025-01-01"),
    )
    assert later.fitness.ecog == 2


@pytest.mark.parametrize(
    ("code", "word"),
    [
        (concept(ICD10CM, "I50.32", "Chronic diastolic (congestive) heart failure"), "heart-failure"),
        (concept(ICD10CM, "I11.0", "Hypertensive heart disease with heart failure"), "heart-failure"),
        (concept(ICD10CM, "I10", "Essential (primary) hypertension"), "hypertension"),
        (concept(ICD10CM, "E11.42", "Type 2 diabetes mellitus with diabetic polyneuropathy"), "diabetes"),
        (concept(ICD10CM, "G62.0", "Drug-induced polyneuropathy"), "peripheral-neuropathy"),
        (concept(SNOMED, "59282003", "Pulmonary embolism"), "venous-thromboembolism"),
        (concept(text="Peripheral neuropathy"), "peripheral-neuropathy"),
        (concept(text="Essential hypertension (disorder)"), "hypertension"),
    ],
    ids=told,
)
def test_other_illnesses(code: Any, word: str) -> None:
    record, _ = read(condition("c", code, clinicalStatus=concept(CLINICAL, "active")))
    assert [(c.name, c.active, c.present, c.at) for c in record.conditions] == [(word, True, True, "Condition/c")]


@pytest.mark.parametrize(
    "text", ["Family history of diabetes mellitus", "Suspected heart failure", "Screening for hepatitis B",
             "At risk for deep vein thrombosis", "Pulmonary hypertension", "No evidence of heart failure"]
)  # fmt: skip
def test_what_somebody_else_or_nobody_has_is_not_read(text: str) -> None:
    record, quality = read(condition("c", concept(text=text)))
    assert record.conditions == ()
    assert len(quality.unmapped) == 1


def test_an_illness_that_is_over_or_was_refuted() -> None:
    failing = concept(SNOMED, "84114007")
    record, quality = read(
        condition("c1", failing, clinicalStatus=concept(CLINICAL, "resolved")),
        condition("c2", concept(SNOMED, "13645005"), verificationStatus=concept(VERIFIED, "refuted")),
        condition("c3", failing, verificationStatus=concept(VERIFIED, "entered-in-error")),
        condition("c4", failing, verificationStatus=concept(VERIFIED, "differential")),
    )
    assert [(c.name, c.active, c.present) for c in record.conditions] == [
        ("heart-failure", False, True), ("copd", None, False),
    ]  # fmt: skip
    assert [(note.says, note.at) for note in quality.left_out] == [
        ("entered in error", "Condition/c3"), ("not confirmed (differential)", "Condition/c4"),
    ]  # fmt: skip


def test_allergy() -> None:
    record, _ = read({"resourceType": "AllergyIntolerance", "id": "a", "patient": ME, "code": LENALIDOMIDE})
    assert [(c.name, c.to) for c in record.conditions] == [("allergy", "lenalidomide")]


# -- results


@pytest.mark.parametrize(
    ("value", "unit", "read_as"),
    [
        (1.24, "g/dL", 12.4), (12.4, "g/L", 12.4), (1240, "mg/dL", 12.4), (12.4, "g/L{serum}", 12.4),
    ],
)  # fmt: skip
def test_units_are_converted(value: float, unit: str, read_as: float) -> None:
    record, _ = read(observation("o", M_PROTEIN, value, unit))
    [(test, number, canonical)] = [shown(m) for m in record.measurements]
    assert (test, canonical) == ("serum-m-protein", "g/L")
    assert number == pytest.approx(read_as)


def test_a_unit_in_the_wrong_field() -> None:
    ucum = "http://unitsofmeasure.org"
    cases = {
        "code alone": ({"value": 12, "code": "g/L", "system": ucum}, 12, 0),
        "unit is a word, code is right": ({"value": 12, "unit": "grams", "code": "g/L"}, 12, 0),
        "in the system": ({"value": 12, "system": "g/L"}, 12, 1),
        "two units": ({"value": 1.2, "unit": "g/L", "code": "g/dL"}, 12, 1),
    }
    for name, (quantity, number, assumed) in cases.items():
        record, quality = read(observation("o", M_PROTEIN, None, valueQuantity=quantity))
        assert [shown(m)[1] for m in record.measurements] == [pytest.approx(number)], name
        assert len(quality.assumed) == assumed, name


def test_a_missing_unit_is_asked_for_never_guessed() -> None:
    record, quality = read(observation("o", KAPPA, 12))
    assert record.measurements == ()
    assert [note.at for note in quality.refused] == ["Observation/o.unit"]
    assert quality.refused[0].hint


def test_comparators_and_written_results() -> None:
    cases: list[tuple[Any, tuple[float, float]]] = [
        ({"valueQuantity": {"value": 15, "comparator": "<", "unit": "mL/min"}}, (float("-inf"), 15)),
        ({"valueString": "GT 45 mL/min"}, (45, float("inf"))),
        ({"valueString": "<15 mL/min"}, (float("-inf"), 15)),
        ({"valueString": "38.5 mL/min"}, (38.5, 38.5)),
        ({"valueCodeableConcept": {"text": "GT 45 mL/min"}}, (45, float("inf"))),
    ]
    code = concept(LOINC, "2164-2", "Creatinine clearance")
    for value, bounds in cases:
        record, quality = read(observation("o", code, None, **value))
        assert [(m.value.low, m.value.high) for m in record.measurements if m.value] == [bounds], (value, quality)


@pytest.mark.parametrize(
    "value",
    [concept(SNOMED, "10828004", "Positive"), concept(LOINC, "LA6576-8"), concept(text="positive"), "Positive"],
    ids=["snomed", "loinc", "text", "string"],
)
def test_coded_results(value: Any) -> None:
    record, _ = read(observation("o", concept("urn:mspike:test", "serum-immunofixation"), value))
    assert [(m.test, m.text) for m in record.measurements] == [("serum-immunofixation", "positive")]


def test_components_and_panels() -> None:
    panel = observation("o", concept(LOINC, "24358-4", "Hematology panel"), None, component=[
        {"code": concept(LOINC, "718-7"), "valueQuantity": {"value": 9.8, "unit": "g/dL"}},
        {"code": concept(LOINC, "777-3"), "valueQuantity": {"value": 88, "unit": "10*3/uL"}},
    ])  # fmt: skip
    record, _ = read(panel)
    assert [(shown(m), m.at) for m in record.measurements] == [
        (("haemoglobin", 98, "g/L"), "Observation/o.component[0]"),
        (("platelets", 88, "10*9/L"), "Observation/o.component[1]"),
    ]


def test_the_upper_limit_of_a_laboratory() -> None:
    ldh = concept(LOINC, "2532-0")
    limits = [{"high": {"value": 250, "unit": "U/L"}}]
    record, _ = read(observation("o", ldh, 400, "U/L", referenceRange=limits))
    assert record.measurements[0].upper_limit == 250


def test_results_that_are_none() -> None:
    record, quality = read(
        observation("o1", M_PROTEIN, 12, "g/L", status="entered-in-error"),
        observation("o2", M_PROTEIN, 12, "g/L", status="cancelled"),
        observation("o3", M_PROTEIN, 12, "g/L", status="registered"),
        observation("o4", M_PROTEIN, None, dataAbsentReason=concept("urn:x", "not-performed")),
        observation("o5", M_PROTEIN, None),
        observation("o6", M_PROTEIN, None, valueRange={"low": {"value": 1}}),
    )
    assert record.measurements == ()
    assert [(note.says, note.at.rpartition("/")[2]) for note in quality.left_out] == [
        ("entered in error", "o1"), ("cancelled", "o2"), ("no result yet", "o3"),
        ("no result (not-performed)", "o4"), ("no result", "o5"),
    ]  # fmt: skip
    assert [note.at for note in quality.refused] == ["Observation/o6"]


def test_dates_with_and_without_zones() -> None:
    given = ["2026-06-01", "2026-06-01T23:30:00-05:00", "2026-06-01T00:10:00Z", "2026-06", "2026"]
    record, _ = read(
        *(observation(f"o{n}", M_PROTEIN, 12, "g/L", effectiveDateTime=day) for n, day in enumerate(given))
    )
    assert [m.date.text for m in record.measurements] == ["2026-06-01", "2026-06-01", "2026-06-01", "2026-06", "2026"]
    others, quality = read(
        observation("a", M_PROTEIN, 12, "g/L", effectiveDateTime=None, effectivePeriod={"start": "2026-05-04"}),
        observation("b", M_PROTEIN, 12, "g/L", effectiveDateTime=None, effectiveInstant="2026-05-05T10:00:00Z"),
        observation("c", M_PROTEIN, 12, "g/L", effectiveDateTime=None, issued="2026-05-06T10:00:00Z"),
        observation("d", M_PROTEIN, 12, "g/L", effectiveDateTime=None),
        observation("e", M_PROTEIN, 12, "g/L", effectiveDateTime="yesterday"),
    )
    assert [m.date.text for m in others.measurements] == ["2026-05-04", "2026-05-05", "2026-05-06"]
    assert [note.at for note in quality.assumed if "issued" in note.says] == ["Observation/c"]
    assert [note.at for note in quality.refused] == ["Observation/d.date", "Observation/e.date"]


def test_cytogenetics() -> None:
    record, _ = read(
        observation("f", concept(text="del(17p)"), concept(LOINC, "LA9633-4", "Present")),
        observation("g", concept(text="t(11;14)"), concept(text="not detected")),
        observation("v", concept(LOINC, "69548-6"), concept(LOINC, "LA9633-4"),
                    component=[{"code": concept(LOINC, "48018-6"), "valueCodeableConcept": concept(text="gain(1q)")}]),
    )  # fmt: skip
    assert record.disease.cytogenetics == {"del(17p)": True, "t(11;14)": False, "gain(1q)": True}


def test_judged_responses() -> None:
    status = concept(LOINC, "97509-4")
    record, quality = read(
        observation("r1", status, concept(text="Very good partial response")),
        observation("r2", status, concept("urn:mspike:response", "PD")),
        observation("r3", status, concept(SNOMED, "268910001", "Patient's condition improved")),
    )
    assert [(a.response, a.at) for a in record.assessments or ()] == [
        ("VGPR", "Observation/r1"), ("PD", "Observation/r2"),
    ]  # fmt: skip
    assert [note.at for note in quality.refused] == ["Observation/r3"]


def test_a_report_holds_results() -> None:
    inner = {**observation("i", M_PROTEIN, 12, "g/L"), "subject": ME}
    report = {"resourceType": "DiagnosticReport", "id": "d", "status": "final", "code": concept(text="SPEP"),
              "subject": ME, "contained": [inner], "conclusion": "a band", "result": [{"reference": "#i"}]}  # fmt: skip
    record, quality = read(report)
    assert [m.at for m in record.measurements] == ["DiagnosticReport/d#i"]
    assert [note.says for note in quality.left_out] == ["a report's text, which is not read"]


# -- medicines, procedures, lines


@pytest.mark.parametrize(
    ("kind", "more", "days"),
    [
        ("MedicationAdministration", {"effectivePeriod": PERIOD}, ("2024-01-10", "2025-02-03")),
        ("MedicationAdministration", {"effectiveDateTime": "2024-01-10T08:00:00Z"}, ("2024-01-10", "2024-01-10")),
        ("MedicationStatement", {"effectivePeriod": PERIOD}, ("2024-01-10", "2025-02-03")),
        ("MedicationStatement", {"effectivePeriod": {"start": "2024-01"}, "status": "active"}, ("2024-01", None)),
        (
            "MedicationRequest",
            {"intent": "order", "authoredOn": "2024-01-10", "status": "active"},
            ("2024-01-10", None),
        ),
        ("MedicationDispense", {"whenHandedOver": "2024-01-10", "daysSupply": {"value": 21}}, ("2024-01-10", None)),
    ],
    ids=["given over time", "given once", "statement", "still taken", "ordered", "handed out"],
)
def test_drugs_by_every_kind(kind: str, more: Any, days: tuple[str, str | None]) -> None:
    record, quality = read(medication(kind, "m", LENALIDOMIDE, **more))
    assert record.treatments is not None, quality
    [treatment] = record.treatments
    assert treatment.drug == "lenalidomide"
    assert (treatment.start and treatment.start.text, treatment.end and treatment.end.text) == days


@pytest.mark.parametrize(
    ("name", "drug"),
    [
        (concept(RXNORM, "1721947", "daratumumab"), "daratumumab"),
        (concept(RXNORM, "2375130"), "daratumumab"),
        (concept("http://www.whocc.no/atc", "L04AX04"), "lenalidomide"),
        (concept(text="Velcade"), "bortezomib"),
        (concept(RXNORM, "402243", "bortezomib 3.5 MG Injection"), "bortezomib"),
        (concept(text="Revlimid 25 mg oral capsule"), "lenalidomide"),
    ],
    ids=told,
)
def test_drugs_by_ingredient_product_and_name(name: Any, drug: str) -> None:
    record, _ = read(medication("MedicationStatement", "m", name, effectivePeriod=PERIOD))
    assert [t.drug for t in record.treatments or ()] == [drug]


def test_a_medication_referred_to_contained_and_made_of_others() -> None:
    stock = {"resourceType": "Medication", "id": "m1", "code": LENALIDOMIDE}
    mix = {"resourceType": "Medication", "id": "m2", "ingredient": [{"itemReference": {"reference": "Medication/m1"}}]}
    inside = {"resourceType": "Medication", "id": "in", "code": concept(RXNORM, "1721947")}
    record, quality = read(
        stock, mix,
        medication("MedicationAdministration", "a1", None, medicationReference={"reference": "Medication/m1"},
                   effectiveDateTime="2026-01-01"),
        medication("MedicationAdministration", "a2", None, medicationReference={"reference": "Medication/m2"},
                   effectiveDateTime="2026-01-02"),
        medication("MedicationAdministration", "a3", None, medicationReference={"reference": "#in"},
                   contained=[inside], effectiveDateTime="2026-01-03"),
        medication("MedicationAdministration", "a4", None, medicationReference={"reference": "Medication/none"},
                   effectiveDateTime="2026-01-04"),
    )  # fmt: skip
    assert [(t.drug, t.at.rpartition("/")[2]) for t in record.treatments or ()] == [
        ("lenalidomide", "a1"), ("lenalidomide", "a2"), ("daratumumab", "a3"),
    ]  # fmt: skip
    assert [(note.says, note.at) for note in quality.refused] == [
        ("a reference that leads nowhere", "MedicationAdministration/a4")
    ]


def test_medications_that_are_made_of_themselves() -> None:
    one = {"resourceType": "Medication", "id": "m1", "ingredient": [{"itemReference": {"reference": "Medication/m2"}}]}
    two = {"resourceType": "Medication", "id": "m2", "ingredient": [{"itemReference": {"reference": "Medication/m1"}}]}
    inside = {"resourceType": "Medication", "id": "in", "ingredient": [{"itemReference": {"reference": "#in"}}]}
    record, _ = read(
        one, two,
        medication("MedicationAdministration", "a", None, medicationReference={"reference": "Medication/m1"}),
        medication("MedicationAdministration", "b", None, medicationReference={"reference": "#in"}, contained=[inside]),
    )  # fmt: skip
    assert not record.treatments


def test_why_it_was_stopped() -> None:
    coded = concept(SNOMED, "407563006", "Treatment not tolerated")
    cases = {
        "toxicity": coded,
        "progression": concept(text="Disease progression"),
        "choice": concept(SNOMED, "105480006"),
    }
    for reason, why in cases.items():
        for given in (why, [why]):
            record, _ = read(medication("MedicationStatement", "m", LENALIDOMIDE, status="stopped",
                                        effectivePeriod=PERIOD, statusReason=given))  # fmt: skip
            assert [t.stop_reason for t in record.treatments or ()] == [reason]


def test_what_was_not_given_is_left_out() -> None:
    record, quality = read(
        medication("MedicationAdministration", "a", LENALIDOMIDE, status="not-done", effectivePeriod=PERIOD),
        medication("MedicationRequest", "b", LENALIDOMIDE, intent="proposal", authoredOn="2026-01-01"),
        medication("MedicationRequest", "c", LENALIDOMIDE, intent="order", doNotPerform=True),
        medication("MedicationStatement", "d", LENALIDOMIDE, status="not-taken"),
        medication("MedicationStatement", "e", LENALIDOMIDE, status="entered-in-error"),
    )
    assert not record.treatments
    assert len(quality.left_out) == 5


def test_an_order_gives_way_to_what_was_given() -> None:
    record, quality = read(
        medication("MedicationRequest", "r", LENALIDOMIDE, intent="order", authoredOn="2024-01-01", status="active"),
        medication("MedicationAdministration", "a", LENALIDOMIDE, effectivePeriod=PERIOD),
    )
    assert [t.at for t in record.treatments or ()] == ["MedicationAdministration/a"]
    assert [note.at for note in quality.left_out] == ["MedicationRequest/r"]


def test_other_medicines() -> None:
    record, _ = read(
        medication(
            "MedicationStatement", "m", concept(RXNORM, "1364430", "apixaban 5 MG Oral Tablet"), status="active"
        ),
        medication("MedicationStatement", "n", concept(text="Rifampicin"), status="completed"),
    )
    assert record.medications == ("apixaban",)


def test_other_medicines_of_a_combination_and_unknown_ones() -> None:
    """One that is nearly another's name is told, and stays: the list would else say that there is no other."""
    names = ("lopinavir 200 MG / ritonavir 50 MG Oral Tablet", "zorbitrex", "apixabam")
    record, quality = read(
        *(
            medication("MedicationStatement", f"m{n}", concept(text=name), status="active")
            for n, name in enumerate(names)
        )
    )
    assert record.medications == ("lopinavir/ritonavir", "zorbitrex", "apixabam")
    assert [(note.given, note.hint) for note in quality.refused] == [("apixabam", "did you mean apixaban?")]


def test_procedures() -> None:
    record, quality = read(
        procedure("t", concept(SNOMED, "709115004"), performedDateTime="2020-03-04T09:00:00Z"),
        procedure("c", concept("http://www.cms.gov/Medicare/Coding/ICD10", "XW033A7"), performedDateTime="2025-03-04"),
        procedure("n", concept(text="Autologous stem cell transplantation"), performedPeriod={"start": "2021-01-02"}),
        procedure("x", concept(SNOMED, "709115004"), status="not-done"),
        procedure("y", concept(SNOMED, "80146002", "Appendectomy")),
    )
    assert [(p.procedure, p.date.text if p.date else "") for p in record.procedures or ()] == [
        ("autologous-transplant", "2021-01-02"), ("autologous-transplant", "2020-03-04"),
    ]  # fmt: skip
    assert [t.drug for t in record.treatments or ()] == ["ciltacabtagene-autoleucel"]
    assert [row.code for row in quality.unmapped] == ["80146002"]
    assert [note.says for note in quality.left_out] == ["not done"]


def test_a_line_of_therapy_where_it_is_stated() -> None:
    base = "https://onconova.github.io/fhir/StructureDefinition/onconova-ext-therapy-line"
    episode = {
        "resourceType": "EpisodeOfCare", "id": "l1", "status": "finished", "patient": ME, "period": PERIOD,
        "type": [concept("http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl", "C133518")],
        "extension": [{"url": f"{base}-number", "valuePositiveInt": 1},
                      {"url": f"{base}-progression-date", "valueDate": "2025-02-01"}],
    }  # fmt: skip
    given = medication("MedicationAdministration", "a", LENALIDOMIDE, effectivePeriod=PERIOD, extension=[
        {"url": f"{base}-reference", "valueReference": {"reference": "EpisodeOfCare/l1"}}
    ])  # fmt: skip
    record, _ = read(episode, given)
    assert record.lines is not None
    [line] = record.lines
    assert (line.number, line.drugs, line.stop_reason) == (1, ("lenalidomide",), "progression")


# -- codes


def test_a_code_whose_name_says_something_else_is_refused() -> None:
    record, quality = read(
        condition("c", concept(SNOMED, "109989006", "Acute lymphoid leukemia")),
        observation("o", concept(LOINC, "33358-3", "Kappa-FLC"), 12, "mg/L"),
        medication("MedicationStatement", "m", concept(RXNORM, "342369", "bortezomib"), effectivePeriod=PERIOD),
    )
    assert record.disease.diagnosis is None
    assert not record.treatments
    said = {note.at: (note.says, note.given) for note in quality.refused}
    assert said["Condition/c"] == ("a code whose name says something else", "109989006 (Acute lymphoid leukemia)")
    assert said["MedicationStatement/m"][0] == "a code whose name says something else"


def test_two_codes_that_disagree() -> None:
    both = {"coding": [LENALIDOMIDE["coding"][0], concept(RXNORM, "1721947")["coding"][0]]}
    record, quality = read(medication("MedicationStatement", "m", both, effectivePeriod=PERIOD))
    assert not record.treatments
    assert [note.says for note in quality.refused] == ["two codes of one entry say different things"]


def test_unknown_codes_are_counted_with_the_nearest_word() -> None:
    local = concept("urn:lab", "HGB", "Hemoglobine")
    record, quality = read(*(observation(f"o{n}", local, 9.8, "g/dL") for n in range(3)))
    assert record.measurements == ()
    [row] = quality.unmapped
    assert (row.kind, row.system, row.code, row.display, row.count) == (
        "Observation",
        "urn:lab",
        "HGB",
        "Hemoglobine",
        3,
    )
    assert row.nearest == "haemoglobin"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("map.csv", "system,code,word\nurn:lab,HGB,haemoglobin\n,KAPPA-X,kappa-flc\n"),
        ("map.csv", "\ufeffsystem;code;word\nurn:lab;HGB;haemoglobin\n;KAPPA-X;kappa-flc\n"),
        ("map.yaml", "- {system: 'urn:lab', code: HGB, word: haemoglobin}\n- {code: KAPPA-X, word: kappa-flc}\n"),
    ],
    ids=["csv", "semicolons", "yaml"],
)
def test_a_users_own_codes(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    terms = read_code_map(path)
    record, quality = read(
        observation("o", concept("urn:lab", "HGB", "Haemoglobin (ward)"), 9.8, "g/dL"),
        observation("p", concept(text="KAPPA-X"), 30, "mg/L"),
        terms=terms,
    )
    assert [m.test for m in record.measurements] == ["haemoglobin", "kappa-flc"], quality


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("system,code,word\nurn:lab,HGB,hemoglobinum\n", "a word that is none of ours"),
        ("system,code,word\nurn:lab,,haemoglobin\n", "without code or word"),
        ("nothing\n1\n", "without code or word"),
    ],
    ids=["word", "no code", "other columns"],
)
def test_a_code_map_that_does_not_hold(tmp_path: Path, text: str, rule: str) -> None:
    path = tmp_path / "map.csv"
    path.write_text(text)
    with pytest.raises(RecordError, match=rule):
        read_code_map(path)
    with pytest.raises(RecordError, match="cannot be read"):
        read_code_map(tmp_path / "none.csv")


def test_a_person_without_a_plasma_cell_disease_is_said_first() -> None:
    from mspike.derive import derive_state
    from mspike.knowledge import load_knowledge, settle
    from mspike.options import build_answer

    record, quality = read(condition("c", concept(SNOMED, "59621000")))
    knowledge = load_knowledge()
    answer = build_answer(derive_state(record, knowledge, settle(knowledge)), quality)
    assert "No plasma-cell disease" in answer.notes[0]
    assert answer.quality == quality


def test_bundles_that_others_wrote(shared: Path) -> None:
    [record] = read_all((shared / "interop" / "bundle_200.json").read_bytes())
    assert isinstance(record, Record)
    assert record.quality is not None
    assert record.quality.mapped == {"measurements": 150, "treatments": 39, "patient": 1, "disease": 1}
    assert (record.quality.refused, len(record.quality.unmapped)) == ((), 1)


def test_dialysis_by_its_sessions() -> None:
    session = concept(SNOMED, "265764009", "Renal dialysis (procedure)")
    record, _ = read(
        *(procedure(f"d{n}", session, performedPeriod={"start": f"2026-11-{n:02}T08:00:00Z"}) for n in range(1, 20, 2))
    )
    assert [(c.name, c.active, c.date and c.date.text, c.at) for c in record.conditions] == [
        ("dialysis", True, "2026-11-19", "Procedure/d19")
    ]
    past, quality = read(procedure("d", session, performedDateTime="2019-03-01"))
    assert past.conditions == ()
    assert [note.says for note in quality.left_out] == ["dialysis in the past: whether it goes on is not said"]
