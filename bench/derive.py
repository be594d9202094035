"""Measure what a record means: one patient in plain Python, and compiled blocks on one core. Asserts nothing.

The patients are made up, with drugs as one record a cycle: `awkward` ones (tests/patients.py), full of borders,
findings and gaps, as the tests want them; and `regular` ones, as most rows of a registry are, M-protein at every visit,
urine and light chains at many. Times are processor time of one thread. Plain: the state of each awkward patient, best
of a few rounds, and the kernel alone. Compiled: patients a second, for the kernel and for the whole block with its
checks and copies.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median, quantiles
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from mspike.derive import Rules, derive_state, read_rules, settling  # noqa: E402
from mspike.derive.kernel.codes import TESTS  # noqa: E402
from mspike.knowledge import Knowledge, load_codes, load_knowledge  # noqa: E402
from mspike.record import Record, read_case  # noqa: E402
from patients import CYCLE, FIRST_DAY, REGIMENS, Person, case, person  # noqa: E402

ONE = (250, 150)
MANY = (60, 80)
"""Lab and drug rows of a patient."""
PATIENTS = 40
ROUNDS = 15
BLOCK = 25_000
"""Patients in a block; some hundred or thousand different ones, again and again."""


def main() -> None:
    knowledge = load_knowledge()
    whole, kernel = one_patient(knowledge)
    print(f"one patient, plain Python: {ONE[0]} lab and {ONE[1]} drug rows, {PATIENTS} patients, best of {ROUNDS}")
    print(f"  {'':<40}{'p50 ms':>9}{'p99 ms':>9}")
    for what, taken in (("derivation (kernel)", kernel), ("state, with every reason written", whole)):
        print(f"  {what:<40}{median(taken):>9.2f}{quantiles(taken, n=100)[98]:>9.2f}")
    try:
        import numba  # noqa: F401
    except ModuleNotFoundError:
        print("compiled: not measured; install the extra `batch`")
        return
    print(f"\nblocks, compiled, one core: {MANY[0]} lab and {MANY[1]} drug rows, {BLOCK} patients")
    print(f"  {'':<40}{'patients/s':>11}")
    rules = read_rules(knowledge)
    for kind, people, different in (("awkward", cut(*MANY), 500), ("regular", regular(*MANY), 2_500)):
        for what, rate in many_patients(rules, list(islice(people, different))):
            print(f"  {kind + ': ' + what:<40}{rate:>11,.0f}")


def cut(labs: int, drugs: int) -> Iterator[Person]:
    """People with as many rows and more, cut down to them."""
    seed = 0
    while True:
        made = person(seed, fills=True)
        made.labs = sorted((row for row in made.labs if row[1] in TESTS), key=lambda row: row[:2])[:labs]
        made.drugs = sorted(made.drugs, key=lambda row: row["start"])[:drugs]
        if (len(made.labs), len(made.drugs)) == (labs, drugs):
            yield made
        seed += 1


def regular(labs: int, drugs: int) -> Iterator[Person]:
    """People with as many rows and more, cut down to them: down to a lowest value and up again, line after line."""
    seed = 0
    while True:
        dice = Random(seed)
        made = Person(seed, light_chain=dice.choice(("kappa", "lambda")))
        day = FIRST_DAY + dice.randrange(4000)
        serum, urine = dice.uniform(10, 60), dice.uniform(200, 3000)
        chain, level = dice.uniform(120, 2000), 1.0
        while len(made.labs) < labs or len(made.drugs) < drugs:
            cycles, lowest = 3 + min(27, int(dice.expovariate(0.09))), 10 ** -dice.uniform(0, 2.6)
            end = day + CYCLE * cycles + dice.randrange(90)
            for drug in dice.choice(REGIMENS[:-1]):
                given = range(day, day + CYCLE * cycles, CYCLE)
                made.drugs += [{"drug": drug, "start": at, "end": at, "context": None} for at in given]
            visit = day - dice.randrange(7)
            while visit < end:
                share = max(0.0, (visit - day) / (end - day))
                now = level * lowest ** min(1.0, share / 0.45) + max(0.0, share - 0.6) * dice.uniform(0, 2)
                now *= dice.gauss(1, 0.06)
                made.labs.append((visit, "serum-m-protein", round(max(0.0, serum * now), 1)))
                if dice.random() < 0.4:
                    made.labs.append((visit, "urine-m-protein", float(round(max(0.0, urine * now)))))
                if dice.random() < 0.8:
                    pair = [round(10 + max(0.0, chain * now), 1), round(dice.uniform(5, 15), 1)]
                    names = ("kappa-flc", "lambda-flc") if made.light_chain == "kappa" else ("lambda-flc", "kappa-flc")
                    made.labs += [(visit, name, value) for name, value in zip(names, pair, strict=True)]
                visit += 28 + dice.randrange(62)
            level, day = dice.uniform(0.5, 1.3), end + int(dice.expovariate(1 / 90))
        made.labs = sorted(made.labs, key=lambda row: row[:2])[:labs]
        made.drugs = sorted(made.drugs, key=lambda row: row["start"])[:drugs]
        made.as_of = max(made.labs[-1][0], made.drugs[-1]["start"]) + 100
        yield made
        seed += 1


def one_patient(knowledge: Knowledge) -> tuple[list[float], list[float]]:
    """Milliseconds for each patient: the whole state, and the kernel within it."""
    units = {name: next(iter(test.units)) for name, test in load_codes().tests.items() if test.units}
    records: list[Record] = []
    for made in cut(*ONE):
        (record,) = read_case(json.dumps(case(made, units)), "made.json")
        if isinstance(record, Record):
            records.append(record)
        if len(records) == PATIENTS:
            break
    inside = 0.0
    kernel_of = settling.derive_patient

    def timed(*columns: Any) -> Any:
        nonlocal inside
        start = time.thread_time()
        found = kernel_of(*columns)
        inside += time.thread_time() - start
        return found

    settling.derive_patient = timed  # type: ignore[assignment]
    best = [[1e9, 1e9] for _ in records]
    for _ in range(ROUNDS):
        for record, taken in zip(records, best, strict=True):
            inside, start = 0.0, time.thread_time()
            derive_state(record, knowledge)
            whole = time.thread_time() - start
            taken[:] = min(taken[0], whole * 1000), min(taken[1], inside * 1000)
    settling.derive_patient = kernel_of
    return [taken[0] for taken in best], [taken[1] for taken in best]


def many_patients(rules: Rules, people: list[Person]) -> Iterator[tuple[str, float]]:
    """Patients a second of this thread, best of a few blocks in which these people come again and again."""
    import numpy as np

    from cohort.tables import tables
    from mspike.cohort import block as runner
    from mspike.cohort import derive_block

    made = tables(people, rules)
    repeats = range(0, BLOCK, len(people))
    block = {
        name: {
            column: np.concatenate([values + (first if column == "patient" else 0) for first in repeats])
            for column, values in _sorted(table).items()
        }
        for name, table in made.items()
    }
    inside = 0.0
    compiled = runner.compiled

    def timed(entry: Any, cache: Path | None) -> Any:
        function = compiled(entry, cache)

        def call(*columns: Any) -> Any:
            nonlocal inside
            start = time.thread_time()
            found = function(*columns)
            inside += time.thread_time() - start
            return found

        return call if entry.__name__ == "derive_people" else function

    cache = ROOT / "build"
    cache.mkdir(exist_ok=True)
    derive_block(block, rules, cache=cache / "kernels")
    runner.compiled = timed  # type: ignore[assignment]
    whole, kernel = [], []
    for _ in range(ROUNDS):
        inside, start = 0.0, time.thread_time()
        derive_block(block, rules, cache=cache / "kernels")
        whole.append(time.thread_time() - start)
        kernel.append(inside)
    runner.compiled = compiled
    yield "derivation (kernel)", BLOCK / min(kernel)
    yield "block, with checks and copies", BLOCK / min(whole)


def _sorted(table: dict[str, Any]) -> dict[str, Any]:
    """As a reader would give it: by patient, then by the columns in order."""
    import numpy as np

    from mspike.cohort import INPUT

    order = next(t.order for t in INPUT if set(table) == {c.name for c in t.columns})
    keys = [table["patient"], *(table[name] for name in order)]
    place = np.lexsort(tuple(reversed(keys)))
    return {name: values[place] for name, values in table.items()}


if __name__ == "__main__":
    main()
