"""Runs somebody's command over cases, and takes what it prints, whatever that is.

A run is bounded in time and in what it may write. What a runner does wrong becomes one line of text, never an error of
ours: it may crash, hang, print garbage or anything at all.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import msgspec

MAX_OUTPUT = 64_000_000
"""Bytes of one run; a runner that prints more is stopped."""
MAX_ERROR = 4_000
"""Bytes kept of what a runner writes to stderr: its end."""


class RunnerError(Exception):
    """The command cannot be run at all."""


class Ran(msgspec.Struct):
    """What one run gave: the answers by their id, and what went wrong, if anything."""

    answers: dict[str, list[dict[str, Any]]]
    fault: str = ""
    """Why answers may be missing: `ended with 1: …`, `stopped after 60 s`."""


class Command(msgspec.Struct, frozen=True):
    """A runner: the command, how it takes its cases, and how long a run may last (seconds)."""

    words: tuple[str, ...]
    stdin: bool = False
    timeout: float = 60.0

    def check(self) -> None:
        """Raises RunnerError where there is no such program."""
        if shutil.which(self.words[0]) is None:
            raise RunnerError(f"{self.words[0]}: no such program, or it may not be run")

    def run(self, cases: Sequence[dict[str, Any]], policy: dict[str, str]) -> Ran:
        """One run over the cases, all of one policy."""
        policies = [word for key, value in policy.items() for word in ("--policy", f"{key}={value}")]
        with tempfile.TemporaryDirectory(prefix="mspike-conformance-") as folder:
            paths = []
            lines = [msgspec.json.encode(case) for case in cases]
            if not self.stdin:
                paths = [Path(folder) / f"{number:04}.json" for number in range(1, len(cases) + 1)]
                for path, line in zip(paths, lines, strict=True):
                    path.write_bytes(line)
            words = [*self.words, *policies, *(map(str, paths) if paths else ("-",))]
            output, fault = _process(words, b"\n".join(lines) + b"\n" if self.stdin else b"", self.timeout)
        named = {str(path): str(case["id"]) for path, case in zip(paths, cases, strict=bool(paths))}
        return _answers(output, fault, named)


def _process(words: list[str], data: bytes, timeout: float) -> tuple[bytes, str]:
    """What a command printed, and what went wrong. Everything it started is ended with it."""
    try:
        process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
        )
    except OSError as error:
        raise RunnerError(f"{words[0]}: cannot be started ({error.strerror})") from error
    output, errors = bytearray(), bytearray()
    threads = [
        threading.Thread(target=_write, args=(process.stdin, data), daemon=True),
        threading.Thread(target=_read, args=(process.stdout, output, MAX_OUTPUT, process), daemon=True),
        threading.Thread(target=_read, args=(process.stderr, errors, 0, process), daemon=True),
    ]
    for thread in threads:
        thread.start()
    late = False
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired:
        late = True
    finally:
        _end(process)
    for thread in threads:
        thread.join(5)
    if late:
        return bytes(output), f"stopped after {timeout:g} s"
    if len(output) > MAX_OUTPUT:
        return b"", f"stopped: it printed more than {MAX_OUTPUT // 1_000_000} MB"
    return bytes(output), _ended(process.returncode, errors)


def _ended(code: int, errors: bytearray) -> str:
    """`ended with 1: the last line of stderr`."""
    if code == 0:
        return ""
    lines = [line for line in errors.decode(errors="replace").splitlines() if line.strip()]
    last = "".join(c if c.isprintable() else "?" for c in lines[-1].strip())[:200] if lines else ""
    how = f"ended by the signal {-code}" if code < 0 else f"ended with {code}"
    return f"{how}: {last}" if last else how


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends the command and what it started: they are a session of their own."""
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(10)


def _write(stream: IO[bytes], data: bytes) -> None:
    with contextlib.suppress(OSError):  # it may not read at all
        stream.write(data)
    with contextlib.suppress(OSError):
        stream.close()


def _read(stream: IO[bytes], into: bytearray, limit: int, process: subprocess.Popen[bytes]) -> None:
    """Everything up to a limit, beyond which the command is ended; 0 = keep the end only."""
    with contextlib.suppress(OSError, ValueError):
        while part := stream.read1(65_536):  # type: ignore[attr-defined]
            into += part
            if not limit and len(into) > 2 * MAX_ERROR:
                del into[:-MAX_ERROR]
            elif limit and len(into) > limit:
                _end(process)
                return


def _answers(output: bytes, fault: str, named: dict[str, str]) -> Ran:
    """The answers by their id; a refusal may name its file. NDJSON, or one JSON value: an answer or an array."""
    values, unread = _values(output)
    ran = Ran({}, fault)
    for value in values:
        name = value.get("id") if value.get("schema") != "mspike-error/1" else value.get("record")
        if isinstance(name, str):
            ran.answers.setdefault(named.get(name, name), []).append(value)
        else:
            unread = unread or "an answer has no id"
    if unread and not ran.fault:
        ran.fault = unread
    return ran


def _values(output: bytes) -> tuple[list[dict[str, Any]], str]:
    """The objects printed, and what could not be read."""
    if not output.strip():
        return [], "printed nothing"
    values, unread = [], ""
    for number, line in enumerate(output.splitlines(), 1):
        if not line.strip():
            continue
        value = _decode(line)
        if isinstance(value, dict):
            values.append(value)
        elif not unread:
            unread = f"line {number} of what it printed is no JSON object"
    if unread and not values:
        whole = _decode(output)
        found = whole if isinstance(whole, list) else [whole]
        if all(isinstance(value, dict) for value in found):
            return found, ""
    return values, unread


def _decode(data: bytes) -> Any:
    """A JSON value; None for what is none, also for one nested without end."""
    try:
        return msgspec.json.decode(data)
    except (ValueError, RecursionError, msgspec.MsgspecError):
        return None
