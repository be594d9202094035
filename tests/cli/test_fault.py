"""A fault of the program itself: one message, no traceback, no value."""

from __future__ import annotations

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
