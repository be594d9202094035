"""What the picture and its tables show: the one set of rows from which both are made."""

from __future__ import annotations

import datetime as dt

import msgspec


class Bar(msgspec.Struct, frozen=True):
    """A line of therapy, or a drug in one line, as a bar."""

    row: str
    """The lane: `line`, or the drug's name."""
    pattern: str
    """`line`, or the group of the drug's class."""
    start: dt.date
    end: dt.date
    text: str
    """What stands on the bar where there is room; the last word is the shortest form."""
    given: tuple[str, str]
    """Start and end as the record has them; empty = not recorded."""
    line: str = ""
    open: bool = False
    """No end recorded: drawn, dashed, as far as it can have gone on."""
    of_line: bool = False
    """Only the line is dated: the days are the line's, not the drug's."""
    early: dt.date | None = None
    late: dt.date | None = None
    """Where a partial date leaves the start or end open by more than a month: the earliest and latest day."""
    entries: int = 1
    """How many dated records it stands for."""
    classes: str = ""
    part: str = ""
    """What the record says it was given for: `maintenance`, `bridging`."""
    note: str = ""


class Mark(msgspec.Struct, frozen=True):
    """A transplant, a CAR T-cell infusion or another procedure: one day."""

    row: str
    kind: str
    """`transplant`, `car-t` or `procedure`."""
    day: dt.date
    given: str
    line: str = ""


class Letter(msgspec.Struct, frozen=True):
    """A response category."""

    day: dt.date
    text: str
    """With a question mark where the second sample is not there yet."""
    given: str
    """The date, empty where only the line tells it."""
    line: str = ""
    because: str = ""

    @property
    def depth(self) -> int:
        return depth(self.text.removesuffix("?"))


class Progress(msgspec.Struct, frozen=True):
    """A progression or a relapse."""

    day: dt.date
    text: str
    given: str
    firm: bool = False
    """A confirmed progression."""
    line: str = ""
    doubt: str = ""
    """What speaks against taking it for sure, in words."""
    because: str = ""

    @property
    def is_pd(self) -> bool:
        """A progression; else a relapse of another kind."""
        return self.text.startswith("PD")


class Point(msgspec.Struct, frozen=True):
    """One value of a marker."""

    day: dt.date
    value: float
    """Where it is drawn: the value, or the bound of `<` and `>`."""
    text: str
    """The value as written: `9`, `<0.5`."""
    given: str
    exact: bool = True


class Reference(msgspec.Struct, frozen=True):
    """What progression of one line is measured against."""

    line: str
    start: dt.date
    end: dt.date
    value: float | None
    limit: float | None
    """Progression from this value on."""
    given: str = ""
    """The date of the reference as the state has it."""
    of: str = ""
    """`difference`: of the light chains, not of the involved one alone."""


class Panel(msgspec.Struct, frozen=True):
    """One marker's curve."""

    test: str
    name: str
    unit: str
    log: bool
    points: tuple[Point, ...]
    references: tuple[Reference, ...] = ()

    @property
    def flat(self) -> bool:
        """One value, or nothing but zeros: there is no course to see."""
        return len(self.points) == 1 or all(point.value == 0 for point in self.points)


class Timeline(msgspec.Struct, frozen=True):
    """One patient's course."""

    id: str
    as_of: dt.date
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    letters: tuple[Letter, ...]
    progressions: tuple[Progress, ...]
    panels: tuple[Panel, ...]
    others: tuple[Panel, ...] = ()
    """Markers that stand in the table alone: the light chain that is not involved."""
    beside: tuple[Progress, ...] = ()
    """Relapses that stand in the table alone: so near to a progression that their line would be the same."""
    undated: tuple[str, ...] = ()
    """What cannot be placed on an axis of time, in words."""

    @property
    def days(self) -> list[dt.date]:
        """Every day that something is drawn on."""
        found = [day for bar in self.bars for day in (bar.early, bar.start, bar.end) if day]
        found += [item.day for items in (self.marks, self.letters, self.progressions) for item in items]
        return found + [point.day for panel in self.panels for point in panel.points]

    @property
    def empty(self) -> bool:
        """Nothing with a date: no picture."""
        return not self.bars and not self.marks and not self.panels and not self.progressions

    @property
    def without_repeats(self) -> Timeline:
        """Without the drugs that only their line dates: their bars would say what the line's bar says."""
        if not any(bar.row == LINE for bar in self.bars):
            return self
        dated = {bar.row for bar in self.bars if not bar.of_line}
        return msgspec.structs.replace(self, bars=tuple(bar for bar in self.bars if bar.row in dated))

    @property
    def rows(self) -> list[str]:
        """The lanes from top to bottom: lines, drugs by first use, cell therapies, responses, progressions."""
        lanes = dict.fromkeys(bar.row for bar in self.bars)
        lanes |= dict.fromkeys(mark.row for mark in self.marks)
        if self.letters or (self.progressions and self.progression_row == RESPONSE):
            lanes[RESPONSE] = None
        if self.progressions:
            lanes[self.progression_row] = None
        return list(lanes)

    @property
    def progression_row(self) -> str:
        """The lane of the progressions: that of the responses, unless they are many."""
        return RESPONSE if len(self.progressions) <= FEW else PROGRESSION


def depth(category: str) -> int:
    """From none to the deepest; below all of them what tells nothing."""
    return DEPTH.index(category) if category in DEPTH else -1


DEPTH = ("PD", "SD", "MR", "PR", "VGPR", "CR", "sCR")
"""Responses from none to the deepest."""
MARK_WORDS = {"transplant": "transplant", "car-t": "CAR T-cells", "procedure": "procedure"}
LINE, RESPONSE, PROGRESSION = "line", "response", "progression"
FEW = 4
"""So many progressions stand in the lane of the responses."""
