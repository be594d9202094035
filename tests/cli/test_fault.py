"""A fault of the program itself: one message, no traceback, no value. An interrupt: no traceback either."""

from __future__ import annotations

import functools
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mspike import cli


def test_a_fault_shows_no_value(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def broken() -> None:
        raise ValueError("a patient's value")

    monkeypatch.setattr(cli, "app", broken)
    monkeypatch.delenv("MSPIKE_DEBUG", raising=False)
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    said = capsys.readouterr().err
    assert stopped.value.code == 1
    assert "an error in the program (ValueError at test_fault.py" in said
    assert "patient's value" not in said
    assert "Traceback" not in said


def test_an_interrupt_while_the_program_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("raise KeyboardInterrupt", encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": str(tmp_path)}
    run = subprocess.run([sys.executable, "-m", "mspike", "demo"], env=env, capture_output=True, text=True)
    assert (run.returncode, run.stdout, run.stderr) == (130, "", "")


def test_an_interrupt_while_it_reads() -> None:
    command = [sys.executable, "-m", "mspike", "state", "-"]
    streams = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    heard = functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # what runs in the background ignores it
    with subprocess.Popen(command, **streams, preexec_fn=heard) as run:  # type: ignore[call-overload]
        assert run.stdin is not None
        run.stdin.write(b"schema: mspike-case/1\n" * 10_000)  # more than a pipe holds: taken, so it is reading
        run.stdin.flush()
        run.send_signal(signal.SIGINT)
        said = run.communicate(timeout=60)
    assert (run.returncode, said) == (130, (b"", b""))
