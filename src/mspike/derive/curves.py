"""What a timeline draws: the marker values by test, and who was given what, when.

Nothing is judged here. Values stand as the record has them (canonical unit, partial dates, `<` as an interval).
"""

from __future__ import annotations

import datetime as dt

from mspike.derive.state import Course, Curve, Line
from mspike.derive.vocabulary import Vocabulary
from mspike.record import Day, Measurement, Record, Treatment, Tri, day_of

CHAINS = {"kappa-flc": "kappa", "lambda-flc": "lambda"}
TESTS = ("serum-m-protein", "urine-m-protein", *CHAINS)
TRANSPLANTS = ("autologous-transplant", "allogeneic-transplant")
CELLS = "car-t"


def marker_curves(record: Record) -> tuple[Curve, ...]:
    """Serum M, urine M and the free light chains, each by date; a test without a numeric result is left out."""
    found: dict[str, list[Measurement]] = {}
    for entry in record.measurements:
        if entry.test in TESTS and entry.value is not None:
            found.setdefault(entry.test, []).append(entry)
    chain = record.disease.light_chain
    if chain is None and record.disease.isotype:
        chain = next((name for name in CHAINS.values() if name in record.disease.isotype), None)
    return tuple(
        Curve(
            test,
            found[test][0].unit or "",
            _involved(test, chain),
            tuple(sorted(found[test], key=lambda m: (m.date.first, m.date.last))),
        )
        for test in TESTS
        if test in found
    )


def _involved(test: str, chain: str | None) -> Tri:
    """Whether the light chain measured is the one the disease makes; unknown for what is no light chain."""
    measured = CHAINS.get(test)
    return None if measured is None or chain is None else measured == chain


def therapy_courses(record: Record, lines: tuple[Line, ...] | None, vocabulary: Vocabulary) -> tuple[Course, ...]:
    """Each drug and procedure with its days: from the dated records, and where a drug has none, from its line.

    A drug known only from its line has that line's days (`of_line`): the record does not date the drug itself.
    """
    courses = [_recorded(entry, lines, vocabulary) for entry in record.treatments or ()]
    dated = {(course.drug, course.line) for course in courses}
    for line in lines or ():
        for drug in line.drugs:
            if (drug, line.number) not in dated:
                once = vocabulary.one_time(drug)
                end = line.start if once else line.stop
                part = CELLS if once else "treatment"
                courses.append(Course(drug, line.start, end, line.number, part, line.at, of_line=True))
    courses += _procedures(record, lines)
    return tuple(sorted(courses, key=_by_start))


def _by_start(course: Course) -> tuple[dt.date, int]:
    return (course.start.first if course.start else dt.date.max, course.line or 0)


def _recorded(entry: Treatment, lines: tuple[Line, ...] | None, vocabulary: Vocabulary) -> Course:
    once = vocabulary.one_time(entry.drug)
    end = entry.end
    if end is None and entry.start is not None:
        if once:
            end = entry.start
        elif entry.days_supply:
            last = entry.start.first + dt.timedelta(days=max(int(entry.days_supply) - 1, 0))
            end = day_of(last) if entry.start.first == entry.start.last else None
    part = CELLS if once else entry.context or "treatment"
    return Course(entry.drug, entry.start, end, _line_of(entry.drug, entry.start, lines), part, entry.at)


def _line_of(drug: str, start: Day | None, lines: tuple[Line, ...] | None) -> int | None:
    """The line that holds the drug and was under way then; None where that cannot be told, or between two lines."""
    if start is None:
        return None
    begun = [line for line in lines or () if drug in line.drugs and line.start and line.start.first <= start.last]
    last = begun[-1] if begun else None
    return last.number if last and (last.stop is None or start.first <= last.stop.last) else None


def _procedures(record: Record, lines: tuple[Line, ...] | None) -> list[Course]:
    """What was done, then the transplants that only a line names."""
    found = [
        Course(entry.procedure, entry.date, entry.date, None, _part(entry.procedure), entry.at)
        for entry in record.procedures or ()
    ]
    for line in lines or ():
        known = line.transplant if isinstance(line.transplant, Day) else None
        if line.transplant and not any(_same(known, c.start) for c in found if c.part == "transplant"):
            found.append(Course(TRANSPLANTS[0], known, known, line.number, "transplant", line.at, of_line=True))
    return found


def _part(procedure: str) -> str:
    return "transplant" if procedure in TRANSPLANTS else "procedure"


def _same(stated: Day | None, recorded: Day | None) -> bool:
    """Whether the two can be one day; a transplant of a line without a date is taken for a recorded one."""
    if stated is None or recorded is None:
        return recorded is not None
    return stated.first <= recorded.last and recorded.first <= stated.last
