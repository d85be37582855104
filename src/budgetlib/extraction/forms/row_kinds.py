"""Which rows of a form are totals, which are subtotals and which are leaves.

Codes, numbering and names propose a reading, the sums decide: the first reading whose leaves add up to
the printed total is taken. Where none adds up, the paper does not, and the first reading stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache

from budgetlib.core.text import squeeze
from budgetlib.extraction.forms.project_units import assign_units, half_last_digit
from budgetlib.extraction.forms.rows import PrintedRow
from budgetlib.extraction.forms.titles import is_total

_MAX_ROWS, _MAX_STEPS = 160, 60_000
"""Where the search for a nesting stops: no form needs as much, and a hostile one would take for ever."""
_ROUNDINGS = 6
"""Half last digits by which a sum of rounded amounts may be off."""
_DEPTH = 4
"""Levels of a nesting: class, section, item, and a unit above or a project below."""
_GROUPS = re.compile(
    r"(机关)?(工资福利支出|商品和服务支出|资本性支出(\(.*\))?)|对个人和家庭的补助|对事业单位经常性补助|对事业单位资本性补助"
    r"|债务利息及费用支出|对企业补助(\(.*\))?|对社会保障基金补助|其他支出|人员(类)?经费|公用(类)?经费"
)
_LEVELS = (
    re.compile(r"^[一二三四五六七八九十]+[、.]"),
    re.compile(r"^(\([一二三四五六七八九十]+\)|\d{1,2}[、.])"),
    re.compile(r"^(\(\d{1,2}\)|[①-⑩]|\d\))"),
)


def row_kinds(rows: Sequence[PrintedRow], strategy: str, spending_units: Sequence[str]) -> None:
    """Set `kind` of each row (`total`, `subtotal`, `line`), and `unit` of project rows.

    `strategy` is the form's `rows`; `spending_units` are names of spending units known from elsewhere.
    """
    if not rows:
        return
    _totals(rows)
    if strategy == "projects" and all(row.unit is None for row in rows):
        assign_units(rows, spending_units)
        if _adds_up(rows):
            return
    first: list[str] | None = None
    for kinds in _readings(rows, strategy):
        for row, kind in zip(rows, kinds, strict=True):
            row.kind = kind
        if _adds_up(rows):
            return
        first = first or kinds
    for row, kind in zip(rows, first or [row.kind for row in rows], strict=True):
        row.kind = kind


def _totals(rows: Sequence[PrintedRow]) -> None:
    """The grand totals: 总计 before 合计, never 本年…合计 or 小计 where there is another, nor those of a part alone."""
    labels = [squeeze(row.item) for row in rows]
    totals = [label for label in labels if is_total(label)]
    grand = (
        [label for label in totals if "总计" in label]
        or [label for label in totals if not re.search(r"本年|当年|小计|人员|公用|基本支出|项目支出", label)]
        or [label for label in totals if not re.search(r"人员|公用", label)]
    )
    for row, label in zip(rows, labels, strict=True):
        row.kind = "total" if label in grand else "subtotal" if is_total(label) else "line"
    if len(rows) == 1 and not rows[0].printed:
        rows[0].kind = "total"


def _readings(rows: Sequence[PrintedRow], strategy: str) -> Iterator[list[str]]:
    """Readings of which rows are heads, the likeliest first; each is a kind for every row."""
    named = [row.kind for row in rows]
    coded = any(row.code for row in rows)
    proposals = {
        "summary": (_by_numbering, _by_code),
        "flat": (_by_numbering, _vehicles, _by_code),
        "groups": (_by_code, _by_group) if coded else (_by_group,),
    }.get(strategy, (_by_code,) if coded else ())
    for propose in proposals:
        yield [kind if kind != "line" else new for kind, new in zip(named, propose(rows), strict=True)]
    yield named
    by_sums = _by_sums(rows, named)
    if by_sums:
        yield by_sums


def _adds_up(rows: Sequence[PrintedRow]) -> bool:
    """True where the leaves sum to the total (to the last printed digit of each)."""
    totals = [row.amount() for row in rows if row.kind == "total"]
    leaves = [row.amount() for row in rows if row.kind == "line"]
    if not totals or totals[0] is None:
        return False
    amounts = [a for a in leaves if a is not None]
    return abs(totals[0] - sum(amounts)) <= half_last_digit([totals[0], *amounts]) * (len(leaves) + 1)


def _by_code(rows: Sequence[PrintedRow]) -> list[str]:
    codes = {row.code for row in rows if row.code}
    heads = {code for code in codes if any(c != code and c.startswith(code) for c in codes)}
    return ["subtotal" if row.code in heads else "line" for row in rows]


def _by_group(rows: Sequence[PrintedRow]) -> list[str]:
    return ["subtotal" if row.gov_item is None and _GROUPS.fullmatch(squeeze(row.item)) else "line" for row in rows]


def _level(printed: str) -> int | None:
    text = squeeze(printed)
    if text.startswith("其中"):
        return len(_LEVELS)
    return next((i for i, pattern in enumerate(_LEVELS) if pattern.match(text)), None)


def _by_numbering(rows: Sequence[PrintedRow]) -> list[str]:
    """一、 > （一） > (1): a row is a head when rows of a deeper numbering follow; 其中 alone is no part of the sum."""
    levels = [_level(row.printed) for row in rows]
    kinds = []
    for row, level, deeper in zip(rows, levels, [*levels[1:], None], strict=True):
        if level is not None and deeper is not None and level < deeper < len(_LEVELS):
            kinds.append("subtotal")
        else:
            aside = squeeze(row.printed).startswith("其中") and _level(row.item) is None
            kinds.append("subtotal" if aside else "line")
    return kinds


def _vehicles(rows: Sequence[PrintedRow]) -> list[str]:
    """Purchase and running cost of vehicles is the sum of the two rows below it."""
    return ["subtotal" if re.search(r"购置[及和]运行", squeeze(row.item)) else "line" for row in rows]


def _by_sums(rows: Sequence[PrintedRow], named: Sequence[str]) -> list[str] | None:
    """The nesting in which every head is the sum of its children and the roots sum to the total.

    Where no row is called a total, the first may be it (a department above its own items).
    """
    inner = [i for i, row in enumerate(rows) if named[i] == "line" and row.amount() is not None]
    total = next((row.amount() for row, kind in zip(rows, named, strict=True) if kind == "total"), None)
    kinds = list(named)
    if total is None and len(inner) > 1 and "total" not in named and not rows[inner[0]].code:
        total = rows[inner[0]].amount()
        kinds[inner[0]] = "total"
        inner = inner[1:]
    if total is None or not 0 < len(inner) <= _MAX_ROWS:
        return None
    heads = _nesting(tuple(rows[i].amount() or Decimal(0) for i in inner), total)
    if heads is None:
        return None
    for head in heads:
        kinds[inner[head]] = "subtotal"
    return kinds


def _nesting(numbers: tuple[Decimal, ...], total: Decimal, depth: int = _DEPTH) -> frozenset[int] | None:
    """Heads of a nesting of `numbers` (in pre-order) whose roots sum to `total`; None where there is none."""
    steps = 0
    slack = half_last_digit([*numbers, total]) * _ROUNDINGS

    @cache
    def forests(start: int, rest: Decimal, levels: int) -> tuple[tuple[int, frozenset[int]], ...]:
        nonlocal steps
        steps += 1
        reached: dict[int, frozenset[int]] = {}
        if start >= len(numbers) or steps > _MAX_STEPS:
            return ()
        left = rest - numbers[start]
        inside = forests(start + 1, numbers[start], levels - 1) if levels > 1 and numbers[start] else ()
        for end, heads in (*((e, h | {start}) for e, h in inside), (start + 1, frozenset[int]())):
            if abs(left) <= slack:
                reached.setdefault(end, heads)
            if left > slack or (end < len(numbers) and numbers[end] == 0):
                for further, more in forests(end, left, levels):
                    reached.setdefault(further, heads | more)
        return tuple(reached.items())

    return next((heads for end, heads in forests(0, total, depth) if end == len(numbers)), None)
