"""A name for a file from what a server calls it, which is hostile: no path, nothing hidden, in no encoding but ours."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import PurePosixPath
from urllib.parse import unquote_to_bytes, urlsplit

_QUOTED = re.compile(r"""(?:^|;)\s*filename\s*=\s*(?:"([^"]*)"|([^;]+))""", re.IGNORECASE)
_EXTENDED = re.compile(r"""(?:^|;)\s*filename\*\s*=\s*"?([\w-]*)'[\w-]*'([^;"]+)""", re.IGNORECASE)
_NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*]+')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
"""What Windows takes for a device."""
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_MOST_BYTES = 220
"""Of a name without its ending; file systems allow 255 with it."""
MARK_LENGTH = 8
"""Digits of a hash that tell two files of one name apart."""


def name_sent(headers: Mapping[str, str], url: str) -> str:
    """What the server calls a file: in Content-Disposition, else in its address; a safe name."""
    return safe_name(_disposed(headers.get("Content-Disposition", "")) or name_in(url))


def name_in(url: str) -> str:
    """The last part of the path of `url`, readable.

    >>> name_in("https://example.org/a/%D4%A4%CB%E3.pdf?id=1"), name_in("https://example.org/%E9%A2%84%E7%AE%97.pdf")
    ('预算.pdf', '预算.pdf')
    """
    return decoded(unquote_to_bytes(urlsplit(url).path.rpartition("/")[2]))


def decoded(content: bytes, encoding: str = "utf-8") -> str:
    """Text in the `encoding` that is named, or whichever it is in truth: UTF-8 or GBK."""
    for name in (encoding, "utf-8", "gb18030"):
        try:
            return content.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode("utf-8", "replace")


def safe_name(name: str) -> str:
    """`name` as one for a file in a folder, on every system; empty where nothing is left.

    >>> safe_name("../../etc/passwd"), safe_name("预算\\u202efdp.exe"), safe_name("=1+2.pdf"), safe_name("nul.pdf")
    ('etc-passwd', '预算fdp.exe', '1+2.pdf', '_nul.pdf')
    """
    text = _NOT_IN_NAMES.sub("-", "".join(filter(str.isprintable, unicodedata.normalize("NFC", name))))
    suffix = suffix_of(text)
    stem = text.removesuffix(suffix).encode()[:_MOST_BYTES].decode(errors="ignore")
    safe = (stem.lstrip(" .-=+@'").rstrip(" .") + suffix).strip(" .")
    return f"_{safe}" if _RESERVED.match(safe) else safe


def suffix_of(name: str) -> str:
    """The ending that says of what kind a file is meant to be.

    >>> suffix_of("预算.PDF"), suffix_of("预算1.2万元")
    ('.PDF', '')
    """
    match = _SUFFIX.search(name)
    return match[0] if match else ""


def with_mark(name: str, mark: str) -> str:
    """`name` with a mark before its ending.

    >>> with_mark("预算.pdf", "0a1b2c3d")
    '预算.0a1b2c3d.pdf'
    """
    path = PurePosixPath(name)
    return f"{path.stem}.{mark}{path.suffix}"


def _disposed(header: str) -> str:
    """The file name in a header Content-Disposition, which arrives as Latin-1 whatever was sent.

    >>> _disposed("attachment; filename*=GBK''%D4%A4%CB%E3.pdf; filename=x.pdf")
    '预算.pdf'
    >>> _disposed('attachment; filename="' + "预算.pdf".encode("gbk").decode("latin-1") + '"')
    '预算.pdf'
    """
    if match := _EXTENDED.search(header):
        return decoded(unquote_to_bytes(match[2]), match[1] or "utf-8")
    if match := _QUOTED.search(header):
        sent = (match[1] or match[2] or "").strip().encode("latin-1", "replace")
        return decoded(unquote_to_bytes(sent))
    return ""
