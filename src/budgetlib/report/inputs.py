"""What a report is made from, by its hash: one that was made from the same is not made again."""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Mapping
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from budgetlib.analysis.catalogue_edition import printed_sections
from budgetlib.core.files import sha256
from budgetlib.core.version import __version__, fingerprint
from budgetlib.report.index import Report
from budgetlib.tables.corpus import Corpus
from budgetlib.tables.matches import load_matches

_FOLDERS = ("core", "definitions", "pages", "extraction", "tables", "checks", "analysis", "report")
_LIBRARIES = ("pandas", "pyarrow", "matplotlib", "papermill", "nbconvert")
_SHARES = ["department_id", "procurement_pct", "goods_pct", "works_pct", "services_pct"]
"""What a department's procurement is ranked by, among all of its year."""


def versions() -> dict[str, str]:
    """What makes reports."""
    libraries = {library: version(library) for library in _LIBRARIES}
    return {"budgetlib": __version__, "python": platform.python_version()} | libraries


class Inputs:
    """What the reports over a `corpus` with the tables in `tables_dir` are made from, with files of a researcher.

    Of tables without a store nothing is known; their reports are always made.
    """

    def __init__(self, corpus: Corpus, tables_dir: Path, matches: Path, deflator: Path) -> None:
        self._corpus, self._tables_dir, self._matches, self._deflator = (
            corpus.corrected(),
            tables_dir,
            matches,
            deflator,
        )

    def of(self, report: Report, notebook: Path, place: Path) -> str | None:
        """The hash of what a `report` at its `place` is made from by a `notebook`; None where it is not known."""
        about = self._of_all() if report.year is None else self._of_department(report)
        if about is None:
            return None
        files = (self._tables_dir, self._matches, self._deflator)
        paths = [Path(os.path.relpath(path, place)).as_posix() for path in files]
        return _hash([self._common, sha256(notebook), paths, about])

    def _of_all(self) -> object:
        reviewed = sha256(self._matches) if self._matches.is_file() else None
        return self._corpus.made_from and (self._corpus.made_from, reviewed)

    def _of_department(self, report: Report) -> object:
        if report.name not in self._departments:
            return None
        budget, shares = self._budget(report), None
        if budget and any(budget[name] is not None for name in _SHARES[1:]):
            shares = self._shares[report.year]
        named = (report.name, report.year), (report.entity, report.year)
        matches = [row for row in self._reviewed if (row["department"], row["fiscal_year"]) in named]
        guided = self._catalogue if budget and budget["guidance"] else None
        return self._departments[report.name], budget, shares, matches, guided, self._originals(report.name)

    @cached_property
    def _common(self) -> object:
        price_index = sha256(self._deflator) if self._deflator.is_file() else None
        return fingerprint(*_FOLDERS), versions(), price_index

    @cached_property
    def _departments(self) -> dict[str, str]:
        rows = self._corpus.derived("departments")
        return {} if rows is None else dict(zip(rows.department_id, rows.made_from, strict=True))

    def _budget(self, report: Report) -> dict[Any, Any] | None:
        rows = self._budgets.iloc[self._places.get((report.name, report.year), [])]
        return next(iter(rows.astype(object).where(rows.notna(), None).to_dict("records")), None)

    @cached_property
    def _budgets(self) -> pd.DataFrame:
        rows = self._corpus.derived("budgets")
        return pd.DataFrame(columns=["department_id", "fiscal_year"]) if rows is None else rows

    @cached_property
    def _places(self) -> Mapping[Any, Any]:
        """Where the budget of a department and year is."""
        return self._budgets.groupby(["department_id", "fiscal_year"]).indices

    @cached_property
    def _shares(self) -> dict[Any, str]:
        by_year = self._budgets.sort_values("department_id").groupby("fiscal_year")
        return {year: _hash(rows[_SHARES].astype(str).to_numpy().tolist()) for year, rows in by_year}

    @cached_property
    def _catalogue(self) -> str:
        """Where each section is printed first, which is where reports find it."""
        printed = printed_sections(self._corpus).drop_duplicates(["edition", "section", "digest"])
        return _hash(printed.astype(str).to_dict("records"))

    def _originals(self, department: str) -> list[object]:
        """The files of a department that pages can be shown from."""
        documents = self._corpus.documents.iloc[self._documents[department]]
        files = [
            (path, Path(self._tables_dir, folder or "", path))
            for folder, path in documents[["folder", "path"]].to_numpy()
        ]
        return [(path, file.stat().st_size if file.is_file() else None) for path, file in files]

    @cached_property
    def _documents(self) -> Mapping[Any, Any]:
        """Where the documents of a department are."""
        return self._corpus.documents.groupby("department_id").indices

    @cached_property
    def _reviewed(self) -> list[dict[Any, Any]]:
        return load_matches(self._matches).to_dict("records")


def _hash(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()
