"""Lines for a terminal: wrapping, a tag at the right edge, a box, a table; colour and ASCII where asked for.

Nothing here knows what an answer is. Colour only repeats what a symbol and a word already say.
"""

from __future__ import annotations

import os
import shutil
import textwrap
import unicodedata
from collections.abc import Sequence
from typing import Any, TextIO

Line = list[tuple[str, str]]
"""Pieces of text with the name of their style; an empty name = plain."""

STYLES = {
    "strong": "bold", "quiet": "dim", "fits": "bold blue", "caution": "bold yellow", "cannot-tell": "bold magenta",
    "ruled-out": "dim",
}  # fmt: skip
PLAIN = {
    "✓": "v", "×": "x", "−": "-", "–": "-", "—": "-", "·": "/", "…": "...", "△": "!", "●": "*", "○": "o", "◌": "?",
    "→": "->", "≥": ">=", "≤": "<=", "±": "+/-", "’": "'", "‘": "'", "“": '"', "”": '"', "κ": "kappa", "λ": "lambda",
    "β": "beta", "µ": "u", "μ": "u", "⁹": "^9", "²": "2", "³": "3", "─": "-", "│": "|", "╭": "+", "╮": "+", "╰": "+",
    "╯": "+", "\u00a0": " ", "\u202f": " ",
}  # fmt: skip
"""What a symbol becomes where the terminal's encoding has no such character."""
NARROW = 80
"""Below this many columns a page has no columns of its own."""
NARROW_COLUMN = 12


def terminal_look(stream: TextIO) -> dict[str, Any]:
    """`width`, `color` and `encoding` for a stream: colour only on a terminal, and not where NO_COLOR is set."""
    shown = stream.isatty()
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    width = shutil.get_terminal_size((100, 24)).columns if shown else 100
    return {"width": width, "color": shown and not plain, "encoding": stream.encoding or "utf-8"}


class Page:
    """A growing list of lines, `width` columns wide. What the terminal's `encoding` lacks is written in ASCII."""

    def __init__(self, width: int = 100, color: bool = False, encoding: str = "utf-8") -> None:
        self.width = max(40, min(width, 140))
        self.narrow = self.width < NARROW
        self._color = color
        self._encoding = encoding
        self._whole = encoding.lower().replace("-", "").startswith("utf")
        self._lines: list[Line] = []

    def plain(self, text: str) -> str:
        """The text as this terminal can show it: no control characters, no symbol that its encoding lacks."""
        if not text.isprintable():
            text = "".join(char if char.isprintable() else " " for char in text)
        return text if self._whole else "".join(map(self._spell, text))

    def _spell(self, char: str) -> str:
        try:
            char.encode(self._encoding)
        except UnicodeEncodeError:
            bare = unicodedata.normalize("NFKD", char).encode("ascii", "ignore").decode()
            return PLAIN.get(char) or bare or "?"
        return char

    # -- what is written

    def blank(self) -> None:
        if self._lines and self._lines[-1]:
            self._lines.append([])

    def text(self, text: str, indent: int = 0, style: str = "", hang: int = 0) -> None:
        """A paragraph, wrapped; further lines stand `hang` columns to the right."""
        for n, part in enumerate(self._wrap(text, self.width - indent - hang)):
            self._lines.append([(" " * (indent + (hang if n else 0)), ""), (part, style)])

    def heading(self, title: str, note: str = "", style: str = "strong") -> None:
        self.blank()
        self.row([(title, style)], note and f"  {note}", indent=0)

    def row(
        self, lead: Line, text: str = "", tag: str = "", indent: int = 0, style: str = "", tag_style: str = "quiet"
    ) -> None:
        """`lead` at `indent`, then `text` wrapped beside it, and `tag` at the right edge of the first line."""
        lead = [(" " * indent, ""), *((self.plain(part), look) for part, look in lead)]
        used = sum(len(part) for part, _ in lead)
        tag = self.plain(tag)
        if text and self.width - used < 20:  # a long name on a narrow page: the text goes below it
            self._lines.append(lead)
            used = indent + 4
            lead = [(" " * used, "")]
        room = self.width - used
        beside = bool(tag) and (len(self.plain(text)) + 2 + len(tag) <= room or room - len(tag) - 2 >= 36)
        parts = self._wrap(text, room - len(tag) - 2 if beside else room) or [""]
        for n, part in enumerate(parts):
            line = [*lead, (part, style)] if n == 0 else [(" " * used, ""), (part, style)]
            if beside and n == 0:
                gap = self.width - used - len(part) - len(tag)
                line += [(" " * gap, ""), (tag, tag_style)]
            self._lines.append(line)
        if tag and not beside:
            for part in self._wrap(tag, room):
                self._lines.append([(" " * (self.width - len(part)), ""), (part, tag_style)])

    def box(self, title: str, note: str, lines: Sequence[str]) -> None:
        """A frame with a title and a note in its upper edge."""
        inner = self.width - 4
        title, note = self.plain(title), self.plain(note)
        corners = [self.plain(char) for char in "╭╮╰╯─│"]
        room = self.width - len(note) - 9
        rest = self._wrap(title, room) if note else self._wrap(title, inner)
        first = rest[0] if rest else ""
        dash = self.width - len(first) - len(note) - (8 if note else 5)
        top: Line = [(f"{corners[0]}{corners[4]} ", "quiet"), (first, "strong"), (" " + corners[4] * dash, "quiet")]
        top += [(f" {note} ", ""), (corners[4] + corners[1], "quiet")] if note else [(corners[1], "quiet")]
        self._lines.append(top)
        for text, style in [*((part, "strong") for part in rest[1:]), *((line, "") for line in lines)]:
            for part in self._wrap(text, inner):
                pad = " " * (inner - len(part))
                self._lines.append([(f"{corners[5]} ", "quiet"), (part + pad, style), (f" {corners[5]}", "quiet")])
        self._lines.append([(corners[2] + corners[4] * (self.width - 2) + corners[3], "quiet")])

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]], indent: int = 1, whole: int = -1) -> None:
        """Columns as wide as they need; where they do not fit, the widest are wrapped, on a narrow page stacked.

        A column without an entry is left out; the column `whole` is not wrapped.
        """
        filled = [n for n in range(len(head)) if any(row[n] for row in rows)]
        cells = [[self.plain(row[n]) for n in filled] for row in rows]
        head = [self.plain(head[n]) for n in filled]
        fixed = filled.index(whole) if whole in filled else -1
        wide = self._columns([head, *cells], fixed, indent)
        if not wide:
            self._stack(head, cells, indent)
            return
        for r, row in enumerate([head, *cells]):
            parts = [self._wrap(cell, size) or [""] for cell, size in zip(row, wide, strict=True)]
            for n in range(max(map(len, parts))):
                texts = [part[n] if n < len(part) else "" for part in parts]
                text = "  ".join(text.ljust(size) for text, size in zip(texts, wide, strict=True)).rstrip()
                self._lines.append([(" " * indent, ""), (text, "quiet" if r == 0 else "")])

    def _columns(self, rows: Sequence[Sequence[str]], fixed: int, indent: int) -> list[int]:
        """The width of each column; empty where the page is too narrow for a table."""
        wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
        soft = [n for n in range(len(wide)) if n != fixed]
        while sum(wide) + 2 * (len(wide) - 1) + indent > self.width:
            widest = max(soft, key=lambda n: wide[n])
            if self.narrow or wide[widest] <= NARROW_COLUMN:
                return []
            wide[widest] -= 1
        return wide

    def _stack(self, head: Sequence[str], rows: Sequence[Sequence[str]], indent: int) -> None:
        for row in rows:
            self.text(" ".join(row[:2]), indent)
            for name, cell in zip(head[2:], row[2:], strict=True):
                if cell:
                    self.text(f"{name}: {cell}", indent + 3, hang=2)

    def _wrap(self, text: str, width: int) -> list[str]:
        return textwrap.wrap(self.plain(text), max(width, 8), break_on_hyphens=False)

    # -- what comes out

    def __str__(self) -> str:
        if not self._color:
            return "".join("".join(part for part, _ in line).rstrip() + "\n" for line in self._lines)
        from rich.color import ColorSystem
        from rich.style import Style

        looks = {name: Style.parse(look) for name, look in STYLES.items()}

        def paint(part: str, style: str) -> str:
            look = looks.get(style)
            return look.render(part, color_system=ColorSystem.STANDARD) if look and part.strip() else part

        return "".join("".join(paint(part, style) for part, style in line).rstrip() + "\n" for line in self._lines)
