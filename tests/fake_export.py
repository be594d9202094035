"""A FHIR server with a bulk export that does what it is told to do wrong, on this machine alone."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Answer = tuple[int, dict[str, str], bytes]
FILES = {
    "/files/1": b'{"resourceType":"Patient","id":"p1","birthDate":"1956-03-01"}\n',
    "/files/2": b"".join(
        b'{"resourceType":"Condition","id":"c%d","subject":{"reference":"Patient/p1"}}\n' % number
        for number in range(200)
    ),
}
KINDS = {"/files/1": "Patient", "/files/2": "Condition"}


class FakeServer:
    """`wrong[path]`: what to answer to a path the first time, the second, …; then it behaves."""

    def __init__(self) -> None:
        self.wrong: dict[str, list[Callable[[dict[str, str]], Answer | None]]] = {}
        self.asked: Counter[str] = Counter()
        self.seen: list[tuple[str, str, dict[str, str]]] = []
        self.forms: list[dict[str, list[str]]] = []
        self.signed_in = False
        self.tokens = 0
        self.manifest: dict[str, Any] = {}
        self.cut: list[int] = []
        """After how many bytes the connection breaks, file by file."""
        self.base = ""

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer | None:
        self.seen.append((method, path, headers))
        plain = urlsplit(path).path
        self.asked[plain] += 1
        if self.wrong.get(plain):
            return self.wrong[plain].pop(0)(headers)
        if plain == "/fhir/.well-known/smart-configuration":
            return 200, {}, json.dumps({"token_endpoint": f"{self.base}/token"}).encode()
        if plain == "/token":
            self.forms.append(parse_qs(body.decode()))
            self.tokens += 1
            return 200, {}, json.dumps({"access_token": f"t{self.tokens}", "expires_in": 300}).encode()
        if self.signed_in and headers.get("authorization") != f"Bearer t{self.tokens}":
            return 401, {}, b""
        if plain.endswith("/$export"):
            return 202, {"Content-Location": f"{self.base}/fhir/status/1"}, b""
        if plain == "/fhir/status/1":
            return 200, {"Content-Type": "application/json"}, json.dumps(self.manifest).encode()
        if plain in FILES:
            return self._file(FILES[plain], headers)
        return 404, {}, b"<html>not here</html>"

    @staticmethod
    def _file(data: bytes, headers: dict[str, str]) -> Answer:
        if (asked := headers.get("range")) is None:
            return 200, {}, data
        start = int(asked.removeprefix("bytes=").rstrip("-"))
        if start >= len(data):
            return 416, {"Content-Range": f"bytes */{len(data)}"}, b""
        return 206, {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"}, data[start:]


@contextmanager
def fake_server() -> Iterator[FakeServer]:
    fake = FakeServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply(b"")

        def do_POST(self) -> None:
            self.reply(self.rfile.read(int(self.headers.get("Content-Length", 0))))

        def reply(self, body: bytes) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = fake.answer(self.command, self.path, headers, body)
            if answer is None:  # hang up without a word
                self.connection.close()
                return
            status, more, data = answer
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if data and self.path.startswith("/files/") and fake.cut:
                data = data[: fake.cut.pop(0)]
            self.wfile.write(data)
            self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.base = f"http://127.0.0.1:{server.server_address[1]}"
    fake.manifest = {
        "transactionTime": "2026-06-30T00:00:00Z",
        "request": f"{fake.base}/fhir/Patient/$export",
        "requiresAccessToken": False,
        "output": [{"type": kind, "url": f"{fake.base}{path}"} for path, kind in KINDS.items()],
        "error": [],
    }
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
