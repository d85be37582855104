"""One report: a notebook run once in each language, and what the index says of it.

It is made in a hidden folder beside its place and takes that place when it is complete.
"""

from __future__ import annotations

import json
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from budgetlib.analysis.change import KINDS, spending_change
from budgetlib.analysis.key_figures import key_figure
from budgetlib.core.errors import BudgetlibError
from budgetlib.core.files import sha256, write_bytes
from budgetlib.report.index import Report
from budgetlib.report.inputs import versions
from budgetlib.tables.corpus import Corpus, faults, load

PARAMETERS = ("department", "year", "language", "tidy", "matches", "deflator", "out")
STAGES = {kind: stage for stage, kind in KINDS.items()}
"""The kinds of documents that there are reports on, and the stage of their figures."""


@dataclass(frozen=True)
class Job:
    """A report in the making: its notebook, and the files it is made from, which `made_from` is the hash of."""

    report: Report
    notebook: Path
    languages: tuple[str, ...]
    tables_dir: Path
    matches: Path
    deflator: Path
    out: Path
    made_from: str | None

    @property
    def place(self) -> Path:
        """The folder that it will be."""
        return self.out / self.report.folder

    @property
    def folder(self) -> Path:
        """The folder in which it is made."""
        return self.place.with_name(f".{self.place.name}.unfinished")

    @property
    def stem(self) -> str:
        """What the files of its pages are called."""
        return self.report.name if self.report.year is None else "report"

    def is_made(self) -> bool:
        """Whether the report is there in all languages, made from the same."""
        pages = self.out if self.report.year is None else self.place
        try:
            result = json.loads((self.place / "result.json").read_bytes())
            made = result["made_from"] == self.made_from and {*self.languages} <= {*result["parameters"]["languages"]}
        except (OSError, ValueError, KeyError, TypeError):
            return False
        return made and all((pages / f"{self.stem}.{language}.html").is_file() for language in self.languages)

    def run(self) -> None:
        """Run the notebook in each language, with the parameters that it has; then put all into its place."""
        # It brings Jupyter, which takes as long to import as all else.
        from budgetlib.report.notebook import known_parameters, run_notebook

        shutil.rmtree(self.folder, ignore_errors=True)
        known, folder = known_parameters(self.notebook), self.folder.resolve()
        for language in self.languages:
            parameters = {name: value for name, value in self._parameters(language).items() if name in known}
            run_notebook(self.notebook, folder, f"{self.stem}.{language}", self.report.title(language), parameters)
        result = json.dumps(self._result(), ensure_ascii=False, indent=2)
        write_bytes(f"{result}\n".encode(), self.folder / "result.json")
        if self.report.year is None:
            for language in self.languages:
                page = f"{self.stem}.{language}.html"
                (self.folder / page).replace(self.out / page)
        _put_in_place(self.folder, self.place)

    def clear(self) -> None:
        """Leave nothing unfinished behind."""
        shutil.rmtree(self.folder, ignore_errors=True)
        with suppress(OSError):  # other years of the department are there
            self.folder.parent.rmdir()

    def _parameters(self, language: str) -> dict[str, Any]:
        """All parameters; paths are relative to the report's folder, so its notebook can be run again there."""
        files = (self.tables_dir, self.matches, self.deflator)
        paths = (Path(os.path.relpath(path, self.place)).as_posix() for path in files)
        return dict(zip(PARAMETERS, (self.report.name, self.report.year, language, *paths, "."), strict=True))

    def _result(self) -> dict[str, Any]:
        """What went into a report and what came out, for programs."""
        supplied = {"matches": self.matches, "deflator": self.deflator}
        result = {
            "parameters": {"department": self.report.name, "year": self.report.year, "languages": [*self.languages]},
            "made_from": self.made_from,
            "supplied": {name: sha256(path) if path.is_file() else None for name, path in supplied.items()},
            "versions": versions(),
            "figures": self._names("figures/*"),
            "tables": self._names("tables/*"),
        }
        if self.report.year is None:
            return result
        corpus = _tables.get(self.tables_dir) or load_anew(self.tables_dir)
        whole = corpus.select(department=self.report.name, year=self.report.year)
        part = whole.select(kind=self.report.kind)
        inputs = ["document_id", "path", "sha256", "outcome", "reason", "parser_version"]
        return result | {
            "inputs": whole.documents[inputs].to_dict("records"),
            "headline": _headline(corpus, self.report, whole),
            "counts": {
                "pages": {outcome: int(n) for outcome, n in part.pages.outcome.value_counts(sort=False).items()},
                "lines": len(part.lines),
                "statements": len(part.statements),
                "checks": {state: int(n) for state, n in whole.checks.state.value_counts(sort=False).items()},
            },
            "reports": self._names("report.*"),
            "evidence": self._names("evidence/*"),
        }

    def _names(self, pattern: str) -> list[str]:
        return sorted(path.relative_to(self.folder).as_posix() for path in self.folder.glob(pattern))


def make(job: Job) -> Report:
    """The report of a job, made or failed; what was there before stays if it fails."""
    try:
        job.run()
    except BudgetlibError as refusal:
        return replace(job.report, state="failed", reason=str(refusal))
    except Exception as fault:  # noqa: BLE001 - whatever stops one report must not stop the others
        return replace(job.report, state="failed", reason=f"{type(fault).__name__}: {fault}")
    return replace(job.report, state="done")


def killed(job: Job) -> Report:
    """The report of a job whose process was ended twice."""
    return replace(job.report, state="failed", reason="its process was ended; it may need more memory: try --jobs 1")


_tables: dict[Path, Corpus] = {}
"""What this process makes reports from, by its folder."""


def load_anew(tables_dir: Path) -> Corpus:
    """The tables in a folder as they are now; the reports that this process makes of them are made from these."""
    corpus = load(tables_dir)
    _tables.clear()
    return _tables.setdefault(tables_dir.absolute(), corpus)


def _headline(corpus: Corpus, report: Report, whole: Corpus) -> dict[str, Any]:
    """What the index says of a report: total, change against the year before, and how many things do not add up."""
    corrected = corpus.corrected()
    budget = corrected.select(report.name, report.year, kind=report.kind)
    change = spending_change(corrected, report.name, report.year or 0, STAGES[report.kind])
    totals = change[(change.dimension == "total") & (change.measure == "expenditure") & change.change_pct.notna()]
    failures = faults(whole.checks)
    failed = failures[failures.severity.isin(["error", "warning"])]
    total = key_figure(budget, "budget_total", STAGES[report.kind])
    pct = next(iter(totals.change_pct), None)
    return {
        "total_yuan": None if total is None else str(total.value),
        "change_pct": None if pct is None else str(pct),
        "findings": len(failed),
    }


def _put_in_place(folder: Path, place: Path) -> None:
    previous = place.with_name(f".{place.name}.previous")
    shutil.rmtree(previous, ignore_errors=True)
    if place.exists():
        place.rename(previous)
    folder.rename(place)
    shutil.rmtree(previous, ignore_errors=True)
