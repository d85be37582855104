"""Tables → budgets: each document with its forms and statements, completed by what others of one disclosure say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from operator import itemgetter
from typing import Any

import pandas as pd

from budgetlib.checks.budget import Budget, Form, Record, Row, Statement
from budgetlib.checks.figures import NOTHING, Figure, Place
from budgetlib.checks.wholeness import not_read_whole
from budgetlib.core.disclosures import of_either
from budgetlib.core.money import FACTORS, half_digit, numbers, parse_number
from budgetlib.core.text import squeeze
from budgetlib.definitions.forms import STAGES
from budgetlib.definitions.forms import forms as definitions
from budgetlib.tables.corpus import Corpus

_TABLES = (
    "pages",
    "lines",
    "statements",
    "sentences",
    "performance_projects",
    "department_targets",
    "catalogue",
    "catalogue_declarations",
)
_OF_EVERYTHING = ("budget_summary", "revenue", "expenditure")
_STATED_OF_EVERYTHING = ("revenue_total", "expenditure_total")
_ROUNDED = Decimal(100)
"""Yuan by which one total may differ in two files: 万元 with two decimals in the one, all digits in the other."""
_FEN = Decimal("0.01")


def budgets(corpus: Corpus) -> list[Budget]:
    """Every document of the corpus that was read at least in part, in the order of `documents`."""
    return budgets_of({name: _records(getattr(corpus, name)) for name in ("documents", *_TABLES)})


def budgets_of(records: Mapping[str, Sequence[Record]]) -> list[Budget]:
    """The same from the rows of each table, with all columns that it has."""
    documents = [record for record in records["documents"] if record["outcome"] in ("ok", "partial")]
    tables = {name: _grouped(records[name], "document_id") for name in _TABLES}
    alone = [
        _budget(record, {name: rows.get(record["document_id"], []) for name, rows in tables.items()})
        for record in documents
    ]
    together: dict[str, list[Budget]] = defaultdict(list)
    for budget in alone:
        together[_files_of(budget)].append(budget)
    everyone: list[Budget] = []
    catalogue = list(records["catalogue"])
    for budget in alone:
        siblings = sorted(together[_files_of(budget)], key=_lateness, reverse=True)
        completed = replace(_completed(budget, siblings), siblings=tuple(siblings))
        everyone.append(replace(completed, everyone=everyone, catalogue=catalogue))
    return everyone


def _lateness(budget: Budget) -> tuple[int, str]:
    """The version of a document, and of one version the day of its file: the later counts."""
    return budget.record.get("version") or 1, budget.record.get("file_date") or ""


def _disclosure(budget: Budget) -> str:
    """The disclosure that a document is part of; one that was put together by hand stands alone."""
    return budget.record["disclosure_id"] or budget.document_id


def _files_of(budget: Budget) -> str:
    """What a document shares with those that may be of its disclosure: tables alone do not say they are a unit's."""
    return of_either(_disclosure(budget))


def _records(frame: pd.DataFrame) -> list[Record]:
    """The rows of a frame, missing values as None."""
    names = list(frame.columns)
    columns = [[None if pd.isna(value) else value for value in frame[name].tolist()] for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _grouped(records: Sequence[Record], *columns: str) -> dict[Any, list[Record]]:
    """Records by what they have in `columns`, in order."""
    groups: dict[Any, list[Record]] = defaultdict(list)
    key = itemgetter(*columns)
    for record in records:
        groups[key(record)].append(record)
    return groups


def _budget(record: Record, tables: dict[str, list[Record]]) -> Budget:
    document_id = record["document_id"]
    forms = {
        name: Form(name, document_id)
        for page in tables["pages"]
        if page["outcome"] == "declared_empty"
        for name in (page["form"] or "").split(",")
    }
    repeated = []
    lines = [line for line in tables["lines"] if _is_own(line["form"], record["document_kind"])]
    for form, *others in _forms(document_id, lines):
        if others:
            repeated += [form, *others]
        else:
            forms[form.name] = form
    pages = tables["pages"]
    unread = not pages or any(page["outcome"] == "unreadable" for page in pages)
    jumps = any(page["out_of_sequence"] for page in pages)
    stages = frozenset(["final"] if record["document_kind"] == "final_accounts" else [*STAGES, None])
    statements = tuple(_statement(one, stages) for one in tables["statements"] if one["unit"] is None)
    not_whole = frozenset((document_id, one) for one in not_read_whole(pages, forms.values(), repeated))
    return Budget(document_id, record, forms, statements, tables, unread, jumps, not_whole, [], [], tuple(repeated))


def _is_own(form: str, document_kind: str) -> bool:
    """Whether a document of that kind prints the form of its own: plans are not held against outcomes."""
    known = definitions().get(form)
    return known is None or document_kind in ("other", known.document_kind)


def _completed(budget: Budget, siblings: list[Budget]) -> Budget:
    """`budget` with the forms and sections that only its siblings have; one whose totals are others is none."""
    forms, statements = dict(budget.forms), list(budget.statements)
    totals = _totals(budget)
    for sibling in siblings:
        others = _totals(sibling)
        agree = any(abs(one - other) <= _ROUNDED for one in totals for other in others)
        if not agree and ((totals and others) or _disclosure(sibling) != _disclosure(budget)):
            continue
        forms = {**sibling.forms, **forms}
        there = {statement.section for statement in statements}
        statements += [statement for statement in sibling.statements if statement.section not in there]
    not_whole = budget.not_read_whole.union(*(sibling.not_read_whole for sibling in siblings))
    return replace(budget, forms=forms, statements=tuple(statements), not_read_whole=not_whole)


def _totals(budget: Budget) -> set[Decimal]:
    """The totals of revenue and expenditure that a document prints or states, in yuan."""
    printed = {
        line["amount_yuan"]
        for line in budget.rows("lines")
        if line["form"] in _OF_EVERYTHING and line["row_kind"] == line["measure"] == "total"
    }
    return printed | {one.figure.value for one in budget.statements if one.measure in _STATED_OF_EVERYTHING}


def _forms(document_id: str, lines: list[Record]) -> Iterator[list[Form]]:
    """The forms that a document prints under each name: one, or several that differ."""
    figure_of = itemgetter("item", "measure", "amount_yuan")
    for name, of_form in _grouped(lines, "form").items():
        different = {tuple(map(figure_of, one)): one for one in _printed(of_form)}
        yield [_form(name, document_id, one) for one in different.values()]


def _printed(lines: Sequence[Record]) -> Iterator[Sequence[Record]]:
    """The lines of each form under one name: where rows are numbered from the first again, another one begins."""
    starts = [at for at, line in enumerate(lines) if at == 0 or line["row"] < lines[at - 1]["row"]]
    return (lines[start:end] for start, end in pairwise([*starts, len(lines)]))


def _form(name: str, document_id: str, lines: Sequence[Record]) -> Form:
    columns = _grouped(lines, "side", "measure").values()
    slacks = {id(line): slack for column in columns for line, slack in _column_slacks(column)}
    rows: dict[tuple[int, str, str | None], Row] = {}
    for line in lines:
        key = line["row"], line["side"], line["stage"]
        if key not in rows:
            rows[key] = _row(line)
        place = _place(line, form=line["form"], row=line["row"], code=line["code"])
        rows[key].amounts.setdefault(line["measure"], Figure(line["amount_yuan"], slacks[id(line)], (place,)))
    return Form(name, document_id, _once(list(rows.values())))


def _once(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows, of a total that every page prints again only that at the head of the form, or else at its foot."""
    totals: dict[object, list[Row]] = defaultdict(list)
    for row in rows:
        if row.kind == "total":
            amounts = tuple((measure, figure.value) for measure, figure in row.amounts.items())
            totals[row.side, row.stage, row.unit, row.item, amounts].append(row)
    again = [row for same in totals.values() for row in (same[1:] if same[0] is rows[0] else same[:-1])]
    return tuple(row for row in rows if not any(row is one for one in again))


def _place(record: Record, **about: Any) -> Place:
    """The place of a line or statement."""
    pictured = record["source"] == "ocr" and not record["confirmed"]
    doubtful = record["source"] != "ocr" and record["confirmed"] is False
    same = {name: record[name] for name in ("document_id", "page", "item", "measure")}
    return Place(**same, pictured=pictured, doubtful=doubtful, **about)


def _row(line: Record) -> Row:
    names = ("row", "side", "row_kind", "code", "item", "gov_item", "unit", "page", "stage")
    return Row(*(line[name] for name in names))


def _column_slacks(lines: list[Record]) -> Iterator[tuple[Record, Decimal]]:
    """The lines of a column, each with half of the last digit of its number: so far rounding may have moved it.

    A spreadsheet leaves trailing zeros out: a number with fewer decimals than others of its column is as exact as they
    are, unless it would not have fitted the cell with all of them. The longest number printed tells how wide that is.
    """
    numbers_printed = [parse_number(line["published_text"] or "") for line in lines]
    known = [number for number in numbers_printed if number is not None]
    decimals = max((_decimals(number) for number in known), default=0)
    width = max((len(number.as_tuple().digits) for number in known), default=0)
    zeros_kept = any(_decimals(number) and not number.as_tuple().digits[-1] for number in known)
    for line, number in zip(lines, numbers_printed, strict=True):
        unit = line["published_unit"]
        if number is None or unit not in FACTORS:
            yield line, half_digit(_FEN)
        elif zeros_kept or len(number.as_tuple().digits) + decimals - _decimals(number) > width:
            yield line, half_digit(number, unit)
        else:
            yield line, half_digit(Decimal(1).scaleb(-decimals), unit)


def _decimals(number: Decimal) -> int:
    return max(0, -int(number.as_tuple().exponent))


def _statement(record: Record, stages: frozenset[str | None]) -> Statement:
    """A stated figure; one of another stage than the document's own is a plan and not held against its outcomes."""
    place = _place(record, section=record["section"], heading=record["heading"])
    figure = Figure(record["value"], _stated_slack(record), (place,))
    measure = record["measure"] if record["stage"] in stages else f"plan:{record['measure']}"
    return Statement(record["section"], measure, record["item"], figure, record["sentence"], record["stage"])


def _stated_slack(record: Record) -> Decimal:
    """Half of the last digit with which a sentence prints a figure; counts and 0万元 (there is none) are exact."""
    if record["value_unit"] == "count":
        return NOTHING
    money = record["value_unit"] == "yuan"
    wanted = abs(record["value"])
    printed = [
        (number, unit or "万元")
        for _, _, number, unit in numbers(squeeze(record["sentence"]))
        if (unit == "%") == (record["value_unit"] == "percent")
    ]
    in_yuan = [(number, unit if money and unit in FACTORS else "元") for number, unit in printed]
    slacks = [half_digit(number, unit) for number, unit in in_yuan if number * FACTORS[unit] == wanted]
    if money and not wanted:
        return min((slack for slack in slacks if slack < half_digit(Decimal(0), "万元")), default=NOTHING)
    return min(slacks, default=half_digit(_finest_digit(wanted)))


def _finest_digit(value: Decimal) -> Decimal:
    """The place of the last digit of `value` that is not zero."""
    return Decimal((0, (1,), min(2, int(value.normalize().as_tuple().exponent))))
