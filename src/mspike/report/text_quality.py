"""What was read of a source that is no case file, in lines for a terminal."""

from __future__ import annotations

from mspike.report.terminal import Page
from mspike.report.view import View

ROWS = 2
"""Lines of a group shown before `everything`; a refusal is never cut."""


def write_quality(page: Page, seen: View, everything: bool) -> None:
    """Counts of what was read and mapped, then what was not mapped, refused, assumed and left out."""
    found = seen.quality
    if found is None:
        return
    page.heading("WHAT WAS READ", found.source)
    page.row([(" read    ", "quiet")], found.read)
    page.row([(" mapped  ", "quiet")], found.mapped)
    hidden = 0
    for group in found.groups:
        shown = group.rows if everything or group.title == "Refused" else group.rows[:ROWS]
        hidden += len(group.rows) - len(shown)
        page.text(f"{group.title}: {group.count}", indent=1, style="strong")
        for row in shown:
            times = f" ×{row.count}" if row.count > 1 else ""
            given = f" (given: {row.given})" if row.given else ""
            hint = f"; {row.hint}" if row.hint else ""
            page.row([], f"{row.says}{times}{given}{hint}", row.places, indent=3)
    if hidden:
        page.text(f"… {hidden} more: --quality", indent=1, style="quiet")
