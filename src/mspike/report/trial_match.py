"""One patient against trials, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mspike.report.trial_search import (
    NOTE,
    age_lines,
    counted,
    funnel_lines,
    gone_words,
    near_lines,
    record_age,
    status_words,
)

if TYPE_CHECKING:
    from mspike.trials import CriterionMatch, Match, TrialMatch

LIMITS = (
    "“No conflict found” is no promise: a registry text leaves rules to the protocol and to the site. Fixed rules read "
    "the texts; every conflict is quoted: check it against the record."
)
ASKED_FIRST = 5
OPEN_SHOWN = 6


def match_lines(match: Match, limit: int = 20) -> Iterator[str]:
    """What was searched, the questions that settle most, and the trials."""
    out = sum(trial.ruled_out for trial in match.trials)
    yield from funnel_lines(match.search)
    yield ""
    yield from age_lines(match.search)
    yield f"As of {match.as_of}: {counted(len(match.trials) - out)} without a conflict, {out:,} ruled out"
    yield f"Order: {match.order}"
    if match.next_questions:
        first, *others = match.next_questions[:ASKED_FIRST]
        yield f"\nThe next question that settles most trials ({first.trials:,}): {first.question}"
        for question in others:
            yield f"  then ({question.trials:,}): {question.question}"
    shown = match.trials[:limit] if limit else match.trials
    for trial in shown:
        yield ""
        yield from trial_lines(trial, match)
    if len(shown) < len(match.trials):
        yield f"\n{len(match.trials) - len(shown):,} more; --limit 0 shows all"
    yield f"\n{LIMITS}\n{NOTE}"


def trial_lines(trial: TrialMatch, match: Match) -> Iterator[str]:
    """One trial: verdict, conflicts, what speaks against it, what is open."""
    counts = trial.counts
    yield f"{trial.trial.nct_id}  {trial.trial.title}"
    yield f"  {trial.verdict}"
    yield f"  {status_words(trial.trial.status)}; {record_age(trial.trial)}"
    if trial.trial.gone_since:
        yield f"  {gone_words(trial.trial.gone_since)}"
    yield f"  {counts['met']} met · {counts['not-met']} not met · {counts['unknown']} unknown · " + (
        f"{counts['not-computable']} for a person to read"
    )
    if trial.trial.nearest is not None:
        yield from near_lines(trial.trial.nearest, match.search)
    for one in trial.criteria:
        if one.answer == "not-met":
            later = "; another day may change it" if one.changes else ""
            yield f"  ruled out because {said(one)}{later}"
    for one in (one for one in trial.criteria if one.against):
        yield f"  to check: {said(one)}"
    for cohort in trial.cohorts:
        if cohort.against and not trial.ruled_out and cohort.id != "all":
            yield f"  speaks against {cohort.id}: {', '.join(cohort.against)}"
    open_ones = [one for one in trial.criteria if one.answer == "unknown" and not one.against]
    for one in open_ones[:OPEN_SHOWN]:
        yield f"  open: {said(one)}"
    if len(open_ones) > OPEN_SHOWN:
        yield f"  {len(open_ones) - OPEN_SHOWN} more open; --format json has all"


def said(one: CriterionMatch) -> str:
    """A criterion in the record's words, with what settles it or is asked."""
    quote = " ".join(one.quote.split())
    words = f"{one.id} “{quote[:240]}{'…' if len(quote) > 240 else ''}” · {one.because}"
    return f"{words} · {one.question}" if one.question else words
