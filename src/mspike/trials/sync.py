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

from mspike.trials import gone
from mspike.trials.client import PAUSE_SECONDS, Client, ServerRefusal
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
    gone: int = 0
    """Trials of earlier syncs that the registry no longer has: kept, and marked."""


class Place(msgspec.Struct, frozen=True):
    """How far a sync came."""

    stamp: str
    token: str = ""
    """Of the next page; empty = at the beginning, or at the end."""
    pages: int = 0
    finished: str = ""
    """When (UTC); empty = not yet."""
    awaited: int | None = None
    """How many studies are still to come; None = the registry did not say how many there are."""


class Page(msgspec.Struct, frozen=True):
    """A page as the API sends it."""

    studies: list[msgspec.Raw]
    nextPageToken: str = ""
    totalCount: int | None = None


class Round(msgspec.Struct, frozen=True):
    """A sync of one condition from one registry."""

    query: dict[str, str]
    key: str
    """Of the query, in the index."""
    condition: str
    """Of the condition, whatever the date: what it brings is noted under this."""
    whole: bool
    """Not only what changed since a day: what it does not bring is no longer there."""


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
    names = [msgspec.json.encode([base.rstrip("/"), part]).decode() for part in (query, condition.lower())]
    asked, key = Round(query, names[0], names[1], updated_since is None), names[0]

    def pause(seconds: float) -> None:
        if seconds > PAUSE_SECONDS:
            tell(f"the registry is busy or fails; it is asked again in {seconds:.0f} seconds")
        wait(seconds)

    with Client(base, pause) as client:
        data_stamp = _stamp_of(client)
        known = _known(index, key)
        if known and known.finished and data_stamp and known.stamp == data_stamp:
            return Synced(stamp=data_stamp, unchanged=True)
        if known and known.token and known.stamp == data_stamp:
            try:
                return _follow(index, client, asked, known, refused, tell)
            except ServerRefusal:
                tell("the registry no longer knows where the last sync stopped: from the beginning")
        if asked.whole:
            gone.begin(index, asked.condition)
        return _follow(index, client, asked, Place(stamp=data_stamp), refused, tell)


def _read(studies: list[bytes], where: str, data_stamp: str) -> Iterator[Trial | TrialError]:
    """The trials of a page; the registry's stamp dates those that carry none."""
    for number, raw in enumerate(studies, 1):
        for read in read_bytes(raw, f"{where}#{number}"):
            if isinstance(read, Trial) and read.snapshot.taken_on is None and (day := _day(data_stamp)):
                dated = Snapshot(form=read.snapshot.form, file=read.snapshot.file, taken_on=day, version=data_stamp)
                read = msgspec.structs.replace(read, snapshot=dated)
            yield read


def _follow(
    index: Index, client: Client, asked: Round, place: Place,
    refused: Callable[[TrialError], None], tell: Callable[[str], None],
) -> Synced:  # fmt: skip
    """Page after page, from a place on."""
    token, awaited, seen = place.token, place.awaited, {place.token.encode()}
    result = Synced(stamp=place.stamp, pages=place.pages, resumed=bool(place.token))
    while True:
        params = asked.query | ({"pageToken": token} if token else {"countTotal": "true"})
        page = client.get("studies", params, msgspec.json.Decoder(Page).decode)
        studies = [bytes(raw) for raw in page.studies]
        content = hashlib.blake2b(b"\n".join(studies)).digest()
        if content not in seen:
            result.pages += 1
            part = load_trials(index, _read(studies, f"page {result.pages}", result.stamp), refused=refused)
            _add(result.loaded, part)
            _noted(index, asked, studies)
            awaited = page.totalCount if awaited is None else awaited
            awaited = None if awaited is None else awaited - len(studies)
            tell(f"page {result.pages}: read {part.read}")
        token = page.nextPageToken
        if content in seen or (token and token.encode() in seen):
            raise TrialError(f"{client.base}/studies", "sends a page that was there before", "sync again later")
        seen |= {content, token.encode()}
        if not token and asked.whole and (lost := gone.missing(index, asked.condition)):
            _miss(index, client, lost, awaited, result, refused, tell)
        finished = "" if token else stamp()
        _remember(index, asked.key, Place(result.stamp, token, result.pages, finished, awaited))
        if not token:
            return result


def _noted(index: Index, asked: Round, studies: list[bytes]) -> None:
    """Which trials a page brought, those too that could not be read."""
    numbers = [gone.numbers_in(raw) for raw in studies]
    gone.came(index, asked.condition, set().union(*numbers), unnamed=not all(numbers))


def _miss(
    index: Index, client: Client, lost: list[str], awaited: int | None, result: Synced,
    refused: Callable[[TrialError], None], tell: Callable[[str], None],
) -> None:  # fmt: skip
    """Marks what the registry no longer has; what it still has, under other conditions, is brought up to date."""
    if awaited != 0 or len(lost) > gone.MOST_ASKED or _stamp_of(client) != result.stamp:
        tell(f"{len(lost)} trials of earlier syncs did not come; the answer may not be whole, none is marked as gone")
        return
    for nct in lost:
        study = gone.ask(client, nct)
        reads = list(_read([study], nct, result.stamp)) if study is not None else []
        _add(result.loaded, load_trials(index, reads, refused=refused))
        if all(isinstance(read, Trial) and read.id != nct for read in reads):  # none, or under another number
            gone.mark(index, nct, stamp())
            result.gone += 1


def _stamp_of(client: Client) -> str:
    version = client.get("version", {}, msgspec.json.Decoder(dict[str, Any]).decode)
    return str(version.get("dataTimestamp") or "")


def _known(index: Index, key: str) -> Place | None:
    row = index.db.execute("SELECT stamp, token, pages, finished, awaited FROM sync WHERE query = ?", (key,)).fetchone()
    return Place(*row) if row else None


def _remember(index: Index, key: str, place: Place) -> None:
    with index.writing() as db:
        row = (key, *msgspec.structs.astuple(place))
        columns = "query, stamp, token, pages, finished, awaited"
        db.execute(f"INSERT OR REPLACE INTO sync ({columns}) VALUES (?,?,?,?,?,?)", row)


def _add(total: Loaded, part: Loaded) -> None:
    for name in Loaded.__struct_fields__:
        setattr(total, name, getattr(total, name) + getattr(part, name))


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        return None
