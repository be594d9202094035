"""`mspike fetch-fhir`: a bulk export of a FHIR server into a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mspike.cli_output import REFUSED, say, stop
from mspike.record import RecordError


def fetch_fhir(
    server: Annotated[str, typer.Argument(metavar="URL", help="The server's FHIR base, e.g. https://host/fhir.")],
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the files go; run again to go on.")],
    group: Annotated[str, typer.Option(metavar="ID", help="One Group of patients; default: every patient.")] = "",
    kinds: Annotated[str, typer.Option("--type", metavar="A,B", help="Kinds; default: all that are read.")] = "",
    since: Annotated[
        str, typer.Option(metavar="INSTANT", help="Only what changed since, e.g. 2026-06-01T00:00:00Z.")
    ] = "",
    client_id: Annotated[str, typer.Option(metavar="ID", help="Sign in as this registered client.")] = "",
    key: Annotated[Path | None, typer.Option(metavar="FILE", help="The client's private key: JWK or PEM.")] = None,
    token_url: Annotated[str, typer.Option(metavar="URL", help="Where to sign in; default: as the server says.")] = "",
    scope: Annotated[str, typer.Option(help="Scopes asked for; default: system/*.rs.")] = "",
    hours: Annotated[float, typer.Option(min=0.0, help="How long to wait for the server.")] = 24.0,
) -> None:
    """Fetches a bulk export from a FHIR server into a folder that `mspike options` reads."""
    from mspike.record.bulk.export import TYPES, Asked, Export
    from mspike.record.bulk.token import SCOPE, Client, SignIn
    from mspike.record.bulk.web import Web

    if bool(client_id) != bool(key):
        stop("fetch-fhir: --client-id and --key belong together")
    base = server.rstrip("/").removesuffix("/$export")
    client = Client(client_id, key, token_url, scope or SCOPE) if key else None
    types = tuple(kind.strip() for kind in kinds.split(",") if kind.strip()) or TYPES
    web = Web()
    try:
        fetched = Export(web, SignIn(web, base, client), out, say).fetch(Asked(base, group, types, since), hours * 3600)
    except RecordError as error:
        stop(f"fetch-fhir: {error.public()}; {error.hint}", REFUSED)
    except OSError as error:
        stop(f"fetch-fhir: {out} cannot be written ({error.strerror})", REFUSED)
    for trouble in fetched.troubles:
        say(f"look at this: {trouble}")
    say(f"{fetched.files} files, {fetched.resources:,} resources in {out}")
    raise typer.Exit(REFUSED if fetched.troubles else 0)
