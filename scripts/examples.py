"""Write what is made of the example patients; `--check` says what is stale.

The answer beside each, `examples/patients/NAME/answer.txt`, as a terminal would show it, 100 columns wide and without
colour; and all ten as others would send them: `examples/fhir`, `examples/ndjson`, `examples/omop`, `examples/csv`.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from mspike.derive import derive_state
from mspike.knowledge import load_knowledge, settle
from mspike.options import build_answer
from mspike.record import Record, RecordError, read_records, write_records
from mspike.report import finish, render_text

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples"
PATIENTS = EXAMPLES / "patients"
WIDTH = 100
FORMS = {"fhir": ("fhir", ""), "ndjson": ("fhir", "patients.ndjson"), "omop": ("omop", ""), "csv": ("csv", "")}
"""Folder of examples → the form, and the file in the folder where it is one for all."""


def read(file: Path) -> Record:
    """The record. SystemExit for one that is refused: an example is read by newcomers."""
    (found,) = read_records([file])
    if isinstance(found, RecordError):
        sys.exit(f"{file}: {found.error}; {found.hint}")
    return found


def answer_page(record: Record) -> str:
    knowledge = load_knowledge()
    return render_text(finish(build_answer(derive_state(record, knowledge, settle(knowledge)))), width=WIDTH)


def made(records: dict[Path, Record], folder: Path) -> dict[Path, bytes]:
    """Every file that is made of the records, with its content; `folder` is for the while."""
    found = {file.with_name("answer.txt"): answer_page(record).encode() for file, record in records.items()}
    for name, (form, file) in FORMS.items():
        (folder / name).mkdir()
        for written in write_records(records.values(), form, folder / name / file):
            found[EXAMPLES / name / written.name] = written.read_bytes()
    return found


def main() -> int:
    records = {file: read(file) for file in sorted(PATIENTS.glob("*/record.yaml"))}
    with tempfile.TemporaryDirectory() as folder:
        wanted = made(records, Path(folder))
    there = {file for name in FORMS for file in (EXAMPLES / name).glob("*")}
    stale = [file for file, content in wanted.items() if not file.exists() or file.read_bytes() != content]
    gone = sorted(there - wanted.keys())
    if "--check" not in sys.argv:
        for file in stale:
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(wanted[file])
        for file in gone:
            file.unlink()
    told = ", ".join(str(file.relative_to(ROOT)) for file in [*stale, *gone]) or "none"
    print(f"{'stale, run `make examples`' if '--check' in sys.argv else 'written'}: {told}")
    return int("--check" in sys.argv and bool(stale or gone))


if __name__ == "__main__":
    sys.exit(main())
