"""What a page offers to tell which row is part of which: codes, units, indentation, numbering, names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from budgetlib.core.text import squeeze
from budgetlib.extraction.forms.nesting import Nesting, from_levels, levels_of_indents
from budgetlib.extraction.forms.project_units import is_unit, unit_levels
from budgetlib.extraction.forms.rows import PrintedRow

_GROUPS = re.compile(
    r"(机关)?(工资福利支出|商品和服务支出|资本性支出(\(.*\))?)|对个人和家庭的补助|对事业单位经常性补助|对事业单位资本性补助"
    r"|债务利息及费用支出|对企业补助(\(.*\))?|对社会保障基金补助|其他支出|人员(类)?经费|公用(类)?经费"
)
_LEVELS = (
    re.compile(r"^[一二三四五六七八九十]+[、.]"),
    re.compile(r"^\([一二三四五六七八九十]+\)"),
    re.compile(r"^\d{1,2}[、.]"),
    re.compile(r"^(\(\d{1,2}\)|[①-⑩]|\d\))"),
)
_UNITS, _CODES = 0, 100
"""The levels below which units with a code and classes begin; units without a code stand above."""

Rows = Sequence[PrintedRow]


def readings(rows: Rows, strategy: str, known_units: Sequence[str], has_total: bool) -> Iterator[Nesting]:
    """The readings that the page offers, those first that fit the form's `strategy`; last, that no row heads another.

    `known_units` are names of spending units known from elsewhere, `has_total` says whether the total has a row.
    """
    known = {squeeze(unit) for unit in known_units}
    for evidence in {
        "codes": (_by_code, _by_unit_code, _by_indent),
        "groups": (_by_code, _by_group, _by_indent),
        "summary": (_by_numbering, _by_indent, _by_code),
        "units": (_by_unit_code, _by_indent),
        "projects": (_by_unit_code, partial(_by_unit_name, has_total=has_total), _by_column, _by_indent),
        "flat": (_by_vehicles, _by_numbering, _by_unit_code, _by_code, _by_indent),
    }[strategy]:
        yield from evidence(rows, known)
    yield from_levels("order", [0] * len(rows))


def _by_code(rows: Rows, known: set[str]) -> Iterator[Nesting]:
    """A code is part of the last one that it begins with, and of the unit above; rows without one are tried as both.

    They head what follows (a unit among codes, the department above its units), or belong to the code above.
    """
    if not any(row.code for row in rows):
        return
    units = _units(rows, known)
    levels = _code_levels(rows, above=True)
    yield replace(from_levels("codes", levels), units=units)
    if not all(row.code or row.unit_code for row in rows):
        first_code = next(i for i, row in enumerate(rows) if row.code)
        beside = [level if i < first_code else max(level, _UNITS - 1) for i, level in enumerate(levels)]
        yield replace(from_levels("codes below units side by side", beside), units=units)
        below = _code_levels(rows, above=False)
        yield replace(from_levels("codes with rows below them", below), units=units)


def _code_levels(rows: Rows, above: bool) -> list[int]:
    """The levels of rows with codes; rows without one are as many levels above the next code as rows away from it."""
    levels: list[int] = []
    open_codes: list[str] = []
    for i, row in enumerate(rows):
        if not row.code and (row.unit_code or above):
            open_codes = []
        if row.code:
            while open_codes and (open_codes[-1] == row.code or not row.code.startswith(open_codes[-1])):
                open_codes.pop()
            levels.append(_CODES + len(open_codes))
            open_codes.append(row.code)
        elif row.unit_code:
            levels.append(_UNITS + len(row.unit_code))
        elif above:
            until_code = next((n for n, other in enumerate(rows[i:]) if other.code), len(rows) - i)
            levels.append(_UNITS - until_code)
        else:
            levels.append(_CODES + len(open_codes))
    return levels


def _by_unit_code(rows: Rows, known: set[str]) -> Iterator[Nesting]:
    """A longer code of a unit is part of the shorter one above; what bears none is part of the unit above it."""
    lengths = sorted({len(row.unit_code) for row in rows if row.unit_code})
    if lengths:
        levels = [lengths.index(len(row.unit_code)) if row.unit_code else len(lengths) for row in rows]
        units = frozenset(i for i, row in enumerate(rows) if row.unit_code)
        yield replace(from_levels("unit codes", levels), units=units)


def _by_unit_name(rows: Rows, known: set[str], has_total: bool) -> Iterator[Nesting]:
    for levels, units in unit_levels(rows, known, has_total):
        yield replace(from_levels("names", levels), units=units)


def _by_group(rows: Rows, known: set[str]) -> Iterator[Nesting]:
    """Economic items below their group, groups below the unit that is named above them."""
    units = _units(rows, known)
    levels = []
    for i, row in enumerate(rows):
        if i in units:
            until_group = next((n for n in range(i, len(rows)) if n not in units), len(rows)) - i
            levels.append(-until_group)
        else:
            levels.append(0 if row.gov_item is None and _GROUPS.fullmatch(squeeze(row.item)) else 1)
    if 0 in levels:
        yield replace(from_levels("groups", levels), units=units)


def _numbering(printed: str) -> int | None:
    """How deep a label is numbered, also behind 其中; None where it is not."""
    text = squeeze(printed).removeprefix("其中").lstrip(":")
    return next((i for i, pattern in enumerate(_LEVELS) if pattern.match(text)), None)


def _asides(rows: Rows) -> frozenset[int]:
    """The rows that name a part of the row above (其中) and are numbered in no list."""
    named = [squeeze(row.printed).startswith("其中") and _numbering(row.printed) is None for row in rows]
    return frozenset(i for i, aside in enumerate(named) if i and aside)


def _by_numbering(rows: Rows, known: set[str]) -> Iterator[Nesting]:
    """一、 > （一） > 1、 > (1): a row heads those of a deeper numbering below it; 其中 alone is no part of the sum."""
    asides = _asides(rows)
    levels: list[int] = []
    for i, number in enumerate(map(_numbering, (row.printed for row in rows))):
        unnumbered = levels[i - 1] + 1 if i in asides else 0
        levels.append(unnumbered if number is None else number)
    if any(levels):
        yield from_levels("numbering", levels, asides)


def _by_vehicles(rows: Rows, known: set[str]) -> Iterator[Nesting]:
    """Purchase and running cost of vehicles is the sum of the two rows below it."""
    levels: list[int] = []
    for row in rows:
        item = squeeze(row.item)
        whole = re.search(r"购置[及和]运行", item) is not None
        levels.append(1 if levels and not whole and re.search(r"用车.*(购置|运行)|^(购置|运行)", item) else 0)
    if 1 in levels:
        yield from_levels("vehicles", levels)


def _by_column(rows: Rows, known: set[str]) -> Iterator[Nesting]:
    """What stands in a column further right is part of the last row whose label stands further left."""
    if None not in (columns := [row.column for row in rows]) and len(set(columns)) > 1:
        yield from_levels("columns of labels", [column or 0 for column in columns])


def _by_indent(rows: Rows, known: set[str]) -> Iterator[Nesting]:
    """What is set further right is part of the last row further left."""
    units, asides = _units(rows, known), _asides(rows)
    for evidence, indents in (
        ("indentation", [row.indent for row in rows]),
        ("indentation of codes", [row.code_indent for row in rows]),
    ):
        if levels := levels_of_indents(indents):
            yield replace(from_levels(evidence, levels), units=units)
            if asides:
                yield replace(from_levels(f"{evidence} beside 其中", levels, asides), units=units)


def _units(rows: Rows, known: set[str]) -> frozenset[int]:
    """The rows that name a unit: by its code, in a column of its own, or without a code as units are named."""
    return frozenset(
        i
        for i, row in enumerate(rows)
        if row.unit_code or row.unit_heads or (row.code is None and is_unit(squeeze(row.item), known))
    )
