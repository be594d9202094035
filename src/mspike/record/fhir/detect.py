"""Whether a file, a folder or some text is FHIR: by its first bytes, without loading anything that reads it."""

from __future__ import annotations

import os
import zlib
from pathlib import Path

GZIP = b"\x1f\x8b"
BOM = b"\xef\xbb\xbf"
LINES = (".ndjson", ".jsonl", ".ndjson.gz", ".jsonl.gz")
ENDINGS = (*LINES, ".json", ".json.gz")
WHOLE_LIMIT = 200_000_000
"""Bytes of one Bundle that is read as a whole."""
HEAD = 16_000
"""Bytes within which `resourceType` stands."""


def is_fhir(content: bytes | str) -> bool:
    """Whether text that begins so is FHIR JSON."""
    start = content[:HEAD].encode(errors="replace") if isinstance(content, str) else content[:HEAD]
    return start.removeprefix(BOM).lstrip(b" \t\r\n[")[:1] == b"{" and b'"resourceType"' in start


def fhir_kind(path: str) -> str:
    """`FHIR R4` and the form for a file or folder that is FHIR; empty for one that is not."""
    if os.path.isdir(path):
        files = fhir_files(path)
        return "FHIR R4 folder" if files and any(fhir_head(file) for file in files) else ""
    return fhir_head(path)


def fhir_head(path: str) -> str:
    """`FHIR R4` and the form, by the first bytes of a file, unpacked where it is compressed.

    Of a file of lines it is enough that one of the first is FHIR: the very first may be broken.
    """
    try:
        with open(path, "rb") as file:
            start = file.read(HEAD)
            if start.startswith(GZIP):
                start = _unpacked_head(start)
    except OSError:
        return ""
    if path.lower().endswith(LINES):
        return "FHIR R4 NDJSON" if b'"resourceType"' in start else ""
    return "FHIR R4 JSON" if is_fhir(start) else ""


def _unpacked_head(start: bytes) -> bytes:
    try:
        return zlib.decompressobj(31).decompress(start, HEAD)
    except zlib.error:
        return b""


def fhir_files(folder: str) -> list[str]:
    """The files of a bulk folder and of the folders in it that can hold FHIR, in the order of their names."""
    found = (path for path in Path(folder).rglob("*") if path.name.lower().endswith(ENDINGS) and path.is_file())
    return sorted(map(str, found))
