"""Take the pictures of the documentation: `docs/pictures/answer.png`, the top of the demo patient's page.

Needs Chromium, as the browser tests do. The picture is not compared byte by byte: fonts differ between machines.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests")]

from browser import open_html  # noqa: E402, I001

from mspike.cli import DEMO  # noqa: E402
from mspike.derive import derive_state  # noqa: E402
from mspike.knowledge import load_knowledge, settle  # noqa: E402
from mspike.options import build_answer  # noqa: E402
from mspike.record import Record, read_records  # noqa: E402
from mspike.report import finish, render_html  # noqa: E402

PICTURE = ROOT / "docs" / "pictures" / "answer.png"
WIDE, HIGH = 1280, 1500
"""CSS pixels."""
LIMIT = 400_000
"""Bytes: a repository is no picture book."""


def main() -> int:
    knowledge = load_knowledge()
    (record,) = read_records([ROOT / "examples" / "patients" / DEMO / "record.yaml"])
    assert isinstance(record, Record), record
    html = render_html(finish(build_answer(derive_state(record, knowledge, settle(knowledge)))))
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "answer.html"
        page.write_text(html, encoding="utf-8")
        with open_html(page) as view:
            view.look(width=WIDE)
            clip = {"x": 0, "y": 0, "width": WIDE, "height": HIGH}
            view.page.screenshot(path=str(PICTURE), full_page=True, clip=clip)
    size = PICTURE.stat().st_size
    print(f"{PICTURE.relative_to(ROOT)}: {WIDE} × {HIGH}, {size / 1000:.0f} kB")
    return int(size > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
