"""One patient against invented trials: what rules out, what asks, and that forgetting a fact never rules out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner, Result

from mspike.cli import app
from mspike.derive import Fact, State, derive_state
from mspike.knowledge import fact_specs, load_knowledge, load_match_rules, settle
from mspike.record import Number, Record, read_case, read_records
from mspike.trials import Index, Match, Matcher, Query, load_trials, open_index, parse_criteria, search_trials
from mspike.trials.rules import questions, rule_of
from trials.written import trial

EXAMPLES = sorted((Path(__file__).parents[2] / "examples" / "patients").glob("*/record.yaml"))
CASE: dict[str, Any] = {
    "schema": "mspike-case/1", "id": "invented", "as_of": "2026-10-01", "patient": {"age": 64, "sex": "female"},
    "fitness": {"ecog": 2}, "disease": {"diagnosis": "multiple-myeloma", "cns": False},
    "lines": [
        {"number": 1, "drugs": ["bortezomib", "lenalidomide", "dexamethasone"], "start": "2020-01", "stop": "2022-01",
         "best_response": "VGPR", "stop_reason": "progression", "refractory": ["lenalidomide"]},
        {"number": 2, "drugs": ["teclistamab"], "start": "2025-01", "stop": "2026-08", "best_response": "PR",
         "stop_reason": "progression", "refractory": ["teclistamab"]},
    ],
}  # fmt: skip
TEXTS = (
    "Inclusion Criteria:\n* Age 18 years or older\n* ECOG performance status 0 or 1\n"
    "* At least 3 prior lines of therapy\n* Received prior lenalidomide\n* Must be refractory to carfilzomib\n"
    "* Platelets >= 75,000/mm3\n* Able to comply with the diary\n\nExclusion Criteria:\n* Prior BCMA-directed therapy\n"
    "* Prior allogeneic stem cell transplant\n* Known HIV infection\n* Pregnant women\n"
    "* Known active central nervous system involvement\n* LVEF < 40%\n* Peripheral neuropathy grade 3 or higher",
    "Inclusion Criteria:\n* Refractory or intolerant to a proteasome inhibitor\n"
    "* Participants must have received either carfilzomib or pomalidomide\n* ECOG 0 or 1 unless due to myeloma\n"
    "* Lymphoma patients must be 75 years or older\n* Disease progression on or within 60 days of the last therapy\n\n"
    "Exclusion Criteria:\n* Known HIV infection",
    "",
)


def read(case: dict[str, Any] = CASE) -> tuple[State, Record]:
    (record,) = read_case(json.dumps(case), "invented.json")
    assert isinstance(record, Record)
    return state_of(record), record


def state_of(record: Record) -> State:
    return derive_state(record, load_knowledge(), settle(load_knowledge(), ()))


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with open_index(tmp_path / "trials.sqlite", write=True) as opened:
        load_trials(opened, list(written()))
        yield opened


def written(texts: tuple[str, ...] = TEXTS) -> Iterator[Any]:
    for number, text in enumerate(texts, 1):
        identity = {"nctId": f"NCT9900000{number}", "briefTitle": "An invented study in multiple myeloma"}
        yield trial(text, identification=identity, conditions={"conditions": ["Multiple Myeloma"]})


def matched(index: Index, state: State, record: Record) -> Match:
    known = {one.id: parse_criteria(one) for one in index.records()}
    return Matcher(known.get).match(state, record, search_trials(index, Query(limit=0)))


def answers(match: Match, nct: str) -> dict[str, str]:
    (found,) = [one for one in match.trials if one.trial.nct_id == nct]
    return {one.id: one.answer for one in found.criteria}


def test_each_answer(index: Index) -> None:
    match = matched(index, *read())
    (first,) = [one for one in match.trials if one.trial.nct_id == "NCT99000001"]
    by_fact = {(one.fact, one.side): one for one in first.criteria}
    assert by_fact["age", "inclusion"].answer == "met"
    assert by_fact["ecog", "inclusion"].answer == "not-met"
    assert by_fact["ecog", "inclusion"].quote == "ECOG performance status 0 or 1"
    assert by_fact["ecog", "inclusion"].because == "ecog 2"
    assert by_fact["ecog", "inclusion"].changes
    assert by_fact["prior_lines", "inclusion"].answer == "not-met"
    assert by_fact["exposed", "inclusion"].answer == "met"
    assert by_fact["refractory", "inclusion"].answer == "not-met"
    assert by_fact["prior_treatment", "exclusion"].answer == "not-met"
    assert by_fact["platelets_10e9_l", "inclusion"].answer == "unknown"
    assert by_fact["platelets_10e9_l", "inclusion"].question == "What is the platelet count?"
    assert by_fact["hiv", "exclusion"].answer == "unknown"
    assert by_fact["cns_active", "exclusion"].answer == "met"
    assert first.ruled_out
    assert first.verdict == "ruled out by 4 quoted rules"
    text = next(written()).texts[0].text
    for one in first.criteria:
        assert one.field != "eligibilityCriteria" or text[one.start : one.end] == one.quote


def test_what_leaves_doubt_rules_nothing_out(index: Index) -> None:
    match = matched(index, *read())
    (second,) = [one for one in match.trials if one.trial.nct_id == "NCT99000002"]
    assert second.conflicts == ()
    assert second.verdict.startswith("no conflict found, ")
    assert any(one.against and "rules nothing out" in one.because for one in second.criteria)


def test_a_record_without_text_compares_nothing(index: Index) -> None:
    (third,) = [one for one in matched(index, *read()).trials if one.trial.nct_id == "NCT99000003"]
    assert third.no_text
    assert third.verdict == "the record has no eligibility text: nothing to compare"


def test_the_order_and_the_next_question(index: Index) -> None:
    match = matched(index, *read())
    assert [one.trial.nct_id for one in match.trials] == ["NCT99000002", "NCT99000003", "NCT99000001"]
    assert "no ranking" in match.order
    counts = [(question.settles, question.trials) for question in match.next_questions]
    assert counts == sorted(counts, reverse=True)
    assert match.next_questions[0].question == "Is there an HIV infection?"
    assert not any("eligible" in msgspec.json.encode(one).decode().lower() for one in match.trials)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_a_forgotten_fact_never_rules_out(path: Path, index: Index) -> None:
    """Kleene's logic: with facts made unknown, an answer stays or becomes unknown, and no trial is ruled out anew."""
    record = next(iter(read_records([str(path)])))
    assert isinstance(record, Record)
    state = state_of(record)
    whole = matched(index, state, record)
    names = sorted({name for one in whole.trials for answer in one.criteria for name in answer.facts})
    bare = msgspec.structs.replace(record, measurements=())
    for name in names:
        less = msgspec.structs.replace(state, facts=state.facts | {name: Fact()})
        part = matched(index, less, bare)
        for one in whole.trials:
            before, after = answers(whole, one.trial.nct_id), answers(part, one.trial.nct_id)
            changed = {after[id_] for id_ in before if before[id_] != after[id_]}
            assert changed <= {"unknown"}, (name, one.trial.nct_id)
    nothing = matched(index, msgspec.structs.replace(state, facts={n: Fact() for n in state.facts}), bare)
    assert not any(one.ruled_out for one in nothing.trials)


def test_an_old_value_is_asked_again(index: Index) -> None:
    state, record = read()
    day = record.as_of.replace(year=2025)
    date = msgspec.convert({"text": str(day), "first": day, "last": day}, type(record.lines[0].start))  # type: ignore[index]
    old = msgspec.structs.replace(state.facts["ecog"], date=date)
    match = matched(index, msgspec.structs.replace(state, facts=state.facts | {"ecog": old}), record)
    (ecog,) = [c for t in match.trials if t.trial.nct_id == "NCT99000001" for c in t.criteria if c.fact == "ecog"]
    assert ecog.answer == "unknown"
    assert ecog.because == "the last value is 365 days old"


def test_a_painful_lower_grade_is_asked_about(index: Index) -> None:
    state, record = read()
    for painful, answer in ((None, "unknown"), (True, "unknown"), (False, "met")):
        known = {"neuropathy_grade": Fact(value=Number(2, 2)), "neuropathy_painful": Fact(value=painful)}
        match = matched(index, msgspec.structs.replace(state, facts=state.facts | known), record)
        (one,) = [c for t in match.trials for c in t.criteria if c.fact == "neuropathy_grade"]
        assert one.answer == answer


def test_every_fact_of_the_table_is_a_fact() -> None:
    table = load_match_rules()
    specs = fact_specs(load_knowledge())
    for name, limit in table.numbers.items():
        assert specs[limit.fact].type == "number", name
        assert limit.times != 1.0 or specs[limit.fact].unit == limit.unit, name
    names = {word for one in table.conditions for text in (one.met, one.broken) for word in facts_in(text)}
    assert names <= set(specs)
    assert set(table.measured) <= set(questions())


BEGINS = ("Are", "Could", "Did", "Does", "Has", "Have", "How", "Is", "Was", "What", "When", "Which", "Why")


def test_every_question_is_a_plain_sentence() -> None:
    table = load_match_rules()
    names = {word for one in table.conditions for text in (one.met, one.broken) for word in facts_in(text)}
    names |= {limit.fact for limit in table.numbers.values()} | {"exposed_bcma", "refractory_lenalidomide"}
    for question in [*(questions()[name] for name in names), *table.asked.values()]:
        assert question.split()[0] in BEGINS, question
        assert question.endswith("?"), question
        assert len(question.split()) >= 4, question


def test_a_disease_is_asked_for_by_its_name() -> None:
    from trials.written import exclusion, the

    asked = rule_of(the(exclusion("POEMS syndrome"), "diagnosis")).ask
    assert asked == "Is there, or was there, POEMS syndrome?"


def test_two_questions_of_one_rule_are_counted_apart() -> None:
    from mspike.trials.match import QUESTION

    assert QUESTION.findall("Is it so? What is the dose (mg)?") == ["Is it so?", "What is the dose (mg)?"]
    assert QUESTION.findall("") == []


def facts_in(text: str) -> set[str]:
    import re

    bare = re.sub(r"\{\w+\}|\bnot\b|\band\b|\bor\b", " ", text)
    return set(re.findall(r"[a-z]\w+", bare))


@pytest.mark.parametrize(
    "change",
    [
        {"value": "many"}, {"value": [1]}, {"value": [None, 2]}, {"value": True}, {"value": 1e300}, {"unit": "miles"},
        {"about": {"of": "lenalidomide"}}, {"about": {"of": [7]}}, {"about": {"window_days": "soon"}}, {"op": "!"},
    ],
)  # fmt: skip
def test_a_criterion_that_makes_no_sense_is_a_question(change: dict[str, Any]) -> None:
    for criterion in parse_criteria(next(written())).criteria:
        made = rule_of(msgspec.structs.replace(criterion, **change))
        assert made.met is None or isinstance(made.met, tuple)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["trials", *arguments])


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    path = tmp_path / "user.sqlite"
    monkeypatch.setenv("MSPIKE_TRIALS", str(path))
    with open_index(path, write=True) as opened:
        load_trials(opened, list(written()))
    case = tmp_path / "case.json"
    case.write_text(json.dumps(CASE))
    return str(case)


def test_the_command(files: str) -> None:
    shown = run("match", files)
    assert shown.exit_code == 0
    assert "ruled out because" in shown.stdout
    assert "The next question that settles most trials" in shown.stdout
    assert "is no promise" in shown.stdout
    whole = json.loads(run("match", files, "--trials", "NCT99000001", "--format", "json").stdout)
    assert [one["trial"]["nct_id"] for one in whole["trials"]] == ["NCT99000001"]
    lines = run("match", files, "--format", "ndjson").stdout.splitlines()
    assert len(lines) == 3


def test_what_was_read_of_the_texts_is_kept(files: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run("match", files, "--format", "json").stdout
    monkeypatch.setattr("mspike.trials.prepared.parse_criteria", None)
    assert run("match", files, "--format", "json").stdout == first


@pytest.mark.parametrize(
    ("given", "word"),
    [
        (["--near", "29.7,-95.4", "--radius", "-3"], "radius"), (["--trials", "NCT00000000"], "is not in the index"),
        (["--as-of", "soon"], "YYYY-MM-DD"), (["--status", "asleep"], "status"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked(files: str, given: list[str], word: str) -> None:
    shown = run("match", files, *given)
    assert word in shown.output
    assert "Traceback" not in shown.output


def test_a_record_that_cannot_be_read(files: str, tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    assert run("match", str(broken)).exit_code == 3
    assert run("match", files, "--index", str(tmp_path / "none.sqlite")).exit_code == 3
