"""Short case files whose timelines are drawn: two events, thirty years, light chains, partial dates, cell therapies."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from mspike.derive import derive_state
from mspike.knowledge import load_knowledge, settle
from mspike.options import Answer, build_answer
from mspike.record import Record, read_records
from mspike.report import finish

AS_OF = "2026-10-30"
HEAD = {"schema": "mspike-case/1", "as_of": AS_OF, "country": "US", "patient": {"age": 66, "sex": "female"}}
MYELOMA = {"diagnosis": "multiple-myeloma", "isotype": "IgG-kappa", "light_chain": "kappa"}


def value(date: str, number: float | str, test: str = "serum-m-protein", unit: str = "g/L") -> dict[str, Any]:
    return {"date": date, "test": test, "value": number, "unit": unit}


def drug(name: str, start: str, end: str | None = None, context: str = "") -> dict[str, Any]:
    given = {"drug": name, "start": start} | ({"end": end} if end else {})
    return given | ({"context": context} if context else {})


def thirty_years() -> dict[str, Any]:
    """Seven treatments since 1996, a serum M each quarter that falls on treatment and rises before the next."""
    plan = [
        ("1996-03-05", "1997-02-20", ("melphalan", "prednisone")),
        ("2002-05-05", "2003-08-20", ("thalidomide", "dexamethasone")),
        ("2008-09-05", "2009-06-20", ("bortezomib", "dexamethasone")),
        ("2012-01-05", "2015-05-20", ("lenalidomide", "dexamethasone")),
        ("2016-06-05", "2019-02-20", ("daratumumab",)),
        ("2020-05-05", "2021-08-20", ("carfilzomib", "dexamethasone")),
        ("2022-02-11", "2022-02-11", ("ciltacabtagene-autoleucel",)),
    ]
    starts = [dt.date.fromisoformat(start) for start, _, _ in plan] + [dt.date(2028, 1, 1)]
    values = []
    day = dt.date(1996, 2, 10)
    while day < dt.date(2026, 10, 1):
        before = max((start for start in starts if start <= day), default=dt.date(1995, 6, 1))
        share = (day - before) / (min(start for start in starts if start > day) - before)
        level = max(38 * (1 - share / 0.25), 0) + 3 + 20 * max(0.0, (share - 0.7) / 0.3) ** 2
        values.append(value(day.isoformat(), round(level, 1)))
        day += dt.timedelta(days=91)
    return {
        "measurements": values,
        "treatments": [drug(name, start, end) for start, end, names in plan for name in names],
        "procedures": [{"procedure": "autologous-transplant", "date": "2009-08-20"}],
    }


def light_chains() -> dict[str, Any]:
    """Urine M and lambda chains through a response into a rise, with values below a limit."""
    rows = [("2024-01-10", 8, 900, 1800), ("2024-03-20", 8, 160, 400), ("2024-06-01", 9, 28, "<50"),
            ("2024-09-01", 9, 25, "<50"), ("2025-01-10", 8, 95, 210), ("2025-03-10", 8, 380, 620)]  # fmt: skip
    found = []
    for date, kappa, chains, urine in rows:
        found += [value(date, kappa, "kappa-flc", "mg/L"), value(date, chains, "lambda-flc", "mg/L"),
                  value(date, urine, "urine-m-protein", "mg/24h")]  # fmt: skip
    doses = [dt.date(2024, 1, 15) + dt.timedelta(days=28 * n) for n in range(6)]
    return {
        "disease": MYELOMA | {"isotype": "light-chain-lambda", "light_chain": "lambda"},
        "measurements": found,
        "treatments": [drug("daratumumab", day.isoformat(), day.isoformat()) for day in doses]
        + [drug("bortezomib", "2024-01-15", "2024-06-20"), drug("lenalidomide", "2024-01-15")],
    }


def cell_therapies() -> dict[str, Any]:
    """A transplant, a complete response and the relapse from it, then CAR-T with all that leads to it."""
    serum = [("2020-01-05", 42), ("2020-03-01", 15), ("2020-05-01", 4), ("2020-08-20", 0), ("2020-11-20", 0),
             ("2022-06-01", 1), ("2022-12-01", 8), ("2023-01-20", 11), ("2023-02-09", 14), ("2023-05-01", 4),
             ("2023-09-01", 2), ("2024-06-01", 3), ("2024-11-01", 9), ("2024-12-20", 12), ("2025-03-01", 14),
             ("2025-04-10", 3), ("2025-06-10", 0), ("2026-02-10", 0), ("2026-10-01", 0)]  # fmt: skip
    fixed = [{"date": date, "test": f"{what}-immunofixation", "value": "negative"}
             for date in ("2020-08-20", "2020-11-20") for what in ("serum", "urine")]  # fmt: skip
    marrow = [value("2020-08-20", 2, "marrow-plasma-cells", "%")]
    urine = [value("2020-01-05", 0, "urine-m-protein", "mg/24h")]
    first = [drug(name, "2020-01-10", "2020-05-01") for name in ("bortezomib", "lenalidomide", "dexamethasone")]
    second = [drug(name, "2023-02-10", "2025-01-05") for name in ("daratumumab", "pomalidomide", "dexamethasone")]
    return {
        "measurements": [*(value(*row) for row in serum), *urine, *fixed, *marrow],
        "treatments": [
            *first,
            drug("melphalan", "2020-06-14", "2020-06-14", "conditioning"),
            drug("lenalidomide", "2020-09-20", "2023-02-01", "maintenance"),
            *second,
            drug("dexamethasone", "2025-02-01", "2025-02-20", "bridging"),
            drug("fludarabine", "2025-03-01", "2025-03-03", "lymphodepletion"),
            drug("ciltacabtagene-autoleucel", "2025-03-06", "2025-03-06"),
        ],
        "procedures": [
            {"procedure": "stem-cell-collection", "date": "2020-05-20"},
            {"procedure": "autologous-transplant", "date": "2020-06-15"},
            {"procedure": "leukapheresis", "date": "2025-01-15"},
            {"procedure": "radiotherapy", "date": "2025-02"},
        ],
    }


RECORDS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "one-value": {"measurements": [value("2026-10-01", 24)]},
    "two-events": {"measurements": [value("2026-10-01", 24)], "treatments": [drug("bortezomib", "2026-10-05")]},
    "years-only": {
        "lines": [{"number": 1, "drugs": ["lenalidomide", "dexamethasone"], "start": "2021", "stop": "2023"}],
        "measurements": [value("2024-05", 12)],
    },
    "one-sample": {
        "measurements": [value("2026-06-01", 30), value("2026-08-01", 12)],
        "treatments": [drug("lenalidomide", "2026-06-01")],
    },
    "no-drugs": {"measurements": [value("2025-07-10", 20), value("2026-01-10", 31), value("2026-06-01", 33)]},
    "no-values": {
        "lines": [{"number": 1, "drugs": ["daratumumab", "dexamethasone"], "start": "2022-03", "best_response": "PR"}],
    },
    "cell-therapies": cell_therapies(),
    "light-chains": light_chains(),
    "thirty-years": thirty_years(),
}


@cache
def course_answer(name: str) -> Answer:
    """The answer to one of them. Shared: not to be changed by a test."""
    record = {**HEAD, "id": name, "disease": MYELOMA, **RECORDS[name]}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "record.yaml"
        path.write_text(yaml.safe_dump(record, sort_keys=False), encoding="utf-8")
        (read,) = read_records([str(path)])
    assert isinstance(read, Record), read
    knowledge = load_knowledge()
    return finish(build_answer(derive_state(read, knowledge, settle(knowledge, ()))))
