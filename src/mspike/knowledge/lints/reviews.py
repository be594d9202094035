"""Reviews: nothing claims one that did not happen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from mspike.knowledge.base import Review, first_day
from mspike.knowledge.lints.finding import Finding, is_date, is_day
from mspike.knowledge.model import Knowledge
from mspike.knowledge.statements import reviews, statements


def person(name: str | None) -> str:
    """A name as it is compared: case and spaces aside."""
    return " ".join((name or "").casefold().split())


def reviews_honest(knowledge: Knowledge) -> Iterator[Finding]:
    """The author is neither checker nor reviewer; a status above draft says who and when, at a source that was read."""
    above: dict[str, set[str]] = {}
    for statement in statements(knowledge):
        above.setdefault(statement.file, set()).add(statement.status)
        source = knowledge.sources.get(statement.source.id)
        if statement.status != "draft" and source is not None and source.basis.startswith("recall"):
            yield Finding(statement.where, "checked at a source that was not opened", source.id, "Keep it draft.")
    for file, review in reviews(knowledge).items():
        yield from _signed(file, review, above.get(file, set()))


def _signed(file: str, review: Review, statuses: set[str]) -> Iterator[Finding]:
    roles = (
        ("source-checked", "checked", review.checked_by, review.checked_on),
        ("clinician-reviewed", "reviewed", review.reviewed_by, review.reviewed_on),
    )
    for status, verb, name, day in roles:
        if status in statuses and not (name and day):
            yield Finding(file, f"{status}, but it does not say by whom and when")
        if name and person(name) == person(review.drafted_by):
            yield Finding(file, f"{verb} by its author", name)
        if bool(name) != bool(day) or (day and not is_day(day)):
            yield Finding(file, f"{verb}_by and {verb}_on belong together, the latter a day", f"{name!r}, {day!r}")
        if name and statuses and status not in statuses and verb == "checked" and "clinician-reviewed" not in statuses:
            yield Finding(file, "names a checker, but no statement of it is source-checked", name)
    if review.reviewed_by and person(review.reviewed_by) == person(review.checked_by):
        yield Finding(file, "checked and reviewed by one person", review.reviewed_by)
    if review.due and not is_day(review.due):
        yield Finding(file, "`due` is a day (YYYY-MM-DD)", repr(review.due))


def nothing_to_come(knowledge: Knowledge) -> Iterator[Finding]:
    """No source and no review is later than the knowledge itself, whose version names its year and month."""
    dates = [(f"sources/{name}", day) for name, s in knowledge.sources.items() for day in (s.date, s.read_on)]
    dates += [(file, day or "") for file, r in reviews(knowledge).items() for day in (r.checked_on, r.reviewed_on)]
    year, month = (int(part) for part in knowledge.version.split(".")[:2])
    for where, text in dates:
        if is_date(text) and (first_day(text).year, first_day(text).month) > (year, month):
            todo = "Mend the day, or raise `version` in knowledge.yaml."
            yield Finding(where, f"later than knowledge {knowledge.version}", text, todo)


def overdue(knowledge: Knowledge, today: dt.date) -> Iterator[Finding]:
    """Reviews that are due by today. No fault of the files: time passes."""
    for file, review in reviews(knowledge).items():
        if is_day(review.due) and first_day(review.due or "") < today:
            yield Finding(file, "review overdue", str(review.due))
