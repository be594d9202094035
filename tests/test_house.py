"""House rules that a machine can hold: sizes, doors, what start-up loads, and words that have no place here."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "mspike"
MODULES = sorted(SOURCE.rglob("*.py"))
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
IMPORTED_AS = {"pyyaml": {"yaml"}, "jinja2": {"jinja2", "markupsafe"}, "vl-convert-python": {"vl_convert"}}
"""Distributions whose import name differs from their own, or that hand on another's types."""


@cache
def git_files(*which: str) -> tuple[Path, ...]:
    """What `git ls-files` lists, less what is gone from the folder."""
    command = ["git", "ls-files", "-z", "--exclude-standard", *which]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


def house_files() -> tuple[Path, ...]:
    """Every file that is, or is about to be, under version control."""
    return git_files("--cached", "--others")


def lines_with(pattern: re.Pattern[str]) -> Iterator[str]:
    """`file:line: text` for every line of a house file that matches; binary files are passed over."""
    for path in house_files():
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(lines, start=1):
            if pattern.search(line):
                yield f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"


def room(path: Path) -> str:
    """The room a module lives in: the folder, or the module itself when it stands alone."""
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and full module name of every import, wherever it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module


def test_no_module_is_two_modules() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    for path, length in lengths.items():
        if 300 < length <= 400:
            warnings.warn(f"{path.relative_to(ROOT)} has {length} lines: think of splitting it", stacklevel=1)
    assert {str(path.relative_to(ROOT)): length for path, length in lengths.items() if length > 400} == {}


def test_nothing_the_package_needs_is_ignored() -> None:
    made = {".pyc", ".pack"}
    ignored = git_files("--others", "--ignored", "--", "src")
    assert [str(path.relative_to(ROOT)) for path in ignored if path.suffix not in made] == []


@pytest.mark.parametrize("module", ["mspike", "mspike.cli"])
def test_start_up_is_light(module: str) -> None:
    heavy = {"numpy", "pandas", "polars", "duckdb", "pyarrow", "numba", "pyspark", "pydantic", "jinja2", "yaml"}
    code = f"import sys, {module}; print(sorted({heavy!r} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_every_room_has_its_place_in_the_layers() -> None:
    contract = SETTINGS["tool"]["importlinter"]["contracts"][0]
    layered = set(re.findall(r"\w+", " ".join(contract["layers"])))
    rooms = {room(path) for path in MODULES} - {"__init__"}
    assert rooms - layered == set()


KERNEL = {f"mspike.derive.kernel{name}" for name in ("", ".codes", ".line_codes", ".people")}
"""Functions of numbers and their codes, which a block compiles."""
SHAPES = {"mspike.record.model", "mspike.record.columns", "mspike.derive.state", "mspike.options.answer"}
DOORS = {"mspike.knowledge.model"} | SHAPES | KERNEL
"""Beside a room's `__init__`: the module that defines the one thing which passes its door."""


def test_rooms_are_entered_through_their_door() -> None:
    """At the top of a module through a door; inside a function a submodule may be named, to keep start-up light."""
    through_the_window = []
    for path in MODULES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        inside = {line for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) for line, _ in imported(node)}
        for line, name in imported(tree):
            parts = name.split(".")
            elsewhere = parts[0] == "mspike" and len(parts) > 2 and parts[1] != room(path) and name not in DOORS
            if elsewhere and (line not in inside or any(part.startswith("_") for part in parts[2:])):
                through_the_window.append(f"{path.relative_to(ROOT)}:{line}: {name}; import it from mspike.{parts[1]}")
    assert through_the_window == []


def test_what_is_imported_is_declared() -> None:
    extras = {name: lines for name, lines in SETTINGS["project"]["optional-dependencies"].items() if name != "dev"}
    wanted = [*SETTINGS["project"]["dependencies"], *(line for lines in extras.values() for line in lines)]
    names = [re.split(r"[^\w.-]", line)[0].lower() for line in wanted]
    declared = set().union(*(IMPORTED_AS.get(name, {name.replace("-", "_")}) for name in names))
    undeclared = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in MODULES
        for line, name in imported(ast.parse(path.read_text(encoding="utf-8")))
        if name.split(".")[0] not in declared | sys.stdlib_module_names | {"mspike"}
    ]
    assert undeclared == []


def test_nothing_is_left_for_later() -> None:
    assert list(lines_with(re.compile(r"\b(TO[D]O|FIX[M]E|XX[X])\b"))) == []


def test_no_package_index_is_named() -> None:
    hosts = r"pypi[.]org|pythonhosted[.]org|npmjs[.]org|yarnpkg[.]com|deb[.]debian[.]org"
    options = r"--(extra-)?index[-]url|--find[-]links|index[_]url"
    assert list(lines_with(re.compile(f"{hosts}|{options}", re.IGNORECASE))) == []


def test_pins_carry_hashes_and_no_address() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    pins = re.split(r"\n(?=\w)", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).strip())
    hashed = re.compile(r"[\w.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", re.DOTALL)
    assert [pin.split()[0] for pin in pins if not hashed.match(pin)] == []
    assert "://" not in text


NEVER = re.compile(
    r"\brecommended\b|\bwe recommend\b|\bbest (choice|option|treatment|regimen)\b|\bshould\b|\boptimal\b", re.IGNORECASE
)
"""Words of a program that decides. `best response` is a term of the field and stays."""


def test_templates_do_not_decide() -> None:
    kinds = {".html", ".j2", ".jinja", ".txt", ".md"}
    templates = [path for path in (SOURCE / "report").rglob("*") if path.suffix in kinds]
    said = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in templates
        for found in NEVER.finditer(re.sub(r"\{#.*?#\}|<!--.*?-->", "", path.read_text(encoding="utf-8"), flags=re.S))
    ]
    assert said == []


def test_sentences_do_not_decide() -> None:
    said = []
    for path in sorted((SOURCE / "report").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        notes = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings speak to us
        said += [
            f"{path.relative_to(ROOT)}:{node.lineno}: {found[0]}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in notes
            for found in NEVER.finditer(node.value)
        ]
    assert said == []


def test_the_changelog_knows_this_version() -> None:
    from mspike import __version__

    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
