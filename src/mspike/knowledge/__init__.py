"""Knowledge: dated, sourced rules as data (files a clinician reads), the grammar and its evaluator.

`load_knowledge()` gives everything; `catalogue(as_of, country)` what is in force on a day.
"""

from __future__ import annotations

import datetime as dt
from functools import cache, lru_cache

from mspike.knowledge import model
from mspike.knowledge.catalogue import Applied, AppliedRisk, Catalogue, InForce, first_day, token
from mspike.knowledge.files import KnowledgeError
from mspike.knowledge.grammar import Expr, evaluate
from mspike.knowledge.model import Knowledge


@cache
def _pack() -> tuple[Knowledge, dict[str, Expr]]:
    from mspike.knowledge.pack import as_expr, load_pack

    pack = load_pack()
    return pack.knowledge, {text: as_expr(value) for text, value in pack.conditions.items()}


def load_knowledge() -> Knowledge:
    """All knowledge, from the pack."""
    return _pack()[0]


def conditions_by_text() -> dict[str, Expr]:
    """Every `when` text of the files with its expression."""
    return _pack()[1]


@lru_cache(maxsize=64)
def catalogue(as_of: dt.date, country: str) -> Catalogue:
    """What is in force on a day in a country."""
    return Catalogue(*_pack(), as_of, country)


__all__ = [
    "Applied",
    "AppliedRisk",
    "Catalogue",
    "Expr",
    "InForce",
    "Knowledge",
    "KnowledgeError",
    "catalogue",
    "conditions_by_text",
    "evaluate",
    "first_day",
    "load_knowledge",
    "model",
    "token",
]
