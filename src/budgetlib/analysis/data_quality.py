"""How far a corpus can be trusted: what was read, which checks hold, and what does not add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pandas as pd

from budgetlib.analysis.amounts import frame
from budgetlib.analysis.derived import derived
from budgetlib.tables.corpus import Corpus, faults

SEVERITIES = ["error", "warning", "note"]


def failures(corpus: Corpus) -> pd.DataFrame:
    """The `faults` of the table `checks`, the gravest first: errors, then warnings, then notes."""
    failed = faults(corpus.rows("checks", state="fail"))
    return failed.sort_values("severity", key=lambda column: column.map(SEVERITIES.index), kind="stable")


def document_quality(corpus: Corpus) -> pd.DataFrame:
    """One row for each document, the worst first.

    Columns: `document_id`, `path`, `entity`, `department_id`, `fiscal_year`, `outcome`, `pages`, `unread` (pages not
    read), `lines`, `statements`, `tested` and `held` (identities), and how many failed: `errors`, `warnings`, `notes`.
    """
    order = {name: place for place, name in enumerate(corpus.documents.document_id)}
    records = derived(corpus, "document_quality", qualities).to_dict("records")
    worst = ("errors", "warnings", "unread", "notes")
    records.sort(key=lambda record: ([-record[name] for name in worst], order[record["document_id"]]))
    return frame("document_quality", records)


def qualities(corpus: Corpus) -> Iterator[dict[Any, Any]]:
    """The rows of `document_quality`, in the order of the documents."""
    about = corpus.documents[["document_id", "path", "entity", "department_id", "fiscal_year", "outcome", "pages"]]
    unread = Counter(corpus.rows("pages", ["document_id"], outcome="unreadable").document_id)
    lines, statements = (Counter(corpus.rows(name, ["document_id"]).document_id) for name in ("lines", "statements"))
    checks = corpus.rows("checks", ["document_id", "state", "severity", "follows_from"])
    passed = Counter(checks[checks.state == "pass"].document_id)
    failed = faults(checks)
    severities = Counter(zip(failed.document_id, failed.severity, strict=True))
    for document in about.astype(object).where(about.notna(), None).to_dict("records"):
        name = document["document_id"]
        failures = {f"{severity}s": severities[name, severity] for severity in SEVERITIES}
        yield document | {
            "unread": unread[name],
            "lines": lines[name],
            "statements": statements[name],
            "tested": passed[name] + sum(failures.values()),
            "held": passed[name],
            **failures,
        }


def identity_quality(corpus: Corpus) -> pd.DataFrame:
    """One row for each identity that was tested anywhere, the least often true first.

    Columns: `check`, `severity`, `about_zh` and `about_en` (what it says; null where it failed in every document),
    `tested`, `held`, `failed`, and in how many `documents` it failed.
    """
    parts = derived(corpus, "identity_quality", identities)
    records: list[dict[str, Any]] = []
    for name, rows in parts.groupby("check", sort=False):
        about: dict[str, Any] = {
            key: next(iter(rows[key].dropna()), None) for key in ("severity", "about_zh", "about_en")
        }
        counts = {key: int(rows[key].sum()) for key in ("tested", "held", "failed", "documents")}
        if counts["tested"]:
            records.append({"check": name, **about, **counts})
    records.sort(key=lambda record: record["held"] / record["tested"])
    return frame("identity_quality", records)


def identities(corpus: Corpus) -> Iterator[dict[str, Any]]:
    """The rows of `identity_quality` over some documents, also of identities that were not tested there."""
    columns = ["document_id", "check", "severity", "state", "message_zh", "message_en", "follows_from"]
    for name, checks in corpus.rows("checks", columns).groupby("check", sort=False):
        failed, others = faults(checks), checks[checks.state != "fail"]
        passed = int((others.state == "pass").sum())
        yield {
            "check": name,
            "severity": checks.severity.iloc[0],
            "about_zh": others.message_zh.iloc[0] if len(others) else None,
            "about_en": others.message_en.iloc[0] if len(others) else None,
            "tested": passed + len(failed),
            "held": passed,
            "failed": len(failed),
            "documents": failed.document_id.nunique(),
        }


def form_coverage(corpus: Corpus) -> pd.DataFrame:
    """For each place and form, in how many budgets the form met which fate.

    A budget is a department's of one year, whatever files it is in. Columns: `place` (null where none is known),
    `form`, `state` and `count`. `state` is `read`, `declared_empty`, `not_read` (refused, or perhaps on a page that
    was not read) or `not_printed`. Forms that no document of the corpus prints have no rows.
    """
    counted: Counter[tuple[str | None, bool, str | None, str | None]] = Counter()
    for fate in derived(corpus, "form_fates", form_fates).to_dict("records"):
        counted[fate["place"], bool(fate["unread"]), fate["form"], fate["state"]] += fate["count"]
    known = list(counted)
    places, forms = dict.fromkeys(place for place, *_ in known), dict.fromkeys(form for *_, form, _ in known if form)
    records = []
    for place in places:
        for form in forms:
            counts = Counter({state: _both(counted, place, form, state) for state in ("read", "declared_empty")})
            for unread, state in ((True, "not_read"), (False, "not_printed")):
                printed = sum(counted[place, unread, form, fate] for fate in ("read", "declared_empty"))
                counts[state] = counted[place, unread, None, None] - printed
            records += [{"place": place, "form": form, "state": s, "count": n} for s, n in counts.items() if n]
    return frame("form_coverage", records)


def _both(counted: Counter[Any], place: str | None, form: str, state: str) -> int:
    return sum(counted[place, unread, form, state] for unread in (True, False))


def form_fates(corpus: Corpus) -> Iterator[dict[str, Any]]:
    """What became of each form in the budgets of each place, and how many budgets there are."""
    counted: Counter[tuple[str | None, bool, str | None, str | None]] = Counter()
    for documents in _budgets(corpus):
        place, fates, unread = _fates(corpus, documents)
        counted[place, unread, None, None] += 1
        counted.update((place, unread, form, state) for form, state in fates.items())
    for (place, unread, form, state), count in counted.items():
        yield {"place": place, "unread": unread, "form": form, "state": state, "count": count}


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
