"""What paper shows of the options: the first reason of a kind and one figure. The style sheet hides the rest."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from mspike.report.view.model import Card, DisagreementView, PathView, SourceRow

LINE = 120
"""Characters that paper gives to a reason or a figure."""


def cut(text: str) -> tuple[str, str]:
    """The text in two, the first part about a line of paper long; the second is empty when all of it fits.

    It breaks after a semicolon in the second half of the line, else at a space, else anywhere.
    """
    if len(text) <= LINE + 20:
        return text, ""
    semicolon, space = text.rfind("; ", LINE // 2, LINE), text.rfind(" ", 0, LINE)
    at = semicolon + 1 if semicolon > 0 else space if space > 0 else LINE
    return text[:at], text[at:]


def refer_back(cards: list[Card]) -> list[Card]:
    """The cards of one path, a row whose reason an earlier row has given referring to that row."""
    given: dict[tuple[str, str], str] = {}
    found = []
    for card in cards:
        key = (card.verdict, card.why.text if card.why else "")
        same = "" if card.long or not card.why else given.setdefault(key, card.id)
        found.append(msgspec.structs.replace(card, why_as=same) if same not in ("", card.id) else card)
    return found


def mark_printed(
    rows: tuple[SourceRow, ...], paths: tuple[PathView, ...], disagreements: tuple[DisagreementView, ...]
) -> tuple[SourceRow, ...]:
    """The sources, each with whether a statement that is printed cites it."""
    numbers = {number for path in paths for run in path.runs for card in run.cards for number in printed_numbers(card)}
    numbers |= {position.tag.number for found in disagreements for position in found.positions}
    return tuple(msgspec.structs.replace(row, printed=row.number in numbers) for row in rows)


def printed_numbers(card: Card) -> Iterator[int]:
    """The sources of what paper shows of one option: keep in step with `static/paper.css`."""
    if not card.long:
        if card.why and card.verdict != "cannot-tell":
            yield card.why.tag.number
        return
    if not card.full:
        return
    first = {group.kind: group.items[0].tag.number for group in card.groups}
    contra = first.get("against") or first.get("caution")
    yield from (number for number in (first.get("for"), contra) if number)
    yield from (figure.tag.number for figure in card.evidence[:1])
