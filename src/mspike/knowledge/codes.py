"""The code tables: drugs, findings, tests with their units, closed word lists, and codes of other systems.

Everything a reader of records must know by name stands in `data/codes/`; this is the one place that parses it.
`build_codes(folder)` makes them from the files; `pack_codes` and `unpack_codes`
carry them in the knowledge pack.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec


class WordList(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A closed list: the words, and other spellings read as one of them."""

    says: str
    words: tuple[str, ...]
    also: dict[str, str] = {}


class TestSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One measurement: its units with factors, or its coded values, or both."""

    __test__ = False  # no test case of ours, whatever pytest makes of the name

    says: str
    units: dict[str, dict[str, str]] = {}
    """Canonical unit → {accepted unit: factor into it, `10` or `1/84.75`}."""
    values: tuple[str, ...] = ()
    also: dict[str, str] = {}
    limits: dict[str, tuple[float, float]] = {}
    """Canonical unit → the lowest and highest value that is believed."""
    bare: str = ""
    """The unit meant when none is written; empty = it is asked for."""
    refused: dict[str, str] = {}
    """Unit → why it cannot be used."""

    @property
    def kind(self) -> str:
        """`numeric`, `coded`, or `either`."""
        return "either" if self.units and self.values else "numeric" if self.units else "coded"

    @property
    def canonical(self) -> str:
        """The unit named first; empty for a coded test."""
        return next(iter(self.units), "")

    def accepted(self) -> tuple[str, ...]:
        """Every unit that is read, canonical ones first within their group."""
        return tuple(unit for kept, others in self.units.items() for unit in (kept, *others))


class DrugCodes(msgspec.Struct, frozen=True):
    """A drug's names and codes. Codes are as `verified_in` says; an empty one is not verified."""

    drug: str
    abbreviations: tuple[str, ...]
    brands: tuple[str, ...]
    line_role: str
    """line · line-or-conditioning · line-or-mobilisation · one-time · steroid · maintenance · lymphodepletion ·
    supportive"""
    rxnorm: str
    omop: str
    atc: str
    hcpcs: tuple[str, ...]
    notes: str
    verified_in: str


class Finding(msgspec.Struct, frozen=True):
    """A cytogenetic finding."""

    finding: str
    also: tuple[str, ...]
    says: str
    gene_pair: str
    registry_code: str
    verified_in: str


class Code(msgspec.Struct, frozen=True):
    """A code of another system and the word it stands for here; an empty word = known, and not used."""

    system: str
    code: str
    word: str
    group: str
    description: str
    unit: str
    omop: str
    verified_in: str
    notes: str


class Codes(msgspec.Struct, frozen=True):
    """All tables, with the look-ups that reading needs. Look-up keys are `word_key`s, those of units `unit_key`s."""

    drugs: dict[str, DrugCodes]
    drug_names: dict[str, str]
    """Any name, brand or abbreviation → drug."""
    findings: dict[str, Finding]
    finding_names: dict[str, str]
    tests: dict[str, TestSpec]
    spellings: dict[str, str]
    """Any spelling of a unit → the unit."""
    lists: dict[str, WordList]
    words: dict[str, dict[str, str]]
    """List → {any spelling: word}. `options` and `paths` come from the knowledge files."""
    labs: tuple[Code, ...]
    procedures: tuple[Code, ...]
    diagnoses: tuple[Code, ...]
    further: tuple[Code, ...]
    """Codes and parts of names of any kind; `group` is the kind."""
    systems: dict[str, str]
    """The address of a code system → its short name here."""


TRADEMARKS = str.maketrans("_®™", "   ")


def word_key(text: str) -> str:
    """A word as it is compared: lower case, one hyphen for every run of spaces and `_`, no trademark sign."""
    return "-".join(text.translate(TRADEMARKS).casefold().split())


SIGNS = str.maketrans("µμ⁰¹²³⁴⁵⁶⁷⁸⁹×·", "uu0123456789x*")


@lru_cache(4096)
def unit_key(text: str) -> str:
    """A unit as it is compared: lower case, no spaces, `10^9`, `10**9`, `10⁹` and `10e9` all as `10*9`."""
    for power, plain in (("10⁹", "10*9"), ("10³", "10*3"), ("10⁶", "10*6"), ("m²", "m2")):
        text = text.replace(power, plain)
    key = "".join(text.casefold().translate(SIGNS).split())
    return key.replace("**", "*").replace("^", "*").replace("10e", "10*").removeprefix("*")


def build_codes(folder: Path) -> Codes:
    """The tables from the files of `folder` (`data/codes`). Raises KnowledgeError for a file that does not hold."""
    from mspike.knowledge.files import KnowledgeError, convert, read_yaml

    drugs = {row["drug"]: _drug(row) for row in _rows(folder / "drugs.csv")}
    findings = {row["finding"]: _finding(row) for row in _rows(folder / "cytogenetics.csv")}
    measured = read_yaml(folder / "tests.yaml")
    tests = convert(measured["tests"], dict[str, TestSpec], "tests.yaml")
    spellings = convert(measured["spellings"], dict[str, tuple[str, ...]], "tests.yaml")
    lists = convert(read_yaml(folder / "words.yaml"), dict[str, WordList], "words.yaml")
    words = {name: _index(dict.fromkeys(listed.words, ()), name, listed.also) for name, listed in lists.items()}
    words["options"] = _index({path.stem: () for path in sorted((folder.parent / "options").glob("*.yaml"))}, "options")
    words["paths"] = _index(dict.fromkeys(_paths(folder.parent), ()), "paths")
    for test, spec in tests.items():
        for unit in (*spec.accepted(), *spec.refused):
            if unit not in spellings:
                raise KnowledgeError(f"tests.yaml: {test}: the unit {unit} stands in no spelling list")
    return Codes(
        drugs=drugs,
        drug_names=_index({d.drug: (*d.abbreviations, *d.brands) for d in drugs.values()}, "drugs.csv"),
        findings=findings,
        finding_names=_index({f.finding: f.also for f in findings.values()}, "cytogenetics.csv"),
        tests=tests,
        spellings=_index(spellings, "tests.yaml", key=unit_key),
        lists=lists,
        words=words,
        labs=tuple(_code(row, "test", "analyte", "loinc") for row in _rows(folder / "labs.csv")),
        procedures=tuple(_code(row, "procedure", "event", "code") for row in _rows(folder / "procedures.csv")),
        diagnoses=tuple(_code(row, "diagnosis", "category", "code") for row in _rows(folder / "diagnoses.csv")),
        further=tuple(_code(row, "word", "kind", "code") for row in _rows(folder / "further.csv")),
        systems={row["address"]: row["system"] for row in _rows(folder / "systems.csv")},
    )


def pack_codes(folder: Path) -> bytes:
    """The tables of `folder` as bytes for the knowledge pack."""
    return msgspec.msgpack.encode(build_codes(folder))


def unpack_codes(packed: bytes) -> Codes:
    """The tables from the knowledge pack."""
    return msgspec.msgpack.decode(packed, type=Codes)


def _rows(path: Path) -> list[dict[str, str]]:
    import csv

    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _drug(row: dict[str, str]) -> DrugCodes:
    return DrugCodes(
        row["drug"], _parts(row["abbreviations"]), _parts(row["brands"]), row["line_role"], row["rxnorm_in"],
        row["omop_concept_id"], row["atc"], _parts(row["hcpcs"]), row["notes"], row["verified_in"],
    )  # fmt: skip


def _finding(row: dict[str, str]) -> Finding:
    return Finding(
        row["finding"], _parts(row["also"]), row["says"], row["gene_pair"], row["registry_code"], row["verified_in"]
    )


def _code(row: dict[str, str], word: str, group: str, code: str) -> Code:
    return Code(
        row.get("system", "LOINC"), row[code], row[word], row[group], row["description"], row.get("unit", ""),
        row.get("omop_concept_id", ""), row["verified_in"], row["notes"],
    )  # fmt: skip


def _paths(data: Path) -> list[str]:
    from mspike.knowledge.files import read_yaml

    file = data / "knowledge.yaml"
    return [entry["path"] for entry in read_yaml(file)["paths"]] if file.exists() else []


def _index(
    names: dict[str, tuple[str, ...]], where: str, also: dict[str, str] | None = None, key: Any = word_key
) -> dict[str, str]:
    """Every spelling → its word. Raises KnowledgeError when one spelling stands for two words."""
    from mspike.knowledge.files import KnowledgeError

    pairs = [(spelled, word) for word, others in names.items() for spelled in (word, *others)]
    index: dict[str, str] = {}
    for spelled, word in [*pairs, *(also or {}).items()]:
        if index.setdefault(key(spelled), word) != word:
            raise KnowledgeError(f"{where}: {spelled!r} stands for {index[key(spelled)]} and for {word}")
        if word not in names:
            raise KnowledgeError(f"{where}: {spelled!r} is read as {word!r}, which is no word of the list")
    return index
