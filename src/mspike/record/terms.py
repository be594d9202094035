"""Codes and names of other systems → our words: the shipped tables, and a user's own map for local codes.

What a word can be is its kind: `test`, `drug`, `diagnosis`, `condition`, `procedure`, `finding`, `item` (what an
Observation is about beside the tests: `iss`, `ecog`, …), `result`, `iss`, `ecog`, `response`, `stop_reason`, `route`.
A name is read only where it is one of our own names or holds one; nothing here guesses what is near.
"""

from __future__ import annotations

import os
import re
import unicodedata
from functools import cache

from mspike.knowledge import Codes, load_codes, word_key
from mspike.record.errors import RecordError

NAME = "NAME"
"""The system of those rows whose code is no code but parts of a name: `autolog+transplant+!collection`."""

NAMED = "NAMED"
"""The system of those rows whose code is a whole name that others write: `absolute neutrophil count`."""

PARENTS = {"ICD10CM": "ICD10", "ICD10GM": "ICD10"}
"""A national edition → the system whose categories it keeps."""

OURS = "urn:mspike:"
"""The code systems of this project: `urn:mspike:test`, `urn:mspike:drug`, … with our words as codes."""

LISTS = ("condition", "procedure", "stop_reason", "response", "route", "medicine")
"""Closed lists that a name or a code can be of."""

STAGES = {"iss": "iss", "r-iss": "r_iss"}
"""Stage, as the code tables name it → its key of `disease`."""
DISEASES = ("multiple-myeloma", "plasma-cell-leukaemia", "al-amyloidosis", "smouldering-myeloma")
"""The diagnoses that a question can be about; where several are given, the first of this order is the disease."""

TAG = re.compile(r" \((disorder|finding|procedure|situation|substance|event|product|morphologic abnormality)\)$")
"""The semantic tag at the end of a SNOMED name."""

DOUBTED = re.compile(r"\b(family|history of|risk|screening|suspected|possible|rule out|no evidence|without evidence)\b")
"""Words after which a diagnosis named in a text is not that of this patient now."""

BLANK_DIAGNOSES = {"EMP": "extramedullary"}


class Terms:
    """The look-ups, made once. `own`: (system, code) → our word."""

    def __init__(self, codes: Codes, own: dict[tuple[str, str], str] | None = None) -> None:
        self.codes = codes
        self.names: dict[str, dict[str, str]] = {
            "test": {word_key(name): name for name in codes.tests},
            "drug": codes.drug_names,
            "finding": codes.finding_names,
            "diagnosis": codes.words["earlier_diagnosis"],
            **{kind: codes.words[kind] for kind in LISTS},
        }
        self.known: dict[tuple[str, str], dict[str, str]] = {}
        self.unused: dict[tuple[str, str], str] = {}
        self.says: dict[tuple[str, str], str] = {}
        self.parts: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        self.systems = codes.systems
        self._tables(codes)
        for (system, code), word in (own or {}).items():
            self.known[self.short(system), code] = self.kinds_of(word)

    def _tables(self, codes: Codes) -> None:
        tables = (("test", codes.labs), ("procedure", codes.procedures), ("diagnosis", codes.diagnoses))
        for kind, rows in tables:
            for row in rows:
                word = row.word or (BLANK_DIAGNOSES.get(row.group, "") if kind == "diagnosis" else "")
                self._learn(kind, word, row.system, row.code, row.description or row.group)
        for drug in codes.drugs.values():
            for system, code in (("RXNORM", drug.rxnorm), ("ATC", drug.atc), *(("HCPCS", code) for code in drug.hcpcs)):
                self._learn("drug", drug.drug, system, code, drug.drug)
        for row in codes.further:
            if row.system == NAME:
                self.parts.setdefault(row.group, []).append((row.word, tuple(row.code.split("+"))))
            elif row.system == NAMED:
                self.names[row.group].setdefault(word_key(row.code), row.word)
            else:
                self._learn(row.group, row.word, row.system, row.code, row.description)

    def _learn(self, kind: str, word: str, system: str, code: str, says: str) -> None:
        if code and word and kind != "unused":
            self.known.setdefault((system, code), {})[kind] = word
            self.says[system, code] = says
        elif code:
            self.unused.setdefault((system, code), word or says)

    # -- what a reader asks

    def short(self, system: str) -> str:
        """Our short name of a code system; as given where it is none that we know."""
        return self.systems.get(system.rstrip("/"), system)

    def find(self, system: str, code: str, kind: str) -> str | None:
        """The word of that kind for a code, by the tables, by a wider category of it, or because it is ours."""
        if system.startswith(OURS):
            return self.own_word(system.removeprefix(OURS), code, kind)
        short = self.short(system)
        found = self.known.get((short, code))
        if found is None and short in ("ICD10", "ICD10CM", "ICD10GM"):
            found = self._category(short, code)
        return found.get(kind) if found else None

    def own_word(self, name: str, code: str, kind: str) -> str | None:
        return code if name == kind else None

    def _category(self, system: str, code: str) -> dict[str, str] | None:
        """An ICD-10 code by the longest category that is listed: `I50.22` by `I50*`."""
        for listed in (system, PARENTS.get(system)):
            for length in range(len(code), 2, -1):
                if listed and (found := self.known.get((listed, code[:length].rstrip(".") + "*"))):
                    return found
        return None

    def by_name(self, text: str, kind: str) -> str | None:
        """The word whose name the text is, or whose parts it holds; None for none, and for two."""
        exact = self.names.get(kind, {}).get(word_key(TAG.sub("", text)))
        if exact:
            return exact
        plain = plainly(text)
        if kind in ("condition", "diagnosis") and DOUBTED.search(plain):
            return None
        held = {
            word
            for word, parts in self.parts.get(kind, ())
            if all((part[1:] not in plain) if part[0] == "!" else (part in plain) for part in parts)
        }
        return held.pop() if len(held) == 1 else None

    def within(self, text: str, kind: str) -> set[str]:
        """Every word of that kind whose name stands in the text as whole words: `bortezomib 3.5 MG Injection`."""
        index = self.names[kind]
        tokens = re.findall(r"[\w()+;-]+", text.casefold())
        found = set()
        for first in range(len(tokens)):
            for last in range(min(first + 4, len(tokens)), first, -1):
                name = "-".join(tokens[first:last])
                if len(name) > 3 and name in index:
                    found.add(index[name])
                    break
        return found

    def unused_as(self, system: str, code: str) -> str:
        """What a code is that is known and not used; empty for an unknown one."""
        return self.unused.get((self.short(system), code), "")

    def kinds_of(self, word: str) -> dict[str, str]:
        """Every kind that one of our words is of. Raises RecordError where it is none of ours."""
        found = {kind: index[word_key(word)] for kind, index in self.names.items() if word_key(word) in index}
        if not found:
            raise RecordError(
                "the code map names a word that is none of ours", given=word,
                hint="the words stand in docs/reference/case-file.md",
            )  # fmt: skip
        return found

    def nearest(self, text: str, kinds: tuple[str, ...]) -> str:
        """The word of these kinds whose name is most like the text; empty where none is near."""
        from mspike.record.words import nearest

        index = {name: word for kind in kinds for name, word in self.names.get(kind, {}).items()}
        near = nearest(word_key(text), index, 0.7) if text else None
        return index[near] if near else ""


@cache
def shipped_terms() -> Terms:
    """The tables alone."""
    return Terms(load_codes())


@cache
def plainly(text: str) -> str:
    """Lower case without accents."""
    split = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in split if not unicodedata.combining(c))


def read_code_map(path: str | os.PathLike[str]) -> Terms:
    """The shipped tables with a user's own map over them: CSV or YAML with `system`, `code`, `word` (our word).

    An empty system stands for every system that is not known, and for a bare text. Raises RecordError.
    """
    name = os.fspath(path)
    try:
        with open(name, encoding="utf-8-sig", newline="") as file:
            text = file.read(5_000_000)
    except (OSError, UnicodeDecodeError):
        raise RecordError("a code map that cannot be read", at=name, hint="a CSV or YAML file in UTF-8") from None
    rows = _yaml_rows(text, name) if name.endswith((".yaml", ".yml")) else _csv_rows(text)
    own = {}
    for number, row in enumerate(rows, start=1):
        if not row.get("code") or not row.get("word"):
            raise RecordError("a row of the code map without code or word", at=f"{name}, row {number}",
                              hint="each row has system, code, word")  # fmt: skip
        own[(row.get("system") or "").strip(), row["code"].strip()] = row["word"].strip()
    try:
        return Terms(load_codes(), own)
    except RecordError as error:
        error.at = name
        raise


def _csv_rows(text: str) -> list[dict[str, str]]:
    import csv

    first = text.partition("\n")[0]
    return list(csv.DictReader(text.splitlines(), delimiter=";" if first.count(";") > first.count(",") else ","))


def _yaml_rows(text: str, name: str) -> list[dict[str, str]]:
    import yaml

    try:
        rows = yaml.load(text, Loader=yaml.BaseLoader)  # texts only: a code such as 0123 stays as written
    except yaml.YAMLError:
        rows = None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise RecordError("a code map that cannot be read", at=name, hint="a list of entries with system, code, word")
    return rows
