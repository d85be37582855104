"""Which grid is which statutory form, joined over pages – or why not.

A form is known by its title above (or inside) the grid and by its header words; a grid without a title
goes on with the form before it where its columns are the same. Nothing is guessed: what is not
recognised is returned with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from budgetlib.forms import Form, form_titled, panel_measure
from budgetlib.money import is_blank, parse_number
from budgetlib.pages import Cell, Grid, Line, Page
from budgetlib.text import squeeze

_LABEL = re.compile(
    r"^(?:附[件录]?\d*[:：]?)?(?:[一-鿿]{0,6}?表(?:[一二三四五六七八九十]+|\d{1,2}?(?=20\d\d)|\d{1,2})|[一-鿿]{0,6}?\d{1,2}表|附[件表]\d{1,2})"
    r"(?:-\d+)?[:：]?"
)
_NUMBER = re.compile(r"^(?:[(（]?[一二三四五六七八九十]+[)）、.]|\d{1,2}[、.．—-]?(?=[^\d年]))")
_TAIL = re.compile(r"(?:(?:金额|计量)?单位[:：].*|(?:部门|单位|编制单位|预算单位)(?:名称)?[:：].*|[(（](?:续\d*|续表|\d+|[^()（）]{0,6}表\d{1,2}|单位[^)）]*|万元|元)[)）]|续表?)$")
_YEAR = re.compile(r"(20\d\d)年度?")
_UNIT = re.compile(r"(?:单位|计量单位|金额单位)\s*[:：]?\s*(人民币)?(亿元|万元|千元|元)|[(（](亿元|万元|千元|元)[)）]")
_ENTITY = re.compile(
    r"(?:(?:部门|单位)(?:[(（]单位[)）])?(?:名称)?|编制单位|填报单位|预算单位|填报部门|预算部门)[:：]\s*(?P<entity>.+?)"
    r"(?=[\s　]*(?:金额)?单位\s*[:：]|$)"
)
_MONEY_UNIT = re.compile(r"(人民币)?(亿|万|千)?元")
_NOT_A_TITLE = re.compile(r"[。;；]|\.{4,}|…|详见|见附|^注[:：]|^备注")
_TOTALS = re.compile(r"(?:本年|当年|本年度|预算)?(?:收支|收入|支出|部门|单位)?(?:预算)?(?:合|总|小)计(?:数)?")
_NUMBERED = re.compile(r"[(（]?[一二三四五六七八九十]+[)）、]|[①②③]|\d{1,2}[、.．)）]|[(（]\d")
_HEADER_WORD = re.compile(r"(编码|名称|预算数)$|^(项目|收入|支出|金额|合计|小计|(基本|项目)支出)$")
_MAX_TITLE = 70
_EDGE_TOLERANCE = 8.0


@dataclass(frozen=True)
class Column:
    """One column of a recognised form: where it stands and what its printed header says.

    Exactly one of `role` and `measure` is set. `panel` counts the halves side by side from 0.
    """

    index: int
    panel: int
    header: str
    role: str | None = None
    measure: str | None = None


@dataclass(frozen=True)
class Piece:
    """The part of a form that one grid shows: `body` is the first row below the head."""

    page: Page
    page_index: int
    grid: Grid
    body: int
    columns: tuple[Column, ...]


@dataclass
class Sheet:
    """One form of a document, joined over its pages."""

    form: Form
    title: str
    columns: tuple[Column, ...]
    unit: str | None
    entity: str | None
    year: int | None
    pieces: list[Piece] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What a reader of the ledger should know about the form as a whole."""
    remarks: list[str] = field(default_factory=list)
    """Cells that hold no amount where one is expected."""


@dataclass(frozen=True)
class Unknown:
    """A grid that looks like money and was not understood, and why."""

    page: Page
    page_index: int
    grid: Grid
    reason: str


@dataclass(frozen=True)
class Head:
    """What stands above the body of a grid: title lines inside it, and the header of each column."""

    titles: tuple[str, ...]
    headers: tuple[str, ...]
    body: int
    first: int


def clean_title(line: str) -> str:
    """A title as forms know it: squeezed, without label, numbering and year.

    >>> clean_title("预算公开表1 2026年预算收支总表"), clean_title("表2：2026年市级部门收入预算总表")
    ('预算收支总表', '市级部门收入预算总表')
    """
    rest = squeeze(line)
    for pattern in (_LABEL, _NUMBER):
        stripped = pattern.sub("", rest, count=1)
        rest = stripped or rest
    return _TAIL.sub("", _YEAR.sub("", rest)).removeprefix("年度").removeprefix("年")


def is_total(label: str) -> bool:
    """True for 合计, 部门合计, 本年支出合计, 收入总计 and their kin."""
    return _TOTALS.fullmatch(label) is not None


def _form_titled(lines: Sequence[str]) -> tuple[Form, str] | None:
    """The form whose title stands nearest above, and the title as printed; a title may run over two lines."""
    squeezed = [squeeze(line) for line in lines]
    for i in range(len(squeezed) - 1, max(-1, len(squeezed) - 12), -1):
        alone = _form_of(squeezed[i])
        before = squeezed[i - 1] if i else ""
        joined = _form_of(before + squeezed[i]) if before and not before.endswith("表") else None
        if joined and joined is not alone:
            return joined, before + squeezed[i]
        if alone:
            return alone, squeezed[i]
    return None


def _form_of(line: str) -> Form | None:
    if len(line) > _MAX_TITLE or _NOT_A_TITLE.search(line):
        return None
    return form_titled(clean_title(line))


def _texts(grid: Grid, row: int) -> list[str]:
    return [squeeze(cell.text) for cell in grid.row(row)]


def _is_numbering(texts: Sequence[str]) -> bool:
    """The row `1 2 3 …` (or `** ** 1 2`, `栏次`) that some forms print under their header."""
    kept = [t for t in texts if t and t not in ("**", "*", "栏次", "行次")]
    digits = [int(t) for t in kept if re.fullmatch(r"\d{1,2}", t)]
    if kept and len(digits) == len(kept):
        return all(b - a in (0, 1) for a, b in zip(digits, digits[1:], strict=False)) and digits[0] <= 2
    return not kept and any(texts)


def _is_body(grid: Grid, row: int) -> bool:
    cells = [cell for cell in grid.row(row) if cell.text.strip()]
    texts = [squeeze(cell.text) for cell in cells]
    if not texts or _is_numbering(texts):
        return False
    if any(parse_number(t) is not None for t in texts):
        return True
    if any(re.fullmatch(r"(?!20\d\d(年|预算))\[?\d{3,9}\]?[-—]?\D*", t) for t in texts[:3]):
        return True
    first = cells[0]
    if all(map(is_total, texts)) or (_NUMBERED.match(texts[0]) and first.column <= 3 and first.columns < grid.column_count):
        return True
    return len(cells) == 1 and first.column == 0 and first.columns < grid.column_count and row > 0


def _is_title_row(grid: Grid, row: int) -> bool:
    """A row above the header that holds a title, a label or the unit, not header words."""
    cells = [cell for cell in grid.row(row) if cell.text.strip()]
    if not cells:
        return True
    if len(cells) > 4:
        return False
    text = "".join(squeeze(cell.text) for cell in cells)
    if _UNIT.search(text) or find_entity([text]) or _LABEL.fullmatch(text):
        return True
    return len(cells) == 1 and _form_titled([cells[0].text]) is not None


def read_head(grid: Grid) -> Head:
    """Title rows inside the grid, the header of each column from top to bottom, and the first body row."""
    first = 0
    titles: list[str] = []
    while first < grid.row_count and _is_title_row(grid, first):
        titles += [cell.text.replace("\n", "") for cell in grid.row(first) if cell.text.strip()]
        first += 1
    body = first
    while body < grid.row_count and not _is_body(grid, body):
        body += 1
        if _is_numbering([t for t in _texts(grid, body - 1) if t]):
            break
    headers = []
    rows = [row for row in range(first, body) if not _is_numbering([t for t in _texts(grid, row) if t])]
    for column in range(grid.column_count):
        path: list[str] = []
        above: Cell | None = None
        for row in rows:
            cell = grid.cell(row, column)
            if cell is None or cell is above:
                continue
            above = cell
            if text := squeeze(cell.text):
                path.append(text)
        headers.append(">".join(path))
    return Head(tuple(titles), tuple(headers), body, first)


def _columns(form: Form, headers: Sequence[str]) -> tuple[Column, ...]:
    """The columns of `form` under `headers`; a label column to the right of money opens a new panel."""
    columns: list[Column] = []
    panel = 0
    money_seen = False
    years = sorted({int(year) for header in headers for year in _YEAR.findall(header)})
    for index, header in enumerate(headers):
        rule = form.column(_YEAR.sub("", header)) if header else None
        if rule is None:
            role, measure = (None, f"other:{header}") if header else ("skip", None)
        else:
            role, measure = rule.role, rule.measure and _period(header, years) + rule.measure
        if measure:
            money_seen = True
        elif role != "skip" and money_seen and form.side == "panels":
            panel, money_seen = panel + 1, False
        columns.append(Column(index, panel, header, role, measure))
    return _settled(columns)


def _period(header: str, years: Sequence[int]) -> str:
    """`previous_year:` or `change:` where a column says that it is not about the budget year itself."""
    if re.search(r"增减|比上年|变化", header):
        return "change:"
    if re.search(r"上年(?!.*(结转|结余|资金余额))|上年度预算", header):
        return "previous_year:"
    stated = [int(year) for year in _YEAR.findall(header)]
    return "previous_year:" if stated and len(years) > 1 and stated[0] < years[-1] else ""


def _settled(columns: list[Column]) -> tuple[Column, ...]:
    """Each panel with a `total`, and no measure twice; the second code column is the government one."""
    settled: list[Column] = []
    for panel in sorted({c.panel for c in columns}):
        own = [c for c in columns if c.panel == panel]
        measures = [c.measure for c in own if c.measure]
        promoted = None
        if "total" not in measures:
            promoted = next((m for m in ("current_year", "three_public") if m in measures), None)
            if promoted is None and len(measures) == 1:
                promoted = measures[0]
        kind = next((k for c in own if panel and c.role and (k := panel_measure(c.header))), None)
        seen: set[str] = set()
        for c in own:
            role, measure = c.role, c.measure
            if measure == promoted and measure is not None:
                measure, promoted = "total", None
            if kind and measure == "total":
                measure = kind
            if measure in seen or (role == "code" and "code" in seen):
                role, measure = ("gov_code", None) if role == "code" else (None, f"other:{c.header}")
            seen.add(measure or role or "")
            settled.append(Column(c.index, c.panel, c.header, role, measure))
    return tuple(settled)


def _carried_over(sheet: Sheet, grid: Grid) -> tuple[Column, ...] | None:
    """The columns of `sheet` as they stand in `grid`, which shows no header; None where they do not fit.

    Columns are matched by their place on the paper; a grid may lack or split columns that say nothing.
    """
    last = sheet.pieces[-1]
    if not (grid.edges and last.grid.edges):
        return last.columns if last.grid.column_count == grid.column_count else None
    found: dict[int, Column] = {}
    for column in last.columns:
        left, right = last.grid.edges[column.index], last.grid.edges[column.index + 1]
        overlaps = [
            (min(right, grid.edges[i + 1]) - max(left, grid.edges[i]), i) for i in range(grid.column_count) if i not in found
        ]
        share, index = max(overlaps, default=(0.0, -1))
        if share > 0.6 * (right - left):
            found[index] = Column(index, column.panel, column.header, column.role, column.measure)
        elif column.role != "skip":
            return None
    if abs(grid.edges[0] - last.grid.edges[0]) > _EDGE_TOLERANCE or abs(grid.edges[-1] - last.grid.edges[-1]) > _EDGE_TOLERANCE:
        return None
    return tuple(found[index] for index in sorted(found))


def is_performance(above: Sequence[str], grid: Grid) -> bool:
    """True for a performance-target table (绩效目标表) or a piece of one."""
    words = "".join(map(squeeze, above[-4:])) + "".join(squeeze(cell.text) for cell in grid.cells)
    return re.search(r"绩效目标|绩效指标|[一二三]级指标|(数量|质量|时效|成本|满意度)指标", words) is not None


def _looks_like_money(grid: Grid) -> bool:
    amounts = sum(
        1 for cell in grid.cells if re.search(r"[.,]", cell.text) and parse_number(cell.text) is not None
    )
    return amounts >= 2


def find_unit(texts: Iterable[str]) -> str | None:
    """The money unit that `texts` state last (it stands nearest to the table); None where none is stated."""
    unit = None
    for text in texts:
        for match in _UNIT.finditer(squeeze(text)):
            unit = match[2] or match[3]
    return unit


def find_entity(texts: Iterable[str]) -> str | None:
    """The department or unit that the lines above a form name, as printed."""
    entity = None
    for text in texts:
        if (match := _ENTITY.search(text.strip())) and not _MONEY_UNIT.fullmatch(named := re.sub(r"\s+", "", match["entity"])):
            entity = named
    return entity


def recognise(pages: Sequence[Page]) -> tuple[list[Sheet], list[Unknown]]:
    """The forms of a document in printed order, and the money tables that were not understood."""
    sheets: list[Sheet] = []
    unknown: list[Unknown] = []
    context: list[str] = []
    current: Sheet | None = None
    for page_index, page in enumerate(pages):
        for block in page.blocks:
            if isinstance(block, Line):
                context.append(block.text)
                continue
            head = read_head(block)
            above = [*context[-12:], *head.titles]
            context = []
            found = _form_titled(above)
            if found is None and is_performance(above, block):
                current = None
                continue
            if found is None and current is not None and (columns := _goes_on(current, block, head)):
                body = head.body if _repeats(current, head) else head.first
                current.pieces.append(Piece(page, page_index, block, body, columns))
                continue
            if found is None:
                current = None
                if _looks_like_money(block):
                    unknown.append(Unknown(page, page_index, block, _why_unknown(above, head)))
                continue
            sheet = _sheet(*found, above, head)
            piece = Piece(page, page_index, block, head.body, sheet.columns)
            if current is not None and _is_repeat(current, sheet):
                current.pieces.append(piece)
            elif problem := _missing(sheet):
                if _looks_like_money(block):
                    unknown.append(Unknown(page, page_index, block, f"{found[1]}: {problem}"))
                current = None
            else:
                current = sheet
                sheet.pieces.append(piece)
                sheets.append(sheet)
    return sheets, unknown


def _sheet(form: Form, title: str, above: Sequence[str], head: Head) -> Sheet:
    year = _YEAR.search(title) or next((m for m in map(_YEAR.search, map(squeeze, head.titles)) if m), None)
    return Sheet(
        form,
        title,
        _columns(form, head.headers),
        find_unit([*above, *head.headers]),
        find_entity(above),
        int(year[1]) if year else None,
    )


def _missing(sheet: Sheet) -> str | None:
    """Why the columns of a titled form cannot be understood; None where they can."""
    if not any(c.measure and not c.measure.startswith("other:") for c in sheet.columns):
        headers = ", ".join(c.header for c in sheet.columns if c.header)
        return f"no column header is known ({headers or 'none printed'})"
    return None


def _is_repeat(current: Sheet, sheet: Sheet) -> bool:
    """True where the same form goes on under a title repeated in full."""
    return (
        current.form.name == sheet.form.name
        and clean_title(current.title) == clean_title(sheet.title)
        and current.entity == sheet.entity
        and current.year == sheet.year
        and [c.header for c in current.columns] == [c.header for c in sheet.columns]
    )


def _goes_on(current: Sheet, grid: Grid, head: Head) -> tuple[Column, ...] | None:
    """The columns of an untitled grid that continues `current`; None where it has a header of its own."""
    if _repeats(current, head):
        columns = _columns(current.form, head.headers)
        if [c.header for c in columns if c.header] == [c.header for c in current.columns if c.header]:
            return columns
    if any(_HEADER_WORD.search(part) for part in _parts(head.headers) - _parts(c.header for c in current.columns)):
        return None
    return _carried_over(current, grid)


def _repeats(current: Sheet, head: Head) -> bool:
    """True where the head says again what the head of `current` says, in full or in part."""
    own = _parts(head.headers)
    return bool(own) and own <= _parts(c.header for c in current.columns)


def _parts(headers: Iterable[str]) -> set[str]:
    return {part for header in headers for part in header.split(">") if part}


def _why_unknown(above: Sequence[str], head: Head) -> str:
    title = next((squeeze(t) for t in reversed(above) if squeeze(t).endswith("表")), "")
    headers = ", ".join(h for h in head.headers if h)[:120]
    return f"a money table without a known title{f' ({title[:40]})' if title else ''}; columns: {headers or 'no header'}"
