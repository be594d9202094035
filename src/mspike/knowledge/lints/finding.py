"""One finding, and what several lints share."""

from __future__ import annotations

import re

import msgspec

from mspike.knowledge.base import first_day


class Finding(msgspec.Struct, frozen=True):
    """Where, which rule, what was given, what to do."""

    where: str
    rule: str
    given: str = ""
    todo: str = ""

    def __str__(self) -> str:
        given = f": {self.given}" if self.given else ""
        return f"{self.where}: {self.rule}{given}" + (f". {self.todo}" if self.todo else "")


DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


def is_date(text: str | None) -> bool:
    """Whether it is a year, month or day, written YYYY, YYYY-MM or YYYY-MM-DD."""
    if text is None or not DATE.fullmatch(text):
        return False
    try:
        return first_day(text).year > 1950
    except ValueError:
        return False


def is_day(text: str | None) -> bool:
    """Whether it is an exact day."""
    return text is not None and len(text) == 10 and is_date(text)
