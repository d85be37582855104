"""What a corpus of many documents costs: copies of the documents in some tables, under other names.

    python benchmarks/many_documents.py TIDY FOLDER 10000 [--jobs N]

Makes FOLDER/raw, as many copies of the files that TIDY was made from, and in FOLDER/tidy what reading them would have
kept: the rows of the documents in TIDY. Then measures, each in a process of its own: putting the tables together, a run
with nothing new, a run with one document more, loading, one department's report, the pages over all departments, and
the exports. Prints the seconds that pass and those of the processors, the memory of the largest process, and what it
said last.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from budgetlib.commands.pipeline.reading import RECORDED, Options, record_key, record_path
from budgetlib.core.files import sha256
from budgetlib.core.text import slug
from budgetlib.pages.ink import DEFAULT_READER
from budgetlib.pages.sources import File
from budgetlib.report.index import OVERVIEWS
from budgetlib.tables.record_file import packed, write_record_file
from budgetlib.tables.schemas import DOCUMENTS, Table
from budgetlib.tables.store import Tables

OPTIONS = Options("never", DEFAULT_READER)
IN_A_FOLDER = 1000

LOAD = """
import sys, time
from budgetlib import load
begun = time.process_time()
one = load(sys.argv[1]).select(department=sys.argv[2])
print(len(one.lines), "lines", len(one.checks), "checks:", round(time.process_time() - begun, 2), "s after the imports")
"""
FORM = """
import sys, time
from pathlib import Path
from budgetlib.tables.schemas import LINES
from budgetlib.tables.store import Tables
begun = time.process_time()
rows = Tables(Path(sys.argv[1])).read(LINES, columns=["document_id", "amount_yuan"], form="budget_summary")
print(len(rows), "rows:", round(time.process_time() - begun, 2), "s after the imports")
"""

OVERVIEW = """
import sys
from pathlib import Path
from budgetlib.report.notebook import known_parameters, run_notebook
from budgetlib.report.notebook_files import find_notebook
tidy, name, out = sys.argv[1:]
given = {"language": "zh", "tidy": str(Path(tidy).resolve()), "out": ".", "matches": "none.csv"}
parameters = {key: value for key, value in given.items() if key in known_parameters(find_notebook(name))}
run_notebook(find_notebook(name), Path(out), name, name, parameters)
print(Path(out, f"{name}.html").stat().st_size / 1e6, "MB")
"""


def documents(tidy: Path) -> list[dict[Table, pa.Table]]:
    """The rows of each document of `tidy` that was read."""
    tables = Tables(tidy)
    rows = {table: pa.Table.from_pandas(tables.read(table), schema=table.schema) for table in RECORDED}
    read = rows[DOCUMENTS].filter(pc.field("outcome").isin(["ok", "partial"]))["document_id"].to_pylist()
    return [{table: own.filter(pc.field("document_id") == one) for table, own in rows.items()} for one in read]


def copy(original: dict[Table, pa.Table], number: int, path: Path, name: str, digest: str) -> dict[Table, pa.Table]:
    """The rows of a document as those of another file of another department."""
    entity = f"{original[DOCUMENTS]['entity'][0].as_py()}（{number}）"
    changed = {"path": name, "sha256": digest, "entity": entity, "department_id": slug(entity), "ocr": "never"}
    disclosure = original[DOCUMENTS]["disclosure_id"][0].as_py() or original[DOCUMENTS]["document_id"][0].as_py()
    changed["disclosure_id"] = f"{disclosure}-{number}"
    rows = {table: _with(own, {"document_id": digest[:16]}) for table, own in original.items()}
    return {**rows, DOCUMENTS: _with(rows[DOCUMENTS], changed)}


def _with(rows: pa.Table, values: dict[str, str]) -> pa.Table:
    for name, value in values.items():
        place = rows.schema.get_field_index(name)
        rows = rows.set_column(place, rows.schema.field(place), pa.array([value] * len(rows), pa.string()))
    return rows


def make(tidy: Path, folder: Path, count: int) -> Iterator[Path]:
    """The files, and what reading them would have kept."""
    originals = documents(tidy)
    for number in range(count):
        about = originals[number % len(originals)][DOCUMENTS].to_pylist()[0]
        original = tidy / about["folder"] / about["path"]
        name = f"{number // IN_A_FOLDER:03}/{number:06}{original.suffix}"
        path = folder / "raw" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(original.read_bytes() + f"\n% copy {number}\n".encode())
        source = File(path, name, {}).source(sha256(path))
        rows = copy(originals[number % len(originals)], number // len(originals), path, name, source.sha256)
        write_record_file(packed(rows), record_path(folder / "tidy/.store/records", record_key(source, OPTIONS)))
        yield path


def measured(what: str, *arguments: str) -> None:
    """Print the seconds of a command and of its processors, the megabytes of its largest process, and its last line."""
    script = (
        "import resource, subprocess, sys; done = subprocess.run(sys.argv[1:], capture_output=True, text=True);"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN); said = (done.stdout + done.stderr).splitlines()[-1];"
        "print(used.ru_maxrss, used.ru_utime + used.ru_stime, said)"
    )
    begun = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - begun
    kilobytes, busy, said = done.stdout.strip().split(" ", 2)
    megabytes = int(kilobytes) / 1000
    print(f"| {what} | {seconds:.1f} s | {float(busy):.1f} s | {megabytes:.0f} MB | {said} |", flush=True)


def size(folder: Path) -> str:
    """The size of a folder; a file with several names counts once."""
    files = {file.stat().st_ino: file.stat().st_size for file in folder.rglob("*") if file.is_file()}
    return f"{sum(files.values()) / 1e6:.0f} MB in {len(files)} files"


def main() -> None:
    """Make the corpus where it is not there, and measure."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("tidy", type=Path)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("count", type=int)
    arguments.add_argument("--jobs", default="1")
    given = arguments.parse_args()
    raw, tidy = given.folder / "raw", given.folder / "tidy"
    if not raw.exists():
        for _ in make(given.tidy, given.folder, given.count):
            pass
    budgetlib = (sys.executable, "-c", "from budgetlib.commands.cli import main; main()")
    parse = (*budgetlib, "parse", str(raw), "--out", str(tidy), "--ocr", "never", "--jobs", given.jobs)
    measured("tables put together from what was read", *parse)
    measured("nothing new", *parse)
    (raw / "new.txt").write_text(f"one document more {time.time()}", encoding="utf-8")
    measured("one document more", *parse)
    department = Tables(tidy).read(DOCUMENTS, columns=["department_id"]).department_id[given.count // 2]
    measured("one department loaded", sys.executable, "-c", LOAD, str(tidy), department)
    measured("two columns of one form of all", sys.executable, "-c", FORM, str(tidy))
    reports = (*budgetlib, "report", "--tidy", str(tidy), "--out", str(given.folder / "reports"), "--jobs", "1")
    one = (*reports, "--department", department)
    for again in ("made", "unchanged"):
        measured(f"one department's report in both languages, {again}", *one)
    for name in OVERVIEWS:
        measured(f"the page {name}", sys.executable, "-c", OVERVIEW, str(tidy), name, str(given.folder / "overview"))
    for form in ("csv", "duckdb", "datapackage"):
        out = given.folder / form
        measured(f"export as {form}", *budgetlib, "export", "--tidy", str(tidy), "--out", str(out), "--format", form)
    print(f"\n{tidy}: {size(tidy)}, of these {size(tidy / '.store/records')} are records")


if __name__ == "__main__":
    main()
