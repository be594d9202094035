"""The words of an availability status: its first day stands with the status, not with what was done before it."""

from __future__ import annotations

import datetime as dt

import pytest

from mspike.knowledge import catalogue
from mspike.options.printed import print_options


@pytest.mark.parametrize(
    ("option", "country", "day", "expected"),
    [
        ("BVd", "US", "2022-12-01", "US: trial only since 2022-11-22: not approved, studied in trials; Belantamab was"),
        ("teclistamab-daratumumab", "US", "2021-06-30", "US: trial only: not approved, studied in trials; teclistamab"),
        ("BVd", "US", "2021-01-01", "US: off label since 2020-08-05; Belantamab was approved alone"),
        ("belantamab", "EU", "2026-01-01", "EU: withdrawn since 2024-02-23; Alone it stays without authorisation"),
    ],
)
def test_words_of_a_status(option: str, country: str, day: str, expected: str) -> None:
    (status,) = print_options(catalogue(dt.date.fromisoformat(day), country))[option].status
    assert status.reason is not None
    assert status.reason.text.startswith(expected)


def test_a_label_that_was_changed_names_both_days() -> None:
    given = print_options(catalogue(dt.date(2026, 11, 21), "US"))["teclistamab"].availability
    assert (given.status, given.since) == ("approved", "2022-10-25")
    assert given.text.startswith("this label since 2026-03-05; regular approval")


def test_trial_only_names_no_day_of_force() -> None:
    printed = print_options(catalogue(dt.date(2025, 1, 1), "US"))["anito-cel"]
    assert (printed.availability.since, printed.availability.text) == (None, "")
