"""Following a registry's API, faults included, against a server on this machine."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mspike.report.trial_search import change_lines, search_lines
from mspike.trials import (
    Query,
    Snapshot,
    Synced,
    TrialError,
    changes_since,
    load_trials,
    open_index,
    search_trials,
    sync_trials,
)
from trials.invented import study
from trials.registry import STAMP, Registry, serving

pytest.importorskip("httpx")
WHOLE = [[study(1), study(2)], [study(3), study(4)], [study(5)]]


@pytest.fixture
def registry() -> Iterator[Registry]:
    with serving(Registry([list(page) for page in WHOLE])) as running:
        yield running


class Run:
    """A sync whose pauses are noted and not waited for."""

    def __init__(self, path: Path, registry: Registry) -> None:
        self.path, self.registry = path, registry
        self.waited: list[float] = []

    def __call__(self, **more: Any) -> Synced:
        self.waited.clear()
        self.registry.asked.clear()
        with open_index(self.path, write=True) as index:
            return sync_trials(index, "myeloma", base=self.registry.url, wait=self.waited.append, **more)

    def held(self) -> int:
        with open_index(self.path) as index:
            return index.trials()


@pytest.fixture
def run(tmp_path: Path, registry: Registry) -> Run:
    return Run(tmp_path / "trials.sqlite", registry)


def test_every_page_is_followed_a_request_a_second(run: Run, registry: Registry) -> None:
    done = run(updated_since=dt.date(2026, 9, 1))
    assert (done.pages, done.loaded.new, done.stamp) == (3, 5, STAMP)
    assert run.waited == [1.0, 1.0, 1.0]
    assert [path for path, _ in registry.asked] == ["/version", "/studies", "/studies", "/studies"]
    first, second = registry.asked[1][1], registry.asked[2][1]
    assert first["query.cond"] == "myeloma"
    assert first["filter.advanced"] == "AREA[LastUpdatePostDate]RANGE[2026-09-01,MAX]"
    assert first["pageSize"] == "1000"
    assert second["pageToken"] == "p1"
    with open_index(run.path) as index:
        record = index.record("NCT00000003")
        assert record is not None
        assert record.snapshot.taken_on == dt.date(2026, 10, 20)


def test_the_same_data_are_not_asked_for_twice(run: Run, registry: Registry) -> None:
    run()
    again = run()
    assert again.unchanged
    assert [path for path, _ in registry.asked] == ["/version"]
    registry.stamp = "2026-10-21T09:00:05"
    registry.pages[0][0] = study(1, "COMPLETED", "2026-10-21")
    assert run().loaded.changed == 1


FAULTS = {
    "busy, with seconds": (429, b"", {"Retry-After": "7"}),
    "busy, with a date": (429, b"", {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}),
    "busy, with words": (429, b"", {"Retry-After": "soon"}),
    "failing": (500, b"oh no", {}),
    "away": (503, b"<html>back soon</html>", {}),
    "garbage": (200, b"\x00\xff<html>no JSON</html>", {}),
    "half a page": (200, json.dumps({"studies": WHOLE[1]}).encode()[:-40], {}),
    "cut off": (200, b'{"studies": [', {"Content-Length": "5000"}),
    "another answer": (200, b'{"message": "welcome"}', {}),
    "nothing": (200, b"", {}),
}


@pytest.mark.parametrize(
    ("where", "fault"), [*product(("first", "p1"), FAULTS), ("version", "failing"), ("version", "garbage")]
)
def test_a_fault_is_waited_out(run: Run, registry: Registry, fault: str, where: str) -> None:
    registry.faults[where] = [FAULTS[fault]] * 2
    told: list[str] = []
    done = run(tell=told.append)
    assert sum("asked again in" in line for line in told) == 2
    assert (done.pages, done.loaded.new, run.held()) == (3, 5, 5)
    assert len(run.waited) == 5
    assert max(run.waited) >= (7 if fault == "busy, with seconds" else 4)


def test_a_server_that_never_recovers_and_the_sync_that_goes_on_later(run: Run, registry: Registry) -> None:
    registry.faults["p2"] = [(500, b"", {})] * 6
    with pytest.raises(TrialError, match="answered 500, 6 times"):
        run()
    assert run.held() == 4
    assert run.waited[-5:] == [2.0, 4.0, 8.0, 16.0, 32.0]
    done = run()
    assert done.resumed
    assert (done.pages, done.loaded.new, run.held()) == (3, 1, 5)
    assert [params.get("pageToken") for path, params in registry.asked if path == "/studies"] == ["p2"]


def test_a_sync_over_newer_data_begins_again(run: Run, registry: Registry) -> None:
    registry.faults["p1"] = [(500, b"", {})] * 6
    with pytest.raises(TrialError):
        run()
    registry.stamp = "2026-10-22T00:00:00"
    done = run()
    assert not done.resumed
    assert (done.pages, run.held()) == (3, 5)


def test_a_token_that_the_registry_forgot(run: Run, registry: Registry) -> None:
    registry.faults["p1"] = [(500, b"", {})] * 6
    with pytest.raises(TrialError):
        run()
    registry.faults["p1"] = [(400, b"unknown token", {})]
    done = run()
    assert (done.resumed, done.pages, run.held()) == (False, 3, 5)


@pytest.mark.parametrize("token", ["p1", "p0", "first"])
def test_a_page_that_repeats_ends_the_sync(run: Run, registry: Registry, token: str) -> None:
    registry.tokens[1] = token
    with pytest.raises(TrialError, match="was there before"):
        run()
    assert run.held() == 4


def test_a_refusal_is_not_asked_again(run: Run, registry: Registry) -> None:
    registry.faults["first"] = [(400, b"bad query", {})] * 2
    with pytest.raises(TrialError, match="answered 400"):
        run()
    assert run.waited == [1.0]


def test_a_study_that_cannot_be_read_is_told(run: Run, registry: Registry) -> None:
    registry.pages[1] = [{"protocolSection": {}}, study(4)]
    told: list[TrialError] = []
    done = run(refused=told.append)
    assert (done.loaded.refused, done.loaded.new, len(told)) == (1, 4, 1)
    assert "page 2#1" in str(told[0])


def test_a_server_that_sends_without_end(run: Run, registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mspike.trials.client.PAGE_BYTES", 200)
    with pytest.raises(TrialError, match="more than a page"):
        run()


@pytest.mark.parametrize("address", ["ftp://example.org", "nowhere", "http://[", "http://127.0.0.1:1/api"])
def test_an_address_that_is_none(tmp_path: Path, address: str) -> None:
    with open_index(tmp_path / "trials.sqlite", write=True) as index, pytest.raises(TrialError):
        sync_trials(index, "myeloma", base=address, wait=lambda seconds: None)


LATER = "2026-10-25T09:00:05"


def without_the_fourth(registry: Registry) -> None:
    """A day later the registry's answer has one study less."""
    registry.stamp, registry.total = LATER, 4
    registry.pages[1] = [study(3)]


def gone(run: Run) -> dict[str, str]:
    with open_index(run.path) as index:
        found = search_trials(index, Query(cancer_type="any", statuses=(), limit=0))
        return {trial.nct_id: trial.gone_since for trial in found.trials if trial.gone_since}


def test_what_a_whole_sync_no_longer_brings_is_kept_and_marked(run: Run, registry: Registry) -> None:
    run()
    without_the_fourth(registry)
    done = run()
    assert (done.gone, run.held()) == (1, 5)
    assert registry.asked[-1][0] == "/studies/NCT00000004"
    assert run.waited == [1.0] * 5
    day = dt.datetime.now(dt.UTC).date()
    assert gone(run) == {"NCT00000004": day.isoformat()}
    with open_index(run.path) as index:
        (lost,) = [change for change in changes_since(index, day) if change.what == "gone"]
        assert lost.nct_id == "NCT00000004"
        assert "\n".join(change_lines([lost], "today")).count("no longer in the registry since") == 1
        shown = "\n".join(search_lines(search_trials(index, Query(ids=("NCT00000004",), statuses=()))))
        assert f"no longer in the registry since {day}" in shown
    registry.stamp = "2026-10-26T09:00:05"
    assert run().gone == 0
    assert gone(run).keys() == {"NCT00000004"}


def test_what_comes_back_is_no_longer_marked(run: Run, registry: Registry) -> None:
    run()
    without_the_fourth(registry)
    run()
    registry.stamp, registry.pages[1] = "2026-10-27T09:00:05", [study(3), study(4)]
    run(updated_since=dt.date(2026, 10, 1))
    assert gone(run) == {}


def test_what_a_later_download_holds_is_no_longer_marked(run: Run, registry: Registry) -> None:
    run()
    without_the_fourth(registry)
    run()
    day = dt.datetime.now(dt.UTC).date()
    for days, left in ((-1, {"NCT00000004"}), (1, set())):
        download = Snapshot(form="ctgov-v2", taken_on=day + dt.timedelta(days=days))
        with open_index(run.path, write=True) as index:
            record = index.record("NCT00000004")
            assert record is not None
            load_trials(index, [msgspec.structs.replace(record, snapshot=download)])
        assert gone(run).keys() == left


def test_what_the_registry_still_has_under_another_condition_is_brought_up_to_date(
    run: Run, registry: Registry
) -> None:
    run()
    without_the_fourth(registry)
    registry.alone["NCT00000004"] = study(4, "COMPLETED", "2026-10-24")
    done = run()
    assert (done.gone, done.loaded.changed, gone(run)) == (0, 1, {})


def test_what_the_registry_has_but_nobody_can_read_is_not_gone(run: Run, registry: Registry) -> None:
    run()
    without_the_fourth(registry)
    registry.alone["NCT00000004"] = {"protocolSection": {}}
    told: list[TrialError] = []
    assert (run(refused=told.append).gone, gone(run), len(told)) == (0, {}, 1)


def test_what_goes_on_under_another_number_is_marked(run: Run, registry: Registry) -> None:
    run()
    without_the_fourth(registry)
    registry.faults["NCT00000004"] = [(301, b"", {"Location": "/elsewhere"})]
    assert run().gone == 1


def cut_short(registry: Registry) -> None:
    registry.pages.pop()


def no_total(registry: Registry) -> None:
    registry.total = None


def renewed(registry: Registry) -> None:
    """The registry's data change while they are read."""
    answer = registry.answer

    def later(path: str, params: dict[str, str]) -> Any:
        if path == "/studies":
            registry.stamp = "2026-10-26T00:00:01"
        return answer(path, params)

    registry.answer = later  # type: ignore[method-assign]


def unreadable(registry: Registry) -> None:
    registry.pages[1] = [study(3), {"protocolSection": {}}]
    registry.total = 5


@pytest.mark.parametrize("doubt", [cut_short, no_total, renewed, unreadable])
def test_where_the_answer_may_not_be_whole_nothing_is_marked(run: Run, registry: Registry, doubt: Any) -> None:
    run()
    without_the_fourth(registry)
    doubt(registry)
    said: list[str] = []
    assert run(tell=said.append).gone == 0
    assert gone(run) == {}
    assert [path for path, _ in registry.asked if path.startswith("/studies/")] == []
    assert any("may not be whole" in line for line in said) is (doubt is not unreadable)


def test_a_sync_of_what_changed_marks_nothing(run: Run, registry: Registry) -> None:
    run()
    without_the_fourth(registry)
    assert run(updated_since=dt.date(2026, 10, 1)).gone == 0
    assert gone(run) == {}


def test_a_round_that_was_cut_off_still_finds_what_is_gone(run: Run, registry: Registry) -> None:
    run()
    without_the_fourth(registry)
    registry.faults["p2"] = [(500, b"", {})] * 6
    with pytest.raises(TrialError):
        run()
    assert gone(run) == {}
    done = run()
    assert (done.resumed, done.gone) == (True, 1)


def test_a_registry_that_fails_when_it_is_asked_for_what_is_missing(run: Run, registry: Registry) -> None:
    run()
    without_the_fourth(registry)
    registry.faults["NCT00000004"] = [(500, b"", {})] * 6
    with pytest.raises(TrialError, match="answered 500"):
        run()
    assert gone(run) == {}
    done = run()
    assert (done.resumed, done.gone) == (True, 1)


def test_another_condition_s_trials_are_not_missed(run: Run, registry: Registry) -> None:
    run()
    registry.pages, registry.total, registry.stamp = [[study(9)]], 1, LATER
    with open_index(run.path, write=True) as index:
        done = sync_trials(index, "lymphoma", base=registry.url, wait=lambda seconds: None)
    assert (done.gone, gone(run)) == (0, {})
