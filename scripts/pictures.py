"""Take the pictures of the documentation, in `docs/pictures`: the top of the demo patient's page, and the timeline.

Needs Chromium, as the browser tests do. The pictures are not compared byte by byte: fonts differ between machines.
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
from mspike.report import finish, render_html, render_timeline  # noqa: E402

PICTURE = ROOT / "docs" / "pictures" / "answer.png"
TIMELINE = PICTURE.with_name("timeline.svg")
WIDE, HIGH = 1280, 1500
"""CSS pixels."""
LIMIT = 400_000
"""Bytes: a repository is no picture book."""


def main() -> int:
    knowledge = load_knowledge()
    (record,) = read_records([ROOT / "examples" / "patients" / DEMO / "record.yaml"])
    assert isinstance(record, Record), record
    answer = finish(build_answer(derive_state(record, knowledge, settle(knowledge))))
    html = render_html(answer)
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    TIMELINE.write_bytes(render_timeline(answer, "svg"))
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "answer.html"
        page.write_text(html, encoding="utf-8")
        with open_html(page) as view:
            view.look(width=WIDE)
            clip = {"x": 0, "y": 0, "width": WIDE, "height": HIGH}
            view.page.screenshot(path=str(PICTURE), full_page=True, clip=clip)
    sizes = {picture: picture.stat().st_size for picture in (PICTURE, TIMELINE)}
    for picture, size in sizes.items():
        print(f"{picture.relative_to(ROOT)}: {size / 1000:.0f} kB")
    return int(max(sizes.values()) > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
