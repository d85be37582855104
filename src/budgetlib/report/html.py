"""Markup that a notebook shows, made by macros of `templates/blocks.html.j2`, which escape what they are given."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

_OURS = "budgetlib"
"""The class of what we show: in JupyterLab the style sheet reaches nothing else."""
_SHEET = re.compile(r"<style>.*?</style>", re.DOTALL)


class Html:
    """Markup that a notebook shows as it is; `+` puts one below another."""

    def __init__(self, markup: str = "") -> None:
        self.markup = markup

    def __add__(self, other: Html) -> Html:
        return Html(self.markup + other.markup)

    def _repr_html_(self) -> str:
        return f'<div class="{_OURS}">{self.markup}</div>' if self.markup else ""

    def __repr__(self) -> str:
        return Markup(_SHEET.sub("", self.markup)).striptags()  # noqa: S704 - tags are taken out, none is put in


def block(name: str, *values: object) -> Html:
    """The macro `name` filled with `values`."""
    return Html(str(getattr(_blocks(), name)(*values)))


@cache
def style() -> Html:
    """The style sheet of reports for JupyterLab, in its colours."""
    folder = Path(__file__).resolve().parent / "templates"
    rules = "".join((folder / sheet).read_text(encoding="utf-8") for sheet in ("style.css", "lab.css"))
    return Html(f"<style>.{_OURS}.{_OURS} {{ {rules.replace(':root', '&')} }}</style>")


def anchor(key: str) -> str:
    """The id of a table folded under the label `key`."""
    return f"table-{key.rpartition('.')[2]}"


@cache
def _blocks() -> Any:
    return Environment(loader=PackageLoader("budgetlib.report"), autoescape=True).get_template("blocks.html.j2").module
