"""Sources → answers, one patient after the other: what is said on stderr meanwhile, and what a refusal becomes."""

from __future__ import annotations

import datetime as dt
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import typer

from mspike import __version__
from mspike.cli_output import ANSWERED, REFUSED, Output, say, stop
from mspike.derive import Comparison, derive_state
from mspike.knowledge import Knowledge, KnowledgeError, load_knowledge, settle
from mspike.options import Answer, build_answer
from mspike.record import Record, RecordError, as_of_from, read_records
from mspike.report import Refusal, finish

PROGRESS_SECONDS = 2.0


class Asked(NamedTuple):
    """What the user asks: for whom, from where, and how it is read."""

    sources: list[str]
    as_of: str | None = None
    country: str | None = None
    policy: list[str] | None = None
    patients: list[str] | None = None
    every: bool = False
    code_map: Path | None = None
    mapping: Path | None = None

    @property
    def several(self) -> int:
        """How many answers to reckon with: more than one where that is asked for."""
        return max(len(self.sources), len(self.patients or ()), 2 if self.every else 1)

    @property
    def whole_source(self) -> bool:
        """Whether patients are picked from a source: then progress is told, and not each of them."""
        return self.every or bool(self.patients)


def answer_one(record: Record, knowledge: Knowledge, policies: Mapping[str, Any]) -> Answer:
    return finish(build_answer(derive_state(record, knowledge, policies), record.quality))


Make = Callable[[Record, Knowledge, Mapping[str, Any]], Answer | Comparison]
"""What a command makes of a record under the policies in force."""


def answer_all(asked: Asked, output: Output, make: Make = answer_one) -> None:
    """Every patient through to the output; exit 3 when one was refused."""
    if output.target is not None and any(same(output.target, source) for source in asked.sources):
        stop(f"--out {output.target}: is one of the records; it would be overwritten")
    refused = 0
    with output:
        for result in answers(asked, make):
            refused += isinstance(result, Refusal)
            output.put(result)
    raise typer.Exit(REFUSED if refused else ANSWERED)


def answers(asked: Asked, make: Make = answer_one, quiet: bool = False) -> Iterator[Answer | Comparison | Refusal]:
    """What is made of each patient's record, or the refusal in its place."""
    try:
        knowledge = load_knowledge()
        policies = settle(knowledge, asked.policy or ())
    except KnowledgeError as error:
        stop(str(error))
    versions = f"knowledge {knowledge.version} · engine {__version__}"
    progress = Progress(versions) if asked.whole_source else None
    for count, read in enumerate(records(asked), 1):
        place = f"{count}: " if asked.several > 1 else ""
        if isinstance(read, RecordError):
            say(f"{place}refused: {read.public()}")
            yield refusal(read)
        else:
            if progress is None and not quiet:
                say(f"{place}read: {read.origin} · labels: {read.country} · {versions}")
                for told in assumed(read):
                    say(f"{place}{told}")
            try:
                made = make(read, knowledge, policies)
            except Exception as error:
                if asked.several == 1:
                    raise
                say(f"{place}refused: {read.origin}: {fault(error)}")
                yield Refusal(record=read.id, error=fault(error), at="", hint="please report it")
                continue
            yield made
        if progress is not None:
            progress.told(count, isinstance(read, RecordError), read.origin)
    if progress is not None:
        progress.end()


def records(asked: Asked) -> Iterator[Record | RecordError]:
    """The records of all sources; stops where what was asked for cannot be."""
    try:
        return read_records(
            asked.sources, as_of=day(asked.as_of), country=asked.country, code_map=asked.code_map,
            patients=asked.patients or None, every=asked.every, mapping=asked.mapping,
        )  # fmt: skip
    except RecordError as error:
        stop(f"{error.public()}; {error.hint}")


def refusal(error: RecordError) -> Refusal:
    told = error.as_json()
    return Refusal(record=told["record"], error=told["error"], at=told["at"], hint=told["hint"])


def fault(error: Exception) -> str:
    """An error of ours without the traceback, whose values may be a patient's."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"an error in the program ({type(error).__name__} at {Path(place.filename).name}, line {place.lineno})"


class Progress:
    """How far a source of many patients is read: a line at its begin, every few seconds, and at the end."""

    def __init__(self, versions: str) -> None:
        self.versions, self.origin = versions, ""
        self.count = self.refused = 0
        self.since = time.monotonic()

    def told(self, count: int, refused: bool, origin: str) -> None:
        self.count, self.refused = count, self.refused + refused
        if origin != self.origin and not refused:
            self.origin = origin
            say(f"reading: {origin} · {self.versions}")
        if time.monotonic() - self.since >= PROGRESS_SECONDS:
            self.since = time.monotonic()
            self.end()

    def end(self) -> None:
        patients = "1 patient" if self.count == 1 else f"{self.count:,} patients"
        say(f"{patients}: {self.count - self.refused:,} answered, {self.refused:,} refused")


def assumed(record: Record) -> Iterator[str]:
    """What the reader must know of how it was read; counts only, nothing of what the record says."""
    if record.as_of_basis == "today":
        yield f"the record gives no as_of: answered for today, {record.as_of}"
    if (quality := record.quality) is not None:
        kinds = {
            "read": sum(quality.read.values()), "mapped": sum(quality.mapped.values()),
            "not mapped": sum(row.count for row in quality.unmapped), "assumed": len(quality.assumed),
            "refused": len(quality.refused), "left out": len(quality.left_out),
        }  # fmt: skip
        yield " · ".join(f"{count:,} {kind}" for kind, count in kinds.items())
    if record.as_of_basis == "asked":
        entries = "1 entry" if record.left_out == 1 else f"{record.left_out} entries"
        yield f"as of {record.as_of}, as asked: {entries} not yet known on that day left out or shortened"


def wide(width: int | None, format: str) -> dict[str, Any]:
    return {"width": width} if width and format == "text" else {}


def day(text: str | None) -> dt.date | None:
    if text is None:
        return None
    try:
        return as_of_from(text)
    except ValueError as error:
        stop(f"--as-of {text!r}: {error}; write the day as YYYY-MM-DD")


def same(target: Path, record: str) -> bool:
    return record != "-" and target.exists() and Path(record).exists() and target.samefile(record)
