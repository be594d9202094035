"""`mspike trials match, packet`: one record against the trials of the index, and what to take along."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mspike.cli_output import ANSWERED, REFUSED, say, stop, write_whole
from mspike.cli_trials_index import Format, IndexFile, Printed, opened_index, print_as

if TYPE_CHECKING:
    from mspike.derive import State
    from mspike.record import Record
    from mspike.trials import Index, Match

RecordFile = Annotated[
    str, typer.Argument(metavar="RECORD", help="One record (YAML, JSON, a FHIR bundle …); `-` is standard input.")
]
Near = Annotated[
    str, typer.Option(metavar="PLACE", help="ZIP code, `City, State`, `City, Country`, or `LATITUDE,LONGITUDE`.")
]
Radius = Annotated[str, typer.Option(metavar="DISTANCE", help="50 or 50mi or 80km; default: any distance.")]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="Answer for this day.")]


def match(
    record: RecordFile,
    near: Near = "",
    radius: Radius = "",
    trials: Annotated[
        list[str] | None, typer.Option(metavar="NCT", help="Only these trials, whatever their status.")
    ] = None,
    status: Annotated[
        list[str] | None, typer.Option(help="`open` (also not yet recruiting), `any`, or registry statuses.")
    ] = None,
    wider: Annotated[bool, typer.Option("--wider", help="Also trials of near and wider diseases.")] = False,
    as_of: AsOf = None,
    limit: Annotated[int, typer.Option(min=0, max=100_000, help="Text: how many trials to show; 0 = all.")] = 20,
    index: IndexFile = None,
    format: Printed = Format.text,
) -> None:
    """Each trial's criteria against one record: met, not met, open, with the registry's words. A trial is ruled out
    only by a quoted rule that is not met, and nobody is told that they can join."""
    from mspike.report.trial_match import match_lines

    with reading_index("match", index) as opened:
        found = matched("match", opened, record, near, radius, trials, status, wider, as_of)[2]
    print_as(format, found, found.trials, match_lines(found, limit))
    raise typer.Exit(ANSWERED)


class PacketFormat(StrEnum):
    json = "json"
    html = "html"
    fhir = "fhir"


def packet(
    record: RecordFile,
    trials: Annotated[list[str], typer.Option(metavar="NCT", help="The trials of the shortlist; repeat it.")],
    near: Near = "",
    identify: Annotated[
        list[str] | None, typer.Option(help="Identifying data to put in: id, age, sex, place. Default: none.")
    ] = None,
    as_of: AsOf = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where it goes; default: the screen.")] = None,
    index: IndexFile = None,
    format: Annotated[
        PacketFormat | None,
        typer.Option("--format", help="html is a page to print; default: html for a FILE.html, else json."),
    ] = None,
) -> None:
    """The shortlist with reasons, open questions, contacts and a call sheet. It names nobody unless asked."""
    import msgspec

    from mspike.report.trial_packet import render_packet_html
    from mspike.report.trial_packet_fhir import render_packet_fhir
    from mspike.trials import IDENTITIES, make_packet

    asked = {name.strip().lower() for names in identify or () for name in names.split(",")}
    if wrong := sorted(asked - set(IDENTITIES)):
        stop(f"trials packet: --identify {', '.join(wrong)}: there are {', '.join(IDENTITIES)}")
    if out is not None:
        check_target(out, record)
    if format is None:
        page = out is not None and out.suffix.lower() in (".html", ".htm")
        format = PacketFormat.html if page else PacketFormat.json
    with reading_index("packet", index) as opened:
        read, state, found = matched("packet", opened, record, near, "", trials, None, True, as_of)
    if not found.trials:
        stop("trials packet: none of these trials is in the index; load a download that holds them", REFUSED)
    made = make_packet(found, state, read, frozenset(name for name in IDENTITIES if name in asked))
    if format is PacketFormat.html:
        text = render_packet_html(made)
    elif format is PacketFormat.fhir:
        text = render_packet_fhir(made)
    else:
        text = msgspec.json.format(msgspec.json.encode(made), indent=2).decode() + "\n"
    if out is None:
        typer.echo(text, nl=False)
    else:
        write_whole(out, text.encode())
    raise typer.Exit(ANSWERED)


def check_target(out: Path, record: str) -> None:
    """Stops where the page cannot go; before anything is read."""
    if out.is_dir():
        stop(f"trials packet: --out {out}: is a folder; give a file")
    if not out.parent.is_dir():
        stop(f"trials packet: --out {out}: the folder {out.parent} does not exist; make it first")
    if out.exists() and os.path.exists(record) and os.path.samefile(out, record):
        stop(f"trials packet: --out {out}: is the record; it would be overwritten, give another name")


def matched(
    command: str,
    opened: Index,
    record: str,
    near: str,
    radius: str,
    trials: list[str] | None,
    status: list[str] | None,
    wider: bool,
    as_of: str | None,
) -> tuple[Record, State, Match]:
    """The record, its state, and what the match gives; stops with one word of what cannot be done."""
    from mspike.trials import (
        Matcher,
        PlaceError,
        Prepared,
        Query,
        QueryError,
        TrialError,
        find_place,
        read_radius,
        read_statuses,
        search_trials,
    )

    ids = tuple(dict.fromkeys(name.strip().upper() for names in trials or () for name in names.split(",")))
    try:
        query = Query(
            ids=ids,
            cancer_type="any" if ids else Query().cancer_type,
            exact=not wider and not ids,
            near=find_place(near) if near.strip() else None,
            radius_miles=read_radius(radius) if radius.strip() else None,
            statuses=read_statuses(status or (["any"] if ids else ["open"])),
            limit=0,
        )
        read, state = read_one(command, record, as_of)
        found = search_trials(opened, query)
    except (PlaceError, QueryError) as error:
        stop(f"trials {command}: {error}")
    for missing in [name for name in ids if name not in {trial.nct_id for trial in found.trials}]:
        say(f"trials {command}: {missing!r} is not in the index, or not in the radius; load a download that holds it")
    criteria = Prepared(opened)
    result = Matcher(criteria).match(state, read, found)
    try:
        criteria.save()
    except TrialError:
        pass  # an index that may only be read, or is being loaded: the criteria are read again next time
    return read, state, result


def read_one(command: str, record: str, as_of: str | None) -> tuple[Record, State]:
    """One record and its state."""
    from mspike.derive import derive_state
    from mspike.knowledge import load_knowledge, settle
    from mspike.record import RecordError, as_of_from, read_records

    try:
        day = as_of_from(as_of) if as_of else None
    except ValueError as error:
        stop(f"trials {command}: --as-of {as_of!r}: {error}; write the day as YYYY-MM-DD")
    reads = list(read_records([record], as_of=day))
    if len(reads) != 1:
        stop(f"trials {command}: {len(reads)} records in what was given; give one")
    read = reads[0]
    if isinstance(read, RecordError):
        say(f"refused: {read.public()}")
        raise typer.Exit(REFUSED)
    knowledge = load_knowledge()
    return read, derive_state(read, knowledge, settle(knowledge, ()))


@contextmanager
def reading_index(command: str, path: Path | None) -> Iterator[Index]:
    """An index that is there; what was read of its texts is kept in it where it may be written."""
    from mspike.trials import default_path

    where = path or default_path()
    with opened_index(command, path):  # an older form can be read only after a load
        pass
    with opened_index(command, path, write=where.is_file() and os.access(where, os.W_OK)) as opened:
        if not opened.current:
            say("the index was made with other words or tables of places; the next load brings it up to date")
        yield opened
