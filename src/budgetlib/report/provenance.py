"""A figure of a result frame → the places that prove it: where it is printed, or where what it is made of is."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

import pandas as pd

from budgetlib.core.money import FACTORS, numbers
from budgetlib.core.text import squeeze
from budgetlib.pages.model import Box
from budgetlib.tables.corpus import Corpus

_CONTEXT = 10

MOST = 4
"""Places of one figure."""

_OWN = ("amount_yuan", "total_yuan", "current_yuan", "previous_yuan", "value")
"""The amounts of a row that shares and differences are made of."""

_STATED = ("published_yuan", "published_pct", "change_yuan", "change_pct")

_MEASURES = {
    "project_pct": "project",
    "procurement_pct": "procurement_total",
    "goods_pct": "goods",
    "works_pct": "works",
    "services_pct": "services",
    **dict.fromkeys(("items_pct", "money_pct", "covered_pct"), "projects"),
}
"""What a share in a comparison is made of: a measure that is stated, one of a form's totals, or the projects' total."""

_FORMS = {
    "expenditure": ("budget_summary", "expenditure"),
    "basic": ("expenditure",),
    "project": ("expenditure",),
    "general_public_budget": ("general_public_expenditure",),
    "three_public": ("three_public",),
    "operating_cost": ("operating_cost", "three_public"),
}
"""The forms that print the totals of `published_and_computed`."""

_OF_TOTAL = ("basic", "project")
"""Totals that are a column of their own and not the total one."""

Row = Mapping[Hashable, Any]


@dataclass(frozen=True)
class Proof:
    """One printed place: `text` is what stands there, `box` where on its page, where that is known.

    For a sentence `number` is the figure in it with the characters before, by which the page can be searched.
    """

    document_id: str
    form: str | None
    section: int | None
    page: int | None
    text: str
    box: Box | None = None
    number: str | None = None


def of_line(line: Row) -> Proof:
    """The place of a row of the table `lines`."""
    x0, top, x1, bottom = (line[edge] for edge in ("x0", "top", "x1", "bottom"))
    box = None if pd.isna(x0) else Box(x0, top, x1, bottom)
    text = f"{line['item']} {line['published_text']} {line['published_unit']}"
    return Proof(line["document_id"], line["form"], None, whole(line["page"]), text, box)


def of_statement(statement: Row) -> Proof:
    """The place of a row of the table `statements`."""
    sentence = statement["sentence"]
    number = as_printed(sentence, statement["value"], statement["value_unit"])
    return Proof(
        statement["document_id"], None, int(statement["section"]), whole(statement["page"]), sentence, None, number
    )


def as_printed(sentence: str, value: Decimal, unit: str) -> str | None:
    """The number of `sentence` that says `value` (`unit` as in the table `statements`), with what stands before it.

    >>> as_printed("比上年增加1,506.54万元", Decimal(15065400), "yuan")
    '比上年增加1,506.54'
    """
    for start, end, number, printed_unit in numbers(sentence):
        factor = FACTORS.get(printed_unit or "万元", Decimal(1)) if unit == "yuan" else Decimal(1)
        if number * factor == abs(value):
            return sentence[max(0, start - _CONTEXT) : end]
    return None


def whole(number: Any) -> int | None:
    """A page or section of a table as an `int`; None where it is missing."""
    return None if pd.isna(number) else int(number)


class Proofs:
    """The places of the figures of a `corpus`."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._read: dict[tuple[str, str], list[dict[Hashable, Any]]] = {}

    def of(self, row: Row, column: str) -> tuple[Proof, ...]:
        """The places of `column` in a `row` of a result frame, at most `MOST`.

        That is where its very figure is printed for what the row is about; else where the amounts of the row are, of
        which it is a share or a difference; else the printed lines that the row is about. None for a row without
        a document.
        """
        if pd.isna(row.get("document_id")):
            return ()
        found = self._placed(row, column) or self._measured(row, column)
        if not found:
            own = row if pd.isna(row.get("computed_yuan")) else {**row, "previous_yuan": _before(row)}
            found = [proof for amount in _OWN if amount != column for proof in self._placed(own, amount)]
        if not found:
            found = [proof for change in _STATED for proof in self._placed(row, change)]
        found = found or self._lines_of(row, str(row["document_id"])) or self._stated(row)
        return tuple(dict.fromkeys(found))[:MOST]

    def _placed(self, row: Row, column: str) -> list[Proof]:
        """Where the figure in `column` is printed; of an amount of the row's own that is a sum, where its lines are."""
        value = row.get(column)
        if not isinstance(value, Decimal) or column.startswith("computed"):
            return []
        for document_id in self._documents(row, column):
            found = self._printed(row, column, value, document_id)
            if found or (column in _OWN and (found := self._lines_of(row, document_id))):
                return found
        return []

    def _printed(self, row: Row, column: str, value: Decimal, document_id: str) -> list[Proof]:
        """Where a document prints exactly this `value` for what the row is about: the place that fits it best."""
        equal = [line for line in self._records("lines", document_id) if line["amount_yuan"] == value]
        lines = [line for line in equal if _fits(line, row, document_id)]
        if lines:
            return [of_line(max(lines, key=lambda line: _likeness(line, row, column)))]
        if document_id != row["document_id"]:
            return []
        stated = [one for one in self._records("statements", document_id) if one["value"] == value]
        return [of_statement(one) for one in stated if _tells(one, row, column)][:1]

    def _documents(self, row: Row, column: str) -> list[str]:
        """The documents in which a figure is looked for: the row's own, or those of the year before."""
        own = str(row["document_id"])
        if column != "previous_yuan" or row.get("status") == "dropped":
            return [own]
        return self._of_same_department(own, 1)

    def _of_same_department(self, document_id: str, years_before: int = 0) -> list[str]:
        """The budgets of the document's department, of its year or of one before."""
        known = self._departments.get(document_id)
        if known is None or known[0] is None or known[1] is None:
            return []
        wanted = known[0], known[1] - years_before, "budget"
        return [one for one, about in self._departments.items() if about == wanted]

    @cached_property
    def _departments(self) -> dict[str, tuple[str | None, int | None, str | None]]:
        """Department, year and kind of each document."""
        return {
            row["document_id"]: (row["department_id"], whole(row["fiscal_year"]), row["document_kind"])
            for row in self._corpus.documents.to_dict("records")
        }

    def _measured(self, row: Row, column: str) -> list[Proof]:
        """Where the measure is printed that a share of a comparison has in its name."""
        measure = _MEASURES.get(column)
        if measure is None or "entity" not in row:
            return []
        for document_id in self._of_same_department(str(row["document_id"])):
            for line in self._records("lines", document_id):
                kind = line["form"], line["row_kind"], line["measure"]
                if kind in (("expenditure", "total", measure), (measure, "total", "total")):
                    return [of_line(line)]
            for stated in self._records("statements", document_id):
                if stated["measure"] == measure and not stated["item"]:
                    return [of_statement(stated)]
        return []

    def _lines_of(self, row: Row, document_id: str) -> list[Proof]:
        """The lines of the row's form that are of its code, or have its name; its total for a row with neither.

        In the row's own document they are on the row's page. What is in no form is a part of the grand total.
        """
        code, form = _code(row), row.get("form")
        lines = self._records("lines", document_id)
        if "contribution_pp" in row and not form:
            grand = ("budget_summary", "expenditure", "total", "total")
            about = [x for x in lines if (x["form"], x["side"], x["row_kind"], x["measure"]) == grand][-1:]
        else:
            page = whole(row.get("page")) if document_id == row["document_id"] else None
            own = [line for line in lines if line["form"] == form and page in (None, line["page"])]
            about = [line for line in own if _is_about(line, row)]
            about = about or [line for line in own if code and (line["code"] or "").startswith(code)]
        return [of_line(line) for line in about if line["measure"] == about[0]["measure"]]

    def _stated(self, row: Row) -> list[Proof]:
        """What the row's section of the narrative part states of its kind."""
        section, kind = _section(row), row.get("kind")
        if section is None or not kind:
            return []
        statements = self._records("statements", str(row["document_id"]))
        about = [one for one in statements if one["section"] == section and one["measure"] in (kind, f"{kind}_total")]
        return [of_statement(one) for one in about if not one["item"]][:1]

    def _records(self, table: str, document_id: str) -> list[dict[Hashable, Any]]:
        """The rows of `lines` or `statements` that belong to a document."""
        if (table, document_id) not in self._read:
            own = getattr(self._corpus, table).iloc[self._rows(table).get(document_id, [])]
            self._read[table, document_id] = own.assign(page=[whole(page) for page in own.page]).to_dict("records")
        return self._read[table, document_id]

    @cached_property
    def _of_lines(self) -> Mapping[Hashable, Any]:
        return self._corpus.lines.groupby("document_id").indices

    @cached_property
    def _of_statements(self) -> Mapping[Hashable, Any]:
        return self._corpus.statements.groupby("document_id").indices

    def _rows(self, table: str) -> Mapping[Hashable, Any]:
        return self._of_lines if table == "lines" else self._of_statements


def _fits(line: Row, row: Row, document_id: str) -> bool:
    """Whether a line of the same amount may be what a row is about: same form and page, same code, name or kind."""
    if _section(row) is not None or row.get("basis") == "published":
        return False
    form = row.get("form")
    if form and line["form"] != form:
        return False
    if form and document_id == row["document_id"] and line["page"] != whole(row.get("page")):
        return False
    if _is_total(row):
        about = _measure(row)
        measures = (about,) if about in _OF_TOTAL else (line["measure"],)
        known = bool(form) or line["form"] in _FORMS.get(about, ())
        return known and line["row_kind"] == "total" and line["measure"] in measures
    return _is_about(line, row) and bool(form or _code(row) or _name(row))


def _is_about(line: Row, row: Row) -> bool:
    """Whether a line has the code of a row, or its name, or is a total where the row has neither."""
    if code := _code(row):
        return bool(line["code"] == code)
    name = _name(row)
    return _same(line["item"], name) if name else bool(line["row_kind"] == "total")


def _likeness(line: Row, row: Row, column: str) -> tuple[bool, ...]:
    """How well a line that fits a row is the one: the first that differs decides."""
    measure = column.removesuffix("_yuan")
    return (
        line["form"] == row.get("form"),
        line["page"] == whole(row.get("page")),
        row.get("unit") is not None and _same(line["unit"] or "", str(row["unit"])),
        line["measure"] in (measure, row.get("kind"), row.get("measure")),
        line["side"] == "expenditure",
        line["measure"] == "total",
        "总计" in line["item"],
    )


def _tells(statement: Row, row: Row, column: str) -> bool:
    """Whether a statement with the same figure is what a row is about."""
    section, page = _section(row), whole(row.get("page"))
    if row.get("form") or section not in (None, statement["section"]) or page not in (None, statement["page"]):
        return False
    if section is not None:
        return True
    about = _measure(row) or str(row.get("kind") or "")
    changes = column.startswith(("published", "change"))
    return bool(about) and statement["measure"].startswith(f"{about}_change" if changes else about)


def _before(row: Row) -> Decimal | None:
    """The year before, of a row that has this year's amount and the computed change."""
    return None if pd.isna(row.get("current_yuan")) else row["current_yuan"] - row["computed_yuan"]


def _measure(row: Row) -> str:
    """What total a row is about; that of a row for each department is its expenditure."""
    return str(row.get("measure") or ("expenditure" if "entity" in row else ""))


def _is_total(row: Row) -> bool:
    """Whether a row is a total of a budget, under a name of ours and not one that a form prints."""
    return bool(_measure(row)) and row.get("dimension", "total") == "total" and not _code(row)


def _code(row: Row) -> str | None:
    """The classification code of a row; that of a project is one of the guidance catalogue."""
    code = row.get("code")
    return code if isinstance(code, str) and "project" not in row else None


def _name(row: Row) -> str:
    """What a row is about, as a form prints it; not the largest part that a row of a total names."""
    return "" if "largest_pct" in row else squeeze(str(row.get("item") or row.get("project") or ""))


def _same(printed: str, name: str) -> bool:
    return squeeze(printed) == squeeze(name)


def _section(row: Row) -> int | None:
    """The section of the narrative part; that of a project is one of the guidance catalogue."""
    return None if "project" in row else whole(row.get("section"))
