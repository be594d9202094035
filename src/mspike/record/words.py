"""Words as given → the words of the closed lists; where none fits, what was perhaps meant and what is allowed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from mspike.knowledge import Codes, word_key
from mspike.record.model import Tri

YES_NO: dict[str, Tri] = {"yes": True, "true": True, "no": False, "false": False, "unknown": None}
PRESENCE: dict[str, Tri] = {**YES_NO, "present": True, "absent": False}

SHOWN_AT_MOST = 45
"""Longer lists are pointed to, not printed."""

PAGE = "docs/reference/case-file.md"


def hint_for(given: str, index: Mapping[str, str], main: Mapping[str, str] | None = None) -> str:
    """What was perhaps meant, then what is allowed.

    `index`: every spelling that is read → its word; `main`: the part of it worth listing, where not all is.
    """
    allowed = list(dict.fromkeys((index if main is None else main).values()))
    listed = f"allowed: {', '.join(allowed)}" if len(allowed) <= SHOWN_AT_MOST else f"the words stand in {PAGE}"
    parts = (foreign_letter(given), did_you_mean(given, index), listed)
    return "; ".join(part for part in parts if part).replace("?; ", "? ")


def did_you_mean(given: str, index: Mapping[str, str]) -> str:
    near = nearest(word_key(given), index)
    return f"did you mean {index[near]}?" if near else ""


def nearest(key: str, spellings: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The spelling most like `key`, or None where none is near."""
    from difflib import get_close_matches

    found = get_close_matches(key[:100], list(spellings), n=1, cutoff=cutoff)
    return found[0] if found else None


def foreign_letter(given: str) -> str:
    """Names the first letter that only looks like one of the Latin alphabet."""
    import unicodedata

    odd = next((c for c in given if ord(c) > 127 and c.isalpha()), None)
    return f"it holds the letter {unicodedata.name(odd, 'unnamed')}" if odd else ""


NEAR = 0.85
"""How alike (0 to 1) a medicine's name must be to a known one to be taken for a slip of the pen."""


LONGEST = 4
"""Words that the longest name of a medicine has."""


def medicine_key(codes: Codes, given: str) -> str:
    """Any medicine by name: known ones normalised, without amount and form; others kept in lower case.

    The medicines of a combination are joined by `/`. Raises ValueError (the near name).
    """
    key = word_key(given)
    known = codes.drug_names.get(key) or codes.words["medicine"].get(key)
    if known:
        return known
    plain = re.sub(r"['’]|\.(?!\d)", "", key)
    named = (name for part in re.split("[/+,;&]", plain) for name in _medicines(codes, part.strip("-")))
    return "/".join(dict.fromkeys(named)) or key


def _medicines(codes: Codes, part: str) -> list[str]:
    """The medicines that one part of a name consists of, all known; else that part as it is."""
    drugs, medicines, beside = codes.drug_names, codes.words["medicine"], codes.words["beside_medicine"]
    words = [word for word in re.split("[-()]+", part) if word and not word[0].isdigit()]
    named, others = list[str](), list[str]()
    while words:
        spans = ["-".join(words[:count]) for count in range(1, min(LONGEST, len(words)) + 1)]
        name = next((n for n in reversed(spans) if n in drugs or n in medicines or n in beside), None)
        if name is None:
            others.append(words[0])
        elif name not in beside:
            named.append(drugs.get(name) or medicines[name])
        del words[: spans.index(name) + 1 if name else 1]
    if not others:
        return named
    near = nearest("-".join(others), (name for name in (*drugs, *medicines) if len(name) > 5), NEAR)
    if near is not None:
        raise ValueError(drugs.get(near) or medicines[near])
    return [part]
