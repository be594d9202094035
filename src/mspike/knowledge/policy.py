"""Policies: switches where another reading is legitimate, and the numbers of a derivation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mspike.knowledge.files import KnowledgeError
from mspike.knowledge.model import Knowledge, Policy


def settle(knowledge: Knowledge, given: Iterable[str] = ()) -> dict[str, Any]:
    """Every policy's value: the default, or what `KEY=VALUE` says. KnowledgeError for an unknown key or value."""
    values: dict[str, Any] = {name: policy.default for name, policy in knowledge.policies.items()}
    for text in given:
        key, sign, value = (part.strip() for part in text.partition("="))
        if not sign:
            raise KnowledgeError(f"--policy {text!r}: write it as KEY=VALUE")
        if key not in values:
            from mspike.knowledge.names import did_you_mean

            raise KnowledgeError(
                f"--policy: no policy is called {key!r}. {did_you_mean(key, values) or known(knowledge)}"
            )
        values[key] = _value(knowledge.policies[key], value)
    return values


def known(knowledge: Knowledge) -> str:
    return f"There are: {', '.join(sorted(knowledge.policies))}"


def _value(policy: Policy, text: str) -> Any:
    if policy.allowed:
        if text not in policy.allowed:
            raise KnowledgeError(f"--policy {policy.policy}: {text!r} is not one of {', '.join(policy.allowed)}")
        return text
    if isinstance(policy.default, list):
        return [part.strip() for part in text.split(",") if part.strip()]
    if isinstance(policy.default, str):
        return text
    try:
        number = float(text)
    except ValueError:
        raise KnowledgeError(f"--policy {policy.policy}: {text!r} is not a number ({policy.unit})") from None
    if not 0 <= number < 100_000:
        raise KnowledgeError(f"--policy {policy.policy}: {text!r} is out of range")
    return number


def named_policies(knowledge: Knowledge, values: dict[str, Any]) -> dict[str, str]:
    """What an answer names: the switches, and every number that was changed."""
    return {
        key: plain(value)
        for key, value in sorted(values.items())
        if knowledge.policies[key].allowed or value != knowledge.policies[key].default
    }


def plain(value: Any) -> str:
    """A policy's value as text: `60`, `PI, IMiD`."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)
