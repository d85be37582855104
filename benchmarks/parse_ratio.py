"""How much processor time parsing takes, beside what others need for the tables or the text of the same file.

    python benchmarks/parse_ratio.py FILE.pdf [FILE.pdf ...]

budgetlib goes from the file to all its records; pdfplumber calls `extract_tables()` on every page and no more, camelot
(where it is installed) reads ruled tables, pypdfium2 gives the text of every page. All are measured in one run, each in
a process of its own, in turn; the least of three runs counts. Prints seconds, how many times faster than pdfplumber
budgetlib is, and the peak memory of the parse.
"""

from __future__ import annotations

import logging
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from importlib import util
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

RUNS = 3


class Cost(NamedTuple):
    """Seconds of processor time, and peak megabytes."""

    seconds: float
    megabytes: float


def pdfplumber(path: Path) -> None:
    """All tables, as pdfplumber finds them."""
    import pdfplumber

    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    with pdfplumber.open(path) as document:
        for page in document.pages:
            page.extract_tables()
            page.close()


def camelot(path: Path) -> None:
    """All ruled tables, as camelot finds them."""
    import camelot

    camelot.read_pdf(str(path), pages="all", flavor="lattice")


def text(path: Path) -> None:
    """The text of all pages, as pypdfium2 gives it."""
    import pypdfium2

    with pypdfium2.PdfDocument(path) as document:
        for page in document:
            page.get_textpage().get_text_range()


def budgetlib(path: Path) -> None:
    """All records of the file."""
    from budgetlib.commands.pipeline import parse_document

    parse_document(path, ocr="never")


def cost(tool: Callable[[Path], None], path: Path) -> Cost:
    """What `tool` costs, without what it costs to start it."""
    tool(WARM_UP)
    start = time.process_time()
    tool(path)
    factor = 1 if sys.platform == "darwin" else 1024
    return Cost(time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * factor / 1e6)


def alone(tool: Callable[[Path], None], path: Path) -> Cost:
    """`cost` in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(cost, tool, path).result()


WARM_UP = Path(__file__).parents[1] / "data/raw/示例市示例局-2025.pdf"
TOOLS = (pdfplumber, *((camelot,) if util.find_spec("camelot") else ()), text, budgetlib)


def main() -> None:
    """Measure and print."""
    totals = dict.fromkeys((tool.__name__ for tool in TOOLS), 0.0)
    for path in map(Path, sys.argv[1:]):
        runs = [{tool.__name__: alone(tool, path) for tool in TOOLS} for _ in range(RUNS)]
        least = {name: min(run[name].seconds for run in runs) for name in totals}
        totals = {name: totals[name] + least[name] for name in totals}
        memory = max(run["budgetlib"].megabytes for run in runs)
        print(f"{path.name}: {_said(least)}, {memory:.0f} MB", flush=True)
    print(f"all: {_said(totals)}")


def _said(seconds: dict[str, float]) -> str:
    costs = ", ".join(f"{name} {own:.2f} s" for name, own in seconds.items())
    return f"{costs}; {seconds['pdfplumber'] / seconds['budgetlib']:.1f} times faster"


if __name__ == "__main__":
    main()
