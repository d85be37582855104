"""Tables and notebooks → the folder of all reports: those whose inputs changed, and the index."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from budgetlib.core.errors import NotFound
from budgetlib.core.files import check_writable
from budgetlib.core.workers import Executor, Processes
from budgetlib.definitions.labels import LANGUAGES
from budgetlib.report.index import OVERVIEWS, Report, report_folder, write_index
from budgetlib.report.inputs import Inputs
from budgetlib.report.making import PARAMETERS, STAGES, Job, killed, load_anew, make
from budgetlib.report.notebook_files import NOTEBOOKS, check_notebook, find_notebook
from budgetlib.tables.corpus import Corpus
from budgetlib.tables.deflator import load_deflator
from budgetlib.tables.matches import load_matches

MATCHES = Path("data/raw/catalogue_matches.csv")
DEFLATOR = Path("data/raw/deflator.csv")
_KERNELS_LIVE = 1.1
"""Seconds until a kernel sees that its process is gone, and writes no more."""
_LEFT = (".previous", ".unfinished", ".part")


@dataclass(frozen=True)
class ReportOptions:
    """Which reports are made: of all `departments` and `years`, or of those named, in which `languages`, from what.

    `notebook` is run for each department and year, None: `notebooks/department.ipynb` where one stands, or else the one
    that comes with budgetlib; `matches` is the file of reviewed catalogue matches, `deflator` that
    of a price index, if there are such. `jobs` notebooks run at the same time. Reports that are there and were made
    from the same are made again with `force` only. The pages over all departments are made with `overview`; None:
    where no departments are named.
    """

    departments: Collection[str] = ()
    years: Collection[int] = ()
    languages: Sequence[str] = LANGUAGES
    notebook: Path | None = None
    matches: Path = MATCHES
    deflator: Path = DEFLATOR
    jobs: int = 1
    force: bool = False
    overview: bool | None = None

    def notebook_for(self, report: Report) -> Path:
        """What is run: for final accounts without a budget, and for all departments, always a notebook of ours."""
        if report.year is None:
            return find_notebook(report.name)
        return self.department_notebook() if report.kind == "budget" else find_notebook(report.kind)

    def department_notebook(self) -> Path:
        """The notebook that is run for each department and year."""
        return self.notebook or find_notebook("department")


def write_reports(
    tables_dir: Path,
    out: Path,
    options: ReportOptions | None = None,
    done: Callable[[Report, int], None] = lambda report, reports: None,
    executor: Executor | None = None,
) -> list[Report]:
    """Run a notebook for each department and year whose tables are in `tables_dir`, into the folder `out`.

    Every report is a folder `<department_id>/<year>` with HTML, notebook, figures, tables and `result.json`;
    `index.html` lists them all. A notebook that fails leaves what was there before, and the others go on. `done` is
    called with each report as it ends, and the number of all. Returns the reports of this run, last those over all
    departments: the comparison and the quality of the data (`comparison.<language>.html`,
    `data_quality.<language>.html`). A run that is interrupted keeps what is done. Where an `executor` is given, it
    runs the notebooks in place of `jobs` processes; where it is on other machines, both folders are there as well.

    Raises `NotFound` for an unknown folder, notebook, department or year, and `BadParameter` where the notebook
    does not have the parameters of a report or `matches` or `deflator` is no such file; `OSError` where nothing can be
    written to `out`.
    """
    chosen = options or ReportOptions()
    corpus = load_anew(tables_dir)
    load_matches(chosen.matches)
    load_deflator(chosen.deflator)
    known = list(_known(corpus))
    reports = _chosen(known, chosen)
    if chosen.overview or (chosen.overview is None and not chosen.departments):
        reports += [Report(name, "", None, Path(name)) for name in OVERVIEWS]
    _check_notebook(chosen.department_notebook())
    check_writable(out)
    _tidy_up(out)
    inputs = Inputs(corpus, tables_dir, chosen.matches, chosen.deflator)
    jobs = [_job(report, chosen, inputs, tables_dir, out) for report in reports]
    ended = {job.report.folder: replace(job.report, state="unchanged") for job in jobs if _is_kept(job, chosen)}
    for report in ended.values():
        done(report, len(jobs))
    to_make = [(job,) for job in jobs if job.report.folder not in ended]
    try:
        for report in (executor or Processes(max(1, chosen.jobs))).each(make, to_make, killed):
            ended[report.folder] = report
            done(report, len(jobs))
    except BaseException:
        time.sleep(_KERNELS_LIVE)
        raise
    finally:
        for (job,) in to_make:
            job.clear()
    listed = [ended.get(report.folder) or _as_found(out, report) for report in known]
    others = corpus.documents.drop(corpus.read_disclosures(*STAGES).index).sort_values("path")
    write_index(out, listed, others.to_dict("records"))
    return [ended[report.folder] for report in reports]


def _check_notebook(notebook: Path) -> None:
    check_notebook(notebook)
    if notebook.parent != NOTEBOOKS:  # ours have all parameters, and Jupyter takes as long to import as all else
        from budgetlib.report.notebook import check_parameters

        check_parameters(notebook, PARAMETERS)


def _job(report: Report, options: ReportOptions, inputs: Inputs, tables_dir: Path, out: Path) -> Job:
    notebook = options.notebook_for(report)
    made_from = inputs.of(report, notebook, out / report.folder)
    languages = tuple(options.languages)
    paths = (notebook, tables_dir, options.matches, options.deflator, out)
    notebook, tables_dir, matches, deflator, out = (path.absolute() for path in paths)  # a worker may be elsewhere
    return Job(report, notebook, languages, tables_dir, matches, deflator, out, made_from)


def _is_kept(job: Job, options: ReportOptions) -> bool:
    return job.made_from is not None and not options.force and job.is_made()


def _known(corpus: Corpus) -> Iterator[Report]:
    """A report for each department and year of which a budget or final accounts were read at least in part."""
    documents, kinds = corpus.read_disclosures(*STAGES), list(STAGES)
    ranked = documents.assign(kind=documents.document_kind.map(kinds.index))
    together = ranked.groupby(["department_id", "fiscal_year"])
    first = together.agg(kind=("kind", "min"), entity=("entity", "first"), place=("place", "first"))
    for (name, year), kind, entity, place in first.astype(object).where(first.notna(), None).itertuples(name=None):
        folder = report_folder(name, int(year))
        yield Report(name, entity or name, int(year), folder, kind=kinds[kind], place=place)


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


def _tidy_up(out: Path) -> None:
    """Remove what a run that was killed left unfinished, and put back what it was about to replace."""
    folders = [out, *(path for path in out.glob("*") if path.is_dir())]
    left = [path for folder in folders for path in folder.glob(".*") if path.suffix in _LEFT]
    if left:
        time.sleep(_KERNELS_LIVE)
    for path in left:
        place = path.with_name(path.stem.removeprefix("."))
        if path.suffix == ".previous" and not place.exists():
            path.rename(place)
        elif path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
