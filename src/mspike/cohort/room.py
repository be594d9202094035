"""The columns that a block is written into, kept by each thread for its next block."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from mspike.cohort.columns import LINES, OF_LINES, RESPONSES, Table
from mspike.derive.kernel.codes import (
    FLOAT_COLUMNS,
    INT_COLUMNS,
    LINE_COLUMNS,
    MARKER_COUNT,
    REFERENCE_COLUMNS,
    SCRATCH,
    TEST_PLACES,
)
from mspike.derive.kernel.line_codes import DRUG_PLACES, LINE_TABLE

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

_kept = threading.local()


class Room:
    """Output columns and scratch space with room for the most that so many rows can give.

    A line needs a drug record or a procedure (`courses`), a response a lab row.
    """

    def __init__(self, patients: int, labs: int, drugs: int, courses: int, signs: int) -> None:
        import numpy as np

        def whole(columns: int, size: int) -> tuple[Array, ...]:
            return tuple(np.zeros(size + 1, np.int64) for _ in range(columns))

        def numbers(columns: int, size: int) -> tuple[Array, ...]:
            return tuple(np.zeros(size + 1, np.float64) for _ in range(columns))

        self.size = self.asked = (patients, labs, drugs, courses, signs)
        """Rows that there is room for, and rows of the block at hand."""
        self.scratch = (
            whole(2, signs + courses), whole(3, DRUG_PLACES), *whole(3, courses), *numbers(1, TEST_PLACES),
            *numbers(1, SCRATCH), whole(LINE_COLUMNS, courses), numbers(REFERENCE_COLUMNS, courses * MARKER_COUNT),
        )  # fmt: skip
        self.output = (
            *whole(2, patients), *whole(1, drugs),
            *whole(1, patients), whole(LINE_TABLE, courses), whole(LINE_COLUMNS + 2, courses),
            *whole(1, patients), whole(INT_COLUMNS, labs), numbers(FLOAT_COLUMNS, labs),
        )  # fmt: skip

    def tables(self, output: Any) -> dict[str, dict[str, Array]]:
        """What was written, as tables by name; copies, since the room is used again."""
        import numpy as np

        patients, _, drugs, _, _ = self.asked
        status, early, placed, line_begins, lines, of_lines, response_begins, ints, floats = output
        many, responses = int(line_begins[patients]), int(response_begins[patients])

        def named(table: Table, columns: tuple[Any, ...], rows: int) -> dict[str, Array]:
            pairs = zip(table.columns, columns, strict=True)
            return {column.name: np.array(part[:rows], column.type) for column, part in pairs}

        return {
            "state": {
                "status": np.array(status[:patients], np.int64),
                "refractory_early": np.array(early[:patients], np.int64),
                "line_begins": np.array(line_begins[: patients + 1], np.int64),
                "response_begins": np.array(response_begins[: patients + 1], np.int64),
            },
            "lines": named(LINES, lines, many),
            "of_lines": named(OF_LINES, of_lines, many),
            "responses": named(RESPONSES, (*ints, *floats), responses),
            "drugs": {"placed": np.array(placed[:drugs], np.int64)},
        }


def room_for(patients: int, labs: int, drugs: int, procedures: int, signs: int) -> Room:
    """This thread's room, made anew, and with some to spare, where it is too small."""
    asked = (patients, labs, drugs, drugs + procedures, signs)
    room: Room | None = getattr(_kept, "room", None)
    if room is None or any(have < need for have, need in zip(room.size, asked, strict=True)):
        room = _kept.room = Room(*(need + need // 5 for need in asked))
    room.asked = asked
    return room
