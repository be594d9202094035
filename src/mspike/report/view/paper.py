"""What paper shows of the options: the first reason of a kind and one figure. The style sheet hides the rest."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from mspike.report.view.model import Card, DisagreementView, PathView, SourceRow


def mark_printed(
    rows: tuple[SourceRow, ...], paths: tuple[PathView, ...], disagreements: tuple[DisagreementView, ...]
) -> tuple[SourceRow, ...]:
    """The sources, each with whether a statement that is printed cites it."""
    numbers = {number for path in paths for run in path.runs for card in run.cards for number in printed_numbers(card)}
    numbers |= {position.tag.number for found in disagreements for position in found.positions}
    return tuple(msgspec.structs.replace(row, printed=row.number in numbers) for row in rows)


def printed_numbers(card: Card) -> Iterator[int]:
    """The sources of what paper shows of one option: keep in step with the rules under `@media print`."""
    if not card.long:
        if card.why and card.verdict != "cannot-tell":
            yield card.why.tag.number
        return
    first = {group.kind: group.items[0].tag.number for group in card.groups}
    contra = first.get("against") or first.get("caution")
    yield from (number for number in (first.get("for"), contra) if number)
    yield from (figure.tag.number for figure in card.evidence[:1])
