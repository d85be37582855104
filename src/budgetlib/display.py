"""Result frames → what a notebook shows and keeps: escaped HTML in one language, PNG and CSV files."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from budgetlib import __version__
from budgetlib.analysis import Guidance
from budgetlib.appendix import cited_pages, encoded
from budgetlib.cells import Cells
from budgetlib.charts import NARROW, WIDE, Plot, plot_series, png, sentence, svg
from budgetlib.citations import Citations
from budgetlib.corpus import Corpus
from budgetlib.errors import BadParameter
from budgetlib.evidence import exhibits
from budgetlib.labels import LANGUAGES, label, money, percent
from budgetlib.store import write_bytes, write_csv
from budgetlib.summary import Summary

_CARDS = ("budget_total", "basic", "project", "general_public_budget", "three_public", "operating_cost", "procurement")
_SHOWN_OF_ONE_CHECK = 5
_FATES = ("read", "declared_empty", "not_read", "not_printed")


_REAL = ("previous_real_yuan", "real_change_yuan")
_SHOWN_REAL = Decimal("1E2")  # yuan: what is estimated is shown to 0.01 万元


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
class Display:
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

    def title(self) -> Html:
        """Whose budget, and of which year."""
        kind = self._first("entity_kind")
        year = self._label("report.year", year=self._first("fiscal_year"))
        return self._html("title", self._entity, year, self._label(f"entity_kind.{kind}") if kind else "")

    def summary(
        self,
        figures: pd.DataFrame,
        functions: pd.DataFrame,
        change: pd.DataFrame,
        procurement: pd.DataFrame,
        shares: pd.DataFrame,
        applying: Guidance,
    ) -> Html:
        """The answer in a few sentences; what was not read is said.

        From what `key_figures`, `spending_by_function`, `spending_change`, `procurement_mix`, `coverage_shares` and
        `guidance` give.
        """
        about = self._entity, self._first("fiscal_year"), figures, functions, change, procurement, shares, applying
        answer = Summary(self._cells, *about, self.budget.checks)
        return self._html("answer", self._cells.say("cite.stop").join(answer.lead()), list(answer.chapters()))

    def cards(self, figures: pd.DataFrame) -> Html:
        """The first of the `key_figures`, each with its source."""
        chosen = {figure["measure"]: figure for figure in figures.to_dict("records")}
        return self._html("cards", [self._cells.card(chosen[measure]) for measure in _CARDS if measure in chosen])

    def read(self, coverage: pd.DataFrame) -> Html:
        """In one line: which files, and how many pages met which fate."""
        counts = coverage.groupby("outcome", sort=False)["count"].sum()
        fates = [f"{self._label(f'outcome.{outcome}')} {count}" for outcome, count in counts.items()]
        files = self._label("cite.join").join(self.budget.documents.path)
        source = self._label("report.source", files=files, fates=self._label("cite.join").join(fates))
        notes = [note for note in dict.fromkeys(self.budget.documents.note) if note]
        said = [source, *(self._label("report.note", note=note) for note in notes), self._label("unit.note")]
        return sum((self._html("source", line) for line in said), Html(""))

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

    def changes(self, change: pd.DataFrame, published: pd.DataFrame) -> Html:
        """The rows of `spending_change` but the totals, one folded table for each dimension; nothing without any.

        First what the document states of functions (`published_functions`), with its reasons.
        """
        computed = change[(change.basis == "computed") & (change.dimension != "total")]
        tables = [self.table(published, folded="dimension.stated")] + [
            self.table(rows.drop(columns="reason"), folded=f"dimension.{dimension}")
            for dimension, rows in computed.groupby("dimension", sort=False)
        ]
        return sum(tables, Html(""))

    def procurement(
        self, mix: pd.DataFrame, standing: pd.DataFrame, concentrated: pd.DataFrame, projects: pd.DataFrame
    ) -> Html:
        """The frames of `procurement_mix`, `procurement_standing`, `concentration` and `procured_projects`.

        Beside each table what its measures mean; where one is empty, a sentence.
        """
        html = self.table(mix)
        for name, frame in (("standing", standing), ("concentration", concentrated)):
            html += self._html("note", self._label(f"procurement.{name}")) if len(frame) else Html("")
            html += self.table(frame, name)
        said = self._label("procurement.declared")
        declared = projects.declared_service.map(lambda declared: said if declared else None)
        if projects.empty:
            return html + self.table(projects, "procured_projects" if len(self.budget.form("projects")) else "projects")
        note = self._label("procurement.projects", count=len(projects), declared=int(declared.notna().sum()))
        return (
            html + self._html("note", note) + self.table(projects.assign(declared=declared), folded="report.procured")
        )

    def prices(self, prices: pd.DataFrame) -> Html:
        """The frame of `constant_prices`, nominal beside real, or which years the price index lacks.

        Nothing without rows: that there is no year before is said where the totals are.
        """
        if prices.empty:
            return Html("")
        years = {"year": prices.price_year.iloc[0], "before": prices.previous_year.iloc[0]}
        missing = prices.missing_years.iloc[0]
        if missing:
            return self._html("source", self._label("prices.missing", years=missing))
        index = {f"index_{when}": prices[f"{when}_index"].iloc[0] for when in ("previous", "current")}
        changed = percent(prices.price_change_pct.iloc[0], signed=True)
        said = self._label("prices.base", **years, **index, percent=changed)
        shown = prices.copy()
        for name in _REAL:
            shown[name] = prices[name].map(_rounded)
        return self._html("note", said) + self.table(shown)

    def years(self, series: pd.DataFrame, breaks: pd.DataFrame) -> Html:
        """The frame of `series` as a chart and a folded table, and in words where its lines break (`series_breaks`)."""
        chart = self.chart(plot_series, series, "report.all_years")
        if series.fiscal_year.nunique() < 2:
            return chart
        said = [self._html("note", self._break(row)) for row in breaks.to_dict("records")]
        words = series.breaks.map(lambda kinds: kinds and self._broken(kinds))
        return sum(said, chart) + self.table(series.assign(breaks=words), folded="report.series")

    def _broken(self, kinds: str) -> str:
        return self._label("cite.join").join(self._label(f"break_kind.{kind}") for kind in kinds.split(", "))

    def _break(self, row: Any) -> str:
        values = {key: row[key] for key in ("previous", "current")}
        if row["kind"] == "base":
            values = {key: self._money(Decimal(value)) for key, value in values.items()}
        if row["kind"] == "form":
            values = {key: self._cells.form(value) for key, value in values.items()}
        if row["kind"] == "units":
            values = {key: self._label(f"entity_kind.{value}") for key, value in values.items()}
        measure = self._label(f"key_figure.{row['measure']}") if row["measure"] else ""
        return self._label(f"break.{row['kind']}", year=row["fiscal_year"], figure=measure, **values)

    def guidance(self, applying: Guidance) -> Html:
        """Which section of the guidance catalogue applies, or why none is known; and what similar by name means."""
        edition = applying.edition or self._label("guidance.unnumbered")
        said = self._label(f"guidance.{applying.basis}", edition=edition, section=applying.section)
        lead = self._html("note", said)
        if applying.section is None:
            return lead
        return lead + self._html("source", self._label("guidance.threshold", threshold=f"{applying.threshold:.2f}"))

    def services(self, projects: pd.DataFrame, items: pd.DataFrame, editions: pd.DataFrame) -> Html:
        """Folded tables from the frames of `catalogue_coverage`, `catalogue_items` and `edition_changes`."""
        if projects.empty:
            return self._html("sentence", self._label("empty.projects"))
        named = {"code": "catalogue_code", "name": "catalogue_item", "basis": "match", "status": "edition_status"}
        shown = projects.drop(columns="section").rename(columns=named)
        unlisted = shown[(shown.match == "none") & shown.looks_like_service.astype(bool)].drop(columns="match")
        unused = items[items.projects == 0].rename(columns=named).drop(columns="projects")
        html = self.table(shown, folded="guidance.projects")
        if items.empty:
            return html
        changed = editions.drop(columns="section").rename(columns=named)
        for frame, head in ((unlisted, "unlisted"), (unused, "unused"), (changed, "editions")):
            html += self.table(frame, folded=f"guidance.{head}")
        return html

    def compared(self, comparison: pd.DataFrame) -> Html:
        """The head of a comparison (`compare`): how many budgets, of whom, of which years, and what not to do."""
        years = self._label("cite.join").join(str(year) for year in sorted(set(comparison.fiscal_year)))
        counts = {"count": len(comparison), "departments": comparison.department_id.nunique(), "years": years}
        lead = self._html("lead", self._label("comparison.lead", **counts))
        notes = [self._label("comparison.overlap"), self._label("unit.note")]
        return sum((self._html("source", note) for note in notes), lead)

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

    def reasons(self, changes: pd.DataFrame) -> Html:
        """The reasons that the disclosure gives for its changes (`published_and_computed`), as quotations."""
        given = [change for change in changes.to_dict("records") if change["reason"]]
        return self._html("reasons", [self._cells.quotation(change) for change in given])

    def findings(self, failed: pd.DataFrame, tidy: str) -> Html:
        """What does not add up (`failures`), each with evidence from the files of which `tidy` holds the tables.

        Notes are folded. With a folder `out` the pictures are also written to `out/evidence`.
        """
        states = self.budget.checks.state.value_counts()
        counts = {state: int(states.get(state, 0)) for state in ("pass", "not_applicable", "insufficient_data")}
        tested = self._label("findings.tested", tested=counts["pass"] + len(failed), **counts)
        html = self._html("note", tested) + self.corrections()
        if failed.empty:
            return html
        shown = failed.groupby("check").cumcount() < _SHOWN_OF_ONE_CHECK
        numbered = list(zip(failed.to_dict("records"), shown, strict=True))
        for folded in (False, True):
            own = [(n, *one) for n, one in enumerate(numbered, 1) if (one[0]["severity"] == "note") == folded]
            cards = [self._finding(number, finding, tidy if pictured else "") for number, finding, pictured in own]
            if cards:
                html += self._html("findings", self._label("findings.notes", count=len(cards)) if folded else "", cards)
        return html

    def _finding(self, number: int, finding: Any, tidy: str) -> dict[str, Any]:
        found = []
        for part, exhibit in enumerate(exhibits(self._whole, finding, tidy or None), 1):
            if exhibit.picture and self.out:
                write_bytes(exhibit.picture, Path(self.out, "evidence", f"{number:02d}-{finding['check']}-{part}.png"))
            picture = encoded(exhibit.picture) if exhibit.picture else ""
            found.append({"picture": picture, "text": exhibit.text, "place": self._cells.cited(exhibit)})
        severity = finding["severity"]
        said = finding[f"message_{self.language}"]
        label = self._label(f"severity.{severity}")
        return {"severity": severity, "label": label, "text": said, "exhibits": found, "shown": bool(tidy)}

    def corrections(self) -> Html:
        """The corrections that this report uses, and those that were refused; nothing without any."""
        frame = self.budget.corrections
        texts = {
            f"value_{which}": [
                self._quantity(value, unit) for value, unit in zip(frame[which], frame.value_unit, strict=True)
            ]
            for which in ("published", "corrected")
        }
        return self.table(frame.assign(**texts).drop(columns=["published", "corrected"]), folded="findings.corrections")

    def quality(self, documents: pd.DataFrame) -> Html:
        """The frame of `document_quality` in one paragraph."""
        sums = {name: int(documents[name].sum()) for name in ("pages", "unread", "lines", "tested", "held")}
        statements = len(self.budget.statements)
        lead = self._label("data_quality.lead", documents=len(documents), statements=statements, **sums)
        return self._html("lead", lead)

    def identities(self, identities: pd.DataFrame) -> Html:
        """The frame of `identity_quality`: first those that failed somewhere, folded those that always held."""
        about = identities[f"about_{self.language}"].where(
            identities[f"about_{self.language}"].notna(), identities["check"]
        )
        named = identities.assign(about=about)
        failed = named.failed > 0
        shown = self.table(named[failed], "identities", terms="findings")
        return shown + self.table(named[~failed], folded="data_quality.always")

    def coverage_by_place(self, coverage: pd.DataFrame) -> Html:
        """The frame of `form_coverage` as a table: forms down, places across, a sign for each fate."""
        signs = {state: self._label(f"fate.{state}").split(" ")[0] for state in _FATES}
        legend = self._label("cite.join").join(self._label(f"fate.{state}") for state in _FATES)
        return self._html("source", legend) + self._html("matrix", *self._cells.matrix(coverage, signs))

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

    def pages(self, tidy: str) -> Html:
        """Every page that was cited so far, once, with the cited places marked; words where there is no page to show.

        `tidy` is the folder of the tables: from there the files are found that were read.
        """
        shown, complete = cited_pages(self._whole, self._cells, tidy)
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


def _rounded(yuan: Decimal) -> Decimal:
    return yuan.quantize(_SHOWN_REAL, "ROUND_HALF_UP")


def _anchor(key: str) -> str:
    """The id of a table folded under the label `key`."""
    return f"table-{key.rpartition('.')[2]}"


@cache
def _blocks() -> Any:
    """The macros of `templates/blocks.html.j2`; all that they are given is escaped."""
    return Environment(loader=PackageLoader("budgetlib"), autoescape=True).get_template("blocks.html.j2").module
