"""Columns of Arrow as arrays: days as ordinals, words as places in a list, and which rows do not hold."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from mspike.cohort.block import BlockError
from mspike.derive.kernel.codes import NODAY
from mspike.knowledge import load_codes
from mspike.record.columns import Column, Table, arrow_schema

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

EPOCH = 719_163
"""`date.toordinal()` of the day from which Arrow counts."""


class Words(NamedTuple):
    """Of each row the place of its word in `words`; null is a word too, None."""

    places: Array
    words: list[Any]


class Rows:
    """A table's rows. Patients are counted by their place in `ids`, which rises; None: the table names them itself."""

    def __init__(self, table: Table, given: Any, ids: Array | None) -> None:
        import numpy as np

        schema = arrow_schema(table)
        given = schema.empty_table() if given is None else given
        if [(f.name, f.type) for f in given.schema] != [(f.name, f.type) for f in schema]:
            names = ", ".join(f"{field.name} {field.type}" for field in schema)
            raise BlockError(f"table {table.name}: its columns or their types are others; needed: {names}")
        if given.column("patient").null_count:
            raise BlockError(f"table {table.name}: a row without its patient; give every row the patient's number")
        self.table, self.given = table, given
        numbers = self._whole("patient", 0)
        self.ids = numbers if ids is None else ids
        self.who = np.searchsorted(self.ids, numbers)
        known = self.who < len(self.ids)
        known[known] = self.ids[self.who[known]] == numbers[known]
        if not known.all():
            row = int(known.argmin())
            raise BlockError(f"table {table.name}: row {row} is of a patient that table patients does not hold; add it")

    def faults(self) -> Iterator[tuple[Array, str]]:
        """The patients of rows that hold nothing where a value belongs, a word of no list, or a value that is none."""
        for column in self.table.columns[1:]:
            where = f"table {self.table.name}, column {column.name}"
            if column.known and (array := self.given.column(column.name)).null_count:
                yield self.who[array.is_null().to_numpy()], f"{where}: nothing where a value belongs"
            if column.words:
                words = self.words(column.name)
                listed = _listed(column)
                odd = [place for place, word in enumerate(words.words) if word is not None and word not in listed]
                if odd:
                    import numpy as np

                    yield self.who[np.isin(words.places, odd)], f"{where}: a word that is not in the list"
            elif column.kind == "number":
                array = self.given.column(column.name)
                valid = array.is_valid().to_numpy()
                yield self.who[valid & ~_finite(self.amounts(column.name))], f"{where}: a value that is no number"

    def only(self, patients: Array) -> None:
        """Keeps the rows of these patients, true by place."""
        rows = patients[self.who]
        if not rows.all():
            self.given, self.who = self.given.filter(_mask(rows)), self.who[rows]

    def days(self, name: str) -> Array:
        """`date.toordinal()`; NODAY for null."""
        return self._whole(name, NODAY - EPOCH) + EPOCH

    def amounts(self, name: str) -> Array:
        """Numbers; NaN for null."""
        found: Array = self.given.column(name).combine_chunks().to_numpy(zero_copy_only=False).astype("float64")
        return found

    def flags(self, name: str) -> Words:
        return Words(self._whole(name, 2), [False, True, None])

    def words(self, name: str) -> Words:
        array = self.given.column(name).unify_dictionaries().combine_chunks()
        words = array.dictionary.to_pylist()
        places: Array = array.indices.fill_null(len(words)).to_numpy().astype("int64")
        return Words(places, [*words, None])

    def _whole(self, name: str, null: int) -> Array:
        import pyarrow as pa  # type: ignore[import-untyped]

        array = self.given.column(name).combine_chunks()
        array = array.cast(pa.int32() if array.type == pa.date32() else pa.int64())
        found: Array = array.fill_null(null).to_numpy().astype("int64")
        return found


def told(array: Array) -> Words:
    """A condition of each row as words."""
    return Words(array.astype("int64"), [False, True])


def combined(*columns: Words) -> tuple[list[tuple[Any, ...]], Array]:
    """The combinations that occur, and of each row the place of its own."""
    import numpy as np

    sizes = tuple(len(column.words) for column in columns)
    if math.prod(sizes) >= 1 << 62:
        raise BlockError("too many different words in a table; take out those that are no words of a list")
    keys = np.ravel_multi_index([column.places for column in columns], sizes)
    seen, places = np.unique(keys, return_inverse=True)
    parts = zip(*(part.tolist() for part in np.unravel_index(seen, sizes)), strict=True)
    combos = [tuple(column.words[k] for column, k in zip(columns, part, strict=True)) for part in parts]
    return combos, places


def _listed(column: Column) -> frozenset[str]:
    codes = load_codes()
    if column.words in ("test", "drug"):
        return frozenset(codes.tests if column.words == "test" else codes.drugs)
    return frozenset(chain(codes.words[column.words].values()))


def _finite(array: Array) -> Array:
    import numpy as np

    return np.isfinite(array)


def _mask(rows: Array) -> Any:
    import pyarrow as pa

    return pa.array(rows)
