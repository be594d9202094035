"""Policies: each number of the derivations is a knowledge file with a source that exists."""

from __future__ import annotations

import msgspec

from derive.written import knowledge
from mspike.derive.settings import Settings, read_settings


def test_every_setting_is_a_policy() -> None:
    names = {field.name for field in msgspec.structs.fields(Settings)}
    assert names - set(knowledge().policies) == set()


def test_every_policy_has_a_source() -> None:
    known = knowledge()
    missing = {p.policy: p.source.id for p in known.policies.values() if p.source.id not in known.sources}
    assert missing == {}


def test_a_default_is_allowed() -> None:
    off = {p.policy: p.default for p in knowledge().policies.values() if p.allowed and p.default not in p.allowed}
    assert off == {}


def test_an_answer_names_switches_and_changes() -> None:
    settings, shown = read_settings(knowledge(), {"refractory_window_days": 90.0, "sd_refractory": "no"})
    assert (settings.refractory_window_days, settings.sd_refractory) == (90, False)
    assert (shown["refractory_window_days"], shown["sd_refractory"]) == ("90", "no")
    assert "doubling_days" not in shown
