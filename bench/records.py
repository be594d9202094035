"""Measure the doors: records from FHIR, OMOP and tables. Prints a table, asserts nothing.

Medians of several rounds in one process, after one that fills the caches; every source is made up here.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from fhir_sources import fhir, ndjson

ROUNDS = 7
TODAY = dt.date(2026, 11, 1)
Row = tuple[str, float, str]
"""What, milliseconds, and how much that is."""


def main() -> None:
    wanted = sys.argv[1:]
    print(f"{'':<58}{'ms':>10}   per second")
    for name, measure in MEASURES.items():
        if not wanted or name in wanted:
            for what, milliseconds, rate in measure():
                print(f"{what:<58}{milliseconds:>10.1f}   {rate}")


def timed(run: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Milliseconds of one round, the median; the first is not counted."""
    taken = []
    for _ in range(rounds + 1):
        start = time.perf_counter()
        run()
        taken.append((time.perf_counter() - start) * 1000)
    return median(taken[1:])


def rate(count: int, milliseconds: float, of: str) -> str:
    return f"{count / milliseconds * 1000:,.0f} {of}"


# -- OMOP

MEASUREMENTS = 200_000
TESTS = (
    ("3046299", "serum-m-protein", "g/dL", "8713", 6.0), ("0", "Hemoglobin", "g/dL", "8713", 14.0),
    ("0", "creatinine", "mg/dL", "8840", 5.0), ("0", "kappa-flc", "mg/L", "8751", 4000.0),
    ("0", "ward test 17", "", "0", 1.0),
)  # fmt: skip
MEASUREMENT = ("measurement_id", "person_id", "measurement_concept_id", "measurement_date", "operator_concept_id",
               "value_as_number", "unit_concept_id", "measurement_source_value", "unit_source_value")  # fmt: skip


def omop() -> Iterator[Row]:
    """A CDM of 1,000 persons with 200,000 measurements, a fifth of them unknown, as files and as a database."""
    import duckdb

    from mspike.record import read_records
    from mspike.record.databases.files import DuckDB
    from mspike.record.omop.columns import read_columns

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "cdm"
        folder.mkdir()
        cdm(folder)
        base, parquet = folder.with_suffix(".duckdb"), folder.with_name("parquet")
        parquet.mkdir()
        with duckdb.connect(str(base)) as made:
            for file in folder.glob("*.csv"):
                made.execute(f"CREATE TABLE {file.stem} AS SELECT * FROM read_csv('{file}')")
                made.execute(f"COPY {file.stem} TO '{parquet / file.stem}.parquet'")
        alone = timed(lambda: duckdb.sql(f"SELECT * FROM read_csv('{folder}/measurement.csv')").to_arrow_table())
        yield "DuckDB alone: the same CSV to Arrow", alone, rate(MEASUREMENTS, alone, "measurements")
        for what, source in (("CSV", folder), ("Parquet", parquet), ("a DuckDB file", base)):
            taken = timed(lambda source=source: read_columns(DuckDB(source), today=TODAY))
            told = f"{rate(MEASUREMENTS, taken, 'measurements')}, {taken / alone:.1f} times DuckDB alone"
            yield f"OMOP: 200,000 measurements of {what} to columns", taken, told
        for what, patients in (("one person of 1,000", ["500"]), ("10 persons of 1,000", [str(n) for n in range(10)])):
            taken = timed(lambda patients=patients: list(read_records([base], patients=patients, today=TODAY)), 3)
            yield f"OMOP: {what} from a DuckDB file to records", taken, rate(len(patients) * 200, taken, "measurements")


def cdm(folder: Path, persons: int = 1000) -> None:
    chance = random.Random(1)
    with (folder / "person.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["person_id", "gender_concept_id", "year_of_birth"],
                                    *([number, 8507, 1950] for number in range(persons))])  # fmt: skip
    with (folder / "measurement.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(MEASUREMENT)
        for number in range(MEASUREMENTS):
            concept, word, unit, unit_concept, most = TESTS[number % len(TESTS)]
            day = dt.date(2026, 10, 1) - dt.timedelta(chance.randrange(4000))
            in_one = number % 2  # the unit stands in one column or in the other
            rows.writerow([number, chance.randrange(persons), concept, day, "4171756" if number % 50 == 0 else "",
                           round(chance.uniform(0, most), 2), unit_concept if in_one else "0", word,
                           "" if in_one else unit])  # fmt: skip


# -- what passed the door, to the codes of the kernels


def encode() -> Iterator[Row]:
    """A block of 2,000 made-up patients with 200,000 results, as tables of Arrow, to its columns."""
    import json

    import pyarrow as pa

    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
    from mspike.cohort import encode_block
    from mspike.knowledge import load_codes, load_knowledge
    from mspike.record import Record, read_case
    from mspike.record.columns import as_tables
    from patients import case, people

    units = {name: next(iter(test.units)) for name, test in load_codes().tests.items() if test.units}
    read = [next(read_case(json.dumps(case(made, units)), "made.json")) for made in people(200)]
    few = as_tables([record for record in read if isinstance(record, Record)])
    times = -(-MEASUREMENTS // few["labs"].num_rows)
    many = {}
    for name, table in few.items():
        field = table.schema.field("patient")
        numbers = (table.column("patient").to_numpy() + of * len(read) for of in range(times))
        many[name] = pa.concat_tables(table.set_column(0, field, pa.array(column)) for column in numbers)
    knowledge, count = load_knowledge(), sum(many[name].num_rows for name in ("labs", "drugs"))
    taken = timed(lambda: encode_block(many, knowledge))
    yield f"a block: {count:,} results and drug records to codes", taken, rate(count, taken, "rows")


MEASURES: dict[str, Callable[[], Iterator[Row]]] = {"fhir": fhir, "ndjson": ndjson, "omop": omop, "encode": encode}

if __name__ == "__main__":
    main()
