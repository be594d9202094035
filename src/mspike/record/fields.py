"""The keys of one mapping of a record, taken one by one; what does not hold is refused with its path.

Every reader gives None for an absent key, a null and the word `unknown`: absent means unknown, never "no".
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from collections.abc import Mapping as Look
from typing import Any, NoReturn, TypeVar

import msgspec

from mspike.knowledge import Codes, word_key
from mspike.record.dates import parse_day
from mspike.record.errors import RecordError
from mspike.record.model import Day, Number, Tri
from mspike.record.tree import Leaf, Mapping, place
from mspike.record.units import LONG, Amount, as_number, parse_amount
from mspike.record.words import PRESENCE, YES_NO, did_you_mean, hint_for, medicine_key

T = TypeVar("T")
TEXT_LIMIT = 200


class Context(msgspec.Struct):
    """What the whole record is read against."""

    codes: Codes
    as_of: dt.date
    born: Day | None = None


class Fields:
    """One mapping at path `at`. Unknown keys and keys given twice are refused at once."""

    __slots__ = ("at", "context", "given")

    def __init__(self, given: Any, at: str, keys: tuple[str, ...], context: Context) -> None:
        self.at = at
        self.context = context
        if type(given) is not Mapping:
            raise RecordError(
                "keys with values belong here", at=at, given=described(given), hint=f"keys: {', '.join(keys)}"
            )
        self.given = given
        if given.twice is not None:
            self.refuse_key(given.twice, "the same key twice", "keep one of them")
        for key in given:
            if key not in keys:
                near = did_you_mean(key, {word_key(k): k for k in keys})
                self.refuse_key(key, "no such key", f"{near} allowed: {', '.join(keys)}".strip())

    def path(self, key: str) -> str:
        return f"{self.at}.{key}" if self.at else key

    def leaf(self, key: str) -> Leaf | None:
        """The value as written; None where it is absent, null or `unknown`."""
        node = self.given.get(key)
        if node is None:
            return None
        if type(node) is not Leaf:
            raise RecordError("one value belongs here", at=self.path(key), given=described(node), hint="give one value")
        if node.text is None or node.text.strip().casefold() == "unknown":
            return None
        if not node.text.strip():
            self.refuse(key, node, "an empty text", "leave the key out when it is not known")
        return node

    def refuse(self, key: str, leaf: Leaf | None, rule: str, hint: str) -> NoReturn:
        given, line = (leaf.text, leaf.line) if leaf else (None, self.given.line)
        raise RecordError(rule, at=self.path(key), given=given, hint=hint, line=line)

    def refuse_key(self, key: str, rule: str, hint: str) -> NoReturn:
        """The key itself is wrong: the place is that of its mapping, at the top of the record its line."""
        line = self.given.lines.get(key)
        if self.at:
            raise RecordError(rule, at=self.at, given=key, line=line, hint=hint)
        raise RecordError(rule, at=place(line), given=key, hint=hint)

    def needed(self, key: str, value: T | None, why: str) -> T:
        """The value of a key that an entry cannot do without."""
        if value is None:
            self.refuse(key, None, f"{key} is missing", why)
        return value

    # -- one value

    def text(self, key: str, limit: int = TEXT_LIMIT) -> str | None:
        leaf = self.leaf(key)
        if leaf is None or leaf.text is None:
            return None
        if len(leaf.text) > limit:
            self.refuse(key, leaf, f"a text of more than {limit} characters", "shorten it")
        return leaf.text.strip()

    def tri(self, key: str, words: Look[str, Tri] = YES_NO) -> Tri:
        leaf = self.leaf(key)
        if leaf is None or leaf.text is None:
            return None
        said = leaf.text.strip().casefold()
        if said not in words:
            allowed = "present, absent or unknown" if words is PRESENCE else "yes, no or unknown"
            self.refuse(key, leaf, "neither yes nor no", f"write {allowed}")
        return words[said]

    def word(self, key: str, name: str) -> str | None:
        """A word of the closed list `name`."""
        leaf = self.leaf(key)
        what = (key if key in name else name).replace("_", " ")
        return None if leaf is None else self.listed(key, leaf, self.context.codes.words[name], what)

    def drug(self, key: str) -> str | None:
        leaf = self.leaf(key)
        return None if leaf is None else self.a_drug(key, leaf)

    def medicine(self, key: str) -> str | None:
        leaf = self.leaf(key)
        return None if leaf is None else self.a_medicine(key, leaf)

    def cause(self, key: str) -> str | None:
        """A drug, or a word of the list of causes."""
        leaf = self.leaf(key)
        if leaf is None:
            return None
        codes = self.context.codes
        index = {**codes.drug_names, **codes.words["condition"], **codes.words["cause"]}
        return self.listed(key, leaf, index, "cause", main=codes.words["cause"])

    def day(self, key: str) -> Day | None:
        """A date that is not after `as_of` and not before the patient's birth."""
        leaf = self.leaf(key)
        return None if leaf is None else self.a_day(key, leaf)

    def number(self, key: str, low: float, high: float) -> float | None:
        """A number within bounds."""
        leaf = self.leaf(key)
        if leaf is None:
            return None
        amount = self.an_amount(key, leaf, "the number alone, such as 12.5")
        value = float(amount.number)
        if amount.sign or not low <= value <= high:
            self.refuse(key, leaf, f"{key} is a number from {low:g} to {high:g}", "look at the value")
        return value

    def whole(self, key: str, low: int, high: int, roman: bool = False) -> int | None:
        """A whole number within bounds, where asked also as I, II, III, IV."""
        leaf = self.leaf(key)
        if leaf is None or leaf.text is None:
            return None
        said = leaf.text.strip()
        if roman and said.upper() in ROMAN:
            return ROMAN[said.upper()]
        if not (said.isascii() and said.isdigit() and len(said) < 4 and low <= int(said) <= high):
            self.refuse(key, leaf, f"{key} is a whole number from {low} to {high}", "look at the value")
        return int(said)

    def age(self, key: str) -> Number | None:
        """Whole years, possibly with a comparator."""
        leaf = self.leaf(key)
        if leaf is None:
            return None
        amount = self.an_amount(key, leaf, 'the completed years alone: 66, or with a comparator ">89"')
        if not (0 <= amount.number <= 120 and amount.number == int(amount.number)):
            self.refuse(key, leaf, "an age is a whole number of years from 0 to 120", "give the completed years")
        return as_number(amount)

    # -- several values

    def entries(self, key: str, keys: tuple[str, ...], read: Callable[[Fields], T]) -> tuple[T, ...] | None:
        """A list of mappings, each read by `read`; None where the key is absent, () for an empty list."""
        nodes = self._list(key)
        if nodes is None:
            return None
        return tuple(read(Fields(node, f"{self.path(key)}[{i}]", keys, self.context)) for i, node in enumerate(nodes))

    def each(self, key: str, read: Callable[[str, Leaf], T]) -> tuple[T, ...] | None:
        """A list of single values in order; a lone value is a list of one."""
        nodes = self._list(key)
        if nodes is None:
            return None
        values = []
        for i, node in enumerate(nodes):
            where = f"{key}[{i}]"
            if type(node) is not Leaf or not (node.text or "").strip():
                raise RecordError("one word belongs here", at=self.path(where), given=described(node), hint="one word")
            if word_key(node.text or "") in NONE:
                self.refuse(where, node, "no list", "write [] for none; leave the key out when it is not known")
            values.append(read(where, node))
        return tuple(values)

    def drugs(self, key: str) -> tuple[str, ...] | None:
        """A list of drugs, each once."""
        named = self.each(key, self.a_drug)
        return None if named is None else tuple(dict.fromkeys(named))

    def _list(self, key: str) -> list[Any] | None:
        node = self.given.get(key)
        if type(node) is Leaf:
            if node.text is None or node.text.strip().casefold() == "unknown":
                return None
            node = [node]
        if node is not None and type(node) is not list:
            raise RecordError(
                "a list belongs here", at=self.path(key), given=described(node), hint="begin each entry with `- `"
            )
        return node

    def inner(self, key: str, keys: tuple[str, ...]) -> Fields | None:
        """The mapping under a key; None where it is absent or null."""
        node = self.given.get(key)
        if node is None or (type(node) is Leaf and (node.text is None or node.text.casefold() == "unknown")):
            return None
        return Fields(node, self.path(key), keys, self.context)

    # -- one given value, at a path of its own

    def listed(self, key: str, leaf: Leaf, index: Look[str, str], what: str, main: Look[str, str] | None = None) -> str:
        found = index.get(word_key(leaf.text or ""))
        if found is None:
            self.refuse(key, leaf, f"no such {what}", hint_for(leaf.text or "", index, main))
        return found

    def a_drug(self, key: str, leaf: Leaf) -> str:
        codes = self.context.codes
        found = codes.drug_names.get(word_key(leaf.text or ""))
        if found is None:
            other = "; other medicines belong under `medications`" if key == "drug" else ""
            self.refuse(key, leaf, "no such drug", hint_for(leaf.text or "", codes.drug_names) + other)
        return found

    def a_medicine(self, key: str, leaf: Leaf) -> str:
        try:
            return medicine_key(self.context.codes, leaf.text or "")
        except ValueError as near:
            self.refuse(key, leaf, "a medicine's name that is nearly another's", f"did you mean {near}?")

    def a_day(self, key: str, leaf: Leaf) -> Day:
        try:
            day = parse_day((leaf.text or "").strip())
        except ValueError as reason:
            self.refuse(key, leaf, str(reason), "a date is written 2026, 2026-06 or 2026-06-01")
        context = self.context
        if day.first > context.as_of:
            hint = f"the record is as known on {context.as_of}: take it out, or move as_of"
            self.refuse(key, leaf, "dated after as_of", hint)
        if context.born is not None and day.last < context.born.first:
            self.refuse(key, leaf, "dated before the patient was born", "look at this date and at patient.birth_date")
        return day

    def an_amount(self, key: str, leaf: Leaf, form: str = "") -> Amount:
        """A number, possibly with a comparator. `form`: what belongs here, where that is no result with a unit."""
        amount = parse_amount(leaf.text or "")
        if amount is None:
            text = (leaf.text or "").strip()
            if "," in text:
                hint = "write the decimal point as a point: 12.5"
            elif LONG.fullmatch(text):
                hint = "no more than 15 digits before the point and after it, and 2 in the exponent"
            elif any(char.isdecimal() and not char.isascii() for char in text):
                hint = "write it with the digits 0 to 9"
            elif text[:1].isdecimal():
                hint = form or "the number alone; its unit stands under `unit`"
            else:
                hint = form or 'a number such as 12.5, or with a comparator: "<15", ">=200"'
            self.refuse(key, leaf, "not a number", hint)
        return amount


NONE = {"none", "no", "nil", "n/a", "unknown"}

ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4}


def described(node: Any) -> str:
    """A value as an error names it."""
    if type(node) is Leaf:
        return node.text if node.text is not None else "nothing"
    return "a list" if isinstance(node, list) else "keys with values"
