"""The page: it holds everything, fetches nothing, escapes what a record brings in, and says what is unknown."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest

from mspike.options import Answer
from mspike.options.answer import Reason
from mspike.report import words
from mspike.report.html import HERE, render_html
from report import real, specimens
from report.sample import sample_answer

NEVER = re.compile(r"\b(recommend(ed|s)?|best|optimal|should|eligible|preferred)\b", re.IGNORECASE)
EVERY = sorted(specimens.ALL)


@pytest.fixture(params=EVERY)
def answer(request: pytest.FixtureRequest) -> Answer:
    return specimens.ALL[request.param]()


@pytest.fixture
def page(answer: Answer) -> str:
    return render_html(answer)


def text_of(page: str) -> str:
    """The words a reader sees, without tags and styles."""
    bare = re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(bare))


def reasons_of(answer: Answer) -> Iterator[Reason]:
    for option in answer.options:
        yield from (*option.for_, *option.against, *option.cautions, *option.known_risks)


# -- self-contained


def test_nothing_is_fetched_or_run(page: str) -> None:
    assert not re.search(
        r"<script|<img|<link|<iframe|<form|@import|@font-face|\burl\((?!#p-)|(?<!font-)\bstyle=|\son\w+=", page
    )
    assert not re.search(r"\b(src|action|srcset|poster)=", page)
    before, sources = page.split('<ol class="sources">')
    assert {address[:1] for address in re.findall(r'href="([^"]*)"', before)} == {"#"}
    assert [link for link in re.findall(r'href="([^"]*)"', sources) if not re.match(r"#|https?://", link)] == []


def test_the_policy_lets_only_this_style_in(page: str) -> None:
    (style,) = re.findall(r"<style>(.*?)</style>", page, flags=re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    style_only = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert html.unescape(policy) == style_only


def test_every_link_has_its_place(page: str) -> None:
    ids = Counter(re.findall(r'\bid="([^"]*)"', page))
    assert [id for id, count in ids.items() if count > 1] == []
    assert set(re.findall(r'href="#([^"]*)"', page)) <= set(ids)
    named = {name for names in re.findall(r'aria-labelledby="([^"]*)"', page) for name in names.split()}
    assert named <= set(ids)


def test_headings_skip_no_level(page: str) -> None:
    levels = [int(level) for level in re.findall(r"<h([1-6])\b", page)]
    assert levels.count(1) == 1
    assert all(level <= above + 1 for above, level in zip([0, *levels], levels, strict=False))


# -- everything is there


def not_in(text: str, seen: str) -> bool:
    """Whether a sentence is missing; dates and cut lines are split by tags, so blanks do not count.

    An earlier regimen's reasons begin with its name, which the page gives once, above them.
    """
    bare = re.sub(r"^.* \(line \d+\): |[\u202a-\u202e]", lambda m: "" if m[0].endswith(": ") else "\ufffd", text)
    return without_blanks(bare) not in without_blanks(seen)


@cache
def without_blanks(text: str) -> str:
    return re.sub(r"\s", "", text.replace(" …", ""))


def test_every_option_and_every_reason_is_there(answer: Answer, page: str) -> None:
    seen = text_of(page)
    assert [option.id for option in answer.options if f'id="opt-{words.slug(option.id)}"' not in page] == []
    assert [reason.id for reason in reasons_of(answer) if not_in(reason.text, seen)] == []


def test_every_cited_source_is_listed_once(answer: Answer, page: str) -> None:
    cited = {reason.source.id for reason in reasons_of(answer)}
    cited |= {option.availability.source.id for option in answer.options}
    numbers = re.findall(r'<li id="s(\d+)"', page)
    assert numbers == [str(n) for n in range(1, len(numbers) + 1)]
    assert len(numbers) >= len(cited)
    assert set(numbers) == set(re.findall(r'class="src(?: draft)?" href="#s(\d+)"', page))


def test_ruled_out_options_say_why(page: str) -> None:
    for row in re.findall(r'<li class="row"[^>]*data-verdict="ruled-out">.*?</summary>', page, flags=re.DOTALL):
        assert re.search(r'class="row-why">\s*\S', row)


def test_limits_versions_and_the_last_sentence_stand_below() -> None:
    answer = sample_answer()
    seen = text_of(render_html(answer))
    assert words.FOOTER in seen
    for part in (*answer.limits, *answer.versions.values(), "Other policies default", answer.as_of):
        assert part in seen
    answer.policies = {"refractory_drug": "against"}
    assert "Refractory drug against" in text_of(render_html(answer))


def test_a_record_out_of_scope_says_so_first() -> None:
    answer = specimens.newly_diagnosed()
    page = render_html(answer)
    assert page.index("Read this first") < page.index(answer.notes[0]) < page.index('class="strip"')


def test_unknown_is_said() -> None:
    seen = text_of(render_html(specimens.empty()))
    for sentence in ("does not say what was given", "Age not recorded", "Stage unknown", "ECOG not recorded",
                     "No dated value shows a response", "Neuropathy not recorded"):  # fmt: skip
        assert sentence in seen
    assert "never given" not in seen


def test_each_earlier_regimen_is_judged_once() -> None:
    page = render_html(sample_answer())
    (body,) = re.findall(r'id="opt-retreatment".*?<details class="trace">', page, flags=re.DOTALL)
    (repeat,) = re.findall(r'<div class="repeat">.*?</div>', body, flags=re.DOTALL)
    assert "VRd (line 1)" in repeat
    assert "ruled out" in repeat


# -- words


def test_it_does_not_decide(page: str) -> None:
    assert NEVER.findall(text_of(page)) == []


# -- a hostile record


def test_markup_in_a_record_stays_text() -> None:
    page = render_html(specimens.hostile())
    assert "<script" not in page
    assert page.count("</style>") == 1
    assert "&lt;script&gt;" in page
    assert "49" not in re.findall(r"<h4.*?</h4>", page, flags=re.DOTALL)[0]
    assert "{{7*7}}" in html.unescape(page)
    assert "日本語" in page


def test_marks_that_turn_the_text_around_are_replaced() -> None:
    page = render_html(specimens.hostile())
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08]", page)
    assert "\ufffd" in page


def test_the_foot_of_the_paper_cannot_be_broken_out_of() -> None:
    answer = sample_answer()
    answer.as_of = '2026"; } body { display: none } </style>'
    (rule,) = re.findall(r"@page \{.*", render_html(answer))
    assert "display: none" not in rule.replace("\\00007b", "{") or "{ display" not in rule
    assert "<" not in rule


# -- the style sheet


def css() -> str:
    """Both style sheets, as the page holds them."""
    return "".join((HERE / "static" / name).read_text(encoding="utf-8") for name in ("mspike.css", "paper.css"))


def declarations(block: str) -> list[str]:
    lines = [" ".join(part.split()) for part in block.split(";")]
    return [line for line in lines if line and not line.startswith("color-scheme")]


def test_the_two_dark_blocks_are_one() -> None:
    by_system = r'prefers-color-scheme: dark\) \{ :root:not\(\[data-theme="light"\]\) \{([^}]*)\}'
    (follows,) = re.findall(by_system, css())
    (chosen,) = re.findall(r'^:root\[data-theme="dark"\] \{([^}]*)\}', css(), flags=re.MULTILINE)
    assert declarations(follows) == declarations(chosen)
    assert len(declarations(chosen)) > 20


def test_dark_and_paper_know_every_colour() -> None:
    light = re.findall(r"(--[\w-]+): #", css().split("@media (prefers")[0])
    for other in (css().split('[data-theme="dark"] {')[1], css().split("@media print")[1]):
        assert set(light) <= set(re.findall(r"(--[\w-]+): #", other))


def test_colours_stand_in_tokens_only() -> None:
    rules = re.sub(r"--[\w-]+: [^;}]*", "", css().split("@media print")[0])
    assert re.findall(r"#[0-9a-f]{3,6}\b", rules) == []


def test_the_paper_is_the_printers() -> None:
    page = render_html(sample_answer())
    assert not re.search(r"@page \{[^}]*\bsize\b", page)


# -- cost


@pytest.mark.parametrize("name", real.NAMES)
def test_a_real_answer_weighs_little(name: str) -> None:
    answer = real.example_answer(name)
    page = render_html(answer)
    assert len(page.encode()) < 750_000
    assert sum(map(len, re.findall(r"<svg class=\"chart.*?</svg>", page, flags=re.DOTALL))) < 60_000


@pytest.mark.parametrize("name", real.NAMES)
def test_a_real_answer_is_whole(name: str) -> None:
    answer = real.example_answer(name)
    page = render_html(answer)
    seen = text_of(page)
    assert [option.id for option in answer.options if f'id="opt-{words.slug(option.id)}"' not in page] == []
    assert [reason.id for reason in reasons_of(answer) if not_in(reason.text, seen)] == []
    assert [question.fact for question in answer.questions if question.question not in seen] == []
    figures = [figure for option in answer.options for figure in option.evidence]
    assert [figure.trial for figure in figures if not_in(figure.result, seen)] == []
