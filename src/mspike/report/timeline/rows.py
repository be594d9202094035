"""The state of an answer → the rows of the timeline: therapy, responses, progressions.

No rule is applied here: what is drawn stands in the state.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from mspike.options.answer import Answer
from mspike.report import words
from mspike.report.timeline.model import LINE, Bar, Letter, Mark, Progress, Timeline, depth
from mspike.report.timeline.values import day_of, middle, panel, wide

PATTERNS = {
    "PI": "pi", "IMiD": "imid", "CELMoD": "imid", "steroid": "steroid", "anti-CD38": "antibody",
    "anti-SLAMF7": "antibody", "alkylator": "chemo", "anthracycline": "chemo", "BCMA": "target", "GPRC5D": "target",
}  # fmt: skip
"""A drug's class → the pattern of its bar."""
OTHER = "other"
ONE_BAR = 45
"""Days: records of one drug that are no further apart are one bar."""
ONE_EVENT = 100
"""Days before the end of a line within which a progression is the one that ended it."""
NEAR = 31
"""Days around a relapse within which a progression is the same event."""
RELAPSES = ("biochemical-relapse", "clinical-relapse", "local-progression")
FROM_CR, PACE = "relapse from CR", "significant biochemical relapse"
"""The first is no progression yet; the second says how fast one goes, so it has no line of its own."""
DATED = {
    "clinical_relapse": "clinical relapse",
    "relapse_from_cr": FROM_CR,
    "significant_biochemical_relapse": PACE,
}
"""The relapses that the state dates, as they are called here."""
PROCEDURES = {
    "autologous-transplant": "transplant", "allogeneic-transplant": "allo-transplant",
    "stem-cell-collection": "stem-cell collection",
}  # fmt: skip
"""What was done → its lane, where that is not its name."""


def timeline(answer: Answer) -> Timeline:
    """One patient's course as rows. Pure: the same answer gives the same rows."""
    state = answer.state
    as_of = day_of(answer.as_of)
    last = as_of.last if as_of else dt.date.min
    undated: list[str] = []
    lines = [line for line in state.get("lines") or () if isinstance(line, Mapping)]
    bars = [bar for line in lines if (bar := _line_bar(line, last, undated))]
    drugs, marks = _therapy(state.get("therapy") or (), lines, last, undated)
    panels = [panel(curve, lines, state.get("references") or (), last) for curve in state.get("curves") or ()]
    progressions, beside = _progressions(state, lines)
    shown = [(drawn, curve) for drawn, curve in zip(panels, state.get("curves") or (), strict=True) if drawn.points]
    return Timeline(
        id=answer.id,
        as_of=last,
        bars=(*bars, *drugs),
        marks=tuple(marks),
        letters=tuple(_letters(state.get("responses") or (), lines, bars, progressions)),
        progressions=tuple(progressions),
        panels=tuple(drawn for drawn, curve in shown if curve.get("involved") is not False),
        others=tuple(drawn for drawn, curve in shown if curve.get("involved") is False),
        beside=tuple(beside),
        undated=tuple(undated),
    )


# -- bars and marks


def _line_bar(line: Mapping[str, Any], as_of: dt.date, undated: list[str]) -> Bar | None:
    number, regimen = str(line.get("number", "")), _regimen(line)
    found = _span(line.get("start"), line.get("stop"), as_of)
    if found is None:
        drugs = words.joined(words.drug_label(drug) for drug in line.get("drugs") or ())
        undated.append(f"line {number} ({drugs or regimen or 'no drug named'}): start not recorded")
        return None
    ended = f"ended for {line['stop_reason']}" if line.get("stop_reason") not in (None, "not-stated") else ""
    name = f"{number} {regimen}".strip()
    return Bar(row=LINE, pattern="line", text=name, line=number, note=ended, **found)


def _regimen(line: Mapping[str, Any]) -> str:
    """The known name of a line's drugs, else all of them; a name that is one drug would hide the others."""
    drugs, name = list(line.get("drugs") or ()), str(line.get("regimen") or "")
    if any(words.is_one_time(drug) for drug in drugs):
        return "CAR-T"
    if name not in drugs and "+" not in name:
        return name
    return " + ".join(short(drug) for drug in sorted(drugs, key=lambda d: "steroid" in words.drug_classes(d)))


def _span(start: Any, end: Any, limit: dt.date) -> dict[str, Any] | None:
    """Where a bar begins and ends; None where its start is not known. Whatever is open ends at `limit`."""
    begun, ended = day_of(start), day_of(end)
    if begun is None:
        return None
    first = begun.last if wide(begun) else middle(begun)
    last = limit if ended is None else ended.first if wide(ended) else middle(ended)
    early = begun.first if wide(begun) else None
    late = ended.last if ended and wide(ended) else None
    if last < first:  # the sure part is empty: the range is all there is
        early, late = early or first, max(late or last, first)
        first = last = min(max(first, early), late)
    given = (str(start), str(end or ""))
    return {"start": first, "end": last, "given": given, "open": ended is None, "early": early, "late": late}


def _therapy(
    courses: Any, lines: list[Mapping[str, Any]], as_of: dt.date, undated: list[str]
) -> tuple[list[Bar], list[Mark]]:
    """Bars by drug in the order of first use, and the marks; those without a date go to `undated`, once each."""
    bars: dict[str, list[Bar]] = {}
    marks: list[Mark] = []
    unplaced = {str(line.get("number")) for line in lines if day_of(line.get("start")) is None}
    stops = {str(line.get("number")): line.get("stop") for line in lines}
    for course in courses:
        drug, number = str(course.get("drug")), _text(course.get("line"))
        kind = course.get("part")
        if kind in ("transplant", "car-t", "procedure"):
            day = day_of(course.get("start"))
            row = short(drug) if kind == "car-t" else PROCEDURES.get(drug, drug.replace("-", " "))
            if day is None:
                undated.append(f"{row}: date not recorded")
            else:
                marks.append(Mark(row, kind, middle(day), str(course.get("start")), number))
            continue
        end = course.get("end") or (None if course.get("of_line") else _within(course.get("start"), stops.get(number)))
        found = _span(course.get("start"), end, as_of)
        if found is None:
            if number not in unplaced:
                undated.append(f"{words.drug_label(drug)}: start not recorded")
            continue
        found["given"] = (found["given"][0], str(course.get("end") or ""))
        found["open"] = found["open"] or not course.get("end")
        classes = words.drug_classes(drug)
        bar = Bar(row=short(drug), pattern=pattern(classes), text=short(drug), line=number, classes=", ".join(classes),
                  of_line=bool(course.get("of_line")), part="" if kind == "treatment" else str(kind or ""),
                  **found)  # fmt: skip
        bars.setdefault(short(drug), []).append(bar)
    return [bar for entries in bars.values() for bar in _joined(entries)], marks


def _within(start: Any, stop: Any) -> Any:
    """The end of the line as the latest that an open course of it can have gone on."""
    begun, ended = day_of(start), day_of(stop)
    return stop if begun and ended and ended.last >= begun.last else None


def _joined(bars: list[Bar]) -> list[Bar]:
    """Neighbouring records of one drug for one purpose as one bar, so that forty doses are not forty rows."""
    found: list[Bar] = []
    for bar in sorted(bars, key=lambda b: (b.start, b.end)):
        last = found[-1] if found else None
        plain = last is not None and not (
            last.open or bar.open or last.of_line or bar.of_line or last.late or bar.early
        )
        same = last is not None and (last.line, last.part) == (bar.line, bar.part)
        if last and plain and same and (bar.start - last.end).days <= ONE_BAR:
            end, said = (bar.end, bar.given[1]) if bar.end >= last.end else (last.end, last.given[1])
            merged = {"end": end, "given": (last.given[0], said), "entries": last.entries + 1}
            found[-1] = Bar(**{name: getattr(last, name) for name in Bar.__struct_fields__} | merged)
        else:
            found.append(bar)
    return found


def pattern(classes: tuple[str, ...]) -> str:
    return next((PATTERNS[name] for name in classes if name in PATTERNS), OTHER)


def short(drug: str) -> str:
    """The drug's name, or the short form that its label gives in brackets."""
    name = words.drug_label(drug)
    found = re.search(r"\(([^)]+)\)$", name)
    return found[1] if found and len(name) > 24 else name


def _text(value: Any) -> str:
    return "" if value is None else str(value)


# -- responses and progressions


def _letters(
    responses: Any, lines: list[Mapping[str, Any]], bars: list[Bar], progressions: list[Progress]
) -> list[Letter]:
    """Each change of the confirmed category, and what waits for its second sample, with a question mark; for a line
    without dated ones its deepest response in its middle."""
    found: list[Letter] = []
    progressed = {progress.given for progress in progressions}
    for number, rows in groupby(responses, key=lambda row: _text(row.get("line"))):
        last = ""
        for row in rows:
            word, day = _category(row), day_of(row.get("date"))
            if day and word not in ("", "NE", last) and not (word == "PD" and str(row["date"]) in progressed):
                found.append(Letter(middle(day), word, str(row["date"]), number, str(row.get("because") or "")))
            last = word or last
    dated = {letter.line for letter in found}
    spans = {bar.line: bar for bar in bars}
    for line in lines:
        number, best = _text(line.get("number")), line.get("best_response")
        if best not in (None, "PD") and number in spans and number not in dated:
            half = spans[number].start + (spans[number].end - spans[number].start) // 2
            says = f"deepest response of line {number}" + (", as stated" if line.get("basis") == "stated" else "")
            found.append(Letter(half, str(best), "", number, says))
    return sorted(found, key=lambda letter: letter.day)


def _category(row: Mapping[str, Any]) -> str:
    """What is confirmed, else what this sample shows; `PR?` where it shows more than is confirmed."""
    seen, confirmed = str(row.get("timepoint") or ""), str(row.get("confirmed") or "")
    waits = confirmed not in ("", "PD") and depth(seen) > depth(confirmed)
    return f"{seen}?" if waits else confirmed or seen


def _progressions(state: Mapping[str, Any], lines: list[Mapping[str, Any]]) -> tuple[list[Progress], list[Progress]]:
    """What the state dates as progression; then relapses and the stated ends of lines, where they add one.

    The second list has the relapses that add none.
    """
    found: list[Progress] = []
    beside: list[Progress] = []
    for row in state.get("progressions") or ():
        if day := day_of(row.get("date")):
            firm = row.get("confirmed") is True
            text, doubt = ("PD", "") if firm else ("PD?", "not confirmed")
            because = str(row.get("because") or "")
            found.append(Progress(middle(day), text, str(row["date"]), firm, _text(row.get("line")), doubt, because))
    for relapse in _relapses(state):
        near = relapse.text == PACE or any(_near(p, relapse.day, NEAR, NEAR) for p in found)
        (beside if near else found).append(relapse)
    for line in lines:
        day = day_of(line.get("stop")) if line.get("stop_reason") == "progression" else None
        if day and not any(p.text != FROM_CR and _near(p, middle(day), ONE_EVENT, NEAR) for p in found):
            number = _text(line.get("number"))
            says = f"line {number} ended for progression, as stated"
            found.append(Progress(middle(day), "PD", str(line["stop"]), False, number, "only stated", says))
    return sorted(found, key=lambda progress: progress.day), beside


def _relapses(state: Mapping[str, Any]) -> Iterator[Progress]:
    """Those that the state dates, where a line of therapy went before, then the event of the record."""
    event, dated, reasons = (state.get(part) or {} for part in ("event", "events", "events_because"))
    stated = (event.get("type"), event.get("date"))
    for name, says in DATED.items() if state.get("lines") else ():
        given = dated.get(name)
        if (day := day_of(given)) and (name.replace("_", "-"), given) != stated:
            yield Progress(middle(day), says, str(given), because=str(reasons.get(name) or ""))
    if (day := day_of(stated[1])) and stated[0] in RELAPSES:
        says = words.EVENT_WORDS[stated[0]]
        yield Progress(middle(day), says, str(stated[1]), doubt="only stated", because=f"{says}, as stated")


def _near(progress: Progress, day: dt.date, before: int, after: int) -> bool:
    return -before <= (progress.day - day).days <= after
