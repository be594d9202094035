"""Hepatitis B: now or past, and whether it is an active infection."""

from __future__ import annotations

from collections.abc import Mapping

from mspike.derive.intervals import more_than, tri_and, tri_or
from mspike.derive.state import Fact
from mspike.record import Measurement, Tri


def hepatitis_b(stated: Fact, newest: Mapping[str, Measurement]) -> Fact:
    """Now or past: as stated, HBsAg or anti-HBc positive, or DNA found. No only when both are negative, or stated."""
    tests = [newest[test] for test in ("hbsag", "anti-hbc") if test in newest]
    positive = [test for test in (*tests, newest.get("hbv-dna")) if test is not None and _positive(test)]
    if stated.value or positive:
        if not positive:
            return stated
        words = ", ".join(f"{test.test} {test.text or test.given}" for test in positive)
        return Fact(True, positive[0].date, "derived", tuple(test.at for test in positive), words)
    if len(tests) == 2 and all(test.text == "negative" for test in tests):
        at = tuple(test.at for test in tests)
        return Fact(False, tests[0].date, "derived", at, "HBsAg and anti-HBc negative")
    return stated


def active_hepatitis_b(stated: Fact, newest: Mapping[str, Measurement]) -> Fact | None:
    """Hepatitis B as an active infection: stated to be active, and HBsAg positive or DNA found.

    None: it is none, or the record does not speak of it. Policy `hepatitis_b_as_infection`.
    """
    if not stated.sources or stated.value is False:
        return None
    tests = [newest[test] for test in ("hbsag", "hbv-dna") if test in newest]
    found = tri_or(_positive(newest.get(test)) for test in ("hbsag", "hbv-dna"))
    if found is False:
        return None
    value = tri_and((True if stated.value else None, found))
    words = ", ".join((stated.because, *(f"{test.test} {test.given or test.text}" for test in tests)))
    at = (*stated.sources, *(test.at for test in tests))
    if value:
        words += " (policy hepatitis_b_as_infection)"
    return Fact(value, stated.date, "assumed" if value else "unknown", at, words)


def _positive(test: Measurement | None) -> Tri:
    if test is None or test.text in ("positive", "negative"):
        return None if test is None else test.text == "positive"
    return more_than(test.value, 0) if test.value is not None else None
