"""Where the disease stands: relapsed, relapsed and refractory, primary refractory, responding, stable.

Definitions: spec/status.md, after the NCI registrar glossary and IMWG 2011.
"""

from __future__ import annotations

import msgspec

from mspike.derive.intervals import at_least, at_most, span_words, tri_and, tri_not, tri_or
from mspike.derive.lines import RELAPSES, line_words
from mspike.derive.maintenance import maintenance_fact
from mspike.derive.progression import QUIET, Progression, untold
from mspike.derive.settings import Settings
from mspike.derive.state import Fact, Line
from mspike.derive.vocabulary import Vocabulary
from mspike.record import Day, Record, Tri, days_between

RESPONSES = ("sCR", "CR", "VGPR", "PR", "MR")
"""A minimal response or better."""
NO_RESPONSES = ("SD", "PD")


class Last(msgspec.Struct, frozen=True):
    """What became of the last line."""

    grew_on: Tri
    """Progression on it."""
    refractory: Tri
    """Progression on it or within the window after its end."""
    because: str


def responded(line: Line) -> Tri:
    """Whether the line brought a minimal response or better; unknown where its best response is not stated."""
    if line.best_response in RESPONSES:
        return True
    return False if line.best_response in NO_RESPONSES else None


def status_facts(
    record: Record,
    lines: tuple[Line, ...] | None,
    progressions: tuple[Progression, ...],
    listed: bool,
    vocabulary: Vocabulary,
    settings: Settings,
) -> tuple[dict[str, Fact], str | None]:
    """The facts and the status word. `listed`: a drug of the last line is stated to be refractory."""
    event = record.disease.event.type
    ever = _responded_ever(record, lines)
    if not lines:
        return _without_lines(record, lines, ever)
    last = lines[-1]
    ended = _last_therapy(record, last, len(lines) - 1, progressions, listed, vocabulary, settings)
    no_response = tri_not(responded(last))
    shown = _shown(len(lines) - 1, progressions)
    relapsed = _relapsed(lines, event, ever, shown, settings)
    failing = tri_or((ended.refractory, no_response))
    both = tri_and((ever, failing))
    primary = tri_not(ever)
    since: Tri = True if event in RELAPSES or ended.grew_on or shown else None
    if since is None and event in QUIET and ended.grew_on is False:
        since = False
    response_words = _response_words(lines, ever)
    at = (last.at, "disease.event") if event else (last.at,)
    facts = {
        "relapsed": _fact(relapsed, at, response_words),
        "relapsed_and_refractory": _fact(both, at, f"{response_words}; {_failing_words(last, ended, no_response)}"),
        "primary_refractory": _fact(primary, tuple(line.at for line in lines), response_words),
        "progressed_on_last_therapy": _fact(ended.grew_on, at, ended.because),
        "refractory_to_last_therapy": _fact(ended.refractory, at, ended.because),
        "progressed_since_last_therapy": _fact(
            since, at, ended.because if since is None else _event_words(event, ended, shown)
        ),
        "progressed_on_maintenance": maintenance_fact(record, lines, vocabulary, settings),
    }
    return facts, _status(record, last, ended, shown is not None, facts)


def _without_lines(record: Record, lines: tuple[Line, ...] | None, ever: Tri) -> tuple[dict[str, Fact], str | None]:
    """No line at all, or none on record."""
    if lines is None:
        relapsed = True if ever and record.disease.event.type in RELAPSES else None
        at = ("assessments", "disease.event")
        return {
            "relapsed": _fact(relapsed, at, "a response was judged, and the event is a relapse")
        } if relapsed else {}, _untreated(record)
    never = Fact(False, basis="derived", because="no line of therapy so far")
    names = (
        "relapsed", "relapsed_and_refractory", "primary_refractory", "progressed_on_last_therapy",
        "refractory_to_last_therapy", "progressed_since_last_therapy", "progressed_on_maintenance",
    )  # fmt: skip
    return dict.fromkeys(names, never), _untreated(record)


def _untreated(record: Record) -> str | None:
    if record.disease.diagnosis == "smouldering-myeloma":
        return "smouldering"
    return "newly-diagnosed" if record.disease.event.type == "newly-diagnosed" else None


def _responded_ever(record: Record, lines: tuple[Line, ...] | None) -> Tri:
    judged = tri_or(a.confirmed for a in record.assessments or () if a.response in RESPONSES)
    if judged or lines is None:
        return True if judged else None
    return tri_or((judged, *(responded(line) for line in lines)))


def _last_therapy(
    record: Record,
    last: Line,
    place: int,
    progressions: tuple[Progression, ...],
    listed: bool,
    vocabulary: Vocabulary,
    settings: Settings,
) -> Last:
    words = line_words(last)
    once = bool(last.drugs) and all(vocabulary.one_time(d) for d in vocabulary.core(last.drugs))
    since = last.start if once else last.stop
    after = tri_or(_within(since, date, sure, settings) for date, sure in _of_last(last, place, progressions))
    told = last.followed or last.stop_reason == "progression" or _shown(place, progressions)
    if record.disease.event.type is None and not after and not told:
        after = None  # whether it progressed since is not stated
    if last.stop_reason == "progression":
        because = f"{words} ended in progression" + (f" {last.stop.text}" if last.stop else "")
        return Last(True, after if once else True, because)
    failed = _grew_by(last, place, progressions)
    if failed and failed.date and not once:
        return Last(True, True, f"{words}: {failed.says} {failed.date.text}, on therapy")
    perhaps: Tri = None if _grew_by(last, place, progressions, None) and not once else False
    came = record.disease.event.date, "event"
    if came[0] is None and (seen := _shown(place, progressions)):
        came = seen.date, seen.says
    relapse = _relapse_words(since, *came, "infusion" if once else "end")
    quiet = record.disease.event.type in QUIET and not _grew_by(last, place, progressions, None)
    if last.ongoing and quiet:
        grew, because = False, f"{words}, still given: no progression on record, and the event is none"
    elif last.ongoing:
        grew, because = None, f"{words}, still given: whether the disease came back is not stated{relapse}"
    elif last.stop_reason in (None, "not-stated"):
        grew = tri_or((_on_therapy(last, record), perhaps))
        known = "no progression before its end" if grew is False else "why it stopped is not stated"
        because = f"{words}: {known}{relapse}"
    else:
        grew = perhaps
        because = f"{words} stopped: {last.stop_reason}{relapse}"
    refractory = tri_or((grew, after, listed))
    return Last(grew, refractory, f"{because}; stated refractory to a drug of it" if listed else because)


def _grew_by(last: Line, place: int, progressions: tuple[Progression, ...], surely: Tri = True) -> Progression | None:
    """A progression in the last line that came before its end: for certain, or (`surely` None) perhaps.

    While it is still given, a relapse that is stated as the event came before its end too.
    """
    for p in progressions:
        if not (p.date and (last.stop or last.ongoing)):
            continue
        inside: Tri = None if (ours := p.shown and p.line == place) and _in_pause(last, p.date) else ours
        if p.at == "disease.event" and last.ongoing and last.start:
            inside = at_least(days_between(last.start, p.date), 1)
        before = at_most(days_between(last.stop, p.date), 0) if last.stop else True
        if inside is not False and tri_and((p.sure, inside, before)) is surely:
            return p
    return None


def _in_pause(line: Line, date: Day) -> bool:
    """Whether a day lies in a pause of a line that was counted from drug records: what came of the rest is not told."""
    doses = [dose for courses in line.doses.values() for dose in courses]
    again = any(at_least(days_between(date, dose.first), 1) for dose in doses)
    return again and all(
        at_least(days_between(date, dose.first), 1) or at_least(days_between(dose.last, date), 1) for dose in doses
    )


def _shown(place: int, progressions: tuple[Progression, ...]) -> Progression | None:
    """A progression that results or assessments show in the last line."""
    return next((p for p in progressions if p.shown and p.sure and p.line == place), None)


def _of_last(last: Line, place: int, progressions: tuple[Progression, ...]) -> list[tuple[Day | None, Tri]]:
    """Progressions on or after the last line, each with how sure it is: its own end, the event, assessments since."""
    found: list[tuple[Day | None, Tri]] = []
    for p in progressions:
        if p.at in (last.at, "disease.event") or (p.shown and p.line == place):
            found.append((p.date, None if p.sure and p.date and _in_pause(last, p.date) else p.sure))
        elif p.line is None and p.date:
            since = at_least(days_between(last.start, p.date), 0) if last.start else None
            found.append((p.date, tri_and((p.sure, since))))
    return found


def _within(since: Day | None, date: Day | None, sure: Tri, settings: Settings) -> Tri:
    if since is None or date is None:
        return False if sure is False else None
    return tri_and((at_most(days_between(since, date), settings.refractory_window_days), sure))


def _on_therapy(last: Line, record: Record) -> Tri:
    """For a line whose reason for stopping is not stated: whether the event came before its end.

    A later one says nothing of it, unless the record looked at the disease after the line: then nothing had grown.
    """
    event, otherwise = record.disease.event, None if untold(last) else False
    if event.type not in RELAPSES:
        return otherwise
    before = at_most(days_between(last.stop, event.date), 0) if last.stop and event.date else None
    return otherwise if before is False else before


def _relapse_words(since: Day | None, date: Day | None, says: str, what: str) -> str:
    if since is None or date is None:
        return ""
    days = days_between(since, date)
    return f"; {says} {span_words(days, 'days')} after its {what}" if at_least(days, 0) else ""


def _relapsed(
    lines: tuple[Line, ...], event: str | None, ever: Tri, shown: Progression | None, settings: Settings
) -> Tri:
    """Whether the disease came back after a response: by the end of a line, or by the event."""
    parts: list[Tri] = []
    so_far: Tri = False
    for place, line in enumerate(lines):
        so_far = tri_or((so_far, responded(line)))
        if line.stop_reason == "progression":
            parts.append(so_far)
        elif place + 1 < len(lines) and line.stop_reason not in settings.stops_that_explain:
            parts.append(None if so_far is not False else False)  # why the next line began is not stated
    if event in RELAPSES or (event is None and shown):
        parts.append(ever)
    elif event not in QUIET or lines[-1].stop_reason in (None, "not-stated"):
        parts.append(None if ever is not False else False)
    return tri_or(parts)


def _status(record: Record, last: Line, ended: Last, shown: bool, facts: dict[str, Fact]) -> str | None:
    event = record.disease.event.type
    if event in RELAPSES or (event is None and (ended.grew_on or shown)):
        if facts["relapsed_and_refractory"].value:
            return "relapsed-and-refractory"
        if facts["primary_refractory"].value:
            return "primary-refractory"
        if facts["relapsed"].value and facts["relapsed_and_refractory"].value is False:
            return "relapsed"
        return None
    if event == "stable":
        return "stable"
    if event == "toxicity" and ended.grew_on is False:
        if responded(last):
            return "responding"
        return "stable" if last.best_response == "SD" else None
    return _untreated(record)


def _fact(value: Tri, at: tuple[str, ...], because: str) -> Fact:
    return Fact(value, None, "unknown" if value is None else "derived", at, because)


def _response_words(lines: tuple[Line, ...], ever: Tri) -> str:
    named = [f"{line.best_response} on line {line.number}" for line in lines if line.best_response]
    if ever:
        return f"response: {', '.join(named)}" if named else "a response was judged"
    if ever is False:
        return f"no response so far: {', '.join(named)}"
    return f"best response not stated for line {', '.join(str(n.number) for n in lines if responded(n) is None)}"


def _failing_words(last: Line, ended: Last, no_response: Tri) -> str:
    return f"no response on {line_words(last)}" if no_response and not ended.refractory else ended.because


def _event_words(event: str | None, ended: Last, shown: Progression | None) -> str:
    if event and not ended.grew_on:
        return f"event: {event}"
    return f"{shown.says} {shown.date.text}" if shown and shown.date and not ended.grew_on else ended.because
