"""The pack says what the files say, always: an edited file works at once, and nobody ever reads half a pack."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from mspike.knowledge import pack as room
from mspike.knowledge.files import DATA, KnowledgeError
from mspike.knowledge.grammar import parse
from mspike.knowledge.model import Knowledge
from mspike.knowledge.pack import as_expr, data_files, file_digest, in_checkout, load_pack, make_pack, write_pack


@pytest.fixture
def target(data: Path) -> Path:
    return data.parent / "knowledge.pack"


def label(data: Path, target: Path) -> str:
    return load_pack(data, target).knowledge.options["Vd"].label


def rename(data: Path, name: str) -> None:
    path = data / "options" / "Vd.yaml"
    path.write_text(path.read_text().replace("label: Bortezomib + dexamethasone", f"label: {name}"))


def test_the_pack_equals_the_files(data: Path, target: Path, knowledge: Knowledge) -> None:
    made = load_pack(data, target)
    again = load_pack(data, target)
    assert again.knowledge == made.knowledge == knowledge
    assert again.digest == made.digest == file_digest(DATA)
    assert again.codes == made.codes
    for text, value in again.conditions.items():
        if "{" not in text:
            assert as_expr(value) == parse(text)


def test_an_edited_file_works_at_once(data: Path, target: Path) -> None:
    assert in_checkout(target)
    assert label(data, target) == "Bortezomib + dexamethasone"
    rename(data, "Other words")
    assert label(data, target) == "Other words"


def test_an_added_and_a_removed_file_work_at_once(data: Path, target: Path) -> None:
    policies = load_pack(data, target).knowledge.policies
    assert "doubling_days" in policies
    new = (data / "policies" / "doubling_days.yaml").read_text().replace("doubling_days", "tripling_days")
    (data / "policies" / "tripling_days.yaml").write_text(new)
    assert load_pack(data, target).knowledge.policies.keys() - policies.keys() == {"tripling_days"}
    (data / "policies" / "tripling_days.yaml").unlink()
    assert load_pack(data, target).knowledge.policies == policies


def test_changed_code_makes_the_pack_anew(data: Path, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A field more in the model is not missing from answers until somebody edits a YAML file."""
    load_pack(data, target)
    before = room.file_stamp(data)
    (target.parent / "pack.py").touch()
    monkeypatch.setattr(room, "__file__", str(target.parent / "pack.py"))
    assert room.file_stamp(data) != before


def test_an_installed_pack_is_trusted(data: Path, target: Path) -> None:
    """Without a source tree the files beside it are for reading only; `knowledge check` tells when they differ."""
    load_pack(data, target)
    (data.parents[3] / "pyproject.toml").unlink()
    assert not in_checkout(target)
    rename(data, "Other words")
    assert label(data, target) == "Bortezomib + dexamethasone"
    assert load_pack(data, target).digest != file_digest(data)


def spoiled(data: Path, target: Path) -> dict[str, bytes]:
    write_pack(data, target)
    good = target.read_bytes()
    older = msgspec.msgpack.encode([1, *msgspec.msgpack.decode(good)[1:]])
    other = msgspec.msgpack.encode({"format": room.FORMAT})
    return {"empty": b"", "cut": good[: len(good) // 2], "noise": bytes(range(256)) * 9, "older": older, "other": other}


@pytest.mark.parametrize("how", ["empty", "cut", "noise", "older", "other"])
@pytest.mark.parametrize("installed", [False, True])
def test_a_spoiled_pack_is_made_anew(data: Path, target: Path, how: str, installed: bool) -> None:
    target.write_bytes(spoiled(data, target)[how])
    if installed:
        (data.parents[3] / "pyproject.toml").unlink()
    assert label(data, target) == "Bortezomib + dexamethasone"
    mended = msgspec.msgpack.decode(target.read_bytes(), type=room.Pack)
    assert (mended.format, mended.digest) == (room.FORMAT, file_digest(data))


def test_a_read_only_folder_is_no_error(data: Path, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("read-only")

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    assert label(data, target) == "Bortezomib + dexamethasone"
    assert not target.exists()


def test_a_condition_outside_the_grammar_names_its_place(data: Path) -> None:
    path = data / "options" / "Vd.yaml"
    path.write_text(path.read_text().replace("when: refractory_bortezomib", "when: refractory_bortezomib + 1"))
    with pytest.raises(
        KnowledgeError, match=r"^options/Vd, version 2005, criterion bortezomib-refractory: .*not allowed"
    ):
        make_pack(data)


READER = """
import sys
from pathlib import Path
from mspike.knowledge.pack import load_pack
data, target = Path(sys.argv[1]), Path(sys.argv[2])
for _ in range(3):
    assert load_pack(data, target).knowledge.options["Vd"].label == "Bortezomib + dexamethasone"
    (data / "knowledge.yaml").touch()
"""


def test_several_processes_at_once(data: Path, target: Path) -> None:
    """Each makes the others' pack stale all the time; none reads half a one, and nothing is left behind."""
    command = [sys.executable, "-c", READER, str(data), str(target)]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    for process in running:
        _, told = process.communicate(timeout=120)
        assert process.returncode == 0, told
    assert sorted(path.name for path in target.parent.iterdir()) == ["data", "knowledge.pack"]
    assert label(data, target) == "Bortezomib + dexamethasone"


def test_files_come_in_one_order(data: Path) -> None:
    """The digest is the same on every machine, whatever order its folders come in; editors' leftovers do not count."""
    digest = file_digest(data)
    (data / "options" / ".Vd.yaml.swp").write_text("x")
    assert file_digest(data) == digest
    assert data_files(data) == sorted(data_files(data))


def test_a_pack_is_readable_by_others(data: Path, target: Path) -> None:
    write_pack(data, target)
    assert target.stat().st_mode & 0o777 == 0o644
