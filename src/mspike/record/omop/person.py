"""One person's rows of an OMOP CDM → a Record: each row becomes an entry of a case file.

Rows that mspike itself wrote (`mspike:` in `observation_source_value`) say what the tables have no place for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from msgspec.structs import replace

from mspike.record.databases import Row
from mspike.record.gathering import Gathering
from mspike.record.model import Record
from mspike.record.omop import rows as omop_rows
from mspike.record.omop.details import Details
from mspike.record.omop.lines import lines_of
from mspike.record.omop.rows import Entry, day, named
from mspike.record.omop.terms import Meaning, OmopTerms, fixed
from mspike.record.quality import Note
from mspike.record.terms import DISEASES, STAGES

SOURCE = "OMOP CDM 5.4"
STEMS = {"drug_exposure": "drug", "measurement": "measurement", "condition_occurrence": "condition",
         "procedure_occurrence": "procedure", "observation": "observation"}  # fmt: skip

ITEM_AT = {"ecog": ("fitness", "ecog"), **{item: ("disease", key) for item, key in STAGES.items()}}
"""Items that are no tests → where a record states them."""

BESIDE = {"extramedullary": "extramedullary", "plasma-cell-leukaemia": "plasma_cell_leukaemia"}
"""Diagnoses that a record states as a form of the disease."""


class Person:
    """One person's rows, on the way to a Record."""

    def __init__(
        self, person: int, row: Row, tables: dict[str, tuple[list[Row], list[Row]]], terms: OmopTerms,
        origin: str, today: dt.date,
    ) -> None:  # fmt: skip
        self.person, self.row, self.terms = person, row, terms
        self.tables = {table: first for table, (first, _) in tables.items()}
        self.details = Details(self.tables["observation"])
        died = min((day(death["death_date"]) or "" for death in self.tables["death"] if "death_date" in death),
                   default="")  # fmt: skip
        stated = self.details.text("", "as_of")
        self.as_of = stated or (died if died and died < today.isoformat() else "")
        self.given = Gathering(
            self.details.text("", "id") or str(person), SOURCE, origin=origin, codes=terms.terms.codes,
            as_of=_date(self.as_of) or today,
        )  # fmt: skip
        if self.as_of:
            self.given.state("", "as_of", self.as_of, f"person/{person}")
            if not stated:
                self.given.assume("the record ends with the death: as_of is that day", f"death/{person}")
        for table, (_, again) in tables.items():
            for repeated in again:
                self.given.leave_out("a row whose id came before", f"{table}/{repeated[f'{table}_id']}")
        self.diagnosed: dict[str, tuple[str, str]] = {}
        self.items: list[tuple[str, str, str, str]] = []
        """Day, item, result and place of each."""
        self.supposed_ends = 0

    def source_lacks(self, missing: Iterable[str], broken: Iterable[Note]) -> None:
        """What the source did not give for anybody."""
        for table in missing:
            self.given.assume("the source has no such table", table)
        for note in broken:
            self.given.refuse(note.says, note.at, hint=note.hint)

    def record(self) -> Record:
        self._who()
        for table, stem in STEMS.items():
            for row in self.tables[table]:
                self._row(table, stem, row)
        self._diagnoses()
        self._items()
        for entry, at in lines_of(self.tables, self.details, self.terms, self.given):
            self._add("lines", "episode", entry, at)
        for name, entry, at in self.details.entries():
            self.given.saw("observation")
            self.given.add(name, entry, at)
        for section, key, value, at in self.details.values():
            self.given.state(section, key, value, at)
        for name in self.details.empty():
            self.given.none_of(name)
        if self.supposed_ends:
            self.given.assume("ends without verbatim_end_date, which may have been worked out", "drug_exposure",
                              str(self.supposed_ends))  # fmt: skip
        record = self.given.finish()
        pointers = {"id": f"person/{self.person}", **record.pointers}
        return replace(record, pointers=pointers, as_of_basis="stated" if self.as_of else "today")

    def _who(self) -> None:
        at = f"person/{self.person}"
        self.given.saw("person")
        sex = fixed()["sex"].get(self.row.get("gender_concept_id", ""))
        written = self.row.get("gender_source_value", "").casefold()
        if sex or written in self.given.context.codes.words["sex"]:
            self.given.state("patient", "sex", sex or written, at)
        if self.details.holds("patient", "age") or self.details.holds("patient", "birth_date"):
            return
        if year := self.row.get("year_of_birth"):
            parts = [year.split(".")[0].zfill(4)]
            for name in ("month_of_birth", "day_of_birth"):
                if (part := self.row.get(name, "0").split(".")[0]) == "0":
                    break
                parts.append(part.zfill(2))
            self.given.state("patient", "birth_date", "-".join(parts), at)

    def _row(self, table: str, stem: str, row: Row) -> None:
        """One row to where it belongs; what is not known is counted."""
        if table == "observation" and self.details.is_own(row):
            return
        self.given.saw(table)
        at = f"{table}/{row.get(f'{table}_id', '?')}"
        who = named(row, stem)
        meaning = self.terms.meaning(who, table)
        if meaning is not None:
            if meaning.within:
                self.given.assume(f"a product whose name holds {meaning.word} is read as {meaning.word}", at)
            self._known(table, row, meaning, at)
        elif table == "drug_exposure" and (medicine := self.terms.medicine(who)):
            self._medicine(row, medicine, at)
        elif unused := self.terms.unused(who):
            self.given.unmapped(table, "known, and not used", unused)
        else:
            vocabulary, code, name = self.terms.described(who)
            self.given.unmapped(table, vocabulary, code, name, self.terms.near(who, table))
            if table == "drug_exposure" and not self._ended(row):
                self.given.medicine(name or (code if vocabulary == "source value" else f"{vocabulary} {code}"), at)

    def _known(self, table: str, row: Row, meaning: Meaning, at: str) -> None:
        kind, word = meaning.kind, meaning.word
        when = next((day(row[key]) for key in row if key.endswith("_date")), None)
        if kind == "drug" and table == "drug_exposure":
            self.supposed_ends += "verbatim_end_date" not in row and "drug_exposure_end_date" in row
            entry = omop_rows.treatment(row, word, self.terms)
            for column, key in (("stop_reason", "stop_reason"), ("route_source_value", "route")):
                if column in row and key not in entry:
                    self.given.unmapped(f"{table}.{column}", "source value", row[column])
            self._add("treatments", table, entry, at)
        elif kind == "drug":  # a procedure that is the giving of a drug
            self._add("treatments", table, omop_rows.kept(drug=word, start=when, end=when), at)
        elif kind == "test":
            self._measurement(table, row, word, at)
        elif kind == "diagnosis":
            self._diagnosis(table, word, when, at)
        elif kind == "procedure":
            self._add("procedures", table, omop_rows.kept(procedure=word, date=when), at)
        elif kind == "condition":
            self._add("conditions", table, omop_rows.kept(name=word, date=when), at)
        elif (found := omop_rows.result(row, self.terms, word)) is None:
            self.given.leave_out("no result", at)
        elif kind == "finding":
            present = {"positive": "present", "negative": "absent"}.get(found.casefold(), found)
            key = "cells_pct" if found[:1].isdigit() else "present"
            self.given.state(f"disease.cytogenetics.{word}", key, present, at)
        elif word in ITEM_AT:
            self.items.append((when or "", word, found.removesuffix(".0"), at))
        else:
            self.given.unmapped(table, "known, and not used", word)

    def _items(self) -> None:
        """Of each item the one result that a record states: the newest, and the stage that was found first."""
        today, chosen = self.given.context.as_of.isoformat(), dict[str, tuple[str, str]]()
        for when, word, found, at in sorted(self.items, reverse=True):
            if when > today:
                self.given.leave_out("dated after as_of", at)
            elif word not in chosen or word in STAGES:
                chosen[word] = (found, at)
        for word, (found, at) in chosen.items():
            section, key = ITEM_AT[word]
            self.given.state(section, key, found, at)

    def _add(self, name: str, table: str, entry: Entry, at: str) -> None:
        self.given.add(name, self.details.corrected(table, at.partition("/")[2], entry), at)

    def _measurement(self, table: str, row: Row, test: str, at: str) -> None:
        meant, written = self.terms.unit(row.get("unit_concept_id", "0")), row.get("unit_source_value")
        if meant and written and not self.terms.same_unit(meant, written):
            both = f"{meant}, {written}"
            self.given.refuse("unit_concept_id and unit_source_value name two units", at, both, "keep the right one")
            return
        if table == "observation":
            row = {**row, "measurement_date": row.get("observation_date", "")}
        self._add("measurements", table, omop_rows.measurement(row, test, self.terms, written or meant), at)

    def _medicine(self, row: Row, medicine: str, at: str) -> None:
        """Another medicine counts while it is being taken."""
        if self._ended(row):
            self.given.leave_out("a medicine that ended before as_of", at)
        else:
            self.given.medicine(medicine, at)

    def _ended(self, row: Row) -> bool:
        end = day(row.get("verbatim_end_date") or row.get("drug_exposure_end_date")) or ""
        return bool(end) and end < self.given.context.as_of.isoformat()

    def _diagnosis(self, table: str, word: str, when: str | None, at: str) -> None:
        if self.details.corrects(table, at.partition("/")[2]):  # an earlier diagnosis, which mspike wrote as such
            self._add("diagnoses", table, omop_rows.kept(name=word, date=when), at)
        elif word not in self.diagnosed or (when or "9") < self.diagnosed[word][0]:
            self.diagnosed[word] = (when or "9", at)

    def _diagnoses(self) -> None:
        """The first day of each diagnosis. The disease that the question is about is the first of DISEASES."""
        main = next((word for word in DISEASES if word in self.diagnosed), "")
        stated = self.details.holds("disease", "diagnosis") or self.details.holds("disease", "diagnosed")
        for word, (when, at) in self.diagnosed.items():
            date = None if when == "9" else when
            if word == main:
                if not stated:
                    self.given.state("disease", "diagnosis", word, at)
                if date and not stated:
                    self.given.state("disease", "diagnosed", date, at)
            elif word in BESIDE:
                self.given.state("disease", BESIDE[word], "yes", at)
            elif word in self.given.context.codes.words["condition"]:
                self.given.add("conditions", {"name": word, "date": date}, at)
            else:
                self.given.add("diagnoses", {"name": word, "date": date}, at)


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
