"""Ask a FHIR server for a bulk export, wait for it, fetch its files; go on where an earlier run was broken off.

What is known of an export stands in `export.json` in the folder: the address that tells how far it is, then the list
of files, then which of them are here. HL7 FHIR Bulk Data Access, https://hl7.org/fhir/uv/bulkdata/export.html
"""

from __future__ import annotations

import http.client
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlencode, urljoin

import msgspec

from mspike.record.bulk.token import SignIn
from mspike.record.bulk.web import BUSY, Reply, Web, allowed, origin, public
from mspike.record.errors import RecordError

TYPES = ("Patient", "Condition", "AllergyIntolerance", "Observation", "DiagnosticReport", "Medication",
         "MedicationAdministration", "MedicationRequest", "MedicationStatement", "MedicationDispense", "Procedure",
         "EpisodeOfCare")  # fmt: skip
"""The kinds of resources that are read."""
NOTES = "export.json"
PATIENCE = 24 * 3600.0
"""Seconds that an export may take."""
PIECE = 1 << 20
TRIES = 5
"""Of one file, each going on where the last one broke off."""
GZIP = b"\x1f\x8b"


class Asked(NamedTuple):
    """Which export."""

    base: str
    group: str = ""
    """The id of a Group; empty = every patient."""
    types: tuple[str, ...] = TYPES
    since: str = ""

    def url(self) -> str:
        of = f"Group/{quote(self.group, safe='')}" if self.group else "Patient"
        query = {"_type": ",".join(self.types)} | ({"_since": self.since} if self.since else {})
        return f"{self.base}/{of}/$export?{urlencode(query, safe=',:')}"


class Output(msgspec.Struct, frozen=True):
    url: str
    type: str = ""
    count: int | None = None


class Manifest(msgspec.Struct, frozen=True):
    """What a finished export is made of."""

    output: tuple[Output, ...]
    requiresAccessToken: bool = False
    transactionTime: str = ""
    error: tuple[Output, ...] = ()
    deleted: tuple[Output, ...] = ()


class Notes(msgspec.Struct):
    """How far an export is."""

    asked: str
    status: str = ""
    manifest: Manifest | None = None
    done: dict[str, str] = {}
    """Address → file."""


class Fetched(NamedTuple):
    files: int
    resources: int
    troubles: list[str]
    """What the server says went wrong, and counts that do not agree."""


class Export:
    """One export into one folder. `tell` gets a line of progress; no value of a patient is in it."""

    def __init__(self, web: Web, signed: SignIn, folder: Path, tell: Callable[[str], None]) -> None:
        self.web, self.signed, self.folder, self.tell = web, signed, folder, tell

    def fetch(self, asked: Asked, patience: float = PATIENCE) -> Fetched:
        """Raises RecordError when the server refuses, gives up, or is not done in time."""
        self.folder.mkdir(parents=True, exist_ok=True)
        notes = self._notes(asked)
        if notes.manifest is None:
            notes.manifest = self._manifest(asked, notes, patience)
            self._keep(notes)
        return self._files(notes, notes.manifest)

    # -- asking and waiting

    def _manifest(self, asked: Asked, notes: Notes, patience: float) -> Manifest:
        until = self.web.clock() + patience
        if not notes.status:
            self._ask(asked, notes)
        else:
            self.tell("an export was asked for earlier: waiting for that one")
        polls = 0
        while True:
            reply = self._send(notes.status, {"Accept": "application/json"}, busy=())
            if reply.status == 200:
                return self._read_manifest(reply)
            body = reply.whole()
            if reply.status in (404, 410) and polls == 0:
                self.tell("the server no longer knows that export: asking anew")
                self._ask(asked, notes)
            elif reply.status != 202 and (reply.status not in BUSY or _says_why(body)):
                raise _refused("the export failed", reply, body)
            elif self.web.clock() > until:
                hint = "run the same command again: it goes on waiting for this export"
                raise RecordError("the export is not finished in time", at=public(notes.status), hint=hint)
            else:
                self.tell(f"the server is at work{_progress(reply)}")
                self.web.sleep(self.web.pause(reply.headers.get("Retry-After"), min(polls, 8)))
            polls += 1

    def _ask(self, asked: Asked, notes: Notes) -> None:
        url = asked.url()
        reply = self._send(url, {"Accept": "application/fhir+json", "Prefer": "respond-async"})
        body = reply.whole()
        if reply.status != 202:
            raise _refused("the server takes no order for an export", reply, body)
        where = reply.headers.get("Content-Location")
        if not where:
            raise RecordError("the server does not say where to ask for the export", at=public(url),
                              hint="Content-Location is missing in its answer")  # fmt: skip
        notes.status = urljoin(reply.url or url, where)
        allowed(notes.status)
        self._keep(notes)
        self.tell("the export is ordered")

    def _read_manifest(self, reply: Reply) -> Manifest:
        try:
            manifest = msgspec.json.decode(reply.whole(), type=Manifest)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise RecordError("no list of files where the export's belongs", at=public(reply.url),
                              hint="it is a JSON object with `output`") from None  # fmt: skip
        for output in (*manifest.output, *manifest.error):
            allowed(output.url)
            if manifest.requiresAccessToken and origin(output.url) != origin(self.signed.base):
                raise RecordError("a file on another server, which asks for this one's token", at=public(output.url),
                                  hint="the token is not sent there; ask the server's owner")  # fmt: skip
        return manifest

    def _send(self, url: str, headers: dict[str, str], busy: tuple[int, ...] = BUSY) -> Reply:
        """With the token; once more with a new one where the server does not take it."""
        reply = self.web.send(url, headers | self.signed.header(), busy=busy)
        if reply.status == 401 and self.signed.client is not None:
            reply.close()
            reply = self.web.send(url, headers | self.signed.header(anew=True), busy=busy)
        return reply

    # -- fetching

    def _files(self, notes: Notes, manifest: Manifest) -> Fetched:
        troubles: list[str] = []
        resources = 0
        outputs = [(output, "") for output in manifest.output] + [(output, "errors-") for output in manifest.error]
        for number, (output, kind) in enumerate(outputs):
            name = notes.done.get(output.url)
            if name is None or not (self.folder / name).is_file():
                label = "".join(c for c in output.type if c.isalnum()) or "file"
                name = self._file(output.url, f"{kind}{label}.{number:03}.ndjson", manifest.requiresAccessToken)
                notes.done[output.url] = name
                self._keep(notes)
            lines = _lines_in(self.folder / name)
            self.tell(f"{name}: {lines:,} lines ({number + 1} of {len(outputs)})")
            if kind:
                troubles.append(f"the server tells of {lines} errors: {name}")
            else:
                resources += lines
            if output.count is not None and output.count != lines:
                troubles.append(f"{name}: {output.count} resources announced, {lines} lines came")
        if manifest.deleted:
            troubles.append(f"{len(manifest.deleted)} lists of deleted resources are not followed: make a full export")
        return Fetched(len(manifest.output), resources, troubles)

    def _file(self, url: str, name: str, with_token: bool) -> str:
        """Fetches one file, a broken-off one from where it broke off; gives its name."""
        part = self.folder / f"{name}.part"
        for _ in range(TRIES):
            here = part.stat().st_size if part.exists() else 0
            headers = {"Accept": "application/fhir+ndjson", "Accept-Encoding": "identity"}
            headers |= {"Range": f"bytes={here}-"} if here else {}
            reply = self._send(url, headers) if with_token else self.web.send(url, headers)
            if reply.status == 206 and not reply.headers.get("Content-Range", "").startswith(f"bytes {here}-"):
                reply.close()
                part.unlink(missing_ok=True)
                continue
            if reply.status == 416 and here:  # nothing is left of it, or it is another file by now
                reply.close()
                if reply.headers.get("Content-Range", "").rpartition("/")[2] == str(here):
                    return self._named(part, name)
                part.unlink()
                continue
            if reply.status not in (200, 206):
                body = reply.whole()
                hint = f"if the export is too old, take {NOTES} away and ask anew"
                raise _refused("a file of the export is not given", reply, body, hint)
            if _written(reply, part, append=reply.status == 206):
                return self._named(part, name)
        raise RecordError("a file of the export breaks off each time", at=public(url), hint="run the command again")

    def _named(self, part: Path, name: str) -> str:
        with part.open("rb") as file:
            name += ".gz" if file.read(2) == GZIP else ""
        part.replace(self.folder / name)
        return name

    # -- what is kept between runs

    def _notes(self, asked: Asked) -> Notes:
        path = self.folder / NOTES
        try:
            notes = msgspec.json.decode(path.read_bytes(), type=Notes)
        except FileNotFoundError:
            return Notes(asked.url())
        except (OSError, msgspec.DecodeError):
            raise RecordError("notes of an earlier export that cannot be read", at=str(path), hint="take it away")\
                from None  # fmt: skip
        if notes.asked != asked.url():
            hint = f"choose another folder, or take {NOTES} and the files away"
            raise RecordError("the folder holds another export", at=str(self.folder), hint=hint)
        return notes

    def _keep(self, notes: Notes) -> None:
        """Written beside and put in place at once, so that a run that is stopped leaves the last whole one."""
        beside = self.folder / f"{NOTES}.part"
        beside.write_bytes(msgspec.json.format(msgspec.json.encode(notes), indent=2) + b"\n")
        os.replace(beside, self.folder / NOTES)


def _written(reply: Reply, part: Path, *, append: bool) -> bool:
    """Whether the whole answer came; what came is kept."""
    length = reply.headers.get("Content-Length")
    came = 0
    try:
        with part.open("ab" if append else "wb") as file:
            while piece := reply.body.read(PIECE):
                file.write(piece)
                came += len(piece)
    except http.client.IncompleteRead as error:
        with part.open("ab") as file:
            file.write(error.partial)
        return False
    except (OSError, http.client.HTTPException):
        return False
    finally:
        reply.close()
    return length is None or not length.isdigit() or came == int(length)


def _lines_in(path: Path) -> int:
    import gzip

    try:
        with gzip.open(path) if path.name.endswith(".gz") else path.open("rb") as file:
            return sum(1 for line in file if line.strip())
    except (OSError, EOFError):
        return 0  # what is broken in it is said when it is read


def _refused(rule: str, reply: Reply, body: bytes, hint: str = "") -> RecordError:
    why = _says_why(body)
    told = f"{rule} (status {reply.status}{', ' + why if why else ''})"
    return RecordError(told, at=public(reply.url), hint=hint or "ask the server's owner")


class _Issue(msgspec.Struct):
    code: str = ""
    """Of a closed list; the diagnostics beside it may hold anything, and are not shown."""


class _Outcome(msgspec.Struct, tag_field="resourceType", tag="OperationOutcome"):
    issue: list[_Issue] = []


def _says_why(body: bytes) -> str:
    """The code of an OperationOutcome; empty for anything else."""
    try:
        outcome = msgspec.json.decode(body, type=_Outcome)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    return next((issue.code for issue in outcome.issue if issue.code.isprintable()), "") or "no reason given"


def _progress(reply: Reply) -> str:
    said = reply.headers.get("X-Progress", "")
    return f": {said[:60]}" if said.isprintable() and said else ""
