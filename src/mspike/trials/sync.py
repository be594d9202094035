"""Follows the API of ClinicalTrials.gov, version 2, into the index, one page at a time; what it asks for is a condition
and a date, and nothing about a patient.

After each page the token of the next is kept, so that a sync that was cut off goes on where it stopped.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from mspike.trials.client import Client, ServerRefusal
from mspike.trials.index import Index
from mspike.trials.load import Loaded, load_trials, stamp
from mspike.trials.sources import read_bytes
from mspike.trials.trial import Snapshot, Trial, TrialError

API = "https://clinicaltrials.gov/api/v2"
PAGE_SIZE = 1000


class Synced(msgspec.Struct, kw_only=True):
    """What a sync came to."""

    stamp: str
    """The registry's own stamp of its data."""
    pages: int = 0
    resumed: bool = False
    unchanged: bool = False
    """The registry's data are those of the last whole sync: nothing was asked for."""
    loaded: Loaded = msgspec.field(default_factory=Loaded)


class Place(msgspec.Struct, frozen=True):
    """How far a sync came."""

    stamp: str
    token: str = ""
    """Of the next page; empty = at the beginning, or at the end."""
    pages: int = 0
    finished: str = ""
    """When (UTC); empty = not yet."""


class Page(msgspec.Struct, frozen=True):
    """A page as the API sends it."""

    studies: list[msgspec.Raw]
    nextPageToken: str = ""


def sync_trials(
    index: Index,
    condition: str,
    updated_since: dt.date | None = None,
    base: str = API,
    *,
    page_size: int = PAGE_SIZE,
    wait: Callable[[float], object] = time.sleep,
    refused: Callable[[TrialError], None] = lambda error: None,
    tell: Callable[[str], None] = lambda message: None,
) -> Synced:
    """Every study of the condition that changed on or after the day. Raises TrialError; the pages before are kept."""
    query = {"query.cond": condition, "pageSize": str(page_size)}
    if updated_since is not None:
        query["filter.advanced"] = f"AREA[LastUpdatePostDate]RANGE[{updated_since.isoformat()},MAX]"
    key = msgspec.json.encode([base.rstrip("/"), query]).decode()
    with Client(base, wait) as client:
        version = client.get("version", {}, msgspec.json.Decoder(dict[str, Any]).decode)
        data_stamp = str(version.get("dataTimestamp") or "")
        known = _known(index, key)
        if known and known.finished and data_stamp and known.stamp == data_stamp:
            return Synced(stamp=data_stamp, unchanged=True)
        if known and known.token and known.stamp == data_stamp:
            try:
                return _follow(index, client, query, key, known, refused, tell)
            except ServerRefusal:
                tell("the registry no longer knows where the last sync stopped: from the beginning")
        return _follow(index, client, query, key, Place(stamp=data_stamp), refused, tell)


def _read(page: Page, where: str, data_stamp: str) -> Iterator[Trial | TrialError]:
    """The trials of a page; the registry's stamp dates those that carry none."""
    for number, raw in enumerate(page.studies, 1):
        for read in read_bytes(bytes(raw), f"{where}#{number}"):
            if isinstance(read, Trial) and read.snapshot.taken_on is None and (day := _day(data_stamp)):
                dated = Snapshot(form=read.snapshot.form, file=read.snapshot.file, taken_on=day, version=data_stamp)
                read = msgspec.structs.replace(read, snapshot=dated)
            yield read


def _follow(
    index: Index, client: Client, query: dict[str, str], key: str, place: Place,
    refused: Callable[[TrialError], None], tell: Callable[[str], None],
) -> Synced:  # fmt: skip
    """Page after page, from a place on."""
    token, seen = place.token, {place.token.encode()}
    result = Synced(stamp=place.stamp, pages=place.pages, resumed=bool(place.token))
    while True:
        params = query | ({"pageToken": token} if token else {"countTotal": "true"})
        page = client.get("studies", params, msgspec.json.Decoder(Page).decode)
        content = hashlib.blake2b(b"\n".join(map(bytes, page.studies))).digest()
        if content not in seen:
            result.pages += 1
            part = load_trials(index, _read(page, f"page {result.pages}", result.stamp), refused=refused)
            _add(result.loaded, part)
            tell(f"page {result.pages}: {part.read} studies")
        token = page.nextPageToken
        if content in seen or (token and token.encode() in seen):
            raise TrialError(f"{client.base}/studies", "sends a page that was there before", "sync again later")
        seen |= {content, token.encode()}
        finished = "" if token else stamp()
        _remember(index, key, Place(stamp=result.stamp, token=token, pages=result.pages, finished=finished))
        if not token:
            return result


def _known(index: Index, key: str) -> Place | None:
    row = index.db.execute("SELECT stamp, token, pages, finished FROM sync WHERE query = ?", (key,)).fetchone()
    return Place(*row) if row else None


def _remember(index: Index, key: str, place: Place) -> None:
    with index.writing() as db:
        row = (key, *msgspec.structs.astuple(place))
        db.execute("INSERT OR REPLACE INTO sync (query, stamp, token, pages, finished) VALUES (?,?,?,?,?)", row)


def _add(total: Loaded, part: Loaded) -> None:
    for name in Loaded.__struct_fields__:
        setattr(total, name, getattr(total, name) + getattr(part, name))


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        return None
