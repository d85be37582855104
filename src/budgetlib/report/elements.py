"""What every chapter of a report is made of: tables, charts, sentences, files, with their citations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from budgetlib.core.errors import BadParameter
from budgetlib.core.files import write_bytes
from budgetlib.definitions.labels import LANGUAGES, label
from budgetlib.report.cells import Cells
from budgetlib.report.charts.canvas import NARROW, WIDE, Plot, png, sentence, svg
from budgetlib.report.citations import Citations
from budgetlib.report.html import Html, anchor, block, style
from budgetlib.report.pictures import Pictures
from budgetlib.tables.corpus import Corpus
from budgetlib.tables.locators import Row
from budgetlib.tables.store import write_csv


@dataclass(frozen=True, eq=False)
class Elements:
    """Shows results about one `budget` in one `language` (`zh`|`en`).

    With a folder `out`, charts are also written to `out/figures` and tables to `out/tables`;
    `base` stands before links to them. Figures that `budget` does not print (of the year before, of another
    document) are looked for in `corpus`.

    Raises `BadParameter` for another language.
    """

    budget: Corpus
    language: str = "zh"
    out: str = ""
    base: str = ""
    corpus: Corpus | None = None

    def __post_init__(self) -> None:
        """Refuse a language without labels."""
        if self.language not in LANGUAGES:
            raise BadParameter(f"language is {self.language!r}; allowed: {', '.join(LANGUAGES)}")

    def table(self, frame: pd.DataFrame, name: str = "", folded: str = "", terms: str = "") -> Html:
        """A result frame as a table with units and sources; `folded` (a label's key) hides it under that heading.

        Figures lead to where they are printed; those that no document prints to `terms`: the table folded under that
        label, or a chapter.
        Without rows: the sentence `empty.<name>`, or nothing without a `name`.
        """
        if frame.empty:
            return block("sentence", self._label(f"empty.{name}")) if name else Html()
        columns, rows = self._cells.table(frame, anchor(terms) if "." in terms else terms)
        return block("table", anchor(folded), self._label(folded) if folded else "", columns, rows)

    def chart(self, plot: Plot, frame: pd.DataFrame, source: str = "") -> Html:
        """What `plot` draws of `frame`, with its `source` (a label's key; else its place); or why there is nothing.

        In a report (`out`) what is drawn of a row leads to where its figure is printed, and a narrow drawing for phones
        goes with the wide one. JupyterLab shows both at once, and of a drawing with links only an error.
        """
        addresses = [self._cells.citations.address(row) for row in frame.to_dict("records")]
        linked = frame.assign(href=addresses) if self.out else frame
        wide = plot(linked, self.language, WIDE)
        if (nothing := sentence(wide)) is not None:
            return block("sentence", nothing)
        name = plot.__name__.removeprefix("plot_")
        whose = self._label("report.title", entity=self.budget.name, year=self.budget.first("fiscal_year"))
        note = self._label(source) if source else f"{whose} · {self._cells.place(frame.to_dict('records')[0])}"
        cite = self._cite(name, frame.to_dict("records")[0])
        if not self.out:
            return block("chart", Markup(svg(wide)), "", note, f"chart-{name}", cite)  # noqa: S704 - drawn by charts
        write_bytes(png(wide, note), Path(self.out, "figures", f"{name}.{self.language}.png"))
        narrow = plot(linked, self.language, NARROW)
        drawn = (Markup(svg(one)) for one in (wide, narrow))  # noqa: S704 - drawn by charts
        return block("chart", *drawn, note, f"chart-{name}", cite)

    def _styled(self, first: Html) -> Html:
        """What a notebook shows first; in JupyterLab, where no page has it, with the style sheet."""
        return first if self.out else style() + first

    def _cite(self, name: str, row: Row) -> str:
        """How a chart is cited: its title, and the page of the first thing drawn."""
        page = None if pd.isna(row.get("page")) else int(row["page"])
        cited = self._cells.citations.cite(row["document_id"], page, self.language)
        return f"{self._label(f'chart.{name}')}{self._label('cite.stop_after')}{cited}"

    def csv(self, frame: pd.DataFrame, name: str) -> Html:
        """`frame` as `out/tables/<name>.csv`, and a link to it where it has rows; nothing without `out`."""
        if not self.out:
            return Html()
        write_csv(self._cells.marked(frame), Path(self.out, "tables", f"{name}.csv"))
        return block("link", f"{self.base}tables/{name}.csv", self._label("report.csv")) if len(frame) else Html()

    @cached_property
    def _cells(self) -> Cells:
        corrections = self.budget.corrections
        applied = corrections[corrections.outcome == "applied"].to_dict("records")
        documents = tuple(self.budget.documents.document_id)
        return Cells(self.language, documents, Citations(self._whole), tuple(applied))

    @property
    def _pictures(self) -> Pictures:
        return Pictures(self.out, self.base)

    @property
    def _whole(self) -> Corpus:
        return self.budget if self.corpus is None else self.corpus

    @cached_property
    def _disclosed(self) -> Corpus:
        """All that the department discloses for the year: budget and final accounts."""
        if self.corpus is None:
            return self.budget
        return self.corpus.select(self.budget.first("department_id"), self.budget.first("fiscal_year"))

    def _label(self, key: str, **values: object) -> str:
        return label(key, self.language, **values)

    def _by_dimension(self, frame: pd.DataFrame, heads: str) -> Html:
        parts = frame.groupby("dimension", sort=False)
        return sum((self.table(rows, folded=f"{heads}.{dimension}") for dimension, rows in parts), Html())

    def _notes(self, kind: str, texts: Iterable[str]) -> Html:
        return sum((block(kind, text) for text in texts), Html())
