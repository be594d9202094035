"""Reads the YAML files under data/ into one `Knowledge`. The only reader; the pack is made from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from mspike.knowledge import model
from mspike.knowledge.model import File

DATA = Path(__file__).parent / "data"

FOLDERS: dict[str, type[File]] = {
    "sources": model.Source,
    "drugs": model.Drug,
    "classes": model.DrugClass,
    "options": model.Option,
    "criteria": model.Rule,
    "disagreements": model.Disagreement,
    "claims": model.Claim,
    "policies": model.Policy,
}
"""Folder → what each of its files holds. The file's name is its id."""

T = TypeVar("T")


class KnowledgeError(ValueError):
    """A knowledge file that cannot be used: which file, where in it, what is wrong."""


def read_knowledge(folder: Path = DATA) -> model.Knowledge:
    """Every file under `folder`. Raises KnowledgeError naming the first file that does not hold."""
    entries: dict[str, dict[str, Any]] = {name: {} for name in FOLDERS}
    for name, path, value in read_entries(folder):
        if value.id != path.stem:  # type: ignore[attr-defined]
            raise KnowledgeError(f"{name}/{path.name}: its id is {value.id!r}; it is the file's name")  # type: ignore[attr-defined]
        entries[name][path.stem] = value
    top = read_yaml(folder / "knowledge.yaml")
    return model.Knowledge(
        version=str(top["version"]),
        limits=tuple(top["limits"]),
        paths=convert(top["paths"], tuple[model.Path, ...], "knowledge.yaml"),
        timeline=convert(read_yaml(folder / "timeline.yaml"), tuple[model.TimelineEvent, ...], "timeline.yaml"),
        glossary=convert(read_yaml(folder / "library/glossary.yaml"), tuple[model.Term, ...], "glossary.yaml"),
        resources=convert(read_yaml(folder / "library/resources.yaml"), tuple[model.Resource, ...], "resources.yaml"),
        facts=convert(read_yaml(folder / "facts.yaml"), model.Facts, "facts.yaml"),
        rules=entries.pop("criteria"),
        **entries,
    )


def read_entries(folder: Path = DATA) -> Iterator[tuple[str, Path, File]]:
    """Each one-entry file as (folder name, path, value)."""
    for name, kind in FOLDERS.items():
        for path in sorted((folder / name).glob("*.yaml")):
            yield name, path, convert(read_yaml(path), kind, f"{name}/{path.name}")


def read_yaml(path: Path) -> Any:
    """One YAML file with dates kept as text, duplicate keys and aliases refused."""
    try:
        return load_text(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError(f"{path.parent.name}/{path.name}: cannot be read ({error})") from None
    except ValueError as error:
        raise KnowledgeError(f"{path.parent.name}/{path.name}: {error}") from None


def convert(value: Any, kind: type[T], where: str) -> T:
    """The parsed YAML as its type. Raises KnowledgeError with the place of the first thing that is off."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise KnowledgeError(f"{where}: {error}") from None


def load_text(text: str) -> Any:
    """YAML text as plain Python. Dates stay text, `yes`/`no` stay words unless true/false is written."""
    import yaml

    loader_class = _loader()
    loader = loader_class(text)
    try:
        return loader.get_single_data()
    except yaml.YAMLError as error:
        raise ValueError(f"not readable as YAML: {' '.join(str(error).split())}") from None
    finally:
        loader.dispose()


def _loader() -> type[Any]:
    """A safe loader: only null, true/false, numbers and text; no aliases, no duplicate keys."""
    global _LOADER
    if _LOADER is not None:
        return _LOADER
    import yaml

    base: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Loader(base):  # type: ignore[misc]
        yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}

        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
            seen: set[Any] = set()
            for key_node, _ in node.value:
                key = self.construct_object(key_node, deep=True)
                if key in seen:
                    raise yaml.constructor.ConstructorError(None, None, f"key {key!r} twice", key_node.start_mark)
                seen.add(key)
            return super().construct_mapping(node, deep)  # type: ignore[no-any-return]

    for tag, pattern, first in (
        ("null", r"~|null|", ["~", "n", ""]),
        ("bool", r"true|false", list("tf")),
        ("int", r"[-+]?(0|[1-9][0-9_]*)", list("-+0123456789")),
        ("float", r"[-+]?[0-9][0-9_]*\.[0-9]+", list("-+0123456789")),
    ):
        Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), first)
    _LOADER = Loader
    return Loader


_LOADER: type[Any] | None = None
