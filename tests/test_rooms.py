"""The rooms of docs/design.md: which module may know what. A new module is given a room here before the tests pass."""

import ast
import json
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src/budgetlib"
MODULES = sorted(PACKAGE.rglob("*.py"))
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

FILES = {"os", "io", "pathlib", "shutil", "tempfile", "glob", "csv", "json"}
FRAMES = {"pandas", "pyarrow"}


class Room(NamedTuple):
    modules: set[str]
    """Modules of budgetlib, by their first name."""
    sees: set[str]
    """What of budgetlib they may import besides one another: modules, or single names of them."""
    without: set[str]
    """Libraries they must not import."""


ROOMS = [
    Room({"errors"}, set(), FILES | FRAMES),
    Room({"text", "money"}, set(), FILES | FRAMES),
    Room({"readers", "pages"}, {"errors", "text", "money.parse_number"}, FRAMES - {"numpy"}),
    Room({"forms", "phrases", "vocabulary", "codes"}, {"errors", "text"}, FRAMES),
    Room(
        {
            "recognise",
            "titles",
            "heads",
            "rows",
            "project_units",
            "nesting",
            "tidy",
            "prose",
            "narrative",
            "performance",
            "catalogue",
            "strangers",
        }
        | {"declarations", "identify", "ledger", "confirmation", "mending"},
        {"errors", "text", "money", "pages", "forms", "phrases", "vocabulary", "codes"},
        FILES | FRAMES,
    ),
    Room({"tables", "store", "corpus", "matches", "deflator"}, {"errors"}, set()),
    Room({"dictionary"}, {"tables", "forms"}, FRAMES - {"pyarrow"}),
    Room(
        {"disclosure", "annexes"},
        {"errors", "text", "money", "documents", "readers", "pages"}
        | {"recognise", "tidy", "prose", "narrative", "performance", "catalogue", "declarations", "strangers"}
        | {"identify", "ledger", "confirmation", "mending"},
        FRAMES,
    ),
    Room(
        {"pipeline", "documents", "corrections"},
        {"errors", "text", "money", "disclosure", "tables", "store", "corpus", "checks"},
        set(),
    ),
    Room(
        {"checks"},
        {"errors", "text", "money", "forms", "tables", "corpus", "labels", "vocabulary", "dictionary.measures"},
        FILES - {"importlib"} | {"pyarrow"},
    ),
    Room({"analysis"}, {"errors", "text", "corpus", "vocabulary"}, FILES | {"pyarrow"}),
    Room({"charts", "labels", "fonts"}, {"errors"}, {"pyarrow"}),
    Room(
        {"display", "panels", "cells", "citations", "summary", "appendix"},
        {"errors", "forms", "store", "corpus", "pages.Box", "analysis.Guidance", "charts", "labels"}
        | {"evidence", "proofs", "printed", "sheets"},
        {"pyarrow"},
    ),
    Room(
        {"report", "index"},
        {"errors", "text", "store", "corpus", "matches", "deflator", "documents.sha256", "labels", "fonts"}
        | {"analysis.key_figures", "analysis.spending_change"},
        FRAMES,
    ),
    Room(
        {"evidence", "proofs", "printed", "sheets"},
        {"text", "money", "pages.Box", "corpus", "documents.sha256"},
        {"pyarrow"},
    ),
    Room({"steps"}, {"errors", "readers", "pages", "recognise", "sheets"}, {"pyarrow"}),
    Room({"listing"}, {"corpus", "checks.SEVERITIES"}, FILES | {"pyarrow"}),
    Room({"export", "fiscal"}, {"errors", "tables", "store"}, set()),
    Room(
        {"cli"},
        {"errors", "labels.LANGUAGES", "pipeline", "corpus", "listing", "report", "export.export", "index.Report"},
        FRAMES,
    ),
]

ONE_PLACE = {
    "pdfplumber": "readers/pdf.py",
    "pdfminer": "readers/pdf.py",
    "rapidocr": "readers/ocr.py",
    "matplotlib": "charts/",
    "papermill": "report.py",
    "nbconvert": "report.py",
}

USED_WITHOUT_IMPORT = {"jupyterlab", "ipykernel", "zhplot", "onnxruntime"}
"""A program for readers, the kernel it starts, a font file, what runs the models of the extra `ocr`."""

IMPORTED_AS = {"cv2": "opencv-python-headless"}
"""Modules that bear another name than their distribution, for when the extra they belong to is not installed."""


def imports(tree: ast.AST) -> Iterator[str]:
    """Every import as a dotted name: `from budgetlib.money import to_yuan` is `budgetlib.money.to_yuan`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imports_of(path: Path) -> list[str]:
    return list(imports(ast.parse(path.read_text(encoding="utf-8"))))


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def first_name(path: Path) -> str:
    return name_of(path.with_suffix("")).partition("/")[0]


def room_of(path: Path) -> Room:
    (room,) = (room for room in ROOMS if first_name(path) in room.modules)
    return room


def inside(name: str, allowed: set[str]) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in allowed)


def ours(path: Path) -> set[str]:
    """What a module imports of budgetlib, without the package's name."""
    return {name.removeprefix("budgetlib.") for name in imports_of(path) if name.startswith("budgetlib.")}


def test_every_module_has_exactly_one_room() -> None:
    rooms = [name for room in ROOMS for name in room.modules]
    assert len(rooms) == len(set(rooms))
    assert {first_name(path) for path in MODULES} - {"__init__"} <= set(rooms)


@pytest.mark.parametrize("path", [path for path in MODULES if path != PACKAGE / "__init__.py"], ids=name_of)
def test_a_module_knows_only_what_its_room_may_know(path: Path) -> None:
    room = room_of(path)
    seen = room.modules | room.sees | {"__version__"}
    assert {name for name in ours(path) if not inside(name, seen)} == set()
    assert {name for name in imports_of(path) if inside(name, room.without)} == set()


def test_no_module_imports_a_private_name_of_another() -> None:
    private = {name_of(p): {n for n in ours(p) if n != "__version__" and "._" in f".{n}"} for p in MODULES}
    assert {path: names for path, names in private.items() if names} == {}


@pytest.mark.parametrize(("library", "place"), ONE_PLACE.items())
def test_a_library_is_known_in_one_place(library: str, place: str) -> None:
    knowing = {
        str(path.relative_to(PACKAGE)) for path in MODULES if any(inside(n, {library}) for n in imports_of(path))
    }
    assert knowing
    assert {name for name in knowing if not name.startswith(place)} == set()


def libraries(folder: Path) -> set[str]:
    """The distributions that the Python files below `folder` import."""
    imported = {name.partition(".")[0] for path in folder.rglob("*.py") for name in imports_of(path)}
    providers = metadata.packages_distributions()
    return {
        canonicalize_name(providers.get(name, [IMPORTED_AS.get(name, name)])[0])
        for name in imported - sys.stdlib_module_names - {"budgetlib", "tests"}
    }


def declared(lines: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(line).name) for line in lines}


def test_the_declared_dependencies_are_the_libraries_that_are_used() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    needed = declared(pyproject["project"]["dependencies"])
    optional = declared([line for lines in pyproject["project"]["optional-dependencies"].values() for line in lines])
    assert needed | optional == libraries(PACKAGE) | USED_WITHOUT_IMPORT
    assert declared(pyproject["dependency-groups"]["test"]) == libraries(ROOT / "tests") - needed


def test_analysis_opens_no_file() -> None:
    for path in (PACKAGE / "analysis").glob("*.py"):
        calls = [n.func for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)]
        called = {call.id if isinstance(call, ast.Name) else getattr(call, "attr", "") for call in calls}
        assert not {name for name in called if name == "open" or name.startswith(("read_", "write_", "to_csv"))}, path


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_imports_budgetlib_only_and_defines_nothing(path: Path) -> None:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    tree = ast.parse("\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"))
    assert set(imports(tree)) == {"budgetlib"}
    assert not [
        n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda)
    ]


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS
