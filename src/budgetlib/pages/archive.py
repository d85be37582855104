"""Archive (.zip) → the files in it: each is a document at a path that goes on within the archive.

`附件.zip/表格.xlsx` is no file on the disk: it is unpacked for as long as it is read, under a name of our own.
"""

from __future__ import annotations

import errno
import hashlib
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from budgetlib.core.errors import UnreadableDocument
from budgetlib.core.files import leads_out, sha256
from budgetlib.pages.media_type import ZIP, media_type
from budgetlib.pages.model import Page
from budgetlib.pages.remote import address, copied

MOST_MEMBERS = 1000
MOST_BYTES = 300_000_000
"""Of one file, unpacked."""
MOST_BYTES_IN_ALL = 2_000_000_000
_UTF_8 = 0x800
"""The mark of a name in UTF-8; names without it are in the code page of the machine that packed them."""
_CHUNK = 1 << 20
_NOT_THEIRS = "__MACOSX"
"""What a Mac adds to an archive."""


def is_archive(path: Path) -> bool:
    """Whether a file is an archive, and none of the office files that are packed alike."""
    try:
        return media_type(path) == ZIP
    except OSError:
        return False


def members(path: Path) -> list[str]:
    """The names of the files in the archive at `path`, in order; hidden ones are left out.

    Raises `UnreadableDocument` (malformed, too_large, encrypted, empty) where it is not to be unpacked.
    """
    with _opened(path) as archive:
        infos = _infos(archive)
    if len(infos) > MOST_MEMBERS:
        raise UnreadableDocument("too_large", f"{path.name} holds {len(infos)} files, at most {MOST_MEMBERS} are read")
    if (size := sum(info.file_size for info in infos.values())) > MOST_BYTES_IN_ALL:
        why = f"{path.name} holds {size} bytes unpacked, at most {MOST_BYTES_IN_ALL} are read"
        raise UnreadableDocument("too_large", why)
    for name, info in infos.items():
        if leads_out(name) or ":" in name.split("/")[0]:
            raise UnreadableDocument(
                "malformed", f"{path.name} names a place outside itself ({name}); do not unpack it"
            )
        if info.flag_bits & 1:
            raise UnreadableDocument("encrypted", f"{path.name} is encrypted; unpack it with its password")
    shown = [name for name in infos if not _is_hidden(name)]
    if not shown:
        raise UnreadableDocument("empty", f"{path.name} holds no file; fetch it again from its publisher")
    return sorted(shown)


def read(path: Path) -> Iterator[Page]:
    """Nothing: the files in an archive are documents of their own; raises `UnreadableDocument`, saying why not here."""
    members(path)
    raise UnreadableDocument("malformed", f"{path.name} is an archive within an archive or at an address; unpack it")


def on_disk(path: Path) -> Path:
    """The file that is or holds what is at `path`."""
    return next((part for part in (path, *path.parents) if part.is_file()), path)


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """A file for what is at `path`: itself, or what an archive or an address holds, for as long as the block lasts.

    Raises `UnreadableDocument` (malformed, too_large), `OSError` where there is no such file.
    """
    if remote := address(path):
        with copied(remote, MOST_BYTES) as file:
            yield file
        return
    archive = on_disk(path)
    if archive == path:
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, path.name)
        with _member(archive, path) as packed, file.open("wb") as target:
            for chunk in _chunks(packed, path.name):
                target.write(chunk)
        yield file


def digest(path: Path) -> str:
    """The hash of what is at `path`; raises as `unpacked` does."""
    if address(path):
        with unpacked(path) as file:
            return sha256(file)
    archive = on_disk(path)
    if archive == path:
        return sha256(path)
    made = hashlib.sha256()
    with _member(archive, path) as packed:
        for chunk in _chunks(packed, path.name):
            made.update(chunk)
    return made.hexdigest()


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, NotImplementedError) as error:
        raise UnreadableDocument("malformed", f"{path.name} is damaged ({error}); fetch it again") from error


@contextmanager
def _member(archive: Path, path: Path) -> Iterator[IO[bytes]]:
    name = path.relative_to(archive).as_posix()
    with _opened(archive) as packed:
        info = _infos(packed).get(name)
        if info is None:
            raise FileNotFoundError(errno.ENOENT, f"{archive.name} holds no {name}")
        if info.file_size > MOST_BYTES:
            why = f"{path.name} has {info.file_size} bytes unpacked, at most {MOST_BYTES} are read"
            raise UnreadableDocument("too_large", why)
        with packed.open(info) as file:
            yield file


def _chunks(file: IO[bytes], name: str) -> Iterator[bytes]:
    try:
        while chunk := file.read(_CHUNK):
            yield chunk
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise UnreadableDocument("malformed", f"{name} is damaged within its archive ({error})") from error


def _infos(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The files of an archive by their names as people read them."""
    return {_name(info): info for info in archive.infolist() if not info.is_dir()}


def _name(info: zipfile.ZipInfo) -> str:
    """The name of a file: in UTF-8, or in the code page that Windows has in China."""
    name = info.filename
    if not info.flag_bits & _UTF_8:
        packed = name.encode("cp437", "replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = packed.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return name.replace("\\", "/")


def _is_hidden(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return parts[0] == _NOT_THEIRS or any(part.startswith(".") for part in parts)
