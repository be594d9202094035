"""The state in one or two sentences, as a clinician would write them in a letter.

Where the disease stands, what happened, then what was given and what no longer works. Each part is a small function
of the state dict (`answer.state`) that gives a phrase, or nothing when it has nothing to say; unknown is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from mspike.options import Answer
from mspike.report import words
from mspike.report.reading import (
    StateDict,
    about,
    answerable,
    fact,
    given,
    is_relapse,
    last_sample,
    latest_progression,
    line_count,
    refractory_drugs,
    whole,
)

OUT_OF_SCOPE = {
    "newly-diagnosed": "Newly diagnosed myeloma: first-line treatment is out of scope here, "
    "which covers relapsed and refractory disease",
    "smouldering": "Smouldering myeloma: out of scope here, which covers relapsed and refractory disease",
}
CLASSES = {"PI": "a proteasome inhibitor", "IMiD": "an immunomodulatory drug", "anti-CD38": "an anti-CD38 antibody"}
"""The three classes whose absence is worth a word, with their article."""


def finish(answer: Answer) -> Answer:
    """The answer with `state.disease.summary` written; the given one is left as it is."""
    disease = {**(answer.state.get("disease") or {}), "summary": state_sentence(answer.state)}
    return msgspec.structs.replace(answer, state={**answer.state, "disease": disease})


def state_sentence(state: StateDict) -> str:
    """The summary of the state. Shape of `state`: as in `mspike-answer/1`; any part may be absent, which is unknown."""
    status = (state.get("disease") or {}).get("status")
    if status in OUT_OF_SCOPE:
        treated = treatment(state) if state.get("lines") else ""
        return " ".join(filter(None, (OUT_OF_SCOPE[status] + ".", treated)))
    return f"{standing(state)}. {treatment(state)}"


def headline(state: StateDict) -> str:
    """The state in a few words, for a title: `First relapse on lenalidomide maintenance`."""
    status = (state.get("disease") or {}).get("status")
    if status in OUT_OF_SCOPE:
        return f"{words.capital(words.STATUS_WORDS[status])} myeloma: out of scope"
    lead = "First relapse" if is_relapse(status) and line_count(state) == 1 else _lead(state)
    setting = _setting(state)
    if not setting:
        return lead
    return f"{lead} {setting}" if lead == "First relapse" and setting.startswith("on ") else f"{lead}, {setting}"


# -- where the disease stands and what happened


def standing(state: StateDict) -> str:
    """`First relapse after one line: confirmed biochemical relapse on maintenance (2026-05-11), with no symptom …`"""
    event = _event(state)
    places = _places(state)
    lead = _lead(state)
    if not event:
        return f"{lead}, with {places}" if places else lead
    return ", ".join(filter(None, (f"{lead}: {event}", _symptoms(state), f"with {places}" if places else "")))


def _lead(state: StateDict) -> str:
    """The status, and after how many lines."""
    status = (state.get("disease") or {}).get("status")
    count = line_count(state)
    after = _after(state)
    if is_relapse(status):
        return f"First relapse {after}" if count == 1 else f"Relapse {after}"
    if status == "primary-refractory":
        return f"Primary refractory myeloma {after}"
    if status == "responding":
        best = next((line.get("best_response") for line in reversed(state.get("lines") or ())), None)
        return f"Myeloma in response ({best}) {after}" if best else f"Myeloma in response {after}"
    if status == "stable":
        return f"Stable myeloma {after}"
    return f"Myeloma {after}, status not clear from the record"


def _after(state: StateDict) -> str:
    count = fact(state, "prior_lines")
    if count is None:
        return "after an unknown number of lines"
    exact = whole(count)
    if exact is not None:
        return f"after {words.counted(exact, 'line')}"
    return f"after {words.value_text(count)} lines"


def _event(state: StateDict) -> str:
    """What happened, on what treatment, when."""
    event = state.get("event") or {}
    kind = event.get("type")
    status = (state.get("disease") or {}).get("status")
    relapse = is_relapse(status)
    if kind in ("stable", "newly-diagnosed"):
        return "no progression now" if relapse else ""
    if kind is None and status in ("responding", "stable"):
        return f"no progression at the last sample ({words.date_text(last_sample(state))})"
    if kind is None:
        shown = ", ".join(filter(None, (_progression(state), _clinical_relapse(state))))
        return shown or ("kind and date of the relapse not recorded" if relapse else "")
    if kind == "toxicity":
        return f"a change is asked for because of toxicity ({words.date_text(event.get('date'))})"
    pace = words.PACE_WORDS.get(event.get("pace") or "", "")
    named = " ".join(filter(None, (pace, words.EVENT_WORDS.get(kind, str(kind).replace("-", " ")))))
    progression = latest_progression(state)
    if kind == "biochemical-relapse" and progression and progression.get("date") == event.get("date"):
        sure = "confirmed" if progression.get("confirmed") else ""
        named = " ".join(filter(None, (sure, pace, "biochemical progression")))
    return f"{named}{_setting(state, ' ')} ({words.date_text(event.get('date'))})"


def _progression(state: StateDict) -> str:
    """The latest progression that results or judgements show."""
    latest = latest_progression(state)
    if latest is None:
        return ""
    sure, open_ = ("confirmed ", "") if latest.get("confirmed") else ("", ", not yet confirmed")
    return f"{sure}progression{_setting(state, ' ')} ({words.date_text(latest.get('date'))}{open_})"


def _clinical_relapse(state: StateDict) -> str:
    """The one that results show."""
    day = (state.get("events") or {}).get("clinical_relapse")
    return f"clinical relapse by the results ({words.date_text(day)})" if day else ""


def _setting(state: StateDict, before: str = "") -> str:
    """On, after, or off treatment; nothing where the record does not tell."""
    status = (state.get("disease") or {}).get("status")
    if not is_relapse(status) and status != "primary-refractory":
        return ""
    last = (state.get("lines") or [{}])[-1]
    regimen = last.get("regimen") or "treatment"
    free = fact(state, "treatment_free_months")
    since = _months(free)
    if _on_maintenance(state):
        drugs = words.joined(words.drug_label(drug) for drug in last.get("maintenance") or ())
        on = " ".join(filter(None, ("on", drugs, "maintenance")))
        return f"{before}{since} after progression {on}" if since else before + on
    if fact(state, "progressed_on_last_therapy") is True:
        return f"{before}{since} after progression on {regimen}" if since else f"{before}on {regimen}"
    if fact(state, "refractory_to_last_therapy") is True:
        # stated as refractory, though the treatment ended long ago: the dates are told
        long_ago = _least(free) >= 2
        return f"{before}{since} after {regimen}" if long_ago else f"{before}within 60 days of {regimen}"
    if fact(state, "progressed_on_last_therapy") is False:
        return f"{before}off treatment" + (f" for {since}" if since else "")
    return ""


def _least(value: Any) -> float:
    """The lower end of a number of months; 0 where it is not known."""
    low = value.get("low") if isinstance(value, Mapping) else value
    return float(low or 0)


def _months(value: Any) -> str:
    """`one month`, `11 to 12 months`, in whole months; nothing for less than one or where it is unknown."""
    low, high = (value.get("low"), value.get("high")) if isinstance(value, Mapping) else (value, value)
    if low is None or high is None or low < 1:
        return ""
    low, high = int(low), int(high)
    return words.counted(low, "month") if low == high else f"{low} to {high} months"


def _on_maintenance(state: StateDict) -> bool:
    """Whether the last line ended on its maintenance; the fact itself may speak of an earlier line."""
    if fact(state, "progressed_on_maintenance") is not True or fact(state, "progressed_on_last_therapy") is False:
        return False
    count = len(state.get("lines") or ())
    told = state["facts"]["progressed_on_maintenance"].get("from") or ()
    return count == 1 or any(place.startswith(f"lines[{count - 1}]") for place in told)


def _symptoms(state: StateDict) -> str:
    """Symptoms, where the event itself does not say them."""
    kind = (state.get("event") or {}).get("type")
    found = fact(state, "symptoms")
    if found is False:
        return "with no symptom or organ damage in the record"
    if kind in ("clinical-relapse", "toxicity") or (kind is None and _clinical_relapse(state)):
        return ""
    return "with symptoms or organ damage" if found else "symptoms not recorded"


PLACES = {
    "cns_disease": "myeloma in the central nervous system",
    "extramedullary": "extramedullary disease",
    "plasma_cell_leukaemia": "plasma cell leukaemia",
    "al_amyloidosis": "AL amyloidosis",
}


def _places(state: StateDict) -> str:
    return words.joined(place for name, place in PLACES.items() if fact(state, name) is True)


# -- what was given and what no longer works


def treatment(state: StateDict) -> str:
    """`Refractory to lenalidomide; exposed, not refractory, to bortezomib; never given an anti-CD38 antibody.`"""
    if not given(state) and not state.get("lines"):
        if line_count(state) == 0:
            return "No treatment is recorded so far."
        return "Earlier treatment is not recorded: what was given and what no longer works is unknown."
    parts: tuple[Callable[[StateDict], str], ...] = (
        _refractory, _exposed, _unclear, _stopped, _cell_products, _never, _not_known,
    )  # fmt: skip
    return words.capital("; ".join(filter(None, (part(state) for part in parts)))) + "."


def _refractory(state: StateDict) -> str:
    drugs = refractory_drugs(state)
    return f"refractory to {_names(drugs)}{_group(state)}" if drugs else ""


def _group(state: StateDict) -> str:
    """The widest groups that hold, of classes and of drugs: ` (triple-class and penta-drug refractory)`."""
    named = state.get("groups") or {}
    kinds = (("triple_class", "double_class"), ("penta_drug", "quad_drug"))
    holds = [[name for name in kind if _holds(named, state, f"{name}_refractory")] for kind in kinds]
    found = [names[0].replace("_", "-") for names in holds if names]
    return f" ({words.joined(found)} refractory)" if found else ""


def _holds(groups: Mapping[str, Any], state: StateDict, name: str) -> bool:
    return groups.get(name) is True or fact(state, name) is True


def _exposed(state: StateDict) -> str:
    drugs = [drug for drug in answerable(state) if about(state, "refractory", drug) is False]
    return f"exposed, not refractory, to {_names(drugs)}" if drugs else ""


def _unclear(state: StateDict) -> str:
    drugs = [drug for drug in answerable(state) if about(state, "refractory", drug) is None]
    return f"exposed to {_names(drugs)}, whether refractory is unknown" if drugs else ""


def _stopped(state: StateDict) -> str:
    drugs = [drug for drug in given(state) if about(state, "intolerant", drug) is True]
    return f"{_names(drugs)} stopped for toxicity" if drugs else ""


def _cell_products(state: StateDict) -> str:
    drugs = [drug for drug in given(state) if words.is_one_time(drug)]
    if not drugs:
        return ""
    months = fact(state, "months_since_car_t")
    ago = "date not recorded" if months is None else f"{_months(months) or 'less than a month'} ago"
    ago = f"the latest {ago}" if len(drugs) > 1 and months is not None else ago
    return f"had CAR T cells, {_names(drugs)}, {ago}"


def _never(state: StateDict) -> str:
    """The classes never given; once all three were, whether BCMA was ever targeted."""
    never = [name for cls, name in CLASSES.items() if about(state, "exposed", cls, "classes") is False]
    bcma_free = about(state, "exposed", "BCMA", "classes") is False
    if not never and bcma_free and fact(state, "triple_class_exposed") is True:
        never = ["a BCMA-directed drug"]
    return f"never given {words.joined(never, 'or')}" if never else ""


def _not_known(state: StateDict) -> str:
    unknown = [name for cls, name in CLASSES.items() if about(state, "exposed", cls, "classes") is None]
    return f"whether {words.joined(unknown, 'or')} was given is unknown" if unknown else ""


def _names(drugs: Iterable[str]) -> str:
    return words.joined(words.drug_label(drug) for drug in drugs)
