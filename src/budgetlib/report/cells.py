"""Rows of result frames → the words and numbers of table cells in one language."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd
from markupsafe import Markup

from budgetlib.definitions.amounts import Scale, exact, in_table, in_words, rounded
from budgetlib.definitions.columns import ResultColumn, result_columns
from budgetlib.definitions.forms import forms
from budgetlib.definitions.labels import counted, decimal, item, label, labels, name, percent
from budgetlib.definitions.reasons import reason_in
from budgetlib.report.citations import Citations
from budgetlib.report.excerpts import place_in_words, table_of
from budgetlib.report.provenance import SourceSpan
from budgetlib.tables.locators import Row

_LONGEST_HEADING = 16
_ESTIMATED = Decimal("1E2")
_MONEY = ("money", "estimate")
_STATED = ("published_yuan", "published_pct")
_COMPOSED = ("figure", "content", "place", "item")
"""Kinds of columns that are shown of what stands in others."""
_OF_READING = {"page_list", "sha256"}
"""Frames with one of these say what was not read, and why."""


@dataclass(frozen=True)
class Cells:
    """Cells in one `language`; sources are cited by their place among `documents` where there are several."""

    language: str
    documents: tuple[str, ...]
    citations: Citations
    """Collects the places that the figures shown lead to."""
    corrections: tuple[Row, ...] = ()
    """Records of the table `corrections` that are applied: what they touch is marked where its place is cited."""

    def table(self, frame: pd.DataFrame, terms: str = "") -> tuple[list[dict[str, str]], list[list[str]]]:
        """Columns (`head`, `unit`, `kind` of cell) and rows of texts, without columns that are blank throughout.

        Figures are links to where they are printed; those of rows that no document prints lead to `terms`, the id of
        what they are computed from.
        """
        rows = frame.to_dict("records")
        common_form, scale = self._common_form(rows), in_table(_amounts(rows), self.language)
        texts = {
            name: [self._linked(column, row, common_form, terms, scale) for row in rows]
            for name, column in result_columns().items()
            if column.kind in _COMPOSED or name in frame
        }
        shown = [name for name, cells in texts.items() if any(cells)]
        details = {"place": common_form, "reason": self._in_english(frame)}
        money = scale.unit.name(self.language)
        heads = [self._head(result_columns()[name], details.get(name, ""), money) for name in shown]
        return heads, [list(row) for row in zip(*(texts[name] for name in shown), strict=True)]

    def card(self, figure: Row) -> dict[str, str]:
        """One key figure with its unit and source."""
        value, unit = self._rounded(figure["value"], figure["value_unit"])
        linked = self.citations.figure(value, figure, "value")
        what = item(figure["item"], self.language) if "item" in figure else self._figure(figure)
        return {
            "id": f"figure-{figure.get('measure') or figure['kind']}",
            "what": what,
            "value": linked,
            "unit": unit,
            "place": self.place(figure),
        }

    def quotation(self, change: Row) -> dict[str, str]:
        """A reason that a disclosure gives, what for, and where."""
        what = label("change.reason", self.language, total=item(change["item"], self.language))
        stated = next((column for column in _STATED if change.get(column) is not None), "published_yuan")
        place = self.citations.figure(self.place(change), change, stated)
        return {"what": what, "text": change["reason"], "place": place}

    def say(self, key: str, **values: object) -> Markup:
        """The text of a label as markup; values that are none are escaped."""
        section, entry = key.split(".", 1)
        words = Markup(labels()[section][entry][self.language])  # noqa: S704 - our own words
        return words.format(**counted(values, self.language))

    def amount(self, row: Row, column: str, unsigned: bool = False) -> str:
        """An amount of a row, rounded, with its unit, as a link to where it is printed."""
        value = abs(row[column]) if unsigned else row[column]
        text = in_words(value, self.language, result_columns()[column].signed and not unsigned)
        return self.citations.figure(text, row, column)

    def stated(self, change: Row) -> Markup:
        """A row of `stated_changes`: the amount, or else the percentage, and where it is stated."""
        if change["change_yuan"] is None:
            amount = self.citations.figure(percent(change["change_pct"], signed=True), change, "change_pct")
        else:
            amount = self.amount(change, "change_yuan")
        key = "change.said_of" if change["base"] else "change.said"
        return self.say(key, amount=amount, before=self.base(change), place=self.place(change))

    def base(self, change: Row) -> str:
        """What a change is measured from, in words."""
        return label(f"base.{change['base'] or 'unsaid'}", self.language)

    def place(self, row: Row) -> str:
        """Where a row is printed: file where there are several, form or section, page."""
        parts = []
        if row["document_id"] not in self.documents:
            parts.append(row.get("file") or self._other_document(row["document_id"]))
        elif len(self.documents) > 1:
            parts.append(label("cite.document", self.language, number=self.documents.index(row["document_id"]) + 1))
        if row.get("form"):
            parts.append(self.form(row["form"]))
        if not pd.isna(row.get("section")):
            heading = self.citations.heading(row)
            heading = heading.replace("“", "‘").replace("”", "’")
            shown = heading if len(heading) <= _LONGEST_HEADING else f"{heading[: _LONGEST_HEADING - 1]}…"
            parts.append(label("cite.heading" if shown else "cite.narrative", self.language, heading=shown))
        if not pd.isna(row.get("page")):
            parts.append(label("cite.page", self.language, page=row["page"]))
        if mark := self.corrected(row):
            parts.append(mark)
        return label("cite.join", self.language).join(parts)

    def _other_document(self, document_id: str) -> str:
        """A document of another year or kind, named by these."""
        key = "cite.of_accounts" if self.citations.closes_a_year(document_id) else "cite.of_year"
        return label(key, self.language, year=self.citations.year(document_id))

    def corrected(self, row: Row) -> str:
        """The mark of a row that may rest on a corrected figure; empty for others."""
        touched = any(_touches(correction, row) for correction in self.corrections)
        return label("cite.corrected", self.language) if touched else ""

    def span(self, span: SourceSpan) -> str:
        """Where something is printed: what kind of paper; file where there are several, form or section, page."""
        of_form = span.form in forms()
        place = self._in_file(self.place({**vars(span), "form": span.form if of_form else None}), span.places[:1])
        if of_form or not span.form:
            return place
        return label("cite.join", self.language).join([name("page_kind", span.form, self.language), place])

    def _in_file(self, place: str, places: Sequence[str]) -> str:
        """`place` and, in a file without pages, where in it something is printed."""
        words = (place_in_words(one, self.language) for one in places)
        return label("cite.join", self.language).join(part for part in (place, *words) if part)

    def cited(self, span: SourceSpan) -> str:
        """Where something is printed, as a link to it."""
        return self.citations.link(self.span(span), [span])

    def caption(self, spans: Sequence[SourceSpan]) -> str:
        """Which page some `spans` of one page are on, and which forms or kinds of text they are in."""
        first = spans[0]
        kinds = [self.form(span.form) if span.form in forms() else span.form or "narrative" for span in spans]
        named = dict.fromkeys(name("page_kind", kind, self.language) for kind in kinds)
        page = self.place({"document_id": first.document_id, "page": first.page})
        page = self._in_file(page, [table_of(place) for place in first.places[:1]])
        return label("cite.join", self.language).join(part for part in (page, *named) if part)

    def marked(self, frame: pd.DataFrame) -> pd.DataFrame:
        """`frame` with a column that marks the rows which rest on corrected figures; as it is without corrections."""
        if not self.corrections or "document_id" not in frame:
            return frame
        return frame.assign(corrected=[self.corrected(row) for row in frame.to_dict("records")])

    def line_break(self, row: Row) -> str:
        """Why a line over the years breaks (a row of `series_breaks`), in words."""
        values = {key: row[key] for key in ("previous", "current")}
        if row["kind"] == "base":
            values = {key: exact(Decimal(value), self.language) for key, value in values.items()}
        if row["kind"] == "form":
            values = {key: self.form(value) for key, value in values.items()}
        if row["kind"] == "units":
            values = {key: label(f"entity_kind.{value}", self.language) for key, value in values.items()}
        measure = label(f"key_figure.{row['measure']}", self.language) if row["measure"] else ""
        return label(f"break.{row['kind']}", self.language, year=row["fiscal_year"], figure=measure, **values)

    def kinds_of_break(self, kinds: str) -> str:
        """The column `breaks` of `series`, in words."""
        words = (label(f"break_kind.{kind}", self.language) for kind in kinds.split(", "))
        return label("cite.join", self.language).join(words)

    def matrix(self, coverage: pd.DataFrame, signs: Mapping[str, str]) -> tuple[list[str], list[list[str]]]:
        """Places (sorted) and a row for each form: its name, then for each place the signs of what became of it."""
        places = sorted(coverage.place.dropna().unique()) + ([None] if coverage.place.isna().any() else [])
        signs_at: dict[tuple[Any, str], list[str]] = {}
        for row in coverage.to_dict("records"):
            several = "" if row["count"] == 1 else str(row["count"])
            signs_at.setdefault((row["place"], row["form"]), []).append(f"{signs[row['state']]}{several}")
        printed = [form for form in forms() if form in set(coverage.form)]
        heads = [place or label("data_quality.unknown_place", self.language) for place in places]
        return heads, [[self.form(form), *(" ".join(signs_at.get((p, form), [])) for p in places)] for form in printed]

    def _head(self, column: ResultColumn, detail: str, money: str) -> dict[str, str]:
        return {
            "head": label(f"column.{column.name}", self.language),
            "unit": money if column.kind in _MONEY else detail,
            "kind": column.style,
            "lang": "en" if column.name == "reason" and detail else "",
        }

    def _in_english(self, frame: pd.DataFrame) -> str:
        """What a report in Chinese says where reasons of documents or pages are not known in Chinese."""
        if "reason" not in frame or not _OF_READING & set(frame.columns):
            return ""
        known = all(reason_in(self.language, reason)[1] for reason in frame.reason.dropna())
        return "" if known else label("report.in_english", self.language)

    def _linked(self, column: ResultColumn, row: Row, common_form: str, terms: str, scale: Scale) -> str:
        """A cell; its place does not name the form that is common to all rows."""
        text = self._text(column, {**row, "form": None} if common_form else row, scale)
        of_findings = column.findings and row.get(column.name)
        if not text or not (column.leads or of_findings):
            return text
        if terms and (of_findings or "places" not in row):
            return Markup('<a class="to" href="#{}">{}</a>').format(terms, text)
        return self.citations.figure(text, row, column.name)

    def _text(self, column: ResultColumn, row: Row, scale: Scale) -> str:
        if column.kind in ("figure", "content", "place"):
            return {"figure": self._figure, "content": self._content, "place": self._source}[column.kind](row)
        if column.kind == "item" and "item" in row:
            return item(row["item"], self.language, row.get("code"))
        value = row.get(column.name)
        if pd.isna(value) or (column.name == "count" and row["page_list"]):
            return ""
        if column.name == "reason" and _OF_READING & set(row):
            return reason_in(self.language, value)[0]
        match column.kind:
            case "quantity":
                in_yuan = row["value_unit"] == "yuan"
                return f"{scale.write(value)} {scale.unit.name(self.language)}" if in_yuan else f"{value:.0f}"
            case "money":
                return scale.write(value, column.signed)
            case "estimate":
                return scale.write(value.quantize(_ESTIMATED, "ROUND_HALF_UP"), column.signed)
            case "percent":
                return decimal(value, column.signed)
            case "number":
                return f"{value:,}"
            case "score":
                return f"{value:.2f}"
            case "label":
                return name(column.name, value, self.language)
        return str(value)

    def _figure(self, row: Row) -> str:
        stands_alone = "value" in row or "breaks" in row
        return label(f"key_figure.{row['measure']}", self.language) if stands_alone else ""

    def _rounded(self, value: Decimal, unit: str) -> tuple[str, str]:
        if unit == "yuan":
            return rounded(value, self.language)
        return f"{value:.0f}", label("unit.count", self.language)

    def _source(self, row: Row) -> str:
        placed = "document_id" in row and "number" not in row
        return self.place({**row, "form": None} if "page_list" in row else row) if placed else ""

    def _content(self, row: Row) -> str:
        if "page_kind" not in row:
            return ""
        titles = [self.form(form.strip()) for form in (row["form"] or "").split(",") if form.strip()]
        return label("cite.join", self.language).join(titles) or name("page_kind", row["page_kind"], self.language)

    def form(self, form: str) -> str:
        """The title of a form."""
        known = forms().get(form)
        return form if known is None else known.label_zh if self.language == "zh" else known.label_en

    def _common_form(self, rows: list[dict[Hashable, Any]]) -> str:
        printed = {row["form"] for row in rows if row.get("form") and "page" in row}
        return self.form(printed.pop()) if len(printed) == 1 else ""


def _amounts(rows: Sequence[Row]) -> Iterator[Decimal]:
    """Every amount of money that a table of `rows` shows."""
    for row in rows:
        for column in result_columns().values():
            value = row.get(column.name)
            in_yuan = column.kind == "money" or (column.kind == "quantity" and row.get("value_unit") == "yuan")
            if in_yuan and not pd.isna(value):
                yield value


def _touches(correction: Row, row: Row) -> bool:
    """Whether `row` may rest on a corrected figure: of the same document and place, the same thing or a class of it."""
    if correction["document_id"] != row["document_id"]:
        return False
    placed = [key for key in ("form", "section", "page") if not pd.isna(row.get(key))]
    code, wanted = row.get("code"), correction["code"] or ""
    about = (code and wanted.startswith(code)) or row.get("item") in (None, correction["item"])
    return bool(placed and about) and all(row[key] == correction[key] for key in placed)
