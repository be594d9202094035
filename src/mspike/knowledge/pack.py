"""The compiled pack: all knowledge in one file, so that an answer need not read 600 YAML files.

An installed package trusts its pack. In a checkout the pack is a cache: it carries the size and time of every
file it was made from, and is made again when one of them differs, so an edited YAML file works at once.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from mspike.knowledge.files import DATA, read_knowledge
from mspike.knowledge.grammar import Expr, parse
from mspike.knowledge.model import Knowledge

PACK = Path(__file__).parent / "knowledge.pack"
FORMAT = 1


class Pack(msgspec.Struct, array_like=True):
    format: int
    stamp: str
    """Size and time of the files, for a checkout."""
    digest: str
    """SHA-256 over their contents, for `knowledge check`."""
    knowledge: Knowledge
    conditions: dict[str, Any]
    """Every `when` text → its expression; templates keep `__drug__` and the like as names."""
    codes: bytes
    """The code tables, as their own room packs them."""


def load_pack() -> Pack:
    """The pack of this installation; in a checkout made anew when a file changed."""
    stamp = file_stamp(DATA) if in_checkout() else ""
    try:
        pack = msgspec.msgpack.decode(PACK.read_bytes(), type=Pack)
        if pack.format == FORMAT and (not stamp or pack.stamp == stamp):
            return pack
    except (OSError, msgspec.DecodeError, msgspec.ValidationError):
        pass  # absent, or made by another version: read the files
    pack = make_pack(DATA)
    try:
        _write(pack, PACK)
    except OSError:
        pass  # a read-only installation reads its files each time
    return pack


def in_checkout() -> bool:
    """Whether the package runs from a source tree, where files may be edited."""
    root = PACK.parents[3]
    return PACK.parents[2].name == "src" and (root / "pyproject.toml").exists()


def make_pack(data: Path) -> Pack:
    from mspike.knowledge.codes import pack_codes

    knowledge = read_knowledge(data)
    conditions = {text: parse_template(text) for text in when_texts(knowledge)}
    return Pack(FORMAT, file_stamp(data), file_digest(data), knowledge, conditions, pack_codes(data / "codes"))


def write_pack(data: Path, target: Path) -> None:
    """Compiles `data` into `target`; used when the package is built."""
    _write(make_pack(data), target)


def _write(pack: Pack, target: Path) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".pack-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.msgpack.encode(pack))
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def data_files(data: Path) -> Iterator[os.DirEntry[str]]:
    for folder, _, _ in os.walk(data):
        yield from sorted((e for e in os.scandir(folder) if e.is_file()), key=lambda e: e.path)


def file_stamp(data: Path) -> str:
    """Changes when a file is added, removed, or written."""
    digest = hashlib.blake2b(digest_size=16)
    for entry in data_files(data):
        stat = entry.stat()
        digest.update(f"{entry.path}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def file_digest(data: Path) -> str:
    """Changes when a file's content changes."""
    digest = hashlib.sha256()
    for entry in data_files(data):
        digest.update(os.path.relpath(entry.path, data).encode() + b"\0")
        digest.update(Path(entry.path).read_bytes())
    return digest.hexdigest()


TEMPLATES = ("drug", "class", "option", "path")


def parse_template(text: str) -> Expr:
    """A `when` with `{drug}`, `{class}` or `{option}` in fact names; these become `__drug__` and so on."""
    for name in TEMPLATES:
        text = text.replace("{" + name + "}", f"__{name}__")
    return parse(text)


def when_texts(knowledge: Knowledge) -> Iterator[str]:
    """Every condition text of the knowledge files."""
    versioned = (
        *knowledge.drugs.values(), *knowledge.classes.values(), *knowledge.rules.values(), *knowledge.options.values()
    )  # fmt: skip
    for entry in versioned:
        for version in entry.versions:
            yield from (criterion.when for criterion in version.criteria)
    for option in knowledge.options.values():
        for timeline in option.availability.values():
            for availability in timeline:
                for branch in availability.label:
                    yield from (condition.when for condition in branch.conditions)
    for disagreement in knowledge.disagreements.values():
        yield from (text for text in (disagreement.when, *(p.when for p in disagreement.positions)) if text)


def as_expr(value: Any) -> Expr:
    """An expression as the pack holds it (lists) as tuples."""
    return tuple(as_expr(part) if isinstance(part, list) else part for part in value)
