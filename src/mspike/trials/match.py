"""One patient against trials: each criterion met, not met, unknown or not computable, with the registry's words.

A trial is ruled out only by a plain rule, quoted, that is surely not met. Nobody is told that they can join: what is
left is "no conflict found, n questions open", since a registry text leaves rules to the protocol and to the site.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

from mspike.derive import State, show_value
from mspike.knowledge import Expr, Truth, deciding, evaluate
from mspike.record import Record
from mspike.trials.criteria import Criterion, Parsed
from mspike.trials.rules import Rule, doubt_of, questions, rule_of
from mspike.trials.search import Found, Search
from mspike.trials.values import Values

Answer = Literal["met", "not-met", "unknown", "not-computable"]
ORDER = (
    "trials without a conflict before those with one, records with an eligibility text before those without, then "
    "fewer open questions, then the order of the search (distance, where a place was asked). It is no ranking."
)


NOT_SAID = "the record does not say"
TO_READ = "a person has to read it"
QUESTION = re.compile(r"[^?\s][^?]*\?")
"""One of the questions that a criterion asks."""


class CriterionMatch(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The answer to one criterion."""

    id: str
    cohorts: tuple[str, ...]
    side: str
    fact: str
    answer: Answer
    because: str = ""
    """The facts that settle it with their values; for unknown what is missing, or why the words need a person."""
    facts: tuple[str, ...] = ()
    """Facts that settle it; where it is unknown, those that are missing."""
    against: bool = False
    """Not met as far as the record goes, but the words leave doubt: the answer is unknown."""
    changes: bool = False
    """Another day may give another answer."""
    question: str = ""
    quote: str
    field: str
    start: int
    end: int


class CohortMatch(msgspec.Struct, frozen=True, kw_only=True):
    """One cohort or part: its own rules and those for all."""

    id: str
    against: tuple[str, ...]
    """Ids of criteria that speak against it."""
    questions: int


class TrialMatch(msgspec.Struct, frozen=True, kw_only=True):
    """One trial."""

    trial: Found
    verdict: str
    ruled_out: bool
    no_text: bool
    """The record has no eligibility text: there was nothing to compare."""
    conflicts: tuple[str, ...]
    """Ids of the criteria that are not met."""
    questions: int
    counts: dict[str, int]
    cohorts: tuple[CohortMatch, ...]
    criteria: tuple[CriterionMatch, ...]


class NextQuestion(msgspec.Struct, frozen=True):
    """Something the record does not say."""

    question: str
    trials: int
    """Trials, not ruled out, that ask for it."""
    settles: int
    """Of these, where an answer could rule the trial out or close a plain rule."""


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """The answer for one patient. It names nobody."""

    as_of: str
    search: Search
    order: str = ORDER
    next_questions: tuple[NextQuestion, ...]
    """What settles most trials, first."""
    trials: tuple[TrialMatch, ...]


class Ruled(msgspec.Struct, frozen=True):
    """A trial's criteria, each with its rule and why it rules nothing out, or with its answer where that is the same
    for everybody."""

    parsed: Parsed
    rules: tuple[tuple[Criterion, Rule, str, CriterionMatch | None], ...]
    groups: bool
    """Some criteria are ways of which one is enough."""


class Matcher:
    """Keeps the rules of trials between patients. `criteria` gives what a trial's text asks for, by NCT number."""

    def __init__(self, criteria: Callable[[str], Parsed | None]) -> None:
        self._criteria = criteria
        self._known: dict[str, Ruled] = {}

    def match(self, state: State, record: Record, search: Search) -> Match:
        """Every trial of a search against one patient."""
        answers = Answers(Values(state, record))
        found = [self._trial(shown, answers) for shown in search.trials]
        place = {shown.nct_id: number for number, shown in enumerate(search.trials)}
        found.sort(key=lambda m: (m.ruled_out, m.no_text, m.questions, place[m.trial.nct_id]))
        return Match(
            as_of=state.as_of.isoformat(),
            search=msgspec.structs.replace(search, trials=()),
            next_questions=tuple(next_questions(found)),
            trials=tuple(found),
        )

    def _trial(self, shown: Found, answers: Answers) -> TrialMatch:
        ruled = self._of(shown.nct_id)
        if ruled is None:
            return _trial_match(shown, (), (), no_text=True)
        found = tuple(same or answers.of(criterion, rule, doubt) for criterion, rule, doubt, same in ruled.rules)
        if ruled.groups:
            found = _alternatives(ruled.parsed.criteria, found)
        cohorts = tuple(cohort.id for cohort in ruled.parsed.cohorts)
        return _trial_match(shown, cohorts, found, no_text=ruled.parsed.completeness == "none")

    def _of(self, nct: str) -> Ruled | None:
        parsed = self._criteria(nct)
        if parsed is None:
            return None
        known = self._known.get(nct)
        if known is None or known.parsed is not parsed:
            rules = tuple(_ruled(criterion) for criterion in parsed.criteria)
            groups = any(criterion.any_of for criterion in parsed.criteria)
            known = self._known[nct] = Ruled(parsed, rules, groups)
        return known


def _ruled(criterion: Criterion) -> tuple[Criterion, Rule, str, CriterionMatch | None]:
    rule = rule_of(criterion)
    if rule.why_not:
        return criterion, rule, "", _criterion_match(criterion, rule, "not-computable", rule.why_not)
    if rule.met is None and rule.broken is None:
        return criterion, rule, "", _criterion_match(criterion, rule, "unknown", NOT_SAID, question=rule.ask)
    return criterion, rule, doubt_of(criterion), None


def _criterion_match(
    criterion: Criterion, rule: Rule, answer: Answer, because: str, facts: tuple[str, ...] = (), against: bool = False,
    question: str = "",
) -> CriterionMatch:  # fmt: skip
    evidence = criterion.evidence
    return CriterionMatch(
        id=criterion.id, cohorts=criterion.cohorts, side=criterion.side, fact=criterion.fact, answer=answer,
        because=because, facts=facts, against=against, changes=rule.changes, question=question,
        quote=evidence.quote, field=evidence.field, start=evidence.start, end=evidence.end,
    )  # fmt: skip


class Answers:
    """What each rule comes to for one patient; a rule that many trials have is evaluated once."""

    def __init__(self, values: Values) -> None:
        self.values = values
        self._known: dict[int, tuple[Answer, tuple[str, ...], str, str]] = {}

    def of(self, criterion: Criterion, rule: Rule, doubt: str) -> CriterionMatch:
        if id(rule) not in self._known:
            self._known[id(rule)] = self._evaluated(rule)
        answer, facts, because, question = self._known[id(rule)]
        against = answer == "not-met" and bool(doubt)
        if against:
            answer, because = "unknown", f"{because}; it rules nothing out: {doubt}"
        return _criterion_match(criterion, rule, answer, because, facts, against, question)

    def _evaluated(self, rule: Rule) -> tuple[Answer, tuple[str, ...], str, str]:
        missing: list[str] = []
        for expr, answer in ((rule.met, "met"), (rule.broken, "not-met")):
            if expr is None:
                continue
            facts = self._deciding(expr)
            if self._truth(expr)[0]:
                said = ", ".join(f"{name.replace('_', ' ')} {show_value(self.values.of(name))}" for name in facts)
                return ("met" if answer == "met" else "not-met"), facts, said, ""
            missing += [name for name in facts if self.values.of(name) is None and name not in missing]
        old = "; ".join(self.values.old[name] for name in missing if name in self.values.old)
        asked = list(dict.fromkeys(questions()[name] for name in missing if name in questions()))
        question = " ".join(asked) or rule.ask
        return "unknown", tuple(missing), old or NOT_SAID, question

    def _truth(self, expr: Expr) -> Truth:
        return evaluate(expr, self.values.truth)

    def _deciding(self, expr: Expr) -> tuple[str, ...]:
        return deciding(expr, self.values.truth)


def _alternatives(criteria: Iterable[Criterion], found: tuple[CriterionMatch, ...]) -> tuple[CriterionMatch, ...]:
    """Where one of several ways is met, the others are no questions any more."""
    groups = [criterion.any_of for criterion in criteria]
    met = {group for group, answer in zip(groups, found, strict=True) if group and answer.answer == "met"}
    if not met:
        return found
    closed = {"answer": "met", "against": False, "question": "", "facts": ()}
    return tuple(
        msgspec.structs.replace(answer, **closed, because=f"another of the ways under {group} is met")
        if group in met and answer.answer == "unknown" else answer
        for group, answer in zip(groups, found, strict=True)
    )  # fmt: skip


def _trial_match(
    shown: Found, cohorts: tuple[str, ...], found: tuple[CriterionMatch, ...], *, no_text: bool
) -> TrialMatch:
    counts = dict.fromkeys(("met", "not-met", "unknown", "not-computable"), 0)
    for one in found:
        counts[one.answer] += 1
    conflicts = tuple(one.id for one in found if one.answer == "not-met")
    return TrialMatch(
        trial=shown, verdict=verdict(len(conflicts), counts, no_text), ruled_out=bool(conflicts),
        no_text=no_text, conflicts=conflicts, questions=counts["unknown"], counts=counts,
        cohorts=tuple(_cohort(name, found) for name in cohorts), criteria=found,
    )  # fmt: skip


def verdict(conflicts: int, counts: dict[str, int], no_text: bool) -> str:
    """Never that somebody can join."""
    if conflicts:
        return f"ruled out by {conflicts} quoted rule{'' if conflicts == 1 else 's'}"
    if no_text:
        return "the record has no eligibility text: nothing to compare"
    found, unread = counts["unknown"], counts["not-computable"]
    said = f"no conflict found, {found} question{'' if found == 1 else 's'} open"
    return said + (f", {unread} statement{'' if unread == 1 else 's'} for a person to read" if unread else "")


def _cohort(name: str, found: tuple[CriterionMatch, ...]) -> CohortMatch:
    own = [one for one in found if one.cohorts == ("all",) or name in one.cohorts]
    return CohortMatch(
        id=name,
        against=tuple(one.id for one in own if one.against or one.answer == "not-met"),
        questions=sum(one.answer == "unknown" for one in own),
    )


def next_questions(found: Iterable[TrialMatch]) -> Iterable[NextQuestion]:
    """What the record does not say, by the number of trials that an answer settles most in."""
    trials: dict[str, int] = {}
    settled: dict[str, int] = {}
    for match in found:
        if match.ruled_out:
            continue
        here: dict[str, bool] = {}
        for one in match.criteria:
            for question in QUESTION.findall(one.question) if one.answer == "unknown" else ():
                here[question] = here.get(question, False) or bool(one.facts)
        for question, settles in here.items():
            trials[question] = trials.get(question, 0) + 1
            settled[question] = settled.get(question, 0) + settles
    for question in sorted(trials, key=lambda question: (-settled[question], -trials[question], question)):
        yield NextQuestion(question, trials[question], settled[question])
