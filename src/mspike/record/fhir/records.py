"""One or several patients from FHIR R4: a Bundle of any type, a resource, a list or lines of them → Records.

Resources are gathered by the patient they name, put in the order of their ids (so that the order of a source changes
nothing), and translated into the keys of a case file by the modules of the kinds. What these say goes through
`Gathering`.
HL7 FHIR 4.0.1, https://hl7.org/fhir/R4/; mCODE STU4, https://hl7.org/fhir/us/mcode/STU4/
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import msgspec

from mspike.record.errors import RecordError
from mspike.record.fhir import conditions, lines, medications, observations, patient, procedures
from mspike.record.fhir.chart import Chart, Shared, key_of, keys_of
from mspike.record.fhir.found import Found
from mspike.record.fhir.parse import Broken
from mspike.record.fhir.types import Medication, Patient
from mspike.record.gathering import Gathering
from mspike.record.model import Record
from mspike.record.terms import Terms

Read = Callable[[Chart, list[Found]], None]

READERS: tuple[tuple[tuple[str, ...], Read], ...] = (
    (("Patient",), patient.read_patients),
    (("Condition", "AllergyIntolerance"), conditions.read_conditions),
    (("Observation", "DiagnosticReport"), observations.read_observations),
    (("MedicationAdministration", "MedicationDispense", "MedicationStatement", "MedicationRequest"),
     medications.read_medications),
    (("Procedure",), procedures.read_procedures),
    (("EpisodeOfCare",), lines.read_episodes),
)  # fmt: skip
"""Kinds of resources, read together in the order of their ids, and by whom."""

RECORD_ID = "urn:mspike:record"
"""The system of the identifier that holds the id of a record."""
SAID = 20
"""Broken parts of a source that are named one by one; the rest is counted."""


class About(NamedTuple):
    """What is read, and for whom."""

    name: str
    """The record's id where no patient is named."""
    source: str
    """`FHIR R4 JSON`, as the data-quality report names it."""
    origin: str
    terms: Terms
    latest: dt.date
    """The as_of of a record."""
    patients: tuple[str, ...] | None = None
    """Their ids; None = all."""

    def wants(self, owner: str, record: str = "") -> bool:
        return self.patients is None or _tail(owner) in self.patients or record in self.patients


class Said(NamedTuple):
    """What happened to parts of a source before anything was read of them."""

    broken: list[Broken] = []
    stray: list[tuple[str, str]] = []
    """Where a resource stands that belongs to no patient here, and why."""
    strays: int = 0
    """How many there are; `stray` names the first."""


def records_of(parts: Iterable[Found | Broken], about: About) -> Iterator[Record | RecordError]:
    """A Record for each patient of the source, by id. Raises RecordError when there is no patient in it."""
    whole: list[Found] = []
    broken: list[Broken] = []
    for part in parts:
        (whole if isinstance(part, Found) else broken).append(part)  # type: ignore[arg-type]
    if other := next((part for part in broken if part.version), None):
        raise RecordError(other.rule, at=other.at, hint=other.hint)
    shared, patients, stray = _by_patient(whole)
    if not patients:
        raise no_patient(broken)
    said = Said(broken, stray, len(stray))
    for owner, resources in sorted(patients.items()):
        if about.wants(owner, _given_id(resources)):
            yield record_of(owner, resources, shared, said, about, alone=len(patients) == 1)


def no_patient(broken: list[Broken]) -> RecordError:
    """A source without a patient: where all of it is broken, what is wrong with the first part."""
    if broken:
        return RecordError(broken[0].rule, at=broken[0].at, hint=broken[0].hint)
    hint = "a Bundle or lines with a Patient, or with resources that name one as subject"
    return RecordError("no patient in it", hint=hint)


def record_of(
    owner: str, resources: list[Found], shared: Shared, said: Said, about: About, *, alone: bool
) -> Record | RecordError:
    """One patient's Record. `owner`: the Patient's name; `alone`: the only one of the source."""
    if other := next((part for part in said.broken if part.version), None):
        error = RecordError(other.rule, at=other.at, hint=other.hint)
        error.record = _tail(owner)
        return error
    name = _given_id(resources) or _tail(owner) or (about.name if alone else "") or "unnamed"
    gathering = Gathering(name, about.source, origin=about.origin, codes=about.terms.codes, as_of=about.latest)
    kept, twice = _each_once(resources)
    _say(gathering, said, twice)
    _read(Chart(kept, shared, gathering, about.terms), kept)
    return gathering.finish()


def _read(chart: Chart, resources: list[Found]) -> None:
    by_kind: dict[str, list[Found]] = {}
    for found in resources:
        by_kind.setdefault(found.kind, []).append(found)
    for kind, listed in by_kind.items():
        chart.gathering.saw(kind, len(listed))
    for kinds, read in READERS:
        group = [found for kind in kinds for found in by_kind.get(kind, ())]
        if group:
            group.sort(key=_order)
            read(chart, group)
    chart.settle()


def _order(found: Found) -> tuple[int, str, str]:
    """By id, numbers in it in their order; what has none by its content."""
    name = found.resource.id or found.url
    return (len(name), name, found.kind) if name else (10_000, repr(found.resource), found.kind)


def _each_once(whole: list[Found]) -> tuple[list[Found], list[tuple[str, bool]]]:
    """Every resource once: of those with one id the latest version. Also: which ids came twice, and whether alike."""
    seen: dict[str, Found] = {}
    twice = []
    for found in whole:
        before = seen.setdefault(found.at, found)
        if before is found or not found.resource_id:
            continue
        same = before.resource == found.resource
        twice.append((found.at, same))
        if not same:
            seen[found.at] = max((before, found), key=_version)
    if not twice:
        return whole, []
    kept = {id(found) for found in seen.values()}
    return [found for found in whole if id(found) in kept or not found.resource_id], twice


def _version(found: Found) -> tuple[str, int, str, str]:
    try:
        meta = msgspec.json.decode(found.resource.meta or b"{}")
    except msgspec.DecodeError:
        meta = {}
    version = str(meta.get("versionId", ""))
    return str(meta.get("lastUpdated", "")), len(version), version, repr(found.resource)


def _by_patient(kept: list[Found]) -> tuple[dict[str, Found], dict[str, list[Found]], list[tuple[str, str]]]:
    """What belongs to nobody alone, by address; each patient's resources, by key; and what could not be placed."""
    shared: dict[str, Found] = {}
    owner: dict[str, str] = {}
    patients: dict[str, list[Found]] = {}
    stray: list[tuple[str, str]] = []
    for found in kept:
        if isinstance(found.resource, Medication):
            shared.update(dict.fromkeys(keys_of(found), found))
        elif isinstance(found.resource, Patient):
            patients.setdefault(found.at, []).append(found)
            owner.update(dict.fromkeys(keys_of(found), found.at))
    named = bool(patients)
    unnamed: list[Found] = []
    for found in kept:
        if isinstance(found.resource, Patient | Medication):
            continue
        subject = key_of(found.subject) if found.subject is not None else None
        whose = owner.get(subject, "") if subject is not None else ""
        if subject is None:
            unnamed.append(found)
        elif not named:
            patients.setdefault(subject, []).append(found)
        elif whose:
            patients[whose].append(found)
        else:
            stray.append((found.at, "its patient is not in this source"))
    if len(patients) == 1:
        next(iter(patients.values())).extend(unnamed)
    elif patients or not any(found.about_patient for found in unnamed):
        stray += [(found.at, "it names no patient, and several are in this source")
                  for found in unnamed if found.about_patient]  # fmt: skip
    else:
        patients[""] = unnamed
    return shared, patients, stray


def _given_id(resources: list[Found]) -> str:
    """The id that mspike gave the record when it wrote it."""
    for found in resources:
        if isinstance(found.resource, Patient):
            for identifier in found.resource.identifier:
                if identifier.system == RECORD_ID and identifier.value:
                    return identifier.value[:100]
    return ""


def _tail(owner: str) -> str:
    """The id in `Patient/7` or `urn:uuid:7`."""
    return owner.rpartition("/")[2].rpartition(":")[2][:100]


def _say(gathering: Gathering, said: Said, twice: list[tuple[str, bool]]) -> None:
    for part in said.broken[:SAID]:
        gathering.refuse(part.rule, part.at, hint=part.hint)
    if len(said.broken) > SAID:
        gathering.refuse(f"{len(said.broken) - SAID} more parts that cannot be read", said.broken[SAID].at)
    for at, same in twice[:SAID]:
        if same:
            gathering.leave_out("the same resource twice", at)
        else:
            gathering.assume("one id with two contents: the later version is taken", at)
    for at, why in said.stray[:SAID]:
        gathering.refuse(why, at, hint="look at its subject")
    if said.strays > SAID:
        gathering.refuse(f"{said.strays - SAID} more resources of other patients or of none", said.stray[SAID][0])
