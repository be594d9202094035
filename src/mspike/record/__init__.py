"""The record: what came from outside, as one patient known on a day.

`read_records(files)` yields a Record, or the RecordError in its place, for every record in order; `read_case(data,
name)` does so for content already at hand; `as_known_on(record, day)` leaves out what came later.
"""

from mspike.record.case import KEYS, SCHEMA, as_of_from
from mspike.record.content import read_case
from mspike.record.dates import day_of, days_between, months_between, parse_day
from mspike.record.errors import RecordError, plain
from mspike.record.known import as_known_on
from mspike.record.model import (
    Assessment,
    Circumstances,
    Condition,
    Day,
    Disease,
    Event,
    Fitness,
    Measurement,
    Number,
    Patient,
    Place,
    Preferences,
    Procedure,
    Record,
    StatedDiagnosis,
    StatedLine,
    Treatment,
    Tri,
)
from mspike.record.quality import Note, Quality, Unmapped
from mspike.record.sources import read_records
from mspike.record.units import in_upper_limits
from mspike.record.writing import write_records

__all__ = [
    "KEYS",
    "SCHEMA",
    "Assessment",
    "Circumstances",
    "Condition",
    "Day",
    "Disease",
    "Event",
    "Fitness",
    "Measurement",
    "Note",
    "Number",
    "Patient",
    "Place",
    "Preferences",
    "Procedure",
    "Quality",
    "Record",
    "RecordError",
    "StatedDiagnosis",
    "StatedLine",
    "Treatment",
    "Tri",
    "Unmapped",
    "as_known_on",
    "as_of_from",
    "day_of",
    "days_between",
    "in_upper_limits",
    "months_between",
    "parse_day",
    "plain",
    "read_case",
    "read_records",
    "write_records",
]
