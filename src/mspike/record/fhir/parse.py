"""Bytes → resources: a Bundle, a resource, a list of resources. What does not hold is named, and the rest read."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple, Union

import msgspec

from mspike.record.errors import RecordError
from mspike.record.fhir.found import Found
from mspike.record.fhir.kinds import OTHER_VERSIONS
from mspike.record.fhir.types import (
    AnyResource,
    Bundle,
    Condition,
    Kind,
    Medicated,
    Observation,
    Procedure,
    RawBundle,
    RawEntry,
)

MAX_NESTED = 5
"""Bundles within Bundles."""

BY_SUBJECT = (Condition, Procedure, Observation)
"""Kinds that name their patient as `subject` since STU3; DSTU2 had `patient`."""

NO_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding raises: the text is no JSON, or is nested deeper than the decoder goes."""


class Broken(NamedTuple):
    """A part of a source that is no R4 resource."""

    rule: str
    at: str
    hint: str
    version: bool = False
    """Another version of FHIR: then nothing of the source is read, since its other parts may mean something else."""
    whole: bool = False
    """A file of one text, and not a line of many."""


@cache
def whole() -> msgspec.json.Decoder[Any]:
    """Made once, when the first FHIR source is read."""
    return msgspec.json.Decoder(Union[Bundle, AnyResource])  # noqa: UP007 - AnyResource is a union already


def parse_resources(data: bytes, at: str = "", url: str = "") -> Iterator[Found | Broken]:
    """Every resource of one JSON text. `at`: the place in the source, for what has no id; `url`: its fullUrl there.

    Raises RecordError where the text is no JSON, or no FHIR R4.
    """
    try:
        top = whole().decode(data)
    except msgspec.ValidationError:
        for piece in split(data, at, url):
            yield piece if isinstance(piece, Broken) else _one(piece)
    except NO_JSON as error:
        raise no_json(error, at) from None
    else:
        if isinstance(top, Bundle):
            yield from _pages(top, at)
            for number, entry in enumerate(top.entry):
                if entry.resource is not None:
                    yield _of_r4(Found(entry.resource, entry.fullUrl, at, number))
        else:
            yield _of_r4(Found(top, url, at))


class Piece(NamedTuple):
    """One resource, not yet read."""

    data: bytes
    url: str
    at: str


def split(data: bytes, at: str, url: str = "", depth: int = 0) -> Iterator[Piece | Broken]:
    """The resources of a Bundle, of Bundles in it, or of a list, each as its bytes; a resource alone as it is.

    Raises RecordError where a Bundle or list is no JSON, or of another form than R4's.
    """
    listed = data.lstrip()[:1] == b"["
    if depth >= MAX_NESTED or not (listed or b'"Bundle"' in data):
        yield Piece(data, url, at)
        return
    try:
        if listed:
            entries = [RawEntry(raw) for raw in msgspec.json.decode(data, type=list[msgspec.Raw])]
        elif _kind(data).resourceType != "Bundle":
            yield Piece(data, url, at)
            return
        else:
            bundle = msgspec.json.decode(data, type=RawBundle)
            yield from _pages(bundle, at)
            entries = list(bundle.entry)
    except msgspec.ValidationError as error:
        rule, hint = "a Bundle of another form than R4's", "entry is a list of objects, each with a resource"
        if depth:
            yield Broken(rule, at, f"look at {_path(error)}")
            return
        raise RecordError(rule, at=at, given=_path(error), hint=hint) from None
    except NO_JSON as error:
        raise no_json(error, at) from None
    for number, entry in enumerate(entries):
        if bytes(entry.resource) not in (b"", b"null"):
            place = _place(at, f"[{number}]" if listed else f"entry[{number}]")
            yield from split(bytes(entry.resource), place, entry.fullUrl, depth + 1)


def _pages(bundle: Bundle | RawBundle, at: str) -> Iterator[Broken]:
    """What is said of a page of a search whose next page is elsewhere."""
    if any(link.relation == "next" for link in bundle.link):
        rule = "one page of several: what stands on the next is not known here"
        yield Broken(rule, at or "Bundle.link", "fetch every page, and read them together in a folder")


def no_json(error: Exception, at: str) -> RecordError:
    """A text that is no JSON: what the parser says of it holds no value of the source."""
    if isinstance(error, RecursionError):
        return RecordError("nested too deep to be read", at=at, hint="no resource of FHIR has so many levels")
    rule = "text that is not UTF-8" if isinstance(error, UnicodeDecodeError) else "not readable as JSON"
    return RecordError(rule, at=at, given=str(error)[:60], hint="look at the file's end")


def _one(piece: Piece) -> Found | Broken:
    try:
        try:
            return _of_r4(Found(whole().decode(piece.data), piece.url, piece.at))
        except msgspec.ValidationError as error:
            return _not_r4(piece, error)
    except RecursionError as error:
        deep = no_json(error, piece.at)
        return Broken(deep.rule, deep.at, deep.hint)


def _not_r4(piece: Piece, error: msgspec.ValidationError) -> Broken:
    kind = _kind(piece.data)
    name = kind.resourceType
    where = f"{name}/{kind.id}" if name and kind.id else piece.at
    if name in OTHER_VERSIONS:
        return _other_version(OTHER_VERSIONS[name], where)
    if not name:
        return Broken("JSON that is no FHIR: resourceType is missing", where, "a Bundle or resource of FHIR R4")
    wrong = _version_by_form(name, piece.data)
    return _other_version(wrong, where) if wrong else Broken(
        "a resource of another form than R4's", where, f"look at {_path(error)}"
    )  # fmt: skip


def _place(at: str, part: str) -> str:
    return f"{at}, {part}" if at else part


def _of_r4(found: Found) -> Found | Broken:
    """The resource, unless its content is that of another version."""
    resource = found.resource
    if isinstance(resource, Medicated):
        if resource.medication is not None:
            return _other_version("R5", found.at)
    elif isinstance(resource, BY_SUBJECT) and resource.patient is not None:
        return _other_version("DSTU2", found.at)
    return found


def _version_by_form(name: str, data: bytes) -> str:
    """Which version writes this kind of resource so: codes that R4 has as concepts are texts before it."""
    tree = msgspec.json.decode(data)
    codes = [tree.get(key) for key in ("clinicalStatus", "verificationStatus")]
    if name in ("Condition", "AllergyIntolerance") and any(isinstance(code, str) for code in codes):
        return "STU3 or DSTU2"
    return "R5" if isinstance(tree.get("medication"), dict) else ""


def _other_version(version: str, at: str) -> Broken:
    return Broken(f"written as FHIR {version}, and R4 is read", at, "ask the source for R4 (4.0.1)", True)


def _kind(data: bytes) -> Kind:
    """What a piece of JSON is; an empty one where it does not say."""
    try:
        return msgspec.json.decode(data, type=Kind)
    except msgspec.ValidationError:
        return Kind()


def _path(error: msgspec.ValidationError) -> str:
    """Where in the JSON: the path of msgspec's message, which holds no value of the source."""
    return str(error).rpartition("`$")[2].rstrip("`").lstrip(".") or "its form"
