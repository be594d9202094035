"""The index: what a load does to it, its history, two loaders at once, a full disk, a file that is none."""

from __future__ import annotations

import datetime as dt
import sqlite3
import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mspike.trials import (
    Index,
    Intervention,
    Loaded,
    Prepared,
    Query,
    Snapshot,
    Text,
    Trial,
    TrialError,
    changes_since,
    load_trials,
    open_index,
    search_trials,
)
from mspike.trials import index as index_module
from mspike.trials import load as load_module
from trials.invented import HOUSTON, site, trial

DAY = dt.timedelta(days=1)
FIRST = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "trials.sqlite"


def load(path: Path, *trials: Trial | TrialError, days: int = 0) -> Loaded:
    with open_index(path, write=True) as index:
        return load_trials(index, trials, now=FIRST + days * DAY)


def found(path: Path, **asked: Any) -> list[str]:
    with open_index(path) as index:
        return [t.nct_id for t in search_trials(index, Query(statuses=(), **asked)).trials]


def count(path: Path) -> dict[str, int]:
    with open_index(path) as index:
        return {
            name: index.db.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
            for name in ("version", "trial", "site")
        }


def newer(base: Trial, **fields: Any) -> Trial:
    if "status" in fields:
        fields.setdefault("status_given", fields["status"])
    return msgspec.structs.replace(base, **({"updated": "2026-05-01"} | fields))


def test_a_record_that_comes_again_changes_nothing(path: Path) -> None:
    again = msgspec.structs.replace(trial(1), snapshot=Snapshot(form="ctgov-v2", file="elsewhere"))
    assert load(path, trial(1), trial(1)).new == 1
    assert load(path, again).unchanged == 1
    assert count(path) == {"version": 1, "trial": 1, "site": 1}


def test_a_later_download_of_the_same_record_is_a_fresher_one(path: Path) -> None:
    day = dt.date(2026, 10, 1)
    load(path, trial(1))
    load(path, msgspec.structs.replace(trial(1), snapshot=Snapshot(form="ctgov-v2", taken_on=day)))
    with open_index(path) as index:
        assert search_trials(index, Query()).trials[0].taken_on == day


def test_a_changed_record_takes_the_place_of_the_old_and_history_stays(path: Path) -> None:
    old = trial(1, texts=(Text(field="eligibilityCriteria", text="cereblon modulators allowed"),))
    new = newer(old, texts=(Text(field="eligibilityCriteria", text="none"),), sites=(site("Lyon"), site("Austin")))
    load(path, old)
    assert found(path, words="cereblon") == [old.id]
    assert load(path, new).changed == 1
    assert found(path, words="cereblon") == []
    assert found(path, words="none") == [old.id]
    assert count(path) == {"version": 2, "trial": 1, "site": 2}


def test_an_older_record_and_an_excerpt_do_not_replace_a_newer_whole_one(path: Path) -> None:
    whole = trial(1, updated="2026-05-01", title="whole")
    excerpt = trial(1, updated="2026-06-01", status="UNKNOWN", status_given="", title="excerpt")
    assert load(path, whole).new == 1
    assert load(path, newer(whole, updated="2020-01-01", title="old"), excerpt).older == 2
    with open_index(path) as index:
        record = index.record(whole.id)
        assert record is not None
        assert record.title == "whole"
        assert index.trials() == 1
    assert count(path)["version"] == 3


def test_what_opened_closed_and_changed(path: Path) -> None:
    sites = (site("Houston"), site("Austin", "NOT_YET_RECRUITING"))
    opened, closed = trial(1, status="NOT_YET_RECRUITING", sites=()), trial(2)
    moved, silent = trial(3, sites=sites), trial(4)
    load(path, opened, closed, moved, silent)
    later = (
        newer(opened, status="RECRUITING"),
        newer(closed, status="TERMINATED", why_stopped="slow accrual", sites=()),
        newer(moved, sites=(site("Houston", "COMPLETED"), site("Austin")), max_age_years=75.0),
        newer(silent),
        trial(5),
    )
    load(path, *later, days=10)
    with open_index(path) as index:
        changes = changes_since(index, (FIRST + DAY).date())
        assert [(c.what, c.nct_id[-1]) for c in changes] == [
            ("opened", "1"),
            ("new", "5"),
            ("closed", "2"),
            ("changed", "3"),
        ]
        assert {(c.field, c.before, c.after) for c in changes[2].changes} >= {
            ("status", "RECRUITING", "TERMINATED"), ("why it stopped", "", "slow accrual"),
        }  # fmt: skip
        told = {c.field: c.after for c in changes[3].changes}
        assert told["site closed"].startswith("Clinic of Houston")
        assert told["site opened"].startswith("Clinic of Austin")
        assert told["oldest age"] == "75"
        assert changes_since(index, (FIRST + 11 * DAY).date()) == []
        assert {c.what for c in changes_since(index, (FIRST - DAY).date())} == {"new"}


def test_records_of_two_registries_are_not_compared(path: Path) -> None:
    load(path, trial(1))
    load(path, trial(1, title="another", snapshot=Snapshot(form="nci-cts-v2")), days=3)
    with open_index(path) as index:
        assert changes_since(index, (FIRST + DAY).date()) == []


def test_what_cannot_be_read_is_told_and_the_rest_loaded(path: Path) -> None:
    told: list[TrialError] = []
    with open_index(path, write=True) as index:
        loaded = load_trials(index, [trial(1), TrialError("a", "b"), trial(2)], refused=told.append)
    assert (loaded.new, loaded.refused, str(told[0])) == (2, 1, "a: b")


def test_a_reader_sees_the_last_whole_step(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_module, "STEP", 2)
    load(path, trial(1))
    seen = []

    def reads() -> Any:
        with open_index(path) as reader:
            for number in range(2, 6):
                seen.append(reader.trials())
                yield trial(number)

    with open_index(path, write=True) as index:
        load_trials(index, reads())
    assert seen == [1, 1, 3, 3]
    assert len(found(path)) == 5


def test_a_reader_that_stays_open_finds_what_was_loaded_since(path: Path) -> None:
    load(path, trial(1))
    with open_index(path) as reader:
        assert search_trials(reader, Query()).total == 1
        load(path, trial(2))
        assert search_trials(reader, Query()).total == 2


def test_two_loaders_at_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_module, "STEP", 5)
    failures: list[BaseException] = []

    def run(first: int) -> None:
        try:
            load(path, *(trial(number) for number in range(first, first + 60)))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(first,)) for first in (1, 31, 61)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert count(path) == {"version": 120, "trial": 120, "site": 120}
    with open_index(path) as index:
        assert search_trials(index, Query(limit=0, drug="daratumumab")).total == 120


def test_a_loader_that_waits_too_long_says_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(path, trial(1))
    monkeypatch.setattr(index_module, "WAIT_SECONDS", 0.05)
    with (
        open_index(path, write=True) as holder,
        holder.writing(),
        open_index(path, write=True) as other,
        pytest.raises(TrialError, match="another loader"),
    ):
        load_trials(other, [trial(2)])


def test_a_full_disk_keeps_the_steps_before(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_module, "STEP", 10)
    load(path, *(trial(number) for number in range(1, 11)))
    with open_index(path, write=True) as index:
        pages = index.db.execute("PRAGMA page_count").fetchone()[0]
        index.db.execute(f"PRAGMA max_page_count = {pages + 40}")
        with pytest.raises(TrialError, match="disk is full"):
            load_trials(index, (trial(n, summary=f"word{n} " * 3000 + str(n)) for n in range(11, 300)))
    held = count(path)["trial"]
    assert held >= 10
    assert held % 10 == 0
    assert load(path, *(trial(number) for number in range(1, 400))).refused == 0
    assert count(path)["trial"] == 399
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("content", [b"no database at all, but a text", b"SQLite format 3\x00" + b"\x07" * 2000])
def test_a_file_that_is_no_index(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    for write in (False, True):
        with pytest.raises(TrialError, match="no index of trials"):
            open_index(path, write=write)
    assert path.read_bytes() == content


def test_somebody_elses_database_is_left_alone(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE theirs (a)")
    with pytest.raises(TrialError, match="no index of trials"):
        open_index(path, write=True)


def test_an_index_of_a_later_mspike(path: Path) -> None:
    load(path, trial(1))
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version = {index_module.SCHEMA + 1}")
    with pytest.raises(TrialError, match="later mspike"):
        open_index(path)


def test_no_index_yet_a_folder_and_no_folder(tmp_path: Path, path: Path) -> None:
    with pytest.raises(TrialError, match="no index yet"):
        open_index(path)
    with pytest.raises(TrialError, match="is a folder"):
        open_index(tmp_path, write=True)
    (tmp_path / "file").write_text("")
    with pytest.raises(TrialError):
        open_index(tmp_path / "file" / "trials.sqlite", write=True)


def test_an_index_made_with_other_words_is_made_anew_from_its_records(path: Path) -> None:
    load(path, trial(1), trial(2, sites=(site("Austin"),)))
    with sqlite3.connect(path) as db:
        db.execute("UPDATE meta SET value = 'other words' WHERE key = 'made_with'")
        db.execute("UPDATE trial SET exact = 0, wider = 0")
    with open_index(path) as index:
        assert not index.current
        assert search_trials(index, Query()).total == 0
    load(path)
    with open_index(path) as index:
        assert index.current
        assert search_trials(index, Query()).total == 2
    assert count(path) == {"version": 2, "trial": 2, "site": 2}


def test_criteria_are_parsed_once_and_anew_when_the_record_changes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mspike.trials import prepared

    text = Text(field="eligibilityCriteria", text="Inclusion Criteria:\n* ECOG 0-1")
    load(path, trial(1, texts=(text,)))
    with open_index(path, write=True) as index:
        criteria = Prepared(index)
        first = criteria("NCT00000001")
        assert first is not None
        assert [c.fact for c in first.criteria if c.fact == "ecog"] == ["ecog"]
        assert criteria("NCT00000009") is None
        criteria.save()
        criteria.save()
    with monkeypatch.context() as never, open_index(path) as index:
        never.setattr(prepared, "parse_criteria", lambda trial: pytest.fail("parsed again"))
        assert Prepared(index)("NCT00000001") == first
    changed = msgspec.structs.replace(text, text="Inclusion Criteria:\n* Age 20 or older")
    load(path, newer(trial(1, texts=(text,)), texts=(changed,)))
    with open_index(path) as index:
        again = Prepared(index)("NCT00000001")
        assert again is not None
        assert "ecog" not in [c.fact for c in again.criteria]


def test_the_default_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from mspike.trials import default_path

    monkeypatch.delenv("MSPIKE_TRIALS", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_path() == tmp_path / "mspike" / "trials.sqlite"
    with open_index(write=True) as index:
        assert isinstance(index, Index)
    monkeypatch.setenv("MSPIKE_TRIALS", str(tmp_path / "named"))
    assert default_path() == tmp_path / "named"


def test_a_trial_without_a_site_or_with_odd_ones(path: Path) -> None:
    odd = trial(1, sites=(site("", ""), site("", "UNKNOWN"), site("Houston", point=HOUSTON)) * 400)
    many = trial(2, interventions=tuple(Intervention(name=f"drug {n}", kind="ODD") for n in range(3000)))
    assert load(path, odd, many, trial(3, sites=())).new == 3
    assert found(path, treatment_type="other") == ["NCT00000002"]


def test_the_real_records_load_and_every_one_is_found(shared: Path, path: Path) -> None:
    from mspike.trials import read_trials

    forms = ("ctgov_v2", "ctgov_xml", "nci_cts_v2", "texts_myeloma.ndjson")
    with open_index(path, write=True) as index:
        loaded = load_trials(index, read_trials([shared / "trials" / form for form in forms]))
        assert (loaded.read, loaded.refused) == (634, 0)
        found = search_trials(index, Query(cancer_type="any", statuses=(), limit=0))
        assert found.total == len({t.nct_id for t in found.trials}) == loaded.new
        myeloma = search_trials(index, Query(statuses=()))
        assert myeloma.total > 0.95 * loaded.new
        assert load_trials(index, read_trials([shared / "trials" / form for form in forms])).changed == 0
