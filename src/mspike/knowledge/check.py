"""`mspike knowledge check`: what must hold of the knowledge files beyond their schema.

Each finding says where, which rule, what was given and what to do. An empty list: all holds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

from mspike.knowledge.lints import claims, files, reviews, rules, sources, words
from mspike.knowledge.lints.finding import Finding
from mspike.knowledge.model import Knowledge

LINTS: tuple[Callable[[Knowledge], Iterable[Finding]], ...] = (
    sources.sources_resolve, sources.sources_described, sources.sources_used, sources.licence_kept,
    files.versions_increase, files.dates_read, files.ids_well_formed, files.links_resolve, files.drugs_used,
    files.timeline_complete, files.off_label_of_approved, rules.conditions_hold, rules.values_shown, rules.rules_apply,
    reviews.reviews_honest, reviews.nothing_to_come, words.words_ours, words.nothing_copied, claims.claims_carried,
)  # fmt: skip
"""What holds of the files or does not, whatever the day of the check."""


def check(knowledge: Knowledge) -> list[Finding]:
    """Every finding, in the order of LINTS."""
    return [finding for lint in LINTS for finding in lint(knowledge)]


def overdue(knowledge: Knowledge, today: dt.date) -> list[Finding]:
    """Reviews that are due by today: to be told, and no fault of the files."""
    return list(reviews.overdue(knowledge, today))


def pack_fresh() -> bool:
    """Whether the pack that answers are made from is that of the files; a checkout mends its own."""
    from mspike.knowledge.files import DATA
    from mspike.knowledge.pack import file_digest, load_pack

    return load_pack().digest == file_digest(DATA)


__all__ = ["Finding", "check", "overdue", "pack_fresh"]
