"""The terminal text: everything is there, nothing runs over the edge, and colour and symbols only repeat words."""

from __future__ import annotations

import io
import re

import pytest

from mspike.report import render, render_state, render_text, terminal_look, words
from report.sample import sample_answer
from report.specimens import ALL, seventy
from report.test_words import FORBIDDEN

SECTIONS = (
    "First relapse after one line", "LINES OF THERAPY", "REFRACTORY", "WHAT WOULD CHANGE THIS LIST",
    "OPTIONS TO DISCUSS", "DRUG COMBINATIONS", "WITHDRAWN", "WHERE SOURCES DISAGREE", "NOT CONSIDERED",
    "mspike informs",
)  # fmt: skip
SOURCE_TAG = re.compile(rf"\s{{2,}}(?=(?:{'|'.join(words.KIND_WORDS.values())}): )")
"""What stands before the tag at the right edge."""
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def flat(text: str) -> str:
    """The text as one run of words, so that a wrapped sentence can be found."""
    return " ".join(text.split())


def test_the_sections_stand_in_their_order() -> None:
    text = render_text(sample_answer(), width=100)
    places = [text.index(section) for section in SECTIONS]
    assert places == sorted(places)
    assert flat(text).endswith(words.FOOTER)
    assert words.ORDER in text


def test_every_option_is_there_with_its_verdict() -> None:
    lines = render_text(seventy(), width=120).splitlines()
    text = flat("\n".join(SOURCE_TAG.split(line)[0] for line in lines))
    for option in seventy().options:
        lead = rf"\[{re.escape(words.VERDICT_SYMBOLS[option.verdict])}\] {words.VERDICT_WORDS[option.verdict]}"
        assert re.search(rf"{lead} ([\w-]+, )*{re.escape(option.id)}[ ,:]", text), option.id


def test_options_ruled_out_for_one_reason_share_a_line() -> None:
    text = flat(render_text(sample_answer(), width=140))
    assert "DRd, KRd, VRd refractory to lenalidomide" in text
    everything = render_text(sample_answer(), width=140, all_reasons=True)
    assert everything.count("ruled out because: refractory to lenalidomide") == 4  # three options, one earlier regimen


def test_a_short_row_says_how_much_it_holds_back() -> None:
    text = flat(render_text(sample_answer(), width=140))
    assert "BVd US label: 2 or more prior lines; record has 1 (+1 more)" in text


def test_reasons_against_and_cautions_are_never_cut() -> None:
    answer = sample_answer()
    first = answer.options[0]
    first.for_ *= 3
    first.known_risks *= 3
    first.evidence *= 4
    first.cautions += answer.options[2].cautions * 4
    text = render_text(answer, width=140)
    card = text[text.index(" DKd ") : text.index(" DPd ")]
    assert card.count("+  ") == 3
    assert card.count("△  known risk") == 1
    assert card.count("△  neuropathy") == 4
    assert "… 11 more: --all-reasons" in card
    assert "more: --all-reasons" not in render_text(answer, width=140, all_reasons=True)


@pytest.mark.parametrize("name", ["sample", "seventy"])
def test_all_shows_every_reason_of_every_option(name: str) -> None:
    answer = ALL[name]()
    text = flat(render_text(answer, width=140, all_reasons=True))
    for option in answer.options:
        for reason in (*option.for_, *option.against, *option.cautions, *option.known_risks):
            assert reason.text[:40] in text
        for figure in option.evidence:
            assert figure.population in text


def test_one_path() -> None:
    text = render_text(sample_answer(), path="car-t")
    assert "CAR T-CELL THERAPY" in text
    assert "cilta-cel" in text
    assert "DRUG COMBINATIONS" not in text
    assert "16 options in other paths" in text
    with pytest.raises(ValueError, match="path 'car' is not in this answer; it has drug-combination"):
        render_text(sample_answer(), path="car")


def test_questions() -> None:
    answer = sample_answer()
    short, long = render_text(answer), render_text(answer, all_questions=True)
    assert "… 1 more: --questions" in short
    assert answer.questions[-1].question not in short
    assert all(question.question in flat(long) for question in answer.questions)
    assert "decides 1 verdict · 1 option" in short


def test_disagreements_stand_side_by_side() -> None:
    text = flat(render_text(sample_answer(), width=120))
    assert "second transplant, length of first remission (record: 77 months, on maintenance)" in text
    assert "● met 18 months or more" in text
    assert "◌ cannot tell 36 months or more on maintenance" in text
    assert re.search(r"36 months or more on maintenance \S+: [^●◌]+ 2021 \(draft\)", text)


@pytest.mark.parametrize("width", [40, 56, 72, 80, 100, 120, 140])
@pytest.mark.parametrize("name", [name for name in ALL if name != "hostile"])
def test_no_line_runs_over_the_edge(name: str, width: int) -> None:
    for everything in (False, True):
        text = render_text(ALL[name](), width=width, all_reasons=everything, all_questions=everything)
        assert max(map(len, text.splitlines())) <= width


def test_the_width_stays_within_reason() -> None:
    assert render_text(sample_answer(), width=400) == render_text(sample_answer(), width=140)
    assert render_text(sample_answer(), width=3) == render_text(sample_answer(), width=40)


def test_colour_only_repeats_what_is_written() -> None:
    plain, painted = render_text(sample_answer()), render_text(sample_answer(), color=True)
    assert "\x1b" not in plain
    assert "\x1b[" in painted
    trimmed = [line.rstrip() for line in ANSI.sub("", painted).splitlines()]
    assert trimmed == plain.splitlines()


@pytest.mark.parametrize(
    ("encoding", "note"),
    [
        ("ascii", "Blade 2015: kappa >= 5 mg/L"),
        ("latin-1", "Bladé 2015: kappa >= 5 mg/L"),
        ("utf-8", "Bladé 2015: κ ≥ 5 mg/L"),
    ],
)
def test_a_terminal_without_the_symbols_gets_others(encoding: str, note: str) -> None:
    answer = sample_answer()
    answer.notes = ["Bladé 2015: κ ≥ 5 mg/L"]
    text = render_text(answer, width=90, encoding=encoding)
    text.encode(encoding)
    assert max(map(len, text.splitlines())) <= 90
    assert note in text
    assert ("[✓] fits" if encoding == "utf-8" else "[v] fits") in text


def test_a_record_cannot_write_to_the_terminal() -> None:
    answer = sample_answer()
    answer.notes = ["quiet\x1b[2J\x07 \u202ereversed"]
    answer.options[0].label = "Line\nbreak\r\x1b]0;title\x07"
    text = render_text(answer)
    assert not set(text) & set("\x1b\x07\r\u202e")


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("everything", [False, True])
def test_odd_records_have_a_text(name: str, everything: bool) -> None:
    text = render_text(ALL[name](), all_reasons=everything)
    assert "OPTIONS TO DISCUSS" in text
    assert "None" not in text
    assert render_state(ALL[name](), "text")


def test_out_of_scope_is_said_before_anything_else() -> None:
    text = render_text(ALL["newly-diagnosed"]())
    assert text.index("Out of scope: first-line treatment") < text.index("Newly diagnosed myeloma: first-line")


@pytest.mark.parametrize("name", ALL)
def test_no_text_decides(name: str) -> None:
    found = FORBIDDEN.search(render_text(ALL[name](), all_reasons=True, all_questions=True))
    assert found is None, found


def test_several_records_follow_each_other() -> None:
    text = render([sample_answer(), sample_answer()], "text", width=90)
    assert text.count("OPTIONS TO DISCUSS") == 2
    assert text.count("=" * 60) == 1


def test_the_state_alone_has_no_options() -> None:
    text = render_state(sample_answer(), "text")
    assert "RESPONSES" in text
    assert "OPTIONS TO DISCUSS" not in text


class Screen(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def test_colour_needs_a_terminal_and_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "93")
    assert terminal_look(Screen()) == {"width": 93, "color": True, "encoding": "utf-8"}
    assert terminal_look(io.StringIO())["color"] is False
    monkeypatch.setenv("NO_COLOR", "1")
    assert terminal_look(Screen())["color"] is False
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert terminal_look(Screen())["color"] is False
