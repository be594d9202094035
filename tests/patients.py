"""Made-up people with myeloma, from a seed: lines, regimens, serial labs, transplants, CAR-T, and the awkward borders.

Nobody's data. A person is rows of words and day numbers; `case` makes a case file of it. The same seed gives the same
person on every machine.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

FIRST_DAY = dt.date(2008, 1, 1).toordinal()
STEROID = "dexamethasone"
REGIMENS = (
    ("bortezomib", "lenalidomide", STEROID),
    ("bortezomib", "cyclophosphamide", STEROID),
    ("daratumumab", "bortezomib", "thalidomide", STEROID),
    ("lenalidomide", STEROID),
    ("daratumumab", "lenalidomide", STEROID),
    ("carfilzomib", STEROID),
    ("carfilzomib", "lenalidomide", STEROID),
    ("pomalidomide", STEROID),
    ("pomalidomide", "cyclophosphamide", STEROID),
    ("isatuximab", "pomalidomide", STEROID),
    ("daratumumab", "carfilzomib", STEROID),
    ("selinexor", "bortezomib", STEROID),
    ("belantamab-mafodotin",),
    ("teclistamab",),
    ("venetoclax", STEROID),
    ("melphalan", "prednisone"),
    (STEROID,),
)
CAR_T = ("ciltacabtagene-autoleucel", "idecabtagene-vicleucel")
MAINTENANCE = ("lenalidomide", "lenalidomide", "bortezomib", "ixazomib")
CYCLE = 28
STOPS = ("progression", "toxicity", "completed", "planned", "choice", None, None)
SECRETIONS = ("serum", "serum", "serum", "serum and urine", "urine", "chains", "none")

Lab = tuple[int, str, float | str]
"""Day, test, value in the canonical unit or a word."""


@dataclass
class Person:
    """Rows in the order in which they were made; `shuffled` gives another order of the same."""

    seed: int
    light_chain: str | None = None
    as_of: int = 0
    labs: list[Lab] = field(default_factory=list)
    drugs: list[dict[str, Any]] = field(default_factory=list)
    procedures: list[tuple[int, str]] = field(default_factory=list)
    assessments: list[tuple[int, str, bool | None]] = field(default_factory=list)


def people(count: int, first: int = 0, **shape: Any) -> Iterator[Person]:
    """`count` people, seeds from `first` on; `shape` as for `person`."""
    return (person(seed, **shape) for seed in range(first, first + count))


def person(seed: int, lines: int | None = None, visits: int | None = None, fills: bool | None = None) -> Person:
    """One person. `lines`: how many (0–6); `visits`: of a line at most; `fills`: drugs by records of a cycle."""
    dice = Random(seed)
    made = Person(seed, light_chain=dice.choice(("kappa", "kappa", "lambda", None)))
    course = _Course(dice, made, dice.random() < 0.4 if fills is None else fills, visits)
    day = FIRST_DAY + dice.randrange(4000)
    count = lines if lines is not None else min(6, int(dice.expovariate(0.45)))
    for number in range(count):
        day = course.line(number, day)
    if dice.random() < 0.1:  # labs after, or without, any treatment
        course.visit(day + 20, dice.random(), dice.random() < 0.5)
    days = [row[0] for part in (made.labs, made.procedures, made.assessments) for row in part]
    days += [row["end"] or row["start"] for row in made.drugs]
    made.as_of = max(days, default=day) + dice.randrange(400)
    return made


class _Course:
    """One disease, line after line."""

    def __init__(self, dice: Random, made: Person, fills: bool, visits: int | None) -> None:
        self.dice, self.made, self.fills, self.visits = dice, made, fills, visits
        self.kind = dice.choice(SECRETIONS)
        self.serum = round(dice.uniform(10, 60), 1) if "serum" in self.kind else round(dice.uniform(0, 9.9), 1)
        self.urine = float(dice.randrange(200, 4000)) if "urine" in self.kind else float(dice.randrange(0, 199))
        self.chain = float(dice.randrange(100, 3000)) if self.kind != "none" else float(dice.randrange(5, 60))
        self.careless = dice.choice((0.0, 0.1, 0.1, 0.5))
        """Share of visits at which something is not measured."""
        self.level = 1.0

    def line(self, number: int, day: int) -> int:
        """Drugs and labs of one line; the day from which the next may start."""
        dice = self.dice
        cycles = 1 + min(40, int(dice.expovariate(0.1)))
        end = day + CYCLE * cycles
        regimen = dice.choice(REGIMENS)
        if number and dice.random() < 0.15:
            end = self.car_t(day)
        else:
            stop = dice.choice(STOPS)
            for drug in regimen:
                late = dice.choice((0, 0, 0, 0, 7, 30, 60, 61, 90))  # added inside, at and past the window
                early = dice.choice((0, 0, 0, 60, 61, 100))  # stopped before the others
                self.give(drug, day + late, max(day + late, end - early), stop)
            if number < 2 and dice.random() < 0.4:
                end = self.transplant(end)
        self.labs(day, end)
        return end + dice.choice((0, 1, 14, 60, 61, 90, 91, 180, 181, 400))

    def give(self, drug: str, start: int, end: int, stop: str | None = None, context: str | None = None) -> None:
        """As one era, or as one record a cycle with its days of supply."""
        dice, rows = self.dice, self.made.drugs
        plain = {"drug": drug, "context": context}
        if not self.fills or end - start < CYCLE:
            still = end if dice.random() < 0.95 else None
            rows.append({**plain, "start": start, "end": still, "stop_reason": stop if still else None})
            return
        for first in range(start, end, CYCLE):
            if dice.random() < 0.92:
                days = dice.choice((None, 21, 28))
                last = first if days is None else min(end, first + days - 1)
                rows.append({**plain, "start": first, "end": last, "days_supply": days})

    def transplant(self, day: int) -> int:
        dice, made = self.dice, self.made
        if dice.random() < 0.5:
            self.give("cyclophosphamide", day + 10, day + 10, None, "mobilisation" if dice.random() < 0.5 else None)
            made.procedures.append((day + 18, "stem-cell-collection"))
        infusion = day + dice.choice((25, 40, 120))
        for _ in range(1 + (dice.random() < 0.15)):
            self.give("melphalan", infusion - 1, infusion - 1, None, dice.choice(("conditioning", None)))
            made.procedures.append((infusion, "autologous-transplant"))
            infusion += dice.choice((90, 180, 181))
        if dice.random() < 0.6:
            start = infusion + dice.choice((0, 60, 181))
            infusion = start + CYCLE * dice.randrange(1, 30)
            self.give(dice.choice(MAINTENANCE), start, infusion, None, dice.choice(("maintenance", None)))
        return infusion

    def car_t(self, day: int) -> int:
        dice = self.dice
        self.made.procedures.append((day, "leukapheresis"))
        if dice.random() < 0.6:
            for drug in dice.choice(REGIMENS):
                self.give(drug, day + 5, day + 25, None, dice.choice(("bridging", None)))
        for drug in ("fludarabine", "cyclophosphamide"):
            self.give(drug, day + 37, day + 39, None, "lymphodepletion")
        self.give(dice.choice(CAR_T), day + 42, day + 42)
        return day + 42 + dice.choice((30, 60, 61, 200, 500))

    def labs(self, start: int, end: int) -> None:
        """Down to a lowest value, then flat or up again; each visit near a border now and then."""
        dice = self.dice
        lowest = self.level * dice.choice((0.0, 0.0, 0.05, 0.1, 0.2, 0.25, 0.5, 0.5, 0.75, 0.9, 1.0))
        grows = dice.choice((1.0, 1.1, 1.25, 1.25, 1.5, 3.0))
        day, seen = start - dice.choice((0, 0, 1, 7, 30, 60, 61)), 0
        level = self.level
        while day <= end and (self.visits is None or seen < self.visits):
            share = (day - start) / max(1, end - start)
            if share <= 0:
                level = self.level
            elif share < 0.4:
                level = self.level + (lowest - self.level) * share / 0.4
            elif share < 0.7:
                level = lowest
            else:
                level = max(lowest, 0.1) * grows if dice.random() < 0.9 else lowest
            self.visit(day, level, share <= 0)
            day += dice.choice((7, 28, 28, 28, 30, 60, 61, 90))
            seen += 1
        self.level = min(2.0, max(level, 0.05))

    def visit(self, day: int, level: float, first: bool) -> None:
        """The tests of one day."""
        dice, rows = self.dice, self.made.labs
        there = lambda: first or dice.random() >= self.careless  # noqa: E731
        serum, urine = self.border(self.serum * level, 5.0), round(self.urine * level)
        chain = self.border(5 + self.chain * level, 100.0)
        if there():
            rows.append((day, "serum-m-protein", serum))
            if dice.random() < 0.004:  # twice on one day, the same or not
                rows.append((day, "serum-m-protein", round(serum + dice.choice((0.0, 0.0, 0.1, 6.0)), 3)))
        if there() and dice.random() < (0.9 if first else 0.6):
            rows.append((day, "urine-m-protein", float(urine)))
        if there() and dice.random() < 0.8:
            other = round(dice.uniform(2, 25), 1)
            kappa = self.made.light_chain != "lambda"
            rows.append((day, "kappa-flc" if kappa else "lambda-flc", chain))
            if dice.random() < 0.97:
                rows.append((day, "lambda-flc" if kappa else "kappa-flc", other))
        if serum < 1.0 or dice.random() < 0.1:
            for test in ("serum-immunofixation", "urine-immunofixation"):
                if there():
                    rows.append((day, test, "negative" if level < 0.02 or dice.random() < 0.2 else "positive"))
        self.seldom(day, level, first)

    def seldom(self, day: int, level: float, first: bool) -> None:
        """Marrow, lesions and blood: at some visits only."""
        dice, rows = self.dice, self.made.labs
        if first or level < 0.02 or dice.random() < 0.05:
            if dice.random() < 0.6:
                rows.append((day, "marrow-plasma-cells", float(min(100, round(2 + 60 * level * dice.random())))))
            if dice.random() < 0.1:
                rows.append((day, "plasmacytoma-spd", round(12 * level, 1)))
        if dice.random() < 0.01:
            rows.append((day, "new-lesion", dice.choice(("true", "false"))))
        if dice.random() < 0.02:
            rows.append((day, "circulating-plasma-cells", float(dice.choice((0, 150, 200, 299, 300, 450)))))
        if dice.random() < 0.2:
            rows.append((day, "calcium", dice.choice((2.2, 2.4, 2.7, 2.9))))
            rows.append((day, "haemoglobin", float(dice.randrange(70, 150))))
            rows.append((day, "creatinine", float(dice.choice((70, 90, 180, 400)))))
        if dice.random() < 0.03:
            level_word = dice.choice(("CR", "VGPR", "PR", "MR", "SD", "PD"))
            self.made.assessments.append((day, level_word, dice.choice((True, False, None))))

    def border(self, value: float, step: float) -> float:
        """Now and then a quarter or a step above an earlier value, exactly or by a hair off."""
        earlier = [x for _, test, x in self.made.labs[-12:] if test == "serum-m-protein" and isinstance(x, float)]
        chance = self.dice.random()
        if not earlier or chance > 0.12:
            return round(value, 1)
        lowest = min(earlier)
        off = self.dice.choice((0.0, 0.0, -0.1, 0.1))
        near = (lowest * 1.25 if chance < 0.06 else lowest + step) + off
        return round(min(99.0, max(0.0, near)), 3)


def shuffled(made: Person, seed: int) -> Person:
    """The same rows in another order."""
    dice = Random(seed)
    rows = [list(part) for part in (made.labs, made.drugs, made.procedures, made.assessments)]
    for part in rows:
        dice.shuffle(part)
    return Person(made.seed, made.light_chain, made.as_of, *rows)


def date(day: int) -> str:
    return dt.date.fromordinal(day).isoformat()


def case(made: Person, units: dict[str, str]) -> dict[str, Any]:
    """The case file. `units`: test → canonical unit, for the tests with numbers."""
    disease = {"diagnosis": "multiple-myeloma"} | ({"light_chain": made.light_chain} if made.light_chain else {})
    treatments = [
        {k: date(v) if k in ("start", "end") else v for k, v in row.items() if v is not None} for row in made.drugs
    ]
    return {
        "schema": "mspike-case/1",
        "id": f"made-{made.seed}",
        "as_of": date(made.as_of),
        "disease": disease,
        "measurements": [
            {"date": date(day), "test": test, "value": value} | ({"unit": units[test]} if test in units else {})
            for day, test, value in made.labs
        ],
        "treatments": treatments,
        "procedures": [{"procedure": name, "date": date(day)} for day, name in made.procedures],
        "assessments": [
            {"date": date(day), "response": word} | ({} if sure is None else {"confirmed": sure})
            for day, word, sure in made.assessments
        ],
    }
