"""What was misread in pictures: put right where the sums or the code beside it prove one reading, else left unread."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Literal

from budgetlib.core.money import parse_number, to_yuan
from budgetlib.core.text import squeeze
from budgetlib.definitions.codes import name_meant
from budgetlib.extraction.forms.lines import form_lines
from budgetlib.extraction.forms.ocr_confirm import confirm_lines
from budgetlib.extraction.forms.recognise import FormPiece, FormTable
from budgetlib.extraction.forms.rows import amount_cell
from budgetlib.extraction.records import LineRecord, spot_of
from budgetlib.pages.model import UNREAD, Cell, Page, Spot

_ALIKE_SHAPES = {"0": "OoDQ〇○", "1": "IiljL|!", "2": "Zz", "5": "Ss", "6": "b", "8": "B", "9": "gq"}
_LOOK_ALIKES = str.maketrans({shape: digit for digit, shapes in _ALIKE_SHAPES.items() for shape in shapes})
_SEPARATORS = re.compile(r"[.,·。、:;']")
_ALIKE = Decimal("0.9")
"""The share of a form's amounts that have the same number of decimals, where all are taken to be printed so."""
_Code = Literal["code", "gov_code", "economic_code"]
_Name = Literal["item", "gov_item", "economic_item"]
_NAMES: tuple[tuple[_Code, _Name], ...] = (
    ("code", "item"),
    ("gov_code", "gov_item"),
    ("economic_code", "economic_item"),
)
_SET_WRONG = re.compile(r"(?<![\d.,])\d{1,3}(?:[.,]\d{3})*\.\d{3}[.,]\d{2}(?!\d)(?=(?P<unit>亿元|万元|元))")


def repair_amounts(
    table: FormTable, money_unit: str, spending_units: Sequence[str] = ()
) -> tuple[FormTable, list[str]]:
    """A form with those amounts put right that were misread, as far as sums prove how; each is said in a sentence.

    Misread is what is no number, or has not the decimals that the form's other amounts have. It is read again with
    look-alikes taken for digits and its separators set as those of the others. The reading is taken when, with it, a
    sum of the form is exact to the fen; a number that no sum confirms either way is no longer one.
    """
    sentences: list[str] = []
    if all(piece.page.source != "ocr" for piece in table.pieces):
        return table, sentences
    decimals, alike = _decimals(table)
    sound = _confirmed(table, money_unit, spending_units)
    for number, piece in enumerate(table.pieces):
        if piece.page.source != "ocr":
            continue
        for cell in _money(piece):
            value = parse_number(cell.text)
            misread = re.search(r"\d", cell.text) if value is None else alike and _places(value) != decimals
            place = piece.page.number, cell.box
            if not misread or place in sound:
                continue
            reading = _reading(cell.text, decimals)
            repaired = _with_text(table, number, cell, reading) if reading else table
            if reading and place in _confirmed(repaired, money_unit, spending_units):
                table = repaired
                where = f"page {piece.page.number}, row {cell.row + 1}"
                sentences.append(f"{where}: {squeeze(cell.text)!r} was recognised; the sums prove {reading}")
            elif value is not None:
                table = _with_text(table, number, cell, cell.text + UNREAD)
    return table, sentences


def repair_names(lines: Iterable[LineRecord]) -> list[str]:
    """Put right names in lines read from pictures that their code proves; what was done, in a sentence each."""
    sentences: dict[str, None] = {}
    for line in lines:
        for code, name in _NAMES:
            printed, known = line[name], line[code]
            if line["source"] == "ocr" and known and printed and (meant := name_meant(known, printed)):
                sentences[f"page {line['page']}: {printed} was recognised; {known} is {meant}"] = None
                line[name] = meant
    return list(sentences)


def repair_prose(page: Page, amounts: Collection[Decimal]) -> tuple[Page, list[str]]:
    """A page read from a picture with figures like `3.229.82万元` put right, where the forms hold that amount.

    `amounts` are those of the forms, in yuan. What no form proves stays as it was recognised and is said.
    """
    if page.source != "ocr":
        return page, []
    left: list[str] = []

    def proved(match: re.Match[str]) -> str:
        digits = re.sub("[.,]", "", match[0])
        whole, rest = digits[:-2], digits[-2:]
        if to_yuan(Decimal(f"{whole}.{rest}"), match["unit"]) in amounts:
            return f"{int(whole):,}.{rest}"
        left.append(f"{match[0]}{match['unit']} is no figure, and no form proves what is printed")
        return match[0]

    lines = tuple(replace(line, text=_SET_WRONG.sub(proved, line.text)) for line in page.lines)
    return replace(page, lines=lines), left


def _money(piece: FormPiece) -> Iterator[Cell]:
    """The cells of a piece in which an amount is printed."""
    for row in range(piece.body, piece.grid.row_count):
        for column in piece.columns:
            if column.measure and (cell := amount_cell(piece, row, column)):
                yield cell


def _places(number: Decimal) -> int:
    return -int(number.as_tuple().exponent)


def _decimals(table: FormTable) -> tuple[int, bool]:
    """How many decimals most amounts of a form have, and whether nearly all have as many."""
    numbers = [parse_number(cell.text) for piece in table.pieces for cell in _money(piece)]
    counts = Counter(_places(number) for number in numbers if number is not None)
    if not counts:
        return 2, False
    decimals, count = counts.most_common(1)[0]
    return decimals, decimals > 0 and count >= _ALIKE * counts.total()


def _reading(text: str, decimals: int) -> str | None:
    """What may be printed where `text` was recognised; None where it cannot be an amount.

    >>> _reading("3.229.82", 2), _reading("S31,74", 2), _reading("12人", 2)
    ('3,229.82', '531.74', None)
    """
    plain = squeeze(text).translate(_LOOK_ALIKES)
    digits = _SEPARATORS.sub("", plain)
    if not digits.isascii() or not digits.isdigit() or len(digits) <= decimals:
        return None
    whole, rest = (digits[:-decimals], digits[-decimals:]) if decimals else (digits, "")
    grouped = f"{int(whole):,}" if len(_SEPARATORS.findall(plain)) > bool(decimals) else whole
    return f"{grouped}.{rest}" if rest else grouped


def _with_text(table: FormTable, number: int, cell: Cell, text: str) -> FormTable:
    """The form with `text` in the place of `cell` in piece `number`."""
    piece = table.pieces[number]
    grid = piece.grid.mapped(
        lambda other: replace(other, text=text) if other.box == cell.box and other.row == cell.row else other
    )
    return table.with_piece(replace(piece, grid=grid), number)


def _confirmed(table: FormTable, money_unit: str, spending_units: Sequence[str]) -> set[tuple[int | None, Spot | None]]:
    """The page and place of the amounts that a sum confirms."""
    lines, _ = form_lines(table, money_unit, spending_units)
    confirm_lines(lines)
    return {(line["page"], spot_of(line)) for line in lines if line["confirmed"]}
