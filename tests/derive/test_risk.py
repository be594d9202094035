"""Every row of spec/risk.md holds; so do the published vectors, and what each reason has to say."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from derive.written import derive, knowledge
from mspike.derive import State
from mspike.derive.scores import Known, evaluate_score
from mspike.derive.wire import show_value
from mspike.record import Number
from spec_tables import SPEC, Row, read_rows

ROWS = list(read_rows(SPEC / "risk.md"))
FINDINGS = ("del(17p)", "TP53-mutation", "t(4;14)", "t(14;16)", "t(14;20)", "gain(1q)", "del(1p)")
VALUES = {"b2m": ("beta2-microglobulin", "mg/L"), "albumin": ("albumin", "g/L"), "LDH": ("ldh", "xULN"),
          "creatinine": ("creatinine", "mg/dL")}  # fmt: skip


def fish(text: str) -> dict[str, Any]:
    """`del(17p) 21 %, no t(4;14), rest absent` as the findings of a case."""
    findings: dict[str, Any] = {}
    parts = [part.strip() for part in text.split(",") if part.strip()]
    for part in parts:
        if part.startswith("no "):
            findings[part[3:]] = "absent"
        elif part.endswith("%"):
            name, share, _ = part.split()
            findings[name] = float(share)
        elif part != "rest absent":
            findings[part] = "present"
    if "rest absent" in parts:
        findings |= {name: "absent" for name in FINDINGS if name not in findings}
    return findings


def case_of(given: dict[str, str]) -> dict[str, Any]:
    dates = given.get("values of", "2024-01-10").split(" then ")
    measurements = [
        {"test": test, "unit": unit, "value": value, "date": date}
        for column, (test, unit) in VALUES.items()
        for value, date in zip(given.get(column, "").split(" then "), dates, strict=False)
        if value
    ]
    case: dict[str, Any] = {
        "disease": {"iss": given.get("iss"), "r_iss": given.get("R-ISS"), "cytogenetics": fish(given.get("FISH", ""))},
        "measurements": measurements,
    }
    began = given.get("treated from")
    if began == "never":
        case["lines"] = []
    elif began:
        case["lines"] = [{"number": 1, "drugs": ["bortezomib"], "start": began}]
    if "stopped for" in given:
        case["lines"] = [{
            "number": 1, "drugs": ["bortezomib", "lenalidomide"], "start": given.get("start"), "stop": given["stop"],
            "stop_reason": given["stopped for"], "transplant": given.get("transplant"),
        }]  # fmt: skip
        case["disease"]["event"] = {"type": "clinical-relapse", "date": given["relapse"]}
    return case


def state_of(given: dict[str, str]) -> State:
    return derive(case_of(given), dict(part.split("=") for part in given.get("policy", "").split()))


def said(state: State, column: str) -> str:
    if column == "contradiction":
        return "; ".join(c.about for c in state.contradictions) or "none"
    if column == "basis":
        return state.facts["iss"].basis
    value = state.facts[column.replace(" ", "_")].value
    return "?" if value is None else show_value(value)


@pytest.mark.parametrize("row", ROWS, ids=[row.id for row in ROWS])
def test_row(row: Row) -> None:
    state = state_of(row.given)
    assert {column: said(state, column) for column in row.expected} == row.expected


@pytest.mark.parametrize("row", ROWS, ids=[row.id for row in ROWS])
def test_every_entry_has_a_reason(row: Row) -> None:
    state = state_of(row.given)
    assert set(state.risk) == set(state.risk_because)
    told = {name for name, because in state.risk_because.items() if because}
    assert told >= {"r_iss", "r2_iss", "iss", "ims_imwg_2025_high_risk"}


def because(name: str, **given: str) -> str:
    return state_of(given).risk_because[name]


def test_what_the_reasons_say() -> None:
    assert because("r2_iss", iss="III", FISH="del(17p), gain(1q), no t(4;14)", LDH="0.8") == (
        "3 points: 1.5 for ISS III (stated), 1 for del(17p) present, 0.5 for gain(1q) present; nothing for "
        "LDH 0.8 xULN (2024-01-10, when treatment began is not on record), t(4;14) absent; IV from 3"
    )
    assert because("r_iss", iss="I", LDH="0.8") == (
        "ISS I (stated); LDH 0.8 xULN (2024-01-10, when treatment began is not on record); "
        "not known: del(17p), t(4;14), t(14;16); I or II possible"
    )
    assert because("iss", b2m="6", **{"treated from": "2023-01-01"}) == (
        "beta2-microglobulin 6 mg/L (2024-01-10, after treatment began 2023-01-01), from 5.5 mg/L"
    )
    early = {"stopped for": "progression", "transplant": "no", "relapse": "2025-07-01", "stop": "2025-07-01"}
    assert "18 months after the start 2024-01-01, limit 18" in because(
        "functional_high_risk", start="2024-01-01", **early
    )
    assert "20 % of cells" in because("ims_imwg_2025_high_risk", FISH="del(17p) 20 %, rest absent")


def test_an_ldh_in_units_needs_its_limit() -> None:
    disease = {"iss": "III", "cytogenetics": fish("rest absent")}
    value = {"test": "ldh", "value": 300, "unit": "U/L", "date": "2024-01-10"}
    without = derive({"disease": disease, "measurements": [value]})
    assert (without.risk["r_iss"], "the upper limit for LDH" in without.risk_because["r_iss"]) == (None, True)
    limited = derive({"disease": disease, "measurements": [{**value, "upper_limit": 250}]})
    assert (limited.risk["r_iss"], "1.2 times the upper limit" in limited.risk_because["r_iss"]) == ("III", True)


def test_an_ldh_just_above_its_limit_is_not_printed_as_the_limit() -> None:
    def said(value: Any) -> str:
        ldh = {"test": "ldh", "value": value, "unit": "U/L", "date": "2024-01-10", "upper_limit": 250}
        return derive({"disease": {"iss": "III"}, "measurements": [ldh]}).risk_because["r_iss"]

    assert "LDH 251 U/L, 1.004 times the upper limit" in said(251)
    assert "LDH 250 U/L, 1 times the upper limit" in said(250)
    assert "LDH <200 U/L, under 0.8 times the upper limit" in said("<200")


def test_creatinine_and_beta2_microglobulin_count_together_only_of_one_time() -> None:
    findings = {"cytogenetics": fish("rest absent")}
    lines = [{"number": 1, "drugs": ["bortezomib"], "start": "2024-02-01"}]

    def high(b2m: str, *creatinine: str) -> tuple[Any, str]:
        results = [{"test": "creatinine", "value": 0.8, "unit": "mg/dL", "date": date} for date in creatinine]
        results.append({"test": "beta2-microglobulin", "value": 6, "unit": "mg/L", "date": b2m})
        state = derive({"disease": findings, "lines": lines, "measurements": results})
        return state.risk["ims_imwg_2025_high_risk"], state.risk_because["ims_imwg_2025_high_risk"]

    value, because = high("2024-01-10", "2026-05-01")
    assert value is None
    assert "not known: creatinine within 60 days of beta2-microglobulin 6 mg/L (2024-01-10)" in because
    assert high("2024-01-10", "2024-01-20", "2026-05-01")[0] is True
    assert high("2026-05-01", "2024-03-01")[0] is None
    assert high("2026-05-01", "2024-03-01", "2026-05-01")[0] is True


def test_del17p_stated_absent_in_many_cells_cannot_be_told() -> None:
    def said(share: float) -> tuple[Any, str]:
        findings = fish("rest absent") | {"del(17p)": {"present": "no", "cells_pct": share}}
        low = [{"test": "beta2-microglobulin", "value": 2, "unit": "mg/L", "date": "2024-01-10"}]
        state = derive({"disease": {"cytogenetics": findings}, "measurements": low})
        return state.risk["ims_imwg_2025_high_risk"], state.risk_because["ims_imwg_2025_high_risk"]

    assert said(4)[0] is False
    value, because = said(30)
    assert (value, "whether del(17p) in 30 % of cells counts: it is stated absent" in because) == (None, True)


def test_nothing_is_known_of_an_empty_record() -> None:
    state = derive({})
    assert set(state.risk.values()) == {None}


POSSIBLE: dict[str, tuple[Any, ...]] = {
    "iss": (Number(1, 1), Number(2, 2), Number(3, 3)), "ldh": (Number(0.8, 0.8), Number(1.5, 1.5)),
    "beta2-microglobulin": (Number(2, 2), Number(4, 4), Number(6, 6)), "albumin": (Number(30, 30), Number(40, 40)),
    "creatinine": (Number(80, 80), Number(150, 150)),
}  # fmt: skip


@pytest.mark.parametrize("name", ["iss", "r-iss", "r2-iss", "ims-imwg-2025"])
def test_three_valued_is_what_trying_every_possibility_gives(name: str) -> None:
    """For every set of unknown quantities, and every value of the known ones."""
    score = knowledge().scores[name]
    quantities = list(dict.fromkeys(item.of for item in score.items.values()))
    if name == "ims-imwg-2025":  # the two that only add to an alternative are left out, to keep the number small
        quantities = [q for q in quantities if q not in ("TP53-mutation", "t(14;16)", "t(14;20)")]
    fixed = {q: Known(q, False) for q in ("TP53-mutation", "t(14;16)", "t(14;20)") if name == "ims-imwg-2025"}
    values = [(None, *POSSIBLE.get(q, (True, False))) for q in quantities]
    whole: dict[tuple[Any, ...], str | None] = {}
    for chosen in itertools.product(*(v[1:] for v in values)):
        known = {q: Known(q, v) for q, v in zip(quantities, chosen, strict=True)}
        whole[chosen] = evaluate_score(score, known | fixed).stage
    assert None not in whole.values()
    for chosen in itertools.product(*values):
        if None not in chosen:
            continue
        filled = itertools.product(*(v[1:] if c is None else (c,) for c, v in zip(chosen, values, strict=True)))
        stages = {whole[full] for full in filled}
        outcome = evaluate_score(score, {q: Known(q, v) for q, v in zip(quantities, chosen, strict=True)} | fixed)
        assert outcome.stage == (next(iter(stages)) if len(stages) == 1 else None), chosen


def test_published_vectors(shared: Path) -> None:
    gold = json.loads((shared / "gold" / "scores.json").read_text())
    stages = {1: "I", 2: "II", 3: "III"}

    def given(entry: dict[str, Any], findings: list[str]) -> dict[str, str]:
        ldh = "1.5" if entry["ldh_high"] else "0.8"
        return {"iss": stages[entry["iss"]], "LDH": ldh, "FISH": ", ".join([*findings, "rest absent"])}

    for entry in gold["r2iss"]:
        names = {"del17p": "del(17p)", "t414": "t(4;14)", "gain1q": "gain(1q)"}
        state = state_of(given(entry, [finding for key, finding in names.items() if entry[key]]))
        assert state.risk["r2_iss"] == entry["stage"].split()[0]
        points = f"{entry['points']:g} point"
        assert state.risk_because["r2_iss"].startswith(points)
    for entry in gold["riss"]:
        state = state_of(given(entry, ["del(17p)"] if entry["fish_high"] else []))
        assert state.risk["r_iss"] == entry["stage"]
    for entry in gold["ims_imwg_cgs"]:
        findings = [finding for key, finding in (("tp53_mut", "TP53-mutation"), ("t414", "t(4;14)"),
                                                 ("gain1q", "gain(1q)")) if entry.get(key)]  # fmt: skip
        findings += ["biallelic-del(1p)"] if entry.get("del1p32") == "bi" else []
        findings += [f"del(17p) {100 * entry['del17p_ccf']:g} %"] if "del17p_ccf" in entry else []
        values = {
            column: str(entry[key]) for key, column in (("b2m", "b2m"), ("creatinine", "creatinine")) if key in entry
        }
        # a vector that names no finding means that none is there; untested, they would leave it unknown
        rest = [] if findings else ["rest absent"]
        state = state_of({"FISH": ", ".join(findings + rest), **values})
        assert state.risk["ims_imwg_2025_high_risk"] is entry["high_risk"]


@pytest.mark.parametrize("stop", [{"stop": "2024-12-01"}, {}])
def test_of_two_transplants_in_a_line_the_last_one_counts(stop: dict[str, str]) -> None:
    lines = [{"number": 1, "drugs": ["bortezomib", "lenalidomide"], "start": "2023-01-01", **stop}]
    grafts = [{"procedure": "autologous-transplant", "date": date} for date in ("2023-08-01", "2024-02-01")]
    event = {"type": "clinical-relapse", "date": "2024-12-01"}
    state = derive({"disease": {"event": event}, "lines": lines, "procedures": grafts})
    assert state.risk["functional_high_risk"] is True
    assert "2024-02-01" in state.risk_because["functional_high_risk"]


def test_a_transplant_of_the_next_line_is_none_of_a_line_without_an_end() -> None:
    lines = [{"number": 1, "drugs": ["lenalidomide"], "start": "2020-01-01"}]
    lines.append({"number": 2, "drugs": ["melphalan"], "start": "2023-01-01"})
    salvage = [{"procedure": "autologous-transplant", "date": "2023-03-01"}]
    state = derive({"lines": lines, "procedures": salvage})
    assert state.lines is not None
    assert [line.transplant is not None for line in state.lines] == [False, True]
