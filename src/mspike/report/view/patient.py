"""Where the disease stands: the strip, the sentence's reasons, the lines and responses."""

from __future__ import annotations

import re
from typing import Any

from mspike.options.answer import Answer
from mspike.report import words
from mspike.report.view import names
from mspike.report.view.model import Cell, LineRow, Note, ResponseRow

OUT_OF_SCOPE = ("newly-diagnosed", "smouldering")
FINDINGS = {
    "del17p": "del(17p)",
    "t414": "t(4;14)",
    "t1416": "t(14;16)",
    "t1420": "t(14;20)",
    "gain1q": "gain(1q)",
    "del1p": "del(1p)",
    "t1114": "t(11;14)",
}
"""Facts of the genetics cell, in the order a report lists them."""


class Facts:
    """The facts of a state by name, with unknown for whatever is not there."""

    def __init__(self, state: dict[str, Any]) -> None:
        self._facts: dict[str, dict[str, Any]] = state.get("facts") or {}

    def value(self, name: str) -> Any:
        return (self._facts.get(name) or {}).get("value")

    def date(self, name: str) -> str:
        return str((self._facts.get(name) or {}).get("date") or "")

    def basis(self, name: str) -> str:
        return str((self._facts.get(name) or {}).get("basis") or "unknown")

    def words(self, name: str) -> str:
        fact = self._facts.get(name) or {}
        return words.value_text(fact.get("value"), str(fact.get("unit") or ""))

    def names(self, prefix: str) -> list[str]:
        return [name for name in self._facts if name.startswith(prefix)]

    def newest(self) -> str:
        """The latest full date of any fact."""
        dates = [str(fact.get("date") or "") for fact in self._facts.values()]
        return max((date for date in dates if re.fullmatch(r"\d{4}-\d\d-\d\d", date)), default="")


def in_scope(answer: Answer) -> bool:
    return (answer.state.get("disease") or {}).get("status") not in OUT_OF_SCOPE


def newest_data(answer: Answer) -> str:
    """The newest dated entry that this answer used, empty when nothing is dated."""
    state = answer.state
    dated = [str(row.get("date") or "") for row in state.get("responses") or ()]
    full = [date for date in dated if re.fullmatch(r"\d{4}-\d\d-\d\d", date)]
    return str(state.get("newest_data") or "") or max([*full, Facts(state).newest()])


def view_strip(answer: Answer) -> tuple[Cell, ...]:
    """Eight cells that a clinician reads before anything else; what is unknown says so."""
    facts = Facts(answer.state)
    return (
        patient_cell(facts),
        stage_cell(answer.state.get("risk") or {}),
        genetics_cell(facts),
        fitness_cell(facts, answer.state.get("frailty") or {}),
        kidney_cell(facts),
        nerves_cell(facts),
        lines_cell(facts, answer),
        newest_cell(answer),
    )


def patient_cell(facts: Facts) -> Cell:
    age, female = facts.value("age"), facts.value("female")
    sex = {True: "female", False: "male"}.get(female, "sex not recorded")
    return (
        Cell("Patient", "Age not recorded", sex) if age is None else Cell("Patient", f"{words.value_text(age)}, {sex}")
    )


def stage_cell(risk: dict[str, Any]) -> Cell:
    named = [(name, risk.get(key)) for key, name in (("iss", "ISS"), ("r_iss", "R-ISS"), ("r2_iss", "R2-ISS"))]
    known = [f"{name} {value}" for name, value in named if value is not None]
    high = {True: "high risk by IMS/IMWG 2025", False: "not high risk by IMS/IMWG 2025"}.get(
        risk.get("ims_imwg_2025_high_risk"), "IMS/IMWG 2025: cannot tell"  # type: ignore[arg-type]
    )  # fmt: skip
    early = {True: ["functional high risk"], False: ["no functional high risk"]}.get(
        risk.get("functional_high_risk"), []  # type: ignore[arg-type]
    )  # fmt: skip
    return Cell("Stage and risk", ", ".join(known) or "Stage unknown", " · ".join([high, *early]))


def genetics_cell(facts: Facts) -> Cell:
    present = [name for key, name in FINDINGS.items() if facts.value(key) is True]
    absent = [name for key, name in FINDINGS.items() if facts.value(key) is False]
    unknown = [name for key, name in FINDINGS.items() if facts.value(key) is None]
    if not present and not absent:
        return Cell("Genetics", "Not recorded")
    notes = [f"no {', '.join(absent)}"] if absent else []
    notes += [f"unknown: {', '.join(unknown)}"] if unknown else []
    return Cell("Genetics", ", ".join(present) or "None found", "; ".join(notes))


def fitness_cell(facts: Facts, frailty: dict[str, Any] | str) -> Cell:
    stated = frailty if isinstance(frailty, dict) else {"value": frailty}
    ecog = facts.value("ecog")
    frail = f"{stated['value']}, frailty {stated.get('basis') or ''}" if stated.get("value") else "frailty not recorded"
    if not stated.get("value") and facts.value("frail") is False:
        frail = "not frail by the simplified scale"
    return Cell("Fitness", "ECOG not recorded" if ecog is None else f"ECOG {words.value_text(ecog)}", frail)


def kidney_cell(facts: Facts) -> Cell:
    """The creatinine clearance, or the eGFR that stands in for it."""
    name = "eGFR" if facts.basis("crcl_ml_min") == "assumed" else "CrCl"
    return Cell("Kidney", f"{name} {facts.words('crcl_ml_min')}", facts.date("crcl_ml_min"))


def nerves_cell(facts: Facts) -> Cell:
    grade = facts.value("neuropathy_grade")
    if grade is None:
        return Cell("Nerves", "Neuropathy not recorded")
    if grade == 0:
        return Cell("Nerves", "No neuropathy", facts.date("neuropathy_grade"))
    pain = {True: "painful", False: "not painful"}.get(facts.value("neuropathy_painful"), "pain not recorded")
    return Cell("Nerves", f"Neuropathy grade {words.value_text(grade)}", pain)


def lines_cell(facts: Facts, answer: Answer) -> Cell:
    count = facts.value("prior_lines")
    if count is None:
        return Cell("Lines", "Not recorded")
    plural = "prior line" if count == 1 else "prior lines"
    policy = answer.versions.get("line_policy", "not named")
    return Cell("Lines", f"{words.value_text(count)} {plural}", f"{facts.basis('prior_lines')}, policy {policy}")


def newest_cell(answer: Answer) -> Cell:
    newest = newest_data(answer)
    age = names.days_before(newest, answer.as_of)
    return Cell("Newest data", age or "No dated entry", newest)


HIGH = {"ims_imwg_2025_high_risk": "High risk by IMS/IMWG 2025", "functional_high_risk": "Functional high risk"}
"""Entries of `risk` whose reason stands beside the event when they are true."""


def risk_notes(state: dict[str, Any]) -> list[Note]:
    risk, because = state.get("risk") or {}, state.get("risk_because") or {}
    return [Note(title, str(because.get(key) or "")) for key, title in HIGH.items() if risk.get(key) is True]


def view_because(answer: Answer) -> tuple[Note, ...]:
    """What the sentence rests on, with the numbers."""
    state = answer.state
    event = state.get("event") or {}
    notes = []
    if progressions := sorted(state.get("progressions") or (), key=lambda row: str(row.get("date"))):
        latest = progressions[-1]
        confirmed = "confirmed" if latest.get("confirmed") else "not confirmed"
        numbers = latest.get("because") or "no numbers given"
        notes.append(Note("Progression", f"{latest.get('date')}, {confirmed}: {numbers}"))
    if event.get("because"):
        name = words.capital(words.EVENT_WORDS.get(str(event.get("type")), "Event"))
        notes.append(Note(f"{name} {event.get('date') or ''}".strip(), str(event["because"])))
    if event.get("pace"):
        notes.append(Note("Pace", names.PACE_NOTES.get(event["pace"], str(event["pace"]))))
    for key, name in names.RELAPSE_EVENTS.items():
        found = (state.get("events") or {}).get(key)
        if found and found != event.get("date"):
            notes.append(Note(name, str(found)))
    notes += risk_notes(answer.state)
    return tuple(notes)


def view_lines(answer: Answer) -> tuple[LineRow, ...] | None:
    lines = answer.state.get("lines")
    return None if lines is None else tuple(view_line(line) for line in lines)


def view_line(line: dict[str, Any]) -> LineRow:
    differs = "; ".join(
        f"{policy}: {differs_words(what)}" for policy, what in (line.get("differs_under") or {}).items()
    )
    basis = str(line.get("basis") or "basis not recorded")
    because = str(line.get("because") or basis)
    because = because if because.startswith(basis) else f"{basis}: {because}"
    flags = [names.spelled(flag) for flag in line.get("flags") or ()]
    parts = ", ".join(names.spelled(part) for part in line.get("parts") or () if part != "treatment")
    drugs = ", ".join(words.drug_label(drug) for drug in line.get("drugs") or ())
    return LineRow(
        number=str(line.get("number", "")),
        regimen=str(line.get("regimen") or ""),
        drugs=f"{drugs} ({parts})" if parts else drugs,
        start=str(line.get("start") or "unknown"),
        stop=str(line.get("stop") or (names.STILL_GIVEN if line.get("ongoing") else "no end recorded")),
        response=str(line.get("best_response") or "unknown"),
        ended="not ended" if line.get("ongoing") else names.spelled(str(line.get("stop_reason") or "not recorded")),
        because=f"{because}; otherwise under {differs}" if differs else because,
        basis=basis,
        flags=", ".join(flags),
    )


def differs_words(what: dict[str, Any]) -> str:
    """`2 lines, this one part of line 1`."""
    said = [words.numbered(what["n_lines"], "line")] if "n_lines" in what else []
    if "counted_in" in what:
        said.append(f"this one part of line {what['counted_in']}" if what["counted_in"] else "this one not counted")
    if "number" in what:
        said.append(f"this one line {what['number']}")
    if "drugs" in what:
        said.append(f"with {', '.join(words.drug_label(drug) for drug in what['drugs'])}")
    return ", ".join(said)


def view_responses(answer: Answer) -> tuple[ResponseRow, ...]:
    found: list[ResponseRow] = []
    last = ("", "")
    for row in answer.state.get("responses") or ():
        line, confirmed = str(row.get("line") or ""), str(row.get("confirmed") or "")
        now = (line, confirmed)
        found.append(
            ResponseRow(
                date=str(row.get("date") or ""),
                line=line,
                timepoint=str(row.get("timepoint") or ""),
                confirmed=confirmed,
                because=str(row.get("because") or ""),
                flags=", ".join(names.spelled(flag) for flag in row.get("flags") or ()),
                news=now != last and confirmed != "NE",
            )
        )
        last = now
    return tuple(found)
