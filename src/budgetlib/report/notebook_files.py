"""Where notebooks stand: in a project, or else with budgetlib."""

from __future__ import annotations

from pathlib import Path

from budgetlib.core.errors import NotFound

_HERE = Path(__file__).resolve().parent
_IN_WHEEL, _IN_CLONE = _HERE / "notebooks", _HERE.parents[2] / "notebooks"
NOTEBOOKS = _IN_WHEEL if _IN_WHEEL.is_dir() else _IN_CLONE
"""The notebooks that come with budgetlib; the build puts the folder of the clone into the wheel."""

_OWN = Path("notebooks")


def find_notebook(name: str) -> Path:
    """The notebook `name` of the project one stands in, or else the one that comes with budgetlib."""
    beside = _OWN / f"{name}.ipynb"
    return beside if beside.is_file() else NOTEBOOKS / beside.name


def check_notebook(notebook: Path) -> None:
    """Raise `NotFound` where there is no such notebook."""
    if not notebook.is_file():
        raise NotFound(f"there is no notebook {notebook}; those of budgetlib are in {NOTEBOOKS}")
