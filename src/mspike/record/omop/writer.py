"""Records → rows of OMOP CDM 5.4. `omop.py` reads them back to the same records.

Each entry becomes a row of the table that OMOP has for it, with its concept where the code tables know one and the
word in the source value. What the row would not give back is added as `mspike:` rows (details.py); so is what the
model has no table for. A partial date stands as its first day, and as written in such a row.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mspike.record.databases import Row
from mspike.record.gathering import Value
from mspike.record.model import Record
from mspike.record.omop import rows as omop_rows
from mspike.record.omop.details import NONE, OWN, WIDTH
from mspike.record.omop.rows import Entry, named
from mspike.record.omop.terms import OmopTerms, fixed
from mspike.record.stating import EMPTY, entries, values
from mspike.record.tables.writer import write_csv
from mspike.record.terms import shipped_terms
from mspike.record.units import find_unit, parse_amount

COLUMNS = {
    "person": ("person_id", "gender_concept_id", "year_of_birth", "month_of_birth", "day_of_birth", "race_concept_id",
               "ethnicity_concept_id", "person_source_value", "gender_source_value"),
    "drug_exposure": ("drug_exposure_id", "person_id", "drug_concept_id", "drug_exposure_start_date",
                      "drug_exposure_end_date", "verbatim_end_date", "drug_type_concept_id", "stop_reason",
                      "days_supply", "route_concept_id", "drug_source_value", "route_source_value"),
    "measurement": ("measurement_id", "person_id", "measurement_concept_id", "measurement_date",
                    "measurement_type_concept_id", "operator_concept_id", "value_as_number", "value_as_concept_id",
                    "unit_concept_id", "range_high", "measurement_source_value", "unit_source_value",
                    "value_source_value"),
    "condition_occurrence": ("condition_occurrence_id", "person_id", "condition_concept_id", "condition_start_date",
                             "condition_type_concept_id", "condition_source_value"),
    "procedure_occurrence": ("procedure_occurrence_id", "person_id", "procedure_concept_id", "procedure_date",
                             "procedure_type_concept_id", "procedure_source_value"),
    "observation": ("observation_id", "person_id", "observation_concept_id", "observation_date",
                    "observation_type_concept_id", "value_as_string", "qualifier_source_value",
                    "observation_source_value", "observation_event_id"),
    "episode": ("episode_id", "person_id", "episode_concept_id", "episode_start_date", "episode_end_date",
                "episode_number", "episode_object_concept_id", "episode_type_concept_id", "episode_source_value"),
    "episode_event": ("episode_id", "event_id", "episode_event_field_concept_id"),
}  # fmt: skip

STATED_BY_SOMEBODY = "32817"
"""Type concept: from an electronic health record."""


class OmopRows:
    """Gathers the rows of one record after another; ids go on across them."""

    def __init__(self) -> None:
        self.tables: dict[str, list[Row]] = {name: [] for name in COLUMNS}
        self.terms = OmopTerms(shipped_terms())
        self.codes = self.terms.terms.codes
        self._next = dict.fromkeys(COLUMNS, 1)

    def add(self, record: Record) -> int:
        """The rows of one record; gives its person id."""
        self._day = record.as_of.isoformat()
        self._person = str(self._id("person"))
        stated = values(record)
        self._put("person", self._who(record, stated))
        for section, keys in stated.items():
            for key, value in keys.items():
                self._say(f"{section}.{key}" if section else key, value)
        self._disease(record)
        lists = entries(record)
        for name, held in lists.items():
            if not held:
                self._say(NONE, name)
            for entry in held:
                self._entry(name, entry)
        return int(self._person)

    def _who(self, record: Record, stated: dict[str, dict[str, Value]]) -> Row:
        """The person; what OMOP asks for and the record does not say is 0, its word for unknown."""
        birth = record.patient.birth_date
        parts = birth.text.split("-") if birth else []
        age = record.patient.age
        year = parts[0] if parts else str(record.as_of.year - int(age.high)) if age and age.high < 150 else "0"
        sexes = {word: concept for concept, word in fixed()["sex"].items()}
        return {
            "person_id": self._person, "gender_concept_id": sexes.get(record.patient.sex or "", "0"),
            "year_of_birth": year, "month_of_birth": parts[1] if len(parts) > 1 else "",
            "day_of_birth": parts[2] if len(parts) > 2 else "", "race_concept_id": "0", "ethnicity_concept_id": "0",
            "person_source_value": record.id[:50], "gender_source_value": record.patient.sex or "",
        }  # fmt: skip

    def _disease(self, record: Record) -> None:
        """The disease as a condition too, for other readers; what mspike reads back is what `_say` wrote."""
        word, since = record.disease.diagnosis, record.disease.diagnosed
        if word is not None and since is not None:
            row = self._condition_occurrence("diagnoses", {"name": word, "date": since.text}) or {}
            number = str(self._id("condition_occurrence"))
            self._put("condition_occurrence", {"condition_occurrence_id": number, "person_id": self._person, **row})

    # -- entries

    def _entry(self, name: str, entry: Entry) -> None:
        """An entry as a row of its table with its details, or as details alone."""
        table = omop_rows.TABLES.get(name)
        row = getattr(self, f"_{table}")(name, entry) if table else None
        if table is None or row is None:
            number = str(self._id("entry"))
            for key, value in entry.items():
                self._say(key, value, name, number)
            return
        number = str(self._id(table))
        self._put(table, {f"{table}_id": number, "person_id": self._person, **row})
        back = self._back(name, table, row, entry)
        for key in dict.fromkeys([*entry, *back]):
            if back.get(key) != entry.get(key):
                self._say(key, entry.get(key, ""), table, number)
        if name == "diagnoses" and back == entry:
            self._say("name", entry["name"], table, number)  # says that it is no diagnosis of today's disease
        if name == "lines":
            self._exposures(number, entry, row)

    def _back(self, name: str, table: str, row: Row, entry: Entry) -> Entry:
        """What the reader would make of the row alone."""
        if name == "lines":
            return omop_rows.kept(number=row["episode_number"], start=row["episode_start_date"],
                                  stop=row["episode_end_date"] or None)  # fmt: skip
        row = {key: value for key, value in row.items() if value not in ("", "0")}
        stem = {"drug_exposure": "drug", "procedure_occurrence": "procedure", "condition_occurrence": "condition"}
        meaning = self.terms.meaning(named(row, stem.get(table, table)), table)
        word = meaning.word if meaning else ""
        if name == "treatments":
            return omop_rows.treatment(row, word, self.terms)
        if name == "measurements":
            unit = row.get("unit_source_value") or self.terms.unit(row.get("unit_concept_id", "0"))
            return omop_rows.measurement(row, word, self.terms, unit)
        if name == "procedures":
            return omop_rows.procedure(row, word)
        return omop_rows.condition(row, word)

    def _drug_exposure(self, _: str, entry: Entry) -> Row | None:
        drug, start = str(entry["drug"]), _first_day(entry.get("start"))
        if start is None:
            return None
        end = _first_day(entry.get("end"))
        routes = {word: concept for concept, word in fixed()["route"].items()}
        codes = self.codes.drugs.get(drug)
        return {
            "drug_concept_id": (codes.omop if codes else "") or "0", "drug_source_value": drug,
            "drug_exposure_start_date": start, "drug_exposure_end_date": end or self._day,
            "verbatim_end_date": end or "", "drug_type_concept_id": STATED_BY_SOMEBODY,
            "stop_reason": str(entry.get("stop_reason", "")), "days_supply": _whole(entry.get("days_supply")),
            "route_concept_id": routes.get(str(entry.get("route", "")), "0"),
            "route_source_value": str(entry.get("route", "")),
        }  # fmt: skip

    def _measurement(self, _: str, entry: Entry) -> Row | None:
        test, value, unit = (str(entry.get(key, "")) for key in ("test", "value", "unit"))
        amount = parse_amount(value)
        units = {word: concept for concept, word in fixed()["unit"].items()}
        words = {word: concept for concept, word in reversed(fixed()["value"].items())}
        signs = {sign: concept for concept, sign in fixed()["operator"].items()}
        known = next((c.omop for c in self.codes.labs if c.word == test and c.omop), "0")
        return {
            "measurement_concept_id": known, "measurement_source_value": test,
            "measurement_date": _first_day(entry.get("date")) or self._day,
            "measurement_type_concept_id": STATED_BY_SOMEBODY,
            "operator_concept_id": signs.get(amount.sign, "0") if amount else "0",
            "value_as_number": f"{float(amount.number):.15g}" if amount else "",
            "value_as_concept_id": "0" if amount else words.get(value, "0"), "value_source_value": value[:50],
            "unit_concept_id": units.get(find_unit(self.codes, unit) or "", "0"), "unit_source_value": unit,
            "range_high": str(entry.get("upper_limit", "")),
        }  # fmt: skip

    def _condition_occurrence(self, name: str, entry: Entry) -> Row | None:
        start = _first_day(entry.get("date"))
        if start is None or entry.get("present", "yes") != "yes":
            return None  # a row here means that the patient has it, and since when
        word = str(entry["name"])
        known = next((c.omop for c in self.codes.diagnoses if c.word == word and c.omop), "0")
        return {
            "condition_concept_id": known if name == "diagnoses" else "0", "condition_source_value": word,
            "condition_start_date": start, "condition_type_concept_id": STATED_BY_SOMEBODY,
        }  # fmt: skip

    def _procedure_occurrence(self, _: str, entry: Entry) -> Row | None:
        start, word = _first_day(entry.get("date")), str(entry["procedure"])
        if start is None:
            return None
        known = next((c.omop for c in self.codes.procedures if c.word == word and c.omop), "0")
        return {"procedure_concept_id": known, "procedure_source_value": word, "procedure_date": start,
                "procedure_type_concept_id": STATED_BY_SOMEBODY}  # fmt: skip

    def _episode(self, _: str, entry: Entry) -> Row | None:
        start = _first_day(entry.get("start"))
        if start is None:
            return None
        return {
            "episode_concept_id": str(fixed()["episode"]["regimen"][0]), "episode_start_date": start,
            "episode_end_date": _first_day(entry.get("stop")) or "", "episode_number": str(entry["number"]),
            "episode_object_concept_id": "0", "episode_type_concept_id": STATED_BY_SOMEBODY,
            "episode_source_value": "+".join(entry.get("drugs", ()))[:50],
        }  # fmt: skip

    def _exposures(self, episode: str, entry: Entry, row: Row) -> None:
        """The drugs of a line hang on it by the exposures that lie within it, where the record has them."""
        for exposure in self.tables["drug_exposure"]:
            inside = (
                row["episode_start_date"] <= exposure["drug_exposure_start_date"] <= (row["episode_end_date"] or "9")
            )
            if (
                exposure["person_id"] == self._person
                and inside
                and exposure["drug_source_value"] in entry.get("drugs", ())
            ):
                self._put("episode_event", {
                    "episode_id": episode, "event_id": exposure["drug_exposure_id"],
                    "episode_event_field_concept_id": str(fixed()["field"]["drug_exposure"]),
                })  # fmt: skip

    # -- rows

    def _say(self, key: str, value: Value, qualifier: str = "", number: str = "") -> None:
        """A value as rows of `observation`: a list has one for each word, a long text goes on in further rows."""
        for text in [value] if isinstance(value, str) else value or [EMPTY]:
            for begin in range(0, max(len(text), 1), WIDTH):
                name = f"{OWN}{key}{'+' if begin else ''}"
                self._put("observation", {
                    "observation_id": str(self._id("observation")), "person_id": self._person,
                    "observation_concept_id": "0", "observation_date": self._day,
                    "observation_type_concept_id": STATED_BY_SOMEBODY, "value_as_string": text[begin : begin + WIDTH],
                    "qualifier_source_value": qualifier, "observation_source_value": name,
                    "observation_event_id": number,
                })  # fmt: skip

    def _put(self, table: str, row: dict[str, Any]) -> None:
        self.tables[table].append({column: row.get(column, "") for column in COLUMNS[table]})

    def _id(self, table: str) -> int:
        number = self._next.get(table, 1)
        self._next[table] = number + 1
        return number


def write_omop(records: Iterable[Record], folder: Path) -> list[Path]:
    """Writes the tables as CSV files into the folder; gives the files."""
    rows = OmopRows()
    for record in records:
        rows.add(record)
    return write_csv({name: held for name, held in rows.tables.items() if held or name == "person"}, folder)


def _first_day(text: Value | None) -> str | None:
    """A date as OMOP wants it: a partial one as its first day."""
    return f"{text}{'-01-01'[len(text) - 4 :]}"[:10] if isinstance(text, str) else None


def _whole(text: Value | None) -> str:
    return text if isinstance(text, str) and text.isdigit() else ""
