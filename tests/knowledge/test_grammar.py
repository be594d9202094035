"""The grammar is closed, the logic is Kleene's, and packed bits mean what Python ints mean."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mspike.knowledge.grammar import (
    NO,
    UNKNOWN,
    YES,
    Expr,
    GrammarError,
    compare_interval,
    deciding,
    evaluate,
    leaves,
    names,
    parse,
)

FACTS = ("p", "q", "r")
expressions = st.recursive(
    st.sampled_from([("fact", name) for name in FACTS]),
    lambda inner: st.one_of(
        st.tuples(st.just("and"), st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.tuples(st.just("or"), st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.tuples(st.just("not"), inner),
    ),
    max_leaves=10,
)
rows = st.fixed_dictionaries({name: st.sampled_from([YES, NO, UNKNOWN]) for name in FACTS})


def reference(expr: Expr, row: dict[str, bool | None]) -> bool | None:
    """Kleene logic written the slow, plain way."""
    match expr[0]:
        case "fact":
            return row[expr[1]]
        case "not":
            inner = reference(expr[1], row)
            return None if inner is None else not inner
        case tag:
            parts = [reference(part, row) for part in expr[1]]
            settles = tag == "or"
            return settles if settles in parts else None if None in parts else not settles


def tri(truth: tuple[int, int]) -> bool | None:
    return {YES: True, NO: False, UNKNOWN: None}[truth]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("prior_lines >= 1", ("cmp", "prior_lines", ">=", 1.0)),
        ("1 <= prior_lines <= 3", ("and", (("cmp", "prior_lines", ">=", 1.0), ("cmp", "prior_lines", "<=", 3.0)))),
        ("not pregnant", ("not", ("fact", "pregnant"))),
        ("a and (b or not c)", ("and", (("fact", "a"), ("or", (("fact", "b"), ("not", ("fact", "c"))))))),
        ("temperature > -1.5", ("cmp", "temperature", ">", -1.5)),
    ],
)
def test_parse(text: str, expected: Expr) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')", "prior_lines + 1 > 2", "a if b else c", "[a]", "f(a)", "a == 'x'", "a.b",
        "lambda: a", "a; b", "", "a <", "a < b", "1 < 2", "True", "3", "a and 1", "x := 1", "a\x00b",
        "(" * 250 + "a" + ")" * 250, " and ".join(["a"] * 400), "not " * 50 + "a",
    ],
)  # fmt: skip
def test_refused(text: str) -> None:
    """Anything but facts, numbers, comparisons and and/or/not is refused with a GrammarError."""
    with pytest.raises(GrammarError):
        parse(text)


@given(expressions, rows)
def test_agrees_with_reference(expr: Expr, row: dict[str, tuple[int, int]]) -> None:
    got = evaluate(expr, lambda leaf: row[leaf[1]])
    assert tri(got) == reference(expr, {name: tri(truth) for name, truth in row.items()})


@given(expressions, rows, st.sampled_from(FACTS))
def test_forgetting_never_flips(expr: Expr, row: dict[str, tuple[int, int]], fact: str) -> None:
    before = evaluate(expr, lambda leaf: row[leaf[1]])
    after = evaluate(expr, lambda leaf: UNKNOWN if leaf[1] == fact else row[leaf[1]])
    assert after in (before, UNKNOWN)


@given(expressions, st.lists(rows, min_size=1, max_size=40))
def test_packed_bits_mean_the_same(expr: Expr, block: list[dict[str, tuple[int, int]]]) -> None:
    """One evaluator: a block of patients as bits of one integer gives each patient's own answer."""

    def packed(leaf: Expr) -> tuple[int, int]:
        return (
            sum(row[leaf[1]][0] << i for i, row in enumerate(block)),
            sum(row[leaf[1]][1] << i for i, row in enumerate(block)),
        )

    true, false = evaluate(expr, packed)
    for i, row in enumerate(block):
        single = evaluate(expr, lambda leaf, row=row: row[leaf[1]])
        assert (true >> i & 1, false >> i & 1) == single


@given(expressions, rows)
def test_deciding_facts_settle_it(expr: Expr, row: dict[str, tuple[int, int]]) -> None:
    """The facts named as the reason give the same result when all others are forgotten."""
    truth = evaluate(expr, lambda leaf: row[leaf[1]])
    named = deciding(expr, lambda leaf: row[leaf[1]])
    assert set(named) <= set(names(expr))
    if truth == UNKNOWN:
        assert all(row[name] == UNKNOWN for name in named)
        assert named
    else:
        assert evaluate(expr, lambda leaf: row[leaf[1]] if leaf[1] in named else UNKNOWN) == truth


@given(expressions)
def test_leaves_and_names(expr: Expr) -> None:
    assert tuple(dict.fromkeys(leaf[1] for leaf in leaves(expr))) == names(expr)


@pytest.mark.parametrize(
    ("low", "high", "open_low", "open_high", "op", "limit", "expected"),
    [
        (30, 30, False, False, ">=", 30, YES),
        (29.9, 29.9, False, False, ">=", 30, NO),
        (29, 31, False, False, ">=", 30, UNKNOWN),
        (-math.inf, 15, True, True, "<", 15, YES),
        (-math.inf, 15, True, False, "<", 15, UNKNOWN),
        (-math.inf, 15, True, True, "<=", 15, YES),
        (-math.inf, 15, True, True, "<", 30, YES),
        (15, math.inf, True, True, ">", 15, YES),
        (15, math.inf, False, True, ">", 15, UNKNOWN),
        (15, math.inf, False, True, ">=", 15, YES),
        (2, 2, False, False, "==", 2, YES),
        (1, 3, False, False, "==", 2, UNKNOWN),
        (3, 4, False, False, "==", 2, NO),
        (2, 4, True, False, "==", 2, NO),
        (2, 2, False, False, "!=", 2, NO),
        (1, 1, False, False, "!=", 2, YES),
    ],
)
def test_intervals(
    low: float, high: float, open_low: bool, open_high: bool, op: str, limit: float, expected: tuple[int, int]
) -> None:
    assert compare_interval(low, high, open_low, open_high, op, limit) == expected


@given(
    st.floats(-50, 50), st.floats(0, 20), st.booleans(), st.booleans(),
    st.sampled_from([">", ">=", "<", "<=", "==", "!="]), st.integers(-50, 50), st.floats(0, 1),
)  # fmt: skip
def test_an_interval_never_contradicts_a_value_in_it(
    low: float, width: float, open_low: bool, open_high: bool, op: str, limit: int, share: float
) -> None:
    high = low + width
    value = low + share * width
    if (open_low and value <= low) or (open_high and value >= high):
        return
    whole = compare_interval(low, high, open_low, open_high, op, float(limit))
    single = compare_interval(value, value, False, False, op, float(limit))
    assert whole in (single, UNKNOWN)
