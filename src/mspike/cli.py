"""The command line: thin. Read → derive → options → report."""

from __future__ import annotations

import errno
import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from mspike import __version__
from mspike.cli_answers import Asked, answer_all, answer_one, answers, fault, wide
from mspike.cli_conformance import conformance
from mspike.cli_export import episodes, export
from mspike.cli_fetch import fetch_fhir
from mspike.cli_knowledge import app as knowledge_app
from mspike.cli_output import USAGE, Output, closed, picture, stop, streams
from mspike.cli_trials import app as trials_app
from mspike.derive import compare_lines
from mspike.knowledge import load_knowledge

app = typer.Typer(
    name="mspike",
    help="When the M-spike comes back: read the record, say where the disease stands, lay out every option with its "
    "reasons, each with source and date. It informs a clinician; it does not decide, rank or prescribe.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(knowledge_app, name="knowledge")
app.add_typer(trials_app, name="trials")
app.command()(fetch_fhir)
app.command()(export)
app.command()(episodes)


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
    list[str],
    typer.Argument(
        metavar="RECORD...",
        help="Case files, FHIR (Bundle, NDJSON, folder), OMOP or other tables (folder, DuckDB file, postgresql://…); "
        "`-` is standard input.",
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="Answer as of this day: later data and later rules are left out."),
]
Labels = Annotated[Country | None, typer.Option(help="Whose labels apply; default: the record's own, else US.")]
Patients = Annotated[
    list[str] | None,
    typer.Option("--patient", metavar="ID", help="Of a source of several patients this one; may be given again."),
]
Every = Annotated[bool, typer.Option("--all", help="Of a source of several patients every one.")]
MappingFile = Annotated[
    Path | None, typer.Option("--mapping", metavar="FILE", help="Tables: which column is what (YAML).")
]
Policies = Annotated[
    list[str] | None,
    typer.Option("--policy", metavar="KEY=VALUE", help="Another reading, e.g. refractory_drug=against."),
]
Out = Annotated[
    Path | None,
    typer.Option(metavar="PATH", help="Write here instead of printing; a folder for several HTML or FHIR answers."),
]
CodeMap = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Local codes: a CSV or YAML file of `system`, `code`, `word` (a word of ours)."),
]
ReadReport = Annotated[bool, typer.Option("--quality", help="Text: all of what was read, mapped, refused, left out.")]
Width = Annotated[int | None, typer.Option(min=40, max=400, help="Columns of the text; default: the terminal's.")]


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
    streams()
    try:
        app()
    except OSError as error:  # a file's own troubles are told where they happen: this is the screen or the pipe
        reason = "it is closed" if error.errno == errno.EBADF else error.strerror
        closed(f"the output cannot be written ({reason})", USAGE)
    except Exception as error:  # a fault of ours: said without the traceback, whose values may be a patient's
        if os.environ.get("MSPIKE_DEBUG"):
            raise
        stop(f"{fault(error)}; please report it. No value is shown here", 1)


@app.command()
def options(
    records: Records,
    as_of: AsOf = None,
    country: Labels = None,
    policy: Policies = None,
    format: Annotated[Format, typer.Option(help="How to print it.")] = Format.text,
    out: Out = None,
    all_reasons: Annotated[bool, typer.Option("--all-reasons", help="Text: every reason of every option.")] = False,
    path: Annotated[str | None, typer.Option(help="Text: one path only, e.g. car-t.")] = None,
    questions: Annotated[bool, typer.Option("--questions", help="Text: every question.")] = False,
    quality: ReadReport = False,
    patient: Patients = None,
    every: Every = False,
    code_map: CodeMap = None,
    mapping: MappingFile = None,
    width: Width = None,
) -> None:
    """Every treatment option for each record, with the reasons for and against."""
    chosen: dict[str, Any] = {
        "all_reasons": all_reasons, "path": path_of(path), "all_questions": questions, "all_quality": quality,
    }  # fmt: skip
    look = {name: value for name, value in chosen.items() if value}
    if look and format is not Format.text:
        chooses = "--all-reasons, --path, --questions and --quality choose from the text"
        stop(f"{chooses}; the other formats always hold everything")
    asked = Asked(records, as_of, country, policy, patient, every, code_map, mapping)
    answer_all(asked, Output(format.value, out, asked.several, **look, **wide(width, format.value)))


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
    quality: ReadReport = False,
    patient: Patients = None,
    every: Every = False,
    code_map: CodeMap = None,
    mapping: MappingFile = None,
    width: Width = None,
) -> None:
    """The derived state alone: lines, refractoriness, event, facts."""
    if quality and (compare or format is not StateFormat.text):
        stop("--quality chooses from the text; the other formats always hold everything")
    look = {"all_quality": quality} if quality else {}
    asked = Asked(records, as_of, country, policy, patient, every, code_map, mapping)
    output = Output(format.value, out, asked.several, part="state", **look, **wide(width, format.value))
    answer_all(asked, output, compare_lines if compare else answer_one)


@app.command()
def timeline(
    record: Annotated[str, typer.Argument(metavar="RECORD", help="What `mspike options` reads, of one patient.")],
    as_of: AsOf = None,
    policy: Policies = None,
    out: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Draw the picture into this file: .svg or .png.")
    ] = None,
    patient: Patients = None,
    code_map: CodeMap = None,
    mapping: MappingFile = None,
    width: Width = None,
) -> None:
    """The course of one patient as a picture: therapy, responses, markers. Without --out the same as tables."""
    format = picture(out)
    look = {"width": width} if width and out is None else {}
    asked = Asked([record], as_of, None, policy, patient, False, code_map, mapping)
    answer_all(asked, Output(format, out, 1, part="timeline", **look))


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
        with Output(format.value, target, 1, **wide(width, format.value)) as output:
            for result in answers(Asked([record]), quiet=True):
                output.put(result)
    typer.echo(f"\nThe same as a page, to open in a browser or to print: {out.resolve()}")


def examples() -> Path:
    """The example patients: inside an installed package, or in the checkout."""
    here = Path(__file__).parent
    for folder in (here / "examples", here.parents[1] / "examples" / "patients"):
        if folder.is_dir():
            return folder
    stop("demo: the example patients are not installed")


def path_of(name: str | None) -> str | None:
    """The path by its id, or a word on what there is."""
    known = [path.path for path in load_knowledge().paths] if name else []
    if name and name not in known:
        stop(f"--path: no path is called {name!r}; there are: {', '.join(known)}")
    return name


# What stands behind the runner is the runner's own, its options too.
app.command(context_settings={"allow_interspersed_args": False})(conformance)


if __name__ == "__main__":
    main()
