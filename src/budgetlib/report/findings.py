"""What does not add up, and what a researcher overrides → what a report shows of it."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import pandas as pd

from budgetlib.definitions.amounts import exact
from budgetlib.definitions.labels import label, percent
from budgetlib.report.cells import Cells
from budgetlib.report.evidence import Exhibit, exhibits
from budgetlib.report.pictures import Pictures
from budgetlib.tables.corpus import Corpus
from budgetlib.tables.locators import Row

_UNTESTED = ("not_applicable", "insufficient_data")
_PICTURED_OF_ONE_CHECK = 5
"""Of one check that fails many times, so many are shown on their pages: the others are alike."""


def finding_cards(
    cells: Cells, corpus: Corpus, failed: pd.DataFrame, tables_dir: str, kept: Pictures
) -> list[dict[str, Any]]:
    """A card for each row of `failures`, for its template; `kept` is where the pictures go.

    From `tables_dir`, the folder of the tables, the files are found that were read.
    """
    pictured = failed.groupby("check").cumcount() < _PICTURED_OF_ONE_CHECK
    cards = []
    for number, (finding, shown) in enumerate(zip(failed.to_dict("records"), pictured, strict=True), 1):
        shown_places = exhibits(corpus, finding, tables_dir if shown and tables_dir else None)
        name, severity = f"{number:02d}-{finding['check']}", finding["severity"]
        cards.append(
            {
                "severity": severity,
                "label": label(f"severity.{severity}", cells.language),
                "text": finding[f"message_{cells.language}"],
                "verdict": verdict_in_words(finding, cells.language),
                "exhibits": [
                    _exhibit(cells, exhibit, kept, f"{name}-{part}") for part, exhibit in enumerate(shown_places, 1)
                ],
                "shown": bool(shown and tables_dir),
            }
        )
    return cards


def verdict_in_words(finding: Row, language: str) -> str:
    """What a person decided about a `finding`, who, and why; empty where nobody did."""
    if pd.isna(finding["verdict"]):
        return ""
    verdict = label(f"verdict.{finding['verdict']}", language)
    about = {"verdict": verdict, "reviewer": finding["reviewer"], "note": finding["verdict_note"] or ""}
    return label("findings.judged_why" if about["note"] else "findings.judged", language, **about)


def check_states(corpus: Corpus) -> dict[str, int]:
    """How many identities ended in which state; one that any file of a disclosure could test is not untested."""
    disclosures = corpus.checks.document_id.map(corpus.documents.set_index("document_id").disclosure_id)
    untested = corpus.checks.state.isin(_UNTESTED)
    asked = list(zip(disclosures, corpus.checks.check, strict=True))
    tested = {one for one, is_left in zip(asked, untested, strict=True) if not is_left}
    left: dict[tuple[str, str], str] = {}
    for one, state in zip(asked, corpus.checks.state, strict=True):
        if one not in tested:
            left[one] = max(left.get(one, ""), state, key=("", *_UNTESTED).index)
    return dict(Counter([*corpus.checks.state[~untested], *left.values()]))


def written_corrections(cells: Cells, corrections: pd.DataFrame) -> pd.DataFrame:
    """The table `corrections` with both values in words, each in its unit."""
    values = {
        f"value_{which}": [
            _exactly(*pair, cells.language) for pair in zip(corrections[which], corrections.value_unit, strict=True)
        ]
        for which in ("published", "corrected")
    }
    return corrections.assign(**values).drop(columns=["published", "corrected"])


def _exactly(value: Decimal | None, unit: str | None, language: str) -> str:
    """A corrected value with its unit and all its digits."""
    if value is None:
        return ""
    if unit == "yuan":
        return exact(value, language)
    return percent(value) if unit == "percent" else f"{value:f}".rstrip("0").rstrip(".")


def _exhibit(cells: Cells, exhibit: Exhibit, kept: Pictures, name: str) -> dict[str, Any]:
    texts = list(dict.fromkeys(span.text for span in exhibit.spans))
    picture = kept.address(exhibit.picture, name) if exhibit.picture else ""
    cited = {place for span in exhibit.spans for place in span.places}
    table = [[{**cell._asdict(), "cited": cell.place in cited} for cell in row] for row in exhibit.table]
    return {"picture": picture, "table": table, "text": texts, "place": cells.cited(exhibit.spans[0])}
