"""The shared material beside the project: disclosures as text and PDF, their ground truth, and the measuring tool."""

from __future__ import annotations

import json
import pickle
import re
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from budgetlib.commands.pipeline import parse_document
from budgetlib.extraction.records import Records
from budgetlib.tables.schemas import TABLES
from budgetlib.tables.store import write_table
from tests.once import once

SHARED = Path(__file__).resolve().parents[2] / "shared"

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared material (../shared) is absent")


def files(pattern: str) -> list[Path]:
    """The files of ../shared that fit `pattern`, in order; none where it is absent."""
    return sorted(SHARED.glob(pattern))


# One of each layout among the originals; all of them are measured by benchmarks/accuracy.py.
ORIGINALS = [
    path
    for path in files("real/*.pdf")
    if re.match(
        r"上海-审计|北京-财政局-2026-报表|广州-信访|无锡|湖州|江苏-省检察院-2018|深圳-信访|福州-商务|西安-行政|重庆|长沙",
        path.name,
    )
]


@lru_cache(maxsize=8)
def records(path: Path) -> Records:
    """The records of a file of ../shared, read once in a test run."""
    made = once(f"records of {path.name}", lambda folder: _write(parse_document(path), folder / "records"))
    own: Records = pickle.loads((made / "records").read_bytes())  # noqa: S301 - written by this test run
    return own


def _write(own: Records, path: Path) -> None:
    path.write_bytes(pickle.dumps(own))


def score(mode: str, paths: list[Path], against: Path | list[Path], folder: Path) -> dict[str, Any]:
    """What the measuring tool says of the parse of `paths`."""
    for table in TABLES:
        write_table(table.frame(row for path in paths for row in records(path).get(table.name, [])), table, folder)
    others = against if isinstance(against, list) else [against]
    command = [sys.executable, str(SHARED / "tools/score.py"), mode, str(folder), *map(str, others), "--json"]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    result: dict[str, Any] = json.loads(said.stdout)
    return result
