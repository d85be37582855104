"""Tables that no rules down divide: their columns are those of the header and of the amounts below it.

The second way to find a table. It gives cells as `lattice` does, for what stands below a title (a line that ends in
表) or goes on overleaf; what is less plain is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, pairwise

from budgetlib.core.groups import in_groups
from budgetlib.core.money import parse_number
from budgetlib.core.text import squeeze
from budgetlib.pages.header_cells import Head, borders, leaves, spans
from budgetlib.pages.ink import Rule
from budgetlib.pages.layout import Span
from budgetlib.pages.model import Box, Grid, Line, Page
from budgetlib.pages.pieces import Piece, Row, pieces_of, text_of

_TITLE = re.compile(r"(?<!代)表([(（].*[)）])?$")
_BESIDE = re.compile(
    r"单位[:：]|^(部门|单位|预算|公开|附)*[\d-]*表[\d一二三四五六七八九十-]*$|[。；]|^(编[报制])?(部门|单位)(名称)?[:：]|^(注|备注|说明)[:：]"
)
_OF_TARGETS = re.compile(r"绩效")
"""Tables of performance targets hold more than rows under columns."""
_PAGE_NUMBER = re.compile(r"[-—]?(第?\d+页?)[-—]?(共\d+页)?")
_COLUMN = re.compile(r"\d{1,2}")
"""The number of a column, below its header."""
_WORD = re.compile(r"[一-鿿]")
_TITLE_LINES = 4
"""So many lines above its header may hold the title of a table."""
_WRAPPED = 1.45
"""Lines of one cell follow each other by no more than so many heights of a character."""
_DIVIDED = 0.8
"""The share of neighbouring amounts that a rule parts where every row is ruled off."""
_FAR = 2.0
"""Rows of one table leave no more than so many heights of a character between them."""
_MARGIN = 1.0
"""Points by which a table reaches beyond what it prints."""


def find_unruled(
    printed: Sequence[Sequence[Span]], rules: Iterable[Rule] = (), before: Page | None = None
) -> list[list[Box]]:
    """The cells of each table without rules down in rows of characters, between which `rules` may be drawn.

    One that began on the page `before` goes on without a title.
    """
    open_edges = None if before is None else _open_edges(before)
    if open_edges is None and not any(_TITLE.search(text_of(row)) for row in printed):
        return []
    rows = [row for row in map(pieces_of, printed) if row]
    titles = [i for i, row in enumerate(rows) if _is_title(row) and not _OF_TARGETS.search(row[0].text)]
    across = [rule for rule in rules if not rule.vertical]
    tables: list[list[Box]] = []
    for start, end in _runs(rows):
        goes_on = open_edges is not None and not tables and not any(title < start for title in titles)
        if goes_on or any(start - _TITLE_LINES <= title < start for title in titles):
            tables += filter(None, [_cells(rows[start:end], across, open_edges or (), goes_on)])
    return tables


def _open_edges(before: Page) -> tuple[float, ...] | None:
    """The borders of the columns of a table without rules that ends a page; none but a title where that does."""
    blocks = [b for b in before.blocks if not isinstance(b, Line) or not _PAGE_NUMBER.fullmatch(squeeze(b.text))]
    if not blocks:
        return None
    if isinstance(blocks[-1], Grid):
        return None if blocks[-1].ruled else blocks[-1].edges
    last = [squeeze(block.text) for block in blocks[-_TITLE_LINES:] if isinstance(block, Line)]
    return () if any(_TITLE.search(text) and not _OF_TARGETS.search(text) for text in last) else None


def _is_title(row: Row) -> bool:
    return len(row) == 1 and _TITLE.search(row[0].text) is not None


def _runs(rows: Sequence[Row]) -> Iterator[tuple[int, int]]:
    """Where rows begin and end that no title, label, unit, note or sentence stands between, and that print amounts."""
    numbered = [(i, row) for i, row in enumerate(rows) if not _is_title(row) and not _is_beside(row)]
    for run in in_groups(numbered, lambda before, row: row[0] == before[0] + 1):
        if any(piece.is_figure for _, row in run for piece in row):
            yield run[0][0], run[-1][0] + 1


def _is_beside(row: Row) -> bool:
    return _BESIDE.search("".join(piece.text for piece in row)) is not None


def _cells(run: Sequence[Row], rules: Sequence[Rule], known: tuple[float, ...], goes_on: bool) -> list[Box] | None:
    """The cells of a table; None where it is not plain what stands in which.

    `known` are the borders of the columns of the table before; where it `goes_on`, there need not be a header.
    """
    parted = _parted(run, rules)
    if parted is None:
        return None
    rows, step = parted
    with_amounts = [i for i, row in enumerate(rows) if any(piece.is_figure for piece in row)]
    numbered = [i for i, row in enumerate(rows) if len(row) > 1 and all(_COLUMN.fullmatch(p.text) for p in row)]
    first, last = min([*numbered[:1], with_amounts[0]]), with_amounts[-1] + 1
    head = [piece for row in rows[:first] for piece in row]
    body = rows[first:last]
    if any(_WORD.search(piece.text) for piece in head):
        cells = _headed(head, body, rules, step, known)
        if cells is not None and (not goes_on or not known or len({cell.x0 for cell in cells}) == len(known) - 1):
            return cells
    if not (goes_on and known):
        return None
    while first > 0 and _is_near(rows[first - 1], rows[first]):
        first -= 1
    return _body_cells(rows[first:last], known, _around(rows[first]).top - _MARGIN)


def _is_near(upper: Row, lower: Row) -> bool:
    """Whether two rows may be of one table: what stands further away is a running head."""
    return _around(lower).top - _around(upper).bottom <= _FAR * (lower[0].box.bottom - lower[0].box.top)


def _parted(run: Sequence[Row], rules: Sequence[Rule]) -> tuple[list[Row], float] | None:
    """The rows of a table, each of one or more printed lines, and how near the lines of one cell follow each other.

    Rules part them where they part amounts; else lines are one row that follow as near as can be without two amounts
    below each other in one row. None where none are parted so.
    """
    pieces = [piece for row in run for piece in row]
    amounts = [piece for piece in pieces if piece.is_amount]
    stacked = [(a.box, b.box) for a, b in pairwise(sorted(amounts, key=_top)) if _above(a.box, b.box)]
    height = sorted(piece.box.bottom - piece.box.top for piece in pieces)[len(pieces) // 2]
    if stacked and sum(_is_between(rules, a, b) for a, b in stacked) >= _DIVIDED * len(stacked):
        bands = in_groups(run, lambda before, row: not _is_between(rules, _around(before), _around(row)))
        rows = [[piece for row in band for piece in row] for band in bands]
        return (rows, _WRAPPED * height) if _is_plain(rows) else None
    steps = {0.0, *(_base(lower) - _base(upper) for upper, lower in pairwise(run))}
    for step in sorted((step for step in steps if step <= _WRAPPED * height), reverse=True):
        rows = _within(run, step)
        if _is_plain(rows):
            return rows, step
    return None


def _within(run: Sequence[Row], step: float) -> list[Row]:
    """Printed lines that follow each other within a step as one row."""
    parted = in_groups(run, lambda before, row: _base(row) - _base(before) <= step)
    return [[piece for row in lines for piece in row] for lines in parted]


def _top(piece: Piece) -> tuple[float, float]:
    return piece.box.x1, piece.box.top


def _above(upper: Box, lower: Box) -> bool:
    return upper.bottom <= lower.top and upper.x0 < lower.x1 and lower.x0 < upper.x1


def _around(row: Row) -> Box:
    return Box.around(piece.box for piece in row)


def _base(row: Row) -> float:
    return max(piece.box.bottom for piece in row)


def _is_between(rules: Sequence[Rule], upper: Box, lower: Box) -> bool:
    """Whether a rule parts what stands one above the other."""
    top, bottom = (upper.top + upper.bottom) / 2, (lower.top + lower.bottom) / 2
    x0, x1 = max(upper.x0, lower.x0), min(upper.x1, lower.x1)
    middle = (x0 + x1) / 2
    return any(top < rule.position < bottom and rule.start <= middle <= rule.end for rule in rules)


def _is_plain(rows: Sequence[Row]) -> bool:
    """Whether no row has two amounts one below the other."""
    amounts = ([piece.box for piece in row if piece.is_amount] for row in rows)
    return not any(_above(a, b) or _above(b, a) for boxes in amounts for a, b in combinations(boxes, 2))


def _headed(
    head: Row, body: Sequence[Row], rules: Sequence[Rule], step: float, known: Sequence[float]
) -> list[Box] | None:
    """The cells of a table and its header; its columns have the borders `known` where these fit."""
    pieces = [piece for row in body for piece in row]
    boxes = [piece.box for piece in pieces]
    cells = _header_cells([part for piece in head for part in _headers(piece, boxes)], rules, step)
    heads = leaves(cells, pieces)
    inner = borders(heads, pieces) if len(heads) > 1 else None
    if inner is None:
        return None
    around = Box.around([*cells, *boxes])
    xs = [around.x0 - _MARGIN, *inner, around.x1 + _MARGIN]
    if len(known) == len(xs) and all(_columns(box, known) == (i,) for i, box in enumerate(heads)):
        xs = [*known] if _body_cells(body, known, around.top) else xs
    headed = spans(cells, heads, xs)
    if headed is None:
        return None
    bottom = (Box.around(cells).bottom + _around(body[0]).top) / 2
    upper = _upper_cells(headed, xs, around.top - _MARGIN, bottom)
    lower = _body_cells(body, xs, bottom)
    return None if upper is None or lower is None else [*upper, *lower]


def _headers(piece: Piece, body: Sequence[Box]) -> list[Piece]:
    """A piece of a header, taken apart where narrow gaps in it go on between columns of the body."""
    headers: list[Piece] = []
    for part in piece.parts:
        if headers and not _is_divided(headers[-1].box, part.box, body):
            text, box = headers[-1].text + part.text, Box.around([headers[-1].box, part.box])
            headers[-1] = Piece(text, box)
        else:
            headers.append(part)
    return headers


def _is_divided(left: Box, right: Box, body: Sequence[Box]) -> bool:
    """Whether nothing in the body stands below the gap between two boxes, and something below each of them."""
    gap = (left.x1 + right.x0) / 2
    below = [any(box.x0 < one.x1 and one.x0 < box.x1 for one in body) for box in (left, right)]
    return all(below) and not any(box.x0 < gap < box.x1 for box in body)


def _header_cells(head: Row, rules: Sequence[Rule], step: float) -> list[Box]:
    """The cells of a header, each of one or more printed lines below each other."""
    cells: list[Box] = []
    for piece in sorted(head, key=lambda piece: piece.box.top):
        box = piece.box
        above = next((c for c in cells if _above(c, box) and box.bottom - c.bottom <= step and _same(c, box)), None)
        if above is None or _is_between(rules, above, box):
            cells.append(box)
        else:
            cells[cells.index(above)] = Box.around([above, box])
    return cells


def _same(upper: Box, lower: Box) -> bool:
    """Whether of two boxes one stands within the sides of the other."""
    inner, outer = sorted((upper, lower), key=lambda box: box.x1 - box.x0)
    return outer.x0 - _MARGIN <= inner.x0 and inner.x1 <= outer.x1 + _MARGIN


def _upper_cells(headed: Sequence[Head], xs: Sequence[float], top: float, bottom: float) -> list[Box] | None:
    """The cells of a header from its top to the body; None where the cells of two levels reach into each other."""
    cells = []
    cuts: dict[float, float] = {}
    for upper in headed:
        below = [
            one.box.top for one in headed if upper.first <= one.first < upper.end and one.box.top > upper.box.bottom
        ]
        if upper.end - upper.first > 1 or below:
            if not below:
                return None
            level = next((known for known in cuts if abs(known - upper.box.top) < _MARGIN), upper.box.top)
            cuts[level] = min(cuts.get(level, bottom), (upper.box.bottom + min(below)) / 2)
    for head in headed:
        columns = [one for one in headed if one.first <= head.first and head.end <= one.end]
        over = max(
            (cuts[k] for one in columns if one is not head for k in cuts if _is_level(k, one, head)), default=top
        )
        own = next((cuts[k] for k in cuts if abs(k - head.box.top) < _MARGIN and _has_below(head, headed)), bottom)
        if not over <= head.box.top or not head.box.bottom <= own:
            return None
        cells.append(Box(xs[head.first], over, xs[head.end], own))
    return cells


def _is_level(level: float, one: Head, head: Head) -> bool:
    return abs(level - one.box.top) < _MARGIN and one.box.bottom <= head.box.top


def _has_below(head: Head, headed: Sequence[Head]) -> bool:
    return any(head.first <= one.first < head.end and one.box.top > head.box.bottom for one in headed)


def _body_cells(rows: Sequence[Row], xs: Sequence[float], top: float) -> list[Box] | None:
    """The cells of rows; a label may reach over several columns in which nothing else stands, a number over none."""
    boxes = [_around(row) for row in rows]
    if any(a.bottom > b.top for a, b in pairwise(boxes)):
        return None
    ys = [top, *((a.bottom + b.top) / 2 for a, b in pairwise(boxes)), boxes[-1].bottom + _MARGIN]
    cells = []
    for row, (y0, y1) in zip(rows, pairwise(ys), strict=True):
        joined: set[int] = set()
        owners: dict[int, tuple[int, ...]] = {}
        for piece in row:
            under = _columns(piece.box, xs)
            if not under or (len(under) > 1 and parse_number(piece.text) is not None):
                return None
            if any(owners.setdefault(column, under) != under for column in under):
                return None
            joined.update(under[1:])
        edges = [x for i, x in enumerate(xs) if i not in joined]
        cells += [Box(x0, y0, x1, y1) for x0, x1 in pairwise(edges)]
    return cells


def _columns(box: Box, xs: Sequence[float]) -> tuple[int, ...]:
    """The columns that a box stands in; none beside all of them."""
    return tuple(i for i, (x0, x1) in enumerate(pairwise(xs)) if box.x0 < x1 and x0 < box.x1)
