"""A block of patients as columns in, their lines and responses as columns out, in one compiled pass.

Patients do not touch each other: how a registry is cut into blocks changes nothing, and blocks may run on threads,
since the compiled pass lets go of the interpreter lock.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mspike.cohort.columns import DRUGS, INPUT, LABS, PROCEDURES, SIGNS, Column, Table
from mspike.cohort.compile import compiled
from mspike.cohort.room import room_for
from mspike.cohort.rows import IN_ORDER, OUT_OF_ORDER, place
from mspike.derive import Rules
from mspike.derive.kernel.people import derive_people

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]
    Tables = Mapping[str, Mapping[str, Array]]

MOST_DRUGS = 62
"""A set of drugs is an int of 64 bits where it is compiled."""


class BlockError(ValueError):
    """A block that cannot be read: which table and column, which rule, what to do. It holds no patient's value."""


def derive_block(
    tables: Tables, rules: Rules, *, plain: bool = False, cache: Path | None = None
) -> dict[str, dict[str, Array]]:
    """Derives every patient of `tables` (INPUT by name, see `columns`); gives the tables of OUTPUT by name.

    A patient whose rows cannot settle it (`status`) has no lines and no responses. Table `drugs` has `placed`: for each
    record its line (1, 2, …) or why it is in none. Rows in another order are sorted on a copy, and `placed` and `last`
    speak of the sorted rows. `plain`: the same functions uncompiled, some hundred times slower. `cache`: the folder
    for compiled code, see `compile`. Raises BlockError.
    """
    import numpy as np

    if len(rules.drugs) > MOST_DRUGS or len(rules.traits) != len(rules.drugs):
        raise BlockError(f"rules: {len(rules.drugs)} drugs, {len(rules.traits)} traits; at most {MOST_DRUGS}, one each")
    read = {table.name: _read(table, tables, len(rules.drugs)) for table in INPUT}
    people = read["patients"]
    if np.any(people[0][1:] <= people[0][:-1]):
        raise BlockError(
            "table patients: not in rising order of `patient`, or a patient twice; sort it, one row for each"
        )
    begins = {}
    for table in (LABS, DRUGS, PROCEDURES, SIGNS):
        read[table.name], begins[table.name] = _in_order(table, read[table.name], people[0], plain, cache)
    room = room_for(
        len(people[0]), len(read["labs"][0]), len(read["drugs"][0]), len(read["procedures"][0]), len(read["signs"][0])
    )
    given: list[Any] = [len(people[0]), tuple(people[1:])]
    for table in (LABS, DRUGS, PROCEDURES, SIGNS):
        given += [begins[table.name], tuple(read[table.name][1:])]
    given += [
        np.array(rules.traits, np.int64), rules.antibodies, np.array(rules.line_params, np.float64),
        np.array(rules.response_params, np.float64),
    ]  # fmt: skip
    output = room.output
    if plain:
        output = _lists(output)
        derive_people(*(_lists(part) for part in given), *_lists(room.scratch), *output)
    else:
        compiled(derive_people, cache)(*given, *room.scratch, *output)
    return room.tables(output)


def _lists(columns: Any) -> Any:
    """Arrays as lists, on which plain Python is several times faster."""
    if isinstance(columns, tuple):
        return tuple(_lists(column) for column in columns)
    return columns.tolist() if hasattr(columns, "tolist") else columns


def _read(table: Table, tables: Tables, drugs: int) -> list[Array]:
    """The table's columns in the order of its description, checked one by one."""
    import numpy as np

    given = tables.get(table.name)
    if given is None:
        raise BlockError(f"table {table.name} is absent; give it, empty if it has no rows")
    names = [column.name for column in table.columns]
    if set(given) != set(names):
        raise BlockError(f"table {table.name}: columns {', '.join(sorted(given))}; needed: {', '.join(names)}")
    read = []
    for column in table.columns:
        where = f"table {table.name}, column {column.name}"
        array = np.asarray(given[column.name])
        if array.ndim != 1 or (not np.can_cast(array.dtype, column.type) and len(array)):
            raise BlockError(f"{where}: {array.ndim} dimensions of {array.dtype}; needed: one of {column.type}")
        if len(array) != len(given[names[0]]):
            raise BlockError(f"{where}: {len(array)} rows, {names[0]} has {len(given[names[0]])}; they have to agree")
        array = np.ascontiguousarray(array, column.type)
        _check(where, column, array, drugs)
        read.append(array)
    return read


def _check(where: str, column: Column, array: Array, drugs: int) -> None:
    """Refuses what the kernel would take for something else: an unknown code, a value that is no number."""
    import numpy as np

    if not len(array):
        return
    if column.kind == "code":
        known = len(column.words) or drugs
        wrong = (array < 0) | (array >= known) if array.min() < 0 or array.max() >= known else None
        if wrong is not None:
            raise BlockError(
                f"{where}: {int(wrong.sum())} rows hold a code that is not 0 to {known - 1}, first row "
                f"{int(wrong.argmax())}; map every word to its code, and leave out or refuse those without one"
            )
    elif column.kind == "number":
        if not np.isfinite(array).all():
            row = int((~np.isfinite(array)).argmax())
            raise BlockError(f"{where}: no finite number in row {row}; leave out rows without a value")
    elif column.kind == "day" and array.min() < -1:
        raise BlockError(f"{where}: a day before the calendar in row {int(array.argmin())}; give date.toordinal()")


def _in_order(
    table: Table, read: list[Array], ids: Array, plain: bool, cache: Path | None
) -> tuple[list[Array], Array]:
    """The columns, sorted where they were not, and the row at which each patient begins."""
    import numpy as np

    by_name = {column.name: at for at, column in enumerate(table.columns)}
    begins = np.zeros(len(ids) + 1, np.int64)
    for _ in range(2):
        keys = [read[0], *(read[by_name[name]] for name in table.order)]
        if plain:
            written = begins.tolist()
            columns = [len(ids), len(keys[0]), *_lists((ids, *keys)), written]
            found = place(*columns)
            begins[:] = written
        else:
            found = compiled(place, cache)(len(ids), len(keys[0]), ids, *keys, begins)
        if found != OUT_OF_ORDER:
            break
        order = np.lexsort(tuple(reversed(keys)))
        read = [column[order] for column in read]
    if found != IN_ORDER:
        raise BlockError(f"table {table.name}: row {found} is of a patient that table patients does not hold; add it")
    return read, begins
