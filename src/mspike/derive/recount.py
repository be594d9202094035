"""Stated lines against the lines that the record's own drug records would give."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from mspike.derive.exposure import falls_inside
from mspike.derive.kernel.line_codes import SIGN_PD
from mspike.derive.line_columns import dated_therapy, read_dated
from mspike.derive.rules import Rules
from mspike.derive.samples import read_samples
from mspike.derive.settings import Settings
from mspike.derive.settling import settle
from mspike.derive.state import Contradiction, Line
from mspike.derive.vocabulary import Vocabulary
from mspike.record import Record


def recount(
    record: Record, lines: tuple[Line, ...] | None, rules: Rules, vocabulary: Vocabulary, settings: Settings
) -> Iterator[Contradiction]:
    """Another number of lines, where the drug records hold every drug of every stated line, and no other.

    Records of some of the drugs say nothing about the number of lines; open dates that allow the stated number do not
    contradict it.
    """
    if not lines or record.lines is None or not dated_therapy(record) or not whole(record, lines, vocabulary):
        return
    dated = read_dated(record, vocabulary, settings)
    if isinstance(dated, str):
        return
    ends = [(line.progression, SIGN_PD) for line in lines if line.progression]
    told = any(line.stop_reason not in (None, "not-stated") or line.best_response for line in lines)
    dated = replace(dated, signs=(*dated.signs, *ends), watched=dated.watched or told)
    numbers = {reading.count.n for reading in settle(record, dated, read_samples(record), rules)}
    if len(lines) not in numbers:
        counted = " or ".join(str(number) for number in sorted(numbers))
        other = f"{counted} counted from the drug records, policy {settings.line_policy}"
        yield Contradiction("lines of therapy", f"{len(lines)} stated", other, ("lines", "treatments"))


def whole(record: Record, lines: tuple[Line, ...], vocabulary: Vocabulary) -> bool:
    """Whether the drug records and the stated lines are about the same treatment."""
    given = [t for t in record.treatments or () if vocabulary.counts(t.drug)]
    for line in lines:
        inside = {entry.drug for entry in given if falls_inside(entry, line)}
        drugs = [drug for drug in line.drugs if vocabulary.counts(drug)]
        if not drugs or not inside.issuperset(drugs):
            return False
    return all(any(entry.drug in line.drugs and falls_inside(entry, line) for line in lines) for entry in given)
