"""Through the pages block by block: which grid is a piece of which performance-target table."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from budgetlib.core.text import squeeze
from budgetlib.definitions.vocabulary.performance import performance_words
from budgetlib.extraction.forms.titles import find_unit
from budgetlib.extraction.performance.columns import IndicatorLayout, find_layout
from budgetlib.extraction.performance.department import DepartmentFigures
from budgetlib.extraction.performance.detection import (
    TITLE_LINES,
    department_above,
    has_indicator_header,
    has_money,
    is_aside,
    names_table,
    stated_unit,
    title_above,
    title_name,
)
from budgetlib.extraction.performance.header import find_labels, form_date, read_head
from budgetlib.extraction.performance.indicator_rows import begins_without_head
from budgetlib.extraction.performance.indicators import IndicatorReader
from budgetlib.extraction.performance.model import PageRef, TargetTable, Token, tokens
from budgetlib.extraction.performance.project_lists import ProjectList, find_list
from budgetlib.extraction.records import GridPlace
from budgetlib.pages.model import Grid, Line, Page

_TITLE_ROWS = 3
"""How many rows of a grid may hold the title of its table."""


class Parser:
    """How far the pages of a document are read.

    `current` is the table that a grid without a head would continue, `header_complete` that its header is complete,
    `interrupted` that text stands between, which ends all but a list whose columns go on exactly below it.
    `touched` are the pages (by index) and `places` the grids with a piece of any table, `empty` pages
    with a head printed empty, `remarks` sentences about pages where a piece belongs to none. `ends_open` says
    that the document's last table had not ended when the document did.
    """

    def __init__(self) -> None:
        self.targets: list[TargetTable] = []
        self.touched: set[int] = set()
        self.places: set[GridPlace] = set()
        self.empty: set[int] = set()
        self.remarks: list[tuple[int, str]] = []
        self.ends_open = False
        self.above: list[str] = []
        self.current: TargetTable | None = None
        self.header_complete = True
        self.reader: IndicatorReader | None = None
        self.projects: ProjectList | None = None
        self.interrupted = False
        self.figures = DepartmentFigures()

    def take(self, block: Line | Grid, page: Page, index: int, form_places: Collection[GridPlace]) -> None:
        """The next block in reading order; `form_places` are the grids that were read as forms."""
        if isinstance(block, Line):
            self._line(block.text)
            return
        nothing_new = block.row_count < 2 and self.current is None and not title_above(self.above)
        if nothing_new or (index, block.box) in form_places:
            self.close_table()
        else:
            self._grid(block, PageRef(index, page.number))
        self.above, self.interrupted = [], False

    def end(self) -> None:
        """The document ends."""
        self.commit_header()
        self.ends_open = self.current is not None and not self.current.signed and self.projects is None
        self._say_unread()

    def _line(self, text: str) -> None:
        """Titles, units, years and page numbers may stand between the pieces of a table; other text ends it."""
        self.above.append(text)
        if not is_aside(text):
            self.interrupted = True
            if self.projects is None:
                self.close_table()

    def close_table(self) -> None:
        """What comes now is no piece of the table before it."""
        self.commit_header()
        self._say_unread()
        self.current = self.reader = self.projects = None

    def _grid(self, grid: Grid, place: PageRef) -> None:
        words = performance_words()
        inside = [token.key for row in range(min(_TITLE_ROWS, grid.row_count)) for token in tokens(grid, row)]
        titles = [key for key in [*map(squeeze, self.above[-TITLE_LINES:]), *inside] if words.title.search(key)]
        department = bool(titles and words.department_title.search(titles[-1]))
        if begun := find_list(grid, department):
            self.commit_header()
            projects, start = begun
            self._begin_list(projects, inside)
            self._list_rows(projects, grid, start, place)
        elif not titles and self.projects and (moved := self.projects.on(grid, self.interrupted, place)):
            self.projects = moved
            self._list_rows(moved, grid, 0, place)
        elif (self.current is not None and not self.projects) or titles or has_indicator_header(grid):
            self._form_rows(grid, place, department)
        else:
            self.close_table()

    def _begin_list(self, projects: ProjectList, inside: Sequence[str]) -> None:
        """The head of a list, or its repetition on the next page."""
        goes_on = self.projects is not None and projects.kind == self.projects.kind
        if goes_on and self.projects:
            projects.owner = self.projects.owner
            projects.money_unit = self.projects.money_unit
        else:
            self.close_table()
        projects.money_unit = find_unit(inside) or stated_unit(self.above) or projects.money_unit
        projects.title = title_above(self.above) or (self.projects.title if self.projects else None)
        self.projects = projects

    def _list_rows(self, projects: ProjectList, grid: Grid, start: int, place: PageRef) -> None:
        self.touched.add(place.page_index)
        self.places.add((place.page_index, grid.box))
        projects.page_index = place.page_index
        opens, cut = start == 0, self.current is not None
        for row in range(start, grid.row_count):
            printed = tokens(grid, row)
            if projects.is_head(grid, row):
                continue
            rest = projects.rest(grid, row) if cut else None
            entry = None if rest else projects.entry(grid, row, place)
            if not printed or not projects.speaks(grid, row):
                projects.owner = entry.name if entry else projects.owner
                continue
            if entry and opens and self.current and not self.current.names:
                self.current.absorb(entry)
            elif rest and self.current:
                self.current.lengthen(*rest)
            elif entry and not (self.current and entry.name == self.current.name and entry.repeats(self.current, True)):
                self._say_unread()
                entry.on(place)
                projects.say_figures(entry, grid, row, place)
                projects.say_indicators(entry, grid, row, place)
                self.current, self.targets = entry, [*self.targets, entry]
                self.reader = IndicatorReader(entry, projects.layout) if projects.layout else None
            elif entry and self.current:
                self.current.amount_spans += entry.amount_spans
            if self.current is None:
                self.remarks.append((place.page_index, f"row {row + 1} belongs to no project that can be read"))
                continue
            self.current.on(place)
            if self.reader and projects.layout:
                self.reader.layout = projects.layout
                inside = [token for token in printed if projects.layout.at(token.cell.column)]
                self.reader.read(inside, grid, opens, place)
            opens = cut = False

    def _form_rows(self, grid: Grid, place: PageRef, department: bool) -> None:
        """The rows of a grid that is no list: a table with a head of its own, or a piece of one."""
        opens = self.current is not None
        for row in range(grid.row_count):
            printed = tokens(grid, row)
            if len(printed) == 1 and performance_words().title.search(printed[0].key):
                self.close_table()
                self.above.append(printed[0].text)
                continue
            labels = find_labels(printed)
            header_complete = self.header_complete and (self.current is None or not department)
            if names_table(labels, printed, department) or (
                header_complete and title_above(self.above) and has_money(labels, printed, department)
            ):
                self._begin(department, place)
                opens = False
            if self.current is not None and printed:
                self.current.on(place)
                self.places.add((place.page_index, grid.box))
                self._row(self.current, printed, grid, opens, place)
                opens = False
        self.touched.add(place.page_index)
        if self.current is None and place.page_index not in self.empty and has_indicator_header(grid):
            self.remarks.append((place.page_index, "indicators without a head above them: no project can be told"))

    def _begin(self, department: bool, place: PageRef) -> None:
        self.commit_header()
        above = self.above[-TITLE_LINES:]
        self.projects = None
        self.current = TargetTable(kind="department" if department else "project", money_unit=find_unit(above))
        self.current.on(place)
        self.figures = DepartmentFigures()
        self.header_complete = False
        self.current.titled = department_above(above) if department else title_name(above)
        if title := title_above(above):
            self.current.fields["title"] = title
        self.above = []

    def _row(self, target: TargetTable, printed: Sequence[Token], grid: Grid, opens: bool, place: PageRef) -> None:
        """One row of a table: head, head of the indicators, indicators, or signatures."""
        words = performance_words()
        if target.signed:
            return
        if any(words.signature.search(token.key) for token in printed):
            target.signed = True
            target.fields |= {"form_date": day} if (day := form_date(printed)) else {}
        elif layout := find_layout(printed, grid):
            self._begin_indicators(layout, printed)
        elif self.header_complete and self.reader is not None:
            self.reader.read(printed, grid, opens, place)
        elif begins_without_head(printed):
            self._begin_indicators(IndicatorLayout((), grid.column_count, grid.edges), ())
            if self.reader:
                self.reader.read(printed, grid, False, place)
        else:
            if target.kind == "department":
                self.figures.take(target, printed, opens, place)
            read_head(target, printed, place)

    def _begin_indicators(self, layout: IndicatorLayout, printed: Sequence[Token]) -> None:
        """The head of the indicators; a second one without the first level is that of the other half, printed below."""
        below = self.header_complete and self.reader is not None
        self.commit_header()
        if self.current is None:
            return
        if self.reader is None or self.reader.target is not self.current:
            self._say_unread()
            self.reader = IndicatorReader(self.current, layout)
        self.reader.begin(layout, printed, below and "level1" not in layout.roles and layout.halves == 1)

    def commit_header(self) -> None:
        """The head of the current table is complete: it may be that of a table before it once more."""
        current = self.current
        if current is None or self.header_complete:
            return
        self.header_complete = True
        if current.titled and not current.names:
            current.names[current.titled] += 1
        if not current.names and not current.amounts:
            self.empty.add(current.places[0].page_index)
            self.current = None
            return
        for number, before in enumerate(reversed(self.targets)):
            if current.repeats(before, adjacent=number == 0):
                before.absorb(current)
                self.current = before
                return
        self.targets.append(current)

    def _say_unread(self) -> None:
        """What could not be read among the indicators of the table that ends."""
        if self.reader is None:
            return
        for index, count in self.reader.unread.items():
            rows = "1 row" if count == 1 else f"{count} rows"
            self.reader.target.remark(f"{rows} of indicators not understood", index)
        self.reader.unread = {}
