"""What every part of the explorer works with: the tables, where the files lie, the language, a table to choose from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from ipywidgets import HTML, Box, Layout
from itables.widget import ITable
from markupsafe import Markup

from budgetlib.core.errors import BudgetlibError
from budgetlib.definitions.labels import label
from budgetlib.report.cells import Cells
from budgetlib.report.citations import Citations
from budgetlib.tables.corpus import Corpus

_ROWS_AT_ONCE = 10


@dataclass(frozen=True, eq=False)
class Desk:
    """The tables in a folder, the file of reviewed matches, and the language in which they are shown."""

    corpus: Corpus
    tables_dir: Path
    matches: Path
    language: str

    def say(self, key: str, **values: object) -> str:
        """A label of the explorer."""
        return label(f"explore.{key}", self.language, **values)

    def cells(self, part: Corpus) -> Cells:
        """What writes about a part of the tables; nothing is cited yet."""
        return Cells(self.language, tuple(part.documents.document_id), Citations(self.corpus))

    def table(self, chosen: Callable[[int], None]) -> ITable:
        """An empty table; `chosen` is told the place of the row that is clicked."""
        table = ITable(pd.DataFrame(), select="single", **self._options())

        def clicked(change: dict[str, list[int]]) -> None:
            for row in change["new"][:1]:
                chosen(row)

        table.observe(clicked, "selected_rows")
        return table

    def fill(self, table: ITable, rows: list[dict[str, str]]) -> None:
        """Show `rows` in a table, none of them chosen."""
        table.update(pd.DataFrame(rows), selected_rows=[], **self._options())

    def _options(self) -> dict[str, Any]:
        """How a table looks; it forgets at each update."""
        words = {"search": "", "searchPlaceholder": self.say("filter"), "emptyTable": "–", "zeroRecords": "–"}
        return {
            "classes": "display compact",
            "style": "table-layout:auto;width:100%;margin:0",
            "layout": {"topStart": None, "topEnd": "search", "bottomStart": None, "bottomEnd": "paging"},
            "pageLength": _ROWS_AT_ONCE,
            "language": words,
            "maxBytes": 0,
        }

    def attempt(self, note: HTML, work: Callable[[], str]) -> None:
        """Do `work` and show in `note` what it says, or why it could not be done."""
        try:
            note.value = Markup("<p>{}</p>").format(work())
        except (BudgetlibError, OSError) as fault:
            note.value = Markup('<p class="refused" role="alert">{}</p>').format(fault)


def side_by_side(*widgets: Any) -> Box:
    """Widgets beside one another where there is room, else one below another."""
    for widget in widgets:
        widget.layout = Layout(flex="1 1 24rem", min_width="0", max_width="100%")
    return Box(widgets, layout=Layout(display="flex", flex_flow="row wrap", width="100%"))
