"""Registry downloads of every form, whole and broken."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from mspike.trials import STATUSES, Trial, TrialError, parse_criteria, read_trials
from mspike.trials.sources import read_bytes
from trials.written import study, the, trial

XML = """<?xml version="1.0"?><clinical_study><required_header><download_date>ClinicalTrials.gov processed this data on
April 27, 2021</download_date></required_header><id_info><nct_id>NCT99000002</nct_id></id_info>
<brief_title>Old</brief_title>
<overall_status>Active, not recruiting</overall_status><phase>Phase 1/Phase 2</phase><eligibility><criteria><textblock>
        Inclusion Criteria:

          -  Age &gt;= 18 years, with a line that
             goes on
</textblock></criteria>
<gender>Female</gender><minimum_age>6 Months</minimum_age><maximum_age>N/A</maximum_age></eligibility>
<location><facility><name>A</name><address><city>Oslo</city><country>Norway</country></address></facility>
<status>Recruiting</status></location><last_update_posted>March 13, 2017</last_update_posted></clinical_study>"""

NCI = {
    "nct_id": "NCT99000003", "nci_id": "NCI-2099-1", "current_trial_status": "Active", "brief_title": "One row each",
    "phase": "I_II", "eligibility": {
        "structured": {"gender": "BOTH", "min_age": "18 Years", "max_age": "999 Years"},
        "unstructured": [
            {"display_order": 2, "inclusion_indicator": False, "description": "Prior pomalidomide therapy"},
            {"display_order": 1, "inclusion_indicator": True, "description": "ECOG 0-2"}]},
    "sites": [{"org_name": "B", "org_city": "Here", "recruitment_status": "ACTIVE", "org_va": True,
               "org_coordinates": {"lat": 40.5, "lon": -80.1}},
              {"org_name": "C", "recruitment_status": "TEMPORARILY_CLOSED_TO_ACCRUAL",
               "org_coordinates": {"lat": 999, "lon": 1}}],
}  # fmt: skip


def read(data: object, name: str = "x.json") -> list[Trial | TrialError]:
    content = data if isinstance(data, bytes) else json.dumps(data).encode()
    return list(read_bytes(content, name))


def test_the_forms_of_a_download(tmp_path: Path) -> None:
    (tmp_path / "single.json").write_text(json.dumps(study("ECOG 0-1")))
    (tmp_path / "page.json").write_text(json.dumps({"studies": [study(), study()], "nextPageToken": "t"}))
    (tmp_path / "many.ndjson").write_text("\n".join([json.dumps(study()), "", json.dumps(NCI)]))
    (tmp_path / "old.xml").write_text(XML)
    (tmp_path / "nci.json").write_text(json.dumps({"data": [NCI]}))
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("a/one.json", json.dumps(study()))
        archive.writestr("notes.txt", "not read")
    found = list(read_trials([tmp_path]))
    assert [item for item in found if isinstance(item, TrialError)] == []
    assert len(found) == 8


def test_v2_fields() -> None:
    found = trial(
        "x",
        contactsLocations={
            "locations": [{"facility": "A", "city": "B", "status": "RECRUITING", "geoPoint": {"lat": 1.5, "lon": 2.5},
                           "contacts": [{"name": "Desk", "phone": "1", "phoneExt": "2"}]}, {"city": "Nowhere"}]},
        eligibility={"minimumAge": "18 Years", "maximumAge": "N/A", "sex": "ALL"},
    )  # fmt: skip
    assert (found.min_age_years, found.max_age_years, found.updated) == (18, None, "2026-07-01")
    assert (found.sites[0].basis, found.sites[0].contacts[0].phone) == ("city-centre", "1 ext. 2")
    assert (found.sites[1].latitude, found.sites[1].basis, found.sites[1].status) == (None, "", "")


def test_legacy_xml() -> None:
    (found,) = read(XML.encode(), "x.xml")
    assert isinstance(found, Trial)
    assert (found.status, found.phases, found.sex) == ("ACTIVE_NOT_RECRUITING", ("PHASE1", "PHASE2"), "FEMALE")
    assert (found.min_age_years, found.max_age_years, found.updated) == (0.5, None, "2017-03-13")
    assert found.snapshot.taken_on is not None
    assert found.sites[0].status == "RECRUITING"
    parsed = parse_criteria(found)
    assert [c.value for c in parsed.criteria if c.evidence.field == "minimum_age"] == [0.5]
    assert "goes on" in parsed.criteria[-1].evidence.quote


def test_nci() -> None:
    (found,) = read(NCI)
    assert isinstance(found, Trial)
    assert (found.status, found.phases) == ("RECRUITING", ("PHASE1", "PHASE2"))
    assert [(text.field, text.side) for text in found.texts] == [
        ("unstructured[1]", "inclusion"),
        ("unstructured[0]", "exclusion"),
    ]
    assert (found.max_age_years, found.sites[0].va, found.sites[0].basis) == (None, True, "address")
    assert (found.sites[1].status, found.sites[1].latitude) == ("SUSPENDED", None)
    assert the(parse_criteria(found), "prior_treatment").side == "exclusion"


@pytest.mark.parametrize("status", STATUSES)
def test_every_status(status: str) -> None:
    assert trial(status={"overallStatus": status}).status == status


def test_unknown_words_are_kept_and_unknown() -> None:
    found = trial(status={"overallStatus": "PAUSED_BY_MOON"}, design={"phases": ["PHASE9"], "studyType": "NEW"})
    assert (found.status, found.status_given, found.phases, found.kind) == (
        "UNKNOWN",
        "PAUSED_BY_MOON",
        ("PHASE9",),
        "NEW",
    )


def test_a_study_without_anything_but_its_number() -> None:
    (found,) = read({"protocolSection": {"identificationModule": {"nctId": "nct99000009"}}})
    assert isinstance(found, Trial)
    assert (found.id, found.sites, found.texts) == ("NCT99000009", (), ())


def test_fields_of_the_wrong_kind_are_unknown() -> None:
    found = trial(
        status={"overallStatus": 7, "lastUpdatePostDateStruct": []}, conditions={"conditions": "one"},
        contactsLocations={"locations": {"a": 1}},
        eligibility={"minimumAge": 18, "sex": None, "eligibilityCriteria": []},
    )  # fmt: skip
    assert (found.status, found.conditions, found.sites, found.texts, found.min_age_years) == (
        "UNKNOWN",
        (),
        (),
        (),
        None,
    )


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"{", "no readable JSON"),
        (b'{"studies": [1, []]}', "holds no study"),
        (b"[" * 200_000, "no readable JSON"),
        (b'{"protocolSection": {}}', "no NCT number"),
        (b"<a>", "no readable XML"),
        (b"<html></html>", "not <clinical_study>"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "declares"),
        (b"\xff\xfe\x00", "no readable JSON"),
        (b'"text"', "holds no study"),
    ],
)
def test_what_is_no_record(data: bytes, says: str) -> None:
    found = read(data)
    assert found
    assert all(isinstance(item, TrialError) for item in found)
    assert says in str(found[0])


def test_a_corrupt_zip(tmp_path: Path) -> None:
    whole = tmp_path / "whole.zip"
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("one.json", json.dumps(study("x" * 5000)))
    data = bytearray(whole.read_bytes())
    (tmp_path / "cut.zip").write_bytes(data[: len(data) // 2])
    data[60:70] = b"\x00" * 10
    (tmp_path / "bent.zip").write_bytes(data)
    (tmp_path / "fake.zip").write_bytes(b"PK\x03\x04 no zip")
    for name in ("cut", "bent", "fake"):
        found = list(read_trials([tmp_path / f"{name}.zip"]))
        assert [type(item) for item in found] == [TrialError], name


def test_a_zip_that_swells_is_refused(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("one.json", b" " * 50_000_000)
    (found,) = read_trials([bomb])
    assert "far more" in str(found)


def test_paths_that_lead_nowhere(tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path, "a\0b"):
        (found,) = read_trials([path])
        assert isinstance(found, TrialError)
