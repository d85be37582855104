"""The page that lists all reports: which there are, which failed and why, and which documents have none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader

from budgetlib.fonts import font_face
from budgetlib.labels import LANGUAGES, label, name
from budgetlib.store import write_bytes

OVERVIEWS = ("comparison", "data_quality")
"""Notebooks over all departments; their pages stand beside the index."""


@dataclass(frozen=True)
class Report:
    """A department's budget of one year, its folder below the folder of all reports, and how it ended.

    `state` is `done`, `failed` (with the reason), `earlier` (there since an earlier run) or `absent`.
    """

    department_id: str
    entity: str
    year: int
    folder: Path
    state: str = "absent"
    reason: str | None = None

    def title(self, language: str) -> str:
        """Whose budget and of which year, in words."""
        return label("report.title", language, entity=self.entity, year=self.year)


def write_index(out: Path, reports: Sequence[Report], others: Sequence[Mapping[Any, Any]]) -> None:
    """`out/index.html`: every report with links to what is there, then `others`, the documents without a report."""
    rows = [(report, _links(out, report)) for report in reports]
    template = Environment(loader=PackageLoader("budgetlib"), autoescape=True).get_template("index.html.j2")
    html = template.render(
        overviews=[_overview(out, name) for name in OVERVIEWS], rows=rows, others=others, both=_in_both_languages
    )
    write_bytes(html.replace("</style>", f"{font_face(html)}</style>", 1).encode("utf-8"), out / "index.html")


def _links(out: Path, report: Report) -> list[tuple[str, str, str]]:
    files = [(language, report.folder / f"report.{language}.html") for language in LANGUAGES]
    return [
        (language, file.as_posix(), label("index.open", language)) for language, file in files if (out / file).is_file()
    ]


def _overview(out: Path, name: str) -> list[tuple[str, str, str]]:
    files = [(language, f"{name}.{language}.html") for language in LANGUAGES]
    return [(language, file, label(f"{name}.title", language)) for language, file in files if (out / file).is_file()]


def _in_both_languages(section: str, value: str) -> str:
    return " · ".join(dict.fromkeys(name(section, value, language) for language in LANGUAGES))
