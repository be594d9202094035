"""OMOP tables in a PostgreSQL database, by its URL; psycopg is loaded here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mspike.record.errors import RecordError
from mspike.record.quality import Note

BATCH = 2048


def psycopg() -> Any:
    """The driver, or one clear message."""
    try:
        import psycopg
    except ModuleNotFoundError:
        hint = "pip install 'mspike[postgres]'"
        raise RecordError("PostgreSQL needs its driver, which is not installed", hint=hint) from None
    return psycopg


class PostgreSQL:
    """The tables of the first schema of the search path that has `person`; nothing is written.

    A schema is named in the URL: `postgresql://host/db?options=-csearch_path%3Dcdm`.
    """

    def __init__(self, url: str) -> None:
        self._driver = psycopg()
        self.decimal_commas: frozenset[str] = frozenset()
        self.broken: list[Note] = []
        self.columns: dict[str, frozenset[str]] = {}
        try:
            # one snapshot for all tables, so that rows written meanwhile do not tear a patient apart
            self._connection = self._driver.connect(url, connect_timeout=10)
            self._connection.isolation_level = self._driver.IsolationLevel.REPEATABLE_READ
            self._connection.read_only = True
            found = self._connection.execute(
                "SELECT table_name, column_name FROM information_schema.columns "
                "WHERE table_schema = ANY (current_schemas(false)) ORDER BY table_name"
            ).fetchall()
        except self._driver.Error as error:
            raise self._unreadable(error, "") from None
        for table, column in found:
            self.columns[table] = self.columns.get(table, frozenset()) | {column}
        self._cursors = 0

    def fetch(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, a batch at a time, by a cursor that the server keeps."""
        self._cursors += 1
        try:
            with self._connection.cursor(name=f"mspike_{self._cursors}") as cursor:
                cursor.itersize = BATCH
                cursor.execute(sql)
                yield from cursor
        except self._driver.Error as error:
            raise self._unreadable(error, "") from None

    def close(self) -> None:
        self._connection.close()

    def _unreadable(self, error: Exception, at: str) -> RecordError:
        if isinstance(error, self._driver.OperationalError):
            return RecordError("a database that cannot be reached", at=at, given=str(error).splitlines()[0],
                               hint="look at the URL, the user and the network")  # fmt: skip
        return RecordError("a table that cannot be read", at=at, given=str(error).splitlines()[0],
                           hint="look at the tables and at what the user may read")  # fmt: skip
