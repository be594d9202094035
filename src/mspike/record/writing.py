"""Records → files in another form: FHIR, OMOP rows, CSV tables. It reads back to the same record."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from mspike.record.model import Record

LINES = (".ndjson", ".jsonl")


def write_records(records: Iterable[Record], form: str, out: Path) -> list[Path]:
    """Writes the records as `fhir`, `omop` or `csv`; gives the files.

    FHIR: `out` is a folder, in which each record has a Bundle; or a file, NDJSON of them all where it is named so,
    else the Bundle of the only one. OMOP and CSV: `out` is a folder. Raises OSError, and ValueError for several records
    where one Bundle is to be written.
    """
    if form == "omop":
        from mspike.record.omop.writer import write_omop

        return write_omop(records, out)
    if form == "csv":
        from mspike.record.tables.writer import write_tables

        return write_tables(records, out)
    return _write_fhir(records, out)


def _write_fhir(records: Iterable[Record], out: Path) -> list[Path]:
    from mspike.record.fhir.write import patient_id, write_bundle, write_lines

    if out.suffix in LINES:
        with out.open("wb") as file:
            file.writelines(write_lines(record) for record in records)
        return [out]
    if out.suffix == ".json":
        only, *more = records
        if more:
            raise ValueError("a Bundle is of one patient; name a folder, or a file ending in .ndjson")
        out.write_bytes(write_bundle(only))
        return [out]
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for record in records:
        path = out / f"{patient_id(record.id)}.json"
        path.write_bytes(write_bundle(record))
        written.append(path)
    return written
