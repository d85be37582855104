"""Tables and notebooks → the folder of all reports.

Each report is made in a hidden folder beside its place and takes that place when it is complete.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import signal
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from budgetlib.analysis.change import KINDS, spending_change
from budgetlib.analysis.key_figures import key_figure
from budgetlib.core.errors import BudgetlibError, NotFound
from budgetlib.core.files import sha256, write_bytes
from budgetlib.core.text import slug
from budgetlib.core.version import __version__
from budgetlib.definitions.labels import LANGUAGES
from budgetlib.report.index import OVERVIEWS, Report, write_index
from budgetlib.report.notebook import check_parameters, find_notebook, known_parameters, run_notebook
from budgetlib.tables.corpus import Corpus, faults, load
from budgetlib.tables.deflator import load_deflator
from budgetlib.tables.matches import load_matches

MATCHES = Path("data/raw/catalogue_matches.csv")
DEFLATOR = Path("data/raw/deflator.csv")
_PARAMETERS = ("department", "year", "language", "tidy", "matches", "deflator", "out")
_STAGES = {kind: stage for stage, kind in KINDS.items()}
"""The kinds of documents that there are reports on, and the stage of their figures."""
_LIBRARIES = ("pandas", "pyarrow", "matplotlib", "papermill", "nbconvert")


@dataclass(frozen=True)
class ReportOptions:
    """Which reports are made: of all `departments` and `years`, or of those named, in which `languages`, from what.

    `notebook` is run for each department and year, None: `notebooks/department.ipynb` where one stands, or else the one
    that comes with budgetlib; `matches` is the file of reviewed catalogue matches, `deflator` that
    of a price index, if there are such. `jobs` notebooks run at the same time.
    """

    departments: Collection[str] = ()
    years: Collection[int] = ()
    languages: Sequence[str] = LANGUAGES
    notebook: Path | None = None
    matches: Path = MATCHES
    deflator: Path = DEFLATOR
    jobs: int = 1

    def department_notebook(self) -> Path:
        """The notebook that is run for each department and year."""
        return self.notebook or find_notebook("department")


def write_reports(
    tables_dir: Path,
    out: Path,
    options: ReportOptions | None = None,
    done: Callable[[Report], None] = lambda report: None,
) -> list[Report]:
    """Run a notebook for each department and year whose tables are in `tables_dir`, into the folder `out`.

    Every report is a folder `<department_id>/<year>` with HTML, notebook, figures, tables and `result.json`;
    `index.html` lists them all. A notebook that fails leaves what was there before, and the others go on. `done` is
    called with each report as it ends. Returns the reports of this run, last those over all departments: the
    comparison and the quality of the data (`comparison.<language>.html`, `data_quality.<language>.html`).

    Raises `NotFound` for an unknown folder, notebook, department or year, and `BadParameter` where the notebook
    does not have the parameters of a report or `matches` or `deflator` is no such file.
    """
    chosen = options or ReportOptions()
    corpus = load(tables_dir)
    load_matches(chosen.matches)
    load_deflator(chosen.deflator)
    known = list(_known(corpus))
    overviews = [Report(name, "", None, Path(name)) for name in OVERVIEWS]
    jobs = [_Job(report, chosen, tables_dir, out) for report in [*_chosen(known, chosen), *overviews]]
    check_parameters(chosen.department_notebook(), _PARAMETERS)
    ended: dict[Path, Report] = {}
    workers = max(1, chosen.jobs)
    pool = ProcessPoolExecutor(workers, get_context("spawn"), signal.signal, (signal.SIGINT, signal.SIG_IGN))
    try:
        # Those over all departments take longest: they start first and are waited for last.
        started = {job: job.start(pool) for job in sorted(jobs, key=lambda job: job.report.year is not None)}
        for job in jobs:
            ended[job.report.folder] = job.finish(started[job], corpus)
            done(ended[job.report.folder])
    finally:
        pool.shutdown(cancel_futures=True)
        for job in jobs:
            job.clear()
    listed = [ended.get(report.folder) or _as_found(out, report) for report in known]
    others = corpus.documents.drop(corpus.read_disclosures(*_STAGES).index).sort_values("path")
    write_index(out, listed, others.to_dict("records"))
    return list(ended.values())


@dataclass(frozen=True, eq=False)
class _Job:
    """A report in the making: a notebook run once in each language."""

    report: Report
    options: ReportOptions
    tables_dir: Path
    out: Path

    @property
    def place(self) -> Path:
        """The folder that it will be."""
        return self.out / self.report.folder

    @property
    def folder(self) -> Path:
        """The folder in which it is made."""
        return self.place.with_name(f".{self.place.name}.unfinished")

    @property
    def notebook(self) -> Path:
        """What is run: for final accounts without a budget, and for all departments, always a notebook of ours."""
        if self.report.year is None:
            return find_notebook(self.report.name)
        return self.options.department_notebook() if self.report.kind == "budget" else find_notebook(self.report.kind)

    @property
    def stem(self) -> str:
        """What the files of its pages are called."""
        return self.report.name if self.report.year is None else "report"

    def start(self, pool: ProcessPoolExecutor) -> list[Future[None]]:
        """Run the notebook in a pool, each language with the parameters that the notebook has."""
        shutil.rmtree(self.folder, ignore_errors=True)
        known, folder = known_parameters(self.notebook), self.folder.resolve()
        started = []
        for language in self.options.languages:
            parameters = {name: value for name, value in self._parameters(language).items() if name in known}
            name, title = f"{self.stem}.{language}", self.report.title(language)
            started.append(pool.submit(run_notebook, self.notebook, folder, name, title, parameters))
        return started

    def _parameters(self, language: str) -> dict[str, Any]:
        """All parameters; paths are relative to the report's folder, so its notebook can be run again there."""
        files = (self.tables_dir, self.options.matches, self.options.deflator)
        paths = (Path(os.path.relpath(path, self.place)).as_posix() for path in files)
        return dict(zip(_PARAMETERS, (self.report.name, self.report.year, language, *paths, "."), strict=True))

    def finish(self, started: Sequence[Future[None]], corpus: Corpus) -> Report:
        """Wait until it is made; put it into its place, or say why it failed."""
        try:
            for future in started:
                future.result()
            if self.report.year is None:
                for language in self.options.languages:
                    page = f"{self.stem}.{language}.html"
                    (self.folder / page).replace(self.out / page)
            else:
                result = json.dumps(self._result(corpus), ensure_ascii=False, indent=2)
                write_bytes(f"{result}\n".encode(), self.folder / "result.json")
            _put_in_place(self.folder, self.place)
        except BudgetlibError as refusal:
            return replace(self.report, state="failed", reason=str(refusal))
        except Exception as fault:  # noqa: BLE001 - whatever stops one report must not stop the others
            return replace(self.report, state="failed", reason=f"{type(fault).__name__}: {fault}")
        return replace(self.report, state="done")

    def clear(self) -> None:
        """Leave nothing unfinished behind."""
        shutil.rmtree(self.folder, ignore_errors=True)
        with suppress(OSError):  # other years of the department are there
            self.folder.parent.rmdir()

    def _result(self, corpus: Corpus) -> dict[str, Any]:
        """What went into a report and what came out, for programs."""
        name, year = self.report.name, self.report.year
        part = corpus.select(department=name, year=year, kind=self.report.kind)
        whole = corpus.select(department=name, year=year)
        inputs = ["document_id", "path", "sha256", "outcome", "reason", "parser_version"]
        supplied = {"matches": self.options.matches, "deflator": self.options.deflator}
        return {
            "parameters": {"department": name, "year": year, "languages": list(self.options.languages)},
            "inputs": whole.documents[inputs].to_dict("records"),
            "supplied": {name: sha256(path) if path.is_file() else None for name, path in supplied.items()},
            "versions": {"budgetlib": __version__, "python": platform.python_version()}
            | {library: version(library) for library in _LIBRARIES},
            "headline": _headline(corpus, self.report, part),
            "counts": {
                "pages": {outcome: int(n) for outcome, n in part.pages.outcome.value_counts(sort=False).items()},
                "lines": len(part.lines),
                "statements": len(part.statements),
                "checks": {state: int(n) for state, n in part.checks.state.value_counts(sort=False).items()},
            },
            "reports": self._names("report.*"),
            "figures": self._names("figures/*"),
            "evidence": self._names("evidence/*"),
            "tables": self._names("tables/*"),
        }

    def _names(self, pattern: str) -> list[str]:
        return sorted(path.relative_to(self.folder).as_posix() for path in self.folder.glob(pattern))


def _headline(corpus: Corpus, report: Report, part: Corpus) -> dict[str, Any]:
    """What the index says of a report: total, change against the year before, and how many things do not add up."""
    corrected = corpus.corrected()
    own = corrected.select(report.name, report.year, kind=report.kind)
    change = spending_change(corrected, report.name, report.year or 0, _STAGES[report.kind])
    totals = change[(change.dimension == "total") & (change.measure == "expenditure") & change.change_pct.notna()]
    found = faults(part.checks)
    failed = found[found.severity.isin(["error", "warning"])]
    total = key_figure(own, "budget_total", _STAGES[report.kind])
    pct = next(iter(totals.change_pct), None)
    return {
        "total_yuan": None if total is None else str(total.value),
        "change_pct": None if pct is None else str(pct),
        "findings": len(failed),
    }


def _known(corpus: Corpus) -> Iterator[Report]:
    """A report for each department and year of which a budget or final accounts were read at least in part."""
    documents = corpus.read_disclosures(*_STAGES).sort_values(["department_id", "fiscal_year"])
    for _, rows in documents.groupby(["department_id", "fiscal_year"]):
        name, year = str(rows.department_id.iloc[0]), int(rows.fiscal_year.iloc[0])
        folder = name if re.fullmatch(r"[\w-]+", name) else slug(name)
        kind = min(rows.document_kind, key=list(_STAGES).index)
        yield Report(name, next(iter(rows.entity.dropna()), name), year, Path(folder, str(year)), kind=kind)


def _chosen(known: Sequence[Report], options: ReportOptions) -> list[Report]:
    departments, years = options.departments, options.years
    for department in departments:
        if not any(department in (report.name, report.entity) for report in known):
            there = ", ".join(dict.fromkeys(report.name for report in known))
            raise NotFound(f"no department {department!r}; there is: {there or 'none'}")
    of_departments = [report for report in known if not departments or {report.name, report.entity} & set(departments)]
    for year in years:
        if not any(report.year == year for report in of_departments):
            there = ", ".join(sorted({str(report.year) for report in of_departments}))
            raise NotFound(
                f"no year {year} of {', '.join(departments) or 'any department'}; there is: {there or 'none'}"
            )
    return [report for report in of_departments if not years or report.year in years]


def _as_found(out: Path, report: Report) -> Report:
    return replace(report, state="earlier") if (out / report.folder / "result.json").is_file() else report


def _put_in_place(folder: Path, place: Path) -> None:
    previous = place.with_name(f".{place.name}.previous")
    shutil.rmtree(previous, ignore_errors=True)
    if place.exists():
        place.rename(previous)
    folder.rename(place)
    shutil.rmtree(previous, ignore_errors=True)
