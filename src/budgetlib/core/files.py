"""Whole files: written under another name and then renamed, known by their hash, safe to open in a spreadsheet.

And folders that one process writes at a time.
"""

from __future__ import annotations

import hashlib
import os
import platform
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath, PureWindowsPath
from tempfile import TemporaryFile
from typing import IO, Any, BinaryIO

from budgetlib.core.errors import InUse

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_SECONDS_BETWEEN_TRIES = 0.01
_RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r", "\n")


@contextmanager
def replacing(path: Path, *, durable: bool = False) -> Iterator[Path]:
    """A temporary path beside `path`; it takes the place of `path` when the block ends well, else it is removed.

    What is `durable` is on the disk before it has its name, so not even a power cut leaves half of it there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield temporary
        if durable:
            with temporary.open("rb") as file:
                os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def check_writable(folder: Path) -> None:
    """Raise `OSError` where no file can be put into `folder`, which is made where it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryFile(dir=folder):
        pass


@contextmanager
def held_alone(folder: Path) -> Iterator[None]:
    """`folder` for this process alone; the system lets go of it when the process ends, however it ends.

    Raises `InUse` where another process has it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a+", encoding="utf-8") as file:
        if not _lock(file, alone=True):
            file.seek(0)
            raise InUse(f"process {file.read()} is writing to {folder.parent}; wait until it has ended")
        file.truncate(0)
        file.write(f"{os.getpid()} on {platform.node()}")
        file.flush()
        yield


@contextmanager
def taking_turns(path: Path) -> Iterator[None]:
    """The file `path` for whoever comes first; the others wait until it is let go, as `held_alone` lets go."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f".{path.name}.lock").open("a", encoding="utf-8") as file:
        while not _lock(file, alone=True):
            time.sleep(_SECONDS_BETWEEN_TRIES)
        yield


def hold(path: Path) -> BinaryIO:
    """The file `path`, in use as long as what comes back is open."""
    file = path.open("rb")
    _lock(file, alone=False)
    return file


def is_held(path: Path) -> bool:
    """Whether any process has the file `path` in use."""
    with suppress(FileNotFoundError), path.open("rb") as file:
        return not _lock(file, alone=True)
    return False


def _lock(file: IO[Any], *, alone: bool) -> bool:
    """Whether a lock on `file` was free and is now had, until the file is closed."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def write_bytes(content: bytes, path: Path, *, durable: bool = False) -> None:
    """`content` as the file `path`, `durable` as in `replacing`."""
    with replacing(path, durable=durable) as temporary:
        temporary.write_bytes(content)


def sha256(path: Path) -> str:
    """The hash of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def leads_out(name: str) -> bool:
    """Whether a name that somebody else gave would leave the folder that it is put into, on any system.

    >>> [leads_out(name) for name in ("甲/乙.pdf", "../乙.pdf", "/乙.pdf", "C:乙.pdf", "..\\\\乙.pdf")]
    [False, True, True, True, True]
    """
    path = PurePosixPath(name)
    return ".." in path.parts or "\\" in name or path.is_absolute() or bool(PureWindowsPath(name).drive)


def neutral(text: str) -> str:
    """`text` such that a spreadsheet shows it and does not run it.

    >>> neutral("=HYPERLINK(1)"), neutral("办公费")
    ("'=HYPERLINK(1)", '办公费')
    """
    return f"'{text}" if text.startswith(_RUN_BY_SPREADSHEETS) else text


def meant(text: str) -> str:
    """The text that `neutral` made `text` of.

    >>> meant("'=HYPERLINK(1)"), meant("'办公费'")
    ('=HYPERLINK(1)', "'办公费'")
    """
    return text[1:] if text[:1] == "'" and text[1:].startswith(_RUN_BY_SPREADSHEETS) else text
