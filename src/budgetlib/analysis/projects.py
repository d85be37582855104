"""The largest projects and what they are to achieve; targets that cannot be measured."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pandas as pd

from budgetlib.analysis.amounts import frame, placed, printed_total, share
from budgetlib.core.text import squeeze
from budgetlib.tables.corpus import Corpus
from budgetlib.tables.locators import PERFORMANCE, Locator, written

MOST = 10
"""Projects that a report names."""

_SEVERAL = 2
_MEASURABLE = re.compile(r"[\d一二三四五六七八九十百千万%％‰]|全(?:部|覆盖)|逐[年月]|[零无]|每|100")
_LEADING = re.compile(r"^指标\d+[::]")


def largest_projects(budget: Corpus) -> pd.DataFrame:
    """The projects of the form with the most money, the largest first, at most `MOST`.

    Columns: `project`, `unit`, `amount_yuan`, `share_pct` (of all projects), `targets` (how many indicators its
    performance-target table has; null without such a table), `form`, `page`, `document_id`, `places`.
    """
    lines = budget.form("projects")
    leaves = lines[(lines.row_kind == "line") & (lines.measure == "total") & (lines.amount_yuan > 0)]
    rows = sorted(leaves.to_dict("records"), key=lambda row: -row["amount_yuan"])[:MOST]
    total = printed_total(budget, "projects", "expenditure", "total")
    whole = sum(leaves.amount_yuan) if total is None else total.amount_yuan
    targets = project_targets(budget)
    records = [
        placed(pd.Series(row))
        | {
            "project": row["item"],
            "unit": row["unit"],
            "amount_yuan": row["amount_yuan"],
            "share_pct": share(row["amount_yuan"], whole),
            "targets": len(targets_of(targets, row["item"], row["unit"])) or None,
            "places": written([Locator.of(row)]),
        }
        for row in rows
    ]
    return frame("largest_projects", records)


def project_targets(budget: Corpus) -> pd.DataFrame:
    """What projects are to achieve in the year, as their performance-target tables print it, each indicator once.

    Columns: `project`, `unit`, `indicator` (third level), `target`, `measurable` (it has a number or a date), `page`,
    `document_id`, `places` (of its table's money). Where a table has indicators for the whole period only, these.
    """
    tables = budget.performance_projects
    numbers = tables.groupby("document_id").cumcount() + 1
    keys = zip(tables.document_id, tables.project, tables.unit.fillna(""), strict=True)
    places = {key: Locator(key[0], PERFORMANCE, int(n)) for key, n in zip(keys, numbers, strict=True)}
    return frame("project_targets", list(_targets(budget.performance_indicators, places)))


def targets_of(targets: pd.DataFrame, project: str, unit: str | None) -> pd.DataFrame:
    """The rows of `project_targets` about one project; of several units with one of that name, about its unit's."""
    targets_here = targets[targets.project.map(squeeze) == squeeze(project)]
    if targets_here.unit.fillna("").nunique() < _SEVERAL:
        return targets_here
    return targets_here[targets_here.unit.fillna("").map(squeeze) == squeeze(unit or "")]


def _targets(indicators: pd.DataFrame, places: dict[tuple[str, str, str], Locator]) -> Iterator[dict[str, Any]]:
    of_projects = indicators[(indicators.table_kind == "project") & indicators.project.notna()]
    tables: dict[tuple[str, str, str], list[dict[Any, Any]]] = {}
    for row, unit in zip(of_projects.to_dict("records"), of_projects.unit.fillna(""), strict=True):
        tables.setdefault((row["document_id"], row["project"], unit), []).append(row)
    for table, rows in tables.items():
        place = written([places[table]]) if table in places else None
        shown: dict[tuple[str, str], dict[str, Any]] = {}
        for row in [row for row in rows if row["scope"] == "annual"] or rows:
            about = {key: row[key] for key in ("project", "unit", "target", "page", "document_id")}
            about |= {"places": place, "indicator": _LEADING.sub("", row["level3"])}
            about["measurable"] = is_measurable(about["indicator"], row["target"])
            shown.setdefault((about["indicator"], row["target"] or ""), about)
        yield from shown.values()


def is_measurable(indicator: str, target: str | None) -> bool:
    """Whether a target says by a number or a date when it is met.

    >>> [is_measurable("满意度", target) for target in ("≥95%", "2026年12月底前", "明显提高", None)]
    [True, True, False, False]
    """
    return target is not None and _MEASURABLE.search(squeeze(target)) is not None
