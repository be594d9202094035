"""No word is lost: sides, cohorts, nesting, offsets; HTML, lists in one line, texts of five million characters."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from mspike.trials import Parsed, Trial, parse_criteria
from trials.written import the, trial


def uncovered(read: Trial, parsed: Parsed) -> str:
    """Letters and digits of the eligibility texts that stand in no criterion's quote and in no heading."""
    from mspike.trials.criteria.split import split

    left = []
    for text in read.texts:
        seen = bytearray(len(text.text))
        spans = [(c.evidence.start, c.evidence.end) for c in parsed.criteria if c.evidence.field == text.field]
        spans += [(heading.start, heading.end) for heading in split(text)[1]]
        for start, end in spans:
            seen[start:end] = b"1" * (end - start)
        words = "".join(char if not seen[at] else " " for at, char in enumerate(text.text)).split()
        left += [word for word in words if sum(map(str.isalnum, word)) > 3]
    return " ".join(left)


def quotes_hold(read: Trial, parsed: Parsed) -> bool:
    texts = {text.field: text.text for text in (*read.texts, *read.headings, *read.limits)}
    return all(texts[c.evidence.field][c.evidence.start : c.evidence.end] == c.evidence.quote for c in parsed.criteria)


TEXT = """Inclusion Criteria:

* ECOG 0 or 1
* Measurable disease, any of:

  * Serum M-protein ≥ 1 g/dL
  * Something nobody can parse

Cohort A:

* At least 3 prior lines of therapy

Exclusion Criteria:

1. Active CNS involvement. Stable treated lesions are allowed.
2. Cohort B only: prior pomalidomide
"""


def test_sides_cohorts_and_nesting() -> None:
    read = trial(TEXT)
    parsed = parse_criteria(read)
    assert the(parsed, "ecog").side == "inclusion"
    assert the(parsed, "prior_lines").cohorts == ("cohort A",)
    assert the(parsed, "cns_active").side == "exclusion"
    assert not the(parsed, "cns_active").decides
    assert the(parsed, "prior_treatment").cohorts == ("cohort B",)
    assert {c.id for c in parsed.criteria} >= {"I2.1", "I2.2"}
    assert uncovered(read, parsed) == ""
    assert quotes_hold(read, parsed)


def test_a_bullet_that_only_names_cohorts_is_for_those_after_it() -> None:
    rules = "* Cohorts A, B, and D:\n* At least 3 prior lines of therapy\n* Cohorts C, E: ECOG 0 or 1"
    parsed = parse_criteria(trial(f"Inclusion Criteria:\n\n{rules}"))
    assert the(parsed, "prior_lines").cohorts == ("cohort A", "cohort B", "cohort D")
    assert the(parsed, "ecog").cohorts == ("cohort C", "cohort E")


def test_a_bracket_is_no_end_of_a_sentence() -> None:
    parsed = parse_criteria(trial("Inclusion Criteria:\n\n* Received a PI (bortezomib; e.g. long ago) and an IMiD"))
    assert the(parsed, "exposed").about["of"] == ["PI", "IMiD"]


def test_what_is_not_read_is_kept() -> None:
    kept = [c for c in parse_criteria(trial(TEXT)).criteria if c.status == "unknown"]
    assert any("nobody can parse" in c.evidence.quote for c in kept)
    assert all(c.fact == "text" and c.confidence == "none" and not c.decides for c in kept)


def test_html_keeps_its_offsets() -> None:
    text = "<p><b>Inclusion Criteria:</b></p><ul><li>ECOG &le; 2</li><li>Age &#8805; 18 years</li></ul>"
    read = trial(text)
    parsed = parse_criteria(read)
    assert the(parsed, "ecog").value == 2
    assert the(parsed, "age").value == 18
    assert quotes_hold(read, parsed)


def test_a_script_in_the_text_is_text() -> None:
    parsed = parse_criteria(trial("Inclusion Criteria:\n\n* <script>alert(1)</script> ECOG 0-2"))
    assert the(parsed, "ecog").value == 2


def test_a_list_in_one_line_is_cut() -> None:
    text = (
        "Exclusion Criteria:\n\n1. Subjects with known central nervous system involvement with myeloma. "
        "2. Subjects with active plasma cell leukemia at the time of screening. "
        "3. ECOG performance status > 2 at any time before the start"
    )
    parsed = parse_criteria(trial(text))
    assert [c.id for c in parsed.criteria] == ["E1", "E2", "E3"]


def test_both_headings_at_once_are_no_heading() -> None:
    parsed = parse_criteria(trial("Inclusion Criteria:\n\n* ECOG 0-1\n* Other inclusion/exclusion criteria apply"))
    assert {c.side for c in parsed.criteria} == {"inclusion"}
    assert the(parsed, "protocol_defined").confidence == "inferred"


def test_no_heading_states_no_side() -> None:
    parsed = parse_criteria(trial("Prior pomalidomide therapy"))
    assert [(c.side, c.status) for c in parsed.criteria] == [("unstated", "unknown")]


def test_no_text_at_all() -> None:
    parsed = parse_criteria(trial())
    assert (parsed.completeness, parsed.criteria) == ("none", ())


def test_five_million_characters() -> None:
    line = "* ECOG 0-2 and at least 1 but not more than 3 prior lines of therapy including a proteasome inhibitor\n"
    for text in (
        "Inclusion Criteria:\n\n" + line * 10_000,
        "Inclusion Criteria: " + "a < b (" * 700_000,
        "1. " * 1_700_000,
    ):
        read = trial(text)
        began = time.process_time()
        parsed = parse_criteria(read)
        assert time.process_time() - began < 60
        assert parsed.criteria


WORDS = st.sampled_from(
    [
        "ECOG",
        "0",
        "1",
        "2",
        "3",
        "≥",
        "<=",
        ">",
        "prior",
        "lines",
        "of",
        "therapy",
        "within",
        "12",
        "weeks",
        "not",
        "unless",
        "Cohort",
        "A",
        ":",
        ";",
        ".",
        "(",
        ")",
        "\n",
        "\n*",
        "\n1.",
        "Inclusion",
        "Exclusion",
        "Criteria:",
        "refractory",
        "to",
        "lenalidomide",
        "BCMA",
        "and",
        "or",
        "autologous",
        "transplant",
        "<br>",
        "&ge;",
        "LVEF",
        "%",
        "g/dL",
        "serum",
        "M-protein",
        "measurable",
        "age",
        "years",
        "CNS",
        "involvement",
        "except",
        "allowed",
        "live",
        "vaccine",
    ]
)


@given(st.lists(WORDS, max_size=80))
def test_any_text_is_read_without_loss(words: list[str]) -> None:
    read = trial("Inclusion Criteria:\n\n" + " ".join(words))
    parsed = parse_criteria(read)
    assert quotes_hold(read, parsed)
    assert uncovered(read, parsed) == ""
