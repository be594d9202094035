"""NCI Clinical Trials Search API v2: a trial object → Trial. Its criteria come one a row, each with its side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mspike.trials.sources.values import age_years, coordinates, day, limits, phases, status, table, tables, word, words
from mspike.trials.trial import Contact, Intervention, Site, Snapshot, Text, Trial

FORM = "nci-cts-v2"
SEX = {"BOTH": "ALL", "ALL": "ALL", "FEMALE": "FEMALE", "MALE": "MALE"}


def is_trial(value: Any) -> bool:
    return isinstance(value, dict) and "nct_id" in value and ("nci_id" in value or "current_trial_status" in value)


def read_trial(given: dict[str, Any], file: str) -> Trial:
    """One trial object."""
    eligibility = table(given.get("eligibility"))
    structured = table(eligibility.get("structured"))
    state = word(given.get("current_trial_status"))
    purpose, phase = given.get("primary_purpose"), given.get("phase")
    return Trial(
        id=word(given.get("nct_id")).upper(),
        title=word(given.get("brief_title")),
        official_title=word(given.get("official_title")),
        acronym=word(given.get("acronym")),
        other_ids=tuple(filter(None, (word(given.get(name)) for name in ("nci_id", "protocol_id", "ctep_id")))),
        summary=word(given.get("brief_summary")),
        status=status(state) or "UNKNOWN",
        status_given=state,
        why_stopped=word(given.get("why_study_stopped")),
        phases=phases(phase.get("phase") if isinstance(phase, dict) else phase),
        kind=word(given.get("study_protocol_type")).upper(),
        purpose=word(purpose.get("primary_purpose_code") if isinstance(purpose, dict) else purpose),
        conditions=tuple(dict.fromkeys(_diseases(given))),
        keywords=words(given.get("keywords")),
        interventions=tuple(dict.fromkeys(_interventions(given))),
        sponsor=word(given.get("lead_org")),
        collaborators=tuple(word(item.get("name")) for item in tables(given.get("collaborators"))),
        sex=SEX.get(word(structured.get("gender")).upper(), ""),
        min_age_years=age_years(structured.get("min_age")),
        max_age_years=age_years(structured.get("max_age")),
        limits=limits(**{name: structured.get(name) for name in ("min_age", "max_age", "gender")}),
        start_date=day(given.get("start_date")),
        updated=_updated(given),
        completion_date=day(given.get("completion_date")),
        sites=tuple(_sites(given)),
        texts=tuple(_rows(eligibility.get("unstructured"))),
        snapshot=Snapshot(form=FORM, file=file),
    )


CHANGED = ("current_trial_status_date", "amendment_date", "record_verification_date")


def _updated(given: dict[str, Any]) -> str:
    """The latest day that the record names for a change of its own or of a site's status: it has no other date."""
    days = [given.get(name) for name in CHANGED]
    days += [item.get("recruitment_status_date") for item in tables(given.get("sites"))]
    return max(map(day, days), default="")


def _rows(given: Any) -> Iterator[Text]:
    """The criteria rows in the order that they are to be shown in."""

    def place(pair: tuple[int, dict[str, Any]]) -> tuple[float, int]:
        order = pair[1].get("display_order")
        return (order if isinstance(order, (int, float)) else 1e9, pair[0])

    for index, row in sorted(enumerate(tables(given)), key=place):
        side = row.get("inclusion_indicator")
        text = row.get("description")
        if isinstance(text, str) and text.strip():
            kept = {True: "inclusion", False: "exclusion"}.get(side) if isinstance(side, bool) else None
            yield Text(field=f"unstructured[{index}]", text=text, side=kept or "unstated")  # type: ignore[arg-type]


def _diseases(given: dict[str, Any]) -> Iterator[str]:
    """What the trial itself is for; the branches of the disease tree above it are left out."""
    for item in tables(given.get("diseases")):
        if word(item.get("inclusion_indicator")) != "TREE" and (name := word(item.get("preferred_name"))):
            yield name


def _interventions(given: dict[str, Any]) -> Iterator[Intervention]:
    for arm in tables(given.get("arms")):
        for item in tables(arm.get("interventions")):
            if name := word(item.get("intervention_name")) or word(item.get("name")):
                kind = word(item.get("intervention_type")) or word(item.get("type"))
                yield Intervention(name=name, kind=kind, other_names=words(item.get("synonyms")))


def _sites(given: dict[str, Any]) -> Iterator[Site]:
    for item in tables(given.get("sites")):
        point, va, state = coordinates(item.get("org_coordinates")), item.get("org_va"), item.get("recruitment_status")
        contact = Contact(
            name=word(item.get("contact_name")),
            phone=word(item.get("contact_phone")),
            email=word(item.get("contact_email")),
        )
        yield Site(
            facility=word(item.get("org_name")),
            city=word(item.get("org_city")),
            state=word(item.get("org_state_or_province")),
            zip=word(item.get("org_postal_code")),
            country=word(item.get("org_country")),
            status=status(word(state)),
            status_given=word(state),
            latitude=point[0] if point else None,
            longitude=point[1] if point else None,
            basis="address" if point else "",
            va=va if isinstance(va, bool) else None,
            contacts=(contact,) if contact != Contact() else (),
        )
