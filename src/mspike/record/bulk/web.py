"""HTTP for the bulk export: patient with a server that is busy, and strict about where a token goes."""

from __future__ import annotations

import email.utils
import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import IO, Any
from urllib.parse import urlsplit

from mspike.record.errors import RecordError

BUSY = (408, 425, 429, 500, 502, 503, 504)
"""Answers after which the same request may go through later."""
TRIES = 6
FIRST_WAIT, LONGEST_WAIT = 1.0, 300.0
"""Seconds between tries: doubled each time. A server that asks for longer waits is asked again after the longest."""
TIMEOUT = 60.0
SMALL = 20_000_000
"""Bytes of an answer that is read whole: a manifest, a token."""
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Web:
    """Sends requests. `sleep` and `clock` are the world's, unless a test has its own."""

    def __init__(
        self, *, sleep: Callable[[float], None] = time.sleep, clock: Callable[[], float] = time.time,
        timeout: float = TIMEOUT,
    ) -> None:  # fmt: skip
        self.sleep, self.clock, self.timeout = sleep, clock, timeout
        self._opener = urllib.request.build_opener(_Redirect())
        self._opener.addheaders = [("User-Agent", "mspike")]

    def send(
        self, url: str, headers: Mapping[str, str], data: bytes | None = None, busy: tuple[int, ...] = BUSY
    ) -> Reply:
        """The server's answer, whatever its status; one that says "busy", or none at all, is asked for again.

        Raises RecordError when no answer came after several tries, and for an address that may not be asked.
        """
        allowed(url)
        trouble = ""
        for tried in range(TRIES):
            try:
                reply = self._once(url, headers, data)
                if reply.status not in busy or tried == TRIES - 1:
                    return reply
                reply.close()
                self.sleep(self.pause(reply.headers.get("Retry-After"), tried))
            except (OSError, http.client.HTTPException) as error:
                trouble = type(error).__name__
                if tried < TRIES - 1:
                    self.sleep(self.pause(None, tried))
        raise RecordError(f"no answer after {TRIES} tries ({trouble})", at=public(url), hint="look at the address")

    def _once(self, url: str, headers: Mapping[str, str], data: bytes | None) -> Reply:
        request = urllib.request.Request(url, data=data, headers=dict(headers))
        try:
            return Reply(self._opener.open(request, timeout=self.timeout))
        except urllib.error.HTTPError as error:
            return Reply(error)

    def pause(self, asked: str | None, tried: int) -> float:
        """Seconds until the next try: what the server asks for (seconds or a date), else longer each time."""
        wait = min(FIRST_WAIT * 2**tried, LONGEST_WAIT)
        if asked:
            try:
                wait = float(asked)
            except ValueError:
                try:
                    wait = email.utils.parsedate_to_datetime(asked).timestamp() - self.clock()
                except (ValueError, TypeError, OverflowError):
                    pass
        return min(max(wait, 0.1), LONGEST_WAIT) if wait == wait else FIRST_WAIT  # NaN


class Reply:
    """An answer: status, headers, and a body that is read once."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer
        self.status: int = answer.status
        self.headers: Mapping[str, str] = answer.headers
        self.url: str = answer.url or ""

    @property
    def body(self) -> IO[bytes]:
        stream: IO[bytes] = self._answer
        return stream

    def whole(self) -> bytes:
        """The body of a small answer. Raises RecordError where it is none, or breaks off."""
        try:
            with self._answer:
                data: bytes = self._answer.read(SMALL + 1)
        except (OSError, http.client.HTTPException):
            raise RecordError("an answer that breaks off", at=public(self.url), hint="try again") from None
        if len(data) > SMALL:
            raise RecordError(
                "an answer larger than such answers are", at=public(self.url), hint="ask the server's owner"
            )
        return data

    def close(self) -> None:
        self._answer.close()


class _Redirect(urllib.request.HTTPRedirectHandler):
    """Follows to allowed addresses alone, and takes no token to another server."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        allowed(newurl)
        request = super().redirect_request(req, fp, code, msg, headers, newurl)
        if request is not None and origin(newurl) != origin(req.full_url):
            request.remove_header("Authorization")
        return request


def allowed(url: str) -> None:
    """Raises RecordError unless it is https, or a server on this machine: records are not sent in the clear."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise RecordError("an address that is not https", at=public(url), hint="records travel over https only")


def origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port


def public(url: str) -> str:
    """An address without what may be secret in it: user, password, query."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"
