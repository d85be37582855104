"""Originals and notebooks in a folder → its tables and reports, by nothing but what lies in that folder."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path

from budgetlib.commands.pipeline import parse
from budgetlib.core.errors import BudgetlibError
from budgetlib.report.run import ReportOptions, write_reports

RAW, TIDY, REPORTS, NOTEBOOKS = Path("data/raw"), Path("data/tidy"), Path("reports"), Path("notebooks")
"""Where things lie in the folder: as in a project."""

Done = Callable[[str], None]
"""Is told what was read or written."""


@dataclass(frozen=True)
class Settings:
    """How a result is made: `folders` of originals, how they are read, which reports (empty: all) in which language."""

    folders: tuple[str, ...]
    ocr: str
    reader: str
    departments: tuple[str, ...]
    years: tuple[int, ...]
    languages: tuple[str, ...]

    def commands(self) -> list[str]:
        """The same as a person would type it in the folder."""
        chosen = [f"--department {shlex.quote(name)}" for name in self.departments]
        chosen += [f"--year {year}" for year in self.years]
        language = "both" if len(self.languages) > 1 else self.languages[0]
        folders = " ".join(map(shlex.quote, self.folders))
        return [
            f"budgetlib parse {folders} --ocr {self.ocr} --reader {self.reader}",
            " ".join(["budgetlib report", *chosen, f"--lang {language}"]),
        ]


def rerun(folder: Path, settings: Settings, jobs: int, done: Done) -> None:
    """Make the tables and reports in `folder`.

    Raises `BudgetlibError` where a report fails.
    """
    with chdir(folder):
        parse(
            settings.folders,
            TIDY,
            jobs,
            settings.ocr,
            settings.reader,
            lambda reading, _: done(f"{reading.path}: {reading.outcome}"),
        )
        options = ReportOptions(settings.departments, settings.years, settings.languages, jobs=jobs)
        reports = write_reports(
            TIDY, REPORTS, options, lambda one, _: done(f"{one.name} {one.year or ''}: {one.state}")
        )
    if failed := [f"{one.name} {one.year or ''}: {one.reason}" for one in reports if one.state == "failed"]:
        raise BudgetlibError("\n".join(failed))
