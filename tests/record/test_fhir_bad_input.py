"""FHIR that is broken, of another version, too large, or not FHIR: one clear error, or a line in the report."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fhir_samples import (
    LOINC,
    ME,
    RXNORM,
    SNOMED,
    bundle,
    concept,
    condition,
    lines,
    medication,
    observation,
    patient,
    procedure,
    read,
    read_all,
    read_bytes,
    refusal,
)
from mspike.record import Record, RecordError, read_records
from mspike.record.fhir import files

M_PROTEIN = concept(LOINC, "33358-3", "Protein.monoclonal")
RESULT = observation("o", M_PROTEIN, 12, "g/L")


# -- not FHIR R4


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ('{"resourceType": 3}', "resourceType is missing"),
        ('{"resourceType": "Fruit", "id": "apple"}', "another form than R4's"),
        ('{"resourceType": "Bundle", "entry": 5}', "a Bundle of another form"),
        ('{"resourceType": "Bundle", "entry": [5]}', "a Bundle of another form"),
        ('{"resourceType": "Bundle"}', "no patient in it"),
        ('{"resourceType": "Bundle", "entry": []}', "no patient in it"),
        ('{"resourceType": "Bundle", "entry": [{"resource": null}]}', "no patient in it"),
        ('{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient"', "not readable as JSON"),
        ('{"resourceType": "Organization", "id": "o"}', "no patient in it"),
        ('{"resourceType": "OperationOutcome", "issue": []}', "no patient in it"),
    ],
)
def test_what_is_no_fhir(text: str, rule: str) -> None:
    error = refusal(text)
    assert rule in error.rule
    assert error.hint


def version(resource: dict[str, Any]) -> bytes:
    return bundle(patient(), resource)


@pytest.mark.parametrize(
    ("name", "resource"),
    [
        ("DSTU2", {"resourceType": "MedicationOrder", "id": "x", "patient": ME}),
        ("DSTU2", {"resourceType": "Condition", "id": "x", "patient": ME, "code": M_PROTEIN}),
        ("STU3", condition("x", M_PROTEIN, clinicalStatus="active")),
        ("STU3", {"resourceType": "ProcedureRequest", "id": "x", "subject": ME}),
        ("R5", {"resourceType": "MedicationStatement", "id": "x", "status": "recorded", "subject": ME,
                "medication": {"concept": concept(RXNORM, "342369")}}),
        ("R5", {"resourceType": "MedicationUsage", "id": "x", "subject": ME}),
    ],
    ids=["DSTU2 order", "DSTU2 condition", "STU3 status", "STU3 request", "R5 medication", "R5 kind"],
)  # fmt: skip
def test_another_version_is_refused_whole(name: str, resource: dict[str, Any]) -> None:
    error = refusal(version(resource))
    assert name in error.rule
    assert "R4" in error.rule
    assert error.hint == "ask the source for R4 (4.0.1)"


def test_a_bundle_of_two_patients_is_two_or_asks_which(tmp_path: Path) -> None:
    other = {**observation("o2", M_PROTEIN, 20, "g/L"), "subject": {"reference": "Patient/p2"}}
    two = bundle(patient(), patient("p2"), RESULT, other)
    assert [record.id for record in read_all(two) if isinstance(record, Record)] == ["p1", "p2"]
    path = tmp_path / "two.json"
    path.write_bytes(two)
    [error] = read_records([path])
    assert isinstance(error, RecordError)
    assert (error.rule, error.hint) == ("several patients in it", "name them with --patient ID, or give --all")
    [one] = read_records([path], patients=["p2"])
    assert isinstance(one, Record)
    assert [m.value.low for m in one.measurements if m.value] == [20]
    [none] = read_records([path], patients=["p3"])
    assert isinstance(none, RecordError)


def test_what_belongs_to_nobody_is_given_to_nobody() -> None:
    nobody = {key: value for key, value in RESULT.items() if key != "subject"}
    one, _ = read(nobody)
    assert len(one.measurements) == 1
    found = read_all(bundle(patient(), patient("p2"), nobody))
    for record in found:
        assert isinstance(record, Record)
        assert record.measurements == ()
        assert record.quality is not None
        assert [note.at for note in record.quality.refused] == ["Observation/o"]


# -- bytes


def test_bytes_that_are_no_utf8() -> None:
    good = bundle(patient(name=[{"text": "Zoë"}]), RESULT)
    assert refusal(good.replace(b"female", b"fem\xffle")).rule in ("text that is not UTF-8", "not readable as JSON")
    record, quality = read_bytes(lines(patient()) + lines(RESULT).replace(b"final", b"fi\xffal") + lines(
        observation("o2", M_PROTEIN, 20, "g/L")), "a.ndjson")  # fmt: skip
    assert len(record.measurements) == 1
    assert [note.at for note in quality.refused] == ["line 2"]
    record, _ = read_bytes(b"\xef\xbb\xbf" + bundle(patient(), RESULT))
    assert len(record.measurements) == 1


def test_a_bad_line_among_good_ones_is_named(tmp_path: Path) -> None:
    (tmp_path / "Patient.ndjson").write_bytes(lines(patient()))
    (tmp_path / "a.ndjson").write_bytes(
        lines(RESULT) + b'{"resourceType": "Observation", "id": "half\n\n' + b"[1, 2]\n" + b"no json\n"
        + lines({"resourceType": "Fruit", "id": "apple"}, observation("o9", M_PROTEIN, 9, "g/L"))
    )  # fmt: skip
    [record] = read_records([tmp_path], every=True)
    assert isinstance(record, Record)
    assert record.quality is not None
    assert [m.at for m in record.measurements] == ["Observation/o", "Observation/o9"]
    assert [note.at for note in record.quality.refused] == [
        "a.ndjson, line 2", "a.ndjson, line 4, [0]", "a.ndjson, line 4, [1]", "a.ndjson, line 5", "Fruit/apple",
    ]  # fmt: skip


DEEP = b"[" * 5000 + b"]" * 5000


def deep(resource: bytes) -> bytes:
    """A resource with something in it that R4 does not have, nested without end."""
    return resource.rstrip()[:-1] + b', "note2": ' + DEEP + b"}\n"


@pytest.mark.parametrize(
    "data",
    [
        bundle(patient(), RESULT).replace(b'"12"', DEEP).replace(b'"final"', DEEP),
        b'{"resourceType": "Bundle", "entry": [{"resource": ' * 5000 + b"1" + b"}]}" * 5000,
        b'[{"resourceType": "Patient"}, ' + DEEP + b"]",
        deep(json.dumps(RESULT).encode()),
        deep(json.dumps(condition("c", M_PROTEIN, clinicalStatus="active")).encode()),
        deep(b'{"resourceType": "Fruit"}'),
    ],
    ids=["in a Bundle", "Bundles", "a list", "a resource", "of another version", "of no version"],
)
def test_what_is_nested_without_end(data: bytes) -> None:
    error = refusal(data)
    assert "nested too deep" in error.rule
    assert error.hint


@pytest.mark.parametrize("in_memory", [10**9, 0])
@pytest.mark.parametrize("bad", [RESULT, condition("c", M_PROTEIN, clinicalStatus="active")])
def test_a_line_nested_without_end_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_memory: int, bad: dict[str, Any]
) -> None:
    monkeypatch.setattr(files, "IN_MEMORY", in_memory)
    path = tmp_path / "a.ndjson"
    path.write_bytes(lines(patient()) + deep(json.dumps(bad).encode()) + lines(observation("o9", M_PROTEIN, 9, "g/L")))
    [record] = read_records([path])
    assert isinstance(record, Record)
    assert record.quality is not None
    assert [m.at for m in record.measurements] == ["Observation/o9"]
    assert [(note.says, note.at) for note in record.quality.refused] == [("nested too deep to be read", "line 2")]


def test_a_line_of_100_mb_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LINE_LIMIT", 20_000)  # the same path at a size that a test can write
    monkeypatch.setattr(files, "IN_MEMORY", 10**9)
    long = observation("long", M_PROTEIN, 12, "g/L", note=[{"text": "x" * 100_000}])
    path = tmp_path / "a.ndjson"
    path.write_bytes(lines(patient(), long, RESULT))
    [record] = read_records([path])
    assert isinstance(record, Record)
    assert record.quality is not None
    assert [m.at for m in record.measurements] == ["Observation/o"]
    assert [(note.says.split(" MB")[0], note.at) for note in record.quality.refused] == [
        ("a line of more than 0", "line 2")
    ]


@pytest.mark.slow
def test_a_line_of_really_100_mb(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    with path.open("wb") as file:
        file.write(lines(patient()))
        file.write(b'{"resourceType":"Binary","id":"b","data":"')
        for _ in range(100):
            file.write(b"A" * 1_000_000)
        file.write(b'"}\n' + lines(RESULT))
    [record] = read_records([path])
    assert isinstance(record, Record)
    assert len(record.measurements) == 1


def test_gzip_that_breaks_off(tmp_path: Path) -> None:
    whole = lines(patient(), *(observation(f"o{n}", M_PROTEIN, n, "g/L") for n in range(3000)))
    (tmp_path / "Patient.ndjson").write_bytes(lines(patient()))
    (tmp_path / "a.ndjson.gz").write_bytes(gzip.compress(whole)[:-2000])
    [record] = read_records([tmp_path], every=True)
    assert isinstance(record, Record)
    assert record.quality is not None
    assert 0 < len(record.measurements) < 3000
    notes = [note for note in record.quality.refused if "compressed" in note.says]
    assert [note.at for note in notes] == ["a.ndjson.gz"]
    alone = tmp_path / "b.json.gz"
    alone.write_bytes(gzip.compress(bundle(patient(), RESULT))[:-9])
    [error] = read_records([alone])
    assert isinstance(error, RecordError)
    assert error.rule == "a compressed file that breaks off or is damaged"


def test_a_bundle_too_large_to_be_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "WHOLE_LIMIT", 1000)
    path = tmp_path / "a.json"
    path.write_bytes(json.dumps(json.loads(bundle(patient(), *[RESULT] * 20)), indent=1).encode())
    [error] = read_records([path])
    assert isinstance(error, RecordError)
    assert "NDJSON" in error.hint


# -- values


@pytest.mark.parametrize("number", ["1e308", "-1e308", "1e999", "-5", "12345678901234567890"])
def test_numbers_that_no_result_has(number: str) -> None:
    text = bundle(patient(), RESULT).replace(b'"value": 12', f'"value": {number}'.encode())
    record, quality = read_bytes(text)
    assert record.measurements == ()
    assert [note.at.startswith("Observation/o") for note in quality.refused] == [True]


@pytest.mark.parametrize("number", ["12", "12.0", "1.2e1", "1.20E+1", "120e-1", '"12"'])
def test_one_number_in_many_forms(number: str) -> None:
    record, _ = read_bytes(bundle(patient(), RESULT).replace(b'"value": 12', f'"value": {number}'.encode()))
    assert [m.value and m.value.low for m in record.measurements] == [12]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "0x1F", "1.", "twelve"])
def test_what_json_has_no_number_for(number: str) -> None:
    broken = bundle(patient(), RESULT).replace(b'"value": 12', f'"value": {number}'.encode())
    assert refusal(broken).rule == "not readable as JSON"
    record, quality = read_bytes(lines(patient()) + lines(RESULT).replace(b": 12", f": {number}".encode()), "a.ndjson")
    assert record.measurements == ()
    assert [note.at for note in quality.refused] == ["line 2"]
    for text in (f'"{number}"',):  # as a text, where a number belongs
        record, quality = read_bytes(bundle(patient(), RESULT).replace(b": 12", f": {text}".encode()))
        assert record.measurements == ()
        assert len(quality.refused) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "33358-3"}, {"valueQuantity": 12}, {"subject": "p1"}, {"status": 4}, {"effectiveDateTime": 20260601},
        {"component": {}}, {"valueQuantity": {"value": {"a": 1}}}, {"valueQuantity": {"value": None}},
    ],
    ids=["code", "quantity", "subject", "status", "date", "component", "value", "null"],
)  # fmt: skip
def test_fields_of_another_form_spoil_their_resource_alone(wrong: dict[str, Any]) -> None:
    record, quality = read({**RESULT, **wrong}, observation("o2", M_PROTEIN, 20, "g/L"))
    assert [m.at for m in record.measurements] == ["Observation/o2"]
    assert len(quality.refused) + len(quality.left_out) == 1


def test_an_id_that_comes_twice() -> None:
    record, quality = read(RESULT, RESULT, observation("x", M_PROTEIN, 1, "g/L", meta={"versionId": "9"}),
                           observation("x", M_PROTEIN, 2, "g/L", meta={"versionId": "10"}))  # fmt: skip
    assert [(m.at, m.value and m.value.low) for m in record.measurements] == [
        ("Observation/o", 12), ("Observation/x", 2),
    ]  # fmt: skip
    assert [note.says for note in quality.left_out] == ["the same resource twice"]
    assert [note.says for note in quality.assumed] == ["one id with two contents: the later version is taken"]


def test_dates_that_cannot_be() -> None:
    record, quality = read(
        medication("MedicationStatement", "m", concept(RXNORM, "342369"),
                   effectivePeriod={"start": "2025-05-01", "end": "2024-05-01"}),
        observation("o", M_PROTEIN, 12, "g/L", effectiveDateTime="2026-02-30"),
        observation("f", M_PROTEIN, 12, "g/L", effectiveDateTime="2031-01-01"),
        procedure("p", concept(SNOMED, "709115004"), performedDateTime="1850-01-01"),
    )  # fmt: skip
    assert not record.treatments
    assert record.measurements == ()
    assert len(quality.refused) == 4


def test_a_birth_date_that_cannot_be_is_left_out() -> None:
    record, quality = read_bytes(bundle(patient(birthDate="1850-01-01"), RESULT))
    assert record.patient.birth_date is None
    assert record.patient.sex == "female"
    assert [note.at for note in quality.refused] == ["Patient/p1"]


# -- what is said of it


def test_no_value_of_a_patient_in_a_log(tmp_path: Path) -> None:
    secret = "Wilhelmina-Quux-4711"
    data = bundle(
        patient(name=[{"family": secret}], birthDate=secret), condition("c", concept(text=secret)),
        observation("o", M_PROTEIN, None, secret, valueString=secret), observation("q", M_PROTEIN, 12, secret),
        {"resourceType": "Fruit", "name": secret},
    )  # fmt: skip
    good, bad = tmp_path / "good.json", tmp_path / "bad.ndjson"
    good.write_bytes(data)
    bad.write_bytes(lines({"resourceType": "Organization", "name": secret}) + f'{{"resourceType": "{secret}'.encode())
    for path in (good, bad):
        command = [sys.executable, "-m", "mspike.cli", "options", str(path), "--format", "json"]
        run = subprocess.run(command, capture_output=True, text=True)
        assert run.returncode in (0, 3)
        assert secret not in run.stderr


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
SAMPLES = [
    patient(identifier=[{"system": "s", "value": "v"}], address=[{"postalCode": "1"}]),
    observation("o", M_PROTEIN, 12, "g/L", referenceRange=[{"high": {"value": 3}}], component=[{"code": M_PROTEIN}],
                method={"text": "x"}, extension=[{"url": "urn:mspike:method", "valueString": "x"}]),
    condition("c", concept(SNOMED, "109989006"), stage=[{"summary": M_PROTEIN}], onsetDateTime="2020"),
    medication("MedicationRequest", "m", concept(RXNORM, "342369"), intent="order", authoredOn="2020-01-01",
               dosageInstruction=[{"timing": {"repeat": {"boundsPeriod": {"start": "2020"}}}, "route": M_PROTEIN}],
               statusReason=M_PROTEIN, contained=[{"resourceType": "Medication", "id": "in"}]),
    procedure("p", concept(SNOMED, "709115004"), performedDateTime="2020-01-01", usedCode=[M_PROTEIN]),
    {"resourceType": "EpisodeOfCare", "id": "e", "patient": ME, "type": [concept("urn:x", "C133518")],
     "extension": [{"url": "therapy-line-number", "valuePositiveInt": 1}]},
    {"resourceType": "AllergyIntolerance", "id": "a", "patient": ME, "code": M_PROTEIN},
]  # fmt: skip


def places(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [path, *(place for key, value in inner for place in places(value, (*path, key)))]


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(SAMPLES), st.randoms(use_true_random=False), JSON)
def test_whatever_stands_in_a_resource_nothing_breaks(sample: dict[str, Any], chance: Any, other: Any) -> None:
    resource = msgspec.json.decode(msgspec.json.encode(sample))
    place = chance.choice(places(resource)[1:])
    inner = resource
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = other
    found = read_all(bundle(patient("p1"), patient("p2"), resource))
    assert found
    assert all(isinstance(record, Record | RecordError) for record in found)


def test_fhir_as_xml_is_named() -> None:
    error = refusal('<?xml version="1.0"?>\n<Bundle xmlns="http://hl7.org/fhir"/>', "a.xml")
    assert error.rule == "XML, which is not read"
    assert "application/fhir+json" in error.hint


def test_one_page_of_several_is_said() -> None:
    page = json.loads(bundle(patient(), RESULT, kind="searchset"))
    page["link"] = [{"relation": "self", "url": "https://a.org"}, {"relation": "next", "url": "https://a.org?page=2"}]
    for entry in ([], [{"resource": {"resourceType": "Fruit"}}]):
        _, quality = read_bytes(json.dumps(page | {"entry": page["entry"] + entry}).encode())
        assert quality.refused[0].says == "one page of several: what stands on the next is not known here"


def test_a_large_bundle_on_standard_input() -> None:
    import io

    many = bundle(patient(), *(observation(f"o{n}", M_PROTEIN, 12, "g/L") for n in range(300)))
    [record] = read_records(["-"], stdin=io.BytesIO(many), limit_bytes=10_000)
    assert isinstance(record, Record)
    assert len(record.measurements) == 300
    [error] = read_records(["-"], stdin=io.BytesIO(b"a: " + b"x" * 20_000), limit_bytes=10_000)
    assert isinstance(error, RecordError)
