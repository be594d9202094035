"""The lane of the responses: categories and progressions in letters, a tick at the day of each category."""

from __future__ import annotations

from typing import Any

from mspike.report.timeline.layout import INK, PD, QUIET, View, iso, layer, letters, x
from mspike.report.timeline.model import RESPONSE, Letter, Progress, Timeline
from mspike.report.timeline.scale import Room, text_width

LOOKS = {"pd": (PD, 700), "dated": (INK, 700), "line": (QUIET, 400), "since": (QUIET, 400)}
"""Colour and weight of a progression, a dated category, one of a line without dates, one from before the panel."""
SHORT = "relapse"
"""What is written of a relapse where its kind has no room."""


def responses(course: Timeline, view: View, y: dict[str, Any]) -> list[dict[str, Any]]:
    """Progressions first, then dated categories, confirmed and deep ones first, relapses, and lines without dates.

    The tick stands on the day itself, whether the letters have room or not; what has none is in the table.
    """
    window, own = view.window, course.progression_row
    letters_ = [letter for letter in course.letters if window.holds(letter.day)]
    progressions = [progress for progress in course.progressions if window.holds(progress.day)]
    place = _Places(view, {RESPONSE, own})
    for progress in progressions:
        place.block(progress)
    for progress in reversed(progressions):
        if progress.is_pd:
            place.put(progress, "pd", own, (progress.text,), ("right", "left"))
    for letter in sorted(letters_, key=_rank, reverse=True):
        if letter.given:
            place.put(letter, "dated", RESPONSE, (letter.text,), ("center", "left", "right"))
    for progress in reversed(progressions):
        if not progress.is_pd:
            texts = (progress.text, SHORT) if SHORT in progress.text else (progress.text,)
            place.put(progress, "pd", own, texts, ("right", "left"))
    for letter in letters_:
        if not letter.given:
            place.put(letter, "line", RESPONSE, (letter.text,), ("center", "left", "right"))
    told: list[Letter | Progress] = [*course.letters, *course.progressions]
    before = [item for item in told if item.given and item.day < window.start]
    if before and view.zoom:
        place.since(max(before, key=lambda item: item.day))
    days = [{"row": RESPONSE, "date": iso(letter.day)} for letter in letters_ if letter.given]
    tick = {"type": "tick", "orient": "vertical", "size": view.layout.step // 5, "thickness": 1.5, "color": INK,
            "opacity": 1, "yOffset": view.layout.step * 0.42}  # fmt: skip
    return [*([layer(days, tick, x=x(view), y=y)] if days else []), *place.layers(y)]


def _rank(letter: Letter) -> tuple[bool, int, int]:
    return not letter.text.endswith("?"), letter.depth, letter.day.toordinal()


class _Places:
    """Puts letters where there is room."""

    def __init__(self, view: View, lanes: set[str]) -> None:
        self._view = view
        self._rooms = {lane: Room(2) for lane in lanes}
        self._found: dict[tuple[str, str], list[dict[str, Any]]] = {}

    def block(self, progress: Progress) -> None:
        """Its line goes through every lane."""
        at = self._view.window.x(progress.day)
        for room in self._rooms.values():
            room.block(at - 0.5, at + 0.5)

    def put(
        self, item: Letter | Progress, kind: str, lane: str, texts: tuple[str, ...], sides: tuple[str, ...]
    ) -> None:
        """The first of the texts that has room at one of the sides; a category is not written before its day, unless
        it would stick out at the right."""
        window, size = self._view.window, self._view.layout.size
        at = window.x(item.day)
        for text in texts:
            wide = text_width(text, size)
            for side in sides:
                left = {"right": at - wide - 4, "left": at + 4.1, "center": at - wide / 2}[side]
                if side == "right" and kind != "pd" and at + wide + 4 <= window.width + 12:
                    continue
                if left >= -2 and left + wide <= window.width + 12 and self._rooms[lane].take(left, left + wide):
                    row = {"row": lane, "date": iso(item.day), "text": text}
                    self._found.setdefault((kind, side), []).append(row)
                    return

    def since(self, item: Letter | Progress) -> None:
        """What held when the panel begins, at its left edge."""
        text = f"{item.text} since {item.given}" if isinstance(item, Letter) else f"{item.text} {item.given}"
        if self._rooms[RESPONSE].take(0, text_width(text, self._view.layout.size)):
            row = {"row": RESPONSE, "date": iso(self._view.window.start), "text": text}
            self._found[("since", "left")] = [row]

    def layers(self, y: dict[str, Any]) -> list[dict[str, Any]]:
        found = []
        for (kind, side), rows in self._found.items():
            fill, weight = LOOKS[kind]
            shift = {"right": -4, "left": 4, "center": 0}[side]
            style = "italic" if kind == "line" else "normal"
            text = letters(self._view.layout.size, fill, align=side, dx=shift, fontWeight=weight, fontStyle=style)
            found.append(layer(rows, text, x=x(self._view), y=y, text={"field": "text"}))
        return found
