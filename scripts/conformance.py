"""Write the conformance vectors that come from the tables of spec/; `--check` says which files are stale.

conformance/vectors/CHAPTER.json   a vector for each row of spec/CHAPTER.md that an answer can be held to
conformance/vectors/courses*.json  written by hand: laid out anew, nothing else
conformance/schema.json            the JSON Schema of these files
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from derive import sampled, test_fitness, test_risk, written  # noqa: E402
from mspike.conformance import vectors_schema  # noqa: E402
from mspike.knowledge import load_knowledge  # noqa: E402
from spec_expect import expectation  # noqa: E402
from spec_sources import RULES  # noqa: E402
from spec_tables import SPEC, Row, read_rows  # noqa: E402

FOLDER = ROOT / "conformance"
VERSION = "2026.11.2"
REVIEW = "draft: no clinician has reviewed these vectors"
CaseOf = Callable[[dict[str, str]], dict[str, Any]]
CHAPTERS: dict[str, tuple[str, CaseOf]] = {
    "response": ("Response and progression, from single results", sampled.case_of),
    "relapse": ("Relapse and residual disease", sampled.case_of),
    "lines": ("Lines of therapy", written.case_of),
    "refractoriness": ("Refractoriness", written.case_of),
    "status": ("Status and pace of the disease", written.case_of),
    "risk": ("Stage and risk", test_risk.case_of),
    "fitness": ("Frailty, kidney function, calcium", test_fitness.case_of),
}
NUMBER = re.compile(r"-?\d+(\.\d+)?")


def chapter_file(chapter: str) -> str:
    """One chapter of spec/ as a file of vectors."""
    title, case_of = CHAPTERS[chapter]
    names: Counter[str] = Counter()
    vectors = []
    for row in read_rows(SPEC / f"{chapter}.md"):
        expect = expectation(chapter, row.expected)
        if expect is None:
            continue
        id_ = f"{chapter}.{slug(row.table.rpartition(': ')[2], 28)}.{slug(row.cells['case'], 50)}"
        names[id_] += 1
        vectors.append(vector(id_ if names[id_] == 1 else f"{id_}-{names[id_]}", chapter, row, case_of, expect))
    used = {rule["source"] for entry in vectors for rule in entry["rules"]}
    return layout(
        {
            "schema": "mspike-conformance/1",
            "version": VERSION,
            "chapter": chapter,
            "title": title,
            "licence": "CC-BY-4.0",
            "review": REVIEW,
            "sources": sources(used),
            "vectors": vectors,
        }
    )


def vector(id_: str, chapter: str, row: Row, case_of: CaseOf, expect: dict[str, Any]) -> dict[str, Any]:
    """One row as a vector."""
    told = known_on(clean(case_of(row.given)))
    case = {"schema": "mspike-case/1", "id": id_, "as_of": written.AS_OF, **told}
    if "as of" in row.given and chapter in ("response", "relapse"):
        case = known_on({**case, "as_of": sampled.day(row.given["as of"])})
    policy = dict(part.split("=") for part in row.given.get("policy", "").split())
    rules = RULES[chapter].get(row.table, RULES[chapter][""])
    return {
        "id": id_,
        "title": f"{row.table}: {row.cells['case']}",
        "because": row.cells["because"],
        "rules": [{"rule": row.table, "source": source, **({"at": at} if at else {})} for source, at in rules],
        **({"policy": policy} if policy else {}),
        "case": case,
        "expect": expect,
    }


def known_on(case: dict[str, Any]) -> dict[str, Any]:
    """The case without what its day did not know: a case file has nothing dated after its `as_of`."""
    if "as_of" not in case:
        return case
    day = case["as_of"]
    dated = {
        key: [e for e in case[key] if e["date"][:10] <= day] for key in ("measurements", "assessments") if key in case
    }
    if "lines" in case:
        dated["lines"] = [
            {k: v for k, v in e.items() if k != "stop" or v <= day} for e in case["lines"] if e.get("start", "") <= day
        ]
    return {**case, **dated}


def clean(value: Any, key: str = "") -> Any:
    """Without what is not given, and with numbers as numbers."""
    if isinstance(value, dict):
        cleaned = {name: clean(one, name) for name, one in value.items()}
        return {name: one for name, one in cleaned.items() if one is not None and one != {}}
    if isinstance(value, list):
        return [clean(one) for one in value]
    if key in ("value", "age", "ecog") and isinstance(value, str) and NUMBER.fullmatch(value):
        return json.loads(value)
    return value


def sources(used: set[str]) -> dict[str, str]:
    known = load_knowledge().sources
    return {id_: f"{known[id_].title}; {known[id_].publisher} ({known[id_].date})" for id_ in sorted(used)}


def slug(text: str, longest: int) -> str:
    """Whole words of a text, up to a length: a case's id has at most 100 characters."""
    words = text.lower().replace("+", " plus ").replace("<", " under ").replace(">", " over ").replace("%", " percent ")
    name = re.sub(r"[^a-z0-9]+", "-", words.replace("²", "2")).strip("-")
    return name if len(name) <= longest else name[: longest + 1].rpartition("-")[0]


def course_file(path: Path) -> str:
    """A file written by hand, laid out as the others are."""
    return layout(json.loads(path.read_text(encoding="utf-8")))


def layout(value: Any, wide: int = 120, depth: int = 0) -> str:
    """JSON with one line for whatever fits into it, so that a case reads as a table and a change as a line."""
    text = "\n".join(lines(value, wide, depth))
    return text + "\n" if depth == 0 else text


def lines(value: Any, wide: int, depth: int, before: str = "") -> Iterator[str]:
    flat = json.dumps(value, ensure_ascii=False)
    if (len(flat) + len(before) + depth < wide and depth > 2) or not isinstance(value, dict | list) or not value:
        yield f"{' ' * depth}{before}{flat}"
        return
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    yield f"{' ' * depth}{before}{opening}"
    entries = (
        [(f"{json.dumps(k)}: ", v) for k, v in value.items()] if isinstance(value, dict) else [("", v) for v in value]
    )
    for place, (name, one) in enumerate(entries, 1):
        *body, last = lines(one, wide, depth + 1, name)
        yield from body
        yield last + ("," if place < len(entries) else "")
    yield f"{' ' * depth}{closing}"


def main() -> int:
    texts = {FOLDER / "vectors" / f"{chapter}.json": chapter_file(chapter) for chapter in CHAPTERS}
    texts |= {path: course_file(path) for path in sorted((FOLDER / "vectors").glob("courses*.json"))}
    texts[FOLDER / "schema.json"] = json.dumps(vectors_schema(), indent=1, ensure_ascii=False) + "\n"
    stale = []
    for path, text in texts.items():
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(str(path.relative_to(ROOT)))
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
    print(f"{'stale, run `make vectors`' if '--check' in sys.argv else 'written'}: {', '.join(stale) or 'none'}")
    return int("--check" in sys.argv and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
