"""The page in a real browser: barriers, widths, dark, paper, and the tick boxes that hide."""

from __future__ import annotations

from pathlib import Path

import pytest

from browser import View, open_html
from mspike.report.html import render_html
from report import real, specimens

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIDTHS = (1280, 768, 390, 320)
"""320 is a 1280 window at 400 % zoom."""


def written(folder: Path, name: str) -> Path:
    page = folder / f"{name}.html"
    page.write_text(render_html(specimens.ALL[name]()), encoding="utf-8")
    return page


def barriers(view: View) -> list[str]:
    """What axe finds in the page as it stands, without changing width or medium."""
    from axe_playwright_python.sync_playwright import Axe

    return [f"{rule['id']}: {rule['nodes'][0]['html'][:120]}" for rule in Axe().run(view.page).response["violations"]]


@pytest.mark.parametrize("name", sorted(specimens.ALL))
def test_no_barrier_and_no_sideways_scroll(name: str, tmp_path: Path) -> None:
    with open_html(written(tmp_path, name)) as view:
        for width in WIDTHS:
            assert view.accessibility(width=width) == []
            assert view.sideways_scroll(width=width) == 0
        assert view.accessibility(dark=True) == []
        view.look(printed=True)
        assert barriers(view) == []
        view.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        for width in (1280, 320):
            assert view.accessibility(width=width) == []
            assert view.sideways_scroll(width=width) == 0
        assert view.problems == []


def test_a_real_answer_has_no_barrier(tmp_path: Path) -> None:
    page = tmp_path / "answer.html"
    page.write_text(render_html(real.example_answer("after-bcma-car-t")), encoding="utf-8")
    with open_html(page) as view:
        for width in WIDTHS:
            assert view.accessibility(width=width) == []
        assert view.accessibility(dark=True) == []


@pytest.mark.parametrize("name", real.NAMES)
def test_an_example_patient_takes_two_sheets_of_paper(name: str, tmp_path: Path) -> None:
    page = tmp_path / "answer.html"
    page.write_text(render_html(real.example_answer(name)), encoding="utf-8")
    with open_html(page) as view:
        for width in WIDTHS:
            assert view.sideways_scroll(width=width) == 0
        assert view.print_pdf(tmp_path / "a4.pdf") <= 2
        assert view.print_pdf(tmp_path / "letter.pdf", paper="Letter") <= 3
        assert view.problems == []


def test_a_box_hides_on_the_screen_and_never_on_paper(tmp_path: Path) -> None:
    with open_html(written(tmp_path, "seventy"), javascript=False) as view:
        caution = view.page.locator('[data-verdict="caution"]').first
        assert caution.is_visible()
        view.page.get_by_label("caution").first.uncheck()
        assert not caution.is_visible()
        assert view.page.get_by_text("You are hiding some options").is_visible()
        view.look(printed=True)
        assert caution.is_visible()


def test_a_row_opens_to_all_its_reasons_from_the_keyboard(tmp_path: Path) -> None:
    with open_html(written(tmp_path, "sample"), javascript=False) as view:
        row = view.page.locator("#opt-BVd")
        assert not row.get_by_role("heading", name="Reasons against").is_visible()
        row.locator("summary").first.press("Enter")
        for heading in ("Reasons for", "Reasons against", "Cautions"):
            assert row.get_by_role("heading", name=heading).is_visible()
