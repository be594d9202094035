"""The case file key by key: what is read, and as what."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from mspike.record import Day, Number, Record, read_case, read_records

HEAD = "schema: mspike-case/1\nas_of: 2026-06-30\n"


def day(text: str) -> Day:
    parts = [int(p) for p in text.split("-")]
    if len(parts) == 3:
        return Day(text, dt.date(*parts), dt.date(*parts))
    last = {1: 31, 2: 28, 5: 31, 6: 30, 12: 31}[parts[1] if len(parts) == 2 else 12]
    months = (parts[1], parts[1]) if len(parts) == 2 else (1, 12)
    return Day(text, dt.date(parts[0], months[0], 1), dt.date(parts[0], months[1], last))


def test_every_key_is_read(good):
    record = good("""
schema: mspike-case/1
id: example-1
as_of: 2026-06-30
country: EU
patient: {age: 66, sex: female}
disease:
  diagnosis: multiple-myeloma
  diagnosed: 2019-05
  isotype: IgG-kappa
  light_chain: kappa
  iss: II
  event: {type: clinical-relapse, date: 2026-06-01, symptoms: false, rapid: no, note: "seen twice: 1 and 2"}
  cytogenetics: {"t(11;14)": absent, "del(17p)": present, "gain(1q)": unknown}
  extramedullary: no
  cns: No
  plasma_cell_leukaemia: false
fitness: {ecog: 1, frailty: fit}
conditions:
  - {name: peripheral-neuropathy, grade: 3, painful: true}
  - {name: heart-failure, nyha: III, active: true, attributed_to: carfilzomib}
  - {name: allergy, to: Revlimid}
  - {name: infection, present: no}
medications: [Eliquis, rifampin, some new thing]
circumstances: {distance_km: 300, lives_alone: true, caregiver: false, could_become_pregnant: true,
  contraception: false, regular_transfusion: false, goal: comfort}
measurements:
  - {date: 2026-06-01, test: serum-m-protein, value: 1.2, unit: g/dL}
  - {date: 2026-06-01, test: serum-immunofixation, value: positive}
  - {date: 2026-06-01, test: creatinine-clearance, value: "<15", unit: mL/min}
treatments:
  - {drug: Velcade, start: 2019-06-01, end: 2019-10-01, stop_reason: toxicity, dose_mg: 2.3, days_supply: 28,
     route: SC, context: induction}
procedures:
  - {procedure: autologous-transplant, date: 2019-12-01}
assessments:
  - {date: 2019-11-15, response: vgpr, confirmed: true}
diagnoses:
  - {name: smouldering-myeloma, date: 2016-02}
lines:
  - {number: 1, drugs: [bortezomib, len, dex], transplant: 2019-12, start: 2019-06, stop: 2023-01,
     best_response: VGPR, stop_reason: progression, progressed_on_maintenance: true, refractory: [lenalidomide],
     maintenance: [lenalidomide]}
preferences: {wants: [oral], avoids: [hospital-stay, car-t]}
place: {zip: 02139, country: US}
""")
    assert (record.id, record.as_of, record.as_of_basis, record.country) == (
        "example-1", dt.date(2026, 6, 30), "stated", "EU",
    )  # fmt: skip
    assert record.origin == "case.yaml (YAML case file)"
    assert (record.patient.age, record.patient.sex) == (Number(66, 66), "female")
    disease = record.disease
    assert disease.cytogenetics == {"t(11;14)": False, "del(17p)": True}
    assert (disease.extramedullary, disease.cns, disease.plasma_cell_leukaemia) == (False, False, False)
    assert (disease.event.symptoms, disease.event.rapid, disease.event.note) == (False, False, "seen twice: 1 and 2")
    assert (disease.diagnosed, disease.iss, disease.isotype) == (day("2019-05"), "II", "IgG-kappa")
    neuropathy, heart, allergy, infection = record.conditions
    assert (neuropathy.grade, neuropathy.painful, neuropathy.at) == (3, True, "conditions[0]")
    assert (heart.nyha, heart.active, heart.attributed_to) == (3, True, "carfilzomib")
    assert (allergy.to, allergy.present, infection.present) == ("lenalidomide", True, False)
    assert record.medications == ("apixaban", "rifampicin", "some-new-thing")
    assert record.circumstances.distance_km == 300
    assert record.circumstances.goal == "comfort"
    protein, fixation, clearance = record.measurements
    assert (protein.value, protein.unit, protein.given) == (Number(12, 12), "g/L", "1.2 g/dL")
    assert (fixation.text, fixation.value, fixation.unit) == ("positive", None, None)
    assert clearance.value == Number(float("-inf"), 15, open_high=True)
    (treatment,) = record.treatments
    assert (treatment.drug, treatment.route, treatment.context) == ("bortezomib", "SC", "induction")
    assert (treatment.dose_mg, treatment.days_supply, treatment.stop_reason) == (2.3, 28, "toxicity")
    assert record.procedures[0].date == day("2019-12-01")
    assert (record.assessments[0].response, record.assessments[0].confirmed) == ("VGPR", True)
    assert record.diagnoses[0].name == "smouldering-myeloma"
    (line,) = record.lines
    assert line.drugs == ("bortezomib", "lenalidomide", "dexamethasone")
    assert (line.transplant, line.start, line.stop) == (day("2019-12"), day("2019-06"), day("2023-01"))
    assert (line.refractory, line.maintenance) == (("lenalidomide",), ("lenalidomide",))
    assert record.preferences.wants == ("oral",)
    assert record.preferences.avoids == ("hospital-stay", "car-t")
    assert (record.place.zip, record.place.country) == ("02139", "US")


def test_all_but_the_schema_is_optional_and_absent_is_unknown():
    (record,) = read_case("schema: mspike-case/1\n", "Ann.yaml", today=dt.date(2026, 11, 21))
    assert record == Record(
        id="Ann", as_of=dt.date(2026, 11, 21), as_of_basis="today", origin="Ann.yaml (YAML case file)"
    )
    assert (record.lines, record.treatments, record.medications, record.preferences) == (None, None, None, None)


def test_an_empty_list_says_none_and_a_null_says_nothing(good):
    stated = good(treatments=[], procedures=[], assessments=[], lines=[], medications=[])
    assert (stated.treatments, stated.procedures, stated.assessments, stated.lines, stated.medications) == ((),) * 5
    silent = good(treatments=None, procedures="unknown", lines=None, medications=None, patient=None, disease="unknown")
    assert (silent.treatments, silent.procedures, silent.lines, silent.medications) == (None,) * 4


@pytest.mark.parametrize("word", ["yes", "Yes", "TRUE", "true", "'yes'"])
@pytest.mark.parametrize("other", ["no", "No", "false", '"no"'])
def test_the_words_for_yes_and_no(good, word, other):
    disease = good(HEAD + f"disease: {{cns: {word}, extramedullary: {other}}}").disease
    assert (disease.cns, disease.extramedullary) == (True, False)


@pytest.mark.parametrize("word", ["unknown", "null", "~", "", "Unknown"])
def test_the_words_for_unknown(good, word):
    assert good(HEAD + f"disease:\n  cns: {word}\n").disease.cns is None


@pytest.mark.parametrize("word", ["on", "off", "y", "n", "1", "0", "maybe", "positive"])
def test_no_other_word_is_yes_or_no(bad, word):
    error = bad(HEAD + f"disease:\n  cns: {word}\n")
    assert (error.at, error.rule, error.line) == ("disease.cns", "neither yes nor no", 4)


def test_json_booleans_and_nulls(good):
    disease = good(disease={"cns": True, "extramedullary": False, "plasma_cell_leukaemia": None}).disease
    assert (disease.cns, disease.extramedullary, disease.plasma_cell_leukaemia) == (True, False, None)


@pytest.mark.parametrize(
    ("given", "present", "share"),
    [
        ("present", True, None),
        ("absent", False, None),
        ("yes", True, None),
        (True, True, None),
        (20, True, 20),
        (0, False, 0),
        ("55.5", True, 55.5),
        ({"present": "yes", "cells_pct": 20}, True, 20),
        ({"present": "no", "cells_pct": 4}, False, 4),
        ({"cells_pct": 21}, True, 21),
        ({"present": "absent"}, False, None),
        ("unknown", None, None),
        (None, None, None),
        ({}, None, None),
        ({"present": "unknown"}, None, None),
    ],
)
def test_the_forms_of_a_finding(good, given, present, share):
    disease = good(disease={"cytogenetics": {"del(17p)": given}}).disease
    assert disease.cytogenetics == ({} if present is None else {"del(17p)": present})
    assert disease.cytogenetics_pct == ({} if share is None else {"del(17p)": share})


@pytest.mark.parametrize(
    ("spelled", "finding"),
    [("gain(1q21)", "gain(1q)"), ("del(1p32)", "del(1p)"), ("DEL(17P)", "del(17p)"), ("tp53-mutation", "TP53-mutation"),
     ("biallelic-del(1p32)", "biallelic-del(1p)"), ("amp(1q21)", "amp(1q)")],
)  # fmt: skip
def test_findings_have_other_spellings(good, spelled, finding):
    assert good(disease={"cytogenetics": {spelled: "present"}}).disease.cytogenetics == {finding: True}


@pytest.mark.parametrize(
    ("given", "read"),
    [("yes", True), (True, True), ("no", False), (False, False), (None, None), ("unknown", None)],
)
def test_a_transplant_is_a_date_or_yes_or_no(good, given, read):
    assert good(lines=[{"number": 1, "transplant": given}]).lines[0].transplant is read


def test_a_transplant_of_a_year(good):
    assert good(HEAD + "lines:\n  - {number: 1, transplant: 2021}").lines[0].transplant == day("2021")


def test_melphalan_of_a_transplant_stays_as_given(good):
    line = good(lines=[{"number": 1, "drugs": ["bortezomib", "melphalan"], "transplant": True}]).lines[0]
    assert line.drugs == ("bortezomib", "melphalan")


def test_a_stated_list_of_refractory_drugs_may_be_empty_or_absent(good):
    lines = good(lines=[{"number": 1, "refractory": []}, {"number": 2}]).lines
    assert (lines[0].refractory, lines[1].refractory) == ((), None)


def test_lines_come_in_the_order_of_their_numbers(good):
    lines = good(lines=[{"number": 2, "drugs": ["Kyprolis"]}, {"number": 1, "drugs": ["Velcade"]}]).lines
    assert [(line.number, line.drugs, line.at) for line in lines] == [
        (1, ("bortezomib",), "lines[1]"), (2, ("carfilzomib",), "lines[0]"),
    ]  # fmt: skip
    assert [line.number for line in good(lines=[{}, {}, {}]).lines] == [1, 2, 3]


def test_lines_may_overlap(good):
    lines = [{"number": 1, "start": "2020-01", "stop": "2022-06"}, {"number": 2, "start": "2022-01"}]
    assert len(good(lines=lines).lines) == 2


def test_age_from_the_birth_date(good):
    def age(**patient):
        return good(patient=patient).patient.age

    assert age(birth_date="1960-06-30") == Number(66, 66)
    assert age(birth_date="1960-07-01") == Number(65, 65)
    assert age(birth_date="1960") == Number(65, 66)
    assert age(birth_date="1960", age=66) == Number(66, 66)
    assert age(age=">=75").low == 75
    assert age(age=">80") == Number(80, float("inf"), open_low=True)


def test_isotypes_responses_and_stages_are_read_without_case(good):
    record = good(
        disease={"isotype": "igg kappa", "iss": 2, "diagnosis": "Smoldering Multiple Myeloma"},
        assessments=[{"date": "2020", "response": "scr"}],
    )
    assert (record.disease.isotype, record.disease.iss) == ("IgG-kappa", "II")
    assert record.disease.diagnosis == "smouldering-myeloma"
    assert record.assessments[0].response == "sCR"


def test_a_lone_word_is_a_list_of_one_and_repeats_count_once(good):
    record = good(medications="apixaban", lines=[{"drugs": ["Velcade", "bortezomib", "btz"]}])
    assert record.medications == ("apixaban",)
    assert record.lines[0].drugs == ("bortezomib",)


def test_causes_of_a_result(good):
    def cause(word):
        entry = {"date": "2026-01", "test": "calcium", "value": 11.2, "unit": "mg/dL", "attributed_to": word}
        return good(measurements=[entry]).measurements[0].attributed_to

    assert (cause("dehydration"), cause("Zometa"), cause(None)) == ("dehydration", "zoledronic-acid", None)
    assert cause("Liver Disease") == "liver-disease"


def test_every_case_of_the_material_reads(shared):
    files = sorted((shared / "cases").glob("*.yaml"))
    records = list(read_records(files))
    assert [r.id for r in records] == [f.stem for f in files]
    assert all(isinstance(r, Record) for r in records)


@pytest.mark.parametrize("name", ["response", "lines"])
def test_every_truth_vector_reads(shared, name):
    rows = [json.loads(row)["case"] for row in (shared / "gold" / f"{name}.ndjson").read_text().splitlines()]
    text = "\n".join(json.dumps(row) for row in rows)
    records = list(read_case(text, f"{name}.ndjson"))
    assert [getattr(r, "id", r) for r in records] == [row["id"] for row in rows]
    assert sum(len(r.measurements) for r in records) == sum(len(row.get("measurements", ())) for row in rows)
