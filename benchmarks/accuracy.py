"""How exact budgetlib is, by document, place and check, as docs/accuracy.md states it.

    python benchmarks/accuracy.py ../shared

Reads the disclosures, facsimiles and originals of the shared material with their own measuring tools, what people saw
behind findings (`verdicts.csv` there, and `benchmarks/judged.csv` here: findings judged since, on the page), and writes
the page anew.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pandas as pd

import budgetlib as bl
from budgetlib.definitions.forms import forms

PAGE = Path(__file__).resolve().parents[1] / "docs/accuracy.md"
JUDGED = Path(__file__).with_name("judged.csv")
SIGNS = {"read": "●", "declared_empty": "○"}
HEAD = """# How exact

Made by `benchmarks/accuracy.py` from material that is not part of this repository; do not edit by hand. It measures
documents that were at hand while budgetlib was made. On documents that nobody here has seen, expect less.
"""


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; a missing figure is a dash."""
    lines = [list(head), ["---"] * len(head), *([("–" if cell is None else str(cell)) for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def measured(shared: Path, mode: str, tidy: Path, against: Sequence[Path]) -> dict[str, Any]:
    """What the measuring tool beside the material says of a parse."""
    command = [sys.executable, str(shared / "tools/score.py"), mode, str(tidy), *map(str, against), "--json"]
    result: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return result


def with_ground_truth(shared: Path, folder: Path) -> str:
    """Each document with a ground truth, in each form it was published in."""
    rows = []
    for number, path in enumerate(sorted([*shared.glob("seeds/*.txt"), *shared.glob("facsimiles/*.*")])):
        truth = shared / "gold" / f"{path.name.split('.')[0]}.json"
        if not truth.exists():
            continue
        tidy = folder / str(number)
        bl.parse([path], tidy)
        score = measured(shared, "gold", tidy, [truth])
        rows.append([path.name, *(_pair(score.get(part)) for part in ("amounts", "performance_projects", "catalogue"))])
        rows[-1] += [_pair(score.get("declared")), score["statements"]["recall"]]
    return table(["document", "amounts", "performance targets", "catalogue", "declared", "statements"], rows)


def _pair(score: dict[str, Any] | None) -> str | None:
    return f"{score['precision']} / {score['recall']}" if score else None


def by_place(documents: pd.DataFrame, pages: pd.DataFrame, scores: Sequence[dict[str, Any]]) -> str:
    """Amounts and identities of the originals, place by place."""
    score = {one["file"]: one for one in scores}
    rows = []
    for place, own in documents.groupby(documents.path.map(_place)):
        known = [score[Path(path).name] for path in own.path]
        ink = pages[pages.document_id.isin(own.document_id)]
        printed = sum(one["printed"] for one in known)
        recall = sum((one["recall"] or 0) * one["printed"] for one in known) / printed if printed else None
        tested = sum(one["identities"]["tested"] for one in known)
        hold = sum((one["identities"]["hold"] or 0) * one["identities"]["tested"] for one in known)
        left = int((ink.amounts_printed - ink.amounts_taken).sum())
        worst = min((one["precision"] for one in known if one["precision"] is not None), default=None)
        amounts = (int(ink.amounts_printed.sum()), left, printed, recall and f"{recall:.4f}", worst)
        rows.append([place, len(own), *amounts, tested, f"{hold / tested:.4f}" if tested else None])
    head = ["place", "documents", "amounts printed", "left, and shown as left", "amounts in tables (tool)", "found"]
    return table([*head, "lowest precision", "identities (tool)", "hold"], rows)


def _place(path: str) -> str:
    return Path(path).name.split("-")[0]


def verdicts(shared: Path) -> dict[tuple[object, ...], str]:
    """What was seen behind a finding, by document, page and either of its figures, or by its place."""
    judged = [pd.read_csv(path, dtype=str) for path in (shared / "real/verdicts.csv", JUDGED) if path.exists()]
    seen: dict[tuple[object, ...], str] = {}
    for row in pd.concat(judged).to_dict("records"):
        for key in _keys(row):
            seen[key] = "paper" if "paper" in (row["verdict"], seen.get(key)) else row["verdict"]
    return seen


def _keys(finding: dict[str, Any]) -> list[tuple[object, ...]]:
    page = _number(finding["page"])
    figures = [_number(finding[name]) for name in ("expected", "published")]
    place = (finding["check"], _text(finding["form"]), _number(finding["row"]))
    return [(finding["sha256"], page, figure) for figure in figures if figure] + [(finding["sha256"], page, *place)]


def _text(value: object) -> str | None:
    return None if pd.isna(value) else str(value)


def _number(value: object) -> Decimal | None:
    try:
        return None if pd.isna(value) else abs(Decimal(str(value))).normalize()
    except InvalidOperation:
        return None


def by_check(shared: Path, documents: pd.DataFrame, checks: pd.DataFrame) -> tuple[str, str]:
    """Findings by check, and in one line all of them: how many are the paper's, false, or not looked at."""
    seen = verdicts(shared)
    looked_at = {str(key[0]) for key in seen}
    faults = checks[(checks.state == "fail") & checks.follows_from.isna()]
    failed = faults.merge(documents[["document_id", "sha256"]], on="document_id")
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for finding in failed.to_dict("records"):
        known = {seen[key] for key in _keys(finding) if key in seen}
        verdict = "real" if "paper" in known else "false" if known else "not judged"
        counts[finding["severity"], finding["check"]][verdict if finding["sha256"] in looked_at else "not judged"] += 1
    rows = [[check, severity, *(own[word] for word in VERDICTS)] for (severity, check), own in sorted(counts.items())]
    total = Counter[str]()
    for own in counts.values():
        total += own
    line = ", ".join(f"{total[word]} {word}" for word in VERDICTS)
    return table(["check", "severity", *VERDICTS], rows), f"{sum(total.values())} findings: {line}."


VERDICTS = ("real", "false", "not judged")


def forms_read(documents: pd.DataFrame, pages: pd.DataFrame) -> str:
    """Which form was read where: ● read, ○ printed empty, ✗ not read, blank: not printed."""
    places: dict[str, dict[str, str]] = defaultdict(dict)
    of = dict(zip(documents.document_id, documents.path.map(_place), strict=True))
    for page in pages[pages.form.notna()].itertuples():
        for form in str(page.form).split(","):
            if places[of[page.document_id]].get(form) != "●":
                places[of[page.document_id]][form] = SIGNS.get(str(page.outcome), "✗")
    shown = [form for form in forms().values() if any(form.name in signs for signs in places.values())]
    rows = [[place, *(signs.get(form.name, "") for form in shown)] for place, signs in sorted(places.items())]
    return table(["place", *(form.label_zh for form in shown)], rows)


def main() -> None:
    """Measure, and write the page."""
    shared = Path(sys.argv[1])
    originals = sorted(shared.glob("real/*.pdf"))
    with tempfile.TemporaryDirectory() as folder:
        truth = with_ground_truth(shared, Path(folder))
        tidy = Path(folder, "originals")
        bl.parse(originals, tidy, jobs=os.cpu_count() or 1)
        corpus, score = bl.load(tidy), measured(shared, "real", tidy, originals)
        summary = score["summary"]
        findings, total = by_check(shared, corpus.documents, corpus.checks)
        parts = [
            HEAD,
            "## Documents with a ground truth\n\nPrecision / recall; of statements, recall.",
            truth,
            "## Amounts of originals, by place\n",
            f"{summary['documents']} originals: {summary['recall']} of the amounts that the measuring tool sees in"
            f" tables found; {summary['documents_recall_95']} of {summary['documents_with_numbers']} documents with"
            f" numbers at 95 % or more; {summary['identities_hold']} of {summary['identities_tested']} identities of"
            " the tool hold."
            " “Left” are amounts on any page, prose included, that went into no table; `pages` shows them.",
            by_place(corpus.documents, corpus.pages, score["documents"]),
            "## Findings, by check\n",
            f"{total} Real: the paper contradicts itself, as somebody saw who read it: the makers of the material, or"
            " those of budgetlib (`benchmarks/judged.csv`), who judged their own work: where they say paper and the"
            " makers of the material misread, it counts as real. What follows from a fault is not counted again.",
            findings,
            "## Forms read, by place\n\n● read, ○ printed empty, ✗ not read, blank: not printed.",
            forms_read(corpus.documents, corpus.pages),
        ]
        PAGE.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
