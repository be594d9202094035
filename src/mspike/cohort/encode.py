"""Tables of Arrow, as they pass the door of `mspike.record.columns`, → the columns of a block, in codes.

What a combination of words means is asked once, of the functions that read a single patient (`read_meaning`), and then
looked up for every row at once. A patient whose rows cannot say all that the record says is left out, with the reason:
nothing is guessed, and `derive_state` reads that patient with every date and amount as given.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from mspike.cohort.arrow import Rows, combined, told
from mspike.cohort.block import BlockError
from mspike.cohort.columns import INPUT
from mspike.derive import Meaning, read_meaning, read_rules
from mspike.derive.kernel.codes import NODAY
from mspike.derive.kernel.line_codes import ALLOGENEIC, ONCE, STOP, STOP_SHIFT
from mspike.knowledge import Knowledge
from mspike.record import (
    Assessment,
    Disease,
    Event,
    Measurement,
    Number,
    Procedure,
    Record,
    StatedDiagnosis,
    Treatment,
    day_of,
)
from mspike.record.columns import PATIENTS, TABLES

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]
    Columns = tuple[Array, ...]
    """The first is of the patients, by place."""

SOME_DAY = day_of(dt.date(2000, 1, 1))
SOME_AMOUNT = Number(1.0, 1.0)
"""Stand for every whole day and single amount where it is the words that are asked about."""
NONE = -1
"""No code."""

NO_RESULT = "a result that is neither an amount nor a word"
SEVERAL = "two different results of one test on one day"
LATER = "a row after the day of reading"
NO_THERAPY = "neither a drug record nor a transplant"
RELAPSE = "the event is a relapse, which is of no row"
UNSEEN = "what tells of the disease's course is in no row of the block, or the other way round"


class Encoded(NamedTuple):
    tables: dict[str, dict[str, Array]]
    """INPUT by name, for `derive_block`: the patients of whom the rows say all."""
    left: dict[int, str]
    """The other patients by number, each with the first reason that was found: for `derive_state`."""


def encode_block(tables: Mapping[str, Any], knowledge: Knowledge, policies: Mapping[str, Any] | None = None) -> Encoded:
    """The block of `tables`, those of `mspike.record.columns` by name, under these policies.

    A table that is absent leaves every patient out. Raises BlockError for a table of another schema, patients out of
    order, and a row of a patient that table patients does not hold.
    """
    return _Encoder(tables, knowledge, policies or {}).block()


class _Encoder:
    """One block. Patients are counted by their place in the table of patients."""

    def __init__(self, tables: Mapping[str, Any], knowledge: Knowledge, policies: Mapping[str, Any]) -> None:
        import numpy as np

        if PATIENTS.name not in tables:
            raise BlockError(f"table {PATIENTS.name} is absent; give it, empty if it has no rows")
        self.knowledge, self.policies = knowledge, policies
        self.left: dict[int, str] = {}
        self.rows = {PATIENTS.name: Rows(PATIENTS, tables[PATIENTS.name], None)}
        self.ids = self.rows[PATIENTS.name].ids
        many = len(self.ids)
        if np.any(self.ids[1:] <= self.ids[:-1]):
            raise BlockError(
                "table patients: not in rising order of `patient`, or a patient twice; sort it, one row for each"
            )
        for table in TABLES[1:]:
            self.rows[table.name] = Rows(table, tables.get(table.name), self.ids)
            if table.name not in tables:
                self.leave(np.arange(many), f"table {table.name} is absent")
        self.as_of = self.rows[PATIENTS.name].days("as_of")
        self.death = np.full(many, NODAY)
        self.watched, self.seen, self.treated = (np.zeros(many, bool) for _ in range(3))
        """Whether the record tells anything of the course, whether the block's rows do, whether anything was given."""
        self.signs: list[Columns] = [(np.zeros(0, np.int64),) * 3]

    def leave(self, patients: Array, why: str) -> None:
        import numpy as np

        for place in np.unique(patients).tolist():
            self.left.setdefault(place, why)

    def ask(self, **entries: Any) -> Meaning:
        return read_meaning(Record("", SOME_DAY.first, **entries), self.knowledge, self.policies)

    def block(self) -> Encoded:
        import numpy as np

        self._leave_what_has_no_place()
        people = self._people()
        found = {"labs": self._results(), "drugs": self._drugs(), "procedures": self._procedures()}
        found["signs"] = tuple(np.concatenate(parts) for parts in zip(*self.signs, strict=True))
        self.seen[found["labs"][0]] = self.seen[found["signs"][0]] = True
        for who, day, *_ in found.values():
            self.leave(who[day > self.as_of[who]], LATER)
        self.leave(np.flatnonzero(~self.treated), NO_THERAPY)
        self.leave(np.flatnonzero(self.watched != self.seen), UNSEEN)
        kept = self._kept()
        tables = {"patients": tuple(column[kept] for column in (self.ids, *people, self.death))}
        for name, (who, *columns) in found.items():
            tables[name] = tuple(column[kept[who]] for column in (self.ids[who], *columns))
        named = {
            table.name: {
                column.name: np.ascontiguousarray(values, column.type)
                for column, values in zip(table.columns, tables[table.name], strict=True)
            }
            for table in INPUT
        }
        return Encoded(named, {int(self.ids[place]): why for place, why in sorted(self.left.items())})

    def _kept(self) -> Array:
        import numpy as np

        kept = np.ones(len(self.ids), bool)
        kept[[*self.left]] = False
        return kept

    def _leave_what_has_no_place(self) -> None:
        """Patients with a gap, and those with a row that does not hold; the rows of both are out of the way then."""
        import numpy as np

        gap = self.rows[PATIENTS.name].words("gap")
        for place, why in enumerate(gap.words[:-1]):
            self.leave(np.flatnonzero(gap.places == place), why)
        for rows in self.rows.values():
            for patients, why in rows.faults():
                self.leave(patients, why)
        labs = self.rows["labs"]
        word = labs.words("result")
        self.leave(labs.who[(word.places == len(word.words) - 1) & np.isnan(labs.amounts("value"))], NO_RESULT)
        kept = self._kept()
        for name, rows in self.rows.items():
            if name != PATIENTS.name:
                rows.only(kept)

    def _people(self) -> Columns:
        """as_of, chain, igg_kappa, count_from."""
        import numpy as np

        rows = self.rows[PATIENTS.name]
        combos, place = combined(rows.words("light_chain"), rows.words("isotype"))
        bands = [self.ask(disease=Disease(light_chain=chain, isotype=isotype)).band for chain, isotype in combos]
        band = np.array(bands, np.int64).reshape(-1, 2)[place]
        combos, place = combined(rows.words("event"))
        said = [self.ask(disease=Disease(event=Event(word, SOME_DAY))) for (word,) in combos]
        self._told(said, place, rows.who)
        self.leave(np.flatnonzero(np.array([bool(one.signs) for one in said], bool)[place]), RELAPSE)
        return self.as_of, band[:, 0], band[:, 1], self._count_from()

    def _count_from(self) -> Array:
        """Most patients have no precursor stage on record; those that have are asked about one by one."""
        import numpy as np

        people, stages = self.rows[PATIENTS.name], self.rows["diagnoses"]
        disease, since = people.words("diagnosis"), people.days("diagnosed")
        combos, place = combined(disease)
        after = [self.ask(disease=Disease(name)).count_from for (name,) in combos]
        found = np.array([day and day - SOME_DAY.first.toordinal() for day in after], np.int64)[place]
        found[found > 0] += self.as_of[found > 0]
        stage, day = stages.words("diagnosis"), stages.days("day")
        combos, place = combined(stage)
        asked = [(Disease(diagnosed=SOME_DAY), (StatedDiagnosis(name, ""),)) for (name,) in combos]
        precursor = [self.ask(disease=disease, diagnoses=one).count_from > 0 for disease, one in asked]
        several = np.unique(stages.who[np.array(precursor, bool)[place]])
        history: dict[int, list[StatedDiagnosis]] = {who: [] for who in several.tolist()}
        for row in np.flatnonzero(np.isin(stages.who, several)).tolist():
            known = StatedDiagnosis(stage.words[stage.places[row]], "", _day(day[row]))
            history[int(stages.who[row])].append(known)
        for who, stated in history.items():
            at = Disease(disease.words[disease.places[who]], _day(since[who]))
            record = Record("", dt.date.fromordinal(int(self.as_of[who])), disease=at, diagnoses=tuple(stated))
            found[who] = read_meaning(record, self.knowledge, self.policies).count_from
        return found

    def _results(self) -> Columns:
        """Results and stated responses, sorted; two that differ on one day leave their patient out."""
        import numpy as np

        rows, judged = self.rows["labs"], self.rows["assessments"]
        value, one = rows.amounts("value"), told(rows.amounts("lesions") == 1)
        words = [rows.words(name) for name in ("test", "result", "unit", "attributed_to")]
        combos, place = combined(*words, one, told(~np.isnan(value)))
        said = [
            self.ask(measurements=(Measurement(
                test, SOME_DAY, "", SOME_AMOUNT if amount else None, text, unit, attributed_to=cause,
                lesions=1 if single else None,
            ),))
            for test, text, unit, cause, single, amount in combos
        ]  # fmt: skip
        test, level = self._told(said, place, rows.who)
        combos, place = combined(judged.words("response"), judged.flags("confirmed"))
        said = [self.ask(assessments=(Assessment(SOME_DAY, word, "", sure),)) for word, sure in combos]
        stated, reached = self._told(said, place, judged.who, judged.days("day"))
        who, day = np.append(rows.who, judged.who), np.append(rows.days("day"), judged.days("day"))
        test, value = np.append(test, stated), np.append(np.where(np.isnan(value), level, value), reached)
        order = np.flatnonzero(test != NONE)
        order = order[np.lexsort(tuple(column[order] for column in (value, test, day, who)))]
        who, day, test, value = who[order], day[order], test[order], value[order]
        same = (who[1:] == who[:-1]) & (day[1:] == day[:-1]) & (test[1:] == test[:-1])
        self.leave(who[1:][same & (value[1:] != value[:-1])], SEVERAL)
        return who, day, test, value

    def _drugs(self) -> Columns:
        import numpy as np

        rows = self.rows["drugs"]
        start, end, supply, dose = (
            rows.days("start"),
            rows.days("end"),
            rows.amounts("days_supply"),
            rows.amounts("dose"),
        )
        words = [rows.words(name) for name in ("drug", "stop_reason", "context", "route")]
        ended, supplied = end != NODAY, ~np.isnan(supply)
        combos, place = combined(*words, told(ended), told(supplied), self._dosed(dose))
        entries = [
            Treatment(drug, "", SOME_DAY, SOME_DAY if ends else None, stop, mg, 1.0 if lasts else None, route, context)
            for drug, stop, context, route, ends, lasts, mg in combos
        ]
        said = [self.ask(treatments=(entry,)) for entry in entries]
        self._told(said, place, rows.who, end)
        drug, note = np.array([one.drugs[0] for one in said], np.int64).reshape(-1, 2)[place].T
        died = np.array([one.died for one in said], bool)[place]
        np.maximum.at(self.death, rows.who[died], end[died])
        self.treated[rows.who] = True
        self.seen[rows.who[(note >> STOP_SHIFT & STOP) > 0]] = True
        once = np.array(read_rules(self.knowledge, self.policies).traits, np.int64)[drug] & ONCE > 0
        return rows.who, start, last_days(start, end, supply, self.as_of[rows.who], once), drug, note

    def _dosed(self, dose: Array) -> Any:
        """Doses as words: none, one at a maintenance dose, one above."""
        import numpy as np

        from mspike.cohort.arrow import Words
        from mspike.derive.settings import read_settings

        limit = read_settings(self.knowledge, self.policies)[0].lenalidomide_maintenance_dose_mg
        return Words(np.where(np.isnan(dose), 0, np.where(dose <= limit, 1, 2)), [None, limit, limit + 1])

    def _procedures(self) -> Columns:
        import numpy as np

        rows = self.rows["procedures"]
        combos, place = combined(rows.words("procedure"))
        kinds = [self.ask(procedures=(Procedure(word, "", SOME_DAY),)).procedures[0] for (word,) in combos]
        kind = np.array(kinds, np.int64)[place]
        self.treated[rows.who[kind <= ALLOGENEIC]] = True
        return rows.who, rows.days("day"), kind

    def _told(
        self, said: Sequence[Meaning], place: Array, who: Array, day: Array | None = None
    ) -> tuple[Array, Array]:  # fmt: skip
        """Keeps what rows tell of the disease and its course; gives what test each is, and its level."""
        import numpy as np

        sign = np.array([one.signs[0] if one.signs else NONE for one in said], np.int64)[place]
        if day is not None and (rows := sign != NONE).any():
            self.signs.append((who[rows], day[rows], sign[rows]))
        self.watched[who[np.array([one.watched for one in said], bool)[place]]] = True
        results = [one.results[0] if one.results else (NONE, 0.0) for one in said]
        test, level = np.array(results, np.float64).reshape(-1, 2)[place].T
        return test.astype(np.int64), level


def last_days(start: Array, end: Array, supply: Array, as_of: Array, once: Array) -> Array:
    """The last day that each drug record covers: `mspike.derive.line_columns.last_day` for whole days."""
    import numpy as np

    until = np.minimum(start + np.maximum(np.nan_to_num(supply).astype(np.int64) - 1, 0), as_of)
    last = np.where(end == NODAY, as_of, end)
    last = np.where(~np.isnan(supply) & ((end == NODAY) | (end < until)), until, last)
    return np.maximum(np.where(once, start, last), start)


def _day(ordinal: Any) -> Any:
    return None if ordinal == NODAY else day_of(dt.date.fromordinal(int(ordinal)))
