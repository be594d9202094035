"""`mspike export`: records of any source as FHIR, OMOP rows or tables; `mspike episodes`: lines back to an OMOP CDM."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from mspike.cli_answers import Asked, records
from mspike.cli_output import ANSWERED, REFUSED, say, stop
from mspike.record import Record, write_records


class Form(StrEnum):
    fhir = "fhir"
    omop = "omop"
    csv = "csv"


def export(
    sources: Annotated[
        list[str], typer.Argument(metavar="RECORD...", help="What `mspike options` reads; `-` is standard input.")
    ],
    to: Annotated[Form, typer.Option("--to", help="As a FHIR R4 Bundle, OMOP CDM 5.4 rows, or CSV tables.")],
    out: Annotated[
        Path,
        typer.Option("--out", metavar="PATH", help="FHIR: a file, or a folder for several. OMOP, CSV: a folder."),
    ],
    patient: Annotated[
        list[str] | None, typer.Option("--patient", metavar="ID", help="Of several patients this one.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Of several patients every one.")] = False,
    code_map: Annotated[Path | None, typer.Option("--code-map", metavar="FILE", help="Local codes.")] = None,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", metavar="FILE", help="Tables: which column is what.")
    ] = None,
) -> None:
    """Write records in another form; mspike reads each of them back to the same answer."""
    refused = 0

    def good() -> Iterator[Record]:
        nonlocal refused
        for read in records(Asked(sources, patients=patient, every=every, code_map=code_map, mapping=mapping)):
            if isinstance(read, Record):
                yield read
            else:
                refused += 1
                say(f"refused: {read.public()}")

    found = good()
    first = next(found, None)
    if first is None:
        stop("export: no record to write", REFUSED)
    try:
        written = write_records(chain([first], found), to.value, out)
    except (OSError, ValueError) as error:
        stop(f"--out {out}: cannot be written ({getattr(error, 'strerror', None) or error})")
    for path in written:
        say(f"wrote {path}")
    raise typer.Exit(REFUSED if refused else ANSWERED)


def episodes(
    sources: Annotated[list[str], typer.Argument(metavar="CDM...", help="An OMOP CDM: a folder, a file, an address.")],
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where the two tables go.")],
    patient: Annotated[
        list[str] | None, typer.Option("--patient", metavar="ID", help="Of several patients this one.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Of several patients every one.")] = False,
    first_id: Annotated[int, typer.Option(min=1, help="The first episode_id that is free in the CDM.")] = 1,
    code_map: Annotated[Path | None, typer.Option("--code-map", metavar="FILE", help="Local codes.")] = None,
) -> None:
    """Lines of therapy as rows of OMOP's episode and episode_event."""
    from mspike.derive import derive_state
    from mspike.knowledge import load_knowledge, settle
    from mspike.report import Episodes

    knowledge = load_knowledge()
    policies, rows, refused = settle(knowledge, ()), Episodes(first_id), 0
    try:
        for read in records(Asked(sources, patients=patient, every=every, code_map=code_map)):
            if isinstance(read, Record):
                rows.add(read, derive_state(read, knowledge, policies))
            else:
                refused += 1
                say(f"refused: {read.public()}")
        written = rows.write(out)
    except (OSError, ValueError) as error:
        stop(f"episodes: cannot be written ({getattr(error, 'strerror', None) or error})")
    say(f"{len(rows.episodes):,} episodes, {len(rows.events):,} events")
    for path in written:
        say(f"wrote {path}")
    raise typer.Exit(REFUSED if refused else ANSWERED)
