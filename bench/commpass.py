"""Lines counted from dated drugs against those that the sites of MMRF CoMMpass recorded. Prints, asserts nothing.

`python bench/commpass.py [TREATMENTS.csv] [--half even|odd]`: the treatments table of the study in the open tier of the
NCI Genomic Data Commons (cite MMRF and GDC; do not re-identify). Without a file, the one in $MSPIKE_SHARED/data. The
table dates drugs and transplants, and nothing else: no value, no response, no progression.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import hashlib
import json
import os
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, NamedTuple

from mspike.derive import Line, derive_state
from mspike.knowledge import load_knowledge
from mspike.record import RecordError, read_case

ORIGIN = dt.date(2010, 1, 1)
"""Stands for day 0 of the study; the table counts days."""
ORDINALS = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth")
NEAR = 30
"""Days within which two starts are the same."""
STEROIDS = {"dexamethasone", "prednisone", "prednisolone", "methylprednisolone"}
UPKEEP = {"lenalidomide", "bortezomib", "ixazomib", "carfilzomib", "thalidomide", "pomalidomide", "daratumumab"}
OTHER_NAMES = {"liposomal-doxorubicin": "pegylated-liposomal-doxorubicin"}


class Row(NamedTuple):
    start: int
    end: int
    drug: str
    """Empty: a transplant; `other`: a drug that the table does not name."""
    transplant: str
    line: int


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("table", nargs="?", type=Path)
    parser.add_argument("--half", choices=("all", "even", "odd"), default="all", help="by SHA-256 of the case id")
    asked = parser.parse_args()
    shared = os.environ.get("MSPIKE_SHARED")
    table = asked.table or (Path(shared) / "data" / "commpass_treatments.csv" if shared else None)
    if table is None or not table.is_file():
        sys.exit("bench: give the treatments table, or in MSPIKE_SHARED the folder with data/commpass_treatments.csv")
    patients = read(table, asked.half)
    knowledge = load_knowledge()
    on_line = records = first = 0
    missed: Counter[str] = Counter()
    added: Counter[str] = Counter()
    recorded = found = counted = right = refused = 0
    for name, rows in patients.items():
        record = next(iter(read_case(json.dumps(case_of(name, rows)), name)))
        refused += isinstance(record, RecordError)
        lines = () if isinstance(record, RecordError) else derive_state(record, knowledge).lines or ()
        starts = [day_of(line) for line in lines]
        for row in rows:
            if row.drug not in ("", "other"):
                records += 1
                first += row.line == 1
                on_line += max([n for n, day in enumerate(starts, 1) if day <= row.start + 3], default=1) == row.line
        sites: dict[int, int] = {}
        for row in rows:
            sites[row.line] = min(row.start, sites.get(row.line, row.start))
        later = [day for number, day in sites.items() if number > 1]
        recorded, counted = recorded + len(later), counted + len(starts[1:])
        for day in later:
            if any(abs(day - other) <= NEAR for other in starts[1:]):
                found += 1
            else:
                missed[why_missed(day, rows, lines)] += 1
        for line in lines[1:]:
            if any(abs(day_of(line) - day) <= NEAR for day in later):
                right += 1
            else:
                added[why_added(line, rows, later)] += 1
    print(f"{len(patients)} patients with dated rows, {refused} refused, {records} dated drug records")
    print(f"records on the line that the site recorded: {on_line / records:.1%} (all on line 1: {first / records:.1%})")
    print(f"starts of second and later lines within {NEAR} days: recall {found / max(1, recorded):.1%} of {recorded}, "
          f"precision {right / max(1, counted):.1%} of {counted}")  # fmt: skip
    show("recorded by the site, not counted", missed)
    show("counted, not recorded by the site", added)


def read(table: Path, half: str) -> dict[str, list[Row]]:
    """Dated rows by patient, as far as they name a line."""
    patients: defaultdict[str, list[Row]] = defaultdict(list)
    with table.open(newline="", encoding="utf-8") as lines:
        for given in csv.DictReader(lines):
            odd = int(hashlib.sha256(given["case"].encode()).hexdigest(), 16) % 2
            word = given["regimen_or_line_of_therapy"].split(" ")[0]
            if (
                word not in ORDINALS
                or not given["days_to_treatment_start"]
                or (half != "all" and odd != (half == "odd"))
            ):
                continue
            start = int(float(given["days_to_treatment_start"]))
            end = int(float(given["days_to_treatment_end"] or start))
            drug = re.sub(r"[ _]+", "-", given["therapeutic_agents"].strip().lower())
            graft = given["treatment_type"] if "Transplant" in given["treatment_type"] else ""
            patients[given["case"]].append(
                Row(start, max(start, end), "" if graft else drug, graft, ORDINALS.index(word) + 1)
            )
    return {name: sorted(rows) for name, rows in patients.items()}


def case_of(name: str, rows: list[Row]) -> dict[str, Any]:
    def day(n: int) -> str:
        return (ORIGIN + dt.timedelta(days=n)).isoformat()

    kinds = {True: "autologous-transplant", False: "allogeneic-transplant"}
    return {
        "schema": "mspike-case/1", "id": name, "as_of": "2030-01-01", "disease": {"diagnosis": "multiple-myeloma"},
        "treatments": [{"drug": OTHER_NAMES.get(r.drug, r.drug), "start": day(r.start), "end": day(r.end)}
                       for r in rows if r.drug not in ("", "other")],
        "procedures": [{"procedure": kinds["Auto" in r.transplant], "date": day(r.start)}
                       for r in rows if r.transplant],
    }  # fmt: skip


def day_of(line: Line) -> int:
    return (line.start.first - ORIGIN).days if line.start else 0


def why_missed(day: int, rows: list[Row], lines: tuple[Line, ...]) -> str:
    """The cause, as far as the table shows it."""
    begun = {r.drug for r in rows if day <= r.start <= day + NEAR}
    named = begun - STEROIDS - {"", "other"}
    within = [line for line in lines if day_of(line) <= day]
    if not named:
        return "a transplant, a steroid or an unnamed drug begins it: progression not in the table"
    if not within:
        return "before the first line counted"
    line = within[-1]
    before = {r.drug for r in rows if day_of(line) <= r.start < day}
    if named <= before:
        return "the same drugs go on or begin again: progression not in the table"
    if line.transplant and named <= UPKEEP:
        return "maintenance or consolidation: planned, or treatment of a relapse"
    if line.number == 1 and day - day_of(line) <= 365:
        return "a change in the first year: planned, or for lack of response"
    return "within the window in which a regimen is put together, or less than a cycle"


def why_added(line: Line, rows: list[Row], recorded: list[int]) -> str:
    day = day_of(line)
    core = set(line.drugs) - STEROIDS
    if any(abs(day - other) <= 3 * NEAR for other in recorded):
        return "the site dates the line 31 to 90 days off"
    if not core or (line.transplant and line.parts[0].endswith("transplant")):
        return "site counting: a late or further transplant in the line before"
    if len(core) == 1 and core <= UPKEEP:
        return "maintenance: one drug begun late, again, or in place of another"
    if any(r.line > 1 for r in rows if r.start < day):
        return "site counting: a change within a later line"
    return "site counting: another regimen or a drug added within the first line"


def show(title: str, causes: Counter[str]) -> None:
    print(f"\n{title}: {causes.total()}")
    for cause, number in causes.most_common():
        print(f"  {number:4d}  {cause}")


if __name__ == "__main__":
    main()
