"""What notebooks show and keep: result frames → escaped HTML in one language, with words around the figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from budgetlib.analysis.catalogue_edition import Guidance
from budgetlib.analysis.projects import targets_of
from budgetlib.core.version import __version__
from budgetlib.definitions.labels import percent
from budgetlib.report.charts.canvas import Plot
from budgetlib.report.charts.execution import plot_budget_execution
from budgetlib.report.charts.funds import plot_largest_projects, plot_revenue_by_fund, plot_three_public
from budgetlib.report.charts.line_panels import plot_series
from budgetlib.report.cited_pages import cited_pages
from budgetlib.report.elements import Elements
from budgetlib.report.execution import Execution
from budgetlib.report.findings import check_states, finding_cards, written_corrections
from budgetlib.report.html import Html, block
from budgetlib.report.money import Money
from budgetlib.report.summary import Summary
from budgetlib.tables.locators import Row

_CARDS = ("budget_total", "basic", "project", "general_public_budget", "three_public", "operating_cost", "procurement")
_NAMED_KINDS = ("basic", "project", "rest")
_PARTS = 3  # cards of the total and of basic and project expenditure; what stands beside these comes next


@dataclass(frozen=True, eq=False)
class Display(Elements):
    """The chapters of a report, each from the frames that a notebook computes."""

    def sources(self, sources: pd.DataFrame) -> Html:
        """The files behind the figures, and what made the report."""
        numbered = self.table(sources.assign(number=range(1, len(sources) + 1)))
        notes = [self._label("report.several")] if sources.document_kind.duplicated().any() else []
        notes.append(self._label("report.made_by", version=__version__))
        return numbered + self._notes("source", notes)

    def pages(self, tables_dir: str) -> Html:
        """Every page that was cited so far, once, with the cited places marked; words where there is no page to show.

        From `tables_dir`, the folder of the tables, the files are found that were read.
        """
        shown, complete = cited_pages(self._whole, self._cells, tables_dir, self._pictures)
        if not shown:
            return block("sentence", self._label("empty.pages"))
        left_out = [] if complete else [self._label("report.pages_left_out")]
        return self._notes("sentence", left_out) + block("pages", shown, self._label("report.on_paper"))

    def title(self) -> Html:
        """Whose budget, and of which year."""
        kind, document_kind = self.budget.first("entity_kind"), self.budget.first("document_kind")
        section = document_kind if document_kind == "final_accounts" else "report"
        year = self._label(f"{section}.year", year=self.budget.first("fiscal_year"))
        return self._styled(block("title", self.budget.name, year, self._label(f"entity_kind.{kind}") if kind else ""))

    def summary(self, change: pd.DataFrame, stated: pd.DataFrame, shares: pd.DataFrame, applying: Guidance) -> Html:
        """The answer in a few sentences; what was not read is said.

        Of the year itself, and from what `spending_change`, `stated_changes`, `coverage_shares` and `guidance` give.
        """
        answer = Summary(self._cells, self.budget, change, stated, shares, applying, self._disclosed.checks)
        return block("answer", self._cells.say("cite.stop").join(answer.lead()), list(answer.chapters()))

    def cards(self, figures: pd.DataFrame, kinds: pd.DataFrame | None = None) -> Html:
        """The first of the `key_figures`, and what the total consists of besides (`spending_by_kind`)."""
        chosen = {figure["measure"]: figure for figure in figures.to_dict("records")}
        amounts = [chosen[measure]["value"] for measure in _CARDS[:_PARTS] if measure in chosen]
        rows = [] if kinds is None else kinds.assign(value=kinds.amount_yuan, value_unit="yuan").to_dict("records")
        of_kind = {row["kind"]: row for row in rows}
        if "rest" not in of_kind:
            chosen = {kind: of_kind[kind] for kind in ("basic", "project") if kind in of_kind} | chosen
        beside = [row for row in rows if row["kind"] not in _NAMED_KINDS]
        cards = {measure: [self._cells.card(chosen[measure])] for measure in _CARDS if measure in chosen}
        first = [card for measure in _CARDS[:_PARTS] for card in cards.pop(measure, [])]
        others = [self._cells.card(row) for row in beside if row["value"] not in amounts]
        return block("cards", [*first, *others, *(card for some in cards.values() for card in some)])

    def read(self, coverage: pd.DataFrame) -> Html:
        """In one line: which files, and how many pages met which fate."""
        counts = coverage.groupby("outcome", sort=False)["count"].sum()
        fates = [f"{self._label(f'outcome.{outcome}')} {count}" for outcome, count in counts.items()]
        paths = list(self.budget.documents.path)
        numbered = paths if len(paths) < 2 else [f"[{number}] {path}" for number, path in enumerate(paths, 1)]
        files = self._label("cite.join").join(numbered)
        source = self._label("report.source", files=files, fates=self._label("cite.join").join(fates))
        notes = [note for note in dict.fromkeys(self.budget.documents.note) if note]
        units = self._label("summary.and").join(dict.fromkeys(self.budget.lines.published_unit.dropna()))
        unit = [self._label("unit.note"), *([self._label("unit.printed", units=units)] if units else [])]
        in_manifest = (self._label("report.note", note=note) for note in notes)
        return self._notes("source", [source, *in_manifest, self._label("cite.stop").join(unit)])

    def totals(self, compared: pd.DataFrame, stated: pd.DataFrame) -> Html:
        """The frames of `published_and_computed` and `stated_changes`; first where the document contradicts itself."""
        against = stated[stated.contradicts.astype(bool)]
        html = Html()
        for changed, rows in against.groupby("changed", sort=False):
            changes = [self._cells.stated(row) for row in rows.to_dict("records")]
            parts = self._cells.say("summary.and").join(changes)
            what = self._label(f"changed.{changed}")
            html += block("contradiction", self._cells.say("change.contradiction", what=what, parts=parts))
        if compared.empty and len(stated):
            return html + self.table(stated)
        return (
            html + self.table(compared.drop(columns="reason"), "changes") + self.table(stated, folded="change.stated")
        )

    def changes(self, change: pd.DataFrame, published: pd.DataFrame) -> Html:
        """The rows of `spending_change` but the totals, one folded table for each dimension; nothing without any.

        First what the document states of functions (`published_functions`), with its reasons.
        """
        computed = change[(change.basis == "computed") & (change.dimension != "total")]
        stated = self.table(published, folded="dimension.stated")
        return stated + self._by_dimension(computed.drop(columns=["reason", "stage"]), "dimension")

    def procurement(
        self, mix: pd.DataFrame, standing: pd.DataFrame, concentrated: pd.DataFrame, projects: pd.DataFrame
    ) -> Html:
        """The frames of `procurement_mix`, `procurement_standing`, `concentration` and `procured_projects`.

        Beside each table what its measures mean; where one is empty, a sentence.
        """
        html = self.table(mix)
        summed = concentrated[concentrated.hhi.notna()]
        for name, frame in (("standing", standing), ("concentration", summed)):
            html += block("note", self._label(f"procurement.{name}")) if len(frame) else Html()
            html += self.table(frame, name if frame is standing or concentrated.empty else "")
        html += self._notes("note", map(self._unsummed, concentrated[concentrated.hhi.isna()].to_dict("records")))
        words = self._label("procurement.declared")
        declared = projects.declared_service.map(lambda declared: words if declared else None)
        if projects.empty:
            return html + self.table(projects, "procured_projects" if len(self.budget.form("projects")) else "projects")
        note = self._label("procurement.projects", count=len(projects), declared=int(declared.notna().sum()))
        return html + block("note", note) + self.table(projects.assign(declared=declared), folded="report.procured")

    def _told(self, sentences: Iterable[str], plot: Plot, frame: pd.DataFrame) -> Html:
        """Sentences and a chart of a frame; nothing without rows."""
        return self._notes("note", sentences) + self.chart(plot, frame) if len(frame) else Html()

    def _kept(self, frame: pd.DataFrame, name: str) -> Html:
        """`frame` as CSV and a link to it; nothing without rows."""
        return self.csv(frame, name) if len(frame) else Html()

    def _unsummed(self, row: Row) -> Markup:
        amounts = {"total": self._cells.amount(row, "amount_yuan"), "lines": self._cells.amount(row, "lines_yuan")}
        return self._cells.say("procurement.unsummed", of=self._label(f"of.{row['of']}"), **amounts)

    def prices(self, prices: pd.DataFrame) -> Html:
        """The frame of `constant_prices`, nominal beside real, or which years the price index lacks.

        Nothing without rows: that there is no year before is said where the totals are.
        """
        if prices.empty:
            return Html()
        first = prices.iloc[0]
        if first.missing_years:
            return block("source", self._label("prices.missing", years=first.missing_years))
        index = {"index_previous": first.previous_index, "index_current": first.current_index}
        about = {"year": first.price_year, "before": first.previous_year, **index}
        changed = percent(first.price_change_pct, signed=True)
        return block("note", self._label("prices.base", **about, percent=changed)) + self.table(prices)

    def years(self, series: pd.DataFrame, breaks: pd.DataFrame) -> Html:
        """The frame of `series` as a chart and a folded table, and in words where its lines break (`series_breaks`)."""
        chart = self.chart(plot_series, series, "report.all_years")
        if series.fiscal_year.nunique() < 2:
            return chart
        notes = self._notes("note", dict.fromkeys(map(self._cells.line_break, breaks.to_dict("records"))))
        words = series.breaks.map(lambda kinds: kinds and self._cells.kinds_of_break(kinds))
        shown = series.assign(breaks=words)
        if series.stage.nunique() == 1:
            shown = shown.drop(columns="stage")
        return chart + notes + self.table(shown, folded="report.series")

    def reclassified(self, items: pd.DataFrame) -> Html:
        """The frame of `reclassification` with its regulations; nothing without rows."""
        if items.empty:
            return Html()
        regulation = items[f"regulation_{self.language}"]
        return block("note", self._label("report.reclassified")) + self.table(items.assign(regulation=regulation))

    def funds(self, funds: pd.DataFrame) -> Html:
        """The frame of `revenue_by_fund`: a sentence and a chart; nothing without rows."""
        return self._told(Money(self._cells).funds(funds), plot_revenue_by_fund, funds)

    def three_public(self, items: pd.DataFrame) -> Html:
        """The frame of `three_public`: a sentence, a chart, and the table with the reasons; nothing without rows."""
        html = self._told(Money(self._cells).three_public(items), plot_three_public, items)
        return html + self.table(items, folded="money.reasons") + self._kept(items, "three_public")

    def projects(self, projects: pd.DataFrame, targets: pd.DataFrame) -> Html:
        """The frames of `largest_projects` and `project_targets`: a chart, targets by project, those without number.

        Nothing without rows.
        """
        html = self._told(Money(self._cells).projects(projects), plot_largest_projects, projects)
        shown: list[pd.Index] = []
        for project, unit in zip(projects.project, projects.unit, strict=True):
            rows = targets_of(targets, project, unit)
            if any(rows.index.equals(one) for one in shown):
                continue
            shown.append(rows.index)
            if len(rows):
                head = self._label("money.targets", project=project, count=len(rows))
                html += block("table", "", head, *self._cells.table(rows.drop(columns=["project", "unit"])))
        vague = targets[~targets.measurable.astype(bool)]
        if len(vague):
            html += block("note", self._label("money.unmeasurable", whole=len(targets), count=len(vague)))
        return html + self.table(vague, folded="money.targets_unmeasurable") + self._kept(targets, "project_targets")

    def personnel(self, personnel: pd.DataFrame) -> Html:
        """The frame of `personnel` in a sentence; nothing without a row."""
        return self._notes("note", Money(self._cells).personnel(personnel))

    def execution(self, execution: pd.DataFrame, years: pd.DataFrame) -> Html:
        """The frames of `budget_execution` and `execution_years`: sentences, tables, a chart where a year is closed.

        Without final accounts of the year a sentence says so.
        """
        if execution.empty:
            html = block("sentence", self._label("empty.budget_execution"))
        else:
            checks = self._whole.part(execution.document_id).checks
            words = Execution(self._cells, self.budget.first("fiscal_year"), execution, checks)
            adjusted = [self._label("execution.adjusted_note")] if execution.adjusted_yuan.notna().any() else []
            whole = execution.dimension.isin(["total", "kind"])
            planned = (self._disclosed.documents.document_kind == "budget").any()
            about = {"entity": self.budget.name, "year": self.budget.first("fiscal_year")}
            unplanned = [] if planned else [self._label("execution.no_budget", **about)]
            html = self._notes("note", words.sentences()) + self._notes("source", [*unplanned, *adjusted])
            html += self.table(execution[whole]) + self._by_dimension(execution[~whole], "execution")
        return html + self.chart(plot_budget_execution, years, "report.all_years") if years.final_yuan.any() else html

    def guidance(self, applying: Guidance) -> Html:
        """Which section of the guidance catalogue applies, or why none is known; and what similar by name means."""
        edition = applying.edition or self._label("guidance.unnumbered")
        lead = block("note", self._label(f"guidance.{applying.basis}", edition=edition, section=applying.section))
        if applying.section is None:
            return lead
        return lead + block("source", self._label("guidance.threshold", threshold=f"{applying.threshold:.2f}"))

    def services(self, projects: pd.DataFrame, items: pd.DataFrame, editions: pd.DataFrame) -> Html:
        """Folded tables from the frames of `catalogue_coverage`, `catalogue_items` and `edition_changes`."""
        if projects.empty:
            return block("sentence", self._label("empty.projects"))
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

    def reasons(self, changes: pd.DataFrame) -> Html:
        """The reasons that the disclosure gives for its changes (`published_and_computed`), as quotations."""
        given = [change for change in changes.to_dict("records") if change["reason"]]
        return block("reasons", [self._cells.quotation(change) for change in given])

    def findings(self, failed: pd.DataFrame, tables_dir: str) -> Html:
        """What does not add up (`failures`), each with evidence from the files of which `tables_dir` holds the tables.

        How much was tested is told of the budget and the final accounts of the year together. Notes are folded.
        With a folder `out` the pictures are written to `out/evidence`.
        """
        states = check_states(self._disclosed)
        counts = {state: states.get(state, 0) for state in ("pass", "explained", "not_applicable", "insufficient_data")}
        tested = counts["pass"] + counts["explained"] + len(failed)
        html = block("note", self._label("findings.tested", tested=tested, **counts)) + self.corrections()
        cards = finding_cards(self._cells, self._whole, failed, tables_dir, self._pictures)
        notes = [card for card in cards if card["severity"] == "note"]
        folded = self._label("findings.notes", count=len(notes))
        for head, shown in (("", [card for card in cards if card not in notes]), (folded, notes)):
            html += block("findings", head, shown) if shown else Html()
        return html

    def corrections(self) -> Html:
        """The corrections that this report uses, and those that were refused; nothing without any."""
        return self.table(written_corrections(self._cells, self.budget.corrections), folded="findings.corrections")
