"""The timeline: what stands in its rows, that the tables hold all of it, and what is drawn."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
import xml.etree.ElementTree as tree
from typing import Any

import pytest
from msgspec.structs import replace

from mspike.report import Refusal, render_timeline
from mspike.report.html import HERE, render_html
from mspike.report.timeline import (
    LAYOUTS,
    LINE,
    NARROW,
    PAPER,
    WIDE,
    Layout,
    Timeline,
    describe,
    file_png,
    file_svg,
    page_svg,
    timeline,
    vega_lite,
)
from mspike.report.timeline import tables as tables_of
from mspike.report.timeline.key import entries
from mspike.report.timeline.model import DEPTH, Panel, Point, Reference
from mspike.report.timeline.scale import Room, Window, levels, newest, time_ticks
from mspike.report.view import timeline as page_view
from report import real
from report.courses import RECORDS, course_answer

drawn = pytest.mark.skipif(not page_view.can_draw(), reason="the extra `chart` is not installed")
COURSES = [*sorted(set(RECORDS) - {"nothing"}), *real.NAMES]


def course(name: str) -> Timeline:
    return timeline(real.example_answer(name) if name in real.NAMES else course_answer(name))


def cells(of: Timeline) -> list[str]:
    return [cell for table in tables_of(of) for row in table.rows for cell in row]


# -- rows


def test_therapy_stands_by_line_and_drug() -> None:
    found = course("after-bcma-car-t")
    assert [bar.text for bar in found.bars if bar.row == LINE] == ["1 VRd", "2 DKd", "3 PCd", "4 CAR-T"]
    assert found.rows[:3] == [LINE, "bortezomib", "lenalidomide"]
    assert found.rows[-1] == "response"
    assert {(mark.kind, mark.given) for mark in found.marks} == {("transplant", "2019-03"), ("car-t", "2024-06-11")}
    patterns = {bar.row: bar.pattern for bar in found.bars}
    assert patterns["bortezomib"] == patterns["carfilzomib"] == "pi"
    assert {patterns[name] for name in ("lenalidomide", "daratumumab", "dexamethasone", "cyclophosphamide")} == {
        "imid", "antibody", "steroid", "chemo"}  # fmt: skip


def test_doses_of_one_drug_are_one_bar() -> None:
    (bar,) = [bar for bar in course("light-chains").bars if bar.row == "daratumumab"]
    assert (bar.entries, bar.given, bar.of_line) == (6, ("2024-01-15", "2024-06-03"), False)


def test_a_drug_that_is_not_dated_has_the_days_of_its_line() -> None:
    bars = [bar for bar in course("first-relapse-lenalidomide").bars if bar.row != LINE]
    assert bars
    assert all(bar.of_line for bar in bars)


def test_what_goes_on_is_open_up_to_the_day_of_the_answer() -> None:
    (bar,) = [bar for bar in course("two-events").bars if bar.row == "bortezomib"]
    assert (bar.open, bar.end, bar.given[1]) == (True, dt.date(2026, 10, 30), "")


def test_a_year_is_a_range() -> None:
    (bar,) = [bar for bar in course("years-only").bars if bar.row == LINE]
    assert (bar.early, bar.start, bar.end, bar.late) == (
        dt.date(2021, 1, 1), dt.date(2021, 12, 31), dt.date(2023, 1, 1), dt.date(2023, 12, 31))  # fmt: skip


def test_below_a_limit_is_no_number() -> None:
    (urine, chains) = course("light-chains").panels
    assert [(point.text, point.exact) for point in urine.points][2:5] == [("<50", False), ("<50", False), ("210", True)]
    assert (urine.log, chains.log) == (False, True)


def test_the_uninvolved_chain_is_in_the_table_alone() -> None:
    found = course("light-chains")
    assert [panel.test for panel in found.panels] == ["urine-m-protein", "lambda-flc"]
    assert [panel.test for panel in found.others] == ["kappa-flc"]
    assert "8" in cells(found)


def test_progression_is_measured_against_what_the_state_says() -> None:
    (reference,) = course("light-chain-only").panels[0].references
    assert (reference.value, reference.limit, reference.of) == (48, 148, "difference")
    assert reference.end == dt.date(2026, 10, 30)


def test_a_reference_of_a_line_does_not_end_where_that_line_begins() -> None:
    (reference,) = course("two-events").panels[0].references
    assert (reference.start, reference.end) == (dt.date(2026, 10, 1), dt.date(2026, 10, 30))


def test_firm_and_stated_progressions_differ() -> None:
    assert [(p.text, p.given, p.firm) for p in course("light-chain-only").progressions] == [("PD", "2026-08-20", True)]
    assert {p.firm for p in course("after-bcma-car-t").progressions} == {False}


def test_a_response_that_waits_for_its_second_sample_has_a_question_mark() -> None:
    found = course("one-sample")
    assert [(letter.text, letter.given) for letter in found.letters] == [("PR?", "2026-08-01")]
    assert "PR?" in cells(found)
    assert "not confirmed by a second sample" in [words for _, words, _ in entries(found)]


def test_a_regimen_without_a_name_tells_all_its_drugs() -> None:
    (bar,) = [bar for bar in course("no-values").bars if bar.row == LINE]
    assert bar.text == "1 daratumumab + dexamethasone"


def test_a_category_without_a_date_stands_in_the_middle_of_its_line() -> None:
    found = course("no-values")
    (bar,) = [bar for bar in found.bars if bar.row == LINE]
    assert [letter.day for letter in found.letters] == [bar.start + (bar.end - bar.start) // 2]


def test_every_procedure_is_a_mark() -> None:
    found = course("cell-therapies")
    assert [(mark.row, mark.kind, mark.given) for mark in found.marks] == [
        ("stem-cell collection", "procedure", "2020-05-20"),
        ("transplant", "transplant", "2020-06-15"),
        ("leukapheresis", "procedure", "2025-01-15"),
        ("radiotherapy", "procedure", "2025-02"),
        ("cilta-cel", "car-t", "2025-03-06"),
    ]


def test_bridging_is_neither_of_the_line_before_nor_one_bar_with_it() -> None:
    bars = [bar for bar in course("cell-therapies").bars if bar.row == "dexamethasone"]
    assert [(bar.given, bar.line, bar.part) for bar in bars] == [
        (("2020-01-10", "2020-05-01"), "1", ""),
        (("2023-02-10", "2025-01-05"), "2", ""),
        (("2025-02-01", "2025-02-20"), "", "bridging"),
    ]
    assert "steroid; bridging" in cells(course("cell-therapies"))


def test_a_relapse_from_a_complete_response_is_shown() -> None:
    found = course("cell-therapies")
    assert [(p.text, p.given, p.firm, p.line) for p in found.progressions] == [
        ("relapse from CR", "2022-06-01", False, ""),
        ("PD", "2022-12-01", True, "1"),
        ("PD", "2024-11-01", True, "2"),
    ]
    (table,) = [table for table in tables_of(found) if table.caption == "Responses and progressions"]
    assert [row[2] for row in table.rows if row[1] == "PD"] == ["1", "2"]


def test_a_stated_relapse_is_said_to_be_stated_once() -> None:
    found = course("after-bcma-car-t")
    assert [p.doubt for p in found.progressions if p.text == "clinical relapse"] == ["only stated"]
    assert not found.beside


def test_without_treatment_there_is_no_relapse() -> None:
    assert course_answer("no-drugs").state["events"]["significant_biochemical_relapse"]
    found = course("no-drugs")
    assert (found.progressions, found.beside) == ((), ())


def test_many_progressions_have_a_lane_of_their_own() -> None:
    assert course("thirty-years").rows[-2:] == ["response", "progression"]
    assert "progression" not in course("after-bcma-car-t").rows


def test_nothing_dated_is_said() -> None:
    found = course("nothing")
    assert found.empty
    assert "nothing" not in [table.caption for table in tables_of(found)]
    assert b"Nothing in this record is dated" in render_timeline(course_answer("nothing"), "text")
    assert render_timeline(course_answer("nothing"), "svg") == b""


def test_a_line_without_a_date_is_named() -> None:
    assert [told for told in course("missing-dates").undated if told.startswith("line 1")]


@pytest.mark.parametrize("name", COURSES)
def test_the_tables_hold_all_that_is_drawn(name: str) -> None:
    found, told = course(name), cells(course(name))
    for bar in found.bars:
        assert {bar.given[0], bar.text if bar.row != LINE else f"line {bar.text}"} <= set(told)
    for mark in found.marks:
        assert {mark.given, mark.row} <= set(told)
    for item in (*found.letters, *found.progressions):
        assert item.text in told
    for panel in (*found.panels, *found.others):
        assert all(any(point.text in cell.split(", ") for cell in told) for point in panel.points)
    for reference in (r for panel in found.panels for r in panel.references if r.limit is not None):
        assert any(cell.startswith(f"{reference.limit:g}") for cell in told)


def test_a_refusal_is_words() -> None:
    refusal = Refusal(record="r", error="not a number", at="a", hint="Give one.")
    assert render_timeline(refusal, "png").decode().startswith("r: not read at a: not a number")


# -- scales


def test_axes_have_room_for_their_numbers() -> None:
    for days, style in ((100, "%b %Y"), (900, "%b %Y"), (4000, "%Y"), (11000, "%Y")):
        start = dt.date(1996, 3, 1)
        window = Window(start, start + dt.timedelta(days=days), 400)
        ticks, written = time_ticks(window, 12.5)
        assert written == style
        assert 2 <= len(ticks) <= 8
        assert all(window.holds(tick) for tick in ticks)


@pytest.mark.parametrize("values", [[0.3], [3, 9], [0], [], [0.02, 52000], [148], [62, 455]])
@pytest.mark.parametrize("log", [False, True])
def test_every_value_is_inside_and_two_ticks_tell_the_scale(values: list[float], log: bool) -> None:
    scale = levels(values, log, 104, 12.5, 17)
    assert all(scale.holds(value) for value in values if value > 0 or not log)
    assert 2 <= len(scale.ticks) <= 8
    assert all(scale.holds(tick) for tick in scale.ticks)
    assert all(0 <= scale.y(value) <= 104 for value in values)


def test_two_texts_never_share_a_place() -> None:
    room = Room(4)
    assert room.take(0, 10)
    assert not room.take(12, 20)
    assert room.take(14, 20)
    assert room.take(0, 10, 20, 30)


def test_the_newest_values_go_up_to_the_day_of_the_answer() -> None:
    found = course("cell-therapies")
    near = newest(found, 290)
    assert near is not None
    assert (near.start < dt.date(2026, 2, 10), near.end > found.as_of) == (True, True)
    old = replace(found, as_of=dt.date(2028, 1, 1))
    assert (near := newest(old, 290)) is not None
    assert near.end < dt.date(2027, 1, 1)


# -- the picture


def marks_of(part: object, kind: str) -> list[dict[str, Any]]:
    """The layers of one type of mark, wherever they stand in a specification."""
    if isinstance(part, list):
        return [found for each in part for found in marks_of(each, kind)]
    if not isinstance(part, dict):
        return []
    mark = part.get("mark")
    own = [part] if isinstance(mark, dict) and mark.get("type") == kind else []
    return own + [found for each in part.values() for found in marks_of(each, kind)]


def words_of(part: object) -> list[str]:
    """Every text of a specification."""
    texts = marks_of(part, "text")
    found = [str(row["text"]) for each in texts for row in each["data"]["values"] if "text" in row]
    return found + [str(each["mark"]["text"]) for each in texts if "text" in each["mark"]]


def view_of(spec: object, name: str) -> dict[str, Any]:
    """The view of that name."""
    parts = spec if isinstance(spec, list) else list(spec.values()) if isinstance(spec, dict) else []
    found = [spec] if isinstance(spec, dict) and spec.get("name") == name else []
    found += [inner for part in parts if isinstance(part, list | dict) if (inner := view_of(part, name))]
    return found[0] if found else {}


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_a_picture_says_whose_and_of_when_it_is(layout: Layout) -> None:
    for name in ("two-events", "late-relapse-after-transplant"):
        text = vega_lite(course(name), layout)["title"]["text"]
        assert " ".join([text] if isinstance(text, str) else text) == f"Timeline of {name} as of 2026-10-30"


@pytest.mark.parametrize("name", COURSES)
def test_a_category_is_not_written_before_its_day(name: str) -> None:
    """The tick is on the day; the letters are above it or after it, unless the panel ends there."""
    for layout in LAYOUTS:
        lanes = view_of(vega_lite(course(name), layout), f"lanes_{layout.name}_whole")
        right = [each for each in marks_of(lanes, "text") if each["mark"]["align"] == "right"]
        days = {row["date"] for each in right for row in each["data"]["values"] if row["text"] in DEPTH[1:]}
        last = dt.date.fromisoformat(max([*days, "2026-01-01"]))
        assert all((last - dt.date.fromisoformat(day)).days < 366 for day in days)


def test_each_dated_category_has_a_tick() -> None:
    found = course("thirty-years")
    lanes = view_of(vega_lite(found, WIDE), "lanes_wide_whole")
    ticks = {row["date"] for each in marks_of(lanes, "tick") for row in each["data"]["values"]}
    assert {letter.day.isoformat() for letter in found.letters if letter.given} <= ticks


def test_a_bar_that_goes_on_beyond_the_panel_has_no_end_there() -> None:
    found = replace(course("light-chains"), as_of=dt.date(2027, 10, 1))
    found = replace(found, bars=tuple(replace(bar, end=found.as_of) if bar.open else bar for bar in found.bars))
    lanes = view_of(vega_lite(replace(found, panels=found.panels[:1]), WIDE), "lanes_wide_zoom")
    (cut,) = [each for each in marks_of(lanes, "tick") if each["mark"]["color"] == "var(--surface)"]
    window = newest(found, 290)
    assert window is not None
    rows = {row["row"] for row in cut["data"]["values"] if row["date"] == window.end.isoformat()}
    assert rows == {LINE, "lenalidomide"}


def test_a_panel_without_values_says_when_the_last_was() -> None:
    spec = vega_lite(course("cell-therapies"), WIDE)
    assert "no value here; the last: 0 mg/24h, 2020-01-05" in words_of(view_of(spec, "urine_m_protein_wide_zoom"))
    assert view_of(spec, "urine_m_protein_wide_whole")["height"] == WIDE.low
    assert view_of(spec, "serum_m_protein_wide_whole")["height"] == WIDE.high


def test_what_held_before_the_newest_values_is_told() -> None:
    lanes = view_of(vega_lite(course("cell-therapies"), WIDE), "lanes_wide_zoom")
    assert "VGPR since 2025-06-10" in words_of(lanes)


@pytest.mark.parametrize("layout", [WIDE, PAPER], ids=lambda layout: layout.name)
@pytest.mark.parametrize("name", ["light-chains", "one-sample", "cell-therapies", "light-chain-only"])
def test_where_progression_begins_is_always_told(name: str, layout: Layout) -> None:
    found = course(name)
    told = words_of(vega_lite(found, layout))
    for panel in (panel for panel in found.panels if panel.references and not panel.flat):
        limit = panel.references[-1].limit
        assert limit is None or any(re.match(rf"(progression|PD) from {limit:g}\b", text) for text in told)


def test_words_of_one_rule_do_not_stand_on_another() -> None:
    """Reference and limit are close on the scale of the whole, and numbers all around: both are told above the panel,
    the limit first."""
    start = dt.date(2025, 1, 10)
    values = (2740, 1060, 340, 52, 10, 4, 6.4, 28, 124, 436, 1060)
    days = [start + dt.timedelta(days=60 * n) for n in range(len(values))]
    points = tuple(Point(day, each, f"{each:g}", str(day)) for day, each in zip(days, values, strict=True))
    rules = (Reference("1", days[6], days[-1], 6.4, 206.4),)
    urine = Panel("urine-m-protein", "Urine M-protein", "mg/24h", False, points, rules)
    found = replace(course("one-sample"), as_of=days[-1], panels=(urine,))
    texts = {each["mark"]["text"]: each for each in marks_of(vega_lite(found, WIDE), "text") if "text" in each["mark"]}
    where = [texts[text]["encoding"] for text in ("progression from 206.4", "reference 6.4")]
    assert [place["y"]["value"] < 0 for place in where] == [True, True]
    assert where[0]["x"]["value"] > where[1]["x"]["value"]


@pytest.mark.parametrize("name", COURSES)
def test_the_key_explains_every_pattern(name: str) -> None:
    """Not by colour alone: each pattern that is drawn stands in the key, and each lane is named."""
    found = course(name)
    explained = {look.get("fill") for _, _, look in entries(found)}
    assert {f"url(#p-{bar.pattern})" for bar in found.bars if bar.row != LINE} <= explained
    patterns = (HERE / "templates" / "_patterns.svg").read_text(encoding="utf-8")
    assert {f"p-{bar.pattern}" for bar in found.bars if bar.row != LINE} <= set(re.findall(r'id="([^"]+)"', patterns))


def test_one_course_gives_one_specification() -> None:
    assert vega_lite(course("thirty-years"), WIDE) == vega_lite(course("thirty-years"), WIDE)


@drawn
@pytest.mark.parametrize("name", COURSES)
def test_a_picture_is_as_wide_as_its_layout(name: str) -> None:
    """Nothing sticks out: neither a name nor a number nor a word of the key."""
    for layout in LAYOUTS:
        svg = tree.fromstring(page_svg(course(name), layout))
        assert float(svg.attrib["width"]) <= layout.total + 40, layout.name


@drawn
@pytest.mark.parametrize("name", COURSES)
def test_a_picture_has_one_name_and_says_what_it_shows(name: str) -> None:
    svg = tree.fromstring(page_svg(course(name), NARROW))
    assert svg.attrib["role"] == "img"
    assert {svg.attrib["aria-labelledby"], svg.attrib["aria-describedby"]} == {"tl-narrow-t", "tl-narrow-d"}
    assert [part.text for part in svg if part.tag == "desc"] == [describe(course(name))]
    assert not [part for part in svg.iter() if part is not svg and {"role", "aria-label", "style"} & part.attrib.keys()]


@drawn
@pytest.mark.parametrize("name", COURSES)
def test_a_file_needs_nothing_else(name: str) -> None:
    svg = file_svg(course(name))
    root = tree.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "var(" not in svg
    ids = re.findall(r'\bid="([^"]+)"', svg)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([^)]+)\)", svg)) <= set(ids)
    assert not re.search(r"<script|<image|href=", svg)
    assert svg == file_svg(course(name))


@drawn
def test_a_png_is_one() -> None:
    assert file_png(course("two-events"))[:8] == b"\x89PNG\r\n\x1a\n"


@drawn
def test_text_of_a_record_is_escaped() -> None:
    answer = course_answer("two-events")
    svg = file_svg(replace(timeline(answer), id="<script>&"))
    assert "<script" not in svg
    assert "&lt;script&gt;&amp;" in svg


@drawn
def test_thirty_years_weigh_little() -> None:
    assert len(page_svg(course("thirty-years"), PAPER)) < 60_000


# -- the page


@drawn
def test_the_page_holds_three_pictures_and_their_tables() -> None:
    page = render_html(course_answer("light-chains"))
    assert re.findall(r'<div class="chart-(\w+)">', page) == ["wide", "narrow", "paper"]
    assert '<details class="twin"><summary>The same as tables: ' in page


def test_without_the_extra_the_tables_stand_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_view, "can_draw", lambda: False)
    page = render_html(course_answer("light-chains"))
    assert "<figure" not in page
    assert "the extra “chart” is not installed. The tables hold the same." in page
    assert '<details class="twin" open>' in page


def test_a_page_without_dates_says_so() -> None:
    page = render_html(course_answer("nothing"))
    assert "Nothing in this record is dated" in page
    assert "<figure" not in page


@pytest.mark.parametrize("format", ["text", "json", "fhir"])
def test_only_a_picture_loads_the_renderer(format: str) -> None:
    record = real.PATIENTS / "light-chain-only" / "record.yaml"
    code = f"""
import sys
from report import real
from mspike.report import render
render(real.example_answer({record.parent.name!r}), {format!r})
print(sorted(name for name in sys.modules if name.startswith(("vl_convert", "mspike.report.timeline"))))
"""
    folder = str(real.PATIENTS.parents[1] / "tests")
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=folder)
    assert run.stdout.strip() == "[]"
