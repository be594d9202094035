"""Write the answer beside each example patient: `examples/patients/NAME/answer.txt`; `--check` says which are stale.

As a terminal would show it, 100 columns wide and without colour.
"""

from __future__ import annotations

import sys
from pathlib import Path

from mspike.derive import derive_state
from mspike.knowledge import load_knowledge, settle
from mspike.options import build_answer
from mspike.record import RecordError, read_records
from mspike.report import finish, render_text

ROOT = Path(__file__).resolve().parents[1]
PATIENTS = ROOT / "examples" / "patients"
WIDTH = 100


def answer_page(record: Path) -> str:
    """The text answer for one record. SystemExit for a record that is refused: an example is read by newcomers."""
    knowledge = load_knowledge()
    (read,) = read_records([record])
    if isinstance(read, RecordError):
        sys.exit(f"{record}: {read.error}; {read.hint}")
    return render_text(finish(build_answer(derive_state(read, knowledge, settle(knowledge)))), width=WIDTH)


def main() -> int:
    stale = []
    for record in sorted(PATIENTS.glob("*/record.yaml")):
        target, text = record.with_name("answer.txt"), answer_page(record)
        if target.exists() and target.read_text(encoding="utf-8") == text:
            continue
        stale.append(str(target.relative_to(ROOT)))
        if "--check" not in sys.argv:
            target.write_text(text, encoding="utf-8")
    print(f"{'stale, run `make examples`' if '--check' in sys.argv else 'written'}: {', '.join(stale) or 'none'}")
    return int("--check" in sys.argv and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
