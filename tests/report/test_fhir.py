"""The FHIR Bundle: valid R4, every reference resolves, nothing orders, nothing of the patient but the record's id."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mspike.options.answer import Answer
from mspike.report import Refusal, render, render_fhir
from report.sample import sample_answer
from report.specimens import ALL, seventy
from report.test_words import FORBIDDEN

REQUESTS = ("MedicationRequest", "ServiceRequest", "RequestGroup")
ODD = [name for name in ALL if name != "hostile"]
"""A date with markup is no date in FHIR either; the engine's own dates are dates."""


def made(answer: Answer, **how: Any) -> dict[str, Any]:
    return json.loads(render_fhir(answer, **how))


def resources(bundle: dict[str, Any], kind: str = "") -> list[dict[str, Any]]:
    return [entry["resource"] for entry in bundle["entry"] if kind in ("", entry["resource"]["resourceType"])]


def walk(value: Any) -> Iterator[dict[str, Any]]:
    """Every object inside a value."""
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from walk(part)
    elif isinstance(value, list):
        for part in value:
            yield from walk(part)


def option_actions(bundle: dict[str, Any]) -> dict[str, dict[str, Any]]:
    [group] = resources(bundle, "RequestGroup")
    return {action["id"]: action for path in group["action"] for action in path["action"]}


@pytest.fixture(scope="session")
def r4(shared: Path) -> Any:
    """The R4 schema as a validator."""
    import jsonschema_rs

    return jsonschema_rs.validator_for(json.loads((shared / "interop" / "fhir-r4.schema.json").read_text()))


@pytest.mark.parametrize("name", ODD)
def test_the_bundle_is_valid_r4(r4: Any, name: str) -> None:
    bundle = made(ALL[name]())
    assert [error.message[:300] for error in r4.iter_errors(bundle)] == []
    for resource in resources(bundle):
        assert r4.is_valid(resource), resource["resourceType"]


def test_the_schema_would_object(r4: Any) -> None:
    bundle = made(sample_answer())
    resources(bundle, "RequestGroup")[0]["intention"] = "proposal"
    assert not r4.is_valid(bundle)


def test_a_refusal_is_an_operation_outcome(r4: Any) -> None:
    refusal = Refusal(record="b.yaml", error="not a date", at="lines[0].stop", hint="Write YYYY-MM-DD.")
    both = render([sample_answer(), refusal], "fhir").splitlines()
    assert [json.loads(line)["resourceType"] for line in both] == ["Bundle", "OperationOutcome"]
    assert r4.is_valid(json.loads(both[1]))


@pytest.mark.parametrize("name", ODD)
def test_every_reference_resolves(name: str) -> None:
    bundle = made(ALL[name]())
    urls = [entry["fullUrl"] for entry in bundle["entry"]]
    assert len(set(urls)) == len(urls)
    assert {part["reference"] for part in walk(bundle) if "reference" in part} <= set(urls)
    assert [entry["fullUrl"].removeprefix("urn:uuid:") for entry in bundle["entry"]] == [
        r["id"] for r in resources(bundle)
    ]


@pytest.mark.parametrize("name", ODD)
def test_nothing_orders_or_plans(name: str) -> None:
    bundle = made(ALL[name]())
    requests = [resource for kind in REQUESTS for resource in resources(bundle, kind)]
    assert requests
    assert {(resource["status"], resource["intent"]) for resource in requests} == {("draft", "proposal")}
    assert not any(resource.get("doNotPerform") for resource in requests)
    behaviours = {part.get("requiredBehavior") for part in walk(resources(bundle, "RequestGroup"))}
    assert behaviours <= {None, "could"}


@pytest.mark.parametrize("name", ODD)
def test_every_option_is_an_action_with_its_verdict(name: str) -> None:
    answer = ALL[name]()
    actions = option_actions(made(answer))
    assert list(actions) == [option.id for option in by_path(answer)]
    for option in answer.options:
        action = actions[option.id]
        codes = {c["system"]: c["code"] for concept in action["code"] for c in concept["coding"]}
        assert codes == {"urn:mspike:verdict": option.verdict, "urn:mspike:label-fit": option.label_fit}
        assert action["title"] == option.label
        assert all(
            reason.text in action["textEquivalent"] for reason in (*option.for_, *option.against, *option.cautions)
        )
        cited = [part["display"] for part in action["documentation"]]
        reasons = (*option.for_, *option.against, *option.cautions, *option.known_risks)
        assert len(cited) == len(reasons) + 1 + len(option.evidence)


def by_path(answer: Answer) -> list[Any]:
    return (
        sorted(answer.options, key=lambda o: [p["id"] for p in answer.paths].index(o.path))
        if answer.paths
        else answer.options
    )


def test_an_action_has_a_resource_or_actions_and_never_both() -> None:
    for action in walk(resources(made(seventy()), "RequestGroup")[0]["action"]):
        if "title" in action:
            assert ("resource" in action) != ("action" in action)


def test_a_ruled_out_option_proposes_nothing() -> None:
    bundle = made(sample_answer())
    kinds = {resource["id"]: resource["resourceType"] for resource in resources(bundle)}
    ruled = [option.id for option in sample_answer().options if option.verdict == "ruled-out"]
    for id, action in option_actions(bundle).items():
        found = {kinds[part["reference"].removeprefix("urn:uuid:")] for part in walk(action) if "reference" in part}
        if id in ruled:
            assert found == {"DetectedIssue"}
            assert action["condition"][0]["kind"] == "applicability"
            assert action["condition"][0]["expression"]["expression"] == "false"
            assert action["condition"][0]["expression"]["description"].startswith("ruled out because: ")
        else:
            assert found <= {"MedicationRequest", "ServiceRequest"}
            assert "condition" not in action
    assert len(resources(bundle, "DetectedIssue")) == len(ruled)


def test_a_drug_has_its_ingredient_code_or_a_name() -> None:
    bundle = made(sample_answer())
    drugs = [resource["medicationCodeableConcept"] for resource in resources(bundle, "MedicationRequest")]
    codes = {drug["text"]: drug.get("coding", [{}])[0].get("code") for drug in drugs}
    assert codes["daratumumab"] == "1721947"
    assert codes["dexamethasone"] == "3264"
    assert all(drug["text"] for drug in drugs)
    titles = [resource["code"]["text"] for resource in resources(bundle, "ServiceRequest")]
    assert "Join a clinical trial" in titles
    assert "Second autologous transplant" in titles


def test_questions_become_data_requirements() -> None:
    answer = sample_answer()
    [guidance] = resources(made(answer), "GuidanceResponse")
    assert guidance["status"] == "data-required"
    assert [need["id"] for need in guidance["dataRequirement"]] == [question.fact for question in answer.questions]
    assert guidance["moduleUri"] == "urn:mspike:knowledge:2026.11.1"
    [coding] = guidance["dataRequirement"][0]["codeFilter"][0]["code"]
    assert coding["display"] == "Is t(11;14) present? (decides 1 verdict)"
    answer.questions = [question for question in answer.questions if not question.decides]
    assert resources(made(answer), "GuidanceResponse")[0]["status"] == "success"


def test_provenance_names_what_made_it() -> None:
    bundle = made(sample_answer())
    [device], [provenance] = resources(bundle, "Device"), resources(bundle, "Provenance")
    versions = {version["type"]["text"]: version["value"] for version in device["version"]}
    assert versions == sample_answer().versions
    assert provenance["recorded"] == "2026-06-30T00:00:00Z" == bundle["timestamp"]
    assert provenance["policy"] == ["urn:mspike:policy:refractory_drug=rules-out"]
    targets = [target["reference"] for target in provenance["target"]]
    assert targets == [entry["fullUrl"] for entry in bundle["entry"][:2]]


def test_the_patient_is_the_record_id_alone() -> None:
    bundle = made(sample_answer())
    assert resources(bundle, "Patient") == []
    keys = {
        key
        for resource in resources(bundle)
        if resource["resourceType"] != "Device"
        for part in walk(resource)
        for key in part
    }
    assert not keys & {"birthDate", "name", "telecom", "address", "gender"}
    subject = {"type": "Patient", "identifier": {"system": "urn:mspike:record", "value": "example-first-relapse"}}
    assert resources(bundle, "GuidanceResponse")[0]["subject"] == subject
    literal = resources(made(sample_answer(), subject="Patient/p1"), "RequestGroup")[0]["subject"]
    assert literal == {"reference": "Patient/p1", **subject}


def test_one_answer_gives_one_bundle() -> None:
    first = render_fhir(sample_answer())
    assert first == render_fhir(sample_answer())
    later = sample_answer()
    later.as_of = "2026-07-01"
    assert not {r["id"] for r in resources(made(later))} & {r["id"] for r in resources(json.loads(first))}
    assert render_fhir(sample_answer(), indent=False).count("\n") == 1


@pytest.mark.parametrize("name", ALL)
def test_no_text_decides(name: str) -> None:
    found = FORBIDDEN.search(render_fhir(ALL[name]()))
    assert found is None, found
