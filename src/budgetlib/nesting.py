"""Which rows of a form are totals, which are subtotals and which are leaves.

Codes say it where they are printed. Elsewhere numbering, names and sums do: a row is the head of those
below it when they add up to it, and names decide between readings that the sums allow.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import Protocol

from budgetlib.recognise import is_total
from budgetlib.text import squeeze

HALF_LAST_DIGIT = Decimal("0.005")
_ORGANISATION = re.compile(
    r"(局|中心|办公室|委员会|委|院|所|队|馆|处|站|校|学|园|会|公司|厅|部|政府|监狱|中学|小学|法院|检察院|银行|招待所|基地|协会|本级|机关)"
    r"(本级)?([(\[].*[)\]])?$"
)
_PROJECT = re.compile(r"^(J|Z|XM|QT)|(费|经费|项目|资金|补助|补贴|支出|工程|建设|运维|服务|维护|租赁|改造|尾款)\d*([(].*[)])?$")
_GROUPS = re.compile(
    r"(机关)?(工资福利支出|商品和服务支出|资本性支出(\(.*\))?)|对个人和家庭的补助|对事业单位经常性补助|对事业单位资本性补助"
    r"|债务利息及费用支出|对企业补助(\(.*\))?|对社会保障基金补助|其他支出|人员(类)?经费|公用(类)?经费"
)
_LEVELS = (
    re.compile(r"^[一二三四五六七八九十]+[、.]"),
    re.compile(r"^(\([一二三四五六七八九十]+\)|\d{1,2}[、.])"),
    re.compile(r"^(\(\d{1,2}\)|[①-⑩]|\d\))"),
)


class RowLike(Protocol):
    """What `row_kinds` needs of a row."""

    printed: str
    code: str | None
    gov_item: str | None
    unit: str | None
    kind: str

    @property
    def item(self) -> str: ...

    def amount(self) -> Decimal | None: ...


def row_kinds(rows: Sequence[RowLike], strategy: str, units: Sequence[str]) -> None:
    """Set `kind` of each row (`total`, `subtotal`, `line`), and `unit` of project rows."""
    for row in rows:
        row.kind = "total" if is_total(squeeze(row.item)) else "line"
    if strategy == "summary":
        _by_numbering(rows)
    elif any(row.code for row in rows):
        _by_code(rows)
    elif strategy == "groups":
        _by_group(rows)
    elif strategy == "projects" and all(row.unit is None for row in rows):
        _projects(rows, units)
    elif strategy == "flat":
        _by_numbering(rows)
        _vehicles(rows)
    elif strategy in ("codes", "units"):
        _by_sums(rows)


def _by_code(rows: Sequence[RowLike]) -> None:
    codes = {row.code for row in rows if row.code}
    for row in rows:
        if row.kind == "line" and row.code and any(c != row.code and c.startswith(row.code) for c in codes):
            row.kind = "subtotal"


def _by_group(rows: Sequence[RowLike]) -> None:
    for row in rows:
        if row.kind == "line" and row.gov_item is None and _GROUPS.fullmatch(squeeze(row.item)):
            row.kind = "subtotal"


def _level(printed: str) -> int | None:
    text = squeeze(printed)
    if text.startswith("其中"):
        return len(_LEVELS)
    return next((i for i, pattern in enumerate(_LEVELS) if pattern.match(text)), None)


def _by_numbering(rows: Sequence[RowLike]) -> None:
    """一、 > （一） > 1.: a row is a subtotal when rows of a deeper numbering follow; 本年…合计 before 总计 too."""
    totals = [row for row in rows if row.kind == "total"]
    if any("总计" in row.item for row in totals):
        for row in totals:
            if "总计" not in row.item:
                row.kind = "subtotal"
    levels = [_level(row.printed) for row in rows]
    for row, level, deeper in zip(rows, levels, levels[1:], strict=False):
        if row.kind == "line" and level is not None and deeper is not None and level < deeper < len(_LEVELS):
            row.kind = "subtotal"
    for row in rows:
        if row.kind == "line" and squeeze(row.printed).startswith("其中") and _level(row.item) is None:
            row.kind = "subtotal"


def _vehicles(rows: Sequence[RowLike]) -> None:
    """Purchase and running cost of vehicles is the sum of the two rows below it."""
    names = [squeeze(row.item) for row in rows]
    if any(re.search(r"运行(维护)?费?$", n) and "购置及" not in n for n in names) or any(
        re.search(r"购置费?$", n) for n in names
    ):
        for row, name in zip(rows, names, strict=True):
            if re.search(r"购置[及和]运行", name):
                row.kind = "subtotal"
    for row, name in zip(rows, names, strict=True):
        if "三公" in name and row.kind == "line":
            row.kind = "total"


def _adds_up(head: Decimal, parts: Sequence[Decimal]) -> bool:
    return abs(head - sum(parts)) <= HALF_LAST_DIGIT * (len(parts) + 1)


def _by_sums(rows: Sequence[RowLike]) -> None:
    """Rows without codes: the nesting in which every head is the sum of its children and the roots of the total."""
    inner = [row for row in rows if row.kind == "line"]
    amounts = [row.amount() for row in inner]
    total = next((row.amount() for row in rows if row.kind == "total"), None)
    if total is None or None in amounts or len(inner) > 400:
        return
    numbers = [a for a in amounts if a is not None]
    for heads in _nestings(tuple(numbers), total):
        for i in heads:
            inner[i].kind = "subtotal"
        return


def _nestings(numbers: tuple[Decimal, ...], total: Decimal, depth: int = 3) -> list[frozenset[int]]:
    """The first nesting of `numbers` (in pre-order) whose roots sum to `total`, as the set of heads; [] if none."""

    @cache
    def trees(start: int, levels: int) -> tuple[tuple[int, frozenset[int]], ...]:
        found = []
        if levels > 1:
            for end, heads in forests(start + 1, numbers[start], levels - 1):
                found.append((end, heads | {start}))
        found.append((start + 1, frozenset[int]()))
        return tuple(found)

    @cache
    def forests(start: int, rest: Decimal, levels: int) -> tuple[tuple[int, frozenset[int]], ...]:
        found: dict[int, frozenset[int]] = {}
        if start < len(numbers) and numbers[start] <= rest + HALF_LAST_DIGIT * 4:
            for end, heads in trees(start, levels):
                left = rest - numbers[start]
                if abs(left) <= HALF_LAST_DIGIT * 4:
                    found.setdefault(end, heads)
                for further, more in forests(end, left, levels) if left > 0 else ():
                    found.setdefault(further, heads | more)
        return tuple(found.items())

    return [heads for end, heads in forests(0, total, depth) if end == len(numbers)][:1]


def _projects(rows: Sequence[RowLike], units: Sequence[str]) -> None:
    """Department row, unit rows, project rows: cheapest reading by sums and names (a unit may bear any name)."""
    inner = [row for row in rows if row.kind == "line"]
    if not inner:
        return
    numbers = [row.amount() or Decimal(0) for row in inner]
    has_total = len(inner) < len(rows)
    known = {squeeze(unit) for unit in units}
    as_unit = [_unit_cost(squeeze(row.item), known) for row in inner]
    headed = 0
    if len(inner) > 1 and _leads(numbers) and as_unit[0] <= 2:
        inner[0].kind = "subtotal" if has_total else "total"
        headed = 1
    heads = _unit_rows(numbers[headed:], as_unit[headed:])
    owner = inner[0].item if headed and not heads else None
    for i, row in enumerate(inner[headed:]):
        if i in heads:
            row.kind, owner = "subtotal", row.item
        row.unit = owner


def _leads(numbers: Sequence[Decimal]) -> bool:
    """True where the first row can be the sum of all others, counted once or with their unit rows."""
    head, rest = numbers[0], sum(numbers[1:])
    slack = HALF_LAST_DIGIT * (len(numbers) + 1)
    return abs(head - rest) <= slack or abs(2 * head - rest) <= 2 * slack or head == max(numbers) > 0 and head * 2 <= rest + slack


def _unit_cost(name: str, known: set[str]) -> int:
    if name in known:
        return 0
    if _PROJECT.search(name):
        return 6
    return 1 if _ORGANISATION.search(name) else 4


def _unit_rows(numbers: Sequence[Decimal], as_unit: Sequence[int]) -> set[int]:
    """The rows that head a run of projects: cheapest by name, and by whether the run adds up to its head."""
    count = len(numbers)
    flat = sum(4 - cost for cost in as_unit if cost < 4)
    best: list[tuple[float, tuple[int, ...]]] = [(float("inf"), ())] * count + [(0.0, ())]
    for start in range(count - 1, -1, -1):
        running = Decimal(0)
        as_project = 0
        for end in range(start + 1, count + 1):
            tail, heads = best[end]
            if end > start + 1:
                running += numbers[end - 1]
                as_project += max(0, 4 - as_unit[end - 1])
            misfit = 0 if end > start + 1 and abs(numbers[start] - running) <= HALF_LAST_DIGIT * (end - start) else 5
            cost = as_unit[start] + as_project + misfit + tail
            if cost < best[start][0]:
                best[start] = cost, (start, *heads)
    return set(best[0][1]) if count and best[0][0] < flat else set()
