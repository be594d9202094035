"""What is asked: another day, another country, another reading; and the assumptions that are said on stderr."""

from __future__ import annotations

import datetime as dt


def verdicts(answer) -> dict[str, str]:
    return {option["id"]: option["verdict"] for option in answer["options"]}


def test_as_of_replays_an_earlier_answer(mspike, good):
    """The rules of that day: cilta-cel came to two lines' label on 2024-04-05, belantamab was withdrawn then."""
    before = mspike("options", good, "--as-of", "2024-04-04", "--format", "json")
    after = mspike("options", good, "--as-of", "2024-04-06", "--format", "json")
    assert before.json["as_of"] == "2024-04-04"
    fits = [next(o for o in said.json["options"] if o["id"] == "cilta-cel")["label_fit"] for said in (before, after)]
    assert fits[0] == "not-met"
    assert fits[1] != "not-met"
    again = mspike("options", good, "--as-of", "2024-04-04", "--format", "json")
    assert again.out == before.out


def test_as_of_leaves_out_what_came_later_and_says_how_much(mspike, good):
    said = mspike("options", good, "--as-of", "2026-09-01", "--format", "json")
    assert said.json["state"]["newest_data"] <= "2026-09-01"
    assert "as of 2026-09-01, as asked: 10 entries not yet known on that day left out or shortened" in said.err


def test_as_of_the_records_own_day_changes_nothing(mspike, good):
    plain, asked = (
        mspike("options", good, "--format", "json"),
        mspike("options", good, "--as-of", "2026-10-30", "--format", "json"),
    )
    assert plain.json == asked.json
    assert "0 entries not yet known" in asked.err
    assert len(plain.err.splitlines()) == 1


def test_a_record_without_a_day_is_answered_for_today(mspike):
    said = mspike("options", "-", "--format", "json", stdin="schema: mspike-case/1\nid: a\n")
    assert said.json["as_of"] == str(dt.date.today())
    assert f"the record gives no as_of: answered for today, {dt.date.today()}" in said.err


def test_country(mspike, good):
    """Whose labels apply: asked for, the record's own, else US."""
    own = mspike("options", good.parents[1] / "frail-84" / "record.yaml", "--format", "json")
    asked = mspike("options", good, "--country", "EU", "--format", "json")
    assert own.json["country"] == asked.json["country"] == "EU"
    assert (
        mspike("options", "-", "--format", "json", stdin="schema: mspike-case/1\nas_of: 2026-10-30\n").json["country"]
        == "US"
    )
    assert {option["availability"]["country"] for option in asked.json["options"]} == {"EU"}
    assert "labels: EU" in asked.err


def test_policy(mspike, good):
    """Refractory to lenalidomide rules out, or speaks against; the answer names the reading."""
    usual = mspike("options", good, "--format", "json").json
    other = mspike("options", good, "--policy", "refractory_drug=against", "--format", "json").json
    assert (usual["policies"]["refractory_drug"], other["policies"]["refractory_drug"]) == ("rules-out", "against")
    assert verdicts(usual)["KRd"] == "ruled-out"
    assert verdicts(other)["KRd"] != "ruled-out"
    assert "refractory drug: against" in mspike("options", good, "--policy", "refractory_drug=against").out.lower()


def test_a_number_as_policy(mspike, good):
    answer = mspike("options", good, "--policy", "refractory_window_days=90", "--format", "json").json
    assert float(answer["policies"]["refractory_window_days"]) == 90


# -- the state alone


def test_state_in_text(mspike, good):
    out = mspike("state", good).out
    assert "First relapse" in out
    assert "LINES OF THERAPY" in out
    assert "OPTIONS TO DISCUSS" not in out


def test_state_in_json(mspike, good):
    state = mspike("state", good, "--format", "json").json
    answer = mspike("options", good, "--format", "json").json
    assert list(state) == ["schema", "id", "as_of", "country", "versions", "state", "policies", "notes", "quality"]
    assert state["schema"] == "mspike-state/1"
    assert {key: state[key] for key in state if key != "schema"} == {
        key: answer[key] for key in state if key != "schema"
    }


def test_state_in_ndjson(mspike, good):
    said = mspike("state", good, good.parents[1] / "missing-dates" / "record.yaml", "--format", "ndjson")
    assert [line["id"] for line in said.lines] == ["first-relapse-lenalidomide", "missing-dates"]
    assert (
        mspike("state", good, "--as-of", "2026-09-01", "--country", "UK", "--format", "ndjson").lines[0]["country"]
        == "UK"
    )
