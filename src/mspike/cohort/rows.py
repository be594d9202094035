"""One pass over a table's rows: are they in order, and where does each patient begin. Kernel code, see `compile`."""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from typing import Final

IN_ORDER: Final = -1
OUT_OF_ORDER: Final = -2


def place(
    count: int,
    rows: int,
    ids: Sequence[int],
    patient: Sequence[int],
    key1: Sequence[int],
    key2: Sequence[int],
    key3: Sequence[float],
    key4: Sequence[float],
    begins: MutableSequence[int],
) -> int:
    """Writes to `begins` the row at which each patient of `ids` begins, and after the last one the number of rows.

    `count` patients in `ids`, in rising order; `rows` of each column, which have to be sorted by patient and then by
    the four keys. Returns IN_ORDER, OUT_OF_ORDER, or the number of the first row whose patient is not in `ids`.
    """
    p = 0
    begins[0] = 0
    for i in range(rows):
        who = patient[i]
        if i > 0:
            before = patient[i - 1]
            if who < before:
                return OUT_OF_ORDER
            if who == before:
                if key1[i] > key1[i - 1]:
                    continue
                if key1[i] < key1[i - 1] or key2[i] < key2[i - 1]:
                    return OUT_OF_ORDER
                same = key2[i] == key2[i - 1]
                if same and (key3[i] < key3[i - 1] or (key3[i] == key3[i - 1] and key4[i] < key4[i - 1])):
                    return OUT_OF_ORDER
                continue
        while p < count and ids[p] < who:
            p += 1
            begins[p] = i
        if p == count or ids[p] != who:
            return i
    while p < count:
        p += 1
        begins[p] = rows
    return IN_ORDER
