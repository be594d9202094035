"""The vectors: one file a chapter, `mspike-conformance/1`, read strictly; and the JSON Schema of such a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

MAX_BYTES = 20_000_000
"""Of one file of vectors."""

Id = Annotated[str, Meta(pattern=r"^[a-z0-9]+(\.[a-z0-9]+(-[a-z0-9]+)*)+$", max_length=100)]
Words = list[str] | None


class VectorError(Exception):
    """A file or folder of vectors that cannot be used; the message says where and why."""


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule that a vector pins, and where it is from."""

    rule: Annotated[str, Meta(min_length=1, description="The rule in our own words.")]
    source: Annotated[str, Meta(min_length=1, description="An id of the file's `sources`.")]
    at: Annotated[str, Meta(description="The place in the source.")] = ""


class Expect(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What `state`, or `options`, of a conforming answer holds. What is not named is not under test."""

    disease: Annotated[dict[str, Any] | UnsetType, Meta(description="Fields of `state.disease`.")] = UNSET
    event: Annotated[dict[str, Any] | UnsetType, Meta(description="Fields of `state.event`.")] = UNSET
    responses: Annotated[
        list[dict[str, Any]] | UnsetType, Meta(description="Every row of `state.responses`, in order of their dates.")
    ] = UNSET
    response_flags: Annotated[list[str] | UnsetType, Meta(description="All flags of `state.responses` together.")] = (
        UNSET
    )
    progressions: Annotated[
        list[dict[str, Any]] | UnsetType, Meta(description="Every confirmed row of `state.progressions`, in order.")
    ] = UNSET
    unconfirmed_progressions: Annotated[
        list[dict[str, Any]] | UnsetType, Meta(description="Every other row of `state.progressions`, in order.")
    ] = UNSET
    measurable: Annotated[
        list[str] | UnsetType, Meta(description="The markers of `state.references` that are measurable.")
    ] = UNSET
    events: Annotated[dict[str, Any] | UnsetType, Meta(description="Entries of `state.events`.")] = UNSET
    lines: Annotated[
        list[dict[str, Any]] | UnsetType | None, Meta(description="Every row of `state.lines`, in order.")
    ] = UNSET
    exposed: Annotated[dict[str, Any] | UnsetType, Meta(description="Lists of `state.exposed`.")] = UNSET
    refractory: Annotated[
        dict[str, Any] | UnsetType, Meta(description="Lists of `state.refractory`; `drugs` by their names.")
    ] = UNSET
    intolerant: Annotated[dict[str, Any] | UnsetType, Meta(description="Lists of `state.intolerant`.")] = UNSET
    groups: Annotated[dict[str, Any] | UnsetType, Meta(description="Entries of `state.groups`.")] = UNSET
    risk: Annotated[dict[str, Any] | UnsetType, Meta(description="Entries of `state.risk`.")] = UNSET
    frailty: Annotated[dict[str, Any] | UnsetType, Meta(description="Fields of `state.frailty`.")] = UNSET
    contradictions: Annotated[list[str] | UnsetType, Meta(description="What `state.contradictions` are about.")] = UNSET
    facts: Annotated[dict[str, Any] | UnsetType, Meta(description="Values of `state.facts`, by name.")] = UNSET
    options: Annotated[
        dict[str, Any] | UnsetType, Meta(description="Fields of entries of `options`, by the option's id.")
    ] = UNSET


class Vector(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One case, and what a conforming answer to it holds."""

    id: Annotated[Id, Meta(description="Unique among all vectors; never used again for another case.")]
    title: Annotated[str, Meta(min_length=1)]
    because: Annotated[str, Meta(min_length=1, description="Why this is the answer, in words.")]
    rules: Annotated[list[Rule], Meta(min_length=1)]
    case: Annotated[dict[str, Any], Meta(description="A case file, `mspike-case/1`; its `id` is the vector's.")]
    expect: Expect
    policy: Annotated[
        dict[str, str], Meta(description="Readings other than the default, handed over as `--policy KEY=VALUE`.")
    ] = {}


class VectorFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One chapter of vectors."""

    schema: Literal["mspike-conformance/1"]
    version: Annotated[str, Meta(pattern=r"^\d{4}\.\d+\.\d+$", description="Of the vectors: year, month, number.")]
    chapter: Annotated[str, Meta(pattern=r"^[a-z0-9]+$")]
    title: str
    licence: Literal["CC-BY-4.0"]
    review: Annotated[str, Meta(description="Who reviewed the vectors, or that nobody has.")]
    sources: Annotated[dict[str, str], Meta(description="Source id → what it is.")]
    vectors: list[Vector]


def vectors_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a file of vectors."""
    schema = msgspec.json.schema(VectorFile)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "mspike-conformance/1: test vectors for what a myeloma record means",
        **schema,
    }


def packaged_vectors() -> Path:
    """The folder of the vectors: inside an installed package, or in the checkout. VectorError where there is none."""
    here = Path(__file__).parent
    for folder in (here / "vectors", here.parents[2] / "conformance" / "vectors"):
        if folder.is_dir():
            return folder
    raise VectorError("the vectors are not installed; name their folder with --vectors FOLDER")


def read_vectors(folder: Path) -> list[VectorFile]:
    """Every `*.json` of a folder, or one file, in order of the names. Raises VectorError."""
    paths = [folder] if folder.is_file() else sorted(folder.glob("*.json"))
    if not paths:
        raise VectorError(f"{folder}: no file of vectors (*.json) there")
    files = [_read(path) for path in paths]
    seen: dict[str, Path] = {}
    for path, file in zip(paths, files, strict=True):
        for vector in file.vectors:
            if vector.id in seen:
                raise VectorError(f"{path}: the vector {vector.id} stands in {seen[vector.id]} too")
            seen[vector.id] = path
            if vector.case.get("id") != vector.id:
                raise VectorError(f"{path}: the case of the vector {vector.id} has another id than the vector")
            if wrong := next(_wrong(msgspec.to_builtins(vector.expect)), ""):
                raise VectorError(f"{path}: the vector {vector.id} expects {wrong}, which is not in the form")
            for rule in vector.rules:
                if rule.source not in file.sources:
                    raise VectorError(f"{path}: the vector {vector.id} names a source {rule.source!r} that is not told")
    return files


def _wrong(expected: Any) -> Iterator[str]:
    """What is written like a comparison and is none."""
    if isinstance(expected, list):
        for entry in expected:
            yield from _wrong(entry)
    if not isinstance(expected, dict):
        return
    named = expected.keys() & {"about", "within", "has", "lacks", "one_of"}
    numbers = all(isinstance(expected.get(name), int | float) for name in ("about", "within"))
    lists = all(isinstance(expected[name], list) for name in named)
    form = (named == {"about", "within"} and numbers) or (bool(named) and named <= {"has", "lacks"} and lists)
    if named and not (expected.keys() == named and (form or (named == {"one_of"} and lists))):
        yield str(expected)[:120]
    for entry in expected.values():
        yield from _wrong(entry)


def _read(path: Path) -> VectorFile:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise VectorError(f"{path}: larger than {MAX_BYTES // 1_000_000} MB")
        return msgspec.json.decode(path.read_bytes(), type=VectorFile)
    except OSError as error:
        raise VectorError(f"{path}: cannot be read ({error.strerror})") from error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise VectorError(f"{path}: is no file of vectors: {error}") from error


def chosen(files: Iterable[VectorFile], only: Iterable[str], policies: bool = True) -> list[tuple[str, Vector]]:
    """Chapter and vector of those asked for, by id or by the beginning of ids up to a point. Raises VectorError."""
    every = [(file.chapter, vector) for file in files for vector in file.vectors]
    wanted = list(only)
    for name in wanted:
        if not any(_called(vector.id, name) for _, vector in every):
            raise VectorError(f"no vector is called {name!r}, and no id begins with {name!r}.")
    picked = [pair for pair in every if not wanted or any(_called(pair[1].id, name) for name in wanted)]
    return [pair for pair in picked if policies or not pair[1].policy]


def _called(id_: str, name: str) -> bool:
    return id_ == name or id_.startswith(name.rstrip(".") + ".")
