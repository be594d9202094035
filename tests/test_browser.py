"""The browser helper itself: it must see faults, or the report's browser tests prove nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from browser import open_html

pytestmark = [pytest.mark.browser, pytest.mark.slow]

GOOD = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sheet</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
@media print { p { break-after: page } }
@media (prefers-color-scheme: dark) { body { background: #111; color: #eee } }
</style>
</head><body><main><h1>Sheet</h1><p>one</p><p>two</p><p>three</p><span>end</span></main></body></html>"""

BAD = """<!doctype html><html><head><title>x</title></head><body><img src="https://example.invalid/a.png">
<div style="width:2000px">wide</div><script>throw new Error("boom")</script></body></html>"""


def test_a_sound_page_passes(tmp_path: Path) -> None:
    page = tmp_path / "good.html"
    page.write_text(GOOD, encoding="utf-8")
    with open_html(page) as view:
        assert view.accessibility() == []
        assert view.accessibility(dark=True) == []
        assert view.sideways_scroll(width=360) == 0
        assert view.print_pdf(tmp_path / "good.pdf") == 4
        assert view.screenshot(tmp_path / "good.png", width=360, dark=True).stat().st_size > 0
        assert view.problems == []


def test_faults_are_seen(tmp_path: Path) -> None:
    page = tmp_path / "bad.html"
    page.write_text(BAD, encoding="utf-8")
    with open_html(page) as view:
        found = " ".join(view.accessibility())
        assert "html-has-lang" in found
        assert "image-alt" in found
        assert view.sideways_scroll(width=360) > 1000
        assert any(problem.startswith("request: ") for problem in view.problems)
        assert any("boom" in problem for problem in view.problems)
