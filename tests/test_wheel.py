"""The wheel: what goes in, and that an installed mspike answers as the checkout does."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = sorted((ROOT / "examples" / "patients").glob("*/record.yaml"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return next(target.glob("*.whl"))


def test_the_wheel_holds_what_it_must(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    inside = {name.split("/", 1)[1] for name in names if name.startswith("mspike/")}
    assert {"cli.py", "py.typed", "knowledge/knowledge.pack", "knowledge/data/facts.yaml"} <= inside
    templates = {str(path.relative_to(ROOT / "src")) for path in (ROOT / "src").rglob("*.html*")}
    assert templates <= names
    assert {f"examples/{path.parent.name}/record.yaml" for path in EXAMPLES} <= inside
    vectors = {path.name for path in (ROOT / "conformance" / "vectors").glob("*.json")}
    assert {f"conformance/vectors/{name}" for name in vectors} <= inside
    licences = {name.rsplit("/", 1)[1] for name in names if "/licenses/" in name}
    assert licences == {"LICENSE", "LICENSE-knowledge", "NOTICE"}
    assert {name.split("/")[0].split("-")[0] for name in names} == {"mspike"}


def test_installed_and_checkout_give_one_answer(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(site)]
    subprocess.run([*install, str(wheel)], check=True, capture_output=True)

    def answer(path: str) -> str:
        code = "import sys; from mspike.cli import main; main()"
        command = [sys.executable, "-c", code, "options", str(EXAMPLES[0]), "--format", "json"]
        environment = os.environ | {"PYTHONPATH": path}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    assert answer(str(site)) == answer(str(ROOT / "src"))
