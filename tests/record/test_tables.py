"""Tidy tables: every example patient written as CSV and read back; others' tables by a mapping; days for dates."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
from pathlib import Path
from typing import Any

import duckdb
import pytest

from doors import PATIENTS, read_one, same_answer, typed
from mspike.record import Record, RecordError, read_records, write_records

TODAY = dt.date(2026, 11, 1)
LABS = """\
schema: mspike-mapping/1
tables:
  - file: labs.csv
    holds: measurements
    patient: Patient No
    columns:
      date: Taken
      test: {column: Analyte, words: {Hb: haemoglobin, Krea: creatinine}}
      value: Result
      unit: {column: [Unit, Unit old]}
    only: {Status: [final, corrected]}
"""


@pytest.fixture(scope="module")
def ten(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("csv")
    write_records([typed(file) for file in PATIENTS], "csv", folder)
    return folder


@pytest.mark.parametrize("file", PATIENTS, ids=lambda file: file.parent.name)
def test_one_answer(file, tmp_path):
    write_records([typed(file)], "csv", tmp_path)
    same_answer(read_one(tmp_path), typed(file))


def test_ten_in_one_folder(ten):
    found = {record.id: record for record in read_records([ten], every=True)}
    assert len(found) == len(PATIENTS)
    for file in PATIENTS:
        same_answer(found[file.parent.name], typed(file))


def test_parquet_and_gzip_say_the_same(ten, tmp_path):
    for name in ("parquet", "packed"):
        (tmp_path / name).mkdir()
    for file in ten.glob("*.csv"):
        duckdb.sql(f"COPY (FROM read_csv('{file}', all_varchar=true)) TO '{tmp_path}/parquet/{file.stem}.parquet'")
        (tmp_path / "packed" / f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes()))
    for name in ("parquet", "packed"):
        (record,) = read_records([tmp_path / name], patients=["t1114"])
        same_answer(record, typed(next(file for file in PATIENTS if file.parent.name == "t1114")))


# -- others' tables


@pytest.fixture
def read(tmp_path):
    """The text of `labs.csv`, read by a mapping, → the record, or the error."""

    def run(labs: str | bytes, mapping: str = LABS, **how: Any) -> Record | RecordError:
        (tmp_path / "labs.csv").write_bytes(labs if isinstance(labs, bytes) else labs.encode())
        (tmp_path / "map.yaml").write_text(mapping, encoding="utf-8")
        (record,) = read_records([tmp_path / "labs.csv"], mapping=tmp_path / "map.yaml", today=TODAY, **how)
        return record

    return run


HEAD = "Patient No,Taken,Analyte,Result,Unit,Unit old,Status\n"


def values(record: Record | RecordError) -> list[tuple[str, float]]:
    assert isinstance(record, Record), record.as_json()
    return [(found.test, found.value.low) for found in record.measurements if found.value]


def test_a_mapping(read):
    record = read(HEAD + "7,2026-06-01,Hb,10.2,,g/dL,final\n7,2026-06-01,Krea,90,umol/L,,final\n"
                  "7,2026-06-02,Hb,1,g/dL,,preliminary\n")  # fmt: skip
    assert values(record) == [("haemoglobin", 102), ("creatinine", 90)]
    assert [found.at for found in record.measurements] == ["labs.csv/1", "labs.csv/2"]
    assert record.as_of_basis == "today"


def test_a_byte_order_mark_semicolons_and_decimal_commas(read):
    text = HEAD.replace(",", ";") + "7;2026-06-01;Hb;10,2;g/dL;;final\n7;2026-06-01;Krea;<90,5;umol/L;;final\n"
    for data in (b"\xef\xbb\xbf" + text.encode(), b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()):
        record = read(data)
        assert values(record)[0] == ("haemoglobin", 102)
        assert record.measurements[1].value.high == 90.5


@pytest.mark.parametrize("bad", ["1e308", "NaN", "ten", "-3", "10,2"])
def test_a_bad_line_among_good_ones(read, bad):
    """`10,2` in quotes in a file that commas part could be ten thousands: it is not guessed."""
    record = read(HEAD + f'7,2026-06-01,Hb,"{bad}",g/dL,,final\n7,2026-06-02,Hb,11,g/dL,,final\n')
    assert values(record) == [("haemoglobin", 110)]
    ((note),) = record.quality.refused
    assert (note.at.startswith("labs.csv/1"), bad in note.given) == (True, True)


BROKEN = {
    "umlaut": (b"7,2026-06-01,Hb,10,g/dL,\xff,final\n", "text that is not UTF-8"),
    "more": (b"7,2026-06-01,Hb,10,g/dL,,final,x,y\n", "more columns than the header names"),
    "fewer": (b"7,2026-06-01,Hb\n", "fewer columns than the header names"),
    "long": (b"7,2026-06-01,Hb,10,g/dL,," + b"x" * 3_000_000 + b"\n", "a line of more than 2 MB"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_line_is_named_and_the_rest_read(read, name):
    line, rule = BROKEN[name]
    record = read(HEAD.encode() + b"7,2026-06-01,Hb,10,g/dL,,final\n" + line + b"7,2026-06-03,Hb,12,g/dL,,final\n")
    assert values(record) == [("haemoglobin", 100), ("haemoglobin", 120)]
    assert [(note.says, note.at) for note in record.quality.refused] == [(rule, "labs.csv, line 3")]


def test_a_quote_that_is_not_closed(read):
    record = read(
        HEAD + '7,2026-06-01,Hb,10,g/dL,,final\n7,2026-06-02,"Hb,11,g/dL,,final\n7,2026-06-03,Hb,12,g/dL,,final\n'
    )
    assert values(record) == [("haemoglobin", 100)]
    ((note),) = record.quality.refused
    assert (note.says[:28], note.at) == ("a quote that is not closed: ", "labs.csv, line 3")


def test_a_compressed_table_that_breaks_off(tmp_path):
    whole = gzip.compress(HEAD.encode() + b"7,2026-06-01,Hb,10,g/dL,,final\n" * 1000)
    (tmp_path / "labs.csv.gz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "map.yaml").write_text(LABS, encoding="utf-8")
    (error,) = read_records([tmp_path / "labs.csv.gz"], mapping=tmp_path / "map.yaml", today=TODAY)
    assert error.rule == "a table that cannot be read"


def test_a_date_that_is_none_and_a_time(read):
    record = read(HEAD + "7,2026-02-30,Hb,10,g/dL,,final\n7,2026-06-02T23:50:00Z,Hb,11,g/dL,,final\n")
    assert [found.date.text for found in record.measurements] == ["2026-06-02"]
    assert len(record.quality.refused) == 1


def test_names_as_others_write_them(read, tmp_path):
    (tmp_path / "codes.csv").write_text("system,code,word\n,HB-POC,haemoglobin\n")
    rows = ("Hemoglobin", "HB-POC", "Sodium", "Sodium", "Platlets")
    record = read(HEAD + "".join(f"7,2026-06-0{n},{name},100,g/L,,final\n" for n, name in enumerate(rows, 1)),
                  code_map=tmp_path / "codes.csv")  # fmt: skip
    assert values(record) == [("haemoglobin", 100), ("haemoglobin", 100)]
    assert [(row.kind, row.code, row.count, row.nearest) for row in record.quality.unmapped] == [
        ("labs.csv, test", "Sodium", 2, ""), ("labs.csv, test", "Platlets", 1, "platelets"),
    ]  # fmt: skip


def test_columns_of_no_key_are_counted(read):
    record = read(HEAD.replace("\n", ",Ward\n") + "7,2026-06-01,Hb,10,g/dL,,final,A3\n")
    assert [(row.kind, row.code) for row in record.quality.unmapped] == [("labs", "ward")]


@pytest.mark.parametrize(
    ("labs", "rule"),
    [
        (HEAD.replace("Analyte", "analyt") + "7,2026-06-01,Hb,10,g/dL,,final\n", "a column of the mapping is missing"),
        (HEAD.replace("Unit,", "Unit-old,") + "7,2026-06-01,Hb,10,g/dL,,final\n", "two columns with one name"),
        ("Patient No\n7\n".encode("utf-16"), "text in UTF-16, and UTF-8 is read"),
        (HEAD, "no patient in it"),
        (b"Patient\xffNo,Taken\n", "text that is not UTF-8"),
        ("", "an empty table"),
    ],
)
def test_tables_that_cannot_be_read(read, labs, rule):
    error = read(labs)
    assert isinstance(error, RecordError)
    assert error.rule == rule
    assert "final" not in error.public()


MAPPINGS = {
    "no schema": ("tables: []\n", "no mapping file"),
    "unknown key": (LABS.replace("date:", "day:"), "no such key of measurements"),
    "unknown list": (LABS.replace("holds: measurements", "holds: labs"), "a table holds patients or a list"),
    "unknown field": (LABS + "    sheet: 1\n", "a mapping file that does not hold"),
    "the same key twice": (LABS.replace("      value:", "      date: X\n      value:"), "the same key twice"),
    "another file": (LABS.replace("labs.csv", "others.csv"), "a table of the mapping is missing"),
    "a side that is none": (LABS.replace("date: Taken", "date: {column: Taken, days: since}"), "days before or after"),
}


@pytest.mark.parametrize("name", MAPPINGS)
def test_mappings_that_do_not_hold(read, name):
    mapping, rule = MAPPINGS[name]
    error = read(HEAD + "7,2026-06-01,Hb,10,g/dL,,final\n", mapping)
    assert isinstance(error, RecordError)
    assert error.rule.startswith(rule)
    assert error.hint


def test_a_mapping_for_what_is_no_table(tmp_path):
    (error,) = read_records([PATIENTS[0]], mapping="map.yaml")
    assert error.rule == "a mapping is for tables, and this is none"


# -- days instead of dates

DAYS = """\
schema: mspike-mapping/1
days_from: the diagnosis
tables:
  - file: cases.tsv
    holds: patients
    patient: case_id
    columns:
      patient.birth_date: {column: age_at_diagnosis, days: before}
      patient.sex: gender
      disease.diagnosed: {column: days_to_diagnosis}
      as_of: {column: days_to_last_follow_up, words: {"'--": ""}}
    always: {disease.diagnosis: multiple-myeloma}
  - file: treatments.tsv
    holds: treatments
    patient: case_id
    columns: {drug: therapeutic_agents, start: days_to_treatment_start, end: {column: days_to_treatment_end, words: {"'--": ""}}}
"""  # noqa: E501


@pytest.fixture
def days(tmp_path):
    (tmp_path / "cases.tsv").write_text(
        "case_id\tage_at_diagnosis\tgender\tdays_to_diagnosis\tdays_to_last_follow_up\n"
        "C1\t22000\tmale\t0\t900\nC2\t22000\tfemale\t0\t'--\n"
    )
    (tmp_path / "treatments.tsv").write_text(
        "case_id\ttherapeutic_agents\tdays_to_treatment_start\tdays_to_treatment_end\n"
        "C1\tBortezomib\t10\t130\nC1\tLenalidomide\t10.0\t'--\nC2\tDexamethasone\t-3\t400\nC2\tBortezomib\t70000\t'--\n"
    )

    def run(mapping: str = DAYS) -> list[Record | RecordError]:
        (tmp_path / "map.yaml").write_text(mapping)
        return list(read_records([tmp_path], mapping=tmp_path / "map.yaml", today=TODAY, every=True))

    return run


def test_days_end_today(days):
    """No date is a real one: the last day of each patient is laid on today, so that today's rules hold."""
    one, two = days()
    assert (one.as_of, two.as_of) == (TODAY, TODAY)
    zero = TODAY - dt.timedelta(900)
    assert one.disease.diagnosed.first == zero
    assert [given.start.first - zero for given in one.treatments] == [dt.timedelta(10)] * 2
    assert [given.end and given.end.first - zero for given in one.treatments] == [dt.timedelta(130), None]
    assert one.patient.age.low == 62
    assert any("no date is a real one" in note.says for note in one.quality.assumed)
    zero = TODAY - dt.timedelta(400)
    assert two.treatments[0].start.first == zero - dt.timedelta(3)


def test_a_number_that_is_no_day(days):
    _, two = days()
    assert [given.drug for given in two.treatments] == ["dexamethasone"]
    assert [note.given for note in two.quality.refused] == ["70000"]


def test_day_zero_may_be_named(days):
    one, _ = days(DAYS.replace("tables:", "day_zero: 2015-01-01\ntables:"))
    assert (one.as_of, one.disease.diagnosed.text) == (dt.date(2015, 1, 1) + dt.timedelta(900), "2015-01-01")


def test_days_give_the_answer_that_dates_give(tmp_path):
    """A record with whole dates, once as it is and once as days from its diagnosis."""
    dated = next(record for file in PATIENTS if (record := typed(file)).id == "first-relapse-lenalidomide")
    zero = dt.date(2019, 5, 1)
    write_records([dated], "csv", tmp_path / "dates")
    (tmp_path / "days").mkdir()
    layout = ["schema: mspike-mapping/1", "days_from: a day", f"day_zero: {zero}", "tables:"]
    for file in sorted((tmp_path / "dates").glob("*.csv")):
        with file.open(newline="") as opened:
            rows = list(csv.DictReader(opened))
        for row in rows:
            for key, value in row.items():
                if len(value) in (7, 10) and value[:2] == "20" and value[4] == "-":
                    row[key] = value = value if len(value) == 10 else f"{value}-01"
        with file.open("w", newline="") as opened:
            _write(opened, rows)
        for row in rows:
            for key, value in row.items():
                if len(value) == 10 and value[:2] == "20" and value[4] == "-":
                    row[key] = str((dt.date.fromisoformat(value) - zero).days)
        with (tmp_path / "days" / file.name).open("w", newline="") as opened:
            _write(opened, rows)
        keys = ", ".join(f'"{key}": "{key}"' for key in rows[0] if key != "patient")
        layout += [f"  - {{file: {file.name}, holds: {file.stem}, patient: patient, columns: {{{keys}}}}}"]
    (tmp_path / "map.yaml").write_text("\n".join(layout) + "\n")
    same_answer(read_one(tmp_path / "days", mapping=tmp_path / "map.yaml"), read_one(tmp_path / "dates"))


def _write(opened: Any, rows: list[dict[str, str]]) -> None:
    writer = csv.DictWriter(opened, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
