"""The chapters of reports: result frames → escaped HTML in one language, with words around the figures."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from budgetlib.analysis import Guidance
from budgetlib.core.files import write_bytes
from budgetlib.definitions.labels import percent
from budgetlib.report.charts import plot_budget_execution, plot_series
from budgetlib.report.cited_pages import encoded
from budgetlib.report.evidence import exhibits
from budgetlib.report.execution import Execution
from budgetlib.report.panels import Html, Panels
from budgetlib.report.summary import Summary

_CARDS = ("budget_total", "basic", "project", "general_public_budget", "three_public", "operating_cost", "procurement")
_SHOWN_OF_ONE_CHECK = 5
_FATES = ("read", "declared_empty", "not_read", "not_printed")


_REAL = ("previous_real_yuan", "real_change_yuan")
_SHOWN_REAL = Decimal("1E2")  # yuan: what is estimated is shown to 0.01 万元


@dataclass(frozen=True, eq=False)
class Display(Panels):
    """Shows results about one `budget` in one `language` (`zh`|`en`).

    With a folder `out`, charts are also written to `out/figures` and tables to `out/tables`;
    `base` stands before links to them. Figures that `budget` does not print (of the year before, of another
    document) are looked for in `corpus`.

    Raises `BadParameter` for another language.
    """

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

    def execution(self, execution: pd.DataFrame, years: pd.DataFrame) -> Html:
        """The frames of `budget_execution` and `execution_years`: sentences, tables, a chart where a year is closed.

        Without final accounts of the year a sentence says so.
        """
        if execution.empty:
            html = self._html("sentence", self._label("empty.budget_execution"))
        else:
            said = Execution(self._cells, self._first("fiscal_year"), execution, self._whole.checks).sentences()
            html = sum((self._html("note", sentence) for sentence in said), Html(""))
            if execution.adjusted_yuan.notna().any():
                html += self._html("source", self._label("execution.adjusted_note"))
            totals = execution.dimension.isin(["total", "kind"])
            html += self.table(execution[totals])
            for dimension, rows in execution[~totals].groupby("dimension", sort=False):
                html += self.table(rows, folded=f"execution.{dimension}")
        return html + self.chart(plot_budget_execution, years, "report.all_years") if years.final_yuan.any() else html

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

    def reasons(self, changes: pd.DataFrame) -> Html:
        """The reasons that the disclosure gives for its changes (`published_and_computed`), as quotations."""
        given = [change for change in changes.to_dict("records") if change["reason"]]
        return self._html("reasons", [self._cells.quotation(change) for change in given])

    def findings(self, failed: pd.DataFrame, tables_dir: str) -> Html:
        """What does not add up (`failures`), each with evidence from the files of which `tables_dir` holds the tables.

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
            cards = [self._finding(number, finding, tables_dir if shown else "") for number, finding, shown in own]
            if cards:
                html += self._html("findings", self._label("findings.notes", count=len(cards)) if folded else "", cards)
        return html

    def _finding(self, number: int, finding: Any, tables_dir: str) -> dict[str, Any]:
        shown = []
        for part, exhibit in enumerate(exhibits(self._whole, finding, tables_dir or None), 1):
            if exhibit.picture and self.out:
                write_bytes(exhibit.picture, Path(self.out, "evidence", f"{number:02d}-{finding['check']}-{part}.png"))
            picture = encoded(exhibit.picture) if exhibit.picture else ""
            texts = list(dict.fromkeys(span.text for span in exhibit.spans))
            shown.append({"picture": picture, "text": texts, "place": self._cells.cited(exhibit.spans[0])})
        severity, message = finding["severity"], finding[f"message_{self.language}"]
        label = self._label(f"severity.{severity}")
        return {"severity": severity, "label": label, "text": message, "exhibits": shown, "shown": bool(tables_dir)}

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


def _rounded(yuan: Decimal) -> Decimal:
    return yuan.quantize(_SHOWN_REAL, "ROUND_HALF_UP")
