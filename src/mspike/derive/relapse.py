"""Clinical relapse from results: a new lesion, a growing plasmacytoma, calcium, haemoglobin, creatinine.

Rules and sources: spec/relapse.md and knowledge/data/response.yaml. Biochemical relapse stands in `pace`, relapse from
complete response in `response`. A result that the record attributes to something else does not count.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from mspike.derive.criteria import thresholds
from mspike.derive.health import first_of, newest_of
from mspike.derive.intervals import (
    at_least,
    less,
    more_than,
    not_negative,
    number_words,
    span_words,
    times,
    tri_and,
    tri_or,
)
from mspike.derive.pace import Finding
from mspike.derive.samples import MYELOMA
from mspike.derive.settings import Settings
from mspike.derive.state import Line
from mspike.knowledge import Knowledge
from mspike.record import Day, Measurement, Number, Record, Tri, days_between

CALCIUM = ("calcium", "albumin-corrected-calcium")
READ = ("new-lesion", "new-fracture", "plasmacytoma-spd", *CALCIUM, "haemoglobin", "creatinine")


def clinical_relapse(
    record: Record, lines: tuple[Line, ...] | None, knowledge: Knowledge, settings: Settings
) -> Finding:
    """Whether results since the start of the last line show a clinical relapse, and since which day.

    None: no such result, or none that decides. A change is counted from the value at the start of the line (else from
    the first value in it).
    """
    start = lines[-1].start if lines else None
    entries = [m for m in record.measurements if m.test in READ and m.attributed_to in MYELOMA]
    if start is None or not entries:
        return Finding(None, "no result that would show it")
    limits = thresholds(knowledge, settings.response_criteria)
    found = []
    for entry in sorted(_by_day(entries), key=lambda m: (m.date.first, m.test)):
        since = _after(entry, start)
        if since is not False:
            for value, words in _signs(entry, _before(entry, entries, start, settings), limits):
                found.append((tri_and((since, value)), entry, words))
    if not found:
        return Finding(None, "no such result since the start of the last line")
    value = tri_or(v for v, _, _ in found)
    telling = [(m, words) for v, m, words in found if v is value]
    at = tuple(dict.fromkeys(m.at for m, _ in telling))
    if value is False:
        return Finding(False, "; ".join(dict.fromkeys(words for _, words in telling[-3:])), None, at)
    entry, words = telling[0]
    return Finding(value, f"{words} ({entry.date.text})", entry.date if value else None, at)


def _by_day(entries: list[Measurement]) -> Iterator[Measurement]:
    """Two values of one day as one that spans them: which of them counts cannot be told."""
    days: dict[tuple[str, str], list[Measurement]] = {}
    for entry in entries:
        if entry.value is None:
            yield entry
        else:
            days.setdefault((entry.test, entry.date.text), []).append(entry)
    yield from map(newest_of, days.values())


def _after(entry: Measurement, start: Day) -> Tri:
    return at_least(days_between(start, entry.date), 1)


def _before(entry: Measurement, entries: list[Measurement], start: Day, settings: Settings) -> Number | None:
    """The value at the start of the line: the last one up to it and recent enough, else the first one since.

    Of plasmacytomas the lowest one from there on, as for progression.
    """
    same = [m for m in entries if m.test == entry.test and m.value]
    early = [
        m for m in same
        if m.date.last <= start.first and days_between(m.date, start).low <= settings.baseline_days
    ]  # fmt: skip
    since = [m for m in same if _after(m, start) is not False]
    if not early and not since:
        return None
    first = newest_of(early) if early else first_of(since)
    if entry.test == "plasmacytoma-spd":
        lower = [m.value for m in (first, *since) if m.value and m.date.last < entry.date.first]
        return min(lower, key=lambda n: n.high, default=None)
    return None if not early and entry.date.first <= first.date.last else first.value


def _signs(entry: Measurement, before: Number | None, limits: dict[str, float]) -> Iterator[tuple[Tri, str]]:
    """Whether the result is a sign, and its sentence."""
    value = entry.value
    if entry.test == "new-lesion":
        yield entry.text == "true", "a new lesion" if entry.text == "true" else "no new lesion"
    elif entry.test == "new-fracture":
        yield entry.text == "pathological", f"{entry.text} fracture"
    elif value is None:
        return
    elif entry.test in CALCIUM:
        limit = limits["clinical_calcium_mmol_l"]
        yield more_than(value, limit), f"calcium {_shown(value)} mmol/L, limit more than {limit:.2f}"
    elif before is None:
        return
    elif entry.test == "haemoglobin":
        limit = limits["clinical_haemoglobin_fall_g_l"]
        fall = less(before, value)
        words = f"haemoglobin {span_words(before)} → {span_words(value)} g/L since the start of the line"
        yield at_least(fall, limit), f"{words}, limit a fall of {number_words(limit)}"
    elif entry.test == "creatinine":
        limit = limits["clinical_creatinine_rise_umol_l"]
        words = f"creatinine {span_words(before)} → {span_words(value)} umol/L since the start of the line"
        yield at_least(less(value, before), limit), f"{words}, limit a rise of {number_words(limit)}"
    else:
        factor = 1 + limits["clinical_plasmacytoma_rise_pct"] / 100
        rise = less(not_negative(value), not_negative(before))
        grown = tri_and((at_least(less(value, times(before, factor)), 0), at_least(rise, 1)))
        rule = f"limit {number_words(limits['clinical_plasmacytoma_rise_pct'])} % and 1 cm2"
        yield grown, f"plasmacytoma {span_words(before)} → {span_words(value)} cm2 from its lowest, {rule}"


def _shown(value: Number) -> str:
    if math.isinf(value.low) or math.isinf(value.high):
        return span_words(value)
    return f"{value.low:.2f}" if value.low == value.high else f"{value.low:.2f} to {value.high:.2f}"
