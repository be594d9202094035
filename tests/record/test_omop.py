"""OMOP CDM 5.4: every example patient written and read back, and rows as others have them."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from doors import PATIENTS, same_answer, typed
from mspike.record import Record, RecordError, read_records, write_records


@pytest.fixture(scope="module")
def cdm(tmp_path_factory) -> Path:
    """The ten example patients as one CDM."""
    folder = tmp_path_factory.mktemp("cdm")
    write_records([typed(file) for file in PATIENTS], "omop", folder)
    return folder


@pytest.mark.parametrize("file", PATIENTS, ids=lambda file: file.parent.name)
def test_one_answer(file, tmp_path):
    write_records([typed(file)], "omop", tmp_path)
    (record,) = read_records([tmp_path])
    assert not isinstance(record, RecordError), record.as_json()
    same_answer(record, typed(file))
    assert record.quality is not None
    assert (record.quality.refused, record.quality.unmapped) == ((), ())


def test_ten_in_one_database(cdm):
    found = {record.id: record for record in read_records([cdm], every=True)}
    assert len(found) == len(PATIENTS)
    for file in PATIENTS:
        same_answer(found[file.parent.name], typed(file))


def test_a_database_file_and_parquet_say_the_same(cdm, tmp_path):
    """Typed columns and NULLs, as a warehouse has them."""
    with duckdb.connect(str(tmp_path / "cdm.duckdb")) as base:
        for file in cdm.glob("*.csv"):
            base.execute(f"CREATE TABLE {file.stem} AS SELECT * FROM read_csv('{file}')")
            (tmp_path / "parquet" / file.stem.upper()).mkdir(parents=True)
            base.execute(f"COPY {file.stem} TO '{tmp_path}/parquet/{file.stem.upper()}/part-0.parquet'")
    for source in (tmp_path / "cdm.duckdb", tmp_path / "parquet"):
        found = {record.id: record for record in read_records([source], every=True)}
        for file in PATIENTS:
            same_answer(found[file.parent.name], typed(file))


def test_patients_are_named(cdm):
    first, second = read_records([cdm], patients=["2", "frail-84"])
    assert (first.id, second.id) == (PATIENTS[1].parent.name, "frail-84")
    assert [found.id for found in read_records([cdm], patients=["frail-84"])] == ["frail-84"]
    (absent,) = read_records([cdm], patients=["nobody"])
    assert (absent.rule, absent.record) == ("no such patient", "nobody")
    (several,) = read_records([cdm])
    assert (several.rule, several.hint) == ("several patients in it", "name them with --patient ID, or give --all")


def test_rows_are_as_the_model_has_them(cdm, shared):
    """Columns of CDM 5.4, none of the required ones empty, no text longer than its column."""
    with (shared / "interop" / "OMOP_CDMv5.4_Field_Level.csv").open(newline="", encoding="utf-8-sig") as file:
        fields = {(row["cdmTableName"].lower(), row["cdmFieldName"].lower()): row for row in csv.DictReader(file)}
    for table in cdm.glob("*.csv"):
        with table.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        wanted = {column for (name, column), row in fields.items() if name == table.stem and row["isRequired"] == "Yes"}
        assert wanted <= rows[0].keys(), table.stem
        for row in rows:
            for column, value in row.items():
                field = fields[table.stem, column]
                assert value or field["isRequired"] == "No", f"{table.stem}.{column} is empty"
                width = re.search(r"varchar\((\d+)\)", field["cdmDatatype"])
                assert width is None or len(value) <= int(width[1]), f"{table.stem}.{column}: {value}"


# -- rows as others have them

TODAY = dt.date(2026, 11, 1)
PERSON = {"person_id": 7, "gender_concept_id": 8532, "year_of_birth": 1956, "month_of_birth": 3}
Rows = list[dict[str, Any]]


@pytest.fixture
def read(tmp_path):
    """Rows by table → the record of person 7, or the error."""

    def run(tables: Mapping[str, Rows], **how: Any) -> Record:
        for name, rows in {"person": [PERSON], **tables}.items():
            columns = list(dict.fromkeys(key for row in rows for key in row))
            with (tmp_path / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, columns)
                writer.writeheader()
                writer.writerows(rows)
        (record,) = read_records([tmp_path], today=TODAY, **how)
        assert isinstance(record, Record), record.as_json()
        return record

    return run


def lab(**columns: Any) -> dict[str, Any]:
    return {
        "person_id": 7,
        "measurement_id": 1,
        "measurement_concept_id": 0,
        "measurement_date": "2026-06-01",
        **columns,
    }


def drug(**columns: Any) -> dict[str, Any]:
    return {"person_id": 7, "drug_exposure_id": 1, "drug_concept_id": 0, "drug_exposure_start_date": "2026-01-01",
            **columns}  # fmt: skip


def told(record: Record, what: str) -> list[tuple[str, str]]:
    return [(note.says, note.at) for note in getattr(record.quality, what)]


def test_a_person(read):
    record = read({})
    assert (record.id, record.patient.sex, record.patient.birth_date.text) == ("7", "female", "1956-03")
    assert record.as_of_basis == "today"
    assert ("the source has no such table", "measurement") in told(record, "assumed")


def test_concept_0_with_source_values(read):
    record = read({
        "measurement": [lab(measurement_source_value="Hemoglobin", value_as_number=10.2, unit_source_value="g/dL")],
        "drug_exposure": [drug(drug_source_value="Revlimid 25 mg capsule", verbatim_end_date="2026-05-01")],
    })  # fmt: skip
    assert (record.measurements[0].test, record.measurements[0].value.low) == ("haemoglobin", 102)
    assert (record.treatments[0].drug, record.treatments[0].end.text) == ("lenalidomide", "2026-05-01")


def test_other_medicines_known_or_not_while_they_are_taken(read):
    """A row that nothing is known of may be any medicine: left out, the list would say that there is no other."""
    record = read({"drug_exposure": [
        drug(drug_source_value="apixaban 5 MG Oral Tablet"),
        drug(drug_source_value="lopinavir 200 MG / ritonavir 50 MG", drug_exposure_id=2),
        drug(drug_source_value="zorbitrex", drug_exposure_id=3),
        drug(drug_exposure_id=4),
        drug(drug_source_value="oldbitrex", drug_exposure_id=5, verbatim_end_date="2026-02-01"),
    ]})  # fmt: skip
    assert record.medications == ("apixaban", "lopinavir/ritonavir", "zorbitrex", "omop-concept-0")
    assert {row.code for row in record.quality.unmapped} >= {"zorbitrex", "0"}


def test_concept_0_and_nothing_else(read):
    record = read({"measurement": [lab(value_as_number=1), lab(measurement_id=2, value_as_number=2)],
                   "drug_exposure": [drug()]})  # fmt: skip
    assert (record.measurements, record.treatments) == ((), None)
    assert {(row.kind, row.system, row.code, row.count) for row in record.quality.unmapped} == {
        ("measurement", "OMOP concept", "0", 2), ("drug_exposure", "OMOP concept", "0", 1),
    }  # fmt: skip


CREATININE = {"measurement_source_value": "creatinine", "value_as_number": 1.2}


@pytest.mark.parametrize(
    "unit",
    [
        {"unit_concept_id": 8840},
        {"unit_concept_id": 0, "unit_source_value": "mg/dL"},
        {"unit_source_value": "mg/dL"},
        {"unit_concept_id": 8840, "unit_source_value": "mg/dl"},
    ],
)
def test_the_unit_may_stand_in_one_column(read, unit):
    (found,) = read({"measurement": [lab(**CREATININE, **unit)]}).measurements
    assert found.value.low == pytest.approx(106.08, abs=0.1)


def test_two_units_are_refused(read):
    record = read({"measurement": [lab(**CREATININE, unit_concept_id=8840, unit_source_value="umol/L")]})
    assert record.measurements == ()
    assert told(record, "refused") == [("unit_concept_id and unit_source_value name two units", "measurement/1")]


@pytest.mark.parametrize("number", ["1e308", "NaN", "Infinity", "-4", "twelve"])
def test_numbers_that_are_none(read, number):
    good = lab(measurement_id=2, measurement_source_value="platelets", value_as_number=150, unit_source_value="10*9/L")
    record = read({"measurement": [lab(**CREATININE | {"value_as_number": number}, unit_source_value="mg/dL"), good]})
    assert [found.test for found in record.measurements] == ["platelets"]
    ((_, at),) = told(record, "refused")
    assert at.startswith("measurement/1")


def test_an_end_that_was_written_down_wins(read):
    ends = {"drug_source_value": "bortezomib", "drug_exposure_end_date": "2026-01-31"}
    record = read({"drug_exposure": [
        drug(**ends, verbatim_end_date="2026-01-22"), drug(**ends, drug_exposure_id=2),
    ]})  # fmt: skip
    assert [given.end.text for given in record.treatments] == ["2026-01-22", "2026-01-31"]
    ((says, at),) = [note for note in told(record, "assumed") if "verbatim" in note[0]]
    assert (says, at) == ("ends without verbatim_end_date, which may have been worked out", "drug_exposure")


def test_reasons_and_routes_in_others_words(read):
    record = read({"drug_exposure": [
        drug(drug_source_value="bortezomib", stop_reason="Disease progression", route_source_value="Subcutaneous"),
        drug(drug_source_value="carfilzomib", drug_exposure_id=2, stop_reason="see letter", days_supply=9999),
    ]})  # fmt: skip
    assert [(given.stop_reason, given.route, given.days_supply) for given in record.treatments] == [
        ("progression", "SC", None), (None, None, None),
    ]  # fmt: skip
    assert [(row.kind, row.code) for row in record.quality.unmapped] == [("drug_exposure.stop_reason", "see letter")]
    assert [at for _, at in told(record, "refused")] == ["drug_exposure/2.days_supply"]


def test_an_end_that_is_not_yet_reached(read):
    record = read({"drug_exposure": [drug(drug_source_value="lenalidomide", drug_exposure_end_date="2026-11-20")]})
    assert record.treatments[0].end is None
    assert ("an end after as_of: taken as not yet ended", "drug_exposure/1") in told(record, "assumed")


def test_an_operator_is_kept(read):
    record = read({"measurement": [
        lab(measurement_source_value="creatinine-clearance", value_as_number=15, operator_concept_id=4171756,
            unit_source_value="mL/min"),
    ]})  # fmt: skip
    assert (record.measurements[0].value.high, record.measurements[0].value.open_high) == (15, True)


def test_the_sources_own_concepts(read):
    """A local concept id is looked up in the source's `concept` and `concept_ancestor`."""
    record = read({
        "concept": [
            {"concept_id": 2000000001, "concept_name": "local", "vocabulary_id": "LOINC", "concept_code": "718-7"},
            {"concept_id": 40000001, "concept_name": "a product", "vocabulary_id": "RxNorm", "concept_code": "1"},
        ],
        "concept_ancestor": [{"ancestor_concept_id": 19026972, "descendant_concept_id": 40000001}],
        "measurement": [lab(measurement_concept_id=2000000001, value_as_number=10, unit_source_value="g/dL")],
        "drug_exposure": [drug(drug_concept_id=40000001)],
    })  # fmt: skip
    assert record.measurements[0].test == "haemoglobin"
    assert record.treatments[0].drug == "lenalidomide"


def test_dates_with_times_and_zones(read):
    record = read({"measurement": [
        lab(**CREATININE, unit_source_value="mg/dL") | {"measurement_date": "2026-06-01 23:50:00+02:00"},
    ]})  # fmt: skip
    assert record.measurements[0].date.text == "2026-06-01"


def test_rows_that_come_twice(read):
    row = lab(**CREATININE, unit_source_value="mg/dL")
    record = read({"measurement": [row, row]})
    assert len(record.measurements) == 1
    assert told(record, "left_out") == [("a row whose id came before", "measurement/1")]


def test_a_bad_person_never_stops_the_others(tmp_path):
    people = [PERSON, PERSON, {**PERSON, "person_id": 8}, {**PERSON, "person_id": 9, "year_of_birth": 1700}]
    with (tmp_path / "person.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(PERSON))
        writer.writeheader()
        writer.writerows(people)
    found = list(read_records([tmp_path], today=TODAY, every=True))
    assert [f.id if isinstance(f, Record) else (f.record, f.rule) for f in found] == [
        "7", ("7", "a second row of one person"), "8", "9",
    ]  # fmt: skip
    assert found[3].patient.birth_date is None


def test_persons_without_a_number(tmp_path):
    (tmp_path / "person.csv").write_text("person_id\nP1\n")
    for every in (True, False):
        (error,) = read_records([tmp_path], today=TODAY, every=every)
        assert error.rule == "no patient in it"


def test_files_as_a_warehouse_names_them(read, tmp_path):
    """In parts, capitals, and numbers that were floats on the way."""
    for part in (1, 2):
        (tmp_path / f"MEASUREMENT_0_{part}_0.csv").write_text(
            "MEASUREMENT_ID,PERSON_ID,MEASUREMENT_CONCEPT_ID,MEASUREMENT_DATE,VALUE_AS_NUMBER,UNIT_CONCEPT_ID\n"
            f"{part},7,3046299.0,2026-06-0{part},2.5,8713.0\n"
        )
    record = read({})
    assert [(lab.test, lab.value.low) for lab in record.measurements] == [("serum-m-protein", 25)] * 2


def test_a_unit_in_the_wrong_field(read):
    row = lab(measurement_source_value="creatinine", value_source_value="1.2 mg/dL")
    record = read({"measurement": [row]})
    assert record.measurements == ()
    ((_, at),) = told(record, "refused")
    assert at == "measurement/1.value"


def test_a_product_of_two_known_drugs_is_neither(read):
    record = read({
        "concept_ancestor": [{"ancestor_concept_id": 19026972, "descendant_concept_id": 5},
                             {"ancestor_concept_id": 1518254, "descendant_concept_id": 5}],
        "drug_exposure": [drug(drug_concept_id=5)],
    })  # fmt: skip
    assert record.treatments is None


def test_no_person_table(tmp_path):
    (tmp_path / "measurement.csv").write_text("person_id,measurement_id\n7,1\n")
    (error,) = read_records([tmp_path], today=TODAY)
    assert error.rule == "tables that are neither OMOP nor laid out like a case file"


def test_what_stands_at_its_own_table(read):
    record = read({
        "condition_occurrence": [
            {"person_id": 7, "condition_occurrence_id": 1, "condition_concept_id": 437233,
             "condition_start_date": "2020-05-04"},
        ],
        "procedure_occurrence": [
            {"person_id": 7, "procedure_occurrence_id": 1, "procedure_concept_id": 0, "procedure_date": "2021-02-01",
             "procedure_source_value": "autologous-transplant"},
        ],
        "observation": [
            {"person_id": 7, "observation_id": 1, "observation_concept_id": 0, "observation_date": "2026-05-01",
             "observation_source_value": "ecog", "value_as_number": 2.0},
        ],
        "death": [{"person_id": 7, "death_date": "2026-08-08"}],
    })  # fmt: skip
    assert (record.disease.diagnosis, record.disease.diagnosed.text) == ("multiple-myeloma", "2020-05-04")
    assert record.procedures[0].procedure == "autologous-transplant"
    assert record.fitness.ecog == 2
    assert record.as_of == dt.date(2026, 8, 8)


def test_a_stage_as_a_modifier(read):
    """A stage stands in `measurement`, its value as a concept that the source's vocabulary names."""
    record = read({
        "concept": [
            {"concept_id": 1, "concept_name": "ISS", "vocabulary_id": "NCIT", "concept_code": "C139007"},
            {"concept_id": 2, "concept_name": "ISS Stage II", "vocabulary_id": "NCIT", "concept_code": "C70659"},
        ],
        "measurement": [lab(measurement_concept_id=1, value_as_concept_id=2)],
    })  # fmt: skip
    assert record.disease.iss == "II"
    assert record.pointers["disease.iss"] == "measurement/1"


def test_the_newest_performance_status(read):
    days = ("2026-05-01", "2026-08-01", "2025-01-01", "2027-01-01")
    record = read({"observation": [
        {"person_id": 7, "observation_id": n, "observation_concept_id": 0, "observation_date": day,
         "observation_source_value": "ecog", "value_as_number": n} for n, day in enumerate(days)
    ]})  # fmt: skip
    assert record.fitness.ecog == 1
    assert told(record, "left_out") == [("dated after as_of", "observation/3")]


def episode(**columns: Any) -> dict[str, Any]:
    return {"person_id": 7, "episode_id": 5, "episode_concept_id": 32531, "episode_start_date": "2026-01-01",
            "episode_number": 1, "episode_type_concept_id": 32817, **columns}  # fmt: skip


@pytest.mark.parametrize(
    ("columns", "lines", "why"),
    [
        ({}, 1, ""),
        ({"episode_type_concept_id": 32545}, 0, "an episode that a program worked out"),
        ({"episode_concept_id": 32528}, 0, "an episode that is no treatment regimen"),
        ({"episode_id": 6}, 0, "an episode whose drugs are not told by episode_event"),
    ],
)
def test_episodes(read, columns, lines, why):
    record = read({
        "drug_exposure": [drug(drug_source_value="carfilzomib")],
        "episode": [episode(**columns)],
        "episode_event": [{"episode_id": 5, "event_id": 1, "episode_event_field_concept_id": 1147094}],
    })  # fmt: skip
    assert [line.drugs for line in record.lines or ()] == [("carfilzomib",)] * lines
    assert [says for says, _ in told(record, "left_out")] == ([why] if why else [])
