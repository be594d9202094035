"""`mspike knowledge …`: what is known, checked, shown, compared, and reviewed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from mspike.cli_output import stop

app = typer.Typer(help="The dated, sourced rules: check, show, compare, review.", no_args_is_help=True)
Id = Annotated[str, typer.Argument(metavar="ID", help="A file's id, e.g. cilta-cel or drugs/daratumumab.")]


@app.command()
def check() -> None:
    """Checks every knowledge file: schema, sources, dates, conditions, reviews, orphans, copied sentences."""
    from mspike.knowledge import KnowledgeError
    from mspike.knowledge.check import check as run
    from mspike.knowledge.check import overdue, pack_fresh
    from mspike.knowledge.files import read_knowledge
    from mspike.knowledge.statements import statements

    try:
        knowledge = read_knowledge()
    except KnowledgeError as error:
        stop(str(error), 1)
    findings = run(knowledge)
    for finding in (*findings, *overdue(knowledge, dt.date.today())):
        typer.echo(str(finding))
    if not pack_fresh():
        stop("the files were changed after this mspike was built: answers come from its pack; install it anew", 1)
    found = list(statements(knowledge))
    status = {word: sum(s.status == word for s in found) for word in ("draft", "source-checked", "clinician-reviewed")}
    typer.echo(
        f"{len(knowledge.options)} options, {len(knowledge.drugs)} drugs, {len(knowledge.rules)} rules, "
        f"{len(knowledge.sources)} sources, {len(knowledge.claims)} claims; {len(found)} statements: "
        + ", ".join(f"{count} {word}" for word, count in status.items())
    )
    typer.echo(f"{len(findings)} findings" if findings else "all holds")
    raise typer.Exit(1 if findings else 0)


@app.command()
def show(id_: Id) -> None:
    """A file in plain English, every statement with its source, date and review status."""
    from mspike.knowledge import load_knowledge
    from mspike.knowledge.names import did_you_mean
    from mspike.knowledge.show import describe, describe_list, find, ids

    knowledge = load_knowledge()
    lines = [line for folder, entry in find(knowledge, id_) for line in describe(knowledge, folder, entry)]
    lines = lines or describe_list(knowledge, id_)
    if not lines:
        stop(f"knowledge show: nothing has the id {id_!r}. {did_you_mean(id_, ids(knowledge))}")
    typer.echo("\n".join(lines))


@app.command()
def diff(
    as_of: Annotated[list[str], typer.Option("--as-of", metavar="DATE", help="Twice: the earlier and the later day.")],
    country: Annotated[str, typer.Option(help="US, EU or UK.")] = "US",
) -> None:
    """What changed between two days, option by option."""
    from mspike.knowledge import conditions_by_text, load_knowledge
    from mspike.knowledge.show import changes

    if len(as_of) != 2 or country not in ("US", "EU", "UK"):
        stop("knowledge diff: give --as-of twice (the earlier and the later day), and --country US, EU or UK")
    try:
        before, after = sorted(dt.date.fromisoformat(text) for text in as_of)
    except ValueError:
        stop("knowledge diff: write the days as YYYY-MM-DD")
    lines = list(changes(load_knowledge(), conditions_by_text(), before, after, country))
    typer.echo("\n".join(lines) or f"nothing changed between {before} and {after} ({country})")


@app.command()
def coverage(
    spec: Annotated[Path | None, typer.Option(help="The spec folder; default: that of the checkout.")] = None,
) -> None:
    """The register of the seed claims: which files carry each, which spec cases run for it."""
    from mspike.knowledge import load_knowledge
    from mspike.knowledge.coverage import register

    folder = spec or Path(__file__).resolve().parents[2] / "spec"
    typer.echo("\n".join(register(load_knowledge(), folder if folder.is_dir() else None)))


@app.command()
def facts() -> None:
    """Every fact that a rule may name."""
    from mspike.knowledge import load_knowledge

    listed = load_knowledge().facts
    for name, spec in {**listed.facts, **listed.families, **listed.regimen}.items():
        typer.echo(f"{name}  {spec.type}{f' ({spec.unit})' if spec.unit else ''}  {spec.says}")


@app.command()
def sheet(
    id_: Id,
    out: Annotated[Path | None, typer.Option(metavar="PATH", help="Write the sheet here.")] = None,
) -> None:
    """A review sheet of one file (CSV, opens in any spreadsheet) for a clinician to fill in."""
    from mspike.knowledge import KnowledgeError, load_knowledge
    from mspike.knowledge.sheet import write_sheet
    from mspike.knowledge.show import files_called

    knowledge = load_knowledge()
    found = files_called(knowledge, id_)
    if len(found) > 1:
        stop(f"knowledge sheet: {id_!r} is several files; give one of {', '.join(found)}")
    try:
        text = write_sheet(knowledge, found[0] if found else id_)
    except KnowledgeError as error:
        stop(str(error))
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")
        typer.echo(f"wrote {out}; when it is filled in and signed: mspike knowledge review {out}")


@app.command()
def review(
    path: Annotated[Path, typer.Argument(metavar="SHEET", help="A sheet as `knowledge sheet` wrote it, filled in.")],
) -> None:
    """Reads a filled-in sheet back: lists what is open, or writes the review into the file."""
    from mspike.knowledge import KnowledgeError
    from mspike.knowledge.files import read_knowledge
    from mspike.knowledge.pack import in_checkout
    from mspike.knowledge.sheet import apply_review, open_rows, read_sheet

    if not in_checkout():
        stop("knowledge review: works in a checkout of the project, where the change is seen and committed")
    try:
        filled = read_sheet(path.read_text(encoding="utf-8-sig"), read_knowledge())
        for line in open_rows(filled):
            typer.echo(line)
        typer.echo(f"wrote {apply_review(filled)}")
    except (KnowledgeError, OSError, UnicodeDecodeError) as error:
        stop(str(error))
