"""Registry downloads in: files, folders and archives → Trial, one by one; a TrialError where one cannot be read."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from mspike.trials.sources import ctgov_v2, nci_cts
from mspike.trials.sources.ctgov_xml import read_xml
from mspike.trials.sources.values import NCT
from mspike.trials.trial import Trial, TrialError

ENDINGS = (".json", ".ndjson", ".jsonl", ".xml", ".zip")
LIMIT_BYTES = 2_000_000_000
"""The most that is read of one file, or of one member of an archive."""
LIMIT_RATIO = 200
"""An archive member that grows more than this while unpacked is refused."""
LINE_BYTES = 200_000_000

Read = Trial | TrialError


def read_trials(paths: Iterable[str | os.PathLike[str]]) -> Iterator[Read]:
    """Every trial of every path (file, folder or zip), in order; an id that comes again is yielded again."""
    for path in paths:
        name = os.fspath(path)
        try:
            if os.path.isdir(name):
                found = sorted(p for p in Path(name).rglob("*") if p.suffix.lower() in ENDINGS and p.is_file())
                if not found:
                    yield TrialError(
                        name, "holds no .json, .ndjson, .xml or .zip file", "give the folder of a download"
                    )
                for file in found:
                    yield from _read_file(str(file))
            else:
                yield from _read_file(name)
        except OSError as error:
            yield TrialError(name, f"cannot be read ({error.strerror or error})", "look at the path")
        except ValueError:
            yield TrialError(name[:80], "is no path", "look at the path")


def _read_file(name: str) -> Iterator[Read]:
    if not os.path.exists(name):
        yield TrialError(name, "no such file", "look at the path")
    elif not os.path.isfile(name):
        yield TrialError(name, "is neither a file nor a folder", "save the download as a file")
    elif os.path.getsize(name) > LIMIT_BYTES:
        yield TrialError(name, f"is larger than {LIMIT_BYTES / 1e9:g} GB", "split the download")
    elif name.lower().endswith(".zip"):
        yield from _read_zip(name)
    elif name.lower().endswith((".ndjson", ".jsonl")):
        with open(name, "rb") as file:
            yield from _read_lines(file, name)
    else:
        with open(name, "rb") as file:
            data = file.read()
        yield from read_bytes(data, name)


def _read_zip(name: str) -> Iterator[Read]:
    try:
        with zipfile.ZipFile(name) as archive:
            members = [m for m in archive.infolist() if not m.is_dir() and m.filename.lower().endswith(ENDINGS[:4])]
            if not members:
                yield TrialError(name, "holds no .json, .ndjson or .xml file", "give the archive of a download")
            for member in sorted(members, key=lambda m: m.filename):
                where = f"{name}:{member.filename}"
                grown = member.file_size / max(member.compress_size, 1)
                if member.file_size > LIMIT_BYTES or (grown > LIMIT_RATIO and member.file_size > 10_000_000):
                    yield TrialError(where, "unpacks to far more than an honest record", "download it anew")
                    continue
                try:
                    data = archive.read(member)
                except Exception as error:  # encrypted, packed in another way, cut off: they have no common base
                    yield TrialError(where, f"cannot be unpacked ({_short(error)})", "download it anew")
                    continue
                yield from read_bytes(data, where)
    except (zipfile.BadZipFile, OSError, EOFError, ValueError) as error:
        yield TrialError(name, f"is no readable zip ({_short(error)})", "download it anew")


def _read_lines(lines: Iterable[bytes], where: str) -> Iterator[Read]:
    seen = False
    for number, line in enumerate(lines, 1):
        if line.strip():
            seen = True
            yield from _read_json(line.removeprefix(b"\xef\xbb\xbf"), f"{where}:{number}")
    if not seen:
        yield TrialError(where, "is empty", "download it anew")


def read_bytes(data: bytes, where: str) -> Iterator[Read]:
    """Every trial in one file's content, whatever its form."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    start = data[:64].lstrip()[:1]
    if not start:
        yield TrialError(where, "is empty", "download it anew")
    elif start == b"<":
        try:
            yield _checked(read_xml(data, where), where)
        except TrialError as error:
            yield error
    elif where.lower().endswith((".ndjson", ".jsonl")) or _lines_of_objects(data):
        yield from _read_lines(data.splitlines(), where)
    else:
        yield from _read_json(data, where)


def _lines_of_objects(data: bytes) -> bool:
    """Whether each line is an object of its own: NDJSON under another name."""
    first, _, rest = data.strip().partition(b"\n")
    return first.startswith(b"{") and first.rstrip().endswith(b"}") and rest.lstrip().startswith(b"{")


def _read_json(data: bytes, where: str) -> Iterator[Read]:
    try:
        value = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        yield TrialError(where, f"is no readable JSON ({_short(error)})", "download it anew")
        return
    yield from _of(value, where)


def _of(value: Any, where: str) -> Iterator[Read]:
    """The trials of a page, a list, or one study."""
    try:
        if ctgov_v2.is_study(value):
            yield _checked(ctgov_v2.read_study(value, where), where)
        elif nci_cts.is_trial(value):
            yield _checked(nci_cts.read_trial(value, where), where)
        elif isinstance(value, dict) and isinstance(value.get("studies"), list):
            yield from _each(value["studies"], where)
        elif isinstance(value, dict) and isinstance(value.get("data"), list):
            yield from _each(value["data"], where)
        elif isinstance(value, list) and value:
            yield from _each(value, where)
        else:
            yield TrialError(where, "holds no study", "give JSON of ClinicalTrials.gov API v2 or of NCI's API v2")
    except TrialError as error:
        yield error


def _each(items: list[Any], where: str) -> Iterator[Read]:
    for number, item in enumerate(items, 1):
        if isinstance(item, list):
            yield TrialError(f"{where}#{number}", "holds no study", "give JSON as the registry serves it")
        else:
            yield from _of(item, f"{where}#{number}")


def _checked(trial: Trial, where: str) -> Read:
    if NCT.fullmatch(trial.id):
        return trial
    return TrialError(where, "has no NCT number (NCT and eight digits)", "give a record as the registry serves it")


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:80] or type(error).__name__


__all__ = ["read_bytes", "read_trials"]
