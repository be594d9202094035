"""One file's content → its records: a case file (YAML, JSON, NDJSON; one or several) or FHIR JSON."""

from __future__ import annotations

import datetime as dt
import os
import re
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from mspike.knowledge import load_codes
from mspike.record.case import read_record
from mspike.record.errors import RecordError, plain
from mspike.record.fhir.detect import LINES, WHOLE_LIMIT, is_fhir
from mspike.record.model import Record
from mspike.record.terms import Terms
from mspike.record.tree import read_document, split_documents

LIMIT_BYTES = 5_000_000
"""The largest file that is opened: a record of 60 entries has 4 kB."""

KINDS = {".yaml": "yaml", ".yml": "yaml", ".json": "json", ".ndjson": "ndjson", ".jsonl": "ndjson"}
SPOKEN = {"yaml": "YAML", "json": "JSON", "ndjson": "NDJSON"}

NOT_READ = {".parquet": "a Parquet table", ".xlsx": "a spreadsheet", ".xls": "a spreadsheet", ".pdf": "a PDF",
            ".docx": "a text document", ".zip": "an archive", ".gz": "a compressed file"}  # fmt: skip
MAGIC = {b"PK\x03\x04": ".zip", b"\x1f\x8b": ".gz", b"PAR1": ".parquet", b"%PDF": ".pdf"}


def read_case(
    data: bytes | str, name: str = "stdin", *, today: dt.date | None = None, terms: Terms | None = None
) -> Iterator[Record | RecordError]:
    """Every record in one file's content, in order, or the error in its place. `name`: the file it came from."""
    if is_fhir(data):
        yield from read_fhir_source(name, "FHIR R4 JSON", terms, today or dt.date.today(), data)
        return
    name = plain(name)
    kind, stem = "", Path(name).stem or name
    try:
        text = data.removeprefix("\ufeff") if isinstance(data, str) else _decoded(data)
        kind = _kind(text, Path(name).suffix.lower())
        documents = list(split_documents(text, kind))
        if not documents:
            raise RecordError("an empty file", hint="begin with `schema: mspike-case/1`")
    except RecordError as error:
        yield placed(error, name, _origin(name, kind))
        return
    several = len(documents) > 1
    for number, (part, line) in enumerate(documents, start=1):
        origin = _origin(name, kind, number if several else 0)
        record = f"{stem}-{number}" if several else stem
        tree: object = None
        try:
            tree = read_document(part, kind, line)
            codes, latest = load_codes(), today or dt.date.today()
            yield read_record(tree, name=record, origin=origin, codes=codes, latest=latest)
        except RecordError as error:
            yield placed(error, _id_of(tree) or (record if several else name), origin)


def read_fhir_source(
    name: str, kind: str, terms: Terms | None, latest: dt.date, data: bytes | str | None = None,
    patients: tuple[str, ...] | None = None,
) -> Iterator[Record | RecordError]:  # fmt: skip
    """The patients of FHIR content, or of the file or folder `name`; the error where there is none.

    `patients`: the ids of those that are read; None = all.
    """
    from mspike.record.fhir.files import read_fhir, read_fhir_bytes, stem
    from mspike.record.fhir.records import About
    from mspike.record.terms import shipped_terms

    public = plain(name)
    origin = f"{public} ({kind})"
    about = About(stem(public), kind, origin, terms or shipped_terms(), latest, patients)
    try:
        if data is None:
            found = read_fhir(name, about)
        else:
            packed = data.encode() if isinstance(data, str) else data
            found = read_fhir_bytes(packed, about, lines=name.lower().endswith(LINES))
        for read in found:
            yield placed(read, read.record or public, origin) if isinstance(read, RecordError) else read
    except RecordError as error:
        yield placed(error, public, origin)


def _id_of(tree: object) -> str:
    """The id that a refused record gives itself, if it is a usable one."""
    given = tree.get("id") if isinstance(tree, dict) else None
    text = getattr(given, "text", None)
    return text.strip() if isinstance(text, str) and len(text) <= 100 else ""


def placed(error: RecordError, record: str, origin: str) -> RecordError:
    error.record, error.origin = record, origin
    return error


def _origin(name: str, kind: str, number: int = 0) -> str:
    spoken = f" ({SPOKEN[kind]} case file{f', record {number}' if number else ''})" if kind else ""
    return f"{name}{spoken}"


def read_stdin(stdin: BinaryIO | None, limit: int) -> bytes:
    if stdin is None and sys.stdin is None:  # whoever started the program closed it
        raise _no_stdin("it is closed")
    stream = stdin or sys.stdin.buffer
    try:
        data = stream.read(limit + 1)
        if len(data) > limit and is_fhir(data):
            data, limit = data + stream.read(WHOLE_LIMIT), WHOLE_LIMIT
    except OSError as error:
        raise _no_stdin(error.strerror or "no reason given") from None
    if len(data) > limit:
        raise _too_large(limit)
    return data


def read_file(name: str, limit: int) -> bytes:
    """A file's bytes. Size and kind are looked at before it is opened, so that nothing can hang or fill the memory."""
    try:
        found = os.stat(name)
        if not stat.S_ISREG(found.st_mode):
            raise RecordError("neither a file nor a folder (a pipe or a device)", hint="pipe it in and name it `-`")
        if (ending := Path(name).suffix.lower()) in NOT_READ:
            raise _not_read(ending)
        if found.st_size > limit:
            raise _too_large(limit)
        with open(name, "rb") as file:
            return file.read(limit)
    except FileNotFoundError:
        raise RecordError("no such file", hint="look at the path") from None
    except PermissionError:
        raise RecordError("a file that may not be read", hint="look at its permissions") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise RecordError(f"a file that cannot be read ({reason})", hint="look at the path") from None


def _no_stdin(reason: str) -> RecordError:
    return RecordError(f"standard input cannot be read ({reason})", hint="pipe a record in, or name its file")


def _too_large(limit: int) -> RecordError:
    rule = f"larger than {limit / 1_000_000:g} MB, the most that is read of one file"
    return RecordError(rule, hint="split it into files of one record each")


def _not_read(ending: str) -> RecordError:
    hint = "write the record as a case file: docs/reference/case-file.md"
    return RecordError(f"{NOT_READ[ending]}, which this version does not read", hint=hint)


def _decoded(data: bytes) -> str:
    """The text of a file: UTF-8, with or without its mark."""
    for magic, ending in MAGIC.items():
        if data.startswith(magic):
            raise _not_read(ending)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise RecordError("text in UTF-16, and UTF-8 is read", hint="save the file as UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RecordError("text that is not UTF-8", at=f"line {line}", given=f"byte {data[error.start]:#04x}",
                          hint="save the file as UTF-8") from None  # fmt: skip
    return text


CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def _kind(text: str, ending: str) -> str:
    """`yaml`, `json` or `ndjson`: by the name's ending where it is one of ours, else by the first character."""
    if text.lstrip()[:1] == "<":
        raise RecordError("XML, which is not read", hint="FHIR is read as JSON: ask for application/fhir+json")
    odd = CONTROL.search(text)
    if odd is not None:
        raise RecordError("a character that no text file holds", at=f"line {text.count(chr(10), 0, odd.start()) + 1}",
                          given=f"U+{ord(odd[0]):04X}", hint="save the record as plain text")  # fmt: skip
    kind = KINDS.get(ending)
    if kind in (None, "json") and text.lstrip()[:1] in ("{", "["):
        lines = [line for line in text.split("\n") if line.strip()]
        whole = len(lines) > 1 and all(line.lstrip()[:1] == "{" and line.rstrip()[-1:] == "}" for line in lines)
        return "ndjson" if whole else "json"
    return kind or "yaml"
