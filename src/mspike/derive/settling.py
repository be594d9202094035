"""Lines counted from drug records, and responses within them, settled by the kernel: once for each reading of a record.

A reading puts every open date and amount at one of its ends. What all readings agree on holds (`line_records`,
`outcome`); the rest is not known.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from mspike.derive.kernel.codes import (
    FLOAT_COLUMNS,
    INT_COLUMNS,
    LINE_COLUMNS,
    MARKER_COUNT,
    REFERENCE_COLUMNS,
    SCRATCH,
    TEST_PLACES,
)
from mspike.derive.kernel.line_codes import DRUG_PLACES, LINE_TABLE, P_COUNT_FROM
from mspike.derive.kernel.patient import derive_patient
from mspike.derive.line_columns import Columns, Dated
from mspike.derive.line_records import Count
from mspike.derive.outcome import Outcome
from mspike.derive.rules import Rules
from mspike.derive.samples import Reading, Samples, band_of, cuts, death_day
from mspike.record import Record


class Settled(msgspec.Struct, frozen=True):
    """One reading: its lines and its responses."""

    count: Count
    outcome: Outcome


def settle(record: Record, dated: Dated, samples: Samples, rules: Rules) -> list[Settled]:
    """Every reading of the record; the first one has each open item at its first day or lower end."""
    found = [
        _settle(record, dated, dated.reading(late), samples.reading(late), rules)
        for late in cuts((*dated.loose(), *samples.loose()))
    ]
    if widest := dated.widest():
        found.append(_settle(record, dated, widest, samples.reading(frozenset()), rules))
    return found


def _settle(record: Record, dated: Dated, columns: Columns, reading: Reading, rules: Rules) -> Settled:
    labs, _, days = reading
    size, hi, phi, shi = len(labs), len(columns.entries), len(columns.procedures[0]), len(columns.signs[0])
    most = hi + phi
    placed = [0] * hi
    table = tuple([0] * (most + 1) for _ in range(LINE_TABLE))
    ints = tuple([0] * size for _ in range(INT_COLUMNS))
    floats = tuple([0.0] * size for _ in range(FLOAT_COLUMNS))
    of_lines = tuple([0] * most for _ in range(LINE_COLUMNS))
    refs = tuple([0.0] * (most * MARKER_COUNT) for _ in range(REFERENCE_COLUMNS))
    signs = ([0] * (shi + most), [0] * (shi + most))
    doses = ([0] * DRUG_PLACES, [0] * DRUG_PLACES, [0] * DRUG_PLACES)
    line_params = list(rules.line_params)
    line_params[P_COUNT_FROM] = dated.count_from
    chain, own_band = band_of(record)
    n, rows, many = derive_patient(
        ([row[0] for row in labs], [row[1] for row in labs], [row[2] for row in labs]), 0, size,
        columns.rows, 0, hi, columns.procedures, 0, phi, columns.signs, 0, shi,
        chain, own_band, death_day(record), int(dated.watched),
        rules.traits, rules.antibodies, line_params, rules.response_params,
        signs, doses, [0] * most, [0] * most, [0] * most, [0.0] * TEST_PLACES, [0.0] * SCRATCH, placed, table, 0,
        ints, floats, 0, of_lines, refs, 1,
    )  # fmt: skip
    seen = replace(columns, signs=(signs[0][:many], signs[1][:many]))
    judged = Outcome(rows, ints, floats, tuple(column[:n] for column in of_lines), refs, days)
    return Settled(Count(n, table, placed, seen), judged)
