"""The page of trials to ask about in a real browser: barriers, widths, dark, paper, and what it holds."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest

from browser import open_html
from mspike.derive import derive_state
from mspike.knowledge import load_knowledge, settle
from mspike.record import Record, read_records
from mspike.report.trial_packet import excerpt, render_packet_html
from mspike.trials import (
    Contact,
    Identity,
    Index,
    Matcher,
    Prepared,
    Query,
    Snapshot,
    Text,
    load_trials,
    make_packet,
    open_index,
    search_trials,
)
from mspike.trials.gazetteer import Point
from mspike.trials.gone import mark
from trials.invented import AUSTIN, HOUSTON, site, trial

WIDTHS = (1200, 768, 390, 320)
TODAY = dt.date(2026, 11, 21)
TEXT = (
    "Inclusion Criteria:\n* Age 18 to 70 years\n* ECOG 0-2\n* Able to come every week\n\n"
    "Exclusion Criteria:\n* Known HIV infection or active hepatitis B\n* Prior BCMA-directed therapy"
)
LINE = Contact(name="Study Line", role="CONTACT", phone="555-0100", email="office@example.org")
DESK = Contact(name="Site Desk", phone="555-0199")
CASE: dict[str, Any] = {
    "schema": "mspike-case/1", "id": "Invented-Name-77", "as_of": "2026-11-20", "patient": {"age": 64, "sex": "female"},
    "place": {"zip": "77030"}, "fitness": {"ecog": 1},
    "circumstances": {"caregiver": True, "lives_alone": False, "distance_km": 40},
    "preferences": {"wants": ["oral"], "avoids": ["hospital-stay"]},
}  # fmt: skip


@pytest.fixture
def index(tmp_path: Path) -> Index:
    near = site("Houston", point=HOUSTON, zip="77030", contacts=(DESK,))
    taken = Snapshot(form="ctgov-v2", taken_on=dt.date(2026, 11, 1))
    text = Text(field="eligibilityCriteria", text=TEXT)
    long_text = Text(field="eligibilityCriteria", text="Inclusion Criteria:\n* " + "odd words " * 400)
    opened = open_index(tmp_path / "trials.sqlite", write=True)
    load_trials(
        opened,
        [
            trial(1, texts=(text,), sites=(near, site("Austin", point=AUSTIN)), contacts=(LINE,), snapshot=taken),
            trial(1, updated="2025-05-01", snapshot=Snapshot(form="nci-cts-v2")),
            trial(2, texts=(long_text,), title="<b>Odd & long</b> " * 9, contacts=(), sites=()),
            trial(3, texts=(), phases=("EARLY_PHASE1",), status="", status_given=""),
        ],
    )
    mark(opened, "NCT00000002", "2026-11-10T09:00:00Z")
    return opened


def page(index: Index, folder: Path, *identify: Identity) -> Path:
    import json

    case = folder / "case.json"
    case.write_text(json.dumps(CASE))
    (record,) = read_records([case])
    assert isinstance(record, Record), record
    knowledge = load_knowledge()
    state = derive_state(record, knowledge, settle(knowledge, ()))
    near = Point(*HOUSTON, "zip-centre", "77030")
    found = search_trials(index, Query(cancer_type="any", statuses=(), near=near, limit=0), TODAY)
    match = Matcher(Prepared(index)).match(state, record, found)
    target = folder / "packet.html"
    target.write_text(render_packet_html(make_packet(match, state, record, frozenset(identify), TODAY)))
    return target


@pytest.mark.browser
@pytest.mark.slow
def test_no_barrier_and_no_sideways_scroll(index: Index, tmp_path: Path) -> None:
    with open_html(page(index, tmp_path), javascript=True) as view:
        for width in WIDTHS:
            assert view.accessibility(width=width) == []
            assert view.sideways_scroll(width=width) == 0
        assert view.accessibility(dark=True) == []
        assert view.problems == []


@pytest.mark.browser
@pytest.mark.slow
def test_everything_that_is_handed_over_is_on_paper(index: Index, tmp_path: Path) -> None:
    from pypdf import PdfReader

    for paper in ("A4", "Letter"):
        with open_html(page(index, tmp_path)) as view:
            assert view.print_pdf(tmp_path / "packet.pdf", paper=paper) <= 7
        pages = [
            " ".join(normalize("NFKC", sheet.extract_text()).split())
            for sheet in PdfReader(tmp_path / "packet.pdf").pages
        ]
        text = " ".join(pages)
        for said in (
            "No identifying data on these pages", "Shortlist", "no conflict found", "Order: trials without a conflict",
            "Wants oral", "Wants to avoid hospital stay", "How far, and how often, is possible?", "Caregiver yes",
            "Which insurance", "Is there an HIV infection?", "What are HBsAg and anti-HBc", "“Age 18 to 70 years”",
            "Able to come every week", "Nearest recruiting site: Clinic of Houston", "in a straight line", "Site Desk",
            "Study Line, contact, 555-0100, office@example.org", "Is the trial open at this site today", "called on",
            "I agree that", "signature", "downloaded 2026-11-01, 20 days before this page", "last changed 2026-01-02",
            "completed by NCI", "no longer in the registry since 2026-11-10", "names nobody to call",
            "<b>Odd & long</b>", "not for emergencies", "more characters in the record", "nothing to compare",
        ):  # fmt: skip
            assert said.lower() in text.lower(), said
        assert all(f"{number}/{len(pages)}" in sheet for number, sheet in enumerate(pages, 1))
        for word in ("Invented-Name-77", "64", "female", "40 km"):
            assert word not in text


@pytest.mark.browser
@pytest.mark.slow
def test_what_was_asked_for_is_told(index: Index, tmp_path: Path) -> None:
    with open_html(page(index, tmp_path, "id", "age", "sex", "place"), javascript=False) as view:
        text = view.page.inner_text("main")
    for said in ("Record: Invented-Name-77", "Age: 64", "Sex: female", "Place: 77030", "about 40 km"):
        assert said in text


def test_words_that_ask_several_things_are_quoted_once(index: Index, tmp_path: Path) -> None:
    text = page(index, tmp_path).read_text()
    assert text.count("Known HIV infection or active hepatitis B") == 1


def test_a_long_text_says_how_much_is_left_out() -> None:
    assert excerpt("word\n  word") == "word word"
    assert excerpt("x" * 1000).endswith("(300 more characters in the record)")
    assert excerpt("a long title", 6) == "a long …"
