"""Lines counted on real treatments, against the lines that the sites recorded: it stays as good as the page says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_as_good_as_the_page_says(shared: Path) -> None:
    table = shared / "data" / "commpass_treatments.csv"
    if not table.is_file():
        pytest.skip("the material has no data/commpass_treatments.csv")
    command = [sys.executable, str(ROOT / "bench" / "commpass.py"), str(table)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    page = (ROOT / "docs" / "explanation" / "lines.md").read_text(encoding="utf-8")
    shares = re.findall(r"(\d+\.\d)%", said)
    assert len(shares) == 4
    assert [share for share in shares if f"{share} %" not in page] == []
    counts = re.findall(r"^  +(\d+)  ", said, flags=re.MULTILINE)
    assert [count for count in counts if f"| {count} |" not in page] == []
