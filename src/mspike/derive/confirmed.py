"""How a level was confirmed, and as what; or why it is not: the last words of a row."""

from __future__ import annotations

from mspike.derive.kernel.codes import (
    BY_DEATH,
    BY_ITSELF,
    BY_NEW_LINE,
    BY_RECORD,
    BY_SAMPLE,
    LEVELS,
    NE,
    O_CONFIRMED,
    O_DAY,
    O_HOW,
    O_KNOWN,
    O_LEVEL,
    O_LINE,
    PD,
    PR,
    REFUTED,
    SD,
)
from mspike.derive.outcome import Outcome
from mspike.derive.samples import Samples


def confirmed_words(run: Outcome, w: int, level: int, samples: Samples) -> str:
    """How the level was confirmed, and as what; or why it is not."""
    ints = run.ints
    if level in (NE, SD):
        return ""
    how, known = ints[O_HOW][w], ints[O_KNOWN][w]
    later = _later(run, w, known, samples)
    same = known == ints[O_DAY][w] and later != ""
    if how == BY_NEW_LINE:
        return f"confirmed by the new line {'of that day' if same else later}".rstrip()
    if how == BY_DEATH:
        return f"death {'on that day ' if same else later and f'{later} '}stands for the second sample"
    if how == BY_RECORD:
        return "stated as confirmed"
    if how == REFUTED:
        return "not confirmed by the next sample"
    if how == BY_SAMPLE and level == PD:
        return f"confirmed {later or 'by the next sample'}"
    if (how == BY_ITSELF and level <= PR) or ints[O_CONFIRMED][w] == PD:  # a progression before it has been confirmed
        return ""
    return _second_sample(run, w, level, samples)


def _second_sample(run: Outcome, w: int, level: int, samples: Samples) -> str:
    """What the next sample of the line that could be judged made of a response or a lone progression."""
    ints = run.ints
    line = ints[O_LINE][w]
    for k in range(w + 1, run.rows):
        if ints[O_LINE][k] != line:
            return "not confirmed: no second sample before the next line"
        found = ints[O_LEVEL][k]
        if found != NE and level != PD:
            later = _later(run, w, ints[O_DAY][k], samples)
            if found >= level:
                return f"confirmed {later or 'by the next sample'}"
            if ints[O_CONFIRMED][w] >= level:
                return ""
            if found > SD:
                return f"confirmed as {LEVELS[found]} {later or 'by the next sample'}"
            return f"not confirmed: {LEVELS[found]} {later or 'in the next sample'}"
    reached = level != PD and ints[O_CONFIRMED][w] >= level  # by samples before it
    return "" if reached else "not confirmed: no second sample yet"


def _later(run: Outcome, w: int, until: int, samples: Samples) -> str:
    """`28 days later`; nothing where one of the two days is not known to the day."""
    days = [run.days.get(run.ints[O_DAY][w]), run.days.get(until)]
    days += [d for d in samples.starts if until in (d.first.toordinal(), d.last.toordinal())]
    if any(d is not None and d.first != d.last for d in days):
        return ""
    passed = until - run.ints[O_DAY][w]
    return f"{passed} days later" if passed != 1 else "1 day later"
