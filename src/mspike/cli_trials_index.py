"""`mspike trials load, sync, changes, search`: the index of trials."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mspike.cli_output import ANSWERED, REFUSED, say, stop

if TYPE_CHECKING:
    from mspike.trials import Index, TrialError


class Format(StrEnum):
    text = "text"
    json = "json"
    ndjson = "ndjson"


IndexFile = Annotated[
    Path | None,
    typer.Option("--index", metavar="FILE", help="The index; default: $MSPIKE_TRIALS, else the user's data folder."),
]
Printed = Annotated[Format, typer.Option("--format", help="How to print it.")]


def load(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Registry downloads: JSON, NDJSON, XML, zip, folders.")
    ],
    index: IndexFile = None,
) -> None:
    """Reads registry downloads into the index; a record that is there already is brought up to date, with history."""
    from mspike.report.trial_search import load_lines
    from mspike.trials import load_trials, read_trials

    if not any(os.path.exists(path) for path in paths):
        stop(f"trials load: {', '.join(paths)}: no such file; look at the path", REFUSED)
    with opened_index("load", index, write=True) as opened:
        loaded = load_trials(opened, read_trials(paths), refused=_refused)
        typer.echo("\n".join(load_lines(loaded, opened.trials())))
    raise typer.Exit(REFUSED if loaded.refused else ANSWERED)


def sync(
    condition: Annotated[str, typer.Option(help="The condition to ask the registry for.")] = "multiple myeloma",
    updated_since: Annotated[
        str | None, typer.Option("--updated-since", metavar="DATE", help="Only records changed on or after this day.")
    ] = None,
    from_: Annotated[
        str | None, typer.Option("--from", metavar="URL", help="The API; default: that of ClinicalTrials.gov.")
    ] = None,
    index: IndexFile = None,
) -> None:
    """Brings the index up to date from the registry's API, a page a second. It asks for a condition and a date only."""
    from mspike.report.trial_search import counted, load_lines
    from mspike.trials import API, sync_trials

    since = _day("sync --updated-since", updated_since)
    with opened_index("sync", index, write=True) as opened:
        done = sync_trials(opened, condition, since, from_ or API, refused=_refused, tell=say)
        if done.unchanged:
            typer.echo(f"nothing new: the registry's data are still those of {done.stamp}")
        else:
            typer.echo(f"the registry's data are of {done.stamp or 'an unknown day'}; {done.pages} pages")
            typer.echo("\n".join(load_lines(done.loaded, opened.trials())))
            if done.gone:
                typer.echo(f"no longer in the registry: {counted(done.gone)}; kept, and marked so")
    raise typer.Exit(REFUSED if done.loaded.refused else ANSWERED)


def changes(
    since: Annotated[str, typer.Option(metavar="DATE", help="What the index learnt on or after this day.")],
    index: IndexFile = None,
    format: Printed = Format.text,
) -> None:
    """What opened, closed, changed, or left the registry since a day."""
    from mspike.report.trial_search import change_lines
    from mspike.trials import changes_since

    day = _day("changes --since", since)
    assert day is not None
    with opened_index("changes", index) as opened:
        found = changes_since(opened, day)
    print_as(format, found, found, change_lines(found, since))


def search(
    cancer_type: Annotated[
        str, typer.Option("--cancer-type", help="A disease; `any` for every trial of the index.")
    ] = "multiple myeloma",
    exact: Annotated[bool, typer.Option("--exact", help="Leave out the second, wider tier.")] = False,
    age: Annotated[float | None, typer.Option(help="The patient's age in years.")] = None,
    sex: Annotated[str, typer.Option(help="female or male.")] = "",
    near: Annotated[
        str, typer.Option(metavar="PLACE", help="ZIP code, `City, State`, `City, Country`, or `LATITUDE,LONGITUDE`.")
    ] = "",
    radius: Annotated[str, typer.Option(metavar="DISTANCE", help="50 or 50mi or 80km; default: any distance.")] = "",
    status: Annotated[
        list[str] | None, typer.Option(help="`open` (also not yet recruiting), `any`, or registry statuses.")
    ] = None,
    phase: Annotated[list[str] | None, typer.Option(help="1, 2, 3, 4, `early 1`, na; 2/3 is either.")] = None,
    drug: Annotated[str, typer.Option(help="A drug by any name, or a class such as BCMA or CAR-T.")] = "",
    treatment_type: Annotated[
        str, typer.Option("--treatment-type", help="drug, biological, radiation, procedure …")
    ] = "",
    purpose: Annotated[str, typer.Option(help="treatment, supportive-care, prevention, diagnostic …")] = "",
    sponsor: Annotated[str, typer.Option(help="Words of the sponsor's or a collaborator's name.")] = "",
    va: Annotated[
        bool, typer.Option("--va", help="Trials with a site of the US Department of Veterans Affairs.")
    ] = False,
    words: Annotated[str, typer.Option(help="Words that all stand somewhere in the record.")] = "",
    limit: Annotated[int, typer.Option(min=0, max=100_000, help="How many to show; 0 = all.")] = 20,
    offset: Annotated[int, typer.Option(min=0, help="How many to pass over.")] = 0,
    index: IndexFile = None,
    format: Printed = Format.text,
) -> None:
    """Trials of the index by disease, age, place and more: what each filter left, the nearest recruiting site, and how
    old each record is. It ranks nothing."""
    from mspike.report.trial_search import search_lines
    from mspike.trials import (
        PlaceError,
        Query,
        QueryError,
        find_place,
        read_phases,
        read_radius,
        read_statuses,
        search_trials,
    )

    try:
        asked = Query(
            cancer_type=cancer_type,
            exact=exact,
            age=age,
            sex=sex.strip().lower(),
            near=find_place(near) if near.strip() else None,
            radius_miles=read_radius(radius) if radius.strip() else None,
            statuses=read_statuses(status or ["open"]),
            phases=read_phases(phase or []),
            drug=drug.strip(),
            treatment_type=treatment_type.strip().lower(),
            purpose=purpose.strip().lower(),
            sponsor=sponsor.strip(),
            va=va,
            words=words.strip(),
            limit=limit,
            offset=offset,
        )
        with opened_index("search", index) as opened:
            if not opened.current:
                say("the index was made with other words or tables of places; the next load brings it up to date")
            found = search_trials(opened, asked)
    except (PlaceError, QueryError) as error:
        stop(f"trials search: {error}")
    print_as(format, found, found.trials, search_lines(found))


def _refused(error: TrialError) -> None:
    say(f"refused: {error}")


@contextmanager
def opened_index(command: str, path: Path | None, *, write: bool = False) -> Iterator[Index]:
    from mspike.trials import TrialError, open_index

    try:
        with open_index(path, write=write) as opened:
            yield opened
    except TrialError as error:
        stop(f"trials {command}: {error}", REFUSED)


def _day(option: str, text: str | None) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        stop(f"trials {option} {text!r}: write the day as YYYY-MM-DD")


def print_as(format: Format, whole: Any, each: Iterable[Any], lines: Iterable[str]) -> None:
    import msgspec

    if format is Format.text:
        from mspike.report.trial_search import printable

        typer.echo(printable("\n".join(lines)))
    elif format is Format.json:
        typer.echo(msgspec.json.format(msgspec.json.encode(whole), indent=2).decode())
    else:
        for item in each:
            typer.echo(msgspec.json.encode(item).decode())
