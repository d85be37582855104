"""A folder ↔ an archive: packed the same each time, unpacked with nothing outside its folder."""

from __future__ import annotations

import shutil
import stat
import zlib
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from budgetlib.core.errors import BadParameter
from budgetlib.core.files import leads_out, replacing

_FIRST_DATE = (1980, 1, 1, 0, 0, 0)
"""The earliest that an archive can say: when a file was packed says nothing about it."""


def packed_files(folder: Path) -> list[str]:
    """The names of the files in `folder` that go into an archive, sorted; nothing hidden."""
    names = (path.relative_to(folder) for path in _files(folder))
    return sorted(name.as_posix() for name in names)


def pack(folder: Path, archive: Path) -> None:
    """The files in `folder` as `archive`: same files, same bytes."""
    with replacing(archive) as temporary, ZipFile(temporary, "w", ZIP_DEFLATED) as packed:
        for name in packed_files(folder):
            about = ZipInfo(name, _FIRST_DATE)
            about.compress_type, about.external_attr = ZIP_DEFLATED, (stat.S_IFREG | 0o644) << 16
            with (folder / name).open("rb") as file, packed.open(about, "w", force_zip64=True) as entry:
                shutil.copyfileobj(file, entry)


def unpack(archive: Path, folder: Path) -> None:
    """The files of `archive` in `folder`.

    Raises `BadParameter` where it is no archive, is damaged, or would write elsewhere or more than there is room for.
    """
    try:
        with ZipFile(archive) as packed:
            entries = [entry for entry in packed.infolist() if not entry.is_dir()]
            _refuse_unsafe(archive, entries, shutil.disk_usage(folder).free)
            for entry in entries:
                _unpack(packed, entry, folder / entry.filename)
    except BadZipFile as fault:
        raise BadParameter(f"{archive} is no bundle ({fault}); make one with: budgetlib bundle {archive}") from fault


def _unpack(packed: ZipFile, entry: ZipInfo, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with packed.open(entry) as content, path.open("wb") as file:
            shutil.copyfileobj(content, file)
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as fault:
        raise BadParameter(
            f"{entry.filename} is damaged in {packed.filename} ({fault}); get the bundle once more"
        ) from fault


def _refuse_unsafe(archive: Path, entries: list[ZipInfo], free: int) -> None:
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename
        if leads_out(name) or stat.S_ISLNK(entry.external_attr >> 16):
            raise BadParameter(f"{archive} has {name!r}, which leads out of its folder; nothing was unpacked")
        if name.casefold() in seen:
            raise BadParameter(f"{archive} has {name!r} twice; nothing was unpacked")
        seen.add(name.casefold())
    needed = sum(entry.file_size for entry in entries)
    if needed > free:
        raise BadParameter(f"{archive} needs {needed} bytes and {free} are free; nothing was unpacked")


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name.startswith("."):
            continue
        if path.is_dir():
            yield from _files(path)
        else:
            yield path
