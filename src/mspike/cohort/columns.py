"""The columns of a block of patients: what goes in and what comes out, each with its type, unit and meaning.

A reader fills PATIENTS, LABS, DRUGS, PROCEDURES and SIGNS; `derive_block` gives the other tables back. A code is a
position in the list of words named with its column; a word without a code is the reader's to refuse, and a number that
is no code is refused by the block. Rows hold what was known on the patient's `as_of`, and no partial dates or open
amounts (`<0.5`): such a patient is one for `mspike.derive.derive_state`.
"""

from __future__ import annotations

from typing import Final

import msgspec

from mspike.derive.kernel import codes as c
from mspike.derive.kernel import line_codes as lc
from mspike.derive.kernel.people import STATUS


class Column(msgspec.Struct, frozen=True):
    name: str
    kind: str
    """`id`, `day` (`date.toordinal()`, -1 for none), `code`, `bits`, `count` or `number`."""
    meaning: str
    words: tuple[str, ...] = ()
    """Of a code its words by position; of bits their words by place. Without words: any number, a drug's code."""
    unit: str = ""

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


PATIENT: Final = Column(
    "patient", "id", "the patient, by a number that the reader gives; rows of one patient are together"
)

PATIENTS: Final = Table(
    "patients",
    "one row for each patient",
    (
        PATIENT,
        Column("as_of", "day", "day on which the record was read; no row of the patient is later"),
        Column("chain", "code", "involved light chain", ("not known", "kappa", "lambda")),
        Column("igg_kappa", "code", "whether the patient's own band may be IgG-kappa", ("no", "may be")),
        Column("count_from", "day", "drugs begun before this day are of a precursor stage and count as no line"),
        Column("death", "day", "day of death"),
    ),
)
LABS: Final = Table(
    "labs",
    "one row for each result that the response criteria read",
    (
        PATIENT,
        Column("day", "day", "day on which the sample was taken"),
        Column("test", "code", "what was measured", c.TESTS),
        Column("value", "number", "amount in the test's canonical unit; a finding 0 or 1; a stated response its level",
               unit="as in codes/tests.yaml"),
    ),
    ("day", "test", "value", "value"),
)  # fmt: skip
DRUGS: Final = Table(
    "drugs",
    "one row for each drug record",
    (
        PATIENT,
        Column("start", "day", "first day"),
        Column("end", "day", "last day; of an open record the patient's `as_of`, of a product given once its day"),
        Column("drug", "code", "the drug, by its place in `Rules.drugs`"),
        Column("note", "bits", "context (4 bits), open, stop reason (3 bits), by mouth, dose: see kernel/line_codes"),
    ),
    ("start", "end", "drug", "note"),
)
PROCEDURES: Final = Table(
    "procedures",
    "one row for each procedure",
    (PATIENT, Column("day", "day", "its day"), Column("procedure", "code", "what was done", lc.PROCEDURES)),
    ("day", "procedure", "procedure", "procedure"),
)
SIGNS: Final = Table(
    "signs",
    "one row for each statement of the record about the disease: judged, the reason to stop a drug, an event",
    (
        PATIENT,
        Column("day", "day", "its day"),
        Column("sign", "code", "what was stated", lc.SIGNS),
    ),
    ("day", "sign", "sign", "sign"),
)
INPUT: Final = (PATIENTS, LABS, DRUGS, PROCEDURES, SIGNS)

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
        Column("line_begins", "count", "first row in `lines`; one row more than patients"),
        Column("response_begins", "count", "first row in `responses`; one row more than patients"),
    ),
)
OUTPUT: Final = (STATE, LINES, OF_LINES, RESPONSES)
