"""Folders of CSV or Parquet files and DuckDB files, read by DuckDB; it is loaded here and nowhere else."""

from __future__ import annotations

import csv
import gzip
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mspike.record.databases import quoted
from mspike.record.errors import RecordError
from mspike.record.quality import Note

BATCH = 2048
TABLE_FILE = re.compile(r"(?P<name>[a-z0-9_ -]+?)\.(?:csv|tsv|txt|parquet)(?:\.gz)?", re.IGNORECASE)
WHOLE = ("person_id", "ancestor_concept_id", "descendant_concept_id")
"""Columns that are compared with numbers."""
PART = re.compile(r"(_\d+_\d+_\d+|[_-]?\d{6,})$")
"""What a warehouse adds to the names of a table's files: `measurement_0_3_0`, `measurement000000000007`."""
MEMORY = "512MB"
"""What DuckDB may take: sorting a registry by patient goes to disk beyond it."""
SAID = 20
"""Lines that cannot be read which are named one by one."""
BROKEN = {
    "UNQUOTED VALUE": "a quote that is not closed: what follows it is not read",
    "INVALID ENCODING": "text that is not UTF-8",
    "TOO MANY COLUMNS": "more columns than the header names",
    "MISSING COLUMNS": "fewer columns than the header names",
    "LINE SIZE OVER MAXIMUM": "a line of more than 2 MB",
}
"""What is wrong with a line."""


def duckdb() -> Any:
    """The library, or one clear message."""
    try:
        import duckdb
    except ModuleNotFoundError:
        raise RecordError("tables need DuckDB, which is not installed", hint="pip install 'mspike[tables]'") from None
    return duckdb


class DuckDB:
    """Tables by their names in lower case, from files of a folder or from a database file opened for reading.

    A line of a CSV file that cannot be read is passed over and named in `broken`. That is looked for only when the
    first reading stopped at one.
    """

    def __init__(self, path: Path) -> None:
        self._library = duckdb()
        self.columns: dict[str, frozenset[str]] = {}
        self.decimal_commas: frozenset[str] = frozenset()
        self.broken: list[Note] = []
        self._files: dict[str, list[Path]] = {}
        self._aside = tempfile.TemporaryDirectory(prefix="mspike-")
        """Where what does not fit into memory goes; it ends with this object."""
        if path.is_dir():
            self._connection = self._connect()
            self._files = table_files(path)
        elif named := TABLE_FILE.fullmatch(path.name):
            self._connection = self._connect()
            self._files = {plain_name(named["name"]): [path]}
        else:
            self._database(path)
        self._lenient = False
        for name, files in self._files.items():
            self._table(name, files)

    def _connect(self, name: str = ":memory:", **how: bool) -> Any:
        return self._library.connect(name, config={"memory_limit": MEMORY, "temp_directory": self._aside.name}, **how)

    def close(self) -> None:
        self._connection.close()
        self._aside.cleanup()

    def fetch(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, a batch at a time. Raises RecordError."""
        try:
            cursor = self._execute(sql)
            while batch := cursor.fetchmany(BATCH):
                yield from batch
        except self._library.Error as error:
            raise _unreadable(error) from None

    def hold(self, name: str, rows: Any) -> None:
        """Keeps a query's rows, or a table of Arrow, under a name for the queries of `arrow`. Raises RecordError."""
        try:
            if isinstance(rows, str):
                self._execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {rows}", self._connection)
            else:
                self._connection.register(name, rows)
        except self._library.Error as error:
            raise _unreadable(error) from None

    def arrow(self, sql: str) -> Any:
        """The result of a query as a table of Arrow. Raises RecordError."""
        try:
            return self._connection.sql(sql).to_arrow_table()
        except self._library.Error as error:
            raise _unreadable(error) from None

    def _execute(self, sql: str, connection: Any = None) -> Any:
        cursor = connection or self._connection.cursor()
        try:
            return cursor.execute(sql)
        except self._library.InvalidInputException:
            if self._lenient or not self._files:
                raise
            self._lenient = True
            for name, files in self._files.items():
                for file in files:
                    if not _is_parquet(file):
                        self._note_broken_lines(file)
                self._table(name, files)
            return cursor.execute(sql)

    def _table(self, name: str, files: list[Path]) -> None:
        """A table over files of one kind, each by the names of its columns."""
        sources, every = [], dict[str, None]()
        for file in files:
            source, columns = self._source(file, name)
            names = [plain_name(column) for column in columns]
            if len(set(names)) != len(names):
                raise RecordError("two columns with one name", at=file.name, hint="name each column once")
            listed = [
                f'TRY_CAST(trim(CAST("{column}" AS VARCHAR)) AS BIGINT) AS {new}'
                if new in WHOLE
                else f'"{column}" AS "{new}"'
                for column, new in zip(columns, names, strict=True)
            ]
            sources.append(f"SELECT {', '.join(listed)} FROM {source}")
            every.update(dict.fromkeys(names))
        try:
            self._connection.execute(f'CREATE OR REPLACE VIEW "{name}" AS {" UNION ALL BY NAME ".join(sources)}')
        except self._library.Error as error:
            raise _unreadable(error, files[0].name) from None
        self.columns[name] = frozenset(every)

    def _source(self, file: Path, table: str = "", more: str = "") -> tuple[str, list[str]]:
        """The call that reads a file, and its columns as they are written there."""
        if _is_parquet(file):
            source = f"read_parquet({quoted(str(file))})"
            try:
                return source, [c[0] for c in self._connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
            except self._library.Error as error:
                raise _unreadable(error, file.name) from None
        delimiter, columns = _header(file)
        if delimiter == ";":
            self.decimal_commas |= {table}
        fields = ", ".join(f"{quoted(column)}: 'VARCHAR'" for column in columns)
        given = (f"{quoted(str(file))}, auto_detect=false, header=true, strict_mode=true, delim={quoted(delimiter)}, "
                 f"quote='\"', escape='\"', columns={{{fields}}}, ignore_errors={self._lenient}{more}")  # fmt: skip
        return f"read_csv({given})", columns

    def _note_broken_lines(self, file: Path) -> None:
        """Reads a file through once more, for the lines that cannot be read."""
        source, _ = self._source(file, more=", store_rejects=true, rejects_table='broken', rejects_scan='scanned'")
        cursor = self._connection.cursor()
        try:
            cursor.execute(f"SELECT count(COLUMNS(*)) FROM {source}").fetchall()
            found = cursor.execute("SELECT DISTINCT line, error_type FROM broken ORDER BY line").fetchall()
        except self._library.CatalogException:
            return  # none
        except self._library.Error as error:
            raise _unreadable(error, file.name) from None
        for line, kind in found[:SAID]:
            says = BROKEN.get(str(kind), "a line that cannot be read")
            self.broken.append(Note(says, f"{file.name}, line {line}", hint="look at its quotes and characters"))
        if len(found) > SAID:
            self.broken.append(Note(f"{len(found) - SAID} more lines that cannot be read", file.name))

    def _database(self, path: Path) -> None:
        try:
            self._connection = self._connect(str(path), read_only=True)
            found = self._connection.execute(
                "SELECT lower(table_name), lower(column_name), table_schema FROM information_schema.columns"
            ).fetchall()
        except self._library.Error as error:
            raise _unreadable(error, path.name) from None
        schemas = sorted({schema for table, _, schema in found if table == "person"})
        if schemas:
            self._connection.execute(f"SET schema = {quoted(schemas[0])}")
        for table, column, schema in found:
            if not schemas or schema == schemas[0]:
                self.columns[table] = self.columns.get(table, frozenset()) | {column}


def _header(file: Path) -> tuple[str, list[str]]:
    """The character that parts the columns, the one that the first line holds most of; and the columns."""
    try:
        with gzip.open(file, "rb") if file.suffix.lower() == ".gz" else file.open("rb") as stream:
            first = stream.readline(1_000_000)
    except (OSError, EOFError) as error:
        raise RecordError(
            "a table that cannot be read", at=file.name, given=str(error), hint="look at the file"
        ) from None
    if first.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise RecordError("text in UTF-16, and UTF-8 is read", at=file.name, hint="save the file as UTF-8")
    try:
        text = first.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        raise RecordError("text that is not UTF-8", at=f"{file.name}, line 1", hint="save the file as UTF-8") from None
    if not text:
        raise RecordError("an empty table", at=file.name, hint="its first line names the columns")
    delimiter = max((",", ";", "\t", "|"), key=text.count)
    return delimiter, next(csv.reader([text], delimiter=delimiter))


def _is_parquet(file: Path) -> bool:
    return file.name.lower().endswith(".parquet")


def table_files(folder: Path) -> dict[str, list[Path]]:
    """Table name in lower case → its files: `MEASUREMENT.csv.gz`, or `measurement/part-0.parquet` and its kin."""
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            parts = sorted(p for p in path.iterdir() if p.is_file() and TABLE_FILE.fullmatch(p.name))
            if parts:
                found.setdefault(plain_name(path.name), []).extend(parts)
        elif named := TABLE_FILE.fullmatch(path.name):
            found.setdefault(PART.sub("", plain_name(named["name"])), []).append(path)
    return found


def plain_name(name: str) -> str:
    return name.strip().strip('"').lower().replace(" ", "_").replace("-", "_")


def _unreadable(error: Exception, file: str = "") -> RecordError:
    """DuckDB's own words may hold a patient's value: they are `given`, never the rule."""
    said = str(error).splitlines()[0] if str(error) else type(error).__name__
    return RecordError("a table that cannot be read", at=file, given=said, hint="look at the file's columns and quotes")
