"""Marks a knowledge file as reviewed, touching nothing else of its text: comments, order and line breaks stay."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

STATEMENTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("status", ("versions", "*", "criteria", "*")),
    ("status", ("versions", "*", "known_risks", "*")),
    ("status", ("evidence", "*")),
    ("status", ("positions", "*")),
    ("status", ("entries", "*")),
    ("review", ("availability", "*", "*")),
)
"""The key that holds a statement's status, and where such statements stand. A policy, score or formula is one."""


def reviewed(text: str, reviewer: str, day: str) -> str:
    """The YAML text with every statement `clinician-reviewed` and the review signed."""
    import yaml

    root = yaml.compose(text, yaml.SafeLoader)
    edits = [_set(node, key, "clinician-reviewed") for key, path in STATEMENTS for node in _find(root, path)]
    if any(_value(root, kind) is not None for kind in ("policy", "score", "formula")):
        edits.append(_set(root, "status", "clinician-reviewed"))
    for review in _find(root, ("review",)):
        edits.append(_set(review, "reviewed_by", _quote(reviewer)))
        edits.append(_set(review, "reviewed_on", _quote(day)))
    for start, end, new in sorted(edits, key=lambda edit: edit[0], reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _find(node: Any, path: tuple[str, ...]) -> Iterator[Any]:
    """The mappings at a path; `*` = every entry of a list or mapping."""
    import yaml

    if not path:
        if isinstance(node, yaml.MappingNode):
            yield node
    elif path[0] == "*":
        children = node.value if isinstance(node, yaml.SequenceNode) else [value for _, value in node.value]
        for child in children:
            yield from _find(child, path[1:])
    else:
        child = _value(node, path[0])
        if child is not None:
            yield from _find(child, path[1:])


def _value(node: Any, key: str) -> Any:
    import yaml

    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((value for name, value in pairs if name.value == key), None)


def _set(node: Any, key: str, value: str) -> tuple[int, int, str]:
    """The edit (start, end, new text) that gives a mapping this key, whether it has it or not, in its own style."""
    found = _value(node, key)
    if found is not None:
        start, end = found.start_mark.index, found.end_mark.index
        return start, end, value if end > start else f" {value}"
    if node.flow_style:
        end = node.value[-1][1].end_mark.index
        return end, end, f", {key}: {value}"
    first = node.value[1 if len(node.value) > 1 else 0][0].start_mark
    return first.index, first.index, f"{key}: {value}\n{' ' * first.column}"


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
