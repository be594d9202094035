"""Where answers go: the screen, a file written whole or not at all, or a folder. Messages go to stderr."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NoReturn, Self

from mspike.options import Answer
from mspike.record import plain

ANSWERED, USAGE, REFUSED = 0, 2, 3
"""Exit codes: all answered · wrong usage, or nothing can be written there · some record not answered."""

ONE_FILE_EACH = ("html", "fhir")
"""Formats in which one answer is one document."""

STREAMED = ("text", "ndjson", "fhir")
"""Formats that print each answer as it comes; a JSON array and a page are printed when they are whole."""

WRITTEN = ("text", "ndjson")
"""Formats whose file grows answer by answer, so that a registry's answers never stand in memory together."""

SUFFIX = {"html": ".html", "fhir": ".json"}

PICTURES = ("svg", "png")
"""Formats of the timeline, beside its text."""

INSTALL = "install it: pip install 'mspike[chart]'"


def streams() -> None:
    """Stand-ins for streams that the caller closed: to write to stdout is an error, what goes to stderr is lost."""
    if sys.stdout is None:
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w")
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")


def say(message: str) -> None:
    """To stderr; never a patient value, and nothing that moves the cursor."""
    try:
        print("\n".join(map(plain, message.split("\n"))), file=sys.stderr, flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # nobody listens; the last flush at exit must not fail for it
    except ValueError:
        pass  # stderr is closed


def stop(message: str, code: int = USAGE) -> NoReturn:
    say(f"mspike: {message}")
    raise SystemExit(code)


def closed(message: str, code: int) -> NoReturn:
    """The screen or the pipe takes no more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the last flush at exit must not fail again
    stop(message, code)


def usual_mask() -> int:
    """What the user's new files may not be: a temporary file is the owner's alone, an answer is a file like any."""
    os.umask(mask := os.umask(0o077))
    return mask


def only_a_file(path: Path) -> None:
    """Stops where the name is that of a device or a pipe: a file would stand in its place."""
    if os.path.exists(path) and not os.path.isfile(path):
        stop(f"--out {path}: is no file; name one, or leave --out out")


def unnamed(path: Path) -> IO[bytes]:
    """A file that gets its name when it is whole, in the folder that the name leads to."""
    only_a_file(path)
    return tempfile.NamedTemporaryFile(dir=os.path.dirname(os.path.realpath(path)), prefix=".mspike-", delete=False)


def write_whole(path: Path, data: bytes) -> None:
    """A file, whole or not at all."""
    try:
        path.parent.mkdir(exist_ok=True)
        file = unnamed(path)
        try:
            with file:
                file.write(data)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    except OSError as error:
        stop(f"--out {path}: cannot be written ({error.strerror})")
    in_place(file, path)


def in_place(file: IO[bytes], path: Path) -> None:
    """Gives a file that is whole its name; a link stays, and what it leads to is replaced."""
    target = os.path.realpath(path)
    try:
        file.close()
        who_may(file.name, target)
        os.replace(file.name, target)
    except OSError as error:
        Path(file.name).unlink(missing_ok=True)
        stop(f"--out {path}: cannot be written ({error.strerror})")
    say(f"wrote {path}")


def who_may(file: str, target: str) -> None:
    """Owner and mode of a file are those of the one that it replaces; of a new one, those of the user's others."""
    try:
        before = os.stat(target)
    except FileNotFoundError:
        os.chmod(file, 0o666 & ~usual_mask())
        return
    mode = before.st_mode & 0o777
    try:
        os.chown(file, before.st_uid, before.st_gid)
    except PermissionError:  # it was somebody else's: nobody may read here who could not read there
        mode &= 0o700
    os.chmod(file, mode)


def can_draw() -> bool:
    """Whether the picture of the timeline can be drawn here."""
    from mspike.report import timeline

    return timeline.can_draw()


def picture(target: Path | None) -> str:
    """The format that a file's ending names; without a file the timeline is text."""
    if target is None:
        return "text"
    format = target.suffix.lower().removeprefix(".")
    if format not in PICTURES:
        stop(f"--out {target}: the picture is a file that ends in .svg or .png")
    if not can_draw():
        stop(f"--out {target}: drawing needs the extra `chart`; {INSTALL}. Without --out the timeline is printed")
    return format


class Output:
    """Prints answers as they come, or writes a file when all went well. Use as a context manager."""

    def __init__(self, format: str, target: Path | None, count: int, *, part: str = "answer", **look: Any) -> None:
        """`part`: `answer`, or of it the `state` or the `timeline` alone."""
        self.format, self.target, self.part, self.look = format, target, part, look
        self.results: list[Any] = []
        self.printed = 0
        self.names: set[str] = set()
        self.each = target is not None and format in ONE_FILE_EACH and (count > 1 or target.is_dir())
        if target is not None and not self.each and target.is_dir():
            stop(f"--out {target}: is a folder; give a file for --format {format}")
        if target is not None and not target.parent.is_dir():
            stop(f"--out {target}: the folder {target.parent} does not exist")
        if target is not None and not self.each:
            only_a_file(target)
        self.written = target is not None and format in WRITTEN
        self.growing: IO[bytes] | None = None
        """The file that is not yet in its place."""
        self._one_page(count)
        if format == "html" and not can_draw():
            say(f"the page has the timeline as tables: its picture needs the extra `chart`; {INSTALL}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.close()
        except BrokenPipeError:
            kind = BrokenPipeError
        finally:
            if self.growing is not None:  # something went wrong before it was whole
                self.growing.close()
                Path(self.growing.name).unlink(missing_ok=True)
        if kind is BrokenPipeError:
            closed("the output was closed before every answer was written", REFUSED)

    def put(self, result: Any) -> None:
        """One answer, or the refusal in its place."""
        if self.each and isinstance(result, Answer):
            write_whole((self.target or Path()) / self._name(result.id), self._render(result))
        elif self.target is None and self.format in STREAMED:
            self._print(self._render(result))
        elif self.written:
            self._grow(self._render(result))
        else:
            self.results.append(result)
            if not self.each:
                self._one_page(len(self.results))

    def close(self) -> None:
        """What could not be printed one by one: a JSON array, a page, the refusals beside a folder, or the file."""
        if self.each:
            for refusal in self.results:
                self._print(self._render(refusal))
        elif self.growing is not None:
            in_place(self.growing, self.target or Path())
            self.growing = None
        elif self.results:
            whole = self._render(self.results[0] if len(self.results) == 1 else self.results)
            no_page = self.format in ("html", *PICTURES) and not isinstance(self.results[0], Answer)
            if self.target is None or no_page:
                self._print(whole)
            else:
                write_whole(self.target, whole)

    def _one_page(self, count: int) -> None:
        if self.format == "html" and count > 1 and not self.each:
            stop("--format html is one page for one record; give --out FOLDER for several")
        if self.format in PICTURES and count > 1:
            stop("timeline: a picture is of one record, and the input holds several")

    def _name(self, record: str) -> str:
        """A file name for a record's id, one that this run has not used: two ids can come down to one name."""
        stem = "".join(c if c.isalnum() or c in "-_." else "_" for c in record).lstrip(".") or "record"
        name, number = stem, 1
        while name.casefold() in self.names:
            number += 1
            name = f"{stem}-{number}"
        self.names.add(name.casefold())
        return name + SUFFIX[self.format]

    def _render(self, result: Any) -> bytes:
        from mspike import report

        how = self.look
        if self.format == "text" and self.target is None:
            how = {**report.terminal_look(sys.stdout), **how}
        if self.part == "timeline":
            drawn = report.render_timeline(result, self.format, **how)
            return drawn or stop("timeline: nothing in this record is dated, so there is nothing to draw", REFUSED)
        if self.part == "state":
            return report.render_state(result, self.format, **how).encode()
        return report.render_bytes(result, self.format, **how)

    def _print(self, data: bytes) -> None:
        from mspike.report import RULE

        if self.format == "text":
            text = (RULE if self.printed else "") + data.decode()
            data = text.encode(sys.stdout.encoding, errors="replace")
        self.printed += 1
        rest = memoryview(data)
        while rest:  # an unbuffered stream takes a part, and says how much
            rest = rest[sys.stdout.buffer.write(rest) :]
        sys.stdout.buffer.flush()

    def _grow(self, data: bytes) -> None:
        from mspike.report import RULE

        target = self.target or Path()
        try:
            if self.growing is None:
                self.growing = unnamed(target)
            elif self.format == "text":
                self.growing.write(RULE.encode())
            self.growing.write(data)
        except OSError as error:
            stop(f"--out {target}: cannot be written ({error.strerror})")
