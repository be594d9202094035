"""Knowledge: dated, sourced rules as data (files a clinician reads), the grammar and its evaluator.

`load_knowledge()` gives everything; `catalogue(as_of, country)` what is in force on a day.
"""

from __future__ import annotations

import datetime as dt
from functools import cache, lru_cache

from mspike.knowledge import model
from mspike.knowledge.base import first_day
from mspike.knowledge.catalogue import Catalogue
from mspike.knowledge.codes import Codes, TestSpec, unit_key, unpack_codes, word_key
from mspike.knowledge.files import KnowledgeError
from mspike.knowledge.grammar import NO, UNKNOWN, YES, Expr, Truth, compare_interval, deciding, evaluate
from mspike.knowledge.inforce import Applied, AppliedRisk, Asked, Clause, InForce, Label, Listed, by_facts
from mspike.knowledge.model import Knowledge
from mspike.knowledge.names import fact_specs, token
from mspike.knowledge.pack import Pack, as_expr, load_pack
from mspike.knowledge.policy import named_policies, settle
from mspike.knowledge.trial_match import Condition, Limit, MatchRules, load_match_rules, read_condition
from mspike.knowledge.trial_search import SearchWords, load_search_words
from mspike.knowledge.trial_words import Doubt, TrialWords, correction_files, load_doubts, load_trial_words


@cache
def _pack() -> Pack:
    return load_pack()


@cache
def conditions_by_text() -> dict[str, Expr]:
    """Every `when` text of the files with its expression."""
    return {text: as_expr(value) for text, value in _pack().conditions.items()}


@cache
def load_codes() -> Codes:
    """The code tables: names, tests with their units, closed word lists, codes of other systems."""
    return unpack_codes(_pack().codes)


def load_knowledge() -> Knowledge:
    """All knowledge, from the pack."""
    return _pack().knowledge


@lru_cache(maxsize=64)
def catalogue(as_of: dt.date, country: str) -> Catalogue:
    """What is in force on a day in a country."""
    return Catalogue(load_knowledge(), conditions_by_text(), as_of, country)


__all__ = [
    "NO",
    "UNKNOWN",
    "YES",
    "Applied",
    "AppliedRisk",
    "Asked",
    "Catalogue",
    "Clause",
    "Codes",
    "Condition",
    "Doubt",
    "Expr",
    "InForce",
    "Knowledge",
    "KnowledgeError",
    "Label",
    "Limit",
    "Listed",
    "MatchRules",
    "SearchWords",
    "TestSpec",
    "TrialWords",
    "Truth",
    "by_facts",
    "catalogue",
    "compare_interval",
    "conditions_by_text",
    "correction_files",
    "deciding",
    "evaluate",
    "fact_specs",
    "first_day",
    "load_codes",
    "load_doubts",
    "load_knowledge",
    "load_match_rules",
    "load_search_words",
    "load_trial_words",
    "model",
    "named_policies",
    "read_condition",
    "settle",
    "token",
    "unit_key",
    "word_key",
]
