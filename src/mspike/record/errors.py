"""What is said when a record cannot be read: where, which rule, what was given, what to do."""

from __future__ import annotations

SHOWN = 80
"""Characters of a given value that an error repeats."""


class RecordError(Exception):
    """A record, or a file, that cannot be read. It takes the record's place in the answer; the others go on.

    `rule` holds no patient value, `given` may: a log takes `public()`, the answer takes `as_json()`.
    """

    def __init__(
        self, rule: str, *, at: str = "", given: str | None = None, hint: str = "", line: int | None = None
    ) -> None:
        super().__init__(rule)
        self.rule = rule
        self.at = at
        """Path in the record (`lines[1].stop`), or line and column of text that is no YAML or JSON."""
        self.given = given
        self.hint = hint
        self.line = line
        self.record = ""
        """The record's id where it was read, else the file's name."""
        self.origin = ""
        """The file or stream and its kind."""

    @property
    def error(self) -> str:
        """The rule, the value given and its line."""
        given = "" if self.given is None else f": {shown(self.given)}"
        return f"{self.rule}{given}" + (f" (line {self.line})" if self.line else "")

    def as_json(self) -> dict[str, str]:
        """The error as `mspike-error/1`."""
        return {
            "schema": "mspike-error/1",
            "record": self.record,
            "error": self.error,
            "at": self.at,
            "hint": self.hint,
        }

    def public(self) -> str:
        """File, place and rule, and nothing that the record says: fit for a log."""
        return ": ".join(part for part in (self.origin, self.at, self.rule) if part)

    __str__ = public
    """What a log of the exception itself would print."""


def fault_of(error: Exception) -> RecordError:
    """An error of ours as the refusal of one record; without its words, which may be a patient's."""
    import traceback

    place = traceback.extract_tb(error.__traceback__)[-1]
    file = place.filename.replace("\\", "/").rpartition("/")[2]
    rule = f"an error in the program ({type(error).__name__} at {file}, line {place.lineno})"
    return RecordError(rule, hint="please report it")


def plain(text: str) -> str:
    """A text fit for a screen: what moves the cursor, turns the direction or is no character stands as its number."""
    return text if text.isprintable() else "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)


def shown(text: str) -> str:
    """A given value fit for a screen, at most 80 characters of it."""
    short = plain(text[: SHOWN + 1])
    short = short if len(short) <= SHOWN else short[: SHOWN - 1] + "…"
    return f'"{short}"' if "'" in short else f"'{short}'"
