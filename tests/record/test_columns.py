"""The columns of a block: one schema, the same rows whether records are taken apart or a database is asked at once."""

from __future__ import annotations

import csv
import datetime as dt
import random
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from doors import PATIENTS, ROOT, typed
from mspike.record import Record, read_records
from mspike.record.columns import LABS, LINES_STATED, TABLES, arrow_schema, as_tables
from mspike.record.databases.files import DuckDB
from mspike.record.omop.columns import read_columns

TODAY = dt.date(2026, 11, 1)
TESTS = (
    {"measurement_concept_id": "3046299", "unit_concept_id": "8713", "unit_source_value": "g/dL"},
    {"measurement_concept_id": "3046299", "unit_concept_id": "8713", "unit_source_value": "g/L"},
    {"measurement_concept_id": "0", "measurement_source_value": "Hemoglobin", "unit_source_value": "g/dl"},
    {"measurement_concept_id": "0", "measurement_source_value": "creatinine", "unit_concept_id": "8840"},
    {"measurement_concept_id": "0", "measurement_source_value": "creatinine"},
    {"measurement_concept_id": "0", "measurement_source_value": "egfr", "unit_source_value": "mL/min/1.73m2"},
    {"measurement_concept_id": "0", "measurement_source_value": "ward test 17"},
    {"measurement_concept_id": "0"},
)
NUMBERS = ("0", "0.8", "1.25", "12.5", "90", "1e308", "NaN", "", "-3", "ten")
DRUGS = ("lenalidomide", "Velcade 3.5 mg", "aspirin", "", "dexamethasone")


@pytest.fixture(scope="module")
def cdm(tmp_path_factory) -> Path:
    """Rows as they come: with and without concepts, units, numbers, operators and ends."""
    folder, chance = tmp_path_factory.mktemp("cdm"), random.Random(4)
    people = [{"person_id": str(n), "gender_concept_id": "8532", "year_of_birth": "1950"} for n in range(1, 31)]
    labs, drugs = [], []
    for number in range(1, 601):
        who, day = str(chance.randint(1, 30)), dt.date(2026, 12, 1) - dt.timedelta(chance.randint(0, 2000))
        labs.append({
            "measurement_id": str(number), "person_id": who, "measurement_date": day.isoformat(), "value_as_number":
            chance.choice(NUMBERS), "operator_concept_id": chance.choice(("", "0", "4171756", "4172703")),
            "value_source_value": chance.choice(("", "", "<0.8")), **chance.choice(TESTS),
        })  # fmt: skip
        end = day + dt.timedelta(chance.randint(-5, 200))
        drugs.append({
            "drug_exposure_id": str(number), "person_id": who, "drug_concept_id": "0", "drug_exposure_start_date":
            day.isoformat(), "drug_exposure_end_date": end.isoformat(), "verbatim_end_date":
            chance.choice(("", (end + dt.timedelta(9)).isoformat())), "drug_source_value": chance.choice(DRUGS),
            "days_supply": chance.choice(("", "0", "28")),
            "stop_reason": chance.choice(("", "toxicity", "Disease progression", "see letter")),
            "route_source_value": chance.choice(("", "oral", "by mouth or so")),
        })  # fmt: skip
    for name, rows in (("person", people), ("measurement", labs), ("drug_exposure", drugs)):
        columns = list(dict.fromkeys(key for row in rows for key in row))
        with (folder / f"{name}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
    return folder


def by_patient(table: Any, who: dict[int, str]) -> dict[str, list[tuple[Any, ...]]]:
    found = defaultdict(list)
    for row in table.to_pylist():
        found[who[row.pop("patient")]].append(tuple(row.values()))
    return {patient: sorted(rows, key=repr) for patient, rows in found.items()}


def test_a_database_at_once_gives_what_each_record_gives(cdm):
    records = [record for record in read_records([cdm], every=True, today=TODAY) if isinstance(record, Record)]
    assert len(records) == 30
    one_by_one = as_tables(records)
    at_once, counts = read_columns(DuckDB(cdm), today=TODAY)
    numbered = {number: record.id for number, record in enumerate(records)}
    for name in ("labs", "drugs"):
        ours, theirs = by_patient(one_by_one[name], numbered), by_patient(at_once[name], {n: str(n) for n in range(31)})
        assert theirs == ours
        assert sum(map(len, ours.values())) > 40
        assert at_once[name].schema == one_by_one[name].schema
    assert {row["record"]: row["patient"] for row in at_once["patients"].to_pylist()} == {
        str(n): n for n in range(1, 31)
    }
    assert counts["measurement"]["read"] == 600
    assert 0 < counts["measurement"]["taken"] < 600 - counts["measurement"]["not mapped"]


def test_the_schema_holds():
    tables = as_tables([typed(file) for file in PATIENTS])
    for table in TABLES:
        assert tables[table.name].schema == arrow_schema(table)
        assert all(column.meaning for column in table.columns)
    patients = tables["patients"].to_pylist()
    assert [row["record"] for row in patients] == [file.parent.name for file in PATIENTS]
    assert {row["gap"] for row in patients} == {LINES_STATED}
    labs = tables["labs"].to_pylist()
    assert len(labs) > 20
    assert all((row["value"] is None) != (row["result"] is None) for row in labs)


def test_a_cdm_without_rows(tmp_path):
    (tmp_path / "person.csv").write_text("person_id\n1\n")
    at_once, _ = read_columns(DuckDB(tmp_path), today=TODAY)
    assert at_once["labs"].schema == arrow_schema(LABS)
    assert at_once["labs"].num_rows == 0


@pytest.mark.parametrize("source", ["patients/t1114/record.yaml", "fhir/t1114.json", "ndjson/patients.ndjson"])
def test_what_needs_no_tables_loads_none(source):
    path = str(ROOT / "examples" / source)
    code = f"""
import sys
from mspike.record import read_records
assert list(read_records([{path!r}], every=True))
print(sorted({{"duckdb", "pyarrow", "psycopg", "numpy"}} & set(sys.modules)))
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
