"""A project of one's own in the shape of this repository: originals, notebooks, environment, a README."""

from __future__ import annotations

import shutil
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from budgetlib.core.errors import BadParameter
from budgetlib.core.files import write_bytes
from budgetlib.core.version import __version__
from budgetlib.report.notebook_files import NOTEBOOKS

_HERE = Path(__file__).resolve().parent
_TEMPLATES = _HERE / "project"
_IN_WHEEL, _IN_CLONE = _HERE / "sample", _HERE.parents[2] / "data/raw"
SAMPLE = _IN_WHEEL if _IN_WHEEL.is_dir() else _IN_CLONE
"""The disclosures that come with budgetlib; the build puts the folder of the clone into the wheel."""


def new_project(folder: Path, *, sample: bool = False) -> None:
    """Lay out a project in `folder`, which is empty or not there yet; with the `sample` disclosures to try it out.

    Raises `BadParameter` where something is in the folder; `OSError` where it cannot be written.
    """
    if folder.is_dir() and any(folder.iterdir()):
        raise BadParameter(f"{folder} is not empty; name a folder that is not there yet. Nothing was written")
    templates = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=False, keep_trailing_newline=True)  # noqa: S701 - Markdown and YAML of ours
    for name in templates.list_templates():
        text = templates.get_template(name).render(version=__version__)
        write_bytes(text.encode("utf-8"), folder / name.removesuffix(".j2"))
    _copy(NOTEBOOKS, folder / "notebooks", "*.ipynb")
    if sample:
        _copy(SAMPLE, folder / "data/raw", "*")


def _copy(there: Path, here: Path, pattern: str) -> None:
    here.mkdir(exist_ok=True)
    for file in sorted(there.glob(pattern)):
        shutil.copyfile(file, here / file.name)
