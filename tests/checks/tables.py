"""Tables written by hand, a few rows of one or two documents: what is tested is all that they hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from budgetlib.checks import check_records
from budgetlib.tables.corpus import Corpus, corpus_of

ONE, OTHER = "1" * 16, "2" * 16


def document(document_id: str = ONE, **about: Any) -> dict[str, Any]:
    known = {
        "path": f"{document_id}.pdf",
        "sha256": document_id * 4,
        "media_type": "application/pdf",
        "entity": "示例市示例局",
        "department_id": "示例市示例局",
        "entity_kind": "department",
        "fiscal_year": 2026,
        "document_kind": "budget",
        "outcome": "ok",
        "parser_version": "0",
    }
    record = {"document_id": document_id, **known, **about}
    who = (record["department_id"], record["fiscal_year"], record["document_kind"])
    return {"disclosure_id": "-".join(map(str, who)), **record}


def lines(
    form: str, rows: Iterable[Sequence[Any]], document_id: str = ONE, side: str = "expenditure", **about: Any
) -> list[Any]:
    """Rows as (kind, code, item, {measure: printed}); `about` is the same for all."""
    return [
        {
            "document_id": document_id,
            "form": form,
            "side": side,
            "row": number,
            "row_kind": kind,
            "code": code,
            "item": item,
            "measure": measure,
            "amount_yuan": Decimal(printed) * 10_000,
            "published_text": printed,
            "published_unit": "万元",
            "page": 1,
            **about,
        }
        for number, (kind, code, item, amounts) in enumerate(rows, 1)
        for measure, printed in amounts.items()
    ]


def stated(
    section: int, measure: str, value: str, unit: str = "yuan", sentence: str = "", **about: Any
) -> dict[str, Any]:
    scaled = Decimal(value) * (10_000 if unit == "yuan" else 1)
    said = sentence or f"{value}{'万元' if unit == 'yuan' else '%' if unit == 'percent' else '个'}"
    figure = {"section": section, "measure": measure, "value": scaled, "value_unit": unit, "sentence": said, "page": 2}
    return {"document_id": ONE, **figure, **about}


def corpus(**tables: list[dict[str, Any]]) -> Corpus:
    """A corpus of these tables; where none are given, one document with one page that was read."""
    given = {"documents": [document()]} | tables
    read = {"kind": "form", "source": "text", "outcome": "read"}
    given.setdefault("pages", [{"document_id": one["document_id"], "page": 1, **read} for one in given["documents"]])
    return corpus_of(given)


def states(corpus: Corpus, check: str) -> list[str]:
    return [record["state"] for record in check_records(corpus) if record["check"] == check]


def failed(corpus: Corpus) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for record in check_records(corpus):
        if record["state"] == "fail" and record["follows_from"] is None:
            found.setdefault(record["check"], []).append(record)
    return found
