"""What arrived → an original in the folder: of the kind that was asked for, and never in the place of another."""

from __future__ import annotations

import re
from pathlib import Path

from budgetlib.commands.fetch.download import Arrived
from budgetlib.commands.fetch.links import DOCUMENTS
from budgetlib.commands.fetch.manifest import Row
from budgetlib.commands.fetch.names import MARK_LENGTH, decoded, name_in, name_sent, suffix_of, with_mark
from budgetlib.commands.fetch.outcomes import NotFetched
from budgetlib.commands.fetch.record import Version
from budgetlib.core.files import sha256
from budgetlib.core.text import squeeze
from budgetlib.pages import media_type as media
from budgetlib.pages.sources import NOT_DISCLOSURES

_TITLE = re.compile(rb"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)
_SAYS_NOT_FOUND = re.compile(r"(?<!\d)40[34](?!\d|号)|找不到|不存在|未找到|已删除|notfound", re.IGNORECASE)
_SUFFIXES = {
    media.PDF: ".pdf",
    media.HTML: ".html",
    media.TEXT: ".txt",
    media.DOC: ".doc",
    media.DOCX: ".docx",
    media.XLS: ".xls",
    media.XLSX: ".xlsx",
    media.ZIP: ".zip",
}
_ALLOWED = {*DOCUMENTS, ".html", ".htm", ".txt"}
_PDF = ".pdf"
_MAY_BE_TEXT = (".doc", ".xls")
_OFFICE = b"urn:schemas-microsoft-com:office"
"""Stands in what Word and Excel save as web pages and XML, and in what imitates them under their endings."""
_HEAD_BYTES = 65536  # in which the title of a web page stands


def check_kind(row: Row, arrived: Arrived, digest: str) -> None:
    """Raises `NotFetched` where what arrived is not of the kind that was asked for."""
    if digest == row.sha256:
        return
    if arrived.path.stat().st_size == 0:
        raise NotFetched("wrong_type", "the server sends an empty file; try again later, or look for it in a browser")
    kind = media.media_type(arrived.path)
    names = (row.file, name_sent(arrived.headers, row.url), name_in(arrived.url))
    wanted = next((suffix for name in names if (suffix := suffix_of(name).lower()) in DOCUMENTS), "")
    with arrived.path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    title = _title(head) if kind == media.HTML else ""
    sent = f"a web page (“{title}”)" if title else kind
    if _SAYS_NOT_FOUND.search(title):
        raise NotFetched("not_found", f"the server sends {sent} in place of the file; look for it, correct the url")
    is_text = kind in (media.HTML, media.TEXT) and not (wanted in _MAY_BE_TEXT and _OFFICE in head)
    if (wanted and is_text) or (wanted == _PDF and kind != media.PDF):
        raise NotFetched("wrong_type", f"the server sends {sent}, not a {wanted[1:]} file; correct the url")


def name_of(row: Row, arrived: Arrived) -> str:
    """What a server calls a file, with the ending of what it is and none that is a table of ours."""
    name = name_sent(arrived.headers, row.url) or name_sent({}, arrived.url)
    suffix = suffix_of(name)
    if suffix.lower() not in _ALLOWED:
        name = (name.removesuffix(suffix) or "original") + _SUFFIXES.get(media.media_type(arrived.path), ".bin")
    return f"_{name}" if name.casefold() in {other.casefold() for other in NOT_DISCLOSURES} else name


def beside(path: Path, digest: str) -> Path:
    """Where another version of the file `path` is kept: under its name with the first digits of its sha256."""
    return path.with_name(with_mark(path.name, digest[:MARK_LENGTH]))


def has(path: Path, digest: str) -> bool:
    """Whether the file `path` is there with the sha256 `digest`."""
    return path.is_file() and sha256(path) == digest


def is_kept(version: Version, folder: Path, name: str) -> bool:
    """Whether `version` of the file `name` is in `folder`, under that name or beside it."""
    kept = (name, beside(folder / name, version.sha256).name)
    return version.file in kept and has(folder / version.file, version.sha256)


def _title(start: bytes) -> str:
    match = _TITLE.search(start)
    return squeeze(decoded(match[1]))[:80] if match else ""
