"""A web site on this machine, whose pages behave as a test wants."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Asked:
    """A request: what for, with which headers, when it came, and when it began to be answered."""

    path: str
    headers: Mapping[str, str]
    came: float
    answered: float = 0.0


@dataclass
class Site:
    """The pages of the site by path, and what was asked of it."""

    port: int = 0
    pages: dict[str, Answer] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    seconds: float = 0.0
    """How long it thinks about each."""

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def asked_for(self, path: str) -> list[Asked]:
        return [one for one in self.asked if one.path == path]


def content(
    body: bytes, status: int = 200, *, claimed: int | None = None, sent: int | None = None, **headers: str
) -> Answer:
    """`body` as the answer; of it `claimed` bytes are announced and only the first `sent` given."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body) if claimed is None else claimed))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body[:sent])

    return answer


def versioned(body: bytes, etag: str, *, cut_at: int | None = None, then: Callable[[], Any] = lambda: None) -> Answer:
    """`body` with an ETag, by which it is not sent again, or in parts; the first whole answer ends at `cut_at`."""
    cuts = [] if cut_at is None else [cut_at]

    def answer(handler: BaseHTTPRequestHandler) -> None:
        if handler.headers["If-None-Match"] == etag:
            handler.send_response(304)
            handler.end_headers()
        elif (wanted := handler.headers["Range"]) and handler.headers["If-Range"] == etag:
            begin = int(wanted.removeprefix("bytes=").removesuffix("-"))
            span = f"bytes {begin}-{len(body) - 1}/{len(body)}"
            content(body[begin:], 206, ETag=etag, Content_Range=span)(handler)
        elif cuts:
            content(body, sent=cuts.pop(), ETag=etag)(handler)
            handler.wfile.flush()
            then()
        else:
            content(body, ETag=etag)(handler)

    return answer


def in_turn(*answers: Answer) -> Answer:
    """One answer after the other, the last for ever."""
    left = list(answers)
    return lambda handler: (left.pop(0) if len(left) > 1 else left[0])(handler)


def redirect(target: str) -> Answer:
    """An answer that leads to `target`."""
    return content(b"", 302, Location=target)


@contextmanager
def serving() -> Iterator[Site]:
    """A site that answers until the block ends."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = Asked(self.path, dict(self.headers.items()), time.monotonic())
            site.asked.append(asked)
            time.sleep(site.seconds)
            asked.answered = time.monotonic()
            try:
                site.pages.get(self.path, content(b"no such page", 404))(self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *said: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
