"""docs/reference/knowledge.md: its commands run and print what it shows, and it knows every key and folder."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from mspike.cli_knowledge import app
from mspike.knowledge.files import DATA, load_text
from mspike.knowledge.model import Criterion

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "knowledge.md").read_text(encoding="utf-8")
CONSOLE = [block.split("\n", 1) for block in re.findall(r"```console\n\$ mspike knowledge (.*?)```", PAGE, re.S)]


@pytest.mark.parametrize(("command", "shown"), CONSOLE, ids=[command for command, _ in CONSOLE])
def test_commands_print_what_the_page_shows(
    command: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`...` on the page stands for anything."""
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, shlex.split(command))
    assert result.exit_code == 0, result.output
    wanted = ".*".join(re.escape(part) for part in shown.strip().split("..."))
    assert re.match(wanted, result.stdout.strip(), re.S), result.stdout


def test_yaml_blocks_are_yaml() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE, re.S)
    assert len(blocks) == 2
    criterion = load_text(blocks[0])[0]
    assert msgspec.convert(criterion, Criterion).effect == "caution"
    assert load_text(blocks[1])["versions"][0]["from"] == "2022-02-28"


def test_the_page_knows_every_key_and_every_file() -> None:
    keys = {field.encode_name for field in msgspec.structs.fields(Criterion)}
    assert {key for key in keys if f"| `{key}` |" not in PAGE} == set()
    for path in DATA.iterdir():
        if path.suffix != ".txt":
            assert f"`{path.name}{'/' if path.is_dir() else ''}`" in PAGE, path.name
