"""The columns of a block of patients: what goes in and what comes out, each with its type, unit and meaning.

What goes in is said by `mspike.record.columns`; here stands only which code, bits or number becomes of its words and
days, and `encode` writes them. `derive_block` takes PATIENTS, LABS, DRUGS, PROCEDURES and SIGNS, and gives the other
tables back. A code is a position in the list of words named with its column; a number that is no code is refused by the
block. Rows hold what was known on the patient's `as_of`, and no partial dates or open amounts (`<0.5`): such a patient
is one for `mspike.derive.derive_state`.
"""

from __future__ import annotations

from typing import Final

import msgspec

from mspike.derive.kernel import codes as c
from mspike.derive.kernel import line_codes as lc
from mspike.derive.kernel.people import STATUS
from mspike.record import columns as given


class Column(msgspec.Struct, frozen=True):
    name: str
    kind: str
    """`id`, `day` (`date.toordinal()`, -1 for none), `code`, `bits`, `count` or `number`."""
    meaning: str
    words: tuple[str, ...] = ()
    """Of a code its words by position; of bits their words by place. Without words: any number, a drug's code."""
    unit: str = ""
    of: tuple[str, ...] = ()
    """Of what goes in: the columns of `mspike.record.columns` that it is made of, as `table.column`."""

    @property
    def type(self) -> str:
        """Of its array."""
        return "float64" if self.kind == "number" else "int64"


class Table(msgspec.Struct, frozen=True):
    name: str
    meaning: str
    columns: tuple[Column, ...]
    order: tuple[str, ...] = ()
    """Rows are sorted by patient, then by these; where they are not, the block sorts them."""


def _from(
    table: given.Table, column: str, name: str = "", kind: str = "", words: tuple[str, ...] = (), *, adds: str = "",
    says: str = "", of: tuple[str, ...] = (),
) -> Column:  # fmt: skip
    """The record's column as the kernels take it. `adds`: what is said of its code; `says`: where it comes to mean
    something else; `of`: the other columns in it."""
    origin = table[column]
    meaning = says or origin.meaning.partition(";")[0] + (f"; {adds}" if adds else "")
    made_of = (f"{table.name}.{column}", *of)
    return Column(name or column, kind or origin.kind, meaning, words, origin.unit, made_of)


PATIENTS: Final = Table(
    given.PATIENTS.name,
    given.PATIENTS.meaning,
    (
        _from(given.PATIENTS, "patient"),
        _from(given.PATIENTS, "as_of"),
        _from(given.PATIENTS, "light_chain", "chain", "code", ("not known", "kappa", "lambda"),
              of=("patients.isotype",)),
        _from(given.PATIENTS, "isotype", "igg_kappa", "code", ("no", "may be"),
              says="whether the patient's own band may be IgG-kappa", of=("patients.light_chain",)),
        _from(given.PATIENTS, "diagnosed", "count_from", "day",
              says="drugs begun before this day are of a precursor stage and count as no line",
              of=("patients.diagnosis", "diagnoses.day", "diagnoses.diagnosis")),
        _from(given.DRUGS, "end", "death", "day", says="day of death: the last of a drug that it stopped",
              of=("drugs.stop_reason",)),
    ),
)  # fmt: skip
LABS: Final = Table(
    given.LABS.name,
    "one row for each result that the response criteria read, and for each response that somebody judged",
    (
        _from(given.LABS, "patient"),
        _from(given.LABS, "day", of=("assessments.day",)),
        _from(given.LABS, "test", "test", "code", c.TESTS, adds="a stated response is a test too",
              of=("labs.unit", "labs.attributed_to", "labs.lesions", "assessments.confirmed")),
        _from(given.LABS, "value", adds="of a finding 0 or 1, of a stated response its level",
              of=("labs.result", "assessments.response")),
    ),
    ("day", "test", "value", "value"),
)  # fmt: skip
DRUGS: Final = Table(
    given.DRUGS.name,
    given.DRUGS.meaning,
    (
        _from(given.DRUGS, "patient"),
        _from(given.DRUGS, "start"),
        _from(given.DRUGS, "end", adds="an open record has the patient's `as_of`, a product given once its day",
              of=("drugs.days_supply", "patients.as_of")),
        _from(given.DRUGS, "drug", kind="code", adds="by its place in `Rules.drugs`"),
        _from(given.DRUGS, "context", "note", "bits",
              says="context (4 bits), open, stop reason (3 bits), by mouth, dose: see kernel/line_codes",
              of=("drugs.end", "drugs.stop_reason", "drugs.route", "drugs.dose", "drugs.days_supply")),
    ),
    ("start", "end", "drug", "note"),
)  # fmt: skip
PROCEDURES: Final = Table(
    given.PROCEDURES.name,
    given.PROCEDURES.meaning,
    (
        _from(given.PROCEDURES, "patient"),
        _from(given.PROCEDURES, "day"),
        _from(given.PROCEDURES, "procedure", kind="code", words=lc.PROCEDURES),
    ),
    ("day", "procedure", "procedure", "procedure"),
)
SIGNS: Final = Table(
    "signs",
    "one row for each statement of the record about the disease: judged, the reason to stop a drug, an event",
    (
        _from(given.ASSESSMENTS, "patient"),
        _from(given.ASSESSMENTS, "day", of=("drugs.end",)),
        _from(given.ASSESSMENTS, "response", "sign", "code", lc.SIGNS, says="what was stated",
              of=("assessments.confirmed", "drugs.stop_reason")),
    ),
    ("day", "sign", "sign", "sign"),
)  # fmt: skip
INPUT: Final = (PATIENTS, LABS, DRUGS, PROCEDURES, SIGNS)
ASIDE: Final = frozenset({"patients.record", "patients.gap", "patients.event", "diagnoses.patient"})
"""Columns of the record that are in no column here: who it is, and what keeps the patient out."""

LINES: Final = Table(
    "lines",
    "one row for each line of therapy, in the order of `patients`",
    (
        Column("start", "day", "first day"),
        Column("stop", "day", "last day"),
        Column("drugs", "bits", "its drugs, by their place in `Rules.drugs`"),
        Column("core", "bits", "its drugs without steroids"),
        Column("parts", "bits", "induction, transplant and so on", lc.PARTS),
        Column("flags", "bits", "what stands out", lc.LINE_FLAGS),
        Column("began", "code", "why it began", lc.BEGAN),
        Column("ended", "code", "why it ended", lc.ENDED),
        Column("transplant", "day", "its last transplant"),
        Column("progression", "day", "progression that ended it or followed it"),
        Column("upkeep", "bits", "drugs of its maintenance"),
        Column("pause", "count", "days without treatment before it, or before its restart; -1: none", unit="days"),
        Column("last", "count", "row of its last dose in `drugs`"),
    ),
)
OF_LINES: Final = Table(
    "of_lines",
    "what the results say of each line; rows as in `lines`",
    (
        Column("measurable", "bits", "markers measurable at its baseline", c.MARKERS),
        Column("best", "code", "best confirmed response", c.LEVELS),
        Column("progressed", "day", "its first confirmed progression"),
        Column("known", "day", "day from which that progression stood confirmed"),
        Column("from_cr", "day", "first sign of a relapse from complete response"),
        Column(
            "refractory", "bits", "drugs to which the disease was refractory in it, by their place in `Rules.drugs`"
        ),
        Column("refractory_day", "day", "day of the last of these failures"),
    ),
)
RESPONSES: Final = Table(
    "responses",
    "one row for each day with a sample that can be judged or a stated response",
    (
        Column("day", "day", "day of the sample"),
        Column("line", "count", "its line, 0 for the first"),
        Column("level", "code", "response at this sample", c.LEVELS),
        Column("confirmed", "code", "best confirmed response of the line so far; progression absorbs", c.LEVELS),
        Column("flags", "bits", "what stands out", c.FLAGS),
        Column("clauses", "bits", "clauses of progression that are met", c.CLAUSES),
        Column("marker", "code", "marker that decided", c.MARKERS),
        Column("reference_day", "day", "day of the marker's reference"),
        Column("known", "day", "day from which the confirmation stands"),
        Column("how", "code", "how it was confirmed",
               ("not yet", "by a sample", "by a new line", "by itself", "by the record", "by death", "refuted")),
        Column("derived", "code", "response without what is stated", c.LEVELS),
        Column("gaps", "bits", "what was missing or assumed", c.GAPS),
        Column("stated", "code", "whether the record states it", ("no", "yes", "as confirmed")),
        Column("value", "number", "value of the deciding marker; below -1e17: none", unit="as the test"),
        Column("baseline", "number", "its baseline in the line", unit="as the test"),
        Column("reference", "number", "its reference in the line", unit="as the test"),
    ),
)  # fmt: skip
STATE: Final = Table(
    "state",
    "one row for each patient, as in `patients`",
    (
        Column("status", "code", "whether the patient was derived", STATUS),
        Column("refractory_early", "bits", "drugs that failed in treatment of smouldering disease, which is no line"),
        Column("line_begins", "count", "first row in `lines`; one row more than patients"),
        Column("response_begins", "count", "first row in `responses`; one row more than patients"),
    ),
)
OUTPUT: Final = (STATE, LINES, OF_LINES, RESPONSES)
