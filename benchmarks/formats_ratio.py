"""How much processor time one disclosure takes in each form that it is published in, beside the first of them.

python benchmarks/formats_ratio.py FILE.pdf FILE.docx FILE.html FILE.xlsx ...

Each file is read into all its records in a process of its own; the least of three runs counts.
"""

from __future__ import annotations

import sys
from pathlib import Path

from parse_ratio import RUNS, alone, budgetlib


def main() -> None:
    """Measure and print."""
    seconds = {path: min(alone(budgetlib, path).seconds for _ in range(RUNS)) for path in map(Path, sys.argv[1:])}
    first = next(iter(seconds.values()))
    for path, taken in seconds.items():
        print(f"{path.name}: {taken:.2f} s, {taken / first:.2f} of the first")


if __name__ == "__main__":
    main()
