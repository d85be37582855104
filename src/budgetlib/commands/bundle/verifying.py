"""A bundle → whether it is whole, and whether its originals give again what it holds."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

import pandas as pd

from budgetlib.commands.bundle.archive import packed_files, unpack
from budgetlib.commands.bundle.comparing import Comparison, compare
from budgetlib.commands.bundle.crate import LOCK, METADATA, PREVIEW, Contents, Original, read
from budgetlib.commands.bundle.environment import installed
from budgetlib.commands.bundle.rerun import NOTEBOOKS, RAW, Done, rerun
from budgetlib.commands.fetch import Options, Progress, fetch
from budgetlib.core.errors import BadParameter, NotFound
from budgetlib.core.files import sha256
from budgetlib.pages.sources import MANIFEST
from budgetlib.report import notebook_files
from budgetlib.tables.store import write_csv


@dataclass(frozen=True)
class Verdict:
    """What is wrong with a bundle itself, or else how what it holds compares with what was made again."""

    faults: tuple[str, ...]
    comparisons: tuple[Comparison, ...] = ()
    versions: tuple[str, ...] = ()
    """Of packages: with what it was made where that is not what is here."""

    @property
    def reproduced(self) -> bool:
        """Whether nothing differs."""
        return not self.faults and all(one.equal == one.of for one in self.comparisons)

    def lines(self) -> Iterator[str]:
        """What is to be said of it."""
        yield from self.faults
        for one in self.comparisons:
            yield from one.differences
        if not self.reproduced:
            yield from self.versions
        if self.comparisons:
            counts = ", ".join(f"{one.equal} of {one.of} {one.kind}" for one in self.comparisons)
            yield f"{'reproduced' if self.reproduced else 'not reproduced'}: {counts} equal"


def verify(
    archive: Path,
    originals: Path | None = None,
    *,
    trust: bool = False,
    jobs: int = 1,
    fetching: Options | None = None,
    done: Done = lambda one: None,
) -> Verdict:
    """Check every hash of the bundle `archive`, make its result again in an empty folder, and compare.

    Originals that are not inside are taken from the folder `originals`, by whatever names, or else fetched. Notebooks
    that are not those of this budgetlib are run only with `trust`.

    Raises `BadParameter` for what is no bundle, and for notebooks that are not trusted; `NotFound` for an original that
    is not to be had.
    """
    if not archive.is_file():
        raise NotFound(f"there is no bundle {archive}")
    with TemporaryDirectory(prefix="budgetlib-") as temporary:
        before, now = Path(temporary, "bundle"), Path(temporary, "now")
        before.mkdir()
        unpack(archive, before)
        contents = read(before, archive)
        if faults := tuple(_faults(before, contents)):
            return Verdict(faults)
        if not trust:
            _refuse_unknown_notebooks(before)
        for folder in (RAW, NOTEBOOKS):
            if (before / folder).is_dir():
                shutil.copytree(before / folder, now / folder)
        _bring(contents, originals, fetching or Options(), now)
        rerun(now, contents.settings, jobs, done)
        return Verdict((), tuple(compare(before, now)), tuple(_versions(before)))


def _faults(folder: Path, contents: Contents) -> Iterator[str]:
    """What of a bundle is not as it says itself."""
    there = set(packed_files(folder)) - {METADATA, PREVIEW}
    for name in sorted(contents.hashes.keys() | there):
        if name not in there:
            yield f"{name} is missing"
        elif name not in contents.hashes:
            yield f"{name} is not in {METADATA}"
        elif (actual := sha256(folder / name)) != contents.hashes[name]:
            size = (folder / name).stat().st_size
            yield f"{name} was changed: {size} bytes with the sha256 {actual}, {METADATA} says {contents.hashes[name]}"


def _versions(folder: Path) -> Iterator[str]:
    """The packages that a bundle was made with and that are here in another version."""
    here = installed()
    for line in (folder / LOCK).read_text(encoding="utf-8").splitlines():
        name, _, version = line.partition("==")
        if version != here.get(name):
            yield f"{name}: {version} when the bundle was made, {here.get(name, 'not there')} now"


def _refuse_unknown_notebooks(folder: Path) -> None:
    known = {sha256(path) for path in notebook_files.NOTEBOOKS.glob("*.ipynb")}
    there = sorted(path for path in (folder / NOTEBOOKS).rglob("*") if path.is_file())
    strange = [path.name for path in there if sha256(path) not in known]
    if strange:
        raise BadParameter(
            f"{', '.join(strange)} in the bundle is not of this budgetlib, and would run on this machine: "
            "look at it first, then: --trust"
        )


def _bring(contents: Contents, originals: Path | None, fetching: Options, folder: Path) -> None:
    """The originals that are not inside, put to their places in `folder`: from a folder at hand, else fetched."""
    at_hand = _by_hash(originals) if originals and contents.apart else {}
    with TemporaryDirectory(prefix="budgetlib-") as temporary:
        missing = [one for one in contents.apart.values() if one.sha256 not in at_hand]
        reasons = _fetch(missing, Path(temporary), fetching) if missing else {}
        there = _by_hash(Path(temporary)) | at_hand
        if gone := [one for one in missing if one.sha256 not in there]:
            raise NotFound("\n".join(_wanted(one, reasons.get(one.name, "")) for one in gone))
        for one in contents.apart.values():
            here = folder / one.name
            here.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(there[one.sha256], here)


def _by_hash(folder: Path) -> dict[str, Path]:
    return {sha256(path): path for path in sorted(folder.rglob("*")) if path.is_file()}


def _fetch(originals: list[Original], folder: Path, options: Options) -> dict[str, str]:
    """Fetch `originals` into `folder`; why one could not be, by its name."""
    names = [f"{number}{PurePosixPath(one.name).suffix}" for number, one in enumerate(originals, 1)]
    rows = pd.DataFrame(
        {"file": names, "sha256": [one.sha256 for one in originals], "url": [one.url for one in originals]}
    )
    write_csv(rows, folder / MANIFEST)
    with Progress() as progress:
        results = fetch(folder / MANIFEST, folder, options, progress)
    return {one.name: result.reason for one, result in zip(originals, results, strict=True)}


def _wanted(original: Original, reason: str) -> str:
    return (
        f"{original.name} is not inside and was not got from {original.url} ({reason}); "
        f"put the file with the sha256 {original.sha256} into a folder, by any name, then: --originals FOLDER"
    )
