"""Measure the index of trials: loading real records, then many made from them, then searches, and matching one patient
with all of the real ones. Asserts nothing.

    python bench/trials.py [FOLDER] [--copies N]

FOLDER holds `ctgov_v2/`, `ctgov_xml/`, `nci_cts_v2/` and `texts_myeloma.ndjson`; default: `trials/` of $MSPIKE_SHARED.
Each made record is a real one with a number, a status, ages, dates and places of its own. Every made record is of a
plasma-cell disease: a registry of all cancers holds a twentieth of that, so the searches see more hits than real ones.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles

import msgspec

from mspike.derive import derive_state
from mspike.knowledge import load_knowledge, settle
from mspike.record import Record, read_records
from mspike.trials import (
    Matcher,
    Prepared,
    Query,
    Site,
    Trial,
    TrialError,
    find_place,
    load_trials,
    open_index,
    read_trials,
    search_trials,
)

PATIENT = Path(__file__).resolve().parents[1] / "examples" / "patients" / "after-bcma-car-t" / "record.yaml"
FORMS = ("ctgov_v2", "ctgov_xml", "nci_cts_v2", "texts_myeloma.ndjson")
STATUSES = ("RECRUITING",) * 3 + ("NOT_YET_RECRUITING", "ACTIVE_NOT_RECRUITING", "TERMINATED") + ("COMPLETED",) * 6
"""About the shares of the registry."""
PLACES = ("77030", "55905", "10065", "02115", "94143", "30322", "63110", "98109", "48201", "27710")
ROUNDS = 20


def main() -> None:
    shared = os.environ.get("MSPIKE_SHARED")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(shared) / "trials" if shared else None)
    parser.add_argument("--copies", type=int, default=125_000, help="made records")
    chosen = parser.parse_args()
    if chosen.folder is None:
        parser.error("give the folder of the records, or set MSPIKE_SHARED")
    find_place(PLACES[0])  # the tables of places are read once, before the clock runs
    find_place("Lyon, France")
    with tempfile.TemporaryDirectory() as work:
        real = Path(work) / "real.sqlite"
        paths = [chosen.folder / form for form in FORMS]
        start = time.perf_counter()
        with open_index(real, write=True) as index:
            loaded = load_trials(index, read_trials(paths))
        show(f"load of {loaded.read} real records", time.perf_counter() - start, real)
        searches(real)
        matches(real)
        if chosen.copies:
            many = Path(work) / "made.sqlite"
            records = [read for read in read_trials(paths) if isinstance(read, Trial)]
            start = time.perf_counter()
            with open_index(many, write=True) as index:
                load_trials(index, made(records, chosen.copies))
            show(f"load of {chosen.copies:,} made records", time.perf_counter() - start, many)
            searches(many)


def made(records: list[Trial], count: int) -> Iterator[Trial | TrialError]:
    dice = random.Random(7)
    points = [(site.latitude, site.longitude) for trial in records for site in trial.sites if site.latitude is not None]
    for number in range(count):
        trial = records[number % len(records)]
        status = dice.choice(STATUSES)
        own = trial.sites[: dice.randint(1, 12)] or (Site(country="United States"),) * dice.randint(1, 4)
        sites = tuple(moved(site, status, *dice.choice(points)) for site in own)
        yield msgspec.structs.replace(
            trial, id=f"NCT{90_000_000 + number}", status=status, status_given=status, sites=sites,
            min_age_years=18.0, max_age_years=dice.choice((None, None, 65.0, 75.0, 80.0)),
            phases=dice.choice((("PHASE1",), ("PHASE1", "PHASE2"), ("PHASE2",), ("PHASE3",))),
            updated=f"20{dice.randint(15, 26)}-{dice.randint(1, 12):02}-01",
        )  # fmt: skip


def moved(site: Site, status: str, latitude: float | None, longitude: float | None) -> Site:
    return msgspec.structs.replace(site, status=status, latitude=latitude, longitude=longitude, basis="address")


def searches(path: Path) -> None:
    near = [find_place(place) for place in PLACES]
    asked = {
        "age, open": [Query(age=age) for age in range(40, 85, 5)],
        "age, open, 50 miles": [Query(age=62, near=point, radius_miles=50) for point in near],
        "age, open, 100 miles, phase 3": [
            Query(age=70, near=point, radius_miles=100, phases=("PHASE3",)) for point in near
        ],
        "drug, open, 100 miles": [Query(drug="BCMA", near=point, radius_miles=100) for point in near],
        "words, open": [Query(words=words) for words in ("frail", "cereblon", "high risk", "amyloidosis")],
        "any distance": [Query(age=62, near=point) for point in near],
    }
    with open_index(path) as index:
        for queries in asked.values():  # each column is read once, when it is first asked for
            search_trials(index, queries[0])
        for name, queries in asked.items():
            taken, left = [], []
            for _ in range(max(1, ROUNDS // len(queries))):
                for query in queries:
                    start = time.perf_counter()
                    left.append(search_trials(index, query).total)
                    taken.append((time.perf_counter() - start) * 1000)
            cuts = quantiles(taken, n=20)
            found = f"{sum(left) // len(left):>8,} found"
            print(f"  search: {name:<32} p50 {cuts[9]:>7.1f} ms  p95 {cuts[18]:>7.1f} ms  {found}")


def matches(path: Path) -> None:
    """One patient against every myeloma trial: with texts that were never read, then with what the first match kept."""
    (record,) = read_records([PATIENT])
    assert isinstance(record, Record), record
    knowledge = load_knowledge()
    state = derive_state(record, knowledge, settle(knowledge, ()))
    query = Query(statuses=(), exact=True, limit=0, near=find_place(PLACES[0]))
    with open_index(path, write=True) as index:
        criteria = Prepared(index)
        matcher, taken, count = Matcher(criteria), [], 0
        for _ in range(ROUNDS + 1):
            start = time.perf_counter()
            count = len(matcher.match(state, record, search_trials(index, query)).trials)
            taken.append((time.perf_counter() - start) * 1000)
        cuts = quantiles(taken[1:], n=20)
        print(f"  search and match of {count} trials, texts read anew: {taken[0] / 1000:.1f} s")
        print(f"  search and match of {count} trials, warm:            p50 {cuts[9]:>7.1f} ms  p95 {cuts[18]:>7.1f} ms")


def show(what: str, seconds: float, path: Path) -> None:
    print(f"{what}: {seconds:.1f} s, {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
