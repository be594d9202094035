"""Write `src/mspike/record/omop/sql/DIALECT.sql` from the statements of rows.sql; `--check` says what is stale.

For databases that mspike does not connect to: run the statements there, save each result as CSV or Parquet under the
name of its table, and give the folder to `mspike options`. They take the patients with multiple myeloma, and of the
vocabulary only what their rows name.
"""

from __future__ import annotations

import sys
from pathlib import Path

import sqlglot

from mspike.knowledge import load_codes
from mspike.record.omop.source import NAMED, statements

FOLDER = Path(__file__).resolve().parents[1] / "src" / "mspike" / "record" / "omop" / "sql"
DIALECTS = {"databricks": "databricks", "snowflake": "snowflake", "bigquery": "bigquery", "redshift": "redshift",
            "sqlserver": "tsql"}  # fmt: skip
"""File → the dialect as sqlglot calls it."""
MYELOMA = 437233

COHORT = f"""WHERE {{person}} IN (
    SELECT condition_occurrence.person_id
    FROM condition_occurrence
    JOIN concept_ancestor ON concept_ancestor.descendant_concept_id = condition_occurrence.condition_concept_id
    WHERE concept_ancestor.ancestor_concept_id = {MYELOMA}
)"""
HEAD = """\
-- The rows of an OMOP CDM 5.4 that mspike reads, for patients with multiple myeloma. Written by scripts/omop_sql.py.
-- Run each statement in the schema of the CDM, and save its result as CSV or Parquet named like its table
-- (`measurement.parquet`) in one folder: `mspike options FOLDER --all`. Take out columns that your CDM does not have.
"""


def sources() -> dict[str, str]:
    """Table → the statement that takes its rows."""
    found = {}
    for table, sql in statements().items():
        person = sql[len("SELECT") : sql.index("FROM")].split(",")[0].strip()
        found[table] = sql.replace("{persons}", COHORT.replace("{person}", person)).partition("ORDER BY")[0]
    used = [
        f"SELECT {column} FROM {table}"
        for column in NAMED
        for table, sql in statements().items()
        if f"    {column}" in sql.replace(",", "").split("\n")
    ]
    found["concept"] = (
        "SELECT concept_id, vocabulary_id, concept_code, concept_name FROM concept "
        f"WHERE concept_id IN ({' UNION '.join(used)})"
    )
    known = ", ".join(sorted({str(int(drug.omop)) for drug in load_codes().drugs.values() if drug.omop}, key=int))
    found["concept_ancestor"] = (
        "SELECT ancestor_concept_id, descendant_concept_id FROM concept_ancestor "
        f"WHERE ancestor_concept_id IN ({known}) "
        "AND descendant_concept_id IN (SELECT drug_concept_id FROM drug_exposure)"
    )
    return found


def written(dialect: str) -> str:
    parts = [HEAD]
    for table, sql in sources().items():
        (one,) = sqlglot.transpile(sql, read="postgres", write=dialect, pretty=True)
        parts.append(f"-- table: {table}\n{one};\n")
    return "\n".join(parts)


def main() -> int:
    stale = []
    for name, dialect in DIALECTS.items():
        path, text = FOLDER / f"{name}.sql", written(dialect)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(path.name)
            if "--check" not in sys.argv:
                path.write_text(text, encoding="utf-8")
    print(f"{'stale, run scripts/omop_sql.py' if '--check' in sys.argv else 'written'}: {', '.join(stale) or 'none'}")
    return int("--check" in sys.argv and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
