"""Navigators' cases: only added to, corrected by new entries, exported and erased on request."""

from __future__ import annotations

import datetime as dt
import json
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from mspike.cli import app
from mspike.trials import CaseError, Cases, open_cases
from postgres import server

WHO = "Invented Person, 555-0100"
TRIAL = "NCT99000001"
NUMBERS = count(1)


@pytest.fixture(scope="module")
def postgresql() -> Iterator[str]:
    with server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def cases(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cases]:
    """No cases yet: in a file of its own, or in a new database of a real server."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'cases.sqlite'}"
    else:
        url = new_database(request.getfixturevalue("postgresql"))
    with open_cases(url) as opened:
        yield opened


def new_database(url: str) -> str:
    import psycopg

    name = f"cases_{next(NUMBERS)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return url.replace("/postgres?", f"/{name}?")


def test_a_way_through_a_trial(cases: Cases) -> None:
    case = cases.open("nurse", WHO)
    cases.add(case, "nurse", "step", trial=TRIAL, step="referral")
    cases.add(case, "nurse", "barrier", "no car")
    cases.add(case, "nurse", "step", "chose another treatment", trial=TRIAL, step="declined")
    cases.add(case, "nurse", "outcome", "treated near home")
    found = cases.case(case)
    assert [entry.kind for entry in found.entries] == ["who", "step", "barrier", "step", "outcome"]
    assert found.steps == {TRIAL: "declined"}
    assert all(entry.by == "nurse" and entry.at.endswith("Z") for entry in found.entries)
    assert WHO not in str(cases.all())


def test_a_correction_is_a_new_entry(cases: Cases) -> None:
    case = cases.open("nurse")
    first = cases.add(case, "nurse", "step", trial=TRIAL, step="enrolled")
    second = cases.add(case, "doctor", "step", trial=TRIAL, step="screening", corrects=first)
    found = cases.case(case)
    assert [(e.id, e.step, e.corrects, e.corrected_by) for e in found.entries] == [
        (first, "enrolled", None, second), (second, "screening", first, None),
    ]  # fmt: skip
    assert found.steps == {TRIAL: "screening"}
    with pytest.raises(CaseError, match="was corrected already"):
        cases.add(case, "nurse", "step", trial=TRIAL, step="screening", corrects=first)
    with pytest.raises(CaseError, match="is not one of the case"):
        cases.add(cases.open("nurse"), "nurse", "step", step="screening", corrects=first)
    with pytest.raises(CaseError, match="of the kind step"):
        cases.add(case, "nurse", "note", "x", corrects=second)


def test_reminders(cases: Cases) -> None:
    case = cases.open("nurse")
    late = cases.add(case, "nurse", "reminder", "call again", due=dt.date(2026, 3, 2))
    soon = cases.add(case, "nurse", "reminder", "send the packet", due=dt.date(2026, 3, 1))
    cases.add(case, "nurse", "reminder", "later", due=dt.date(2099, 1, 1))
    ours = [entry.id for name, entry in cases.due(dt.date(2026, 3, 2)) if name == case]
    assert ours == [soon, late]


def test_erased_on_request(cases: Cases) -> None:
    case, other = cases.open("nurse", WHO), cases.open("nurse", "somebody else")
    cases.add(case, "nurse", "note", "second", corrects=cases.add(case, "nurse", "note", "first"))
    assert cases.erase(case, "office") == 3
    with pytest.raises(CaseError, match="was erased on"):
        cases.case(case)
    with pytest.raises(CaseError, match="was erased on"):
        cases.add(case, "nurse", "note", "more")
    assert len(cases.case(other).entries) == 1
    (gone,) = [one for one in cases.all() if one.id == case]
    assert (gone.entries, gone.opened_by) == (0, "office")


def test_no_word_of_an_erased_case_is_left_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "cases.sqlite"
    with open_cases(f"sqlite:///{path}") as opened:
        opened.erase(opened.open("nurse", WHO), "office")
    assert WHO.encode() not in path.read_bytes()


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"by": " ", "kind": "note", "text": "x"}, "needs an author"),
        ({"by": "n", "kind": "gossip", "text": "x"}, "there are who, step"),
        ({"by": "n", "kind": "note"}, "needs a text"),
        ({"by": "n", "kind": "note", "text": "x\0"}, "characters"),
        ({"by": "n", "kind": "note", "text": "x" * 30_000}, "characters"),
        ({"by": "n", "kind": "note", "text": "x", "trial": "'; DROP TABLE case_entry"}, "eight digits"),
        ({"by": "n", "kind": "step", "step": "cured"}, "there are referral"),
        ({"by": "n", "kind": "step", "step": "declined"}, "say why"),
        ({"by": "n", "kind": "note", "text": "x", "step": "referral"}, "kind step"),
        ({"by": "n", "kind": "reminder", "text": "x"}, "needs the day"),
    ],
)
def test_what_is_refused(cases: Cases, given: dict[str, str], word: str) -> None:
    case = cases.open("nurse")
    with pytest.raises(CaseError, match=word):
        cases.add(case, **given)  # type: ignore[arg-type]
    assert cases.case(case).entries == ()


def test_two_navigators_at_once(cases: Cases) -> None:
    case = cases.open("nurse")
    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(lambda n: cases.add(case, f"nurse {n}", "note", str(n)), range(20)))
    assert sorted(entry.id for entry in cases.case(case).entries) == sorted(numbers)


def test_the_migrations_make_the_tables(cases: Cases) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from mspike.trials.cases.tables import metadata

    cases.migrate()
    with cases.engine.connect() as db:
        assert compare_metadata(MigrationContext.configure(db), metadata) == []


def test_no_migration_takes_entries_away(cases: Cases) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    from mspike.trials.cases.store import MIGRATIONS

    case = cases.open("nurse")
    cases.add(case, "nurse", "note", "a word")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with cases.engine.begin() as db:
        config.attributes["connection"] = db
        with pytest.raises(CommandError, match="entries would be lost"):
            command.downgrade(config, "base")
    assert len(cases.case(case).entries) == 1


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "cases.sqlite"
    with open_cases(f"sqlite:///{path}"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "url",
    ["nonsense", "oracle-of://x", "sqlite:////proc/none/x.sqlite", "postgresql+psycopg://u:secret-word@127.0.0.1:1/x"],
)
def test_a_database_that_is_not_there(url: str) -> None:
    with pytest.raises(CaseError) as error:
        open_cases(url)
    assert "secret-word" not in str(error.value)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("these are notes, and no database at all\n" * 100)
    with pytest.raises(CaseError, match="cannot be used"):
        open_cases(f"sqlite:///{path}")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["trials", "case", *arguments])


def test_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MSPIKE_CASES", f"sqlite:///{tmp_path / 'cases.sqlite'}")
    case = run("open", "--by", "nurse", "--who", WHO).stdout.strip()
    assert run("add", case, "step", "--by", "nurse", "--trial", TRIAL, "--step", "referral").exit_code == 0
    assert run("add", case, "reminder", "call", "--by", "nurse", "--due", "2026-01-02").exit_code == 0
    assert f"{TRIAL}: referral" in run("show", case).stdout
    assert "call" in run("due", "--on", "2026-01-02").stdout
    assert [entry["kind"] for entry in json.loads(run("export", case).stdout)["entries"]] == ["who", "step", "reminder"]
    assert run("erase", case, "--by", "office").exit_code == 2
    assert run("erase", case, "--by", "office", "--yes").exit_code == 0
    assert "erased" in run("list").stdout
    assert run("show", case).exit_code == 3
    assert run("due", "--on", "soon").exit_code == 2
