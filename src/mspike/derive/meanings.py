"""What one entry of a record is to the kernels. The columns of a block ask it once for each combination of words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from mspike.derive.kernel.codes import NODAY
from mspike.derive.line_columns import read_dated
from mspike.derive.samples import band_of, death_day, read_samples
from mspike.derive.settings import read_settings
from mspike.derive.vocabulary import vocabulary
from mspike.knowledge import Knowledge
from mspike.record import Record


class Meaning(msgspec.Struct, frozen=True):
    """The codes of a record's entries, of each kind in the record's order where that holds one entry."""

    results: tuple[tuple[int, float], ...]
    """Test, and amount or level, of what the response criteria read."""
    drugs: tuple[tuple[int, int], ...]
    """Drug, and note: see kernel/line_codes."""
    procedures: tuple[int, ...]
    signs: tuple[int, ...]
    watched: bool
    """Whether it tells anything about the course of the disease."""
    band: tuple[int, int]
    """Involved chain, and whether the patient's own band may be IgG-kappa."""
    died: bool
    count_from: int
    """The day before which drugs are of a precursor stage."""


def read_meaning(record: Record, knowledge: Knowledge, policies: Mapping[str, Any] | None = None) -> Meaning:
    """What the record means under these policies, by the functions that read every single patient.

    Raises ValueError for a drug record without its first day.
    """
    settings, _ = read_settings(knowledge, policies or {})
    dated = read_dated(record, vocabulary(knowledge), settings)
    if isinstance(dated, str):
        raise ValueError(dated)
    return Meaning(
        results=tuple((sample.test, sample.low) for sample in read_samples(record).results),
        drugs=tuple((drug, note) for _, _, _, drug, note in dated.treatments),
        procedures=tuple(kind for _, kind in dated.procedures),
        signs=tuple(kind for _, kind in dated.signs),
        watched=dated.watched,
        band=band_of(record),
        died=death_day(record) != NODAY,
        count_from=dated.count_from,
    )
