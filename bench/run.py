"""Measure one answer: the whole process, and one more patient in a running one. Prints a table, asserts nothing.

Every figure stands beside its ratio to `python -c pass`, timed in turns with it in the same run: a ratio says more
about mspike, and less about the machine, than the milliseconds do.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).resolve().parents[1]
RECORDS = sorted((ROOT / "examples" / "patients").glob("*/record.yaml"))
MSPIKE = str(Path(sys.executable).with_name("mspike"))
RUNS = 15
"""Of each whole process; the median is shown."""
ROUNDS = 20
"""Over all examples, in one process."""
HEAVY = ("numpy", "pandas", "polars", "pyarrow", "duckdb", "numba")

Row = tuple[str, float, float | None]
"""What, milliseconds, peak resident memory in MiB."""


def main() -> None:
    if not RECORDS:
        sys.exit("bench: no examples/patients/*/record.yaml to measure with")
    first = str(RECORDS[0])
    start = "python -c pass"
    commands = {
        start: [sys.executable, "-c", "pass"],
        "python -c 'import mspike.cli'": [sys.executable, "-c", "import mspike.cli"],
        "mspike options RECORD --format json": [MSPIKE, "options", first, "--format", "json"],
        "mspike options RECORD --format html": [MSPIKE, "options", first, "--format", "html"],
    }
    rows = whole_processes(commands)
    unit = next(milliseconds for what, milliseconds, _ in rows if what == start)
    print(f"whole process: median of {RUNS}; RECORD is {RECORDS[0].relative_to(ROOT)}")
    show(rows, unit)
    print(f"\none more patient in the same process: {len(RECORDS)} examples × {ROUNDS} rounds")
    show(one_more_patient(), unit)
    print(f"\nheavy libraries loaded by the answer: {loaded(first) or 'none'}")


def whole_processes(commands: dict[str, list[str]]) -> list[Row]:
    """Each command RUNS times, in turns, after one run of each that fills the caches."""
    for command in commands.values():
        once(command)
    taken: dict[str, list[tuple[float, float]]] = {what: [] for what in commands}
    for _ in range(RUNS):
        for what, command in commands.items():
            taken[what].append(once(command))
    return [(what, median(t for t, _ in runs), median(m for _, m in runs)) for what, runs in taken.items()]


def once(command: list[str]) -> tuple[float, float]:
    """Milliseconds from start to end of a process, and its peak resident memory in MiB."""
    start = time.perf_counter()
    silent = subprocess.DEVNULL
    child = subprocess.Popen(command, stdin=silent, stdout=silent, stderr=silent)
    _, status, used = os.wait4(child.pid, 0)
    taken = (time.perf_counter() - start) * 1000
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"bench: {' '.join(command)} ended with {child.returncode}")
    per_mib = 1024 if sys.platform == "linux" else 1024 * 1024  # kibibytes on Linux, bytes on macOS
    return taken, used.ru_maxrss / per_mib


def one_more_patient() -> list[Row]:
    """Read, derive, judge, write a line of JSON; the first round over all examples is not counted."""
    from mspike.derive import derive_state
    from mspike.knowledge import load_knowledge
    from mspike.knowledge.policy import settle
    from mspike.options import build_answer
    from mspike.record import Record, read_case
    from mspike.report import render_bytes

    knowledge = load_knowledge()
    policies = settle(knowledge)
    files = [(path.read_bytes(), str(path)) for path in RECORDS]
    taken: dict[str, list[float]] = {"read": [], "derive": [], "judge": [], "write": [], "all": []}
    for counted in range(ROUNDS + 1):
        for data, name in files:
            clock = [time.perf_counter()]
            (record,) = read_case(data, name)
            assert isinstance(record, Record), record
            clock.append(time.perf_counter())
            state = derive_state(record, knowledge, policies)
            clock.append(time.perf_counter())
            answer = build_answer(state)
            clock.append(time.perf_counter())
            render_bytes(answer, "ndjson")
            clock.append(time.perf_counter())
            if counted:
                for what, start, end in zip(taken, clock, clock[1:], strict=False):
                    taken[what].append((end - start) * 1000)
                taken["all"].append((clock[-1] - clock[0]) * 1000)
    rows: list[Row] = [(f"{what}, p50", median(taken[what]), None) for what in taken]
    return [*rows, ("all, p99", quantiles(taken["all"], n=100)[98], None)]


def loaded(record: str) -> str:
    """Which heavy libraries a process that has answered for `record` holds."""
    code = f"""
import sys
from mspike.cli import main
sys.argv = ["mspike", "options", {record!r}, "--format", "json"]
try:
    main()
except SystemExit:
    pass
print("\\n" + ", ".join(name for name in {HEAVY!r} if name in sys.modules))
"""
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return child.stdout.splitlines()[-1]


def show(rows: list[Row], unit: float) -> None:
    print(f"  {'':<40}{'ms':>9}{'× pass':>9}{'peak MiB':>10}")
    for what, milliseconds, memory in rows:
        ratio = milliseconds / unit
        print(f"  {what:<40}{milliseconds:>9.2f}{ratio:>9.2f}" + (f"{memory:>10.0f}" if memory else ""))


if __name__ == "__main__":
    main()
