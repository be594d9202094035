"""The rows of an OMOP CDM, table by table, ordered by person, and the concepts that they name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from importlib import resources

from mspike.record.databases import Database, Row, as_text, with_points
from mspike.record.omop.terms import Concept

NUMBERS = frozenset({"value_as_number", "range_high", "value_source_value", "days_supply"})

NAMED = ("drug_concept_id", "drug_source_concept_id", "measurement_concept_id", "measurement_source_concept_id",
         "condition_concept_id", "condition_source_concept_id", "procedure_concept_id",
         "procedure_source_concept_id", "observation_concept_id", "observation_source_concept_id",
         "value_as_concept_id", "unit_concept_id")  # fmt: skip
"""Columns whose concepts are looked up in the source's own `concept` table."""


@lru_cache(maxsize=1)
def statements() -> dict[str, str]:
    """Table → the statement that reads it."""
    text = resources.files("mspike.record.omop").joinpath("sql", "rows.sql").read_text(encoding="utf-8")
    parts = re.split(r"^-- table: (\w+)\n", text, flags=re.MULTILINE)
    return {name: sql.strip().rstrip(";") for name, sql in zip(parts[1::2], parts[2::2], strict=True)}


def columns_of(sql: str) -> list[str]:
    """The columns that a statement gives, in order."""
    listed = sql[len("SELECT") : sql.index("FROM")]
    return [column.strip().rpartition(".")[2] for column in listed.split(",")]


def fitted(sql: str, there: Iterable[str], persons: Sequence[int] | None) -> str:
    """The statement with NULL for the columns that are not there, for these persons or for all."""
    listed, rest = sql[len("SELECT") : sql.index("FROM")], sql[sql.index("FROM") :]
    having = set(there)
    chosen = [column.strip() for column in listed.split(",")]
    kept = [c if c.rpartition(".")[2] in having else f"NULL AS {c.rpartition('.')[2]}" for c in chosen]
    where = "" if persons is None else f"WHERE {chosen[0]} IN ({', '.join(str(int(p)) for p in persons) or 'NULL'})"
    return f"SELECT {', '.join(kept)} {rest.replace('{persons}', where)}"


def rows(database: Database, table: str, persons: Sequence[int] | None) -> Iterator[tuple[int, Row]]:
    """Every row of a table with its person, in the order of persons; rows without a person are passed over."""
    sql = statements()[table]
    there = database.columns.get(table)
    if there is None or (table == "episode_event" and "episode" not in database.columns):
        return
    names = columns_of(sql)
    whole = {name for name in names if name.endswith("_id")}
    commas = table in database.decimal_commas
    for values in database.fetch(fitted(sql, there | {"person_id"} if table == "episode_event" else there, persons)):
        row = {name: text for name, value in zip(names, values, strict=True) if (text := as_text(value))}
        for name in whole & row.keys():
            row[name] = row[name].removesuffix(".0")  # as files have it that were tables of numbers with gaps
        person = row.get("person_id", "")
        if person.removeprefix("-").isdecimal():
            yield int(person), with_points(row, NUMBERS) if commas else row


class Rows:
    """A table's rows, taken person by person."""

    def __init__(self, database: Database, table: str, persons: Sequence[int] | None) -> None:
        self._rows = rows(database, table, persons)
        self._next = next(self._rows, None)

    def of(self, person: int) -> list[Row]:
        """The person's rows. Asked for in ascending order of persons, each once."""
        found = []
        while self._next is not None and self._next[0] <= person:
            if self._next[0] == person:
                found.append(self._next[1])
            self._next = next(self._rows, None)
        return found


def concepts(database: Database, persons: Sequence[int] | None) -> dict[str, Concept]:
    """Concept id → every concept that the rows name, where the source has the table."""
    there = database.columns.get("concept")
    if there is None or not {"concept_id", "vocabulary_id", "concept_code", "concept_name"} <= there:
        return {}
    used = [
        f"SELECT {column} AS concept_id FROM {table}{_of(persons)}"
        for table, having in database.columns.items() if table in statements()
        for column in NAMED if column in having
    ]  # fmt: skip
    if not used:
        return {}
    sql = (f"SELECT concept_id, vocabulary_id, concept_code, concept_name FROM concept WHERE concept_id IN "
           f"({' UNION '.join(used)})")  # fmt: skip
    return {as_text(c[0]): Concept(as_text(c[1]), as_text(c[2]), as_text(c[3])) for c in database.fetch(sql) if c[0]}


def ingredients(database: Database, known: Iterable[str], persons: Sequence[int] | None = None) -> dict[str, str]:
    """Concept id of a drug product → that of the one known ingredient in it, by the source's `concept_ancestor`."""
    there = database.columns
    if "concept_ancestor" not in there or "drug_concept_id" not in there.get("drug_exposure", ()):
        return {}
    listed = ", ".join(str(one) for one in sorted({int(one) for one in known if one}))
    sql = (f"SELECT descendant_concept_id, ancestor_concept_id FROM concept_ancestor "
           f"WHERE ancestor_concept_id IN ({listed}) AND CAST(descendant_concept_id AS VARCHAR(20)) IN "
           f"(SELECT CAST(drug_concept_id AS VARCHAR(20)) FROM drug_exposure{_of(persons)})")  # fmt: skip
    found: dict[str, set[str]] = {}
    for product, ingredient in database.fetch(sql):
        found.setdefault(as_text(product), set()).add(as_text(ingredient))
    return {product: held.pop() for product, held in found.items() if len(held) == 1}


def _of(persons: Sequence[int] | None) -> str:
    return "" if persons is None else f" WHERE person_id IN ({', '.join(str(int(p)) for p in persons) or 'NULL'})"
