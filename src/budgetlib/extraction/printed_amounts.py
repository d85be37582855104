"""Page → the amounts of money printed on it, each with its place: the ink that a reading is held against.

An amount is a number before a unit of money (a threshold such as 100万元以上 is none); or one with decimals or
thousands separators and no other unit behind it; or a whole number in a column of money: one whose header says so,
or that holds such a number. Years, dates, codes, percentages, counts, scores, telephone and page numbers are none.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from budgetlib.core.money import is_exact, parse_number
from budgetlib.core.text import fold_each, squeeze
from budgetlib.definitions.vocabulary.amounts import amount_words
from budgetlib.extraction.forms.header import is_numbering
from budgetlib.pages.model import Cell, Grid, Line, Page, Spot

_NUMBERING = re.compile(r"\s*\d{1,2}(?:\.\d{1,2}){1,3}[、.]?\s*[^\d\s%.,]")
_CUT = re.compile(r"[\d.,]$")
_REST = re.compile(r"[\d.,]*\s?(?:[亿万千]?元|%)")
_YEAR = re.compile(r"(?:19|20)\d\d")


class PrintedAmount(NamedTuple):
    """An amount as printed: where the line or cell stands that holds it, and from where to where in its text."""

    text: str
    spot: Spot
    start: int
    end: int


class Span(NamedTuple):
    """A printed place that went into a table: a whole line or cell, or its text from `start` to `end`."""

    page_index: int
    spot: Spot
    start: int = 0
    end: int | None = None


class AmountCount(NamedTuple):
    """How many amounts a page prints, how many of them went into tables, and the others."""

    printed: int
    taken: int
    left: tuple[PrintedAmount, ...]


def count_amounts(page: Page, form_spots: Collection[Spot | None], spans: Iterable[Span]) -> AmountCount:
    """The amounts of a page held against what was taken from it, place by place.

    `form_spots` are the places that went into `lines`: each is an amount, however it looks. `spans` are the places
    that went into other tables, with whatever else stands there.
    """
    by_spot: dict[Spot, list[Span]] = defaultdict(list)
    for span in spans:
        by_spot[span.spot].append(span)
    amounts = printed_amounts(page)
    left = tuple(
        amount
        for amount in amounts
        if amount.spot not in form_spots and not any(_overlap(amount, span) for span in by_spot[amount.spot])
    )
    printed = len(amounts) + len(set(form_spots) - {amount.spot for amount in amounts})
    return AmountCount(printed, printed - len(left), left)


def _overlap(amount: PrintedAmount, span: Span) -> bool:
    return span.start < amount.end and (span.end is None or amount.start < span.end)


def printed_amounts(page: Page) -> list[PrintedAmount]:
    """The amounts of a page in reading order; empty where nothing says where it stands (plain text)."""
    amounts: list[PrintedAmount] = []
    cut = ""
    edge = max((line.box.x1 for line in page.lines if line.box), default=0.0)
    for block, below in pairwise([*page.blocks, None]):
        if isinstance(block, Grid):
            amounts += _in_grid(block)
        elif block is not None:
            rest = _rest(block, below, edge)
            amounts += _in_text(block, len(cut), rest, below.text if isinstance(below, Line) else "")
            cut = rest
    return amounts


def _rest(line: Line, below: Line | Grid | None, edge: float) -> str:
    """The end of a number that the line wraps: it stands at the beginning of the line below."""
    if not isinstance(below, Line) or not line.reaches(edge) or not _CUT.search(fold_each(line.text).rstrip()):
        return ""
    match = _REST.match(fold_each(below.text))
    return match[0] if match else ""


def _in_text(
    printed: Line | Cell, start: int = 0, rest: str = "", below: str = "", of_money: bool = False
) -> Iterator[PrintedAmount]:
    """The amounts in a line from `start` on, the last one going on with `rest`; or in a cell of words.

    `below` is the line below: a threshold may go on there. What stands behind a number that begins a cell in a column
    `of_money` is no unit.
    """
    words, text = amount_words(), fold_each(printed.text)
    if printed.spot is None:
        return
    if start == 0 and (numbering := _NUMBERING.match(text)):
        start = numbering.end() - 1
    whole = text.rstrip() + rest if rest else text
    for match in words.number.finditer(whole, start):
        money = words.money_unit.match(whole, match.end())
        end = money.end() if money else match.end()
        following = whole[end:] if whole[end:].strip() else fold_each(below)[len(rest) :]
        if match.start() >= len(text) or words.threshold.match(following.lstrip()):
            continue
        if money or (
            is_exact(match[0]) and ((of_money and match.start() == 0) or not words.other_unit.match(whole, match.end()))
        ):
            shown = printed.text[match.start() : end] + whole[len(text.rstrip()) : end] * bool(rest)
            yield PrintedAmount(shown, printed.spot, match.start(), min(end, len(text)))


def _in_grid(grid: Grid) -> Iterator[PrintedAmount]:
    """The amounts in a table, cell by cell."""
    money = [_is_of_money(grid, column) for column in range(grid.column_count)]
    for row in range(grid.row_count):
        counted = is_numbering([squeeze(cell.text) for cell in grid.row(row)])
        for cell in grid.row(row):
            if cell.spot is None or not cell.text.strip():
                continue
            if parse_number(cell.text) is None:
                yield from _in_text(cell, of_money=money[cell.column])
            elif money[cell.column] and not (counted or _is_of_other_unit(grid, cell)):
                yield PrintedAmount(re.sub(r"\s+", "", cell.text), cell.spot, 0, len(cell.text))


def _is_of_money(grid: Grid, column: int) -> bool:
    """Whether the numbers in a column are amounts: by its header, else by how one of them is printed."""
    words, head = amount_words(), _header(grid, column)
    if words.other_header.search(head):
        return False
    if words.money_header.search(head):
        return True
    texts = [cell.text for cell in grid.cells if cell.column == column and parse_number(cell.text) is not None]
    return any(is_exact(squeeze(text)) for text in texts)


def _header(grid: Grid, column: int) -> str:
    """What stands above the first number of a column, from top to bottom; empty where rows with numbers begin it."""
    texts: list[str] = []
    for row in range(grid.row_count):
        texts_of_row = [squeeze(cell.text) for cell in grid.row(row)]
        if any(parse_number(text) is not None for text in texts_of_row) and not is_numbering(texts_of_row):
            break
        cell = grid.cell(row, column)
        if cell and cell.row == row and (key := squeeze(cell.text)):
            texts.append(key)
    return ">".join(texts)


def _is_of_other_unit(grid: Grid, cell: Cell) -> bool:
    """True where the cell at the right is the unit of a number that is no money; also for a year."""
    beside = grid.cell(cell.row, cell.column + cell.columns)
    key = squeeze(beside.text) if beside else ""
    unit = amount_words().other_unit.match(key) if key else None
    return bool(unit and unit.end() == len(key)) or _YEAR.fullmatch(squeeze(cell.text)) is not None
