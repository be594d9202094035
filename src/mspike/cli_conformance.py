"""`mspike conformance RUNNER…`: holds any program that speaks the case and answer forms to the published vectors."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mspike.cli_output import ANSWERED, say, stop

if TYPE_CHECKING:
    from mspike.conformance import Result, Totals

FAILED = 1
"""Exit code: a vector failed."""

NEXT = {"passed": "passed", "failed": "FAILED", "not-judged": "  ––  "}


class Format(StrEnum):
    text = "text"
    json = "json"


def conformance(
    runner: Annotated[
        list[str],
        typer.Argument(metavar="RUNNER...", help="The command with its own options; case files are put behind it."),
    ],
    vectors: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Folder or file of vectors; default: those of mspike.")
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only this vector, or those whose id begins so: risk.r-iss.")
    ] = None,
    no_policies: Annotated[
        bool, typer.Option("--no-policies", help="Without the vectors that ask for another reading.")
    ] = False,
    stdin: Annotated[bool, typer.Option("--stdin", help="Give the cases as NDJSON on stdin, `-` as argument.")] = False,
    each: Annotated[bool, typer.Option("--each", help="A run for each vector, so that a crash costs one.")] = False,
    timeout: Annotated[float, typer.Option(min=0.1, max=86400, metavar="SECONDS", help="Of one run.")] = 60,
    failures: Annotated[bool, typer.Option("--failures", help="Text: only what failed, and the totals.")] = False,
    format: Annotated[Format, typer.Option(help="How to print the report.")] = Format.text,
) -> None:
    """Test a program against the published vectors: `mspike conformance mspike state --format ndjson`.

    Options of this command stand before RUNNER. Exit code: 0 every vector passed, 1 some failed, 2 wrong usage.
    """
    from mspike.conformance import (
        BATCH,
        Command,
        RunnerError,
        VectorError,
        chosen,
        packaged_vectors,
        read_vectors,
        run_vectors,
    )

    try:
        files = read_vectors(vectors or packaged_vectors())
        picked = chosen(files, only or (), policies=not no_policies)
        if not picked:
            stop("every vector that was asked for is left out by --no-policies")
        command = Command(tuple(runner), stdin, timeout)
        results = run_vectors(command, picked, 1 if each else BATCH, say)
    except (VectorError, RunnerError) as error:
        stop(str(error))
    version = ", ".join(sorted({file.version for file in files}))
    if format is Format.json:
        report_json(runner, version, results)
    else:
        report_text(version, results, failures)
    raise typer.Exit(FAILED if any(result.status == "failed" for result in results) else ANSWERED)


def echo(text: str) -> None:
    """To stdout, whatever its encoding is."""
    typer.echo(text.encode(sys.stdout.encoding or "utf-8", errors="replace"))


def report_text(version: str, results: Sequence[Result], failures: bool) -> None:
    """A line for each vector, what differs below it, and the totals by chapter."""
    from mspike.conformance import totals

    for result in results:
        if failures and result.status != "failed":
            continue
        echo(f"{NEXT[result.status]}  {result.id}  {result.title}")
        for line in (result.note, *map(str, result.findings)):
            if line:
                echo(f"        {line}")
    counted = totals(results)
    wide = max(map(len, counted), default=0)
    echo(f"\nvectors {version}")
    for chapter, count in counted.items():
        echo(f"  {chapter:<{wide}}  {counts(count)}")
    echo(f"  {'all':<{wide}}  {counts(whole(counted.values()))}")


def counts(count: Totals) -> str:
    more = f", {count.not_judged} not judged (no options in the answer)" if count.not_judged else ""
    return f"{count.passed} of {count.passed + count.failed} passed{more}"


def whole(counted: Iterable[Totals]) -> Totals:
    from mspike.conformance import Totals

    every = list(counted)
    return Totals(sum(c.passed for c in every), sum(c.failed for c in every), sum(c.not_judged for c in every))


def report_json(runner: list[str], version: str, results: Sequence[Result]) -> None:
    """One object: totals by chapter, and every vector's result."""
    import msgspec

    from mspike.conformance import totals

    counted = totals(results)
    report = {
        "schema": "mspike-conformance-report/1",
        "runner": runner,
        "vectors": version,
        "totals": whole(counted.values()),
        "chapters": counted,
        "results": results,
    }
    echo(msgspec.json.format(msgspec.json.encode(report), indent=2).decode())
