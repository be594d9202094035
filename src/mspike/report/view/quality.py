"""What became of a source that is no case file: read, mapped, not mapped, assumed, refused, left out."""

from __future__ import annotations

from collections.abc import Iterable

from mspike.options.answer import Answer
from mspike.report.view.model import ReadGroup, ReadRow, ReadView

PLACES = 3
"""Places that are named of one and the same note; the answer's JSON has every one."""

Said = tuple[str, str, str, str]
"""What is said, where, as given, and what to do."""


def view_quality(answer: Answer) -> ReadView | None:
    """The data-quality report, alike notes put together. None for a case file: that is read whole or refused."""
    quality = answer.quality
    if quality is None:
        return None
    unmapped = tuple(
        ReadRow(
            says=" ".join(filter(None, (row.kind, row.system, row.code, row.display))),
            count=row.count,
            hint=_near(row.nearest),
        )
        for row in quality.unmapped
    )
    notes = (("Refused", quality.refused), ("Assumed", quality.assumed), ("Left out", quality.left_out))
    groups = [ReadGroup("Not mapped", sum(row.count for row in unmapped), unmapped)]
    groups += [
        ReadGroup(title, len(listed), _rows((note.says, note.at, note.given, note.hint) for note in listed))
        for title, listed in notes
    ]
    return ReadView(
        source=quality.source,
        read=_counts(quality.read),
        mapped=_counts(quality.mapped),
        groups=tuple(group for group in groups if group.count),
    )


def _near(nearest: str) -> str:
    return f"nearest known: {nearest}" if nearest and not nearest.startswith("known") else nearest


def _rows(notes: Iterable[Said]) -> tuple[ReadRow, ...]:
    alike: dict[Said, list[str]] = {}
    for says, at, given, hint in notes:
        alike.setdefault((says, "", given, hint), []).append(at)
    rows = [
        ReadRow(says, len(places), _places(places), given, hint) for (says, _, given, hint), places in alike.items()
    ]
    return tuple(sorted(rows, key=lambda row: -row.count))


def _places(places: list[str]) -> str:
    named = ", ".join(place for place in places[:PLACES] if place)
    more = len(places) - PLACES
    return f"{named} and {more} more" if more > 0 and named else named


def _counts(counts: dict[str, int]) -> str:
    """`1 Patient, 62 Observation`, the largest number first."""
    listed = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{count:,} {kind}" for kind, count in listed) or "nothing"
