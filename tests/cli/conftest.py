"""The real program as a process: `mspike("options", path)` runs the installed console script and gives what it said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENTS = ROOT / "examples" / "patients"
SCRIPT = Path(sys.executable).with_name("mspike")


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


Mspike = Callable[..., Said]


@pytest.fixture
def mspike(tmp_path: Path) -> Mspike:
    """Runs in `work`, a folder of its own, as another user's shell would: no terminal, a home of its own."""
    home, work = tmp_path / "home", tmp_path / "work"
    home.mkdir()
    work.mkdir()
    env = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "_MSPIKE", "MSPIKE"))}
    env |= {"HOME": str(home), "COLUMNS": "100", "TERM": "dumb"}

    def run(*arguments: object, stdin: str | bytes = b"", code: int | None = 0, **more: str) -> Said:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        command = [str(SCRIPT), *map(str, arguments)]
        ended = subprocess.run(command, input=data, capture_output=True, cwd=work, env=env | more, timeout=120)
        said = Said(ended.returncode, ended.stdout.decode(), ended.stderr.decode())
        assert "Traceback" not in said.out + said.err, said.err
        assert code is None or said.code == code, f"exit {said.code}\n{said.out[:2000]}\n{said.err}"
        return said

    return run


@pytest.fixture
def work(mspike: Mspike, tmp_path: Path) -> Path:
    """The folder that the program runs in."""
    return tmp_path / "work"


@pytest.fixture
def good() -> Path:
    """A record that can be answered, and with a date that this day cannot change."""
    return PATIENTS / "first-relapse-lenalidomide" / "record.yaml"
