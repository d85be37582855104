"""How far a corpus can be trusted: what was read, which checks hold, and what does not add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pandas as pd

from budgetlib.analysis.amounts import frame
from budgetlib.tables.corpus import Corpus, faults

SEVERITIES = ["error", "warning", "note"]


def failures(corpus: Corpus) -> pd.DataFrame:
    """The `faults` of the table `checks`, the gravest first: errors, then warnings, then notes."""
    return faults(corpus.checks).sort_values("severity", key=lambda column: column.map(SEVERITIES.index), kind="stable")


def document_quality(corpus: Corpus) -> pd.DataFrame:
    """One row for each document, the worst first.

    Columns: `document_id`, `path`, `entity`, `fiscal_year`, `outcome`, `pages`, `unread` (pages not read), `lines`,
    `tested` and `held` (identities), and how many failed: `errors`, `warnings`, `notes`.
    """
    records = list(_documents(corpus))
    records.sort(key=lambda record: [-record[name] for name in ("errors", "warnings", "unread", "notes")])
    return frame("document_quality", records)


def _documents(corpus: Corpus) -> Iterator[dict[str, Any]]:
    for document in corpus.documents.to_dict("records"):
        own = corpus.checks[corpus.checks.document_id == document["document_id"]]
        failed = faults(own)
        pages = corpus.pages[corpus.pages.document_id == document["document_id"]]
        yield {
            name: document[name] for name in ("document_id", "path", "entity", "fiscal_year", "outcome", "pages")
        } | {
            "unread": int((pages.outcome == "unreadable").sum()),
            "lines": int((corpus.lines.document_id == document["document_id"]).sum()),
            "tested": int((own.state == "pass").sum()) + len(failed),
            "held": int((own.state == "pass").sum()),
            **{f"{severity}s": int((failed.severity == severity).sum()) for severity in SEVERITIES},
        }


def identity_quality(corpus: Corpus) -> pd.DataFrame:
    """One row for each identity that was tested anywhere, the least often true first.

    Columns: `check`, `severity`, `about_zh` and `about_en` (what it says; null where it failed in every document),
    `tested`, `held`, `failed`, and in how many `documents` it failed.
    """
    records = [_identity(str(name), own) for name, own in corpus.checks.groupby("check", sort=False)]
    records = [record for record in records if record["tested"]]
    records.sort(key=lambda record: record["held"] / record["tested"])
    return frame("identity_quality", records)


def _identity(name: str, checks: pd.DataFrame) -> dict[str, Any]:
    failed, others = faults(checks), checks[checks.state != "fail"].to_dict("records")
    held = sum(check["state"] == "pass" for check in others)
    return {
        "check": name,
        "severity": checks.severity.iloc[0],
        "about_zh": others[0]["message_zh"] if others else None,
        "about_en": others[0]["message_en"] if others else None,
        "tested": held + len(failed),
        "held": held,
        "failed": len(failed),
        "documents": failed.document_id.nunique(),
    }


def form_coverage(corpus: Corpus) -> pd.DataFrame:
    """For each place and form, in how many budgets the form met which fate.

    A budget is a department's of one year, whatever files it is in. Columns: `place` (null where none is known),
    `form`, `state` and `count`. `state` is `read`, `declared_empty`, `not_read` (refused, or perhaps on a page that
    was not read) or `not_printed`. Forms that no document of the corpus prints have no rows.
    """
    fates = {number: _fates(corpus, documents) for number, documents in enumerate(_budgets(corpus))}
    forms = dict.fromkeys(form for _, forms, _ in fates.values() for form in forms)
    states = [
        (place, form, found.get(form, "not_read" if unread else "not_printed"))
        for place, found, unread in fates.values()
        for form in forms
    ]
    counted = Counter(states)
    records = [
        {"place": place, "form": form, "state": state, "count": count}
        for (place, form, state), count in counted.items()
    ]
    return frame("form_coverage", records)


def _budgets(corpus: Corpus) -> list[pd.DataFrame]:
    """The documents that were read at least in part, those of one department and year together."""
    documents = corpus.documents[corpus.documents.outcome.isin(["ok", "partial"])]
    named = documents.department_id.where(documents.entity.notna(), documents.document_id)
    return [together for _, together in documents.groupby([named, documents.fiscal_year.fillna(0)], sort=False)]


def _fates(corpus: Corpus, documents: pd.DataFrame) -> tuple[str | None, dict[str, str], bool]:
    """The place of a budget, what became of each form that it prints, and whether pages were left unread."""
    ids = set(documents.document_id)
    pages = corpus.pages[corpus.pages.document_id.isin(ids)]
    fates: dict[str, str] = {}
    for page in pages[pages.outcome == "declared_empty"].form.dropna():
        fates |= dict.fromkeys(page.split(","), "declared_empty")
    fates |= dict.fromkeys(corpus.lines[corpus.lines.document_id.isin(ids)].form, "read")
    places = documents.place.dropna()
    return (places.iloc[0] if len(places) else None), fates, bool((pages.outcome == "unreadable").any())
