"""Which files, folders and addresses are tables, of which kind, and the patients in them."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from mspike.record.errors import RecordError, plain
from mspike.record.model import Record
from mspike.record.terms import Terms

POSTGRES = ("postgresql://", "postgres://")
DATABASES = (".duckdb", ".db")
ENDINGS = (".csv", ".tsv", ".parquet", ".csv.gz", ".tsv.gz")


def holds_tables(name: str) -> bool:
    """Whether this is a PostgreSQL address, a DuckDB file, a table, or a folder of tables. Opens nothing."""
    if name.startswith(POSTGRES):
        return True
    path = Path(name)
    try:
        if path.is_dir():
            return any(_is_table(file.name) or (file.is_dir() and any(_is_table(f.name) for f in file.iterdir()))
                       for file in path.iterdir())  # fmt: skip
        return path.is_file() and (_is_table(name) or name.lower().endswith(DATABASES))
    except (OSError, ValueError):
        return False


def public_name(name: str) -> str:
    """What of a source's name may be shown: of an address neither the user nor the password."""
    if not name.startswith(POSTGRES):
        return plain(name)
    parts = urlsplit(name)
    return f"postgresql://{parts.hostname or 'localhost'}{parts.path}"


def _is_table(name: str) -> bool:
    return name.lower().endswith(ENDINGS)


def read_table_source(
    name: str, *, patients: Sequence[str] | None, mapping: str | os.PathLike[str] | None, today: dt.date,
    terms: Terms | None,
) -> Iterator[Record | RecordError]:  # fmt: skip
    """Each patient's Record, in the order of ids, one read after the other.

    `patients`: their ids, None = all; `mapping`: a file that says which column is what. Raises RecordError where
    nothing can be read at all.
    """
    from mspike.record.omop.reader import read_omop

    if name.startswith(POSTGRES):
        from mspike.record.databases.server import PostgreSQL

        if mapping is not None:
            raise RecordError("a mapping is for tables, and this is none", hint="leave --mapping out")
        server = PostgreSQL(name)
        try:
            yield from read_omop(server, public_name(name), patients=patients, today=today, terms=terms)
        finally:
            server.close()
        return
    from mspike.record.databases.files import DuckDB
    from mspike.record.tables.mapping import read_mapping
    from mspike.record.tables.reader import read_tables

    chosen = None if mapping is None else read_mapping(Path(mapping))
    tables = DuckDB(Path(name))
    try:
        if mapping is None and "person" in tables.columns:
            yield from read_omop(tables, public_name(name), patients=patients, today=today, terms=terms)
        else:
            yield from read_tables(tables, public_name(name), chosen, patients=patients, today=today, terms=terms)
    finally:
        tables.close()
