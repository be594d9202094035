"""`mspike trials case …`: one person's way through trials, as a navigator keeps it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mspike.cli_output import REFUSED, say, stop

if TYPE_CHECKING:
    from mspike.trials import Cases, Entry

app = typer.Typer(
    help="Navigators' cases: who, steps, notes, reminders, barriers, outcome. Entries are only added.",
    no_args_is_help=True,
)


class Kind(StrEnum):
    who = "who"
    step = "step"
    note = "note"
    reminder = "reminder"
    barrier = "barrier"
    outcome = "outcome"


CaseId = Annotated[str, typer.Argument(metavar="CASE", help="The case's id, as `case list` shows it.")]
By = Annotated[str, typer.Option(help="Who writes this.")]
Database = Annotated[
    str | None,
    typer.Option(
        "--cases",
        metavar="URL",
        help="sqlite:///PATH or postgresql://…; default: $MSPIKE_CASES, else a file in the user's data folder.",
    ),
]


@app.command("open")
def open_(
    by: By,
    who: Annotated[str, typer.Option(help="Whose case it is, and how to reach them; kept in the case alone.")] = "",
    cases: Database = None,
) -> None:
    """Opens a case and prints its id, which says nothing about the person."""
    with _opened(cases) as opened:
        typer.echo(opened.open(by, who))


@app.command()
def add(
    case: CaseId,
    kind: Annotated[Kind, typer.Argument(help="What it is.")],
    by: By,
    text: Annotated[str, typer.Argument(help="The words; for a declined step the reason.")] = "",
    step: Annotated[str, typer.Option(help="For a step: referral, site contacted, screening, enrolled …")] = "",
    trial: Annotated[str, typer.Option(metavar="NCT", help="The trial that it is about.")] = "",
    due: Annotated[str | None, typer.Option(metavar="DATE", help="For a reminder: the day.")] = None,
    corrects: Annotated[
        int | None, typer.Option(metavar="ENTRY", help="The entry that this one takes the place of; it stays.")
    ] = None,
    cases: Database = None,
) -> None:
    """Adds an entry; a correction is an entry too."""
    with _opened(cases) as opened:
        day = _day("--due", due)
        number = opened.add(case, by, kind.value, text, trial=trial, step=step, due=day, corrects=corrects)
        typer.echo(f"entry {number}")


@app.command()
def show(
    case: CaseId,
    all_: Annotated[bool, typer.Option("--all", help="Also entries that were corrected.")] = False,
    cases: Database = None,
) -> None:
    """A case: the step of each trial, and its entries."""
    with _opened(cases) as opened:
        found = opened.case(case)
    typer.echo(f"case {found.id}, opened {found.opened_at} by {found.opened_by}")
    for trial, step in found.steps.items():
        typer.echo(f"  {trial or 'no trial yet'}: {step}")
    for entry in found.entries:
        if all_ or entry.corrected_by is None:
            typer.echo(_line(entry))


@app.command("list")
def list_(cases: Database = None) -> None:
    """Every case, without its content."""
    with _opened(cases) as opened:
        for one in opened.all():
            end = f"erased {one.erased_at}" if one.erased_at else f"{one.entries} entries"
            typer.echo(f"{one.id}  opened {one.opened_at}  {end}")


@app.command()
def due(
    on: Annotated[str | None, typer.Option(metavar="DATE", help="Reminders up to this day; default: today.")] = None,
    cases: Database = None,
) -> None:
    """Reminders that are due."""
    with _opened(cases) as opened:
        for case, entry in opened.due(_day("--on", on) or dt.date.today()):
            typer.echo(f"{case}{_line(entry)}")


@app.command()
def export(case: CaseId, cases: Database = None) -> None:
    """Everything of a case as JSON, corrected entries too: for the person who asks for it."""
    import msgspec

    with _opened(cases) as opened:
        found: Any = opened.case(case)
    typer.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())


@app.command()
def erase(
    case: CaseId,
    by: By,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; it cannot be taken back.")] = False,
    cases: Database = None,
) -> None:
    """Takes every entry of a case away for good, because the person asked; its number stays, marked as erased."""
    if not yes:
        stop(f"trials case erase: this cannot be taken back; export {case} first, then give --yes")
    with _opened(cases) as opened:
        say(f"erased {opened.erase(case, by)} entries of {case}")


def _line(entry: Entry) -> str:
    parts = [entry.trial, entry.step, f"due {entry.due}" if entry.due else "", entry.text]
    said = " · ".join(part for part in parts if part)
    corrected = f" [corrected by {entry.corrected_by}]" if entry.corrected_by else ""
    takes = f" [in the place of {entry.corrects}]" if entry.corrects else ""
    return f"  {entry.id}  {entry.at}  {entry.by}  {entry.kind}: {said}{takes}{corrected}"


def _day(option: str, text: str | None) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        stop(f"trials case: {option} {text!r}: write the day as YYYY-MM-DD")


@contextmanager
def _opened(url: str | None) -> Iterator[Cases]:
    from mspike.trials import CaseError, open_cases

    try:
        with open_cases(url) as opened:
            yield opened
    except CaseError as error:
        stop(f"trials case: {error}", REFUSED)
