"""Dates as given → the interval of days they can mean; months and days between two of them as intervals."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from functools import lru_cache

from mspike.record.model import Day, Number

FORM = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
FIRST_YEAR, LAST_YEAR = 1900, 2100
"""A date outside these years is a slip of the pen."""


@lru_cache(maxsize=4096)
def parse_day(text: str) -> Day:
    """`2026`, `2026-06` or `2026-06-01` as a Day. Raises ValueError with the reason for anything else."""
    found = FORM.fullmatch(text)
    if found is None:
        raise ValueError("a date is written 2026, 2026-06 or 2026-06-01")
    year, month, day = (int(part) if part else None for part in found.groups())
    if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"a year lies between {FIRST_YEAR} and {LAST_YEAR}")
    try:
        first = dt.date(year, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        raise ValueError("the calendar has no such day") from None
    if day is not None:
        return Day(text, first, first)
    last_month = 12 if month is None else month
    return Day(text, first, dt.date(year, last_month, calendar.monthrange(year, last_month)[1]))


def day_of(date: dt.date) -> Day:
    """A whole date as a Day."""
    return Day(date.isoformat(), date, date)


def days_between(earlier: Day, later: Day) -> Number:
    """Days from one date to the other; below zero where the order is the other way or not certain."""
    return Number((later.first - earlier.last).days, (later.last - earlier.first).days)


def months_between(earlier: Day, later: Day) -> Number:
    """Months from one date to the other, as the interval that partial dates leave open.

    A month is complete on the same day of a later month, or on that month's last day where it is shorter; the rest
    is a share of the month under way: 15 January to 15 March is 2, to 31 March is 2 + 16/31.
    """
    least = _months(earlier.last, later.first)
    whole = earlier.first == earlier.last and later.first == later.last
    return Number(least, least if whole else _months(earlier.first, later.last))


def _months(begin: dt.date, end: dt.date) -> float:
    if end < begin:
        return -_months(end, begin)
    whole = (end.year - begin.year) * 12 + end.month - begin.month
    since = _add_months(begin, whole)
    if since <= end:
        following = _add_months(begin, whole + 1)
    else:
        whole, since, following = whole - 1, _add_months(begin, whole - 1), since
    return whole + (end - since).days / (following - since).days


def _add_months(date: dt.date, months: int) -> dt.date:
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    if date.day <= 28:
        return dt.date(year, month + 1, date.day)
    return dt.date(year, month + 1, min(date.day, calendar.monthrange(year, month + 1)[1]))


def years_between(begin: dt.date, end: dt.date) -> int:
    """Completed years: the age on `end` of who was born on `begin`."""
    return end.year - begin.year - ((end.month, end.day) < (begin.month, begin.day))


def age_on(birth: Day, date: dt.date) -> Number:
    """The ages that a (partial) birth date leaves possible."""
    return Number(years_between(birth.last, date), years_between(birth.first, date))
