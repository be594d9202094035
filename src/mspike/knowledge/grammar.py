"""The closed grammar of `when:` and its one three-valued evaluator.

A criterion is text over named facts: `prior_lines >= 1 and (refractory_lenalidomide or not exposed_pi)`.
Allowed are fact names, comparisons of a fact with a number, `and`, `or`, `not` and brackets; nothing else.

A truth value is a pair (true, false): Python ints for one patient (1, 0 = yes · 0, 1 = no · 0, 0 = unknown) or
packed bits for a block of patients. Only `&` and `|` touch them, so both run the same code. The logic is Kleene's:
forgetting a fact turns a result into "unknown" or leaves it; it never turns yes into no.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Expr = tuple[Any, ...]
"""("fact", name) · ("cmp", name, op, number) · ("and"|"or", (Expr, …)) · ("not", Expr)"""

Truth = tuple[Any, Any]
"""(true, false) bits."""

Atom = Callable[[Expr], Truth]
"""Gives the truth of a ("fact", …) or ("cmp", …) leaf."""

YES: Truth = (1, 0)
NO: Truth = (0, 1)
UNKNOWN: Truth = (0, 0)

MAX_LENGTH = 600
MAX_DEPTH = 20


class GrammarError(ValueError):
    """A `when:` outside the grammar, with what was given and what is allowed."""


def parse(text: str) -> Expr:
    """Text to expression. Raises GrammarError for anything but facts, numbers, comparisons and and/or/not."""
    import ast  # only when files are read: an answer from the pack never parses

    if len(text) > MAX_LENGTH:
        raise GrammarError(f"a condition of {len(text)} characters; at most {MAX_LENGTH}: split it into criteria")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise GrammarError(f"{text!r} cannot be read as a condition ({error.__class__.__name__})") from None
    flip = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}
    names = {ast.Lt: "<", ast.Gt: ">", ast.LtE: "<=", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}

    def number(node: ast.AST) -> float | None:
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            inner = number(node.operand)
            return None if inner is None else -inner
        value = node.value if isinstance(node, ast.Constant) else None
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

    def compare(left: ast.AST, op: ast.cmpop, right: ast.AST) -> Expr:
        sign = names.get(type(op))
        if sign and isinstance(left, ast.Name) and (value := number(right)) is not None:
            return ("cmp", left.id, sign, value)
        if sign and isinstance(right, ast.Name) and (value := number(left)) is not None:
            return ("cmp", right.id, flip[sign], value)
        raise GrammarError(f"{ast.unparse(left)} {sign or '?'} {ast.unparse(right)}: compare a fact with a number")

    def go(node: ast.AST, depth: int) -> Expr:
        if depth > MAX_DEPTH:
            raise GrammarError(f"a condition nested more than {MAX_DEPTH} deep")
        match node:
            case ast.Name(id=name):
                return ("fact", name)
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                return ("not", go(inner, depth + 1))
            case ast.BoolOp(op=op, values=values):
                return ("and" if isinstance(op, ast.And) else "or", tuple(go(v, depth + 1) for v in values))
            case ast.Compare(left=left, ops=ops, comparators=rights):
                chain = [left, *rights]
                parts = tuple(compare(chain[i], op, chain[i + 1]) for i, op in enumerate(ops))
                return parts[0] if len(parts) == 1 else ("and", parts)
        raise GrammarError(
            f"{ast.unparse(node)!r} is not allowed in a rule; use facts, numbers, comparisons, and/or/not"
        )

    return go(tree, 0)


def evaluate(expr: Expr, atom: Atom) -> Truth:
    """The truth of an expression, given the truth of its leaves. Kleene logic on bit pairs."""
    tag = expr[0]
    if tag == "fact" or tag == "cmp":
        return atom(expr)
    if tag == "and":
        true, false = evaluate(expr[1][0], atom)
        for part in expr[1][1:]:
            t, f = evaluate(part, atom)
            true, false = true & t, false | f
        return true, false
    if tag == "or":
        true, false = evaluate(expr[1][0], atom)
        for part in expr[1][1:]:
            t, f = evaluate(part, atom)
            true, false = true | t, false & f
        return true, false
    true, false = evaluate(expr[1], atom)
    return false, true


def compare_interval(low: float, high: float, open_low: bool, open_high: bool, op: str, limit: float) -> Truth:
    """Whether every value of the interval meets `op limit` (yes), none does (no), or some do (unknown).

    An open bound is excluded: "<15" is (-inf, 15) and is surely `< 15`.
    """
    if op in (">", "<="):
        above = low > limit or (low == limit and open_low)
        not_above = high <= limit
        truth = (int(above), int(not_above))
        return truth if op == ">" else (truth[1], truth[0])
    if op in (">=", "<"):
        at_least = low >= limit
        below = high < limit or (high == limit and open_high)
        truth = (int(at_least), int(below))
        return truth if op == ">=" else (truth[1], truth[0])
    same = low == high == limit
    apart = limit < low or limit > high or (limit == low and open_low) or (limit == high and open_high)
    truth = (int(same), int(apart))
    return truth if op == "==" else (truth[1], truth[0])


def leaves(expr: Expr) -> Iterator[Expr]:
    """Every ("fact", …) and ("cmp", …) leaf, left to right."""
    if expr[0] in ("and", "or"):
        for part in expr[1]:
            yield from leaves(part)
    elif expr[0] == "not":
        yield from leaves(expr[1])
    else:
        yield expr


def names(expr: Expr) -> tuple[str, ...]:
    """The facts an expression names, each once, in order."""
    return tuple(dict.fromkeys(leaf[1] for leaf in leaves(expr)))


def deciding(expr: Expr, atom: Atom) -> tuple[str, ...]:
    """The facts that make the expression what it is: for yes and no those that settle it, for unknown those missing.

    One patient only (int bits).
    """
    return tuple(dict.fromkeys(_deciding(expr, atom)[1]))


def _deciding(expr: Expr, atom: Atom) -> tuple[Truth, list[str]]:
    """The truth of the expression, and the facts that make it so, as they come."""
    tag = expr[0]
    if tag == "fact" or tag == "cmp":
        return atom(expr), [expr[1]]
    if tag == "not":
        (true, false), found = _deciding(expr[1], atom)
        return (false, true), found
    parts = [_deciding(part, atom) for part in expr[1]]
    truths = [truth for truth, _ in parts]
    order = (NO, UNKNOWN, YES) if tag == "and" else (YES, UNKNOWN, NO)
    whole = next(truth for truth in order if truth in truths)
    return whole, [name for truth, found in parts if truth == whole for name in found]
