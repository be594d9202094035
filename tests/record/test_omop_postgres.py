"""OMOP in a real PostgreSQL: the example patients as rows of typed tables, and what can go wrong on the way there."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from doors import PATIENTS, same_answer, typed
from mspike.record import Record, RecordError, read_records, write_records
from mspike.record.databases.server import PostgreSQL
from postgres import server


@pytest.fixture(scope="module")
def url(tmp_path_factory) -> Iterator[str]:
    """A CDM in the schema `cdm`, with the column types of OMOP's own definition."""
    folder = tmp_path_factory.mktemp("cdm")
    write_records([typed(file) for file in PATIENTS], "omop", folder)
    with server() as url:
        with psycopg.connect(url, autocommit=True) as base:
            base.execute("CREATE SCHEMA cdm")
            for file in sorted(folder.glob("*.csv")):
                _load(base, file)
        yield f"{url}&options=-csearch_path%3Dcdm"


def _load(base: psycopg.Connection, file: Path) -> None:
    with file.open(newline="", encoding="utf-8") as opened:
        columns, *rows = csv.reader(opened)
    base.execute(f"CREATE TABLE cdm.{file.stem} ({', '.join(f'{name} {_type(name)}' for name in columns)})")
    with base.cursor() as cursor:
        marks = ", ".join(["%s"] * len(columns))
        cursor.executemany(f"INSERT INTO cdm.{file.stem} VALUES ({marks})", [[v or None for v in row] for row in rows])


def _type(column: str) -> str:
    if column.endswith("_date"):
        return "date"
    if column.startswith(("value_as_number", "range_")):
        return "numeric"
    whole = column.endswith(("_id", "_number", "days_supply", "year_of_birth", "month_of_birth", "day_of_birth"))
    return "bigint" if whole else "varchar(60)"


def test_one_answer(url):
    found = {record.id: record for record in read_records([url], every=True)}
    assert len(found) == len(PATIENTS)
    for file in PATIENTS:
        same_answer(found[file.parent.name], typed(file))


def test_one_patient(url):
    (record,) = read_records([url], patients=["t1114"])
    assert isinstance(record, Record)
    assert (record.id, record.origin) == ("t1114", "postgresql://localhost/postgres (OMOP CDM)")


def test_nothing_is_written(url):
    base = PostgreSQL(url)
    with pytest.raises(RecordError, match="cannot be read"):
        list(base.fetch("INSERT INTO cdm.person (person_id) VALUES (99) RETURNING person_id"))
    base.close()


def test_a_table_that_may_not_be_read(url):
    with psycopg.connect(url, autocommit=True) as base:
        base.execute(
            "CREATE ROLE reader LOGIN; GRANT USAGE ON SCHEMA cdm TO reader; GRANT SELECT ON cdm.person TO reader"
        )
    (record, *_) = read_records([url.replace("user=mspike", "user=reader")], every=True)
    assert isinstance(record, Record)  # information_schema shows what may be read: the other tables are not there
    assert any(note.at == "measurement" for note in record.quality.assumed)


@pytest.mark.parametrize("address", ["127.0.0.1:1/x", "someone:secret@127.0.0.1:1/x"])
def test_a_server_that_is_not_there(address):
    (error,) = read_records([f"postgresql://{address}"], every=True)
    assert error.rule == "a database that cannot be reached"
    assert "secret" not in error.public() + error.error + error.origin + error.record


def test_a_schema_without_a_cdm(url):
    (error,) = read_records([url.replace("cdm", "public")], every=True)
    assert error.rule == "no OMOP tables: person is missing"
