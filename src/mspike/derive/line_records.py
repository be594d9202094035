"""Lines of therapy counted from dated drug records, for a record that states none. Rules: spec/lines.md.

The kernel counts (kernel/lines.py); here its numbers become lines with dates as given, drugs, parts and reasons.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from mspike.derive.agreement import Agreed, agree
from mspike.derive.intervals import latest
from mspike.derive.kernel import line_codes as code
from mspike.derive.kernel.codes import NODAY
from mspike.derive.kernel.line_ends import finish_lines
from mspike.derive.kernel.lines import derive_lines
from mspike.derive.kernel.refractory import ran_out
from mspike.derive.line_columns import Columns, Dated, drug_codes, drug_traits, line_params, looks
from mspike.derive.line_words import because, began_words
from mspike.derive.lines import TRANSPLANT
from mspike.derive.settings import Settings, under
from mspike.derive.state import Dose, Line
from mspike.derive.vocabulary import Vocabulary
from mspike.record import Day, Record

PREPARING = (code.AS_CONDITIONING, code.AS_MOBILISATION, code.AS_DEPLETION)
"""Why a drug record is of no line that only prepared a transplant, a collection or a product."""


class Count(msgspec.Struct, frozen=True):
    """The lines of one reading, as the kernel wrote them."""

    n: int
    table: tuple[list[int], ...]
    placed: list[int]
    columns: Columns


class Counted(msgspec.Struct, frozen=True):
    """`lines`: None where the record leaves the count open; `because` says what decides it."""

    lines: tuple[Line, ...] | None
    because: str = ""
    flags: tuple[str, ...] = ()
    """Flags of records that are of no line, where there is no line to carry them."""
    preparing: frozenset[str] = frozenset()
    """The drug records (`treatments[3]`) that were conditioning, mobilisation or lymphodepletion: no exposure."""
    early: frozenset[str] = frozenset()
    """The drug records that treated smouldering disease: of no line, but a drug that failed then has failed."""


def agreed_lines(
    record: Record, dated: Dated, counts: list[Count], vocabulary: Vocabulary, settings: Settings
) -> Counted:
    """The lines of the record's drug records and transplants under the policy in force.

    `counts`: each reading as the kernel counted it. A partial date leaves the lines open only where it decides their
    number or the drugs of one.
    """
    first = counts[0]
    for other in counts[1:]:
        if other.n != first.n:
            low, high = sorted((first.n, other.n))
            return Counted(None, f"{low} or {high} lines: it depends on dates that are not known to the day")
        if shape(other) != shape(first):
            return Counted(None, "the drugs of a line depend on dates that are not known to the day")
    partial = dated.partial() + [m.date for m in record.measurements] if len(counts) > 1 else []
    days = {place: (start, end) for place, start, end, _, _ in dated.treatments}
    agreed = [agree(record, place, [reading.table for reading in counts], partial) for place in range(first.n)]
    others = other_counts(first, dated, vocabulary, settings)
    given = _Given(days, _by_drug(first.columns), [(d.first.toordinal(), d.last.toordinal()) for d in looks(record)])
    lines = tuple(_line(place, agreed, counts, record, given, others, vocabulary, settings) for place in range(first.n))
    preparing = frozenset.intersection(*(placed_as(PREPARING, other, record) for other in counts))
    early = placed_as((code.AS_SMOULDERING,), first, record)
    return Counted(lines, preparing=preparing, early=early)


def placed_as(why: tuple[int, ...], found: Count, record: Record) -> frozenset[str]:
    """The drug records that are of no line for one of these reasons."""
    given = record.treatments or ()
    entries = zip(found.columns.entries, found.placed, strict=True)
    return frozenset(given[entry].at for entry, place in entries if place in why)


def count(
    columns: Columns, dated: Dated, params: tuple[float, ...], traits: Sequence[int], known: Count | None = None
) -> Count:
    """One run of the kernel, with the signs of `columns`. Where it counts as `known` does, that is what it gives."""
    hi, phi, ghi = len(columns.entries), len(columns.procedures[0]), len(columns.signs[0])
    given = list(params)
    given[code.P_COUNT_FROM] = dated.count_from
    placed = [0] * hi
    table = tuple([0] * (hi + phi + 1) for _ in range(code.LINE_TABLE))
    doses = ([0] * code.DRUG_PLACES, [0] * code.DRUG_PLACES, [0] * code.DRUG_PLACES)
    n = derive_lines(
        columns.rows, 0, hi, traits, columns.procedures, 0, phi, columns.signs, 0, ghi,
        int(dated.watched), given, doses, placed, table, 0,
    )  # fmt: skip
    found = Count(n, table, placed, columns)
    if known and _alike(found, known):
        return known
    finish_lines(columns.rows, 0, hi, given, placed, table, 0, n)
    return found


def _alike(raw: Count, known: Count) -> bool:
    """Whether lines that are not finished yet come to the same starts and drugs: each record in its place, each line
    with the drugs that it has when finished."""
    n, place = raw.n, code.L_START
    return (
        n == known.n
        and raw.placed == known.placed
        and raw.table[place][:n] == known.table[place][:n]
        and raw.table[code.L_DRUGS][:n] == known.table[code.L_CORE][:n]
    )


def shape(found: Count) -> list[tuple[int, int]]:
    """What must not depend on an open date: each line's drugs and parts."""
    return [(found.table[code.L_DRUGS][k], found.table[code.L_PARTS][k]) for k in range(found.n)]


def other_counts(found: Count, dated: Dated, vocabulary: Vocabulary, settings: Settings) -> dict[str, Count]:
    """The lines under every other way of counting them that has a name, and under each single reading."""
    return {
        name: count(found.columns, dated, params, traits, found)
        for name, params, traits in other_ways(vocabulary, settings)
    }


@lru_cache(maxsize=16)
def other_ways(vocabulary: Vocabulary, settings: Settings) -> tuple[tuple[str, tuple[float, ...], Sequence[int]], ...]:
    """Name, parameters and traits of each."""
    found = {}
    for texts in (settings.line_policies, settings.line_readings):
        for text in texts:
            name = text.partition("=")[0].strip()
            if name != settings.line_policy:
                other = under(settings, texts, name)
                found[name] = name, line_params(other, 0), tuple(drug_traits(vocabulary, other))
    return tuple(found.values())


def names_of(mask: int) -> tuple[str, ...]:
    """The drugs of a set of bits."""
    return tuple(drug for drug, place in drug_codes().items() if mask >> place & 1)


def words_of(bits: int, words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for place, word in enumerate(words) if bits >> place & 1)


class _Given(msgspec.Struct, frozen=True):
    """What is the same for every line of a record."""

    days: Mapping[int, tuple[Day, Day]]
    """Of each drug record its first and last day."""
    rows: Mapping[int, list[int]]
    """Of each drug, by its code, its rows in the columns."""
    looks: list[tuple[int, int]]
    """First and last day of each look at the disease."""


def _by_drug(columns: Columns) -> dict[int, list[int]]:
    rows: dict[int, list[int]] = {}
    for k, drug in enumerate(columns.rows[2]):
        rows.setdefault(drug, []).append(k)
    return rows


def _line(
    place: int, agreed: Sequence[Agreed], counts: Sequence[Count], record: Record, told: _Given,
    others: dict[str, Count], vocabulary: Vocabulary, settings: Settings,
) -> Line:  # fmt: skip
    found, line = counts[0], agreed[place]
    drugs, bits = names_of(found.table[code.L_DRUGS][place]), found.table[code.L_PARTS][place]
    rows = [k for k, number in enumerate(found.placed) if number == place + 1]
    given = record.treatments or ()
    autologous = [done.date for done in line.grafts if done.procedure == TRANSPLANT]
    parts = words_of(bits, code.PARTS)
    products = tuple(drug for drug in drugs if vocabulary.one_time(drug))
    bridged = f"{vocabulary.name(products)} with bridging" if "bridging" in parts and products else ""
    regimen = bridged or vocabulary.name(drugs) or ("transplant" if line.grafts else "no drug named")
    began = began_words(place, agreed, settings)
    ongoing = line.ended == code.ONGOING
    return Line(
        number=place + 1,
        drugs=drugs,
        regimen=regimen,
        start=line.start,
        stop=None if ongoing else line.stop,
        parts=parts,
        start_reason=began,
        stop_reason=None if ongoing else code.ENDED[line.ended] or None,
        transplant=autologous[-1] if autologous else None if record.procedures is None else False,
        maintenance=names_of(line.upkeep),
        basis="derived",
        flags=words_of(line.flags, code.LINE_FLAGS),
        because=because(place, agreed, began, regimen, bits, settings),
        at=given[found.columns.entries[rows[0]]].at if rows else line.grafts[-1].at if line.grafts else "",
        progression=line.progression,
        doses={drug: _doses(drug, place, line, found, told, vocabulary, settings) for drug in drugs},
        ongoing=ongoing,
        followed=all(_followed(record, reading, place, told, settings) for reading in counts),
        differs_under={name: differs for name, other in others.items() if (differs := _differs(place, found, other))},
    )


def _doses(
    drug: str, place: int, line: Agreed, found: Count, told: _Given, vocabulary: Vocabulary, settings: Settings
) -> tuple[Dose, ...]:  # fmt: skip
    """The courses of a drug within a line; one that goes on beyond the line ends, for it, where the next line began.

    Records within the refractory window of one another are one course: a progression between them lies in the window.
    """
    start, end, _, note = found.columns.rows
    drug_code = drug_codes()[drug]
    begun, stop = found.table[code.L_START][place], found.table[code.L_STOP][place]
    final = place == found.n - 1
    doses: list[Dose] = []
    reached: Day | None = None
    for k in told.rows.get(drug_code, ()):
        if (
            start[k] > stop
            or end[k] < begun
            or not (0 < found.placed[k] <= place + 1 or found.placed[k] == code.AS_STEROID)
        ):
            continue
        began, ended = told.days[found.columns.entries[k]]
        first = began if start[k] >= begun else _later(line.start, began)
        beside = ran_out(end[k], 1 << drug_code, place, 0, found.n, found.table, settings.carry_over_days)
        kept = final or (beside and vocabulary.counts(drug))
        last = first if vocabulary.one_time(drug) else ended if kept else _up_to(ended, line.stop)
        going = bool(note[k] & code.OPEN) and final
        dose = Dose(first, last, code.STOPS[note[k] >> code.STOP_SHIFT & code.STOP] or None, going)
        if reached and (began.last - reached.first).days <= settings.refractory_window_days:
            if ended.last >= reached.last:
                doses[-1] = Dose(doses[-1].first, _later(last, doses[-1].last), dose.stop_reason, going)
        else:
            doses.append(dose)
        reached = _later(ended, reached) if reached else ended
    return tuple(doses)


def _later(day: Day, other: Day) -> Day:
    return day if day.first >= other.last else latest((day, other)) or day


def _up_to(day: Day, stop: Day) -> Day:
    return day if day.last <= stop.last else Day(stop.text, min(day.first, stop.first), stop.last)


def _followed(record: Record, found: Count, place: int, told: _Given, settings: Settings) -> bool:
    """Whether a progression, a value or a judgement shows how it went on: after its last dose, before the next line.

    Of the last line, at the end of the window in which a progression tells or later, or while it is still given.
    """
    if found.table[code.L_PD][place] != NODAY:
        return True
    stop = found.table[code.L_STOP][place]
    until = today = record.as_of.toordinal()
    if place + 1 < found.n:
        until = found.table[code.L_START][place + 1]
    elif stop == today:
        stop = max(found.table[code.L_START][place], int(today - settings.refractory_window_days))
    else:
        stop = min(int(stop + settings.refractory_window_days), today)
    return any(stop <= first and last <= until for first, last in told.looks)


def _differs(place: int, found: Count, other: Count) -> dict[str, Any]:
    """What another way of counting makes of the line: how many there are, and its own number, start or drugs."""
    table, theirs = found.table, other.table
    begun, drugs = table[code.L_START][place], table[code.L_CORE][place]
    same = [k for k in range(other.n) if theirs[code.L_START][k] == begun]
    differs: dict[str, Any] = {}
    if not same:
        within = [k for k in range(other.n) if theirs[code.L_START][k] < begun]
        differs = {"counted_in": within[-1] + 1} if within else {"counted_in": None}
    else:
        k = same[0]
        if k != place:
            differs["number"] = k + 1
        if theirs[code.L_CORE][k] != drugs:
            differs["drugs"] = list(names_of(theirs[code.L_DRUGS][k]))
    if (other.n != found.n and (differs or place == found.n - 1 or place == 0)) or differs:
        differs = {"n_lines": other.n, **differs}
    return differs
