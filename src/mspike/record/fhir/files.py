"""FHIR in files: a Bundle, NDJSON, folders of a bulk export, gzip. Lines are read one by one; a bad one stops no other.

HL7 FHIR Bulk Data Access: https://hl7.org/fhir/uv/bulkdata/. The kind of a resource is read from its line, never from
the file's name; the order of files and lines means nothing.
"""

from __future__ import annotations

import gzip
import io
import os
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from mspike.record.errors import RecordError, plain
from mspike.record.fhir.detect import BOM, GZIP, LINES, WHOLE_LIMIT, fhir_files, fhir_head
from mspike.record.fhir.found import Found, Text
from mspike.record.fhir.parse import Broken, parse_resources
from mspike.record.fhir.records import About, records_of
from mspike.record.model import Record

LINE_LIMIT = 20_000_000
"""Bytes of one line of NDJSON; a longer one is passed over and named."""
IN_MEMORY = 64_000_000
"""Bytes of a source, unpacked, up to which it is kept in memory; a larger one is put in order on disk."""
PACKED = 10
"""How many times smaller gzip makes such files."""


def read_fhir(path: str, about: About) -> Iterator[Record | RecordError]:
    """A record for each patient of a file or folder. Raises RecordError where nothing of it can be read."""
    folder = os.path.isdir(path)
    files = fhir_files(path) if folder else [path]
    texts = (text for file in files for text in _texts_of(file, plain(os.path.relpath(file, path)) if folder else ""))
    if sum(map(_unpacked_size, files)) > IN_MEMORY:
        from mspike.record.fhir.shelves import records_from_disk

        yield from records_from_disk(texts, about)
    else:
        yield from records_of(_parsed(texts, strict=not folder), about)


def read_fhir_bytes(data: bytes, about: About, *, lines: bool = False) -> Iterator[Record | RecordError]:
    """The same for content at hand: a request's body, standard input."""
    yield from records_of(_parsed(texts_of(io.BytesIO(data), "", lines=lines), strict=True), about)


def _parsed(texts: Iterable[Text | Broken], *, strict: bool) -> Iterator[Found | Broken]:
    """Every resource of the texts. `strict`: a source of one text that cannot be read is an error, not a part."""
    for text in texts:
        if isinstance(text, Broken):
            if strict and text.whole:
                raise RecordError(text.rule, at=text.at, hint=text.hint)
            yield text
            continue
        try:
            yield from parse_resources(text.data, text.at)
        except RecordError as error:
            if strict and text.whole:
                raise
            yield Broken(error.rule, error.at or text.at, error.hint)


def _texts_of(file: str, name: str) -> Iterator[Text | Broken]:
    if name and not fhir_head(file):  # in a folder: a manifest, a log, an empty file
        if file.lower().endswith(LINES) and os.path.getsize(file):
            yield Broken("a file in which no FHIR is found: passed over", name, "look at its first lines", whole=True)
        return
    try:
        with open(file, "rb") as opened:
            yield from texts_of(opened, name, lines=file.lower().endswith(LINES))
    except OSError as error:
        yield Broken(f"a file that cannot be read ({error.strerror})", name, "look at its permissions", whole=True)


def texts_of(stream: BinaryIO, name: str, *, lines: bool) -> Iterator[Text | Broken]:
    """Every JSON text of a stream, unpacked. `name`: the file's, for messages, where there are several files."""
    packed = stream.read(2) == GZIP
    stream.seek(0)
    opened: BinaryIO = gzip.GzipFile(fileobj=stream) if packed else stream  # type: ignore[assignment]
    try:
        first = b"" if lines else opened.readline(WHOLE_LIMIT)
        second = opened.readline(WHOLE_LIMIT) if _complete(first) else b""
        if lines or second.strip()[:1] == b"{":
            lines = True
            opened.seek(0)
            yield from _lines(opened, f"{name}, " if name else "")
            return
        data = first + second + opened.read(WHOLE_LIMIT)
        if len(data) > WHOLE_LIMIT:
            size = f"larger than {WHOLE_LIMIT // 1_000_000} MB, the most that is read of one file"
            yield Broken(size, name, "export it as NDJSON: that is read line by line", whole=True)
        else:
            yield Text(data.removeprefix(BOM), name, True)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        yield Broken("a compressed file that breaks off or is damaged", name or "the file", "copy it again",
                     whole=not lines)  # fmt: skip


def _complete(line: bytes) -> bool:
    stripped = line.removeprefix(BOM).strip()
    return stripped[:1] == b"{" and stripped[-1:] == b"}"


def _lines(stream: BinaryIO, at: str) -> Iterator[Text | Broken]:
    number = 0
    while line := stream.readline(LINE_LIMIT + 1):
        number += 1
        if len(line) > LINE_LIMIT and not line.endswith(b"\n"):
            while (rest := stream.readline(LINE_LIMIT)) and not rest.endswith(b"\n"):
                pass
            rule = f"a line of more than {LINE_LIMIT // 1_000_000} MB"
            yield Broken(rule, f"{at}line {number}", "no resource is that large")
        elif line := line.removeprefix(BOM).strip():
            yield Text(line, f"{at}line {number}", False)


def _unpacked_size(file: str) -> int:
    try:
        size = os.path.getsize(file)
        with open(file, "rb") as opened:
            return size * PACKED if opened.read(2) == GZIP else size
    except OSError:
        return 0


def stem(path: str) -> str:
    """What a record of this file is called where it has no name of its own."""
    name = Path(path).name
    return name.removesuffix(".gz").rpartition(".")[0] or name
