"""The documentation as a Jupyter Book: Markdown (MyST) and notebooks, built by Sphinx with MyST-NB, strictly.

What can be read off the code is not written twice: commands, Python names and the executed tutorial are made here.
"""

import inspect
import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import click
import nbformat
from nbclient import NotebookClient
from sphinx.application import Sphinx

import budgetlib
from budgetlib.commands.cli import main

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
MADE = HERE / "made"
"""Pages that are made at each build; not kept."""

project = "budgetlib"
author = "The budgetlib authors"
version = release = budgetlib.__version__
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
html_theme = "sphinx_book_theme"
html_title = "budgetlib"
html_theme_options = {"show_toc_level": 2, "home_page_in_toc": True}
html_last_updated_fmt = None
myst_heading_anchors = 3
nb_execution_mode = "off"  # executed below, in the folder it is written for
default_role = "code"  # in docstrings, as in Markdown
autodoc_typehints = "none"  # they stand in the signature
add_module_names = False

_OUTSIDE = re.compile(r"\[([^\]]+)\]\((?:\.\./)+[^)]*\)")
"""A link to a file that is no page: its text remains."""
_DEPENDENCY = re.compile(r'^ +"([\w.-]+)[^"]*", *# (.+)$', re.MULTILINE)


def commands() -> str:
    """Every command with its help, as the command line prints it."""
    pages = ["# Commands\n"]
    for name, command in sorted(main.commands.items()):
        context = click.Context(command, info_name=f"budgetlib {name}", max_content_width=100, terminal_width=100)
        pages.append(f"## budgetlib {name}\n\n```text\n{command.get_help(context)}\n```\n")
    return "\n".join(pages)


def names() -> str:
    """Every public name with its docstring."""
    parts = ["# Python\n\n`import budgetlib as bl`; each name is imported when it is first used.\n"]
    for name in sorted(dir(budgetlib)):
        kind = "autoclass" if inspect.isclass(getattr(budgetlib, name)) else "autofunction"
        if not name.startswith("__"):
            members = ":members:\n" if kind == "autoclass" else ""
            parts.append(f"```{{eval-rst}}\n.. {kind}:: budgetlib.{name}\n{'   ' + members if members else ''}```\n")
    return "\n".join(parts)


def dependencies() -> str:
    """What budgetlib stands on and what for, with the version that is tested and the licence that it names."""
    declared = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    declared = declared[declared.index("dependencies = [") : declared.index("[project.scripts]")]
    rows = ["| package | tested | licence | for |", "|---|---|---|---|"]
    for name, reason in _DEPENDENCY.findall(declared):
        try:
            about = metadata(name)
        except PackageNotFoundError:  # of an extra that is not installed
            continue
        named = [one.rpartition(" :: ")[2] for one in about.get_all("Classifier", []) if one.startswith("License")]
        licence = about.get("License-Expression") or ", ".join(named) or about.get("License", "").partition("\n")[0]
        rows.append(f"| {name} | {about['Version']} | {licence} | {reason} |")
    return "\n".join(["# Dependencies\n", *rows, ""])


def tutorial() -> str:
    """The notebook about one page, executed where it lies."""
    notebook = nbformat.read(ROOT / "notebooks/read_one_document.ipynb", as_version=4)
    notebook.cells = [cell for cell in notebook.cells if "zh" not in cell.metadata.get("tags", [])]
    NotebookClient(notebook, resources={"metadata": {"path": str(ROOT / "notebooks")}}).execute()
    return nbformat.writes(notebook)


def make_pages(_: Sphinx) -> None:
    """Write the pages that are made."""
    MADE.mkdir(exist_ok=True)
    for name, make in {
        "commands.md": commands,
        "python.md": names,
        "dependencies.md": dependencies,
        "one_page.ipynb": tutorial,
    }.items():
        (MADE / name).write_text(make(), encoding="utf-8")


def unlink_outside(_: Sphinx, __: str, source: list[str]) -> None:
    """Leave the text of links to files that are no pages."""
    source[0] = _OUTSIDE.sub(r"\1", source[0])


def setup(app: Sphinx) -> None:
    """Connect the above."""
    app.connect("builder-inited", make_pages)
    app.connect("source-read", unlink_outside)
