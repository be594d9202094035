"""Every claim of the two seed pages, as spec/seeds.md says it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mspike.derive import derive_state
from mspike.knowledge import load_knowledge
from mspike.knowledge.policy import settle
from mspike.options import Answer, build_answer
from mspike.record import RecordError, read_case, read_records
from spec_criteria import as_case, pairs, run
from spec_tables import SPEC, read_rows

ROOT = Path(__file__).resolve().parents[1]
ROWS = [row.cells for row in read_rows(SPEC / "seeds.md")]
EVENT = "2026-06-01"


@cache
def examples() -> tuple[Answer, ...]:
    found = list(read_records(sorted((ROOT / "examples/patients").glob("*/record.yaml"))))
    return tuple(answer(r) for r in found)


def answer(record: Any) -> Answer:
    assert not isinstance(record, RecordError), record
    knowledge = load_knowledge()
    return build_answer(derive_state(record, knowledge, settle(knowledge)))


def given_of(row: dict[str, str]) -> dict[str, str]:
    return dict(pairs(row["given"]))


def small_record(given: dict[str, str]) -> Answer:
    """A record from a few words: one line of VRd that ended some months or days before the event."""
    event = {"type": given.get("event", "biochemical-relapse"), "date": EVENT}
    if "rapid" in given:
        event["rapid"] = given["rapid"]
    case: dict[str, Any] = {
        "schema": "mspike-case/1", "id": "seed", "as_of": "2026-06-30",
        "disease": {"event": event, "cns": "no", "extramedullary": "no", "plasma_cell_leukaemia": "no"},
    }  # fmt: skip
    if "t1114" in given:
        case["disease"]["cytogenetics"] = {"t(11;14)": given["t1114"], "del(17p)": "absent", "gain(1q)": "absent"}
    if given.get("lines") != "none recorded":
        stop = {"9": "2025-09-01", "20": "2024-10-01", "13": "2025-05-01", "8": "2025-10-01", None: "2025-01-01"}[
            given.get("months off")
        ]
        stop = {"45": "2026-04-17", "75": "2026-03-18"}.get(given.get("days after", ""), stop)
        case["lines"] = [
            {"number": 1, "drugs": ["bortezomib", "lenalidomide", "dexamethasone"], "start": "2023-01-01", "stop": stop,
             "best_response": given.get("response", "PR"), "stop_reason": given.get("stopped", "completed")}
        ]  # fmt: skip
    (record,) = read_case(json.dumps(case).encode(), "seed.json")
    return answer(record)


def option(found: Answer, name: str) -> Any:
    return next(o for o in found.options if o.id == name)


def in_all(test: Callable[[Answer], bool]) -> str:
    return "yes" if all(test(found) for found in examples()) else "no"


def rule(row: dict[str, str], criterion: str, name: str) -> str:
    given = given_of(row)
    country = given.pop("country", "US")
    facts = "; ".join(f"{fact} = {value}" for fact, value in given.items())
    return run(as_case("seeds", 0, {**row, "option": name, "criterion": criterion, "given": facts, "country": country}))


def brand(name: str) -> str:
    case = {"schema": "mspike-case/1", "as_of": "2026-06-30", "lines": [{"number": 1, "drugs": [name]}]}
    (record,) = read_case(json.dumps(case).encode(), "brand.json")
    assert not isinstance(record, RecordError), record
    return record.lines[0].drugs[0]


def retreatment(row: dict[str, str]) -> str:
    (repeat,) = option(small_record(given_of(row)), "retreatment").repeats
    if row["-> result"].endswith("reason for"):
        named = [r for r in repeat.for_ if r.source.id.startswith("seed-")]
        return f"listed {'with' if named else 'without'} a reason for"
    return f"listed {'with' if repeat.against else 'without'} a reason against"


def same_for_all(ids: list[str], get: Callable[[str], Any]) -> str:
    found = {get(i) for i in ids}
    return found.pop() if len(found) == 1 else f"differs: {found}"


def check(row: dict[str, str]) -> str:
    knowledge = load_knowledge()
    verb, _, rest = row["check"].partition(" ")
    match verb:
        case "listed":
            return in_all(lambda a: any(o.id == rest for o in a.options))
        case "path":
            return in_all(lambda a: any(o.path == rest for o in a.options))
        case "class":
            return knowledge.drugs[rest].classes[0]
        case "target":
            return knowledge.drugs[rest].target
        case "brand":
            return brand(rest)
        case "drugs":
            shared = set.intersection(*(set(knowledge.options[o].drugs) for o in rest.split()))
            return ", ".join(sorted(shared))
        case "criterion":
            name, _, on = rest.rpartition(" on ")
            return rule(row, name, on)
        case "label" | "availability":
            return rule(row, verb, rest)
        case "status":
            return small_record(given_of(row)).state["disease"]["status"]
        case "refractory":
            wire = small_record(given_of(row)).state["refractory"]
            if rest in wire["unknown_drugs"]:
                return "cannot tell"
            return "yes" if rest in [d["drug"] for d in wire["drugs"]] else "no"
        case "verdict":
            return option(small_record(given_of(row)), rest).verdict
        case "retreatment":
            return retreatment(row)
        case "question":
            return "yes" if any(q.fact == rest for q in small_record(given_of(row)).questions) else "no"
        case "glossary":
            return "yes" if any(t.term == rest for t in knowledge.glossary) else "no"
        case "resource":
            return "yes" if any(r.id == rest for r in knowledge.resources) else "no"
        case "search":
            return "yes" if any(rest in r.search for r in knowledge.resources) else "no"
        case "source":
            return knowledge.sources[rest].dated.split(";")[0]
        case "information":
            return (
                "every drug" if all(d.information for d in knowledge.drugs.values() if d.classes) else "not every drug"
            )
        case "claims":
            return str(sum(c.says == knowledge.claims["L08"].says for c in knowledge.claims.values()))
        case "resources":
            return str(sum(r.id == rest.split()[-1] for r in knowledge.resources))
        case "no":
            texts = (ROOT / "src/mspike/knowledge/data").glob("*/*.yaml")
            hit = [p for p in texts if p.parent.name in ("criteria", "options", "classes") and "CD19" in p.read_text()]
            return "no" if hit else "yes"
    raise AssertionError(f"no such check: {row['check']}")


@pytest.mark.parametrize("row", ROWS, ids=[f"{n} {r['claim']} {r['case']}" for n, r in enumerate(ROWS, 1)])
def test_claim(row: dict[str, str]) -> None:
    assert row["because"]
    assert check(row) == row["-> result"]


def test_every_claim_has_a_case() -> None:
    claims = set(load_knowledge().claims)
    assert len(claims) == 65
    assert {row["claim"] for row in ROWS} == claims
    assert all(re.fullmatch(r"[LN]\d\d", row["claim"]) for row in ROWS)
