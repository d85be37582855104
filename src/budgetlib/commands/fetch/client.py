"""Asking web servers politely: one request at a time, a pause at each host, robots.txt, a name and patience."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TypeVar
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import requests
from urllib3.exceptions import HTTPError, InvalidHeader
from urllib3.util import Retry

from budgetlib.commands.fetch.addresses import CheckedConnections, Permits, check_url
from budgetlib.commands.fetch.outcomes import NotFetched
from budgetlib.commands.fetch.robots import Robots, read_robots
from budgetlib.core.errors import BadParameter
from budgetlib.core.version import __version__

Answer = TypeVar("Answer")

_NAME = "budgetlib"
_SILENCE_SECONDS = 30
"""A server that says nothing for so long has lost the connection."""
_TRIES = 4  # a server that is down for longer is asked in another run
_MOST_REDIRECTS = 10  # more lead round in a circle
_ROBOTS_BYTES = 500 * 1024
"""Of a robots.txt, RFC 9309 asks to read so much."""
_LONGEST_WAIT = 60.0
"""A server may ask for a longer pause; so many seconds are granted."""
_RETRY_AFTER = Retry(retry_after_max=int(_LONGEST_WAIT))
_CHUNK_BYTES = 1 << 16


class Passing(Exception):
    """A fault that may be gone at the next try, `wait` seconds later."""

    def __init__(self, reason: str, wait: float = 0) -> None:
        super().__init__(reason)
        self.wait = wait


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """None: requests follows no redirect; the client does, as robots.txt and pauses want it."""


class Client:
    """Asks servers that `permits` allows, as budgetlib, with `contact` for whom it may concern."""

    def __init__(self, permits: Permits, contact: str | None, pause: float) -> None:
        about = f"{_NAME}/{__version__} (research on budget disclosures" + (f"; {contact})" if contact else ")")
        if not (about.isascii() and about.isprintable()):
            raise BadParameter(
                f"--contact {contact!r}: allowed is what a mail or web address is written with, in ASCII"
            )
        self._pause = pause
        self._pauses: dict[str, float] = {}
        self._ended: dict[str, float] = {}
        self._robots: dict[str, Robots | NotFetched] = {}
        self._session = _Session()
        self._session.trust_env = False  # a proxy would look names up by itself; no passwords from ~/.netrc
        self._session.headers.update({"User-Agent": about, "Accept-Encoding": "identity"})
        self._session.adapters.clear()
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, CheckedConnections(permits))

    def patiently(self, ask: Callable[[], Answer]) -> Answer:
        """What `ask` gives, tried several times with growing pauses where a fault may pass."""
        past = 0
        while True:
            try:
                return ask()
            except Passing as fault:
                past += 1
                if past == _TRIES:
                    raise NotFetched("unreachable", f"{fault}, {_TRIES} times; try again later") from fault
                time.sleep(max(self._pause * 2**past, fault.wait))

    @contextmanager
    def get(
        self, url: str, headers: Mapping[str, str] | None = None, *, robots: bool = True
    ) -> Iterator[requests.Response]:
        """The answer for `url` after redirects, its body not read yet: a file (200, 206), or 304 or 416.

        Raises `NotFetched` for what will not change and `Passing` for what may.
        """
        for _ in range(_MOST_REDIRECTS + 1):
            check_url(url)
            if robots:
                self._heed_robots(url)
            with self._ask(url, headers or {}) as response:
                location = response.headers.get("Location")
                if not (response.is_redirect and location):
                    _check_status(response)
                    yield response
                    return
                url = urljoin(url, quote(location.encode("latin-1"), safe="/:?#[]@!$&'()*+,;=%~"))
        raise NotFetched("unreachable", f"the server redirects more than {_MOST_REDIRECTS} times; correct the url")

    @contextmanager
    def _ask(self, url: str, headers: Mapping[str, str]) -> Iterator[requests.Response]:
        host = urlsplit(url).hostname or ""
        if host in self._ended:
            time.sleep(max(0.0, self._ended[host] + self._pauses.get(host, self._pause) - time.monotonic()))
        try:
            with _passing(url):
                response = self._session.get(
                    url, headers=headers, stream=True, timeout=_SILENCE_SECONDS, allow_redirects=False
                )
            with response:
                yield response
        finally:
            self._ended[host] = time.monotonic()

    def _heed_robots(self, url: str) -> None:
        """Raises `NotFetched` where the robots.txt of the site asks programs not to ask for `url`."""
        parts = urlsplit(url)
        site = urlunsplit((parts.scheme, parts.netloc, "", "", ""))
        if site not in self._robots:
            self._robots[site] = self._read_robots(f"{site}/robots.txt")
        robots = self._robots[site]
        if isinstance(robots, NotFetched):
            raise robots
        self._pauses[parts.hostname or ""] = max(self._pause, min(robots.delay, _LONGEST_WAIT))
        if not robots.allow(url):
            raise NotFetched("forbidden", f"{site}/robots.txt asks programs to stay away; fetch it in a browser")

    def _read_robots(self, url: str) -> Robots | NotFetched:
        """What a site asks; where it cannot be asked, why, so that this is not tried for each of its files."""
        try:
            content = self.patiently(lambda: self._beginning(url))
        except NotFetched as fault:
            if fault.outcome == "unreachable":
                return fault
            if fault.outcome not in ("not_found", "forbidden"):
                raise
            return Robots()
        return read_robots(content.decode("utf-8-sig", "replace"), _NAME)

    def _beginning(self, url: str) -> bytes:
        content = bytearray()
        with self.get(url, robots=False) as response:
            for chunk in body(response):
                content += chunk
                if len(content) >= _ROBOTS_BYTES:
                    break
        return bytes(content)


def body(response: requests.Response) -> Iterator[bytes]:
    """The bytes of an answer as they come.

    Raises `Passing` where they end too early.
    """
    with _passing(response.url):
        while chunk := response.raw.read1(_CHUNK_BYTES, decode_content=True):
            yield chunk


@contextmanager
def _passing(url: str) -> Iterator[None]:
    """Faults of a connection as `Passing`; of an address as `NotFetched`."""
    host = urlsplit(url).netloc
    try:
        yield
    except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema) as fault:
        raise NotFetched("refused", f"{url} is no address ({fault}); correct the url") from fault
    except (requests.exceptions.SSLError, requests.exceptions.ContentDecodingError) as fault:
        raise NotFetched("unreachable", f"{host} cannot be understood ({_root(fault)})") from fault
    except (requests.RequestException, HTTPError, OSError) as fault:
        raise Passing(f"{host}: {_root(fault)}") from fault


def _root(fault: BaseException) -> str:
    """The innermost reason of `fault`, which says most, without the object that it happened to."""
    inner = fault
    while isinstance(within := getattr(inner, "reason", None) or next(iter(inner.args[-1:]), None), BaseException):
        inner = within
    return re.sub(r"^.*?(?:>|\)): ", "", str(inner)) or type(inner).__name__


def _check_status(response: requests.Response) -> None:
    status, url = response.status_code, response.url
    if status in (200, 206, 304, 416):
        return
    if status in (404, 410):
        raise NotFetched("not_found", f"the server has no {url} ({status}); look for it in a browser, correct the url")
    if status in (408, 425, 429) or status >= 500:
        wait = None
        with suppress(InvalidHeader):
            wait = _RETRY_AFTER.get_retry_after(response.raw)
        raise Passing(f"{urlsplit(url).netloc} answers {status}", min(wait or 0, _LONGEST_WAIT))
    raise NotFetched("forbidden", f"the server does not give {url} to a program ({status}); fetch it in a browser")
