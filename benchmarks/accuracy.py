"""What the README states of accuracy, measured again: on documents with a ground truth, and on originals.

    python benchmarks/accuracy.py ../shared [OUT]

Reads the disclosures, facsimiles and originals of the shared material, measures each parse with its own tool,
and prints a line for each, then which form was read in which place.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from budgetlib.commands.pipeline import parse_document
from budgetlib.definitions.forms import forms
from budgetlib.tables.schemas import TABLES
from budgetlib.tables.store import write_table

SIGNS = {"read": "●", "declared_empty": "○"}


def _score(shared: Path, mode: str, records: list[dict[str, Any]], against: list[Path]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        for table in TABLES:
            rows = [row for own in records for row in own.get(table.name, [])]
            write_table(table.frame(rows), table, Path(folder))
        command = [sys.executable, str(shared / "tools/score.py"), mode, folder, *map(str, against), "--json"]
        said = subprocess.run(command, capture_output=True, text=True, check=True)
    result: dict[str, Any] = json.loads(said.stdout)
    return result


def _with_ground_truth(shared: Path, path: Path, own: dict[str, Any]) -> str:
    found = _score(shared, "gold", [own], [shared / "gold" / f"{path.name.split('.')[0]}.json"])
    parts = [f"amounts {found['amounts']['precision']}/{found['amounts']['recall']}"]
    parts.append(f"statements {found['statements']['recall']}")
    for table in ("performance_projects", "catalogue", "declared"):
        if table in found:
            parts.append(f"{table} {found[table]['precision']}/{found[table]['recall']}")
    return f"{path.name}: " + ", ".join(parts)


def _coverage(originals: list[Path], parsed: dict[Path, dict[str, Any]]) -> str:
    """A Markdown table of place x form: ● read, ○ declared empty, ✗ not read, blank not printed."""
    places: dict[str, dict[str, str]] = defaultdict(dict)
    for path in originals:
        signs = places[path.name.split("-")[0]]
        for page in parsed[path]["pages"]:
            for form in (page["form"] or "").split(","):
                if form and signs.get(form) != "●":
                    signs[form] = SIGNS.get(page["outcome"], "✗")
    shown = [form for form in forms().values() if any(form.name in signs for signs in places.values())]
    head = "| place | " + " | ".join(form.label_zh for form in shown) + " |\n|---|" + "---|" * len(shown)
    rows = [
        f"| {place} | " + " | ".join(signs.get(form.name, "") for form in shown) + " |"
        for place, signs in places.items()
    ]
    return "\n".join([head, *rows])


def main() -> None:
    """Measure and print."""
    shared = Path(sys.argv[1])
    truth = sorted([*shared.glob("seeds/*.txt"), *shared.glob("facsimiles/*.pdf")])
    originals = sorted(shared.glob("real/*.pdf"))
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        parsed = dict(zip([*truth, *originals], pool.map(parse_document, [*truth, *originals]), strict=True))
    for path in truth:
        read = bool(parsed[path].get("lines"))
        print(_with_ground_truth(shared, path, parsed[path]) if read else f"{path.name}: no form read")
    found = _score(shared, "real", [parsed[path] for path in originals], originals)
    for one in found["documents"]:
        print(
            one["file"], "recall", one["recall"], "precision", one["precision"], "identities", one["identities"]["hold"]
        )
    print(found["summary"])
    print(_coverage(originals, parsed))


if __name__ == "__main__":
    main()
