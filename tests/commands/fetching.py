"""What the tests of `budgetlib fetch` share: two originals, a manifest, a run, and what it leaves."""

from __future__ import annotations

import csv
import hashlib
import sys
from pathlib import Path

from click.testing import CliRunner, Result

from budgetlib.commands.cli import main

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 400
NEWER = b"%PDF-1.6\n" + bytes(reversed(range(256))) * 410
COMMAND = (Path(sys.executable).with_name("budgetlib"), "fetch")
COLUMNS = ("file", "url", "sha256", "kind")


def write_manifest(folder: Path, *rows: tuple[str, ...], columns: tuple[str, ...] = COLUMNS) -> Path:
    path = folder / "manifest.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([columns, *rows])
    return path


def run(manifest: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["fetch", str(manifest), "--allow-private", "--pause", "0", *options])


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def record(folder: Path) -> list[dict[str, str]]:
    return table(folder / "fetched.csv")


def originals(folder: Path) -> dict[str, bytes]:
    tables = ("manifest.csv", "fetched.csv")
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.name not in tables}


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
