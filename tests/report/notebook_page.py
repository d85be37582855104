"""The department notebook run in this process, cell by cell: what it shows and what it computed, without a kernel."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pandas as pd

from budgetlib.definitions.labels import LANGUAGES

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks/department.ipynb"


def shown(tidy: Path, department: str, year: int, language: str, out: Path) -> tuple[str, list[pd.DataFrame]]:
    """The markup of all cells one below another, and the frames that they computed."""
    given = {"department": department, "year": year, "language": language, "tidy": str(tidy), "out": str(out)}
    names: dict[str, Any] = {}
    markup: list[str] = []
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
        source, tags = "".join(cell["source"]), cell["metadata"].get("tags", [])
        if cell["cell_type"] == "markdown":
            level = len(source) - len(source.lstrip("#"))
            heading = source.lstrip("# ").split(" · ")[LANGUAGES.index(language)]
            markup.append(f"<h{level}>{heading}</h{level}>")
        elif cell["cell_type"] == "code":
            *steps, last = ast.parse(source).body
            exec(compile(ast.Module(steps, []), "cell", "exec"), names)  # noqa: S102 - our own notebook
            if isinstance(last, ast.Expr):
                value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)  # noqa: S307
                markup.append(getattr(value, "markup", ""))
            else:
                exec(compile(ast.Module([last], []), "cell", "exec"), names)  # noqa: S102
            if "parameters" in tags:
                names |= given
    return "\n".join(markup), [value for value in names.values() if isinstance(value, pd.DataFrame)]
