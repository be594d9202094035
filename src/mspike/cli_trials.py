"""`mspike trials …`: registry downloads, and what their eligibility texts ask for."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mspike import cli_trials_case
from mspike.cli_output import ANSWERED, REFUSED, say, stop
from mspike.cli_trials_index import changes, load, search, sync
from mspike.cli_trials_match import match, packet

if TYPE_CHECKING:
    from mspike.trials import Parsed

app = typer.Typer(
    help="Clinical trials: an index to search, and what their eligibility texts ask for.", no_args_is_help=True
)


class CriteriaFormat(StrEnum):
    text = "text"
    json = "json"
    ndjson = "ndjson"


class Shape(StrEnum):
    criteria = "criteria"
    annotated = "annotated"


@app.callback()
def root() -> None:
    """Clinical trials."""


for command in (load, sync, changes, search, match, packet):
    app.command()(command)
app.add_typer(cli_trials_case.app, name="case")


@app.command()
def criteria(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE|NCT...",
            help="Registry downloads (JSON, NDJSON, XML, zip, folders); an NCT number picks that trial of them.",
        ),
    ],
    format: Annotated[CriteriaFormat, typer.Option(help="How to print it.")] = CriteriaFormat.text,
    as_: Annotated[
        Shape,
        typer.Option("--as", help="criteria: each rule with its quote; annotated: one flat table a trial (JSON)."),
    ] = Shape.criteria,
    corrections: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Reviewed corrections to apply; default: those of mspike.")
    ] = None,
) -> None:
    """The criteria of each trial: side, fact, value, condition, exception, and the record's own words."""
    from mspike.knowledge import KnowledgeError
    from mspike.trials import Trial, apply_corrections, flat, load_corrections, parse_criteria, read_trials

    wanted = {
        name.upper() for name in files if re.fullmatch(r"NCT\d{8}", name, re.IGNORECASE) and not Path(name).exists()
    }
    paths = [name for name in files if name.upper() not in wanted]
    if not paths:
        stop("trials criteria: give the file or folder of a registry download beside the NCT number")
    try:
        corrected = load_corrections(corrections)
    except KnowledgeError as error:
        stop(f"trials criteria: {error}")
    refused, found = 0, set()
    out = Printer(format, as_)
    for read in read_trials(paths):
        if not isinstance(read, Trial):
            refused += 1
            say(f"refused: {read}")
            continue
        if wanted and read.id not in wanted:
            continue
        found.add(read.id)
        parsed = apply_corrections(parse_criteria(read), read, corrected.get(read.id, ()))
        for quote in parsed.stale_corrections:
            say(f"{read.id}: a correction no longer applies, its words are gone: {quote[:80]!r}")
        out.put(flat(parsed) if as_ is Shape.annotated else parsed)
    for name in sorted(wanted - found):
        refused += 1
        say(f"refused: {name}: is in none of the files given; look at the number, or give the download that holds it")
    out.close()
    raise typer.Exit(REFUSED if refused else ANSWERED)


class Printer:
    """Prints each trial as it comes; a JSON array when several."""

    def __init__(self, format: CriteriaFormat, shape: Shape) -> None:
        self.format = CriteriaFormat.json if shape is Shape.annotated and format is CriteriaFormat.text else format
        self.kept: list[Any] = []
        self.printed = 0

    def put(self, value: Parsed | dict[str, Any]) -> None:
        import msgspec

        if self.format is CriteriaFormat.ndjson:
            typer.echo(msgspec.json.encode(value).decode())
        elif self.format is CriteriaFormat.json:
            self.kept.append(value)
        else:
            from mspike.report.criteria import criteria_lines
            from mspike.report.trial_search import printable

            assert not isinstance(value, dict)  # a flat table has no text form
            typer.echo(("\n" if self.printed else "") + printable("\n".join(criteria_lines(value))))
        self.printed += 1

    def close(self) -> None:
        import msgspec

        if self.format is CriteriaFormat.json and self.kept:
            whole = self.kept[0] if len(self.kept) == 1 else self.kept
            typer.echo(msgspec.json.format(msgspec.json.encode(whole), indent=2).decode())
