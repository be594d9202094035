"""ClinicalTrials.gov legacy XML (until 2024): a `clinical_study` → Trial."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from mspike.trials.sources.values import age_years, day, limits, phases, status
from mspike.trials.trial import Contact, Intervention, Site, Snapshot, Text, Trial, TrialError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

FORM = "ctgov-xml"
PROCESSED = re.compile(r"processed this data on ([A-Z][a-z]+ \d{1,2}, \d{4})")


def read_xml(data: bytes, file: str) -> Trial:
    """One study. Raises TrialError for what is no XML, is another document, or declares entities."""
    from xml.etree import ElementTree

    if re.search(rb"<!(DOCTYPE|ENTITY)", data[:4096]):
        raise TrialError(file, "declares a document type or entities", "download it from the registry anew")
    try:
        root = ElementTree.fromstring(data)
    except (ElementTree.ParseError, ValueError) as error:
        raise TrialError(file, f"is no readable XML ({error})", "download it anew") from None
    if root.tag != "clinical_study":
        raise TrialError(file, f"holds <{root.tag[:40]}>, not <clinical_study>", "give a study of ClinicalTrials.gov")
    return _study(root, file)


def _study(root: Element, file: str) -> Trial:
    def text(path: str) -> str:
        return " ".join((root.findtext(path) or "").split())

    def listed(path: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(" ".join((item.text or "").split()) for item in root.findall(path) if item.text))

    criteria = root.findtext("eligibility/criteria/textblock") or ""
    found = PROCESSED.search(text("required_header/download_date"))
    taken = day(found[1]) if found else ""
    return Trial(
        id=text("id_info/nct_id").upper(),
        title=text("brief_title"),
        official_title=text("official_title"),
        acronym=text("acronym"),
        other_ids=(*listed("id_info/org_study_id"), *listed("id_info/secondary_id"), *listed("id_info/nct_alias")),
        summary=text("brief_summary/textblock"),
        status=status(text("overall_status")) or "UNKNOWN",
        status_given=text("overall_status"),
        why_stopped=text("why_stopped"),
        phases=phases(text("phase")),
        kind=text("study_type").upper().replace(" ", "_"),
        purpose=text("study_design_info/primary_purpose"),
        conditions=listed("condition"),
        keywords=listed("keyword"),
        interventions=tuple(_interventions(root)),
        sponsor=text("sponsors/lead_sponsor/agency"),
        sponsor_class=text("sponsors/lead_sponsor/agency_class"),
        collaborators=listed("sponsors/collaborator/agency"),
        sex=text("eligibility/gender").upper(),
        min_age_years=age_years(text("eligibility/minimum_age")),
        max_age_years=age_years(text("eligibility/maximum_age")),
        limits=limits(**{name: text(f"eligibility/{name}") for name in ("minimum_age", "maximum_age", "gender")}),
        start_date=day(text("start_date")),
        first_posted=day(text("study_first_posted")),
        updated=day(text("last_update_posted")),
        completion_date=day(text("completion_date")),
        sites=tuple(_sites(root)),
        contacts=tuple(_contact(item) for item in root.findall("overall_contact")),
        texts=(Text(field="eligibility/criteria", text=criteria),) if criteria.strip() else (),
        snapshot=Snapshot(form=FORM, file=file, taken_on=dt.date.fromisoformat(taken) if taken else None),
    )


def _interventions(root: Element) -> Iterator[Intervention]:
    for item in root.findall("intervention"):
        names = tuple(" ".join((name.text or "").split()) for name in item.findall("other_name"))
        yield Intervention(
            name=_own(item, "intervention_name"), kind=_own(item, "intervention_type"), other_names=names
        )


def _contact(item: Element) -> Contact:
    name = " ".join(filter(None, (_own(item, part) for part in ("first_name", "middle_name", "last_name"))))
    phone = " ext. ".join(filter(None, (_own(item, "phone"), _own(item, "phone_ext"))))
    return Contact(name=name, phone=phone, email=_own(item, "email"))


def _own(item: Element, path: str) -> str:
    return " ".join((item.findtext(path) or "").split())


def _sites(root: Element) -> Iterator[Site]:
    for item in root.findall("location"):
        yield Site(
            facility=_own(item, "facility/name"),
            city=_own(item, "facility/address/city"),
            state=_own(item, "facility/address/state"),
            zip=_own(item, "facility/address/zip"),
            country=_own(item, "facility/address/country"),
            status=status(_own(item, "status")),
            status_given=_own(item, "status"),
            contacts=tuple(_contact(part) for part in item.findall("contact")),
        )
