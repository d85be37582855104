"""Result frames → what any notebook shows and keeps: tables, charts, files, the pages that are cited."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from budgetlib.core.errors import BadParameter
from budgetlib.core.files import write_bytes
from budgetlib.core.version import __version__
from budgetlib.definitions.labels import LANGUAGES, label, money, percent
from budgetlib.report.cells import Cells
from budgetlib.report.charts import NARROW, WIDE, Plot, png, sentence, svg
from budgetlib.report.citations import Citations
from budgetlib.report.cited_pages import cited_pages
from budgetlib.tables.corpus import Corpus
from budgetlib.tables.store import write_csv


class Html:
    """Markup that a notebook shows as it is; `+` puts one below another."""

    def __init__(self, markup: str) -> None:
        self.markup = markup

    def __add__(self, other: Html) -> Html:
        return Html(self.markup + other.markup)

    def _repr_html_(self) -> str:
        return self.markup

    def __repr__(self) -> str:
        return Markup(self.markup).striptags()  # noqa: S704 - tags are taken out, none is put in


@dataclass(frozen=True, eq=False)
class Panels:
    """Shows frames about one `budget` in one `language` (`zh`|`en`).

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
            return self._html("sentence", self._label(f"empty.{name}")) if name else Html("")
        columns, rows = self._cells.table(frame, _anchor(terms) if "." in terms else terms)
        return self._html("table", _anchor(folded), self._label(folded) if folded else "", columns, rows)

    def chart(self, plot: Plot, frame: pd.DataFrame, source: str = "") -> Html:
        """What `plot` draws of `frame`, with its `source` (a label's key; else its place); or why there is nothing.

        In a report (`out`) what is drawn of a row leads to where its figure is printed, and a narrow drawing for phones
        goes with the wide one. JupyterLab shows both at once, and of a drawing with links only an error.
        """
        addresses = [self._cells.citations.address(row) for row in frame.to_dict("records")]
        linked = frame.assign(href=addresses) if self.out else frame
        wide, narrow = (plot(linked, self.language, width) for width in (WIDE, NARROW))
        if (nothing := sentence(wide)) is not None:
            return self._html("sentence", nothing)
        name = plot.__name__.removeprefix("plot_")
        note = self._label(source) if source else self._origin(frame)
        if not self.out:
            return self._html("chart", Markup(svg(wide)), "", note)  # noqa: S704 - drawn by charts
        write_bytes(png(wide, note), Path(self.out, "figures", f"{name}.{self.language}.png"))
        return self._html("chart", Markup(svg(wide)), Markup(svg(narrow)), note)  # noqa: S704 - drawn by charts

    def csv(self, frame: pd.DataFrame, name: str) -> Html:
        """`frame` as `out/tables/<name>.csv`, and a link to it; nothing without `out`."""
        if not self.out:
            return Html("")
        write_csv(self._marked(frame), Path(self.out, "tables", f"{name}.csv"))
        return self._html("link", f"{self.base}tables/{name}.csv", self._label("report.csv"))

    def sources(self, sources: pd.DataFrame) -> Html:
        """The files behind the figures, and what made the report."""
        numbered = self.table(sources.assign(number=range(1, len(sources) + 1)))
        notes = [self._label("report.several")] if len(sources) > 1 else []
        notes.append(self._label("report.made_by", version=__version__))
        return sum((self._html("source", note) for note in notes), numbered)

    def pages(self, tables_dir: str) -> Html:
        """Every page that was cited so far, once, with the cited places marked; words where there is no page to show.

        From `tables_dir`, the folder of the tables, the files are found that were read.
        """
        shown, complete = cited_pages(self._whole, self._cells, tables_dir)
        if not shown:
            return self._html("sentence", self._label("empty.pages"))
        note = Html("") if complete else self._html("sentence", self._label("report.pages_left_out"))
        return note + self._html("pages", shown, self._label("report.on_paper"))

    def _origin(self, frame: pd.DataFrame) -> str:
        title = self._label("report.title", entity=self._entity, year=self._first("fiscal_year"))
        return f"{title} · {self._cells.place(frame.to_dict('records')[0])}"

    def _marked(self, frame: pd.DataFrame) -> pd.DataFrame:
        """`frame` with a column that marks the rows which rest on corrected figures; as it is without corrections."""
        cells = self._cells
        if not cells.corrections or "document_id" not in frame:
            return frame
        return frame.assign(corrected=[cells.corrected(row) for row in frame.to_dict("records")])

    @cached_property
    def _cells(self) -> Cells:
        corrections = self.budget.corrections
        applied = corrections[corrections.outcome == "applied"].to_dict("records")
        documents = tuple(self.budget.documents.document_id)
        return Cells(self.language, documents, Citations(self._whole), tuple(applied))

    @property
    def _whole(self) -> Corpus:
        return self.budget if self.corpus is None else self.corpus

    @property
    def _entity(self) -> str:
        return str(self._first("entity") or self._first("department_id"))

    def _first(self, column: str) -> Any:
        known = self.budget.documents[column].dropna()
        return known.iloc[0] if len(known) else None

    def _label(self, key: str, **values: object) -> str:
        return label(key, self.language, **values)

    def _html(self, block: str, *values: object) -> Html:
        return Html(str(getattr(_blocks(), block)(*values)))

    def _money(self, yuan: Decimal) -> str:
        return f"{money(yuan, self.language)} {self._label('unit.yuan')}"

    def _quantity(self, value: Decimal | None, unit: str | None) -> str:
        if value is None:
            return ""
        return (
            self._money(value)
            if unit == "yuan"
            else percent(value)
            if unit == "percent"
            else f"{value:f}".rstrip("0").rstrip(".")
        )


def _anchor(key: str) -> str:
    """The id of a table folded under the label `key`."""
    return f"table-{key.rpartition('.')[2]}"


@cache
def _blocks() -> Any:
    """The macros of `templates/blocks.html.j2`; all that they are given is escaped."""
    return Environment(loader=PackageLoader("budgetlib.report"), autoescape=True).get_template("blocks.html.j2").module
