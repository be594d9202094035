"""A trial that two registries tell: one trial, the newer record first, nothing lost that only the other knows."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mspike.report.trial_search import search_lines
from mspike.trials import (
    Contact,
    Found,
    Index,
    Prepared,
    Query,
    Site,
    Snapshot,
    Text,
    Trial,
    changes_since,
    find_place,
    load_trials,
    open_index,
    search_trials,
)
from mspike.trials.merged import merged
from trials.invented import AUSTIN, HOUSTON, LYON, site, trial
from trials.scan import scan

CTGOV = Snapshot(form="ctgov-v2", taken_on=dt.date(2026, 6, 1), version="2026-06-01")
NCI = Snapshot(form="nci-cts-v2")
HERE = f"{HOUSTON[0]},{HOUSTON[1]}"


def of_ctgov(**fields: Any) -> Trial:
    return trial(**({"snapshot": CTGOV, "updated": "2026-05-01"} | fields))


def of_nci(**fields: Any) -> Trial:
    return trial(**({"snapshot": NCI, "updated": "2026-02-01"} | fields))


def load(path: Path, *trials: Trial) -> None:
    with open_index(path, write=True) as index:
        load_trials(index, trials)


def the_one(index: Index, **asked: Any) -> Found:
    (found,) = search_trials(index, Query(**({"statuses": ()} | asked))).trials
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "trials.sqlite"


def test_one_row_and_both_sources_named(path: Path) -> None:
    load(path, of_nci(title="of NCI"), of_ctgov(title="of ClinicalTrials.gov"))
    with open_index(path) as index:
        assert index.trials() == 1
        found = search_trials(index, Query())
        assert found.total == 1
        (shown,) = found.trials
        assert (shown.title, shown.source) == ("of ClinicalTrials.gov", "ctgov-v2")
        assert [kept.form for kept in shown.also] == ["nci-cts-v2"]
        said = "completed by NCI (recruiting, last changed 2026-02-01, its download carries no date)"
        assert f"record of ClinicalTrials.gov, {said}" in "\n".join(search_lines(found))


@pytest.mark.parametrize("order", [1, -1])
def test_the_newer_record_leads_in_whatever_order_they_come(path: Path, order: int) -> None:
    newer = of_nci(updated="2026-08-01", status="SUSPENDED", why_stopped="a pause", title="newer")
    load(path, *(of_ctgov(title="older"), newer)[::order])
    with open_index(path) as index:
        shown = the_one(index)
        assert (shown.title, shown.status, shown.updated) == ("newer", "SUSPENDED", "2026-08-01")
        assert search_trials(index, Query()).total == 0


def test_a_status_is_not_put_together_from_two_records() -> None:
    stopped = of_nci(status="TERMINATED", why_stopped="slow accrual")
    assert merged([of_ctgov(), stopped]).why_stopped == ""
    assert merged([of_ctgov(min_age_years=18.0), of_nci(max_age_years=70.0)]).max_age_years is None


def test_what_the_newer_leaves_empty_comes_from_the_other(path: Path) -> None:
    text = Text(field="eligibilityCriteria", text="Inclusion Criteria:\n* ECOG 0-1")
    excerpt = of_ctgov(status="UNKNOWN", status_given="", texts=(text,), sites=(), updated="", contacts=())
    load(path, of_nci(texts=(), contacts=(Contact(name="A line"),)), excerpt)
    with open_index(path) as index:
        shown = the_one(index, words="ECOG")
        assert (shown.status, shown.recruiting_sites) == ("RECRUITING", 1)
        assert shown.contacts == (Contact(name="A line"),)
        parsed = Prepared(index)(shown.nct_id)
        assert parsed is not None
        assert "ecog" in [criterion.fact for criterion in parsed.criteria]


def test_the_eligibility_text_is_that_of_one_record(path: Path) -> None:
    one, two = (Text(field="eligibilityCriteria", text=f"Inclusion: {word}") for word in ("alpha", "beta"))
    load(path, of_ctgov(texts=(one,)), of_nci(texts=(two,)))
    with open_index(path) as index:
        record = index.record("NCT00000001")
        assert record is not None
        assert record.texts == (one,)
        assert search_trials(index, Query(words="beta")).total == 0


def test_diseases_of_both_are_searched(path: Path) -> None:
    load(path, of_ctgov(conditions=("Blood diseases",)), of_nci(conditions=("Plasma Cell Myeloma",)))
    with open_index(path) as index:
        assert the_one(index).tier == 1


def test_a_site_has_the_newer_status_the_better_point_and_the_contacts(path: Path) -> None:
    contact = Contact(name="Site desk", phone="555-0100")
    whole = of_ctgov(sites=(site("Houston", "COMPLETED", zip="77030"), site("Lyon", point=LYON)))
    nci = Site(facility="CLINIC of Houston", city="houston", zip="77030-1234", status="RECRUITING", va=True,
               latitude=29.71, longitude=-95.39, basis="address", contacts=(contact,))  # fmt: skip
    both = merged([whole, of_nci(sites=(nci, site("Austin", point=AUSTIN, zip="78701")))])
    houston, lyon, austin = both.sites
    assert (houston.status, houston.basis, houston.va) == ("COMPLETED", "address", True)
    assert houston.contacts == (contact,)
    assert (lyon.city, austin.city) == ("Lyon", "Austin")
    load(path, whole, of_nci(sites=(nci,)))
    with open_index(path) as index:
        near = the_one(index, near=find_place(HERE)).nearest
        assert near is not None
        assert near.city == "Lyon"


@pytest.mark.parametrize(
    ("own", "other", "count"),
    [
        ({"facility": "A", "city": "Troy", "zip": "48084"}, {"facility": "a", "city": "TROY", "zip": "48085"}, 1),
        ({"facility": "A", "city": "Troy", "zip": "48084"}, {"facility": "A", "city": "Troy", "zip": "12180"}, 2),
        ({"facility": "A", "city": "Troy", "zip": "48084"}, {"facility": "B", "city": "Troy", "zip": "48084"}, 1),
        ({"facility": "A", "city": "Troy"}, {"facility": "B", "city": "Troy"}, 2),
        ({"facility": "", "city": "Troy"}, {"facility": "", "city": "Troy"}, 2),
    ],
)
def test_which_sites_are_the_same(own: dict[str, str], other: dict[str, str], count: int) -> None:
    records = [of_ctgov(sites=(Site(**own),)), of_nci(sites=(Site(**other),))]
    assert len(merged(records).sites) == count


def test_two_sites_with_one_zip_code_are_not_taken_for_one() -> None:
    records = [
        of_ctgov(sites=(Site(facility="A", zip="77030"), Site(facility="B", zip="77030"))),
        of_nci(sites=(Site(facility="C", zip="77030"),)),
    ]
    assert len(merged(records).sites) == 3


def test_a_changed_record_of_one_registry_changes_the_trial(path: Path) -> None:
    load(path, of_ctgov(summary="cereblon"), of_nci(acronym="TWIN"))
    load(path, of_nci(updated="2026-03-01", acronym="OTHER"))
    with open_index(path, write=True) as index:
        assert [search_trials(index, Query(words=word)).total for word in ("cereblon", "other", "twin")] == [1, 1, 0]
        index.db.execute("UPDATE meta SET value = 'other words' WHERE key = 'made_with'")
    load(path)
    with open_index(path) as index:
        assert [search_trials(index, Query(words=word)).total for word in ("cereblon", "other", "twin")] == [1, 1, 0]


def test_changes_say_whose_record_changed(path: Path) -> None:
    load(path, of_ctgov(), of_nci())
    load(path, of_nci(updated="2026-03-01", status="SUSPENDED"))
    with open_index(path) as index:
        seen = index.db.execute("SELECT max(seen) FROM version").fetchone()[0]
        index.db.close()
    with open_index(path, write=True) as index:
        index.db.execute("UPDATE version SET seen = '2026-01-01T00:00:00Z' WHERE seen < ?", (seen,))
        (change,) = changes_since(index, dt.datetime.now(dt.UTC).date())
        assert (change.registry, change.what) == ("nci", "closed")


def test_the_index_and_the_scan_agree_on_trials_of_two_registries(path: Path) -> None:
    trials = []
    for number in range(1, 60):
        whole = of_ctgov(number=number, sites=(site(point=HOUSTON), site("Austin", "COMPLETED", AUSTIN)))
        status = "COMPLETED" if number % 3 == 0 else "RECRUITING"
        more = {"phases": ("PHASE3",) * (number % 2), "sites": (site("Austin", point=AUSTIN),), "status": status}
        nci = of_nci(number=number, updated=f"2026-{number % 9 + 1:02}-01", **more)
        trials += [whole, nci] if number % 4 else [whole]
    load(path, *trials)
    with open_index(path) as index:
        shown = list(index.records())
        for query in (
            Query(limit=0),
            Query(limit=0, near=find_place(HERE), radius_miles=50),
            Query(limit=0, statuses=(), phases=("PHASE3",), near=find_place(HERE)),
        ):
            expected = scan(shown, query)
            found = search_trials(index, query).trials
            assert [(t.nct_id, t.tier, t.not_stated) for t in found] == [row[:3] for row in expected]


def test_an_index_of_an_earlier_form_is_brought_up_to_date_by_a_load(path: Path) -> None:
    from mspike.trials import TrialError

    load(path, of_ctgov(), of_nci())
    with open_index(path, write=True) as index:
        index.db.executescript(
            "DROP TABLE synced; DROP TABLE gone; DROP TABLE sync; CREATE TABLE sync (query TEXT PRIMARY KEY);"
            "UPDATE meta SET value = 'form 1' WHERE key = 'made_with'; PRAGMA user_version = 1;"
        )
    with pytest.raises(TrialError, match="earlier mspike"):
        open_index(path)
    load(path)
    with open_index(path) as index:
        assert the_one(index).nct_id == "NCT00000001"
        assert index.db.execute("SELECT count(*) FROM gone").fetchone() == (0,)


def test_the_records_of_one_registry_are_versions_of_one_another() -> None:
    assert merged([of_ctgov()]) == of_ctgov()
    assert msgspec.structs.replace(merged([of_ctgov(), of_nci()]), also=()) == of_ctgov()


def test_a_later_download_of_one_record_dates_the_trial(path: Path) -> None:
    day = dt.date(2026, 10, 9)
    load(path, of_ctgov(), of_nci())
    load(path, of_ctgov(snapshot=msgspec.structs.replace(CTGOV, taken_on=day)))
    with open_index(path) as index:
        assert the_one(index).taken_on == day
    load(path, of_nci(snapshot=Snapshot(form="nci-cts-v2", taken_on=day)))
    with open_index(path) as index:
        assert the_one(index).also[0].taken_on == day
