"""Record → columns: the results that response and progression are judged by, one of a test on a day, by date.

A partial date and a result such as `<0.5` are intervals. So are two different results of one test on one day: neither
is taken, both are kept as its bounds. What is open is settled by readings: the columns with every open item at one
end or the other, up to and after each of them. What all readings agree on holds; the rest is not known.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator

import msgspec

from mspike.derive.intervals import between_days, not_negative
from mspike.derive.kernel.codes import (
    CALCIUM,
    DFLC,
    KAPPA,
    LAMBDA,
    LEVELS,
    NODAY,
    ONE_SPD,
    OTHER_BAND,
    SPD,
    STATED,
    STATED_CONFIRMED,
    TESTS,
)
from mspike.derive.state import Line
from mspike.record import Day, Measurement, Record, day_of

CORRECTED = "albumin-corrected-calcium"
CODES = {name: code for code, name in enumerate(TESTS)} | {
    "creatinine-clearance": TESTS.index("egfr"), CORRECTED: CALCIUM,
}  # fmt: skip
WORDS = {"negative": 0.0, "absent": 0.0, "false": 0.0, "positive": 1.0, "present": 1.0, "true": 1.0}
MYELOMA = (None, "myeloma", "multiple-myeloma")
"""What a result may be attributed to and still count."""
RATIO = (KAPPA, LAMBDA)
"""Amounts of which one at its upper end and the other at its lower one may tell more than both at the same end. The
others of a day go together: a higher one is never better, and the worst decides."""
MOST = 1e9
"""Stands for no upper bound."""


Reading = tuple[list[tuple[int, int, float]], list[int], dict[int, Day]]
"""Rows (day, test, value) by date, the lines' first days, and of each row's day the day as given."""


class Sample(msgspec.Struct):
    """One result, or the bounds that several of one day leave."""

    day: Day
    test: int
    low: float
    high: float
    at: str
    given: str = ""
    several: bool = False
    """Two different results of the day."""
    key: int = 0
    """Of an open item: the same for those that go to their upper end together."""

    @property
    def open(self) -> bool:
        return self.low != self.high or (self.day.first is not self.day.last and self.day.first != self.day.last)


class Samples(msgspec.Struct, frozen=True):
    """The results by date, and the first days of stated lines."""

    results: tuple[Sample, ...]
    starts: tuple[Day, ...] = ()

    def of(self, day: Day) -> list[Sample]:
        """The results of one day, as the record gives it."""
        return [s for s in self.results if s.day.text == day.text]

    def loose(self, baseline_days: float = 0.0) -> Iterator[tuple[dt.date, int]]:
        """Every open item, or group of one day: its first day and a key for it.

        The first day of a line tells only whether a result is before or after it, and whether it is at most
        `baseline_days` before: one that no result is near is not open to anything.
        """
        yield from dict.fromkeys((s.day.first, s.key) for s in self.results if s.key)
        back = dt.timedelta(days=baseline_days)
        for d in self.starts:
            if d.first != d.last and any(
                (s.day.first <= d.last and d.first <= s.day.last)
                or (s.day.first + back <= d.last and d.first <= s.day.last + back)
                for s in self.results
            ):
                yield d.first, id(d)

    def reading(self, upper: frozenset[object]) -> Reading:
        """Open items in `upper` at their upper end, the others at the lower one."""
        rows: list[tuple[int, int, float]] = []
        given: dict[int, Day] = {}
        for s in self.results:
            high = s.key in upper
            day = s.day
            number = (day.last if high else day.first).toordinal()
            rows.append((number, s.test, s.high if high else s.low))
            known = given.get(number)
            if known is None or known.first != known.last:
                given[number] = day
        if upper:
            rows.sort()
        starts = [(d.last if id(d) in upper else d.first).toordinal() for d in self.starts]
        for place in range(1, len(starts)):
            starts[place] = max(starts[place], starts[place - 1])
        return rows, starts, given


def cuts(loose: Iterable[tuple[dt.date, object]]) -> Iterator[frozenset[object]]:
    """Which open items are at their upper end: none, then those up to each, and those after it."""
    keys = [key for _, key in sorted(loose, key=lambda item: item[0])]
    yield frozenset()
    if keys:
        yield frozenset(keys)
    for cut in range(1, len(keys)):
        yield frozenset(keys[:cut])
        yield frozenset(keys[cut:])


def read_samples(record: Record) -> Samples:
    """The results and stated responses of the record."""
    found: dict[tuple[str, int], Sample] = {}
    codes = CODES
    corrected = {m.date.text for m in record.measurements if m.test == CORRECTED and m.attributed_to in MYELOMA}
    for entry in record.measurements:
        code = codes.get(entry.test)
        if code is None or entry.attributed_to not in MYELOMA:
            continue
        if code == CALCIUM and entry.test != CORRECTED and entry.date.text in corrected:
            continue  # the criteria ask for the corrected one
        bounds = _bounds(entry, code)
        if bounds is None:
            continue
        low, high = bounds
        if code == SPD and entry.lesions == 1:
            code = ONE_SPD
        key = (entry.date.text, code)
        known = found.get(key)
        if known is None:
            found[key] = Sample(entry.date, code, low, high, entry.at, entry.given or entry.text or "")
        elif (known.low, known.high) != (low, high):
            known.low, known.high = min(known.low, low), max(known.high, high)
            known.given = f"{known.given} and {entry.given or entry.text}"
            known.several = True
    for judged in record.assessments or ():
        code = STATED_CONFIRMED if judged.confirmed else STATED
        level = float(LEVELS.index(judged.response))
        key = (judged.date.text, code)
        known = found.get(key)
        if known is None:
            found[key] = Sample(judged.date, code, level, level, judged.at, judged.response)
        elif known.low != level or known.high != level:
            known.low, known.high, known.several = min(known.low, level), max(known.high, level), True
            known.given = f"{known.given} and {judged.response}"
    groups: dict[str, int] = {}
    for s in found.values():
        if s.open:
            alone = s.test in RATIO and s.low != s.high
            s.key = id(s) if alone else groups.setdefault(s.day.text, id(s))
    results = sorted(found.values(), key=lambda s: s.day.first.toordinal() * 32 + s.test)
    return Samples(tuple(results))


def line_starts(record: Record, lines: tuple[Line, ...]) -> tuple[Day, ...]:
    """The lines' first days; where one is not known, some day between its neighbours. () without a first day."""
    if not lines or lines[0].start is None:
        return ()
    days: list[Day] = []
    for place, line in enumerate(lines):
        day = line.start
        if day is None:
            following = next((later.start for later in lines[place + 1 :] if later.start), day_of(record.as_of))
            day = between_days(lines[place - 1].stop or days[-1], following)
        days.append(day)
    return tuple(days)


def band_of(record: Record) -> tuple[int, int]:
    """The involved light chain (1 kappa, 2 lambda, 0 not known), and whether the patient's band may be IgG-kappa."""
    isotype = record.disease.isotype
    chain = record.disease.light_chain or isotype or ""
    code = 1 if "kappa" in chain else 2 if "lambda" in chain else 0
    return code, 0 if (isotype and isotype != "IgG-kappa") or code == 2 else 1


def death_day(record: Record) -> int:
    """The day on which a line or a drug ended by death, where it is known to the day."""
    ends = [line.stop for line in record.lines or () if line.stop_reason == "death"]
    ends += [entry.end for entry in record.treatments or () if entry.stop_reason == "death"]
    days = [day.first.toordinal() for day in ends if day and day.first == day.last]
    return max(days, default=NODAY)


def _bounds(entry: Measurement, code: int) -> tuple[float, float] | None:
    """A result as a number or the bounds of one; None for what the criteria do not read."""
    value = entry.value
    if value is None:
        if entry.text is None:
            return None
        if code == OTHER_BAND:
            number = 0.0 if entry.text == "negative" else 2.0 if entry.text == "IgG-kappa" else 1.0
        elif entry.text in WORDS:
            number = WORDS[entry.text]
        else:
            return None
        return number, number
    if entry.test == "circulating-plasma-cells" and entry.unit == "%":
        return None
    if value.low == value.high:
        return value.low, value.high
    if code != DFLC:
        value = not_negative(value)
    low = -MOST if math.isinf(value.low) else value.low
    high = MOST if math.isinf(value.high) else value.high
    if value.open_low:
        low += 1e-6 * max(1.0, abs(low))
    if value.open_high:
        high -= 1e-6 * max(1.0, abs(high))
    return low, high
