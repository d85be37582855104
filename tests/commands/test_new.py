"""`budgetlib new`: a project of one's own, complete, and nothing of anybody's overwritten."""

import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from budgetlib.commands.cli import main
from budgetlib.commands.new import SAMPLE
from budgetlib.core.files import sha256
from budgetlib.core.version import __version__
from budgetlib.report.notebook_files import NOTEBOOKS, find_notebook


def new(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["new", *map(str, arguments)])


def test_a_project_has_what_its_readme_names(tmp_path: Path) -> None:
    assert new(tmp_path / "budgets").exit_code == 0
    readme = (tmp_path / "budgets/README.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:data|notebooks)[\w/.]*|\w+\.(?:txt|yml|ipynb))`", readme)
    written_later = {"data/tidy"} | {
        f"data/raw/{name}.csv" for name in ("corrections", "catalogue_matches", "findings", "deflator")
    }
    assert {"data/raw", "notebooks", "requirements.txt", "environment.yml"} <= set(named)
    for name in set(named) - written_later:
        folder = "notebooks" if name.endswith(".ipynb") else ""
        assert (tmp_path / "budgets" / folder / name).exists(), name


def test_its_environment_is_the_version_that_laid_it_out(tmp_path: Path) -> None:
    new(tmp_path / "budgets")
    assert (tmp_path / "budgets/requirements.txt").read_text() == f"budgetlib=={__version__}\n"
    conda = yaml.safe_load((tmp_path / "budgets/environment.yml").read_text())
    assert conda["dependencies"][-1] == {"pip": ["--requirement requirements.txt"]}


def test_the_notebooks_to_edit_are_those_that_are_run_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    new(tmp_path)
    monkeypatch.chdir(tmp_path)
    for notebook in NOTEBOOKS.glob("*.ipynb"):
        assert find_notebook(notebook.stem).resolve() == tmp_path / "notebooks" / notebook.name
        assert sha256(find_notebook(notebook.stem)) == sha256(notebook)


def test_elsewhere_the_notebooks_of_budgetlib_are_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_notebook("department") == NOTEBOOKS / "department.ipynb"


def test_the_sample_disclosures_come_on_demand(tmp_path: Path) -> None:
    new(tmp_path / "with", "--sample")
    new(tmp_path / "without")
    assert {file.name for file in (tmp_path / "with/data/raw").iterdir()} == {file.name for file in SAMPLE.iterdir()}
    assert [file.name for file in (tmp_path / "without/data/raw").iterdir()] == ["manifest.csv"]


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    refused = new(tmp_path)
    assert refused.exit_code == 2
    assert "is not empty" in refused.output
    assert [file.name for file in tmp_path.iterdir()] == ["notes.txt"]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refused = new(tmp_path / "file/budgets")
    assert refused.exit_code == 1
    assert f"the project cannot be written to {tmp_path / 'file/budgets'}" in refused.output.replace("\n", " ")
    assert [file.name for file in tmp_path.iterdir()] == ["file"]
