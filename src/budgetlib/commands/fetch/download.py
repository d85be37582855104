"""One file from a server: in pieces, over several tries and several runs, never more than is allowed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pooch
import requests

from budgetlib.commands.fetch.client import Client, Passing, body
from budgetlib.commands.fetch.outcomes import MEGABYTE, NotFetched
from budgetlib.core.files import write_bytes

_CONTINUED = _PART, _ABOUT = ".part", ".json"
"""Of each download: the bytes that came, and what they are the beginning of."""
_BEGINS_AT = re.compile(r"bytes (\d{1,18})-")
_LENGTH = re.compile(r"\d{1,18}")

Received = Callable[[int, int | None], None]
"""Is told how many bytes are there, of how many."""


class NotModified(Exception):
    """The server has no other version than the one that is known."""


@dataclass(frozen=True)
class Validators:
    """What a server calls a version of a file, to be asked whether it still has that one."""

    etag: str = ""
    last_modified: str = ""

    @property
    def unless_changed(self) -> Mapping[str, str]:
        """Headers that ask for a file only if it is another by now."""
        headers = {"If-None-Match": self.etag, "If-Modified-Since": "" if self.etag else self.last_modified}
        return {name: value for name, value in headers.items() if value}

    @property
    def if_same(self) -> str:
        """What asks for the rest of a file only if it is the same still; empty where the server gives no means."""
        return self.last_modified if self.etag.startswith("W/") else self.etag or self.last_modified


@dataclass(frozen=True)
class Arrived:
    """A file that came: where it lies for now, and what the server says of it."""

    path: Path
    url: str
    """The address that gave it, after redirects."""
    validators: Validators
    headers: Mapping[str, str]
    remarks: tuple[str, ...]


def download(client: Client, url: str, kept: Path, known: Validators, most_bytes: int, received: Received) -> Arrived:
    """The file at `url`, beside `kept`, where a part of it is kept until all of it is there.

    Raises `NotModified` where the version `known` is the server's still, and `NotFetched`.
    """
    downloader = _Downloader(client, kept, known, most_bytes, received)
    whole = kept.with_suffix(".whole")
    whole.unlink(missing_ok=True)
    pooch.get_logger().setLevel("WARNING")
    pooch.retrieve(url, known_hash=None, fname=whole.name, path=kept.parent, downloader=downloader)
    return Arrived(whole, *downloader.answer, tuple(downloader.remarks))


def clear(folder: Path) -> None:
    """Remove what a run that was killed has left in `folder`, but the parts that the next one continues."""
    for path in folder.iterdir():
        if path.suffix not in _CONTINUED and path.name != "lock":
            path.unlink()


class _Downloader:
    """What pooch calls to have a file: continues what an earlier try, or run, has left."""

    def __init__(self, client: Client, kept: Path, known: Validators, most_bytes: int, received: Received) -> None:
        self._client = client
        self._part, self._about = kept.with_suffix(_PART), kept.with_suffix(_ABOUT)
        self._known = known
        self._most_bytes = most_bytes
        self._received = received
        self.remarks: list[str] = []
        self.answer: tuple[str, Validators, Mapping[str, str]] = ("", Validators(), {})

    def __call__(self, url: str, output_file: str, pooch: Any, check_only: bool = False) -> None:
        """The file at `url` as `output_file`."""
        self._client.patiently(lambda: self._try(url))
        self._part.replace(output_file)
        self._about.unlink()

    def _try(self, url: str) -> None:
        begun, validator = self._left(url)
        headers = {"Range": f"bytes={begun}-", "If-Range": validator} if begun else self._known.unless_changed
        with self._client.get(url, headers) as response:
            if response.status_code == requests.codes.not_modified:
                if begun or not headers:
                    raise NotFetched("unreachable", "the server says that nothing has changed, which was not asked")
                raise NotModified
            if response.status_code == requests.codes.requested_range_not_satisfiable:
                self._discard()
                raise Passing(f"{urlsplit(url).netloc} has not so many bytes as came before")
            self._take(url, response, begun)

    def _left(self, url: str) -> tuple[int, str]:
        """How many bytes there are from before, and what tells that the rest belongs to them."""
        if not (self._part.exists() and self._about.exists()):
            return 0, ""
        about = json.loads(self._about.read_text(encoding="utf-8"))
        begun = self._part.stat().st_size
        if begun and about["url"] == url and about["validator"]:
            return begun, about["validator"]
        if begun:
            self.remarks.append("begun anew: the server does not say whether the rest is of the same file")
        self._discard()
        return 0, ""

    def _take(self, url: str, response: requests.Response, begun: int) -> None:
        validators = Validators(response.headers.get("ETag", ""), response.headers.get("Last-Modified", ""))
        if response.status_code == requests.codes.partial_content:
            self._check_part(url, response, begun, validators)
            self.remarks.append(f"continued after {begun:,} bytes")
            count, mode = begun, "ab"
        else:
            if begun:
                self.remarks.append("begun anew: the server has another version, or gives no parts")
            count, mode = 0, "wb"
        size = response.headers.get("Content-Length", "")
        total = count + int(size) if _LENGTH.fullmatch(size) else None
        self._refuse_above(total or 0)
        with self._part.open(mode) as file:
            if not count:
                encoded = response.headers.get("Content-Encoding", "identity") != "identity"
                about = {"url": url, "validator": "" if encoded else validators.if_same}
                write_bytes(json.dumps(about).encode(), self._about)
            for chunk in body(response):
                count += len(chunk)
                self._refuse_above(count)
                file.write(chunk)
                self._received(count, total)
        self.answer = response.url, validators, response.headers

    def _check_part(self, url: str, response: requests.Response, begun: int, validators: Validators) -> None:
        """Raises `Passing` where a part is not the rest of what there is."""
        match = _BEGINS_AT.match(response.headers.get("Content-Range", ""))
        _, validator = self._left(url)
        if not begun or not match or int(match[1]) != begun or validators.if_same not in ("", validator):
            self._discard()
            raise Passing(f"{urlsplit(url).netloc} sends another part than was asked for")

    def _refuse_above(self, size: int) -> None:
        if size > self._most_bytes:
            self._discard()
            limit = f"the limit is {self._most_bytes / MEGABYTE:g} MB (--max-size)"
            raise NotFetched("too_large", f"the server sends {size / MEGABYTE:,.1f} MB or more; {limit}")

    def _discard(self) -> None:
        self._part.unlink(missing_ok=True)
        self._about.unlink(missing_ok=True)
