"""Manifest → originals: what is named there and not here is downloaded, and where it came from is written down.

In: a manifest. Out: files beside it, the record `fetched.csv`, and in the manifest what was blank or found.
Must not know: what a disclosure says.
"""

from __future__ import annotations

import hashlib
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from budgetlib.commands.fetch.addresses import Permits, anywhere, is_public
from budgetlib.commands.fetch.client import Client, body
from budgetlib.commands.fetch.download import Arrived, NotModified, Received, Validators, clear, download
from budgetlib.commands.fetch.links import Link, find_links
from budgetlib.commands.fetch.manifest import Row, read_rows, write_found
from budgetlib.commands.fetch.names import MARK_LENGTH, with_mark
from budgetlib.commands.fetch.originals import beside, check_kind, has, is_kept, name_of
from budgetlib.commands.fetch.outcomes import MEGABYTE, SUCCESSES, NotFetched, Result
from budgetlib.commands.fetch.progress import Progress
from budgetlib.commands.fetch.record import Version, append, read_record
from budgetlib.core.errors import NotFound
from budgetlib.core.files import held_alone, sha256
from budgetlib.core.time_limit import time_limit
from budgetlib.pages.sources import FETCH_RECORD

__all__ = ["MEGABYTE", "SUCCESSES", "Options", "Progress", "anywhere", "fetch", "is_public"]

_KEY_LENGTH = 16  # hex digits of a hash: enough for any number of rows
_INDEX_BYTES = 10 * MEGABYTE


@dataclass(frozen=True)
class Options:
    """How originals are fetched."""

    years: tuple[int, ...] = ()
    """Of the links wanted; where none is said, the year of the row, or all."""
    contact: str | None = None
    pause: float = 1.0
    """Seconds between two requests to a host."""
    most_bytes: int = 200 * MEGABYTE
    seconds: int = 600
    """For one file."""
    permits: Permits = field(default=is_public)


def fetch(
    manifest: Path,
    out: Path,
    options: Options,
    progress: Progress,
) -> list[Result]:
    """Fetch what `manifest` names into `out`, and show the `progress`.

    Raises `NotFound` where it names no address, `BadParameter` where it cannot be used, `InUse` where another process
    fetches into `out`, and `OSError` where nothing can be written.
    """
    all_rows = read_rows(manifest)
    rows = [row for row in all_rows if row.kind != "rejected"]
    if not rows:
        raise NotFound(f"{manifest} has no address to fetch from; write one into the column url")
    parts = out / ".fetch"
    with held_alone(parts):
        clear(parts)
        run = _Run(out, parts, options, progress.receive, {row.file.casefold() for row in rows})
        results = []
        try:
            for row in rows:
                progress.begin(row.about, len(rows))
                results.append(run.end(row))
                progress.end(results[-1])
        finally:
            known = {row.url for row in all_rows}
            new = {link.url: (index, link) for index, link in run.linked if link.url not in known}
            write_found(manifest, run.filled, list(new.values()))
    return results


class _Run:
    """What one run knows: what was fetched before and by it, and what it is to write into the manifest."""

    def __init__(self, out: Path, parts: Path, options: Options, received: Received, names: set[str]) -> None:
        self._out, self._parts, self._options, self._received = out, parts, options, received
        self._record = read_record(out / FETCH_RECORD)
        self._client = Client(options.permits, options.contact, options.pause)
        self._names = names
        self.filled: dict[str, dict[str, str]] = {}
        self.linked: list[tuple[Row, Link]] = []

    def end(self, row: Row) -> Result:
        """How `row` ends, whatever happens with it."""
        if row.fault:
            return Result(row.about, "refused", row.fault)
        if row.kind == "found":
            return Result(row.about, "to_confirm", "write document, index or rejected into the column kind")
        try:
            return self._search(row) if row.kind == "index" else self._fetch(row)
        except NotFetched as fault:
            return Result(row.about, fault.outcome, fault.reason)
        except OSError:
            raise
        except Exception as fault:  # noqa: BLE001 - one server never stops the run; the reason is kept
            why = f"could not be fetched ({type(fault).__name__}: {fault}); please report it"
            return Result(row.about, "unreachable", why)

    def _time_limit(self) -> AbstractContextManager[None]:
        seconds = self._options.seconds
        kept = "what came is kept, and the next run continues"
        return time_limit(seconds, NotFetched("timeout", f"it took longer than {seconds} s (--time-limit); {kept}"))

    def _search(self, row: Row) -> Result:
        years = self._options.years or ((row.fiscal_year,) if row.fiscal_year else ())
        with self._time_limit():
            content, url = self._client.patiently(lambda: self._page(row.url))
            links = find_links(content, url, years)
        self.linked += [(row, link) for link in links]
        of = f" of {', '.join(map(str, years))}" if years else ""
        if not links:
            return Result(row.about, "searched", f"no link to a disclosure{of}; add its addresses by hand")
        return Result(row.about, "searched", f"{len(links)} links to disclosures{of}; confirm them in the manifest")

    def _page(self, url: str) -> tuple[bytes, str]:
        content = bytearray()
        with self._client.get(url) as response:
            for chunk in body(response):
                content += chunk
                if len(content) > _INDEX_BYTES:
                    raise NotFetched("too_large", f"an index page is at most {_INDEX_BYTES / MEGABYTE:g} MB large")
            return bytes(content), response.url

    def _fetch(self, row: Row) -> Result:
        before = [version for version in self._record if version.url == row.url]
        name = row.file or (before[0].file if before else "")
        kept = before and is_kept(before[-1], self._out, name)
        key = hashlib.sha256(row.url.encode()).hexdigest()[:_KEY_LENGTH]
        known = before[-1].validators if kept else Validators()
        most = self._options.most_bytes
        try:
            with self._time_limit():
                arrived = download(self._client, row.url, self._parts / key, known, most, self._received)
        except NotModified:
            return self._settle(row, name, before[-1].sha256, None)[0]
        try:
            digest = sha256(arrived.path)
            check_kind(row, arrived, digest)
            name = name or self._new_name(row, arrived, digest)
            size = arrived.path.stat().st_size
            result, file = self._settle(row, name, digest, arrived.path)
        finally:
            arrived.path.unlink(missing_ok=True)
        etag, modified = arrived.validators.etag, arrived.validators.last_modified
        version = Version(file, _now(), row.url, arrived.url, etag, modified, str(size), digest)
        if not before or replace(version, retrieved=before[-1].retrieved) != before[-1]:
            append(self._out / FETCH_RECORD, version)
        return replace(result, reason="; ".join([result.reason, *arrived.remarks]))

    def _new_name(self, row: Row, arrived: Arrived, digest: str) -> str:
        """What a file is called that has no name in the manifest yet."""
        name = name_of(row, arrived)
        path = self._out / name
        if name.casefold() in self._names or (path.exists() and not has(path, digest)):
            name = with_mark(name, hashlib.sha256(row.url.encode()).hexdigest()[:MARK_LENGTH])
        self._names.add(name.casefold())
        return name

    def _settle(self, row: Row, name: str, digest: str, arrived: Path | None) -> tuple[Result, str]:
        """How a row ends whose server has a file with the sha256 `digest`, and the name under which that is kept.

        What `arrived` is moved there; nothing is replaced.
        """
        target = self._out / name
        there = sha256(target) if target.is_file() else None
        if there in (None, digest) and digest == (row.sha256 or digest):
            self.filled[row.url] = {"file": name, "sha256": digest, "retrieved": _now()[:10]}
            if there is None and arrived:
                arrived.replace(target)
                return Result(name, "fetched", f"{target.stat().st_size:,} bytes"), name
            return Result(name, "unchanged", "the server has no other"), name
        if there == digest:
            return Result(name, "mismatch", "the server has the same, but the manifest's sha256 is another"), name
        path = beside(target, digest)
        if not path.exists() and arrived:
            arrived.replace(path)
        if there is None:
            wanted = f"the server sends another than the manifest's sha256 {row.sha256[:MARK_LENGTH]}… names"
            return Result(name, "mismatch", f"{wanted}; it is kept as {path.name}"), path.name
        return Result(name, "changed", f"the server has another by now; it is kept beside as {path.name}"), path.name


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
