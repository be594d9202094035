"""Lines of therapy as OMOP episodes, for the CDM that the patients come from."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from doors import PATIENTS, typed
from mspike.derive import Line, State, derive_state
from mspike.knowledge import load_knowledge, settle
from mspike.record import Record, parse_day, read_records
from mspike.report import Episodes

CDM = {
    "person": "person_id,gender_concept_id,year_of_birth\n7,8532,1956\n",
    "drug_exposure": "person_id,drug_exposure_id,drug_concept_id,drug_exposure_start_date,drug_exposure_end_date,"
    "drug_source_value\n7,1,0,2020-01-01,2020-05-01,lenalidomide\n7,2,0,2020-01-01,2020-05-01,dexamethasone\n"
    "7,3,0,2022-01-01,2022-05-01,carfilzomib\n7,4,0,2020-02-01,2020-05-01,aspirin\n",
}


@pytest.fixture
def cdm(tmp_path: Path) -> Path:
    for name, text in CDM.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


def read(folder: Path) -> tuple[Record, State]:
    (record,) = read_records([folder])
    assert isinstance(record, Record)
    knowledge = load_knowledge()
    return record, derive_state(record, knowledge, settle(knowledge))


LINES = (
    Line(1, ("lenalidomide", "dexamethasone"), "Rd", parse_day("2020-01"), parse_day("2020-05-01"), basis="derived"),
    Line(2, ("carfilzomib",), "carfilzomib", parse_day("2022-01-01"), basis="derived"),
    Line(3, ("bortezomib",), "bortezomib", basis="stated", at="episode/5", start=parse_day("2023")),
    Line(4, ("bortezomib",), "bortezomib"),
)


def test_rows(cdm):
    record, state = read(cdm)
    state.lines = list(LINES)
    rows = Episodes(first=40)
    rows.add(record, state)
    assert [(r["episode_id"], r["person_id"], r["episode_number"], r["episode_start_date"], r["episode_end_date"],
             r["episode_source_value"]) for r in rows.episodes] == [
        ("40", "7", "1", "2020-01-01", "2020-05-01", "Rd"), ("41", "7", "2", "2022-01-01", "", "carfilzomib"),
    ]  # fmt: skip
    assert [(r["episode_id"], r["event_id"]) for r in rows.events] == [("40", "1"), ("40", "2"), ("41", "3")]


def test_the_rows_change_nothing_when_they_are_read(cdm):
    record, state = read(cdm)
    state.lines = list(LINES)
    rows = Episodes()
    rows.add(record, state)
    for file in rows.write(cdm):
        with file.open(newline="") as opened:
            assert next(csv.reader(opened))[0] == "episode_id"
    again, _ = read(cdm)
    assert again.lines == record.lines
    assert again.treatments == record.treatments
    left_out = [note.says for note in again.quality.left_out if "episode" in note.says]
    assert left_out == ["an episode that a program worked out"] * 2


def test_another_source_has_no_place_for_them():
    record = typed(PATIENTS[0])
    knowledge = load_knowledge()
    with pytest.raises(ValueError, match="no OMOP CDM"):
        Episodes().add(record, derive_state(record, knowledge, settle(knowledge)))
