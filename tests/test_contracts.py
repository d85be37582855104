"""Each import contract of pyproject.toml can fail: an import it forbids, planted in a copy of the source, breaks it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source, to plant in."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "src/budgetlib", folder / "budgetlib", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def forbidden(contract: dict[str, Any]) -> tuple[str, str]:
    """A package, and what a module in it must not import."""
    match contract["type"]:
        case "layers":
            (container,), layers = contract["containers"], contract["layers"]
            highest, lowest = (f"{container}.{layer.split(' | ')[0]}" for layer in (layers[0], layers[-1]))
            return lowest, highest
        case "forbidden":
            return contract["source_modules"][0], contract["forbidden_modules"][0]
        case "protected":
            return "budgetlib.core", contract["protected_modules"][0]
        case "acyclic_siblings":
            return "budgetlib.core", "budgetlib.tables"
    raise NotImplementedError(contract["type"])


def broken(folder: Path) -> set[str]:
    """The contracts that the source in `folder` breaks."""
    command = [Path(sys.executable).with_name("lint-imports"), "--config", ROOT / "pyproject.toml", "--no-cache"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert "Contracts:" in run.stdout, run.stdout + run.stderr
    return set(re.findall(r"^(.*) BROKEN", run.stdout, re.MULTILINE))


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract["name"])
def test_a_contract_is_broken_by_an_import_that_it_forbids(contract: dict[str, Any], copy: Path) -> None:
    package, imported = forbidden(contract)
    planted = copy / package.replace(".", "/") / "planted.py"
    planted.write_text(f"import {imported}\n", encoding="utf-8")
    try:
        assert contract["name"] in broken(copy)
    finally:
        planted.unlink()


def test_the_source_as_it_is_breaks_none(copy: Path) -> None:
    assert broken(copy) == set()
