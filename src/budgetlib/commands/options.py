"""The options of commands: what several share, and what one of them has that is long to say."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from budgetlib.core.errors import BadParameter
from budgetlib.core.workers import Executor
from budgetlib.definitions.labels import LANGUAGES
from budgetlib.pages.ink import DEFAULT_READER, READERS

if TYPE_CHECKING:
    from budgetlib.report.run import ReportOptions

FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)
TIDY = Path("data/tidy")
tidy = click.option(
    "--tidy", type=FOLDER, default=TIDY, show_default=True, help="Folder of tables from `budgetlib parse`."
)
ocr = click.option(
    "--ocr",
    metavar="auto|never|always",
    default="auto",
    show_default=True,
    help="Which pages are read from their pictures; auto: those without a usable text layer.",
)
reader = click.option(
    "--reader",
    type=click.Choice(list(READERS)),
    default=DEFAULT_READER,
    show_default=True,
    help="What reads PDFs; the other is a second pair of eyes.",
)
jobs = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=os.cpu_count() or 1,
    show_default="number of processors",
    help="How many processes work at the same time.",
)


_CLUSTER_OPTIONS = [
    click.option("--cluster", type=click.IntRange(min=1), metavar="N", help="Work with so many dask workers here."),
    click.option("--scheduler", metavar="tcp://HOST:PORT", help="Work with the workers of this dask scheduler."),
]


def cluster(command: Any) -> Any:
    """The options that say who works, where it is not `--jobs` processes."""
    for option in reversed(_CLUSTER_OPTIONS):
        command = option(command)
    return command


@contextmanager
def executor(workers: int | None, scheduler: str | None) -> Iterator[Executor | None]:
    """Who works, by what `cluster` was given as; None: `--jobs` processes."""
    if workers is None and scheduler is None:
        yield None
        return
    if workers and scheduler:
        raise BadParameter("--cluster and --scheduler are both given; give one of them")
    try:
        from budgetlib.commands.pipeline import cluster as dask
    except ModuleNotFoundError as missing:
        raise BadParameter(
            f"a cluster needs the extra of that name ({missing}); install it with: pip install 'budgetlib[cluster]'"
        ) from missing
    with dask.cluster(workers, scheduler) as machines:
        click.echo(f"dashboard: {machines.dashboard}", err=True)
        yield machines


_REPORT_OPTIONS = [
    click.option(
        "--department", "departments", multiple=True, metavar="ID", help="Only this one (id or name); repeatable."
    ),
    click.option("--year", "years", multiple=True, type=int, metavar="YYYY", help="Only this budget year; repeatable."),
    click.option(
        "--matches",
        type=click.Path(dir_okay=False, path_type=Path),
        default=Path("data/raw/catalogue_matches.csv"),
        show_default=True,
        help="CSV of reviewed matches with the guidance catalogue, if there is one.",
    ),
    click.option(
        "--deflator",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        show_default="data/raw/deflator.csv, if there is one",
        help="CSV of a price index (year,index) for constant prices.",
    ),
    click.option(
        "--notebook",
        type=click.Path(dir_okay=False, path_type=Path),
        show_default="notebooks/department.ipynb, if there is one, else that of budgetlib",
        help="Notebook of one's own for each department and year.",
    ),
    click.option(
        "--lang", type=click.Choice([*LANGUAGES, "both"]), default="both", show_default=True, help="Language."
    ),
]


def which_reports(command: Any) -> Any:
    """The options that say which reports are made, and from what."""
    for option in reversed(_REPORT_OPTIONS):
        command = option(command)
    return command


def report_options(jobs: int, lang: str, deflator: Path | None, **which: Any) -> ReportOptions:
    """What `which_reports` and `jobs` were given as."""
    from budgetlib.report.run import DEFLATOR, ReportOptions

    languages = LANGUAGES if lang == "both" else (lang,)
    return ReportOptions(languages=languages, deflator=deflator or DEFLATOR, jobs=jobs, **which)
