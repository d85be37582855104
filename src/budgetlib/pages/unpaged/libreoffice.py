"""Kinds of files that LibreOffice reads (.doc, .rtf, .odt, .xlsb) → pages, where it is installed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import olefile

from budgetlib.core.errors import UnreadableDocument
from budgetlib.pages.model import Page
from budgetlib.pages.unpaged import docx, xlsx

COMMANDS = ("soffice", "libreoffice")
_SECONDS = 55  # for one file: longer, and LibreOffice hangs
_WORD = "WordDocument"
_FLAGS, _ENCRYPTED = 0x0A, 0x0100
"""Where a Word document before 2007 says that it is encrypted."""


def command() -> str | None:
    """The command that starts LibreOffice; None where it is not installed."""
    return next(filter(None, map(shutil.which, COMMANDS)), None)


def read_text(path: Path) -> Iterator[Page]:
    """The pages of a text, by way of .docx; raises as `_converted` does."""
    with _converted(path, "docx") as converted:
        yield from docx.read(converted)


def read_workbook(path: Path) -> Iterator[Page]:
    """The pages of a workbook, by way of .xlsx; raises as `_converted` does."""
    with _converted(path, "xlsx") as converted:
        yield from xlsx.read(converted)


@contextmanager
def _converted(path: Path, kind: str) -> Iterator[Path]:
    """A file converted in a folder of its own; macros are not run, links not followed.

    Raises `UnreadableDocument` (malformed, encrypted, timeout).
    """
    if _is_encrypted(path):
        raise UnreadableDocument("encrypted", f"{path.name} is encrypted; save it without a password")
    soffice = command()
    if soffice is None:
        why = f"is read by way of LibreOffice, which is not here; install its command soffice, or save it as .{kind}"
        raise UnreadableDocument("malformed", f"{path.name} {why}")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, f"{path.stem}.original")
        shutil.copyfile(path, source)
        _run(
            [
                *(soffice, "--headless", "--norestore", f"-env:UserInstallation={Path(folder, 'profile').as_uri()}"),
                *("--convert-to", kind, "--outdir", folder, str(source)),
            ],
            path.name,
        )
        converted = source.with_suffix(f".{kind}")
        if not converted.is_file():
            why = "is damaged, or LibreOffice lacks its part for such files; fetch it again, or save it as"
            raise UnreadableDocument("malformed", f"{path.name} {why} .{kind}")
        yield converted


def _is_encrypted(path: Path) -> bool:
    with suppress(OSError), olefile.OleFileIO(str(path)) as container:
        if container.exists(_WORD):
            header = container.openstream([_WORD]).read(_FLAGS + 2)
            return bool(int.from_bytes(header[_FLAGS:], "little") & _ENCRYPTED)
    return False


def _run(arguments: list[str], name: str) -> None:
    """Run a command with all that it starts; ended with it where it takes too long."""
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(  # noqa: S603 - no shell, and no word of it comes from a document
        arguments, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
    )
    try:
        process.wait(_SECONDS)
    except subprocess.TimeoutExpired as error:
        why = f"LibreOffice did not convert {name} within {_SECONDS} seconds; save it as a PDF"
        raise UnreadableDocument("timeout", why) from error
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
