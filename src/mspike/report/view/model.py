"""The page as plain data: what a template prints, with every word chosen and nothing left to decide."""

from __future__ import annotations

import msgspec


class Tag(msgspec.Struct, frozen=True):
    """A source tag: the number in the list of sources, and what the reader sees of it there."""

    number: int
    text: str
    """`Label: Kyprolis 2025`."""
    draft: bool = False
    """The statement that carries it is not yet checked at the source."""


class Cell(msgspec.Struct, frozen=True):
    """One cell of the strip."""

    label: str
    value: str
    note: str = ""


class Note(msgspec.Struct, frozen=True):
    """A short titled sentence under the state."""

    title: str
    text: str


class Item(msgspec.Struct, frozen=True):
    """One reason as a line of text."""

    text: str
    tag: Tag
    rules_out: bool = False


class Group(msgspec.Struct, frozen=True):
    """Reasons of one kind: `for`, `against`, `caution` or `risk`."""

    kind: str
    title: str
    items: tuple[Item, ...]


class Ask(msgspec.Struct, frozen=True):
    """An unknown fact as a question."""

    text: str
    settles: str
    decides: bool


class Figure(msgspec.Struct, frozen=True):
    """A trial's result with its population."""

    trial: str
    population: str
    result: str
    tag: Tag


class FactRow(msgspec.Struct, frozen=True):
    """A fact as a trace shows it."""

    name: str
    value: str
    date: str
    basis: str
    at: str
    """Where in the record it stands."""


class RuleRow(msgspec.Struct, frozen=True):
    """A rule that held, with the facts that made it hold."""

    id: str
    effect: str
    facts: str
    tag: Tag
    locator: str
    status: str


class Repeat(msgspec.Struct, frozen=True):
    """One earlier regimen, judged on its own."""

    regimen: str
    verdict: str
    groups: tuple[Group, ...]
    needs: tuple[Ask, ...] = ()


class Mark(msgspec.Struct, frozen=True):
    """A yes, no or unknown with its word and a note beside it."""

    state: str
    """`yes`, `no` or `unknown`."""
    word: str
    note: str = ""


class Card(msgspec.Struct, frozen=True):
    """One option."""

    anchor: str
    id: str
    name: str
    verdict: str
    label: Mark
    """Whether the record meets the label's own conditions."""
    why: Item | None
    """The one reason that a short row shows; None when nothing speaks against it."""
    why_as: str
    """The option above it on the same path whose reason is the same: paper refers to that one."""
    more: int
    """How many further reasons against, cautions and questions the row holds."""
    meta: str
    groups: tuple[Group, ...]
    against: bool
    """Whether any reason speaks against it."""
    needs: tuple[Ask, ...]
    available: str
    available_tag: Tag
    evidence: tuple[Figure, ...]
    facts: tuple[FactRow, ...]
    rules: tuple[RuleRow, ...]
    repeats: tuple[Repeat, ...]
    drafts: int
    statements: int
    long: bool
    """Long form; else a row that opens."""
    full: bool
    """Paper shows its first reasons and a figure; else only what decides."""


class Run(msgspec.Struct, frozen=True):
    """Neighbouring options drawn alike, so that long and short forms keep one order."""

    long: bool
    cards: tuple[Card, ...]


class PathView(msgspec.Struct, frozen=True):
    id: str
    label: str
    count: int
    counts: str
    """`3 fits, 27 caution, 8 ruled out`."""
    runs: tuple[Run, ...]


class Legend(msgspec.Struct, frozen=True):
    verdict: str
    count: int
    means: str


class LineRow(msgspec.Struct, frozen=True):
    number: str
    regimen: str
    drugs: str
    start: str
    stop: str
    response: str
    ended: str
    because: str
    basis: str
    flags: str


class ResponseRow(msgspec.Struct, frozen=True):
    date: str
    line: str
    timepoint: str
    confirmed: str
    because: str
    flags: str
    news: bool
    """The category is another than on the last date: the paper prints this row."""


class DrugRow(msgspec.Struct, frozen=True):
    """One row of the grid: a drug, or the drugs of a class that were never given."""

    class_name: str
    drug: str
    exposed: Mark
    refractory: Mark | None
    intolerant: Mark | None


class QuestionRow(msgspec.Struct, frozen=True):
    text: str
    settles: str
    affected: int
    decides: int


class PositionRow(msgspec.Struct, frozen=True):
    says: str
    tag: Tag
    met: Mark


class DisagreementView(msgspec.Struct, frozen=True):
    topic: str
    record: str
    positions: tuple[PositionRow, ...]


class Place(msgspec.Struct, frozen=True):
    """A place in a source: a section, a table, or where it is read."""

    text: str
    address: str = ""
    """The web address to open, where the text is one."""


class SourceRow(msgspec.Struct, frozen=True):
    number: int
    kind: str
    title: str
    date: str
    places: tuple[Place, ...]
    status: str
    drafts: int
    statements: int
    tag: str
    """As the tags beside the statements name it."""
    printed: bool = True
    """Cited on paper, where each option shows only its first reasons."""


class ReadRow(msgspec.Struct, frozen=True):
    """A code that is not mapped, or one thing done with entries of the source."""

    says: str
    count: int = 1
    places: str = ""
    given: str = ""
    hint: str = ""


class ReadGroup(msgspec.Struct, frozen=True):
    title: str
    """`Not mapped`, `Refused`, `Assumed` or `Left out`."""
    count: int
    rows: tuple[ReadRow, ...]


class ReadView(msgspec.Struct, frozen=True):
    """What was read of a source that is no case file."""

    source: str
    read: str
    mapped: str
    groups: tuple[ReadGroup, ...]


class View(msgspec.Struct, frozen=True):
    """Everything on the page, in its order."""

    id: str
    as_of: str
    place: str
    """The country whose labels were read."""
    knowledge: str
    newest: str
    headline: str
    strip: tuple[Cell, ...]
    in_scope: bool
    notes: tuple[str, ...]
    """What the reader must know first; above the state when the record is out of scope."""
    sentence: str
    because: tuple[Note, ...]
    lines: tuple[LineRow, ...] | None
    """None: the record does not say whether anything was given."""
    responses: tuple[ResponseRow, ...]
    drugs: tuple[DrugRow, ...]
    groups: tuple[tuple[str, Mark], ...]
    flags: str
    questions: tuple[QuestionRow, ...]
    legend: tuple[Legend, ...]
    options: int
    paths: tuple[PathView, ...]
    disagreements: tuple[DisagreementView, ...]
    sources: tuple[SourceRow, ...]
    versions: tuple[tuple[str, str], ...]
    limits: tuple[str, ...]
    quality: ReadView | None = None
