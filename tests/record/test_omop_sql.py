"""The statements for warehouses: each reads in its dialect, gives the columns that are read, and runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import sqlglot

from mspike.record.omop.source import columns_of, statements

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "src" / "mspike" / "record" / "omop" / "sql"
DIALECTS = {"databricks": "databricks", "snowflake": "snowflake", "bigquery": "bigquery", "redshift": "redshift",
            "sqlserver": "tsql"}  # fmt: skip
VOCABULARY = {
    "concept": ["concept_id", "vocabulary_id", "concept_code", "concept_name"],
    "concept_ancestor": ["ancestor_concept_id", "descendant_concept_id"],
}


def parts(name: str) -> dict[str, str]:
    """Table → its statement in a file."""
    split = re.split(r"^-- table: (\w+)\n", (FOLDER / f"{name}.sql").read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(split[1::2], split[2::2], strict=True))


@pytest.mark.parametrize("name", DIALECTS)
def test_each_reads_in_its_dialect(name):
    wanted = {table: columns_of(sql) for table, sql in statements().items()} | VOCABULARY
    found = parts(name)
    assert found.keys() == wanted.keys()
    for table, sql in found.items():
        (read,) = sqlglot.parse(sql, read=DIALECTS[name])
        assert [column.alias_or_name for column in read.selects] == wanted[table]


def test_they_are_fresh():
    run = subprocess.run([sys.executable, "scripts/omop_sql.py", "--check"], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


def test_they_run():
    """Where the dialect is plain SQL, on tables of that shape: one patient with myeloma, one without."""
    base = duckdb.connect()
    for table, sql in statements().items():
        columns = [c for c in columns_of(sql) if (table, c) != ("episode_event", "person_id")]
        base.execute(f"CREATE TABLE {table} ({', '.join(f'{column} BIGINT' for column in columns)})")
    for table, columns in VOCABULARY.items():
        base.execute(f"CREATE TABLE {table} ({', '.join(f'{column} BIGINT' for column in columns)})")
    base.execute("INSERT INTO person (person_id) VALUES (1), (2)")
    base.execute("INSERT INTO concept_ancestor VALUES (437233, 4137510)")
    base.execute("INSERT INTO condition_occurrence (person_id, condition_concept_id) VALUES (1, 4137510), (2, 320128)")
    given = {table: base.execute(sql).fetchall() for table, sql in parts("redshift").items()}
    assert [row[0] for row in given["person"]] == [1]
    assert [row[0] for row in given["condition_occurrence"]] == [1]
