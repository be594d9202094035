"""Runs the vectors in as few runs as their policies allow, and judges each answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from mspike.conformance.match import Finding, differences
from mspike.conformance.runner import Command, Ran
from mspike.conformance.vectors import Vector

BATCH = 100
"""Cases of one run."""
SILENT_RUNS = 3
"""So many runs in a row without any answer end it: a runner that hangs would do so every time."""


class Result(msgspec.Struct, frozen=True, omit_defaults=True):
    """One vector judged."""

    id: str
    chapter: str
    title: str
    status: str
    """`passed`, `failed`, or `not-judged`: the answer has no options, as that of a program that derives the state."""
    findings: list[Finding] = []
    note: str = ""
    """Why there is nothing to compare."""


class Totals(msgspec.Struct):
    """How many of a chapter."""

    passed: int = 0
    failed: int = 0
    not_judged: int = 0


def run_vectors(
    command: Command, vectors: Sequence[tuple[str, Vector]], batch: int = BATCH, told: Callable[[str], None] = print
) -> list[Result]:
    """Every vector's result, in the order given. `told` hears of runs that went wrong. Raises RunnerError."""
    command.check()
    results: dict[str, Result] = {}
    silent = 0
    runs = list(_runs(vectors, batch))
    for number, run in enumerate(runs, 1):
        if silent >= SILENT_RUNS:
            note = f"not run: {SILENT_RUNS} runs in a row gave no answer"
            results |= {vector.id: _result(chapter, vector, "failed", note) for chapter, vector in run}
            continue
        ran = command.run([vector.case for _, vector in run], run[0][1].policy)
        silent = 0 if ran.answers else silent + 1
        strange = ran.answers.keys() - {vector.id for _, vector in run}
        if ran.fault and any(vector.id not in ran.answers for _, vector in run):
            told(f"run {number} of {len(runs)}: {ran.fault}")
        if strange:
            names = ", ".join(sorted(map(_shown, strange))[:3])
            told(f"run {number} of {len(runs)}: {len(strange)} answered that was not asked: {names}")
        results |= {vector.id: judge(chapter, vector, ran) for chapter, vector in run}
    return [results[vector.id] for _, vector in vectors]


def _runs(vectors: Sequence[tuple[str, Vector]], batch: int) -> Iterator[list[tuple[str, Vector]]]:
    groups: dict[tuple[tuple[str, str], ...], list[tuple[str, Vector]]] = {}
    for pair in vectors:
        groups.setdefault(tuple(sorted(pair[1].policy.items())), []).append(pair)
    for group in groups.values():
        for start in range(0, len(group), batch):
            yield group[start : start + batch]


def judge(chapter: str, vector: Vector, ran: Ran) -> Result:
    """One vector against what a run gave for it."""
    answers = ran.answers.get(vector.id, [])
    if len(answers) != 1:
        note = f"{len(answers)} answers" if answers else f"no answer: {ran.fault or 'its id is not among the answers'}"
        return _result(chapter, vector, "failed", note)
    answer = answers[0]
    if answer.get("schema") == "mspike-error/1":
        return _result(chapter, vector, "failed", f"refused: {_shown(answer.get('error'))} {_shown(answer.get('at'))}")
    expect = vector.expect
    if "options" not in answer and expect.options is not msgspec.UNSET:
        expect = msgspec.structs.replace(expect, options=msgspec.UNSET)
        if all(value is msgspec.UNSET for value in msgspec.structs.asdict(expect).values()):
            return _result(chapter, vector, "not-judged", "the answer has no options")
    found = differences(expect, answer)
    return Result(vector.id, chapter, vector.title, "failed" if found else "passed", found)


def _result(chapter: str, vector: Vector, status: str, note: str) -> Result:
    return Result(vector.id, chapter, vector.title, status, [], note)


def _shown(value: Any) -> str:
    """A runner's own word, short and printable."""
    return "".join(c if c.isprintable() else "?" for c in str(value))[:120]


def totals(results: Sequence[Result]) -> dict[str, Totals]:
    """By chapter, in their order."""
    counted: dict[str, Totals] = {}
    for result in results:
        chapter = counted.setdefault(result.chapter, Totals())
        name = result.status.replace("-", "_")
        setattr(chapter, name, getattr(chapter, name) + 1)
    return counted
