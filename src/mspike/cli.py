"""The command line: thin. Read → derive → options → report."""

from __future__ import annotations

import datetime as dt
import os
import traceback
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from mspike import __version__
from mspike.cli_conformance import conformance
from mspike.cli_knowledge import app as knowledge_app
from mspike.cli_output import ANSWERED, REFUSED, Output, closed, picture, say, stop
from mspike.derive import Comparison, compare_lines, derive_state
from mspike.knowledge import Knowledge, KnowledgeError, load_knowledge, settle
from mspike.options import Answer, build_answer
from mspike.record import Record, RecordError, as_of_from, read_records
from mspike.report import Refusal, finish

app = typer.Typer(
    name="mspike",
    help="When the M-spike comes back: read the record, say where the disease stands, lay out every option with its "
    "reasons, each with source and date. It informs a clinician; it does not decide, rank or prescribe.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(knowledge_app, name="knowledge")


DEMO = "first-relapse-lenalidomide"
"""The example that `mspike demo` shows."""


class Format(StrEnum):
    text = "text"
    json = "json"
    ndjson = "ndjson"
    html = "html"
    fhir = "fhir"


class StateFormat(StrEnum):
    text = "text"
    json = "json"
    ndjson = "ndjson"


class Country(StrEnum):
    US = "US"
    EU = "EU"
    UK = "UK"


Records = Annotated[
    list[str], typer.Argument(metavar="RECORD...", help="Case files (YAML or JSON); `-` is standard input.")
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="Answer as of this day: later data and later rules are left out."),
]
Labels = Annotated[Country | None, typer.Option(help="Whose labels apply; default: the record's own, else US.")]
Policies = Annotated[
    list[str] | None,
    typer.Option("--policy", metavar="KEY=VALUE", help="Another reading, e.g. refractory_drug=against."),
]
Out = Annotated[
    Path | None,
    typer.Option(metavar="PATH", help="Write here instead of printing; a folder for several HTML or FHIR answers."),
]
Width = Annotated[int | None, typer.Option(min=40, max=400, help="Columns of the text; default: the terminal's.")]


def answer(record: Record, knowledge: Knowledge, policies: Mapping[str, Any]) -> Answer:
    return finish(build_answer(derive_state(record, knowledge, policies)))


Make = Callable[[Record, Knowledge, Mapping[str, Any]], Answer | Comparison]
"""What a command makes of a record under the policies in force."""


def print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"mspike {__version__} · knowledge {load_knowledge().version}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=print_version, is_eager=True, help="The versions of engine and knowledge."),
    ] = False,
) -> None:
    """Options common to every command."""


def main() -> None:
    """The console script."""
    try:
        app()
    except OSError as error:  # a file's own troubles are told where they happen: this is the screen or the pipe
        closed(f"the output cannot be written ({error.strerror})")
    except Exception as error:  # a fault of ours: said without the traceback, whose values may be a patient's
        if os.environ.get("MSPIKE_DEBUG"):
            raise
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(place.filename).name}, line {place.lineno}"
        stop(
            f"an error in the program ({type(error).__name__} at {where}); please report it. No value is shown here", 1
        )


@app.command()
def options(
    records: Records,
    as_of: AsOf = None,
    country: Labels = None,
    policy: Policies = None,
    format: Annotated[Format, typer.Option(help="How to print it.")] = Format.text,
    out: Out = None,
    all_reasons: Annotated[bool, typer.Option("--all", help="Text: every reason of every option.")] = False,
    path: Annotated[str | None, typer.Option(help="Text: one path only, e.g. car-t.")] = None,
    questions: Annotated[bool, typer.Option("--questions", help="Text: every question.")] = False,
    width: Width = None,
) -> None:
    """Every treatment option for each record, with the reasons for and against."""
    chosen: dict[str, Any] = {"all_reasons": all_reasons, "path": path_of(path), "all_questions": questions}
    look = {name: value for name, value in chosen.items() if value}
    if look and format is not Format.text:
        stop("--all, --path and --questions choose from the text; the other formats always hold everything")
    run(Output(format.value, out, len(records), **look, **wide(width, format)), records, as_of, country, policy)


@app.command()
def state(
    records: Records,
    as_of: AsOf = None,
    country: Labels = None,
    policy: Policies = None,
    format: Annotated[StateFormat, typer.Option(help="How to print it.")] = StateFormat.text,
    out: Out = None,
    compare: Annotated[
        bool, typer.Option("--compare-policies", help="Only the lines, under every way of counting them, side by side.")
    ] = False,
    width: Width = None,
) -> None:
    """The derived state alone: lines, refractoriness, event, facts."""
    output = Output(format.value, out, len(records), part="state", **wide(width, format))
    run(output, records, as_of, country, policy, compare_lines if compare else answer)


@app.command()
def timeline(
    record: Annotated[str, typer.Argument(metavar="RECORD", help="A case file (YAML or JSON); `-` is standard input.")],
    as_of: AsOf = None,
    policy: Policies = None,
    out: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Draw the picture into this file: .svg or .png.")
    ] = None,
    width: Width = None,
) -> None:
    """The course of one patient as a picture: therapy, responses, markers. Without --out the same as tables."""
    format = picture(out)
    look = {"width": width} if width and out is None else {}
    run(Output(format, out, 1, part="timeline", **look), [record], as_of, None, policy)


@app.command()
def demo(
    patient: Annotated[str, typer.Argument(help="Which example; `mspike demo --list` names them.")] = DEMO,
    list_: Annotated[bool, typer.Option("--list", help="Name the examples.")] = False,
    out: Annotated[Path, typer.Option(metavar="PATH", help="Where the HTML report goes.")] = Path("mspike-demo.html"),
    width: Width = None,
) -> None:
    """The main job on an invented example patient: prints the answer, writes the HTML report."""
    folder = examples()
    names = sorted(p.parent.name for p in folder.glob("*/record.yaml"))
    if list_:
        typer.echo("\n".join(names))
        raise typer.Exit
    if patient not in names:
        stop(f"demo: no example is called {patient!r}; there are: {', '.join(names)}")
    record = str(folder / patient / "record.yaml")
    for target, format in ((None, Format.text), (out, Format.html)):
        with Output(format.value, target, 1, **wide(width, format)) as output:
            for result in results([record], None, None, None, quiet=True):
                output.put(result)
    typer.echo(f"\nThe same as a page, to open in a browser or to print: {out.resolve()}")


def examples() -> Path:
    """The example patients: inside an installed package, or in the checkout."""
    here = Path(__file__).parent
    for folder in (here / "examples", here.parents[1] / "examples" / "patients"):
        if folder.is_dir():
            return folder
    stop("demo: the example patients are not installed")


def run(
    output: Output, records: list[str], as_of: str | None, country: Country | None, policy: list[str] | None,
    make: Make = answer,
) -> None:  # fmt: skip
    """Every record through to the output; exit 3 when one was refused."""
    if output.target is not None and any(same(output.target, record) for record in records):
        stop(f"--out {output.target}: is one of the records; it would be overwritten")
    refused = 0
    with output:
        for result in results(records, as_of, country, policy, make):
            refused += isinstance(result, Refusal)
            output.put(result)
    raise typer.Exit(REFUSED if refused else ANSWERED)


def results(
    records: list[str], as_of: str | None, country: Country | None, policy: list[str] | None, make: Make = answer,
    quiet: bool = False,
) -> Iterator[Answer | Comparison | Refusal]:  # fmt: skip
    """What is made of each record, or the refusal in its place."""
    try:
        knowledge = load_knowledge()
        policies = settle(knowledge, policy or ())
    except KnowledgeError as error:
        stop(str(error))
    many = len(records) > 1
    asked = country.value if country else None
    for count, read in enumerate(read_records(records, as_of=day(as_of), country=asked), 1):
        place = f"{count}: " if many else ""
        if isinstance(read, RecordError):
            say(f"{place}refused: {read.public()}")
            shown = read.as_json()
            yield Refusal(record=shown["record"], error=shown["error"], at=shown["at"], hint=shown["hint"])
            continue
        if not quiet:
            versions = f"knowledge {knowledge.version} · engine {__version__}"
            say(f"{place}read: {read.origin} · labels: {read.country} · {versions}")
            for told in assumed(read):
                say(f"{place}{told}")
        yield make(read, knowledge, policies)


def assumed(record: Record) -> Iterator[str]:
    """What the reader must know of the day that was answered for; counts only, nothing of what the record says."""
    if record.as_of_basis == "today":
        yield f"the record gives no as_of: answered for today, {record.as_of}"
    if record.as_of_basis == "asked":
        entries = "1 entry" if record.left_out == 1 else f"{record.left_out} entries"
        yield f"as of {record.as_of}, as asked: {entries} not yet known on that day left out or shortened"


def wide(width: int | None, format: StrEnum) -> dict[str, Any]:
    return {"width": width} if width and format == "text" else {}


def day(text: str | None) -> dt.date | None:
    if text is None:
        return None
    try:
        return as_of_from(text)
    except ValueError as error:
        stop(f"--as-of {text!r}: {error}; write the day as YYYY-MM-DD")


def path_of(name: str | None) -> str | None:
    """The path by its id, or a word on what there is."""
    known = [path.path for path in load_knowledge().paths] if name else []
    if name and name not in known:
        stop(f"--path: no path is called {name!r}; there are: {', '.join(known)}")
    return name


def same(target: Path, record: str) -> bool:
    return record != "-" and target.exists() and Path(record).exists() and target.samefile(record)


# What stands behind the runner is the runner's own, its options too.
app.command(context_settings={"allow_interspersed_args": False})(conformance)


if __name__ == "__main__":
    main()
