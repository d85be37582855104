"""The command line: arguments → one library call → exit code."""

from __future__ import annotations

import shutil
import signal
from collections import Counter
from pathlib import Path
from typing import Any

import click

from budgetlib.commands import options
from budgetlib.commands.refusals import Refusing
from budgetlib.core.version import __version__
from budgetlib.definitions.labels import LANGUAGES


@click.group(cls=Refusing, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Budget disclosures of Chinese government departments: from published PDFs to exact tables and reports."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # being stopped is being interrupted: clear up first


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--out", type=options.FOLDER, default=options.TIDY, show_default=True, help="Folder for the tables.")
@options.jobs
@options.ocr
@options.reader
@options.cluster
def parse(
    paths: tuple[Path, ...], out: Path, jobs: int, ocr: str, reader: str, cluster: int | None, scheduler: str | None
) -> None:
    """Read disclosures and write the tidy tables.

    PATHS are files, folders or addresses (https://, s3://); default: data/raw. The tables are Parquet files.
    """
    from budgetlib.commands.pipeline import parse as parse_files
    from budgetlib.commands.progress import Progress

    try:
        with options.executor(cluster, scheduler) as executor, Progress("documents") as progress:
            readings = parse_files(paths or (Path("data/raw"),), out, jobs, ocr, reader, progress.read, executor)
    except OSError as fault:
        raise click.ClickException(
            f"the tables cannot be written to {out} ({fault}); nothing there was changed"
        ) from fault
    outcomes = Counter(reading.outcome for reading in readings)
    unchanged = sum(reading.unchanged for reading in readings)
    counted = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common())
    kept = f"{unchanged} unchanged, not read again; " if unchanged else ""
    click.echo(f"{len(readings)} documents ({counted}); {kept}tables in {out}")
    if not outcomes.keys() & {"ok", "partial"}:
        raise SystemExit(1)


@main.command()
@options.tidy
@click.option("--strict", is_flag=True, help="Exit with code 1 when a check of severity `error` fails.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Language of the findings.")
def check(tidy: Path, strict: bool, lang: str) -> None:
    """Print what does not add up, the worst document first.

    Each finding names its form, row and page.
    """
    from budgetlib.checks.console import listing
    from budgetlib.tables.corpus import load

    corpus = load(tidy)
    for line in listing(corpus, lang, shutil.get_terminal_size().columns):
        click.echo(line)
    if strict and ((corpus.checks.state == "fail") & (corpus.checks.severity == "error")).any():
        raise SystemExit(1)


@main.command()
@options.tidy
@click.option("--out", type=options.FOLDER, default=Path("reports"), show_default=True, help="Folder for the reports.")
@options.which_reports
@click.option("--force", is_flag=True, help="Make reports again whose inputs did not change.")
@click.option("--no-overview", is_flag=True, help="Leave out the pages over all departments.")
@options.jobs
@options.cluster
def report(
    tidy: Path,
    out: Path,
    jobs: int,
    force: bool,
    no_overview: bool,
    cluster: int | None,
    scheduler: str | None,
    **which: Any,
) -> None:
    """Run the notebooks for every department and year.

    Or for those named; then the pages over all departments are left as they are.
    """
    from budgetlib.commands.progress import Progress
    from budgetlib.report.run import write_reports

    overview = False if no_overview else None
    chosen = options.report_options(jobs, force=force, overview=overview, **which)
    try:
        with options.executor(cluster, scheduler) as executor, Progress("reports") as progress:
            reports = write_reports(tidy, out, chosen, progress.reported, executor)
    except OSError as fault:
        raise click.ClickException(f"the reports cannot be written to {out} ({fault})") from fault
    states = Counter(one.state for one in reports)
    unchanged = f" {states['unchanged']} unchanged;" if states["unchanged"] else ""
    listed = f"all are listed in {out / 'index.html'}"
    click.echo(f"{states['done']} of {len(reports)} reports written;{unchanged} {listed}")
    if states["failed"]:
        raise SystemExit(1)


@main.command()
@options.tidy
@click.option("--out", type=options.FOLDER, default=Path("export"), show_default=True, help="Folder for the files.")
@click.option(
    "--format",
    "form",
    type=click.Choice(("csv", "xlsx", "duckdb", "datapackage")),
    required=True,
    help="For which tools.",
)
def export(tidy: Path, out: Path, form: str) -> None:
    """Write the tidy tables for other tools.

    A README of columns, units, caveats and citation goes with them.
    """
    from budgetlib.tables.export import export as export_tables

    try:
        files = export_tables(tidy, out, form)
    except OSError as fault:
        raise click.ClickException(f"the tables cannot be written to {out} ({fault})") from fault
    click.echo(f"{len(files)} files written to {out}")


@main.command()
@click.argument("folder", type=options.FOLDER)
@click.option("--sample", is_flag=True, help="With the disclosures that come with budgetlib, to try it out.")
def new(folder: Path, sample: bool) -> None:
    """Lay out a project of one's own in FOLDER.

    A place for the originals with their manifest, notebooks to edit, an environment and a README.
    """
    from budgetlib.commands.new import new_project

    try:
        new_project(folder, sample=sample)
    except OSError as fault:
        raise click.ClickException(f"the project cannot be written to {folder} ({fault})") from fault
    click.echo(f"{folder} is laid out; {folder / 'README.md'} says how to go on")


@main.command()
@click.argument("manifest", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=options.FOLDER, show_default="the folder of MANIFEST", help="Folder for the originals.")
@click.option(
    "--year", "years", multiple=True, type=int, metavar="YYYY", help="Links of this year on index pages; repeatable."
)
@click.option("--contact", metavar="TEXT", help="Mail or web address that servers are told, for complaints.")
@click.option(
    "--pause",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    default=1.0,
    show_default=True,
    help="Between two requests to a host.",
)
@click.option(
    "--max-size", type=click.IntRange(min=1), metavar="MB", default=200, show_default=True, help="Of one file."
)
@click.option(
    "--time-limit", type=click.IntRange(min=1), metavar="SECONDS", default=600, show_default=True, help="For one file."
)
@click.option("--allow-private", is_flag=True, help="Also from hosts in private and local networks.")
def fetch(
    manifest: Path,
    out: Path | None,
    years: tuple[int, ...],
    contact: str | None,
    pause: float,
    max_size: int,
    time_limit: int,
    allow_private: bool,
) -> None:
    """Download the originals that MANIFEST names.

    MANIFEST is a CSV file with a column url; what is there already is downloaded again only if it has changed, and
    never replaced. Pages whose kind is index are searched for links to disclosures, which are written into MANIFEST
    to be confirmed. Where each file came from stands in fetched.csv.
    """
    from budgetlib.commands.fetch import MEGABYTE, SUCCESSES, Options, Progress, anywhere, is_public
    from budgetlib.commands.fetch import fetch as fetch_originals

    permits = anywhere if allow_private else is_public
    options = Options(years, contact, pause, max_size * MEGABYTE, time_limit, permits)
    folder = out or manifest.parent
    try:
        with Progress() as progress:
            results = fetch_originals(manifest, folder, options, progress)
    except OSError as fault:
        raise click.ClickException(f"the originals cannot be written to {folder} ({fault})") from fault
    outcomes = Counter(result.outcome for result in results)
    counted = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common())
    click.echo(f"{len(results)} addresses ({counted}); originals in {folder}")
    if not outcomes.keys() & SUCCESSES:
        raise SystemExit(1)


@main.command()
@click.argument("archive", metavar="OUT.zip", type=options.FILE)
@options.tidy
@options.which_reports
@click.option(
    "--originals",
    type=click.Choice(("include", "reference")),
    default="include",
    show_default=True,
    help="Whether they are inside, or named by address and sha256.",
)
@options.jobs
def bundle(archive: Path, tidy: Path, originals: str, jobs: int, **which: Any) -> None:
    """Pack a result so that others can check it.

    It is made again from the originals in an empty folder; what is packed is that, with all it was made from.
    """
    from budgetlib.commands.bundle.making import bundle as make_bundle

    chosen = options.report_options(jobs, **which)
    try:
        files = make_bundle(tidy, archive, chosen, inside=originals == "include", done=click.echo)
    except OSError as fault:
        raise click.ClickException(f"the bundle cannot be written to {archive} ({fault})") from fault
    click.echo(f"{files} files in {archive}; to check it: budgetlib verify {archive}")


@main.command()
@click.argument("archive", metavar="OUT.zip", type=options.FILE)
@click.option(
    "--originals", type=options.FOLDER, help="Folder with originals that are not inside; the others are fetched."
)
@click.option("--trust", is_flag=True, help="Run notebooks that are not budgetlib's own: they can do what you can.")
@options.jobs
def verify(archive: Path, originals: Path | None, trust: bool, jobs: int) -> None:
    """Make the result in a bundle again and compare.

    Exit code 1, saying what differs, where a hash, a table or a figure is not the same.
    """
    from budgetlib.commands.bundle.verifying import verify as check_bundle

    verdict = check_bundle(archive, originals, trust=trust, jobs=jobs, done=click.echo)
    for line in verdict.lines():
        click.echo(line)
    if not verdict.reproduced:
        raise SystemExit(1)


@main.command()
@click.argument("old", type=options.FOLDER)
@click.argument("new", type=options.FOLDER)
@click.option("--out", type=options.FOLDER, help="Also write differences.csv and differences.html into this folder.")
def diff(old: Path, new: Path, out: Path | None) -> None:
    """Compare the tables in the folders OLD and NEW.

    Which documents, amounts, stated figures and findings appeared, went or changed.
    """
    from budgetlib.commands.diff.showing import compare_folders, lines, write

    differences = compare_folders(old, new)
    if out:
        try:
            write(differences, old, new, out)
        except OSError as fault:
            raise click.ClickException(f"the differences cannot be written to {out} ({fault})") from fault
    for line in lines(differences):
        click.echo(line)


@main.command()
@click.argument("document")
@click.option("--page", type=click.IntRange(min=1), help="The page; default: the whole document.")
@options.tidy
@click.option("--lang", type=click.Choice(LANGUAGES), default="zh", show_default=True, help="Language.")
def cite(document: str, page: int | None, tidy: Path, lang: str) -> None:
    """Print how a page of a document is cited: a sentence and BibTeX.

    DOCUMENT is a document_id, or a file's name as in the table documents.
    """
    from budgetlib.commands.cite import cite as citation_of

    citation = citation_of(tidy, document, page, lang)
    click.echo(f"{citation.text}\n\n{citation.bibtex}")
