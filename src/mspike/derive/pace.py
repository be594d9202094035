"""How fast the relapse is: a significant biochemical relapse, or a slow one. Rules: spec/status.md.

Two clauses make it significant (treatment triggers after IMWG 2011): the serum M-protein doubles within two months
from 5 g/L or more, and the next sample is not below the double; or serum, urine or the involved light chain rises by
a fixed amount in two consecutive samples. Reference: the first value of the line, lowered by every confirmed value.
"""

from __future__ import annotations

import math
from itertools import pairwise

import msgspec

from mspike.derive.intervals import (
    at_least,
    at_most,
    hull,
    less,
    not_negative,
    number_words,
    span_words,
    times,
    tri_and,
    tri_or,
)
from mspike.derive.settings import Settings
from mspike.derive.state import Line
from mspike.record import Day, Measurement, Number, Record, Tri, day_of, days_between

MONTH_DAYS = 365.25 / 12
UNITS = ("g/L", "mg/24h", "mg/L")
"""Of serum M, urine M and the light chains."""


class Sample(msgspec.Struct, frozen=True):
    date: Day
    value: Number
    at: str
    abnormal: Tri = True
    """Light chains: whether the ratio is abnormal."""


class Series(msgspec.Struct, frozen=True):
    """One marker since the baseline of the last line, by date."""

    name: str
    unit: str
    samples: tuple[Sample, ...]
    rise: float
    """The rise in two consecutive samples that is significant."""
    clause: str
    """What none of its samples showed, in words, when neither clause holds."""
    doubles: bool = False
    """Whether doubling counts for it."""


class Finding(msgspec.Struct, frozen=True):
    value: Tri
    because: str
    date: Day | None = None
    at: tuple[str, ...] = ()


def derive_pace(record: Record, lines: tuple[Line, ...] | None, settings: Settings) -> Finding:
    """Whether the values show a significant biochemical relapse; unknown without two dated values of one marker."""
    start = lines[-1].start if lines else None
    if start is None or start.first == start.last:
        return _finding(record, start, settings)
    early, late = (_finding(record, day_of(day), settings) for day in (start.first, start.last))
    if early.value is late.value:
        return early
    return Finding(
        None, f"the values since the start of the last line ({start.text}) depend on its day", None, early.at
    )


def _finding(record: Record, start: Day | None, settings: Settings) -> Finding:
    found = [_judge(series, settings) for series in _all_series(record, start, settings) if _two_days(series.samples)]
    if not found:
        return Finding(None, "fewer than two dated values of serum M, urine M or the involved light chain")
    value = tri_or(f.value for f in found)
    telling = [f for f in found if f.value is value]
    at = tuple(dict.fromkeys(pointer for f in telling for pointer in f.at))
    return Finding(value, "; ".join(f.because for f in telling), telling[0].date, at)


def _two_days(samples: tuple[Sample, ...]) -> bool:
    """Whether two samples are surely of different days."""
    return bool(samples) and min(s.date.last for s in samples) < max(s.date.first for s in samples)


def _all_series(record: Record, start: Day | None, settings: Settings) -> tuple[Series, ...]:
    by_test: dict[str, list[Measurement]] = {}
    for entry in record.measurements:
        if entry.test in ("serum-m-protein", "urine-m-protein", "kappa-flc", "lambda-flc") and entry.value is not None:
            by_test.setdefault(entry.test, []).append(entry)
    if not by_test:
        return ()
    serum = _since(_samples(by_test.get("serum-m-protein", ())), start, settings)
    urine = _since(_samples(by_test.get("urine-m-protein", ())), start, settings)
    chain, light = _involved(record, by_test, settings)
    light = _since(light, start, settings)
    rises = (settings.serum_rise_g_l, settings.urine_rise_mg_24h, settings.involved_flc_rise_mg_l)
    says = [f"rise of {number_words(rise)} {unit} in two samples" for rise, unit in zip(rises, UNITS, strict=True)]
    doubling = f"doubled in {settings.doubling_days:g} days from {settings.doubling_floor_g_l:g} g/L on"
    return (
        Series("serum M", UNITS[0], serum, rises[0], f"neither {doubling} nor a {says[0]}", doubles=True),
        Series("urine M", UNITS[1], urine, rises[1], f"no {says[1]}"),
        Series(f"{chain} light chain", UNITS[2], light, rises[2], f"no {says[2]} with an abnormal ratio"),
    )


def _samples(entries: list[Measurement] | tuple[()]) -> tuple[Sample, ...]:
    """By date; two results of one day are one sample with both as its bounds."""
    found: dict[Day, Sample] = {}
    for entry in sorted(entries, key=lambda m: (m.date.first, m.date.last)):
        value = not_negative(entry.value) if entry.value is not None else Number(0, math.inf)
        known = found.get(entry.date)
        found[entry.date] = Sample(entry.date, hull(known.value, value) if known else value, entry.at)
    return tuple(found.values())


def _since(samples: tuple[Sample, ...], start: Day | None, settings: Settings) -> tuple[Sample, ...]:
    """From the last value on or before the start of the last line, if it is recent enough to be its baseline."""
    if start is None or len(samples) < 2:
        return samples
    first = 0
    for place, sample in enumerate(samples):
        if sample.date.last <= start.first:
            first = place
    gap = days_between(samples[first].date, start)
    if gap.low > settings.baseline_days:
        first += 1
    return samples[first:]


def _involved(
    record: Record, by_test: dict[str, list[Measurement]], settings: Settings
) -> tuple[str, tuple[Sample, ...]]:
    """The involved chain and its samples, each with whether the ratio of that day is abnormal."""
    kappa, lambda_ = _samples(by_test.get("kappa-flc", ())), _samples(by_test.get("lambda-flc", ()))
    chain = record.disease.light_chain
    if chain is None and record.disease.isotype:
        chain = next((c for c in ("kappa", "lambda") if c in record.disease.isotype), None)
    if chain is None:
        if not kappa or not lambda_:
            return "free", ()
        top_kappa, top_lambda = max(s.value.high for s in kappa), max(s.value.high for s in lambda_)
        chain = "kappa" if top_kappa >= top_lambda else "lambda"
    own, other = (kappa, lambda_) if chain == "kappa" else (lambda_, kappa)
    others = {s.date: s.value for s in other}
    samples = tuple(Sample(s.date, s.value, s.at, _abnormal(chain, s.value, others.get(s.date), settings)) for s in own)
    return chain, samples


def _abnormal(chain: str, own: Number, other: Number | None, settings: Settings) -> Tri:
    """Whether kappa over lambda lies outside the normal ratio on the side of the involved chain."""
    if other is None or other.low <= 0:
        return None
    ratio = Number(own.low / other.high, own.high / other.low)
    within = at_most(ratio, settings.flc_ratio_high if chain == "kappa" else 1 / settings.flc_ratio_low)
    return None if within is None else not within


def _judge(series: Series, settings: Settings) -> Finding:
    samples = series.samples
    if any(a.date.last >= b.date.first for a, b in pairwise(samples)):
        return _unordered(series, settings)
    clauses = [_rise(series)]
    if series.doubles:
        clauses.append(_doubling(series, settings))
    for wanted in (True, None):
        for finding in clauses:
            if finding.value is wanted:
                return finding
    return _slow(series)


def _unordered(series: Series, settings: Settings) -> Finding:
    """Partial dates overlap, so the order of the samples is open: only a range too small for any clause decides."""
    low, high = min(s.value.low for s in series.samples), max(s.value.high for s in series.samples)
    doubling = series.doubles and high >= 2 * max(low, settings.doubling_floor_g_l)
    at = tuple(s.at for s in series.samples)
    if high - low < series.rise and not doubling:
        return Finding(
            False, f"{series.name} between {number_words(low)} and {number_words(high)} {series.unit}", None, at
        )
    return Finding(None, f"{series.name}: the order of the samples is open, their dates overlap", None, at)


def _doubling(series: Series, settings: Settings) -> Finding:
    """A pair in the window whose lower value reaches the floor; the sample after it not below the double."""
    unknown: Finding | None = None
    samples = series.samples
    for later in range(1, len(samples)):
        for earlier in range(later - 1, -1, -1):
            low, high = samples[earlier], samples[later]
            days = days_between(low.date, high.date)
            if days.low > settings.doubling_days:
                break
            double = times(low.value, 2)
            pair = tri_and(
                (
                    at_most(days, settings.doubling_days),
                    at_least(low.value, settings.doubling_floor_g_l),
                    at_least(high.value, 2 * settings.doubling_floor_g_l),  # follows; it tells with `<5`-like values
                    at_least(less(high.value, double), 0),
                )
            )
            if pair is False:
                continue
            after = samples[later + 1] if later + 1 < len(samples) else None
            held = at_least(less(after.value, double), 0) if after else None
            value = tri_and((pair, held))
            if value is False:
                continue
            words = f"{series.name} {_value(low)} → {_value(high)} {series.unit} in {span_words(days, 'days')}, " + (
                f"then {_value(after)}" if after else "no sample since"
            )
            at = tuple(s.at for s in (low, high, after) if s)
            if value:
                return Finding(True, f"{words}: doubled", high.date, at)
            tail = "cannot be told" if pair is None else "doubled, not yet confirmed by a second sample"
            unknown = unknown or Finding(None, f"{words}: {tail}", high.date, at)
    return unknown or Finding(False, "")


def _rise(series: Series) -> Finding:
    """The same rise over the reference in two consecutive samples."""
    samples = series.samples
    reference = samples[0].value
    unknown: Finding | None = None
    for place in range(1, len(samples)):
        now = samples[place]
        after = samples[place + 1] if place + 1 < len(samples) else None
        up = tri_and((at_least(less(now.value, reference), series.rise), now.abnormal))
        held = tri_and((at_least(less(after.value, reference), series.rise), after.abnormal)) if after else None
        value = tri_and((up, held))
        if value is not False:
            words = f"{series.name} {span_words(reference)} → {_value(now)} {series.unit}, " + (
                f"then {_value(after)}" if after else "no sample since"
            )
            rise = span_words(less(now.value, reference), series.unit)
            at = tuple(s.at for s in (now, after) if s)
            if value:
                return Finding(True, f"{words}: a rise of {rise}, limit {number_words(series.rise)}", now.date, at)
            tail = f"a rise of {rise}, not yet confirmed by a second sample" if up else "cannot be told"
            unknown = unknown or Finding(None, f"{words}: {tail}", now.date, at)
        before = samples[place - 1].value
        confirmed = Number(max(before.low, now.value.low), max(before.high, now.value.high))
        reference = Number(min(reference.low, confirmed.low), min(reference.high, confirmed.high))
    return unknown or Finding(False, "")


SHOWN = 4
"""So many of the latest samples are named when neither clause holds."""


def _slow(series: Series) -> Finding:
    """Neither clause holds: the latest samples, the rise from the lowest of them, and its doubling time."""
    shown = series.samples[-SHOWN:]
    lowest, last = min(reversed(shown), key=lambda s: (s.value.low, s.value.high)), shown[-1]  # the latest of equals
    words = f"{series.name} {' → '.join(map(_value, shown))} {series.unit} in "
    words += span_words(days_between(shown[0].date, last.date), "days")
    change, days = less(last.value, lowest.value), days_between(lowest.date, last.date)
    if change.high <= 0:
        words += ": no rise"
    elif change.low == change.high and lowest.value.low > 0 and days.low == days.high > 0:
        months = days.low * math.log(2) / math.log(last.value.low / lowest.value.low) / MONTH_DAYS
        words += (
            f": +{span_words(change, series.unit)} from the lowest, doubling time about {number_words(months)} months"
        )
    return Finding(
        False,
        f"{words}; {series.clause}",
        last.date,
        tuple(s.at for s in shown),
    )


def _value(sample: Sample | None) -> str:
    return span_words(sample.value) if sample else ""
