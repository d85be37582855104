"""The page that lists all reports: which there are, which failed and why, and which documents have none."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from budgetlib.core.files import write_bytes
from budgetlib.definitions.amounts import money_of_forms
from budgetlib.definitions.labels import LANGUAGES, label, name, percent
from budgetlib.report.fonts import font_face

SCRIPT = Path(__file__).resolve().parent / "templates/page.js"
"""What makes a page more than text; it is the same in all of them."""

OVERVIEWS = ("comparison", "data_quality")
"""Notebooks over all departments; their pages stand beside the index."""


@dataclass(frozen=True)
class Report:
    """A department (`name` is its id) in one `year`, or without a year all of them together; and how the report ended.

    `folder` lies below that of all reports. `kind` is `final_accounts` where there are these but no budget.
    `state` is `done`, `failed` (with the reason), `earlier` (there since an earlier run) or `absent`.
    """

    name: str
    entity: str
    year: int | None
    folder: Path
    state: str = "absent"
    reason: str | None = None
    kind: str = "budget"

    def title(self, language: str) -> str:
        """What it is about, in words."""
        if self.year is None:
            return label(f"{self.name}.title", language)
        section = "report" if self.kind == "budget" else self.kind
        return label(f"{section}.title", language, entity=self.entity, year=self.year)


def write_index(out: Path, reports: Sequence[Report], others: Sequence[Mapping[Any, Any]]) -> None:
    """`out/index.html`: every report with links to what is there, then `others`, the documents without a report."""
    environment = Environment(loader=PackageLoader("budgetlib.report"), autoescape=True)
    script = SCRIPT.read_text(encoding="utf-8")
    html = environment.get_template("index.html.j2").render(
        overviews=[(name, links) for name in OVERVIEWS if (links := _overview(out, name))],
        rows=[(report, _links(out, report), _headline(out, report)) for report in reports],
        others=others,
        both=_in_both_languages,
        money=money_of_forms,
        percent=lambda value: percent(value, signed=True),
        policy=policy(script),
        script=Markup(script),  # noqa: S704 - our own
    )
    write_bytes(html.replace("</style>", f"{font_face(html)}</style>", 1).encode("utf-8"), out / "index.html")


def policy(script: str) -> str:
    """What a browser may do with a page: run this one `script`, and load nothing but the pictures beside it."""
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    return (
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' file: data:; font-src data:; base-uri 'none'; "
        f"form-action 'none'; script-src 'sha256-{digest}'"
    )


def _links(out: Path, report: Report) -> list[tuple[str, str, str]]:
    files = [(language, report.folder / f"report.{language}.html") for language in LANGUAGES]
    return [
        (language, file.as_posix(), label("index.open", language)) for language, file in files if (out / file).is_file()
    ]


def _headline(out: Path, report: Report) -> dict[str, Any]:
    """What the report's `result.json` says of it in short; nothing where there is none that can be read."""
    try:
        head = json.loads((out / report.folder / "result.json").read_text(encoding="utf-8"))["headline"]
        amounts = {name: None if head[name] is None else Decimal(head[name]) for name in ("total_yuan", "change_pct")}
        return amounts | {"findings": int(head["findings"])}
    except (OSError, ValueError, KeyError, TypeError, ArithmeticError):
        return {}


def _overview(out: Path, name: str) -> list[tuple[str, str, str]]:
    files = [(language, f"{name}.{language}.html") for language in LANGUAGES]
    return [(language, file, label(f"{name}.title", language)) for language, file in files if (out / file).is_file()]


def _in_both_languages(section: str, value: str) -> str:
    return " · ".join(dict.fromkeys(name(section, value, language) for language in LANGUAGES))
