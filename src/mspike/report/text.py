"""The answer for a terminal: the same view as the page, in lines. `mspike.report.terminal` does the drawing."""

from __future__ import annotations

from collections.abc import Iterable

from mspike.options import Answer
from mspike.report import words
from mspike.report.sentence import finish
from mspike.report.terminal import Page
from mspike.report.text_quality import write_quality
from mspike.report.view import View, view
from mspike.report.view.model import Ask, Card, Cell, Group, Mark, PathView, Tag
from mspike.report.view.names import STILL_GIVEN

QUESTIONS = 6
FIRST = {"for": 3, "risk": 1}
"""Reasons of a kind shown before `all_reasons`; reasons against and cautions are never cut."""
FIGURES = 1
QUERIES = 3
"""Trial figures and open questions of an option shown before `all_reasons`; a question that decides is never cut."""
LONG_NAMES = 32
"""Ids that share a line stand before the reason up to here; longer ones are wrapped with it."""
MARKS = {"for": "+", "against": "−", "caution": "△", "risk": "△"}
TRI = {"yes": "●", "no": "○", "unknown": "◌", "none": "·"}


def render_text(
    answer: Answer,
    *,
    width: int = 100,
    color: bool = False,
    encoding: str = "utf-8",
    all_reasons: bool = False,
    path: str | None = None,
    all_questions: bool = False,
    all_quality: bool = False,
) -> str:
    """The answer in lines of `width` columns (40 to 140).

    Every option is there: what fits, meets its label or hangs on one unknown in long form, the others in a line with
    the reason; ruled-out options of a path with one and the same reason share a line. `all_reasons`: every option in
    long form, uncut. `path`: that path alone. `all_questions`: more than the first six. `all_quality`: the
    whole report on what was read. `encoding` is the terminal's.
    ValueError names a path that the answer does not have.
    """
    seen = view(finish(answer))
    paths = [found for found in seen.paths if path in (None, found.id)]
    if not paths and path is not None:
        raise ValueError(f"path {path!r} is not in this answer; it has {', '.join(found.id for found in seen.paths)}")
    page = Page(width, color, encoding)
    write_state(page, seen)
    if path is None:
        write_lines(page, seen)
        write_drugs(page, seen)
    write_questions(page, seen, all_questions)
    write_options(page, seen, paths, all_reasons)
    if path is None:
        write_disagreements(page, seen)
    write_quality(page, seen, all_quality)
    write_end(page, seen)
    return str(page)


def render_state_text(
    answer: Answer, *, width: int = 100, color: bool = False, encoding: str = "utf-8", all_quality: bool = False
) -> str:
    """The state alone: where the disease stands, the lines, the responses, the drugs."""
    seen = view(finish(answer))
    page = Page(width, color, encoding)
    write_state(page, seen)
    write_lines(page, seen)
    write_responses(page, seen)
    write_drugs(page, seen)
    write_quality(page, seen, all_quality)
    write_versions(page, seen)
    return str(page)


def write_state(page: Page, seen: View) -> None:
    facts = " · ".join(strip_words(cell) for cell in seen.strip[:-1])
    newest = seen.strip[-1]
    dated = f"newest data {newest.note} ({newest.value})" if newest.note else "newest data: no dated entry"
    page.box(seen.headline, f"as of {seen.as_of}", [facts, dated])
    page.blank()
    if not seen.in_scope:
        write_notes(page, seen)
    page.text(seen.sentence)
    page.blank()
    for note in seen.because:
        page.row([(f"{note.title}  ", "strong")], note.text, indent=2)
    if seen.in_scope:
        write_notes(page, seen)


def strip_words(cell: Cell) -> str:
    """A cell of the strip; with its label where the value alone does not tell what it is about."""
    plain = cell.value.startswith(("None", "Not "))
    return f"{cell.label.lower()}: {cell.value[0].lower()}{cell.value[1:]}" if plain else cell.value


def write_notes(page: Page, seen: View) -> None:
    for note in seen.notes:
        page.row([("!  ", "caution")], note, indent=2)
    page.blank()


def write_lines(page: Page, seen: View) -> None:
    if seen.lines is None:
        page.heading("LINES OF THERAPY", words.UNKNOWN)
        return
    if not seen.lines:
        page.heading("LINES OF THERAPY", "none")
        return
    page.heading("LINES OF THERAPY")
    head = ("", "when", "treatment", "deepest response", "ended", "count")
    rows = []
    for line in seen.lines:
        drugs = line.drugs.strip()
        treatment = f"{line.regimen}{' ' if drugs.startswith('(') else ': '}{drugs}"
        treatment += f"; {line.flags}" if line.flags else ""
        when = f"{line.start}, {line.stop}" if line.stop == STILL_GIVEN else f"{line.start} to {line.stop}"
        rows.append((line.number, when, treatment, line.response, line.ended, line.basis))
    page.table(head, rows, whole=1)


def write_responses(page: Page, seen: View) -> None:
    if seen.responses:
        page.heading("RESPONSES")
        head = ("date", "line", "that day", "confirmed", "flags", "because")
        rows = [(row.date, row.line, row.timepoint, row.confirmed, row.flags, row.because) for row in seen.responses]
        page.table(head, rows, whole=0)


def write_drugs(page: Page, seen: View) -> None:
    page.heading("REFRACTORY")
    rows, above = [], ""
    for row in seen.drugs:
        rows.append(("" if row.class_name == above else row.class_name, row.drug, mark(row.exposed),
                     mark(row.refractory), mark(row.intolerant)))  # fmt: skip
        above = "" if page.narrow else row.class_name
    page.table(("", "", "exposed", "refractory", "intolerant"), rows)
    page.text(" · ".join(f"{name} {TRI[found.state]} {found.word}" for name, found in seen.groups), indent=1, hang=1)
    if seen.flags:
        page.text(f"flags: {seen.flags}", indent=1, hang=1)


def mark(found: Mark | None) -> str:
    return " ".join(filter(None, (TRI[found.state], found.word, found.note))) if found else ""


def write_questions(page: Page, seen: View, everything: bool) -> None:
    if not seen.questions:
        return
    page.heading("WHAT WOULD CHANGE THIS LIST")
    shown = seen.questions if everything else seen.questions[:QUESTIONS]
    for row in shown:
        options = words.numbered(row.affected, "option")
        decides = f"decides {words.numbered(row.decides, 'verdict')} · " if row.decides else ""
        page.row([("?  ", "cannot-tell")], row.text, f"{decides}{options}", indent=1, tag_style="")
    if rest := len(seen.questions) - len(shown):
        page.text(f"… {rest} more: --questions", indent=1, style="quiet")


# -- the options


def write_options(page: Page, seen: View, paths: list[PathView], everything: bool) -> None:
    counts = " · ".join(
        f"[{words.VERDICT_SYMBOLS[row.verdict]}] {words.VERDICT_WORDS[row.verdict]} {row.count}" for row in seen.legend
    )
    page.heading("OPTIONS TO DISCUSS", f"{seen.options}: {counts}")
    page.text(words.ORDER, style="quiet")
    for found in paths:
        page.heading(found.label.upper(), f"{found.count}: {found.counts}")
        write_path(page, [card for run in found.runs for card in run.cards], everything)
    if len(paths) < len(seen.paths):
        others = sum(found.count for found in seen.paths) - sum(found.count for found in paths)
        page.blank()
        page.text(f"{words.numbered(others, 'option')} in other paths: leave out --path", style="quiet")


def write_path(page: Page, cards: Iterable[Card], everything: bool) -> None:
    """Each option in its order; a ruled-out one whose reason was just given for another joins that one's line."""
    groups: dict[tuple[str, ...], list[Card]] = {}
    for card in cards:
        long = everything or card.long
        merge = card.verdict == "ruled-out" and not everything and card.why is not None
        key = ("ruled-out", card.why.text, card.why.tag.text) if merge and card.why else (card.id, str(long))
        groups.setdefault(key, []).append(card)
    for same in groups.values():
        if everything or same[0].long:
            write_card(page, same[0], everything)
        else:
            write_row(page, same)


def lead(page: Page, card: Card) -> list[tuple[str, str]]:
    """Symbol and word of the verdict, in a column of their own where there is room."""
    word = words.VERDICT_WORDS[card.verdict]
    return [(f"[{words.VERDICT_SYMBOLS[card.verdict]}] {word if page.narrow else word.ljust(12)} ", card.verdict)]


def write_row(page: Page, cards: list[Card]) -> None:
    """One line: the options that share it and the reason."""
    card = cards[0]
    names = ", ".join(found.id for found in cards)
    why = card.why.text if card.why else card.name
    more = f" (+{card.more} more)" if card.more and len(cards) == 1 else ""
    source = tag(card.why.tag) if card.why else ""
    if len(cards) > 1 and len(names) > LONG_NAMES:
        page.row(lead(page, card), f"{names}: {why}", source, indent=1)
    else:
        page.row([*lead(page, card), (f"{names}  ", "strong")], why + more, source, indent=1)


def write_card(page: Page, card: Card, everything: bool) -> None:
    page.row([*lead(page, card), (f"{card.id}  ", "strong")], card.name, review(card), indent=1)
    indent = 4 if page.narrow else 19
    hidden = write_groups(page, card.groups, indent, everything)
    hidden += write_needs(page, card.needs, indent, everything)
    fit = f"; {card.label.word}" if card.label.word else ""
    page.row([("·  ", "")], card.available + fit, card.available_tag.text, indent=indent)
    if card.meta:
        page.row([("·  ", "")], card.meta, indent=indent)
    shown = card.evidence if everything else card.evidence[:FIGURES]
    for figure in shown:
        page.row([("·  ", "")], f"{figure.trial}, {figure.population}: {figure.result}", tag(figure.tag), indent=indent)
    for repeat in card.repeats:
        word = f"[{words.VERDICT_SYMBOLS[repeat.verdict]}] {words.VERDICT_WORDS[repeat.verdict]}"
        page.row([(f"{word} ", repeat.verdict)], repeat.regimen, indent=indent)
        write_groups(page, repeat.groups, indent + 4, True)
        hidden += write_needs(page, repeat.needs, indent + 4, everything)
    if hidden := hidden + len(card.evidence) - len(shown):
        page.text(f"… {hidden} more: --all-reasons", indent=indent, style="quiet")


def write_groups(page: Page, groups: Iterable[Group], indent: int, everything: bool) -> int:
    """The reasons, kind by kind; gives how many were left out."""
    hidden = 0
    for group in groups:
        shown = group.items if everything else group.items[: FIRST.get(group.kind, len(group.items))]
        hidden += len(group.items) - len(shown)
        before = "known risk: " if group.kind == "risk" else ""
        for item in shown:
            rules = "ruled out because: " if item.rules_out else ""
            page.row([(f"{MARKS[group.kind]}  ", "")], before + rules + item.text, tag(item.tag), indent=indent)
    return hidden


def write_needs(page: Page, needs: Iterable[Ask], indent: int, everything: bool) -> int:
    """What is unknown: what decides on a line of its own, the rest together; gives how many were left out."""
    rest = []
    for need in needs:
        if need.decides:
            page.row([("?  ", "cannot-tell")], f"decides the verdict: {need.text}", indent=indent)
        else:
            rest.append(need.text)
    shown = rest if everything else rest[:QUERIES]
    if shown:
        page.row([("?  ", "")], f"not known: {' '.join(shown)}", indent=indent)
    return len(rest) - len(shown)


def review(card: Card) -> str:
    """How far the statements of an option are checked."""
    if card.drafts:
        return f"draft {card.drafts} of {words.numbered(card.statements, 'statement')}"
    return "source-checked" if card.statements else ""


def tag(found: Tag) -> str:
    return f"{found.text} (draft)" if found.draft else found.text


# -- what stands below


def write_disagreements(page: Page, seen: View) -> None:
    if not seen.disagreements:
        return
    page.heading("WHERE SOURCES DISAGREE", str(len(seen.disagreements)))
    for found in seen.disagreements:
        page.text(found.topic + (f" (record: {found.record})" if found.record else ""), indent=1, hang=1)
        wide = max((len(row.met.word) for row in found.positions), default=0)
        for row in found.positions:
            page.row([(f"{TRI[row.met.state]} {row.met.word.ljust(wide)}  ", "")], row.says, tag(row.tag), indent=3)


def write_end(page: Page, seen: View) -> None:
    page.heading("NOT CONSIDERED", " · ".join(limit.rstrip(".") for limit in seen.limits))
    write_versions(page, seen)


def write_versions(page: Page, seen: View) -> None:
    page.blank()
    page.text(" · ".join(f"{name}: {value}" for name, value in seen.versions), style="quiet")
    page.text(words.FOOTER)
