"""YAML or JSON text → a tree of mappings, lists and texts, with hostile input refused on the way.

Nothing is interpreted here: `2021`, `yes` and `12.5` stay text until the key they stand under says what they are, so
no YAML version's idea of a boolean, an octal number or a date gets in between. Refused: anchors and aliases, tags,
depth, size, control characters, NaN, keys that are no text. A key given twice is marked, and refused where its path
is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from mspike.record.errors import RecordError

MAX_DEPTH = 12
MAX_NODES = 50_000
MAX_TEXT = 10_000


class Leaf(msgspec.Struct, frozen=True, gc=False):
    """One value as written; None for a null."""

    text: str | None
    line: int | None = None


class Mapping(dict[str, Any]):
    """Keys with their values, the line of each where it is known, and the first key given twice."""

    __slots__ = ("line", "lines", "twice")

    def __init__(self, line: int | None = None) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}
        self.twice: str | None = None


Node = Leaf | Mapping | list[Any]


def read_document(text: str, kind: str, first_line: int = 1) -> Node:
    """The tree of one document. `kind`: `yaml`, else JSON. Raises RecordError for what is neither, or hostile."""
    return _read_yaml(text, first_line) if kind == "yaml" else _read_json(text, first_line)


MARKER = re.compile(r"^(?:---|\.\.\.)(?=\s|$)", re.MULTILINE)
"""Begins or ends a YAML document; it cannot stand inside one, so each is parsed on its own."""

NOTHING = re.compile(r"(?:[ \t]*(?:#.*)?\r?\n|%.*\r?\n)*[ \t]*(?:#.*)?\Z")
"""Blank lines, comments and directives."""


def split_documents(text: str, kind: str) -> Iterator[tuple[str, int]]:
    """Each document's text and the number of its first line, so that a broken one stops no other.

    `kind`: `yaml` (parted by `---`), `ndjson` (one a line) or `json` (one). Empty documents are passed over.
    """
    if kind == "json":
        if text.strip():
            yield text, 1
    elif kind == "ndjson":
        yield from ((line, n) for n, line in enumerate(text.split("\n"), start=1) if line.strip())
    else:
        begin, line = 0, 1
        for end, after in [*((m.start(), m.end()) for m in MARKER.finditer(text)), (len(text), len(text))]:
            part = text[begin:end]
            if not NOTHING.match(part):
                yield part, line
            line += text.count("\n", begin, after)
            begin = after


def _read_yaml(text: str, first_line: int) -> Node:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        events = loader(text)
        return _grow(events, first_line)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line, mark.column) if mark else (0, 0)
        raise _unreadable("YAML", error.problem or "", text, first_line, line, column) from None
    except yaml.YAMLError:  # the reader's, for a character outside YAML; the ends of the alphabet, and it names no line
        raise RecordError(
            "not readable as YAML: a character that no text file holds", hint="save the file as plain UTF-8 text"
        ) from None


def _grow(events: Any, first_line: int) -> Node:
    """The tree from the parser's events; no recursion, so that depth costs nothing."""
    from yaml import AliasEvent, MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent, SequenceStartEvent
    from yaml import StreamEndEvent as End

    next_event = events.get_event
    root: list[Any] = []
    top: Any = root
    key: str | None = None
    above: list[tuple[Any, str | None]] = []
    nodes = 0
    while True:
        event = next_event()
        kind = type(event)
        if kind is ScalarEvent or kind is MappingStartEvent or kind is SequenceStartEvent:
            line = first_line + event.start_mark.line
            nodes += 1
            if event.anchor is not None or event.tag is not None:
                raise _machinery(event, line)
            if nodes > MAX_NODES:
                raise RecordError(f"more than {MAX_NODES} entries in one record", hint="split the file into records")
            node: Node
            if kind is ScalarEvent:
                text = event.value
                node = Leaf(None if text in NULLS and event.implicit[0] else checked(text, line), line)
            else:
                node = Mapping(line) if kind is MappingStartEvent else []
            if type(top) is list:
                top.append(node)
            elif key is None:
                key = _key(node, line)
                if key in top:
                    top.twice = top.twice or key
                top.lines[key] = line
                continue
            else:
                top[key] = node
                key = None
            if kind is not ScalarEvent:
                if len(above) >= MAX_DEPTH:
                    raise too_deep(line)
                above.append((top, key))
                top, key = node, None
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            top, key = above.pop()
        elif kind is AliasEvent:
            raise _machinery(event, first_line + event.start_mark.line)
        elif kind is End:
            return root[0] if root else Leaf(None)


NULLS = frozenset(("", "~", "null", "Null", "NULL"))


def _key(node: Node, line: int) -> str:
    if type(node) is Leaf and node.text:
        return node.text
    raise RecordError("a key that is no word", at=f"line {line}", hint="write `key: value`")


def _machinery(event: Any, line: int) -> RecordError:
    tag = getattr(event, "tag", None)
    what = "tag" if tag is not None else "anchor or alias"
    return RecordError(
        f"a YAML {what} is not read",
        at=f"line {line}",
        given=tag or event.anchor,
        hint="write the value out; put quotes around a text that begins with !, & or *",
    )


def _read_json(text: str, first_line: int) -> Node:
    import json

    try:
        decoder = json.JSONDecoder(
            object_pairs_hook=_pairs, parse_float=Leaf, parse_int=Leaf, parse_constant=_no_constant
        )
        return _dressed(decoder.decode(text), 0, [0])
    except json.JSONDecodeError as error:
        raise _unreadable("JSON", error.msg, text, first_line, error.lineno - 1, error.colno - 1) from None
    except RecursionError:
        raise too_deep(None) from None


def _pairs(pairs: list[tuple[str, Any]]) -> Mapping:
    mapping = Mapping()
    for key, value in pairs:
        if key in mapping:
            mapping.twice = mapping.twice or key
        mapping[key] = value
    return mapping


def _no_constant(name: str) -> Any:
    raise RecordError("a number that is none", given=name, hint="leave the value out when it is not known")


def _dressed(value: Any, depth: int, count: list[int]) -> Node:
    """Decoded JSON as a tree of the same kind as YAML's."""
    count[0] += 1
    if count[0] > MAX_NODES:
        raise RecordError(f"more than {MAX_NODES} entries in one record", hint="split the file into records")
    if type(value) is Leaf:
        return value
    if isinstance(value, str):
        return Leaf(checked(value, None))
    if value is None or isinstance(value, bool):
        return Leaf(None if value is None else str(value).lower())
    if depth >= MAX_DEPTH:
        raise too_deep(None)
    if isinstance(value, Mapping):
        for key in value:
            value[key] = _dressed(value[key], depth + 1, count)
        return value
    return [_dressed(entry, depth + 1, count) for entry in value]


def too_deep(line: int | None) -> RecordError:
    return RecordError(
        f"nested more than {MAX_DEPTH} deep", at=place(line), hint="a case file needs no more than six levels"
    )


def checked(text: str, line: int | None) -> str:
    """The text, unless it is too long or holds a character that moves the cursor or hides what is written."""
    if len(text) > MAX_TEXT:
        raise RecordError(f"a text of more than {MAX_TEXT} characters", at=place(line), given=text, hint="shorten it")
    if not text.isprintable():
        for char in text:
            code = ord(char)
            if (code < 32 and char not in "\n\t") or 127 <= code < 160 or code in BIDI or 0xD800 <= code < 0xE000:
                raise RecordError(
                    "a character that cannot be shown", at=place(line), given=f"U+{code:04X}", hint="take it out"
                )
    return text


BIDI = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}
"""Marks that turn the direction of what follows."""


def place(line: int | None) -> str:
    """Where in the text; empty where no line is known."""
    return f"line {line}" if line else ""


def _unreadable(kind: str, problem: str, text: str, first_line: int, line: int, column: int) -> RecordError:
    lines = text.split("\n")
    written = lines[line].strip() if line < len(lines) else ""
    if kind == "YAML" and re.search(r"[:-]\s*>[=\d\s]", written):
        hint = 'put quotes around a value that begins with > : ">=200"'
    elif kind == "YAML" and "\t" in written + (lines[line] if line < len(lines) else ""):
        hint = "indent with spaces, not with a tab"
    elif kind == "YAML":
        hint = "look at the indentation, the colons and the quotes of this line and the one above"
    else:
        hint = "look at the commas, the quotes and the brackets before this place"
    where = f"line {first_line + line}, column {column + 1}"
    return RecordError(f"not readable as {kind}", at=where, given=problem, hint=hint)
