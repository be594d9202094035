"""Dates as intervals, and what lies between two of them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mspike.record import Day, Number, as_of_from, day_of, days_between, months_between, parse_day
from mspike.record.dates import age_on

DATES = st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31))


@st.composite
def days(draw):
    date = draw(DATES)
    return parse_day(date.isoformat()[: draw(st.sampled_from([4, 7, 10]))])


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026-06", "2026-06-01", "2026-06-30"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2026-12", "2026-12-01", "2026-12-31"),
        ("2024-02-29", "2024-02-29", "2024-02-29"),
    ],
)
def test_a_date_is_the_interval_it_can_mean(text, first, last):
    assert parse_day(text) == Day(text, dt.date.fromisoformat(first), dt.date.fromisoformat(last))


@given(DATES)
def test_a_whole_date_is_one_day(date):
    assert parse_day(date.isoformat()) == day_of(date)


@pytest.mark.parametrize(
    ("begin", "end", "months"),
    [
        ("2024-01-15", "2024-03-15", 2.0),
        ("2024-01-15", "2024-03-31", 2 + 16 / 31),
        ("2024-01-31", "2024-02-29", 1.0),
        ("2023-01-31", "2023-02-28", 1.0),
        ("2024-05-31", "2024-06-30", 1.0),
        ("2024-10-01", "2026-04-01", 18.0),
        ("2024-10-01", "2026-03-31", 17 + 30 / 31),
        ("2024-03-15", "2024-01-15", -2.0),
        ("2024-02-29", "2025-02-28", 12.0),
    ],
)
def test_months_between_two_days(begin, end, months):
    assert months_between(parse_day(begin), parse_day(end)) == Number(months, months)


def test_months_between_partial_dates_are_an_interval():
    found = months_between(parse_day("2024-10"), parse_day("2026-05"))
    assert found == Number(18 + 1 / 30, 20 - 1 / 31) or found.low < 19 < found.high
    assert 18 <= found.low < 18.1
    assert 19.9 < found.high < 20
    same = months_between(parse_day("2024-10"), parse_day("2024-10"))
    assert same.low < 0 < same.high


def test_days_between():
    assert days_between(parse_day("2026-01-01"), parse_day("2026-03-02")) == Number(60, 60)
    assert days_between(parse_day("2026-01"), parse_day("2026-02")) == Number(1, 58)


@given(DATES, DATES, DATES)
def test_later_is_never_fewer_months(one, two, three):
    begin, end, later = sorted((one, two, three))
    a, b, c = map(day_of, (begin, end, later))
    assert months_between(a, b).low <= months_between(a, c).low
    assert months_between(b, c).low <= months_between(a, c).low + 1e-12


@given(days(), days(), st.data())
def test_every_day_that_is_meant_lies_in_the_interval(a, b, data):
    begin = data.draw(st.dates(a.first, a.last))
    end = data.draw(st.dates(b.first, b.last))
    for between in (months_between, days_between):
        whole, part = between(day_of(begin), day_of(end)), between(a, b)
        assert part.low - 1e-12 <= whole.low <= part.high + 1e-12


@given(DATES, st.integers(0, 1200))
def test_whole_months_are_whole(date, months):
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    if year > 2100 or date.day > 28:
        return
    assert months_between(day_of(date), day_of(dt.date(year, month + 1, date.day))).low == months


def test_an_age_is_counted_in_completed_years():
    on = dt.date(2026, 6, 30)
    assert age_on(parse_day("1960-06-30"), on) == Number(66, 66)
    assert age_on(parse_day("1960-07-01"), on) == Number(65, 65)
    assert age_on(parse_day("1960"), on) == Number(65, 66)
    assert age_on(parse_day("1960-02-29"), dt.date(2026, 2, 28)) == Number(65, 65)


def test_the_day_of_the_command_line():
    assert as_of_from(" 2026-06-30 ") == dt.date(2026, 6, 30)
    for wrong in ("2026-06", "yesterday", "9999-01-01"):
        with pytest.raises(ValueError, match=r"2026|1900"):
            as_of_from(wrong)
