"""The real knowledge, read once, and copies of it that a test may break."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mspike.knowledge.files import DATA, read_knowledge
from mspike.knowledge.model import Knowledge


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return read_knowledge()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the data folder, in a source tree of its own."""
    copy = tmp_path / "src" / "mspike" / "knowledge" / "data"
    shutil.copytree(DATA, copy)
    (tmp_path / "pyproject.toml").touch()
    return copy


Broken = Callable[..., Knowledge]


@pytest.fixture(scope="session")
def broken(knowledge: Knowledge) -> Broken:
    """The knowledge with one thing different: `broken("options/Vd", label="x")`, or one level deeper with `inside`."""

    def make(file: str, **changes: Any) -> Knowledge:
        table, name = file.split("/")
        entries = dict(getattr(knowledge, table))
        entries[name] = msgspec.structs.replace(entries[name], **changes)
        return msgspec.structs.replace(knowledge, **{table: entries})

    return make
