"""Tables and their originals → a bundle: the result is made again from what goes into it, and from nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from budgetlib.commands.bundle.archive import pack, packed_files
from budgetlib.commands.bundle.comparing import compare_tables
from budgetlib.commands.bundle.crate import LOCK, README, WORKFLOW, Original, describe
from budgetlib.commands.bundle.environment import installed
from budgetlib.commands.bundle.rerun import NOTEBOOKS, RAW, TIDY, Done, Settings, rerun
from budgetlib.core.errors import BadParameter, NotFound
from budgetlib.core.files import check_writable, sha256, write_bytes
from budgetlib.core.user_csv import read_entries, usable
from budgetlib.core.version import __version__
from budgetlib.pages.archive import on_disk
from budgetlib.pages.ink import DEFAULT_READER
from budgetlib.pages.sources import FETCH_RECORD, MANIFEST, digest_of
from budgetlib.report.index import OVERVIEWS
from budgetlib.report.notebook_files import find_notebook
from budgetlib.report.run import DEFLATOR, MATCHES, ReportOptions
from budgetlib.tables.schemas import DOCUMENTS
from budgetlib.tables.store import Tables

_BESIDE = (MANIFEST, FETCH_RECORD, "corrections.csv", "findings.csv")
"""What is said about the files of a folder lies beside them."""

_NAMED = 5
"""Files in one message."""

_README = """\
# Budget disclosures, read with budgetlib {version}

`ro-crate-preview.html` shows in any browser what is here. `reports/index.html` lists the reports, `data/tidy` has the
tables, `data/raw` what they were read from, `notebooks` what was run. To have all of it made again and compared:

    pip install budgetlib=={version}
    budgetlib verify BUNDLE.zip

By hand, in this folder, with what `requirements.txt` lists: `sh run.sh`.
"""

Document = Mapping[Any, Any]


def bundle(
    tables_dir: Path, archive: Path, options: ReportOptions, *, inside: bool = True, done: Done = lambda one: None
) -> int:
    """Make the result of all documents in `tables_dir` again, in an empty folder, and pack it as `archive`.

    A report compares its department with all others, so all documents go along; `options` say which reports do.
    The originals are `inside`, or else named by address and hash. Returns the number of files inside.

    Raises `NotFound` where an original is not where it was read; `BadParameter` where one has no address and is not to
    be inside, or where the tables are not what the originals give; `OSError` where `archive` cannot be written.
    """
    documents = Tables(tables_dir).read(DOCUMENTS).to_dict("records")
    check_writable(archive.parent)
    folders = _folders(documents)
    settings = Settings(
        tuple(folders.values()),
        next((one["ocr"].partition(":")[0] for one in documents if one["ocr"]), "auto"),
        next((one["reader"] for one in documents if one["reader"]), DEFAULT_READER),
        tuple(options.departments),
        tuple(options.years),
        tuple(options.languages),
    )
    with TemporaryDirectory(prefix="budgetlib-") as temporary:
        folder = Path(temporary)
        each = [_original(one, tables_dir, folder, folders) for one in documents]
        originals = list({one.name: one for one in each}.values())
        if not inside:
            _need_addresses(originals)
        _lay_out(folder, options, settings)
        rerun(folder, settings, options.jobs, done)
        if differing := compare_tables(tables_dir, folder / TIDY).differences:
            shown = "\n".join(differing[:_NAMED])
            raise BadParameter(
                f"the tables in {tables_dir} are not what the originals give now; run budgetlib parse again\n{shown}"
            )
        describe(folder, settings, originals, inside=inside)
        if not inside:
            for one in originals:
                (folder / one.name).unlink()
        pack(folder, archive)
        return len(packed_files(folder))


def _folders(documents: Sequence[Document]) -> dict[str, str]:
    """The folders that were parsed, from the tables, and where they lie in a bundle."""
    parsed = dict.fromkeys(str(one["folder"]) for one in documents)
    if len(parsed) == 1:
        return dict.fromkeys(parsed, RAW.as_posix())
    return {folder: (RAW / str(number)).as_posix() for number, folder in enumerate(parsed, 1)}


def _original(document: Document, tables_dir: Path, folder: Path, folders: Mapping[str, str]) -> Original:
    """The file of a document, or the archive that holds it, with what lies beside it, put into `folder`."""
    parsed = tables_dir / str(document["folder"])
    there = parsed / document["path"]
    if digest_of(there) != document["sha256"]:
        raise NotFound(f"{there} is not there as it was read; put it back, or run budgetlib parse without it")
    file = on_disk(there)
    here = Path(folders[str(document["folder"])]) / file.relative_to(parsed)
    _copy(file, folder / here)
    for name in _BESIDE:
        if (file.parent / name).is_file():
            _copy(file.parent / name, (folder / here).with_name(name))
    rows = usable(read_entries(file.parent / MANIFEST, ("file",), ("url",), key=("file", "url")))
    url = next((row["url"] for row in rows if row["file"] == file.name), None)
    about = (document["entity"], document["fiscal_year"], document["document_kind"])
    title = " ".join(str(one) for one in about if not pd.isna(one))
    return Original(here.as_posix(), title, sha256(file), url or None)


def _need_addresses(originals: Sequence[Original]) -> None:
    if without := [one.name for one in originals if not one.url]:
        raise BadParameter(
            f"{len(without)} originals have no address ({', '.join(without[:_NAMED])}); "
            f"write it into the column url of {MANIFEST}, or put them inside: --originals include"
        )
    addresses = [one.url for one in originals]
    if twice := sorted({url for url in addresses if url and addresses.count(url) > 1}):
        raise BadParameter(f"several originals have the address {twice[0]}; put them inside: --originals include")


def _lay_out(folder: Path, options: ReportOptions, settings: Settings) -> None:
    """What a rerun needs beside the originals, and what it is run with."""
    _copy(options.department_notebook(), folder / NOTEBOOKS / "department.ipynb")
    for name in OVERVIEWS:
        _copy(find_notebook(name), folder / NOTEBOOKS / f"{name}.ipynb")
    for file, place in ((options.matches, MATCHES), (options.deflator, DEFLATOR)):
        if file.is_file():
            _copy(file, folder / place)
    write_bytes(_README.format(version=__version__).encode(), folder / README)
    commands = "\n".join(["#!/bin/sh", "set -e", *settings.commands(), ""])
    write_bytes(commands.encode(), folder / WORKFLOW)
    lock = "".join(f"{name}=={version}\n" for name, version in installed().items())
    write_bytes(lock.encode(), folder / LOCK)


def _copy(there: Path, here: Path) -> None:
    here.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(there, here)
