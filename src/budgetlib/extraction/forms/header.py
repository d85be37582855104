"""The header of a table: titles inside it, the words above each column, and what the columns therefore are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from budgetlib.core.money import parse_number
from budgetlib.core.text import squeeze
from budgetlib.definitions.forms import Form, panel_measure, stage_of
from budgetlib.definitions.measures import CHANGE, OTHER, PREVIOUS_YEAR
from budgetlib.definitions.vocabulary.amounts import amount_words
from budgetlib.extraction.forms.titles import (
    find_entity,
    find_unit,
    form_above,
    is_label,
    is_total,
    without_unit,
    without_years,
    years_in,
)
from budgetlib.pages.model import Cell, Grid

_PARTS = ("personnel", "operating")
"""What stays a part of the whole where it is the only measure of a panel."""
_UNIT_ALONE = re.compile(r"(金额|计量)?单位[:：]?(人民币)?[亿万千]?元")
_NO_NUMBER = re.compile(r"\*+|栏次|行次|栏目|[甲乙丙丁戊己]|[A-F]")
_LEVEL = re.compile(r"[类款项]")
"""The head of a column of codes, which may stand beside the numbers of the columns, or beside the first total."""
_COLUMN_NUMBER = re.compile(r"\(?(\d{1,2})\)?(?:[=＝][\d+\-*/,、.…~()（）]+)?")
_COUNTED = {"".join(map(str, range(1, last + 1))) for last in range(2, 60)}
"""The numbers of all columns one after the other, wherever cells divide them."""
_SKIPPED = 3
"""Columns are numbered one by one; labels among them may be left out."""
_LAST_LABEL = 3
"""Labels stand in the first columns (from 0): class, section, item, name."""
_TITLE_CELLS = 4
"""A row of more cells is no row of titles: label, title, entity and unit are four."""
_NUMBERED = re.compile(r"[(（]?[一二三四五六七八九十]+[)）、]|[①②③]|\d{1,2}[、.．)）]|[(（]\d")


@dataclass(frozen=True)
class FormColumn:
    """One column of a recognised form: where it stands and what its printed header says.

    Exactly one of `role` and `measure` is set. `panel` counts the halves side by side from 0. What is not `known` has
    a header that no rule knows.
    """

    index: int
    panel: int
    header: str
    role: str | None = None
    measure: str | None = None
    stage: str = "budget"
    known: bool = True

    @property
    def is_other(self) -> bool:
        """Whether it holds amounts of which no rule says what they are."""
        return self.measure is not None and self.measure.startswith(OTHER)


@dataclass(frozen=True)
class TableHeader:
    """What stands above the body of a grid: title lines inside it, and the header of each column."""

    titles: tuple[str, ...]
    headers: tuple[str, ...]
    body: int
    first: int


def _texts(grid: Grid, row: int) -> list[str]:
    return [squeeze(cell.text) for cell in grid.row(row)]


def is_numbering(texts: Sequence[str]) -> bool:
    """The row `1 2 3 …` (or `** ** 1 2`, `类 款 项 栏次 1=2+3 2`) that some forms print under their header."""
    kept = [t for t in texts if t and not _NO_NUMBER.fullmatch(t)]
    numbers = [t for t in kept if not _LEVEL.fullmatch(t)]
    digits = [int(match[1]) for t in numbers if (match := _COLUMN_NUMBER.fullmatch(t))]
    if len(numbers) > 1 and "".join(numbers) in _COUNTED:
        return True
    one_by_one = digits == [*range(digits[0], digits[0] + len(digits))] if digits else False
    if (one_by_one and len(digits) > _SKIPPED >= digits[0]) or (digits and "栏次" in texts):
        return True
    if numbers and len(digits) == len(numbers):
        return all(0 <= b - a <= _SKIPPED for a, b in pairwise(digits)) and digits[0] <= _SKIPPED
    return not kept and any(texts)


def _is_body(grid: Grid, row: int) -> bool:
    cells = [cell for cell in grid.row(row) if cell.text.strip()]
    texts = [squeeze(cell.text) for cell in cells]
    if not texts or is_numbering(texts):
        return False
    if any(parse_number(t) is not None for t in texts):
        return True
    if any(re.fullmatch(r"(?!20\d\d(年|预算))\[?\d{3,9}\]?[-—]?\D*", t) for t in texts[:3]):
        return True
    first = cells[0]
    within = first.column <= _LAST_LABEL and first.columns < grid.column_count
    if all(map(is_total, texts)) or (within and _NUMBERED.match(texts[0])):
        return True
    alone = grid.ruled and len(cells) == 1 and first.column == 0 and first.columns < grid.column_count
    return alone and row > 0 and all(cell.row == row for c in range(grid.column_count) if (cell := grid.cell(row, c)))


def _is_title_row(grid: Grid, row: int) -> bool:
    """A row above the header that holds a title, a label or the unit, not header words."""
    cells = [cell for cell in grid.row(row) if cell.text.strip()]
    if not cells:
        return True
    if len(cells) > _TITLE_CELLS:
        return False
    text = "".join(squeeze(cell.text) for cell in cells)
    if any(_UNIT_ALONE.match(squeeze(cell.text)) for cell in cells) or find_entity([text]) or is_label(text):
        return True
    return len(cells) == 1 and (find_unit([text]) is not None or form_above([cells[0].text]) is not None)


def read_header(grid: Grid) -> TableHeader:
    """Title rows inside the grid, the header of each column from top to bottom, and the first body row."""
    first = 0
    titles: list[str] = []
    while first < grid.row_count and _is_title_row(grid, first):
        titles += [cell.text.replace("\n", "") for cell in grid.row(first) if cell.text.strip()]
        first += 1
    body = first
    while body < grid.row_count and not _is_body(grid, body):
        body += 1
        if is_numbering(_texts(grid, body - 1)):
            break
    return _header(grid, tuple(titles), first, body)


def without_rows_below(grid: Grid, header: TableHeader, known: Sequence[Sequence[str]]) -> TableHeader:
    """`header` down to the rows `known` from the page before: what stands below them is body, even without amounts."""
    end = header.first + len(known)
    if known and end < header.body and all(_texts(grid, header.first + i) == list(row) for i, row in enumerate(known)):
        return _header(grid, header.titles, header.first, end)
    return header


def header_rows(grid: Grid, header: TableHeader) -> tuple[tuple[str, ...], ...]:
    """The texts of the rows of a header, by which it is known again."""
    return tuple(tuple(_texts(grid, row)) for row in range(header.first, header.body))


def _header(grid: Grid, titles: tuple[str, ...], first: int, body: int) -> TableHeader:
    headers = []
    levels = {body, *(row for row in range(first, body) if is_numbering(_texts(grid, row)))}
    for column in range(grid.column_count):
        path: list[str] = []
        above: Cell | None = None
        for row in range(first, min(body + 1, grid.row_count)):
            cell = grid.cell(row, column)
            if cell is None or cell is above:
                continue
            above = cell
            text = squeeze(cell.text)
            if _LEVEL.fullmatch(text) if row in levels else text:
                path.append(text)
        headers.append(">".join(path))
    return TableHeader(titles, tuple(headers), body, first)


def columns_of(form: Form, headers: Sequence[str]) -> tuple[FormColumn, ...]:
    """The columns of `form` under `headers`; a label column to the right of money opens a new panel."""
    columns: list[FormColumn] = []
    panel = 0
    money_seen = False
    years = sorted({year for header in headers for year in years_in(header)})
    for index, header in enumerate(headers):
        stage, words = _stage(form, without_unit(without_years(header)))
        rule = form.column(words) if header else None
        other = amount_words().other_header.search(header)
        if rule is None or (rule.measure and other):
            role, measure = (None, OTHER + header) if header and not other else ("skip", None)
        else:
            role, measure = rule.role, rule.measure and _period(header, years) + rule.measure
        if measure:
            money_seen = True
        elif role != "skip" and money_seen and (form.side == "panels" or _says_again(header, columns, panel)):
            panel, money_seen = panel + 1, False
        columns.append(FormColumn(index, panel, header, role, measure, stage, rule is not None or not header))
    return _with_totals(columns)


def _stage(form: Form, header: str) -> tuple[str, str]:
    """The stage of a column of `form`, and its header without the word for it, unless that is all it says."""
    named = stage_of(header) if form.stage == "final" else None
    if named is None:
        return form.stage, header
    return named[0], named[1].strip(">") or header


def _says_again(header: str, columns: Sequence[FormColumn], panel: int) -> bool:
    """True where a label column is headed like the first one of its panel: the same list goes on to its right."""
    first = next((c.header for c in columns if c.panel == panel and c.role not in (None, "skip")), "")
    return first.split(">")[-1] == header.split(">")[-1]


def _period(header: str, years: Sequence[int]) -> str:
    """`PREVIOUS_YEAR` or `CHANGE` where a column says that it is not about the budget year itself."""
    if re.search(r"增减|比(上年|20\d\d)|变化", header):
        return CHANGE
    if re.search(r"上年(?!.*(结转|结余|资金余额))|上年度预算", header):
        return PREVIOUS_YEAR
    stated = years_in(header)
    return PREVIOUS_YEAR if stated and len(years) > 1 and stated[0] < years[-1] else ""


def _with_totals(columns: list[FormColumn]) -> tuple[FormColumn, ...]:
    """Each panel with a `total`, and no measure twice; the second code column is the government one."""
    settled: list[FormColumn] = []
    kinds: list[str] = []
    for panel in sorted({c.panel for c in columns}):
        in_panel = _promoted([c for c in columns if c.panel == panel])
        measures = [c.measure for c in in_panel if c.measure]
        promoted: str | None = None
        if "total" not in measures:
            promoted = next((m for m in ("current_year", "three_public") if m in measures), None)
            if promoted is None and len(measures) == 1 and measures[0] not in _PARTS:
                promoted = measures[0]
        before = ">".join(c.header for c in settled if c.role)
        labels = [c.header for c in in_panel if panel and c.role]
        kind = next((k for label in labels if (k := panel_measure(label, before, kinds))), None)
        kinds += [kind] if kind else []
        seen: set[tuple[str, str]] = set()
        for c in in_panel:
            role, measure = c.role, c.measure
            if measure == promoted and measure is not None and (c.stage, "total") not in seen:
                measure = "total"
            if kind and measure == "total":
                measure = kind
            if (c.stage, measure) in seen or (role == "code" and (c.stage, "code") in seen):
                role, measure = ("gov_code", None) if role == "code" else (None, OTHER + c.header)
            seen.add((c.stage, measure or role or ""))
            settled.append(replace(c, role=role, measure=measure))
    return tuple(settled)


def _promoted(columns: list[FormColumn]) -> list[FormColumn]:
    """A panel whose only labels are of the government classification is about them."""
    labels = {"gov_item": "item", "gov_code": "code"}
    if {"item", "project", "unit"} & {c.role for c in columns}:
        return columns
    return [replace(c, role=labels.get(c.role or "", c.role)) for c in columns]


def printed_headers(columns: Iterable[FormColumn]) -> list[str]:
    """What the headers of columns say, without columns that have none."""
    return [column.header for column in columns if column.header]


def header_parts(headers: Iterable[str]) -> set[str]:
    """The words of single header cells among `headers`."""
    return {part for header in headers for part in header.split(">") if part}
