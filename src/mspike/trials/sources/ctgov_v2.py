"""ClinicalTrials.gov API v2: a study object → Trial."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from mspike.trials.sources.values import age_years, coordinates, day, limits, phases, status, table, tables, word, words
from mspike.trials.trial import Contact, Intervention, Site, Snapshot, Text, Trial

FORM = "ctgov-v2"


def is_study(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("protocolSection"), dict)


def read_study(study: dict[str, Any], file: str) -> Trial:
    """One study. Absent modules leave their fields empty."""
    parts = {name: table(value) for name, value in table(study.get("protocolSection")).items()}

    def part(name: str) -> dict[str, Any]:
        return parts.get(f"{name}Module", {})

    names, states, design = part("identification"), part("status"), part("design")
    eligibility, places, sponsors = part("eligibility"), part("contactsLocations"), part("sponsorCollaborators")
    lead = table(sponsors.get("leadSponsor"))
    version = word(table(table(study.get("derivedSection")).get("miscInfoModule")).get("versionHolder"))
    criteria = eligibility.get("eligibilityCriteria")
    return Trial(
        id=word(names.get("nctId")).upper(),
        title=word(names.get("briefTitle")),
        official_title=word(names.get("officialTitle")),
        acronym=word(names.get("acronym")),
        other_ids=_other_ids(names),
        summary=word(part("description").get("briefSummary")),
        status=status(word(states.get("overallStatus"))) or "UNKNOWN",
        status_given=word(states.get("overallStatus")),
        why_stopped=word(states.get("whyStopped")),
        phases=phases(design.get("phases")),
        kind=word(design.get("studyType")).upper(),
        purpose=word(table(design.get("designInfo")).get("primaryPurpose")),
        conditions=words(part("conditions").get("conditions")),
        keywords=words(part("conditions").get("keywords")),
        interventions=tuple(_interventions(part("armsInterventions"))),
        sponsor=word(lead.get("name")),
        sponsor_class=word(lead.get("class")),
        collaborators=tuple(word(item.get("name")) for item in tables(sponsors.get("collaborators"))),
        sex=word(eligibility.get("sex")).upper(),
        min_age_years=age_years(eligibility.get("minimumAge")),
        max_age_years=age_years(eligibility.get("maximumAge")),
        limits=limits(**{name: eligibility.get(name) for name in ("minimumAge", "maximumAge", "sex")}),
        start_date=_date(states, "startDateStruct"),
        first_posted=_date(states, "studyFirstPostDateStruct"),
        updated=_date(states, "lastUpdatePostDateStruct"),
        completion_date=_date(states, "completionDateStruct"),
        sites=tuple(_sites(places)),
        contacts=tuple(_contacts(places.get("centralContacts"))),
        texts=(Text(field="eligibilityCriteria", text=criteria),) if isinstance(criteria, str) and criteria else (),
        snapshot=Snapshot(form=FORM, file=file, taken_on=_taken(version), version=version),
    )


def _other_ids(names: dict[str, Any]) -> tuple[str, ...]:
    found = [word(table(names.get("orgStudyIdInfo")).get("id"))]
    found += [word(item.get("id")) for item in tables(names.get("secondaryIdInfos"))]
    return tuple(dict.fromkeys(name for name in [*found, *words(names.get("nctIdAliases"))] if name))


def _date(states: dict[str, Any], name: str) -> str:
    return day(table(states.get(name)).get("date"))


def _taken(version: str) -> dt.date | None:
    """The registry stamps a record with the day of the data it was cut from."""
    try:
        return dt.date.fromisoformat(version[:10])
    except ValueError:
        return None


def _interventions(arms: dict[str, Any]) -> Iterator[Intervention]:
    for item in tables(arms.get("interventions")):
        if name := word(item.get("name")):
            yield Intervention(name=name, kind=word(item.get("type")), other_names=words(item.get("otherNames")))


def _contacts(given: Any) -> Iterator[Contact]:
    for item in tables(given):
        found = Contact(
            name=word(item.get("name")),
            role=word(item.get("role")),
            phone=" ext. ".join(filter(None, (word(item.get("phone")), word(item.get("phoneExt"))))),
            email=word(item.get("email")),
        )
        if found != Contact():
            yield found


def _sites(places: dict[str, Any]) -> Iterator[Site]:
    for item in tables(places.get("locations")):
        point = coordinates(item.get("geoPoint"))
        yield Site(
            facility=word(item.get("facility")),
            city=word(item.get("city")),
            state=word(item.get("state")),
            zip=word(item.get("zip")),
            country=word(item.get("country")),
            status=status(word(item.get("status"))),
            status_given=word(item.get("status")),
            latitude=point[0] if point else None,
            longitude=point[1] if point else None,
            basis="city-centre" if point else "",
            contacts=tuple(_contacts(item.get("contacts"))),
        )
