"""Reads the YAML files under data/ into one `Knowledge`. The only reader; the pack is made from it."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from mspike.knowledge import model
from mspike.knowledge.base import File, Review
from mspike.knowledge.library import Listed

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
    "scores": model.Score,
    "formulas": model.Formula,
}
"""Folder → what each of its files holds. The file's name is its id."""

LISTS: dict[str, type[Listed[Any]]] = {
    "timeline": Listed[model.TimelineEvent],
    "response": Listed[model.Threshold],
    "library/glossary": Listed[model.Term],
    "library/resources": Listed[model.Resource],
    "library/safety": Listed[model.Duty],
    "library/plain-language": Listed[model.Duty],
}
"""Files that hold a list of entries."""

T = TypeVar("T")


class KnowledgeError(ValueError):
    """A knowledge file that cannot be used: which file, where in it, what is wrong."""


def read_knowledge(folder: Path = DATA) -> model.Knowledge:
    """Every file under `folder`. Raises KnowledgeError naming the first file that does not hold."""
    entries: dict[str, dict[str, Any]] = {name: {} for name in FOLDERS}
    for name, path, value in read_entries(folder):
        id_ = getattr(value, "id", "")
        if id_ != path.stem:
            raise KnowledgeError(f"{name}/{path.name}: its id is {id_!r}; it has to be the file's name, {path.stem!r}")
        entries[name][path.stem] = value
    listed = {name: convert(read_yaml(folder / f"{name}.yaml"), kind, f"{name}.yaml") for name, kind in LISTS.items()}
    top = convert(read_yaml(folder / "knowledge.yaml"), model.Top, "knowledge.yaml")
    return model.Knowledge(
        version=top.version,
        limits=top.limits,
        paths=top.paths,
        facts=convert(read_yaml(folder / "facts.yaml"), model.Facts, "facts.yaml"),
        timeline=listed["timeline"].entries,
        response=listed["response"].entries,
        glossary=listed["library/glossary"].entries,
        resources=listed["library/resources"].entries,
        safety=listed["library/safety"].entries,
        plain_language=listed["library/plain-language"].entries,
        reviews={name: value.review for name, value in listed.items()},
        rules=entries.pop("criteria"),
        **entries,
    )


def read_entries(folder: Path = DATA) -> Iterator[tuple[str, Path, File]]:
    """Each one-entry file as (folder name, path, value)."""
    for name, kind in FOLDERS.items():
        for path in sorted((folder / name).glob("*.yaml")):
            yield name, path, convert(read_yaml(path), kind, f"{name}/{path.name}")


def review_of(name: str, text: str) -> Review:
    """The review block of the file `drugs/bortezomib` or `timeline`, given its text. KnowledgeError if it fails."""
    try:
        value = load_text(text)
    except ValueError as error:
        raise KnowledgeError(f"{name}.yaml: {error}") from None
    kind = LISTS.get(name) or FOLDERS[name.partition("/")[0]]
    review: Review = getattr(convert(value, kind, f"{name}.yaml"), "review")  # noqa: B009 (every file of a sheet has one)
    return review


def read_yaml(path: Path) -> Any:
    """One YAML file with dates kept as text, duplicate keys and aliases refused."""
    where = f"{path.parent.name}/{path.name}".removeprefix("data/")
    try:
        return load_text(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError(f"{where}: cannot be read ({error})") from None
    except ValueError as error:
        raise KnowledgeError(f"{where}: {error}") from None


def convert(value: Any, kind: type[T], where: str) -> T:
    """The parsed YAML as its type. Raises KnowledgeError with the place of the first thing that is off."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        what, _, place = str(error).partition(" - at ")
        if "matching regex" in what:  # the only texts with a form are dates
            what = "Expected a date, written YYYY, YYYY-MM or YYYY-MM-DD"
        raise KnowledgeError(f"{where}: {what}" + (f" - at {place}" if place else "")) from None


def load_text(text: str) -> Any:
    """YAML text as plain Python. Dates stay text, `yes`/`no` stay words unless true/false is written."""
    import yaml

    loader = _loader()(text)
    try:
        if MAYBE_ALIAS.search(text):
            for event in yaml.parse(text, yaml.SafeLoader):
                if isinstance(event, yaml.AliasEvent):
                    line = event.start_mark.line + 1 if event.start_mark else "?"
                    raise ValueError(f"line {line}: an alias (*{event.anchor}); write it out")
        return loader.get_single_data()
    except yaml.YAMLError as error:
        raise ValueError(f"not readable as YAML: {' '.join(str(error).split())}") from None
    except RecursionError:
        raise ValueError("not readable as YAML: nested too deep") from None
    finally:
        loader.dispose()


MAYBE_ALIAS = re.compile(r"(?:^|[\s,\[{])\*\w", re.M)
"""Where an alias could stand; the events are looked at only then."""


def _loader() -> type[Any]:
    """A safe loader: only null, true/false, numbers and text; no duplicate keys."""
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
                if not isinstance(key_node, yaml.ScalarNode):
                    raise yaml.constructor.ConstructorError(None, None, "a key that is no word", key_node.start_mark)
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


def write_whole(path: Path, content: bytes) -> None:
    """Writes a file whole or not at all, whoever reads it meanwhile; a new one is readable by all."""
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
