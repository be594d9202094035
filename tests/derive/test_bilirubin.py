"""Bilirubin as an amount: what a multiple of some upper limit can be, with the limits that laboratories have."""

from __future__ import annotations

from typing import Any

import pytest

from derive.written import derive


def amount(result: dict[str, Any] | None) -> tuple[float, float, str] | None:
    given = [{"test": "bilirubin", "date": "2026-06-01", **result}] if result else []
    found = derive({"measurements": given}).facts["bilirubin_umol_l"]
    return None if found.value is None else (found.value.low, found.value.high, found.basis)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ({"value": 60, "unit": "umol/L"}, (60, 60, "stated")),
        ({"value": 3.0, "unit": "mg/dL"}, (51.3, 51.3, "stated")),
        ({"value": 60, "unit": "umol/L", "upper_limit": 21}, (60, 60, "stated")),
        ({"value": 4, "unit": "xULN"}, (60, 88, "assumed")),
        (None, None),
    ],
)
def test_amount(result: dict[str, Any] | None, expected: tuple[float, float, str] | None) -> None:
    assert amount(result) == expected
