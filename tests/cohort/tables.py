"""Made-up people as the tables of a block, by the words and codes of `mspike.cohort`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from mspike.cohort import INPUT
from mspike.derive import Rules
from mspike.derive.kernel import codes, line_codes
from mspike.derive.kernel.codes import NODAY
from patients import Person

WORDS = {"negative": 0.0, "false": 0.0, "positive": 1.0, "true": 1.0}
MARKERS = frozenset(codes.TESTS)


def tables(people: Iterable[Person], rules: Rules) -> dict[str, dict[str, Any]]:
    """A block; a row for each result that the criteria read, in the order in which the person has them."""
    rows: dict[str, list[tuple[Any, ...]]] = {table.name: [] for table in INPUT}
    drugs = {drug: code for code, drug in enumerate(rules.drugs)}
    contexts = {word: code for code, word in enumerate(line_codes.CONTEXTS) if word}
    stops = {word: code for code, word in enumerate(line_codes.STOPS) if word}
    for number, made in enumerate(people):
        chain = ("kappa", "lambda").index(made.light_chain) + 1 if made.light_chain else 0
        rows["patients"].append((number, made.as_of, chain, int(chain != 2), 0, NODAY))
        results = [
            (day, codes.TESTS.index(test), WORDS[value] if isinstance(value, str) else value)
            for day, test, value in made.labs
            if test in MARKERS
        ]
        for day, word, sure in made.assessments:
            test = codes.STATED_CONFIRMED if sure else codes.STATED
            results.append((day, test, float(codes.LEVELS.index(word))))
            if word == "PD" and (sure is not False or rules.response_params[codes.P_NEW_LINE] > 0):
                rows["signs"].append((number, day, line_codes.SIGN_PD if sure else line_codes.SIGN_MAYBE))
            elif word == "SD" and sure is not False:
                rows["signs"].append((number, day, line_codes.SIGN_SD))
        rows["labs"] += [(number, *row) for row in results]
        for row in made.drugs:
            note = contexts.get(row["context"], 0) | stops.get(row.get("stop_reason"), 0) << line_codes.STOP_SHIFT
            if row["context"] == "maintenance":
                note |= line_codes.DOSED | line_codes.LOW_DOSE
            code = drugs[row["drug"]]
            once = rules.traits[code] & line_codes.ONCE
            if row["end"] is None and not once:
                note |= line_codes.OPEN
            end = made.as_of if row["end"] is None else row["end"]
            if row.get("days_supply"):
                end = max(end, min(row["start"] + row["days_supply"] - 1, made.as_of))
            rows["drugs"].append((number, row["start"], row["start"] if once else end, code, note))
            if row.get("stop_reason") == "progression" and row["end"] is not None:
                rows["signs"].append((number, row["end"], line_codes.SIGN_PD))
        rows["procedures"] += [(number, day, line_codes.PROCEDURES.index(name)) for day, name in made.procedures]
    return {
        table.name: {
            column.name: np.array([row[at] for row in rows[table.name]], column.type)
            for at, column in enumerate(table.columns)
        }
        for table in INPUT
    }
