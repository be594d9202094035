"""Where compiled code is kept: a folder of our own, since whoever can write there can run code as us."""

from __future__ import annotations

import os
import stat
from pathlib import Path

VARIABLE = "MSPIKE_CACHE"
"""Environment variable that names the folder."""


class CacheError(Exception):
    """The folder for compiled code is one that others could write to. The message says which, and what to do."""


def private_folder(name: str, root: Path | None = None) -> Path | None:
    """The folder `name` for us alone under `root`, made where it is absent; None where none can be written.

    `root`: by default what `MSPIKE_CACHE` names, else `mspike` in the user's cache folder. Raises CacheError when the
    folder is a link, belongs to somebody else, or can be written by others.
    """
    top = root or _default()
    folder = top / name
    try:
        top.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError:
        if not folder.is_dir():
            return None
    for path in (top, folder):
        _check(path)
    return folder if os.access(folder, os.W_OK | os.X_OK) else None


def _default() -> Path:
    if named := os.environ.get(VARIABLE):
        return Path(named)
    caches = os.environ.get("XDG_CACHE_HOME")
    return Path(caches) / "mspike" if caches else Path(os.path.expanduser("~")) / ".cache" / "mspike"


def _check(path: Path) -> None:
    found = path.lstat()
    if stat.S_ISLNK(found.st_mode) or not stat.S_ISDIR(found.st_mode):
        fault = "is a link or no folder"
    elif hasattr(os, "getuid") and found.st_uid != os.getuid():
        fault = "belongs to another user"
    elif hasattr(os, "getuid") and found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        fault = "can be written by other users"
    else:
        return
    raise CacheError(
        f"{path}: the folder for compiled code {fault}; code from it would run as you. "
        f"Remove it, or name a folder of your own in {VARIABLE}"
    )
