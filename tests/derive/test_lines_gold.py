"""Lines, drugs and refractoriness of the published and designed vectors, under the default and every other policy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conftest import shared_folder
from derive.written import derive

OTHER = {
    "claims_gap90": {"line_policy": "claims_gap90"},
    "claims_gap180": {"line_policy": "claims_gap180"},
    "cibmtr": {"line_policy": "cibmtr"},
    "ohdsi-mm": {"line_policy": "ohdsi-mm"},
    "relapse_reset": {"restart_after_relapse": "new-line"},
    "maintenance_window_270": {"maintenance_window_days": 270, "continuation_days": 270},
    "count_any_exposure": {"line_min_days": 1},
    "unplanned_as_new": {"unwatched_change_days": 0},
    "bridging_own_line": {"bridging": "own-line"},
    "min_exposure_28d": {"min_exposure_days": 28},
    "sd_not_refractory": {"sd_refractory": "no"},
}


def vectors() -> list[dict[str, Any]]:
    folder = shared_folder()
    path = folder / "gold" / "lines.ndjson" if folder else Path("absent")
    return [json.loads(text) for text in path.read_text(encoding="utf-8").splitlines()] if path.is_file() else []


VECTORS = vectors()


@pytest.mark.parametrize("vector", VECTORS, ids=[v["expected"]["id"] for v in VECTORS])
def test_default(vector: dict[str, Any], shared: Path) -> None:
    expected = vector["expected"]
    state = derive(vector["case"])
    lines = state.lines or ()
    assert [{"start": line.start.text if line.start else None, "drugs": sorted(line.drugs)} for line in lines] == [
        {"start": line["start"], "drugs": sorted(line["drugs"])} for line in expected["lines"]
    ]
    for line, wanted in zip(lines, expected["lines"], strict=True):
        stop = line.stop.text if line.stop else None
        assert wanted.get("stop") in (None, stop)
        assert wanted.get("parts") in (None, list(line.parts))
    assert sorted(entry.drug for entry in state.refractory) == sorted(expected["refractory_drugs"])
    assert set(expected["flags"]) <= set(state.flags)


@pytest.mark.parametrize(
    ("vector", "policy"),
    [(v, policy) for v in VECTORS for policy in v["expected"].get("other_policies", {})],
    ids=[f"{v['expected']['id']}-{p}" for v in VECTORS for p in v["expected"].get("other_policies", {})],
)
def test_other_policies(vector: dict[str, Any], policy: str, shared: Path) -> None:
    wanted = vector["expected"]["other_policies"][policy]
    state = derive(vector["case"], OTHER[policy])
    assert len(state.lines or ()) == wanted.get("n_lines", vector["expected"]["n_lines"])
    if "refractory_drugs" in wanted:
        assert sorted(entry.drug for entry in state.refractory) == sorted(wanted["refractory_drugs"])


@pytest.mark.parametrize("vector", VECTORS, ids=[v["expected"]["id"] for v in VECTORS])
def test_what_would_differ_is_told(vector: dict[str, Any], shared: Path) -> None:
    state = derive(vector["case"])
    told = {name: shown["n_lines"] for line in state.lines or () for name, shown in line.differs_under.items()}
    for policy, wanted in vector["expected"].get("other_policies", {}).items():
        if "n_lines" in wanted and wanted["n_lines"] != len(state.lines or ()):
            assert told[policy] == wanted["n_lines"]
