"""The compiled pack: all knowledge in one file, so that an answer need not read 600 YAML files.

An installed package trusts its pack. In a checkout the pack is a cache: it carries the size and time of every
file it was made from, and is made again when one of them differs, so an edited YAML file works at once.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import msgspec

from mspike.knowledge.files import DATA, KnowledgeError, read_knowledge, write_whole
from mspike.knowledge.grammar import Expr, GrammarError, parse
from mspike.knowledge.model import Knowledge
from mspike.knowledge.statements import conditions

PACK = Path(__file__).parent / "knowledge.pack"
FORMAT = 2


class Pack(msgspec.Struct, array_like=True):
    format: int
    stamp: str
    """Size and time of the files, for a checkout."""
    digest: str
    """SHA-256 over their contents: `knowledge check` tells by it whether an installed pack is that of its files."""
    knowledge: Knowledge
    conditions: dict[str, Any]
    """Every `when` text → its expression; templates keep `__drug__` and the like as names."""
    codes: bytes
    """The code tables, as their own room packs them."""


def load_pack(data: Path = DATA, target: Path = PACK) -> Pack:
    """The pack of this installation; in a checkout made anew when a file changed."""
    stamp = file_stamp(data) if in_checkout(target) else ""
    try:
        pack = msgspec.msgpack.decode(target.read_bytes(), type=Pack)
        if pack.format == FORMAT and (not stamp or pack.stamp == stamp):
            return pack
    except (OSError, msgspec.DecodeError, msgspec.ValidationError):
        pass  # absent, or made by another version: read the files
    pack = make_pack(data)
    try:
        _write(pack, target)
    except OSError:
        pass  # a read-only installation reads its files each time
    return pack


def in_checkout(target: Path = PACK) -> bool:
    """Whether the package runs from a source tree, where files may be edited."""
    package, source, root = target.parents[1], target.parents[2], target.parents[3]
    return (package.name, source.name) == ("mspike", "src") and (root / "pyproject.toml").exists()


def make_pack(data: Path) -> Pack:
    from mspike.knowledge.codes import pack_codes

    stamp = file_stamp(data)  # before reading: a file that is written meanwhile makes the pack stale, not wrong
    knowledge = read_knowledge(data)
    return Pack(FORMAT, stamp, file_digest(data), knowledge, parsed(knowledge), pack_codes(data / "codes"))


def write_pack(data: Path, target: Path) -> None:
    """Compiles `data` into `target`; used when the package is built."""
    _write(make_pack(data), target)


def _write(pack: Pack, target: Path) -> None:
    write_whole(target, msgspec.msgpack.encode(pack))


def data_files(data: Path) -> list[Path]:
    """Every file that the pack is made from, in one order on every machine."""
    return sorted(
        Path(folder, name) for folder, _, names in os.walk(data) for name in names if name.endswith((".yaml", ".csv"))
    )


def file_stamp(data: Path) -> str:
    """Changes when a file is added, removed, or written, and when the code that reads them is."""
    digest = hashlib.blake2b(digest_size=16)
    for path in (*data_files(data), *sorted(Path(__file__).parent.glob("*.py"))):
        stat = path.stat()
        digest.update(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def file_digest(data: Path) -> str:
    """Changes when a file's content changes."""
    digest = hashlib.sha256()
    for path in data_files(data):
        digest.update(path.relative_to(data).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


TEMPLATES = ("drug", "class", "option", "path")


def parse_template(text: str) -> Expr:
    """A `when` with `{drug}`, `{class}` or `{option}` in fact names; these become `__drug__` and so on."""
    for name in TEMPLATES:
        text = text.replace("{" + name + "}", f"__{name}__")
    return parse(text)


def parsed(knowledge: Knowledge) -> dict[str, Expr]:
    """Every condition text with its expression. Raises KnowledgeError with the place of one outside the grammar."""
    found: dict[str, Expr] = {}
    for condition in conditions(knowledge):
        if condition.text not in found:
            try:
                found[condition.text] = parse_template(condition.text)
            except GrammarError as error:
                raise KnowledgeError(f"{condition.where}: {error}") from None
    return found


def as_expr(value: Any) -> Expr:
    """An expression as the pack holds it (lists) as tuples."""
    return tuple(as_expr(part) if isinstance(part, list) else part for part in value)
