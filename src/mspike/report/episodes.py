"""Lines of therapy → rows of OMOP's `episode` and `episode_event`, to be added to the CDM they were worked out from.

OMOP CDM 5.4 and its Oncology extension: a treatment regimen is an episode, numbered in order, and hangs by its events
on the drug exposures that it was made of. Reading the CDM again passes these rows over: a program worked them out.
"""

from __future__ import annotations

import csv
from pathlib import Path

from mspike.derive import Line, State
from mspike.record import Day, Record

REGIMEN = 32531
"""Concept: treatment regimen."""
WORKED_OUT = 32545
"""Type concept: an episode that a program worked out."""
DRUG_EXPOSURE = 1147094
"""Concept of the field whose number an event holds: `drug_exposure.drug_exposure_id`."""

EPISODE = ("episode_id", "person_id", "episode_concept_id", "episode_start_date", "episode_end_date", "episode_number",
           "episode_object_concept_id", "episode_type_concept_id", "episode_source_value")  # fmt: skip
EVENT = ("episode_id", "event_id", "episode_event_field_concept_id")

Row = dict[str, str]


class Episodes:
    """Gathers the rows of one patient after another; ids go on from `first`."""

    def __init__(self, first: int = 1) -> None:
        self.episodes: list[Row] = []
        self.events: list[Row] = []
        self._next = first

    def add(self, record: Record, state: State) -> None:
        """The lines of one patient; those that the source itself states as episodes are there already.

        Raises ValueError where the record does not come from an OMOP CDM. A line without a start is left out: an
        episode must have one.
        """
        table, _, person = record.pointers.get("id", "").partition("/")
        if table != "person":
            raise ValueError("no OMOP CDM: episodes are rows for the database that the patients come from")
        for line in state.lines or ():
            if line.start is not None and not line.at.startswith("episode/"):
                self._line(record, line, person, line.start)

    def _line(self, record: Record, line: Line, person: str, start: Day) -> None:
        number = str(self._next)
        self._next += 1
        self.episodes.append({
            "episode_id": number, "person_id": person, "episode_concept_id": str(REGIMEN),
            "episode_start_date": start.first.isoformat(),
            "episode_end_date": line.stop.last.isoformat() if line.stop else "",
            "episode_number": str(line.number), "episode_object_concept_id": "0",
            "episode_type_concept_id": str(WORKED_OUT), "episode_source_value": line.regimen[:50],
        })  # fmt: skip
        for given in record.treatments or ():
            table, _, event = given.at.partition("/")
            within = given.start is not None and start.first <= given.start.first and (
                line.stop is None or given.start.first <= line.stop.last
            )  # fmt: skip
            if table == "drug_exposure" and within and given.drug in {*line.drugs, *line.maintenance}:
                self.events.append({
                    "episode_id": number, "event_id": event, "episode_event_field_concept_id": str(DRUG_EXPOSURE),
                })  # fmt: skip

    def write(self, folder: Path) -> list[Path]:
        """`episode.csv` and `episode_event.csv` in the folder. Raises OSError."""
        folder.mkdir(parents=True, exist_ok=True)
        written = []
        for name, columns, rows in (("episode", EPISODE, self.episodes), ("episode_event", EVENT, self.events)):
            path = folder / f"{name}.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, columns, lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)
            written.append(path)
        return written
