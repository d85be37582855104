"""How long parsing takes, as a multiple of plain pdfplumber calling `extract_tables()` on every page.

    python benchmarks/parse_ratio.py FILE.pdf [FILE.pdf ...]

Both are measured in one run, each in a process of its own, in turn; the least of three runs counts.
Prints seconds, the ratio and the peak memory of the parse.
"""

from __future__ import annotations

import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

RUNS = 3


def extract_all_tables(path: Path) -> tuple[float, float]:
    """Seconds and peak megabytes of plain pdfplumber."""
    import logging

    import pdfplumber

    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    start = time.perf_counter()
    with pdfplumber.open(path) as document:
        for page in document.pages:
            page.extract_tables()
            page.close()
    return time.perf_counter() - start, _peak()


def parse(path: Path) -> tuple[float, float]:
    """Seconds and peak megabytes of budgetlib, from the file to all its records."""
    from budgetlib.pipeline import parse_document

    start = time.perf_counter()
    parse_document(path)
    return time.perf_counter() - start, _peak()


def _peak() -> float:
    factor = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * factor / 1e6


def main() -> None:
    """Measure and print."""
    for path in map(Path, sys.argv[1:]):
        plain, ours = [], []
        for _ in range(RUNS):
            for measure, results in ((extract_all_tables, plain), (parse, ours)):
                with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                    results.append(pool.submit(measure, path).result())
        base, own = min(plain)[0], min(ours)[0]
        memory = max(megabytes for _, megabytes in ours)
        print(
            f"{path.name}: pdfplumber {base:.2f} s, budgetlib {own:.2f} s, ratio {own / base:.2f}, peak {memory:.0f} MB"
        )


if __name__ == "__main__":
    main()
