"""Whether an answer holds what a vector expects: one comparison for every part of the answer.

An object holds if each field named in it holds. A list of objects holds row by row, as many and in order. A list of
words holds whatever its order. `{"about": 35.2, "within": 0.05}` is a number with its tolerance; `{"has": […],
"lacks": […]}` names words that a list has and has not; `{"one_of": […]}` is any of these. `null` is unknown, and is not
the same as `false`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec

from mspike.conformance.vectors import Expect

SHOWN = 160
"""Characters of a value in a finding."""


class _Absent:
    """A field that the answer does not have."""


ABSENT = _Absent()


class Finding(msgspec.Struct, frozen=True):
    """One difference: where in the answer, what was expected, what was there."""

    at: str
    expected: str
    got: str

    def __str__(self) -> str:
        return f"{self.at}: expected {self.expected}, got {self.got}"


def differences(expect: Expect, answer: dict[str, Any]) -> list[Finding]:
    """Every difference between what is expected and an answer; none if it conforms."""
    found: list[Finding] = []
    for name, expected in msgspec.structs.asdict(expect).items():
        if expected is msgspec.UNSET:
            continue
        got = _part(name, answer)
        place = name if name == "options" else f"state.{name}"
        found += _compare(expected, got, place)
    return found


def _part(name: str, answer: dict[str, Any]) -> Any:
    """The part of an answer that a name of `expect` stands for."""
    if name == "options":
        return _by_id(answer.get("options", ABSENT))
    state = answer.get("state")
    if not isinstance(state, dict):
        return ABSENT
    if name == "response_flags":
        rows = state.get("responses", ABSENT)
        flags = [flag for row in _rows(rows) for flag in _list(row.get("flags"))]
        return ABSENT if rows is ABSENT else sorted({flag for flag in flags if isinstance(flag, str)})
    if name in ("progressions", "unconfirmed_progressions"):
        wanted = name == "progressions"
        rows = state.get("progressions", ABSENT)
        return ABSENT if rows is ABSENT else [row for row in _rows(rows) if (row.get("confirmed") is True) is wanted]
    if name == "measurable":
        rows = state.get("references", ABSENT)
        return ABSENT if rows is ABSENT else [row.get("marker") for row in _rows(rows) if row.get("measurable") is True]
    if name == "contradictions":
        rows = state.get(name, ABSENT)
        return ABSENT if rows is ABSENT else [row.get("about") for row in _rows(rows)]
    got = state.get(name, ABSENT)
    if name == "refractory" and isinstance(got, dict) and isinstance(got.get("drugs"), list):
        return {**got, "drugs": [row.get("drug") if isinstance(row, dict) else row for row in got["drugs"]]}
    if name == "facts" and isinstance(got, dict):
        return {key: fact.get("value", ABSENT) if isinstance(fact, dict) else fact for key, fact in got.items()}
    return got


def _by_id(options: Any) -> Any:
    if not isinstance(options, list):
        return options
    return {option["id"]: option for option in _rows(options) if isinstance(option.get("id"), str)}


def _rows(value: Any) -> list[dict[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _compare(expected: Any, got: Any, at: str) -> Iterator[Finding]:
    if isinstance(expected, dict) and got is not ABSENT:
        yield from _object(expected, got, at)
    elif isinstance(expected, list) and expected and isinstance(expected[0], dict) and isinstance(got, list):
        yield from _row_by_row(expected, got, at)
    elif isinstance(expected, list) and isinstance(got, list):
        if sorted(map(_words, expected)) != sorted(map(_words, got)):
            yield Finding(at, _words(expected), _words(got))
    elif not _same(expected, got):
        yield Finding(at, _words(expected), _words(got))


def _object(expected: dict[str, Any], got: Any, at: str) -> Iterator[Finding]:
    if "about" in expected:
        near = isinstance(got, int | float) and not isinstance(got, bool)
        if not near or abs(got - expected["about"]) > expected["within"] + 1e-9:
            yield Finding(at, f"{_words(expected['about'])} ± {_words(expected['within'])}", _words(got))
    elif "one_of" in expected:
        if not any(_same(word, got) for word in expected["one_of"]):
            yield Finding(at, f"one of {_words(expected['one_of'])}", _words(got))
    elif expected.keys() & {"has", "lacks"}:
        words = _list(got)
        missing = [word for word in expected.get("has", ()) if word not in words]
        there = [word for word in expected.get("lacks", ()) if word in words]
        if not isinstance(got, list) or missing:
            yield Finding(at, f"with {_words(missing or expected.get('has', []))}", _words(got))
        if there:
            yield Finding(at, f"without {_words(there)}", _words(got))
    elif not isinstance(got, dict):
        yield Finding(at, _words(expected), _words(got))
    else:
        for key, value in expected.items():
            yield from _compare(value, got.get(key, ABSENT), f"{at}.{key}")


def _row_by_row(expected: list[Any], got: list[Any], at: str) -> Iterator[Finding]:
    if len(expected) != len(got):
        yield Finding(at, f"{_count(expected)}", _count(got))
        return
    for place, (one, other) in enumerate(zip(expected, got, strict=True)):
        yield from _compare(one, other, f"{at}[{place}]")


def _count(rows: list[Any]) -> str:
    """`2 rows (2020-01-29, 2020-02-26)`."""
    names = [str(row.get("date") or row.get("start") or "?") for row in rows if isinstance(row, dict)]
    return _cut(f"{len(rows)} row{'' if len(rows) == 1 else 's'}" + (f" ({', '.join(names)})" if names else ""))


def _same(expected: Any, got: Any) -> bool:
    """Equal, and of the same kind: 1 is not true. Numbers may differ by what a binary fraction does."""
    if isinstance(expected, bool) or isinstance(got, bool) or not isinstance(expected, int | float):
        return type(expected) is type(got) and bool(expected == got)
    return isinstance(got, int | float) and abs(expected - got) <= 1e-9 * max(1.0, abs(expected))


def _words(value: Any) -> str:
    """A value on one line, short, and without anything that a terminal would act on."""
    if value is ABSENT:
        return "nothing there"
    if isinstance(value, str) and value.isprintable():
        return _cut(value) or '""'
    try:
        return _cut(json.dumps(value, ensure_ascii=True, default=str))
    except (RecursionError, ValueError):
        return "something that cannot be shown"


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
