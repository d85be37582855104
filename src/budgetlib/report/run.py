"""Notebooks → reports for readers. The only file that knows papermill and nbconvert.

Each report is made in a hidden folder beside its place and takes that place when it is complete.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import signal
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import suppress
from dataclasses import replace
from html import unescape
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
import papermill
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbconvert import TemplateExporter
from papermill.exceptions import PapermillExecutionError
from papermill.iorw import load_notebook_node
from traitlets import default

from budgetlib.analysis import key_figures, spending_change
from budgetlib.core.errors import BadParameter, BudgetlibError, NotFound
from budgetlib.core.files import sha256, write_bytes
from budgetlib.core.text import slug
from budgetlib.core.version import __version__
from budgetlib.definitions.labels import LANGUAGES, label
from budgetlib.report.fonts import font_face
from budgetlib.report.index import SCRIPT, Report, policy, write_index
from budgetlib.tables.corpus import Corpus, load
from budgetlib.tables.deflator import load_deflator
from budgetlib.tables.matches import load_matches

NOTEBOOK = Path(__file__).resolve().parents[3] / "notebooks/department.ipynb"
MATCHES = Path("data/raw/catalogue_matches.csv")
DEFLATOR = Path("data/raw/deflator.csv")
_TEMPLATES = Path(__file__).resolve().parent / "templates"
_LIBRARIES = ("pandas", "pyarrow", "matplotlib", "papermill", "nbconvert")
# Notebooks over all departments: their pages stand beside the index. Each with the paths that it is given.
_OVERVIEWS = {"comparison": ("tidy", "matches", "out"), "data_quality": ("tidy", "out")}
_SECONDS_PER_CELL = 600


class _Inputs(NamedTuple):
    """The files that notebooks read, under the names of their parameters."""

    tidy: Path
    matches: Path
    deflator: Path


def write_reports(
    tidy: Path,
    out: Path,
    departments: Collection[str] = (),
    years: Collection[int] = (),
    languages: Sequence[str] = LANGUAGES,
    jobs: int = 1,
    notebook: Path = NOTEBOOK,
    matches: Path = MATCHES,
    deflator: Path = DEFLATOR,
    done: Callable[[Report], None] = lambda report: None,
) -> list[Report]:
    """Run `notebook` for each department and year in the folder `tidy`, or those named, into the folder `out`.

    Every report is a folder `<department_id>/<year>` with HTML, notebook, figures, tables and `result.json`;
    `index.html` lists them all. A notebook that fails leaves what was there before, and the others go on.
    `matches` is the file of reviewed catalogue matches, `deflator` that of a price index, if there are such. `done` is
    called with each report as it ends. Returns the reports of this run, last those over all departments: the
    comparison and the quality of the data (`comparison.<language>.html`, `data_quality.<language>.html`).

    Raises `NotFound` for an unknown folder, notebook, department or year, and `BadParameter` where the notebook
    does not have the parameters of a report or `matches` or `deflator` is no such file.
    """
    corpus = load(tidy)
    known = _known(corpus)
    chosen = _chosen(known, departments, years)
    load_matches(matches)
    load_deflator(deflator)
    inputs = _Inputs(tidy, matches, deflator)
    check_parameters(notebook, _parameters(inputs, out, Report("", "", 0, Path()), ""))
    ended: dict[Path, Report] = {}
    pool = ProcessPoolExecutor(max(1, jobs), get_context("spawn"), signal.signal, (signal.SIGINT, signal.SIG_IGN))
    try:
        overviews = [_overview(name) for name in _OVERVIEWS]
        viewing = [(one, _start_overview(pool, one, inputs, out, languages)) for one in overviews]
        runs = [(report, _start(pool, notebook, inputs, out, report, languages)) for report in chosen]
        for report, futures in runs:
            ended[report.folder] = _finish(out, inputs, report, futures, corpus, languages)
            done(ended[report.folder])
        for overview, futures in viewing:
            ended[overview.folder] = _finish_overview(out, overview, futures, languages)
            done(ended[overview.folder])
    finally:
        pool.shutdown(cancel_futures=True)
        for report in [*chosen, *overviews]:
            _clear(out / _unfinished(report))
    write_index(out, [ended.get(report.folder) or _as_found(out, report) for report in known], _others(corpus))
    return list(ended.values())


def run_notebook(notebook: Path, folder: Path, name: str, title: str, parameters: Mapping[str, Any]) -> None:
    """Execute `notebook` in `folder` in a kernel of this Python; write it there as `<name>.ipynb` and `<name>.html`.

    Markdown cells tagged with a language stay where it is the parameter `language`.

    Raises `BadParameter` for an unknown parameter, and `BudgetlibError` where a cell fails.
    """
    check_parameters(notebook, parameters)
    language = parameters["language"]
    others = set(LANGUAGES) - {language}
    nb = load_notebook_node(str(notebook))
    nb.cells = [cell for cell in nb.cells if not others & set(cell.metadata.tags)]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        executed = papermill.execute_notebook(
            nb,
            None,
            dict(parameters),
            kernel_name="python3",
            language="python",
            progress_bar=False,
            cwd=folder,
            execution_timeout=_SECONDS_PER_CELL,
            kernel_manager_class=_ThisPython,
            shutdown_kernel="immediate",
        )
    except PapermillExecutionError as failure:
        raise BudgetlibError(
            f"{notebook.name} stopped in cell [{failure.exec_count}]: {failure.ename}: {failure.evalue}"
        ) from None
    _forget_this_run(executed)
    written = nbformat.writes(executed)  # type: ignore[no-untyped-call]
    write_bytes(written.encode("utf-8"), folder / f"{name}.ipynb")
    write_bytes(_html(executed, title, language).encode("utf-8"), folder / f"{name}.html")


def check_parameters(notebook: Path, parameters: Mapping[str, Any]) -> None:
    """Refuse parameters that `notebook` does not have; papermill would only warn.

    Raises `NotFound` where there is no such notebook, and `BadParameter`.
    """
    if not notebook.is_file():
        raise NotFound(f"there is no notebook {notebook}; the notebooks are in the project's folder notebooks/")
    known = papermill.inspect_notebook(notebook)
    if unknown := [name for name in parameters if name not in known]:
        raise BadParameter(f"{notebook.name} has no parameter {', '.join(unknown)}; allowed: {', '.join(known)}")


class _ThisPython(AsyncKernelManager):
    """Starts kernels with the Python that runs this, whatever kernels are installed elsewhere, and talks in cipher."""

    @default("kernel_spec_manager")
    def _only_the_native_kernel(self) -> KernelSpecManager:
        return KernelSpecManager(kernel_dirs=[])

    @default("transport_encryption")
    def _where_the_kernel_can(self) -> str:
        return "auto"


def _known(corpus: Corpus) -> list[Report]:
    """A report for each department and year of which a budget was read at least in part."""
    documents = corpus.documents[_reported(corpus)].sort_values(["department_id", "fiscal_year"])
    return [
        Report(name, entity or name, int(year), Path(name if re.fullmatch(r"[\w-]+", name) else slug(name), str(year)))
        for (name, year), entity in documents.groupby(["department_id", "fiscal_year"]).entity.first().items()
    ]


def _reported(corpus: Corpus) -> Any:
    documents = corpus.documents
    read = (documents.document_kind == "budget") & documents.outcome.isin(["ok", "partial"])
    return read & documents.department_id.notna() & documents.fiscal_year.notna()


def _others(corpus: Corpus) -> list[Any]:
    return list(corpus.documents[~_reported(corpus)].sort_values("path").to_dict("records"))


def _chosen(known: Sequence[Report], departments: Collection[str], years: Collection[int]) -> list[Report]:
    for department in departments:
        if not any(department in (report.department_id, report.entity) for report in known):
            there = ", ".join(dict.fromkeys(report.department_id for report in known))
            raise NotFound(f"no department {department!r}; there is: {there or 'none'}")
    of_departments = [
        report for report in known if not departments or {report.department_id, report.entity} & set(departments)
    ]
    for year in years:
        if not any(report.year == year for report in of_departments):
            there = ", ".join(str(year) for year in sorted({report.year for report in of_departments}))
            raise NotFound(
                f"no year {year} of {', '.join(departments) or 'any department'}; there is: {there or 'none'}"
            )
    return [report for report in of_departments if not years or report.year in years]


def _start(
    pool: ProcessPoolExecutor,
    notebook: Path,
    inputs: _Inputs,
    out: Path,
    report: Report,
    languages: Sequence[str],
) -> list[Future[None]]:
    folder = out / _unfinished(report)
    shutil.rmtree(folder, ignore_errors=True)
    return [
        pool.submit(
            run_notebook,
            notebook,
            folder.resolve(),
            f"report.{language}",
            report.title(language),
            _parameters(inputs, out, report, language),
        )
        for language in languages
    ]


def _parameters(inputs: _Inputs, out: Path, report: Report, language: str) -> dict[str, Any]:
    """The notebook's parameters; paths are relative to the report's folder, so its notebook can be run again there."""
    return {
        "department": report.department_id,
        "year": report.year,
        "language": language,
        **{
            name: Path(os.path.relpath(path, out / report.folder)).as_posix() for name, path in inputs._asdict().items()
        },
        "out": ".",
    }


def _finish(
    out: Path,
    inputs: _Inputs,
    report: Report,
    futures: Sequence[Future[None]],
    corpus: Corpus,
    languages: Sequence[str],
) -> Report:
    """Wait for a report; put it into its place, or say why it failed."""
    try:
        for future in futures:
            future.result()
        folder = out / _unfinished(report)
        result = json.dumps(_result(folder, inputs, report, corpus, languages), ensure_ascii=False, indent=2)
        write_bytes(f"{result}\n".encode(), folder / "result.json")
        _put_in_place(folder, out / report.folder)
    except BudgetlibError as refusal:
        return replace(report, state="failed", reason=str(refusal))
    except Exception as fault:  # noqa: BLE001 - whatever stops one report must not stop the others
        return replace(report, state="failed", reason=f"{type(fault).__name__}: {fault}")
    return replace(report, state="done")


def _overview(name: str) -> Report:
    return Report(name, "", 0, Path(name))


def _start_overview(
    pool: ProcessPoolExecutor, overview: Report, inputs: _Inputs, out: Path, languages: Sequence[str]
) -> list[Future[None]]:
    name, folder = overview.department_id, out / _unfinished(overview)
    shutil.rmtree(folder, ignore_errors=True)
    given = _parameters(inputs, out, overview, "")
    return [
        pool.submit(
            run_notebook,
            NOTEBOOK.with_name(f"{name}.ipynb"),
            folder.resolve(),
            f"{name}.{language}",
            label(f"{name}.title", language),
            {parameter: given[parameter] for parameter in _OVERVIEWS[name]} | {"language": language},
        )
        for language in languages
    ]


def _finish_overview(out: Path, overview: Report, futures: Sequence[Future[None]], languages: Sequence[str]) -> Report:
    """Wait for an overview; its pages stand beside the index, all else in a folder of its name."""
    try:
        for future in futures:
            future.result()
        folder = out / _unfinished(overview)
        for language in languages:
            page = f"{overview.department_id}.{language}.html"
            (folder / page).replace(out / page)
        _put_in_place(folder, out / overview.folder)
    except Exception as fault:  # noqa: BLE001 - whatever stops an overview must not stop the reports
        return replace(overview, state="failed", reason=f"{type(fault).__name__}: {fault}")
    return replace(overview, state="done")


def _unfinished(report: Report) -> Path:
    return report.folder.with_name(f".{report.folder.name}.unfinished")


def _clear(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):  # other years of the department are there
        folder.parent.rmdir()


def _put_in_place(folder: Path, place: Path) -> None:
    previous = place.with_name(f".{place.name}.previous")
    shutil.rmtree(previous, ignore_errors=True)
    if place.exists():
        place.rename(previous)
    folder.rename(place)
    shutil.rmtree(previous, ignore_errors=True)


def _as_found(out: Path, report: Report) -> Report:
    return replace(report, state="earlier") if (out / report.folder / "result.json").is_file() else report


def _result(folder: Path, given: _Inputs, report: Report, corpus: Corpus, languages: Sequence[str]) -> dict[str, Any]:
    """What went into a report and what came out, for programs."""
    part = corpus.select(department=report.department_id, year=report.year, kind="budget")
    inputs = ["document_id", "path", "sha256", "outcome", "reason", "parser_version"]
    return {
        "parameters": {"department": report.department_id, "year": report.year, "languages": list(languages)},
        "inputs": part.documents[inputs].to_dict("records"),
        "supplied": {
            name: sha256(path) if (path := getattr(given, name)).is_file() else None for name in ("matches", "deflator")
        },
        "versions": {"budgetlib": __version__, "python": platform.python_version()}
        | {library: version(library) for library in _LIBRARIES},
        "headline": _headline(corpus, report, part),
        "counts": {
            "pages": {outcome: int(count) for outcome, count in part.pages.outcome.value_counts(sort=False).items()},
            "lines": len(part.lines),
            "statements": len(part.statements),
            "checks": {state: int(count) for state, count in part.checks.state.value_counts(sort=False).items()},
        },
        "reports": _names(folder, "report.*"),
        "figures": _names(folder, "figures/*"),
        "evidence": _names(folder, "evidence/*"),
        "tables": _names(folder, "tables/*"),
    }


def _headline(corpus: Corpus, report: Report, part: Corpus) -> dict[str, Any]:
    """What the index says of a report: total, change against the year before, and how many things do not add up."""
    corrected = corpus.corrected()
    figures = key_figures(corrected.select(report.department_id, report.year, kind="budget")).to_dict("records")
    change = spending_change(corrected, report.department_id, report.year)
    totals = change[(change.dimension == "total") & (change.measure == "expenditure") & change.change_pct.notna()]
    failed = part.checks[(part.checks.state == "fail") & part.checks.severity.isin(["error", "warning"])]
    total = next((str(figure["value"]) for figure in figures if figure["measure"] == "budget_total"), None)
    pct = next(iter(totals.change_pct), None)
    return {"total_yuan": total, "change_pct": None if pct is None else str(pct), "findings": len(failed)}


def _names(folder: Path, pattern: str) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.glob(pattern))


def _forget_this_run(nb: nbformat.NotebookNode) -> None:
    """Leave out what differs from run to run: times, paths of this machine, random names; undo papermill's escapes."""
    nb.metadata.pop("papermill", None)
    for cell in nb.cells:
        cell.metadata = {"tags": cell.metadata["tags"]} if cell.metadata.get("tags") else {}
        if "injected-parameters" in cell.metadata.get("tags", ()):
            cell.id = "injected-parameters"
            cell.source = re.sub(r"\\u([0-9a-f]{4})", lambda escape: chr(int(escape[1], 16)), cell.source)


def _html(nb: nbformat.NotebookNode, title: str, language: str) -> str:
    """The notebook as one file that loads nothing; glyphs for its Chinese text are in it."""
    exporter = TemplateExporter(  # type: ignore[no-untyped-call]
        extra_template_basedirs=[str(_TEMPLATES)], template_name="report", file_extension=".html"
    )
    style, script = (path.read_text(encoding="utf-8") for path in (_TEMPLATES / "style.css", SCRIPT))
    words = {name: label(f"report.{name}", language) for name in ("code", "close", "sort", "contents")}
    words |= {"lang": language, "title": title, "style": style, "script": script, "policy": policy(script)}
    html, _ = exporter.from_notebook_node(nb, resources=words)
    html = re.sub(r'<a class="anchor-link"[^>]*>[^<]*</a>', "", str(html))
    return html.replace("</style>", f"{font_face(unescape(html))}</style>", 1)
