"""Asks a registry's API: one request a second; a server that is busy, fails, or sends half a page is asked again."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

from mspike.trials.trial import TrialError

PAUSE_SECONDS = 1.0
TRIES = 6
LONGEST_WAIT = 120.0
TIMEOUT_SECONDS = 60.0
PAGE_BYTES = 200_000_000
AGAIN = (408, 425, 429, 500, 502, 503, 504)


class ServerRefusal(TrialError):
    """The server says that it will not answer this; asking again brings nothing. `code` is its HTTP status."""

    code = 0


class Client:
    """GET with pauses, tries and limits. `wait` takes seconds."""

    def __init__(self, base: str, wait: Callable[[float], object] = time.sleep) -> None:
        try:
            import httpx
        except ImportError:
            raise TrialError("trials sync", "needs httpx", "install mspike[trials]") from None
        if not base.startswith(("http://", "https://")):
            raise TrialError(base[:80], "is no address of an API", "give one that begins with https://")
        self.base, self.wait, self._httpx, self._asked = base.rstrip("/"), wait, httpx, False
        try:
            self._client = httpx.Client(timeout=TIMEOUT_SECONDS, headers={"Accept": "application/json"})
        except (ValueError, ImportError) as error:
            raise TrialError(self.base, f"cannot be asked ({error})", "look at the proxy settings") from None

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, path: str, params: dict[str, str], read: Callable[[bytes], Any]) -> Any:
        """What `read` makes of the answer; TrialError when TRIES requests brought none."""
        trouble, pause = "", PAUSE_SECONDS
        for number in range(TRIES):
            if self._asked:
                self.wait(pause)
            self._asked, pause = True, min(PAUSE_SECONDS * 2.0 ** (number + 1), LONGEST_WAIT)
            try:
                code, body, later = self._once(path, params)
            except self._httpx.HTTPError as error:
                trouble = f"the connection failed ({type(error).__name__})"
                continue
            except self._httpx.InvalidURL as error:
                raise TrialError(self.base, f"is no address ({error})", "look at --from") from None
            if code == 200:
                try:
                    return read(body)
                except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                    trouble = "the answer is no whole page"
                    continue
            trouble = f"the server answered {code}"
            if code not in AGAIN:
                refusal = ServerRefusal(
                    f"{self.base}/{path}", f"the server answered {code}", "look at the condition, the date and --from"
                )
                refusal.code = code
                raise refusal
            pause = max(pause, min(_retry_after(later), LONGEST_WAIT))
        raise TrialError(
            f"{self.base}/{path}", f"{trouble}, {TRIES} times", "sync again later; it goes on where it stopped"
        )

    def _once(self, path: str, params: dict[str, str]) -> tuple[int, bytes, str]:
        body = bytearray()
        with self._client.stream("GET", f"{self.base}/{path}", params=params) as answer:
            for part in answer.iter_bytes():
                body += part
                if len(body) > PAGE_BYTES:
                    raise TrialError(f"{self.base}/{path}", "sends more than a page can hold", "look at --from")
            return answer.status_code, bytes(body), answer.headers.get("Retry-After", "")


def _retry_after(text: str) -> float:
    """Seconds, or until a date; 0 for what is neither."""
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(text) - dt.datetime.now(dt.UTC)).total_seconds())
    except (ValueError, TypeError):
        return 0.0
