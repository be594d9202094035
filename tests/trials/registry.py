"""A registry's API on this machine: pages of invented studies, and faults on request."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

STAMP = "2026-10-20T09:00:05"


class Registry:
    """What it serves, what it was asked, and which faults come before an answer."""

    def __init__(self, pages: list[list[dict[str, Any]]]) -> None:
        self.pages, self.stamp = pages, STAMP
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.faults: dict[str, list[tuple[int, bytes, dict[str, str]]]] = {}
        """Token (`first` = no token, `version`) → the answers that come before the right one."""
        self.tokens: dict[int, str] = {}
        """Page → another token for the next than its own."""
        self.total: int | None = sum(map(len, pages))
        """How many studies it says there are; None = it does not say."""
        self.alone: dict[str, dict[str, Any]] = {}
        """Studies that no page has, by number."""
        self.url = ""

    def answer(self, path: str, params: dict[str, str]) -> tuple[int, bytes, dict[str, str]]:
        self.asked.append((path, params))
        if path == "/version":
            key, body = "version", {"apiVersion": "2.0.5", "dataTimestamp": self.stamp}
        elif path.startswith("/studies/"):
            key = path.removeprefix("/studies/")
            if key not in self.alone and not self.faults.get(key):
                return 404, b"not found", {}
            body = self.alone.get(key, {})
        else:
            key = params.get("pageToken", "first")
            number = 0 if key == "first" else int(key.removeprefix("p"))
            body = {"studies": self.pages[number]}
            if params.get("countTotal") and self.total is not None:
                body["totalCount"] = self.total
            if number + 1 < len(self.pages) or number in self.tokens:
                body["nextPageToken"] = self.tokens.get(number, f"p{number + 1}")
        if self.faults.get(key):
            return self.faults[key].pop(0)
        return 200, json.dumps(body).encode(), {}


@contextmanager
def serving(registry: Registry) -> Iterator[Registry]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            params = {name: values[0] for name, values in parse_qs(parts.query).items()}
            code, body, headers = registry.answer(parts.path.removeprefix("/api/v2"), params)
            self.send_response(code)
            for name, value in ({"Content-Length": str(len(body))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    registry.url = f"http://127.0.0.1:{server.server_port}/api/v2"
    try:
        yield registry
    finally:
        server.shutdown()
        server.server_close()
