"""Time and value axes: which part of the course a panel shows, where its ticks stand, which text has room."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence

import msgspec

from mspike.report.timeline.model import Timeline

MONTH = 365.25 / 12
SHORTEST = 90
"""Days: no axis is shorter, so that two events of one week do not fill it."""
ZOOM_FROM = 730
"""Days: from this length of course on, the newest values have a panel of their own."""
NEWEST = 305
"""Days before the newest value that this panel shows."""
SLIM, BROAD = set("iljtfrI.,:;'|()[]-<> "), set("mwMWABCDEGHKNOPQRSUVXYZ%")
SLIM_WIDTH, WIDTH, BROAD_WIDTH = 0.37, 0.63, 0.8
"""Of the font size, in the widest of the usual fonts without serifs."""
DIGITS = (1, 2, 5)
"""A step between two ticks begins with one of these."""
MONTHS_UP_TO = 1000
"""Days: a longer course has its ticks at years."""
LOG_BELOW, LOG_LEAST = 0.2, 1.3
"""Powers of ten: free space below a logarithmic curve; the shortest logarithmic axis."""


class Window(msgspec.Struct, frozen=True):
    """The days between which a panel draws, over `width` pixels."""

    start: dt.date
    end: dt.date
    width: int

    def x(self, day: dt.date) -> float:
        return (day - self.start).days / (self.end - self.start).days * self.width

    def holds(self, day: dt.date) -> bool:
        return self.start <= day <= self.end

    @property
    def domain(self) -> list[str]:
        return [self.start.isoformat(), self.end.isoformat()]


def whole(course: Timeline, width: int) -> Window:
    """From the first day to `as_of`, with some air; to the last day, where nothing is known of most of the time."""
    days = course.days or [course.as_of]
    first, last = min(days), max(days)
    if (course.as_of - last).days <= max((last - first).days, SHORTEST):
        last = max(last, course.as_of)
    missing = max(SHORTEST - (last - first).days, 0)
    air = max(((last - first).days + missing) // 40, 2)
    return Window(_add(first, -air - missing), _add(last, air), width)


def newest(course: Timeline, width: int) -> Window | None:
    """The newest values; None where the course is short or has fewer than two values there.

    Up to `as_of`, so that their age is seen; where they are older than what is shown of them, to the last one.
    """
    days = [point.day for panel in course.panels for point in panel.points]
    if not days or (max(course.days) - min(course.days)).days < ZOOM_FROM:
        return None
    last = max(days)
    first = min(day for day in days if (last - day).days <= NEWEST)
    if first == last:
        return None
    if 0 < (course.as_of - last).days <= NEWEST:
        last = course.as_of
    air = max((last - first).days // 9, 12)
    return Window(_add(first, -air), _add(last, air), width)


def _add(day: dt.date, days: int) -> dt.date:
    return dt.date.fromordinal(min(max(day.toordinal() + days, 1), dt.date.max.toordinal()))


def time_ticks(window: Window, size: float) -> tuple[list[dt.date], str]:
    """Days of the ticks, and how they are written: years, months, or days, as many as have room."""
    days = (window.end - window.start).days
    for months in (1, 2, 3, 6, 12, 24, 60, 120, 240):
        if months < 12 and days > MONTHS_UP_TO:
            continue
        style = "%Y" if months >= 12 else "%b %Y"
        room = text_width("0000" if months >= 12 else "Mmm 0000", size) + 14
        if window.width * months * MONTH / days >= room:
            ticks = [day for day in _firsts(window, months) if window.holds(day)]
            return ticks or [window.start], style if ticks else "%Y-%m-%d"
    return [window.start], "%Y"


def _firsts(window: Window, months: int) -> Iterable[dt.date]:
    """First days of a month, `months` apart, years counted from zero."""
    number = window.start.year * 12 // months * months
    while number < (window.end.year + 1) * 12:
        if number >= 12 and number // 12 <= dt.MAXYEAR:
            yield dt.date(number // 12, number % 12 + 1, 1)
        number += months


class Levels(msgspec.Struct, frozen=True):
    """The values between which a panel draws, over `height` pixels, largest at the top."""

    low: float
    high: float
    ticks: tuple[float, ...]
    log: bool
    height: int

    def y(self, value: float) -> float:
        low, high, at = self.low, self.high, max(value, self.low)
        if self.log:
            low, high, at = math.log10(low), math.log10(high), math.log10(at)
        return self.height * (1 - (at - low) / (high - low))

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high


def levels(values: Sequence[float], log: bool, height: int, size: float, above: float) -> Levels:
    """From 0 in even steps, or by powers of ten; where those are too few, by 1, 2 and 5 of them.

    `size`: of the letters, in pixels; ticks that would stand closer are left out. `above`: pixels over the largest
    value, for what is written there.
    """
    stretch = height / max(height - above, height / 2)
    if log:
        positive = [value for value in values if value > 0] or [1.0]
        low, high = math.log10(min(positive)) - LOG_BELOW, math.log10(max(positive))
        low -= max(LOG_LEAST - (high - low), 0) / 2
        high = low + max(high - low, LOG_LEAST / 2) * stretch
        low, high = 10**low, 10**high
        powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        tens = tuple(10.0**power for power in powers if low <= 10.0**power <= high)
        finer = (digit * 10.0**power for power in powers for digit in DIGITS)
        ticks = tens if len(tens) > 1 else tuple(tick for tick in finer if low <= tick <= high)
        return _apart(Levels(low, high, ticks, log, height), size)
    top = max([*values, 0.0]) or 1.0
    steps = (digit * 10.0**power for power in range(-3, 9) for digit in DIGITS)
    step = next(step for step in steps if top / step <= 4)
    high = top * stretch
    ticks = tuple(round(step * n, 6) for n in range(int(high / step) + 1))
    return _apart(Levels(0, high, ticks, log, height), size)


def _apart(scale: Levels, size: float) -> Levels:
    """Every tick, every second one, or only those whose numbers have room."""
    count = len(scale.ticks)
    every = next(n for n in range(1, count + 1) if n == count or scale.height / (count / n) >= size)
    return msgspec.structs.replace(scale, ticks=scale.ticks[::every])


def text_width(text: str, size: float) -> float:
    """About how many pixels a text takes."""
    wide = (SLIM_WIDTH if c in SLIM else BROAD_WIDTH if c in BROAD else WIDTH for c in text)
    return sum(wide) * size


class Room:
    """Which parts of a view are taken; a text is put where there is room, or left out."""

    def __init__(self, gap: float = 4) -> None:
        self._taken: list[tuple[float, float, float, float]] = []
        self._gap = gap

    def take(self, left: float, right: float, top: float = 0, bottom: float = 1) -> bool:
        """Take a box, in pixels, unless something stands there; in a lane only left and right count."""
        gap = self._gap
        if any(left < r + gap and right > le - gap and top < b and bottom > t for le, r, t, b in self._taken):
            return False
        self.block(left, right, top, bottom)
        return True

    def block(self, left: float, right: float, top: float = 0, bottom: float = 1) -> None:
        """Something stands there already."""
        self._taken.append((left, right, top, bottom))
