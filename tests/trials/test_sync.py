"""Following a registry's API, faults included, against a server on this machine."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from mspike.trials import Synced, TrialError, open_index, sync_trials
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
    done = run()
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
