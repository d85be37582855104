"""The page that lists all reports: which there are, which failed and why, and which documents have none."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from budgetlib.core.files import write_bytes
from budgetlib.core.text import slug
from budgetlib.definitions.amounts import money_of_forms
from budgetlib.definitions.labels import LANGUAGES, label, name, percent
from budgetlib.definitions.reasons import reason_in
from budgetlib.report.fonts import font_face
from budgetlib.report.long_table import LongRow, address, long_table

SCRIPT = Path(__file__).resolve().parent / "templates/page.js"
"""What makes a page more than text; it is the same in all of them."""

OVERVIEWS = ("comparison", "data_quality")
"""Notebooks over all departments; their pages stand beside the index."""

_HEADS = (
    ("index", "department", "name"),
    ("index", "year", "number"),
    ("index", "total", "number"),
    ("column", "change_pct", "number"),
    ("index", "findings", "number"),
    ("index", "report", "links"),
    ("index", "state", "text"),
)
_OTHER_HEADS = (("column", "path", "text"), ("column", "outcome", "text"), ("column", "reason", "text"))
_MOST_BYTES = 20_000_000


@dataclass(frozen=True)
class Report:
    """A department (`name` is its id) in one `year`, or without a year all of them together; and how the report ended.

    `folder` lies below that of all reports. `kind` is `final_accounts` where there are these but no budget.
    `state` is `done`, `failed` (with the reason), `unchanged` (what it is made from is the same), `earlier` (there
    since an earlier run) or `absent`. `place` is the province or city, where it is known.
    """

    name: str
    entity: str
    year: int | None
    folder: Path
    state: str = "absent"
    reason: str | None = None
    kind: str = "budget"
    place: str | None = None

    def title(self, language: str) -> str:
        """What it is about, in words."""
        if self.year is None:
            return label(f"{self.name}.title", language)
        section = "report" if self.kind == "budget" else self.kind
        return label(f"{section}.title", language, entity=self.entity, year=self.year)


def report_folder(department_id: str, year: int) -> Path:
    """Where the report of a department and year lies, below the folder of all reports."""
    return Path(department_id if re.fullmatch(r"[\w-]+", department_id) else slug(department_id), str(year))


def write_index(out: Path, reports: Sequence[Report], others: Sequence[Mapping[Any, Any]]) -> None:
    """`out/index.html`: every report with links to what is there, then `others`, the documents without a report.

    Reports stand by place and year; of tens of thousands some are shown, and those that are looked for.
    """
    environment = Environment(loader=PackageLoader("budgetlib.report"), autoescape=True)
    script = SCRIPT.read_text(encoding="utf-8")
    by_place = sorted(reports, key=lambda report: (report.place is None, report.place or "", -(report.year or 0)))
    listed = long_table(_columns(*_HEADS), [_row(out, report) for report in by_place], LANGUAGES, _MOST_BYTES)
    without = (
        LongRow("", "", [row["path"], _both("outcome", row["outcome"]), _in_both(row["reason"])]) for row in others
    )
    html = environment.get_template("index.html.j2").render(
        overviews=[(name, links) for name in OVERVIEWS if (links := _overview(out, name))],
        reports=listed,
        others=long_table(_columns(*_OTHER_HEADS), without, LANGUAGES, _MOST_BYTES),
        both=_both,
        policy=policy(script),
        script=Markup(script),  # noqa: S704 - our own
    )
    write_bytes(html.replace("</style>", f"{font_face(html)}</style>", 1).encode("utf-8"), out / "index.html")


def _columns(*heads: tuple[str, str, str]) -> list[dict[str, str]]:
    return [{"head": _both(section, value), "unit": "", "kind": kind} for section, value, kind in heads]


def _row(out: Path, report: Report) -> LongRow:
    place = out / report.folder
    headline, languages = (_headline(place), _languages(place)) if place.is_dir() else ({}, [])
    total, change = headline.get("total_yuan"), headline.get("change_pct")
    kind = "" if report.kind == "budget" else f" · {_both('report_kind', report.kind)}"
    cells = [
        report.entity + kind,
        str(report.year),
        "" if total is None else money_of_forms(total),
        "" if change is None else percent(change, signed=True),
        str(headline.get("findings", "")),
        " ".join(languages),
        _both("state", report.state) + (f": {report.reason}" if report.reason else ""),
    ]
    folder = report.folder.as_posix() if languages else ""
    group = f"{report.place or _both('index', 'no_place')} · {report.year}"
    return LongRow(address(folder, *cells[:2]), group, cells)


def policy(script: str) -> str:
    """What a browser may do with a page: run this one `script`, and load nothing but the pictures beside it."""
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    return (
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' file: data:; font-src data:; base-uri 'none'; "
        f"form-action 'none'; script-src 'sha256-{digest}'"
    )


def _languages(place: Path) -> list[str]:
    return [language for language in LANGUAGES if (place / f"report.{language}.html").is_file()]


def _headline(place: Path) -> dict[str, Any]:
    """What the report's `result.json` says of it in short; nothing where there is none that can be read."""
    try:
        head = json.loads((place / "result.json").read_text(encoding="utf-8"))["headline"]
        amounts = {name: None if head[name] is None else Decimal(head[name]) for name in ("total_yuan", "change_pct")}
        return amounts | {"findings": int(head["findings"])}
    except (OSError, ValueError, KeyError, TypeError, ArithmeticError):
        return {}


def _overview(out: Path, name: str) -> list[tuple[str, str, str]]:
    files = [(language, f"{name}.{language}.html") for language in LANGUAGES]
    return [(language, file, label(f"{name}.title", language)) for language, file in files if (out / file).is_file()]


def _in_both(reason: str | None) -> str:
    return " · ".join(dict.fromkeys(reason_in(language, reason)[0] for language in LANGUAGES)) if reason else ""


def _both(section: str, value: str) -> str:
    return " · ".join(dict.fromkeys(name(section, value, language) for language in LANGUAGES))
