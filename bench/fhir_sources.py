"""Measure FHIR: a Bundle to an answer, a million Observations to columns. `bench/records.py` prints them."""

from __future__ import annotations

import datetime as dt
import json
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median, quantiles
from typing import Any

TODAY = dt.date(2026, 11, 1)
RESOURCES = 2000
ROUNDS = 60
OBSERVATIONS = 1_000_000
PER_PATIENT = 200
LOINC, RXNORM = "http://loinc.org", "http://www.nlm.nih.gov/research/umls/rxnorm"
TESTS = (("33358-3", "M protein", "g/dL", 5.0), ("36916-5", "Kappa free light chain", "mg/L", 900.0),
         ("33944-0", "Lambda free light chain", "mg/L", 900.0), ("718-7", "Hemoglobin", "g/dL", 16.0),
         ("2160-0", "Creatinine", "mg/dL", 4.0), ("17861-6", "Calcium", "mg/dL", 12.0),
         ("777-3", "Platelets", "10*3/uL", 400.0), ("1952-1", "Beta-2-Microglobulin", "mg/L", 20.0))  # fmt: skip
DRUGS = (("342369", "lenalidomide"), ("1721947", "daratumumab"), ("3264", "dexamethasone"))

Row = tuple[str, float, str]


def milliseconds(run: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    """Of each round; the first, which fills the caches, is not counted."""
    taken = []
    for _ in range(rounds + 1):
        start = time.perf_counter()
        run()
        taken.append((time.perf_counter() - start) * 1000)
    return taken[1:]


def fhir() -> Iterator[Row]:
    """One Bundle of 2,000 resources: parsed, made a record, answered; and parsed by fhir.resources where that is."""
    from mspike.derive import derive_state
    from mspike.knowledge import load_knowledge, settle
    from mspike.options import build_answer
    from mspike.record import Record, read_case
    from mspike.record.fhir.parse import parse_resources, whole
    from mspike.report import finish, render_ndjson

    data = bundle()
    knowledge = load_knowledge()
    policies = settle(knowledge)

    def answer() -> bytes:
        (record,) = read_case(data, "bench.json", today=TODAY)
        assert isinstance(record, Record)
        return render_ndjson(finish(build_answer(derive_state(record, knowledge, policies), record.quality)))

    size = f"{RESOURCES:,} resources, {len(data) / 1e6:.2f} MB"
    decode = milliseconds(lambda: whole().decode(data))
    yield f"FHIR: a Bundle parsed ({size}), p50", median(decode), per_second(median(decode))
    parsed = milliseconds(lambda: list(parse_resources(data)))
    yield "FHIR: parsed and each resource placed, p50", median(parsed), per_second(median(parsed))
    record = milliseconds(lambda: list(read_case(data, "bench.json", today=TODAY)), 20)
    yield "FHIR: to a record, p50", median(record), per_second(median(record))
    whole_way = milliseconds(answer)
    yield "FHIR: to an answer in JSON, p50", median(whole_way), per_second(median(whole_way))
    yield "FHIR: to an answer in JSON, p99", quantiles(whole_way, n=100)[98], ""
    try:
        from fhir.resources.R4B.bundle import Bundle
    except ImportError:
        yield "fhir.resources is not installed: not compared", 0.0, ""
        return
    other = milliseconds(lambda: Bundle.model_validate_json(data), 5)
    yield "fhir.resources: the same Bundle parsed, p50", median(other), f"{median(other) / median(decode):,.0f} × ours"


def per_second(taken: float) -> str:
    return f"{RESOURCES / taken * 1000:,.0f} resources"


def ndjson() -> Iterator[Row]:
    """A million Observations of 5,000 patients: to columns at once; some of them patient by patient."""
    from mspike.record import read_records
    from mspike.record.fhir.columns import read_columns

    with tempfile.TemporaryDirectory() as name:
        whole, part = Path(name) / "whole", Path(name) / "part"
        whole.mkdir()
        part.mkdir()
        size = lines(whole / "Observation.ndjson", OBSERVATIONS)
        wall, cpu = [], []
        for _ in range(4):
            start, used = time.perf_counter(), time.process_time()
            read_columns(str(whole), today=TODAY)
            wall.append((time.perf_counter() - start) * 1000)
            cpu.append((time.process_time() - used) * 1000)
        what = f"NDJSON: {OBSERVATIONS:,} Observations ({size / 1e6:,.0f} MB) to columns"
        yield what, median(wall[1:]), f"{OBSERVATIONS / median(wall[1:]) * 1000:,.0f} Observations"
        yield "NDJSON: the same, time of the processors", median(cpu[1:]), ""
        count = 100 * PER_PATIENT
        lines(part / "Observation.ndjson", count)
        taken = median(milliseconds(lambda: sum(1 for _ in read_records([part], every=True, today=TODAY)), 3))
        yield "NDJSON: 100 patients of 200 Observations to records", taken, f"{count / taken * 1000:,.0f} Observations"


def bundle() -> bytes:
    """A patient of 2,000 resources: four in five are results, one in five is an administration."""
    chance = random.Random(2)
    found: list[dict[str, Any]] = [
        {"resourceType": "Patient", "id": "p0", "birthDate": "1956-03-01", "gender": "female"},
        {"resourceType": "Condition", "id": "c", "subject": {"reference": "Patient/p0"}, "onsetDateTime": "2014-05",
         "code": {"coding": [{"system": "http://snomed.info/sct", "code": "109989006"}]}},
    ]  # fmt: skip
    while len(found) < RESOURCES:
        number = len(found)
        found.append(administration(number, chance) if number % 5 == 0 else observation(number, 0, chance))
    entries = [{"fullUrl": f"https://fhir.example.org/{r['resourceType']}/{r['id']}", "resource": r} for r in found]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()


def day(chance: random.Random) -> str:
    return str(dt.date(2026, 10, 1) - dt.timedelta(chance.randrange(4000)))


def observation(number: int, patient: int, chance: random.Random) -> dict[str, Any]:
    code, name, unit, most = TESTS[number % len(TESTS)]
    category = {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}
    return {
        "resourceType": "Observation", "id": f"o{number}", "status": "final", "category": [{"coding": [category]}],
        "meta": {"profile": ["http://hl7.org/fhir/us/core/StructureDefinition/us-core-observation-lab"]},
        "code": {"coding": [{"system": LOINC, "code": code, "display": name}], "text": name},
        "subject": {"reference": f"Patient/p{patient}"}, "effectiveDateTime": f"{day(chance)}T08:30:00Z",
        "valueQuantity": {"value": round(chance.uniform(most / 9, most), 2), "unit": unit,
                          "system": "http://unitsofmeasure.org", "code": unit},
    }  # fmt: skip


def administration(number: int, chance: random.Random) -> dict[str, Any]:
    code, name = DRUGS[number % len(DRUGS)]
    return {
        "resourceType": "MedicationAdministration", "id": f"m{number}", "status": "completed",
        "medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": code, "display": name}], "text": name},
        "subject": {"reference": "Patient/p0"}, "effectiveDateTime": day(chance),
        "dosage": {"dose": {"value": 20, "unit": "mg", "system": "http://unitsofmeasure.org", "code": "mg"}},
    }  # fmt: skip


def lines(path: Path, count: int) -> int:
    """Writes so many Observations; gives the bytes."""
    chance = random.Random(3)
    made = [json.dumps(observation(number, 0, chance), separators=(",", ":")) for number in range(2000)]
    with path.open("w") as file:
        for number in range(count):
            text = made[number % len(made)].replace("Patient/p0", f"Patient/p{number // PER_PATIENT}")
            file.write(text.replace('"id":"o', f'"id":"o{number}-', 1) + "\n")
    return path.stat().st_size
