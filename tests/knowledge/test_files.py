"""What the reader refuses, in one message that names the file and the place."""

from __future__ import annotations

from pathlib import Path

import pytest

from mspike.knowledge.files import DATA, FOLDERS, KnowledgeError, load_text, read_entries, read_knowledge, write_whole
from mspike.knowledge.model import Knowledge


def edit(data: Path, file: str, old: str, new: str) -> None:
    path = data / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("options/Vd.yaml", "path: drug", "pathway: drug", "options/Vd.yaml: Object contains unknown field `pathway`"),
        ("drugs/bortezomib.yaml", "when: ", "If: ", r"drugs/bortezomib.yaml: .*unknown field `If` - at `\$.versions"),
        (
            "drugs/bortezomib.yaml",
            "label: Bort",
            "drug: twice\nlabel: Bort",
            "drugs/bortezomib.yaml: .*key 'drug' twice.*line 2",
        ),
        ("classes/PI.yaml", "class: PI", "class: &x PI\nplain: *x", r"classes/PI.yaml: line 2: an alias \(\*x\)"),
        (
            "classes/PI.yaml",
            "class: PI",
            "class: pi",
            "classes/PI.yaml: its id is 'pi'; it has to be the file's name, 'PI'",
        ),
        (
            "options/Vd.yaml",
            "from: 2003-05-13",
            "from: May 2003",
            r"options/Vd.yaml: Expected a date.* - at `\$.availability",
        ),
        (
            "options/Vd.yaml",
            "from: 2003-05-13",
            "from: 2003-13-05",
            "options/Vd.yaml: Expected a date, written YYYY, YYYY-MM",
        ),
        (
            "options/Vd.yaml",
            "from: 2003-05-13",
            "from: 2003",
            r"options/Vd.yaml: Expected `str`, got `int` - at `\$.availability",
        ),
        ("options/Vd.yaml", "status: approved", "status: allowed", "options/Vd.yaml: Invalid enum value 'allowed'"),
        (
            "drugs/bortezomib.yaml",
            "effect: against",
            "effect: forbids",
            "drugs/bortezomib.yaml: Invalid enum value 'forbids'",
        ),
        ("sources/bellini.yaml", "kind: ", "kind: un", "sources/bellini.yaml: Invalid enum value 'un"),
        ("options/Vd.yaml", "drugs: [", "drugs: [[", "options/Vd.yaml: not readable as YAML"),
        ("options/Vd.yaml", "drugs: [", "{a: b}: c\ndrugs: [", "options/Vd.yaml: .*a key that is no word"),
        (
            "timeline.yaml",
            "country: US",
            "country: USA",
            r"timeline.yaml: Invalid enum value 'USA' - at `\$.entries\[0\].country`",
        ),
        ("library/glossary.yaml", "term: ", "word: ", r"library/glossary.yaml: .*`\$.entries\[0\]"),
        ("facts.yaml", "type: number", "type: amount", "facts.yaml: Invalid enum value 'amount'"),
        ("knowledge.yaml", "version: ", "vintage: ", "knowledge.yaml: Object contains unknown field `vintage`"),
    ],
)
def test_refused(data: Path, file: str, old: str, new: str, says: str) -> None:
    edit(data, file, old, new)
    with pytest.raises(KnowledgeError, match=f"^{says}") as error:
        read_knowledge(data)
    assert "\n" not in str(error.value)


def test_a_file_that_is_no_text_is_refused(data: Path) -> None:
    (data / "options" / "Vd.yaml").write_bytes(b"option: \xff\xfe")
    with pytest.raises(KnowledgeError, match=r"^options/Vd.yaml: cannot be read"):
        read_knowledge(data)


def test_an_empty_or_absent_file_is_refused(data: Path) -> None:
    (data / "timeline.yaml").write_text("")
    with pytest.raises(KnowledgeError, match=r"^timeline.yaml: Expected `object`, got `null`"):
        read_knowledge(data)
    (data / "timeline.yaml").unlink()
    with pytest.raises(KnowledgeError, match=r"^timeline.yaml: cannot be read"):
        read_knowledge(data)


def test_deep_nesting_is_an_error_and_no_crash() -> None:
    with pytest.raises(ValueError, match="not readable as YAML"):
        load_text("[" * 20_000)


def test_dates_and_words_stay_text() -> None:
    """YAML 1.1 would make a date, a truth value and an octal number of these."""
    assert load_text("{a: 2024-04-05, b: yes, c: 012, d: on, e: 1:30}") == {
        "a": "2024-04-05", "b": "yes", "c": "012", "d": "on", "e": "1:30",
    }  # fmt: skip
    assert load_text("{a: true, b: null, c: 12, d: 1.5}") == {"a": True, "b": None, "c": 12, "d": 1.5}


def test_a_star_in_a_sentence_is_no_alias() -> None:
    assert load_text('says: "grade * or *x"') == {"says": "grade * or *x"}


def test_every_file_is_read(knowledge: Knowledge) -> None:
    """No file lies in a folder where nobody looks."""
    read = {path for _, path, _ in read_entries()}
    lists = {DATA / f"{name}.yaml" for name in (*knowledge.reviews, "facts", "knowledge")}
    assert {path for path in DATA.rglob("*.yaml") if path.parent.name not in ("codes", "trials")} == read | lists
    assert {path.name for path in DATA.iterdir() if path.is_dir()} == {*FOLDERS, "codes", "library", "trials"}


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "x.yaml"
    target.write_text("old")
    target.chmod(0o640)
    write_whole(target, b"new")
    assert target.read_text() == "new"
    assert target.stat().st_mode & 0o777 == 0o640

    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="no space"):
        write_whole(target, b"newer")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("x.yaml", "new")]
