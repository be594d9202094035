"""Reading a state as an answer holds it (`answer.state`): three-valued, so that what is not there stays unknown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mspike.knowledge import token
from mspike.report import words

StateDict = Mapping[str, Any]


def fact(state: StateDict, name: str) -> Any:
    """A fact's value; None = unknown."""
    return ((state.get("facts") or {}).get(name) or {}).get("value")


def about(state: StateDict, what: str, name: str, kind: str = "drugs") -> bool | None:
    """Whether a drug or class is exposed, refractory or intolerant: three-valued.

    The lists of the state say it: named = yes, among the `unknown_` = unknown, else no; without those lists the fact
    of that name decides, and where there is none it is unknown.
    """
    lists = state.get(what) or {}
    if any((item["drug"] if isinstance(item, dict) else item) == name for item in lists.get(kind) or ()):
        return True
    if (unknown := lists.get(f"unknown_{kind}")) is not None:
        return None if name in unknown else False
    found = fact(state, f"{what}_{token(name)}")
    return found if isinstance(found, bool) else None


def whole(value: Any) -> int | None:
    """A known number, or the interval of a single one, as whole; None for anything else."""
    if isinstance(value, Mapping):
        value = value.get("low") if value.get("low") == value.get("high") else None
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def line_count(state: StateDict) -> int | None:
    return whole(fact(state, "prior_lines"))


def is_relapse(status: str | None) -> bool:
    return status in ("relapsed", "relapsed-and-refractory")


def last_sample(state: StateDict) -> str | None:
    """The day of the newest judged sample; None = none, or not known."""
    rows = state.get("responses") or ()
    return rows[-1].get("date") if rows else None


def latest_progression(state: StateDict) -> Mapping[str, Any] | None:
    """The newest progression; not one that the next sample refuted."""
    standing = [row for row in state.get("progressions") or () if row.get("confirmed") is not False]
    dated = sorted(standing, key=lambda row: str(row.get("date") or ""))
    return dated[-1] if dated else None


def given(state: StateDict) -> list[str]:
    """The drugs given, steroids left out."""
    drugs = (state.get("exposed") or {}).get("drugs") or ()
    return [drug for drug in drugs if not words.is_steroid(drug)]


def refractory_drugs(state: StateDict) -> list[str]:
    rows = (state.get("refractory") or {}).get("drugs") or ()
    return [row["drug"] for row in rows if not words.is_steroid(row["drug"])]


def answerable(state: StateDict) -> list[str]:
    """The given drugs of which exposed-or-refractory is a question: neither refractory, nor a cell product, nor
    one whose failure is not judged."""
    refractory = refractory_drugs(state)
    return [
        drug for drug in given(state)
        if drug not in refractory and not words.is_one_time(drug) and not words.is_unjudged(drug)
    ]  # fmt: skip
