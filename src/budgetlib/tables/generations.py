"""How tables lie on disk: a generation is written beside the one in use and takes its place in one step.

DIR/<table>.parquet  → .store/current/<table>.parquet   what readers open: a file, or a folder of partitions
DIR/.store/current   → generations/<number>             changed when a generation is complete
DIR/.store/records   each document as it was read
DIR/.store/findings  what does not add up, department by department
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from budgetlib.core.files import hold, is_held, replacing
from budgetlib.tables.schemas import TABLES

STORE = ".store"
_LAYOUT = 1  # raised when files are laid out otherwise: what is there is then written anew
_CONTENTS = "contents.json"


class Generation:
    """Files that belong together, in one folder; of each is known what it was made from."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files: dict[str, list[Any]] = {}
        with suppress(OSError, ValueError, KeyError):
            contents = json.loads((folder / _CONTENTS).read_bytes())
            self._files = contents["files"] if contents["layout"] == _LAYOUT else {}

    def path(self, name: str) -> Path:
        """Where the file `name` lies."""
        return self.folder / name

    def has(self, name: str, made_from: str) -> bool:
        """Whether the file `name` is made from just this, and lies there as it was written."""
        made, *state = self._files.get(name, [None])
        as_written = state == _state(self.path(name))
        if made == made_from and not as_written:
            logging.getLogger(__name__).warning("%s is not as it was written; it is made again", name)
        return bool(made == made_from and as_written)

    def add(self, name: str, made_from: str) -> None:
        """Take note of the file `name`, which lies there and was made from this."""
        self._files[name] = [made_from, *_state(self.path(name))]

    def take_over(self, name: str, other: Generation) -> None:
        """The file `name` of `other`, as it is."""
        self.path(name).parent.mkdir(exist_ok=True)
        try:
            self.path(name).hardlink_to(other.path(name))
        except OSError:  # some file systems know no further names of a file
            shutil.copy2(other.path(name), self.path(name))
        self.add(name, other._files[name][0])

    @property
    def made_from(self) -> str:
        """The hash of what all its files were made from."""
        made = sorted((name, file[0]) for name, file in self._files.items())
        return hashlib.sha256(repr(made).encode()).hexdigest()

    def equals(self, other: Generation) -> bool:
        """Whether `other` has the same files."""
        return self._files == other._files

    def complete(self) -> None:
        """Write down what there is."""
        with replacing(self.path(_CONTENTS), durable=True) as temporary:
            temporary.write_text(json.dumps({"layout": _LAYOUT, "files": self._files}), encoding="utf-8")


class Store:
    """The hidden folder beside the tables in `tables_dir`, in which they lie."""

    def __init__(self, tables_dir: Path) -> None:
        self.tables_dir = tables_dir
        self.folder = tables_dir / STORE
        self._generations = self.folder / "generations"
        self._pointer = self.folder / "current"

    def current(self) -> Generation:
        """The generation in use; one without files where there is none."""
        target = Path("generations/0")
        if self._pointer.is_symlink():
            target = self._pointer.readlink()
        elif self._pointer.is_file():  # where there are no symbolic links
            target = Path(self._pointer.read_text(encoding="utf-8"))
        return Generation(self.folder / target)

    def clear(self) -> None:
        """Remove what runs that were killed left unfinished."""
        for path in (*self.tables_dir.glob(".*.part"), *self.folder.rglob(".*.part")):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()

    def in_use(self) -> tuple[Generation, BinaryIO]:
        """The generation in use, which stays as long as the file that comes with it is open.

        Raises `FileNotFoundError` where there is none.
        """
        while True:
            generation = self.current()
            try:
                return generation, hold(generation.path(_CONTENTS))
            except FileNotFoundError:
                if self.current().folder == generation.folder:
                    raise

    @contextmanager
    def next_generation(self) -> Iterator[Generation]:
        """A generation to fill: in use when the block ends well, where it differs from the one before; else gone."""
        before = self.current()
        for folder in self._generations.glob("*"):
            if folder != before.folder and not is_held(folder / _CONTENTS):
                shutil.rmtree(folder)
        folder = self._generations / str(int(before.folder.name) + 1)
        folder.mkdir(parents=True)
        generation = Generation(folder)
        try:
            yield generation
            if not generation.equals(before):
                generation.complete()
                self._use(generation)
        finally:
            if self.current().folder != folder:
                shutil.rmtree(folder)

    def _use(self, generation: Generation) -> None:
        target = Path("generations") / generation.folder.name
        with replacing(self._pointer) as temporary:
            try:
                temporary.symlink_to(target)
            except OSError:  # no symbolic links here
                temporary.write_text(target.as_posix(), encoding="utf-8")

    def show_tables(self) -> None:
        """The tables of the generation in use under their names.

        Links that go through the pointer change together; where there are no links, copies change one by one.
        """
        for table in TABLES:
            place = self.tables_dir / table.file
            target = Path(STORE) / self._pointer.name / table.file
            if place.is_symlink() and place.readlink() == target:
                continue
            with replacing(place) as temporary:
                try:
                    temporary.symlink_to(target)
                except OSError:
                    _copy(self.current().path(table.file), temporary)
                if place.is_dir() and not place.is_symlink():
                    shutil.rmtree(place)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copy2(source, target)


def _state(path: Path) -> list[int]:
    """Size and time of a file; nothing where there is none."""
    try:
        stat = path.stat()
    except OSError:
        return []
    return [stat.st_size, stat.st_mtime_ns]
