"""A real browser for the tests: open a page, look at it, check it, print it.

    with open_html(tmp_path / "answer.html") as view:
        assert view.accessibility() == []
        assert view.sideways_scroll(width=360) == 0
        view.screenshot(tmp_path / "dark.png", width=360, dark=True)
        assert view.print_pdf(tmp_path / "answer.pdf") <= 2
        assert view.problems == []

The browser is the system's Chromium (`scripts/browser.sh` installs it), named by MSPIKE_CHROMIUM when it is
somewhere unusual. It has no network: whatever a page asks for outside its own file is refused and noted in `problems`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
HEIGHT = 900
"""Viewport height in CSS pixels; screenshots show the whole page, so it only decides what is above the fold."""


def chromium_path() -> str | None:
    """The browser to drive, or None when the machine has none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("MSPIKE_CHROMIUM") or next((found for name in names if (found := shutil.which(name))), None)


@dataclass
class View:
    """One open page. `page` is Playwright's own, for clicks and keys."""

    page: Any
    problems: list[str] = field(default_factory=list)
    """Console errors, uncaught exceptions, and every request that would have left the file."""

    def look(self, *, width: int = 1280, dark: bool = False, printed: bool = False) -> None:
        """Set the width in CSS pixels, the colour scheme and the medium, as a reader's machine would."""
        self.page.set_viewport_size({"width": width, "height": HEIGHT})
        self.page.emulate_media(color_scheme="dark" if dark else "light", media="print" if printed else "screen")

    def screenshot(self, target: Path, *, width: int = 1280, dark: bool = False, printed: bool = False) -> Path:
        """Write the whole page as PNG; returns `target`."""
        self.look(width=width, dark=dark, printed=printed)
        self.page.screenshot(path=str(target), full_page=True)
        return target

    def sideways_scroll(self, *, width: int) -> int:
        """How many CSS pixels the page sticks out to the right at this width; 0 is right."""
        self.look(width=width)
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def accessibility(self, *, width: int = 1280, dark: bool = False) -> list[str]:
        """What axe-core finds wrong, one line for each element: `rule (impact): element: what is wrong`."""
        from axe_playwright_python.sync_playwright import Axe

        self.look(width=width, dark=dark)
        found = Axe().run(self.page).response["violations"]
        return [
            f"{rule['id']} ({rule['impact']}): {' '.join(map(str, node['target']))}: {rule['help']}"
            for rule in found
            for node in rule["nodes"]
        ]

    def print_pdf(self, target: Path, *, paper: str = "A4") -> int:
        """Print as the browser's print dialogue would; returns the number of pages."""
        from pypdf import PdfReader

        self.look()
        self.page.emulate_media(media="print")
        self.page.pdf(path=str(target), format=paper, prefer_css_page_size=True, print_background=False)
        return len(PdfReader(target).pages)


@contextmanager
def open_html(source: Path | str, *, javascript: bool = True) -> Iterator[View]:
    """Open an HTML file, or a page already served on this machine (`http://127.0.0.1:…`)."""
    executable = chromium_path()
    if executable is None:
        pytest.skip("no Chromium: run scripts/browser.sh, or set MSPIKE_CHROMIUM")
    from playwright.sync_api import sync_playwright

    address = source if isinstance(source, str) else source.resolve().as_uri()
    at_home = ("file:", "data:", "blob:", "http://127.0.0.1:")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        try:
            page = browser.new_page(java_script_enabled=javascript, locale="en-GB", timezone_id="UTC")
            view = View(page)

            def gate(route: Any) -> None:
                if route.request.url.startswith(at_home):
                    route.continue_()
                else:
                    view.problems.append(f"request: {route.request.url}")
                    route.abort()

            def console(message: Any) -> None:
                if message.type == "error":
                    view.problems.append(f"console: {message.text}")

            page.route("**/*", gate)
            page.on("pageerror", lambda error: view.problems.append(f"exception: {error}"))
            page.on("console", console)
            page.goto(address, wait_until="load")
            yield view
        finally:
            browser.close()
