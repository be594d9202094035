"""One earlier regimen seen on its own: the `regimen` facts of facts.yaml, for judging whether it may be repeated."""

from __future__ import annotations

import math

from mspike.derive.intervals import between_days, not_negative, tri_or
from mspike.derive.progression import QUIET
from mspike.derive.state import Fact, Line, State
from mspike.knowledge import Knowledge, token
from mspike.record import Day, Number, Tri, day_of, months_between

RESPONDED = ("sCR", "CR", "VGPR", "PR")
"""A partial response or better."""


def regimen_facts(line: Line, state: State, knowledge: Knowledge) -> dict[str, Fact]:
    """The facts of one line. Months run to the relapse that followed this very line."""
    last = state.lines is None or line.number == state.lines[-1].number
    until = _came_back(line, last, state)
    drugs = knowledge.drugs
    core = [d for d in line.drugs if d in drugs and not drugs[d].steroid]
    refractory = tri_or(_value(state, f"refractory_{token(d)}") for d in core)
    responded = None if line.best_response in (None, "NE") else line.best_response in RESPONDED
    toxic = None if line.stop_reason in (None, "not-stated") else line.stop_reason == "toxicity"
    end, start = _months(line.stop, until), _months(line.start, until)
    words = f"its relapse {until.text}" if until else ""
    return {
        "regimen_responded": _fact(
            responded, line, f"best response {line.best_response or 'not recorded'}", "best_response"
        ),
        "regimen_refractory": _fact(refractory, line, "refractory to a drug of it" if refractory else "", "refractory"),
        "regimen_stopped_for_toxicity": _fact(
            toxic, line, f"stopped: {line.stop_reason or 'not recorded'}", "stop_reason"
        ),
        "regimen_months_from_end": _fact(end, line, f"from its end to {words}", "stop"),
        "regimen_months_from_start": _fact(start, line, f"from its start to {words}", "start"),
        "regimen_bortezomib_months": _fact(
            _bortezomib(line, until, state), line, f"from its last bortezomib to {words}", "stop"
        ),
        "regimen_under_way": _fact(_under_way(line, last), line, "", "stop"),
        "regimen_off_therapy": _fact(_off(line, until), line, "", "stop_reason"),
        "regimen_has_bortezomib": _fact("bortezomib" in line.drugs, line, "", "drugs"),
        "regimen_has_anti_cd38": _fact(_has_class(line, "anti-CD38", knowledge), line, "", "drugs"),
        "regimen_one_time": _fact(any(d in drugs and drugs[d].one_time for d in line.drugs), line, "", "drugs"),
    }


def _value(state: State, name: str) -> Tri:
    value = state.facts[name].value
    return value if isinstance(value, bool) else None


def _came_back(line: Line, last: bool, state: State) -> Day | None:
    """When the disease came back after the line; of the last one, where that has no date, the event or today.

    Where another line followed without a relapse that is dated, or may have, it is some day up to now. None where the
    last line still holds.
    """
    if line.relapse:
        return line.relapse
    if last:
        quiet = state.event_type in QUIET
        return None if quiet else state.event_date or day_of(state.as_of)
    since = line.stop or line.start
    return between_days(since, state.event_date or day_of(state.as_of)) if since else None


def _under_way(line: Line, last: bool) -> Tri:
    """Whether it is still given; unknown for a last line of which neither an end nor a reason for it is on record."""
    if line.ongoing:
        return True
    ended = line.stop is not None or line.stop_reason not in (None, "not-stated")
    return None if last and not ended else False


def _months(day: Day | None, until: Day | None) -> Number | None:
    return None if day is None or until is None else not_negative(months_between(day, until))


def _bortezomib(line: Line, until: Day | None, state: State) -> Number | None:
    """Months since the last bortezomib: by its own dates; else, where maintenance or a transplant followed, or the line
    grew and bortezomib is none of the drugs that failed, it ended before the line did.
    """
    if last := _dated_end("bortezomib", line, state):
        return _months(last, until)
    end = _months(line.stop, until)
    followed = "maintenance" in line.parts or isinstance(line.transplant, Day)
    spared = line.stop_reason == "progression" and line.refractory is not None and "bortezomib" not in line.refractory
    if end is None or not (followed or spared) or "bortezomib" in line.maintenance:
        return end
    start = _months(line.transplant if isinstance(line.transplant, Day) else line.start, until)
    return Number(end.low, start.high if start else math.inf, False, start is None)


def _dated_end(drug: str, line: Line, state: State) -> Day | None:
    """When the drug itself was last given in the line; None where the record does not date it, or not its end."""
    ends = [c.end for c in state.therapy if c.drug == drug and c.line == line.number and not c.of_line]
    dated = [end for end in ends if end]
    return max(dated, key=lambda day: day.last) if dated and len(dated) == len(ends) else None


def _off(line: Line, relapse: Day | None) -> Tri:
    """Whether the relapse came off this therapy: it was stopped for another reason than progression before it."""
    if line.stop_reason == "progression" or line.ongoing:
        return False
    if line.stop_reason in (None, "not-stated") or line.stop is None or relapse is None:
        return None
    return relapse.last >= line.stop.first


def _has_class(line: Line, name: str, knowledge: Knowledge) -> bool:
    return any(name in knowledge.drugs[d].classes for d in line.drugs if d in knowledge.drugs)


def _fact(value: bool | Number | None, line: Line, because: str, field: str) -> Fact:
    if value is None:
        return Fact()
    return Fact(value, basis="derived", sources=(f"{line.at}.{field}",), because=because)
