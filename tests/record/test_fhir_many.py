"""Folders of a bulk export: any order and names, packed or not, in memory or on disk, one patient or thousands."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fhir_samples import LOINC, RXNORM, bundle, concept, condition, lines, medication, observation, patient
from mspike.record import Record, RecordError, read_records
from mspike.record.fhir import files

M_PROTEIN = concept(LOINC, "33358-3")
TODAY = dt.date(2026, 11, 21)


def of(who: str, resource: dict[str, Any]) -> dict[str, Any]:
    return {**resource, "id": f"{who}-{resource['id']}", "subject": {"reference": f"Patient/{who}"}}


def people(count: int) -> list[dict[str, Any]]:
    chance = random.Random(7)
    stock = {"resourceType": "Medication", "id": "stock", "code": concept(RXNORM, "342369")}
    found: list[dict[str, Any]] = [stock]
    for number in range(count):
        who = f"p{number}"
        found.append(patient(who))
        found.append(of(who, condition("c", concept("http://snomed.info/sct", "109989006"), onsetDateTime="2019")))
        given = medication("MedicationAdministration", "m", None, medicationReference={"reference": "Medication/stock"},
                           effectivePeriod={"start": "2024-01-01"})  # fmt: skip
        found.append(of(who, given))
        for result in range(4):
            day = dt.date(2026, 1, 1) + dt.timedelta(chance.randint(0, 200))
            value = round(chance.uniform(0.1, 5), 2)
            found.append(of(who, observation(f"o{result}", M_PROTEIN, value, "g/dL", effectiveDateTime=str(day))))
    return found


def written(folder: Path, resources: list[dict[str, Any]], *, packed: bool = False) -> Path:
    """Each kind in two files of odd names."""
    folder.mkdir()
    kinds: dict[str, list[dict[str, Any]]] = {}
    for number, resource in enumerate(resources):
        kinds.setdefault(f"{resource['resourceType']}.{number % 2:03}", []).append(resource)
    for name, listed in kinds.items():
        data = lines(*listed)
        path = folder / (f"{name}.ndjson.gz" if packed else f"{name}.ndjson")
        path.write_bytes(gzip.compress(data) if packed else data)
    return folder


def records(source: Path, **how: Any) -> list[Record]:
    found = list(read_records([source], every=True, today=TODAY, **how))
    assert all(isinstance(record, Record) for record in found), found
    return [record for record in found if isinstance(record, Record)]


def content(found: list[Record]) -> list[dict[str, Any]]:
    return [
        {name: getattr(r, name) for name in r.__struct_fields__ if name not in ("origin", "quality")} for r in found
    ]


@pytest.fixture
def on_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "IN_MEMORY", 0)


def test_any_order_any_names_packed_or_not(tmp_path: Path) -> None:
    resources = people(5)
    plain = records(written(tmp_path / "plain", resources))
    assert [record.id for record in plain] == ["p0", "p1", "p2", "p3", "p4"]
    assert all(len(r.measurements) == 4 and len(r.treatments or ()) == 1 for r in plain)
    shuffled = list(resources)
    random.Random(3).shuffle(shuffled)
    assert content(records(written(tmp_path / "packed", shuffled, packed=True))) == content(plain)
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "everything.jsonl").write_bytes(lines(*shuffled))
    (tmp_path / "one" / "manifest.json").write_text('{"output": []}')
    (tmp_path / "one" / "log.txt").write_text("done")
    assert content(records(tmp_path / "one")) == content(plain)


def test_a_folder_of_bundles(tmp_path: Path) -> None:
    resources = people(3)
    for number in range(3):
        mine = [r for r in resources if r["id"].split("-")[0] in (f"p{number}", "stock")]
        (tmp_path / f"{number}.json").write_bytes(bundle(*mine))
    found = records(tmp_path)
    assert [record.id for record in found] == ["p0", "p1", "p2"]
    assert all(len(record.treatments or ()) == 1 for record in found)


@pytest.mark.usefixtures("on_disk")
@pytest.mark.parametrize("form", ["lines", "packed", "bundles"])
def test_on_disk_as_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    resources = people(6)
    random.Random(5).shuffle(resources)
    folder = tmp_path / "f"
    if form == "bundles":
        folder.mkdir()
        (folder / "a.json").write_bytes(bundle(*resources[::2]))
        (folder / "b.json").write_bytes(bundle(*resources[1::2]))
    else:
        written(folder, resources, packed=form == "packed")
    nobody = of("nobody", observation("x", M_PROTEIN, 1, "g/L"))
    (folder / "z.ndjson").write_bytes(b"broken\n" + lines(nobody, {"resourceType": "Organization", "id": "house"}))
    there = records(folder)
    monkeypatch.setattr(files, "IN_MEMORY", 10**9)
    here = records(folder)
    assert content(there) == content(here)
    for one, other in zip(there, here, strict=True):
        assert one.quality is not None
        assert other.quality is not None
        assert one.quality.mapped == other.quality.mapped
        assert [note.at for note in one.quality.refused] == ["z.ndjson, line 1", "z.ndjson, line 2"]
        assert [note.at for note in other.quality.refused] == ["z.ndjson, line 1", "Observation/nobody-x"]


@pytest.mark.parametrize("disk", [True, False])
def test_what_is_another_patients_is_never_the_only_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, disk: bool
) -> None:
    monkeypatch.setattr(files, "IN_MEMORY", 0 if disk else 10**9)
    unnamed = {key: value for key, value in observation("mine", M_PROTEIN, 2, "g/L").items() if key != "subject"}
    other = of("p2", observation("theirs", M_PROTEIN, 40, "g/L"))
    path = tmp_path / "a.ndjson"
    path.write_bytes(lines(patient(), unnamed, other, {"resourceType": "Organization", "id": "house"}))
    [record] = records(path)
    assert [m.at for m in record.measurements] == ["Observation/mine"]
    assert record.quality is not None
    assert record.quality.read == {"Patient": 1, "Observation": 1, "Organization": 1}
    assert len(record.quality.refused) == 1


@pytest.mark.usefixtures("on_disk")
def test_one_patient_by_name_from_disk(tmp_path: Path) -> None:
    folder = written(tmp_path / "f", people(4))
    [record] = read_records([folder], patients=["p2"], today=TODAY)
    assert isinstance(record, Record)
    assert (record.id, len(record.measurements)) == ("p2", 4)
    named = patient("p2-hash", identifier=[{"system": "urn:mspike:record", "value": "a record, ünd more"}])
    (folder / "named.ndjson").write_bytes(lines(named))
    [record] = read_records([folder], patients=["a record, ünd more"], today=TODAY)
    assert isinstance(record, Record)
    [missing] = read_records([folder], patients=["p9"], today=TODAY)
    assert isinstance(missing, RecordError)


@pytest.mark.usefixtures("on_disk")
def test_patients_by_identifier_and_full_url_from_disk(tmp_path: Path) -> None:
    me = patient("", identifier=[{"system": "urn:mrn", "value": "7"}])
    by_number = {
        **observation("o1", M_PROTEIN, 1, "g/dL"),
        "subject": {"identifier": {"system": "urn:mrn", "value": "7"}},
    }
    by_url = {**observation("o2", M_PROTEIN, 2, "g/dL"), "subject": {"reference": "urn:uuid:a"}}
    entries = [{"resource": by_number}, {"resource": by_url}, {"fullUrl": "urn:uuid:a", "resource": me}]
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"resourceType": "Bundle", "type": "batch", "entry": entries}))
    [record] = records(path)
    assert len(record.measurements) == 2


@pytest.mark.usefixtures("on_disk")
def test_one_bad_patient_never_stops_the_rest(tmp_path: Path) -> None:
    resources = people(3)
    resources.append(of("p1", {"resourceType": "Condition", "id": "old", "clinicalStatus": "active"}))
    found = list(read_records([written(tmp_path / "f", resources)], every=True, today=TODAY))
    assert [type(read) for read in found] == [Record, RecordError, Record]
    error = found[1]
    assert isinstance(error, RecordError)
    assert (error.record, "STU3" in error.rule) == ("p1", True)


@pytest.mark.slow
def test_memory_stays_flat(tmp_path: Path) -> None:
    def peak(count: int) -> int:
        folder = written(tmp_path / str(count), people(count))
        code = f"""
import resource
from mspike.record import read_records
from mspike.record.fhir import files
files.IN_MEMORY = 0
print(sum(1 for _ in read_records([{str(folder)!r}], every=True)), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        read, memory = map(int, run.stdout.split())
        assert read == count
        return memory

    few, many = peak(500), peak(10_000)
    assert many - few < 90_000  # kB; SQLite keeps 64 MB of pages


# -- columns


def test_columns_at_once_are_what_each_record_gives(tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    from mspike.record.columns import LABS, arrow_schema, as_tables
    from mspike.record.fhir.columns import read_columns

    ours = concept("urn:mspike:test", "haemoglobin")
    odd = [
        observation("x0", ours, 98, "g/L"), observation("x1", ours, 9.8, "g/dL{blood}"), observation("x2", ours, 98),
        observation("x3", ours, 1e308, "g/L"), observation("x4", ours, 98, "g/L", status="entered-in-error"),
        observation("x5", ours, 98, "g/L", effectiveDateTime="2026-06"), observation("x6", ours, 98, "furlongs"),
        observation("x7", ours, None, valueQuantity={"value": 98, "unit": "g/L", "comparator": "<"}),
        observation("x8", ours, 98, "g/L", effectiveDateTime="2031-01-01"), observation("x9", ours, "98 g/L"),
        observation("xa", concept("urn:x", "ward-17"), 98, "g/L"), observation("xb", ours, -3, "g/L"),
        observation("xc", ours, None, valueQuantity={"value": 98, "code": "g/L"}),
        observation("xd", ours, 98, "g/L", effectiveDateTime=None, effectivePeriod={"start": "2026-05-05"}),
        observation("xe", concept(LOINC, "718-7", "Kappa-FLC"), 98, "g/L"),
    ]  # fmt: skip
    folder = written(tmp_path / "f", [*people(5), *(of(f"p{n % 5}", resource) for n, resource in enumerate(odd))])
    (folder / "z.ndjson").write_bytes(b"broken\n")
    block = read_columns(str(folder), today=TODAY)
    one_by_one = as_tables(records(folder))
    exact = [row for row in one_by_one["labs"].to_pylist() if row["result"] is None]

    def rows(listed: list[dict[str, Any]]) -> set[tuple[Any, ...]]:
        return {(row["patient"], row["day"], row["test"], round(row["value"], 6)) for row in listed}

    written_out, at_once = rows(exact), rows(block.tables["labs"].to_pylist())
    assert written_out - at_once == {(4, dt.date(2026, 6, 1), "haemoglobin", 98.0)}  # x9: an amount as a text
    assert at_once <= written_out
    assert block.tables["labs"].schema == arrow_schema(LABS)
    assert block.tables["patients"].column("record").to_pylist() == ["p0", "p1", "p2", "p3", "p4"]
    assert block.counts["read"] == 20 + len(odd) - 1
    assert block.counts["not mapped"] == 2


def test_columns_of_nothing(tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    from mspike.record.fhir.columns import read_columns

    with pytest.raises(RecordError, match="no NDJSON"):
        read_columns(str(tmp_path), today=TODAY)
    (tmp_path / "a.ndjson").write_bytes(lines(patient()))
    block = read_columns(str(tmp_path), today=TODAY)
    assert [table.num_rows for table in block.tables.values()] == [0, 0]
