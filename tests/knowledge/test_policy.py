"""Policies: defaults, what `--policy KEY=VALUE` may say, and what an answer names."""

from __future__ import annotations

import pytest

from mspike.knowledge.files import KnowledgeError
from mspike.knowledge.model import Knowledge
from mspike.knowledge.policy import named_policies, settle


def test_defaults(knowledge: Knowledge) -> None:
    values = settle(knowledge)
    assert set(values) == set(knowledge.policies)
    assert (values["refractory_drug"], values["refractory_window_days"]) == ("rules-out", 60)
    assert values["triple_class"] == ["PI", "IMiD", "anti-CD38"]


@pytest.mark.parametrize(
    ("given", "key", "value"),
    [
        ("refractory_drug=against", "refractory_drug", "against"),
        (" refractory_drug = against ", "refractory_drug", "against"),
        ("refractory_window_days=90", "refractory_window_days", 90.0),
        ("triple_class=PI, IMiD,", "triple_class", ["PI", "IMiD"]),
    ],
)
def test_another_reading(knowledge: Knowledge, given: str, key: str, value: object) -> None:
    values = settle(knowledge, [given])
    assert values[key] == value
    assert {k: v for k, v in values.items() if k != key} == {k: v for k, v in settle(knowledge).items() if k != key}


def test_the_last_word_counts(knowledge: Knowledge) -> None:
    given = ["refractory_drug=against", "refractory_drug=rules-out"]
    assert settle(knowledge, given) == settle(knowledge)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("refractory_drug", "--policy 'refractory_drug': write it as KEY=VALUE"),
        ("refractory_drugs=against", "no policy is called 'refractory_drugs'. Did you mean 'refractory_drug'?"),
        ("zzz=1", "no policy is called 'zzz'. There are: anticoagulants, baseline_days"),
        ("refractory_drug=maybe", "--policy refractory_drug: 'maybe' is not one of rules-out, against"),
        ("refractory_window_days=two", "'two' is not a number (days)"),
        ("refractory_window_days=-1", "'-1' is out of range"),
        ("refractory_window_days=nan", "'nan' is out of range"),
        ("refractory_window_days=inf", "'inf' is out of range"),
    ],
)
def test_refused(knowledge: Knowledge, given: str, says: str) -> None:
    with pytest.raises(KnowledgeError) as error:
        settle(knowledge, [given])
    assert says in str(error.value)


def test_an_answer_names_switches_and_changed_numbers(knowledge: Knowledge) -> None:
    """Numbers and lists at their default go without saying."""
    switches = {name for name, policy in knowledge.policies.items() if policy.allowed}
    assert set(named_policies(knowledge, settle(knowledge))) == switches
    named = named_policies(knowledge, settle(knowledge, ["refractory_window_days=90", "triple_class=PI,IMiD"]))
    assert {name: named[name] for name in named.keys() - switches} == {
        "refractory_window_days": "90", "triple_class": "PI, IMiD",
    }  # fmt: skip


def test_every_default_is_one_of_the_words_allowed(knowledge: Knowledge) -> None:
    for name, policy in knowledge.policies.items():
        if policy.allowed:
            assert policy.default in policy.allowed, name
