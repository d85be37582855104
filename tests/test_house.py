"""The house is in order: versions in step, documents true, nothing of the builder's machine left behind."""

import ast
import contextlib
import io
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import click
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import budgetlib
from budgetlib.commands.cli import main
from budgetlib.definitions.measures import measures
from budgetlib.tables.dictionary import data_dictionary
from budgetlib.tables.schemas import TABLES

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src/budgetlib"
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
APART = ("constraints-ocr.txt", "constraints-docs.txt")
"""What only `make ocr` and `make docs` need."""

CONSTRAINTS = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("constraints.txt", *APART)}
README = (ROOT / "README.md").read_text(encoding="utf-8")


USED_WITHOUT_IMPORT = {
    *("jupyterlab", "ipykernel", "zhplot", "onnxruntime"),
    *("bokeh", "aiohttp", "s3fs"),
    *("voila", "anywidget"),
}
"""A program for readers, the kernel it starts, a font file, what runs the models of the extra `ocr`; the dashboard and
the systems of files of the extra `cluster`; what serves the explorer, and what its tables need."""

USED_BY_TESTS_WITHOUT_IMPORT = {"pytest-xdist", "flask", "flask-cors"}
"""What runs tests on all cores, and the server of moto."""

IMPORTED_AS = {"cv2": "opencv-python-headless"}
"""Modules that bear another name than their distribution, for when the extra they belong to is not installed."""


def direct_dependencies() -> Iterator[Requirement]:
    groups = {name: lines for name, lines in PYPROJECT["dependency-groups"].items() if name != "docs"}
    project = PYPROJECT["project"]
    extras = [project["optional-dependencies"][name] for name in ("cluster", "explore")]
    lists = [project["dependencies"], *extras, *groups.values()]
    return (Requirement(line) for lines in lists for line in lines)


def pins(file: str = "constraints.txt") -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==([^\s;]+)", CONSTRAINTS[file], re.MULTILINE))


def conda_pins() -> dict[str, str]:
    listed = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    names = [entry for entry in listed if isinstance(entry, str)]
    names += [entry for part in listed if isinstance(part, dict) for entry in part["pip"]]
    pinned = [re.split("==?", entry) for entry in names if re.fullmatch(r"[\w.-]+==?[\w.]+", entry)]
    return {canonicalize_name(name): version for name, version in pinned}


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout: which files belong to the project is not known")
    return [path for name in listed.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


def test_each_direct_dependency_is_pinned_at_a_version_that_pyproject_allows() -> None:
    wrong = {r.name: pins().get(canonicalize_name(r.name)) for r in direct_dependencies()}
    allowed = {r.name: r.specifier for r in direct_dependencies()}
    assert not {n: v for n, v in wrong.items() if v is None or v not in allowed[n]}


def test_environment_yml_lists_the_direct_dependencies_at_the_pinned_versions() -> None:
    assert conda_pins() == {name: pins()[name] for name in (canonicalize_name(r.name) for r in direct_dependencies())}


@pytest.mark.parametrize("file", APART)
def test_what_is_installed_apart_is_pinned_at_versions_that_pyproject_allows_and_moves_no_other_pin(file: str) -> None:
    pinned = pins(file)
    asked = {**PYPROJECT["project"]["optional-dependencies"], **PYPROJECT["dependency-groups"]}
    for wanted in map(Requirement, asked[file.removeprefix("constraints-").removesuffix(".txt")]):
        assert pinned.get(canonicalize_name(wanted.name), "0") in wanted.specifier, wanted
    assert not {name: version for name, version in pinned.items() if pins().get(name, version) != version}


def test_the_build_backend_is_the_pinned_one() -> None:
    (backend,) = map(Requirement, PYPROJECT["build-system"]["requires"])
    assert str(backend.specifier) == f"=={pins()[canonicalize_name(backend.name)]}"


@pytest.mark.parametrize("file", CONSTRAINTS)
def test_every_pin_has_hashes_and_no_address(file: str) -> None:
    entries = re.split(r"\n(?=[a-z0-9])", re.sub(r"^ *#.*\n", "", CONSTRAINTS[file], flags=re.MULTILINE).strip())
    assert [
        e for e in entries if not re.fullmatch(r"[a-z0-9-]+==\S+( ; [^\\]+)?( \\\n +--hash=sha256:\w{64})+", e)
    ] == []


def test_no_installed_package_is_under_a_licence_that_binds_its_users_code() -> None:
    def licence(name: str) -> str:
        about = metadata.metadata(name)
        return " ".join([about.get("License-Expression", ""), *(about.get_all("Classifier") or [])])

    pinned = pins().keys() | pins("constraints-ocr.txt").keys()
    installed = {canonicalize_name(d.metadata["Name"]) for d in metadata.distributions()} & pinned
    assert installed
    assert [name for name in installed if re.search(r"\bA?GPL|Affero|(?<!Lesser )General Public", licence(name))] == []


def test_one_version_stands_everywhere() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    deposit = json.loads((ROOT / ".zenodo.json").read_text(encoding="utf-8"))
    assert citation["version"] == deposit["version"] == budgetlib.__version__ == metadata.version("budgetlib")
    assert (citation["title"], citation["abstract"]) == (deposit["title"], deposit["description"])


def test_issue_templates_ask_for_the_page_and_the_tables() -> None:
    templates = (ROOT / ".github/ISSUE_TEMPLATE").glob("*_*.yml")
    asked = {path.stem: [part["id"] for part in yaml.safe_load(path.read_text("utf-8"))["body"]] for path in templates}
    assert {"page", "printed", "tables", "version"} <= set(asked["wrong_number"])
    assert all("version" in ids for ids in asked.values())


def test_the_data_dictionary_is_the_one_printed_from_the_schemas() -> None:
    assert (ROOT / "docs/data_dictionary.md").read_text(encoding="utf-8") == data_dictionary()


def test_the_data_dictionary_describes_the_measures_that_forms_give_and_no_other() -> None:
    files = (PACKAGE / "definitions/forms").glob("*.toml")
    found = [tomllib.loads(file.read_text(encoding="utf-8")) for file in files]
    rules = [rule for form in found for kind in ("header", "panel") for rule in form.get(kind, [])]
    assert {rule["measure"] for rule in rules if "measure" in rule} == measures()["lines"].keys()


def test_the_readme_lists_every_command_with_every_option() -> None:
    documented = dict(re.findall(r"^\| `budgetlib (\w+) (.*?)` \|", README, re.MULTILINE))
    options = {
        name: {flag for p in command.params if isinstance(p, click.Option) for flag in p.opts if flag.startswith("--")}
        for name, command in main.commands.items()
    }
    assert {name: set(re.findall(r"--[\w-]+", usage)) for name, usage in documented.items()} == options


def test_the_documentation_names_commands_and_options_that_there_are() -> None:
    for page in (ROOT / "docs").rglob("[!_]*.md"):
        text = page.read_text(encoding="utf-8")
        for line in re.findall(r"(?:^|`)budgetlib ([a-z][^`\n]*)", text, re.MULTILINE):
            command = main.commands.get(line.split()[0])
            assert command, f"{page.name}: budgetlib {line}"
            known = {flag for parameter in command.params for flag in parameter.opts}
            assert set(re.findall(r"(?<= )--[a-z-]+", line)) <= known, f"{page.name}: budgetlib {line}"


def test_the_readme_names_every_table() -> None:
    assert re.findall(r"^\| `(\w+)` \|", README, re.MULTILINE) == [table.name for table in TABLES]


def test_every_make_target_and_file_that_the_documents_name_is_there() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for document in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "docs/design.md"]:
        text = document.read_text(encoding="utf-8")
        assert set(re.findall(r"(?:`|^)make ([a-z]+)", text, re.MULTILINE)) <= targets, document
        for link in re.findall(r"\]\((?!https?:)([^)#]+)", text):
            assert (document.parent / link).exists(), f"{document.name} links to {link}"


def test_the_examples_of_the_readme_run_and_print_what_it_shows(
    sample_tidy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(sample_tidy, tmp_path / "data/tidy")
    monkeypatch.chdir(tmp_path)
    examples = re.findall(r"```python\n(.*?)```(?:\s*```text\n(.*?)```)?", README, re.DOTALL)
    assert examples
    names: dict[str, object] = {}
    for code, shown in examples:
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(compile(code, "README.md", "exec"), names)  # noqa: S102 - our own README
        assert printed.getvalue().split() == shown.split()


def test_no_file_names_a_package_registry_or_a_path_of_some_machine() -> None:
    registries = r"py[p]i\.org|pythonh[o]sted|registry\.npm[j]s|registry\.y[a]rnpkg|repo\.an[a]conda|conda\.an[a]conda"
    paths = r"(?<![\w.\-/])/(?:wo[r]k|t[m]p|ro[o]t|ho[m]e|Us[e]rs)/\w|[A-Z]:\\Us[e]rs"
    found = re.compile(f"{registries}|{paths}|--(?:extra-)?index-[u]rl")
    named = {
        str(path.relative_to(ROOT)): match[0]
        for path in tracked_files()
        if (match := found.search(path.read_bytes().decode("utf-8", errors="ignore")))
    }
    assert named == {}


def imports(tree: ast.AST) -> Iterator[str]:
    """Every import as a dotted name: `from budgetlib.core.money import to_yuan` is `budgetlib.core.money.to_yuan`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imports_of(path: Path) -> list[str]:
    return list(imports(ast.parse(path.read_text(encoding="utf-8"))))


def test_no_module_imports_a_private_name_of_another() -> None:
    private = {
        path.relative_to(PACKAGE).as_posix(): names
        for path in sorted(PACKAGE.rglob("*.py"))
        if (names := {n for n in imports_of(path) if n.startswith("budgetlib.") and re.search(r"\._(?!_)", n)})
    }
    assert private == {}


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
    assert declared(pyproject["dependency-groups"]["test"]) == (
        libraries(ROOT / "tests") - needed - optional | USED_BY_TESTS_WITHOUT_IMPORT
    )


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
