"""Record → columns for counting lines: drug records, procedures and signs of progression by day, and what a drug is.

A partial date is an interval. What is open is settled by readings: every open date at its first or last day, up to and
after each of them. What all readings agree on holds; the rest is not known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import msgspec

from mspike.derive.kernel import line_codes as code
from mspike.derive.kernel.codes import TESTS
from mspike.derive.lines import RELAPSES, goes_on
from mspike.derive.progression import QUIET
from mspike.derive.settings import Settings
from mspike.derive.vocabulary import Vocabulary
from mspike.knowledge import load_codes
from mspike.record import Day, Record, Treatment, day_of

SMOULDERING = "smouldering-myeloma"
CONTEXT_CODE = {word: place for place, word in enumerate(code.CONTEXTS) if word}
STOP_CODE = {word: place for place, word in enumerate(code.STOPS) if word}
PROCEDURE_CODE = {word: place for place, word in enumerate(code.PROCEDURES)}
MARKERS = frozenset(TESTS)
Span = tuple[dt.date, dt.date]


class Columns(msgspec.Struct):
    """One reading of a record: the kernel's columns, and for each row its place among the drug records."""

    rows: tuple[list[int], list[int], list[int], list[int]]
    entries: list[int]
    procedures: tuple[list[int], list[int]]
    signs: tuple[list[int], list[int]]


class Dated(msgspec.Struct, frozen=True):
    """Everything of a record that the count of lines looks at, with its dates as given."""

    treatments: tuple[tuple[int, Day, Day, int, int], ...]
    """Place in the record, first and last day, drug code, note."""
    procedures: tuple[tuple[Day, int], ...]
    signs: tuple[tuple[Day, int], ...]
    watched: bool
    count_from: int

    def loose(self) -> list[tuple[dt.date, Span]]:
        """Every open date: its first day and a key for it."""
        return [(span[0], span) for span in sorted({(day.first, day.last) for day in self.partial()})]

    def partial(self) -> list[Day]:
        """Every open date as the record words it."""
        days = [day for _, start, end, _, _ in self.treatments for day in (start, end)]
        days += [day for day, _ in (*self.procedures, *self.signs)]
        return [day for day in days if day.first != day.last]

    def widest(self) -> Columns | None:
        """Every open date at its last day, but of a start and of a sign at its first; None without open dates.

        So a progression in the month in which a line begins is before that line, as on one day.
        """
        spans = frozenset(span for _, span in self.loose())
        return self.reading(spans, early=True) if spans else None

    def reading(self, late: frozenset[object], early: bool = False) -> Columns:
        """Open dates in `late` at their last day, the others, and all starts and signs if `early`, at their first."""
        begun = frozenset() if early else late

        def on(day: Day, late: frozenset[object]) -> int:
            return (day.last if day.first != day.last and (day.first, day.last) in late else day.first).toordinal()

        rows = []
        for place, start, end, drug, note in self.treatments:
            first = on(start, begun)
            last = on(end, late)
            rows.append((first, max(first, last), drug, note, place))
        rows.sort()
        done = sorted((on(day, late), kind) for day, kind in self.procedures)
        seen = sorted((on(day, begun), kind) for day, kind in self.signs)
        a, b, c, d, e = ([row[k] for row in rows] for k in range(5))
        return Columns((a, b, c, d), e, _pair(done), _pair(seen))


def _pair(rows: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
    return [row[0] for row in rows], [row[1] for row in rows]


def dated_therapy(record: Record) -> bool:
    """Whether the record lists what was given: drug records, or transplants beside a list of drugs that is empty."""
    if record.treatments is None:
        return False
    grafts = code.PROCEDURES[: code.ALLOGENEIC + 1]
    return bool(record.treatments) or any(done.procedure in grafts for done in record.procedures or ())


def read_dated(record: Record, vocabulary: Vocabulary, settings: Settings) -> Dated | str:
    """The columns' content; as text, why the lines cannot be counted."""
    codes = drug_codes()
    traits = drug_traits(vocabulary, settings)
    today = day_of(record.as_of)
    rows = []
    for place, entry in enumerate(record.treatments or ()):
        drug = codes.get(entry.drug)
        if drug is None or entry.start is None:
            if drug is None or not traits[drug] & (code.STEROID | code.IGNORED):
                return f"{entry.at}: {entry.drug} has no first day"
            continue
        start, end = _in_order(entry.start, last_day(entry, entry.start, vocabulary, today), today)
        rows.append((place, start, end, drug, _note(entry, settings, vocabulary.one_time(entry.drug))))
    procedures = []
    for done in record.procedures or ():
        if done.date is not None:
            procedures.append((done.date, PROCEDURE_CODE[done.procedure]))
        elif PROCEDURE_CODE[done.procedure] <= code.ALLOGENEIC:
            return f"{done.at}: the transplant has no date"
    return Dated(
        tuple(rows), tuple(procedures), tuple(_signs(record, settings)), watched(record),
        _count_from(record, settings),
    )  # fmt: skip


def last_day(entry: Treatment, start: Day, vocabulary: Vocabulary, today: Day) -> Day:
    """The last day that a record covers: its end, the end of its supply, of a product given once its day, or today."""
    if vocabulary.one_time(entry.drug):
        return start
    if entry.days_supply is None:
        return entry.end or today
    more = dt.timedelta(days=max(int(entry.days_supply) - 1, 0))
    first, last = min(start.first + more, today.first), min(start.last + more, today.last)
    supply = day_of(first) if first == last else Day(f"{start.text} + {entry.days_supply:g} days", first, last)
    return supply if entry.end is None or entry.end.last < supply.first else entry.end


def _in_order(start: Day, end: Day, today: Day) -> tuple[Day, Day]:
    """First and last day as far as each bounds the other: what began on 10 February ended in `2020` after that."""
    until = max(end.first, min(end.last, today.last))
    return (
        start if start.last <= until else Day(start.text, start.first, max(start.first, until)),
        end if start.first <= end.first and until == end.last else Day(end.text, max(start.first, end.first), until),
    )


def _note(entry: Treatment, settings: Settings, once: bool) -> int:
    note = CONTEXT_CODE.get(entry.context or "", 0) | STOP_CODE.get(entry.stop_reason or "", 0) << code.STOP_SHIFT
    if goes_on(entry, once):
        note |= code.OPEN
    if entry.route == "PO":
        note |= code.BY_MOUTH
    if entry.dose_mg is not None:
        note |= code.DOSED
        if entry.dose_mg <= settings.lenalidomide_maintenance_dose_mg:
            note |= code.LOW_DOSE
    elif entry.context == "maintenance":
        note |= code.DOSED | code.LOW_DOSE
    return note


def _signs(record: Record, settings: Settings) -> Iterator[tuple[Day, int]]:
    """Progressions as judged, as the reason to stop, or as the event; stable disease as judged."""
    for entry in record.assessments or ():
        lone = not entry.confirmed and settings.pd_confirm != "new-line"
        if entry.response == "PD" and not lone:
            yield entry.date, code.SIGN_PD if entry.confirmed else code.SIGN_MAYBE
        elif entry.response == "SD" and entry.confirmed is not False:
            yield entry.date, code.SIGN_SD
    for treatment in record.treatments or ():
        if treatment.stop_reason == "progression" and treatment.end is not None:
            yield treatment.end, code.SIGN_PD
    event = record.disease.event
    if event.type in RELAPSES and event.date is not None:
        yield event.date, code.SIGN_PD


def watched(record: Record) -> bool:
    """Whether the record says anything about the course of the disease, so that the lack of a progression tells."""
    event = record.disease.event.type
    return (
        bool(record.assessments)
        or event in RELAPSES
        or event in QUIET
        or any(m.test in MARKERS for m in record.measurements)
        or any(t.stop_reason not in (None, "not-stated") for t in record.treatments or ())
    )


def looks(record: Record) -> list[Day]:
    """The days on which the record looks at the disease: by a judgement, or by a value."""
    days = [a.date for a in record.assessments or () if a.response != "NE"]
    return days + [m.date for m in record.measurements if m.test in MARKERS]


def _count_from(record: Record, settings: Settings) -> int:
    """The day before which treatment was for smouldering disease and is not counted (R10)."""
    if settings.smouldering_therapy == "line":
        return 0
    if record.disease.diagnosis == SMOULDERING:
        return record.as_of.toordinal() + 1
    earlier = any(d.name == SMOULDERING for d in record.diagnoses)
    active = [d.date for d in record.diagnoses if d.name == "multiple-myeloma" and d.date]
    since = active[0] if active else record.disease.diagnosed
    return since.first.toordinal() if earlier and since else 0


_codes: dict[str, int] = {}


def drug_codes() -> dict[str, int]:
    """Every drug that a record may name → its code, the same for one patient and for a block."""
    if not _codes:
        _codes.update((drug, place) for place, drug in enumerate(load_codes().drugs))
        assert len(_codes) < 62, "drugs are bits of an int"
    return _codes


_traits: dict[tuple[object, ...], list[int]] = {}


def drug_traits(vocabulary: Vocabulary, settings: Settings) -> list[int]:
    """What each drug is, by code: the bits of `line_codes`, then its classes."""
    lists = (
        settings.supportive_drugs, settings.maintenance_drugs, settings.conditioning_drugs, settings.mobilisation_drugs,
        settings.lymphodepletion_drugs, settings.not_first_drugs,
    )  # fmt: skip
    key = (id(vocabulary), *lists)
    if key not in _traits:
        classes = sorted(vocabulary.classes)
        bits = (code.IGNORED, code.MAINTAINS, code.CONDITIONS, code.MOBILISES, code.DEPLETES, code.NOT_FIRST)
        found = []
        for drug in drug_codes():
            trait = sum(bit for bit, drugs in zip(bits, lists, strict=True) if drug in drugs)
            trait |= code.STEROID if drug in vocabulary.steroids else 0
            trait |= code.ONCE if vocabulary.one_time(drug) else 0
            trait |= code.AT_HOME if drug in vocabulary.oral else 0
            trait |= code.COUNTED if vocabulary.counts(drug) else 0
            for name in vocabulary.classes_of(drug):
                trait |= 1 << (code.CLASS_SHIFT + classes.index(name))
            found.append(trait)
        _traits.clear()
        _traits[key] = found
    return _traits[key]


def line_params(settings: Settings, count_from: int) -> tuple[float, ...]:
    """The kernel's parameters, in the order of `LINE_PARAMS`."""
    gap = max(settings.era_gap_days, settings.cycle_days + settings.exposure_grace_days)
    given: dict[str, float] = {
        "era_gap_days": gap,
        "bridging_own_line": settings.bridging == "own-line",
        "relapse_restarts_line": settings.restart_after_relapse == "new-line",
        "change_needs_progression": settings.change_without_progression == "same-line",
        "count_from": count_from,
    }
    return tuple(float(given[name] if name in given else getattr(settings, name)) for name in code.LINE_PARAMS)
