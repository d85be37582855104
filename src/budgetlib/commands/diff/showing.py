"""What differs → lines for a terminal, a CSV file, a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from budgetlib.commands.diff.differing import differences, read_parse
from budgetlib.core.files import write_bytes
from budgetlib.core.version import __version__
from budgetlib.definitions.labels import LANGUAGES, name
from budgetlib.report.index import SCRIPT, policy
from budgetlib.tables.store import write_csv

_ABOUT = ("form", "section", "unit", "code", "item", "measure")
_SIGNS = {"appeared": "+", "went": "-", "changed": "~"}


def compare_folders(old: Path, new: Path) -> pd.DataFrame:
    """What differs between the tables in two folders (see `differences`)."""
    return differences(read_parse(old), read_parse(new))


def lines(differences: pd.DataFrame) -> Iterator[str]:
    """What differs, document by document, then how much of each kind."""
    for about, rows in differences.groupby(["department_id", "fiscal_year", "document_kind"], sort=False):
        yield " ".join(str(part) for part in about if part)
        for row in rows.to_dict("records"):
            where = [
                row["form"],
                f"section {row['section']}" if row["section"] else "",
                row["unit"],
                row["code"],
                row["item"],
            ]
            what = " ".join(str(part) for part in (*where, row["measure"]) if part)
            yield f"  {_SIGNS[row['change']]} {row['kind']} {what}: {_values(row)}"
    counts = Counter(zip(differences.kind, differences.change, strict=True)).items()
    counted = (f"{count} {kind}{'s' if count > 1 else ''} {change}" for (kind, change), count in counts)
    yield ", ".join(counted) or "nothing differs"


def write(differences: pd.DataFrame, old: Path, new: Path, out: Path) -> None:
    """`differences.csv` and `differences.html` in the folder `out`."""
    write_csv(differences, out / "differences.csv")
    environment = Environment(loader=PackageLoader("budgetlib.report"), autoescape=True)
    script = SCRIPT.read_text(encoding="utf-8")
    html = environment.get_template("differences.html.j2").render(
        rows=differences.to_dict("records"),
        old=old,
        new=new,
        version=__version__,
        both=lambda section, key: " · ".join(name(section, key, language) for language in LANGUAGES),
        policy=policy(script),
        script=Markup(script),  # noqa: S704 - our own
    )
    write_bytes(html.encode("utf-8"), out / "differences.html")


def _values(row: Mapping[Hashable, Any]) -> str:
    """The values of both sides, each with its page.

    >>> _values({"old": "120.50", "new": "", "old_page": 6, "new_page": ""})
    '120.50 (page 6) → nothing'
    """
    return " → ".join(_value(row[which], row[f"{which}_page"]) for which in ("old", "new"))


def _value(value: str, page: int | str) -> str:
    return f"{value} (page {page})" if value and page else value or "nothing"
