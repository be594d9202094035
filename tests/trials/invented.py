"""Invented studies in the form of ClinicalTrials.gov's API, and trials at random for comparing searches."""

from __future__ import annotations

import random
from typing import Any

from mspike.trials import Contact, Intervention, Site, Snapshot, Text, Trial

HOUSTON, AUSTIN, ROCHESTER, LYON = (29.7, -95.4), (30.27, -97.74), (44.02, -92.46), (45.75, 4.85)


def site(
    city: str = "Houston", status: str = "RECRUITING", point: tuple[float, float] | None = HOUSTON, **more: Any
) -> Site:
    latitude, longitude = point or (None, None)
    more.setdefault("facility", f"Clinic of {city}")
    basis = "city-centre" if point else ""
    return Site(city=city, status=status, latitude=latitude, longitude=longitude, basis=basis, **more)


def trial(number: int = 1, **fields: Any) -> Trial:
    """A recruiting myeloma trial with one site, but for what is given."""
    given: dict[str, Any] = {
        "id": f"NCT{number:08}", "title": "An invented study", "status": "RECRUITING", "status_given": "RECRUITING",
        "conditions": ("Multiple Myeloma",), "sponsor": "Invented Sponsor", "sites": (site(),), "sex": "ALL",
        "interventions": (Intervention(name="Daratumumab", kind="DRUG"),), "phases": ("PHASE2",),
        "updated": "2026-01-02", "purpose": "TREATMENT", "snapshot": Snapshot(form="ctgov-v2"), "min_age_years": 18.0,
        "texts": (Text(field="eligibilityCriteria", text="Inclusion: measurable disease"),),
    }  # fmt: skip
    status = fields.get("status")
    return Trial(**(given | ({"status_given": status} if status is not None else {}) | fields))


def study(number: int, status: str = "RECRUITING", updated: str = "2026-01-02", **sites: str) -> dict[str, Any]:
    """One study as the API sends it; `sites` is city=status."""
    places = [
        {"facility": f"Clinic of {city}", "city": city, "country": "France", "status": s} for city, s in sites.items()
    ]
    return {
        "protocolSection": {
            "identificationModule": {"nctId": f"NCT{number:08}", "briefTitle": f"Invented study {number}"},
            "statusModule": {"overallStatus": status, "lastUpdatePostDateStruct": {"date": updated}},
            "conditionsModule": {"conditions": ["Multiple Myeloma"]},
            "contactsLocationsModule": {"locations": places},
            "eligibilityModule": {"eligibilityCriteria": "Inclusion Criteria:\n* Age 18 or older"},
        }
    }


CONDITIONS = (
    "Multiple Myeloma", "Smoldering Multiple Myeloma", "Plasma Cell Leukemia", "Breast Cancer",
    "Hematologic Malignancies", "MGUS", "Waldenström Macroglobulinemia", "Plasma Cell Myeloma", "Lymphoma",
)  # fmt: skip
TREATMENTS = ("Daratumumab", "Teclistamab", "Lenalidomide", "CAR-T cells", "Radiation", "Velcade", "ABC-123", "Talvey")
STATUSES = ("RECRUITING", "NOT_YET_RECRUITING", "COMPLETED", "SUSPENDED", "UNKNOWN", "")
TEXTS = ("No prior myeloma therapy.", "Adults with breast cancer", "History of MGUS allowed", "Measurable disease", "")
NAMES = ("Houston VA Medical Center", "City Clinic", "", "Veterans Affairs Hospital", "University")


def random_trials(seed: int, count: int) -> list[Trial]:
    dice = random.Random(seed)
    return [random_trial(dice, number) for number in range(1, count + 1)]


def random_trial(dice: random.Random, number: int) -> Trial:
    def some(options: tuple[Any, ...], most: int = 2) -> tuple[Any, ...]:
        return tuple(dice.sample(options, dice.randint(0, most)))

    kinds = ("DRUG", "BIOLOGICAL", "Biological / Vaccine", "RADIATION", "ODD", "")
    return trial(
        number,
        status=dice.choice(STATUSES) or "UNKNOWN",
        status_given=dice.choice(STATUSES),
        title=f"Study of {dice.choice(TREATMENTS)} in {dice.choice(CONDITIONS)}",
        conditions=some(CONDITIONS),
        keywords=some(CONDITIONS, 1),
        summary=dice.choice(TEXTS),
        interventions=tuple(Intervention(name=name, kind=dice.choice(kinds)) for name in some(TREATMENTS)),
        sponsor=dice.choice(("Alpha Pharma", "Beta Institute", "")),
        phases=dice.choice((("PHASE1",), ("PHASE1", "PHASE2"), ("PHASE3",), ())),
        sex=dice.choice(("ALL", "FEMALE", "MALE", "")),
        purpose=dice.choice(("TREATMENT", "Supportive Care", "SUPPORTIVE_CARE", "")),
        min_age_years=dice.choice((None, 0.5, 18.0, 60.0)),
        max_age_years=dice.choice((None, 17.0, 65.0, 75.0)),
        updated=dice.choice(("2026-01-02", "2025-11", "")),
        texts=(Text(field="eligibilityCriteria", text=dice.choice(TEXTS)),),
        sites=tuple(random_site(dice) for _ in range(dice.randint(0, 4))),
        contacts=(Contact(name="A"),),
    )


def random_site(dice: random.Random) -> Site:
    near = dice.choice((HOUSTON, AUSTIN, ROCHESTER, LYON))
    point = (round(near[0] + dice.uniform(-1, 1), 3), round(near[1] + dice.uniform(-1, 1), 3))
    return site(
        "", dice.choice(STATUSES), point if dice.random() < 0.8 else None, facility=dice.choice(NAMES),
        va=dice.choice((None, None, True, False)),
    )  # fmt: skip
