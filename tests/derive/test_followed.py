"""Lines counted from drug records that the record follows: when the disease came back, and what had failed before."""

from __future__ import annotations

from typing import Any

import pytest

from derive.written import assessment_of, derive, records_of
from mspike.derive import State
from mspike.record import Number

SERUM = [("2019-12-20", 40), ("2020-03-01", 15), ("2020-04-20", 10), ("2020-09-01", 6), ("2021-03-01", 6),
         ("2021-12-01", 6), ("2022-02-01", 13), ("2022-03-01", 14)]  # fmt: skip
SMOULDERING = [
    {"name": "smouldering-myeloma", "date": "2018-02-01"}, {"name": "multiple-myeloma", "date": "2020-05-20"}
]  # fmt: skip


def given(*texts: str) -> list[dict[str, Any]]:
    return [entry for text in texts for entry in records_of(text)]


def test_values_alone_date_the_relapse() -> None:
    found = derive(
        {
            "as_of": "2022-06-01",
            "treatments": given("VRd 2020-01-01..2020-04-30"),
            "procedures": [{"procedure": "autologous-transplant", "date": "2020-06-01"}],
            "measurements": [
                {"date": day, "test": "serum-m-protein", "value": value, "unit": "g/L"} for day, value in SERUM
            ],
        }
    )
    assert found.status == "relapsed"
    assert found.facts["transplant_remission_months"].value == Number(20.0, 20.0)
    assert found.facts["early_relapse"].value is False
    assert found.facts["functional_high_risk"].value is False


def smouldering(*texts: str, judged: tuple[str, ...]) -> State:
    return derive(
        {
            "as_of": "2020-09-15",
            "disease": {"diagnosis": "multiple-myeloma", "diagnosed": "2020-05-20"},
            "diagnoses": SMOULDERING,
            "treatments": given(*texts, "DVd 2020-06-15.."),
            "assessments": [assessment_of(text) for text in judged],
        }
    )


@pytest.mark.parametrize(
    ("texts", "judged", "failed"),
    [
        (("Rd 2018-05-01..2020-05-20",), ("2018-11-01 PR confirmed", "2020-05-15 PD confirmed"), True),
        (("Rd 2018-05-01..2020-05-20 progression",), ("2018-11-01 PR confirmed",), True),
        (("Rd 2018-05-01..2020-05-20",), ("2018-11-01 PR confirmed",), None),
        (("Rd 2018-05-01..2019-05-01",), ("2018-11-01 PR confirmed",), False),
    ],
    ids=["progression on it", "stopped for progression", "stopped as active disease began", "smouldering a year after"],
)
def test_a_drug_for_smouldering_disease_may_have_failed(
    texts: tuple[str, ...], judged: tuple[str, ...], failed: bool | None
) -> None:
    found = smouldering(*texts, judged=judged)
    assert [line.regimen for line in found.lines or ()] == ["DVd"]
    assert found.facts["refractory_lenalidomide"].value is failed
    assert "smouldering" in found.facts["refractory_lenalidomide"].because


def test_packs_for_smouldering_disease_are_one_course() -> None:
    packs = ("lenalidomide 2018-05-01..2018-12-20 10mg", "lenalidomide 2018-12-25..2019-01-15 10mg")
    found = smouldering(*packs, judged=("2018-11-01 PR confirmed", "2019-01-30 PD confirmed"))
    assert found.facts["refractory_lenalidomide"].because.endswith("15 days after the last dose (2019-01-15)")
    assert found.facts["lenalidomide_refractory_at_maintenance_dose"].value is True
    assert "short-exposure-refractory" not in found.flags


def test_an_unconfirmed_progression_says_what_is_open() -> None:
    found = derive(
        {
            "as_of": "2023-12-20",
            "treatments": given("Kd 2023-01-01.."),
            "assessments": [assessment_of("2023-06-01 PR confirmed"), assessment_of("2023-12-01 PD")],
        }
    )
    assert found.facts["refractory_carfilzomib"].because.endswith("PD 2023-12-01, on therapy: confirmed or not")


def test_an_open_end_counts_no_days_backwards() -> None:
    open_end = [{"drug": drug, "start": "2020-02-10", "end": "2022"} for drug in ("lenalidomide", "dexamethasone")]
    found = derive(
        {
            "as_of": "2022-07-30",
            "treatments": open_end,
            "assessments": [assessment_of("2020-05-01 PR confirmed"), assessment_of("2022-06-15 PD confirmed")],
        }
    )
    because = found.facts["refractory_lenalidomide"].because
    assert "on therapy or up to 165 days after the last dose (2022)" in because
