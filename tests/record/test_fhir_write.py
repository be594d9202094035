"""Records as FHIR: valid R4, and read back as the same record."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from doors import LISTS, PATIENTS, read_one, same_answer, typed
from fhir_samples import TODAY
from mspike.record import Record, RecordError, read_case, read_records
from mspike.record.fhir.write import patient_id, write_bundle, write_lines

EVERYTHING = """
schema: mspike-case/1
id: every key, ünd more
as_of: 2026-06-30
country: EU
patient: {age: 66, sex: female}
disease:
  diagnosis: multiple-myeloma
  diagnosed: 2019-05
  isotype: IgG-kappa
  light_chain: kappa
  iss: II
  r_iss: II
  event: {type: clinical-relapse, date: 2026-06, symptoms: false, rapid: unknown, note: "a \\"note\\"; with – signs"}
  cytogenetics: {"t(11;14)": absent, "del(17p)": {present: yes, cells_pct: 42.5}, "gain(1q)": 21}
  extramedullary: no
  cns: unknown
  plasma_cell_leukaemia: no
fitness: {ecog: 0, frailty: intermediate}
conditions:
  - {name: peripheral-neuropathy, grade: 3, painful: true}
  - {name: heart-failure, nyha: 3, active: true, attributed_to: carfilzomib}
  - {name: venous-thromboembolism, date: 2026-06-02, active: no}
  - {name: infection, active: unknown, site: "lung; left"}
  - {name: hepatitis-b, present: no}
  - {name: hiv, present: unknown}
  - {name: allergy, to: lenalidomide}
medications: [apixaban, rifampicin, something of the house]
circumstances: {distance_km: 300.5, lives_alone: true, caregiver: false, could_become_pregnant: no, goal: comfort}
measurements:
  - {date: 2026-06-01, test: serum-m-protein, value: 1.20, unit: g/dL}
  - {date: 2026-06, test: serum-immunofixation, value: positive}
  - {date: 2026-06-01, test: creatinine-clearance, value: "< 15", unit: mL/min}
  - {date: 2026-06-01, test: kappa-flc, value: "≥ 5000", unit: mg/L}
  - {date: 2026-06-01, test: ldh, value: 2.5, unit: xULN}
  - {date: 2026-06-01, test: ldh, value: 300, unit: U/L, upper_limit: 250}
  - {date: 2026-06-01, test: mrd, value: negative, method: NGS, sensitivity: 0.00001}
  - {date: 2026-06-01, test: haemoglobin, value: 9.8, unit: g/dL, attributed_to: lenalidomide}
  - {date: 2026-06-01, test: urine-m-protein, value: 0.3, unit: g/24h}
treatments:
  - {drug: bortezomib, start: 2019-06-01, end: 2019-10-01, stop_reason: toxicity, dose_mg: 2.3, days_supply: 28,
     route: SC, context: induction}
  - {drug: lenalidomide, start: 2020-03}
  - {drug: dexamethasone, end: 2019-10}
  - {drug: melphalan, dose_mg: 9.5}
procedures:
  - {procedure: autologous-transplant, date: 2019-12-01}
  - {procedure: radiotherapy}
assessments:
  - {date: 2019-11-15, response: VGPR, confirmed: true}
  - {date: 2025-11, response: PD, confirmed: unknown}
diagnoses:
  - {name: smouldering-myeloma, date: 2016-02}
  - {name: mgus}
lines:
  - {number: 1, drugs: [bortezomib, lenalidomide, dexamethasone], transplant: 2019-12, start: 2019-06, stop: 2023-01,
     best_response: VGPR, stop_reason: progression, progressed_on_maintenance: true, refractory: [lenalidomide],
     maintenance: [lenalidomide]}
  - {number: 2, drugs: [daratumumab], transplant: no, refractory: []}
preferences: {wants: [oral], avoids: []}
place: {zip: "55905", country: US}
"""
EMPTY = """
schema: mspike-case/1
id: nothing
as_of: 2026-06-30
medications: []
treatments: []
procedures: []
assessments: []
lines: []
preferences: {wants: [], avoids: []}
"""


@cache
def validator(shared: Path) -> Any:
    rs = pytest.importorskip("jsonschema_rs")
    schema = json.loads((shared / "interop" / "fhir-r4.schema.json").read_text(encoding="utf-8"))
    return rs.validator_for(schema)


def case(text: str) -> Record:
    (record,) = read_case(text, "case.yaml", today=TODAY)
    assert isinstance(record, Record), record.as_json()
    return record


def back(data: bytes, name: str = "a.json") -> Record:
    (record,) = read_case(data, name, today=TODAY)
    assert isinstance(record, Record), record.as_json()
    assert record.quality is not None
    assert (record.quality.refused, record.quality.unmapped, record.quality.left_out) == ((), (), ())
    return record


def plain(record: Record) -> dict[str, Any]:
    """What the record says, without where it stands."""
    said = {
        name: getattr(record, name)
        for name in record.__struct_fields__
        if name not in ("origin", "quality", "pointers")
    }
    for name in LISTS:
        if said[name] is not None:
            said[name] = tuple(replace(entry, at="") for entry in said[name])
    return said


@pytest.mark.parametrize("text", [EVERYTHING, EMPTY], ids=["every key", "empty lists"])
def test_whatever_a_case_file_can_say_is_read_back(text: str) -> None:
    record = case(text)
    assert plain(back(write_bundle(record))) == plain(record)
    assert plain(back(write_lines(record), "a.ndjson")) == plain(record)


def test_every_key_of_a_case_file_stands_in_the_test() -> None:
    from mspike.record import KEYS

    for section, keys in KEYS.items():
        for key in keys:
            assert key in EVERYTHING or key in (
                "birth_date",
                "contraception",
                "regular_transfusion",
                "method",
                "lesions",
            ), section


def test_every_case_of_the_material_has_one_answer(shared: Path) -> None:
    for file in sorted((shared / "cases").glob("*.yaml")):
        for record in read_records([file], today=TODAY):
            if not isinstance(record, RecordError):
                again = back(write_bundle(record))
                assert plain(again) == plain(record), file.name
                same_answer(again, record)


@pytest.mark.parametrize("file", PATIENTS, ids=lambda file: file.parent.name)
def test_what_is_written_is_valid(file: Path, shared: Path) -> None:
    bundle = json.loads(write_bundle(typed(file)))
    assert [str(error)[:300] for error in validator(shared).iter_errors(bundle)] == []
    for line in write_lines(typed(file)).splitlines():
        assert validator(shared).is_valid(json.loads(line))


@pytest.mark.parametrize("text", [EVERYTHING, EMPTY], ids=["every key", "empty lists"])
def test_odd_records_are_valid_too(text: str, shared: Path) -> None:
    for resource in json.loads(write_bundle(case(text)))["entry"]:
        found = [str(error)[:300] for error in validator(shared).iter_errors(resource["resource"])]
        assert found == [], resource


def test_the_answer_as_fhir_is_valid(shared: Path) -> None:
    from mspike.derive import derive_state
    from mspike.knowledge import load_knowledge, settle
    from mspike.options import build_answer
    from mspike.report import render_fhir

    knowledge = load_knowledge()
    record = read_one(PATIENTS[0])
    answer = build_answer(derive_state(record, knowledge, settle(knowledge)), record.quality)
    assert validator(shared).is_valid(json.loads(render_fhir(answer)))


def test_the_same_record_gives_the_same_bytes() -> None:
    assert write_bundle(case(EVERYTHING)) == write_bundle(case(EVERYTHING))


def test_ids_that_fhir_does_not_take_are_replaced() -> None:
    assert patient_id("R-1.x") == "R-1.x"
    assert len(patient_id("every key, ünd more")) == 16
    resources = [msgspec.json.decode(line) for line in write_lines(case(EVERYTHING)).splitlines()]
    assert len({resource["id"] for resource in resources}) == len(resources)
    assert all(len(resource["id"]) <= 64 for resource in resources)


def test_what_others_can_read_of_it() -> None:
    resources = json.loads(write_bundle(case(EVERYTHING)))["entry"]
    kinds = {r["resource"]["resourceType"] for r in resources}
    assert kinds >= {"Patient", "Condition", "Observation", "MedicationAdministration", "Procedure", "EpisodeOfCare"}
    codes = {c.get("code") for r in resources for c in r["resource"].get("code", {}).get("coding", [])}
    assert {"109989006", "33358-3", "89247-1"} <= codes
